"""Files as people hand them in: tables of services and notes, chats, with what is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

S = "https://mp.weixin.qq.com/s/"


def text_file(folder: Path, text: str, name: str = "监测.csv", encoding: str = "utf-8-sig") -> Path:
    """A csv or text as Excel, WPS or Notepad save it; `gb18030` is Notepad's ANSI."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def table_file(
    folder: Path, rows: Sequence[Sequence[Any]], links: Mapping[str, str], name: str = "监测.xlsx"
) -> Path:
    """A workbook with hyperlinks behind some of its cells (`D3`)."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "监测结果"
    for row in rows:
        sheet.append(list(row))
    for cell, link in links.items():
        sheet[cell].hyperlink = link
    path = folder / name
    book.save(path)
    return path


def wrapped_links(token: str) -> list[str]:
    """A link as chat programs, check pages and document services wrap it."""
    coded = f"https%3A%2F%2Fmp.weixin.qq.com%2Fs%2F{token}"
    return [
        f"https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=HAbc&target_url={coded}",
        f"https://weixin110.qq.com/cgi-bin/mmspamsupport-bin/newredirectconfirmcgi?main_type=2&url={coded}&exportkey=x",
        f"https://c.pc.qq.com/middlem.html?pfurl={coded}&pfuin=1&pfto=qqmsg",
        f"https://docs.qq.com/scenario/link.html?url={coded}&pid=300000000",
        f"https://link.zhihu.com/?target={coded}",
        f"https://www.yuque.com/r/goto?url={coded.replace('%', '%25')}",
    ]

"""Addresses that no page of a platform has are refused where they come in."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from commands import in_process

from mediawatch.domain import UserError
from mediawatch.registry import cells
from mediawatch.registry.problems import BadCell
from mediawatch.sweep.gate import canaries
from scrapers.urls import is_on_site, link_in

HOSTILE = [
    "https://user:pw@weibo.com/u/1",
    "http://169.254.169.254/latest",
    "http://127.0.0.1:8080/",
    "http://[::1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "https://weibo.com:8443/u/1",
    "https://weibo.com./u/1",
    "https://wеibo.com/u/1",
    "https://metadata.google.internal/x",
    "https://t.cn/x?url=http%3A%2F%2F127.0.0.1%2F",
]


def test_a_registry_row_with_such_an_address_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["备案单号", "政务新媒体名称", "类型", "所属组织", "主页链接"])
    for number, link in enumerate([*HOSTILE, "https://weibo.com/u/1000000001"], 1):
        sheet.append([f"9{number:03}", f"示例{number}", "新浪微博", f"示例{number}局", link])
    book.save(tmp_path / "台账.xlsx")
    in_process("--home", tmp_path / "home", "init")
    done = in_process("--home", tmp_path / "home", "registry", "import", tmp_path / "台账.xlsx")
    refused = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert len(refused) == len(HOSTILE), done.stderr
    assert all("网址" in line for line in refused)


@pytest.mark.parametrize("link", HOSTILE)
def test_no_scraper_takes_such_an_address_from_a_filing(link: str) -> None:
    with pytest.raises(BadCell):
        cells.url_of(link)
    assert link_in(link).netloc == ""
    assert not is_on_site(link, {"weibo.com", "127.0.0.1", "localhost"})


def test_an_offices_own_notice_may_have_a_port() -> None:
    link = "http://www.example.gov.cn:8080/notice.html"
    assert cells.notice_url_of(link) == link


@pytest.mark.parametrize("key", ["url", "reader_url", "article_links"])
@pytest.mark.parametrize("link", HOSTILE[:-1])
def test_a_canary_with_such_an_address_is_refused(tmp_path: Path, key: str, link: str) -> None:
    value = f'["{link}"]' if key == "article_links" else f'"{link}"'
    path = tmp_path / "canaries.toml"
    path.write_text(
        '[[canary]]\nplatform = "weibo"\nplatform_id = "1"\nname = "示例"\nsource = "示例"\n'
        f"{key} = {value}\n",
        encoding="utf-8",
    )
    with pytest.raises(UserError, match=f"canary 1: {key}: .*give the address"):
        canaries.read(path)

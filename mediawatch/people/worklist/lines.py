"""One row of a worklist: what is known of the account, the question, and the code to scan."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mediawatch.domain import Sweep
from mediawatch.people.forms.columns import SEALED, Cell, Column, given_text, text_of
from mediawatch.people.forms.hint_words import hinted_link, questions_of
from mediawatch.people.forms.rowkey import Window, sealed_key
from mediawatch.people.worklist.sheet import WorklistLine
from mediawatch.people.worklist.todo import Unproven
from mediawatch.people.worklist.where_to_look import where_to_look
from mediawatch.workbooks.images import MAX_QR_TEXT

NO_LINK = "无链接，请在平台内搜索备案名称"
HINTED_CODE = "二维码为他人提供的链接，请先核对是不是该账号。"
"""Warns of a code that others gave: the row has no link of its own."""
LONG_LINK = "链接过长，请点击“最新文章链接”"


def to_line(
    item: Unproven,
    sweep: Sweep,
    window: Window,
    home: str,
    person: str = "",
    indexes: Mapping[str, str] = MappingProxyType({}),
) -> WorklistLine:
    """The row that asks about one account; `home` is `Store.home_id`, `indexes` as in `export`."""
    filed = item.account.filed
    opened = filed.platform == "wechat"  # links to its articles are opened, and prove by themselves
    own = next((link for link in (item.page, item.article) if 0 < len(link) <= MAX_QR_TEXT), "")
    hinted = "" if own or opened else hinted_link(item.hints, window.start, window.end)
    cells: dict[Column, Cell] = {
        Column.NAME: given_text(filed.name),
        Column.TYPE: given_text(filed.printed_type),
        Column.ORGANISER: given_text(filed.organiser),
        Column.IDS: given_text(" / ".join(item.ids)),
        Column.LATEST: item.latest_on.isoformat() if item.latest_on else "未知",
        Column.LINK: item.article,
        Column.REASON: given_text(item.reason),
        Column.QUESTION: window.question(filed.status)
        + where_to_look(filed, by_updates=window.by_updates)
        + _known_of(item, window, indexes)
        + questions_of(item.hints, window.start, window.end, with_links=not opened)
        + (HINTED_CODE if hinted else ""),
        Column.PERSON: text_of(person),
    }
    sealed = [str(cells[column]) for column in SEALED]
    cells[Column.KEY] = str(sealed_key(home, sweep.id, item.account.id, window, sealed, filed))
    if not own and not hinted:
        cells[Column.QR] = LONG_LINK if item.article else NO_LINK
    return WorklistLine(cells=cells, qr=own or hinted)


def _known_of(item: Unproven, window: Window, indexes: Mapping[str, str]) -> str:
    """What an index of others' articles has as the newest one: the person compares."""
    days = [
        (day, indexes[surface]) for surface, day in item.newest_by.items() if surface in indexes
    ]
    if not days:
        return ""
    day, name = max(days)
    year = "" if day.year == window.end.year else f"{day.year}年"
    return f"{name}最近一篇为{year}{day.month}月{day.day}日，请核对。"

"""The columns of a worklist: headings as inspectors read them, and as returned files have them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from rapidfuzz import fuzz

from mediawatch.addresses import addresses_in
from mediawatch.visible import make_visible

H = TypeVar("H", bound=StrEnum)
Cell = str | int | float | bool | date | datetime | time | None
"""What a spreadsheet cell holds. `datetime` is naive: a clock in Beijing."""


class FormColumn(StrEnum):
    """One column of a form; the value is its heading."""

    @property
    def short(self) -> str:
        """The heading without its bracketed remark."""
        return re.sub(r"（.*）", "", self.value)


class Column(FormColumn):
    """One column of a worklist."""

    KEY = "行键（勿改）"
    QR = "二维码"
    NAME = "备案名称"
    TYPE = "类型"
    ORGANISER = "所属组织"
    IDS = "原始ID/微信号"
    LATEST = "已知最近发布（不早于）"
    LINK = "最新文章链接"
    REASON = "待核查原因"
    QUESTION = "核查问题"
    POSTED = "有无发布"
    POSTED_ON = "最近发布日期"
    SEEN_NAME = "实际名称"
    STATE = "状态"
    SEEN_ID = "核对ID（看到的微信号/原始ID/主页ID）"
    SHOT = "截图"
    PERSON = "核查人"
    TIME = "核查时间"
    REMARK = "备注"
    ERROR = "错误说明"


ANSWERS = (
    Column.POSTED,
    Column.POSTED_ON,
    Column.SEEN_NAME,
    Column.STATE,
    Column.SEEN_ID,
    Column.SHOT,
    Column.PERSON,
    Column.TIME,
    Column.REMARK,
)
"""What people fill in. The link column may be overwritten too."""
SEALED = (Column.NAME, Column.TYPE, Column.IDS)
"""What the row key's checksum covers.

Sorting only some of the columns would give answers to the wrong account.
"""
REQUIRED = (*SEALED, *(column for column in ANSWERS if column is not Column.REMARK))
"""Older workbooks had no 备注."""
_OTHER_HEADINGS = {
    Column.KEY: ("行键",),
    Column.LINK: ("最新链接", "文章链接", "链接"),
    Column.POSTED_ON: ("最近发布时间", "最新发布日期", "最近更新日期", "最近更新时间"),
    Column.SEEN_NAME: ("实际账号名称", "现名称", "平台名称"),
    Column.STATE: ("账号状态",),
    Column.TIME: ("核查日期", "检查时间"),
    Column.PERSON: ("检查人",),
}
_FORMER = {"疑似依据": ("认定依据",)}
"""Headings that a column had in files which may still come back."""
_MAX_GIVEN = 500
_ALIKE = 75
"""Percent of likeness from which a changed heading still counts.

最近发布日期 and 已知最近发布 have 67.
"""


def fold_heading(text: str) -> str:
    """NFKC, without brackets and what stands in them, punctuation and spaces; lower case."""
    text = re.sub(
        r"\(.*?\)", "", unicodedata.normalize("NFKC", text).replace("\n", ""), flags=re.DOTALL
    )
    return re.sub(r"[\W_]", "", text).casefold()


def match_headings(cells: Sequence[str]) -> dict[Column, int]:
    """Which column of a worklist stands where (0-based)."""
    return match_columns(cells, Column, _OTHER_HEADINGS)


def match_columns(
    cells: Sequence[str], columns: type[H], others: Mapping[H, Sequence[str]] = MappingProxyType({})
) -> dict[H, int]:
    """Which column stands where (0-based). Exact headings first, then the likeliest of the rest."""
    folded = [fold_heading(cell) for cell in cells]
    found: dict[H, int] = {}
    for column in columns:
        known = (column.value, *others.get(column, ()), *_FORMER.get(column.value, ()))
        wanted = [fold_heading(heading) for heading in known]
        place = next((folded.index(heading) for heading in wanted if heading in folded), None)
        if place is not None and place not in found.values():
            found[column] = place
    likely = [
        (fuzz.ratio(fold_heading(column.value), heading), -place, column)
        for column in columns
        if column not in found
        for place, heading in enumerate(folded)
        if heading and place not in found.values()
    ]
    for score, place, column in sorted(likely, reverse=True):
        if score >= _ALIKE and column not in found and -place not in found.values():
            found[column] = -place
    return found


def given_text(text: str) -> str:
    """A filed text as it stands in a given cell: one line of a readable length, nothing hidden."""
    return make_visible(text_of(text))[:_MAX_GIVEN]


def text_of(cell: Cell) -> str:
    """A cell as one line of text: white space squeezed, control characters gone.

    Whole numbers lose their `.0`.
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "".join(
        " " if char.isspace() else char
        for char in str(cell)
        if char.isspace() or unicodedata.category(char) != "Cc"
    )
    return " ".join(text.split())


def typed_links(text: str) -> list[str]:
    """The addresses in an answer, unwrapped, without what people type after them.

    https:// is added where they left it out.
    """
    return list(addresses_in(text, bare=True))

"""Which column of a table of hints is which. Pure.

Services and offices have no common form, so columns are known by their headings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mediawatch.people.forms.columns import fold_heading, text_of
from mediawatch.registry.headings import field_of
from mediawatch.workbooks.places import column_letter
from mediawatch.workbooks.sheet import Value

ON, LINK, BY = "on", "link", "by"
_ALIASES: Mapping[str, tuple[str, ...]] = {
    ON: (
        "最近更新日期", "最近更新时间", "最近更新", "最新更新日期", "最新更新时间", "最新发布日期", "最新发布时间", "最近发布日期",
        "最近发布时间", "最近发布", "最新发布", "最新更新", "最后更新日期", "最后更新时间", "最后发布日期", "最后发布时间", "最近发文日期",
        "最近发文时间", "最新发文日期", "最新发文时间", "最近推送时间", "最近推送日期", "更新日期", "更新时间", "发布日期", "发布时间",
        "发文日期", "发文时间", "推送日期", "推送时间", "日期",
    ),
    LINK: (
        "最新文章链接", "最近文章链接", "最新链接", "最新内容链接", "文章链接", "内容链接", "作品链接", "推文链接", "图文链接",
        "原文链接", "文章地址", "文章网址", "链接",
    ),
    BY: ("提供人", "填报人", "填写人", "核查人", "记录人"),
}  # fmt: skip
"""Field -> headings, best first."""
ACCOUNT = ("filing_number", "platform_id", "original_id", "alias", "name")
"""The fields that name an account: one of them must be there."""
_TYPES = ("type", "platform", "kind")
_DEPTH = 50
"""Rows searched for the heading row."""
_FIELDS = {
    fold_heading(alias): (name, rank)
    for name, aliases in _ALIASES.items()
    for rank, alias in enumerate(aliases)
}


@dataclass(frozen=True, slots=True)
class HintHeading:
    """The heading row of a table of hints, counted from 0, and where each field stands."""

    row: int
    columns: Mapping[str, int]
    titles: Mapping[str, str]

    def text(self, cells: Sequence[Value], field: str) -> str:
        """A cell as one line of text, "" where there is none."""
        return text_of(as_cell(self.value(cells, field)))

    def value(self, cells: Sequence[Value], field: str) -> Value:
        place = self.columns.get(field)
        return "" if place is None or place >= len(cells) else cells[place]

    def title(self, field: str) -> str:
        """`C 更新日期`, as problems name a column."""
        place = self.columns.get(field)
        return "" if place is None else f"{column_letter(place)} {self.titles[field]}"

    @property
    def type_field(self) -> str:
        """The column that tells the platform, "" for none."""
        return next((field for field in _TYPES if field in self.columns), "")

    @property
    def names_wechat(self) -> bool:
        """Whether the column of names is one of 公众号 alone."""
        return "公众号" in self.titles.get("name", "")


def find_hint_heading(rows: Sequence[Sequence[Value]]) -> HintHeading | None:
    """The first row that names an account and a date or a link; None where no row does."""
    for number, row in enumerate(rows[:_DEPTH]):
        best: dict[str, tuple[int, int]] = {}
        for place, cell in enumerate(row):
            if not isinstance(cell, str) or not cell.strip():
                continue
            if named := _FIELDS.get(fold_heading(cell)) or field_of(cell):
                field, rank = named
                if field not in best or rank < best[field][0]:
                    best[field] = (rank, place)
        if (ON in best or LINK in best) and any(field in best for field in ACCOUNT):
            columns = {field: place for field, (_, place) in best.items()}
            titles = {field: str(row[place]).strip() for field, place in columns.items()}
            return HintHeading(number, columns, titles)
    return None


def as_cell(value: Value) -> str | int | float | bool:
    """A value that is no date, as forms read it."""
    return value if isinstance(value, str | int | float) else str(value)

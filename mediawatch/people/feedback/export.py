"""整改情况反馈表 out: the items of a notice go to their prefecture, 主管单位 or unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mediawatch.domain import (
    Contact,
    Filing,
    Notice,
    NoticeItem,
)
from mediawatch.figures.regions import Regions
from mediawatch.people.dispatch import DispatchSplit
from mediawatch.people.feedback.sheet import FORM, SEALED, FeedbackColumn, cover_of, key_of
from mediawatch.people.forms.account import account_cells
from mediawatch.people.forms.book import (
    FormRow,
    without_contacts,
    write_form,
)
from mediawatch.people.forms.columns import Cell, given_text
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.export import part_name


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReceivers:
    """Who gets the rows of a notice: the split, the contacts, and where accounts are filed now.

    Contacts are by account: each stands in its own row, and only in its own unit's file.
    """

    by: DispatchSplit
    contacts: Mapping[int, Contact]
    filed_now: Mapping[int, Filing] = field(default_factory=dict)
    regions: Regions = field(default_factory=Regions)
    """How the office divides its registry."""

    def part_of(self, item: NoticeItem) -> str:
        return self.by.of(self.filing_of(item), self.regions)

    def filing_of(self, item: NoticeItem) -> Filing:
        """As the registry has the account now, else as it was in the notice.

        An account that was handed over since then belongs to where it is filed now.
        """
        if item.account_id is None:
            return item.filed
        return self.filed_now.get(item.account_id, item.filed)


def export(
    target: FormTarget,
    notice: Notice,
    items: Iterable[NoticeItem],
    receivers: FeedbackReceivers,
    home: str,
) -> list[tuple[Path, int]]:
    """One file a prefecture, 主管单位 or unit with its items; (path, rows) of each.

    `home` is `Store.home_id`. The row of an account that was handed over says both filings.
    UserError where a file is in the way; no file is then written.
    """
    folder = target.path
    parts: dict[str, list[NoticeItem]] = {}
    for item in items:
        parts.setdefault(receivers.part_of(item), []).append(item)
    taken = set[str]()
    paths = {part: folder / part_name(folder / "整改反馈.xlsx", part, taken) for part in parts}
    target.refuse_existing(paths.values(), "name another folder, or --overwrite")
    for part, own in parts.items():
        known = receivers.by.contacts_in(part, receivers.contacts)
        rows = [
            FormRow(cells=_cells(notice, item, known, home, receivers.filing_of(item)))
            for item in own
        ]
        cover = cover_of(
            notice,
            f"政务新媒体整改情况反馈表  {given_text(notice.number)}  {given_text(part)}",
            target.marks,
            target.issuer,
        )
        form = FORM if known else without_contacts(FORM)
        write_form(paths[part], form, rows, cover, overwrite=target.overwrite, write=target.write)
    return [(paths[part], len(own)) for part, own in parts.items()]


def _handed_over(item: NoticeItem, now: Filing) -> dict[FeedbackColumn, Cell]:
    """The columns in which the account's present filing differs from the notice, with both values."""
    before, after = account_cells(item.filed, None), account_cells(now, None)
    pairs = {
        heading: (str(after[heading] or ""), str(before[heading] or ""))
        for heading in (FeedbackColumn.ORGANISER, FeedbackColumn.PLACE)
    }
    cells: dict[FeedbackColumn, Cell] = {
        heading: _both(*pair) for heading, pair in pairs.items() if pair[0] != pair[1]
    }
    if now.supervisor != item.filed.supervisor:
        cells[FeedbackColumn.PLACE] = (
            f"{cells.get(FeedbackColumn.PLACE, pairs[FeedbackColumn.PLACE][0])}；主管单位："
            f"{_both(now.supervisor, item.filed.supervisor)}"
        )
    return {heading: given_text(str(cell)) for heading, cell in cells.items()}


def _both(now: str, before: str) -> str:
    return f"{now or '未填'}（通报时：{before or '未填'}）"


def _cells(
    notice: Notice, item: NoticeItem, contacts: Mapping[int, Contact], home: str, now: Filing
) -> dict[FeedbackColumn, Cell]:
    contact = contacts.get(item.account_id) if item.account_id is not None else None
    cells = {
        FeedbackColumn(heading): cell
        for heading, cell in account_cells(item.filed, contact).items()
    }
    cells |= _handed_over(item, now)
    cells |= {
        FeedbackColumn.PROBLEM: given_text(item.problem),
        FeedbackColumn.DEADLINE: str(notice.rectify_by or ""),
    }
    cells[FeedbackColumn.KEY] = str(
        key_of(home, notice, item, {column: str(cells.get(column) or "") for column in SEALED})
    )
    return cells

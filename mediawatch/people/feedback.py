"""整改情况反馈表: a notice's items go out, and come back as reports of what was done.

They go to their prefecture or 主管单位. A report settles nothing: it is an event for the re-check,
and its links are opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from mediawatch.domain import (
    Contact,
    Filing,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
)
from mediawatch.domain.clock import day_end, day_start
from mediawatch.people.dispatch import DispatchSplit
from mediawatch.people.forms import returned as forms
from mediawatch.people.forms.book import (
    Form,
    FormCover,
    FormRow,
    account_cells,
    write_form,
)
from mediawatch.people.forms.columns import Cell, given_text, typed_links
from mediawatch.people.forms.hyperlinks import clickable
from mediawatch.people.forms.read import form_rows
from mediawatch.people.forms.returned import ReturnedRow, ReturnedRows
from mediawatch.people.forms.rowkey import (
    RowKey,
    Window,
    from_elsewhere,
    misfit,
    parse_key,
    sealed_key,
)
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.link_files import FoundLink, article_of, links_in
from mediawatch.people.worklist.export import part_name
from mediawatch.registry.problems import Place


class FeedbackColumn(StrEnum):
    """One column; the value is its heading."""

    KEY = "行键(勿改)"
    NUMBER = "备案单号"
    NAME = "政务新媒体名称"
    TYPE = "类型"
    ORGANISER = "所属组织"
    PLACE = "地区"
    PROBLEM = "存在的突出问题"
    DEADLINE = "整改期限"
    CONTACT = "联系人"
    PHONE = "联系电话"
    DONE = "整改情况"
    LINK = "最新链接"
    PERSON = "责任人"
    ERROR = "错误说明"


_ANSWERS = (FeedbackColumn.DONE, FeedbackColumn.LINK, FeedbackColumn.PERSON)
_SEALED = (FeedbackColumn.NUMBER, FeedbackColumn.NAME, FeedbackColumn.TYPE, FeedbackColumn.PROBLEM)
_GUIDE = (
    "1. 每行一个账号,列出通报的突出问题。请在整改期限前完成整改,并填写本表报送。",
    "2. 黄色表头的三列由贵单位填写:整改情况(采取的措施、完成日期;已申请关停或已变更备案的请写明);"
    "最新链接(最新一篇内容的网址,"
    "以 http:// 或 https:// 开头,可填多个);责任人(填写人姓名,必填)。其余各列和隐藏的“行键”"
    "请勿改动;没有填写的行视为未反馈。",
    "3. 是否完成整改以复查结果为准。可以用 Excel、WPS 或 LibreOffice 保存,格式须为 xlsx。",
)
_FORM = Form(
    name="整改情况反馈",
    columns=tuple(FeedbackColumn),
    answers=_ANSWERS,
    key=FeedbackColumn.KEY,
    frozen=FeedbackColumn.NAME,
    error=FeedbackColumn.ERROR,
    widths={
        FeedbackColumn.KEY: 12,
        FeedbackColumn.NUMBER: 18,
        FeedbackColumn.NAME: 22,
        FeedbackColumn.TYPE: 11,
        FeedbackColumn.ORGANISER: 20,
        FeedbackColumn.PLACE: 16,
        FeedbackColumn.PROBLEM: 24,
        FeedbackColumn.DEADLINE: 12,
        FeedbackColumn.CONTACT: 10,
        FeedbackColumn.PHONE: 14,
        FeedbackColumn.DONE: 36,
        FeedbackColumn.LINK: 30,
        FeedbackColumn.PERSON: 10,
        FeedbackColumn.ERROR: 40,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReceivers:
    """Who gets the rows of a notice: the split, the contacts, and where accounts are filed now.

    Contacts are by account: each stands in its own row alone.
    """

    by: DispatchSplit
    contacts: Mapping[int, Contact]
    filed_now: Mapping[int, Filing] = field(default_factory=dict)

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
    """One file a prefecture or 主管单位 with its items; (path, rows) of each.

    `home` is `Store.home_id`. The row of an account that was handed over says both filings.
    UserError where a file is in the way; no file is then written.
    """
    folder = target.path
    parts: dict[str, list[NoticeItem]] = {}
    for item in items:
        parts.setdefault(receivers.by.of(receivers.filing_of(item)), []).append(item)
    taken = set[str]()
    paths = {part: folder / part_name(folder / "整改反馈.xlsx", part, taken) for part in parts}
    target.refuse_existing(paths.values(), "name another folder, or --overwrite")
    for part, own in parts.items():
        rows = [
            FormRow(cells=_cells(notice, item, receivers.contacts, home, receivers.filing_of(item)))
            for item in own
        ]
        cover = _cover(
            notice,
            f"政务新媒体整改情况反馈表  {given_text(notice.number)}  {given_text(part)}",
            target.marks,
        )
        write_form(paths[part], _FORM, rows, cover, overwrite=target.overwrite)
    return [(paths[part], len(own)) for part, own in parts.items()]


def _cover(notice: Notice, title: str, marks: Sequence[str]) -> FormCover:
    meta = {"schema": "mediawatch.feedback/1", "notice": notice.number}
    return FormCover(
        title=title, made_at=day_start(notice.issued_on), meta=meta, guide=_GUIDE, marks=marks
    )


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
        _key(home, notice, item, {column: str(cells.get(column) or "") for column in _SEALED})
    )
    return cells


def _key(
    home: str, notice: Notice, item: NoticeItem, texts: Mapping[FeedbackColumn, str]
) -> RowKey:
    """The notice and the item in the places of sweep and account.

    The seal distinguishes the row from a worklist's.
    """
    window = Window(day_end(notice.issued_on), notice.issued_on)
    sealed = ["整改反馈", notice.number, *(texts[column] for column in _SEALED)]
    return sealed_key(home, notice.id, item.number, window, sealed, item.filed)


@dataclass(slots=True, kw_only=True)
class UnitReports(ReturnedRows[FeedbackColumn]):
    """What returned files came to."""

    events: list[NoticeEvent] = field(default_factory=list)
    others: list[tuple[Place, str]] = field(default_factory=list)
    """Links that it cannot open: they stand in the report, for the re-check."""


def take(
    paths: Sequence[Path], notice: Notice, known: Sequence[NoticeEvent], now: datetime, *, home: str
) -> UnitReports:
    """Read returned files of the home (`Store.home_id`).

    A row that was altered, lacks a 责任人, or has a bad link is refused by place; the others hold.
    """
    done = UnitReports()
    said = {
        (event.item, event.by, event.reason)
        for event in known
        if event.action is NoticeAction.REPORTED
    }
    for path in paths:
        rows = form_rows(path, FeedbackColumn, FeedbackColumn.KEY, (FeedbackColumn.NAME, *_ANSWERS))
        for (row,) in done.batches(path, rows, at_once=1):
            _take_row(row, notice, home, said, now, done)
    return done


def write_bad_rows(path: Path, done: UnitReports, notice: Notice, marks: Sequence[str] = ()) -> int:
    """The refused rows, to be corrected and returned. The number of rows."""
    return forms.write_bad_rows(path, _FORM, done, _cover(notice, "需要更正的整改情况反馈", marks))


def _take_row(
    returned: ReturnedRow[FeedbackColumn],
    notice: Notice,
    home: str,
    said: set[tuple[int | None, str, str]],
    now: datetime,
    done: UnitReports,
) -> None:
    row, place = {column: returned.text(column) for column in FeedbackColumn}, returned.place
    if not row[FeedbackColumn.DONE] and not row[FeedbackColumn.LINK]:
        done.blank += bool(row[FeedbackColumn.KEY])
        return
    links = typed_links(row[FeedbackColumn.LINK])
    item = _item(notice, row, home)
    if wrong := _wrong(row, item, links):
        done.refuse(returned, [returned.problem(*wrong)])
        return
    assert isinstance(item, NoticeItem)
    reason = (
        f"{row[FeedbackColumn.DONE]}(最新链接:{' '.join(links)})"
        if links
        else row[FeedbackColumn.DONE]
    )
    done.articles += [
        FoundLink(url, (place,), item.account_id) for link in links for url in links_in(link)
    ]
    done.others += [(place, link) for link in links if not article_of(link)]
    if (key := (item.number, row[FeedbackColumn.PERSON], reason)) in said:
        done.repeated += 1
        return
    said.add(key)
    done.events.append(
        NoticeEvent(
            notice_id=notice.id,
            item=item.number,
            action=NoticeAction.REPORTED,
            at=now,
            by=row[FeedbackColumn.PERSON],
            reason=reason,
            source=place.file,
        )
    )


def _item(notice: Notice, row: Mapping[FeedbackColumn, str], home: str) -> NoticeItem | str:
    """The item of a row, by its key; else what is wrong.

    The key must fit this home, the notice and the row's own texts.
    """
    key = parse_key(row[FeedbackColumn.KEY])
    altered = (
        "不是本期通报的反馈表,或行键、备案单号、名称、类型、存在的突出问题被改动:请在原表中填写"
    )
    if key is None:
        return altered
    if elsewhere := from_elsewhere(key, home):
        return elsewhere
    item = next((each for each in notice.items if each.number == key.account_id), None)
    if item is None:
        return altered
    wrong = misfit(
        key,
        home,
        lambda of: _key(of, notice, item, row),
        told_apart=bool(row[FeedbackColumn.NUMBER]),
    )
    return item if wrong is None else wrong or altered


def _wrong(
    row: Mapping[FeedbackColumn, str], item: NoticeItem | str, links: Sequence[str]
) -> tuple[FeedbackColumn, str] | None:
    if isinstance(item, str):
        return FeedbackColumn.KEY, item
    if not row[FeedbackColumn.PERSON]:
        return FeedbackColumn.PERSON, "请填写责任人姓名"
    if row[FeedbackColumn.LINK] and not any(clickable(link) for link in links):
        return FeedbackColumn.LINK, "请填写以 http:// 或 https:// 开头的网址;没有链接的请留空"
    return None

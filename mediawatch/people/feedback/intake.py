"""整改情况反馈 in: reports become events, links are opened, bad rows go back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

from mediawatch.domain import (
    LinkWay,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
)
from mediawatch.files import FileWriter, write_whole
from mediawatch.people.feedback.sheet import ANSWERS, FORM, FeedbackColumn, cover_of, key_of
from mediawatch.people.forms import returned as forms
from mediawatch.people.forms.columns import typed_links
from mediawatch.people.forms.form_tables import form_rows
from mediawatch.people.forms.hyperlinks import link_fault
from mediawatch.people.forms.returned import ReturnedRow, ReturnedRows
from mediawatch.people.forms.rowkey import (
    from_elsewhere,
    misfit,
    parse_key,
)
from mediawatch.people.link_files import read_answer
from mediawatch.workbooks.places import Place


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
        (event.item, event.by, normalize("NFKC", event.reason))
        for event in known
        if event.action is NoticeAction.REPORTED
    }
    for path in paths:
        rows = form_rows(path, FeedbackColumn, FeedbackColumn.KEY, (FeedbackColumn.NAME, *ANSWERS))
        for (row,) in done.batches(path, rows, at_once=1):
            _take_row(row, notice, home, said, now, done)
    return done


def write_bad_rows(
    path: Path,
    done: UnitReports,
    notice: Notice,
    marks: Sequence[str] = (),
    write: FileWriter = write_whole,
) -> int:
    """The refused rows, to be corrected and returned. The number of rows."""
    cover = cover_of(notice, "需要更正的整改情况反馈", marks)
    return forms.write_bad_rows(path, FORM, done, cover, write=write)


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
        f"{row[FeedbackColumn.DONE]}（最新链接：{' '.join(links)}）"
        if links
        else row[FeedbackColumn.DONE]
    )
    by = row[FeedbackColumn.PERSON]
    read = read_answer(links, place, item.account_id, LinkWay.FEEDBACK, by)
    done.articles += read.articles
    done.others += [(place, link) for link in read.others]
    if (key := (item.number, row[FeedbackColumn.PERSON], normalize("NFKC", reason))) in said:
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
        "不是本期通报的反馈表，或行键、备案单号、名称、类型、存在的突出问题被改动：请在原表中填写"
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
        lambda of: key_of(of, notice, item, row),
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
    if row[FeedbackColumn.LINK] and (fault := link_fault(links)):
        return FeedbackColumn.LINK, fault
    return None

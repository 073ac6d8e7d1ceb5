"""Issuing and correcting. Pure.

From the confirmed findings of an inspection to a notice, and from a notice back to a judged scope.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from mediawatch.domain import (
    ALL_DISMISSED,
    Effect,
    IssuedDocument,
    IssuedFinding,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    ReviewState,
    SweepAccount,
    UserError,
    Verdict,
    standing_item,
)
from mediawatch.figures.filings import filings_of_one
from mediawatch.plurals import count_of
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.notices.deadlines import check_order
from mediawatch.publish.results import standing_items
from mediawatch.rules.reviewed import as_reviewed

WITHDRAWN = "经更正撤销。"
WAITS = "疑似问题待审核。"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeHeading:
    """What the office gives a notice: 文号, 标题, 成文日期, 整改期限, 报送期限, who issues it, and
    to whom it goes (主送, 抄送, 公开属性).
    """

    number: str
    title: str
    issued_on: date
    rectify_by: date | None = None
    report_by: date | None = None
    by: str
    addressees: str = ""
    copies: str = ""
    publicity: str = ""

    def check(self) -> NoticeHeading:
        """UserError where number, title or the issuer's name is missing, or a deadline is wrong."""
        for what, value in (("--number", self.number), ("--title", self.title), ("--by", self.by)):
            if not value.strip():
                raise UserError(f"a notice needs {what}")
        check_order(self.rectify_by, self.report_by)
        return self


def draw_up(inspection: Inspection, heading: NoticeHeading, now: datetime) -> Notice:
    """The notice of an inspection whose findings are all confirmed: each account once, failed ones
    first.
    """
    issued = [problem for problem in (*inspection.failed, *inspection.listed) if problem.labels]
    return Notice(
        number=heading.number,
        title=heading.title,
        issued_on=heading.issued_on,
        rectify_by=heading.rectify_by,
        report_by=heading.report_by,
        sweep_id=inspection.sweep.id,
        preliminary=inspection.statistics.whole.preliminary,
        by=heading.by,
        kept_at=now,
        addressees=heading.addressees,
        copies=heading.copies,
        publicity=heading.publicity,
        items=tuple(_item(number, problem) for number, problem in enumerate(issued, 1)),
    )


def _item(number: int, problem: AccountProblem) -> NoticeItem:
    account = problem.entry.account
    hashes = {
        reading.id: [evidence.sha256 for evidence in reading.evidence]
        for reading in problem.readings
    }
    held = tuple(
        IssuedFinding(
            finding,
            tuple(dict.fromkeys(sha for key in finding.reading_ids for sha in hashes.get(key, ()))),
        )
        for finding in problem.findings
        if finding.effect is not Effect.HINT
    )
    return NoticeItem(
        number=number,
        filed=account.filed,
        problem=problem.problem,
        fails=problem.fails,
        account_id=account.id,
        findings=held,
        unnamed=problem.unnamed,
    )


def issued_before(
    notice: Notice,
    scope: Sequence[SweepAccount],
    notices: Iterable[Notice],
    events: Sequence[NoticeEvent],
    moments: Mapping[int, datetime],
) -> str:
    """Say, in a sentence, which accounts of a notice already stand in an earlier one; "" for none.

    Earlier notices of the same sweep count, and those of other sweeps of the same moment. An
    account counts by any of its filings. `moments`: as_of by sweep.
    """
    moment = moments.get(notice.sweep_id or 0)
    held = {item.account_id for item in notice.items}
    group = {
        entry.account.id: {each.account.id for each in some}
        for some in filings_of_one(scope)
        for entry in some
    }
    for other in notices:
        of_one = other.sweep_id == notice.sweep_id or (
            moment is not None and moments.get(other.sweep_id or 0) == moment
        )
        if of_one and other.number != notice.number:
            again = [
                item
                for item in standing_items(other, events)
                if not held.isdisjoint(group.get(item.account_id or 0, {item.account_id}))
            ]
            if again:
                named = ", ".join(item.filed.name for item in again[:3]) + (
                    ", …" if len(again) > 3 else ""
                )
                return (
                    f"{other.number} names {count_of(len(again), 'account')} of sweep "
                    f"{other.sweep_id} already ({named})"
                )
    return ""


def version_of(body: bytes, number: int, at: datetime) -> IssuedDocument:
    """A version of a hand-off, to be kept."""
    return IssuedDocument(
        version=number, sha256=hashlib.sha256(body).hexdigest(), body=body.decode(), at=at
    )


def as_issued(
    scope: Sequence[SweepAccount], notice: Notice, events: Iterable[NoticeEvent]
) -> list[SweepAccount]:
    """The scope on which a notice was issued, as the notice holds it after its corrections.

    It has the findings that still stand, as they were issued, and no others. Another filing of a
    named account is treated like the named one. `events` may be those of all notices.
    """
    own = [event for event in events if event.notice_id == notice.id]
    held = {item.account_id: item for item in notice.items if item.account_id is not None}
    items = {
        entry.account.id: item
        for group in filings_of_one(scope)
        if (
            item := next((held[each.account.id] for each in group if each.account.id in held), None)
        )
        for entry in group
    }
    return [_entry_as_issued(entry, items.get(entry.account.id), notice, own) for entry in scope]


def _entry_as_issued(
    entry: SweepAccount, item: NoticeItem | None, notice: Notice, own: Sequence[NoticeEvent]
) -> SweepAccount:
    if entry.judgement is None:
        return entry
    judged = replace(entry.judgement, findings=())
    accused = judged.verdict in (Verdict.FAILED, Verdict.LISTED)
    if item is None:
        if judged.verdict is Verdict.FAILED:
            # Early notices were issued before their scope was kept: a failed account that the
            # notice lacks was open or dismissed.
            verdict, sentence = (
                (Verdict.UNPROVEN, WAITS) if notice.preliminary else (Verdict.LISTED, ALL_DISMISSED)
            )
            judged = replace(judged, verdict=verdict, sentence=sentence)
        return replace(entry, judgement=judged)
    left = standing_item(item, own)
    corrected = next(
        (
            event
            for event in reversed(own)
            if event.action is NoticeAction.CORRECTED and event.item == item.number
        ),
        None,
    )
    if corrected and accused:
        judged = replace(judged, verdict=corrected.verdict or Verdict.LISTED)
    if left is None:
        return replace(entry, judgement=replace(judged, sentence=WITHDRAWN) if accused else judged)
    named = entry.account.id == item.account_id
    if left.fails and (named or entry.judgement.verdict is Verdict.FAILED):
        judged = replace(
            judged, verdict=Verdict.FAILED, findings=tuple(held.finding for held in left.findings)
        )
    elif named:
        judged = replace(judged, findings=tuple(held.finding for held in left.findings))
    return replace(entry, judgement=judged)


def verdict_without(
    entry: SweepAccount, item: NoticeItem, left: NoticeItem | None
) -> Verdict | None:
    """The verdict on an account of a notice's scope where only `left` of its item still stands."""
    kept = {held.finding.code for held in left.findings} if left else set()
    findings = tuple(
        replace(
            held.finding,
            review=ReviewState.CONFIRMED if held.finding.code in kept else ReviewState.DISMISSED,
        )
        for held in item.findings
    )
    if entry.judgement is None:
        return None
    reviewed = as_reviewed(
        replace(entry, judgement=replace(entry.judgement, findings=findings)), include_open=False
    )
    return reviewed.judgement.verdict if reviewed.judgement else None

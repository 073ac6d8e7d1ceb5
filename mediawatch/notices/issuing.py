"""Issuing and correcting: from the confirmed findings of an inspection to a notice, and from a notice back to a judged scope. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from mediawatch.domain import (
    DECIDED,
    Effect,
    Held,
    IssuedDocument,
    Judgement,
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
from mediawatch.reports.inspection import Inspection, Problem

WITHDRAWN = "经更正撤销。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the office gives a notice: 文号, 标题, 成文日期, 整改期限, 报送期限, and who issues it."""

    number: str
    title: str
    issued_on: date
    rectify_by: date | None = None
    report_by: date | None = None
    by: str

    def checked(self) -> Heading:
        """UserError where it has no number, no title or nobody's name."""
        for what, value in (("--number", self.number), ("--title", self.title), ("--by", self.by)):
            if not value.strip():
                raise UserError(f"a notice needs {what}")
        return self


def unreviewed(scope: Iterable[SweepAccount]) -> int:
    """How many findings of a sweep nobody has decided yet; hints need no decision."""
    return sum(
        finding.review not in DECIDED and finding.effect is not Effect.HINT
        for entry in scope
        if entry.judgement
        for finding in entry.judgement.findings
    )


def drawn_up(told: Inspection, heading: Heading, now: datetime) -> Notice:
    """The notice of an inspection whose findings are all confirmed: each account once, failed ones first."""
    issued = [problem for problem in (*told.failed, *told.listed) if problem.labels]
    return Notice(
        number=heading.number, title=heading.title, issued_on=heading.issued_on, rectify_by=heading.rectify_by,
        report_by=heading.report_by, sweep_id=told.sweep.id, preliminary=told.preliminary, by=heading.by, kept_at=now,
        items=tuple(_item(number, problem) for number, problem in enumerate(issued, 1)),
    )  # fmt: skip


def _item(number: int, problem: Problem) -> NoticeItem:
    account = problem.entry.account
    hashes = {reading.id: [evidence.sha256 for evidence in reading.evidence] for reading in problem.readings}
    held = tuple(
        Held(finding, tuple(dict.fromkeys(sha for key in finding.reading_ids for sha in hashes.get(key, ()))))
        for finding in problem.findings
        if finding.effect is not Effect.HINT
    )
    return NoticeItem(
        number=number, filed=account.filed, problem=problem.labels, fails=problem.fails, account_id=account.id, findings=held
    )  # fmt: skip


def appealed(
    notice: Notice, events: Sequence[NoticeEvent], item: int, action: NoticeAction, by: str, reason: str, at: datetime
) -> NoticeEvent:
    """申诉, or its result. UserError where the item does not stand, nobody is named, or there is no appeal to decide."""
    found = next((each for each in notice.items if each.number == item), None)
    if found is None or standing_item(found, events) is None:
        raise UserError(f"{notice.number} has no item {item} that stands: `mediawatch notice show` lists them")
    if not by.strip() or not reason.strip():
        raise UserError("an appeal and its result need a reason and a name (--reason, --by)")
    appeals = (NoticeAction.APPEALED, NoticeAction.UPHELD, NoticeAction.REJECTED)
    last = next((event.action for event in reversed(events) if event.item == item and event.action in appeals), None)
    if action is not NoticeAction.APPEALED and last is not NoticeAction.APPEALED:
        raise UserError(f"item {item} of {notice.number} has no open appeal")
    return NoticeEvent(notice_id=notice.id, item=item, action=action, at=at, by=by.strip(), reason=reason.strip())


def version_of(body: bytes, number: int, at: datetime) -> IssuedDocument:
    """A hand-off to be kept."""
    return IssuedDocument(version=number, sha256=hashlib.sha256(body).hexdigest(), body=body.decode(), at=at)


def as_issued(scope: Sequence[SweepAccount], standing: Iterable[NoticeItem], notice: Notice) -> list[SweepAccount]:
    """The sweep's scope as the notice holds it: the findings that still stand, as they were issued, and no others.

    What was withdrawn fails nobody. What came to be found or confirmed after the issue counts as not reviewed.
    """
    stands = {item.account_id: item for item in standing if item.account_id is not None}
    issued = {item.account_id for item in notice.items}
    return [_entry_as_issued(entry, stands, entry.account.id in issued) for entry in scope]


def _entry_as_issued(entry: SweepAccount, stands: Mapping[int, NoticeItem], issued: bool) -> SweepAccount:
    judged = entry.judgement
    if judged is None:
        return entry
    if item := stands.get(entry.account.id):
        return replace(entry, judgement=_of(judged, item))
    if issued:
        accused = judged.verdict in (Verdict.FAILED, Verdict.LISTED)
        judged = replace(judged, verdict=Verdict.LISTED, sentence=WITHDRAWN) if accused else judged
        return replace(entry, judgement=replace(judged, findings=()))
    later = [
        replace(finding, review=ReviewState.OPEN) if finding.review is ReviewState.CONFIRMED else finding for finding in judged.findings
    ]
    return replace(entry, judgement=replace(judged, findings=tuple(later)))


def _of(judged: Judgement, item: NoticeItem) -> Judgement:
    findings = tuple(held.finding for held in item.findings)
    if item.fails:
        return replace(judged, verdict=Verdict.FAILED, findings=findings)
    listed = judged.verdict is Verdict.FAILED
    return replace(judged, verdict=Verdict.LISTED if listed else judged.verdict, findings=findings)

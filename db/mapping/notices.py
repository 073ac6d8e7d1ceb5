"""Notices with their items and events, as rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from db.mapping.accounts import filed_of
from db.mapping.sweeps import finding_fields, finding_values
from db.types import AnyRow, Values, fields_of
from mediawatch.domain import (
    Code,
    DraftApproval,
    Finding,
    IssuedFinding,
    Notice,
    NoticeDraft,
    NoticeEvent,
    NoticeItem,
    Reconsideration,
    ReviewState,
    UnnamedAccount,
)

_NOTICE = tuple(field.name for field in fields(Notice) if field.name not in ("id", "items"))
_NOTICE_EVENT = tuple(
    field.name
    for field in fields(NoticeEvent)
    if field.name not in ("id", "codes", "reconsideration")
)
_RECONSIDERATION = tuple(field.name for field in fields(Reconsideration))

_DRAFT = tuple(
    field.name
    for field in fields(NoticeDraft)
    if field.name not in ("id", "unnamed", "approval", "notice_number")
)
_OMISSION = tuple(field.name for field in fields(UnnamedAccount))
_APPROVAL = tuple(field.name for field in fields(DraftApproval))


def notice_values(notice: Notice) -> Values:
    return fields_of(notice, _NOTICE)


def notice_of(row: AnyRow, items: Sequence[NoticeItem]) -> Notice:
    return Notice(**fields_of(row, _NOTICE), items=tuple(items), id=row.id)


def notice_item_of(row: AnyRow, findings: Sequence[IssuedFinding]) -> NoticeItem:
    return NoticeItem(
        number=row.number,
        filed=filed_of(row),
        problem=row.problem,
        fails=row.fails,
        account_id=row.account_id,
        findings=tuple(findings),
        result=row.result,
        unnamed=row.unnamed,
    )


def issued_finding_values(held: IssuedFinding) -> Values:
    return finding_values(held.finding) | {"evidence": list(held.evidence)}


def issued_finding_of(row: AnyRow, reading_ids: Sequence[int]) -> IssuedFinding:
    """An issued finding was confirmed, whatever its review came to afterwards."""
    finding = Finding(
        **finding_fields(row), reading_ids=tuple(reading_ids), review=ReviewState.CONFIRMED
    )
    return IssuedFinding(finding, tuple(row.evidence))


def notice_event_values(event: NoticeEvent) -> Values:
    return fields_of(event, _NOTICE_EVENT) | {"codes": [code.value for code in event.codes]}


def notice_event_of(row: AnyRow, asked: AnyRow | None = None) -> NoticeEvent:
    """`asked`: its row of a 复核, where it has one."""
    return NoticeEvent(
        **fields_of(row, _NOTICE_EVENT),
        codes=tuple(Code(code) for code in row.codes),
        reconsideration=Reconsideration(**fields_of(asked, _RECONSIDERATION)) if asked else None,
        id=row.id,
    )


def draft_values(draft: NoticeDraft) -> Values:
    return fields_of(draft, _DRAFT)


def omission_values(unnamed: UnnamedAccount) -> Values:
    return fields_of(unnamed, _OMISSION)


def approval_values(approval: DraftApproval) -> Values:
    return fields_of(approval, _APPROVAL)


def draft_of(
    row: AnyRow, omissions: Sequence[AnyRow], approval: AnyRow | None, notice_number: str
) -> NoticeDraft:
    return NoticeDraft(
        **fields_of(row, _DRAFT),
        unnamed=tuple(UnnamedAccount(**fields_of(each, _OMISSION)) for each in omissions),
        approval=DraftApproval(**fields_of(approval, _APPROVAL)) if approval else None,
        notice_number=notice_number,
        id=row.id,
    )


def reconsideration_values(event: NoticeEvent) -> Values:
    """Without the event's id, which the database gives."""
    assert event.reconsideration is not None, "only a 复核 has a row of its own"
    return fields_of(event.reconsideration, _RECONSIDERATION)

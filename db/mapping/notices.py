"""Notices with their items and events, as rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from db.mapping.accounts import filed_of
from db.mapping.sweeps import finding_fields, finding_values
from db.types import AnyRow, Values, fields_of
from mediawatch.domain import (
    Code,
    Finding,
    IssuedFinding,
    Notice,
    NoticeEvent,
    NoticeItem,
    Reconsideration,
    ReviewState,
)

_NOTICE = tuple(field.name for field in fields(Notice) if field.name not in ("id", "items"))
_NOTICE_EVENT = tuple(
    field.name
    for field in fields(NoticeEvent)
    if field.name not in ("id", "codes", "reconsideration")
)
_RECONSIDERATION = tuple(field.name for field in fields(Reconsideration))


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


def reconsideration_values(event: NoticeEvent) -> Values:
    """Without the event's id, which the database gives."""
    assert event.reconsideration is not None, "only a 复核 has a row of its own"
    return fields_of(event.reconsideration, _RECONSIDERATION)

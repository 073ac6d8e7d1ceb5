"""Notices and their events, as they are kept."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection

from db.base import rows
from db.mapping.notices import issued_finding_of, notice_event_of, notice_item_of, notice_of
from db.models import (
    NoticeAppealRow,
    NoticeEventRow,
    NoticeFindingRow,
    NoticeItemRow,
    NoticeReadingRow,
    NoticeRow,
)
from mediawatch.domain import IssuedFinding, Notice, NoticeEvent, NoticeItem


def load_notices(conn: Connection) -> list[Notice]:
    """With their items, oldest first."""
    proofs: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for row in conn.execute(rows(NoticeReadingRow).order_by(NoticeReadingRow.reading_id)):
        proofs[row.notice_id, row.item, row.position].append(row.reading_id)
    findings: dict[tuple[int, int], list[IssuedFinding]] = defaultdict(list)
    ordered = rows(NoticeFindingRow).order_by(
        NoticeFindingRow.notice_id, NoticeFindingRow.item, NoticeFindingRow.position
    )
    for row in conn.execute(ordered):
        findings[row.notice_id, row.item].append(
            issued_finding_of(row, proofs.get((row.notice_id, row.item, row.position), ()))
        )
    items: dict[int, list[NoticeItem]] = defaultdict(list)
    for row in conn.execute(
        rows(NoticeItemRow).order_by(NoticeItemRow.notice_id, NoticeItemRow.number)
    ):
        items[row.notice_id].append(
            notice_item_of(row, findings.get((row.notice_id, row.number), ()))
        )
    wanted = rows(NoticeRow).order_by(NoticeRow.issued_on, NoticeRow.id)
    return [notice_of(row, items.get(row.id, ())) for row in conn.execute(wanted)]


def load_events(conn: Connection, notice_id: int | None = None) -> list[NoticeEvent]:
    wanted = rows(NoticeEventRow).order_by(NoticeEventRow.id)
    if notice_id is not None:
        wanted = wanted.where(NoticeEventRow.notice_id == notice_id)
    asked = {row.event_id: row for row in conn.execute(rows(NoticeAppealRow))}
    return [notice_event_of(row, asked.get(row.id)) for row in conn.execute(wanted)]

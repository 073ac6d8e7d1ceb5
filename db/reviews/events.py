"""The events of a sweep's findings, as they are kept."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, Connection, select

from db.base import rows
from db.mapping.reviews import picture_of, review_of
from db.models import ReviewEventRow, ReviewPictureRow
from mediawatch.domain import Code, ReviewEvent, ReviewPicture

Key = tuple[int, Code]
"""A finding within its sweep: account and code."""


def events_by_finding(conn: Connection, sweep_id: int) -> dict[Key, list[ReviewEvent]]:
    """The events of a sweep's findings, oldest first.

    Of findings too that a later judgement took back.
    """
    found: dict[Key, list[ReviewEvent]] = defaultdict(list)
    for event in events_of(conn, ReviewEventRow.sweep_id == sweep_id):
        found[event.account_id, event.code].append(event)
    return dict(found)


def events_of(conn: Connection, *of: ColumnElement[bool]) -> list[ReviewEvent]:
    """The events that meet these conditions, oldest first."""
    filed: dict[int, list[ReviewPicture]] = defaultdict(list)
    meant = select(ReviewEventRow.id).where(*of)
    pictures = conn.execute(rows(ReviewPictureRow).where(ReviewPictureRow.event_id.in_(meant)))
    # Here, for databases order text differently.
    for row in sorted(pictures, key=lambda row: row.path):
        filed[row.event_id].append(picture_of(row))
    wanted = rows(ReviewEventRow).where(*of).order_by(ReviewEventRow.id)
    return [review_of(row, filed.get(row.id, ())) for row in conn.execute(wanted)]

"""The events of a sweep's findings, as they are kept."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, select

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
    filed: dict[int, list[ReviewPicture]] = defaultdict(list)
    of_sweep = select(ReviewEventRow.id).where(ReviewEventRow.sweep_id == sweep_id)
    pictures = conn.execute(rows(ReviewPictureRow).where(ReviewPictureRow.event_id.in_(of_sweep)))
    # Here, for databases order text differently.
    for row in sorted(pictures, key=lambda row: row.path):
        filed[row.event_id].append(picture_of(row))
    wanted = (
        rows(ReviewEventRow).where(ReviewEventRow.sweep_id == sweep_id).order_by(ReviewEventRow.id)
    )
    for row in conn.execute(wanted):
        found[row.account_id, row.code].append(review_of(row, filed.get(row.id, ())))
    return dict(found)

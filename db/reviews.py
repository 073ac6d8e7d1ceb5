"""Statements about the review of findings: events are appended, and the state that follows from
them is kept for queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from db.base import rows
from db.errors import StoreError
from db.mapping import finding_of, picture_of, picture_values, portions, review_of, review_values
from db.models import FindingRow, ReviewEventRow, ReviewPictureRow, SweepRow
from mediawatch.domain import (
    Code,
    Finding,
    ReviewAction,
    ReviewEvent,
    ReviewPicture,
    is_about,
    review_standing,
)

_DECISIONS = (ReviewAction.CONFIRMED, ReviewAction.DISMISSED)
Key = tuple[int, Code]
"""A finding within its sweep: account and code."""


def events(conn: Connection, sweep_id: int) -> dict[Key, list[ReviewEvent]]:
    """The events of a sweep's findings, oldest first; of findings too that a later judgement took
    back.
    """
    found: dict[Key, list[ReviewEvent]] = defaultdict(list)
    filed: dict[int, list[ReviewPicture]] = defaultdict(list)
    of_sweep = select(ReviewEventRow.id).where(ReviewEventRow.sweep_id == sweep_id)
    for row in conn.execute(
        rows(ReviewPictureRow)
        .where(ReviewPictureRow.event_id.in_(of_sweep))
        .order_by(ReviewPictureRow.path)
    ):
        filed[row.event_id].append(picture_of(row))
    wanted = (
        rows(ReviewEventRow).where(ReviewEventRow.sweep_id == sweep_id).order_by(ReviewEventRow.id)
    )
    for row in conn.execute(wanted):
        found[row.account_id, row.code].append(review_of(row, filed.get(row.id, ())))
    return dict(found)


def note(conn: Connection, sweep_id: int, new: Sequence[ReviewEvent], after: int) -> None:
    """StoreError where any of the findings has an event newer than `after`: those decisions did not
    know of it.
    """
    # Serialises reviewers on PostgreSQL; on SQLite the transaction does.
    if conn.scalar(select(SweepRow.id).where(SweepRow.id == sweep_id).with_for_update()) is None:
        raise LookupError(f"no such sweep: {sweep_id}")
    if foreign := {event.sweep_id for event in new} - {sweep_id}:
        raise ValueError(f"events of sweep {foreign} among those of sweep {sweep_id}")
    accounts = sorted({event.account_id for event in new})
    known = events(conn, sweep_id)
    if any(
        old.id > after for event in new for old in known.get((event.account_id, event.code), ())
    ):
        raise StoreError(
            "somebody else has decided about some of these findings meanwhile: look again, "
            "then decide"
        )
    _refuse_others(conn, sweep_id, [event for event in new if event.action in _DECISIONS])
    if new:
        plain = [review_values(event) for event in new if not event.pictures]
        if len(plain) == len(new):
            conn.execute(insert(ReviewEventRow), plain)
        else:
            _with_pictures(conn, new)
        _settle(conn, sweep_id, accounts)


def _with_pictures(conn: Connection, new: Sequence[ReviewEvent]) -> None:
    """One by one and in order: a picture needs the number of its event."""
    for event in new:
        (key,) = conn.execute(
            insert(ReviewEventRow).values(review_values(event))
        ).inserted_primary_key or (None,)
        if event.pictures:
            conn.execute(
                insert(ReviewPictureRow),
                [picture_values(picture) | {"event_id": key} for picture in event.pictures],
            )


def _refuse_others(conn: Connection, sweep_id: int, decisions: Sequence[ReviewEvent]) -> None:
    """StoreError where a decision is about a finding that has gone, or that says something else by
    now.
    """
    found: dict[Key, Finding] = {}
    for portion in portions(sorted({event.account_id for event in decisions})):
        wanted = rows(FindingRow).where(
            FindingRow.sweep_id == sweep_id, FindingRow.account_id.in_(portion)
        )
        found.update(
            ((row.account_id, row.code), finding_of(row, ())) for row in conn.execute(wanted)
        )
    for event in decisions:
        finding = found.get((event.account_id, event.code))
        if finding is None:
            raise StoreError(
                f"the finding {event.account_id}/{event.code.value} has gone meanwhile: look "
                "again, then decide"
            )
        if not is_about(event, finding):
            raise StoreError(
                f"the finding {event.account_id}/{event.code.value} says something else by "
                "now: look again, then decide"
            )


def _settle(conn: Connection, sweep_id: int, accounts: Sequence[int]) -> None:
    """`finding.review_state` of these accounts, by their events."""
    known = events(conn, sweep_id)
    states: list[dict[str, object]] = []
    for portion in portions(accounts):
        wanted = rows(FindingRow).where(
            FindingRow.sweep_id == sweep_id, FindingRow.account_id.in_(portion)
        )
        for row in conn.execute(wanted):
            review = review_standing(known.get((row.account_id, row.code), ()), finding_of(row, ()))
            states.append({"key": row.id, "state": review.state, "excused": review.excuse})
    if states:
        conn.execute(
            update(FindingRow)
            .where(FindingRow.id == bindparam("key"))
            .values(review_state=bindparam("state"), excuse=bindparam("excused")),
            states,
        )

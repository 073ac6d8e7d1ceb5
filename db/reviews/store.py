"""The review of findings.

Events are appended, and the state that follows from them is kept for queries.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from db.base import rows
from db.errors import StoreError
from db.mapping.reviews import picture_values, review_values
from db.mapping.sweeps import finding_of
from db.models import FindingRow, ReviewEventRow, ReviewPictureRow, SweepRow
from db.reviews.events import Key, events_by_finding, events_of
from db.revision import raise_revision
from db.sweeps.judgements import keep_rejudgement
from db.transactions import Aggregate, reads, writes
from db.types import portions
from mediawatch.domain import Code, Finding, ReviewAction, ReviewEvent, is_about, review_standing
from mediawatch.ports import Rejudgement

_DECISIONS = (ReviewAction.CONFIRMED, ReviewAction.DISMISSED)


class SqlReviews(Aggregate):
    @reads
    def events(self, conn: Connection, sweep_id: int) -> list[ReviewEvent]:
        return events_of(conn, ReviewEventRow.sweep_id == sweep_id)

    @reads
    def events_about(self, conn: Connection, codes: Collection[Code]) -> list[ReviewEvent]:
        return events_of(conn, ReviewEventRow.code.in_(sorted(codes)))

    @writes
    def add(
        self,
        conn: Connection,
        sweep_id: int,
        events: Sequence[ReviewEvent],
        *,
        after: int,
        rejudged: Rejudgement | None = None,
    ) -> None:
        if events:
            raise_revision(conn)
        if rejudged is not None:
            keep_rejudgement(conn, sweep_id, rejudged)
        # Serialises reviewers on PostgreSQL; on SQLite the transaction does.
        if (
            conn.scalar(select(SweepRow.id).where(SweepRow.id == sweep_id).with_for_update())
            is None
        ):
            raise LookupError(f"no such sweep: {sweep_id}")
        if foreign := {event.sweep_id for event in events} - {sweep_id}:
            raise ValueError(f"events of sweep {foreign} among those of sweep {sweep_id}")
        accounts = sorted({event.account_id for event in events})
        known = events_by_finding(conn, sweep_id)
        if any(
            old.id > after
            for event in events
            for old in known.get((event.account_id, event.code), ())
        ):
            raise StoreError(
                "somebody else has decided about some of these findings meanwhile: look again, "
                "then decide"
            )
        _refuse_others(conn, sweep_id, [event for event in events if event.action in _DECISIONS])
        if events:
            plain = [review_values(event) for event in events if not event.pictures]
            if len(plain) == len(events):
                conn.execute(insert(ReviewEventRow), plain)
            else:
                _with_pictures(conn, events)
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
    """Refuse a decision about a finding that has gone, or that says something else by now.

    StoreError.
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
    known = events_by_finding(conn, sweep_id)
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

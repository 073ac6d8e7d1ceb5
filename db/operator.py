"""Our own side: checks of canaries, signs of the operator's logins, visits of surfaces."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select

from db.accounts.identities import identities, twins
from db.accounts.news import raise_news
from db.base import rows
from db.mapping.operator import check_of, check_values, session_event_of, session_event_values
from db.models import (
    CanaryCheckRow,
    HomeRow,
    ReadingRow,
    SessionEventRow,
    SightRow,
    SweepRow,
    UnitSearchRow,
)
from db.transactions import Aggregate, reads, writes
from mediawatch.domain import CanaryCheck, SessionEvent
from mediawatch.ports import SurfaceVisit


class SqlOperator(Aggregate):
    @reads
    def home_id(self, conn: Connection) -> str:
        return conn.scalars(select(HomeRow.id)).one()

    @writes
    def add_canary_check(self, conn: Connection, check: CanaryCheck) -> None:
        """Keep a check of a canary, and raise the news of the accounts that it may change.

        These are the accounts that this surface showed with this login in this sweep since the
        earlier checks.
        """
        newest = conn.scalar(select(func.max(ReadingRow.id))) or 0
        batch = (
            CanaryCheckRow.surface == check.surface,
            CanaryCheckRow.session == check.session,
            CanaryCheckRow.sweep_id == check.sweep_id,
        )
        of_batch = (
            select(CanaryCheckRow.last_reading).where(*batch).order_by(CanaryCheckRow.id.desc())
        )
        earlier = conn.scalars(of_batch.limit(2)).all()
        conn.execute(insert(CanaryCheckRow).values(check_values(check) | {"last_reading": newest}))
        if check.sweep_id is None:
            return
        # Two checks back: a reading may be kept after a check although it was read before, and the
        # other way round.
        since = earlier[1] if len(earlier) == 2 else 0
        held = (
            select(ReadingRow.account_id)
            .join_from(ReadingRow, SightRow)
            .where(ReadingRow.sweep_id == check.sweep_id, ReadingRow.id > since)
        )
        seen = set(
            conn.scalars(
                held.where(
                    SightRow.surface == check.surface, SightRow.session == check.session
                ).distinct()
            )
        )
        others = twins(conn, identities(conn, seen))
        raise_news(conn, {*seen, *(key for each in others.values() for key in each)})

    @reads
    def canary_checks(
        self, conn: Connection, surface: str | None = None, since: datetime | None = None
    ) -> list[CanaryCheck]:
        wanted = rows(CanaryCheckRow).order_by(CanaryCheckRow.at, CanaryCheckRow.id)
        if surface is not None:
            wanted = wanted.where(CanaryCheckRow.surface == surface)
        if since is not None:
            wanted = wanted.where(CanaryCheckRow.at >= since)
        return [check_of(row) for row in conn.execute(wanted)]

    @writes
    def add_session_event(self, conn: Connection, event: SessionEvent) -> None:
        conn.execute(insert(SessionEventRow).values(session_event_values(event)))

    @reads
    def session_events(self, conn: Connection, platform: str | None = None) -> list[SessionEvent]:
        wanted = rows(SessionEventRow).order_by(SessionEventRow.at, SessionEventRow.id)
        if platform is not None:
            wanted = wanted.where(SessionEventRow.platform == platform)
        return [session_event_of(row) for row in conn.execute(wanted)]

    @reads
    def visits(self, conn: Connection, since: datetime) -> list[SurfaceVisit]:
        """Through the sweeps of that time, which are few: readings have no index by time alone."""
        late = select(SweepRow.id).where(
            or_(SweepRow.finished_at.is_(None), SweepRow.finished_at >= since)
        )
        seen = (
            select(
                SightRow.surface,
                SightRow.session,
                SightRow.read_at,
                SightRow.calls,
                SightRow.ends_day,
            )
            .join_from(SightRow, ReadingRow)
            .where(ReadingRow.sweep_id.in_(late), SightRow.read_at >= since)
        )
        checked = select(
            CanaryCheckRow.surface,
            CanaryCheckRow.session,
            CanaryCheckRow.at,
            CanaryCheckRow.calls,
            CanaryCheckRow.ends_day,
        ).where(CanaryCheckRow.at >= since)
        searched = select(
            UnitSearchRow.surface,
            UnitSearchRow.session,
            UnitSearchRow.at,
            UnitSearchRow.calls,
            UnitSearchRow.ends_day,
        ).where(UnitSearchRow.at >= since)
        return [
            SurfaceVisit(surface=surface, session=session, at=at, calls=calls, ends_day=ends_day)
            for statement in (seen, checked, searched)
            for surface, session, at, calls, ends_day in conn.execute(statement)
        ]

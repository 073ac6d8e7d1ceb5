"""Statements about our own side: checks of canaries, and what was seen of the operator's logins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, or_, select

from db.base import rows
from db.mapping import check_of, check_values, event_of, event_values
from db.models import CanaryCheckRow, HomeRow, ReadingRow, SessionEventRow, SightRow, SweepRow
from mediawatch.domain import CanaryCheck, SessionEvent
from mediawatch.ports import Visited


def home_id(conn: Connection) -> str:
    return conn.scalars(select(HomeRow.id)).one()


def note_canary(conn: Connection, check: CanaryCheck) -> None:
    conn.execute(insert(CanaryCheckRow).values(check_values(check)))


def canary_checks(conn: Connection, surface: str | None, since: datetime | None) -> list[CanaryCheck]:
    wanted = rows(CanaryCheckRow).order_by(CanaryCheckRow.at, CanaryCheckRow.id)
    if surface is not None:
        wanted = wanted.where(CanaryCheckRow.surface == surface)
    if since is not None:
        wanted = wanted.where(CanaryCheckRow.at >= since)
    return [check_of(row) for row in conn.execute(wanted)]


def note_session(conn: Connection, event: SessionEvent) -> None:
    conn.execute(insert(SessionEventRow).values(event_values(event)))


def session_events(conn: Connection, platform: str | None) -> list[SessionEvent]:
    wanted = rows(SessionEventRow).order_by(SessionEventRow.at, SessionEventRow.id)
    if platform is not None:
        wanted = wanted.where(SessionEventRow.platform == platform)
    return [event_of(row) for row in conn.execute(wanted)]


def visits(conn: Connection, since: datetime) -> list[Visited]:
    """Through the sweeps of that time, which are few: readings have no index by time alone."""
    late = select(SweepRow.id).where(or_(SweepRow.finished_at.is_(None), SweepRow.finished_at >= since))
    seen = (
        select(SightRow.surface, SightRow.session, SightRow.read_at)
        .join(ReadingRow)
        .where(ReadingRow.sweep_id.in_(late), SightRow.read_at >= since)
    )
    checked = select(CanaryCheckRow.surface, CanaryCheckRow.session, CanaryCheckRow.at).where(CanaryCheckRow.at >= since)
    return [
        Visited(surface=surface, session=session, at=at)
        for statement in (seen, checked)
        for surface, session, at in conn.execute(statement)
    ]

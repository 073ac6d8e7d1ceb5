"""Statements about the runs themselves: nights, alerts, backups. Each costs as much with a year
behind it as with a week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Subquery, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from db.base import rows
from db.mapping import AnyRow, Values
from db.models import AlertRow, BackupRow, FindingRow, NightRow, SweepAccountRow
from mediawatch.domain import (
    Alert,
    AlertState,
    Backup,
    Ending,
    FindingChange,
    FindingChangeKind,
    ReviewState,
    SweepRun,
    Verdict,
)

_COUNTS = ("looks", "verdicts", "reasons", "turns")
_OPEN = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)
"""Verdicts that settle nothing: findings are compared past them."""


def begin_night(conn: Connection, night: SweepRun) -> int:
    """The one before it that has not ended was killed: one runs at a time."""
    last = select(func.max(NightRow.id)).scalar_subquery()
    conn.execute(
        update(NightRow)
        .where(NightRow.id == last, NightRow.ended_at.is_(None))
        .values(ending=Ending.KILLED)
    )
    return int(
        conn.execute(
            insert(NightRow).values(_night_values(night)).returning(NightRow.id)
        ).scalar_one()
    )


def end_night(conn: Connection, night: SweepRun) -> None:
    conn.execute(update(NightRow).where(NightRow.id == night.id).values(_night_values(night)))


def nights(conn: Connection, limit: int) -> list[SweepRun]:
    found = conn.execute(rows(NightRow).order_by(NightRow.id.desc()).limit(limit))
    return [_night_of(row) for row in found]


def _night_values(night: SweepRun) -> Values:
    plain: Values = {
        name: getattr(night, name)
        for name in ("started_at", "sweep_id", "ended_at", "ending", "why", "exit_code", "left")
    }
    return (
        plain
        | {name: dict(getattr(night, name)) for name in _COUNTS}
        | {"breakers": list(night.breakers)}
    )


def _night_of(row: AnyRow) -> SweepRun:
    values: dict[str, Any] = {each.name: getattr(row, each.name) for each in fields(SweepRun)}
    return SweepRun(**values | {"breakers": tuple(row.breakers)})


def turned(conn: Connection, sweep_id: int) -> list[FindingChange]:
    """A sweep's findings next to those of each account's last conclusive judgement before it."""
    now = {row.account_id: row for row in conn.execute(_judged(sweep_id))}
    before = _before(sweep_id)
    found = {
        (row.account_id, row.code): row
        for row in conn.execute(_findings().where(FindingRow.sweep_id == sweep_id))
    }
    stood_rows = _findings().join(
        before,
        (before.c.account_id == FindingRow.account_id) & (before.c.sweep_id == FindingRow.sweep_id),
    )
    stood = {(row.account_id, row.code): row for row in conn.execute(stood_rows)}
    told = []
    for key, row in sorted((stood | found).items()):
        account = now[key[0]]
        turn = (
            (FindingChangeKind.STILL if key in stood else FindingChangeKind.NEW)
            if key in found
            else FindingChangeKind.UNSETTLED
            if account.verdict in _OPEN
            else FindingChangeKind.GONE
        )
        told.append(FindingChange(turn=turn, name=account.name, type=account.type, label=row.label))
    return told


def _judged(sweep_id: int) -> Any:
    columns = (
        SweepAccountRow.account_id,
        SweepAccountRow.name,
        SweepAccountRow.type,
        SweepAccountRow.verdict,
    )
    return select(*columns).where(
        SweepAccountRow.sweep_id == sweep_id, SweepAccountRow.verdict.is_not(None)
    )


def _before(sweep_id: int) -> Subquery:
    """For each account of the sweep, the newest earlier sweep that judged it conclusively."""
    now, earlier = (
        SweepAccountRow.__table__.alias("now"),
        SweepAccountRow.__table__.alias("earlier"),
    )
    newest = (
        select(earlier.c.sweep_id)
        .where(
            earlier.c.account_id == now.c.account_id,
            earlier.c.sweep_id < sweep_id,
            earlier.c.verdict.not_in(_OPEN),
        )
        .order_by(earlier.c.sweep_id.desc())
        .limit(1)
        .correlate(now)
    )
    return (
        select(now.c.account_id, newest.scalar_subquery().label("sweep_id"))
        .where(now.c.sweep_id == sweep_id)
        .subquery()
    )


def _findings() -> Any:
    """What a person dismissed neither stood before nor is gone now."""
    return select(FindingRow.account_id, FindingRow.code, FindingRow.label).where(
        FindingRow.review_state != ReviewState.DISMISSED
    )


def add_alert(conn: Connection, alert: Alert) -> bool:
    """False where the place has this alert already."""
    known = conn.scalar(
        select(AlertRow.id).where(AlertRow.key == alert.key, AlertRow.place == alert.place)
    )
    if known is not None:
        return False
    try:
        with conn.begin_nested():
            conn.execute(
                insert(AlertRow).values(
                    {
                        each.name: getattr(alert, each.name)
                        for each in fields(Alert)
                        if each.name != "id"
                    }
                )
            )
    except IntegrityError:  # another process was first
        return False
    return True


def alerts(conn: Connection, states: Sequence[AlertState]) -> list[Alert]:
    found = conn.execute(rows(AlertRow).where(AlertRow.state.in_(states)).order_by(AlertRow.id))
    return [
        Alert(**{each.name: getattr(row, each.name) for each in fields(Alert)}) for row in found
    ]


def move_alert(
    conn: Connection, alert_id: int, old: AlertState, new: AlertState, at: datetime
) -> bool:
    """False where another process has moved it on."""
    moved = (
        update(AlertRow)
        .where(AlertRow.id == alert_id, AlertRow.state == old)
        .values(state=new, tried_at=at)
    )
    return conn.execute(moved).rowcount == 1


def note_backup(conn: Connection, backup: Backup) -> None:
    conn.execute(
        insert(BackupRow).values({each.name: getattr(backup, each.name) for each in fields(Backup)})
    )


def last_backup(conn: Connection) -> Backup | None:
    row = conn.execute(rows(BackupRow).order_by(BackupRow.id.desc()).limit(1)).one_or_none()
    return (
        Backup(**{each.name: getattr(row, each.name) for each in fields(Backup)}) if row else None
    )

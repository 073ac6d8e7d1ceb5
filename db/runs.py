"""Runs of sweeps, alerts, backups. A call costs as much after a year as after a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from db.base import rows
from db.mapping.runs import alert_of, alert_values, backup_of, backup_values, run_of, run_values
from db.models import AlertRow, BackupRow, NightRow
from db.transactions import Aggregate, reads, writes
from mediawatch.domain import Alert, AlertState, Backup, Ending, SweepRun


class SqlRuns(Aggregate):
    @writes
    def begin(self, conn: Connection, run: SweepRun) -> SweepRun:
        """The one before it that has not ended was killed: one runs at a time."""
        last = select(func.max(NightRow.id)).scalar_subquery()
        conn.execute(
            update(NightRow)
            .where(NightRow.id == last, NightRow.ended_at.is_(None))
            .values(ending=Ending.KILLED)
        )
        begun = insert(NightRow).values(run_values(run)).returning(NightRow.id)
        return replace(run, id=int(conn.execute(begun).scalar_one()))

    @writes
    def end(self, conn: Connection, run: SweepRun) -> None:
        conn.execute(update(NightRow).where(NightRow.id == run.id).values(run_values(run)))

    @reads
    def latest(self, conn: Connection, limit: int) -> list[SweepRun]:
        newest = rows(NightRow).order_by(NightRow.id.desc()).limit(limit)
        return [run_of(row) for row in conn.execute(newest)]

    @writes
    def add_alert(self, conn: Connection, alert: Alert) -> bool:
        known = conn.scalar(
            select(AlertRow.id).where(AlertRow.key == alert.key, AlertRow.place == alert.place)
        )
        if known is not None:
            return False
        try:
            with conn.begin_nested():
                conn.execute(insert(AlertRow).values(alert_values(alert)))
        except IntegrityError:  # another process was first
            return False
        return True

    @reads
    def alerts(self, conn: Connection, *states: AlertState) -> list[Alert]:
        wanted = rows(AlertRow).where(AlertRow.state.in_(states)).order_by(AlertRow.id)
        return [alert_of(row) for row in conn.execute(wanted)]

    @writes
    def move_alert(self, conn: Connection, alert: Alert, state: AlertState, at: datetime) -> bool:
        moved = (
            update(AlertRow)
            .where(AlertRow.id == alert.id, AlertRow.state == alert.state)
            .values(state=state, tried_at=at)
        )
        return conn.execute(moved).rowcount == 1

    @writes
    def add_backup(self, conn: Connection, backup: Backup) -> None:
        conn.execute(insert(BackupRow).values(backup_values(backup)))

    @reads
    def last_backup(self, conn: Connection) -> Backup | None:
        newest = rows(BackupRow).order_by(BackupRow.id.desc()).limit(1)
        row = conn.execute(newest).one_or_none()
        return backup_of(row) if row else None

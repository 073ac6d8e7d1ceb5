"""Runs of sweeps, alerts and backups, as rows and back."""

from __future__ import annotations

from dataclasses import fields

from db.types import AnyRow, Values, fields_of
from mediawatch.domain import Alert, Backup, SweepRun

_RUN = tuple(field.name for field in fields(SweepRun))
_COUNTS = ("looks", "verdicts", "reasons", "turns")
_ALERT = tuple(field.name for field in fields(Alert))
_BACKUP = tuple(field.name for field in fields(Backup))


def run_values(run: SweepRun) -> Values:
    """Without the id."""
    plain = fields_of(run, [name for name in _RUN if name != "id"])
    counts = {name: dict(getattr(run, name)) for name in _COUNTS}
    return plain | counts | {"breakers": list(run.breakers)}


def run_of(row: AnyRow) -> SweepRun:
    return SweepRun(**fields_of(row, _RUN) | {"breakers": tuple(row.breakers)})


def alert_values(alert: Alert) -> Values:
    """Without the id."""
    return fields_of(alert, [name for name in _ALERT if name != "id"])


def alert_of(row: AnyRow) -> Alert:
    return Alert(**fields_of(row, _ALERT))


def backup_values(backup: Backup) -> Values:
    return fields_of(backup, _BACKUP)


def backup_of(row: AnyRow) -> Backup:
    return Backup(**fields_of(row, _BACKUP))

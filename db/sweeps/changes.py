"""Compares a sweep's findings with each account's last conclusive judgement before it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Subquery, select

from db.models import FindingRow, SweepAccountRow
from mediawatch.domain import FindingChange, FindingChangeKind, ReviewState, Verdict

_OPEN = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)
"""Verdicts that settle nothing: the comparison passes over them."""


def changes_of(conn: Connection, sweep_id: int) -> list[FindingChange]:
    now = {row.account_id: row for row in conn.execute(_judged(sweep_id))}
    before = _before(sweep_id)
    found = {
        (row.account_id, row.code): row
        for row in conn.execute(_findings().where(FindingRow.sweep_id == sweep_id))
    }
    stood_rows = _findings().join_from(
        FindingRow,
        before,
        (before.c.account_id == FindingRow.account_id) & (before.c.sweep_id == FindingRow.sweep_id),
    )
    stood = {(row.account_id, row.code): row for row in conn.execute(stood_rows)}
    changes = []
    for key, row in sorted((stood | found).items()):
        account = now[key[0]]
        turn = (
            (FindingChangeKind.STILL if key in stood else FindingChangeKind.NEW)
            if key in found
            else FindingChangeKind.UNSETTLED
            if account.verdict in _OPEN
            else FindingChangeKind.GONE
        )
        changes.append(
            FindingChange(turn=turn, name=account.name, type=account.type, label=row.label)
        )
    return changes


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

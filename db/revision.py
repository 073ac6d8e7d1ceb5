"""The planning revision: one number that rises with everything on which plans rest.

It is raised in the transaction that makes the change, before that transaction locks anything else.
So two such transactions wait for each other here, and cannot meet in a deadlock further on.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from db.models import HomeRow
from mediawatch.ports import OutdatedPlan

_OUTDATED = "the registry changed while this was planned: try again"


def read_revision(conn: Connection) -> int:
    return conn.scalars(select(HomeRow.revision)).one()


def raise_revision(conn: Connection) -> None:
    conn.execute(update(HomeRow).values(revision=HomeRow.revision + 1))


def refuse_outdated(conn: Connection, seen: int, *, writes: bool) -> None:
    """Refuse what was planned at another revision. OutdatedPlan.

    Compared and raised in one statement: on PostgreSQL it waits for whoever changes the row, and
    then compares with what that one committed.
    """
    if writes:
        raised = update(HomeRow).where(HomeRow.revision == seen)
        outdated = conn.execute(raised.values(revision=seen + 1)).rowcount == 0
    else:
        outdated = conn.scalar(select(HomeRow.revision).with_for_update()) != seen
    if outdated:
        raise OutdatedPlan(_OUTDATED)

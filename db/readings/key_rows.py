"""Tables that hold one reading for each key of an account: the earliest, or the newest."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from db.base import Base, insert_into, table
from db.mapping.values import Values

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def keep_by_key(conn: Connection, of: type[Base], rows: Iterable[Values], *, newest: bool) -> None:
    """Keep rows of a reading; a kept row stays where it is the better one by `read_at`."""
    by_key = {row["key"]: row for row in rows}
    if by_key:
        conn.execute(_upsert(of, conn.dialect.name, newest), list(by_key.values()))


@cache
def _upsert(of: type[Base], dialect: str, newest: bool) -> sqlite.Insert | postgresql.Insert:
    statement = insert_into(of, dialect)
    new, kept = statement.excluded.read_at, table(of).c.read_at
    # Readings may come late: a worklist returns days after its looks.
    return statement.on_conflict_do_update(
        index_elements=["account_id", "key"],
        set_={"reading_id": statement.excluded.reading_id, "read_at": new},
        where=new >= kept if newest else new < kept,
    )

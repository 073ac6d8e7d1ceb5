"""The mark of a database whose rows were moved to another one: it is kept as it was.

Its revision becomes one that no version knows, so that older versions refuse it as well. Triggers
refuse the writes of programs that had it open before.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from db.base import Base
from db.errors import MOVED, MovedDatabase
from db.revisions import standing_revision

_PLACE = "moved_home"
_SUFFIX = " moved"


def mark(connection: Connection, place: str, day: str) -> None:
    """Within the transaction that holds its writers back. `place`: the new one, without password."""
    connection.execute(text(f"CREATE TABLE {_PLACE} (place TEXT NOT NULL, day TEXT NOT NULL)"))
    connection.execute(
        text(f"INSERT INTO {_PLACE} VALUES (:place, :day)"), {"place": place, "day": day}
    )
    connection.execute(
        text("UPDATE alembic_version SET version_num = version_num || :suffix"),
        {"suffix": _SUFFIX},
    )
    for statement in _triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)


def unmark(connection: Connection) -> None:
    """Take the mark back; the database is used again as it was then."""
    postgres = connection.dialect.name == "postgresql"
    for table in _tables():
        for event in ("INSERT", "UPDATE", "DELETE"):
            on = f" ON {table}" if postgres else ""
            connection.exec_driver_sql(f"DROP TRIGGER {_name(table, event)}{on}")
    if postgres:
        connection.exec_driver_sql("DROP FUNCTION mediawatch_refuse_moved()")
    connection.exec_driver_sql(f"DROP TABLE {_PLACE}")
    connection.execute(
        text("UPDATE alembic_version SET version_num = replace(version_num, :suffix, '')"),
        {"suffix": _SUFFIX},
    )


def moved_to(connection: Connection) -> str:
    """Where the rows of a marked database are, without a password."""
    return str(connection.scalar(text(f"SELECT place FROM {_PLACE}")))


def is_marked(connection: Connection) -> bool:
    return standing_revision(connection).endswith(_SUFFIX)


def refuse_moved(connection: Connection, revision: str, name: str) -> None:
    """MovedDatabase where this is the revision of one."""
    if revision.endswith(_SUFFIX):
        place, day = connection.execute(text(f"SELECT place, day FROM {_PLACE}")).one()
        raise MovedDatabase(
            f"{name} was moved to {place} on {day}, and what was written since is there: name "
            "that one in [database] url of mediawatch.toml, or by MEDIAWATCH_DATABASE__URL"
            + (
                "; where it is lost, `mediawatch database reopen` uses this one as it was"
                if connection.dialect.name == "sqlite"
                else ""
            )
        )


def _triggers(dialect: str) -> Iterator[str]:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{MOVED}'); END"
    if dialect == "postgresql":
        yield (
            "CREATE FUNCTION mediawatch_refuse_moved() RETURNS trigger LANGUAGE plpgsql AS "
            f"'BEGIN RAISE EXCEPTION ''{MOVED}''; END'"
        )
        refusal = "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_moved()"
    for table in _tables():
        for event in ("INSERT", "UPDATE", "DELETE"):
            yield f"CREATE TRIGGER {_name(table, event)} BEFORE {event} ON {table} {refusal}"


def _name(table: str, event: str) -> str:
    # Before our other triggers, which come in the order of their names on PostgreSQL.
    return f"a_moved_{table}_{event.lower()}"


def _tables() -> list[str]:
    return [table.name for table in Base.metadata.sorted_tables]

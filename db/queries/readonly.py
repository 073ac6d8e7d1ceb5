"""Statements of others, on connections that can only read.

The database itself refuses to write, and to show the contacts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine

from db.engine import file_of, name_database
from db.errors import StoreError, as_store_error
from db.queries.overlay import lay_over
from mediawatch.domain import SweepAccount
from mediawatch.ports import QueryResult

_WITHHELD = frozenset({"contact", "home"})
"""联系人 leave only in their own unit's file.

The seal of rows and lists: who reads it can seal any row.
"""
_NO_CONTACTS = (
    "contacts are in no report (they leave only in their own unit's file), nor is what rows are "
    "sealed with"
)


def answer(url: URL, sql: str, now: Sequence[SweepAccount] = ()) -> QueryResult:
    """Run one statement.

    Raises StoreError where it is no statement, would write, asks for contacts, or has no rows to
    give.

    `now`: accounts of sweeps as they are judged now, where that differs from what is stored.
    """
    engine = _engine(url)
    try:
        with as_store_error(f"the query on {name_database(url)}"), engine.connect() as connection:
            if now:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql("SET TRANSACTION READ WRITE")
                lay_over(connection, now)
            _only_reads(connection)
            if connection.dialect.name == "postgresql":
                _refuse_contacts(connection, sql)
            result = connection.execution_options(no_parameters=True).exec_driver_sql(sql)
            if not result.returns_rows:
                raise StoreError("the statement gives no rows: a query begins with SELECT or WITH")
            return QueryResult(tuple(result.keys()), tuple(tuple(row) for row in result))
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    file = file_of(url)
    if file is None:
        return create_engine(
            url,
            connect_args={
                "options": "-c timezone=UTC -c default_transaction_read_only=on",
                "connect_timeout": 10,
            },
        )

    def connected() -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    return create_engine("sqlite+pysqlite://", creator=connected, poolclass=StaticPool)


def _only_reads(connection: Connection) -> None:
    """From here on nothing can be written, not even what this connection alone sees."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        return
    connection.exec_driver_sql("PRAGMA query_only = ON")
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.set_authorizer(_allowed)


def _allowed(action: int, name: str | None, *_: str | None) -> int:
    """SQLite asks for each part of a statement while it compiles it."""
    if action == sqlite3.SQLITE_ATTACH or (action == sqlite3.SQLITE_READ and name in _WITHHELD):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _refuse_contacts(connection: Connection, sql: str) -> None:
    """PostgreSQL does not ask, but shows which tables a statement would read, through views too."""
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}").scalar_one()
    if not _WITHHELD.isdisjoint(_relations(plan if isinstance(plan, list) else json.loads(plan))):
        raise StoreError(_NO_CONTACTS)


def _relations(plan: object) -> Iterator[str]:
    match plan:
        case list():
            for part in plan:
                yield from _relations(part)
        case dict():
            if isinstance(name := plan.get("Relation Name"), str):
                yield name
            for part in plan.values():
                yield from _relations(part)

"""Statements of others, on connections that can only read.

The database itself refuses to write, and to show the contacts.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from sqlalchemy import URL, Connection, CursorResult, Engine, StaticPool, create_engine
from sqlalchemy.exc import DBAPIError

from db.engine import file_of, interrupt, name_database
from db.errors import StoreError, as_store_error, told_by_postgresql
from db.queries.overlay import lay_over
from mediawatch.domain import SweepAccount
from mediawatch.ports import QueryRow, TakeRows

T = TypeVar("T")
_STEPS = 20_000
"""Instructions of SQLite between two looks at the clock: some tenths of a millisecond."""
_AT_ONCE = 500
_MEMORY, _LONGEST = 512 << 20, 64 << 20
"""Bytes that SQLite may take, and of one value."""
_CANCELLED = "57014"
"""PostgreSQL's code for a statement that ran too long, or was cancelled."""

_WITHHELD = frozenset({"contact", "home"})
"""联系人 leave only in their own unit's file.

The seal of rows and lists: who reads it can seal any row.
"""
_ONLY_READS = "a query only reads: begin with SELECT or WITH"
_READ_ONLY = "25006"
"""PostgreSQL's code for a statement that would write where nothing may be."""
_SYNTAX = "42601"
"""PostgreSQL explains only what reads: all else is wrong syntax to it."""
_OF_TOP_LEVEL = "0A000"
"""What a part of a statement may not do: WITH … INSERT."""
_READING = re.compile(
    r"(?:\s|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)*(?:select|with|values|table|explain|pragma)\b",
    re.IGNORECASE | re.DOTALL,
)
_NO_CONTACTS = (
    "contacts are in no report (they leave only in their own unit's file), nor is what rows are "
    "sealed with"
)


class ForeignStatement:
    """One statement of others; `stop` ends it from another thread."""

    def __init__(self, url: URL, sql: str, seconds: float) -> None:
        self._url, self._sql, self._seconds = url, sql, seconds
        self._until = monotonic() + seconds
        self._stopped = Event()
        self._connection: Connection | None = None
        self._asks_for_withheld = False

    def answer(self, take: TakeRows[T], now: Sequence[SweepAccount] = ()) -> T:
        """Run it, and return what `take` makes of its columns and rows.

        Raises StoreError where it is no statement, would write, asks for contacts, has no rows to
        give, or needs more time or memory than it may.

        `now`: accounts of sweeps as they are judged now, where that differs from what is stored.
        """
        engine = _engine(self._url, self._seconds)
        where = f"the query on {name_database(self._url)}"
        try:
            with as_store_error(where, file_of(self._url)), engine.connect() as self._connection:
                if self._connection.dialect.name == "postgresql":
                    self._connection.exec_driver_sql("SET TRANSACTION READ WRITE")
                if now:
                    lay_over(self._connection, now)
                if self._connection.dialect.name == "postgresql":
                    self._vet(self._connection)
                self._only_read(self._connection)
                with self._refusals():
                    return self._run(self._connection, take)
        except MemoryError:
            raise StoreError(
                f"{where} needs more than {_MEMORY >> 20} MB of memory: ask for less at once"
            ) from None
        except StoreError as error:
            if not self._is_over() and getattr(error, "sqlstate", "") != _CANCELLED:
                raise
            raise StoreError(
                f"{where} was ended after {self._seconds:g} s: ask for less, or give it "
                "more time by --seconds"
            ) from error
        finally:
            self._connection = None
            engine.dispose()

    def stop(self) -> None:
        """End it at once, wherever it is."""
        self._stopped.set()
        if connection := self._connection:
            interrupt(connection)

    def _is_over(self) -> bool:
        return self._stopped.is_set() or monotonic() >= self._until

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Say why our own connection refused a statement: the disk is not to blame for it."""
        try:
            yield
        except DBAPIError as error:
            if self._asks_for_withheld:
                raise StoreError(_NO_CONTACTS) from error
            if _is_refused(error) or (_is_of_words(error) and not _READING.match(self._sql)):
                raise StoreError(_ONLY_READS) from error
            raise

    def _vet(self, connection: Connection) -> None:
        # Imported here: a home on SQLite needs no driver of PostgreSQL.
        import psycopg

        from db.queries.vetting import WithheldTable, vet

        try:
            vet(connection, self._sql, _WITHHELD)
        except WithheldTable as error:
            raise StoreError(_NO_CONTACTS) from error
        except psycopg.Error as error:
            state = error.sqlstate or ""
            if state == _OF_TOP_LEVEL or (state == _SYNTAX and not _READING.match(self._sql)):
                raise StoreError(_ONLY_READS) from error
            where = f"the query on {name_database(self._url)}"
            raise told_by_postgresql(error, where, lost=False) from error

    def _only_read(self, connection: Connection) -> None:
        """From here on nothing can be written, not even what this connection alone sees.

        SQLite asks whether it is over while it runs a statement; PostgreSQL minds the time by
        itself.
        """
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            return
        connection.exec_driver_sql("PRAGMA query_only = ON")
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_authorizer(self._allow)
        driver.set_progress_handler(self._is_over, _STEPS)

    def _allow(self, action: int, name: str | None, *_: str | None) -> int:
        """SQLite asks for each part of a statement while it compiles it."""
        if action == sqlite3.SQLITE_READ and name in _WITHHELD:
            self._asks_for_withheld = True
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK

    def _run(self, connection: Connection, take: TakeRows[T]) -> T:
        if connection.dialect.name == "postgresql":
            _refuse_contacts(connection, self._sql)
        # PostgreSQL's driver would else fetch all rows before it gives the first.
        sent = connection.execution_options(no_parameters=True, stream_results=True)
        with sent.exec_driver_sql(self._sql) as result:
            if not result.returns_rows:
                raise StoreError(_ONLY_READS)
            return take(tuple(result.keys()), self._rows(result))

    def _rows(self, result: CursorResult[Any]) -> Iterator[QueryRow]:
        while rows := result.fetchmany(_AT_ONCE):
            for row in rows:
                yield tuple(row)
            if self._is_over():
                raise StoreError("too late")  # `answer` says so


def _engine(url: URL, seconds: float) -> Engine:
    file = file_of(url)
    if file is None:
        options = (
            "-c timezone=UTC -c default_transaction_read_only=on "
            f"-c statement_timeout={int(seconds * 1000)}"
        )
        return create_engine(url, connect_args={"options": options, "connect_timeout": 10})
    how = urlencode({"mode": "ro"} | dict(url.query))

    def connected() -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{quote(str(file))}?{how}", uri=True)
        connection.execute("PRAGMA temp_store = MEMORY")
        # Of the whole process: what a statement sorts lies in memory, too.
        connection.execute(f"PRAGMA hard_heap_limit = {_MEMORY}")
        # The progress handler is not asked while one value is made.
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        return connection

    return create_engine("sqlite+pysqlite://", creator=connected, poolclass=StaticPool)


def _is_refused(error: DBAPIError) -> bool:
    """Whether it would write, or was not authorized: a VACUUM attaches a file of its own."""
    # A file that the disk itself refuses has a finer name, such as SQLITE_READONLY_CANTINIT.
    name = getattr(error.orig, "sqlite_errorname", "")
    return (
        name in ("SQLITE_READONLY", "SQLITE_AUTH")
        or "not authorized" in str(error.orig)
        or _state(error) == _READ_ONLY
    )


def _is_of_words(error: DBAPIError) -> bool:
    """Whether the statement itself is wrong, and not the file or the server."""
    name = getattr(error.orig, "sqlite_errorname", "")
    return name == "SQLITE_ERROR" or _state(error) == _SYNTAX


def _state(error: DBAPIError) -> str:
    """PostgreSQL's code, or ""."""
    return getattr(error.orig, "sqlstate", None) or ""


def _refuse_contacts(connection: Connection, sql: str) -> None:
    """PostgreSQL does not ask, but shows which tables a statement would read, through views too."""
    as_written = {"no_parameters": True}
    asked = f"EXPLAIN (FORMAT JSON) {sql}"
    plan = connection.exec_driver_sql(asked, execution_options=as_written).scalar_one()
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

"""The rows of one table brought from one database into another, and compared there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from itertools import chain, islice, zip_longest
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Date,
    Enum,
    Select,
    Table,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError

from db.bulk import BulkRows
from db.engine import file_of, name_database
from db.errors import StoreError, told_by_postgresql, told_by_sqlite
from db.types import AnyRow, CodeName, Instant, Words

PlainRow = tuple[Any, ...]
_AT_ONCE = 2_000
"""Rows that are read at once: two portions are in memory."""
_OF_ONE_COPY = 10
"""Portions of one COPY."""


def bring_rows(old: Connection, new: Connection, table: Table, where: str) -> None:
    """Write all rows of the table into the other database, and go on with its numbers.

    StoreError, naming `where`, for a row that it refuses.
    """
    try:
        if new.dialect.name != "postgresql":
            _insert(new, table, _portions(old, table))
        elif old.dialect.name == "sqlite":
            with closing(_kept_by_sqlite(old, table)) as kept:
                _copy_in(new, table, kept)
        else:
            _copy_in(new, table, _bound(new, table, _portions(old, table)))
    except DBAPIError as error:
        raise StoreError(f"{where} refuses a row of {table.name}: {_words(error.orig)}") from error
    key = table.autoincrement_column
    if key is not None and new.dialect.name == "postgresql":
        new.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), max({key.name})) "
            f"FROM {table.name} HAVING max({key.name}) IS NOT NULL"
        )


def _insert(new: Connection, table: Table, portions: Iterator[Sequence[AnyRow]]) -> None:
    for portion in portions:
        rows = [dict(row._mapping) for row in portion]
        BulkRows.to_insert(table, (), rows, new.dialect).write(new)


def _bound(
    new: Connection, table: Table, portions: Iterator[Sequence[AnyRow]]
) -> Iterator[Sequence[Sequence[Any]]]:
    """What our types make for PostgreSQL of the values that they read."""
    # Text and instants that we kept are ready as they are read; half of all columns are of these.
    given = [
        None
        if isinstance(column.type, Words | Instant)
        else column.type.dialect_impl(new.dialect).bind_processor(new.dialect)
        for column in table.columns
    ]
    for portion in portions:
        yield [
            [value if made is None else made(value) for value, made in zip(row, given, strict=True)]
            for row in portion
        ]


def _kept_by_sqlite(old: Connection, table: Table) -> Generator[Sequence[PlainRow]]:
    """SQLite's own values: PostgreSQL reads each text as our types would, in a session of UTC.

    It cannot know the words that a column may hold: those our types read, each once.
    """
    checks: list[tuple[int, Callable[[Any], Any], set[Any]]] = [
        (place, read, set())
        for place, column in enumerate(table.columns)
        if isinstance(column.type, Enum | CodeName)
        if (read := column.type.dialect_impl(old.dialect).result_processor(old.dialect, None))
    ]
    for portion in _driver_portions(old, table, table.columns):
        with _naming(table):
            for place, check, seen in checks:
                new = {row[place] for row in portion} - seen
                for value in new:
                    check(value)
                seen |= new
        yield portion


def _copy_in(new: Connection, table: Table, portions: Iterable[Sequence[Sequence[Any]]]) -> None:
    """By COPY, which takes a tenth of the time of inserts."""
    import psycopg

    quote = new.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in table.columns)
    driver = new.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    statement = f"COPY {quote(table.name)} ({names}) FROM STDIN".encode()
    left = iter(portions)
    try:
        with driver.cursor() as cursor:
            while first := next(left, None):
                # Each ends once the server has all: what it is slower to take waits in memory.
                with cursor.copy(statement) as copy:
                    for portion in chain([first], islice(left, _OF_ONE_COPY - 1)):
                        for row in portion:
                            copy.write_row(row)
    except psycopg.Error as error:
        raise StoreError(
            f"{name_database(new.engine.url)} refuses a row of {table.name}: {_words(error)}"
        ) from error


def _words(error: BaseException | None) -> str:
    """With the row and the column that PostgreSQL names."""
    place = getattr(getattr(error, "diag", None), "context", None)
    first = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return f"{first} ({place.splitlines()[0][:200]})" if place else first


def _portions(connection: Connection, table: Table) -> Iterator[Sequence[AnyRow]]:
    """The rows as our types read them."""
    rows = _by_key(connection, table, table.columns)
    streamed = rows.execution_options(stream_results=True, max_row_buffer=_AT_ONCE)
    with connection.execute(streamed) as result, _naming(table):
        while portion := result.fetchmany(_AT_ONCE):
            yield portion


def _by_key(
    connection: Connection, table: Table, wanted: Iterable[ColumnElement[Any]]
) -> Select[Any]:
    """The rows in an order that is the same in both databases."""
    return select(*wanted).order_by(*(_ordered(connection, key) for key in table.primary_key))


def _ordered(connection: Connection, key: ColumnElement[Any]) -> ColumnElement[Any]:
    """SQLite orders text by its bytes; PostgreSQL by the language of the database."""
    is_text = connection.dialect.name == "postgresql" and key.type.python_type is str
    return key.collate("C") if is_text else key


@contextmanager
def _naming(table: Table) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, LookupError) as error:
        raise StoreError(f"a row of {table.name} holds what it must not: {error}") from error


def _plain_portions(connection: Connection, table: Table) -> Generator[Sequence[PlainRow]]:
    """The rows as the drivers read them. Our types have no part in it, and take twice the time.

    Instants are moments of UTC without a zone.
    """
    is_server = connection.dialect.name == "postgresql"
    columns = [
        func.timezone("UTC", column) if is_server and isinstance(column.type, Instant) else column
        for column in table.columns
    ]
    made = [
        (place, read)
        for place, column in enumerate(table.columns)
        if (read := _OF_SQLITE.get(type(column.type))) and not is_server
    ]
    with closing(_driver_portions(connection, table, columns)) as portions, _naming(table):
        for portion in portions:
            yield [_made(row, made) for row in portion] if made else portion


def _driver_portions(
    connection: Connection, table: Table, wanted: Iterable[ColumnElement[Any]]
) -> Generator[Sequence[PlainRow]]:
    rows = _by_key(connection, table, wanted)
    text = str(rows.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    driver: Any = connection.connection.driver_connection
    is_server = connection.dialect.name == "postgresql"
    cursor = driver.cursor(name="mediawatch_rows", binary=True) if is_server else driver.cursor()
    with _telling(connection), closing(cursor):
        cursor.execute(text)
        while portion := cursor.fetchmany(_AT_ONCE):
            yield portion


@contextmanager
def _telling(connection: Connection) -> Iterator[None]:
    """As `as_store_error`, of what the driver itself was asked."""
    driver: Any = connection.dialect.dbapi
    url = connection.engine.url
    try:
        yield
    except driver.Error as error:
        if isinstance(error, sqlite3.Error):
            raise told_by_sqlite(error, name_database(url), file_of(url)) from error
        lost = isinstance(error, driver.OperationalError | driver.InterfaceError)
        raise told_by_postgresql(error, name_database(url), lost=lost) from error


_OF_SQLITE: Mapping[type, Callable[[str], Any]] = {
    Instant: datetime.fromisoformat,
    Date: date.fromisoformat,
    JSON: json.loads,
}
"""What SQLite keeps as text, by its column's type."""


def _made(row: PlainRow, made: Sequence[tuple[int, Callable[[str], Any]]]) -> PlainRow:
    values = list(row)
    for place, read in made:
        if (value := values[place]) is not None:
            values[place] = read(value)
    return tuple(values)


def compare_rows(old: Connection, new: Connection, table: Table, where: str) -> int:
    """How many rows there are. StoreError names the first row that differs, and its column."""
    count = 0
    # Closed here: a cursor must not outlive its connection.
    with (
        closing(_plain_portions(old, table)) as of_old,
        closing(_plain_portions(new, table)) as of_new,
    ):
        for ours, theirs in zip_longest(of_old, of_new, fillvalue=()):
            if ours != theirs:
                pairs = zip_longest(ours, theirs)
                one, other = next(pair for pair in pairs if pair[0] != pair[1])
                raise StoreError(_difference(table, one, other, where))
            count += len(ours)
    return count


def _difference(table: Table, ours: PlainRow | None, other: PlainRow | None, where: str) -> str:
    row = ours or other
    assert row is not None, "one of them is there"
    names = [column.name for column in table.columns]
    keys = [key.name for key in table.primary_key]
    of_row = dict(zip(names, row, strict=True))
    place = f"{where}: row {', '.join(f'{key} {of_row[key]}' for key in keys)} of {table.name}"
    remedy = "nothing was moved: name an empty database and try again"
    differing = {
        name
        for name, one, another in zip(names, ours or (), other or (), strict=False)
        if one != another
    }
    if ours is None or other is None or not differing.isdisjoint(keys):
        return f"{place} is in one of the two databases only; {remedy}"
    return f"{place} differs in {', '.join(name for name in names if name in differing)}; {remedy}"

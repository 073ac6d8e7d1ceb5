"""The rows of one table brought from one database into another, and compared there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select
from sqlalchemy.exc import DBAPIError

from db.bulk import BulkRows
from db.engine import name_database
from db.errors import StoreError
from db.types import AnyRow, Instant, Words

_AT_ONCE = 2_000
"""Rows that are read at once: two portions are in memory."""


def bring_rows(old: Connection, new: Connection, table: Table, where: str) -> None:
    """Write all rows of the table into the other database, and go on with its numbers.

    StoreError, naming `where`, for a row that it refuses.
    """
    write = _copy_in if new.dialect.name == "postgresql" else _insert
    try:
        write(new, table, _portions(old, table))
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


def _copy_in(new: Connection, table: Table, portions: Iterator[Sequence[AnyRow]]) -> None:
    """By COPY, which takes a tenth of the time of inserts."""
    import psycopg

    quote = new.dialect.identifier_preparer.quote
    columns = list(table.columns)
    names = ", ".join(quote(column.name) for column in columns)
    # Text and instants that we kept are ready as they are read; half of all columns are of these.
    given = [
        None
        if isinstance(column.type, Words | Instant)
        else column.type.dialect_impl(new.dialect).bind_processor(new.dialect)
        for column in columns
    ]
    driver = new.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN".encode()) as copy,
        ):
            for portion in portions:
                for row in portion:
                    copy.write_row(
                        [
                            value if made is None else made(value)
                            for value, made in zip(row, given, strict=True)
                        ]
                    )
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
    """The rows by their keys, in an order that is the same in both databases."""
    rows = select(table).order_by(*(_ordered(connection, key) for key in table.primary_key))
    streamed = rows.execution_options(stream_results=True, max_row_buffer=_AT_ONCE)
    with connection.execute(streamed) as result:
        try:
            while portion := result.fetchmany(_AT_ONCE):
                yield portion
        except (ValueError, TypeError, LookupError) as error:
            raise StoreError(f"a row of {table.name} holds what it must not: {error}") from error


def _ordered(connection: Connection, key: ColumnElement[Any]) -> ColumnElement[Any]:
    """SQLite orders text by its bytes; PostgreSQL by the language of the database."""
    is_text = connection.dialect.name == "postgresql" and key.type.python_type is str
    return key.collate("C") if is_text else key


def compare_rows(old: Connection, new: Connection, table: Table, where: str) -> int:
    """How many rows there are. StoreError names the first row that differs, and its column."""
    count = 0
    portions = zip_longest(_portions(old, table), _portions(new, table), fillvalue=())
    for ours, theirs in portions:
        if ours != theirs:
            pairs = zip_longest(ours, theirs)
            one, other = next(pair for pair in pairs if pair[0] != pair[1])
            raise StoreError(_difference(table, one, other, where))
        count += len(ours)
    return count


def _difference(table: Table, ours: AnyRow | None, other: AnyRow | None, where: str) -> str:
    row = ours or other
    assert row is not None, "one of them is there"
    keys = ", ".join(f"{key.name} {row._mapping[key]}" for key in table.primary_key)
    place = f"{where}: row {keys} of {table.name}"
    remedy = "nothing was moved: name an empty database and try again"
    if ours is None or other is None or _key_of(table, ours) != _key_of(table, other):
        return f"{place} is in one of the two databases only; {remedy}"
    names = [
        column.name for column in table.columns if ours._mapping[column] != other._mapping[column]
    ]
    return f"{place} differs in {', '.join(names)}; {remedy}"


def _key_of(table: Table, row: AnyRow) -> tuple[object, ...]:
    return tuple(row._mapping[key] for key in table.primary_key)

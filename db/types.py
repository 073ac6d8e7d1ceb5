"""Types of columns (instants and text), and rows as values.

Everything that the two databases would store differently is settled here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from hashlib import blake2b
from operator import attrgetter, itemgetter
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    Enum,
    Row,
    String,
    Text,
    bindparam,
    column,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeDecorator

from mediawatch.domain import Code

T = TypeVar("T")
Values = dict[str, Any]
AnyRow = Row[*tuple[Any, ...]]
PORTION = 5_000
"""Rows, or parameters of a statement, at once."""


class Instant(TypeDecorator[datetime]):
    """An instant: any aware datetime in, UTC out, on both databases.

    A naive value is refused with ValueError. SQLite has no zone in a column (text, `2022-12-31
    10:00:00.000000`, UTC); PostgreSQL has `timestamptz`.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if not isinstance(value, datetime):
            raise TypeError(f"an instant is needed, got {value!r}")
        if value.utcoffset() is None:
            raise ValueError(f"naive datetime refused: {value!r}; give it a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """From SQLite's text in one step: a nation's judgement reads millions of instants."""
        if dialect.name == "sqlite":
            return _instant_of
        return super().result_processor(dialect, coltype)


def _instant_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


class Words(TypeDecorator[str]):
    """Text of any length. Refuses what is not text: an id that became a number has lost digits.

    Pages may hold what a database cannot: NUL (PostgreSQL) and halves of surrogate pairs (both).
    They become U+FFFD, so that a hostile name never loses the reading it was seen in.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return _stored(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """In one step, for both databases: the scope of a nation's sweep has millions of texts."""
        return _stored


def _stored(value: str | None) -> str | None:
    if value is None:
        return None
    if value == "":
        return ""  # as most texts of a registry are
    if not isinstance(value, str):
        raise TypeError(f"text is needed, got {value!r}")
    return storable(value)


class Member(Enum):
    """A member of an enumeration, kept by its value. LookupError for a value that is none's."""

    cache_ok = True

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | None], StrEnum | None]:
        """In one step: a reading has a dozen of them."""
        return _Members(cast("type[StrEnum]", self.enum_class)).__getitem__


class _Members(dict[str | None, StrEnum | None]):
    """By value; None for NULL."""

    def __init__(self, of: Iterable[StrEnum]) -> None:
        super().__init__({each.value: each for each in of})
        self[None] = None

    def __missing__(self, value: str | None) -> StrEnum | None:
        raise LookupError(f"{value!r} is none of {', '.join(filter(None, self))}")


class CodeName(TypeDecorator[Code]):
    """问题类型 by its name. An office's policy may add kinds of its own, so no list is complete.

    ValueError for a name that no kind can have.
    """

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else Code(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Code | None:
        return None if value is None else Code(value)


def storable(text: str) -> str:
    """The text with U+FFFD for NUL and for lone surrogates.

    A plain `str`, even from an enumeration's member.
    """
    text = str(text)
    if "\0" in text:
        text = text.replace("\0", "�")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("�" if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text


def fields_of(thing: object, names: Sequence[str]) -> Values:
    """The fields of a row or a value by name; two names at least."""
    wanted = tuple(names)
    get = _places(wanted, thing._fields) if isinstance(thing, Row) else _getter(wanted)
    return dict(zip(wanted, get(thing), strict=True))


def columns_of(found: Sequence[AnyRow], names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Of rows of one statement the values of these columns, two at least.

    Where they stand is asked once: to ask each row takes as long as to read it.
    """
    return map(_places(tuple(names), found[0]._fields), found) if found else iter(())


# All fields in one call: a nation's lists have millions of them.


@cache
def _getter(names: tuple[str, ...]) -> Callable[[object], tuple[Any, ...]]:
    return attrgetter(*names)


@cache
def _places(names: tuple[str, ...], columns: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """A row's values by place: by name each of them takes thirty times as long."""
    return itemgetter(*map(columns.index, names))


def portions(items: Sequence[T], size: int = PORTION) -> Iterator[Sequence[T]]:
    """Slices that stay below the number of parameters a statement may have (32 766 in SQLite, 65
    535 in PostgreSQL).
    """
    return (items[start : start + size] for start in range(0, len(items), size))


def among(conn: Connection, column: ColumnElement[Any], keys: Iterable[int]) -> ColumnElement[bool]:
    """Whether a number is one of `keys`, of any length, which travel as one value.

    A parameter each would be named and rendered one by one: for thousands of them that takes longer
    than the statement, while the one writer is held.
    """
    return _is_one_of(conn, column, sorted(set(keys)), BigInteger)


def among_texts(
    conn: Connection, column: ColumnElement[Any], texts: Iterable[str]
) -> ColumnElement[bool]:
    """The same of texts, as they would be stored: NUL in one would end it there."""
    return _is_one_of(conn, column, sorted(set(map(storable, texts))), Text)


def _is_one_of(
    conn: Connection, column: ColumnElement[Any], wanted: Sequence[object], kind: type[Any]
) -> ColumnElement[bool]:
    if conn.dialect.name == "sqlite":
        listed = func.json_each(json.dumps(wanted)).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == func.any(bindparam(None, wanted, ARRAY(kind), unique=True))


def days_by_number(conn: Connection, days: Mapping[int, date]) -> CTE:
    """Numbers, each with its day, as rows `number` and `day`; they travel as `among`."""
    if conn.dialect.name == "sqlite":
        pairs = [[number, day.isoformat()] for number, day in days.items()]
        listed = func.json_each(json.dumps(pairs)).table_valued("value").c.value
        number, day = (func.json_extract(listed, f"$[{place}]") for place in (0, 1))
        pair = select(
            type_coerce(number, BigInteger).label("number"), type_coerce(day, Date).label("day")
        )
    else:
        numbers = bindparam(None, [*days], ARRAY(BigInteger), unique=True)
        of_days = bindparam(None, [*days.values()], ARRAY(Date), unique=True)
        both = (
            func.unnest(numbers, of_days)
            .table_valued(column("number", BigInteger), column("day", Date))
            .render_derived()
        )
        pair = select(both.c.number, both.c.day)
    return pair.cte("days_by_number")


def hash_words(*parts: str) -> int:
    """64 bits, signed as a column holds them.

    Migrations have filled columns with it: it never changes.
    """
    text = "\x1f".join(parts).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)

"""Many rows at once, made ready before the transaction that writes them.

What a column does to its values (and SQLAlchemy to a statement) takes longer than SQLite takes to
write them. So it is done before SQLite's one writer is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Table, text

from db.types import Values


@dataclass(frozen=True, slots=True)
class BulkRows:
    """Rows of one table as the driver takes them.

    `write` puts further values, known only then, before each.
    """

    statement: str
    rows: Sequence[tuple[Any, ...]]

    @classmethod
    def to_insert(
        cls, table: Table, later: Sequence[str], rows: Sequence[Values], dialect: Dialect
    ) -> BulkRows:
        """`later`: the columns whose values `write` gives."""
        names = list(rows[0]) if rows else []
        columns = ", ".join(_quoted(dialect, [*later, *names]))
        marks = ", ".join([_mark(dialect)] * (len(later) + len(names)))
        statement = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"
        return cls(statement, _ready(table, names, rows, dialect))

    @classmethod
    def to_update(
        cls, table: Table, rows: Sequence[Values], keys: Sequence[int], dialect: Dialect
    ) -> BulkRows:
        """`keys`: the number of the row that each of `rows` becomes."""
        names = list(rows[0]) if rows else []
        mark = _mark(dialect)
        sets = ", ".join(f"{name} = {mark}" for name in _quoted(dialect, names))
        statement = f"UPDATE {table.name} SET {sets} WHERE id = {mark}"
        ready = _ready(table, names, rows, dialect)
        return cls(statement, [(*row, key) for row, key in zip(ready, keys, strict=True)])

    def write(self, conn: Connection, later: Iterable[tuple[Any, ...]] | None = None) -> None:
        if not self.rows:
            return
        rows = (
            list(self.rows)
            if later is None
            else [(*first, *row) for first, row in zip(later, self.rows, strict=True)]
        )
        conn.exec_driver_sql(self.statement, rows)


def take_keys(conn: Connection, table: Table, count: int) -> list[int]:
    """Numbers for so many new rows. On SQLite the transaction must be the writer."""
    if conn.dialect.name == "sqlite":
        newest = conn.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table.name}").scalar_one()
        return list(range(newest + 1, newest + 1 + count))
    wanted = text(
        "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :n)"
    )
    return sorted(conn.scalars(wanted, {"table": table.name, "n": count}))


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.name == "sqlite" else "%s"


def _quoted(dialect: Dialect, names: Iterable[str]) -> list[str]:
    return [dialect.identifier_preparer.quote(name) for name in names]


def _ready(
    table: Table, names: Sequence[str], rows: Sequence[Values], dialect: Dialect
) -> list[tuple[Any, ...]]:
    made = []
    for name in names:
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        values = [row[name] for row in rows]
        made.append(values if process is None else [process(value) for value in values])
    return list(zip(*made, strict=True))

"""What accounts are judged now, laid over what is stored of them.

For the statements of one connection, and written nowhere. The temporary tables go by the names of
`sweep_account`, `finding` and the named queries, and hide those of the database.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Index, MetaData, Table

from db.base import Base, table
from db.mapping.sweeps import finding_values, judgement_values
from db.models import FindingRow, SweepAccountRow
from db.queries.named import view_statements
from db.types import Values
from mediawatch.domain import SweepAccount

_JUDGED = "judged_now"
_OF_JUDGEMENT = frozenset(
    {
        "verdict",
        "sentence",
        "latest_on",
        "date_kind",
        "gap_days",
        "second_look",
        "notes",
        "otherwise",
        "judged_news",
    }
)
_KEY = ("sweep_id", "account_id")
_SCHEMA = {"sqlite": "SELECT 'main'", "postgresql": "SELECT current_schema()"}
_TEMPORARY = {"sqlite": "temp", "postgresql": "pg_temp"}


def lay_over(connection: Connection, entries: Sequence[SweepAccount]) -> None:
    """Hide what is stored of these accounts of these sweeps."""
    judged = [entry for entry in entries if entry.judgement is not None]
    schema = connection.exec_driver_sql(_SCHEMA[connection.dialect.name]).scalar_one()
    stored = table(SweepAccountRow)
    of_judgement = [
        column for column in stored.columns if column.name in _OF_JUDGEMENT or column.primary_key
    ]
    _fill(connection, _JUDGED, of_judgement, [_judged(entry) for entry in judged])

    names = [column.name for column in stored.columns]
    now = ", ".join(f"{'now' if name in _OF_JUDGEMENT else 'base'}.{name}" for name in names)
    _view(
        connection,
        "sweep_account",
        f"{_untouched(schema, SweepAccountRow)} UNION ALL SELECT {now} FROM "
        f"{schema}.sweep_account AS base "
        f"JOIN {_JUDGED} AS now ON now.sweep_id = base.sweep_id AND now.account_id = "
        "base.account_id",
    )
    # A table, not a view: in a union of two SQLite finds an account's findings by scanning all of
    # them.
    columns = list(table(FindingRow).columns)
    held = [values for entry in judged for values in _found(entry)]
    _fill(
        connection,
        "finding",
        columns,
        [values | {"id": -number} for number, values in enumerate(held, 1)],
        unique=False,
    )
    place = f"{_TEMPORARY[connection.dialect.name]}.finding"
    connection.exec_driver_sql(
        f"INSERT INTO {place} ({', '.join(column.name for column in columns)}) "
        f"{_untouched(schema, FindingRow)}"
    )
    for name, sql in view_statements(connection.dialect.name).items():
        _view(connection, name, sql)


def _judged(entry: SweepAccount) -> Values:
    assert entry.judgement is not None
    key: Values = {
        "sweep_id": entry.sweep_id,
        "account_id": entry.account.id,
        "judged_news": entry.news,
    }
    return key | judgement_values(entry.judgement)


def _found(entry: SweepAccount) -> list[Values]:
    assert entry.judgement is not None
    key: Values = {"sweep_id": entry.sweep_id, "account_id": entry.account.id}
    return [
        key
        | finding_values(finding)
        | {"position": place, "review_state": finding.review, "excuse": finding.excuse}
        for place, finding in enumerate(entry.judgement.findings)
    ]


def _fill(
    connection: Connection,
    name: str,
    columns: Sequence[Column[object]],
    values: Sequence[Values],
    *,
    unique: bool = True,
) -> None:
    """A temporary table that is found by sweep and account."""
    copies = [
        Column(
            column.name,
            column.type,
            primary_key=unique and column.name in _KEY,
            autoincrement=False,
        )
        for column in columns
    ]
    made = Table(
        name,
        MetaData(),
        *copies,
        *([] if unique else [Index(f"ix_{name}_now", *_KEY)]),
        prefixes=["TEMPORARY"],
    )
    # Asked whether it is there, the database would report its own table of that name.
    made.create(connection, checkfirst=False)
    if values:
        connection.execute(made.insert(), list(values))


def _untouched(schema: str, of: type[Base]) -> str:
    columns = ", ".join(f"base.{column.name}" for column in table(of).columns)
    return (
        f"SELECT {columns} FROM {schema}.{table(of).name} AS base WHERE NOT EXISTS (SELECT 1 FROM "
        f"{_JUDGED} AS now "
        "WHERE now.sweep_id = base.sweep_id AND now.account_id = base.account_id)"
    )


def _view(connection: Connection, name: str, sql: str) -> None:
    connection.exec_driver_sql(f"CREATE TEMPORARY VIEW {name} AS {sql}")

"""Named queries (`db/reports/*.sql`): each is also a view of the database, for sqlite3 and other tools that only read.

A file is plain SQL of both databases with three words of ours: MINUTE(instant) is Beijing time to the minute, LABEL(column) the
Chinese of an enumeration's value, LATEST_WHOLE_SWEEP the latest finished inspection of the whole registry. Its first line is a
comment that says in Chinese what it lists. No query reads the table of contacts; a test scans them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files

from sqlalchemy import Connection, Dialect

from mediawatch.domain import Effect, FiledStatus, Outcome, Rectified, ReviewState, Verdict
from mediawatch.ports import NamedQuery

_LABELS: Mapping[str, Iterable[Verdict | FiledStatus | Outcome | Effect | ReviewState | Rectified]] = {
    "verdict": Verdict, "status": FiledStatus, "last_outcome": Outcome, "effect": Effect, "review_state": ReviewState,
    "result": Rectified,
}  # fmt: skip
"""The enumeration of a column that LABEL may be given."""
_CALL = re.compile(r"\b(MINUTE|LABEL)\(([^()]+|[^()]*\([^()]*\)[^()]*)\)")
_LATEST = "(SELECT max(sweep.id) FROM sweep WHERE sweep.state = 'finished' AND sweep.scope = 'all')"
_MINUTE = {
    "sqlite": "strftime('%Y-%m-%d %H:%M', {0}, '+8 hours')",
    "postgresql": "to_char({0} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')",
}


def named_queries(dialect: Dialect) -> tuple[NamedQuery, ...]:
    """All of them by name, in the words of one database. ValueError where a file breaks the conventions above."""
    folder = files("db").joinpath("reports")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return tuple(_query(entry.name.removesuffix(".sql"), entry.read_text(encoding="utf-8"), dialect.name) for entry in found)


def _query(name: str, source: str, dialect: str) -> NamedQuery:
    first, _, sql = source.partition("\n")
    if not first.startswith("-- "):
        raise ValueError(f"{name}.sql: its first line must say in a comment what it lists")
    spelt = _CALL.sub(lambda call: _MINUTE[dialect].format(call[2]) if call[1] == "MINUTE" else _label(call[2]), sql)
    return NamedQuery(name, first.removeprefix("-- ").strip(), spelt.replace("LATEST_WHOLE_SWEEP", _LATEST).strip())


def _label(column: str) -> str:
    """CASE from an enumeration's value to its Chinese label."""
    cases = " ".join(f"WHEN '{member.value}' THEN '{member.label}'" for member in _LABELS[column.rpartition(".")[2]])
    return f"CASE {column} {cases} END"


def views_stand(connection: Connection) -> bool:
    """Whether the database's views are those of this version."""
    return _standing(connection) == {query.name: _digest(query) for query in named_queries(connection.dialect)}


def drop_views(connection: Connection) -> None:
    """Before a migration: a view would hold on to the tables it changes."""
    for name in _standing(connection):
        connection.exec_driver_sql(f"DROP VIEW {name}")


def create_views(connection: Connection) -> None:
    """All views, over tables that are up to date; each remembers the text it was made of."""
    for query in named_queries(connection.dialect):
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"CREATE VIEW {query.name} AS -- {_digest(query)}\n{query.sql}")
        else:
            connection.exec_driver_sql(f"CREATE VIEW {query.name} AS {query.sql}")
            connection.exec_driver_sql(f"COMMENT ON VIEW {query.name} IS '{_digest(query)}'")


_VIEWS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'view'",
    "postgresql": "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class "
    "WHERE relkind = 'v' AND relnamespace = current_schema::regnamespace",
}


def _standing(connection: Connection) -> dict[str, str]:
    """Our views by name, with the digest of what they were made of; anybody else's are left alone."""
    rows = connection.exec_driver_sql(_VIEWS[connection.dialect.name])
    return {name: found[0] for name, made_of in rows if (found := re.search(r"mediawatch:[0-9a-f]{16}", made_of or ""))}


def _digest(query: NamedQuery) -> str:
    return f"mediawatch:{hashlib.sha256(query.sql.encode()).hexdigest()[:16]}"

"""Named queries (`db/reports/*.sql`): each is also a view of the database.

The views are for sqlite3 and other tools that only read.

A file is plain SQL of both databases with words of ours. MINUTE(instant) is Beijing time to the
minute; LABEL(column) is the Chinese of an enumeration's value; GLUED(column) is its values as a
Chinese list; BYTES(text) is ordered the same everywhere; BEARS(finding) is whether the finding bears the verdict of `entry`;
PRINTED(finding) is its label with its details. Each file of `parts/` is a subquery that goes by its
name in capitals. REVIEWED is what judgements come to after review: the one definition by which
lists and figures leave out a dismissed finding. The first line of a file is a comment that says
what it lists, of a query in Chinese.

No query reads the table of contacts; a test scans them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable

from sqlalchemy import Connection

from mediawatch.domain import (
    ALL_DISMISSED,
    PLATFORM_LABELS,
    WORDS_END,
    Code,
    Effect,
    FiledStatus,
    Outcome,
    Rectification,
    ReviewState,
    Verdict,
)
from mediawatch.ports import NamedQuery

_LABELS: Mapping[str, Mapping[str, str]] = {
    column: {member.value: member.label for member in members}
    for column, members in (
        ("verdict", Verdict), ("status", FiledStatus), ("last_outcome", Outcome), ("effect", Effect), ("review_state", ReviewState),
        ("result", Rectification),
    )
} | {"platform": PLATFORM_LABELS}  # fmt: skip
"""The values of a column that LABEL may take."""
_CALL = re.compile(r"\b(MINUTE|LABEL|GLUED|BYTES|BEARS|PRINTED)\(([^()]+|[^()]*\([^()]*\)[^()]*)\)")
_SPELT: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "MINUTE": "strftime('%Y-%m-%d %H:%M', {0}, '+8 hours')", "GLUED": "group_concat({0}, '、')",
        "BYTES": "{0}",
        "POINTS": "printf('%g', {0}.points)",
    },
    "postgresql": {
        "MINUTE": "to_char({0} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')", "GLUED": "string_agg({0}, '、')",
        "BYTES": '{0} COLLATE "C"',
        "POINTS": "CAST({0}.points AS text)",
    },
}  # fmt: skip
_BEARS = (
    "((entry.verdict = 'failed' AND {0}.effect = 'fails') OR (entry.verdict = 'listed'"
    " AND (entry.otherwise = 'out_of_scope' OR ({0}.code NOT IN ({codes}) AND substr({0}.code, 1, 4) <> 'own_'))))"
)
"""`rules.reviewed.bearing_findings`, of the account `entry`."""
_PRINTED = (
    "({0}.label || CASE WHEN {0}.points IS NULL AND {0}.words = '' THEN '' ELSE '（' ||"
    " CASE WHEN {0}.points IS NULL THEN '' ELSE '扣' || {points} || '分' || CASE WHEN {0}.words = '' THEN '' ELSE '，' END END ||"
    " rtrim({0}.words, '{ends}') || '）' END)"
)
"""`Finding.printed`."""


TO_BE_JUDGED = "有新情况，待重新判定。"
"""What a view says of an account about which something became known since it was judged.

Only `mediawatch` can judge it again.
"""


@cache
def named_queries(dialect: str) -> tuple[NamedQuery, ...]:
    """All of them by name, in the words of one database.

    ValueError where a file breaks the conventions above.
    """
    return tuple(
        NamedQuery(name, title, _spell(_expand(sql), dialect))
        for name, (title, sql) in _texts(_FOLDER).items()
    )


@cache
def view_statements(dialect: str) -> Mapping[str, str]:
    """By name, what each view of a database selects, each after those that it reads.

    The parts are views, too, `part_ranked` for RANKED: each new connection of SQLite parses all
    views, and expanded they are two and a half times as long.
    """
    parts = _parts()
    of_parts = re.compile(rf"\b(FROM|JOIN) ({'|'.join(parts)})\b")

    def of_views(sql: str) -> str:
        read = of_parts.sub(lambda found: f"{found[1]} {_part_view(found[2])}", sql)
        return _spell(_expand(read), dialect)

    views = {_part_view(name): of_views(sql) for name, sql in parts.items()}
    reads = {name: views.keys() & re.findall(r"\w+", sql) for name, sql in views.items()}
    queries = {name: of_views(sql) for name, (_, sql) in _texts(_FOLDER).items()}
    wanted = set(re.findall(r"\w+", " ".join([*views.values(), *queries.values()])))
    ordered = TopologicalSorter(reads).static_order()
    return {name: views[name] for name in ordered if name in wanted} | queries


_FOLDER = files("db").joinpath("reports")


@cache
def _parts() -> Mapping[str, str]:
    return {name.upper(): sql for name, (_, sql) in _texts(_FOLDER.joinpath("parts")).items()}


def _part_view(name: str) -> str:
    return f"part_{name.lower()}"


def _expand(sql: str) -> str:
    parts = _parts()
    return re.sub(rf"\b({'|'.join(parts)})\b", lambda word: f"({_expand(parts[word[1]])})", sql)


def _spell(sql: str, dialect: str) -> str:
    spelt = _SPELT[dialect]
    codes = ", ".join(f"'{code.value}'" for code in Code if code.found_by_people)

    def called(call: re.Match[str]) -> str:
        match call[1]:
            case "LABEL":
                return _label(call[2])
            case "BEARS":
                return _BEARS.format(call[2], codes=codes)
            case "PRINTED":
                return _PRINTED.format(
                    call[2], points=spelt["POINTS"].format(call[2]), ends=WORDS_END
                )
        return spelt[call[1]].format(call[2])

    found = _CALL.sub(called, sql).replace("ALL_DISMISSED", ALL_DISMISSED)
    return found.replace("TO_BE_JUDGED", TO_BE_JUDGED)


def asks_for_judgements(sql: str, queries: Sequence[NamedQuery]) -> bool:
    """Whether a statement may ask what accounts were judged to be, directly or through a view."""
    tables = {"sweep_account", "finding"}
    views = {query.name for query in queries if any(name in query.sql for name in tables)}
    views |= {_part_view(name) for name in _parts()}
    return not (tables | views).isdisjoint(re.findall(r"\w+", sql.lower()))


def _texts(folder: Traversable) -> dict[str, tuple[str, str]]:
    """By name, what each .sql file lists, and its statement."""
    found: dict[str, tuple[str, str]] = {}
    for entry in sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    ):
        first, _, sql = entry.read_text(encoding="utf-8").partition("\n")
        if not first.startswith("-- "):
            raise ValueError(f"{entry.name}: its first line must say in a comment what it lists")
        found[entry.name.removesuffix(".sql")] = first.removeprefix("-- ").strip(), sql.strip()
    return found


def _label(column: str) -> str:
    """CASE from a value to its Chinese label."""
    cases = " ".join(
        f"WHEN '{value}' THEN '{label}'"
        for value, label in _LABELS[column.rpartition(".")[2]].items()
    )
    return f"CASE {column} {cases} END"


def views_stand(connection: Connection) -> bool:
    """Whether the database's views are those of this version."""
    wanted = view_statements(connection.dialect.name)
    return _standing(connection) == {name: _digest(sql) for name, sql in wanted.items()}


def drop_views(connection: Connection) -> None:
    """Drop them before a migration: a view would hold on to the tables it changes."""
    names = list(_standing(connection))
    if connection.dialect.name == "sqlite":
        for name in names:
            connection.exec_driver_sql(f"DROP VIEW {name}")
    elif names:  # together: one may read the others
        connection.exec_driver_sql(f"DROP VIEW {', '.join(names)}")


def create_views(connection: Connection) -> None:
    """Make all views, over tables that are up to date.

    Each remembers the text it was made of.
    """
    for name, sql in view_statements(connection.dialect.name).items():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"CREATE VIEW {name} AS -- {_digest(sql)}\n{sql}")
        else:
            connection.exec_driver_sql(f"CREATE VIEW {name} AS {sql}")
            connection.exec_driver_sql(f"COMMENT ON VIEW {name} IS '{_digest(sql)}'")


_VIEWS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'view'",
    "postgresql": "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class "
    "WHERE relkind = 'v' AND relnamespace = current_schema::regnamespace",
}


def _standing(connection: Connection) -> dict[str, str]:
    """Our views by name, with the digest of what they were made of; other people's views stay."""
    rows = connection.exec_driver_sql(_VIEWS[connection.dialect.name])
    return {
        name: found[0]
        for name, made_of in rows
        if (found := re.search(r"mediawatch:[0-9a-f]{16}", made_of or ""))
    }


def _digest(sql: str) -> str:
    return f"mediawatch:{hashlib.sha256(sql.encode()).hexdigest()[:16]}"

"""Whether a database from outside is one of mediawatch's, and holds nothing but its tables.

A trigger or a view runs with every later write or reading, so a foreign one is never taken in.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, text

from db.engine import WRITES, migration_engine, normal_url
from db.errors import NewerDatabase, StoreError, as_store_error
from db.queries.named import view_statements
from db.revisions import apply_revisions, revisions


@dataclass(frozen=True, slots=True)
class SchemaParts:
    """The parts of a schema by kind and name, each as one text to compare."""

    parts: Mapping[tuple[str, str], str]
    views: frozenset[str] = field(default=frozenset())


def require_own_file(file: Path, name: str) -> str:
    """The revision of an SQLite file; nothing is written to it.

    StoreError, naming `name`, for a file that is damaged, empty, newer, or of something else.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as found:
            # No expression within the file's own schema may call a function with a side effect.
            found.execute("PRAGMA trusted_schema = OFF")
            found.execute("PRAGMA cell_size_check = ON")
            own = _parts_of(found)
            revision = _known_revision(own, _versions(found, own), name)
            _compare(own, _expected(revision), name)
            (said,) = found.execute("PRAGMA integrity_check(1)").fetchone()
    except (sqlite3.Error, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(
            f"{name} is damaged, or no database ({error}): take an older one"
        ) from error
    if said != "ok":
        raise StoreError(f"{name} is damaged ({said}): take an older one")
    return revision


def require_own_tables(url: URL, name: str) -> str:
    """The revision of a PostgreSQL database, whose tables, columns, indexes and triggers are ours.

    StoreError, naming `name`, where it is newer, empty, or holds something else.
    """
    engine = create_engine(url)
    try:
        with as_store_error(name), engine.connect() as connection:
            schema = str(connection.scalar(text("SELECT current_schema()")))
            found = SchemaParts(
                _catalogue(connection, schema),
                frozenset(connection.scalars(text(_VIEWS.format(schema)))),
            )
            versions = (
                list(connection.scalars(text("SELECT version_num FROM alembic_version")))
                if ("table", "alembic_version") in found.parts
                else []
            )
            revision = _known_revision(found, versions, name)
        with as_store_error(name), engine.connect() as connection:
            expected = _expected_catalogue(connection, revision)
        _compare(found, expected, name)
    finally:
        engine.dispose()
    return revision


def drop_every_view(file: Path) -> None:
    """Views are made anew by the next command that opens the database."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall()
        for (name,) in names:
            quoted = name.replace('"', '""')
            connection.execute(f'DROP VIEW "{quoted}"')


def _versions(found: sqlite3.Connection, own: SchemaParts) -> list[object]:
    if ("table", "alembic_version") not in own.parts:
        return []
    return [row[0] for row in found.execute("SELECT version_num FROM alembic_version LIMIT 2")]


def _known_revision(found: SchemaParts, versions: list[object], name: str) -> str:
    if not found.parts:
        raise StoreError(f"{name} is empty: take another one")
    if len(versions) != 1 or not isinstance(versions[0], str):
        raise StoreError(f"{name} is no database of mediawatch: it has no revision")
    revision = versions[0]
    if revision in revisions():
        return revision
    if re.fullmatch(r"\d{4}", revision) and revision > revisions()[-1]:
        raise NewerDatabase(
            f"{name} was written by a newer mediawatch (revision {revision}, this version knows "
            f"{revisions()[-1]}): install that version"
        )
    raise StoreError(f"{name} is no database of mediawatch: its revision is {revision[:40]!r}")


def _compare(found: SchemaParts, expected: SchemaParts, name: str) -> None:
    if foreign := sorted(found.views - view_statements("sqlite").keys()):
        raise StoreError(
            f"{name} holds the view {foreign[0][:80]!r}, which is none of mediawatch's"
        )
    for key in sorted(found.parts.keys() | expected.parts.keys()):
        kind, part = key
        if key not in expected.parts:
            raise StoreError(
                f"{name} holds the {kind} {part[:80]!r}, which is none of mediawatch's"
            )
        if key not in found.parts:
            raise StoreError(f"{name} lacks the {kind} {part} of its revision")
        if found.parts[key] != expected.parts[key]:
            raise StoreError(f"{name} has another {kind} {part} than its revision")


def _expected(revision: str) -> SchemaParts:
    """A database as the migrations make it, up to this revision."""
    with tempfile.TemporaryDirectory(prefix="mw-schema-") as folder:
        file = Path(folder) / "expected.db"
        engine = migration_engine(normal_url(f"sqlite:///{file}"))
        try:
            with engine.execution_options(**WRITES).begin() as connection:
                apply_revisions(connection, revision)
        finally:
            engine.dispose()
        with closing(sqlite3.connect(file)) as made:
            return _parts_of(made)


def _parts_of(found: sqlite3.Connection) -> SchemaParts:
    """Tables with their columns and references, and the text of indexes and triggers."""
    parts: dict[tuple[str, str], str] = {}
    views: set[str] = set()
    for kind, name, sql in found.execute("SELECT type, name, sql FROM sqlite_schema").fetchall():
        if str(name).startswith("sqlite_stat") or sql is None:
            continue  # ANALYZE makes the first; an index without text belongs to a constraint
        if kind == "view":
            views.add(name)
        elif kind == "table":
            parts["table", name] = _table(found, name, sql)
        else:
            parts[str(kind), name] = _plain(sql)
    return SchemaParts(parts, frozenset(views))


def _table(found: sqlite3.Connection, name: str, sql: str) -> str:
    """Of the text only what the pragmas do not tell: checks, and that it is an ordinary table."""
    columns = found.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)).fetchall()
    references = sorted(
        map(repr, found.execute("SELECT * FROM pragma_foreign_key_list(?)", (name,)).fetchall())
    )
    unique = sorted(
        repr((unique, origin, partial))
        for _, _, unique, origin, partial in found.execute(
            "SELECT * FROM pragma_index_list(?)", (name,)
        )
    )
    virtual = sql.lstrip()[:14].upper() == "CREATE VIRTUAL"
    checks = len(re.findall(r"\bCHECK\b", sql, re.IGNORECASE))
    return repr((columns, references, unique, virtual, checks))


def _plain(sql: str) -> str:
    """A statement without what a rewritten table changes in it: quotes and spaces."""
    return " ".join(re.sub(r'["`\[\]]', "", sql).split())


_CATALOGUE = """
SELECT 'table', c.relname, (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
  || ' ' || a.attnotnull::text, ', ' ORDER BY a.attname) FROM pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
  FROM pg_class c WHERE c.relkind NOT IN ('v', 'i', 'S', 't', 'c') AND c.relnamespace = '{0}'::regnamespace
UNION ALL SELECT 'index', c.relname, replace(pg_get_indexdef(c.oid), '{0}.', '')
  FROM pg_class c WHERE c.relkind = 'i' AND c.relnamespace = '{0}'::regnamespace
UNION ALL SELECT 'trigger', t.tgname, replace(pg_get_triggerdef(t.oid), '{0}.', '')
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND c.relnamespace = '{0}'::regnamespace
UNION ALL SELECT 'function', p.proname, p.prosrc FROM pg_proc p
  WHERE p.pronamespace = '{0}'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d
  WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL SELECT 'rule', r.rulename || ' on ' || c.relname, '' FROM pg_rewrite r
  JOIN pg_class c ON c.oid = r.ev_class
  WHERE r.rulename <> '_RETURN' AND c.relnamespace = '{0}'::regnamespace
"""


_VIEWS = """
SELECT c.relname FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = '{0}'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
"""What an extension of the server brought (deptype `e`) came from no backup."""


def _catalogue(connection: Connection, schema: str) -> dict[tuple[str, str], str]:
    rows = connection.exec_driver_sql(_CATALOGUE.format(schema))
    return {(kind, name): said or "" for kind, name, said in rows}


def _expected_catalogue(connection: Connection, revision: str) -> SchemaParts:
    """As the migrations make it, in a schema of its own that is taken back at once."""
    with connection.begin() as undone:
        connection.exec_driver_sql("CREATE SCHEMA mediawatch_expected")
        connection.exec_driver_sql("SET LOCAL search_path TO mediawatch_expected")
        apply_revisions(connection, revision)
        found = SchemaParts(_catalogue(connection, "mediawatch_expected"))
        undone.rollback()
    return found

"""What PostgreSQL must be like for our tables, and what is to be told of a database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import URL, Connection, text

from db.engine import file_of, migration_engine, name_database
from db.errors import StoreError, as_store_error
from db.revisions import standing_revision

OLDEST = 15
"""The oldest version of PostgreSQL that our tests have seen."""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """`name` without a password; `size` in bytes; `revision` "" for an empty database."""

    name: str
    kind: str
    """`SQLite 3.40.1`, `PostgreSQL 15.14`."""
    revision: str
    size: int
    server: int = 0
    """PostgreSQL's main version, 0 for SQLite."""


def version_fault(version: tuple[int | str, ...], where: str) -> str:
    """Why a server of this version is refused; "" where it is not."""
    if version and int(version[0]) >= OLDEST:
        return ""
    told = ".".join(map(str, version))
    return f"{where} is PostgreSQL {told}, which is too old: PostgreSQL {OLDEST} or newer is needed"


def require_server(connection: Connection, url: URL) -> None:
    """StoreError for a server that is too old, and a database that cannot hold every character."""
    if connection.dialect.name != "postgresql":
        return
    where = name_database(url)
    if fault := version_fault(connection.dialect.server_version_info or (), where):
        raise StoreError(fault)
    encoding = str(connection.scalar(text("SHOW server_encoding")))
    if encoding != "UTF8":
        raise StoreError(
            f"{where} keeps its text in {encoding}, which lacks characters of names: make one in "
            f"UTF8 (`createdb --encoding=UTF8 --template=template0 {url.database}`)"
        )


def refuse_maintenance(connection: Connection, url: URL) -> None:
    """StoreError for the server's own database, as long as it holds no tables of ours."""
    if url.database in ("postgres", "template1") and not standing_revision(connection):
        raise StoreError(
            f"{name_database(url)} is the server's own database: make one for this home (`createdb "
            "--encoding=UTF8 --template=template0 mediawatch`) and name that"
        )


def require_rights(connection: Connection, url: URL, *, check: bool = False) -> None:
    """StoreError where this role may not make tables.

    To `check` what a backup held, it must be able to make a schema as well.
    """
    if connection.dialect.name != "postgresql":
        return
    user, schema = connection.execute(text("SELECT current_user, current_schema()")).one()
    if schema is None:
        raise StoreError(
            f"{name_database(url)} has no schema that {user} may use: as its owner run "
            f'`CREATE SCHEMA "{user}" AUTHORIZATION "{user}"`'
        )
    asked = text("SELECT has_schema_privilege(current_user, :schema, 'CREATE')")
    if not connection.scalar(asked, {"schema": schema}):
        raise StoreError(
            f"{user} may not make tables in {name_database(url)}: as its owner run "
            f'`GRANT CREATE ON SCHEMA "{schema}" TO "{user}"`'
        )
    if check:
        _require_schemas(connection, url, user)


def _require_schemas(connection: Connection, url: URL, user: str) -> None:
    asked = text("SELECT has_database_privilege(current_database(), 'CREATE')")
    if not connection.scalar(asked):
        raise StoreError(
            f"{user} may not make a schema in {name_database(url)}, by which a restored database is "
            f'checked: as its owner run `GRANT CREATE ON DATABASE "{url.database}" TO "{user}"`'
        )


def database_facts(url: URL) -> DatabaseFacts:
    """Nothing is written. StoreError where it cannot be read, or the server is refused."""
    file = file_of(url)
    engine = migration_engine(url)
    try:
        with as_store_error(name_database(url), file), engine.connect() as connection:
            require_server(connection, url)
            revision = standing_revision(connection)
            if file:
                version = connection.scalar(text("SELECT sqlite_version()"))
                logs = [file, file.with_name(f"{file.name}-wal")]
                size = sum(each.stat().st_size for each in logs if each.exists())
                return DatabaseFacts(name_database(url), f"SQLite {version}", revision, size)
            version = str(connection.scalar(text("SHOW server_version"))).split()[0]
            held = connection.scalar(text("SELECT pg_database_size(current_database())"))
            kind = f"PostgreSQL {version}"
            main = int(version.partition(".")[0])
            return DatabaseFacts(name_database(url), kind, revision, int(held or 0), main)
    finally:
        engine.dispose()

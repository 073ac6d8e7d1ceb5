"""Brings a database to the tables of this version; refuses one that a newer version has changed.

Revisions are numbers in order: `migrations/versions/0001_first_tables.py`. The only way back is a
backup. A migration that copies a table on SQLite (`batch_alter_table`) must make its triggers
again.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, text

from db.engine import (
    BUSY_TIMEOUT,
    WRITES,
    file_of,
    make_durable,
    make_private,
    migration_engine,
    name_database,
    normal_url,
    tighten,
)
from db.errors import NewerDatabase, StoreError, as_store_error
from db.moved import refuse_moved
from db.queries.named import create_views, drop_views, views_stand
from db.revisions import MIGRATION_LOCK, apply_revisions, revisions, standing_revision
from db.servers import refuse_maintenance, require_rights, require_server
from mediawatch.plurals import count_of
from mediawatch.refusals import refusal

_SPARE = 64 * 2**20
"""Bytes that must be left for the change itself."""
_IDENTITIES = "0013"
"""From this revision on, only readings of the identity that is filed now count for what follows
from readings.
"""


@dataclass(frozen=True, slots=True)
class Safeguard:
    """What to do before the tables of a database that holds something are changed."""

    copy: bool = True
    """Whether a copy of it is made."""
    folder: Path | None = None
    """Where the copy of a PostgreSQL database goes; None: no copy. SQLite's lies beside the file.
    """


def upgrade(
    url: str,
    busy_timeout: float = BUSY_TIMEOUT,
    safeguard: Safeguard | None = None,
    asked: Engine | None = None,
) -> None:
    """Create the database's tables and views, or bring them up to date: all or nothing.

    An up-to-date database is only read, by way of `asked` where a store's engine is given: each new
    connection of SQLite parses the whole schema, and PostgreSQL starts a process for it. Before the
    tables of a database with content are changed, a copy of it is made. Standard error says so.

    Raises NewerDatabase, StoreBusy, StoreError (not a mediawatch database, not reachable).
    """
    parsed = normal_url(url)
    file = file_of(parsed)
    if file:
        make_private(file)
    engine = asked or migration_engine(parsed, busy_timeout)
    current = False
    try:
        with as_store_error(name_database(parsed), file):
            # Asked before anything is written: the file may be another program's.
            current = _stands(engine, parsed)
            if file:
                tighten(file)
                make_durable(engine, busy_timeout)
    finally:
        if not (asked and current):
            engine.dispose()
    if not current:
        _change(parsed, busy_timeout, safeguard or Safeguard())


def _change(url: URL, busy_timeout: float, safeguard: Safeguard) -> None:
    engine = migration_engine(url, busy_timeout)
    try:
        with (
            as_store_error(name_database(url), file_of(url)),
            engine.execution_options(**WRITES).begin() as connection,
        ):
            migrate(connection, url, safeguard)
    finally:
        engine.dispose()


def is_current(url: URL) -> bool:
    """Whether tables and views are those of this version; nothing is written. Raises as `upgrade`."""
    engine = migration_engine(url)
    try:
        with as_store_error(name_database(url), file_of(url)):
            return _stands(engine, url)
    finally:
        engine.dispose()


def _stands(engine: Engine, url: URL) -> bool:
    with engine.connect() as connection:
        require_server(connection, url)
        return _revision(connection, url) == revisions()[-1] and views_stand(connection)


def _revision(connection: Connection, url: URL) -> str:
    """The database's revision, "" for an empty one."""
    revision = standing_revision(connection)
    if not revision:
        tables = set(inspect(connection).get_table_names())
        is_ours = "alembic_version" in tables
        if not is_ours and ("account" in tables or (tables and file_of(url))):
            raise StoreError(
                f"{name_database(url)} holds tables of something else ({min(tables)}): name an "
                "empty one"
            )
        return ""
    refuse_moved(connection, revision, name_database(url))
    if revision not in revisions():
        raise NewerDatabase(
            f"{name_database(url)} was written by a newer mediawatch (revision {revision}, this version "
            f"knows {revisions()[-1]}): "
            "install that version, or restore a backup"
        )
    return revision


def migrate(connection: Connection, url: URL, safeguard: Safeguard) -> None:
    """As `upgrade`, within the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        refuse_maintenance(connection, url)
        require_rights(connection, url)
    before = _revision(connection, url)  # again: another process may have been first
    # Within the lock: no other process writes between the copy and the change.
    if before and before != revisions()[-1]:
        _copy(url, before, safeguard)
    drop_views(connection)
    apply_revisions(connection, "head")
    if "" < before < _IDENTITIES:
        _follow_identities(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
        if broken:
            raise StoreError(
                f"{name_database(url)}: a migration would leave {count_of(len(broken), 'row')} without what they "
                "refer to; nothing was changed"
            )
    create_views(connection)


def _copy(url: URL, before: str, safeguard: Safeguard) -> None:
    """Copy the database before its tables are changed.

    The name of the copy holds the revision that it is of. A failed attempt's copy is replaced: the
    database is as it was then, or newer.
    """
    from db.copies import dump

    file = file_of(url)
    folder = file.parent if file else safeguard.folder
    if not safeguard.copy or folder is None:
        return
    name = file.name if file else "mediawatch.dump"
    target = folder / f"{name}.revision-{before}"
    part = target.with_name(f".{target.name}.part")
    try:
        if file:
            _find_room(file, folder)
        part.unlink(missing_ok=True)
        dump(url.render_as_string(hide_password=False), part)
        part.replace(target)
    except (StoreError, OSError) as error:
        part.unlink(missing_ok=True)
        why = error if isinstance(error, StoreError) else f"cannot write {target}: {refusal(error)}"
        raise StoreError(
            f"{why}; nothing was changed: before its tables are changed a copy of {name_database(url)} is "
            "made, which `copy_first = false` under "
            "[database] in mediawatch.toml leaves out"
        ) from error
    sys.stderr.write(
        f"{name_database(url)} is brought from revision {before} to {revisions()[-1]}: as it was before "
        f"it is kept in {target}. {_way_back(file)}\n"
    )


def _way_back(file: Path | None) -> str:
    if file is None:
        return (
            "To go back: `createdb NEW`, `pg_restore --no-owner --dbname=NEW` with that file, name "
            "NEW in database.url, and install the version before"
        )
    return (
        f"To go back: stop the timers, `rm -f {file.name}-wal {file.name}-shm`, `cp` that copy to "
        f"{file.name}, and install the version before"
    )


def _find_room(file: Path, folder: Path) -> None:
    """Check the space on the disk. StoreError where a copy of the file would fill it."""
    log = file.with_name(f"{file.name}-wal")
    needed = file.stat().st_size + (log.stat().st_size if log.exists() else 0)
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        raise StoreError(
            f"a copy of {file} needs {needed // 2**20 + 1} MB in {folder}, and "
            f"{free // 2**20} MB are free"
        )


def _follow_identities(connection: Connection) -> None:
    """For accounts that were once filed otherwise, that showed another id than is filed, or that
    are filed twice.
    """
    from db.readings.following import remake

    fields = (
        "'platform', 'name', 'platform_id', 'original_id', 'alias', 'url', 'reader_url', "
        "'article_links'"
    )
    changed = f"SELECT DISTINCT account_id FROM account_change WHERE field IN ({fields})"
    other = "s.{0} <> '' AND a.{0} <> '' AND s.{0} <> a.{0}"
    shown_id = (
        "SELECT DISTINCT a.id FROM account a JOIN reading r ON r.account_id = a.id JOIN sight s "
        "ON s.reading_id = r.id "
        f"WHERE {other.format('platform_id')} OR {other.format('original_id')}"
    )
    twice = (
        "SELECT a.id FROM account a WHERE EXISTS (SELECT 1 FROM account b WHERE b.platform = "
        "a.platform AND b.id <> a.id "
        "AND (b.{0} = a.{0} AND a.{0} <> ''))"
    )
    wanted = (changed, shown_id, twice.format("platform_id"), twice.format("original_id"))
    remake(connection, {key for sql in wanted for key in connection.scalars(text(sql))})

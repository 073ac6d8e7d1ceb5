"""Brings a database to the tables of this version, and refuses one that a newer version has changed.

Revisions are numbers in order: `migrations/versions/0001_first_tables.py`. There is no way back: a backup is.
A migration that copies a table on SQLite (`batch_alter_table`) must make its triggers again.
"""

from __future__ import annotations

import re
from importlib.resources import as_file, files
from threading import Lock

from sqlalchemy import URL, Connection, inspect, text

from db.engine import BUSY_TIMEOUT, WRITES, file_of, make_durable, make_private, migration_engine, normal_url, shown
from db.errors import NewerDatabase, StoreError, told
from db.queries import create_views, drop_views, views_stand

_ALEMBIC = Lock()
"""Alembic's `context` is a global of the process."""
_ADVISORY = 0x6D656469
"""PostgreSQL's lock under which one process migrates; any constant would do."""


_IDENTITIES = "0013"
"""From this revision on, what follows from readings follows from those of the identity that is filed now."""


def revisions() -> list[str]:
    """The revisions that this version knows, oldest first."""
    names = (entry.name for entry in files("db").joinpath("migrations", "versions").iterdir())
    return sorted(found[1] for name in names if (found := re.fullmatch(r"(\d{4})_\w+\.py", name)))


def upgrade(url: str, busy_timeout: float = BUSY_TIMEOUT) -> None:
    """Create the database's tables and views or bring them up to date, all or nothing; an up-to-date one is only read.

    Raises NewerDatabase, StoreBusy, StoreError (not a mediawatch database, not reachable).
    """
    parsed = normal_url(url)
    file = file_of(parsed)
    if file:
        make_private(file)
    engine = migration_engine(parsed, busy_timeout)
    try:
        with told(shown(parsed)):
            if file:
                make_durable(engine, busy_timeout)
            with engine.connect() as connection:
                if _revision(connection, parsed) == revisions()[-1] and views_stand(connection):
                    return
            with _ALEMBIC, engine.execution_options(**WRITES).begin() as connection:
                _migrate(connection, parsed)
    finally:
        engine.dispose()


def _revision(connection: Connection, url: URL) -> str:
    """The database's revision, "" for an empty one."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if "account" in tables:
            raise StoreError(f"{shown(url)} holds tables of something else: name an empty one")
        return ""
    revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")
    if revision and revision not in revisions():
        raise NewerDatabase(
            f"{shown(url)} was written by a newer mediawatch (revision {revision}, this version knows {revisions()[-1]}): "
            "install that version, or restore a backup"
        )
    return revision


def _migrate(connection: Connection, url: URL) -> None:
    # Imported late: commands on an up-to-date database need not pay for it.
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})
    before = _revision(connection, url)  # again: another process may have been first
    drop_views(connection)
    with as_file(files("db").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if "" < before < _IDENTITIES:
        _follow_identities(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
        if broken:
            raise StoreError(f"{shown(url)}: a migration would leave {len(broken)} rows without what they refer to; nothing was changed")
    create_views(connection)


def _follow_identities(connection: Connection) -> None:
    """For accounts that were filed otherwise once, that showed another id than is filed, or that are filed twice."""
    from db.following import remake

    fields = "'platform', 'name', 'platform_id', 'original_id', 'alias', 'url', 'reader_url', 'article_links'"
    changed = f"SELECT DISTINCT account_id FROM account_change WHERE field IN ({fields})"
    other = "s.{0} <> '' AND a.{0} <> '' AND s.{0} <> a.{0}"
    shown = (
        "SELECT DISTINCT a.id FROM account a JOIN reading r ON r.account_id = a.id JOIN sight s ON s.reading_id = r.id "
        f"WHERE {other.format('platform_id')} OR {other.format('original_id')}"
    )
    twice = (
        "SELECT a.id FROM account a WHERE EXISTS (SELECT 1 FROM account b WHERE b.platform = a.platform AND b.id <> a.id "
        "AND (b.{0} = a.{0} AND a.{0} <> ''))"
    )
    wanted = (changed, shown, twice.format("platform_id"), twice.format("original_id"))
    remake(connection, {key for sql in wanted for key in connection.scalars(text(sql))})

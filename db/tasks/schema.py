"""Procrastinate's tables, in a schema of their own, made and brought up to date by its own scripts.

Backups and checks of the schema leave them out: a sweep goes on from its readings alone.
"""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import URL, Connection, text

from db.engine import migration_engine, name_database
from db.errors import as_store_error

SCHEMA = "mediawatch_tasks"
_ADVISORY = 0x6D656474
"""PostgreSQL's lock under which one process makes the tables; any constant would do."""
_SCRIPTS = files("procrastinate") / "sql"
_INDEX = "mediawatch_waiting_by_queue"
"""Ours: by it the first order of a queue is found, however many wait in others."""

_FIND = text(f"SELECT to_regclass('{SCHEMA}.' || :name)")


def prepare(url: URL) -> None:
    """Make the tables, or run the scripts that they have not seen. StoreError."""
    engine = migration_engine(url)
    try:
        with as_store_error(name_database(url)):
            with engine.connect() as connection:
                if _is_ready(connection):
                    return
            with engine.begin() as connection:
                _bring_up(connection)
    finally:
        engine.dispose()


def _scripts() -> list[str]:
    folder = _SCRIPTS / "migrations"
    return sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))


def _is_ready(connection: Connection) -> bool:
    found = (connection.scalar(_FIND, {"name": each}) for each in ("applied_script", _INDEX))
    return None not in found and _applied(connection) >= set(_scripts())


def _applied(connection: Connection) -> set[str]:
    return set(connection.scalars(text(f"SELECT name FROM {SCHEMA}.applied_script")))


def _bring_up(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    connection.execute(text(f"SET LOCAL search_path = {SCHEMA}"))
    connection.execute(text("CREATE TABLE IF NOT EXISTS applied_script (name text PRIMARY KEY)"))
    known = _applied(connection)
    new = [name for name in _scripts() if name not in known]
    if known:
        for name in new:
            _run(connection, (_SCRIPTS / "migrations" / name).read_text(encoding="utf-8"))
    else:
        _run(connection, (_SCRIPTS / "schema.sql").read_text(encoding="utf-8"))
    for name in new:
        connection.execute(text("INSERT INTO applied_script VALUES (:name)"), {"name": name})
    # Each time: a script of the engine may have made its table anew.
    connection.execute(
        text(
            f"CREATE INDEX IF NOT EXISTS {_INDEX} ON procrastinate_jobs "
            "(queue_name, priority DESC, id) WHERE status = 'todo'"
        )
    )


def _run(connection: Connection, script: str) -> None:
    # Without parameters the driver sends several statements as they are.
    connection.connection.cursor().execute(script)

"""The home that an older version wrote (tests/upgrades), as a database of its revision."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, insert, inspect, select, text

from db.base import Base
from db.engine import make_private, migration_engine, normal_url

ROWS = Path(__file__).resolve().parents[1] / "upgrades" / "home-44b21bf.sql"
ROWS_REVISION = "0012"


def migrated(connection: Connection, revision: str) -> None:
    with as_file(files("db").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def restore(url: str, scratch: Path) -> None:
    """The older home as a database of this kind. PostgreSQL has the rows of an SQLite one."""
    sqlite = url if url.startswith("sqlite") else f"sqlite:///{scratch / 'old.db'}"
    file = Path(sqlite.removeprefix("sqlite:///"))
    make_private(file)
    file.write_bytes(_older_file())
    if sqlite != url:
        engine = migration_engine(normal_url(sqlite))
        target = migration_engine(normal_url(url))
        with engine.connect() as source, target.begin() as connection:
            migrated(connection, ROWS_REVISION)
            _copy(source, connection)
        target.dispose()
        engine.dispose()


@cache
def _older_file() -> bytes:
    """Made once a process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "old.db")
        make_private(file)
        engine = migration_engine(normal_url(f"sqlite:///{file}"))
        with engine.begin() as connection:
            migrated(connection, ROWS_REVISION)
        with closing(sqlite3.connect(file)) as filled:
            filled.executescript(ROWS.read_text("utf-8"))
            filled.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return file.read_bytes()


def _copy(source: Connection, target: Connection) -> None:
    there = inspect(target)
    for table in Base.metadata.sorted_tables:
        if table.name not in there.get_table_names():
            continue
        columns = [
            table.c[column["name"]]
            for column in there.get_columns(table.name)
            if column["name"] in table.c
        ]
        rows = [dict(row._mapping) for row in source.execute(select(*columns))]
        if rows:
            target.execute(insert(table), rows)
        if "id" in table.c and rows and table.c["id"].type.python_type is int:
            target.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT "
                    f'max(id) FROM "{table.name}"))'
                )
            )

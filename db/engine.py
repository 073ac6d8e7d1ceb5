"""Engines for both databases, with SQLite made as careful as PostgreSQL is by itself."""

from __future__ import annotations

import os
import sqlite3
from functools import partial
from importlib.util import find_spec
from json import dumps, loads
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from db.errors import StoreError, is_locked
from mediawatch.files import PRIVATE, keep_private
from mediawatch.refusals import refusal

BUSY_TIMEOUT = 30.0
"""Seconds to wait for another process's write lock."""
WRITES = {"mediawatch_begin": "BEGIN IMMEDIATE"}
"""Execution options for what is going to write."""
_BARE = {"mediawatch_begin": ""}

_json = partial(dumps, ensure_ascii=False)


def _from_json(text: str) -> Any:
    return [] if text == "[]" else loads(text)  # as most lists of a registry are


def normal_url(url: str) -> URL:
    """The URL with its driver spelt out (pysqlite, psycopg).

    StoreError for anything but an SQLite file or PostgreSQL.
    """
    if any(sign in url for sign in "\n\r\t"):
        raise StoreError("the database URL holds a line break or a tab: write it in one line")
    if not url.startswith("sqlite") and url.partition("?")[0].count("@") > 1:
        raise StoreError(
            "the database URL has two @ before its database's name: write an @ of the password as %40 "
            "(a / as %2F, a : as %3A)"
        )
    try:
        parsed = make_url(url)
    except (
        ArgumentError,
        ValueError,
    ):  # ValueError: a port that is no number; the error would quote it
        raise StoreError(f"no database URL: write {_FILE} or {_EXAMPLE}") from None
    match parsed.drivername:
        case "sqlite" | "sqlite+pysqlite":
            if parsed.database in (None, "", ":memory:") or parsed.query:
                raise StoreError(f"an SQLite database must be a plain file: write {_FILE}")
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres" | "postgresql+psycopg":
            if find_spec("psycopg") is None:
                raise StoreError(
                    "PostgreSQL needs its driver: run `pip install 'mediawatch[postgres]'`"
                )
            return _with_password_apart(parsed.set(drivername="postgresql+psycopg"))
        case other:
            raise StoreError(f"database {other!r} is not supported: write {_FILE} or {_EXAMPLE}")


def _with_password_apart(url: URL) -> URL:
    """What libpq also takes as `?password=` stands where messages and programs leave it out.

    StoreError for the password of a key: it would be on the command line of pg_dump.
    """
    if "sslpassword" in url.query:
        raise StoreError(
            "the database URL holds `sslpassword`: use a key without a password, for its owner only"
        )
    match url.query.get("password"):
        case None:
            return url
        case str(password):
            return url.set(password=password).difference_update_query(["password"])
        case _:
            raise StoreError("the database URL holds two passwords: write one")


def has_password(url: str) -> bool:
    """Whether it holds one. StoreError as `normal_url`."""
    return bool(normal_url(url).password)


_FILE = "sqlite:////path/mediawatch.db"
_EXAMPLE = "postgresql+psycopg://user@host/name"


def name_database(url: URL) -> str:
    """The database as messages name it: the file's path, or the URL without its password."""
    return f"database {file_of(url) or url.render_as_string(hide_password=True)}"


def file_of(url: URL) -> Path | None:
    """The SQLite file, None for PostgreSQL."""
    if not url.drivername.startswith("sqlite") or not url.database:
        return None
    if "uri" in url.query:  # of `db.unwritable`
        return Path(unquote(url.database.removeprefix("file:")))
    return Path(url.database)


def make_private(file: Path) -> None:
    """Create the file for its owner only, before SQLite does so for everybody.

    -wal and -shm take over its mode. A file that is there stays as it is: it may be anybody's.
    StoreError for a folder, a pipe or a device.
    """
    if file.exists() and not file.is_file():
        raise StoreError(
            f"database {file} cannot be opened: it must be a file, in a folder that can be written"
        )
    try:
        # O_EXCL: opening and closing a file that SQLite has open would drop this process's locks on
        # it.
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE))
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(
            f"cannot create database {file}: {refusal(error)}; run `mediawatch init`"
        ) from error


def tighten(file: Path) -> None:
    """Take a database that is known to be ours from everybody but its owner.

    A link, a file of another owner and a read-only disk stay as they are.
    """
    for path in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        keep_private(path)


def careful_engine(url: URL, busy_timeout: float = BUSY_TIMEOUT, *, pings: bool = True) -> Engine:
    """The engine of a store. `url` as from `normal_url`; `busy_timeout` in seconds.

    `pings`: PostgreSQL's connections are asked before each transaction whether they live. Who makes
    a transaction again that met a dead one need not ask.
    """
    if file_of(url):
        engine = create_engine(url, json_serializer=_json, json_deserializer=_from_json)
        _careful_sqlite(engine, busy_timeout, "foreign_keys = ON")
        return engine
    return create_engine(
        url, json_serializer=_json, connect_args=_postgres(busy_timeout), pool_pre_ping=pings
    )


def driver_words(url: URL, busy_timeout: float = BUSY_TIMEOUT) -> dict[str, Any]:
    """What PostgreSQL's driver connects with by itself, as the engine of a store would."""
    _, words = url.get_dialect()().create_connect_args(url)
    return {**words, **_postgres(busy_timeout)}


def migration_engine(url: URL, busy_timeout: float = BUSY_TIMEOUT) -> Engine:
    """A synchronous engine for Alembic.

    On SQLite without foreign keys: a changed table is copied and the old one dropped. With foreign
    keys on, that would delete every row that refers to it.
    """
    if file_of(url):
        engine = create_engine(url)
        _careful_sqlite(engine, busy_timeout, "foreign_keys = OFF")
        return engine
    return create_engine(url, connect_args=_postgres(busy_timeout))


def _postgres(busy_timeout: float) -> dict[str, object]:
    return {
        "options": f"-c timezone=UTC -c lock_timeout={int(busy_timeout * 1000)}",
        "connect_timeout": 10,
        # Of a database that knows no encoding the driver would give bytes for text.
        "client_encoding": "utf8",
    }


def _careful_sqlite(engine: Engine, busy_timeout: float, *pragmas: str) -> None:
    # FULL: a reading that was shown as done survives a power cut.
    pragmas = (f"busy_timeout = {int(busy_timeout * 1000)}", "synchronous = FULL", *pragmas)
    event.listen(engine, "connect", partial(_connect, pragmas))
    event.listen(engine, "begin", _begin)


def _connect(pragmas: tuple[str, ...], connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN comes late and not before SELECT or DDL; `_begin` emits it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and takes the write lock later can fail half-way. Waiting does
    # not help it then.
    if statement := connection.get_execution_options().get("mediawatch_begin", "BEGIN"):
        connection.exec_driver_sql(statement)


def interrupt(connection: Connection) -> None:
    """End the statement that another thread runs on this connection; harmless where none runs."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.interrupt()
    elif driver is not None:
        driver.cancel()


def make_durable(engine: Engine, busy_timeout: float) -> None:
    """Turn an SQLite file to WAL, which it then keeps.

    Not within a transaction, and SQLite does not wait here by itself. Only a lock is waited for.
    """
    attempts = Retrying(
        retry=retry_if_exception(is_locked),
        stop=stop_after_delay(busy_timeout),
        wait=wait_fixed(0.05),
        reraise=True,
    )
    for attempt in attempts:
        with attempt, engine.connect().execution_options(**_BARE) as connection:
            if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")

"""Who uses a database at this moment, and what a home's folder still holds of its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from db.engine import driver_words, file_of, name_database, normal_url
from db.errors import StoreError
from db.models import HomeRow, WorkerRow
from db.moved import is_marked
from db.owners import owner_in
from db.tasks.alone import SWEEP_LOCK
from mediawatch.ports.store import SILENCE, DatabaseOwner


def require_idle(connection: Connection, url: URL) -> None:
    """StoreError while a sweep or a worker works on a PostgreSQL database.

    No sweep begins until the transaction of `connection` ends.
    """
    lock = text("SELECT pg_try_advisory_xact_lock(:key)")
    if not connection.scalar(lock, {"key": SWEEP_LOCK}):
        raise StoreError(f"a sweep runs on {name_database(url)}: wait for its end, or stop it")
    alive = select(WorkerRow.name).where(func.clock_timestamp() - WorkerRow.seen_at <= SILENCE)
    if names := connection.scalars(alive.order_by(WorkerRow.name)).all():
        raise StoreError(
            f"workers are alive on {name_database(url)} ({', '.join(names)}): end them first"
        )


def refuse_living(place: str, home_id: str, owner: DatabaseOwner | None = None) -> None:
    """StoreError where the server at `place` answers and holds this home, or lets nobody see.

    `owner`: the home as it owned the database. Another owner is named: it has the data.
    """
    if why := why_living(place, home_id, owner):
        raise StoreError(f"{why}; two living databases of one home would contradict each other")


def why_living(
    place: str, home_id: str, owner: DatabaseOwner | None, *, unseen: bool = True
) -> str:
    """Why the database at `place` is not lost, as `refuse_living`; "" where it is.

    `unseen`: whether a server that lets nobody see counts as not lost.
    """
    if place.startswith("/"):
        return (
            f"database {place} is not lost: name it in [database] url"
            if Path(place).is_file()
            else ""
        )
    url = normal_url(place) if place else None
    if url is None or file_of(url):
        return ""
    if url.password == "***":  # as messages write it
        url = _at(url, url.database, None)
    engine = create_engine(url, connect_args=driver_words(url))
    try:
        with engine.connect() as connection:
            if is_marked(connection) or connection.scalar(select(HomeRow.id)) != home_id:
                return ""
            standing = owner_in(connection)
            if standing and owner and standing.key != owner.key:
                return (
                    f"{name_database(url)} is not lost, it answers, and the home {standing.folder} took "
                    "its data: work there"
                )
            why = "it answers"
    except DBAPIError as error:
        if not unseen or _is_lost(url, getattr(error.orig, "sqlstate", None)):
            return ""
        why = "its server answers, and refuses this user"
    finally:
        engine.dispose()
    return (
        f"{name_database(url)} is not lost, {why}: `mediawatch database move --to sqlite` brings "
        "its data back"
    )


def _at(url: URL, database: str | None, password: str | None) -> URL:
    # `URL.set` takes None for "as it was", so the password would stay.
    return URL.create(
        url.drivername, url.username, password, url.host, url.port, database, url.query
    )


_NO_TABLE = "42P01"


def _is_lost(url: URL, state: str | None) -> bool:
    """Whether a database that could not be asked is gone: no server, no database, none of our tables.

    `state`: the server's code, None where it gave no connection. Its words may be of any language.
    """
    # Imported here: a home on SQLite may lack the driver.
    from psycopg.conninfo import make_conninfo
    from psycopg.pq import PGconn, Ping

    if state:
        return state == _NO_TABLE
    words = make_conninfo(**driver_words(url))
    if PGconn.ping(words.encode()) == Ping.NO_RESPONSE:
        return True
    # A server that speaks is there; whether it has the database, its other ones may tell.
    for other in ("postgres", "template1"):
        beside = _at(url, other, str(url.password) if url.password else None)
        engine = create_engine(beside, connect_args=driver_words(beside))
        try:
            with engine.connect() as connection:
                named = text("SELECT count(*) FROM pg_database WHERE datname = :name")
                return not connection.scalar(named, {"name": url.database})
        except DBAPIError:
            continue
        finally:
            engine.dispose()
    return False


def accounts_left(file: Path) -> int | None:
    """Accounts in a home's own file, as long as that was not moved; None for a moved one.

    0 where there is no file of ours. StoreError where it cannot be read.
    """
    if not file.is_file() or not file.stat().st_size:
        return 0
    # SQLite would leave a log beside a file that has none.
    how = "mode=ro" if file.with_name(f"{file.name}-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True)) as found:
            names = {name for (name,) in found.execute("SELECT name FROM sqlite_master")}
            if "moved_home" in names:
                return None
            if "account" not in names:
                return 0
            return int(found.execute("SELECT count(*) FROM account").fetchone()[0])
    except sqlite3.Error as error:
        raise StoreError(f"database {file} cannot be read: {error}") from error

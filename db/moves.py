"""A whole database brought over to an empty one of either kind, in one transaction of each.

Nobody writes to the old one meanwhile, and every row is compared as our types read it before the
new one counts.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    URL,
    Connection,
    delete,
    func,
    inspect,
    select,
)

import db.models  # noqa: F401 - fills the metadata
from db.base import Base
from db.engine import WRITES, careful_engine, file_of, name_database, normal_url
from db.errors import StoreError, as_store_error
from db.migrate import Safeguard, migrate, upgrade
from db.models import HomeRow
from db.moved import is_marked, mark, moved_to, unmark
from db.owners import note_owner, refuse_others
from db.revisions import revisions, standing_revision
from db.row_copies import bring_rows, compare_rows
from db.servers import require_server
from db.users import refuse_living, require_idle
from mediawatch import stops
from mediawatch.files import sync_folder
from mediawatch.ports.store import DatabaseOwner


@dataclass(frozen=True, slots=True)
class DatabaseMove:
    """What was brought over. `aside`: an older file that stood in the new one's place."""

    source: str
    target: str
    tables: int
    rows: int
    home_id: str
    aside: Path | None = None


def move_database(source: str, target: str, day: str, owner: DatabaseOwner) -> DatabaseMove:
    """Bring all rows over, compare each, and mark the old database as moved on `day`.

    It is kept as it was, and refused from then on. What was broken off after the new one was
    complete is finished by the same call. A server's database is `owner`'s, before or after.
    StoreError where the new one is not empty, one of them another home's, a row differs, or others
    write for longer than we wait.
    """
    old_url, new_url = normal_url(source), normal_url(target)
    if old_url == new_url:
        raise StoreError(f"{name_database(old_url)} is the home's own already")
    with _source(old_url) as old, _target(new_url, day) as (new, aside):
        tables = Base.metadata.sorted_tables
        for each in (old, new):
            refuse_others(each, owner)
        if _is_empty_home(new, old):
            for table in tables:
                bring_rows(old, new, table, name_database(new_url))
        rows = sum(compare_rows(old, new, table, name_database(new_url)) for table in tables)
        note_owner(new, owner)
        # Before the new one is committed: a disk that is full refuses here.
        mark(old, name_database(new_url).removeprefix("database "), day)
        home_id = str(old.scalar(select(HomeRow.id)))
    names = name_database(old_url), name_database(new_url)
    return DatabaseMove(*names, len(tables), rows, home_id, aside)


def copy_rows(source: URL, file: Path, left_out: Collection[str]) -> None:
    """Make an SQLite file with PostgreSQL's rows of one moment, for its owner alone.

    The tables `left_out`, and those that refer to them, stay empty. Others go on writing.
    StoreError where it cannot be made.
    """
    target = normal_url(f"sqlite:///{file}")
    upgrade(target.render_as_string(), safeguard=Safeguard(copy=False))
    one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    old, new = careful_engine(source), careful_engine(target)
    try:
        with (
            as_store_error(name_database(source)),
            old.execution_options(**one_moment).begin() as reader,
            _dropped_at_stop(reader),
            new.execution_options(**WRITES).begin() as writer,
        ):
            empty = set(left_out)
            for table in Base.metadata.sorted_tables:
                if empty.isdisjoint(
                    {table.name, *(key.column.table.name for key in table.foreign_keys)}
                ):
                    bring_rows(reader, writer, table, str(file))
                else:
                    empty.add(table.name)
    finally:
        old.dispose()
        new.dispose()


def reopen_database(
    url: str, named: str = "", owner: DatabaseOwner | None = None
) -> tuple[str, str]:
    """Use a database that was moved again, as it was then. `named`: the server's URL, where known;
    `owner`: the home, as far as it owned the server's database. Returns the home's id, and where the
    rows were moved to.

    StoreError where it was not moved, and while the database that it was moved to is alive: there
    would be two of one home.
    """
    parsed = normal_url(url)
    file = file_of(parsed)
    if file and not file.is_file():
        raise StoreError(f"{name_database(parsed)} does not exist")
    engine = careful_engine(parsed)
    try:
        with (
            as_store_error(name_database(parsed), file),
            engine.execution_options(**WRITES).begin() as connection,
        ):
            if not is_marked(connection):
                raise StoreError(
                    f"{name_database(parsed)} was not moved: there is nothing in it to be used again; "
                    "where a server's database is lost, `mediawatch restore` of a backup into a new home"
                )
            home_id = str(connection.scalar(select(HomeRow.id)))
            to = moved_to(connection)
            for place in {to, named}:
                refuse_living(place, home_id, owner)
            unmark(connection)
            return home_id, to
    finally:
        engine.dispose()


@contextmanager
def _source(url: URL) -> Iterator[Connection]:
    """A transaction that keeps all other writers of the database waiting."""
    engine = careful_engine(url)
    try:
        with (
            as_store_error(name_database(url), file_of(url)),
            engine.execution_options(**WRITES).begin() as connection,
            _dropped_at_stop(connection),
        ):
            if not file_of(url):
                require_idle(connection, url)
                names = ", ".join(table.name for table in Base.metadata.sorted_tables)
                connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
            if standing_revision(connection) != revisions()[-1]:
                raise StoreError(f"{name_database(url)} changed meanwhile: try again")
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _target(url: URL, day: str) -> Iterator[tuple[Connection, Path | None]]:
    """A transaction on the new database, with tables. A file gets its name at the end.

    The second is the moved file that stood there before, under its new name.
    """
    file = file_of(url)
    if file is None:
        with _opened(url) as connection:
            require_server(connection, url)
            if standing_revision(connection) == "":
                _require_empty(connection, url)
            migrate(connection, url, Safeguard(copy=False))
            yield connection, None
        return
    aside = _name_aside(url, file)
    part = file.with_name(f".{file.name}.{secrets.token_hex(6)}.part")
    part_url = url.set(database=str(part))
    try:
        upgrade(part_url.render_as_string(), safeguard=Safeguard(copy=False))
        with _opened(part_url) as connection:
            yield connection, aside
        _settle(part_url)
        if aside:
            file.rename(aside)
        elif file.exists():
            _retire_empty(url, file, day)
        part.rename(file)
        sync_folder(file.parent)
    finally:
        for each in (part, *_logs(part)):
            each.unlink(missing_ok=True)


def _name_aside(url: URL, file: Path) -> Path | None:
    """None for no file, and for one that holds nothing, which is replaced at the end.

    StoreError for another file that is there and was not moved.
    """
    if not file.exists():
        return None
    with _opened(url) as connection:
        if not is_marked(connection):
            _require_nothing(connection, url)
            return None
    _settle(url)
    numbers = (file.with_name(f"{file.name}.moved-{number}") for number in range(1, 10_000))
    return next(each for each in numbers if not each.exists())


def _require_nothing(connection: Connection, url: URL) -> None:
    """StoreError for more than what `init` leaves: tables of this version without a row."""
    current = standing_revision(connection) == revisions()[-1]
    if not current or _first_filled(connection) is not None:
        raise StoreError(f"{name_database(url)} exists: name a new file")


def _retire_empty(url: URL, file: Path, day: str) -> None:
    """Whoever has the file open is refused before it goes. StoreError where it was filled meanwhile."""
    with _opened(url) as connection:
        _require_nothing(connection, url)
        mark(connection, str(file), day)
    _settle(url)


def _first_filled(connection: Connection) -> str | None:
    """A table with rows beside the home's id, which every database has."""
    for table in Base.metadata.sorted_tables:
        if table is not HomeRow.__table__ and connection.scalar(
            select(func.count()).select_from(table)
        ):
            return table.name
    return None


def _settle(url: URL) -> None:
    """Nothing stands in its log any more, and the file is on the disk."""
    engine = careful_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    file = file_of(url)
    assert file is not None, "only SQLite's files lie on our disk"
    with file.open("rb") as written:
        os.fsync(written.fileno())
    for each in _logs(file):
        each.unlink(missing_ok=True)


def _logs(file: Path) -> tuple[Path, Path]:
    return file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")


@contextmanager
def _opened(url: URL) -> Iterator[Connection]:
    engine = careful_engine(url)
    try:
        with (
            as_store_error(name_database(url), file_of(url)),
            engine.execution_options(**WRITES).begin() as connection,
            _dropped_at_stop(connection),
        ):
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _dropped_at_stop(connection: Connection) -> Iterator[None]:
    """A signal may come in the midst of what server and driver say to each other: no rollback can
    be sent then, and the server makes it itself when the connection ends.
    """
    try:
        yield
    except BaseException:
        if stops.stop_signal():
            connection.invalidate()
        raise


def _require_empty(connection: Connection, url: URL) -> None:
    if names := inspect(connection).get_table_names():
        raise StoreError(
            f"{name_database(url)} is not empty ({min(names)}): name a new database (createdb)"
        )


def _is_empty_home(new: Connection, old: Connection) -> bool:
    """Whether nothing was brought over yet; what the migrations themselves wrote is removed.

    StoreError for another home's database.
    """
    ours, theirs = (conn.scalar(select(HomeRow.id)) for conn in (old, new))
    if ours == theirs:
        return False
    if filled := _first_filled(new):
        raise StoreError(f"the new database holds another home ({filled}): name an empty one")
    new.execute(delete(HomeRow.__table__))
    return True

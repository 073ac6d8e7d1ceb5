"""What the database says, as one sentence for the operator.

No exception of SQLAlchemy leaves this package.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db import disks
from mediawatch.domain import UserError
from mediawatch.ports import OutdatedPlan
from mediawatch.ports.store import MovedData, OutdatedVersion, PassingTrouble


class StoreError(UserError):
    """The store cannot do what was asked; nothing of it was written."""

    sqlstate = ""
    """PostgreSQL's code of the error, where it has one."""


class StoreBusy(StoreError, PassingTrouble):
    """Another process holds the database's write lock for longer than the store waits.

    Trying again later may help.
    """


class StoreAway(StoreError):
    """PostgreSQL does not answer, or has ended the connection. Trying again later may help."""


class StoreConflict(StoreError, OutdatedPlan, PassingTrouble):
    """What was to be written rests on what has changed meanwhile. Decided anew it may hold."""


class NewerDatabase(StoreError, OutdatedVersion):
    """A newer mediawatch has migrated this database; an older one must not touch it."""


class MovedDatabase(StoreError, MovedData):
    """What the database held was moved to another one, where it is written since."""


class NotWritable(StoreError):
    """The database's disk is full or read-only, or the file is another user's. Reading goes on."""


@contextmanager
def as_store_error(where: str, file: Path | None = None) -> Iterator[None]:
    """Turn the driver's errors into `StoreError`; `where` names the database, without a password.

    `file` is that of SQLite. A value that a column's type refuses stays ValueError, TypeError or
    LookupError: a bug of the caller.
    """
    try:
        yield
    except DBAPIError as error:
        raise _told(error, where, file) from error
    except StatementError as error:
        if isinstance(error.orig, ValueError | TypeError | LookupError):
            raise error.orig from error
        raise
    except PoolTimeout as error:
        raise StoreBusy(f"{where}: all connections are in use") from error


def is_locked(error: BaseException) -> bool:
    """Whether another process holds SQLite's lock: the one trouble that goes away by itself."""
    return isinstance(error, DBAPIError) and _kind(error.orig) in _LOCKED


MOVED = "this database was moved to another one"
"""What the triggers of a moved database say to programs that had it open before."""
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")
_BUSY = "{} is locked by another process: wait until it is done, then try again"
_ENDED = "the server ended the connection; nothing of this step was kept: try again"
_SERVER_TELLS: Mapping[str, str] = {
    "53100": "no space left on the disk of the database's server: free some, then try again",
    "53300": "the server has no connection left: wait, or raise its max_connections",
    "25006": "the server takes nothing for writing: name its primary in [database] url",
    "57P01": _ENDED,
    "57P02": _ENDED,
    "57P03": "the server is starting or stopping: wait a little, then try again",
}
"""By PostgreSQL's code."""
_NO_DATABASE = re.compile(r'(?:database|数据库) "[^"]*" (?:does not exist|不存在)')
"""The driver gives no code where no connection was made."""
_AWAY = ("08", "53300", "57P01", "57P02", "57P03", "57P05")
"""Those that go away by themselves, by their beginning: no connection; a server that stops, starts,
or is full.
"""


def _told(error: DBAPIError, where: str, file: Path | None) -> StoreError:
    words = next(iter(str(error.orig).strip().splitlines()), "") or type(error.orig).__name__
    if words == MOVED:
        return _moved(where)
    if isinstance(error.orig, sqlite3.Error):
        told = told_by_sqlite(error.orig, where, file)
    else:
        lost = isinstance(error, OperationalError)
        told = told_by_postgresql(error.orig or error, where, lost=lost)
    if type(told) is StoreError and isinstance(error, IntegrityError):
        return StoreError(f"{where} refuses a row that contradicts what it holds: {words}")
    return told


def _kind(error: BaseException | None) -> str:
    """SQLite's name of the error without its finer part: SQLITE_IOERR_WRITE is SQLITE_IOERR."""
    return "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])


def told_by_sqlite(error: sqlite3.Error, where: str, file: Path | None) -> StoreError:
    """What the driver's error is to the operator; `where` names the database."""
    kind, words = _kind(error), str(error)
    if kind in _LOCKED:
        return StoreBusy(_BUSY.format(where))
    if kind == "SQLITE_NOTADB":
        return StoreError(
            f"{where} is not a database of mediawatch: name another file, or move this one away"
        )
    if kind == "SQLITE_CORRUPT":
        return StoreError(
            f"{where}: the file is damaged ({words}): put it back from a backup with "
            "`mediawatch restore`"
        )
    if kind not in ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"):
        return StoreError(f"{where}: {words}")
    return _of_disk(kind, words, where, (file or Path()).resolve())


def _of_disk(kind: str, words: str, where: str, file: Path) -> StoreError:
    folder = file.parent
    if kind == "SQLITE_FULL" or disks.is_full(folder):
        return NotWritable(
            f"{where} cannot be written, for no space is left on the disk of {folder}: free some, "
            "then try again"
        )
    if file.is_file() and disks.is_mounted_read_only(folder):
        return NotWritable(
            f"{where} cannot be written, for {folder} lies on a read-only disk: mount it for "
            "writing, then try again"
        )
    if file.is_file() and not disks.may_write(file):
        return NotWritable(
            f"{where} cannot be written by this user: give the right to write {file.name} and "
            f"{folder}, then try again"
        )
    if kind == "SQLITE_CANTOPEN":
        return StoreError(
            f"{where} cannot be opened: it must be a file in a folder that can be written; run "
            "`mediawatch init`, or put it back from a backup"
        )
    return StoreError(
        f"{where}: the disk of {folder} fails ({words}): check that disk, then put the database "
        "back from a backup where it is damaged"
    )


def told_by_postgresql(error: BaseException, where: str, *, lost: bool) -> StoreError:
    """What the driver's error is to the operator; `where` names the database.

    `lost`: whether an error without a code means that the connection was lost, or was never made.
    """
    state = getattr(error, "sqlstate", None) or ""
    words = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    told = _of_postgresql(state, words, where, lost=lost)
    told.sqlstate = state
    return told


def _moved(where: str) -> MovedDatabase:
    return MovedDatabase(
        f"{where} was moved to another one meanwhile, and nothing was written: begin this "
        "command again"
    )


def _of_postgresql(state: str, words: str, where: str, *, lost: bool) -> StoreError:
    if words == MOVED:
        return _moved(where)
    if state == "55P03":
        return StoreBusy(_BUSY.format(where))
    if state in ("40P01", "40001"):
        return StoreConflict(f"{where}: somebody else wrote at the same moment: try again")
    away = state.startswith(_AWAY)
    if tells := _SERVER_TELLS.get(state):
        return (StoreAway if away else StoreError)(f"{where}: {tells}")
    if away or (lost and not state):
        if "too many clients" in words or "remaining connection slots" in words:
            return StoreAway(f"{where}: {_SERVER_TELLS['53300']}")
        if "closed" in words or "terminat" in words or "lost" in words:
            return StoreAway(f"{where}: {_ENDED}")
        # Servers speak other languages; of Chinese ones this word stays.
        if "password" in words.lower():
            return StoreError(
                f"{where}: the server refuses the password, or got none: give it by PGPASSWORD, "
                "~/.pgpass, or in the URL of MEDIAWATCH_DATABASE__URL"
            )
        if _NO_DATABASE.search(words):
            return StoreError(
                f"{where}: its server has no such database: make it (`createdb --encoding=UTF8 "
                "--template=template0 NAME`), or correct the name in the URL"
            )
        return StoreAway(
            f"{where} cannot be reached ({words}): start the server, or correct [database] url "
            "in mediawatch.toml"
        )
    return StoreError(f"{where}: {words}")

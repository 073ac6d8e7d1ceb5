"""What can befall a home's disk and database: each fault with the commands that meet it.

A row says what the command ends with, and a part of what standard error (of `doctor`: its table)
says. The rows marked `small` are played in every run of the tests, all of them in `make soak`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass

from disks import SmallDisk

from mediawatch.ops.settings import Home

READING = (
    "flagged", "status", "review list", "registry list", "query flagged", "query --sql SELECT+1", "figures", "notice list",
    "evidence verify", "sweeps", "show 1", "explain 1", "unproven",
)  # fmt: skip
WRITING = {
    "registry import {aside}/registry.csv": "cannot be written",
    "links import {aside}/links.txt": "cannot write|cannot be written",
    "findings dispatch {disk}/sent --person 甲": "cannot write",
    "worklist export {disk}/list.xlsx": "cannot write",
    "query flagged --format csv --out {disk}/q.csv": "cannot write",
    "scope --out {disk}/scope.csv": "cannot write",
    "report html --out {disk}/r.html": "cannot write",
    "backup {disk}/b.tar": "cannot write|cannot be written",
    "sweep": "cannot write|cannot be written",
    "init": "cannot write|cannot set up",
}
"""What writes: its sentence on a disk that takes nothing."""
SMALL = {
    "registry list",
    "doctor",
    "registry import {aside}/registry.csv",
    "worklist export {disk}/list.xlsx",
}
FULL, READ_ONLY = "no space is left", "read-only disk|that disk is read-only"


@dataclass(frozen=True)
class HomeFault:
    """One fault: `strike` brings it about and, in the end, takes it away again.

    `lasts`: it stays in the database's file, which the commands must leave as it is.
    """

    name: str
    strike: Callable[[Home, SmallDisk], AbstractContextManager[None]]
    lasts: bool = False


@dataclass(frozen=True)
class Meeting:
    """A command that meets a fault."""

    fault: HomeFault
    words: str
    code: int
    says: str
    small: bool


@contextmanager
def _full(home: Home, disk: SmallDisk) -> Iterator[None]:
    disk.fill()
    yield
    disk.free()


@contextmanager
def _read_only(home: Home, disk: SmallDisk) -> Iterator[None]:
    disk.make_read_only()
    yield
    disk.make_writable()


def _with_log(
    strike: Callable[[Home, SmallDisk], AbstractContextManager[None]],
) -> Callable[[Home, SmallDisk], AbstractContextManager[None]]:
    """The same for a database whose newest transaction stands in its -wal alone, as after a kill."""

    @contextmanager
    def struck(home: Home, disk: SmallDisk) -> Iterator[None]:
        file, log = home.database, home.root / "mediawatch.db-wal"
        with closing(sqlite3.connect(file, isolation_level=None)) as writer:
            writer.execute("PRAGMA journal_mode = WAL")
            writer.execute("UPDATE account SET name = '示例新名' WHERE id = 1")
            left = {each: each.read_bytes() for each in (file, log)}
        for each, body in left.items():
            each.write_bytes(body)
        with strike(home, disk):
            yield

    return struck


def _spoilt(
    spoil: Callable[[Home], None],
) -> Callable[[Home, SmallDisk], AbstractContextManager[None]]:
    @contextmanager
    def struck(home: Home, disk: SmallDisk) -> Iterator[None]:
        spoil(home)
        yield

    return struck


def _garbage(home: Home) -> None:
    home.database.write_bytes(os.urandom(9000))


def _text(home: Home) -> None:
    home.database.write_text("not a database\n" * 100, encoding="utf-8")


def _cut(home: Home) -> None:
    os.truncate(home.database, home.database.stat().st_size // 3)


def _holes(home: Home) -> None:
    size = home.database.stat().st_size
    with home.database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))


def _foreign(home: Home) -> None:
    home.database.unlink()
    with closing(sqlite3.connect(home.database)) as other:
        other.execute("CREATE TABLE account (x)")


def _newer(home: Home) -> None:
    with closing(sqlite3.connect(home.database, isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")


def _empty(home: Home) -> None:
    home.database.write_bytes(b"")


def _folder(home: Home) -> None:
    home.database.unlink()
    home.database.mkdir()


def _dangling(home: Home) -> None:
    home.database.unlink()
    home.database.symlink_to("/nonexistent/mediawatch.db")


def _looped(home: Home) -> None:
    home.database.unlink()
    home.database.symlink_to(home.database.name)


def _pipe(home: Home) -> None:
    home.database.unlink()
    os.mkfifo(home.database)


def _no_home(home: Home) -> None:
    shutil.rmtree(home.root)


def _file_home(home: Home) -> None:
    shutil.rmtree(home.root)
    home.root.write_text("")


def _spoilt_side_file(ending: str) -> Callable[[Home], None]:
    def spoil(home: Home) -> None:
        (home.root / f"mediawatch.db{ending}").write_bytes(os.urandom(5000))

    return spoil


def _unwritable_log(home: Home) -> None:
    shutil.rmtree(home.logs)
    home.logs.mkdir()
    (home.logs / "mediawatch.log").mkdir()


DISKS = (
    (HomeFault("full", _full), FULL),
    (HomeFault("full, after a kill", _with_log(_full)), FULL),
    (HomeFault("read-only", _read_only), READ_ONLY),
    (HomeFault("read-only, after a kill", _with_log(_read_only)), READ_ONLY),
)
LASTING: tuple[tuple[str, Callable[[Home], None], str], ...] = (
    ("garbage", _garbage, "is not a database of mediawatch: name another file"),
    ("a text file", _text, "is not a database of mediawatch: name another file"),
    ("cut short", _cut, "the file is damaged .* `mediawatch restore`"),
    ("holes", _holes, "the file is damaged .* `mediawatch restore`"),
    (
        "another program's",
        _foreign,
        r"holds tables of something else \(account\): name an empty one",
    ),
    ("of a newer version", _newer, "written by a newer mediawatch"),
    ("empty", _empty, "is missing or empty: put it back from a backup"),
    ("a folder in its place", _folder, "is missing or empty: put it back from a backup"),
    ("a link to nothing", _dangling, "is missing or empty: put it back from a backup"),
    ("a link to itself", _looped, "is missing or empty: put it back from a backup"),
    ("a pipe in its place", _pipe, "is missing or empty: put it back from a backup"),
    ("no home", _no_home, "is no mediawatch home: run `mediawatch --home"),
    ("a file for a home", _file_home, "is no mediawatch home: run `mediawatch --home"),
)
HARMLESS: tuple[tuple[str, Callable[[Home], None]], ...] = (
    ("garbage in -wal", _spoilt_side_file("-wal")),
    ("garbage in -shm", _spoilt_side_file("-shm")),
    ("a log that is a folder", _unwritable_log),
)


def meetings() -> list[Meeting]:
    """All rows."""
    found: list[Meeting] = []
    for fault, why in DISKS:
        first = fault.name in ("full", "read-only, after a kill")
        for words in READING:
            found.append(Meeting(fault, words, 0, "", first and words in SMALL))
        found.append(Meeting(fault, "doctor", 1, why, first))
        for words, says in WRITING.items():
            met = f"({says}).*({why})"
            found.append(Meeting(fault, words, 2, met, first and words in SMALL))
    for name, spoil, says in LASTING:
        fault = HomeFault(name, _spoilt(spoil), lasts=True)
        small = name in ("garbage", "cut short", "a link to nothing", "no home")
        found.append(Meeting(fault, "flagged", 2, says, small))
        found.append(Meeting(fault, "registry import {aside}/registry.csv", 2, says, False))
    for name, spoil in HARMLESS:
        fault = HomeFault(name, _spoilt(spoil))
        found.append(Meeting(fault, "flagged", 0, "", name == "garbage in -wal"))
        found.append(Meeting(fault, "--verbose registry check", 0, "", False))
    return found

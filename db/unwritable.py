"""Reading a database that cannot be written.

SQLite in WAL mode needs two files beside the database even for reading. It makes them anew where
they are missing, and on a full or read-only disk it cannot.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from sqlalchemy import URL

from db.disks import is_mounted_read_only
from db.engine import file_of

_SPARE = 4 << 20
"""Bytes that stay free beside a copy."""


def frozen(url: URL) -> URL | None:
    """The URL under which SQLite takes the file for unchangeable; None where it might not be.

    A -wal that holds something holds what is newer than the file.
    """
    file = file_of(url)
    assert file is not None, "only SQLite's files lie on our disk"
    file = file.resolve()
    if not is_mounted_read_only(file.parent) or _size(_log(file)):
        return None
    return url.set(
        database=f"file:{quote(str(file))}", query={"immutable": "1", "mode": "ro", "uri": "true"}
    )


def copy_to_read(url: URL) -> TemporaryDirectory[str] | None:
    """A private folder with a copy of the database, under its name; None where no disk has room."""
    file = file_of(url)
    assert file is not None, "only SQLite's files lie on our disk"
    file = file.resolve()
    for place in _places():
        try:
            if shutil.disk_usage(place).free < _size(file) + _size(_log(file)) + _SPARE:
                continue
            folder = TemporaryDirectory(prefix="mediawatch-read-", dir=place)
        except OSError:
            continue
        try:
            _copy(file, Path(folder.name))
        except OSError:
            folder.cleanup()
            continue
        return folder
    return None


def _copy(file: Path, folder: Path) -> None:
    """Copy the file and what stands in its log; again where another process changed them
    meanwhile.
    """
    for _ in range(3):
        before = _state(file)
        for each in (file, _log(file)):
            target = folder / each.name
            target.unlink(missing_ok=True)
            if each.exists():
                target.touch(0o600)
                shutil.copyfile(each, target)
        if _state(file) == before:
            return
    raise OSError(f"{file} is being written")


def _state(file: Path) -> list[tuple[int, int]]:
    return [
        (stat.st_size, stat.st_mtime_ns)
        for each in (file, _log(file))
        if each.exists() and (stat := each.stat())
    ]


def _places() -> Iterator[str]:
    with suppress(FileNotFoundError):  # every disk that it tries is full
        yield tempfile.gettempdir()
    if os.access("/dev/shm", os.W_OK):
        yield "/dev/shm"


def _log(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0

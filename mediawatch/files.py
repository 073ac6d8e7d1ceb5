"""Files that are either there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from mediawatch.domain import UserError
from mediawatch.refusals import refusal

PRIVATE = 0o600
"""The mode of a file that its owner alone may read."""


class FileWriter(Protocol):
    """`write_whole`, or `FileBatch.add` while something is planned."""

    def __call__(self, target: Path, body: bytes, *, shared: bool = False) -> None: ...


class FileBatch:
    """Files that wait beside their places, and get their names together."""

    def __init__(self) -> None:
        self._parts: dict[Path, Path] = {}
        self._new: list[Path] = []

    def add(self, target: Path, body: bytes, *, shared: bool = False) -> None:
        """Bring a file's content to the disk. UserError names the place when the disk refuses."""
        # Noted first: a stop may come at any moment, and `clear` must know of it.
        part = self._parts[target] = _part_of(target)
        try:
            with _write_part(part, shared=shared) as file:
                file.write(body)
        except OSError as error:
            _remove(self._parts.pop(target))
            raise _refused(target, error) from error

    def publish(self) -> None:
        """Give each its name. UserError where one is refused: then `withdraw` the others."""
        for target, part in self._parts.items():
            try:
                is_new = not target.exists()
                part.replace(target)
                self._new += [target] if is_new else []
                sync_folder(target.parent)
            except OSError as error:
                raise _refused(target, error) from error

    def withdraw(self) -> None:
        """Take the names from new files; a file that stood there before stays written over."""
        for target in self._new:
            _remove(target)

    def clear(self) -> None:
        """Remove what still waits."""
        for part in self._parts.values():
            _remove(part)


def write_whole(target: Path, body: bytes, *, shared: bool = False) -> None:
    """Write a file by `whole_file`. UserError names the place when the disk refuses."""
    with whole_file(target, shared=shared) as file:
        file.write(body)


@contextmanager
def whole_file(target: Path, *, shared: bool = False) -> Iterator[IO[bytes]]:
    """Write beside the target, fsync, rename over it, fsync the folder.

    Its owner alone may read it. `shared` is for what is handed on and holds no contact, and for
    what another program reads: then the umask decides (docs/running.md lists them). After an
    exception nothing of it is left. UserError names the place when the disk refuses.
    """
    part = _part_of(target)
    try:
        with _write_part(part, shared=shared) as file:
            yield file
        part.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        _remove(part)  # It has its name, or what prevented the write may prevent this.


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Fill a new folder beside the target, which gets that name when all is in it.

    After an exception nothing of it is left. UserError names the place when the disk refuses.
    """
    part = _part_of(target)
    try:
        _make_folder(part)
        yield part
        part.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _part_of(target: Path) -> Path:
    return target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")


@contextmanager
def _write_part(part: Path, *, shared: bool) -> Iterator[IO[bytes]]:
    _make_folder(part.parent)
    with open(part, "xb", opener=None if shared else open_private) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _refused(target: Path, error: OSError) -> UserError:
    return UserError(f"cannot write {target}: {refusal(error)}")


def open_private(path: str, flags: int) -> int:
    """An opener for `open`: what it makes is the owner's alone, whatever the umask.

    So only for files that are ours: an older one of ours becomes so, too. OSError as `os.open`.
    """
    descriptor = os.open(path, flags, PRIVATE)
    keep_private(Path(path))
    return descriptor


def keep_private(path: Path) -> None:
    """Take an older file of ours from everybody but its owner.

    A missing file, a link and another owner's file stay as they are.
    """
    with suppress(OSError):
        found = path.lstat()
        ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
        if ours and stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(PRIVATE)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk, after files in it were made, renamed or removed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents, and bring their names to the disk.

    A folder whose own name is not on the disk would be lost with its files in a power failure.
    """
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)

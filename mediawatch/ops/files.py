"""Files that are either there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from mediawatch.domain import UserError

FileWriter = Callable[[Path, bytes], None]
"""`write_whole`, or `FileBatch.add` while something is planned."""


class FileBatch:
    """Files that wait beside their places, and get their names together."""

    def __init__(self) -> None:
        self._parts: dict[Path, Path] = {}
        self._new: list[Path] = []

    def add(self, target: Path, body: bytes) -> None:
        """Bring a file's content to the disk. UserError names the place when the disk refuses."""
        part = _part_of(target)
        try:
            _write_part(part, body)
        except OSError as error:
            _remove(part)
            raise _refusal(target, error) from error
        self._parts[target] = part

    def publish(self) -> None:
        """Give each its name. UserError where one is refused: then `withdraw` the others."""
        for target, part in self._parts.items():
            try:
                is_new = not target.exists()
                part.replace(target)
                sync_folder(target.parent)
            except OSError as error:
                raise _refusal(target, error) from error
            self._new += [target] if is_new else []

    def withdraw(self) -> None:
        """Remove what was published; a file that stood there before stays written over."""
        for target in self._new:
            _remove(target)

    def clear(self) -> None:
        """Remove what still waits."""
        for part in self._parts.values():
            _remove(part)


def write_whole(target: Path, body: bytes) -> None:
    """Write beside the target, fsync, rename over it, fsync the folder. UserError names the place
    when the disk refuses.
    """
    part = _part_of(target)
    try:
        _write_part(part, body)
        part.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        _remove(part)
        raise _refusal(target, error) from error


def _part_of(target: Path) -> Path:
    return target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")


def _write_part(part: Path, body: bytes) -> None:
    _make_folder(part.parent)
    with part.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    with suppress(OSError):  # Whatever prevented the write may prevent the removal, too.
        path.unlink(missing_ok=True)


def _refusal(target: Path, error: OSError) -> UserError:
    return UserError(f"cannot write {target}: {error.strerror or error}")


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

"""Files that are either there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from mediawatch.domain import UserError
from mediawatch.refusals import refusal

PRIVATE = 0o600
"""The mode of a file that its owner alone may read."""


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
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        _make_folder(target.parent)
        with open(part, "xb", opener=None if shared else open_private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise UserError(f"cannot write {target}: {refusal(error)}") from error
    finally:
        with suppress(OSError):  # It has its name, or what prevented the write prevents this.
            part.unlink()


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

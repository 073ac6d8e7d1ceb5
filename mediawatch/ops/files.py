"""Files that are either there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from mediawatch.domain import UserError


def write_whole(target: Path, body: bytes) -> None:
    """Write beside the target, fsync, rename over it, fsync the folder. UserError names the place
    when the disk refuses.
    """
    with whole_file(target) as file:
        file.write(body)


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """A file to write in several steps, which takes the target's place at the end.

    The same steps as `write_whole`. Nothing is left of it where the block raises.
    """
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        _make_folder(target.parent)
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        sync_folder(target.parent)
    except BaseException as error:
        with suppress(OSError):  # Whatever prevented the write may prevent the removal, too.
            part.unlink()
        if isinstance(error, OSError):
            raise UserError(f"cannot write {target}: {error.strerror or error}") from error
        raise


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

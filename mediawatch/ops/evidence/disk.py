"""Evidence in a folder: the home's own, or one that several machines share."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from mediawatch.domain import UserError
from mediawatch.files import make_folder, sync_folder, write_whole
from mediawatch.ops.evidence.places import PlaceFile
from mediawatch.refusals import refusal

_CHUNK = 1 << 20
_OF_NETWORK = frozenset({errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN, errno.EHOSTDOWN})
"""A file server that does not answer: nothing is known of the file then."""


class DiskPlace:
    """A folder. Its files are their owner's alone, so all who share it run as one user."""

    at_once = 1
    """A disk answers no sooner for being asked by many."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def label(self) -> str:
        return str(self.root)

    @property
    def location(self) -> str:
        return self.label

    def write(self, path: str, body: bytes) -> None:
        target = self.root / path
        there = self._holds(target, body)
        if there:
            # An earlier look wrote it, and may have been killed before the name was on the disk.
            sync_folder(target.parent)
            return
        if there is False:
            # Imported here: with it come rich and pygments.
            from mediawatch.log import get_logger

            get_logger(__name__).error(
                f"{target} has other bytes than were kept under its name: they are written anew"
            )
        write_whole(target, body)
        if not self._holds(target, body):
            raise UserError(f"{target} is stored otherwise than it was written: check that disk")

    @staticmethod
    def _holds(target: Path, body: bytes) -> bool | None:
        """Whether the file has these bytes; None where there is no file."""
        try:
            return target.read_bytes() == body
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise UserError(f"cannot read {target}: {refusal(error)}") from error

    def chunks(self, path: str) -> Iterator[bytes]:
        target = f"{self.root}/{path}"
        try:
            with open(target, "rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except OSError as error:
            if error.errno in _OF_NETWORK:
                raise UserError(
                    f"cannot read {target}: {refusal(error)}: is it mounted?"
                ) from error
            # A file that this disk will not give is as good as lost, and told as that.
            raise FileNotFoundError(path) from None

    def files(self, day: str = "") -> Iterator[PlaceFile]:
        try:
            entries = sorted(os.scandir(self.root / day), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise UserError(f"cannot list {self.root / day}: {refusal(error)}") from error
        for entry in entries:
            path = f"{day}/{entry.name}" if day else entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from self.files(path)
                continue
            with suppress(FileNotFoundError):  # It may have left meanwhile.
                found = entry.stat()
                changed = datetime.fromtimestamp(found.st_mtime, UTC)
                yield PlaceFile(path, found.st_size, changed)

    def remove(self, paths: Sequence[str]) -> None:
        for path in paths:
            try:
                (self.root / path).unlink(missing_ok=True)
            except OSError as error:
                raise UserError(f"cannot remove {self.root / path}: {refusal(error)}") from error

    def prepare(self) -> None:
        try:
            make_folder(self.root)
        except OSError as error:
            raise UserError(f"cannot make {self.root}: {refusal(error)}") from error

"""Where a person may have a command write: docs/reliability.md says the rule, this file holds it.

A name is judged before the work begins, and once more when the file is written.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto
from errno import EACCES, EPERM, EROFS
from functools import partial
from pathlib import Path
from typing import IO

from mediawatch.domain import UserError
from mediawatch.files import FileBatch, FileWriter, refuse_special, whole_file, write_whole
from mediawatch.refusals import refusal
from mediawatch.visible import make_one_line

OUTPUT_FOLDERS = ("documents", "dispatch", "worklist")
"""The folders of a home that are for documents and forms, as in a demonstration."""
_SETTINGS = "mediawatch.toml"
"""What makes a folder a home."""
_SQLITE = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")
"""How files end that belong to a database of SQLite."""


class OutputKind(Enum):
    """What a person names."""

    FILE = auto()
    FOLDER = auto()
    """Files go into it under names of their own; made where the folder around it is there."""
    EITHER = auto()
    """A file where the name has an ending, unless it is a folder already."""
    HOME = auto()
    """A folder that becomes a home, and is nobody's place for documents."""
    MEMBER = auto()
    """A file in a folder that was named; folders between them are made."""


class Replacing(Enum):
    """Whether a file that exists already is replaced."""

    NEVER = auto()
    ASKED = auto()
    """With `--force`."""
    ALWAYS = auto()
    """A file that tells the present state, and is read by a program."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file or a folder that a person named for what a command writes.

    `home` is the home that the command works on; others are known by their settings.
    """

    path: Path
    kind: OutputKind = OutputKind.FILE
    replacing: Replacing = Replacing.ASKED
    force: bool = False
    home: Path | None = None

    def __str__(self) -> str:
        return make_one_line(str(self.path))

    @property
    def is_folder(self) -> bool:
        match self.kind:
            case OutputKind.EITHER:
                return self.path.is_dir() or not self.path.suffix
            case OutputKind.FOLDER | OutputKind.HOME:
                return True
        return False

    @property
    def replaces(self) -> bool:
        """Whether a file that stands there is replaced."""
        match self.replacing:
            case Replacing.ALWAYS:
                return True
            case Replacing.ASKED:
                return self.force
        return False

    def file(self, name: str) -> Output:
        """A file in this folder; its name may lead through further folders."""
        return replace(self, path=self.path / name, kind=OutputKind.MEMBER)

    def check_place(self) -> None:
        """UserError where nothing may be written, whether it exists or not.

        A name that is not one line is refused: every message and list that names it would break.
        """
        if "\n" in str(self.path) or "\r" in str(self.path):
            raise UserError(f"{self} has a line end in its name: name another place")
        if self.is_folder:
            self._check_folder()
        else:
            self._check_file()

    def check(self) -> None:
        """UserError where nothing may be written, and where a file is there that must stay."""
        self.check_place()
        if not self.is_folder and not self.replaces and os.path.lexists(self.path):
            remedy = "" if self.replacing is Replacing.NEVER else ", or replace it with --force"
            raise UserError(f"{self} exists already: name another file{remedy}")

    def refuse_inputs(self, files: Iterable[Path]) -> None:
        """UserError where it is one of the files that the command reads, also with `--force`."""
        if os.path.realpath(self.path) in map(os.path.realpath, files):
            raise UserError(f"{self} is one of the files to import: name another one")

    def check_home(self) -> None:
        """UserError for a folder in a home that is no place for it; it may be missing."""
        self._refuse_home(self.path)

    def write(self, body: bytes, *, shared: bool = False) -> None:
        """Write the file as `write_whole` does. UserError as `check`."""
        self.writer()(self.path, body, shared=shared)

    def writer(self, write: FileWriter = write_whole) -> FileWriter:
        """`write` as this output allows it, for whoever makes up the body and the names."""

        def checked(
            target: Path, body: bytes | Path, *, shared: bool = False, replace: bool = True
        ) -> None:
            one = self if target == self.path else self._member(target)
            one.check()
            free = shared and _home_around(one.path, self.home) is None
            write(target, body, shared=free, replace=replace and self.replaces)

        return checked

    @contextmanager
    def whole(self, *, shared: bool = False) -> Iterator[IO[bytes]]:
        """The file to be written, as `whole_file` gives it. UserError as `check`."""
        self.check()
        free = shared and _home_around(self.path, self.home) is None
        with whole_file(self.path, shared=free, replace=self.replaces) as file:
            yield file

    @contextmanager
    def together(self, *, shared: bool = False) -> Iterator[Callable[[Path, bytes], None]]:
        """A writer of this file and of others beside it, which get their names together.

        After an exception none of them is there that was not there before. UserError as `check`.
        """
        files = FileBatch()
        try:
            yield partial(self.writer(files.add), shared=shared)
            try:
                files.publish()
            except BaseException:
                files.withdraw()
                raise
        finally:
            files.clear()

    def _member(self, target: Path) -> Output:
        return replace(self, path=target, kind=OutputKind.MEMBER)

    def _check_file(self) -> None:
        if str(self.path) == "-":
            raise UserError("- is no name of a file: name one, or leave the option out to print")
        self._refuse_home(self.path.parent, self.path.name)
        refuse_special(self.path)
        if _is_of_database(self.path):
            raise UserError(f"{self} is a database: name another file")
        if self.kind is not OutputKind.MEMBER or self.path.parent.exists():
            _refuse_folder(self.path.parent, self.path)

    def _check_folder(self) -> None:
        if self.kind is OutputKind.HOME:
            if self.path.is_symlink():
                raise UserError(f"{self} is a symbolic link: name the folder itself")
            self._refuse_home(self.path.absolute().parent, self.path.name)
        else:
            self._refuse_home(self.path)
        if os.path.lexists(self.path):
            _refuse_folder(self.path, self.path)
        else:
            _refuse_folder(self.path.absolute().parent, self.path)

    def _refuse_home(self, folder: Path, name: str = "") -> None:
        """UserError for a place in a home, but in its folders for documents."""
        if (home := _home_around(folder, self.home)) is None:
            return
        inside = Path(os.path.realpath(folder)).relative_to(home) / name
        is_place = inside.parts[:1] and inside.parts[0] in OUTPUT_FOLDERS
        if is_place and (len(inside.parts) > 1 or not name) and self.kind is not OutputKind.HOME:
            return
        is_known = self.home is not None and _is_same(home, self.home)
        why = "" if is_known else f" (a folder that holds {_SETTINGS} is one)"
        raise UserError(
            f"{self} lies in the home {home}{why}, where only mediawatch keeps files: name a place "
            f"outside of it, or in its folder {OUTPUT_FOLDERS[0]}"
        )


def _home_around(folder: Path, home: Path | None) -> Path | None:
    """The home that a folder lies in or is, by what the disk says: links and `..` change nothing.

    A folder that is not there yet lies where the next one above it does.
    """
    place = Path(os.path.realpath(folder))
    for each in (place, *place.parents):
        if _is_same(each, home) or os.path.lexists(each / _SETTINGS):
            return each
    return None


def _is_same(folder: Path, home: Path | None) -> bool:
    try:
        return home is not None and folder.samefile(home)
    except OSError:
        return False


def _refuse_folder(folder: Path, output: Path) -> None:
    """UserError where a folder is missing, none, or closed to this user."""
    if not os.path.lexists(folder):
        raise UserError(
            f"{output}: there is no folder {folder}: make it by `mkdir -p {shlex.quote(str(folder))}`"
        )
    if not folder.is_dir():
        kind = "a file" if folder.is_file() else "a pipe, a device, a socket or a broken link"
        raise UserError(
            f"cannot write {output}: {folder} is no folder but {kind}: name another place"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f"cannot write {output}: {refusal(OSError(_why_closed(folder), ''))}")


def _why_closed(folder: Path) -> int:
    """The error that writing there would give."""
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return EROFS
    found = folder.stat()
    owns = found.st_uid == os.geteuid() and found.st_mode & 0o300 == 0o300
    return EPERM if os.geteuid() == 0 or owns else EACCES


def _is_of_database(path: Path) -> bool:
    """Whether it is a database of SQLite, or stands beside one that needs it."""
    names = [
        str(path),
        *(str(path).removesuffix(end) for end in _BESIDE if path.name.endswith(end)),
    ]
    return any(_begins_as_database(name) for name in names)


def _begins_as_database(name: str) -> bool:
    try:
        with open(name, "rb", opener=_open_at_once) as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except (OSError, ValueError):
        return False


def _open_at_once(name: str, flags: int) -> int:
    # A pipe would wait for somebody to write into it.
    return os.open(name, flags | os.O_NONBLOCK | os.O_NOCTTY)

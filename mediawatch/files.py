"""Files that are either there as a whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from mediawatch.domain import UserError
from mediawatch.refusals import refusal

PRIVATE = 0o600
"""The mode of a file that its owner alone may read."""
PRIVATE_FOLDER = 0o700
"""The mode of a folder that its owner alone may enter."""
OTHERS = 0o077
"""The part of a mode that says what others than the owner may do."""


class FileWriter(Protocol):
    """`write_whole`, or `FileBatch.add` while something is planned.

    `body` may be a file that holds it, for what is large.
    """

    def __call__(
        self, target: Path, body: bytes | Path, *, shared: bool = False, replace: bool = True
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class _Part:
    """A file that waits beside its place. `replace`: whether it may take the place of another."""

    path: Path
    replace: bool

    def publish(self, target: Path) -> None:
        """Give it its name. UserError where something is in the way, OSError as the disk says."""
        refuse_special(target)
        if self.replace:
            self.path.replace(target)
        else:
            _name_first(self.path, target)
        sync_folder(target.parent)


class FileBatch:
    """Files that wait beside their places, and get their names together."""

    def __init__(self) -> None:
        self._parts: dict[Path, _Part] = {}
        self._new: list[Path] = []

    def add(
        self, target: Path, body: bytes | Path, *, shared: bool = False, replace: bool = True
    ) -> None:
        """Bring a file's content to the disk; the words are those of `whole_file`.

        UserError names the place when the disk refuses.
        """
        refuse_special(target)
        # Noted first: a stop may come at any moment, and `clear` must know of it.
        part = self._parts[target] = _Part(_part_of(target), replace)
        try:
            with _write_part(part.path, shared=shared) as file:
                _fill(file, body)
        except OSError as error:
            _remove(self._parts.pop(target).path)
            raise _refused(target, error) from error

    def publish(self) -> None:
        """Give each its name. UserError where one is refused: then `withdraw` the others."""
        for target, part in self._parts.items():
            try:
                is_new = not target.exists()
                part.publish(target)
                self._new += [target] if is_new else []
            except OSError as error:
                raise _refused(target, error) from error

    def withdraw(self) -> None:
        """Take the names from new files; a file that stood there before stays written over."""
        for target in self._new:
            _remove(target)

    def clear(self) -> None:
        """Remove what still waits."""
        for part in self._parts.values():
            _remove(part.path)


def write_whole(
    target: Path, body: bytes | Path, *, shared: bool = False, replace: bool = True
) -> None:
    """Write a file by `whole_file`. UserError names the place when the disk refuses."""
    with whole_file(target, shared=shared, replace=replace) as file:
        _fill(file, body)


def _fill(file: IO[bytes], body: bytes | Path) -> None:
    if isinstance(body, bytes):
        file.write(body)
        return
    with body.open("rb") as given:
        shutil.copyfileobj(given, file, 1 << 20)


@contextmanager
def whole_file(target: Path, *, shared: bool = False, replace: bool = True) -> Iterator[IO[bytes]]:
    """Write beside the target, fsync, rename over it, fsync the folder.

    Its owner alone may read it. `shared` is for what is handed on and holds no contact, and for
    what another program reads: then the umask decides (docs/running.md lists them). A folder that
    is made for it is closed as the file is. Without `replace` the name must be free, also at the
    end: of two that write one name at once, one wins. After an exception nothing of it is left.
    UserError names the place when the disk refuses, or where something else than a file is there.
    """
    refuse_special(target)
    part = _part_of(target)
    try:
        with _write_part(part, shared=shared) as file:
            yield file
        _Part(part, replace).publish(target)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        _remove(part)  # It has its name, or what prevented the write may prevent this.


def refuse_special(target: Path) -> None:
    """UserError where a name belongs to something else than a file: renaming would remove it."""
    try:
        mode = target.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise _refused(target, error) from error
    is_link = stat.S_ISLNK(mode)
    if is_link:
        with suppress(OSError):
            mode = target.stat().st_mode
    if stat.S_ISDIR(mode):
        raise UserError(f"{target} is a folder: name a file in it")
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise UserError(f"{target} is a pipe, a device or a socket: name a file")
    if is_link:
        raise UserError(
            f"{target} is a symbolic link to {target.readlink()}: name the file itself, or remove "
            "the link"
        )


def _name_first(part: Path, target: Path) -> None:
    """Give a file a name that must be free. UserError where somebody else has it by now."""
    try:
        try:
            os.link(part, target)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
                raise
            # This disk knows no second names (FAT): an empty file holds the name meanwhile.
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
            try:
                part.replace(target)
            except BaseException:
                _remove(target)
                raise
    except FileExistsError:
        raise UserError(f"{target} exists by now: somebody else made it; name another") from None


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Fill a new folder beside the target, which gets that name when all is in it.

    After an exception nothing of it is left. UserError names the place when the disk refuses.
    """
    part = _part_of(target)
    try:
        make_folder(part)
        yield part
        part.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _part_of(target: Path) -> Path:
    # In bytes: a Chinese character takes three, and a name may have 255.
    name = os.fsencode(target.name)[:150].decode(errors="ignore")
    return target.with_name(f".{name}.{secrets.token_hex(6)}.part")


@contextmanager
def _write_part(part: Path, *, shared: bool) -> Iterator[IO[bytes]]:
    make_folder(part.parent, shared=shared)
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
    _close_to_others(path, stat.S_ISREG, PRIVATE)


def keep_tree_private(root: Path) -> None:
    """Take a folder of ours and all in it from everybody but its owner, as `keep_private` does."""
    for path in open_to_others(root):
        keep_private(path)
        _close_to_others(path, stat.S_ISDIR, PRIVATE_FOLDER)


def open_to_others(root: Path) -> Iterator[Path]:
    """The folder, and the folders and files in it, that others than their owner have a right to.

    Links are left out. So is what goes away meanwhile, or cannot be listed.
    """
    for folder, _, names in os.walk(root):
        for path in (Path(folder), *(Path(folder, name) for name in names)):
            with suppress(OSError):
                mode = path.lstat().st_mode
                if (stat.S_ISDIR(mode) or stat.S_ISREG(mode)) and mode & OTHERS:
                    yield path


def _close_to_others(path: Path, is_kind: Callable[[int], bool], mode: int) -> None:
    with suppress(OSError):
        found = path.lstat()
        ours = is_kind(found.st_mode) and found.st_uid == os.geteuid()
        if ours and stat.S_IMODE(found.st_mode) & OTHERS:
            # Its owner may run it if he could before.
            path.chmod(stat.S_IMODE(found.st_mode) & 0o700 | mode)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk, after files in it were made, renamed or removed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, *, shared: bool = False) -> None:
    """Make a folder and its parents, and bring their names to the disk. OSError as `os.mkdir`.

    Not by `Path.mkdir`: that makes the parents as the umask says.

    A folder whose own name is not on the disk would be lost with its files in a power failure.
    Its owner alone may enter it; where it is `shared`, the umask decides.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent, shared=shared)
    folder.mkdir(0o777 if shared else PRIVATE_FOLDER, exist_ok=True)
    sync_folder(folder.parent)

"""The tar file of a backup, read strictly: plain files one after the other, and nothing else.

`tarfile` alone follows what a header says: sparse files of a terabyte, sizes from an extra header,
links and devices. Here a header is decoded by it, and every other kind is refused.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

_BLOCK = tarfile.BLOCKSIZE
_PLAIN_SIZE = 8**11
"""From this size on, a plain header has no room for a file's size."""
_LONGEST_EXTRA = 16_384
"""Bytes of an extra header; the longest name takes 4 kB."""
_LONGEST_END = 2 * tarfile.RECORDSIZE
MAX_FILES = 2_000_000
"""Files of a backup, so that its list has room in memory."""


class TarFault(ValueError):
    """The file is no tar as a backup writes it; the words are a clause for the operator."""


@dataclass(frozen=True, slots=True)
class TarMember:
    """A file within the tar: its name, its first byte's place, its size in bytes."""

    name: str
    offset: int
    size: int


def read_members(file: IO[bytes]) -> Iterator[TarMember]:
    """The files of a tar, from its headers alone. TarFault at the first thing that is wrong."""
    end = os.fstat(file.fileno()).st_size
    at = count = 0
    while True:
        block, at = _read(file, at, _BLOCK, end), at + _BLOCK
        if not any(block):
            _require_end(file, at, end)
            return
        info, extra = _header(block), dict[str, str]()
        if info.type == tarfile.XHDTYPE:
            if not 0 < info.size <= _LONGEST_EXTRA:
                raise TarFault(f"an extra header of {info.size} bytes")
            extra = _extra(_read(file, at, info.size, end))
            at += _padded(info.size)
            block, at = _read(file, at, _BLOCK, end), at + _BLOCK
            info = _header(block)
        name = extra.get("path", info.name)
        if info.type != tarfile.REGTYPE:
            raise TarFault(f"it holds {name[:200]!r}, which is no plain file")
        size = _size(info.size, extra)
        if size < 0 or at + size > end:
            raise TarFault(f"{name[:200]!r} is cut short")
        count += 1
        if count > MAX_FILES:
            raise TarFault(f"it holds more than {MAX_FILES} files")
        yield TarMember(name, at, size)
        at += _padded(size)


def read_chunks(file: IO[bytes], member: TarMember, chunk: int = 1 << 20) -> Iterator[bytes]:
    """The bytes of one file. TarFault where the tar has been cut meanwhile."""
    file.seek(member.offset)
    left = member.size
    while left:
        body = file.read(min(chunk, left))
        if not body:
            raise TarFault(f"{member.name[:200]!r} is cut short")
        left -= len(body)
        yield body


def _read(file: IO[bytes], at: int, size: int, end: int) -> bytes:
    if at + size > end:
        raise TarFault("it was cut short")
    file.seek(at)
    return file.read(size)


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.TarError as error:
        raise TarFault(str(error) or "a damaged header") from None


def _extra(body: bytes) -> dict[str, str]:
    """The entries of a PAX header: `LENGTH KEY=VALUE` and a line's end, LENGTH in bytes."""
    found: dict[str, str] = {}
    while body:
        digits, _, _ = body.partition(b" ")
        length = int(digits) if digits.isdigit() and len(digits) < 6 else 0
        entry = body[len(digits) + 1 : length]
        if length > len(body) or not entry.endswith(b"\n"):
            raise TarFault("a damaged extra header")
        key, _, value = entry[:-1].decode("utf-8", "surrogateescape").partition("=")
        if key not in ("path", "size", "mtime") or key in found:
            raise TarFault(f"an extra header with {key[:40]!r}")
        found[key] = value
        body = body[length:]
    return found


def _size(plain: int, extra: dict[str, str]) -> int:
    """An extra header gives a file's size where it is too large for the plain one, and only then."""
    if "size" not in extra:
        return plain
    said = extra["size"]
    if plain or not (said.isascii() and said.isdigit() and len(said) < 20):
        raise TarFault("a size that no backup writes")
    size = int(said)
    if size < _PLAIN_SIZE:
        raise TarFault("a size that no backup writes")
    return size


def _require_end(file: IO[bytes], at: int, end: int) -> None:
    """Nothing but zeros follows the last file."""
    if end - at > _LONGEST_END:
        raise TarFault("something follows its end")
    if any(_read(file, at, end - at, end)):
        raise TarFault("something follows its end")

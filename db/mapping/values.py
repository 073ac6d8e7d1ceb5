"""What all mappings share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, TypeVar

from sqlalchemy import Row

T = TypeVar("T")
Values = dict[str, Any]
AnyRow = Row[*tuple[Any, ...]]


def fields_of(thing: object, names: Sequence[str]) -> Values:
    return {name: getattr(thing, name) for name in names}


def portions(items: Sequence[T], size: int = 5_000) -> Iterator[Sequence[T]]:
    """Slices that stay below the number of parameters a statement may have (32 766 in SQLite, 65
    535 in PostgreSQL).
    """
    return (items[start : start + size] for start in range(0, len(items), size))


def hash_words(*parts: str) -> int:
    """64 bits, signed as a column holds them.

    Migrations have filled columns with it: it never changes.
    """
    text = "\x1f".join(parts).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)

"""What the core asks of the kept hand-offs of lower offices."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from mediawatch.domain import HandedFile


class HandedFileStore(Protocol):
    """The files that lower offices handed in, with what came of them. Rows are never updated."""

    async def add(self, file: HandedFile, body: bytes) -> None:
        """Append a file; of a refused one the body is not kept."""

    async def of_round(self, round: str) -> list[HandedFile]:
        """All files of an inspection, in the order in which they were received."""

    async def bodies(self, ids: Collection[int]) -> dict[int, bytes]:
        """The documents of files, by id; those whose body was not kept are left out."""

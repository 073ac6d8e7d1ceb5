"""What the core asks of the kept evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mediawatch.domain import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvidence:
    """One piece of evidence and the reading it belongs to (0: a unit filed it with an answer, somebody with a
    step of 关停, or a search for unfiled accounts took it; the last belongs to account 0, which is none).

    `proves`: a finding rests on it.
    """

    evidence: Evidence
    reading_id: int
    account_id: int
    sweep_id: int | None
    read_at: datetime
    proves: bool = False
    sweep_runs: bool = False
    """The reading's sweep is not finished: its result is not known yet."""


class EvidenceStore(Protocol):
    """Which evidence was ever kept; the files themselves lie in the evidence folder."""

    async def page(self, after: int) -> tuple[list[KeptEvidence], int | None]:
        """Some thousand pieces of all that was ever kept, and what to go on after; None at the end.

        They come in the order in which they were kept, whether their files are still there or not.
        The first page comes after 0. One page is as of one moment, all of them are not.
        """

    async def owners(self, hashes: Collection[str]) -> dict[str, set[int]]:
        """By SHA-256, the accounts for which evidence with these bytes was ever kept.

        A hash without any account has no entry.
        """

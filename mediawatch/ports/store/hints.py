"""What the core asks of the kept hints, and of links as they came in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from mediawatch.domain import Hint, LinkReceipt


class HintStore(Protocol):
    """What others say. No verdict, no due date and no finding is made of it."""

    async def add(self, hints: Sequence[Hint]) -> None:
        """Keep hints. One that stands in the same place of the same file is left as it is."""

    async def of_accounts(self, account_ids: Iterable[int]) -> dict[int, list[Hint]]:
        """By account, the newest received first. An account without a hint has no entry."""

    async def all(self, since: datetime | None = None) -> list[Hint]:
        """All of them, or those received from `since` on; the newest received first."""

    async def keep_receipts(self, receipts: Sequence[LinkReceipt]) -> None:
        """Keep links as they came in. One of the same place takes the new result."""

    async def receipts(self, account_ids: Iterable[int]) -> dict[int, list[LinkReceipt]]:
        """Links that belong to these accounts or were given for them, the newest first."""

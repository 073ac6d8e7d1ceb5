"""What the core asks of the kept 重要信息转载任务."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mediawatch.domain import RepostEvent, RepostTask


class RepostStore(Protocol):
    """Tasks and what became of them: appended, never updated."""

    async def add(self, task: RepostTask) -> RepostTask:
        """Keep a task; returned with its number."""

    async def all(self) -> list[RepostTask]:
        """Every task, the oldest first."""

    async def add_events(self, events: Sequence[RepostEvent]) -> None: ...

    async def events(self) -> list[RepostEvent]:
        """Every event, the oldest first."""

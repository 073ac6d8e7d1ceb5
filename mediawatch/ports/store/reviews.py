"""What the core asks of the kept reviews."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from mediawatch.domain import Code, ReviewEvent
from mediawatch.ports.store.sweeps import Rejudgement


class ReviewStore(Protocol):
    """What people decided about findings."""

    async def events(self, sweep_id: int) -> list[ReviewEvent]:
        """All events of a sweep, oldest first.

        Those of findings that a later judgement took back are included.
        """

    async def events_about(self, codes: Collection[Code]) -> list[ReviewEvent]:
        """The events of all sweeps about findings of these codes, oldest first."""

    async def add(
        self,
        sweep_id: int,
        events: Sequence[ReviewEvent],
        *,
        after: int,
        rejudged: Rejudgement | None = None,
    ) -> None:
        """Append events about a sweep's findings, all or none; the findings' `review` follows.

        `after` is the id of the newest event that was known at the decision, 0 for none. UserError
        where one of the findings has a newer event, has gone, or says something else by now.
        UserError too where anything became known about one of the accounts since it was judged.
        `rejudged` is written first, in the same transaction.
        """

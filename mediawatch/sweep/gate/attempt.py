"""The gate, as seen by one look."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from datetime import datetime

from mediawatch.domain import Outcome, Sight
from mediawatch.ports import Clock, Gate, Rank, See, Visit
from mediawatch.sweep.gate.pacing import Pacing


@dataclass(slots=True)
class LookGate:
    """Implements `ports.Gate` for one look in progress: its visits have its rank."""

    gate: Gate
    rank: Rank
    pacing: Pacing
    clock: Clock
    began: datetime | None = None
    """When its first visit began."""
    turned_away: dict[str, Outcome | str] = field(default_factory=dict)
    """By surface, why it turned this look away.

    Surfaces declared closed are left out: no answer was expected of them.
    """
    resting: dict[str, str] = field(default_factory=dict)
    """The rate-limited ones among them, which open again: surface to session."""

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        """See `ports.Gate.visit`."""

        def note_begin() -> Awaitable[Sight]:
            self.began = self.began or self.clock()
            return see()

        surface = visit.surface
        sight = await self.gate.visit(replace(visit, rank=self.rank), note_begin)
        if sight is not None:
            self.turned_away.pop(surface, None)
        elif not visit.declared_closed:
            why = self.turned_away[surface] = self.pacing.why_refused(surface, visit.session)
            if why is Outcome.RATE_LIMITED:
                self.resting[surface] = visit.session
        return sight

    async def wait_for_rest(self) -> str:
        """Wait for a surface that turned this look away because it rests.

        Returns its name; "" where no surface is worth waiting for.
        """
        while self.resting:
            surface, session = self.resting.popitem()
            if await self.pacing.wait_for_rest(surface, session):
                return surface
        return ""

    async def pause(self, visit: Visit) -> None:
        """See `ports.Gate.pause`."""
        await self.gate.pause(replace(visit, rank=self.rank))

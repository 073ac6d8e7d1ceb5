"""The gate as one look meets it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from mediawatch.domain import Outcome, Pace, Sight
from mediawatch.ports import Clock, Rank, RankedGate
from mediawatch.sweep.gate.pacing import Pacing


class Turnstile:
    """Implements `ports.Gate`: the visits of a look have its rank; when the first began is noted,
    and which surfaces turned it away.
    """

    def __init__(self, gate: RankedGate, rank: Rank, pacing: Pacing, clock: Clock) -> None:
        self.began: datetime | None = None
        self.turned_away: dict[str, Outcome | str] = {}
        """By surface, why. Not those declared closed, from which nobody hoped for anything."""
        self._gate, self._rank, self._pacing, self._clock = gate, rank, pacing, clock
        self._resting: dict[str, str] = {}
        """Of these the rate-limited ones, which come back: surface to session."""

    async def visit(
        self,
        surface: str,
        session: str,
        pace: Pace,
        see: Callable[[], Awaitable[Sight]],
        *,
        declared_closed: bool = False,
    ) -> Sight | None:
        """See `ports.Gate.visit`."""

        async def begun() -> Sight:
            self.began = self.began or self._clock()
            return await see()

        sight = await self._gate.visit(
            surface, session, pace, begun, declared_closed=declared_closed, rank=self._rank
        )
        if sight is not None:
            self.turned_away.pop(surface, None)
        elif not declared_closed:
            why = self.turned_away[surface] = self._pacing.paused(surface, session)
            if why is Outcome.RATE_LIMITED:
                self._resting[surface] = session
        return sight

    async def rested(self) -> str:
        """Wait for a surface that turned this look away because it rests; its name, "" where none
        is to be waited for.
        """
        while self._resting:
            surface, session = self._resting.popitem()
            if await self._pacing.rested(surface, session):
                return surface
        return ""

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        """See `ports.Gate.pause`."""
        await self._gate.pause(surface, session, pace)

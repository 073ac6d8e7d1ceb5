"""The gate as one look meets it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from mediawatch.domain import Outcome, Pace, Sight
from mediawatch.ports import Clock, Rank, RankedGate

Why = Callable[[str, str], Outcome | str]
"""Why a surface with a session is paused now; empty where it is not."""


class Turnstile:
    """Implements `ports.Gate`: the visits of a look have its rank; when the first began is noted, and which surfaces turned it away."""

    def __init__(self, gate: RankedGate, rank: Rank, why: Why, clock: Clock) -> None:
        self.began: datetime | None = None
        self.turned_away: dict[str, Outcome | str] = {}
        """By surface, why. Not those declared closed, from which nobody hoped for anything."""
        self._gate, self._rank, self._why, self._clock = gate, rank, why, clock

    async def visit(
        self, surface: str, session: str, pace: Pace, see: Callable[[], Awaitable[Sight]], *, declared_closed: bool = False
    ) -> Sight | None:
        """See `ports.Gate.visit`."""

        async def begun() -> Sight:
            self.began = self.began or self._clock()
            return await see()

        sight = await self._gate.visit(surface, session, pace, begun, declared_closed=declared_closed, rank=self._rank)
        if sight is not None:
            self.turned_away.pop(surface, None)
        elif not declared_closed:
            self.turned_away[surface] = self._why(surface, session)
        return sight

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        """See `ports.Gate.pause`."""
        await self._gate.pause(surface, session, pace)

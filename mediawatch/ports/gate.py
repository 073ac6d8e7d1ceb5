"""The `Gate`: whose turn it is to visit a site, and whether it may be visited now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from mediawatch.domain import Pace, Sight


class Rank(IntEnum):
    """Whose turn comes first where several wait for one surface."""

    CHECK = 0
    """对照: the looks of others, or their results, wait for it."""
    SECOND_LOOK = 1
    FIRST_LOOK = 2


@dataclass(slots=True)
class CallCount:
    """The calls that one visit has made so far."""

    made: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit by one surface with one session ("" for a visitor)."""

    surface: str
    session: str = ""
    pace: Pace
    """As the surface declares it."""
    paced_as: str = ""
    """The name under which surfaces share one pace; "" where it is the surface's own."""
    calls: CallCount = field(default_factory=CallCount, compare=False)
    """Counted by the gate: the visit itself, and every pause within it."""
    rank: Rank = Rank.FIRST_LOOK
    """Set by the gate of the look: a scraper does not know it."""
    declared_closed: bool = False
    site: str = ""
    """The site whose open page it asks from, with its session; "" where it opens a page of its own."""

    @property
    def pace_name(self) -> str:
        """Whose turns, spacing and caps it goes by, with its session."""
        return self.paced_as or self.surface


See = Callable[[], Awaitable[Sight]]
"""Makes a visit. Never raises a `Failure`: it returns a sight with that outcome."""


class Gate(Protocol):
    """Pace, retries and breakers, as the looker sees them. Keyed by surface and session."""

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        """Wait for this surface's turn, see, and note the outcome.

        None where it may not be visited: its breaker is open, its visits of the day are used up, or
        the run's end has come. A transient failure is tried again, up to three times.
        """

    async def pause(self, visit: Visit) -> None:
        """Wait for the turn of a further call of one visit; other visits wait from then on.

        It counts against the caps as a visit does. NoEvidence where the day's calls are used up.
        """

"""The `Gate`: whose turn it is to visit a site, and whether it may be visited now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import Protocol

from mediawatch.domain import Pace, Sight


class Gate(Protocol):
    """Pace, retries and breakers, as the looker sees them. Keyed by surface and session."""

    async def visit(
        self,
        surface: str,
        session: str,
        pace: Pace,
        see: Callable[[], Awaitable[Sight]],
        *,
        declared_closed: bool = False,
    ) -> Sight | None:
        """Wait for this surface's turn, see (the transient again, up to three times), note the
        outcome. None while its breaker is open.

        `see` never raises a `Failure`: it returns a sight with that outcome.
        """

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        """Wait between two calls of one visit; the surface's next visit waits from then on."""


class Rank(IntEnum):
    """Whose turn comes first where several wait for one surface."""

    CHECK = 0
    """对照: others' looks wait for it, or their results do."""
    SECOND_LOOK = 1
    FIRST_LOOK = 2


class RankedGate(Gate, Protocol):
    """A gate at which visits have ranks."""

    async def visit(
        self,
        surface: str,
        session: str,
        pace: Pace,
        see: Callable[[], Awaitable[Sight]],
        *,
        declared_closed: bool = False,
        rank: Rank = Rank.FIRST_LOOK,
    ) -> Sight | None:
        """See `Gate.visit`."""

"""Turns of one pace with one login: who is next, and when the next call may be made."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count

from mediawatch.domain import Pace
from mediawatch.domain.clock import beijing
from mediawatch.ports import EarlierCalls, PacedSource, SurfaceVisit

HOUR, DAY = 3600.0, 24 * 3600.0
"""Seconds."""


class Queue:
    """Lets one caller in at a time: the lowest rank first, and of equal ranks the first that came."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._taken = False

    async def enter(self, rank: int) -> None:
        """Wait for the turn; it lasts until `leave`."""
        if self._taken:
            called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heappush(self._waiting, (rank, next(self._numbers), called))
            try:
                await called
            except asyncio.CancelledError:
                if called.done() and not called.cancelled():
                    self.leave()
                raise
        self._taken = True

    def leave(self) -> None:
        """Let the next waiting caller in."""
        while self._waiting:
            *_, called = heappop(self._waiting)
            if not called.done():
                called.set_result(None)
                return
        self._taken = False


@dataclass
class PacedCalls:
    """The calls of one pace with one session. Moments are the event loop's seconds."""

    free_at: float = 0.0
    calls: deque[float] = field(default_factory=deque)
    """Moments of the last day's calls, oldest first."""
    ended_until: float = 0.0
    """The site wants a person: no surface of this pace may visit before this moment."""

    def is_full(self, pace: Pace) -> bool:
        """Whether the day's calls are used up."""
        return pace.per_day is not None and len(self.calls) >= pace.per_day

    def note_call(self, at: float, spacing: float) -> None:
        """Count a call at this moment; the next one may be made so many seconds later."""
        self.calls.append(at)
        self.free_at = max(self.free_at, at + spacing)

    def wait(self, pace: Pace, now: float, scale: float) -> float:
        """Seconds until the next call may be made; the day's cap and quiet hours are left out."""
        while self.calls and self.calls[0] <= now - DAY * scale:
            self.calls.popleft()
        wait = max(0.0, self.free_at - now)
        if pace.per_hour is not None and len(self.calls) >= pace.per_hour:
            wait = max(wait, self.calls[-pace.per_hour] + HOUR * scale - now)
        return wait


def earlier_calls(
    earlier: Iterable[SurfaceVisit], now: datetime, paced_as: Mapping[str, str]
) -> list[EarlierCalls]:
    """What sights tell of earlier runs, by the pace that each surface shares, or by its own."""
    return [
        EarlierCalls(
            source=PacedSource(
                surface=visited.surface,
                session=visited.session,
                pace_name=paced_as.get(visited.surface) or visited.surface,
            ),
            ago=now - visited.at,
            calls=visited.calls,
            ends_day=visited.ends_day,
        )
        for visited in earlier
    ]


def quiet_left(quiet: tuple[time, time], now: datetime) -> timedelta:
    """How long the quiet hours still last; 0 outside of them.

    They are Beijing wall clock, and run past midnight where the end is earlier than the start.
    """
    start, end = quiet
    local = beijing(now)
    inside = (
        start <= local.time() < end if start <= end else local.time() >= start or local.time() < end
    )
    if not inside:
        return timedelta(0)
    over = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return (over if over > local else over + timedelta(days=1)) - local

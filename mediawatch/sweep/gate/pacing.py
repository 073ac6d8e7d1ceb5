"""The gate before every visit: whose turn it is, spacing, caps, quiet hours, retry of the
transient, breakers (docs/pace.md).
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count

import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    wait_exponential_jitter,
)
from tenacity.stop import stop_base

from mediawatch.domain import Outcome, Pace, Sight
from mediawatch.domain.clock import beijing
from mediawatch.ports import Clock, Rank, SurfaceVisit
from mediawatch.sweep.gate.breakers import DECISIONS, RESTS, Breaker

log = structlog.get_logger(__name__)

_HOUR, _DAY = 3600.0, 24 * 3600.0
DAY_FULL = "24小时内访问次数已达上限"
OVER = "检查时段已结束"


class Queue:
    """One at a time: of those who wait the lowest rank, of equals the first that came."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._taken = False

    @asynccontextmanager
    async def turn(self, rank: int) -> AsyncIterator[None]:
        if self._taken:
            called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heappush(self._waiting, (rank, next(self._numbers), called))
            try:
                await called
            except asyncio.CancelledError:
                if called.done() and not called.cancelled():
                    self._call_next()
                raise
        self._taken = True
        try:
            yield
        finally:
            self._call_next()

    def _call_next(self) -> None:
        while self._waiting:
            *_, called = heappop(self._waiting)
            if not called.done():
                called.set_result(None)
                return
        self._taken = False


@dataclass
class _Lane:
    """One surface with one session. Moments are the event loop's seconds."""

    queue: Queue = field(default_factory=Queue)
    free_at: float = 0.0
    visits: deque[float] = field(default_factory=deque)
    """Of the last day, oldest first."""
    breaker: Breaker = field(default_factory=Breaker)
    paused: Outcome | str = ""
    """Why the last visit that was not admitted was not: what opened the breaker, or a reason in
    Chinese.
    """


def as_declared(surface: str, pace: Pace) -> Pace:
    """The pace of a surface where no setting says otherwise."""
    return pace


class Pacing:
    """Implements `ports.RankedGate`. `scale` multiplies every wait and every span of the paces (0
    in the demo), never the rest of a breaker. `pace_of` overrides what surfaces declare.
    `exit_bits` gathers what opened.
    """

    def __init__(
        self,
        *,
        scale: float = 1.0,
        seed: int | None = None,
        pace_of: Callable[[str, Pace], Pace] = as_declared,
        clock: Clock | None = None,
    ) -> None:
        """Without a `clock` there are no quiet hours, and no end."""
        self.scale = scale
        self.exit_bits = 0
        self.over = False
        """Whether a visit was not made because the end had come."""
        self._until: datetime | None = None
        self._at_once: asyncio.Semaphore | nullcontext[None] = nullcontext()
        self._pace_of, self._clock = pace_of, clock
        self._random = random.Random(seed)
        self._lanes: dict[tuple[str, str], _Lane] = {}

    def begin(
        self,
        earlier: Iterable[SurfaceVisit],
        now: datetime,
        *,
        at_once: int,
        until: datetime | None = None,
    ) -> None:
        """A run begins: at most so many visits `at_once`, none begun after `until`. What `earlier`
        runs visited counts, for the caps of a site know nothing of our restarts."""
        self._at_once, self._until = asyncio.Semaphore(at_once), until
        for visited in sorted(earlier, key=lambda visited: visited.at):
            self._lane(visited.surface, visited.session).visits.append(
                _now() - self.scale * (now - visited.at).total_seconds()
            )

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
        """See `ports.Gate.visit`."""
        lane = self._lane(surface, session)
        async with AsyncExitStack() as held:
            if not await self._admitted(lane, self._pace_of(surface, pace), rank, held):
                return None
            return await self._seen(lane, surface, session, see, declared_closed)

    async def _seen(
        self,
        lane: _Lane,
        surface: str,
        session: str,
        see: Callable[[], Awaitable[Sight]],
        declared_closed: bool,
    ) -> Sight:
        retrying = AsyncRetrying(
            retry=retry_if_result(
                lambda sight: DECISIONS[sight.outcome].tries > 1 and not sight.dated
            ),
            stop=stop_after_attempt(DECISIONS[Outcome.UNREACHABLE].tries) | _Late(self._too_late),
            wait=wait_exponential_jitter(
                multiplier=2 * self.scale, max=30 * self.scale, jitter=self.scale
            ),
            retry_error_callback=_last_result,
        )
        sight: Sight = await retrying(see)
        if lane.breaker.note(sight.outcome, session, _now()):
            if not declared_closed:
                self.exit_bits |= DECISIONS[sight.outcome].exit_bit
            tell = log.info if declared_closed else log.warning
            tell(
                "breaker opened",
                surface=surface,
                session=session or "visitor",
                outcome=sight.outcome.value,
                detail=sight.detail,
            )
        return sight

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        """See `ports.Gate.pause`."""
        lane = self._lane(surface, session)
        wait = self._spacing(self._pace_of(surface, pace))
        await asyncio.sleep(wait)
        lane.free_at = max(lane.free_at, _now() + wait)

    async def rested(self, surface: str, session: str) -> bool:
        """Wait until a surface that rests may be visited again. False at once where it does not
        rest, or not to an end that is worth waiting for: within the run's window, or of a run
        without an end after so many rests. A gate without pace waits for nothing."""
        breaker = self._lane(surface, session).breaker
        if breaker.opened_by is None or breaker.until is None or not self.scale:
            return False
        left = max(0.0, breaker.until - _now())
        if breaker.rests > RESTS if self._until is None else self._too_late(left):
            return False
        await asyncio.sleep(left)
        return True

    def paused(self, surface: str, session: str) -> Outcome | str:
        """Why the last visit that was turned away was: what had opened the breaker, or a reason in
        Chinese; empty where none was.
        """
        return self._lane(surface, session).paused

    def open_breakers(self) -> dict[tuple[str, str], Outcome]:
        """What is paused now, by surface and session."""
        return {
            key: lane.breaker.opened_by
            for key, lane in self._lanes.items()
            if lane.breaker.opened_by
        }

    def _lane(self, surface: str, session: str) -> _Lane:
        return self._lanes.setdefault((surface, session), _Lane())

    def _spacing(self, pace: Pace) -> float:
        return (pace.every + self._random.uniform(0, pace.jitter)) * self.scale

    async def _admitted(self, lane: _Lane, pace: Pace, rank: Rank, held: AsyncExitStack) -> bool:
        """Waits for the turn, and then for one of the visits that may be made at once, which `held`
        keeps.
        """
        async with lane.queue.turn(rank):
            for waited in (False, True):
                wait = self._wait(lane, pace)
                lane.paused = self._reason(lane, pace, wait, rank)
                if lane.paused:
                    return False
                if not waited:
                    await asyncio.sleep(wait)
                    await held.enter_async_context(self._at_once)
            lane.free_at = _now() + self._spacing(pace)
            lane.visits.append(_now())
        return True

    def _reason(self, lane: _Lane, pace: Pace, wait: float, rank: Rank) -> Outcome | str:
        """Why no visit may be made after such a wait; empty where one may.

        A check may be made beyond the day's cap and the end: without it what was seen before would
        be lost.
        """
        if not lane.breaker.admits(_now()):
            return lane.breaker.opened_by or ""
        if rank is Rank.CHECK:
            return ""
        if pace.per_day is not None and len(lane.visits) >= pace.per_day:
            return DAY_FULL
        late = self._too_late(wait)
        self.over |= late
        return OVER if late else ""

    def _too_late(self, wait: float) -> bool:
        return (
            self._until is not None
            and self._clock is not None
            and self._clock() + timedelta(seconds=wait) >= self._until
        )

    def _wait(self, lane: _Lane, pace: Pace) -> float:
        """Seconds until the next visit may begin, the day's cap apart."""
        now = _now()
        while lane.visits and lane.visits[0] <= now - _DAY * self.scale:
            lane.visits.popleft()
        wait = max(0.0, lane.free_at - now)
        if pace.per_hour is not None and len(lane.visits) >= pace.per_hour:
            wait = max(wait, lane.visits[-pace.per_hour] + _HOUR * self.scale - now)
        if pace.quiet and self._clock:
            wait = max(wait, self.scale * quiet_left(pace.quiet, self._clock()).total_seconds())
        return wait


def quiet_left(quiet: tuple[time, time], now: datetime) -> timedelta:
    """How long the quiet hours (Beijing wall clock, past midnight where the end is the earlier)
    still last; 0 outside of them.
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


class _Late(stop_base):
    """Whether another try would begin after the run's end."""

    def __init__(self, too_late: Callable[[float], bool]) -> None:
        self._too_late = too_late

    def __call__(self, state: RetryCallState) -> bool:
        return self._too_late(state.upcoming_sleep)


def _last_result(state: RetryCallState) -> Sight:
    assert state.outcome is not None
    result: Sight = state.outcome.result()
    return result


def _now() -> float:
    return asyncio.get_running_loop().time()

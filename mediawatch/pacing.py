"""The gate before every visit: spacing, retry of the transient, and a breaker for each surface and session (design: failures)."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_attempt, wait_exponential_jitter

from mediawatch.domain import Outcome, Pace, Sight

log = structlog.get_logger(__name__)

EXIT_BITS = {Outcome.UNREACHABLE: 8, Outcome.RATE_LIMITED: 16, Outcome.CAPTCHA: 16, Outcome.LOGIN_REQUIRED: 32, Outcome.CHANGED: 64}
"""What an opened breaker adds to the exit code of a run."""
_IN_A_ROW = {Outcome.UNREACHABLE: 5, Outcome.RATE_LIMITED: 2, Outcome.CAPTCHA: 1, Outcome.CHANGED: 5}
_LAST = 25
_CHANGED_SHARE = 0.2
_FIRST_PAUSE = 600.0
"""Seconds a rate-limited surface rests at first; doubled each time it opens again."""


@dataclass
class Breaker:
    """Closed, open, or resting until a moment. One per surface and session."""

    row: list[Outcome] = field(default_factory=list)
    last: deque[Outcome] = field(default_factory=lambda: deque(maxlen=_LAST))
    opened_by: Outcome | None = None
    until: float | None = None
    pause: float = _FIRST_PAUSE

    def admits(self, now: float) -> bool:
        """Open for the rest of the run, except a rate limit, which rests and is tried again."""
        return self.opened_by is None or (self.until is not None and now >= self.until)

    def note(self, outcome: Outcome, session: str, now: float) -> bool:
        """Take in one outcome by the decision table; True when the breaker opens by it."""
        self.last.append(outcome)
        if not outcome.about_us:
            self.row, self.opened_by, self.until, self.pause = [], None, None, _FIRST_PAUSE
            return False
        if outcome is Outcome.NO_EVIDENCE:
            return False
        self.row = [*self.row, outcome] if not self.row or self.row[-1] is outcome else [outcome]
        if not self._opens(outcome, session):
            return False
        self.opened_by = outcome
        self.until = now + self.pause if outcome is Outcome.RATE_LIMITED else None
        self.pause *= 2
        return True

    def _opens(self, outcome: Outcome, session: str) -> bool:
        if outcome is Outcome.LOGIN_REQUIRED:
            return bool(session)
        if outcome is Outcome.CHANGED and len(self.last) == _LAST and self.last.count(outcome) > _LAST * _CHANGED_SHARE:
            return True
        return len(self.row) >= _IN_A_ROW[outcome]


@dataclass
class _Lane:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    breaker: Breaker = field(default_factory=Breaker)


class Pacing:
    """Implements `ports.Gate`. `scale` multiplies the declared paces (0 in the demo), never the rest of a breaker.

    `exit_bits` gathers what opened.
    """

    def __init__(self, *, scale: float = 1.0, seed: int | None = None) -> None:
        self.scale = scale
        self.exit_bits = 0
        self._random = random.Random(seed)
        self._lanes: dict[tuple[str, str], _Lane] = {}

    async def visit(
        self, surface: str, session: str, pace: Pace, see: Callable[[], Awaitable[Sight]], *, declared_closed: bool = False
    ) -> Sight | None:
        """See `ports.Gate.visit`."""
        lane = self._lanes.setdefault((surface, session), _Lane())
        if not await self._turn(lane, pace):
            return None
        retrying = AsyncRetrying(
            retry=retry_if_result(lambda sight: sight.outcome is Outcome.UNREACHABLE and not sight.dated),
            stop=stop_after_attempt(3),
            wait=wait_exponential_jitter(multiplier=2 * self.scale, max=30 * self.scale, jitter=self.scale),
            retry_error_callback=_last_result,
        )
        sight: Sight = await retrying(see)
        if lane.breaker.note(sight.outcome, session, _now()):
            if not declared_closed:
                self.exit_bits |= EXIT_BITS[sight.outcome]
            tell = log.info if declared_closed else log.warning
            tell("breaker opened", surface=surface, session=session or "visitor", outcome=sight.outcome.value, detail=sight.detail)
        return sight

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        """See `ports.Gate.pause`."""
        lane = self._lanes.setdefault((surface, session), _Lane())
        wait = self._wait(pace)
        await asyncio.sleep(wait)
        lane.free_at = max(lane.free_at, _now() + wait)

    def _wait(self, pace: Pace) -> float:
        return (pace.every + self._random.uniform(0, pace.jitter)) * self.scale

    def open_breakers(self) -> dict[tuple[str, str], Outcome]:
        """What is paused now, by surface and session."""
        return {key: lane.breaker.opened_by for key, lane in self._lanes.items() if lane.breaker.opened_by}

    async def _turn(self, lane: _Lane, pace: Pace) -> bool:
        async with lane.turn:
            if not lane.breaker.admits(_now()):
                return False
            await asyncio.sleep(max(0.0, lane.free_at - _now()))
            lane.free_at = _now() + self._wait(pace)
        return lane.breaker.admits(_now())


def _last_result(state: RetryCallState) -> Sight:
    assert state.outcome is not None
    result: Sight = state.outcome.result()
    return result


def _now() -> float:
    return asyncio.get_running_loop().time()

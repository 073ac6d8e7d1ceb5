"""The gate before every visit (docs/pace.md).

It keeps turns, spacing, caps and quiet hours, retries what is transient, and has the breakers.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    wait_exponential_jitter,
)

from mediawatch.domain import DAY_FULL, DayEnd, NoEvidence, Outcome, Pace, Sight
from mediawatch.log import get_logger
from mediawatch.ops.settings import PaceSettings
from mediawatch.ports import Clock, Rank, See, SurfaceVisit, Visit
from mediawatch.sweep.gate.breakers import DECISIONS, RESTS, Breaker
from mediawatch.sweep.gate.turns import DAY, PacedCalls, quiet_left

log = get_logger(__name__)

OVER = "检查时段已结束"


@dataclass
class SurfaceState:
    """One surface with one session."""

    breaker: Breaker = field(default_factory=Breaker)
    paused: Outcome | str = ""
    """Why the last visit was refused: what opened the breaker, or a reason in Chinese."""


def as_declared(surface: str, pace: Pace) -> Pace:
    """The pace of a surface where no setting says otherwise."""
    return pace


def pace_by(chosen: Mapping[str, PaceSettings]) -> Callable[[str, Pace], Pace]:
    """A function that applies the settings, by the name of a pace, to what a surface declares."""
    return lambda name, declared: chosen[name].over(declared) if name in chosen else declared


class Pacing:
    """Implements `ports.Gate`. `scale` multiplies every wait and every span of the paces (0 in the
    demo), never the rest of a breaker. `pace_of` overrides declared paces. `exit_bits`: what opened.
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
        """Whether a visit was refused because the run's end had come."""
        self._until: datetime | None = None
        self._at_once: asyncio.Semaphore | nullcontext[None] = nullcontext()
        self._pace_of, self._clock = pace_of, clock
        self._random = random.Random(seed)
        self._states: defaultdict[tuple[str, str], SurfaceState] = defaultdict(SurfaceState)
        self._paced: defaultdict[tuple[str, str], PacedCalls] = defaultdict(PacedCalls)

    def begin(
        self,
        earlier: Iterable[SurfaceVisit],
        now: datetime,
        *,
        at_once: int,
        until: datetime | None = None,
        paced_as: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Begin a run: at most so many visits `at_once`, and no visit begins after `until`.

        Calls of `earlier` runs count, and a day that they ended stays ended: sites do not know of
        our restarts. `paced_as`: surface to the pace that it shares; others have their own.
        """
        self._at_once, self._until = asyncio.Semaphore(at_once), until
        for visited in sorted(earlier, key=lambda visited: visited.at):
            ago = (now - visited.at).total_seconds()
            name = paced_as.get(visited.surface) or visited.surface
            paced = self._paced[name, visited.session]
            paced.calls.extend([_now() - self.scale * ago] * visited.calls)
            if visited.ends_day is not None and ago < DAY:
                self._end_day(
                    self._states[visited.surface, visited.session],
                    paced,
                    visited.ends_day,
                    _now() + DAY - ago,
                )

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        """See `ports.Gate.visit`."""
        async with AsyncExitStack() as held:
            if not await self._admitted(visit, held):
                return None
            async for attempt in self._attempts(visit):
                if attempt.retry_state.attempt_number > 1:
                    await self._take_turn(visit)
                with attempt:
                    sight = await see()
                if attempt.retry_state.outcome and not attempt.retry_state.outcome.failed:
                    attempt.retry_state.set_result(sight)
            sight = replace(sight, calls=visit.calls.made)
            self._note(visit, sight)
            return sight

    def _attempts(self, visit: Visit) -> AsyncRetrying:
        return AsyncRetrying(
            retry=retry_if_result(
                lambda sight: DECISIONS[sight.outcome].tries > 1 and not sight.is_dated
            ),
            stop=partial(self._gives_up, visit),
            wait=wait_exponential_jitter(
                multiplier=2 * self.scale, max=30 * self.scale, jitter=self.scale
            ),
            retry_error_callback=lambda tries: None,  # the last sight stands
        )

    def _gives_up(self, visit: Visit, tries: RetryCallState) -> bool:
        """Give up after so many tries, with the day's last call, or where another try would begin
        after the run's end.
        """
        spent = tries.attempt_number >= DECISIONS[Outcome.UNREACHABLE].tries
        turn = max(tries.upcoming_sleep + self._longest_spacing(visit), self._wait(visit))
        return spent or self._is_full(visit) or self._too_late(turn)

    def _note(self, visit: Visit, sight: Sight) -> None:
        state = self._states[visit.surface, visit.session]
        opened = state.breaker.note(sight.outcome, visit.session, _now())
        if sight.ends_day is not None:
            paced = self._paced[visit.pace_name, visit.session]
            self._end_day(state, paced, sight.ends_day, _now() + DAY)
        if not opened:
            return
        if not visit.declared_closed:
            self.exit_bits |= DECISIONS[sight.outcome].exit_bit
        tell = log.info if visit.declared_closed else log.warning
        tell(
            "breaker opened",
            surface=visit.surface,
            session=visit.session or "visitor",
            outcome=sight.outcome.value,
            detail=sight.detail,
        )

    def _end_day(self, state: SurfaceState, paced: PacedCalls, what: DayEnd, until: float) -> None:
        """Real hours, whatever the scale: it is the site that wants a person."""
        state.breaker.opened_by, state.breaker.until = Outcome.CAPTCHA, until
        if what is DayEnd.LOGIN:
            paced.ended_until = until

    async def pause(self, visit: Visit) -> None:
        """See `ports.Gate.pause`. A visit ends where the hour's cap would hold it past the run's end."""
        if self._is_full(visit):
            raise NoEvidence(f"the day's calls are used up: {DAY_FULL}")
        held = visit.rank is not Rank.CHECK and self._wait(visit) > self._longest_spacing(visit)
        if held and self._too_late(self._wait(visit)):
            raise NoEvidence(f"the next call would come too late: {OVER}")
        await self._take_turn(visit)

    async def _take_turn(self, visit: Visit) -> None:
        """Wait for a further call of a visit that was admitted, and count it.

        The turn is taken before the wait, so that no other visit begins within it.
        """
        paced = self._paced[visit.pace_name, visit.session]
        spacing = self._spacing(self._pace_of(visit.pace_name, visit.pace))
        wait = max(spacing, self._wait(visit))
        paced.note_call(_now() + wait, spacing)
        visit.calls.made += 1
        await asyncio.sleep(wait)

    def _wait(self, visit: Visit) -> float:
        """Seconds until this visit may make its next call: the distance, and the hour's cap."""
        paced = self._paced[visit.pace_name, visit.session]
        return paced.wait(self._pace_of(visit.pace_name, visit.pace), _now(), self.scale)

    def _longest_spacing(self, visit: Visit) -> float:
        pace = self._pace_of(visit.pace_name, visit.pace)
        return (pace.every + pace.jitter) * self.scale

    def _is_full(self, visit: Visit) -> bool:
        """Whether this visit may make no further call today. A check may, as in `_reason`."""
        if visit.rank is Rank.CHECK:
            return False
        paced = self._paced[visit.pace_name, visit.session]
        return paced.is_full(self._pace_of(visit.pace_name, visit.pace))

    async def wait_for_rest(self, surface: str, session: str) -> bool:
        """Wait until a resting surface may be visited again.

        False at once where it does not rest, or where its rest is too long to wait for. It must end
        within the run's window; a run without an end waits for so many rests. A gate without pace
        never waits.
        """
        breaker = self._states[surface, session].breaker
        rests = breaker.opened_by is not None and DECISIONS[breaker.opened_by].rests
        if not rests or breaker.until is None or not self.scale:
            return False
        left = max(0.0, breaker.until - _now())
        if breaker.rests > RESTS if self._until is None else self._too_late(left):
            return False
        await asyncio.sleep(left)
        return True

    def why_refused(self, surface: str, session: str) -> Outcome | str:
        """Why the last refused visit was refused; empty where no visit was.

        It is what opened the breaker, or a reason in Chinese.
        """
        return self._states[surface, session].paused

    def open_breakers(self) -> dict[tuple[str, str], Outcome]:
        """What is paused now, by surface and session."""
        return {
            key: state.breaker.opened_by
            for key, state in self._states.items()
            if state.breaker.opened_by
        }

    def _spacing(self, pace: Pace) -> float:
        return (pace.every + self._random.uniform(0, pace.jitter)) * self.scale

    async def _admitted(self, visit: Visit, held: AsyncExitStack) -> bool:
        """Wait for the turn, and then for one of the concurrent visits, which `held` keeps."""
        state = self._states[visit.surface, visit.session]
        paced = self._paced[visit.pace_name, visit.session]
        pace = self._pace_of(visit.pace_name, visit.pace)
        await paced.queue.enter(visit.rank)
        try:
            waited = False
            while True:
                wait = paced.wait(pace, _now(), self.scale)
                if pace.quiet and self._clock and not waited:
                    left = quiet_left(pace.quiet, self._clock())
                    wait = max(wait, self.scale * left.total_seconds())
                state.paused = self._reason(state, paced, visit, wait)
                if state.paused:
                    return False
                if waited and wait <= 0:
                    break
                await asyncio.sleep(wait)
                if not waited:
                    await held.enter_async_context(self._at_once)
                    waited = True
            paced.note_call(_now(), self._spacing(pace))
            visit.calls.made += 1
        finally:
            paced.queue.leave()
        return True

    def _reason(
        self, state: SurfaceState, paced: PacedCalls, visit: Visit, wait: float
    ) -> Outcome | str:
        """Why no visit may be made after such a wait; empty where one may.

        A check may be made beyond the day's cap and the end: else earlier sights would be lost.
        """
        if paced.ended_until > _now():
            return Outcome.CAPTCHA
        if not state.breaker.admits(_now()):
            return state.breaker.opened_by or ""
        if visit.rank is Rank.CHECK:
            return ""
        if self._is_full(visit):
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


def _now() -> float:
    return asyncio.get_running_loop().time()

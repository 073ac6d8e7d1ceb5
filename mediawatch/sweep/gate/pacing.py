"""The gate before every visit (docs/pace.md).

Whose turn it is, how often a visit is tried, and what a pause is told as. What may be called when,
and which breakers are open, stands in the book.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    wait_exponential_jitter,
)

from mediawatch.domain import DAY_FULL, NoEvidence, Outcome, Pace, Sight
from mediawatch.log import get_logger
from mediawatch.ops.settings import PaceSettings
from mediawatch.ports import (
    OVER,
    Clock,
    PacedSource,
    Rank,
    See,
    SurfaceVisit,
    Turn,
    TurnBook,
    TurnRequest,
    Visit,
)
from mediawatch.sweep.gate.breakers import DECISIONS, EXIT_BITS, RESTS
from mediawatch.sweep.gate.memory import MemoryBook
from mediawatch.sweep.gate.open_sites import OpenSites
from mediawatch.sweep.gate.turns import Queue, earlier_calls

log = get_logger(__name__)

SITES = 3
"""Sites with an open page: more cost some 50 MB each."""


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
        book: TurnBook | None = None,
        sites: int = SITES,
    ) -> None:
        """Without a `book` this process keeps one of its own.

        That one has no quiet hours, and no end, without a `clock`. So many `sites` have a page open
        at the same time.
        """
        self.scale = self._own_scale = scale
        self.exit_bits = 0
        self.over = False
        """Whether a visit was refused because the run's end had come."""
        self._book = book or MemoryBook(clock)
        self._sites = OpenSites(sites)
        self._until: datetime | None = None
        self._at_once: asyncio.Semaphore | nullcontext[None] = nullcontext()
        self._pace_of = pace_of
        self._limits: Mapping[str, Pace] = MappingProxyType({})
        self._random = random.Random(seed)
        self._queues: defaultdict[tuple[str, str], Queue] = defaultdict(Queue)
        self._refusals: dict[tuple[str, str], Outcome | str] = {}
        """By surface and session, why the last visit was refused; "" where it was admitted."""

    def begin(
        self,
        earlier: Iterable[SurfaceVisit],
        now: datetime,
        *,
        at_once: int,
        until: datetime | None = None,
        paced_as: Mapping[str, str] = MappingProxyType({}),
        began: datetime | None = None,
    ) -> None:
        """Begin a run: at most so many visits `at_once`, and no visit begins after `until`.

        Calls of `earlier` runs count, and a day that they ended stays ended: sites do not know of
        our restarts. `paced_as`: surface to the pace that it shares; others have their own.
        `began`: as `TurnBook.begin_run`.
        """
        self._at_once, self._until = asyncio.Semaphore(at_once), until
        self._book.begin_run(began)
        self._book.recall(earlier_calls(earlier, now, paced_as), self.scale)

    def keep_within(self, paces: Mapping[str, Pace], scale: float) -> None:
        """Go no faster than these paces, by their names, with this `scale`: another home's."""
        self._limits, self.scale = paces, max(self._own_scale, scale)

    def pace_of(self, name: str, declared: Pace) -> Pace:
        """The pace in force: the settings say it, and another home's limits."""
        pace = self._pace_of(name, declared)
        return pace.within(self._limits[name]) if name in self._limits else pace

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        """See `ports.Gate.visit`."""
        async with AsyncExitStack() as held:
            held.enter_context(self._sites.wanted(visit.site))
            if not await self._admitted(visit, held):
                return None
            async for attempt in self._attempts(visit):
                if attempt.retry_state.attempt_number > 1:
                    turn = await self._take_further(visit)
                    if turn.refusal:  # another process had the last call
                        break
                with attempt:
                    sight = await see()
                if attempt.retry_state.outcome and not attempt.retry_state.outcome.failed:
                    attempt.retry_state.set_result(sight)
            sight = replace(
                sight,
                calls=visit.calls.made,
                address="" if visit.session else self._book.address,
            )
            await self._note(visit, sight)
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
        request = self._request(visit, further=True)
        turn = self._book.expect(request)
        wait = max(tries.upcoming_sleep + request.longest_spacing, turn.wait)
        return spent or turn.refusal == DAY_FULL or self._is_late(wait)

    async def _note(self, visit: Visit, sight: Sight) -> None:
        decision = DECISIONS[sight.outcome]
        opened = await self._book.note(
            _source(visit),
            sight.outcome,
            closes=decision.closes,
            ends_day=sight.ends_day,
            declared_closed=visit.declared_closed,
        )
        if not opened:
            return
        if not visit.declared_closed:
            self.exit_bits |= decision.exit_bit
        tell = log.info if visit.declared_closed else log.warning
        tell(
            "breaker opened",
            surface=visit.surface,
            session=visit.session or "visitor",
            outcome=sight.outcome.value,
            detail=sight.detail,
        )

    async def pause(self, visit: Visit) -> None:
        """See `ports.Gate.pause`. A visit ends where the hour's cap would hold it past the run's end."""
        refusal = (await self._take_further(visit)).refusal
        if refusal == OVER:
            raise NoEvidence(f"the next call would come too late: {OVER}")
        if refusal:
            raise NoEvidence(f"the day's calls are used up: {refusal}")

    async def _take_further(self, visit: Visit) -> Turn:
        """Wait for a further call of a visit that was admitted, and count it.

        The turn is taken before the wait, so that no other visit begins within it.
        """
        request = self._request(visit, further=True)
        turn = await self._book.take(replace(request, spacing=self._spacing(request.pace)))
        if not turn.refusal:
            visit.calls.made += 1
            await asyncio.sleep(turn.wait)
        return turn

    async def wait_for_rest(self, surface: str, session: str) -> bool:
        """Wait until a resting surface may be visited again.

        False at once where it does not rest, or where its rest is too long to wait for. It must end
        within the run's window; a run without an end waits for so many rests. A gate without pace
        never waits.
        """
        rest = await self._book.rest_of(surface, session) if self.scale else None
        if rest is None or not DECISIONS[rest.opened_by].rests:
            return False
        if rest.rests > RESTS if self._until is None else self._is_late(rest.left):
            return False
        await asyncio.sleep(rest.left)
        return True

    def why_refused(self, surface: str, session: str) -> Outcome | str:
        """Why the last refused visit was refused; empty where no visit was.

        It is what opened the breaker, or a reason in Chinese.
        """
        return self._refusals.get((surface, session), "")

    def open_breakers(self) -> dict[tuple[str, str], Outcome]:
        """What is paused now, by surface and session."""
        return dict(self._book.open_breakers())

    @property
    def began(self) -> datetime | None:
        """When the run began, by the clock that all its processes share; None where it is alone."""
        return self._book.began

    async def refresh(self) -> None:
        """Learn what other processes have met in this run: for one that visits nothing itself."""
        for outcome in await self._book.refresh():
            self.exit_bits |= EXIT_BITS.get(outcome, 0)

    def _spacing(self, pace: Pace) -> float:
        return (pace.every + self._random.uniform(0, pace.jitter)) * self.scale

    def _request(self, visit: Visit, *, further: bool = False) -> TurnRequest:
        return TurnRequest(
            source=_source(visit),
            pace=self.pace_of(visit.pace_name, visit.pace),
            scale=self.scale,
            until=self._until,
            check=visit.rank is Rank.CHECK,
            further=further,
        )

    async def _admitted(self, visit: Visit, held: AsyncExitStack) -> bool:
        """Wait for the turn, for a place of the site, and for one of the concurrent visits.

        `held` keeps the latter two.
        """
        queue = self._queues[visit.pace_name, visit.session]
        await queue.enter(visit.rank)
        try:
            request = self._request(visit)
            turn = self._book.expect(request)
            if self._refuses(visit, turn):
                return False
            self._sites.expect(visit.site, turn.wait)
            await asyncio.sleep(turn.wait)
            request = replace(request, spacing=self._spacing(request.pace))
            if self.scale < 1:
                # The quiet hours were waited for by the scale, and last on by the clock.
                request = replace(request, pace=replace(request.pace, quiet=None))
            while True:
                async with AsyncExitStack() as one_of_them:
                    # Before the turn: a turn that was taken is not waited with.
                    await one_of_them.enter_async_context(self._sites.place(visit.site))
                    await one_of_them.enter_async_context(self._at_once)
                    turn = await self._book.take(request)
                    if self._refuses(visit, turn):
                        return False
                    if turn.wait <= 0:
                        visit.calls.made += 1
                        await held.enter_async_context(one_of_them.pop_all())
                        return True
                # Another call was first: others visit meanwhile.
                self._sites.expect(visit.site, turn.wait)
                await asyncio.sleep(turn.wait)
        finally:
            queue.leave()

    def _refuses(self, visit: Visit, turn: Turn) -> bool:
        self._refusals[visit.surface, visit.session] = turn.refusal
        self.over |= turn.refusal == OVER
        return bool(turn.refusal)

    def _is_late(self, wait: float) -> bool:
        """Whether the run's end comes within so many seconds."""
        now = self._book.now()
        return (
            self._until is not None
            and now is not None
            and now + timedelta(seconds=wait) >= self._until
        )


def _source(visit: Visit) -> PacedSource:
    return PacedSource(surface=visit.surface, session=visit.session, pace_name=visit.pace_name)

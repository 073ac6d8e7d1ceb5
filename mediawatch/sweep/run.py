"""One run of a sweep. The lanes of the platforms run side by side, so that one slow site holds up nobody."""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import structlog

from mediawatch.canarygate import CanaryGate
from mediawatch.clock import day_of
from mediawatch.domain import Account, AccountState, CanaryCheck, Judgement, LookKind, MatchedBy, Need, Outcome, Reading, Sight, Sweep
from mediawatch.pacing import EXIT_BITS
from mediawatch.ports import Gate
from mediawatch.sweep.judging import judged
from mediawatch.sweep.parts import Parts
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Progress
from mediawatch.sweep.vouchers import Vouchers

log = structlog.get_logger(__name__)

_LINKS_KEPT = 10
"""The newest links of one page that are kept with its account."""


class Run:
    """The state of one run: the sweep's readings by account, who vouches for which surface, counts."""

    def __init__(
        self, parts: Parts, request: Request, sweep: Sweep, readings: dict[int, list[Reading]], states: Mapping[int, AccountState],
        total: int, progress: Progress,
    ) -> None:  # fmt: skip
        self.parts = parts
        self.request = request
        self.sweep = sweep
        self.readings = readings
        self.states = states
        """As they were when the run began."""
        self.total = total
        self.progress = progress
        self.done = 0
        self.looks = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.checks: list[CanaryCheck] = []
        self._unforeseen = False
        self._gates: dict[str, CanaryGate] = {}
        self._vouchers = Vouchers(self._ask, self._sound)

    @property
    def exit_bits(self) -> int:
        """1 for an unforeseen error; that of the network where no site answered any look, though too few for a breaker."""
        reached_nothing = self.looks > 0 and self.outcomes[Outcome.UNREACHABLE] == self.looks
        return (1 if self._unforeseen else 0) | (EXIT_BITS[Outcome.UNREACHABLE] if reached_nothing else 0)

    async def judge(self, accounts: Sequence[Account]) -> dict[int, Judgement]:
        """From everything that is kept by now."""
        return await judged(self.parts.store, accounts, self.parts.looker.supports, self.sweep, self.request.policy, self.checks)

    async def lane(self, platform: str, accounts: Sequence[Account]) -> None:
        """All accounts of one platform: first looks side by side, then the second looks as they fall due."""
        if not self.parts.looker.supports(platform):
            for account in accounts:
                self._advance(account, None)
            return
        await self._all(accounts, lambda account: self._first(account, accounts))
        await self.parts.looker.rest(platform)
        await self._all(await self._second_due(accounts), lambda account: self._second(account, accounts))
        said = [sight for account in accounts for reading in self._of_sweep(account) for sight in reading.sights]
        await self._gate(platform).close(said, [check for check in self.checks if check.sweep_id == self.sweep.id])
        await self.parts.looker.rest(platform)

    def _gate(self, platform: str) -> CanaryGate:
        """The gate of a platform's batch, which has canaries read by its surfaces."""
        if platform not in self._gates:
            self._gates[platform] = CanaryGate(
                self.parts.pacing, self._sights, platform, self.parts.canaries, complete=self._complete,
                policy=self.request.policy, clock=self.parts.clock, note=self._note_check, sweep_id=self.sweep.id,
            )  # fmt: skip
        return self._gates[platform]

    def _complete(self, platform: str, surface: str, session: str) -> bool:
        return any(facts.complete(session) for facts in self.parts.looker.surfaces(platform) if facts.name == surface)

    async def _note_check(self, check: CanaryCheck) -> None:
        await self.parts.store.note_canary(check)
        self.checks.append(check)

    async def _all(self, accounts: Sequence[Account], work: Callable[[Account], Awaitable[None]]) -> None:
        queue = iter(accounts)

        async def worker() -> None:
            for account in queue:
                await work(account)

        async with asyncio.TaskGroup() as group:
            for _ in range(self.request.concurrency):
                group.create_task(worker())

    async def _first(self, account: Account, lane: Sequence[Account]) -> None:
        if not any(reading.look is LookKind.FIRST for reading in self._of_sweep(account)):
            await self._look(account, LookKind.FIRST, self._need(), lane)
        self._advance(account, next(reversed(self._of_sweep(account)), None))

    async def _second_due(self, accounts: Sequence[Account]) -> list[Account]:
        judgements = await self.judge(accounts)
        looked_twice = {number for number, kept in self.readings.items() if any(reading.look is LookKind.SECOND for reading in kept)}
        return [account for account in accounts if judgements[account.id].second_look and account.id not in looked_twice]

    async def _second(self, account: Account, lane: Sequence[Account]) -> None:
        # Of an earlier sweep that was not finished, where this one's first look could not be made.
        first = next(reading for reading in reversed(self.readings[account.id]) if reading.look is LookKind.FIRST)
        wait = first.read_at + self.request.second_look_after - self.parts.clock()
        await asyncio.sleep(max(0.0, wait.total_seconds()))
        seen_by = frozenset(sight.surface for sight in first.sights)
        await self._look(account, LookKind.SECOND, replace(self._need(), second=True, not_by=seen_by), lane)
        self.progress(self.done, self.total, account, next(reversed(self._of_sweep(account)), None))

    def _need(self) -> Need:
        # In a period no single post settles an account: only a list that reaches back over it does.
        fresh_after = date.max if self.sweep.period_from else self.request.policy.window_start(day_of(self.sweep.as_of))
        return Need(fresh_after=fresh_after)

    def _of_sweep(self, account: Account) -> list[Reading]:
        return self.readings.get(account.id, [])

    def _advance(self, account: Account, reading: Reading | None) -> None:
        self.done += 1
        self.progress(self.done, self.total, account, reading)

    async def _look(self, account: Account, kind: LookKind, need: Need, lane: Sequence[Account]) -> Reading | None:
        """One look, kept at once. None when no surface could be tried (breakers open, or nothing filed to go by)."""
        started = self.parts.clock()
        sights = await self._sights(account, need)
        if not sights:
            return None
        self.looks += 1
        self._vouchers.note(account, sights)
        sights = tuple([await self._vouchers.controlled(account, sight, lane) for sight in sights])
        reading = Reading(
            account_id=account.id, sweep_id=self.sweep.id, look=kind, started_at=started, read_at=self.parts.clock(), sights=sights
        )
        # Before the reading: whoever is killed in between looks again, and the links are not lost.
        await self._keep_links(account, sights)
        reading = await self.parts.store.keep(await self.parts.evidence.keep(reading))
        self.readings.setdefault(account.id, []).append(reading)
        self.outcomes[reading.outcome] += 1
        log.info(
            "look", account=account.id, platform=account.platform, look=kind.value, outcome=reading.outcome.value,
            surface=",".join(sight.surface for sight in sights), ms=round((reading.read_at - started) / timedelta(milliseconds=1)),
        )  # fmt: skip
        return reading

    async def _keep_links(self, account: Account, sights: Sequence[Sight]) -> None:
        """Further links that were seen on the account's own pages: its lower bound rises by itself.

        Only of pages that are its own by id: a filed link may have passed to somebody else.
        """
        for sight in sights:
            new = [link for link in sight.links if link not in account.links][:_LINKS_KEPT]
            if new and sight.matched_by is MatchedBy.ID:
                await self.parts.store.add_links(account.id, new, sight.surface)

    async def _sights(self, account: Account, need: Need, gate: Gate | None = None) -> tuple[Sight, ...]:
        try:
            return await self.parts.looker.look(account, need, gate or self._gate(account.platform))
        except (Exception, asyncio.CancelledError) as error:  # the sweep's boundary: here alone the unforeseen becomes an outcome
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                raise
            log.error("look failed unexpectedly", account=account.id, platform=account.platform, traceback=traceback.format_exc())
            self._unforeseen = True
            detail = f"unexpected {type(error).__name__}"
            return (Sight(surface=account.platform, read_at=self.parts.clock(), outcome=Outcome.CHANGED, detail=detail),)

    async def _ask(self, other: Account, sight: Sight) -> tuple[Sight, ...]:
        """Whether the sight's surface and session still answer, asked about another account; kept as a control."""
        sights = await self._sights(other, replace(self._need(), only=sight.surface, session=sight.session))
        if sights:
            now = self.parts.clock()
            control = Reading(
                account_id=other.id, sweep_id=self.sweep.id, look=LookKind.CONTROL, started_at=now, read_at=now, sights=sights
            )
            self.readings.setdefault(other.id, []).append(await self.parts.store.keep(control))
        return sights

    def _sound(self, account: Account) -> bool:
        before = self.states.get(account.id)
        return (before is not None and before.last_outcome is Outcome.OK) or any(
            reading.outcome is Outcome.OK for reading in self._of_sweep(account)
        )

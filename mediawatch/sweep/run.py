"""One run of a sweep: who is looked at, when again, and what is kept of it."""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import structlog

from mediawatch.domain import (
    CLOCK_OFF,
    Account,
    AccountState,
    CanaryCheck,
    LookKind,
    MatchedBy,
    Need,
    Outcome,
    Reading,
    Sight,
    Sweep,
    SweepKind,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same
from mediawatch.ports import Gate, Rank, Rejudgement
from mediawatch.rules import sentences
from mediawatch.sweep.controls import Vouchers
from mediawatch.sweep.gate.attempt import Turnstile
from mediawatch.sweep.gate.breakers import EXIT_BITS
from mediawatch.sweep.gate.canary_gate import CanaryGate
from mediawatch.sweep.judging import judge_scope
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Progress, Step
from mediawatch.sweep.tools import Parts

log = structlog.get_logger(__name__)

_UNDER_WAY = 8_192
"""Looks of a platform that may wait at a time, for their turns or for a surface's rest: all of a
province, at some 10 kB each. One that waits must not keep the others from the surfaces that are
free; the pages that are open at a time are the gate's matter."""
_LINKS_KEPT = 10
"""The newest links of one page that are kept with its account."""


class Run:
    """The state of one run: the sweep's readings by account, who vouches for which surface,
    counts.
    """

    def __init__(
        self,
        parts: Parts,
        request: Request,
        sweep: Sweep,
        readings: dict[int, list[Reading]],
        states: Mapping[int, AccountState],
        total: int,
        progress: Progress,
    ) -> None:
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
        self.settled = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.checks: list[CanaryCheck] = []
        self.turned_away: dict[int, Mapping[str, Outcome | str]] = {}
        """By account, the surfaces that were paused when it was its turn, and why."""
        self._second_looks = 0
        self._known: set[int] = set()
        """Accounts that need no look."""
        self._twice: set[int] = set()
        """Accounts whose second look was begun while first looks were made."""
        self._unforeseen = False
        self.clock_off = ""
        """How far this machine's clock is off, where a site's replies said so."""
        self._gates: dict[str, CanaryGate] = {}
        self._vouchers = Vouchers(self._ask, self._sound)

    @property
    def exit_bits(self) -> int:
        """1 for an unforeseen error; that of the network where no site answered any look, though
        too few for a breaker.
        """
        reached_nothing = self.looks > 0 and self.outcomes[Outcome.UNREACHABLE] == self.looks
        clock = EXIT_BITS[Outcome.CHANGED] if self.clock_off else 0
        return (
            clock
            | (1 if self._unforeseen else 0)
            | (EXIT_BITS[Outcome.UNREACHABLE] if reached_nothing else 0)
        )

    async def judge(self, accounts: Sequence[Account]) -> Rejudgement:
        """From everything that is kept by now."""
        paused = {account.id: self._paused(account) for account in accounts}
        return await judge_scope(
            self.parts.store,
            accounts,
            self.parts.looker.supports,
            self.sweep,
            self.request.policy,
            self.checks,
            paused,
        )

    async def settle(self, accounts: Sequence[Account]) -> None:
        """Find out who needs no look: known posts prove the account fresh for ever, and its name
        was read no longer ago than the policy wants name and existence to be looked at. Nobody,
        where a look is what is asked for."""
        if self.request.again or self.sweep.kind is SweepKind.NIGHTLY:
            return
        since = self.parts.clock() - timedelta(days=self.request.policy.identity.due_days)

        def named(state: AccountState | None) -> bool:
            return (
                state is not None and state.name_read_at is not None and state.name_read_at >= since
            )

        made = await self.judge(
            [account for account in accounts if named(self.states.get(account.id))]
        )
        self._known = {
            key
            for key, each in made.judgements.items()
            if each.verdict is Verdict.FRESH and not each.findings and not each.second_look
        }

    def looked_at(self, account: Account) -> bool:
        """Whether this sweep has had its first look at the account, in this run or an earlier
        one.
        """
        return any(reading.look is LookKind.FIRST for reading in self._of_sweep(account))

    def read(self, account_id: int) -> bool:
        """Whether this sweep has kept any reading of the account."""
        return bool(self.readings.get(account_id))

    def needs_look(self, account: Account) -> bool:
        """Whether there is anything to be looked at that is not known."""
        return (
            account.id not in self._known
            and not self.looked_at(account)
            and self.parts.looker.supports(account.platform)
        )

    async def lane(self, platform: str, accounts: Sequence[Account]) -> None:
        """All accounts of one platform, the most urgent first, and their second looks as they fall
        due.

        The lanes of the platforms run side by side, so that one slow site holds up nobody.
        """
        async with asyncio.TaskGroup() as seconds:

            async def first(account: Account) -> None:
                reading = await self._first(account, accounts)
                if (
                    reading is not None
                    and self._doubtful(account, reading)
                    and await self._second_due([account])
                ):
                    self._twice.add(account.id)
                    seconds.create_task(self._second(account, accounts))

            await self._all(accounts, first)
            if not self.parts.looker.supports(platform):
                return
            await self.parts.looker.rest(platform)
            # What only later checks or looks have made doubtful.
            for account in await self._second_due(
                [each for each in accounts if each.id not in self._twice]
            ):
                seconds.create_task(self._second(account, accounts))
        said = [
            sight
            for account in accounts
            for reading in self._of_sweep(account)
            for sight in reading.sights
        ]
        await self._gate(platform).close(
            said, [check for check in self.checks if check.sweep_id == self.sweep.id]
        )
        await self.parts.looker.rest(platform)

    def _gate(self, platform: str) -> CanaryGate:
        """The gate of a platform's batch, which has canaries read by its surfaces."""
        if platform not in self._gates:
            self._gates[platform] = CanaryGate(
                self.parts.pacing,
                self._sights,
                platform,
                self.parts.canaries,
                complete=self._complete,
                policy=self.request.policy,
                clock=self.parts.clock,
                note=self._note_check,
                sweep_id=self.sweep.id,
            )
        return self._gates[platform]

    def _complete(self, platform: str, surface: str, session: str) -> bool:
        return any(
            facts.complete(session)
            for facts in self.parts.looker.surfaces(platform)
            if facts.name == surface
        )

    async def _note_check(self, check: CanaryCheck) -> None:
        await self.parts.store.note_canary(check)
        self.checks.append(check)

    async def _all(
        self, accounts: Sequence[Account], work: Callable[[Account], Awaitable[None]]
    ) -> None:
        queue = iter(accounts)

        async def worker() -> None:
            for account in queue:
                await work(account)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(_UNDER_WAY, len(accounts))):
                group.create_task(worker())

    def _doubtful(self, account: Account, reading: Reading) -> bool:
        """Whether a first look itself speaks against the account: an old date, an empty list, a
        negative, another name. The others may want a second look for what was known before; they
        are judged together at the end of the batch."""
        latest = reading.latest
        fresh = latest.on >= self._need().fresh_after if latest else reading.exact_sight is None
        named = not reading.name or same(reading.name, account.filed.name)
        return reading.outcome.negative or not (fresh and named)

    async def _first(self, account: Account, lane: Sequence[Account]) -> Reading | None:
        reading = None
        if self.needs_look(account):
            reading = await self._look(account, LookKind.FIRST, self._need(), lane)
        elif not self.looked_at(account) and self.parts.looker.supports(account.platform):
            self.settled += 1
        self.done += 1
        self._tell(account, reading)
        return reading

    async def _second_due(self, accounts: Sequence[Account]) -> list[Account]:
        judgements = (await self.judge(accounts)).judgements
        looked_twice = {
            number
            for number, kept in self.readings.items()
            if any(reading.look is LookKind.SECOND for reading in kept)
        }
        return [
            account
            for account in accounts
            if judgements[account.id].second_look and account.id not in looked_twice
        ]

    async def _second(self, account: Account, lane: Sequence[Account]) -> None:
        self._second_looks += 1
        # Of an earlier sweep that was not finished, where this one's first look could not be made.
        first = next(
            reading
            for reading in reversed(self.readings[account.id])
            if reading.look is LookKind.FIRST
        )
        at = first.read_at + self.request.second_look_after
        if self.request.until is None or at < self.request.until:
            await asyncio.sleep(max(0.0, (at - self.parts.clock()).total_seconds()))
        seen_by = frozenset(sight.surface for sight in first.sights)
        reading = await self._look(
            account, LookKind.SECOND, replace(self._need(), second=True, not_by=seen_by), lane
        )
        self._second_looks -= 1
        self._tell(account, reading)

    def _need(self) -> Need:
        # In a period no single post settles an account: only a list that reaches back over it does.
        fresh_after = (
            date.max
            if self.sweep.period_from
            else self.request.policy.window_start(day_of(self.sweep.as_of))
        )
        return Need(fresh_after=fresh_after, back_to=self.sweep.period_from)

    def _of_sweep(self, account: Account) -> list[Reading]:
        return self.readings.get(account.id, [])

    def _tell(self, account: Account, reading: Reading | None) -> None:
        paused = self.parts.pacing.open_breakers()
        self.progress(
            Step(
                account=account,
                reading=reading,
                done=self.done,
                total=self.total,
                second_looks=self._second_looks,
                outcomes=self.outcomes,
                paused=paused,
            )
        )

    async def _look(
        self, account: Account, kind: LookKind, need: Need, lane: Sequence[Account]
    ) -> Reading | None:
        """One look, kept at once. None when no surface could be tried (paused, or nothing filed to
        go by).
        """
        rank = Rank.SECOND_LOOK if kind is LookKind.SECOND else Rank.FIRST_LOOK
        turnstile = Turnstile(
            self._gate(account.platform), rank, self.parts.pacing, self.parts.clock
        )
        sights = await self._all_sights(account, need, turnstile)
        self.turned_away[account.id] = turnstile.turned_away
        if not sights:
            return None
        self.looks += 1
        self._note_clock(sights)
        self._vouchers.note(account, sights)
        sights = tuple([await self._vouchers.controlled(account, sight, lane) for sight in sights])
        now = self.parts.clock()
        started = turnstile.began or now
        reading = Reading(
            account_id=account.id,
            sweep_id=self.sweep.id,
            look=kind,
            started_at=started,
            read_at=now,
            sights=sights,
            filed_as=account.filed.identity,
        )
        # Before the reading: whoever is killed in between looks again, and the links are not lost.
        await self._keep_links(account, sights)
        reading = await self.parts.store.keep(await self.parts.evidence.keep(reading))
        self.readings.setdefault(account.id, []).append(reading)
        self.outcomes[reading.outcome] += 1
        log.info(
            "look",
            account=account.id,
            platform=account.platform,
            look=kind.value,
            outcome=reading.outcome.value,
            surface=",".join(sight.surface for sight in sights),
            ms=round((reading.read_at - started) / timedelta(milliseconds=1)),
        )
        return reading

    def _note_clock(self, sights: Sequence[Sight]) -> None:
        """Said once: every look of the run meets the same clock."""
        said = next((sight.detail for sight in sights if sight.detail.startswith(CLOCK_OFF)), "")
        if said and not self.clock_off:
            self.clock_off = said
            log.error(f"{said}; what is read until it is set proves nothing against anybody")

    async def _keep_links(self, account: Account, sights: Sequence[Sight]) -> None:
        """Further links that were seen on the account's own pages: its lower bound rises by itself.

        Only of pages that are its own by id: a filed link may have passed to somebody else.
        """
        for sight in sights:
            new = [link for link in sight.links if link not in account.links][:_LINKS_KEPT]
            if new and sight.matched_by is MatchedBy.ID:
                await self.parts.store.add_links(account.id, new, sight.surface)

    async def _all_sights(
        self, account: Account, need: Need, turnstile: Turnstile
    ) -> tuple[Sight, ...]:
        """What the sources show; those that rest are asked after their rest, where the others have
        settled nothing meanwhile.
        """
        sights = await self._sights(account, need, turnstile)
        while not _settles(sights, need) and (surface := await turnstile.rested()):
            sights += await self._sights(
                account, replace(need, only=surface) if sights else need, turnstile
            )
        return sights

    async def _sights(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        try:
            return await self.parts.looker.look(account, need, gate)
        except (
            Exception,
            asyncio.CancelledError,
        ) as error:  # the sweep's boundary: here alone the unforeseen becomes an outcome
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                raise
            log.error(
                "look failed unexpectedly",
                account=account.id,
                platform=account.platform,
                traceback=traceback.format_exc(),
            )
            self._unforeseen = True
            detail = f"unexpected {type(error).__name__}"
            return (
                Sight(
                    surface=account.platform,
                    read_at=self.parts.clock(),
                    outcome=Outcome.CHANGED,
                    detail=detail,
                ),
            )

    async def _ask(self, other: Account, sight: Sight) -> tuple[Sight, ...]:
        """Whether the sight's surface and session still answer, asked about another account; kept
        as a control.
        """
        turnstile = Turnstile(
            self._gate(other.platform), Rank.CHECK, self.parts.pacing, self.parts.clock
        )
        sights = await self._sights(
            other,
            replace(self._need(), back_to=None, only=sight.surface, session=sight.session),
            turnstile,
        )
        if sights:
            now = self.parts.clock()
            control = Reading(
                account_id=other.id,
                sweep_id=self.sweep.id,
                look=LookKind.CONTROL,
                started_at=now,
                read_at=now,
                sights=sights,
                filed_as=other.filed.identity,
            )
            self.readings.setdefault(other.id, []).append(await self.parts.store.keep(control))
        return sights

    def _sound(self, account: Account) -> bool:
        before = self.states.get(account.id)
        return (before is not None and before.last_outcome is Outcome.OK) or any(
            reading.outcome is Outcome.OK for reading in self._of_sweep(account)
        )

    def _paused(self, account: Account) -> tuple[str, ...]:
        """For the inspector: the sources that could not be asked, and why."""
        labels = {facts.name: facts.label for facts in self.parts.looker.surfaces(account.platform)}
        turned_away = self.turned_away.get(account.id, {})
        clock = sentences.CLOCK_OFF if self.clock_off else ""
        return tuple(
            f"{labels.get(surface, surface)}:{clock or sentences.why_paused(why)}"
            for surface, why in turned_away.items()
        )


def _settles(sights: Sequence[Sight], need: Need) -> bool:
    """Whether a further source would add nothing: a post in the window, a complete list, or the
    platform's own word.
    """
    return any(
        sight.outcome.negative
        or sight.exact
        or any(post.on >= need.fresh_after for post in sight.posts)
        for sight in sights
    )

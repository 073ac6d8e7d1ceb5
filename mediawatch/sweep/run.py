"""One run of a sweep: which accounts are looked at, when again, and what is kept."""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

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
from mediawatch.log import get_logger
from mediawatch.names import same
from mediawatch.ports import Gate, Rank, Rejudgement
from mediawatch.rules import sentences
from mediawatch.sweep.controls import Controls
from mediawatch.sweep.gate.attempt import LookGate
from mediawatch.sweep.gate.breakers import EXIT_BITS
from mediawatch.sweep.gate.canary_gate import CanaryGate
from mediawatch.sweep.judging import checks_for, judge_scope
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Progress, Step
from mediawatch.sweep.tools import SweepTools

log = get_logger(__name__)

_UNDER_WAY = 8_192
"""Looks of a platform that may wait at a time, for their turns or for a surface's rest.

They are all of a province, at some 10 kB each. A waiting look must not keep others from the
surfaces that are free. The gate limits how many pages are open at a time.
"""
_LINKS_KEPT = 10
"""So many of the newest links of one page are kept with its account."""


class Run:
    """The state of one run: the sweep's readings by account, its controls, its counts."""

    def __init__(
        self, tools: SweepTools, request: Request, sweep: Sweep, progress: Progress
    ) -> None:
        self.tools = tools
        self.request = request
        self.sweep = sweep
        self.progress = progress
        self.readings: dict[int, list[Reading]] = {}
        self.states: Mapping[int, AccountState] = {}
        """As they were when the run began."""
        self.total = 0
        self.done = 0
        self.looks = 0
        self.settled = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.checks: list[CanaryCheck] = []
        self.turned_away: dict[int, Mapping[str, Outcome | str]] = {}
        """By account, the surfaces that were paused at its turn, and why."""
        self._second_looks = 0
        self._known: set[int] = set()
        """Accounts that need no look."""
        self._twice: set[int] = set()
        """Accounts whose second look was begun while first looks were made."""
        self._unforeseen = False
        self.clock_off = ""
        """How far this machine's clock is off, where a site's replies said so."""
        self._gates: dict[str, CanaryGate] = {}
        self._controls = Controls(self._ask, self._probably_there)

    async def load(self, accounts: Sequence[Account]) -> None:
        """Load what is known of these accounts, and what earlier runs of the sweep have kept."""
        self.total = len(accounts)
        self.readings = await self.tools.store.readings.by_account(sweep_id=self.sweep.id)
        self.states = await self.tools.store.readings.account_states(
            [account.id for account in accounts]
        )
        self.checks = await checks_for(self.tools.store, self.sweep)

    @property
    def exit_bits(self) -> int:
        """The run's own exit bits.

        1 for an unforeseen error; that of the network where no site answered any look, even where
        the looks were too few for a breaker.
        """
        reached_nothing = self.looks > 0 and self.outcomes[Outcome.UNREACHABLE] == self.looks
        clock = EXIT_BITS[Outcome.CHANGED] if self.clock_off else 0
        return (
            clock
            | (1 if self._unforeseen else 0)
            | (EXIT_BITS[Outcome.UNREACHABLE] if reached_nothing else 0)
        )

    async def judge(self, accounts: Sequence[Account]) -> Rejudgement:
        """Judge from everything that is kept by now."""
        paused = {account.id: self._paused(account) for account in accounts}
        return await judge_scope(
            self.tools.store,
            accounts,
            self.tools.looker.supports,
            self.sweep,
            self.request.policy,
            self.checks,
            paused,
        )

    async def settle(self, accounts: Sequence[Account]) -> None:
        """Find the accounts that need no look.

        Known posts prove them fresh for ever. Their name was read within the policy's interval for
        name and existence. Where looks are what is asked for, every account needs one.
        """
        if self.request.again or self.sweep.kind is SweepKind.NIGHTLY:
            return
        since = self.tools.clock() - timedelta(days=self.request.policy.identity.due_days)

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
        """Whether this sweep has had its first look at the account, in any of its runs."""
        return any(reading.look is LookKind.FIRST for reading in self._of_sweep(account))

    def read(self, account_id: int) -> bool:
        """Whether this sweep has kept any reading of the account."""
        return bool(self.readings.get(account_id))

    def needs_look(self, account: Account) -> bool:
        """Whether a look could show something that is not known."""
        return (
            account.id not in self._known
            and not self.looked_at(account)
            and self.tools.looker.supports(account.platform)
        )

    async def run_platform(self, platform: str, accounts: Sequence[Account]) -> None:
        """Look at all accounts of one platform, the most urgent first; second looks as they fall
        due.

        The platforms run side by side, so that a slow site does not hold up the others.
        """
        queue = iter(accounts)
        async with asyncio.TaskGroup() as seconds:
            async with asyncio.TaskGroup() as firsts:
                for _ in range(min(_UNDER_WAY, len(accounts))):
                    firsts.create_task(self._first_looks(queue, accounts, seconds))
            if not self.tools.looker.supports(platform):
                return
            await self.tools.looker.rest(platform)
            # These have become doubtful only by later checks or looks.
            for account in await self._second_due(
                [each for each in accounts if each.id not in self._twice]
            ):
                seconds.create_task(self._second_look(account, accounts))
        said = [
            sight
            for account in accounts
            for reading in self._of_sweep(account)
            for sight in reading.sights
        ]
        await self._gate(platform).close(
            said, [check for check in self.checks if check.sweep_id == self.sweep.id]
        )
        await self.tools.looker.rest(platform)

    def _gate(self, platform: str) -> CanaryGate:
        """The gate of a platform's batch, which checks its surfaces by canaries."""
        if platform not in self._gates:
            self._gates[platform] = CanaryGate(
                self.tools.pacing,
                self._sights,
                platform,
                self.tools.canaries,
                complete=self._complete,
                policy=self.request.policy,
                clock=self.tools.clock,
                note=self._note_check,
                sweep_id=self.sweep.id,
            )
        return self._gates[platform]

    def _complete(self, platform: str, surface: str, session: str) -> bool:
        return any(
            facts.complete(session)
            for facts in self.tools.looker.surfaces(platform)
            if facts.name == surface
        )

    async def _note_check(self, check: CanaryCheck) -> None:
        await self.tools.store.operator.add_canary_check(check)
        self.checks.append(check)

    def _doubtful(self, account: Account, reading: Reading) -> bool:
        """Whether a first look itself speaks against the account.

        It does by an old date, an empty list, a negative or another name. Others may want a second
        look for what was known before; they are judged together at the end of the batch.
        """
        latest = reading.latest
        fresh = latest.on >= self._need().fresh_after if latest else reading.exact_sight is None
        named = not reading.name or same(reading.name, account.filed.name)
        return reading.outcome.negative or not (fresh and named)

    async def _first_looks(
        self, queue: Iterator[Account], others: Sequence[Account], seconds: asyncio.TaskGroup
    ) -> None:
        """Take accounts from the queue until it is empty.

        Second looks that fall due at once begin as tasks of `seconds`.
        """
        for account in queue:
            reading = None
            if self.needs_look(account):
                reading = await self._look(account, self._need(), others)
            elif not self.looked_at(account) and self.tools.looker.supports(account.platform):
                self.settled += 1
            self.done += 1
            self._tell(account, reading)
            if (
                reading is not None
                and self._doubtful(account, reading)
                and await self._second_due([account])
            ):
                self._twice.add(account.id)
                seconds.create_task(self._second_look(account, others))

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

    async def _second_look(self, account: Account, others: Sequence[Account]) -> None:
        self._second_looks += 1
        # It may be of an earlier, unfinished sweep, where this one could not make its first look.
        first = next(
            reading
            for reading in reversed(self.readings[account.id])
            if reading.look is LookKind.FIRST
        )
        at = first.read_at + self.request.second_look_after
        if self.request.until is None or at < self.request.until:
            await asyncio.sleep(max(0.0, (at - self.tools.clock()).total_seconds()))
        seen_by = frozenset(sight.surface for sight in first.sights)
        reading = await self._look(
            account, replace(self._need(), second=True, not_by=seen_by), others
        )
        self._second_looks -= 1
        self._tell(account, reading)

    def _need(self) -> Need:
        # In a period no single post settles an account: only a list that covers the period does.
        fresh_after = (
            date.max
            if self.sweep.period_from
            else self.request.policy.window_start(day_of(self.sweep.as_of))
        )
        return Need(fresh_after=fresh_after, back_to=self.sweep.period_from)

    def _of_sweep(self, account: Account) -> list[Reading]:
        return self.readings.get(account.id, [])

    def _tell(self, account: Account, reading: Reading | None) -> None:
        paused = self.tools.pacing.open_breakers()
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
        self, account: Account, need: Need, others: Sequence[Account]
    ) -> Reading | None:
        """Look once, and keep the reading at once.

        None where no surface could be tried: all are paused, or nothing is filed to find the
        account by. `others`: the platform's accounts, by which a negative is controlled. A surface
        that rests is asked after its rest, where the others have settled nothing meanwhile.
        """
        rank = Rank.SECOND_LOOK if need.second else Rank.FIRST_LOOK
        gate = LookGate(self._gate(account.platform), rank, self.tools.pacing, self.tools.clock)
        sights = await self._sights(account, need, gate)
        while gate.resting and not _settles(sights, need) and (surface := await gate.rested()):
            sights += await self._sights(
                account, replace(need, only=surface) if sights else need, gate
            )
        self.turned_away[account.id] = gate.turned_away
        if not sights:
            return None
        self.looks += 1
        self._note_clock(sights)
        self._controls.note(account, sights)
        sights = tuple(
            [await self._controls.controlled(account, sight, others) for sight in sights]
        )
        now = self.tools.clock()
        reading = Reading(
            account_id=account.id,
            sweep_id=self.sweep.id,
            look=LookKind.SECOND if need.second else LookKind.FIRST,
            started_at=gate.began or now,
            read_at=now,
            sights=sights,
            filed_as=account.filed.identity,
        )
        # Links are kept before the reading: a run that is killed in between looks again and loses
        # no link.
        await self._keep_links(account, sights)
        if any(sight.captures for sight in sights):
            reading = await self.tools.evidence.keep(reading)
        reading = await self.tools.store.readings.keep(reading)
        self.readings.setdefault(account.id, []).append(reading)
        self.outcomes[reading.outcome] += 1
        log.info(
            "look",
            account=account.id,
            platform=account.platform,
            look=reading.look.value,
            outcome=reading.outcome.value,
            surface=",".join(sight.surface for sight in sights),
            ms=round((reading.read_at - reading.started_at) / timedelta(milliseconds=1)),
        )
        return reading

    def _note_clock(self, sights: Sequence[Sight]) -> None:
        """Log it once: every look of the run meets the same clock."""
        for sight in sights:
            if sight.detail.startswith(CLOCK_OFF) and not self.clock_off:
                self.clock_off = sight.detail
                log.error(
                    f"{sight.detail}; what is read until it is set proves nothing against any account"
                )

    async def _keep_links(self, account: Account, sights: Sequence[Sight]) -> None:
        """Keep further links that were seen on the account's own pages: they raise its lower bound.

        The pages must be its own by id: a filed link may have passed to another account.
        """
        for sight in sights:
            new = [link for link in sight.links if link not in account.links][:_LINKS_KEPT]
            if new and sight.matched_by is MatchedBy.ID:
                await self.tools.store.accounts.add_links(account.id, new, sight.surface)

    async def _sights(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        try:
            return await self.tools.looker.look(account, need, gate)
        except (
            Exception,
            asyncio.CancelledError,
        ) as error:  # the sweep's boundary: only here does an unforeseen error become an outcome
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
                    read_at=self.tools.clock(),
                    outcome=Outcome.CHANGED,
                    detail=detail,
                ),
            )

    async def _ask(self, other: Account, sight: Sight) -> tuple[Sight, ...]:
        """Whether the sight's surface and session still answer.

        Another account is asked about, and the reading is kept as a control.
        """
        sights = await self._sights(
            other,
            replace(self._need(), back_to=None, only=sight.surface, session=sight.session),
            LookGate(self._gate(other.platform), Rank.CHECK, self.tools.pacing, self.tools.clock),
        )
        if sights:
            now = self.tools.clock()
            control = Reading(
                account_id=other.id,
                sweep_id=self.sweep.id,
                look=LookKind.CONTROL,
                started_at=now,
                read_at=now,
                sights=sights,
                filed_as=other.filed.identity,
            )
            self.readings.setdefault(other.id, []).append(
                await self.tools.store.readings.keep(control)
            )
        return sights

    def _probably_there(self, account: Account) -> bool:
        before = self.states.get(account.id)
        return (before is not None and before.last_outcome is Outcome.OK) or any(
            reading.outcome is Outcome.OK for reading in self._of_sweep(account)
        )

    def _paused(self, account: Account) -> tuple[str, ...]:
        """For the inspector: the sources that could not be asked, and why."""
        labels = {facts.name: facts.label for facts in self.tools.looker.surfaces(account.platform)}
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

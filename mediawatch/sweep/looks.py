"""The looks of one run: each becomes a reading, which is kept at once."""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mediawatch import stops
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
    with_found_id,
)
from mediawatch.log import get_logger
from mediawatch.ports import Gate, Rank
from mediawatch.rules import sentences
from mediawatch.rules.account_policy import account_policy
from mediawatch.sweep.controls import Controls
from mediawatch.sweep.gate.attempt import LookGate
from mediawatch.sweep.gate.breakers import EXIT_BITS
from mediawatch.sweep.gate.canary_gate import CanaryGate, CheckTools
from mediawatch.sweep.needs import need_of, satisfies
from mediawatch.sweep.request import Request
from mediawatch.sweep.tools import SweepTools

# The name under which administrators find looks in the log: docs/running.md shows it.
log = get_logger("mediawatch.sweep.run")

_LINKS_KEPT = 10
"""So many of the newest links of one page are kept with its account."""


@dataclass(kw_only=True)
class RunCounts:
    """The counts and the exit bits of a run."""

    total: int = 0
    """Accounts in scope."""
    done: int = 0
    """Accounts that have had their first look or need no look."""
    looks: int = 0
    looks_saved: int = 0
    """Accounts that known posts prove fresh."""
    second_looks: int = 0
    """Known second looks that are still to be made."""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    unforeseen: bool = False
    """Whether a look ended with an unforeseen error."""
    clock_off: str = ""
    """How far this machine's clock is off, where a site's replies said so."""

    def note_clock(self, sights: Sequence[Sight]) -> None:
        """Log it once: every look of the run meets the same clock."""
        for sight in sights:
            if sight.detail.startswith(CLOCK_OFF) and not self.clock_off:
                self.clock_off = sight.detail
                log.error(
                    f"{sight.detail}; what is read until it is set proves nothing against any account"
                )

    @property
    def exit_bits(self) -> int:
        """The run's own exit bits.

        1 for an unforeseen error; that of the network where no site answered any look, even where
        the looks were too few for a breaker.
        """
        reached_nothing = self.looks > 0 and self.outcomes[Outcome.UNREACHABLE] == self.looks
        return (
            (EXIT_BITS[Outcome.CHANGED] if self.clock_off else 0)
            | (1 if self.unforeseen else 0)
            | (EXIT_BITS[Outcome.UNREACHABLE] if reached_nothing else 0)
        )


@dataclass(kw_only=True)
class SweepReadings:
    """The sweep's readings by account, and the accounts' states when the run began."""

    by_account: dict[int, list[Reading]] = field(default_factory=dict)
    states: Mapping[int, AccountState] = field(default_factory=dict)

    def add(self, reading: Reading) -> None:
        self.by_account.setdefault(reading.account_id, []).append(reading)

    def of(self, account: Account) -> list[Reading]:
        return self.by_account.get(account.id, [])

    def sights(self, accounts: Sequence[Account]) -> Iterator[Sight]:
        """All sights of these accounts."""
        for account in accounts:
            for reading in self.of(account):
                yield from reading.sights

    def has_look(self, account: Account, kind: LookKind) -> bool:
        """Whether this sweep has made such a look at the account, in any of its runs."""
        return any(reading.look is kind for reading in self.of(account))

    def first_look(self, account: Account) -> Reading:
        """The newest first look.

        It may be of an earlier, unfinished sweep, where this one could not make its first look.
        """
        return next(
            reading for reading in reversed(self.of(account)) if reading.look is LookKind.FIRST
        )

    def probably_there(self, account: Account) -> bool:
        """Whether the account was read before, by this sweep or an earlier one."""
        before = self.states.get(account.id)
        return (before is not None and before.last_outcome is Outcome.OK) or any(
            reading.outcome is Outcome.OK for reading in self.of(account)
        )


class RunLooks:
    """Looks at accounts through the gates of their platforms."""

    def __init__(self, tools: SweepTools, request: Request, sweep: Sweep) -> None:
        self.tools = tools
        self.request = request
        self.sweep = sweep
        self.counts = RunCounts()
        self.readings = SweepReadings()
        self.checks: list[CanaryCheck] = []
        self._turned_away: dict[int, Mapping[str, Outcome | str]] = {}
        """By account, the surfaces that were paused at its turn, and why."""
        self._gates: dict[str, CanaryGate] = {}
        self._controls = Controls(self._look_for_control, self.readings.probably_there, tools.book)

    def need_of(self, account: Account) -> Need:
        """What a look at the account must show, by its own policy."""
        return need_of(self.sweep, account_policy(self.request.policy, account.filed))

    async def look(self, account: Account, need: Need, others: Sequence[Account]) -> Reading | None:
        """Look once, and keep the reading at once.

        None where no surface could be tried: all are paused, or nothing is filed to find the
        account by. `others`: the platform's accounts, by which a negative is controlled.
        """
        rank = Rank.SECOND_LOOK if need.second else Rank.FIRST_LOOK
        gate = LookGate(self._gate(account.platform), rank, self.tools.pacing, self.tools.clock)
        sights = await self._sights(account, need, gate)
        sights += await self._sights_after_rests(account, need, gate, sights)
        self._turned_away[account.id] = gate.turned_away
        if not sights:
            return None
        self.counts.looks += 1
        self.counts.note_clock(sights)
        await self._controls.note(account, sights)
        # What a 暂用标识 led to speaks against nobody, so it needs no control.
        sights = tuple(
            [
                sight
                if sight.provisional
                else await self._controls.with_control(account, sight, others)
                for sight in sights
            ]
        )
        kind = LookKind.SECOND if need.second else LookKind.FIRST
        reading = self._reading(account, kind, sights, gate.began)
        # Links are kept before the reading: a run that is killed in between looks again and loses
        # no link.
        await self._keep_links(account, sights)
        if any(sight.captures for sight in sights):
            reading = await self.tools.evidence.keep(reading)
        reading = await self.tools.store.readings.keep(reading)
        self.readings.add(reading)
        self.counts.outcomes[reading.outcome] += 1
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

    async def close_batch(self, platform: str, accounts: Sequence[Account]) -> None:
        """Read a canary by each surface that has spoken of these accounts since its last check."""
        await self._gate(platform).close(
            self.readings.sights(accounts),
            [check for check in self.checks if check.sweep_id == self.sweep.id],
        )

    def paused_sources(self, account: Account) -> tuple[str, ...]:
        """For the inspector: the sources that could not be asked, and why."""
        labels = {facts.name: facts.label for facts in self.tools.looker.surfaces(account.platform)}
        clock = sentences.CLOCK_OFF if self.counts.clock_off else ""
        return tuple(
            f"{labels.get(surface, surface)}：{clock or sentences.why_paused(why)}"
            for surface, why in self._turned_away.get(account.id, {}).items()
        )

    def _gate(self, platform: str) -> CanaryGate:
        """The gate of a platform's batch, which checks its surfaces by canaries."""
        if platform not in self._gates:
            checking = CheckTools(
                look=self._sights,
                surfaces=self.tools.looker.surfaces,
                policy=self.request.policy,
                clock=self.tools.clock,
                note=self._note_check,
                sweep_id=self.sweep.id,
                book=self.tools.book,
            )
            self._gates[platform] = CanaryGate(
                self.tools.pacing, platform, self.tools.canaries, checking
            )
        return self._gates[platform]

    async def _note_check(self, check: CanaryCheck) -> None:
        await self.tools.store.operator.add_canary_check(check)
        self.checks.append(check)

    async def _sights_after_rests(
        self, account: Account, need: Need, gate: LookGate, sights: tuple[Sight, ...]
    ) -> tuple[Sight, ...]:
        """A surface that rests is asked after its rest, where the others have settled nothing
        meanwhile. An id that it finds leads the look on.
        """
        more: tuple[Sight, ...] = ()
        account = with_found_id(account, sights)
        while (
            gate.resting
            and not satisfies(sights + more, need)
            and (surface := await gate.wait_for_rest())
        ):
            seen = replace(need, earlier=sights + more)
            only = replace(seen, only=surface, goes_on=True) if seen.earlier else seen
            more += await self._sights(account, only, gate)
            led = with_found_id(account, sights + more)
            if led is not account and not satisfies(sights + more, need):
                more += await self._sights(led, replace(need, earlier=sights + more), gate)
            account = led
        return more

    async def _sights(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        try:
            return await self.tools.looker.look(account, need, gate)
        except (
            Exception,
            asyncio.CancelledError,
        ) as error:  # the sweep's boundary: only here does an unforeseen error become an outcome
            task = asyncio.current_task()
            if stops.stop_signal():
                raise
            if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                raise
            log.error(
                "look failed unexpectedly",
                account=account.id,
                platform=account.platform,
                traceback=traceback.format_exc(),
            )
            self.counts.unforeseen = True
            detail = f"unexpected {type(error).__name__}"
            return (
                Sight(
                    surface=account.platform,
                    read_at=self.tools.clock(),
                    outcome=Outcome.CHANGED,
                    detail=detail,
                ),
            )

    async def _look_for_control(self, other: Account, sight: Sight) -> tuple[Sight, ...]:
        """Whether the sight's surface and session still answer.

        Another account is looked at, and the reading is kept as a control.
        """
        sights = await self._sights(
            other,
            replace(self.need_of(other), back_to=None, only=sight.surface, session=sight.session),
            LookGate(self._gate(other.platform), Rank.CHECK, self.tools.pacing, self.tools.clock),
        )
        if sights:
            control = self._reading(other, LookKind.CONTROL, sights)
            self.readings.add(await self.tools.store.readings.keep(control))
        return sights

    def _reading(
        self,
        account: Account,
        look: LookKind,
        sights: tuple[Sight, ...],
        began: datetime | None = None,
    ) -> Reading:
        now = self.tools.clock()
        return Reading(
            account_id=account.id,
            sweep_id=self.sweep.id,
            look=look,
            started_at=began or now,
            read_at=now,
            sights=sights,
            filed_as=account.filed.identity,
        )

    async def _keep_links(self, account: Account, sights: Sequence[Sight]) -> None:
        """Keep further links that were seen on the account's own pages: they raise its lower bound.

        The pages must be its own by id: a filed link may have passed to another account.
        """
        for sight in sights:
            new = [link for link in sight.links if link not in account.links][:_LINKS_KEPT]
            if new and sight.matched_by is MatchedBy.ID:
                await self.tools.store.accounts.add_links(account.id, new, sight.surface)

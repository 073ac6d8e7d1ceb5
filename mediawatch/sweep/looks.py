"""The looks of one run: each becomes a reading, which is kept at once."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from mediawatch.domain import (
    Account,
    CanaryCheck,
    LookKind,
    MatchedBy,
    Need,
    Outcome,
    Reading,
    Sight,
    Sweep,
)
from mediawatch.domain.clock import day_of
from mediawatch.log import get_logger
from mediawatch.names import same
from mediawatch.ports import Gate, Rank
from mediawatch.rules import sentences
from mediawatch.rules.policy import Policy
from mediawatch.sweep.controls import Controls
from mediawatch.sweep.counts import RunCounts
from mediawatch.sweep.gate.attempt import LookGate
from mediawatch.sweep.gate.canary_gate import CanaryGate, CheckTools
from mediawatch.sweep.request import Request
from mediawatch.sweep.sweep_readings import SweepReadings
from mediawatch.sweep.tools import SweepTools

# The name under which administrators find looks in the log: docs/running.md shows it.
log = get_logger("mediawatch.sweep.run")

_LINKS_KEPT = 10
"""So many of the newest links of one page are kept with its account."""


class RunLooks:
    """Looks at accounts through the gates of their platforms."""

    def __init__(self, tools: SweepTools, request: Request, sweep: Sweep) -> None:
        self.tools = tools
        self.request = request
        self.sweep = sweep
        self.need = need_of(sweep, request.policy)
        self.counts = RunCounts()
        self.readings = SweepReadings()
        self.checks: list[CanaryCheck] = []
        self._turned_away: dict[int, Mapping[str, Outcome | str]] = {}
        """By account, the surfaces that were paused at its turn, and why."""
        self._gates: dict[str, CanaryGate] = {}
        self._controls = Controls(self._look_for_control, self.readings.probably_there)

    async def look(self, account: Account, need: Need, others: Sequence[Account]) -> Reading | None:
        """Look once, and keep the reading at once.

        None where no surface could be tried: all are paused, or nothing is filed to find the
        account by. `others`: the platform's accounts, by which a negative is controlled.
        """
        gate = self._look_gate(account, Rank.SECOND_LOOK if need.second else Rank.FIRST_LOOK)
        sights = await self._sights_with_rests(account, need, gate)
        self._turned_away[account.id] = gate.turned_away
        if not sights:
            return None
        self.counts.looks += 1
        self.counts.note_clock(sights)
        self._controls.note(account, sights)
        sights = tuple(
            [await self._controls.with_control(account, sight, others) for sight in sights]
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
            f"{labels.get(surface, surface)}:{clock or sentences.why_paused(why)}"
            for surface, why in self._turned_away.get(account.id, {}).items()
        )

    def _look_gate(self, account: Account, rank: Rank) -> LookGate:
        return LookGate(self._gate(account.platform), rank, self.tools.pacing, self.tools.clock)

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
            )
            self._gates[platform] = CanaryGate(
                self.tools.pacing, platform, self.tools.canaries, checking
            )
        return self._gates[platform]

    async def _note_check(self, check: CanaryCheck) -> None:
        await self.tools.store.operator.add_canary_check(check)
        self.checks.append(check)

    async def _sights_with_rests(
        self, account: Account, need: Need, gate: LookGate
    ) -> tuple[Sight, ...]:
        """A surface that rests is asked after its rest, where the others have settled nothing
        meanwhile.
        """
        sights = await self._sights(account, need, gate)
        while (
            gate.resting and not satisfies(sights, need) and (surface := await gate.wait_for_rest())
        ):
            sights += await self._sights(
                account, replace(need, only=surface) if sights else need, gate
            )
        return sights

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
            replace(self.need, back_to=None, only=sight.surface, session=sight.session),
            self._look_gate(other, Rank.CHECK),
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


def need_of(sweep: Sweep, policy: Policy) -> Need:
    """What a first look must show."""
    # In a period no single post settles an account: only a list that covers the period does.
    fresh_after = date.max if sweep.period_from else policy.window_start(day_of(sweep.as_of))
    return Need(fresh_after=fresh_after, back_to=sweep.period_from)


def satisfies(sights: Sequence[Sight], need: Need) -> bool:
    """Whether a further source would add nothing: a post in the window, a complete list, or the
    platform's own word.
    """
    return any(
        sight.outcome.negative
        or sight.exact
        or any(post.on >= need.fresh_after for post in sight.posts)
        for sight in sights
    )


def speaks_against(reading: Reading, account: Account, need: Need) -> bool:
    """Whether a first look itself speaks against the account.

    It does by an old date, an empty list, a negative or another name. Others may want a second
    look for what was known before; they are judged together at the end of the batch.
    """
    latest = reading.latest
    fresh = latest.on >= need.fresh_after if latest else reading.exact_sight is None
    as_filed = not reading.name or same(reading.name, account.filed.name)
    return reading.outcome.negative or not (fresh and as_filed)

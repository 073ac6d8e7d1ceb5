"""The looks of one run: each becomes a reading, which is kept at once."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from mediawatch import stops
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
    with_found_id,
)
from mediawatch.log import get_logger
from mediawatch.ports import Gate, Looker, Rank
from mediawatch.ports.store import MovedData
from mediawatch.sweep.controls import Controls
from mediawatch.sweep.gate.attempt import LookGate
from mediawatch.sweep.gate.canary_gate import CanaryGate, CheckTools
from mediawatch.sweep.needs import satisfies
from mediawatch.sweep.records import FirstNeed, GivenTurns, SweepLooks, Turns
from mediawatch.sweep.request import Request
from mediawatch.sweep.tools import SweepTools

# The name under which administrators find looks in the log: docs/running.md shows it.
log = get_logger("mediawatch.sweep.run")

_LINKS_KEPT = 10
"""So many of the newest links of one page are kept with its account."""


_UNDER_WAY = 8_192
"""Looks of a platform that may wait at a time, for their turns or for a surface's rest.

They are all of a province, at some 10 kB each. A waiting look must not keep others from the
surfaces that are free. The gate limits how many pages are open at a time.
"""


class RunLooks(SweepLooks):
    """Looks at accounts in this process, through the gates of their platforms."""

    at_once = _UNDER_WAY

    def __init__(self, tools: SweepTools, request: Request, sweep: Sweep) -> None:
        super().__init__(tools, request, sweep)
        self._gates: dict[str, CanaryGate] = {}
        self._controls = Controls(self._look_for_control, self.readings.probably_there, tools.book)

    @property
    def looker(self) -> Looker:
        """The scrapers: a run that looks by itself has them."""
        return cast("Looker", self.tools.looker)

    @asynccontextmanager
    async def prepared(
        self, firsts: Mapping[str, Sequence[Account]], need: FirstNeed
    ) -> AsyncIterator[None]:
        """See `SweepLooks.prepared`."""
        if platforms := sorted(platform for platform, some in firsts.items() if some):
            await self.looker.ready()
            await say_where_no_network(self.tools, platforms)
        yield

    def turns(self, accounts: Sequence[Account]) -> Turns:
        """See `SweepLooks.turns`."""
        return GivenTurns(accounts)

    async def look_again(
        self, account: Account, need: Need, others: Sequence[Account], at: datetime
    ) -> Reading | None:
        """See `SweepLooks.look_again`."""
        if self.request.until is None or at < self.request.until:
            await asyncio.sleep(max(0.0, (at - self.tools.clock()).total_seconds()))
        return await self.look(account, need, others)

    async def rest(self, platform: str) -> None:
        """See `SweepLooks.rest`."""
        await self.looker.rest(platform)

    async def look(self, account: Account, need: Need, others: Sequence[Account]) -> Reading | None:
        """See `SweepLooks.look`."""
        rank = Rank.SECOND_LOOK if need.second else Rank.FIRST_LOOK
        gate = LookGate(self._gate(account.platform), rank, self.tools.pacing, self.tools.clock)
        sights = await self._sights(account, need, gate)
        sights += await self._sights_after_rests(account, need, gate, sights)
        self.turned_away[account.id] = gate.turned_away
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
        reading = await self.tools.store.readings.keep_look(reading)
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
        """See `SweepLooks.close_batch`."""
        await self._gate(platform).close(
            self.readings.sights(accounts),
            [check for check in self.checks if check.sweep_id == self.sweep.id],
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

    async def check(self, platform: str, surface: str, session: str) -> None:
        """Read a canary by one surface and session that has spoken since its last check."""
        if self.tools.canaries.of(platform):
            known = any(
                (check.surface, check.session) == (surface, session) for check in self.checks
            )
            await self._gate(platform).check(surface, session, fits=known)

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
            return await self.looker.look(account, need, gate)
        except MovedData:  # of the database, not of the look
            raise
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


async def say_where_no_network(tools: SweepTools, platforms: Collection[str]) -> None:
    """Log it where none of these platforms' sites can be reached."""
    if why := await tools.why_unreachable(platforms):
        log.warning(
            f"no network: {why}; the looks are tried all the same, and a failed look counts "
            "against no account"
        )

"""The gate of one platform's batch.

A canary (对照账号) is read by each surface before it is used, and every so often again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from mediawatch.domain import Account, Canary, CanaryCheck, Need, Outcome, Sight
from mediawatch.domain.clock import day_of
from mediawatch.log import get_logger
from mediawatch.ports import (
    CheckBook,
    CheckedSource,
    CheckIntervals,
    CheckStanding,
    CheckTurn,
    Clock,
    Gate,
    Rank,
    See,
    SurfaceFacts,
    Visit,
)
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.backing import reads_well
from mediawatch.rules.policy import Policy
from mediawatch.sweep.gate.canaries import Canaries
from mediawatch.sweep.gate.memory import MemoryChecks
from mediawatch.sweep.gate.spoken import sources_to_check
from mediawatch.sweep.gate.turns import Queue

log = get_logger(__name__)

Look = Callable[[Account, Need, Gate], Awaitable[tuple[Sight, ...]]]
Note = Callable[[CanaryCheck], Awaitable[None]]

_SOON = 10
"""Looks after which a canary that did not read well is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTools:
    """What a check of a canary works with. `note` keeps the check."""

    look: Look
    surfaces: Callable[[str], Sequence[SurfaceFacts]]
    """Of a platform."""
    policy: Policy
    clock: Clock
    note: Note
    sweep_id: int | None = None
    book: CheckBook | None = None
    """Shared with other processes; None where this one is alone."""

    def expects_complete(self, platform: str, surface: str, session: str) -> bool:
        """Whether the surface should show complete lists with the session."""
        return any(
            facts.complete(session) for facts in self.surfaces(platform) if facts.name == surface
        )


class CanaryGate:
    """Implements `ports.Gate` around another one."""

    def __init__(self, gate: Gate, platform: str, canaries: Canaries, tools: CheckTools) -> None:
        self._gate, self._platform, self._tools = gate, platform, tools
        self._of_platform = canaries.of(platform)
        self._intervals = CheckIntervals(
            looks=canaries.every_looks,
            looks_after_bad=min(_SOON, canaries.every_looks),
            every=canaries.every,
        )
        self._book: CheckBook = tools.book or MemoryChecks(tools.clock)
        self._queues: dict[CheckedSource, Queue] = defaultdict(Queue)

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        """See `ports.Gate.visit`. A closed surface is not visited just to check a canary; if it
        answers, `close` still reads one.
        """
        if visit.declared_closed or not self._of_platform:
            return await self._gate.visit(visit, see)
        source = self._source(visit.surface, visit.session)
        queue = self._queues[source]
        with ExitStack() as turn:
            await queue.enter(visit.rank)
            turn.callback(queue.leave)
            checked_with = await self._begin_look(source)

            def let_others_in() -> Awaitable[Sight]:
                # An earlier release would count all waiting looks, and read their canaries, before
                # the first of them.
                turn.close()
                return see()

            sight = await self._gate.visit(visit, let_others_in)
            if sight is not None and sight.login not in ("", checked_with):
                await self._book.note_login(source, sight.login)
            return sight

    async def pause(self, visit: Visit) -> None:
        """See `ports.Gate.pause`."""
        await self._gate.pause(visit)

    def _source(self, surface: str, session: str) -> CheckedSource:
        return CheckedSource(surface=surface, session=session, sweep_id=self._tools.sweep_id)

    async def _begin_look(self, source: CheckedSource) -> str:
        """Read a canary where one is due, and count the look; the login of the last check."""
        turn = await _turn_of(lambda: self._book.begin_look(source, self._intervals))
        if not turn.check:
            return turn.standing.login
        return (await self._make_check(source, turn, looks=1))[1].login

    async def close(self, sights: Iterable[Sight], checks: Iterable[CanaryCheck]) -> None:
        """End a batch: check each surface and session that has spoken since its last check."""
        checks = list(checks)
        checked = {(check.surface, check.session) for check in checks}
        for spoken in sources_to_check(sights, checks):
            # At another address another process speaks for it.
            if spoken.address == self._book.address or spoken.session:
                key = spoken.surface, spoken.session
                await self.check(*key, fits=key in checked)

    async def check(self, surface: str, session: str, *, fits: bool = False) -> CanaryCheck | None:
        """Read the next canary by this surface and keep the check; None where no canary fits it.

        `fits`: whether one is known to have fitted it in this batch.
        """
        source = self._source(surface, session)
        turn = await _turn_of(lambda: self._book.begin_check(source))
        return (await self._make_check(source, turn, looks=0, fits=fits))[0]

    async def _make_check(
        self, source: CheckedSource, turn: CheckTurn, *, looks: int, fits: bool = False
    ) -> tuple[CanaryCheck | None, CheckStanding]:
        standing = replace(turn.standing, fits=turn.standing.fits or fits)
        async with self._renewing(source, turn.renew_after):
            check, tried = await self._read_next(standing, source)
            if check is None and standing.fits:
                check = self._check_of(self._of_platform[0], source, ())
            if check is not None:
                await self._tools.note(check)
        found = CheckStanding(
            fresh=check is None or check.fresh,
            fits=standing.fits or check is not None,
            login=(check.login if check else "") or standing.login,
            turn=standing.turn + tried,
        )
        await self._book.end_check(source, found, looks)
        return check, found

    @asynccontextmanager
    async def _renewing(self, source: CheckedSource, after: float) -> AsyncIterator[None]:
        """Say every so often that the check is still being made; never where `after` is 0."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(after)
                await self._book.renew_check(source)

        renewing = asyncio.create_task(renew()) if after else None
        try:
            yield
        finally:
            if renewing is not None:
                renewing.cancel()
                await asyncio.wait([renewing])

    async def _read_next(
        self, standing: CheckStanding, source: CheckedSource
    ) -> tuple[CanaryCheck | None, int]:
        """The check of the next canary that fits, and how many were tried."""
        for tried in range(len(self._of_platform)):
            canary = self._of_platform[(standing.turn + tried) % len(self._of_platform)]
            counter = _VisitCounter(self._gate)
            own = account_policy(self._tools.policy, canary.account.filed)
            need = Need(
                fresh_after=own.window_start(day_of(self._tools.clock())),
                only=source.surface,
                session=source.session,
            )
            sights = await self._tools.look(canary.account, need, counter)
            if counter.visits or sights:
                return self._check_of(canary, source, sights), tried + 1
        return None, len(self._of_platform)

    def _check_of(
        self, canary: Canary, source: CheckedSource, sights: tuple[Sight, ...]
    ) -> CanaryCheck:
        surface = source.surface
        sight = next((each for each in sights if each.surface == surface), None)
        if sight is None:
            # The visit was not admitted, or the look broke. What the surface would have shown is
            # unknown.
            outcome = sights[-1].outcome if sights else Outcome.NO_EVIDENCE
            detail = (
                sights[-1].detail
                if sights
                else "the surface is paused, or its login is no longer used"
            )
            fresh, at, used, login = False, self._tools.clock(), source.session, ""
            calls, ends_day = sum(each.calls for each in sights), None
        else:
            fresh = reads_well(
                sight,
                self._tools.policy,
                complete=self._tools.expects_complete(self._platform, surface, sight.session),
            )
            outcome, detail, at, used, login = (
                sight.outcome,
                sight.detail,
                sight.read_at,
                sight.session,
                sight.login,
            )
            calls, ends_day = sight.calls, sight.ends_day
        if not fresh:
            tell = {
                "canary": canary.name,
                "id": canary.platform_id,
                "outcome": outcome.value,
                "detail": detail,
            }
            log.warning(
                "a canary does not read as it must",
                surface=surface,
                session=used or "visitor",
                **tell,
            )
        return CanaryCheck(
            surface=surface,
            session=used,
            account_name=canary.name,
            platform_id=canary.platform_id,
            at=at,
            fresh=fresh,
            outcome=outcome,
            sweep_id=self._tools.sweep_id,
            detail=detail,
            login=login,
            calls=calls,
            ends_day=ends_day,
            address="" if used else self._book.address,
        )


async def _turn_of(ask: Callable[[], Awaitable[CheckTurn]]) -> CheckTurn:
    """Ask until nobody else is at a check."""
    while True:
        turn = await ask()
        if not turn.wait:
            return turn
        await asyncio.sleep(turn.wait)


@dataclass(slots=True)
class _VisitCounter:
    """The gate behind, at the rank of a check.

    It counts the visits: a surface that does not fit a canary is never tried.
    """

    gate: Gate
    visits: int = 0

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        self.visits += 1
        return await self.gate.visit(replace(visit, rank=Rank.CHECK), see)

    async def pause(self, visit: Visit) -> None:
        await self.gate.pause(replace(visit, rank=Rank.CHECK))

"""The gate of one platform's batch: no surface is used before a canary (对照账号) was read by it,
and again every so often.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from mediawatch.domain import Account, Canary, CanaryCheck, Need, Outcome, Pace, Sight
from mediawatch.domain.clock import day_of
from mediawatch.ports import Clock, Gate, Rank, RankedGate
from mediawatch.rules.backing import reads_well
from mediawatch.rules.policy import Policy
from mediawatch.sweep.canaries import Canaries
from mediawatch.sweep.gate.pacing import Queue

log = structlog.get_logger(__name__)

Look = Callable[[Account, Need, Gate], Awaitable[tuple[Sight, ...]]]
Note = Callable[[CanaryCheck], Awaitable[None]]
Complete = Callable[[str, str, str], bool]
"""Whether a platform's surface with a session is to show complete lists, all by name."""


_SOON = 10
"""Looks after which a canary that did not read well is tried again."""


@dataclass
class _Lane:
    """One surface with one session."""

    queue: Queue = field(default_factory=Queue)
    looks: int = 0
    """Since the last check."""
    fresh: bool = True
    """Whether that read well. If not, what follows is lost to the next check, so it comes soon."""
    checked_at: datetime | None = None
    fits: bool = False
    """Whether a canary was read by it before: if none can be any more, it was our login or the
    surface that went.
    """
    login: str = ""
    """Which login it was read with: what it showed says nothing of a newer one."""
    next: int = 0
    """Place of the canary whose turn it is: they take turns, for one look is enough at a time."""


class CanaryGate:
    """Implements `ports.RankedGate` around another one. `note` keeps each check."""

    def __init__(
        self,
        gate: RankedGate,
        look: Look,
        platform: str,
        canaries: Canaries,
        *,
        complete: Complete,
        policy: Policy,
        clock: Clock,
        note: Note,
        sweep_id: int | None = None,
    ) -> None:
        self._gate, self._look, self._platform = gate, look, platform
        self._canaries, self._of_platform = canaries, canaries.of(platform)
        self._complete, self._policy, self._clock, self._note, self._sweep_id = (
            complete,
            policy,
            clock,
            note,
            sweep_id,
        )
        self._lanes: dict[tuple[str, str], _Lane] = defaultdict(_Lane)

    async def visit(
        self,
        surface: str,
        session: str,
        pace: Pace,
        see: Callable[[], Awaitable[Sight]],
        *,
        declared_closed: bool = False,
        rank: Rank = Rank.FIRST_LOOK,
    ) -> Sight | None:
        """See `ports.Gate.visit`. A closed surface is not knocked at for a canary's sake; if it
        answers, `close` still reads one.
        """
        lane: _Lane | None = None
        async with AsyncExitStack() as turn:
            if self._of_platform and not declared_closed:
                lane = self._lanes[surface, session]
                await turn.enter_async_context(lane.queue.turn(rank))
                if self._due(lane):
                    await self.check(surface, session)
                lane.looks += 1

            async def admitted() -> Sight:
                # Not before: else all that wait would be counted, and their canaries read, ahead of
                # the first of them.
                await turn.aclose()
                return await see()

            sight = await self._gate.visit(
                surface, session, pace, admitted, declared_closed=declared_closed, rank=rank
            )
            if lane is not None and sight is not None and sight.login not in ("", lane.login):
                lane.checked_at = None
            return sight

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        """See `ports.Gate.pause`."""
        await self._gate.pause(surface, session, pace)

    def _due(self, lane: _Lane) -> bool:
        late = lane.checked_at is None or self._clock() - lane.checked_at >= self._canaries.every
        return late or lane.looks >= (
            self._canaries.every_looks if lane.fresh else min(_SOON, self._canaries.every_looks)
        )

    async def close(self, sights: Iterable[Sight], checks: Iterable[CanaryCheck]) -> None:
        """The end of a batch: a check after the last word of every surface and session, where none
        is yet.
        """
        checked: dict[tuple[str, str], datetime] = {}
        for check in checks:
            key = check.surface, check.session
            checked[key] = max(check.at, checked.get(key, check.at))
        spoken = {
            (sight.surface, sight.session)
            for sight in sights
            if not sight.outcome.about_us or sight.name or sight.exact
            if (at := checked.get((sight.surface, sight.session))) is None or at <= sight.read_at
        }
        for surface, session in sorted(spoken):
            self._lanes[surface, session].fits |= (surface, session) in checked
            await self.check(surface, session)

    async def check(self, surface: str, session: str) -> CanaryCheck | None:
        """Read the next canary by this surface and keep what came of it; None where no canary fits
        the surface.
        """
        lane = self._lanes[surface, session]
        check = await self._checked(lane, surface, session)
        if check is None and lane.fits:
            check = self._judged(self._of_platform[0], surface, session, ())
        lane.looks, lane.checked_at, lane.fresh = 0, self._clock(), check is None or check.fresh
        if check is not None:
            lane.fits, lane.login = True, check.login or lane.login
            await self._note(check)
        return check

    async def _checked(self, lane: _Lane, surface: str, session: str) -> CanaryCheck | None:
        for _ in self._of_platform:
            canary = self._of_platform[lane.next % len(self._of_platform)]
            lane.next += 1
            door = _Door(self._gate)
            need = Need(
                fresh_after=self._policy.window_start(day_of(self._clock())),
                only=surface,
                session=session,
            )
            sights = await self._look(canary.account, need, door)
            if door.used or sights:
                return self._judged(canary, surface, session, sights)
        return None

    def _judged(
        self, canary: Canary, surface: str, session: str, sights: tuple[Sight, ...]
    ) -> CanaryCheck:
        sight = next((each for each in sights if each.surface == surface), None)
        if sight is None:
            # The door did not open, or the look broke: nobody knows what this surface would have
            # shown.
            outcome = sights[-1].outcome if sights else Outcome.NO_EVIDENCE
            detail = (
                sights[-1].detail
                if sights
                else "the surface is paused, or its login is no longer used"
            )
            fresh, at, used, login = False, self._clock(), session, ""
        else:
            fresh = reads_well(
                sight, self._policy, complete=self._complete(self._platform, surface, sight.session)
            )
            outcome, detail, at, used, login = (
                sight.outcome,
                sight.detail,
                sight.read_at,
                sight.session,
                sight.login,
            )
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
            sweep_id=self._sweep_id,
            detail=detail,
            login=login,
        )


class _Door:
    """The gate behind, which tells whether it was come to at all: a surface that a canary does not
    fit is never tried.
    """

    def __init__(self, gate: RankedGate) -> None:
        self._gate = gate
        self.used = False

    async def visit(
        self,
        surface: str,
        session: str,
        pace: Pace,
        see: Callable[[], Awaitable[Sight]],
        *,
        declared_closed: bool = False,
    ) -> Sight | None:
        self.used = True
        return await self._gate.visit(
            surface, session, pace, see, declared_closed=declared_closed, rank=Rank.CHECK
        )

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        await self._gate.pause(surface, session, pace)

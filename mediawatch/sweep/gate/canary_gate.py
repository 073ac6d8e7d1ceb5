"""The gate of one platform's batch.

A canary (对照账号) is read by each surface before it is used, and every so often again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime

from mediawatch.domain import Account, Canary, CanaryCheck, Need, Outcome, Sight
from mediawatch.domain.clock import day_of
from mediawatch.log import get_logger
from mediawatch.ports import Clock, Gate, Rank, See, SurfaceFacts, Visit
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.backing import reads_well
from mediawatch.rules.policy import Policy
from mediawatch.sweep.gate.canaries import Canaries
from mediawatch.sweep.gate.turns import Queue

log = get_logger(__name__)

Look = Callable[[Account, Need, Gate], Awaitable[tuple[Sight, ...]]]
Note = Callable[[CanaryCheck], Awaitable[None]]

_SOON = 10
"""Looks after which a canary that did not read well is tried again."""


@dataclass
class CheckState:
    """The checks of one surface with one session."""

    queue: Queue = field(default_factory=Queue)
    looks: int = 0
    """Since the last check."""
    fresh: bool = True
    """Whether that check read well.

    If not, the next check will withdraw what follows, so it comes soon.
    """
    checked_at: datetime | None = None
    fits: bool = False
    """Whether a canary was read by it before.

    If no canary can be read any more, our login or the surface is gone.
    """
    login: str = ""
    """The login of the last check: its result says nothing of a newer login."""
    next: int = 0
    """Place of the next canary: they take turns, for one look is enough at a time."""


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

    def expects_complete(self, platform: str, surface: str, session: str) -> bool:
        """Whether the surface should show complete lists with the session."""
        return any(
            facts.complete(session) for facts in self.surfaces(platform) if facts.name == surface
        )


class CanaryGate:
    """Implements `ports.Gate` around another one."""

    def __init__(self, gate: Gate, platform: str, canaries: Canaries, tools: CheckTools) -> None:
        self._gate, self._platform, self._tools = gate, platform, tools
        self._canaries, self._of_platform = canaries, canaries.of(platform)
        self._states: dict[tuple[str, str], CheckState] = defaultdict(CheckState)

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        """See `ports.Gate.visit`. A closed surface is not visited just to check a canary; if it
        answers, `close` still reads one.
        """
        if visit.declared_closed or not self._of_platform:
            return await self._gate.visit(visit, see)
        state = self._states[visit.surface, visit.session]
        with ExitStack() as turn:
            await state.queue.enter(visit.rank)
            turn.callback(state.queue.leave)
            if self._due(state):
                await self.check(visit.surface, visit.session)
            state.looks += 1

            def let_others_in() -> Awaitable[Sight]:
                # An earlier release would count all waiting looks, and read their canaries, before
                # the first of them.
                turn.close()
                return see()

            sight = await self._gate.visit(visit, let_others_in)
            if sight is not None and sight.login not in ("", state.login):
                state.checked_at = None
            return sight

    async def pause(self, visit: Visit) -> None:
        """See `ports.Gate.pause`."""
        await self._gate.pause(visit)

    def _due(self, state: CheckState) -> bool:
        late = (
            state.checked_at is None
            or self._tools.clock() - state.checked_at >= self._canaries.every
        )
        return late or state.looks >= (
            self._canaries.every_looks if state.fresh else min(_SOON, self._canaries.every_looks)
        )

    async def close(self, sights: Iterable[Sight], checks: Iterable[CanaryCheck]) -> None:
        """End a batch: check each surface and session that has spoken since its last check."""
        checks = list(checks)
        checked = {(check.surface, check.session) for check in checks}
        for surface, session in sources_to_check(sights, checks):
            await self.check(surface, session, fits=(surface, session) in checked)

    async def check(self, surface: str, session: str, *, fits: bool = False) -> CanaryCheck | None:
        """Read the next canary by this surface and keep the check; None where no canary fits it.

        `fits`: one is known to have been read by it.
        """
        state = self._states[surface, session]
        state.fits |= fits
        check = await self._read_next(state, surface, session)
        if check is None and state.fits:
            check = self._check_of(self._of_platform[0], surface, session, ())
        state.looks, state.checked_at, state.fresh = (
            0,
            self._tools.clock(),
            check is None or check.fresh,
        )
        if check is not None:
            state.fits, state.login = True, check.login or state.login
            await self._tools.note(check)
        return check

    async def _read_next(self, state: CheckState, surface: str, session: str) -> CanaryCheck | None:
        for _ in self._of_platform:
            canary = self._of_platform[state.next % len(self._of_platform)]
            state.next += 1
            counter = _VisitCounter(self._gate)
            own = account_policy(self._tools.policy, canary.account.filed)
            need = Need(
                fresh_after=own.window_start(day_of(self._tools.clock())),
                only=surface,
                session=session,
            )
            sights = await self._tools.look(canary.account, need, counter)
            if counter.visits or sights:
                return self._check_of(canary, surface, session, sights)
        return None

    def _check_of(
        self, canary: Canary, surface: str, session: str, sights: tuple[Sight, ...]
    ) -> CanaryCheck:
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
            fresh, at, used, login = False, self._tools.clock(), session, ""
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
        )


def sources_to_check(
    sights: Iterable[Sight], checks: Iterable[CanaryCheck]
) -> list[tuple[str, str]]:
    """Each surface and session that has spoken since its last check."""
    checked: dict[tuple[str, str], datetime] = {}
    for check in checks:
        key = check.surface, check.session
        checked[key] = max(check.at, checked.get(key, check.at))
    return sorted(
        {
            (sight.surface, sight.session)
            for sight in sights
            if not sight.outcome.about_us or sight.name or sight.exact
            if (at := checked.get((sight.surface, sight.session))) is None or at <= sight.read_at
        }
    )


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

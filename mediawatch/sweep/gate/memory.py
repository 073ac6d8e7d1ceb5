"""The book of the pace in memory: of one process, for one run."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mediawatch.domain import DAY_FULL, DayEnd, Outcome
from mediawatch.ports import (
    OVER,
    CheckedSource,
    CheckIntervals,
    CheckStanding,
    CheckTurn,
    Clock,
    EarlierCalls,
    PacedSource,
    SourceRest,
    Turn,
    TurnRequest,
)
from mediawatch.sweep.gate.breakers import Breaker
from mediawatch.sweep.gate.turns import DAY, PacedCalls, quiet_left


class MemoryBook:
    """Implements `ports.TurnBook`. Belongs to the event loop in which it is first used."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Without a `clock` there are no quiet hours, and no end."""
        self.address = ""
        self._clock = clock
        self._breakers: defaultdict[tuple[str, str], Breaker] = defaultdict(Breaker)
        self._paced: defaultdict[tuple[str, str], PacedCalls] = defaultdict(PacedCalls)
        self._opened: set[Outcome] = set()

    def begin_run(self, began: datetime | None = None) -> None:
        """See `ports.TurnBook`: this book began with its run."""

    @property
    def began(self) -> datetime | None:
        """See `ports.TurnBook`."""
        return None

    def recall(self, earlier: Iterable[EarlierCalls], scale: float) -> None:
        """See `ports.TurnBook`."""
        for each in sorted(earlier, key=lambda each: each.ago, reverse=True):
            ago = each.ago.total_seconds()
            self._of(each.source).calls.extend([_now() - scale * ago] * each.calls)
            if each.ends_day is not None and ago < DAY:
                self._end_day(each.source, each.ends_day, _now() + DAY - ago)

    def expect(self, request: TurnRequest) -> Turn:
        """See `ports.TurnBook`: here it is exact."""
        paced = self._of(request.source)
        wait = paced.wait(request.pace, _now(), request.scale)
        if request.further:
            held = wait > request.longest_spacing and self._is_late(request, wait)
            refusal = self._cap(request, paced) or (OVER if held else "")
            return Turn(wait=max(request.spacing, wait), refusal=refusal)
        if request.pace.quiet and self._clock:
            left = quiet_left(request.pace.quiet, self._clock())
            wait = max(wait, request.scale * left.total_seconds())
        return Turn(wait=wait, refusal=self._refusal(request, paced, wait))

    async def take(self, request: TurnRequest) -> Turn:
        """See `ports.TurnBook`."""
        turn = self.expect(request)
        if not turn.refusal and (request.further or turn.wait <= 0):
            self._of(request.source).note_call(_now() + turn.wait, request.spacing)
        return turn

    def _of(self, source: PacedSource) -> PacedCalls:
        return self._paced[source.pace_name, source.session]

    def _refusal(self, request: TurnRequest, paced: PacedCalls, wait: float) -> Outcome | str:
        """A check may be made beyond the day's cap and the end: else earlier sights would be lost."""
        if paced.ended_until > _now():
            return Outcome.CAPTCHA
        breaker = self._breakers[request.source.surface, request.source.session]
        if not breaker.admits(_now()):
            return breaker.opened_by or ""
        return self._cap(request, paced) or (OVER if self._is_late(request, wait) else "")

    def _cap(self, request: TurnRequest, paced: PacedCalls) -> str:
        return DAY_FULL if not request.check and paced.is_full(request.pace) else ""

    def _is_late(self, request: TurnRequest, wait: float) -> bool:
        if request.check or request.until is None or self._clock is None:
            return False
        return self._clock() + timedelta(seconds=wait) >= request.until

    async def note(
        self,
        source: PacedSource,
        outcome: Outcome,
        *,
        closes: bool,
        ends_day: DayEnd | None = None,
        declared_closed: bool = False,
    ) -> bool:
        """See `ports.TurnBook`."""
        breaker = self._breakers[source.surface, source.session]
        opened = breaker.note(outcome, source.session, _now())
        if ends_day is not None:
            self._end_day(source, ends_day, _now() + DAY)
        if opened and not declared_closed:
            self._opened.add(outcome)
        return opened

    def _end_day(self, source: PacedSource, what: DayEnd, until: float) -> None:
        """Real hours, whatever the scale: it is the site that wants a person."""
        breaker = self._breakers[source.surface, source.session]
        breaker.opened_by, breaker.until = Outcome.CAPTCHA, until
        if what is DayEnd.LOGIN:
            self._of(source).ended_until = until

    async def rest_of(self, surface: str, session: str) -> SourceRest | None:
        """See `ports.TurnBook`."""
        breaker = self._breakers[surface, session]
        if breaker.opened_by is None or breaker.until is None:
            return None
        left = max(0.0, breaker.until - _now())
        return SourceRest(opened_by=breaker.opened_by, left=left, rests=breaker.rests)

    def open_breakers(self) -> Mapping[tuple[str, str], Outcome]:
        """See `ports.TurnBook`."""
        return {
            key: breaker.opened_by for key, breaker in self._breakers.items() if breaker.opened_by
        }

    async def refresh(self) -> frozenset[Outcome]:
        """See `ports.TurnBook`: nobody else is there."""
        return frozenset(self._opened)

    def now(self) -> datetime | None:
        """See `ports.TurnBook`."""
        return self._clock() if self._clock else None


@dataclass
class _SourceChecks:
    standing: CheckStanding = field(default_factory=CheckStanding)
    looks: int = 0
    """Since the last check."""
    checked_at: datetime | None = None


class MemoryChecks:
    """Implements `ports.CheckBook`: whose turn it is, the gate's own queue says."""

    def __init__(self, clock: Clock) -> None:
        self.address = ""
        self._clock = clock
        self._of: defaultdict[CheckedSource, _SourceChecks] = defaultdict(_SourceChecks)

    async def begin_look(self, source: CheckedSource, intervals: CheckIntervals) -> CheckTurn:
        """See `ports.CheckBook`."""
        of = self._of[source]
        late = of.checked_at is None or self._clock() - of.checked_at >= intervals.every
        most = intervals.looks if of.standing.fresh else intervals.looks_after_bad
        due = late or of.looks >= most
        if not due:
            of.looks += 1
        return CheckTurn(standing=of.standing, check=due)

    async def begin_check(self, source: CheckedSource) -> CheckTurn:
        """See `ports.CheckBook`."""
        return CheckTurn(standing=self._of[source].standing, check=True)

    async def renew_check(self, source: CheckedSource) -> None:
        """See `ports.CheckBook`: nobody takes it away."""

    async def end_check(self, source: CheckedSource, found: CheckStanding, looks: int) -> None:
        """See `ports.CheckBook`."""
        self._of[source] = _SourceChecks(found, looks, self._clock())

    async def note_login(self, source: CheckedSource, login: str) -> None:
        """See `ports.CheckBook`."""
        if login != self._of[source].standing.login:
            self._of[source].checked_at = None


def _now() -> float:
    return asyncio.get_running_loop().time()

"""A sweep before it begins. Pure.

What it would look at and why, how long that takes at the set pace, and what no look can settle.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mediawatch.domain import Account, AccountState
from mediawatch.domain.clock import minute
from mediawatch.ports import SurfaceFacts
from mediawatch.rules.due import DueReason
from mediawatch.sweep.budget import RationedBudget
from mediawatch.sweep.forecast import spell
from mediawatch.sweep.gate.turns import quiet_left
from mediawatch.sweep.rates import LookRates
from mediawatch.sweep.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLook:
    """One account that is due.

    `way` is the surface that is asked first. None: no surface can be asked, so it is left to
    people.
    """

    account: Account
    why: DueReason
    way: SurfaceFacts | None
    begins: datetime | None
    """When its first look would begin; None where no surface is left, or not before the window
    ends."""

    @property
    def fits(self) -> bool:
        return self.begins is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """How long the visits of a sweep that begins now take."""

    now: datetime
    ends: datetime
    """When the last surface is done."""
    quiet: Mapping[str, float]
    """By pace, minutes of quiet hours within that time."""

    @property
    def sentence(self) -> str:
        """For the operator, in English: how long it takes."""
        lasts = (self.ends - self.now) / timedelta(minutes=1)
        waits = max(self.quiet.values(), default=0.0)
        resting = f", {spell(waits)} of it quiet hours" if waits else ""
        return (
            f"at least {spell(lasts)} at the set pace{resting}: until {minute(self.ends)} (Beijing)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan(Duration):
    """The due accounts, the most urgent first.

    One visit an account is counted. Second looks and further sources come on top.
    """

    due: tuple[PlannedLook, ...]
    in_scope: int
    minutes: Mapping[str, float]
    """By pace, the time of the visits at its pace, an hour's cap included.

    Surfaces work side by side.
    """
    budgets: tuple[RationedBudget, ...] = ()
    """What rationed surfaces can still do before a known as_of."""

    @property
    def by_reason(self) -> Mapping[tuple[str, DueReason], int]:
        return Counter((each.account.platform, each.why) for each in self.due)

    @property
    def for_people(self) -> tuple[Account, ...]:
        return tuple(each.account for each in self.due if each.way is None)

    @property
    def outside(self) -> tuple[PlannedLook, ...]:
        return tuple(each for each in self.due if each.way is not None and not each.fits)


def plan(
    accounts: Iterable[Account],
    states: Mapping[int, AccountState],
    request: Request,
    now: datetime,
    rates: LookRates,
) -> SweepPlan:
    """What a sweep that begins now would do. Everything is due, unless it is a nightly one."""
    scope = list(accounts)
    night = request.night(now, rates)
    due = night.due(scope, states) if request.nightly else night.in_order(scope, states)
    visits = _Visits(rates, now, request.until)
    planned = []
    for account in due:
        way, begins = visits.add(account)
        why = night.why(account, states)
        planned.append(PlannedLook(account=account, why=why, way=way, begins=begins))
    return SweepPlan(
        due=tuple(planned),
        in_scope=len(scope),
        now=now,
        minutes=_minutes(visits.busy),
        quiet=_minutes(visits.quiet),
        ends=visits.ends,
        budgets=tuple(night.budgets(scope, states)),
    )


def duration(due: Iterable[Account], now: datetime, rates: LookRates) -> Duration:
    """How long a sweep of these accounts takes that has no end.

    As their `plan` says it, which also finds out whose turn comes when, and why.
    """
    visits = _Visits(rates, now, None)
    for account in due:
        visits.add(account)
    return Duration(now=now, ends=visits.ends, quiet=_minutes(visits.quiet))


class _Visits:
    """One visit an account, one after the other at each pace."""

    def __init__(self, rates: LookRates, now: datetime, until: datetime | None) -> None:
        self._rates, self._now, self._until = rates, now, until
        self._free: dict[str, datetime] = defaultdict(lambda: now)
        self._made: Counter[str] = Counter()
        self.busy: dict[str, timedelta] = defaultdict(timedelta)
        self.quiet: dict[str, timedelta] = defaultdict(timedelta)

    def add(self, account: Account) -> tuple[SurfaceFacts | None, datetime | None]:
        """As `PlannedLook.way` and `begins`."""
        rates = self._rates
        way = next((facts for facts in rates.ways(account) if not facts.declared_closed), None)
        if way is None:
            return None, None
        name = way.pace_name
        pace, free = rates.pace_of(name, way.pace), self._free[name]
        rest = quiet_left(pace.quiet, free) * rates.scale if pace.quiet else timedelta(0)
        begins = free + rest
        too_late = self._until is not None and begins >= self._until
        if too_late or (pace.per_day is not None and self._made[name] >= pace.per_day):
            return way, None
        takes = timedelta(seconds=pace.mean * rates.scale)
        self._free[name] = begins + takes
        self.busy[name] += takes
        self.quiet[name] += rest
        self._made[name] += 1
        return way, begins

    @property
    def ends(self) -> datetime:
        """When the last of them is over."""
        return max(self._free.values(), default=self._now)


def _minutes(spans: Mapping[str, timedelta]) -> dict[str, float]:
    return {name: span / timedelta(minutes=1) for name, span in spans.items() if span}

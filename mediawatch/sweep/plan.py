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
class SweepPlan:
    """The due accounts, the most urgent first.

    One visit an account is counted. Second looks and further sources come on top.
    """

    due: tuple[PlannedLook, ...]
    in_scope: int
    now: datetime
    minutes: Mapping[str, float]
    """By pace, the time of the visits at its pace, an hour's cap included.

    Surfaces work side by side.
    """
    quiet: Mapping[str, float]
    """By pace, minutes of quiet hours within that time."""
    ends: datetime
    """When the last surface is done."""
    budgets: tuple[RationedBudget, ...] = ()
    """What rationed surfaces can still do before a known as_of."""

    @property
    def by_reason(self) -> Mapping[tuple[str, DueReason], int]:
        return Counter((each.account.platform, each.why) for each in self.due)

    @property
    def for_people(self) -> tuple[Account, ...]:
        return tuple(each.account for each in self.due if each.way is None)

    @property
    def sentence(self) -> str:
        """For the operator, in English: how long it takes."""
        lasts = (self.ends - self.now) / timedelta(minutes=1)
        waits = max(self.quiet.values(), default=0.0)
        resting = f", {spell(waits)} of it quiet hours" if waits else ""
        return (
            f"at least {spell(lasts)} at the set pace{resting}: until {minute(self.ends)} (Beijing)"
        )

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
    until, scope = request.until, list(accounts)
    night = request.night(now, rates)
    due = night.due(scope, states) if request.nightly else night.in_order(scope, states)
    free: dict[str, datetime] = defaultdict(lambda: now)
    busy: dict[str, timedelta] = defaultdict(timedelta)
    quiet: dict[str, timedelta] = defaultdict(timedelta)
    visits: Counter[str] = Counter()
    planned = []
    for account in due:
        way = next((facts for facts in rates.ways(account) if not facts.declared_closed), None)
        begins = None
        if way is not None:
            name = way.pace_name
            pace = rates.pace_of(name, way.pace)
            rest = quiet_left(pace.quiet, free[name]) * rates.scale if pace.quiet else timedelta(0)
            earliest = free[name] + rest
            if (until is None or earliest < until) and (
                pace.per_day is None or visits[name] < pace.per_day
            ):
                begins, takes = earliest, timedelta(seconds=pace.mean * rates.scale)
                free[name] = begins + takes
                busy[name] += takes
                quiet[name] += rest
                visits[name] += 1
        why = night.why(account, states)
        planned.append(PlannedLook(account=account, why=why, way=way, begins=begins))
    return SweepPlan(
        due=tuple(planned),
        in_scope=len(scope),
        now=now,
        minutes=_minutes(busy),
        quiet=_minutes(quiet),
        ends=max(free.values(), default=now),
        budgets=tuple(night.budgets(scope, states)),
    )


def _minutes(spans: Mapping[str, timedelta]) -> dict[str, float]:
    return {name: span / timedelta(minutes=1) for name, span in spans.items() if span}

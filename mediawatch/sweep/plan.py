"""What a night would look at and why, how long that takes at the set pace, and what no look can settle. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mediawatch import rules
from mediawatch.clock import day_of
from mediawatch.domain import Account, AccountState, Pace
from mediawatch.policy import Policy
from mediawatch.ports import SurfaceFacts
from mediawatch.rules import Due

Ways = Callable[[Account], Sequence[SurfaceFacts]]
"""The surfaces that could be asked about an account now, the cheapest first."""
PaceOf = Callable[[str, Pace], Pace]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One account that is due. `way` is the surface that is asked first; None: none leads to it, so it is left to people."""

    account: Account
    why: Due
    way: SurfaceFacts | None
    fits: bool
    """Whether its first look begins before the window ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The most urgent first. Second looks and further sources come on top of what is reckoned here: one visit an account."""

    due: tuple[Planned, ...]
    in_scope: int
    minutes: Mapping[str, float]
    """By surface, what the visits take at its pace. Surfaces work side by side: the night lasts as long as the longest."""

    @property
    def by_reason(self) -> Mapping[tuple[str, Due], int]:
        return Counter((each.account.platform, each.why) for each in self.due)

    @property
    def for_people(self) -> tuple[Account, ...]:
        return tuple(each.account for each in self.due if each.way is None)

    @property
    def outside(self) -> tuple[Planned, ...]:
        return tuple(each for each in self.due if each.way is not None and not each.fits)


def plan(
    accounts: Iterable[Account], states: Mapping[int, AccountState], policy: Policy, now: datetime, *,
    ways: Ways, pace_of: PaceOf, scale: float = 1.0, until: datetime | None = None,
) -> Plan:  # fmt: skip
    """What a nightly sweep that begins now would do. `scale` is the factor on all paces."""
    scope = list(accounts)
    due = [account for account in scope if rules.next_due(states.get(account.id), account.filed, policy, now) <= day_of(now)]
    due.sort(key=lambda account: rules.urgency(states.get(account.id), account.filed, policy, now))
    busy: dict[str, float] = defaultdict(float)
    visits: Counter[str] = Counter()
    planned = []
    for account in due:
        way = next((facts for facts in ways(account) if not facts.declared_closed), None)
        fits = way is not None
        if way is not None:
            pace = pace_of(way.name, way.pace)
            begins = now + timedelta(seconds=busy[way.name])
            fits = (until is None or begins < until) and (pace.per_day is None or visits[way.name] < pace.per_day)
            if fits:
                busy[way.name] += pace.mean * scale
                visits[way.name] += 1
        why = rules.why_due(states.get(account.id), account.filed, policy, now)
        planned.append(Planned(account=account, why=why, way=way, fits=fits))
    return Plan(due=tuple(planned), in_scope=len(scope), minutes={name: seconds / 60 for name, seconds in busy.items()})

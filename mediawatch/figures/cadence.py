"""更新频次 of accounts and of their units, in the order of the registry. Pure; nothing is ranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add

from mediawatch.domain import Account
from mediawatch.figures.regions import NOT_FILED
from mediawatch.rules.cadence import (
    Bounds,
    Cadence,
    MonthCadence,
    Silence,
    SilentRun,
    greatest,
    silent_run,
)


@dataclass(frozen=True, slots=True)
class AccountCadence:
    """One account with its figures; `why_none` says in Chinese why it has none."""

    account: Account
    cadence: Cadence
    why_none: str = ""

    @property
    def unit(self) -> tuple[str, str]:
        """Where the body is that runs it, and what it is called."""
        filed = self.account.filed
        levels = dict.fromkeys((filed.prefecture, filed.county, filed.township))
        return "".join(levels), filed.organiser or NOT_FILED

    @property
    def has_unit(self) -> bool:
        return bool(self.account.filed.organiser)


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """A unit in one month: its accounts together."""

    month: date
    accounts: int
    """Those that are counted in it."""
    posts: Bounds
    """Of all accounts together."""
    gap: Bounds
    """The longest one of any account."""
    below: Bounds
    """Days of all accounts together, of `days`."""
    days: int
    run: SilentRun | None
    """Months in a row in which no account published."""
    doubtful: int


@dataclass(frozen=True, slots=True)
class UnitCadence:
    place: str
    name: str
    months: tuple[UnitMonth, ...]


def unit_cadences(accounts: Iterable[AccountCadence], months: Sequence[date]) -> list[UnitCadence]:
    """The units of these accounts, in the order of their first ones.

    Accounts whose body is not filed are left out: they may be of several.
    """
    units: dict[tuple[str, str], list[AccountCadence]] = {}
    for each in accounts:
        if each.cadence.months and each.has_unit:
            units.setdefault(each.unit, []).append(each)
    return [
        UnitCadence(place, name, tuple(_months(members, months)))
        for (place, name), members in units.items()
    ]


def _months(members: Sequence[AccountCadence], months: Sequence[date]) -> Iterable[UnitMonth]:
    of_month: dict[date, list[MonthCadence]] = {month: [] for month in months}
    for member in members:
        for each in member.cadence.months:
            of_month[each.month].append(each)
    known = {month: None for member in members for month in member.cadence.silences}
    silences = {
        month: _silence(member.cadence.silences.get(month, Silence.UNCOUNTED) for member in members)
        for month in known
    }
    for month, parts in of_month.items():
        if parts:
            yield UnitMonth(
                month=month,
                accounts=len(parts),
                posts=reduce(add, (each.posts for each in parts)),
                gap=greatest([each.gap for each in parts]),
                below=reduce(add, (each.below for each in parts)),
                days=sum(each.days for each in parts),
                run=silent_run(silences, month),
                doubtful=sum(each.doubtful for each in parts),
            )


def _silence(states: Iterable[Silence]) -> Silence:
    """Silent is a unit of whose accounts none published; accounts that are not counted say nothing."""
    found = set(states)
    return next(
        (each for each in (Silence.POSTED, Silence.OPEN, Silence.SILENT) if each in found),
        Silence.UNCOUNTED,
    )

"""Working days and festivals of the State Council's calendar.

The maintained table of chinesecalendar has the years that were announced when it was released. An
office may add others (`OfficeDays`, from its `workdays.toml`). A year that neither has consists of
weekdays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar

FILE = "workdays.toml"
"""The office's own years, in its home."""
_LONGEST_FESTIVAL = 6
"""Weekdays by which festivals moved the end of a term of up to 45 working days at most, since 2004
(春节 2020)."""
_FESTIVALS = {"Spring Festival": "春节", "National Day": "国庆节"}


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """What an office holds of the State Council's notices on holidays, beyond the table.

    `off` are days off by the name of their holiday, `work` the weekend days worked in exchange. A
    notice may also name days of the year before or after its own: those count, too, but do not make
    that year known.
    """

    years: frozenset[int] = frozenset()
    off: Mapping[date, str] = field(default_factory=dict)
    work: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool | None:
        """None where the office says nothing of the day."""
        if day in self.off or day in self.work:
            return day in self.work
        return day.weekday() < 5 if day.year in self.years else None


_office = OfficeDays()


@contextmanager
def office_calendar(days: OfficeDays) -> Iterator[None]:
    """Count by what an office adds to the table, until the block ends.

    The calendar is one for the whole process, as the law of the country is: the composition root
    sets it once for each home that it opens.
    """
    global _office
    before, _office = _office, days
    try:
        yield
    finally:
        _office = before


def is_working_day(day: date) -> bool:
    """By the State Council's calendar (调休 included); a year that nobody knows falls back to
    Monday to Friday.
    """
    own = _office.is_working_day(day)
    if own is None:
        own = table_says(day)
    return day.weekday() < 5 if own is None else own


def table_says(day: date) -> bool | None:
    """Whether the day is a working day by the maintained table; None for a year that it lacks."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def knows(year: int) -> bool:
    """Whether the State Council's calendar of the year is known: in the table, or to the office."""
    return year in _office.years or table_says(date(year, 1, 1)) is not None


def how_to_add(years: Iterable[int]) -> str:
    """What an operator does about years that nobody knows, with an example to be copied."""
    first = min(years)
    return (
        f"write {FILE} in the home as the State Council's notice has it, [{first}] work = "
        f'["2月14日", …] and [{first}.off] "元旦" = "1月1日至3日" … (docs/settings.md), or `pip '
        "install -U chinesecalendar` once it has the year"
    )


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def term_ends(day: date, count: int) -> date:
    """The last day on which a term of `count` working days after `day` may still run.

    In a year that nobody knows, the longest festival may lie in it: nobody is late before that,
    too, would be over.
    """
    end = working_days_after(day, count)
    if all(knows(year) for year in range(day.year, end.year + 1)):
        return end
    return working_days_after(end, _LONGEST_FESTIVAL)


def working_days_before(day: date, count: int) -> date:
    """The `count`-th working day before `day`."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def festivals_between(first: date, last: date) -> tuple[str, ...]:
    """春节 and 国庆节 that touch [first, last]; years that nobody knows give none."""
    found: list[str] = []
    for offset in range((last - first).days + 1):
        for label in _festivals_of(first + timedelta(days=offset)):
            if label not in found:
                found.append(label)
    return tuple(found)


def _festivals_of(day: date) -> Iterator[str]:
    if _office.is_working_day(day) is not None:
        name = _office.off.get(day, "")
        yield from (label for label in _FESTIVALS.values() if label[:2] in name)
        return
    try:
        holiday, known = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return
    if holiday and str(known) in _FESTIVALS:
        yield _FESTIVALS[str(known)]

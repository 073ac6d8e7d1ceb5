"""Working days and festivals of the State Council's calendar.

A year that the maintained table lacks has weekdays instead.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

_FESTIVALS = {"Spring Festival": "春节", "National Day": "国庆节"}


def is_working_day(day: date) -> bool:
    """By the State Council's calendar (调休 included); a year it does not know falls back to Monday
    to Friday.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def knows(year: int) -> bool:
    """Whether the State Council's calendar of the year is in the table."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_before(day: date, count: int) -> date:
    """The `count`-th working day before `day`."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def festivals_between(first: date, last: date) -> tuple[str, ...]:
    """春节 and 国庆节 that touch [first, last]; years without a table give none."""
    found: list[str] = []
    for offset in range((last - first).days + 1):
        try:
            holiday, name = chinese_calendar.get_holiday_detail(first + timedelta(days=offset))
        except NotImplementedError:
            continue
        label = _FESTIVALS.get(str(name)) if holiday else None
        if label and label not in found:
            found.append(label)
    return tuple(found)

"""Days, moments and ids as people type them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from worklists import typed

from mediawatch.domain.clock import BEIJING
from mediawatch.people.worklist.values import BadValue, day_in, id_in, moment_in


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (None, None),
        ("", None),
        (typed("2031-12-20 07:00"), date(2031, 12, 20)),
        ("2031-12-20", date(2031, 12, 20)),
        ("2031年12月20日", date(2031, 12, 20)),
        ("２０３１/１２/２０", date(2031, 12, 20)),
        ("2031.12.20", date(2031, 12, 20)),
        (20311220.0, date(2031, 12, 20)),
        ("12月20日", date(2031, 12, 20)),
        ("1月2日", date(2032, 1, 2)),
        ("12-25", date(2031, 12, 25)),
        ("7月4日", date(2031, 7, 4)),
    ],
)
def test_days_as_people_type_them(cell: Any, day: date | None) -> None:
    assert day_in(cell, date(2032, 1, 3)) == day


@pytest.mark.parametrize(
    "cell",
    ["昨天", "3天前", "2-30", "2031-13-01", 44915.5, "1899-12-31", date(1900, 1, 1), time(9), True],
)
def test_days_that_are_none(cell: Any) -> None:
    with pytest.raises(BadValue):
        day_in(cell, date(2032, 1, 3))


@pytest.mark.parametrize("cell", ["1-4", "7月3日", "2-29", "1月4日 9:30"])
def test_a_day_that_was_long_ago_or_is_to_come_needs_its_year(cell: str) -> None:
    """It would be taken for one of last year: an account would be called silent for months."""
    with pytest.raises(BadValue, match="请写明年份"):
        moment_in(cell, date(2032, 1, 3))


def test_a_leap_day_of_this_year_needs_none() -> None:
    assert day_in("2-29", date(2032, 3, 3)) == date(2032, 2, 29)


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("2032-01-03 09:30", (9, 30, 0)),
        ("2032年1月3日 9点30分", (9, 30, 0)),
        ("2032/1/3 下午3:05", (15, 5, 0)),
        ("1月3日9:30", (9, 30, 0)),
        ("2032-01-03T09:30:15", (9, 30, 15)),
        ("20320103 0930", None),
        (date(2032, 1, 3), (0, 0, 0)),
        ("2032-01-03", (0, 0, 0)),
        (typed("2032-01-03 09:29:59.999999"), (9, 30, 0)),
        ("2032-01-03 25:00", None),
        ("9:30", None),
    ],
)
def test_moments_as_people_type_them(cell: Any, clock: tuple[int, int, int] | None) -> None:
    if clock is None:
        with pytest.raises(BadValue):
            moment_in(cell, date(2032, 1, 5))
    else:
        assert moment_in(cell, date(2032, 1, 5)) == datetime(2032, 1, 3, *clock, tzinfo=BEIJING)


def test_an_id_that_lost_its_digits() -> None:
    assert id_in(123456789012345.0) == "123456789012345"
    with pytest.raises(BadValue):
        id_in(3025716006566021.0)

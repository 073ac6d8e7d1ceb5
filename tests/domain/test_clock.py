"""Moments as people write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mediawatch.domain import Changed
from mediawatch.domain.clock import from_epoch, from_epoch_ms, parse_day, parse_moment


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2022-12-31", "2022-12-31T23:59:59+08:00"),
        ("2022-12-31T18:00", "2022-12-31T18:00:00+08:00"),
        ("2022-12-31 18:00", "2022-12-31T18:00:00+08:00"),
        ("20221231T18:00+00:00", "2022-12-31T18:00:00+00:00"),
    ],
)
def test_a_day_is_its_end_and_an_instant_itself(text: str, meant: str) -> None:
    assert parse_moment(text) == datetime.fromisoformat(meant)


@pytest.mark.parametrize("text", ["20221231", "2022-W52-6", "2022W526", "31.12.2022", ""])
def test_a_day_that_is_written_otherwise_is_no_moment_before_it(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_moment(text)


@pytest.mark.parametrize("text", ["2023-02-30", "2023-02-30T18:00", "2023-02-29 18:00"])
def test_a_day_that_no_calendar_has_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="there is no such day"):
        parse_moment(text)


def test_what_is_wrong_with_a_day() -> None:
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    for text, said in (("2023-02-30", "no such day"), ("30.2.2023", "write it as 2022-12-31")):
        with pytest.raises(ValueError, match=said):
            parse_day(text)


@pytest.mark.parametrize("value", [1_672_531_199_000, "1672531199000", 1_672_531_199_999])
def test_milliseconds_are_read_to_their_second(value: object) -> None:
    assert from_epoch_ms(value) == datetime.fromisoformat("2022-12-31T23:59:59+00:00")
    with pytest.raises(Changed):
        from_epoch(value)


@pytest.mark.parametrize(
    "value",
    [1_672_531_199, "1672531199", 0, -1, True, None, 1.672e12, "1.67E12", "", "9" * 25, 10**16],
)
def test_another_unit_is_never_read_as_milliseconds(value: object) -> None:
    with pytest.raises(Changed):
        from_epoch_ms(value)

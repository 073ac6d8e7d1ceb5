"""整改期限 and 报送期限: a day, or so many days or working days after the day of issue. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mediawatch.domain import UserError
from mediawatch.domain.clock import parse_day
from mediawatch.workdays import how_to_add, knows, working_days_after

_AFTER = re.compile(r"\+\s*(\d{1,3})\s*个?(工作日|日|天)")


def deadline(text: str, issued_on: date) -> date:
    """`2023-03-06`, `+10工作日` or `+14日`, counted from the day after the issue.

    UserError where it cannot be read or lies before the issue. UserError, too, for a year whose
    working days nobody knows (`mediawatch.workdays`): they are never guessed.
    """
    if found := _AFTER.fullmatch(text.strip()):
        count = int(found[1])
        return (
            _working_day(issued_on, count, text)
            if found[2] == "工作日"
            else issued_on + timedelta(days=count)
        )
    try:
        day = parse_day(text.strip())
    except ValueError as error:
        raise UserError(f"deadline {text}: {error}; or give +10工作日 or +14日") from None
    if day < issued_on:
        raise UserError(f"deadline {day} lies before the day of issue, {issued_on}")
    return day


def check_order(rectify_by: date | None, report_by: date | None) -> None:
    """UserError where units would have to report before they have to be done."""
    if rectify_by and report_by and report_by < rectify_by:
        raise UserError(
            f"--report-by (报送期限) {report_by} is before --rectify-by (整改期限) {rectify_by}: units "
            "report what they put right; give that day or a later one"
        )


def _working_day(after: date, count: int, text: str) -> date:
    day = working_days_after(after, count)
    if unknown := [year for year in range(after.year, day.year + 1) if not knows(year)]:
        raise UserError(
            f"deadline {text!r}: the calendar of working days does not have "
            f"{', '.join(map(str, unknown))} yet: give the day itself; or, once the State Council "
            f"has announced it, {how_to_add(unknown)}"
        )
    return day

"""What people type, as values: days, moments, yes and no.

Pure. Everything unreadable is a `BadValue` in Chinese.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from mediawatch.domain.clock import BEIJING, day_start
from mediawatch.people.forms.columns import Cell, text_of

_LATEST_YEAR = 2100
_EARLIEST_YEAR = 2009
"""The first year of the oldest platform watched."""
_DAY = re.compile(
    r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s*(?:星期|周)[一二三四五六日天])?"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_MOMENT = re.compile(
    r"(.*?\D|\d{8}\s)\s*(?:(上午|下午)\s*)?(\d{1,2})\s*[:时点]\s*(\d{1,2})?\s*(?:[:分]\s*(\d{1,2})?)?\s*秒?"
)
_BETWEEN = re.compile("[、,;\n]")
_EXACT_DIGITS = 10**15


WRAPS = timedelta(days=183)
"""A day without a year is one of last year where it lies no further back than this.

12月25日, said on 3 January, is nine days ago. Said on 28 November it is a slip, or eleven months ago.
"""


class BadValue(Exception):
    """A cell that cannot be read; the message says in Chinese what would be right."""


class YearMissing(BadValue):
    """A day without a year that has not come yet this year, and was long ago last year."""


def day_in(cell: Cell, not_after: date) -> date | None:
    """The day in a cell, None for an empty one.

    A day without a year is the latest such day that is not after `not_after`. YearMissing where
    that was last year, and longer ago than `WRAPS`.
    """
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    return _day_of_text(_folded(cell), not_after)


def days_in(cell: Cell, not_after: date) -> tuple[date, ...]:
    """The days in a cell, in order and each once: 11-03、11-17. As `day_in` reads each."""
    if isinstance(cell, date):
        return (_plausible(cell.date() if isinstance(cell, datetime) else cell),)
    days = (day_in(part.strip(), not_after) for part in _BETWEEN.split(_folded(cell)))
    return tuple(sorted({day for day in days if day}))


def moment_in(cell: Cell, not_after: date) -> datetime | None:
    """The instant in a cell (Beijing clock).

    A mere day is its first instant: the look was not earlier.
    """
    if isinstance(cell, datetime):
        _plausible(cell.date())
        # Spreadsheets keep fractions of a day: 09:30 may come back as 09:29:59.999.
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0, tzinfo=BEIJING)
    if isinstance(cell, date):
        return day_start(_plausible(cell))
    text = _folded(cell)
    if found := _MOMENT.fullmatch(text):
        day = _day_of_text(
            found[1].strip(" T,日") if not found[1].strip().endswith("日") else found[1].strip(),
            not_after,
        )
        hour = int(found[3]) + (12 if found[2] == "下午" and int(found[3]) < 12 else 0)
        try:
            clock = time(hour, int(found[4] or 0), int(found[5] or 0))
        except ValueError as error:
            raise BadValue("时间无法识别，请写成 2023-01-03 09:30") from error
        if day is None:
            raise BadValue("缺少日期，请写成 2023-01-03 09:30")
        return datetime.combine(day, clock, tzinfo=BEIJING)
    try:
        day = _day_of_text(text, not_after)
    except YearMissing:
        raise
    except BadValue as error:
        raise BadValue("时间无法识别，请写成 2023-01-03 09:30") from error
    return day_start(day) if day else None


def id_in(cell: Cell) -> str:
    """An id as text. A number of 16 digits or more has already lost digits in the spreadsheet."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _EXACT_DIGITS:
        raise BadValue("数字超过15位，表格软件已丢失末尾数字：请把单元格设为文本后重新填写")
    return text_of(cell)


def _folded(cell: Cell) -> str:
    return unicodedata.normalize("NFKC", text_of(cell))


def _day_of_text(text: str, not_after: date) -> date | None:
    if not text:
        return None
    found = _COMPACT.fullmatch(text) or _DAY.fullmatch(text)
    if not found:
        raise BadValue("日期无法识别，请写成 2022-12-20")
    try:
        if found[1]:
            return _plausible(date(int(found[1]), int(found[2]), int(found[3])))
        return _latest_such_day(int(found[2]), int(found[3]), not_after)
    except ValueError as error:
        raise BadValue("没有这一天，请写成 2022-12-20") from error


def _latest_such_day(month: int, day: int, not_after: date) -> date:
    date(2000, month, day)  # ValueError where no year has it
    for year in range(not_after.year, not_after.year - 9, -1):
        if (month, day) == (2, 29) and not (year % 4 == 0 and (year % 100 or year % 400 == 0)):
            continue
        found = date(year, month, day)
        if found <= not_after:
            if year < not_after.year and not_after - found > WRAPS:
                raise YearMissing("没有写年份，而今年这一天还没有到，请写明年份")
            return found
    raise ValueError(f"{month}-{day}")


def _plausible(day: date) -> date:
    if not _EARLIEST_YEAR <= day.year < _LATEST_YEAR:
        raise BadValue(f"{day.year}年不可能，请写成 2022-12-20")
    return day

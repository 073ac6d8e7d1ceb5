"""Beijing time, and the shapes in which platforms print dates.

`now` is always an argument; no host clock or zone here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mediawatch.domain.outcomes import Changed

BEIJING = ZoneInfo("Asia/Shanghai")
EVER = datetime(1990, 1, 1, tzinfo=UTC)
"""`complete_since` of a list that reaches back to the account's first post.

It is older than every platform.
"""
_EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)
"""No watched platform is older; an epoch before this is a wrong unit or a zero."""


def beijing(at: datetime) -> datetime:
    """The instant on a Beijing clock. Refuses naive datetimes with ValueError."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime: {at!r}")
    return at.astimezone(BEIJING)


def day_of(at: datetime) -> date:
    """The Beijing day of an instant. ValueError as `beijing`."""
    return _day_of_utc(at) if at.tzinfo is UTC else beijing(at).date()


@lru_cache(maxsize=4096)  # While an account is judged, the same instants are asked for many times.
def _day_of_utc(at: datetime) -> date:
    return beijing(at).date()


def minute(at: datetime) -> str:
    """An instant as it is printed: Beijing time to the minute, `2022-12-31 18:00`."""
    return f"{beijing(at):%Y-%m-%d %H:%M}"


def chinese_day(day: date) -> str:
    """2022年12月31日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_span(first: date, last: date) -> str:
    """2020年8月1日至8月31日; the second year stands only where it is another one."""
    end = chinese_day(last)
    return f"{chinese_day(first)}至{end if first.year != last.year else end.partition('年')[2]}"


def day_start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=BEIJING)


def day_end(day: date) -> datetime:
    """The last whole second of a Beijing day: what a bare date means as as_of."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=BEIJING)


CLOCK_SKEW = timedelta(minutes=10)
"""How far a post may lie ahead of the look before its date counts as bad data."""


def lies_ahead(on: date, at: datetime | None, seen_at: datetime) -> bool:
    """Whether a date lies after the moment at which it was read.

    `on` is its Beijing day, `at` its instant where that is known.
    """
    return at > seen_at + CLOCK_SKEW if at else on > day_of(seen_at)


def parse_day(text: str) -> date:
    """`2022-12-31`. ValueError whose words say what is wrong with it, behind the place."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            "there is no such day" if _is_day(text) else "that is no day: write it as 2022-12-31"
        ) from error


def parse_moment(text: str) -> datetime:
    """`2022-12-31` (the end of that day), `2022-12-31T18:00` (Beijing) or with an offset.

    ValueError if unreadable.
    """
    try:
        # Without hyphens Python reads a day as its first moment: a whole day too early.
        at = day_end(date.fromisoformat(text)) if _is_day(text) else _at(text)
    except ValueError as error:
        day, _, _ = text.upper().replace(" ", "T").partition("T")
        if _is_day(day) and not _exists(day):
            raise ValueError(f"as_of {text}: there is no such day") from error
        raise ValueError(
            f"as_of {text!r} is not a date (2022-12-31) or an instant (2022-12-31T18:00)"
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=BEIJING)


def _at(text: str) -> datetime:
    if "T" not in text.upper() and " " not in text:
        raise ValueError(text)
    return datetime.fromisoformat(text)


def parse_as_of(text: str, now: datetime) -> datetime:
    """As `parse_moment`. ValueError, too, where it is later than `now`."""
    at = parse_moment(text)
    if at > now:
        remedy = (
            "a bare date is the end of that day in Beijing: give none for now, or an instant"
            if _is_day(text)
            else "give a past one"
        )
        raise ValueError(
            f"as_of {text} lies in the future (now is {minute(now)} in Beijing): {remedy}"
        )
    return at


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None


def _exists(day: str) -> bool:
    try:
        return bool(date.fromisoformat(day))
    except ValueError:
        return False


def next_time(text: str, now: datetime) -> datetime:
    """The next instant at which the Beijing wall clock shows a time such as `06:00`.

    Tomorrow where today's is past. ValueError if unreadable.
    """
    try:
        wanted = time.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a time of day (06:00)") from error
    at = beijing(now).replace(hour=wanted.hour, minute=wanted.minute, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)


def months_before(day: date, months: int) -> date:
    """Calendar months back, clamped to the month's end: 05-31 minus 3 months is 02-28 or 02-29."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def from_epoch(value: object) -> datetime:
    """Unix seconds as int or digit text, to UTC.

    Milliseconds, zero and text are `Changed`: a wrong unit must never become a date.
    """
    match value:
        case bool():
            raise Changed(f"epoch is {value!r}")
        case int():
            seconds = value
        case str() if value.isascii() and value.isdigit():
            seconds = int(value)
        case _:
            raise Changed(f"epoch is {value!r}")
    if not _EARLIEST.timestamp() <= seconds < 10_000_000_000:
        raise Changed(f"epoch out of range: {value!r}")
    return datetime.fromtimestamp(seconds, UTC)


def from_epoch_ms(value: object) -> datetime:
    """Unix milliseconds as int or digit text, to UTC.

    Seconds, zero and text are `Changed`: a wrong unit must never become a date.
    """
    match value:
        case bool():
            raise Changed(f"epoch in milliseconds is {value!r}")
        case int():
            milliseconds = value
        case str() if value.isascii() and value.isdigit() and len(value) < 20:
            milliseconds = int(value)
        case _:
            raise Changed(f"epoch in milliseconds is {value!r}")
    if not _EARLIEST.timestamp() * 1000 <= milliseconds < 10_000_000_000_000:
        raise Changed(f"epoch in milliseconds out of range: {value!r}")
    return datetime.fromtimestamp(milliseconds // 1000, UTC)


_MONTHS = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
_RFC = re.compile(r"\w{3} (\w{3}) (\d{1,2}) (\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d) (\d{4})")
_AGO = re.compile(r"(\d+)\s*(秒|分钟|小时|天)前")
_CLOCK = re.compile(r"(今天|昨天|前天)\s*(\d{1,2}):(\d\d)")
_FULL = re.compile(
    r"(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})日?(?:\s*(\d{1,2}):(\d\d)(?::(\d\d))?)?"
)
_SHORT = re.compile(r"(\d{1,2})[-月](\d{1,2})日?(?:\s*(\d{1,2}):(\d\d))?")


def parse_printed(text: str, now: datetime) -> tuple[datetime | None, date]:
    """A date as platforms print it, to (instant or None, Beijing day).

    Shapes: `Tue Aug 25 11:59:06 +0800 2026`, `刚刚`, `N分钟前`, `N小时前`, `N天前`, `昨天 08:11`,
    `MM-DD`, `04月25日 16:55`, `2026年8月23日 14:56`, `2026-08-23`. Without a year: the most recent
    such day not in the future. Unknown shapes are `Changed`, and so is a day before 2005: a zero
    that somebody printed.
    """
    text, here = text.strip(), beijing(now)
    if found := _RFC.fullmatch(text):
        month, day, hour, minute, second, zone_h, zone_m, year = found.groups()
        if month not in _MONTHS:
            raise Changed(f"date {text!r}")
        return _instant(
            f"{year}-{_MONTHS[month]:02}-{int(day):02}T{hour}:{minute}:{second}{zone_h}:{zone_m}",
            text,
        )
    if text == "刚刚":
        return now, here.date()
    if found := _AGO.fullmatch(text):
        count, unit = int(found[1]), found[2]
        if unit == "天":
            return None, here.date() - timedelta(days=count)
        moment = now - timedelta(
            **{{"秒": "seconds", "分钟": "minutes", "小时": "hours"}[unit]: count}
        )
        # A rounded "N hours ago" may be up to an hour older; across midnight only the day before is
        # certain to be "at least".
        return None, day_of(moment if unit != "小时" else moment - timedelta(hours=1))
    if found := _CLOCK.fullmatch(text):
        day_back = here.date() - timedelta(days={"今天": 0, "昨天": 1, "前天": 2}[found[1]])
        return _instant(f"{day_back}T{int(found[2]):02}:{found[3]}:00+08:00", text)
    if found := _FULL.fullmatch(text):
        year, month, day, hour, minute, second = found.groups()
        return _day_or_instant((int(year), int(month), int(day)), (hour, minute, second), text)
    if found := _SHORT.fullmatch(text):
        month, day, hour, minute = found.groups()
        year_of_day = _year_of(int(month), int(day), here.date(), text)
        return _day_or_instant((year_of_day, int(month), int(day)), (hour, minute), text)
    raise Changed(f"date {text!r}")


def _year_of(month: int, day: int, today: date, text: str) -> int:
    for year in range(today.year, today.year - 5, -1):
        try:
            if date(year, month, day) <= today:
                return year
        except ValueError:  # 02-29 outside leap years
            continue
    raise Changed(f"date {text!r}")


def _day_or_instant(
    parts: tuple[int, int, int], clock: Sequence[str | None], text: str
) -> tuple[datetime | None, date]:
    """`parts`: year, month, day; `clock`: hour, minute and perhaps second, None where missing."""
    year, month, day = parts
    hour, minute, second = (*clock, None)[:3]
    if hour is None:
        try:
            on = date(year, month, day)
        except ValueError as error:
            raise Changed(f"date {text!r}") from error
        if on < _EARLIEST.date():
            raise Changed(f"date out of range: {text!r}")
        return None, on
    return _instant(
        f"{year}-{month:02}-{day:02}T{int(hour):02}:{minute}:{second or '00'}+08:00", text
    )


def _instant(iso: str, text: str) -> tuple[datetime, date]:
    try:
        at = datetime.fromisoformat(iso)
    except ValueError as error:
        raise Changed(f"date {text!r}") from error
    if at < _EARLIEST:
        raise Changed(f"date out of range: {text!r}")
    return at.astimezone(UTC), day_of(at)

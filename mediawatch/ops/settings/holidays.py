"""The office's own years of working days: `workdays.toml` in its home, in the form of the notice.

The State Council announces a year's holidays in the November before (国务院办公厅关于…年部分节假日安排
的通知). The maintained table follows with a release that an office without network may get late.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from mediawatch.domain import UserError
from mediawatch.inputs import InputFault, read_toml
from mediawatch.plurals import count_of
from mediawatch.workdays import FILE, OfficeDays, table_says

_HOLIDAYS: Mapping[str, frozenset[int]] = {
    "元旦": frozenset({12, 1}), "春节": frozenset({1, 2, 3}), "清明节": frozenset({4, 3}), "劳动节": frozenset({4, 5}),
    "端午节": frozenset({5, 6, 7}), "中秋节": frozenset({9, 10}), "国庆节": frozenset({9, 10}),
}  # fmt: skip
"""全国年节及纪念日放假办法: the holidays of every year, and the months that their days off lie in."""
_ALWAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
"""(month, day) that the same regulation gives off in every year."""
_LONGEST = 15
"""Days of one holiday; the longest ones so far had 10."""
_WEEKDAYS = "一二三四五六日"
_DAY = r"(?:(\d{4})年)?\s*(?:(\d{1,2})月)?\s*(\d{1,2})日\s*(?:[(（](?:[^)）]*、)?(?:周|星期)([一二三四五六日天])[)）])?"
_RANGE = re.compile(
    rf"{_DAY}(?:\s*(?:至|—|–|-|~|到)\s*{_DAY})?\s*(?:放假(?:调休)?)?(?:[,，]?\s*共(\d+)天)?[。；]?"
)
_ONE = re.compile(rf"{_DAY}\s*(?:上班)?[。；]?")


def _as_list(value: object) -> object:
    """`"2月14日、2月28日上班"`, as a notice has it, is a list of two days."""
    return re.split(r"[、,，]\s*", value) if isinstance(value, str) else value


class _Year(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    off: dict[str, str]
    work: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    replaces: bool = False
    """Whether it stands in place of the table's year, where the two differ."""


_YEARS = TypeAdapter(dict[str, _Year])


def read_office_days(home: Path) -> OfficeDays:
    """The office's own years; none where the home has no `workdays.toml`.

    UserError names the year and the day that is wrong. A year that the table has, too, must say the
    same, or `replaces = true`: nothing decides in silence which of two calendars a deadline counts.
    """
    path = home / FILE
    try:
        years = _YEARS.validate_python(read_toml(path))
    except InputFault as fault:
        if fault.kind == "missing":
            return OfficeDays()
        raise UserError(str(fault)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"{path}: {place}: {first['msg']}; a year is a table [2028] with work = [days], and "
            "[2028.off] with a line for each holiday"
        ) from None
    off: dict[date, str] = {}
    work: set[date] = set()
    for name, given in years.items():
        if not re.fullmatch(r"20\d\d", name):
            raise UserError(f"{path}: [{name}] is no year: give one such as [2028]")
        one = _read_year(given, int(name), path)
        _refuse_two(one, OfficeDays(off=off, work=frozenset(work)), f"{path}: [{name}]")
        if not given.replaces:
            _refuse_contradiction(one, int(name), path)
        off |= one.off
        work |= one.work
    return OfficeDays(frozenset(int(name) for name in years), off, frozenset(work))


def _read_year(given: _Year, year: int, path: Path) -> OfficeDays:
    """One year of the file. UserError where a day is wrong, or the year is not whole."""
    where = f"{path}: [{year}]"
    off: dict[date, str] = {}
    for name, text in given.off.items():
        for day in _range(text, year, f"{where} off {name!r}"):
            if day in off:
                raise UserError(f"{where} off: {day} stands in {off[day]!r} and in {name!r}")
            off[day] = name
    work = frozenset(_one(text, year, f"{where} work") for text in given.work)
    for day in sorted(work):
        if day in off:
            raise UserError(f"{where}: {day} is off ({off[day]}) and stands in work, too")
        if day.weekday() < 5:
            raise UserError(
                f"{where} work: {day} is a {day:%A}, a working day in any case: name the weekend "
                "days that are worked in exchange"
            )
    _refuse_part(off, year, where)
    return OfficeDays(frozenset({year}), off, work)


def _refuse_part(off: Mapping[date, str], year: int, where: str) -> None:
    """UserError where a holiday of every year, or one of its sure days, is missing."""
    lacks = [name for name in _HOLIDAYS if not any(_short(name) in given for given in off.values())]
    if lacks:
        raise UserError(
            f"{where} off: {'、'.join(lacks)} is missing: a year counts only when its notice is "
            "copied whole"
        )
    for name, months in _HOLIDAYS.items():
        strays = [
            day for day, given in off.items() if _short(name) in given and day.month not in months
        ]
        if strays and "、" not in off[strays[0]]:
            raise UserError(f"{where} off {off[strays[0]]!r}: {strays[0]} is no day of {name}")
    for month, day in _ALWAYS_OFF:
        if date(year, month, day) not in off:
            raise UserError(
                f"{where} off: {month}月{day}日 is a holiday in every year, and is missing"
            )


def _short(name: str) -> str:
    """清明节 is written 清明, too."""
    return name.removesuffix("节") if name != "春节" else name


def _refuse_two(one: OfficeDays, before: OfficeDays, where: str) -> None:
    """UserError where a day at the turn of a year is off in one notice and worked in another."""
    for day in sorted({*one.off, *one.work} & {*before.off, *before.work}):
        if (day in one.off) != (day in before.off):
            raise UserError(f"{where}: {day} is off in one year's table and worked in another's")


def _refuse_contradiction(one: OfficeDays, year: int, path: Path) -> None:
    """UserError for the first day of which the maintained table says something else.

    Days of another year count only where the table has this notice's year: else the table was made
    before the notice, and cannot know them.
    """
    if table_says(date(year, 1, 1)) is None:
        return
    whole = {date(year, 1, 1) + timedelta(days=number) for number in range(365)}
    for day in sorted(whole | {date(year, 12, 31)} | {*one.off} | one.work):
        own, table = one.is_working_day(day), table_says(day)
        if table is not None and own is not None and own != table:
            said = {True: "a working day", False: "off"}
            raise UserError(
                f"{path}: [{year}]: {day} is {said[own]} there and {said[table]} in the calendar "
                "of chinesecalendar: correct the file, or write replaces = true into the year if "
                "the State Council has changed it since"
            )


def _range(text: str, year: int, where: str) -> Iterator[date]:
    found = _RANGE.fullmatch(text.strip())
    if not found:
        raise UserError(f'{where}: {text!r} cannot be read: write "1月1日至3日" or "4月5日"')
    first = _date(found.group(1, 2, 3, 4), year, 0, where)
    last = first
    if found[7]:
        after = first.year if not found[5] else year
        last = _date(found.group(5, 6, 7, 8), after, first.month, where)
    count = (last - first).days + 1
    if not 0 < count <= _LONGEST:
        raise UserError(
            f"{where}: {first} to {last} is no holiday: from the first day to the last, "
            f"{_LONGEST} days at most; name the year where it is another one"
        )
    if found[9] and int(found[9]) != count:
        raise UserError(f"{where}: {first} to {last} are {count_of(count, 'day')}, not {found[9]}")
    return iter([first + timedelta(days=number) for number in range(count)])


def _one(text: str, year: int, where: str) -> date:
    found = _ONE.fullmatch(text.strip())
    if not found:
        raise UserError(f'{where}: {text!r} cannot be read: write days such as "2月14日"')
    return _date(found.group(1, 2, 3, 4), year, 0, where)


def _date(parts: tuple[str | None, ...], year: int, month: int, where: str) -> date:
    """`parts`: year, month, day, weekday as printed; missing ones are those of `year`, `month`."""
    in_year, in_month, number, weekday = parts
    chosen = int(in_year or year)
    if abs(chosen - year) > 1:
        raise UserError(f"{where}: {chosen} is not the year of the table, nor the one beside it")
    if not (in_month or month):
        raise UserError(f'{where}: {number}日 has no month: write "2月14日"')
    try:
        day = date(chosen, int(in_month or month), int(number or 0))
    except ValueError:
        raise UserError(f"{where}: {in_month or month}月{number}日 is no day of {chosen}") from None
    if weekday and _WEEKDAYS.index(weekday.replace("天", "日")) != day.weekday():
        raise UserError(
            f"{where}: {day} is a 周{_WEEKDAYS[day.weekday()]}, not a 周{weekday}: look at the "
            "notice again"
        )
    return day

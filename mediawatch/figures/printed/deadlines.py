"""Days in a text: deadlines before the day on which it was issued, and days that do not exist."""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Iterator, Sequence
from datetime import date

from mediawatch.figures.printed.remarks import PrintedPlace, PrintedRemark, RemarkKind
from mediawatch.figures.printed.wording import Wording

_ISSUED = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_DAY = re.compile(r"(?<![\d年])(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")
_BEFORE = re.compile(r"(?:\(?[^\d,。;]{0,4}\)?)?(?:\d{1,2}(?::\d\d|[时点]))?(?:之?前|以前)")
_CLAUSE = re.compile(r"[,。;:!]")
_DEMAND = re.compile(r"请|务必|必须|须|应|要求|限|确保|力争")
_OBJECT = re.compile("对|把|截至|已|凡|经查")
"""Behind these, a day says which accounts are meant."""
_PAST = re.compile("原定|上期|上次|上季|上年|去年|此前")
_WORK = re.compile("完成|整改|报送|反馈|上报|提交|报|书面|回复|落实|关停|注销")
_STATE = re.compile("开设|开通|未|发布|备案|已|注册|创建|形成|更新|的")
_LONG_AGO = 180
"""Days. Without a year, a month of spring in a text of December is next year's."""


def day_remarks(texts: Sequence[Wording]) -> Iterator[PrintedRemark]:
    """Days that no year has, and deadlines before 成文日期: the last line that is a day alone."""
    issued = None
    for text in texts:
        if (match := _ISSUED.fullmatch(text.text)) and (day := _day(*map(int, match.groups()))):
            issued = day
    for number, text in enumerate(texts):
        place = PrintedPlace("", number)
        for match in _DAY.finditer(text.text):
            year, month, day_number = (int(each) if each else 0 for each in match.groups())
            if not _is_possible(year or 2000, month, day_number):
                words = f"没有“{text.quote(*match.span())}”这一天。"
                yield PrintedRemark(RemarkKind.SLIP, place, words)
            elif end := _deadline_end(text.text, match):
                words = f"期限“{text.quote(_start(text.text, match), end)}”"
                yield from _deadline_remarks(issued, (year, month, day_number), words, place)


def _deadline_remarks(
    issued: date | None, deadline: tuple[int, int, int], words: str, place: PrintedPlace
) -> Iterator[PrintedRemark]:
    year, month, day_number = deadline
    if issued is None:
        words += "未核对：正文没有单独成行的成文日期。"
        yield PrintedRemark(RemarkKind.UNCHECKED, place, words)
        return
    day = _day(year or issued.year, month, day_number)
    if day is None:
        if not isleap(issued.year + 1):
            words += f"未核对：{issued.year}年没有这一天。"
            yield PrintedRemark(RemarkKind.UNCHECKED, place, words)
    elif day < issued and (year or (issued - day).days <= _LONG_AGO):
        words += f"早于成文日期{issued.year}年{issued.month}月{issued.day}日。"
        yield PrintedRemark(RemarkKind.SLIP, place, words)


def _deadline_end(text: str, day: re.Match[str]) -> int:
    """Where a deadline ends; 0 where the day is none.

    A demand stands before it in its clause, or work to be done right after it.
    """
    before = _BEFORE.match(text, day.end())
    if before is None:
        return 0
    head = _CLAUSE.split(text[: day.start()])[-1]
    tail = _CLAUSE.split(text[before.end() :])[0]
    demands = list(_DEMAND.finditer(head))
    between = head[demands[-1].end() :] if demands else head
    if _OBJECT.search(between) or _PAST.search(head):
        return 0
    if demands:
        is_deadline = "将" not in between and not _STATE.match(tail)
    else:
        is_deadline = bool(_WORK.match(tail)) and "的" not in tail and "将" not in head
    return before.end() if is_deadline else 0


def _start(text: str, day: re.Match[str]) -> int:
    return day.start() - (text[: day.start()].endswith(("于", "在")))


def _is_possible(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= year <= 9999 and 1 <= day <= monthrange(year, month)[1]


def _day(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if _is_possible(year, month, day) else None

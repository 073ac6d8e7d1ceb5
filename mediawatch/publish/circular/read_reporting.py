"""The wordings of what lower offices reported, with the figure that each number must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mediawatch.publish.circular.printed import DAY, Check, Rule, expect
from mediawatch.publish.inspection import Inspection


def reporting_rules(inspection: Inspection) -> list[Rule]:
    """None where nobody reported anything."""
    told, one = inspection.reporting, re.escape(inspection.office.measure)
    if told is None:
        return []
    days = dict(told.own_rules)

    def window(match: re.Match[str], line: str) -> Iterator[Check]:
        yield match[2], days.get(match[1])

    def left_out(match: re.Match[str], line: str) -> Iterator[Check]:
        if "未在其报送之列" in line:
            yield match[2], dict(told.unreported).get(match[1])

    def named(names: tuple[str, ...]) -> Callable[[re.Match[str], str], Iterator[Check]]:
        return lambda match, line: iter([(match[1], len(names)), (match[2], "、".join(names))])

    def missing(match: re.Match[str], line: str) -> Iterator[Check]:
        yield match[1], len(told.missing)
        if match[2]:
            yield match[2], "、".join(told.missing)

    return [
        expect(rf"截至(?=\d)({DAY})，应报送", told.until),
        expect(
            r"应报送检查结果的地区（部门）有(\d+)个(?:，已报送(\d+)个)?",
            len(told.offices) + len(told.missing),
            len(told.offices),
        ),
        Rule(re.compile(r"尚未报送(\d+)个(?:：([^。]+))?。"), missing),
        Rule(re.compile(r"未到报送期限的有(\d+)个：([^。]+)。"), named(told.not_due)),
        Rule(re.compile(r"逾期报送的有(\d+)个：([^。]+)。"), named(told.late)),
        expect(r"按本地更新时限判定的有(\d+)个地区", len(told.own_rules)),
        Rule(re.compile(r"(?<=[：、])([^：、（]+)（(\d+)天）"), window),
        expect(
            rf"有(\d+){one}政务新媒体由两个以上地区（部门）报送(?:，各计入一次，其中(\d+){one}结论相反)?",
            told.shared,
            told.contested,
        ),
        expect(rf"另有(\d+){one}未在其报送之列", told.left_out),
        Rule(re.compile(rf"(?<=[：、])([^：、，。]+?)(\d+){one}(?=[、。])"), left_out),
        expect(rf"有(\d+){one}政务新媒体报送为不合格，与本级掌握的情况不同", told.disputed),
    ]

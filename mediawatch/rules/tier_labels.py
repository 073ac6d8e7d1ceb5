"""What a label says of a silence: of a moment or of a period, and how long. Pure."""

from __future__ import annotations

import re

from mediawatch.rules.policy_parts import Tier, WindowRule

_OF_A_MOMENT = re.compile("时间点|[前近]|至今|截至|截止")
"""Words of a label that say how long an account has been silent at one moment."""
_MONTHS = {6: "半年", 12: "一年"}
_NUMERALS = {char: number for number, char in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_LENGTH = re.compile(rf"(\d+|[{''.join(_NUMERALS)}]+)个?(周|星期|天|日)")


def speaks_of_a_moment(label: str) -> bool:
    """Whether a label says how long an account has been silent at one moment."""
    return bool(_OF_A_MOMENT.search(label))


def period_label(tier: Tier, window: WindowRule) -> str:
    """How a tier is called by the gap within a period (时段制)."""
    if tier.months is None:
        weeks, rest = divmod(window.days, 7)
        length, edge = (f"{window.days}天" if rest else f"{weeks}周"), window.edge
    else:
        years, rest = divmod(tier.months, 12)
        named = f"{tier.months}个月" if rest else f"{years}年"
        length, edge = _MONTHS.get(tier.months, named), tier.edge
    return f"检查时段内更新间隔{'超过' if edge == 'exceeds' else '达到'}{length}"


def days_named(label: str) -> set[int]:
    """The lengths in days that a label names by weeks or days: 14 for 超2周未更新."""
    found = ((_number(number), unit) for number, unit in _LENGTH.findall(label))
    return {number * (7 if unit in ("周", "星期") else 1) for number, unit in found if number}


def _number(text: str) -> int:
    """0 for numerals that are not read."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _NUMERALS.get(text, 0)
    return _NUMERALS.get(tens, 1 if not tens else 0) * 10 + _NUMERALS.get(ones, 0)

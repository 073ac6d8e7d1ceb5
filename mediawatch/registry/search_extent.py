"""检索范围: what was searched before a list of leads was written. Pure.

An empty list says nothing where nobody searched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from mediawatch.domain import Outcome, UnitSearch
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.names import fold
from mediawatch.registry.lead_tables import platform_words
from mediawatch.registry.units import FiledUnit
from mediawatch.table import Table

EXTENT_TITLE = "检索范围"
_COLUMNS = ("平台", "检索情况", "台账单位数", "检索完毕", "检索部分名称", "未检索", "检索日期")
_Answers = Mapping[str, date]
"""By folded query the last day on which the platform answered it."""


def extent_table(
    units: Iterable[FiledUnit], platforms: Sequence[str], searches: Iterable[UnitSearch]
) -> Table:
    """By platform how many units were searched for, and when. `platforms` have a search.

    Only what a platform answered counts as searched.
    """
    answers: dict[str, dict[str, date]] = defaultdict(dict)
    for search in sorted(searches, key=lambda each: each.at):
        if search.outcome is Outcome.OK:
            answers[search.platform][fold(search.query)] = day_of(search.at)
    present = [unit for unit in units if unit.is_filed]
    rows = [_row(key, present, answers[key]) for key in dict.fromkeys((*platforms, *answers))]
    return Table(EXTENT_TITLE, _COLUMNS, (*rows, ("其他平台", "未检索", *[""] * 5)))


def _row(platform: str, units: Sequence[FiledUnit], answers: _Answers) -> tuple[str, ...]:
    whole = part = 0
    days: list[date] = []
    for unit in units:
        asked = [answers[key] for query in unit.queries if (key := fold(query)) in answers]
        days += asked
        whole += len(asked) == len(unit.queries)
        part += 0 < len(asked) < len(unit.queries)
    none = len(units) - whole - part
    said = "未检索" if not days else "已全部检索" if whole == len(units) else "已检索一部分"
    span = "至".join(chinese_day(day) for day in sorted({min(days), max(days)})) if days else ""
    counts = (len(units), whole, part, none)
    return (platform_words(platform), said, *map(str, counts), span)


def extent_words(extent: Table) -> str:
    """The same in a line, as a list that leaves bears it above its rows."""
    if not any(row[-1] for row in extent.rows):
        return "尚未检索，本表不能说明有无此类账号"
    return f"仅限“{EXTENT_TITLE}”表所列平台和单位；检索未显示的，不能说明没有"


def extent_lines(extent: Table) -> list[str]:
    """For the screen: what was searched on each platform."""
    return [
        f"检索范围：{platform}，{said}"
        + (f"，台账单位{units}个，检索完毕{whole}个，检索部分名称{part}个，{span}" if span else "")
        for platform, said, units, whole, part, _, span in extent.rows
    ]

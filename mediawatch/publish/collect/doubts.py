"""Of whom no 100% is said, though all that they reported is sound. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mediawatch.domain import Verdict
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.values import Figures, FiguresSplit, Statistics
from mediawatch.publish.collect.office_reports import OfficeReport, SharedAccount


def failing_elsewhere(
    reports: Sequence[OfficeReport], shared: Sequence[SharedAccount], owners: Mapping[int, str]
) -> frozenset[str]:
    """The offices with a failed account that counts with another one."""
    told = {
        each.office
        for one in shared
        for each in one.reported
        if each.verdict is Verdict.FAILED or one.is_contested
    }
    return frozenset(told) | {
        owner
        for report in reports
        for each in report.accounts
        if each.verdict is Verdict.FAILED
        if (owner := owners.get(each.entry.account.id)) and owner != report.office
    }


def without_praise(split: FiguresSplit, elsewhere: frozenset[str]) -> FiguresSplit:
    """The same, in which no 100% is said of these parts."""

    def marked(parts: tuple[tuple[str, Figures], ...]) -> tuple[tuple[str, Figures], ...]:
        return tuple((name, replace(one, contradicted=name in elsewhere)) for name, one in parts)

    groups = tuple(replace(group, parts=marked(group.parts)) for group in split.groups)
    return replace(split, parts=marked(split.parts), groups=groups)


def doubted_offices(counted: Statistics) -> tuple[str, ...]:
    """The offices that report 100%, and of which a failure is known besides."""
    [split] = [each for each in counted.splits if each.heading == Dimension.REGION.label]
    return tuple(name for name, one in split.parts if one.contradicted and one.rate == 1)

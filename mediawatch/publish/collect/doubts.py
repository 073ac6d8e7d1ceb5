"""Of whom no 100% is said, though all that they reported is sound. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mediawatch.domain import Verdict
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.values import Figures, FiguresSplit, Statistics
from mediawatch.publish.collect.office_reports import OfficeReport, SharedAccount
from mediawatch.publish.reporting import Doubts


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


def offices_with_failures(reports: Sequence[OfficeReport]) -> frozenset[str]:
    """The offices that report any account as failed, whether it counts or not."""
    return frozenset(
        report.office
        for report in reports
        if any(each.verdict is Verdict.FAILED for each in report.accounts)
    )


def without_praise(
    split: FiguresSplit, elsewhere: frozenset[str], unpraised: frozenset[str]
) -> FiguresSplit:
    """The same, in which no 100% is said of the parts `elsewhere`, and the `unpraised` ones are not
    named for theirs."""

    def marked(parts: tuple[tuple[str, Figures], ...]) -> tuple[tuple[str, Figures], ...]:
        return tuple((name, replace(one, contradicted=name in elsewhere)) for name, one in parts)

    groups = tuple(
        replace(group, parts=marked(group.parts), unpraised=group.unpraised | unpraised)
        for group in split.groups
    )
    return replace(
        split, parts=marked(split.parts), groups=groups, unpraised=split.unpraised | unpraised
    )


def doubts_of(
    counted: Statistics, told_failing: frozenset[str], contradicted: frozenset[str]
) -> Doubts:
    """The offices with 100% of which a failure is known besides, by what may be said of them.

    `told_failing`: those that report a failure themselves; `contradicted`: those of which our own
    inspection or another office says the opposite, of the same moment.
    """
    [split] = [each for each in counted.splits if each.heading == Dimension.REGION.label]
    names = [name for name, one in split.parts if one.contradicted and one.rate == 1]
    others = [name for name in names if name not in told_failing]
    return Doubts(
        contradicted=tuple(name for name in others if name in contradicted),
        unsettled=tuple(name for name in names if name in told_failing),
        apart=tuple(name for name in others if name not in contradicted),
    )

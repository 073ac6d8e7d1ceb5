"""The hand-offs of lower offices as one inspection, in which every number is theirs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from mediawatch.domain import (
    CheckedSpan,
    Effect,
    Filing,
    Judgement,
    Sweep,
    SweepAccount,
    SweepKind,
    SweepState,
    Verdict,
)
from mediawatch.domain.clock import day_end
from mediawatch.figures.counts import by as count_by
from mediawatch.figures.counts import statistics
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.filings import each_once, once
from mediawatch.figures.regions import Regions
from mediawatch.figures.values import Statistics
from mediawatch.ops.settings.office import Office
from mediawatch.publish.collect.doubts import (
    doubts_of,
    failing_elsewhere,
    offices_with_failures,
    without_praise,
)
from mediawatch.publish.collect.office_reports import (
    OfficeReport,
    SharedAccount,
    shared_accounts,
    unnamed_in,
)
from mediawatch.publish.collect.rebuild import ReportedAccount
from mediawatch.publish.inspection import (
    PRELIMINARY,
    AccountProblem,
    Inspection,
    with_omissions,
)
from mediawatch.publish.reporting import Reporting
from mediawatch.rules.policy import Policy, have_same_rules
from mediawatch.sweep.scope import WHOLE, office_regions, regions_of

SOME_OFFICES = "reports of lower offices"
"""`Sweep.scope` where not every account in service was looked at by somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """What came in for one round, put together."""

    reports: tuple[OfficeReport, ...]
    shared: tuple[SharedAccount, ...]
    inspection: Inspection
    """Made of the reports: `inspection.reporting` says whose it is."""

    @property
    def reported(self) -> tuple[ReportedAccount, ...]:
        """Every account that counts, by the report by which it counts."""
        return tuple(
            each
            for report in self.reports
            for each in report.accounts
            if each.entry.account.id in self._counted
        )

    @property
    def _counted(self) -> Mapping[int, str]:
        reporting = self.inspection.reporting
        return reporting.office_of if reporting else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFrame:
    """What the upper office says of the round itself."""

    name: str
    as_of_sweep: Sweep
    policy: Policy
    office: Office
    until: date
    missing: tuple[str, ...] = ()
    not_due: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    unreported: Mapping[str, int] = field(default_factory=dict)
    """By office how many accounts our registry gives it that it did not report."""
    unpraised: frozenset[str] = frozenset()
    """Offices that are not named for their 100%, for they did not report all accounts of theirs."""
    key_remarks: Mapping[str, str] = field(default_factory=dict)
    """By office what to mind of the key that signed its file."""
    marks: tuple[str, ...] = ()
    found_failing: frozenset[str] = frozenset()
    """Offices and platforms of which our own inspections confirmed a failed account: no 100% is said
    of them."""
    contradicted: frozenset[str] = frozenset()
    """Of the offices those whose report that speaks against."""


def frame_sweep(name: str, span: CheckedSpan, policy: Policy) -> Sweep:
    """The moment or period that all offices share, as a sweep that nobody here made."""
    moment = day_end(span.last)
    return Sweep(
        as_of=moment,
        period_from=span.first,
        policy=policy.name,
        policy_toml=policy.toml,
        scope=WHOLE,
        kind=SweepKind.CENSUS,
        round=name,
        started_at=moment,
        state=SweepState.FINISHED,
    )


def merge(
    reports: Sequence[OfficeReport],
    frame: RoundFrame,
    owners: Mapping[int, str],
    disputes: Mapping[int, str] = MappingProxyType({}),
) -> Collection:
    """Put the reports together; each account counts once.

    `owners`: by the number of a reported account the office to which our registry gives it.
    `disputes`: by the same number of an account that is reported as failed what we know that
    speaks against it; it counts as open. AssertionError where figures do not agree.
    """
    shared = shared_accounts(reports, owners)
    dropped = {
        each.entry.account.id for one in shared for each in one.reported if each is not one.standing
    }
    open_ones = {one.standing.entry.account.id: one.opposites for one in shared if one.is_contested}
    disputed = disputes.keys() - dropped - open_ones.keys()
    open_ones |= {number: disputes[number] for number in disputed}
    kept = [
        (report.office, _as_counted(each, open_ones))
        for report in reports
        for each in report.accounts
        if each.entry.account.id not in dropped
    ]
    office_of = {each.entry.account.id: office for office, each in kept}
    scope = tuple(each.entry for _, each in kept)
    counted = _statistics(scope, reports, frame, office_of, dropped)
    by_others = failing_elsewhere(reports, shared, owners)
    elsewhere = frame.found_failing | by_others
    counted = replace(
        counted,
        whole=replace(counted.whole, contradicted=bool(frame.found_failing)),
        splits=tuple(without_praise(split, elsewhere, frame.unpraised) for split in counted.splits),
    )
    told_failing = offices_with_failures(reports)
    reporting = Reporting(
        until=frame.until,
        offices=tuple(report.office for report in reports),
        missing=frame.missing,
        not_due=frame.not_due,
        late=frame.late,
        collectors=tuple(
            (report.office, tuple(collected.missing))
            for report in reports
            if (collected := report.figures.collected) is not None
        ),
        unreported=tuple(frame.unreported.items()),
        key_remarks=tuple(f"{name}：{said}" for name, said in frame.key_remarks.items()),
        office_of=office_of,
        sender_of={each.entry.account.id: each.sender for _, each in kept},
        own_rules=tuple(
            (report.office, report.policy.window.days)
            for report in reports
            if not have_same_rules(report.policy, frame.policy)
        ),
        shared=len(shared),
        contested=sum(one.is_contested for one in shared),
        disputed=len(disputed),
        told_failing=bool(told_failing),
        doubts=doubts_of(counted, told_failing, frame.contradicted | by_others),
    )
    unnamed = unnamed_in([each for _, each in kept], shared)
    told = with_omissions(_inspection(scope, counted, frame, reporting), unnamed)
    marks = (*frame.marks, *_marks_of(reports, preliminary=told.preliminary or bool(frame.missing)))
    return Collection(
        reports=tuple(reports),
        shared=shared,
        inspection=replace(told, marks=tuple(dict.fromkeys(marks))),
    )


def _marks_of(reports: Sequence[OfficeReport], *, preliminary: bool) -> list[str]:
    """What any document bears, all of them bear; 初步结果 also where only undecided findings wait,
    or an office is missing."""
    said = [mark for report in reports for mark in report.figures.marks]
    open_ones = preliminary or any(report.figures.preliminary for report in reports)
    others = [mark for mark in said if mark != PRELIMINARY]
    return [*others, *([PRELIMINARY] if open_ones else [])]


def _inspection(
    scope: tuple[SweepAccount, ...],
    counted: Statistics,
    frame: RoundFrame,
    reporting: Reporting,
) -> Inspection:
    whole = counted.whole
    everything = not frame.missing and whole.drawn == whole.total
    sweep = replace(frame.as_of_sweep, scope=WHOLE if everything else SOME_OFFICES)
    return Inspection(
        sweep=sweep,
        policy=frame.policy,
        office=frame.office,
        scope=scope,
        statistics=counted,
        problems=tuple(_problem(entry, twins) for entry, twins in each_once(scope) if _held(entry)),
        marks=(),
        surfaces={},
        reporting=reporting,
        regions=regions_of(sweep, scope, office_regions(frame.office)),
        accounts=tuple(once(scope)),
    )


def _held(entry: SweepAccount) -> bool:
    return entry.judgement is not None and bool(entry.judgement.findings)


def _problem(entry: SweepAccount, twins: tuple[Filing, ...]) -> AccountProblem:
    findings = entry.judgement.findings if entry.judgement else ()
    ordered = sorted(findings, key=lambda finding: finding.effect is not Effect.FAILS)
    return AccountProblem(
        entry=entry,
        findings=tuple(ordered),
        readings=(),
        twins=twins,
    )


def _statistics(
    scope: Sequence[SweepAccount],
    reports: Sequence[OfficeReport],
    frame: RoundFrame,
    office_of: Mapping[int, str],
    dropped: set[int],
) -> Statistics:
    def office(entry: SweepAccount) -> str:
        return office_of[entry.account.id]

    def platform(entry: SweepAccount) -> str:
        return Dimension.PLATFORM.of(entry.account.filed)

    by_office: dict[str, int] = {}
    by_platform: Counter[str] = Counter()
    for report in reports:
        entries = [each.entry for each in report.accounts]
        left = [each for each in entries if each.account.id not in dropped]
        by_office[report.office] = report.figures.total - len(once(entries)) + len(once(left))
        by_platform.update(report.figures.by_platform)
        by_platform.subtract(_drawn(entries, frame.policy))
        by_platform.update(_drawn(left, frame.policy))
    order = [report.office for report in reports]
    found = statistics(
        scope,
        frame.policy,
        {Dimension.REGION.label: office, Dimension.PLATFORM.label: platform},
        totals={Dimension.REGION.label: by_office, Dimension.PLATFORM.label: by_platform},
        expected={Dimension.REGION.label: order},
    )
    regions = Regions(
        level=frame.office.level,
        names=tuple(order),
        reach=frame.office.reach,
        groups={report.office: report.group for report in reports},
    )
    splits = tuple(
        regions.arranged(split) if split.heading == Dimension.REGION.label else split
        for split in found.splits
    )
    return replace(found, splits=splits)


def _drawn(entries: Sequence[SweepAccount], policy: Policy) -> dict[str, int]:
    parts = count_by(entries, policy, lambda entry: Dimension.PLATFORM.of(entry.account.filed))
    return {name: one.drawn for name, one in parts.items()}


def _as_counted(each: ReportedAccount, open_ones: Mapping[int, str]) -> ReportedAccount:
    """What anybody's knowledge speaks against is open, and stands in no list: one post in the window
    clears an account, whoever saw it."""
    if (why := open_ones.get(each.entry.account.id)) is None:
        return each
    judged = Judgement(verdict=Verdict.UNPROVEN, sentence=why)
    return replace(each, entry=replace(each.entry, judgement=judged))

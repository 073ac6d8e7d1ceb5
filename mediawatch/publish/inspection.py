"""What the documents of one inspection are made of.

Its judged scope as reviewed, its figures, its problems with their evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from mediawatch.domain import (
    Effect,
    Evidence,
    EvidenceFault,
    Filing,
    Finding,
    Reading,
    Sweep,
    SweepAccount,
    SweepKind,
    Verdict,
)
from mediawatch.figures.counts import by as count_by
from mediawatch.figures.counts import statistics
from mediawatch.figures.dimensions import Dimension, keys
from mediawatch.figures.filings import CountedAccount, each_once, filings_of_one, once
from mediawatch.figures.regions import Regions
from mediawatch.figures.values import FiguresSplit, Statistics
from mediawatch.ops.settings.office import Office
from mediawatch.publish.defects import (
    MARK,
    EvidenceDefect,
    Faults,
    defects_of,
    mark_of,
    without_unproven,
)
from mediawatch.publish.earlier_census import EarlierCensus
from mediawatch.publish.naming import name_account
from mediawatch.publish.reporting import Reporting
from mediawatch.publish.results import RecheckResult
from mediawatch.publish.rounds import EarlierNotices, IssuedNotice
from mediawatch.rules import cautions
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import Policy
from mediawatch.rules.proving_sights import proving_pictures
from mediawatch.rules.reviewed import as_reviewed, count_unreviewed
from mediawatch.sweep.scope import office_regions, regions_of, totals_of

OPEN_MARK = "含未经审核的疑似问题，不得公开"
PRELIMINARY = "初步结果"
_DIMENSIONS = (Dimension.REGION, Dimension.PLATFORM)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountProblem:
    """One account with what is held against it and the readings that prove it.

    The leading finding comes first.
    """

    entry: SweepAccount
    findings: tuple[Finding, ...]
    readings: tuple[Reading, ...]
    times: int = 1
    """Number of consecutive inspections, including this one, whose notices list the account as
    failed."""
    twins: tuple[Filing, ...] = ()
    """The other filings of the same account (重复备案)."""
    defects: tuple[EvidenceDefect, ...] = ()
    """The files of its evidence that are not what was kept."""
    unnamed: str = ""
    """How a circular leaves its name out (不在正文点名, 另行函告); "" where it is named. It counts."""
    unnamed_before: bool = False
    """Whether an earlier notice that `times` counts left its name out: then no list prints it."""
    updated_on: date | None = None
    """The first Beijing day after as_of, and before the notice, on which it is known to have
    posted."""
    rectified: bool = False
    """通报前已整改: the policy counts it apart."""

    @property
    def fails(self) -> bool:
        return any(finding.effect is Effect.FAILS for finding in self.findings)

    @property
    def labels(self) -> str:
        """All of its problems, as a circular prints them."""
        return "、".join(
            dict.fromkeys(
                finding.label for finding in self.findings if finding.effect is not Effect.HINT
            )
        )

    @property
    def problem(self) -> str:
        """存在的突出问题 of a notice's item: each with its details, and the account's other
        filings."""
        return f"{self.detailed}（{self._filed_besides}）" if self.twins else self.detailed

    @property
    def is_known_repeat(self) -> bool:
        """Whether it failed before, and every notice that says so named it."""
        return self.times > 1 and not self.unnamed_before

    @property
    def printed(self) -> str:
        """存在的突出问题 of a list: each with its details, whether it is a repeat, the account's
        other filings, and what is wrong with its evidence."""
        remarks = [f"重复问题，连续{self.times}次"] if self.is_known_repeat else []
        remarks += [self._filed_besides] if self.twins else []
        remarks += ["通报印发前已完成整改"] if self.rectified else []
        remarks += [mark_of(self.defects)] if self.defects else []
        return f"{self.detailed}（{'；'.join(remarks)}）" if remarks else self.detailed

    @property
    def detailed(self) -> str:
        """All of its problems, each with what people wrote of it and what it costs."""
        held = (each for each in self.findings if each.effect is not Effect.HINT)
        return "、".join(dict.fromkeys(each.printed for each in held))

    def with_effect(self, effect: Effect) -> tuple[Finding, ...]:
        """What is held against it with this effect."""
        return tuple(each for each in self.findings if each.effect is effect)

    def caution_of(self, finding: Finding) -> str:
        """What to mind of a finding's ground, without a full stop; "" for nothing."""
        return cautions.of_finding(finding, self.entry.account.filed, self.readings)

    @property
    def _filed_besides(self) -> str:
        return (
            "同一账号另有备案："
            f"{'、'.join(filed.filing_number or name_account(filed) for filed in self.twins)}"
        )

    @property
    def faults(self) -> dict[str, EvidenceFault]:
        """What is wrong with its files, by path."""
        return {each.item.path: each.fault for each in self.defects}

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(item for reading in self.readings for item in reading.evidence)

    @property
    def pictures(self) -> tuple[Evidence, ...]:
        """Of the sights that prove its findings, the best first, without those that are not what
        was kept."""
        shown = proving_pictures(self.findings, self.readings)
        return tuple(item for item in shown if item.path not in self.faults)

    @property
    def shown_pictures(self) -> tuple[Evidence, ...]:
        """Of these the best, and one of each person who found a problem: the word of two."""
        good = {item.path: item for item in self.pictures}
        of_people = [
            own[0]
            for reading in self.readings
            if reading.problem and (own := [each for each in reading.evidence if each.path in good])
        ]
        shown = [*self.pictures[:1], *of_people]
        return tuple({item.path: item for item in shown}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One inspection as its documents print it."""

    sweep: Sweep
    policy: Policy
    office: Office
    scope: tuple[SweepAccount, ...]
    """As reviewed: a dismissed problem no longer makes its account fail."""
    statistics: Statistics
    problems: tuple[AccountProblem, ...]
    marks: tuple[str, ...]
    surfaces: Mapping[str, str]
    """信息来源: the Chinese of each surface's name."""
    past: EarlierNotices = field(default_factory=EarlierNotices)
    """The earlier notices."""
    issued: IssuedNotice | None = None
    """The notice that it became, where the documents are of that notice."""
    defects: tuple[EvidenceDefect, ...] = ()
    """Of its whole scope, what they withhold included."""
    omissions: Mapping[int, str] = field(default_factory=dict)
    """By every filing of an account how its name is left out."""
    undecided: int = 0
    """Findings, no hints, that nobody has confirmed or dismissed; 0 of a notice."""
    before: EarlierCensus | None = None
    """The census that its 合格率 is compared with."""
    regions: Regions
    """How its office divides the registry, as its figures do."""
    accounts: tuple[CountedAccount, ...]
    """The accounts of its scope in service, each once."""
    reporting: Reporting | None = None
    """Whose figures they are, where lower offices looked and reported; None for our own."""

    @property
    def is_recheck(self) -> bool:
        """复查: its accounts are those that failed before, and its figures are theirs alone."""
        return self.sweep.kind is SweepKind.RECHECK

    @property
    def preliminary(self) -> bool:
        """Whether an account is open, or a finding undecided: one of 其他需关注情形 opens none."""
        return self.statistics.whole.preliminary or bool(self.undecided)

    @property
    def failed(self) -> tuple[AccountProblem, ...]:
        return tuple(problem for problem in self.problems if problem.fails)

    @property
    def listed(self) -> tuple[AccountProblem, ...]:
        return tuple(problem for problem in self.problems if not problem.fails)

    @property
    def omitted(self) -> tuple[AccountProblem, ...]:
        """Those that count and are named in no text or list that is published."""
        return tuple(problem for problem in self.problems if problem.unnamed)

    @property
    def rechecked(self) -> tuple[RecheckResult, ...]:
        """The results of `past`. Whom this notice leaves out is unnamed in them, too."""
        return tuple(
            replace(each, item=replace(each.item, unnamed=each.item.unnamed or omitted))
            if each.item.account_id is not None
            and (omitted := self.omissions.get(each.item.account_id))
            else each
            for each in self.past.rechecked
        )

    @property
    def noteworthy(self) -> tuple[AccountProblem, ...]:
        """其他需关注情形: who is held to no failure, and to more than a hint."""
        return tuple(problem for problem in self.listed if problem.labels)

    @property
    def deducted(self) -> tuple[AccountProblem, ...]:
        """扣分情形: whom anything costs points, whether it fails besides or not."""
        return tuple(each for each in self.problems if each.with_effect(Effect.DEDUCTS))

    def split(self, by: Dimension) -> FiguresSplit:
        """Its figures by one word, also where its tables have no such split."""
        for each in self.statistics.splits:
            if each.heading == by.label:
                return each
        totals = totals_of(self.sweep, self.scope)
        ((heading, key),) = keys((by,)).items()
        parts = count_by(self.scope, self.policy, key, totals=(totals or {}).get(heading))
        return FiguresSplit(heading, tuple(parts.items()))

    @property
    def open(self) -> tuple[SweepAccount, ...]:
        """Accounts that a person still has to look at, each once."""
        return tuple(
            one.entry
            for one in self.accounts
            if one.verdict in (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """Whose documents they are, what is printed on all of them, and what surfaces are called."""

    office: Office
    marks: tuple[str, ...] = ()
    surfaces: Mapping[str, str] = field(default_factory=dict)


def inspection(
    judged: JudgedScope,
    readings: Mapping[int, Sequence[Reading]],
    imprint: Imprint,
    *,
    include_open: bool,
    past: EarlierNotices | None = None,
    issued: IssuedNotice | None = None,
    faults: Faults = MappingProxyType({}),
) -> Inspection:
    """Put together what the documents print.

    `faults`: what is wrong with the files that the readings name.

    `past` are the earlier notices. `issued` is the notice that it became, whose `scope` then is
    `as_issued`. Without `include_open` only what a person confirmed is held against an account;
    what is not yet reviewed counts as open. AssertionError where figures do not agree: nothing may
    leave then.
    """
    printable = [as_reviewed(entry, include_open=include_open) for entry in judged.entries]
    defects = {
        entry.account.id: defects_of(
            entry, readings.get(entry.account.id, ()), faults, issued=issued is not None
        )
        for entry in printable
    }
    reviewed = tuple(without_unproven(entry, defects[entry.account.id]) for entry in printable)
    counted = statistics_of(judged.sweep, reviewed, judged.policy, imprint.office, by=_DIMENSIONS)
    before = past or EarlierNotices()
    problems = tuple(
        replace(
            _problem(entry, twins, readings.get(entry.account.id, ()), before),
            defects=tuple(each for each in defects[entry.account.id] if not each.withheld),
        )
        for entry, twins in each_once(reviewed)
        if _held(entry)
    )
    undecided = 0 if issued else count_unreviewed(judged.entries)
    said = [
        *imprint.marks,
        *([OPEN_MARK] if include_open else []),
        *([PRELIMINARY] if counted.whole.preliminary or undecided else []),
        *([MARK] if any(defects.values()) else []),
    ]
    return Inspection(
        sweep=judged.sweep,
        policy=judged.policy,
        office=imprint.office,
        scope=reviewed,
        statistics=counted,
        problems=problems,
        marks=tuple(said),
        surfaces=imprint.surfaces,
        regions=regions_of(judged.sweep, reviewed, office_regions(imprint.office)),
        accounts=tuple(once(reviewed)),
        past=before,
        issued=issued,
        undecided=undecided,
        defects=tuple(each for found in defects.values() for each in found),
    )


def statistics_of(
    sweep: Sweep,
    scope: Sequence[SweepAccount],
    policy: Policy,
    office: Office,
    *,
    by: Iterable[Dimension],
) -> Statistics:
    """The figures of a reviewed scope, divided as the office of that level divides its registry.

    AssertionError where figures do not agree.
    """
    regions = regions_of(sweep, scope, office_regions(office))
    found = statistics(
        scope,
        policy,
        keys(by, regions),
        totals=totals_of(sweep, scope, regions),
        expected=expected_regions(office),
    )
    failed = [entry.account.filed for entry, _ in found.failed]

    def arranged(split: FiguresSplit) -> FiguresSplit:
        elsewhere = regions.failed_elsewhere((name for name, _ in split.parts), failed)
        return regions.arranged(replace(split, unpraised=elsewhere))

    splits = tuple(
        arranged(split) if split.heading == Dimension.REGION.label else split
        for split in found.splits
    )
    return replace(found, splits=splits)


def with_omissions(told: Inspection, omissions: Mapping[int, str]) -> Inspection:
    """The same with accounts whose names are left out, by account how.

    Whichever filing speaks for an account, its name is left out.
    """
    if not omissions and not told.omissions:
        return told
    of_filings = {
        entry.account.id: omissions[marked[0]]
        for group in filings_of_one(told.scope)
        if (marked := [each.account.id for each in group if each.account.id in omissions])
        for entry in group
    }
    return replace(
        told,
        omissions=of_filings,
        problems=tuple(
            replace(problem, unnamed=of_filings.get(problem.entry.account.id, ""))
            for problem in told.problems
        ),
    )


def expected_regions(office: Office) -> dict[str, Sequence[str]]:
    """For `figures.statistics`: the office's regions in its own order, also those without an
    account."""
    return {Dimension.REGION.label: office.regions}


def _held(entry: SweepAccount) -> tuple[Finding, ...]:
    """What papers may tell. What people found as a hint (提示) is for the office alone."""
    found = entry.judgement.findings if entry.judgement else ()
    return tuple(
        each for each in found if not (each.code.found_by_people and each.effect is Effect.HINT)
    )


def _problem(
    entry: SweepAccount,
    twins: tuple[Filing, ...],
    readings: Sequence[Reading],
    past: EarlierNotices,
) -> AccountProblem:
    findings = sorted(_held(entry), key=lambda finding: finding.effect is not Effect.FAILS)
    proving = {number for finding in findings for number in finding.reading_ids}
    shown = tuple(reading for reading in readings if reading.id in proving)
    problem = AccountProblem(entry=entry, findings=tuple(findings), readings=shown, twins=twins)
    if not problem.fails:
        return problem
    return replace(
        problem,
        times=past.times(entry.account.id),
        unnamed_before=entry.account.id in past.unnamed,
    )

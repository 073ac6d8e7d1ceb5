"""What an office collected, and looked at itself, as one hand-off for the office above. Pure.

Each account stands with its 报送单位, and counts once by the rules of the collection: what two say
opposite things of is open. So is an account that its office reports as anything else, and that we
found failing ourselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from mediawatch.domain import CheckedSpan, HandedFile, HandedState, Judgement, UserError
from mediawatch.domain.clock import beijing
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.region_parts import PartGroup
from mediawatch.ops.settings.lower_offices import OWN
from mediawatch.publish.collect.checks import accounts_of
from mediawatch.publish.collect.merge import Collection, RoundFrame, merge
from mediawatch.publish.collect.office_reports import OfficeReport, ReportFigures, SharedAccount
from mediawatch.publish.collect.own_looks import OwnLooks, failing_looks, said_against
from mediawatch.publish.collect.rebuild import AccountKey, ReportedAccount, key_of
from mediawatch.publish.collect.registry_match import RegistryMatch
from mediawatch.publish.handoff import Handoff, of_collected
from mediawatch.publish.handoff.collected_parts import CollectedOut, SharedOut, SourceOut
from mediawatch.publish.handoff.figure_parts import ScopeEntry
from mediawatch.publish.handoff.finding_parts import FindingOut
from mediawatch.publish.handoff.findings import as_filed
from mediawatch.publish.handoff.parts import EvidenceFaultOut
from mediawatch.publish.inspection import Inspection, with_omissions
from mediawatch.rules.policy import have_same_rules


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A report with the hand-off of which it was read."""

    report: OfficeReport
    document: Handoff


def hand_up(
    sources: Sequence[SourceDocument],
    frame: RoundFrame,
    match: RegistryMatch,
    disputes: Mapping[int, str],
    own: tuple[Inspection, Handoff | None] | None,
    looks: OwnLooks = MappingProxyType({}),
) -> Handoff:
    """The document of all that was reported, and of our own inspection with its hand-off, if any.

    Without a hand-off our inspection is of another moment or other rules: no account of it is in
    the document. What any of our `looks` found failing is open, unless it fell silent since. UserError where an office judges by rules of
    its own. AssertionError where figures do not agree.
    """
    if other := [each.report.office for each in sources if not _has_rules(each.report, frame)]:
        raise UserError(
            f"{'、'.join(other)} judge by rules of their own: one hand-off has one policy. Hand up "
            "without own_rules, or have these offices hand in to the office above themselves"
        )
    said = {**disputes, **_hidden_failures(sources, match, looks, frame)}
    if own and own[1] is not None:
        sources = [*sources, _own_source(own[0], own[1], _next_number(sources))]
    told = merge([each.report for each in sources], frame, match.owners, said)
    if own:
        # Whom we name nowhere, we do not hand up by name for others to publish.
        unnamed = match.of_reported(own[0].omissions) | dict(told.inspection.omissions)
        told = replace(told, inspection=with_omissions(told.inspection, unnamed))
    kept = _kept_parts(sources, told)
    return of_collected(
        told.inspection,
        kept.accounts,
        kept.findings,
        kept.faults,
        CollectedOut(
            sources=[
                _source_out(file, frame.key_remarks.get(file.office, ""))
                for each in sources
                if (file := each.report.file).sha256
            ],
            missing=list(frame.missing),
            shared=[_shared_out(each) for each in told.shared if _is_notable(each)],
        ),
    )


def _has_rules(report: OfficeReport, frame: RoundFrame) -> bool:
    return have_same_rules(report.policy, frame.policy)


def _next_number(sources: Sequence[SourceDocument]) -> int:
    return 1 + sum(len(each.report.accounts) for each in sources)


def _hidden_failures(
    sources: Sequence[SourceDocument], match: RegistryMatch, looks: OwnLooks, frame: RoundFrame
) -> dict[int, str]:
    """Accounts that we found failing, and that their offices report as anything else."""
    failing, span = failing_looks(looks), CheckedSpan.of(frame.as_of_sweep)
    return {
        number: said
        for source in sources
        for each in source.report.accounts
        if (ours := match.accounts.get(number := each.entry.account.id)) and ours.id in failing
        if (said := said_against(each, failing[ours.id], span, frame.policy))
    }


def _own_source(own: Inspection, document: Handoff, first_id: int) -> SourceDocument:
    """Our own inspection as one more report; 总数 is that of its accounts alone, for the others are
    in the reports."""
    figures = ReportFigures.of(document)
    platforms = {name: part.drawn for name, part in own.split(Dimension.PLATFORM).parts}
    file = HandedFile(
        round=own.sweep.round, office=OWN, state=HandedState.ACCEPTED, file="", sha256="", size=0,
        received_at=own.sweep.as_of, by="",
    )  # fmt: skip
    report = OfficeReport(
        office=OWN,
        group=PartGroup.DEPARTMENT,
        file=file,
        figures=replace(figures, total=own.statistics.whole.drawn, by_platform=platforms),
        policy=own.policy,
        accounts=accounts_of(document, OWN, first_id),
    )
    return SourceDocument(report, document)


@dataclass(frozen=True, slots=True)
class _KeptParts:
    """Of the hand-offs what the accounts that count have in them."""

    accounts: list[ScopeEntry]
    findings: list[FindingOut]
    faults: list[EvidenceFaultOut]


def _kept_parts(sources: Sequence[SourceDocument], told: Collection) -> _KeptParts:
    """In the order of the collection's scope. What is open has no finding: nobody is accused of it."""
    counted = {entry.account.id: entry for entry in told.inspection.scope}
    found = _KeptParts([], [], [])
    for source in sources:
        document, scope = source.document, source.document.scope
        findings: dict[AccountKey, list[FindingOut]] = defaultdict(list)
        for each in document.findings:
            findings[key_of(each.account)].append(each)
        kept: set[AccountKey] = set()
        for reported, filed in zip(
            source.report.accounts, scope.accounts if scope else (), strict=True
        ):
            held = findings.pop(key_of(filed), [])
            entry = counted.get(reported.entry.account.id)
            if entry is None or entry.judgement is None:
                continue
            kept.add(key_of(filed))
            found.accounts.append(_scope_entry(filed, reported, entry.judgement))
            if entry.judgement.findings:
                unnamed = told.inspection.omissions.get(entry.account.id, "")
                found.findings.extend(each.model_copy(update={"unnamed": unnamed}) for each in held)
        found.faults.extend(
            each for each in document.evidence_faults or () if key_of(each.account) in kept
        )
    return found


def _scope_entry(filed: ScopeEntry, reported: ReportedAccount, judgement: Judgement) -> ScopeEntry:
    """The account as it counts, under its 报送单位."""
    below = [] if reported.office == OWN else [reported.office]
    return filed.model_copy(
        update={
            "region": reported.office,
            "verdict": judgement.verdict.value,
            "sentence": judgement.sentence,
            "reported_by": [*below, *reported.reported_by],
        }
    )


def _source_out(file: HandedFile, remark: str) -> SourceOut:
    return SourceOut(
        office=file.office,
        sha256=file.sha256,
        key=file.key,
        signed_at=beijing(file.signed_at) if file.signed_at else None,
        received_at=beijing(file.received_at),
        notice=file.notice,
        version=file.version,
        remark=remark,
    )


def _is_notable(one: SharedAccount) -> bool:
    """Whether two offices reported it; that we looked at it, too, is worth a word where we differ."""
    below = {each.office for each in one.reported if each.office != OWN}
    return one.is_contested or len(below) > 1


def _shared_out(one: SharedAccount) -> SharedOut:
    return SharedOut(
        account=as_filed(one.standing.filed),
        reported=[f"{each.sender}：{each.verdict.label}" for each in one.reported],
        counted_with=one.standing.sender,
        contested=one.is_contested,
    )

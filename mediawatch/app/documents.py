"""What the documents of a sweep are built from.

Everything the store holds of it, as reviewed, or as it was issued.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.domain import (
    Code,
    EvidenceFault,
    Notice,
    NoticeEvent,
    Reading,
    ReviewEvent,
    ReviewState,
    Sweep,
    SweepAccount,
    UserError,
    Verdict,
    omissions_of,
    review_standing,
)
from mediawatch.figures.counts import figures
from mediawatch.ops.retention import pruned_paths
from mediawatch.ops.settings.office import read_office
from mediawatch.people.suspects import proving_readings
from mediawatch.people.worklist.problem_todo import problem_proofs_of
from mediawatch.plurals import agree, count_of
from mediawatch.publish.defects import EvidenceDefect, resting_on
from mediawatch.publish.earlier_census import EarlierCensus, choose_census_before
from mediawatch.publish.inspection import Imprint, Inspection, inspection, with_omissions
from mediawatch.publish.later_updates import with_later_updates
from mediawatch.publish.notices.issuing import as_issued
from mediawatch.publish.rounds import IssuedNotice, Issues, past
from mediawatch.rules.backing import KnownChecks
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.problem_proofs import ProblemProof
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.rules.sweep_policy import policy_of
from mediawatch.sweep.judging import checks_for

if TYPE_CHECKING:
    from mediawatch.publish.handoff import Handoff


_TOLD = 20
"""So many files are named; a folder that was lost would fill the screen."""


async def inspection_of(app: App, sweep: Sweep, *, include_open: bool = False) -> Inspection:
    """What the documents of a sweep print."""
    judged = await judged_scope(app, sweep)
    return await inspection_for(app, judged, include_open=include_open)


async def inspection_for(
    app: App, judged: JudgedScope, *, include_open: bool = False
) -> Inspection:
    """The same, of a scope that is loaded already."""
    return await _build_inspection(
        app, judged.sweep, judged.entries, await issues_of(app), include_open=include_open
    )


async def issued_inspection(
    app: App,
    notice: Notice,
    after: Sequence[NoticeEvent] = (),
    *,
    scope: Sequence[SweepAccount] | None = None,
    uncorrected: bool = False,
    until: int | None = None,
) -> Inspection:
    """What the documents of a notice print, with its corrections and the events `after`.

    It is made of the scope on which the notice was issued, and of what was known of other notices
    then, without what was withdrawn from these since. `scope` is that of a notice that is about to
    be issued. `uncorrected`: as it was issued. `until`: as it stood before the event of that id.
    UserError where another system issued it.
    """
    found = [sweep for sweep in await app.store.sweeps.all() if sweep.id == notice.sweep_id]
    if not found:
        raise UserError(f"{notice.number} was issued by another system: it has no inspection here")
    issues = await issues_of(app)
    known = [each for each in issues.events if until is None or each.id < until]
    events = [] if uncorrected else [*known, *after]
    kept = as_issued(
        await app.store.notices.scope(notice.id) if scope is None else scope, notice, events
    )
    return await _build_inspection(
        app,
        found[0],
        kept,
        issues.known_at(notice.kept_at, 0 if uncorrected else until),
        issued=IssuedNotice.of(notice, events),
        # Of a notice that is about to be issued, its inspection has told.
        tell=scope is None or bool(after),
    )


async def reviewers_of(app: App, inspection: Inspection) -> dict[int, list[str]]:
    """Who confirmed the findings of each account that an inspection prints."""
    events: dict[tuple[int, Code], list[ReviewEvent]] = {}
    for event in await app.store.reviews.events(inspection.sweep.id):
        events.setdefault((event.account_id, event.code), []).append(event)
    people: dict[int, list[str]] = {}
    for problem in inspection.problems:
        account = problem.entry.account.id
        for finding in problem.findings:
            standing = review_standing(events.get((account, finding.code), ()), finding)
            if standing.by is not None and standing.state is ReviewState.CONFIRMED:
                people.setdefault(account, []).append(standing.by.by)
    return people


async def issues_of(app: App) -> Issues:
    """Every notice and its events, without what the accounts of a scope need (`cover`)."""
    sweeps = await app.store.sweeps.all()
    return Issues(
        notices=await app.store.notices.all(),
        events=await app.store.notices.events(),
        moments={sweep.id: sweep.as_of for sweep in sweeps},
        rounds={sweep.id: sweep.round for sweep in sweeps},
    )


async def _build_inspection(
    app: App,
    sweep: Sweep,
    scope: Sequence[SweepAccount],
    issues: Issues,
    *,
    include_open: bool = False,
    issued: IssuedNotice | None = None,
    tell: bool = True,
) -> Inspection:
    readings = await proving_readings(app.store, scope)
    failed = [
        entry.account.id
        for entry in scope
        if entry.judgement and entry.judgement.verdict is Verdict.FAILED
    ]
    faults = await _faults(app, scope, readings, issued, include_open=include_open)
    issues = replace(issues, cover=await app.store.notices.coverage(sweep.id, failed))
    policy = policy_of(sweep)
    imprint = Imprint(
        office=read_office(app.home.root),
        marks=app.marks,
        surfaces=app.surface_labels({entry.account.platform for entry in scope}),
    )
    told = inspection(
        JudgedScope(sweep=sweep, policy=policy, entries=tuple(scope)),
        readings,
        imprint,
        include_open=include_open,
        past=past(issues, sweep, scope),
        issued=issued,
        faults=faults,
    )
    if tell:
        _tell(told.defects)
        _tell_contradicted(told)
    accused = [problem.entry.account.id for problem in told.failed]
    later = await app.store.readings.by_account(accused, since=sweep.as_of) if accused else {}
    told = with_omissions(
        with_later_updates(told, later, await _proofs_of_people(app, told)),
        await _omissions(app, sweep, issued),
    )
    return (
        replace(told, before=await _census_before(app, sweep, issues))
        if told.office.compare
        else told
    )


async def _proofs_of_people(app: App, told: Inspection) -> Mapping[int, Sequence[ProblemProof]]:
    """What people's looks prove of failed accounts by which they fail."""
    accused = tuple(
        problem.entry
        for problem in told.failed
        if any(finding.code.found_by_people for finding in problem.findings)
    )
    if not accused:
        return {}
    scope = JudgedScope(sweep=told.sweep, policy=told.policy, entries=accused)
    return await problem_proofs_of(app.store, scope)


async def _census_before(app: App, sweep: Sweep, issues: Issues) -> EarlierCensus | None:
    """The census that 合格率 is compared with, as its notice has it, else as it stands now."""
    before = choose_census_before(sweep, await app.store.sweeps.all())
    if before is None:
        return None
    notice = next((each for each in reversed(issues.notices) if each.sweep_id == before.id), None)
    if notice is None:
        judged = await judged_scope(app, before)
        scope = [as_reviewed(entry, include_open=False) for entry in judged.entries]
    else:
        scope = as_issued(await app.store.notices.scope(notice.id), notice, issues.events)
    return EarlierCensus(before, figures(scope, policy_of(before)))


async def _omissions(app: App, sweep: Sweep, issued: IssuedNotice | None) -> dict[int, str]:
    """By account how its name is left out: as the notice was issued, else as the draft has it."""
    if issued is None:
        return omissions_of(await app.store.notices.drafts(), sweep.id)
    return {
        item.account_id: item.unnamed
        for item in issued.notice.items
        if item.account_id is not None and item.unnamed
    }


def _tell(defects: Sequence[EvidenceDefect]) -> None:
    if not defects:
        return
    # Imported here: with it come rich and pygments.
    from mediawatch.log import get_logger

    log = get_logger(__name__)
    for each in defects[:_TOLD]:
        log.error(each.sentence)
    if len(defects) > _TOLD:
        more = len(defects) - _TOLD
        log.error(
            f"{more} more {agree(more, 'file is', 'files are')} missing or altered: `mediawatch evidence "
            "verify` names them all"
        )


def _tell_contradicted(told: Inspection) -> None:
    """Say that re-check results are older than what the inspection found; a notice keeps its own."""
    past = told.past
    if told.issued is not None or not past.contradicted or past.previous is None:
        return
    # Imported here: with it come rich and pygments.
    from mediawatch.log import get_logger

    get_logger(__name__).warning(
        f"{count_of(past.contradicted, 'account')} of {past.previous.number}: the re-check says "
        f"未整改, and sweep {told.sweep.id} did not find the problem again; 无法核实 is printed: "
        f"`mediawatch recheck {past.previous.number} --sweep {told.sweep.id}` brings it up to date"
    )


async def _faults(
    app: App,
    scope: Sequence[SweepAccount],
    readings: Mapping[int, Sequence[Reading]],
    issued: IssuedNotice | None,
    *,
    include_open: bool,
) -> dict[str, EvidenceFault]:
    """What is wrong with the evidence of the findings that are printed.

    Files that retention removed are no fault of a notice: they left after it was closed.
    """
    shown = [as_reviewed(entry, include_open=include_open).judgement for entry in scope]
    proving = resting_on(
        finding for judged in shown if judged is not None for finding in judged.findings
    )
    items = {
        item.path: item
        for some in readings.values()
        for reading in some
        if reading.id in proving
        for item in reading.evidence
    }
    found = await asyncio.to_thread(app.evidence.faults_in, items.values())
    if found and issued is not None:
        found = {path: found[path] for path in found.keys() - pruned_paths(app.evidence)}
    return found


async def checks_behind(app: App, inspection: Inspection) -> KnownChecks:
    """The canaries' checks that its hand-off names; those of a notice were made before its issue."""
    checks = await checks_for(app.store, inspection.sweep)
    return KnownChecks(
        check
        for check in checks
        if inspection.issued is None or check.at <= inspection.issued.notice.kept_at
    )


async def handoff_of(app: App, sweep: Sweep, *, include_open: bool) -> Handoff:
    """The hand-off of a sweep, with the figures of the documents: a dismissed finding is no
    failure."""
    # Imported here: its models of the document cost every command that builds none.
    from mediawatch.publish import handoff

    return handoff.of(
        await inspection_of(app, sweep, include_open=include_open),
        await checks_for(app.store, sweep),
    )

"""The calendar of an inspection from what a home holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mediawatch.app.corrections import corrections_due
from mediawatch.app.judged import judged_scope
from mediawatch.app.locks import runs_now
from mediawatch.app.root import App
from mediawatch.app.wiring import is_demonstration
from mediawatch.domain import (
    Effect,
    LookKind,
    Notice,
    NoticeAction,
    NoticeEvent,
    ReviewAction,
    ReviewEvent,
    ReviewState,
    Sweep,
    SweepAccount,
    SweepKind,
    SweepState,
    Verdict,
    is_closed,
    open_draft,
    outdated_places,
)
from mediawatch.domain.clock import day_of, day_start
from mediawatch.figures.filings import once
from mediawatch.ops.settings.office import read_office
from mediawatch.publish.results import recheck_results, standing_items
from mediawatch.rules.ahead import first_night, wants_proof
from mediawatch.rules.appeals import open_appeals
from mediawatch.rules.calendar import has_begun, is_over, steps_of
from mediawatch.rules.calendar_facts import (
    DraftProgress,
    InspectionFacts,
    NoticeProgress,
    SuspectCounts,
    SweepProgress,
)
from mediawatch.rules.hearing import HearingState, hearing_of, is_required
from mediawatch.rules.policy import HearingRule, Policy, load
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.rules.sweep_policy import policy_of
from mediawatch.sweep.scope import WHOLE, in_service

_NOT_SHOWN = (SweepKind.NIGHTLY, SweepKind.RECHECK)


async def inspection_now(app: App) -> InspectionFacts:
    """The inspection that is to be worked on: the newest one, or the next that is set.

    The next one is shown from its first night on, or once the newest has nothing left to do.
    """
    moment = app.settings.inspection.moment
    sweeps = await app.store.sweeps.all()
    made = [
        sweep
        for sweep in sweeps
        if sweep.kind not in _NOT_SHOWN and sweep.state is not SweepState.INCOMPLETE
    ]
    newest = made[-1] if made else None
    base = await _base(app, sweeps)
    if moment is None or (newest and newest.as_of >= moment):
        return await _of_sweep(app, base, newest) if newest else base
    upcoming = await _of_moment(app, base, moment)
    if newest is None or has_begun(upcoming):
        return await _with_unissued(app, base, upcoming, newest)
    current = await _of_sweep(app, base, newest)
    return upcoming if is_over(steps_of(current)) else current


async def _base(app: App, sweeps: Sequence[Sweep]) -> InspectionFacts:
    now, moment = app.clock(), app.settings.inspection.moment
    nightly = [sweep.started_at for sweep in sweeps if sweep.kind is SweepKind.NIGHTLY]
    newest = next((each for each in reversed(sweeps) if each.kind is not SweepKind.RECHECK), None)
    return InspectionFacts(
        now=now,
        policy=load(app.settings.sweep.policy),
        next_as_of=moment if moment and moment > now else None,
        accounts=len(in_service(await app.store.accounts.all())),
        last_night=max(nightly, default=None),
        reminders=any(
            sweep.state is SweepState.FINISHED and sweep.kind not in _NOT_SHOWN for sweep in sweeps
        ),
        demonstration=is_demonstration(app.home, app.settings),
        workers=newest is not None and await app.store.ledger.terms(newest.id) is not None,
        others=tuple([await _progress(app, notice) for notice in await _open_notices(app)]),
    )


async def _of_moment(app: App, base: InspectionFacts, moment: datetime) -> InspectionFacts:
    """The inspection of a moment for which no sweep was begun."""
    accounts = in_service(await app.store.accounts.all())
    states = await app.store.readings.account_states([account.id for account in accounts])
    wanting = sum(
        wants_proof(states.get(account.id), account.filed, base.policy, base.now, moment)
        for account in accounts
    )
    return replace(
        base,
        as_of=moment,
        proved=len(accounts) - wanting,
        **await _before(app, base.policy, moment),
    )


async def _before(app: App, policy: Policy, as_of: datetime) -> dict[str, Any]:
    """What was done in the nights before a moment, as fields of the facts."""
    begins = day_start(first_night(policy, as_of))
    nights = [
        sweep
        for sweep in await app.store.sweeps.all()
        if sweep.kind is SweepKind.NIGHTLY and begins <= sweep.started_at <= as_of
    ]
    links = any(
        kind == "links" and begins <= source.at <= as_of
        for source, kind in await app.store.accounts.sources()
    )
    return {"nights": len(nights), "links": links}


async def _of_sweep(app: App, base: InspectionFacts, sweep: Sweep) -> InspectionFacts:
    """An inspection whose sweep was begun, with its newest notice."""
    policy = policy_of(sweep)
    own = [notice for notice in await app.store.notices.all() if notice.sweep_id == sweep.id]
    numbers = {notice.number for notice in own}
    return replace(
        base,
        policy=policy,
        as_of=sweep.as_of,
        sweep=await _sweep_progress(app, sweep, policy),
        notice=await _own_progress(app, own[-1]) if own else None,
        draft=await _draft_of(app, sweep),
        approval=read_office(app.home.root).approval,
        others=tuple(other for other in base.others if other.number not in numbers),
        **await _before(app, policy, sweep.as_of),
    )


async def _own_progress(app: App, notice: Notice) -> NoticeProgress:
    """What became of an inspection's notice, with what was open when it was issued."""
    rows = _count_open(await app.store.notices.scope(notice.id))
    return replace(await _progress(app, notice), rows=rows)


def _count_open(entries: Iterable[SweepAccount]) -> int:
    """The accounts of a judged scope that only people can settle."""
    reviewed = once([as_reviewed(entry, include_open=True) for entry in entries])
    return sum(one.verdict in (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE) for one in reviewed)


async def _draft_of(app: App, sweep: Sweep) -> DraftProgress | None:
    draft = open_draft(await app.store.notices.drafts(), sweep.id)
    if draft is None:
        return None
    # Imported here: what draws up a notice is loaded only where a draft waits.
    from mediawatch.app.notice_drafts import changes_of

    return DraftProgress(
        label=draft.label,
        sweep=sweep.id,
        signed_on=draft.approval.on if draft.approval else None,
        changed=bool(await changes_of(app, sweep, draft)),
    )


async def _with_unissued(
    app: App, base: InspectionFacts, upcoming: InspectionFacts, newest: Sweep | None
) -> InspectionFacts:
    """The coming inspection; the one before is named where its notice is still missing."""
    if newest is None:
        return upcoming
    before = await _of_sweep(app, base, newest)
    waits = before.notice is None and not is_over(steps_of(before))
    return replace(upcoming, unissued=newest.id if waits else None)


async def _sweep_progress(app: App, sweep: Sweep, policy: Policy) -> SweepProgress:
    entries = (await judged_scope(app, sweep)).entries
    unanswered = await app.store.sweeps.is_unanswered(sweep.id)
    if sweep.state is not SweepState.FINISHED or unanswered:
        readings = await app.store.readings.by_account(sweep_id=sweep.id)
        looked_at = sum(
            any(reading.look is LookKind.FIRST for reading in its) for its in readings.values()
        )
        return SweepProgress(
            id=sweep.id,
            finished=False,
            running=sweep.state is SweepState.RUNNING and runs_now(app.home),
            unanswered=unanswered,
            options=_options(app, sweep),
            total=len(entries),
            looked_at=0 if unanswered else looked_at,
        )
    return SweepProgress(
        id=sweep.id,
        finished=True,
        total=len(entries),
        rows=_count_open(entries),
        suspects=count_suspects(
            entries, await app.store.reviews.events(sweep.id), policy.hearing, app.clock()
        ),
    )


def _options(app: App, sweep: Sweep) -> str:
    """With its moment alone a sweep of the whole registry by the set policy is gone on with."""
    policy = f" --policy {sweep.policy}" if sweep.policy != app.settings.sweep.policy else ""
    return policy + ("" if sweep.scope == WHOLE else " --scope 名单")


def count_suspects(
    entries: Iterable[SweepAccount],
    events: Iterable[ReviewEvent],
    rule: HearingRule,
    now: datetime,
) -> SuspectCounts:
    """The findings of a judged scope by what is to be done about them. Pure."""
    by_finding: dict[object, list[ReviewEvent]] = {}
    for event in events:
        by_finding.setdefault((event.account_id, event.code), []).append(event)
    counts, terms, sent, decided = dict.fromkeys(_COUNTED, 0), [], [], set()
    for entry in entries:
        for finding in entry.judgement.findings if entry.judgement else ():
            if finding.effect is Effect.HINT:
                continue
            its = by_finding.get((entry.account.id, finding.code), ())
            heard = hearing_of(its, finding, rule)
            sent += [day_of(each.at) for each in its if each.action is ReviewAction.DISPATCHED]
            decided |= {day_of(each.at) for each in its if each.action in _DECISIONS}
            if not finding.review.is_undecided:
                confirmed = finding.review is ReviewState.CONFIRMED
                counts["confirmed" if confirmed else "dismissed"] += 1
                unsent = heard.state is HearingState.NOT_SENT and is_required(finding, rule)
                counts["unheard"] += confirmed and unsent
            elif heard.is_over(now):
                counts["overdue"] += 1
            elif heard.state is HearingState.RUNNING:
                counts["unanswered"] += 1
                terms += [heard.term] if heard.term else []
            elif heard.state is HearingState.NOT_SENT and is_required(finding, rule):
                counts["to_send"] += 1
            else:
                counts["to_decide"] += 1
    return SuspectCounts(
        **counts,
        term=max(terms, default=None),
        sent_on=min(sent, default=None),
        decided_on=tuple(sorted(decided)),
    )


_COUNTED = ("to_send", "unanswered", "overdue", "to_decide", "confirmed", "dismissed", "unheard")
_DECISIONS = (ReviewAction.CONFIRMED, ReviewAction.DISMISSED)


async def _open_notices(app: App) -> list[Notice]:
    events: Mapping[int, list[NoticeEvent]] = _by_notice(await app.store.notices.events())
    return [
        notice
        for notice in await app.store.notices.all()
        if not is_closed(events.get(notice.id, ()))
    ]


def _by_notice(events: Iterable[NoticeEvent]) -> dict[int, list[NoticeEvent]]:
    found: dict[int, list[NoticeEvent]] = {}
    for event in events:
        found.setdefault(event.notice_id, []).append(event)
    return found


async def _progress(app: App, notice: Notice) -> NoticeProgress:
    events = await app.store.notices.events(notice.id)
    standing = {item.number for item in standing_items(notice, events)}
    reported = {event.item for event in events if event.action is NoticeAction.REPORTED}
    results = recheck_results(notice, events)
    return NoticeProgress(
        number=notice.number,
        issued_on=notice.issued_on,
        rectify_by=notice.rectify_by,
        report_by=notice.report_by,
        items=len(standing),
        asked=any(event.action is NoticeAction.ASKED for event in events),
        reported=len(standing & reported),
        not_rechecked=len(standing) - len(results),
        unsettled=sum(not each.result.settles for each in results),
        corrections=0 if is_closed(events) else len(await corrections_due(app, notice)),
        appeals=len(waiting := open_appeals(notice, events)),
        appeals_by=min((each.term for each in waiting if each.term), default=None),
        closed=is_closed(events),
        archived=any(event.action is NoticeAction.ARCHIVED for event in events),
        published=any(event.action is NoticeAction.PUBLISHED for event in events),
        outdated_places=len(outdated_places(events)),
    )

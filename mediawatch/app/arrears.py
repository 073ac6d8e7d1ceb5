"""What of a notice is overdue, with all that is known of its accounts today."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.app.corrections import corrections_due
from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.domain import (
    Account,
    Finding,
    Notice,
    NoticeAction,
    Reading,
    ReviewState,
    SweepAccount,
    UserError,
    is_closed,
)
from mediawatch.domain.clock import day_of
from mediawatch.people.suspects import proving_readings
from mediawatch.people.worklist.problem_todo import problem_proofs_of
from mediawatch.publish.defects import defects_of
from mediawatch.publish.notices.arrears import (
    ItemFacts,
    OverdueItem,
    RecheckProof,
    overdue_items,
)
from mediawatch.publish.results import standing_items
from mediawatch.registry.merge import follow_merges


async def overdue_of(app: App, notice: Notice) -> list[OverdueItem]:
    """The overdue items of a notice.

    UserError where it is closed or has no deadline.
    """
    events = await app.store.notices.events(notice.id)
    if is_closed(events):
        raise UserError(f"{notice.number} is closed: nothing of it is overdue")
    if notice.rectify_by is None and notice.report_by is None:
        raise UserError(
            f"{notice.number} has neither 整改期限 nor 报送期限: nothing of it can be overdue"
        )
    items = standing_items(notice, events)
    accounts = follow_merges(await app.store.accounts.all(include_retired=True))
    ids = {
        item.number: accounts[item.account_id].id for item in items if item.account_id in accounts
    }
    states = await app.store.readings.account_states(sorted(set(ids.values())))
    due = {each.item: each.cause for each in await corrections_due(app, notice)}
    rechecks = {
        event.sweep_id
        for event in events
        if event.action is NoticeAction.RECHECKED and event.sweep_id is not None
    }
    proofs = await _proofs(app, rechecks, set(ids.values()))
    known = {}
    for item in items:
        number = ids.get(item.number)
        account = accounts.get(item.account_id or 0)
        state = states.get(number) if number is not None else None
        known[item.number] = ItemFacts(
            filed=account.filed if account else item.filed,
            organiser_then=await _organiser_then(app, notice, account) if account else None,
            retired_on=account.retired_on if account else None,
            latest_on=state.latest_on if state else None,
            correction=due.get(item.number, ""),
            proofs=proofs.get(number, {}) if number is not None else {},
        )
    return overdue_items(notice, events, known, day_of(app.clock()))


async def _organiser_then(app: App, notice: Notice, account: Account) -> str | None:
    """An account's unit on the day of issue, for another system's notice; ours have it."""
    if notice.sweep_id is not None:
        return None
    changes = await app.store.accounts.changes(account.id)
    since = (
        each.old
        for each in changes
        if each.field == "organiser" and day_of(each.at) >= notice.issued_on
    )
    return next(since, account.filed.organiser)


async def _proofs(
    app: App, sweep_ids: set[int], account_ids: set[int]
) -> dict[int, dict[int, RecheckProof]]:
    """By account and sweep, what the re-checks come to on all that is known today."""
    found: dict[int, dict[int, RecheckProof]] = {}
    for sweep in await app.store.sweeps.all():
        if sweep.id not in sweep_ids:
            continue
        judged = await judged_scope(app, sweep, account_ids)
        entries, people = judged.entries, await problem_proofs_of(app.store, judged)
        readings = await proving_readings(app.store, entries)
        for entry in entries:
            sound, unsound = _confirmed(app, entry, readings.get(entry.account.id, ()))
            found.setdefault(entry.account.id, {})[sweep.id] = RecheckProof(
                as_of=day_of(sweep.as_of),
                filed=entry.account.filed,
                confirmed=sound,
                unsound=unsound,
                people=people.get(entry.account.id, ()),
            )
    return found


def _confirmed(
    app: App, entry: SweepAccount, readings: Sequence[Reading]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """An account's confirmed findings: those with sound evidence, and those without any."""
    findings = entry.judgement.findings if entry.judgement else ()
    held = [one for one in findings if one.review is ReviewState.CONFIRMED]
    if not held:
        return (), ()
    faults = app.evidence.faults_in(item for each in readings for item in each.evidence)
    lost = {
        each.finding.code
        for each in defects_of(entry, readings, faults, issued=False)
        if each.withheld
    }
    return (
        tuple(one for one in held if one.code not in lost),
        tuple(one for one in held if one.code in lost),
    )

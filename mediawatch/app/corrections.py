"""Corrections of issued notices: which are due, and how they are made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from mediawatch.app.documents import checks_behind, issued_inspection
from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.domain import (
    Account,
    Code,
    Finding,
    IssuedDocument,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    ProblemAnswer,
    ReviewAction,
    ReviewEvent,
    ReviewState,
    Sweep,
    SweepAccount,
    UserError,
    Verdict,
    is_closed,
    standing_item,
)
from mediawatch.domain.clock import day_of
from mediawatch.figures.filings import filings_of_one
from mediawatch.people.repost_refutations import seen_reposts
from mediawatch.publish import handoff
from mediawatch.publish.notices.issuing import (
    verdict_without,
    version_of,
)
from mediawatch.publish.results import standing_items
from mediawatch.publish.rounds import Issues, accusations_like
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.corrections_due import CorrectionDue, cause, find_fallen, find_upheld
from mediawatch.rules.found_problems import is_open_by_people
from mediawatch.rules.problems import codes_like, codes_of

CORRECTED_MARK = "更正："
"""How the reason of a review begins that only follows a correction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """更正: who withdraws which item of a notice, or which of its findings, and why."""

    item: int
    codes: tuple[Code, ...] = ()
    """None: all findings of the item."""
    by: str
    reason: str


async def correct(
    app: App, notice: Notice, correction: Correction
) -> tuple[NoticeEvent, IssuedDocument | None]:
    """更正: withdraw an item, or these of its findings.

    The original stays, and the hand-off gets its next version. The review of the sweep follows, for
    every filing of the account: what was withdrawn is 排除 there. UserError where the item does not
    stand or lacks a code.
    """
    item, codes = correction.item, correction.codes
    by, reason = correction.by.strip(), correction.reason.strip()
    events = await app.store.notices.events(notice.id)
    found = next((each for each in notice.items if each.number == item), None)
    before = standing_item(found, events) if found else None
    if found is None or before is None:
        why = " any more: it was withdrawn" if found else f", but 1 to {len(notice.items)}"
        raise UserError(f"{notice.number} has no item {item}{why}")
    if missing := set(codes) - {held.finding.code for held in before.findings}:
        raise UserError(
            f"item {item} of {notice.number} has no finding {', '.join(sorted(missing))}"
        )
    if not by or not reason:
        raise UserError("a correction needs a reason and a name (--reason, --by)")
    event = NoticeEvent(
        notice_id=notice.id,
        item=item,
        action=NoticeAction.CORRECTED,
        at=app.clock(),
        by=by,
        reason=reason,
        codes=() if {held.finding.code for held in before.findings} <= set(codes) else codes,
    )
    if notice.sweep_id is None:
        await app.store.notices.add_events([event])
        return event, None
    scope = await app.store.notices.scope(notice.id)
    filings = next(
        (
            group
            for group in filings_of_one(scope)
            if any(each.account.id == found.account_id for each in group)
        ),
        [],
    )
    if entry := next((each for each in filings if each.account.id == found.account_id), None):
        verdict = verdict_without(entry, found, standing_item(found, [*events, event]))
        if verdict is not Verdict.FAILED and await _is_claimed(app, notice.sweep_id, filings):
            verdict = Verdict.UNPROVEN
        event = replace(event, verdict=verdict)
    issued = await issued_inspection(app, notice, after=[event], scope=scope)
    body = handoff.to_bytes(handoff.of(issued, await checks_behind(app, issued)))
    document = version_of(body, len(await app.store.notices.documents(notice.id)) + 1, app.clock())
    await app.store.notices.add_events([event], document)
    withdrawn = {
        held.finding.code for held in before.findings if not codes or held.finding.code in codes
    }
    await _take_back(app, issued.sweep, {each.account.id for each in filings}, withdrawn, event)
    return event, document


async def _is_claimed(app: App, sweep_id: int, filings: Sequence[SweepAccount]) -> bool:
    """Whether the account is open today for what one person still says of it.

    Who took his answer back leaves the other one's: a corrected notice calls the account sound no
    more than figures and `explain` do.
    """
    sweep = next(each for each in await app.store.sweeps.all() if each.id == sweep_id)
    judged = await judged_scope(app, sweep, {each.account.id for each in filings})
    return any(each.judgement and is_open_by_people(each.judgement) for each in judged.entries)


Corrections = tuple[
    list[tuple[Notice, int, IssuedDocument | None]],
    list[tuple[Notice, NoticeItem, tuple[Code, ...]]],
]


async def correct_everywhere(
    app: App,
    notice: Notice,
    correction: Correction,
    *,
    everywhere: bool,
) -> Corrections:
    """Correct an item, and `everywhere` all other notices that hold the same against the account.

    Returns two lists. The first has what was corrected, the named item first, with the new versions
    of the hand-offs. The second has what still stands elsewhere, with the codes to withdraw there
    (empty: all).
    """
    item, codes = correction.item, correction.codes
    _, document = await app.decide(lambda planning: correct(planning, notice, correction))
    done = [(notice, item, document)]
    left: list[tuple[Notice, NoticeItem, tuple[Code, ...]]] = []
    for other, held in await same_accusations(app, notice, item, codes):
        withdrawn = codes_like(
            held, codes or codes_of(next(each for each in notice.items if each.number == item))
        )
        # Another system's item is withdrawn as a whole: it has only the printed words.
        if everywhere and (held.findings or len(withdrawn) == len(codes_of(held))):
            same = replace(correction, item=held.number, codes=withdrawn if held.findings else ())
            made = await _also_correct(app, other, same)
            done.append((other, held.number, made))
        else:
            left.append(
                (
                    other,
                    held,
                    withdrawn if held.findings and len(withdrawn) < len(held.findings) else (),
                )
            )
    return done, left


async def _also_correct(app: App, notice: Notice, correction: Correction) -> IssuedDocument | None:
    _, document = await app.decide(lambda planning: correct(planning, notice, correction))
    return document


async def _take_back(
    app: App,
    sweep: Sweep,
    account_ids: Collection[int],
    withdrawn: Collection[Code],
    event: NoticeEvent,
) -> None:
    """Reopen and dismiss the sweep's own findings of those codes.

    No list or figure of the sweep names them again.
    """
    newest = max((known.id for known in await app.store.reviews.events(sweep.id)), default=0)
    judged = await judged_scope(app, sweep)
    made = [
        ReviewEvent(
            sweep_id=sweep.id, account_id=entry.account.id, code=finding.code, action=action, at=event.at, by=event.by,
            reason=f"{CORRECTED_MARK}{event.reason}", sentence=finding.sentence, facts=finding.facts,
        )
        for entry in judged.entries
        if entry.account.id in account_ids and entry.judgement
        for finding in entry.judgement.findings
        if finding.code in withdrawn and finding.review is not ReviewState.DISMISSED
        for action in ((ReviewAction.REOPENED,) if finding.review is ReviewState.CONFIRMED else ()) + (ReviewAction.DISMISSED,)
    ]  # fmt: skip
    await app.store.reviews.add(
        sweep.id, made, after=newest, rejudged=judged.rejudged.of(account_ids)
    )


async def same_accusations(
    app: App, notice: Notice, item: int, codes: Collection[Code]
) -> list[tuple[Notice, NoticeItem]]:
    """What other notices still hold against the account of an item by these codes.

    Without codes, all codes of the item count. The notices are of the same sweep, or another system
    published the same circular.
    """
    notices, events = await app.store.notices.all(), await app.store.notices.events()
    accounts = {
        account.id: account for account in await app.store.accounts.all(include_retired=True)
    }
    found = next(each for each in notice.items if each.number == item)
    moments = {sweep.id: sweep.as_of for sweep in await app.store.sweeps.all()}
    return accusations_like(
        notice, found, codes, Issues(notices=notices, events=events, moments=moments), accounts
    )


async def corrections_due(app: App, notice: Notice) -> list[CorrectionDue]:
    """What a notice says and would not say today, item by item, with the reading that caused it.

    What a 复核 took away is due, too. Of another system's notice only 复核 count.
    """
    events = await app.store.notices.events(notice.id)
    items = standing_items(notice, events)
    granted = find_upheld(notice, items, events)
    wanted = {item.account_id for item in items if item.account_id is not None and item.findings}
    sweep = next(
        (sweep for sweep in await app.store.sweeps.all() if sweep.id == notice.sweep_id), None
    )
    if sweep is None or not wanted:
        return granted
    judged = await judged_scope(app, sweep, wanted)
    entries = {entry.account.id: entry for entry in judged.entries}
    surfaces = app.surface_labels({entry.account.platform for entry in judged.entries})
    day = day_of(sweep.as_of)
    due = []
    for item in items:
        if item.account_id is None or not (gone := find_fallen(item, entries.get(item.account_id))):
            continue
        readings = (
            await app.store.readings.for_judgement(
                [item.account_id], sweep.as_of, sweep.period_from
            )
        ).get(item.account_id, [])
        # No reading of the account's posts says anything of what people found.
        by_readings = [finding for finding in gone if not finding.code.found_by_people]
        own = account_policy(judged.policy, entries[item.account_id].account.filed)
        why = (
            cause(
                by_readings,
                readings,
                (sweep.period_from or own.window_start(day), day),
                surfaces,
                notice.issued_on,
            )
            if by_readings
            else ""
        )
        if why is None:
            gone, why = [finding for finding in gone if finding.code.found_by_people], ""
        if not gone:
            continue
        said = "、".join(dict.fromkeys(finding.label for finding in gone))
        why = why or await _other_cause(app, sweep, item, gone, entries[item.account_id].account)
        due.append(
            CorrectionDue(
                notice=notice.number,
                item=item.number,
                name=item.filed.name,
                problem=said,
                cause=why,
                codes=tuple(finding.code for finding in gone),
            )
        )
    return [*granted, *due]


async def _other_cause(
    app: App, sweep: Sweep, item: NoticeItem, gone: Sequence[Finding], account: Account
) -> str:
    """The other causes that remove a finding: a person's decision, or a change of the registry."""
    codes = {finding.code for finding in gone}
    events = await app.store.reviews.events(sweep.id)
    own = [event for event in events if event.account_id == item.account_id and event.code in codes]
    if own and own[-1].action is ReviewAction.DISMISSED:
        return f"{day_of(own[-1].at)}经{own[-1].by}审核排除"
    if item.account_id is not None:
        looks = await app.store.readings.problem_looks(sweep.id, [item.account_id])
        if Code.NOT_REPOSTED in codes:
            issued = await app.store.notices.issued_at(sweep.id)
            seen = await seen_reposts(app.store, [account], looks, issued)
            if words := [each.words for each in seen.get(item.account_id, ())]:
                return "；".join(dict.fromkeys(words))
        against = [
            look
            for look in looks.get(item.account_id, ())
            if look.problem
            and look.problem.code in codes
            and look.problem.answer is not ProblemAnswer.FOUND
        ]
        if against and against[-1].problem:
            said = against[-1].problem.answer.label
            return f"{day_of(against[-1].read_at)}{against[-1].by}人工检查的结果为“{said}”"
    changes = await app.store.accounts.changes(item.account_id)
    return f"{day_of(changes[-1].at)}台账变更" if changes else "已有新证据"


async def refuse_due(
    app: App, notice: Notice, items: Collection[int] = (), codes: Collection[Code] = ()
) -> None:
    """UserError where papers would say again what has to be corrected.

    That is so of these items, or of any; and by one of these codes, or by any.
    """
    due = [
        each
        for each in await corrections_due(app, notice)
        if not items or each.item in items
        if not codes or not each.codes or not {*codes}.isdisjoint(each.codes)
    ]
    if due:
        raise UserError(
            f"{'；'.join(each.words for each in due)}: `mediawatch notice correct` it first, for "
            "the papers would say it again"
        )


async def all_corrections_due(app: App, issues: Issues) -> list[CorrectionDue]:
    """The corrections due in every notice that is not closed."""
    still = [
        notice
        for notice in issues.notices
        if not is_closed(event for event in issues.events if event.notice_id == notice.id)
    ]
    return [due for notice in still for due in await corrections_due(app, notice)]

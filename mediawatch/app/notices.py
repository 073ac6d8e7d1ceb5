"""Notices as commands and the demonstration make them: issued, corrected, looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mediawatch import handoff
from mediawatch.app.documents import inspection_told, issued_inspection
from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.domain import (
    Code,
    IssuedDocument,
    Notice,
    NoticeAction,
    NoticeEvent,
    ReviewAction,
    ReviewEvent,
    Sweep,
    UserError,
    standing_item,
)
from mediawatch.notices.issuing import Heading, drawn_up, unreviewed, version_of
from mediawatch.notices.rounds import Issued, standing_items
from mediawatch.policy import Policy, load, parse
from mediawatch.scope import listed
from mediawatch.sweep import Request, checks_for


async def issue(
    app: App, sweep: Sweep, heading: Heading, *, preliminary: bool = False, leave_out_open: bool = False
) -> tuple[Notice, IssuedDocument]:
    """Freeze what is confirmed of a sweep as a notice. UserError where something is undecided, open or missing and was not allowed."""
    heading = heading.checked()
    judged = await judged_scope(app, sweep)
    left = unreviewed(judged.entries)
    if left and not leave_out_open:
        raise UserError(
            f"{left} findings of sweep {sweep.id} are neither confirmed nor dismissed: `mediawatch review list` shows them; "
            "--leave-out-open issues the notice without them"
        )
    told = await inspection_told(app, judged)
    if told.preliminary and not preliminary:
        count = told.statistics.whole.open
        raise UserError(f"{count} accounts of sweep {sweep.id} are open (初步结果): settle them, or add --preliminary")
    notice = drawn_up(told, heading, app.clock())
    if not notice.items:
        raise UserError(f"sweep {sweep.id} has no confirmed finding: nothing to issue")
    body = handoff.to_bytes(handoff.of(replace(told, issued=Issued(notice=notice)), await checks_for(app.store, sweep)))
    document = version_of(body, 1, app.clock())
    return await app.store.issue(notice, document, scope=told.scope, rejudged=judged.rejudged), document


async def correct(
    app: App, notice: Notice, item: int, *, codes: Sequence[Code] = (), by: str, reason: str
) -> tuple[NoticeEvent, IssuedDocument | None]:
    """更正: withdraw an item, or these of its findings; the original stays, and the hand-off gets its next version.

    The review of the sweep follows: what was withdrawn is 排除 there. UserError where the item does not stand or lacks a code.
    """
    events = await app.store.notice_events(notice.id)
    found = next((each for each in notice.items if each.number == item), None)
    left = standing_item(found, events) if found else None
    if left is None:
        why = " any more: it was withdrawn" if found else f", but 1 to {len(notice.items)}"
        raise UserError(f"{notice.number} has no item {item}{why}")
    if missing := set(codes) - {held.finding.code for held in left.findings}:
        raise UserError(f"item {item} of {notice.number} has no finding {', '.join(sorted(missing))}")
    if not by.strip() or not reason.strip():
        raise UserError("a correction needs a reason and a name (--reason, --by)")
    event = NoticeEvent(
        notice_id=notice.id, item=item, action=NoticeAction.CORRECTED, at=app.clock(), by=by.strip(), reason=reason.strip(),
        codes=() if {held.finding.code for held in left.findings} <= set(codes) else tuple(codes),
    )  # fmt: skip
    if notice.sweep_id is None:
        await app.store.note_notice([event])
        return event, None
    told = await issued_inspection(app, notice, after=[event])
    (sweep,) = [sweep for sweep in await app.store.sweeps() if sweep.id == notice.sweep_id]
    body = handoff.to_bytes(handoff.of(told, await checks_for(app.store, sweep)))
    document = version_of(body, len(await app.store.notice_documents(notice.id)) + 1, app.clock())
    await app.store.note_notice([event], document)
    withdrawn = {held.finding.code: held.finding.sentence for held in left.findings if not codes or held.finding.code in codes}
    if left.account_id is not None:
        await _take_back(app, sweep, left.account_id, withdrawn, event)
    return event, document


async def _take_back(app: App, sweep: Sweep, account_id: int, withdrawn: dict[Code, str], event: NoticeEvent) -> None:
    """The sweep's own findings of those words are reopened and dismissed, so that no list or figure of it names them again."""
    newest = max((known.id for known in await app.store.review_events(sweep.id)), default=0)
    judged = await judged_scope(app, sweep)
    entry = next(entry for entry in judged.entries if entry.account.id == account_id)
    still = [finding for finding in entry.judgement.findings if finding.code in withdrawn] if entry.judgement else []
    made = [
        ReviewEvent(
            sweep_id=sweep.id, account_id=account_id, code=finding.code, action=action, at=event.at, by=event.by,
            reason=f"更正:{event.reason}", sentence=finding.sentence,
            facts=finding.facts,
        )
        for finding in still
        for action in (ReviewAction.REOPENED, ReviewAction.DISMISSED)
    ]  # fmt: skip
    await app.store.note_reviews(sweep.id, made, after=newest, rejudged=judged.rejudged.of([account_id]))


async def recheck_request(app: App, notice: Notice, *, as_of: datetime | None = None, policy: Policy | None = None) -> Request:
    """The sweep that looks again at what still stands of a notice. UserError where none of it is in the registry any more."""
    wanted = {item.account_id for item in standing_items(notice, await app.store.notice_events(notice.id))}
    accounts = await app.store.accounts()
    chosen = [account for account in accounts if account.id in wanted]
    if not chosen:
        raise UserError(f"no account of {notice.number} is in the registry any more: `recheck --sweep N` lists what became of them")
    own = [sweep for sweep in await app.store.sweeps() if sweep.id == notice.sweep_id]
    settings = app.settings
    return Request(
        policy=policy or (parse(own[0].policy_toml) if own else load(settings.sweep.policy)), as_of=as_of,
        drawn=listed(accounts, chosen), recheck_of=notice.number, again=True,
        second_look_after=timedelta(minutes=settings.sweep.second_look_minutes), concurrency=settings.browser.concurrency,
    )  # fmt: skip

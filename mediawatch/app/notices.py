"""Notices as commands and the demonstration make them: issued, and looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mediawatch.app.documents import checks_behind, inspection_for, issued_inspection
from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.domain import (
    IssuedDocument,
    Notice,
    NoticeDraft,
    Sweep,
    UserError,
    waiting_drafts,
)
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings.office import read_office
from mediawatch.plurals import count_of
from mediawatch.publish import handoff
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.notices.drafting import differences, draft_content, words_of
from mediawatch.publish.notices.issuing import (
    NoticeHeading,
    draw_up,
    issued_before,
    version_of,
)
from mediawatch.publish.notices.recheck import refuse_older
from mediawatch.publish.results import standing_items
from mediawatch.registry.merge import follow_merges
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import Policy, load, parse
from mediawatch.rules.reviewed import count_unreviewed
from mediawatch.sweep.request import Request
from mediawatch.sweep.scope import scope_of


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTerms:
    """What a notice may leave open."""

    preliminary: bool = False
    """Accounts may still be 待人工核查."""
    leave_out_open: bool = False
    """Findings may be undecided."""
    again: str = ""
    """Why accounts may stand in it that stand in an earlier notice of the sweep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedNotice:
    """A notice as it would be issued now, and the judged scope that it is drawn up from."""

    judged: JudgedScope
    inspection: Inspection
    notice: Notice


async def prepare_notice(
    app: App, sweep: Sweep, heading: NoticeHeading, terms: IssueTerms
) -> PreparedNotice:
    """Draw up a notice of what is confirmed of a sweep, on all that is known by now.

    Drafting, signing and issuing all do this. UserError where something is undecided, open, missing
    or issued already and `terms` do not allow it.
    """
    if heading.issued_on < day_of(sweep.as_of):
        raise UserError(
            f"--date {heading.issued_on} is before the inspection's own day, "
            f"{day_of(sweep.as_of)}: a notice follows it"
        )
    judged = await judged_scope(app, sweep)
    left = count_unreviewed(judged.entries)
    if left and not terms.leave_out_open:
        raise UserError(
            f"sweep {sweep.id}: {count_of(left, 'finding')} neither confirmed nor dismissed: "
            "`mediawatch review list` shows them; "
            "--leave-out-open issues the notice without them"
        )
    inspection = await inspection_for(app, judged)
    if inspection.statistics.whole.preliminary and not terms.preliminary:
        count = inspection.statistics.whole.open
        raise UserError(
            f"sweep {sweep.id}: {count_of(count, 'account')} open (初步结果): settle them, or add "
            "--preliminary"
        )
    notice = draw_up(inspection, heading, app.clock())
    if not notice.items:
        raise UserError(f"sweep {sweep.id} has no confirmed finding: nothing to issue")
    notice = await _refuse_twice(app, notice, judged, terms)
    return PreparedNotice(judged=judged, inspection=inspection, notice=notice)


async def _refuse_twice(app: App, notice: Notice, judged: JudgedScope, terms: IssueTerms) -> Notice:
    """The notice, with the reason why accounts stand in a second one. UserError without a reason."""
    moments = {each.id: each.as_of for each in await app.store.sweeps.all()}
    twice = issued_before(
        notice,
        judged.entries,
        await app.store.notices.all(),
        await app.store.notices.events(),
        moments,
    )
    if not twice:
        return notice
    if not terms.again.strip():
        raise UserError(
            f"{twice}: `notice correct` changes that notice; --again --reason TEXT issues "
            "them once more"
        )
    return replace(notice, again=terms.again.strip())


async def issue(
    app: App, sweep: Sweep, heading: NoticeHeading, terms: IssueTerms
) -> tuple[Notice, IssuedDocument]:
    """Freeze what is confirmed of a sweep as a notice, with the whole scope on which it is issued.

    Where a draft of the sweep waits, the notice is that draft. UserError where the draft would
    print something else by now, or where the office wants a signature that is missing.
    """
    prepared = await prepare_notice(app, sweep, heading.check(), terms)
    waiting = waiting_drafts(await app.store.notices.drafts(), sweep.id)
    draft = waiting[-1] if waiting else None
    if draft is not None:
        refuse_changes(draft, prepared.inspection)
    _require_signature(sweep, waiting, demanded=read_office(app.home.root).approval)
    notice = replace(prepared.notice, draft_id=draft.id if draft else None)
    issued = await issued_inspection(app, notice, scope=prepared.inspection.scope)
    body = handoff.to_bytes(handoff.of(issued, await checks_behind(app, issued)))
    document = version_of(body, 1, app.clock())
    return await app.store.notices.issue(
        notice, document, scope=issued.scope, rejudged=prepared.judged.rejudged
    ), document


def _require_signature(sweep: Sweep, waiting: Sequence[NoticeDraft], *, demanded: bool) -> None:
    """UserError where the office signs, and nobody has signed the draft as it is now."""
    if waiting and waiting[-1].approval:
        return
    if signed := [draft for draft in waiting if draft.approval]:
        raise UserError(
            f"{signed[-1].label} was signed, and {waiting[-1].label} took its place: "
            "`notice approve` that one, too"
        )
    if demanded:
        raise UserError(
            f"sweep {sweep.id}: office.toml demands a signature (approval = true): "
            + (
                f"`notice approve` the draft {waiting[-1].label} first"
                if waiting
                else "`notice draft` it, then `notice approve` the draft"
            )
        )


def refuse_changes(draft: NoticeDraft, inspection: Inspection) -> None:
    """UserError where a draft would print something else by now; it names each difference."""
    found = differences(draft.content, draft_content(inspection, words_of(draft)))
    if not found:
        return
    signed, again = "", ""
    if draft.approval:
        signed = f", and the signature of {draft.approval.by} ({draft.approval.on}) is void"
        again = ", then `notice approve` it again"
    raise UserError(
        f"{draft.label} would print something else by now{signed}: {'；'.join(found)}. "
        f"`mediawatch notice draft` draws it up anew{again}"
    )


async def recheck_request(
    app: App, notice: Notice, *, as_of: datetime | None = None, policy: Policy | None = None
) -> Request:
    """The sweep that looks again at what still stands of a notice.

    UserError where the registry has none of its accounts any more.
    """
    known = follow_merges(await app.store.accounts.all(include_retired=True))
    wanted = {
        known[item.account_id].id
        for item in standing_items(notice, await app.store.notices.events(notice.id))
        if item.account_id in known
    }
    sweeps = await app.store.sweeps.all()
    refuse_older(notice, as_of or app.clock(), sweeps)
    accounts = await app.store.accounts.all()
    chosen = [account for account in accounts if account.id in wanted]
    if not chosen:
        raise UserError(
            f"no account of {notice.number} is in the registry any more: `recheck --sweep N` "
            "lists what became of them"
        )
    own = [sweep for sweep in sweeps if sweep.id == notice.sweep_id]
    settings = app.settings
    return Request(
        policy=policy or (parse(own[0].policy_toml) if own else load(settings.sweep.policy)),
        as_of=as_of,
        drawn=scope_of(accounts, chosen),
        recheck_of=notice.number,
        again=True,
        second_look_after=timedelta(minutes=settings.sweep.second_look_minutes),
        concurrency=settings.browser.concurrency,
    )

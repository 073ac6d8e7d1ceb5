"""Drafts of notices: drawn up, with names left out, signed. All is judged again at each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mediawatch.app.notices import (
    IssueTerms,
    PreparedNotice,
    prepare_notice,
    refuse_changes,
)
from mediawatch.app.root import App
from mediawatch.domain import (
    DraftApproval,
    NoticeDraft,
    Sweep,
    UnnamedAccount,
    UserError,
    open_draft,
)
from mediawatch.domain.clock import day_of
from mediawatch.publish.inspection import Inspection, with_omissions
from mediawatch.publish.notices.deadlines import check_order, deadline
from mediawatch.publish.notices.drafting import DraftWords, differences, draft_content, words_of
from mediawatch.publish.notices.issuing import NoticeHeading
from mediawatch.publish.rounds import IssuedNotice

DRAFT_MARK = "送审稿"
DAYS_MARK = "期限自印发之日起计算，文中暂按拟稿日推算"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnDraft:
    """A draft with the inspection that it prints, and what the one before would print otherwise."""

    draft: NoticeDraft
    inspection: Inspection
    """As its documents print it: of a notice without a number."""
    changes: Sequence[str] = ()


def heading_of(draft: DraftWords, by: str, issued_on: date) -> NoticeHeading:
    """What a notice of that draft has at its top, but for its number.

    Deadlines count from the day of issue.
    """
    return NoticeHeading(
        number="",
        title=draft.title,
        by=by,
        issued_on=issued_on,
        rectify_by=deadline(draft.rectify_by, issued_on) if draft.rectify_by else None,
        report_by=deadline(draft.report_by, issued_on) if draft.report_by else None,
        addressees=draft.addressees,
        copies=draft.copies,
        publicity=draft.publicity,
    )


def terms_of(draft: NoticeDraft) -> IssueTerms:
    """What a draft leaves open."""
    return IssueTerms(
        preliminary=draft.preliminary, leave_out_open=draft.leave_out_open, again=draft.again
    )


async def draw_up_draft(
    app: App, sweep: Sweep, words: DraftWords, terms: IssueTerms, by: str
) -> DrawnDraft:
    """拟稿: the next draft of a sweep, with the names left out that the one before leaves out.

    UserError as for an issue, and without a name or a title.
    """
    if not by.strip() or not words.title.strip():
        raise UserError("a draft needs a name and a title (--by, --title)")
    own = [each for each in await app.store.notices.drafts() if each.sweep_id == sweep.id]
    prepared = await _prepare(app, sweep, words, terms)
    # A day and a count of days are compared at the issue: the count begins there.
    if words.rectify_by.startswith("+") == words.report_by.startswith("+"):
        check_order(prepared.notice.rectify_by, prepared.notice.report_by)
    return await _keep(app, prepared, words, terms, by, own[-1] if own else None)


async def omit_name(
    app: App, sweep: Sweep, item: int, omission: UnnamedAccount | None, by: str
) -> DrawnDraft:
    """Leave the name of an item of the draft out of what is printed, or name it again (None).

    The account stays in every count. This is the sweep's next draft, to be signed anew. `omission`
    has any account id. UserError where no draft waits, or it would print something else by now.
    """
    draft = await waiting_draft(app, sweep)
    prepared = await _prepare(app, sweep, words_of(draft), terms_of(draft))
    refuse_changes(draft, prepared.inspection)
    listed = draft.content["items"]
    if not 1 <= item <= len(listed):
        raise UserError(f"{draft.label} has no item {item}, but 1 to {len(listed)}")
    account_id = int(listed[item - 1]["account"])
    name = listed[item - 1]["name"]
    others = [each for each in draft.unnamed if each.account_id != account_id]
    if omission is None and len(others) == len(draft.unnamed):
        raise UserError(
            f"item {item} of {draft.label}, “{name}”, is named: nothing is to be undone"
        )
    mine = [] if omission is None else [replace(omission, account_id=account_id)]
    changed = replace(draft, unnamed=(*others, *mine))
    return await _keep(app, prepared, words_of(draft), terms_of(draft), by, changed)


async def approve_draft(app: App, sweep: Sweep, by: str, on: date) -> NoticeDraft:
    """签发 of the draft that waits, which must print what it printed when it was drawn up.

    UserError where it is signed already, for a day before the inspection or in the future, and
    where something was found out since.
    """
    if not by.strip():
        raise UserError("a signature needs the name of the 签发人 (--by)")
    draft = await waiting_draft(app, sweep)
    if draft.approval is not None:
        raise UserError(
            f"{draft.label} was signed by {draft.approval.by} on {draft.approval.on} already"
        )
    now, inspected = app.clock(), day_of(sweep.as_of)
    today = max(day_of(now), inspected)
    if not inspected <= on <= today:
        raise UserError(
            f"--on {on} is not between the inspection's own day, {inspected}, and today, {today}"
        )
    prepared = await _prepare(app, sweep, words_of(draft), terms_of(draft))
    refuse_changes(draft, prepared.inspection)
    approval = DraftApproval(by=by.strip(), on=on, at=now)
    await app.store.notices.approve_draft(draft, approval, rejudged=prepared.judged.rejudged)
    return replace(draft, approval=approval)


async def waiting_draft(app: App, sweep: Sweep) -> NoticeDraft:
    """The draft of a sweep that waits. UserError where none does."""
    found = open_draft(await app.store.notices.drafts(), sweep.id)
    if found is None:
        raise UserError(f"sweep {sweep.id} has no draft that waits: `notice draft` draws one up")
    return found


async def changes_of(app: App, sweep: Sweep, draft: NoticeDraft) -> Sequence[str]:
    """What a draft would print otherwise by now, or why it cannot be issued any more."""
    try:
        prepared = await _prepare(app, sweep, words_of(draft), terms_of(draft))
    except UserError as error:
        return [str(error)]
    return differences(draft.content, draft_content(prepared.inspection, words_of(draft)))


async def _prepare(app: App, sweep: Sweep, words: DraftWords, terms: IssueTerms) -> PreparedNotice:
    inspected = day_of(sweep.as_of)
    today = max(day_of(app.clock()), inspected)

    def day(text: str) -> date | None:
        return deadline(text, today if text.startswith("+") else inspected) if text else None

    heading = NoticeHeading(
        number="",
        title=words.title,
        by="",
        issued_on=today,
        rectify_by=day(words.rectify_by),
        report_by=day(words.report_by),
        addressees=words.addressees,
        copies=words.copies,
        publicity=words.publicity,
    )
    return await prepare_notice(app, sweep, heading, terms)


async def _keep(
    app: App,
    prepared: PreparedNotice,
    words: DraftWords,
    terms: IssueTerms,
    by: str,
    before: NoticeDraft | None,
) -> DrawnDraft:
    """Write the next draft; `before` has the names that are left out."""
    unnamed = tuple(before.unnamed) if before else ()
    told = with_omissions(
        prepared.inspection, {each.account_id: each.how.label for each in unnamed}
    )
    content = draft_content(told, words)
    draft = NoticeDraft(
        sweep_id=prepared.judged.sweep.id,
        title=words.title,
        addressees=words.addressees,
        copies=words.copies,
        publicity=words.publicity,
        rectify_by=words.rectify_by,
        report_by=words.report_by,
        preliminary=terms.preliminary,
        leave_out_open=terms.leave_out_open,
        again=terms.again,
        by=by.strip(),
        at=app.clock(),
        content=content,
        unnamed=unnamed,
    )
    kept = await app.store.notices.add_draft(draft, rejudged=prepared.judged.rejudged)
    changes = differences(before.content, content) if before and not before.notice_number else []
    marks = (DRAFT_MARK, *told.marks)
    if any(text.startswith("+") for text in (words.rectify_by, words.report_by)):
        marks = (marks[0], DAYS_MARK, *told.marks)
    shown = replace(told, issued=IssuedNotice.of(prepared.notice, ()), marks=marks)
    return DrawnDraft(draft=kept, inspection=shown, changes=changes)

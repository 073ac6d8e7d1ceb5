"""`mediawatch notice issue`: a notice gets its number, of a draft or in one step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

import typer

from mediawatch.app import App, notices
from mediawatch.app.notice_drafts import heading_of, terms_of
from mediawatch.app.notices import IssueTerms
from mediawatch.cli.base import open_home, run
from mediawatch.cli.notice_drafts import (
    Again,
    AgainReason,
    LeaveOutOpen,
    Preliminary,
    RectifyBy,
    ReportBy,
    read_terms,
    sweep_with_draft,
)
from mediawatch.cli.out import SweepOption, check_answered, sweep_of
from mediawatch.cli.outputs import output
from mediawatch.cli.report import day_option
from mediawatch.cli.review_options import name_one_person
from mediawatch.domain import IssuedDocument, Notice, NoticeDraft, Sweep, UserError, waiting_drafts
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.publish.notices.drafting import DraftWords, words_of
from mediawatch.publish.notices.issuing import NoticeHeading


def issue(
    ctx: typer.Context,
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="标题; the draft's where one waits.")
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="NAME",
            help="Who does it; default who drew it up.",
            callback=name_one_person,
        ),
    ] = "",
    number: Annotated[
        str, typer.Option(metavar="TEXT", help="文号; default `number` of office.toml.")
    ] = "",
    sweep: SweepOption = None,
    signed_on: Annotated[
        str, typer.Option("--date", metavar="DAY", help="成文日期, 2023-02-09; default today.")
    ] = "",
    rectify_by: RectifyBy = "",
    report_by: ReportBy = "",
    preliminary: Preliminary = False,
    leave_out_open: LeaveOutOpen = False,
    again: Again = False,
    reason: AgainReason = "",
    out: Annotated[
        Output | None, output("--out", metavar="FILE", help="Write its hand-off, too.")
    ] = None,
) -> None:
    """Freeze the confirmed findings of a sweep as a notice, with its deadlines and its hand-off:
    the draft that waits (编号印发), else in one step."""

    given = DraftWords(title=title.strip(), rectify_by=rectify_by, report_by=report_by)
    terms = read_terms(preliminary, leave_out_open, again, reason)

    async def work() -> tuple[Notice, IssuedDocument]:
        async with open_home(ctx) as app:
            chosen = await (
                sweep_of(app, sweep, surely=True) if title else sweep_with_draft(app, sweep)
            )
            await check_answered(app, chosen)
            issued_on = day_option(signed_on) or day_of(app.clock())

            async def plan(planning: App) -> tuple[Notice, IssuedDocument]:
                heading, allowed = await _of_draft(planning, chosen, given, terms, by, issued_on)
                heading = _numbered(planning, heading, number)
                made = await notices.issue(planning, chosen, heading, allowed)
                if out:
                    write = out.writer(planning.write_file)
                    write(out.path, made[1].body.encode(), shared=True)
                return made

            return await app.decide(plan)

    notice, document = run(work())
    failed = sum(item.fails for item in notice.items)
    typer.echo(
        f"{notice.number}: {count_of(len(notice.items), 'account')}, {failed} failed; hand-off "
        "version 1, "
        f"SHA-256 {document.sha256}"
    )
    for what, day in (("整改期限", notice.rectify_by), ("报送期限", notice.report_by)):
        if day:
            typer.echo(f"{what}: {day}")
    if out:
        typer.echo(str(out))


async def _of_draft(
    app: App, sweep: Sweep, given: DraftWords, terms: IssueTerms, by: str, issued_on: date
) -> tuple[NoticeHeading, IssueTerms]:
    """What a notice has at its top and may leave open: the draft's that waits, else as given."""
    waiting = waiting_drafts(await app.store.notices.drafts(), sweep.id)
    if not waiting:
        office = read_office(app.home.root)
        words = DraftWords(
            title=given.title,
            addressees=office.addressees,
            copies=office.copies,
            publicity=office.publicity,
            rectify_by=given.rectify_by,
            report_by=given.report_by,
        )
        return heading_of(words, by.strip(), issued_on), terms
    draft = waiting[-1]
    _refuse_others(draft, given, terms)
    if draft.approval and issued_on < draft.approval.on:
        raise UserError(
            f"--date {issued_on} is before {draft.label} was signed, {draft.approval.on}"
        )
    # Whoever left out a name made the next draft, and is not who drew it up.
    return heading_of(words_of(draft), by.strip() or waiting[0].by, issued_on), terms_of(draft)


def _refuse_others(draft: NoticeDraft, given: DraftWords, terms: IssueTerms) -> None:
    """UserError for an option that says something else than the draft."""
    said = (
        ("--title", given.title, draft.title),
        ("--rectify-by", given.rectify_by, draft.rectify_by),
        ("--report-by", given.report_by, draft.report_by),
        ("--preliminary", terms.preliminary, draft.preliminary),
        ("--leave-out-open", terms.leave_out_open, draft.leave_out_open),
        ("--reason", terms.again, draft.again),
    )
    for option, typed, kept in said:
        if typed and typed != kept:
            raise UserError(
                f"{draft.label} of sweep {draft.sweep_id} has another {option}: leave it out, or "
                "`notice draft` draws it up anew with it"
            )


def _numbered(app: App, heading: NoticeHeading, number: str) -> NoticeHeading:
    return replace(heading, number=(number or read_office(app.home.root).number).strip())

"""`mediawatch notice list`, `show`: notices and drafts as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import typer

from mediawatch.app import App, corrections
from mediawatch.app.appeals import all_open_appeals
from mediawatch.app.documents import issues_of
from mediawatch.app.earlier_corrections import RepeatedAccusation, repeated_accusations
from mediawatch.app.notice_drafts import changes_of
from mediawatch.app.publications import unfinished_corrections
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import notice_of, print_or_write
from mediawatch.cli.outputs import output
from mediawatch.domain import (
    UNFINISHED,
    IssuedDocument,
    Notice,
    NoticeDraft,
    NoticeEvent,
    UnfinishedCorrection,
    UserError,
    open_draft,
    outdated_places,
)
from mediawatch.domain.clock import day_of, minute
from mediawatch.outputs import Output
from mediawatch.publish.reports import drafts as draft_lists
from mediawatch.publish.reports import notices as lists
from mediawatch.rules.appeals import APPEAL_OPEN, Appeal, open_appeals
from mediawatch.rules.corrections_due import CORRECTION_DUE, CorrectionDue
from mediawatch.table import Table, plain


def list_(ctx: typer.Context) -> None:
    """List the notices: number, day, accounts, deadlines, version, state; and the drafts that wait."""

    async def work() -> tuple[Table, Table, list[str]]:
        async with open_home(ctx) as app:
            issues = await issues_of(app)
            table = lists.notices(issues.notices, issues.events)
            waiting = await _waiting(app)
            told = _reminders(
                await corrections.all_corrections_due(app, issues),
                unfinished_corrections(issues),
                all_open_appeals(issues),
                day_of(app.clock()),
                await repeated_accusations(app, issues),
            )
            return table, waiting, told

    table, waiting, told = run(work())
    print_or_write(table, None)
    if waiting.rows:
        print_or_write(waiting, None)
    for line in told:
        typer.echo(plain(line))


async def _waiting(app: App) -> Table:
    """The drafts that wait, each as it stands today."""
    drafts = await app.store.notices.drafts()
    changes, waiting = {}, []
    for sweep in await app.store.sweeps.all():
        if draft := open_draft(drafts, sweep.id):
            waiting.append(draft)
            changes[draft.id] = await changes_of(app, sweep, draft)
    return draft_lists.drafts_table(waiting, changes)


def _reminders(
    due: Iterable[CorrectionDue],
    unfinished: Iterable[UnfinishedCorrection],
    asked: Iterable[Appeal],
    today: date,
    repeated: Iterable[RepeatedAccusation],
) -> list[str]:
    """What is to be done about notices: corrections, their places, 复核 without an opinion."""
    return [
        *(f"{CORRECTION_DUE}: {each.words}" for each in due),
        *(f"{CORRECTION_DUE}: {each.words}" for each in repeated),
        *(f"{UNFINISHED}：{each.words}" for each in unfinished),
        *(f"{APPEAL_OPEN}: {each.words(today)}" for each in asked),
    ]


def show(
    ctx: typer.Context,
    number: Annotated[
        str,
        typer.Argument(
            metavar="NUMBER",
            help="文号 of the notice, its place in `notice list`, or a draft's 稿N.",
        ),
    ],
    csv: Annotated[
        Output | None,
        output("--csv", metavar="FILE", help="Write the items as a CSV for Excel instead."),
    ] = None,
    out: Annotated[
        Output | None,
        output("--out", metavar="FILE", help="Write its hand-off, byte for byte."),
    ] = None,
    version: Annotated[
        int | None, typer.Option(metavar="N", help="This version of it; default the newest.", min=1)
    ] = None,
) -> None:
    """Show a notice: each item, what still stands of it, every event; `--out` gives its hand-off as
    it was issued or corrected. A draft (稿3): each item, and what it would print otherwise by now.
    """
    if number.startswith("稿"):
        _show_draft(ctx, number, csv, out)
        return

    async def work() -> _ShownNotice:
        async with open_home(ctx) as app:
            notice, events = await notice_of(app, number)
            documents = await app.store.notices.documents(notice.id)
            drafts = draft_lists.drafts_of(notice, await app.store.notices.drafts())
            due = [] if out else await corrections.corrections_due(app, notice)
            repeated = [] if out else await repeated_accusations(app, await issues_of(app), notice)
            today = day_of(app.clock())
            return _ShownNotice(notice, events, documents, drafts, due, repeated, today)

    shown = run(work())
    if out:
        out.write(_body(shown, version), shared=True)
        typer.echo(str(out))
        return
    notice, events = shown.notice, shown.events
    print_or_write(lists.items(notice, events), csv)
    if csv:
        return
    for what, words in (
        ("主送", notice.addressees),
        ("抄送", notice.copies),
        ("公开属性", notice.publicity),
        ("印发", draft_lists.notice_state(events)),
    ):
        if words:
            typer.echo(plain(f"{what}：{words}"))
    print_or_write(lists.events(notice, events, shown.documents, shown.drafts), None)
    asked = lists.appeals(notice, events, shown.today)
    for table in (asked, draft_lists.places_table(notice, events)):
        if table.rows:
            print_or_write(table, None)
    left = [
        UnfinishedCorrection(notice=notice.number, place=place) for place in outdated_places(events)
    ]
    asked_for = open_appeals(notice, events)
    for line in _reminders(shown.due, left, asked_for, shown.today, shown.repeated):
        typer.echo(plain(line))


@dataclass(frozen=True, slots=True)
class _ShownNotice:
    notice: Notice
    events: Sequence[NoticeEvent]
    documents: Sequence[IssuedDocument]
    drafts: Sequence[NoticeDraft]
    due: Sequence[CorrectionDue]
    repeated: Sequence[RepeatedAccusation]
    today: date


def _body(shown: _ShownNotice, version: int | None) -> bytes:
    """The hand-off of that version, or the newest. UserError where it does not exist."""
    wanted = [document for document in shown.documents if version in (None, document.version)]
    if not wanted:
        raise UserError(
            f"{shown.notice.number} has no hand-off{f' of version {version}' if version else ''}"
        )
    return wanted[-1].body.encode()


def _show_draft(ctx: typer.Context, label: str, csv: Output | None, out: Output | None) -> None:
    if out:
        raise UserError("a draft has no hand-off: `notice issue` makes it")

    async def work() -> tuple[NoticeDraft, str, Sequence[str]]:
        async with open_home(ctx) as app:
            drafts = await app.store.notices.drafts()
            draft = draft_lists.find_draft(drafts, label)
            if draft.notice_number:
                return draft, draft_lists.draft_state(draft), ()
            if open_draft(drafts, draft.sweep_id) is not draft:
                return draft, "已由后稿代替", ()
            sweeps = await app.store.sweeps.all()
            sweep = next(each for each in sweeps if each.id == draft.sweep_id)
            changes = await changes_of(app, sweep, draft)
            return draft, draft_lists.draft_state(draft, changes), changes

    draft, state, changes = run(work())
    print_or_write(draft_lists.draft_items(draft), csv)
    if csv:
        return
    signed = f"，{draft.approval.by}于{draft.approval.on}签发" if draft.approval else ""
    typer.echo(plain(f"{state}{signed}；{draft.by}拟稿，{minute(draft.at)}"))
    if changes:
        typer.echo(plain(f"现在印出将有不同：{'；'.join(changes)}"))

"""`mediawatch notice`: confirmed findings become a notice (通报).

It stays as it was issued; all later changes are events.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App, corrections, notices
from mediawatch.app.appeals import all_open_appeals
from mediawatch.cli import feedback
from mediawatch.cli.appeals import appeal, opinion
from mediawatch.cli.archive import archive
from mediawatch.cli.arrears import overdue
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.cli.notice_changes import By, close, correct
from mediawatch.cli.out import (
    NumberArgument,
    SweepOption,
    check_answered,
    notice_of,
    print_or_write,
    sweep_of,
)
from mediawatch.cli.outputs import output
from mediawatch.cli.report import day_option
from mediawatch.domain import (
    IssuedDocument,
    Notice,
    UserError,
)
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.publish.notices.annex import Annex, read_annex
from mediawatch.publish.notices.deadlines import deadline
from mediawatch.publish.notices.issuing import NoticeHeading
from mediawatch.publish.reports import notices as lists
from mediawatch.rules.appeals import APPEAL_OPEN, Appeal, open_appeals
from mediawatch.rules.corrections_due import CORRECTION_DUE, CorrectionDue
from mediawatch.table import Table, plain, to_text

group = typer.Typer(
    no_args_is_help=True, help="Issue notices (通报), correct them, and see what became of them."
)


def register(app: typer.Typer) -> None:
    group.command("issue")(issue)
    group.command("import")(import_)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("correct")(correct)
    group.command("appeal")(appeal)
    group.command("opinion")(opinion)
    group.command("overdue")(overdue)
    group.command("close")(close)
    group.command("archive")(archive)
    feedback.register(group)
    app.add_typer(group, name="notice")


def issue(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(metavar="TEXT", help="标题.")],
    by: By,
    number: Annotated[
        str, typer.Option(metavar="TEXT", help="文号; default `number` of office.toml.")
    ] = "",
    sweep: SweepOption = None,
    signed_on: Annotated[
        str, typer.Option("--date", metavar="DAY", help="成文日期, 2023-02-09; default today.")
    ] = "",
    rectify_by: Annotated[
        str, typer.Option(metavar="DAY|+10工作日", help="整改期限; +14日 counts every day.")
    ] = "",
    report_by: Annotated[str, typer.Option(metavar="DAY|+12工作日", help="报送期限.")] = "",
    preliminary: Annotated[
        bool,
        typer.Option("--preliminary", help="Issue it as 初步结果: accounts are still 待人工核查."),
    ] = False,
    leave_out_open: Annotated[
        bool,
        typer.Option(
            "--leave-out-open",
            help=(
                "Issue it although findings are undecided: it leaves them out, and their accounts "
                "count as open."
            ),
        ),
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help=(
                "Issue it although accounts stand in an earlier notice of this sweep; with "
                "--reason."
            ),
        ),
    ] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why they are issued again.")] = "",
    out: Annotated[
        Output | None, output("--out", metavar="FILE", help="Write its hand-off, too.")
    ] = None,
) -> None:
    """Freeze the confirmed findings of a sweep as a notice, with its deadlines and its hand-off."""

    if again != bool(reason.strip()):
        raise UserError("issuing accounts again needs both --again and --reason")

    async def work() -> tuple[Notice, IssuedDocument]:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep, surely=True)
            await check_answered(app, chosen)
            chosen_number = number or read_office(app.home.root).number
            heading = _heading(
                chosen_number,
                title,
                by,
                day_option(signed_on) or day_of(app.clock()),
                rectify_by,
                report_by,
            )

            async def plan(planning: App) -> tuple[Notice, IssuedDocument]:
                made = await notices.issue(
                    planning,
                    chosen,
                    heading,
                    preliminary=preliminary,
                    leave_out_open=leave_out_open,
                    again=reason,
                )
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


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Its annex: xlsx, xls or csv.")],
    number: Annotated[str, typer.Option(metavar="TEXT", help="文号.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="标题.")],
    signed_on: Annotated[str, typer.Option("--date", metavar="DAY", help="成文日期, 2023-02-09.")],
    by: By,
    rectify_by: Annotated[str, typer.Option(metavar="DAY|+10工作日", help="整改期限.")] = "",
    report_by: Annotated[str, typer.Option(metavar="DAY|+12工作日", help="报送期限.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Import a notice that another system issued, by its annex (备案单号, 政务新媒体名称, 类型,
    所属组织, 存在的突出问题, 复查结果)."""

    async def work() -> tuple[Notice, Annex]:
        async with open_home(ctx, dry_run=dry_run) as app:
            heading = _heading(
                number, title, by, day_option(signed_on), rectify_by, report_by
            ).check()

            async def plan(planning: App) -> tuple[Notice, Annex]:
                store, now = planning.store, planning.clock()
                accounts = await store.accounts.all(include_retired=True)
                annex = read_annex(file, accounts, await store.accounts.changes(), day_of(now))
                notice = Notice(
                    number=heading.number,
                    title=heading.title,
                    issued_on=heading.issued_on,
                    rectify_by=heading.rectify_by,
                    report_by=heading.report_by,
                    by=heading.by,
                    kept_at=now,
                    source=annex.file,
                    items=annex.items,
                )
                return await store.notices.issue(notice), annex

            return await app.decide(plan)

    notice, annex = run(work())
    typer.echo(
        f"{notice.number}: {count_of(len(notice.items), 'account')}, {len(annex.unmatched)} of "
        "them not in our "
        "registry"
    )
    if annex.unmatched:
        typer.echo(to_text(lists.unmatched_table(annex.unmatched)), err=True)


def _heading(
    number: str, title: str, by: str, issued_on: date | None, rectify_by: str, report_by: str
) -> NoticeHeading:
    if issued_on is None:
        raise UserError("a notice needs --date")
    return NoticeHeading(
        number=number.strip(),
        title=title.strip(),
        by=by.strip(),
        issued_on=issued_on,
        rectify_by=deadline(rectify_by, issued_on) if rectify_by else None,
        report_by=deadline(report_by, issued_on) if report_by else None,
    )


def list_(ctx: typer.Context) -> None:
    """List the notices: number, day, accounts, deadlines, version, state."""

    async def work() -> tuple[Table, list[str]]:
        async with open_home(ctx) as app:
            table = lists.notices(await app.store.notices.all(), await app.store.notices.events())
            return table, _reminders(
                await corrections.all_corrections_due(app),
                await all_open_appeals(app),
                day_of(app.clock()),
            )

    table, told = run(work())
    print_or_write(table, None)
    for line in told:
        typer.echo(plain(line))


def _reminders(due: Iterable[CorrectionDue], asked: Iterable[Appeal], today: date) -> list[str]:
    """What is to be done about notices: corrections, and 复核 that wait for their opinion."""
    return [
        *(f"{CORRECTION_DUE}: {each.words}" for each in due),
        *(f"{APPEAL_OPEN}: {each.words(today)}" for each in asked),
    ]


def show(
    ctx: typer.Context,
    number: NumberArgument,
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
    it was issued or corrected.
    """

    async def work() -> tuple[Table, Sequence[Table], bytes, list[str]]:
        async with open_home(ctx) as app:
            notice, events = await notice_of(app, number)
            documents = await app.store.notices.documents(notice.id)
            wanted = [document for document in documents if version in (None, document.version)]
            if out and not wanted:
                raise UserError(
                    f"{notice.number} has no hand-off{f' of version {version}' if version else ''}"
                )
            body = wanted[-1].body.encode() if wanted else b""
            due = [] if out else await corrections.corrections_due(app, notice)
            today = day_of(app.clock())
            tables = [lists.events(notice, events, documents)]
            asked = lists.appeals(notice, events, today)
            return (
                lists.items(notice, events),
                [*tables, *([asked] if asked.rows else [])],
                body,
                _reminders(due, open_appeals(notice, events), today),
            )

    items, more, body, told = run(work())
    if out:
        out.write(body, shared=True)
        typer.echo(str(out))
        return
    print_or_write(items, csv)
    if not csv:
        for table in more:
            print_or_write(table, None)
        for line in told:
            typer.echo(plain(line))

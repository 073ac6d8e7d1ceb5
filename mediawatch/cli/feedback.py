"""`mediawatch notice feedback`: 整改情况反馈表 out to the units and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.app import App, only_one
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.cli.links import exit_code_of, print_report
from mediawatch.cli.out import NumberArgument, notice_of
from mediawatch.cli.outputs import Overwrite, output
from mediawatch.domain import NoticeAction, NoticeEvent, UserError, is_closed
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output, OutputKind
from mediawatch.people import feedback
from mediawatch.people.dispatch import DispatchSplit
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.links import open_links
from mediawatch.plurals import count_of
from mediawatch.publish.results import standing_items
from mediawatch.sweep.scope import office_regions
from mediawatch.table import plain

BAD_ROWS = 2
group = typer.Typer(
    no_args_is_help=True, help="Send the 整改情况反馈表 out, and take the reports in."
)


def register(notice: typer.Typer) -> None:
    """Below `mediawatch notice`."""
    group.command("export")(export)
    group.command("import")(import_)
    notice.add_typer(group, name="feedback")


def export(
    ctx: typer.Context,
    number: NumberArgument,
    out: Annotated[
        Output,
        output(
            "--out",
            metavar="DIR",
            help="Where the files go: 整改反馈-PART.xlsx each; made if need be.",
            kind=OutputKind.FOLDER,
        ),
    ],
    by: Annotated[
        DispatchSplit | None,
        typer.Option(
            help="One file a region or department, a prefecture, a county, a 主管单位, or a unit "
            "(所属组织) with its own contact, as filed now. Default as for `findings dispatch`."
        ),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Write what still stands of a notice as xlsx files with its deadlines and three columns to
    report in.
    """

    async def work() -> list[tuple[Path, int]]:
        async with open_home(ctx) as app:
            divided = office_regions(read_office(app.home.root))

            async def plan(planning: App) -> list[tuple[Path, int]]:
                store = planning.store
                notice, events = await notice_of(planning, number)
                contacts = await store.accounts.contacts()
                filed_now = {account.id: account.filed for account in await store.accounts.all()}
                receivers = feedback.FeedbackReceivers(
                    by=by or DispatchSplit.usual(divided),
                    contacts=contacts,
                    filed_now=filed_now,
                    regions=divided,
                )
                written = feedback.export(
                    FormTarget(
                        path=out.path,
                        marks=app.marks,
                        issuer=app.issuer,
                        overwrite=overwrite,
                        write=out.writer(planning.write_file),
                    ),
                    notice,
                    standing_items(notice, events),
                    receivers,
                    await store.operator.home_id(),
                )
                if written and not is_closed(events):
                    rows = sum(rows for _, rows in written)
                    asked = NoticeEvent(
                        notice_id=notice.id,
                        action=NoticeAction.ASKED,
                        at=planning.clock(),
                        by="mediawatch",
                        reason=f"{len(written)}份，{rows}个账号",
                    )
                    await store.notices.add_events([asked])
                return written

            return await app.decide(plan)

    for path, rows in run(work()):
        typer.echo(f"{path}: {count_of(rows, 'account')}")


def import_(
    ctx: typer.Context,
    number: NumberArgument,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Returned files.")],
    errors: Annotated[
        Output | None,
        output("--errors", metavar="FILE.xlsx", help="Give the refused rows back in this file."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Take reports in as events, and open the article links in them. Good rows are kept even where
    others are refused (then exit 2).
    """

    if errors:
        errors.refuse_inputs(files)
    if not dry_run:
        stops.promise(stops.RESUMES)

    async def work() -> tuple[feedback.UnitReports, int]:
        async with open_home(ctx, dry_run=dry_run) as app:
            if missing := [file for file in files if not file.exists()]:
                raise UserError(f"no such file: {missing[0]}")
            notice, _ = await notice_of(app, number)

            async def plan(planning: App) -> feedback.UnitReports:
                store = planning.store
                made = feedback.take(
                    files,
                    notice,
                    await store.notices.events(notice.id),
                    planning.clock(),
                    home=await store.operator.home_id(),
                )
                if made.articles:
                    # Links that cannot be opened here are refused before anything is kept.
                    app.looker()
                if made.events:
                    await store.notices.add_events(made.events)
                return made

            done = await app.decide(plan)
            if errors and done.bad_rows:
                feedback.write_bad_rows(errors.path, done, notice, app.marks, errors.writer())
            code = 0
            if done.articles and not dry_run:
                gate = app.pacing()
                with only_one(app.home):
                    report = await open_links(
                        done.articles,
                        store=app.store,
                        looker=app.looker(),
                        gate=gate,
                        now=app.clock,
                    )
                    print_report(report)
                code = exit_code_of(report, gate)
            return done, code

    done, code = run(work())
    typer.echo(
        f"{count_of(len(done.events), 'report')}, {done.repeated} known already, "
        f"{count_of(done.blank, 'row')} not answered, "
        f"{count_of(len(done.bad_rows), 'row')} refused, "
        f"{count_of(len(done.articles), 'link')} opened"
    )
    for place, link in done.others:
        typer.echo(
            plain(f"{place}: {link}: no WeChat article, not opened"),
            err=True,
        )
    for problem in done.problems:
        typer.echo(plain(problem.sentence), err=True)
    if errors and done.bad_rows:
        typer.echo(f"{errors}: {count_of(len(done.bad_rows), 'row')} to correct", err=True)
    if code | (BAD_ROWS if done.problems else 0):
        sys.exit(code | (BAD_ROWS if done.problems else 0))

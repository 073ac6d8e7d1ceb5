"""`mediawatch registry closing`: the ledger of accounts that are closed (关停台账)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.cli.outputs import output
from mediawatch.cli.report import day_option
from mediawatch.domain import Account, ClosureNote, ClosureStep, UserError
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.table import plain

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep the ledger of accounts that are closed (关停台账), and list it.",
)


@group.command()
def note(
    ctx: typer.Context,
    account: Annotated[
        str, typer.Argument(help="Filing number, name, platform id, gh_ id, or our own id.")
    ],
    step: Annotated[
        ClosureStep,
        typer.Option(
            help="批准 (approval), 停更公告 (announcement), 平台注销证明 (deregistration) or 系统关停 (system)."
        ),
    ],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who notes it.")],
    on: Annotated[
        str, typer.Option("--on", metavar="DAY", help="The day of the step, 2023-02-09.")
    ] = "",
    approver: Annotated[
        str, typer.Option(metavar="NAME", help="Of an approval: which body or person gave it.")
    ] = "",
    link: Annotated[
        str, typer.Option(metavar="URL", help="Of an announcement: where it stands.")
    ] = "",
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A proof: PDF, PNG, JPEG or WebP; kept as evidence."),
    ] = None,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why it differs from what was noted before.")
    ] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take the note of this step back; with --reason.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Note a step by which an account is closed. What was noted stays; the newest note counts."""
    from mediawatch.app.closures import ClosureRequest, note_closure

    if withdraw and (on or approver or link or file):
        raise UserError("--withdraw goes with --reason and --by alone")
    day = day_option(on, "--on")
    if not withdraw and day is None:
        raise UserError("a step needs its day: --on 2023-02-09")
    request = ClosureRequest(
        account=account,
        step=step,
        by=by,
        on=day,
        approver=approver,
        link=link,
        file=file,
        reason=reason,
    )

    async def work() -> tuple[Account, ClosureNote | None]:
        async with open_home(ctx, dry_run=dry_run) as app:

            async def plan(planning: App) -> tuple[Account, ClosureNote | None]:
                return await note_closure(planning, request)

            return await app.decide(plan)

    found, made = run(work())
    what = "noted already" if made is None else "taken back" if made.on is None else str(made.on)
    proof = f", {made.proof.path}" if made and made.proof else ""
    typer.echo(plain(f"{found.filed.name}（{found.filed.type}）{step.label}: {what}{proof}"))


@group.command("list")
def list_(
    ctx: typer.Context,
    csv: CsvOption = None,
    out: Annotated[
        Output | None, output("--out", metavar="FILE.xlsx", help="Write a workbook instead.")
    ] = None,
    wanting: Annotated[
        bool, typer.Option("--wanting", help="Only where something is missing or does not fit.")
    ] = False,
) -> None:
    """List accounts that are filed as closing or closed: each step with its day and source, what is
    missing, and what contradicts itself."""
    from mediawatch.app.closures import closure_ledger
    from mediawatch.registry.closures import BRIEF, PRINTED, ledger_table

    async def work() -> None:
        async with open_home(ctx) as app:
            entries = await closure_ledger(app)
            shown = [each for each in entries if each.lacks or each.doubts or not wanting]
            table, marks, at = ledger_table(shown), app.marks, app.clock()
            issuer = read_office(app.home.root).issuer
        if out:
            # Imported here: with it comes the writer of workbooks.
            from mediawatch.publish.reports.xlsx import BookCover, workbook

            sheet = table.only(*PRINTED)
            cover = BookCover(title="关停台账", issuer=issuer, made_at=at)
            body = workbook([("关停台账", sheet)], counts=(), rates=(), marks=marks, cover=cover)
            out.write(body, shared=True)
            typer.echo(str(out))
        if csv or not out:
            print_or_write(table if csv else table.only(*BRIEF), csv)
        lacking = sum(bool(each.lacks or each.doubts) for each in entries)
        typer.echo(f"{count_of(len(entries), 'account')}, {lacking} with something open", err=True)

    run(work())

"""`mediawatch recheck`: the accounts of a notice are looked at again (复查)."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.app import App
from mediawatch.app.judged import judged_scope
from mediawatch.app.notices import recheck_request
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import CsvOption, NumberArgument, notice_of, print_or_write, sweep_of
from mediawatch.cli.summary import print_summary, run_sweep
from mediawatch.cli.sweep import as_of_option
from mediawatch.domain import Notice, Rectification, Sweep, UserError
from mediawatch.plurals import count_of
from mediawatch.publish.notices.service import note_recheck
from mediawatch.publish.reports import notices as lists
from mediawatch.publish.results import RecheckResult
from mediawatch.rules.policy import load
from mediawatch.table import Table


def register(app: typer.Typer) -> None:
    app.command("recheck")(recheck)


def recheck(
    ctx: typer.Context,
    number: NumberArgument,
    as_of: Annotated[
        str, typer.Option(metavar="WHEN", help="监测时间点 of the re-check; default now.")
    ] = "",
    sweep: Annotated[
        int | None,
        typer.Option(
            "--sweep",
            metavar="N",
            help="Look at nothing: take what this sweep found, as reviewed by now.",
        ),
    ] = None,
    policy: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Inspection policy; default the notice's own.")
    ] = "",
    csv: CsvOption = None,
) -> None:
    """Look at a notice's accounts again and list each result (已完成整改, 未整改, 已注销 …), with
    basis and dates."""

    stops.promise(stops.RESUMES)

    async def work() -> tuple[Table, int]:
        async with open_home(ctx) as app:
            notice, _ = await notice_of(app, number)
            if sweep is not None and (as_of or policy):
                raise UserError(
                    "--sweep takes what was found: it goes without --as-of and --policy"
                )
            chosen, code = (
                (await sweep_of(app, sweep), 0)
                if sweep is not None
                else await _look_again(app, notice, as_of, policy)
            )

            async def plan(planning: App) -> list[RecheckResult]:
                judged = await judged_scope(planning, chosen)
                return await note_recheck(
                    planning.store,
                    notice,
                    chosen,
                    judged.entries,
                    by="mediawatch",
                    now=planning.clock(),
                )

            found = await app.decide(plan)
            _tell_of_people(found, chosen)
            return lists.rechecks_table(notice, found), code

    table, code = run(work())
    print_or_write(table, csv)
    if code:
        sys.exit(code)


def _tell_of_people(found: list[RecheckResult], sweep: Sweep) -> None:
    """Say how people come to be asked about what no machine can look at."""
    waiting = sum(
        part.code is not None
        and part.code.found_by_people
        and part.result is Rectification.UNVERIFIED
        for each in found
        for part in each.parts
    )
    if waiting:
        typer.echo(
            f"{count_of(waiting, 'problem')} for people to look at: `mediawatch worklist export "
            f"FILE.xlsx --sweep {sweep.id}` asks them",
            err=True,
        )


async def _look_again(app: App, notice: Notice, as_of: str, policy: str) -> tuple[Sweep, int]:
    """A sweep of its own, with fresh looks."""
    chosen = load(policy) if policy else None
    request = await recheck_request(
        app, notice, as_of=as_of_option(as_of, app.clock()), policy=chosen
    )
    summary = await run_sweep(app, request)
    print_summary(summary)
    return summary.sweep, summary.exit_code

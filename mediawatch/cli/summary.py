"""A run of a sweep from the command line, and its result on standard output."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer

from mediawatch.app import App, only_one
from mediawatch.app.corrections import all_corrections_due
from mediawatch.app.documents import issues_of
from mediawatch.app.evidence_moves import settle_own_folder
from mediawatch.app.platform_proofs import proof_lines
from mediawatch.app.publications import unfinished_corrections
from mediawatch.app.workers import open_coordinator
from mediawatch.cli.out import NO_NETWORK
from mediawatch.cli.progress import show_progress
from mediawatch.cli.stopping import report_when_stopped
from mediawatch.domain import PLATFORM_LABELS, PROVISIONAL, Verdict
from mediawatch.domain.clock import minute
from mediawatch.ops.logins import list_logins
from mediawatch.people.worklist.todo import NOT_LOOKED_AT
from mediawatch.plurals import count_of
from mediawatch.sweep import nights
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Summary


async def run_sweep(
    app: App, request: Request, ended: nights.Ended | None = None, *, workers: bool = False
) -> Summary:
    """Run a sweep under the locks of home and database with its progress shown, then send its digest.

    `ended` as for `nights.run`. `workers`: these look. UserError where another sweep or import runs
    on the home, or another sweep on the database.
    """
    engine = open_coordinator(app) if workers else _engine_alone(app)
    with only_one(app.home):
        async with engine as running:
            with show_progress() as shown, report_when_stopped(shown) as progress:
                summary, night = await nights.run(running, request, progress, ended)
    if not summary.unanswered:
        summary.proofs = await proof_lines(app, summary.sweep, summary.scope, summary.surfaces)
    issues = await issues_of(app)
    await app.alerts.tell_night(
        summary.sweep,
        night,
        app.sessions,
        app.surface_labels(PLATFORM_LABELS),
        await all_corrections_due(app, issues),
        unfinished_corrections(issues),
    )
    await app.alerts.tell_unused(await list_logins(app.sessions, app.logins()))
    return summary


@asynccontextmanager
async def _engine_alone(app: App) -> AsyncIterator[Engine]:
    async with app.store.ledger.alone():
        await settle_own_folder(app)
        yield app.engine()


def print_summary(summary: Summary) -> None:
    """Print the result of a run on standard output."""
    sweep = summary.sweep
    typer.echo(
        f"sweep {sweep.id}: as of {minute(sweep.as_of)} (Beijing), policy {sweep.policy}, "
        f"scope {sweep.scope}"
    )
    _print_looks(summary)
    _print_doubts(summary)
    if summary.unanswered:
        typer.echo(NO_NETWORK.format(sweep=sweep.id), err=True)
    for verdict in Verdict:
        count = summary.verdicts[verdict]
        label = (
            NOT_LOOKED_AT if summary.unanswered and verdict is Verdict.UNPROVEN else verdict.label
        )
        typer.echo(f"  {count:>6}  {verdict.value:<13} {label}")
    for line in summary.proofs:
        typer.echo(line)
    if summary.provisional:
        typer.echo(
            f"{count_of(summary.provisional, 'account')} of them sound by the name alone "
            f"({PROVISIONAL}, or a link of others): "
            "`mediawatch worklist export --glances` asks people for a glance"
        )
    _print_exit_code(summary)


def _print_looks(summary: Summary) -> None:
    if summary.repeated:
        typer.echo(
            "a sweep with the same options is finished already; nothing was looked at (use "
            "--again to look "
            "once more)"
        )
    else:
        outcomes = ", ".join(
            f"{count} {outcome.value}" for outcome, count in summary.outcomes.most_common()
        )
        typer.echo(f"{count_of(summary.looks, 'look')}: {outcomes or 'none'}")
        if summary.looks_saved:
            typer.echo(
                f"{count_of(summary.looks_saved, 'account')} needed none: settled by what was known"
            )
        if summary.left:
            typer.echo(
                (
                    f"{count_of(summary.left, 'account')} could not be looked at: paused, out of "
                    "time, or nothing filed leads there"
                ),
                err=True,
            )


def _print_doubts(summary: Summary) -> None:
    """Print why what was read counts against no account."""
    if failing := [check for check in summary.checks if not check.fresh]:
        surfaces = ", ".join(
            sorted({f"{check.surface} ({check.session or 'visitor'})" for check in failing})
        )
        text = (
            f"{len(failing)} of {len(summary.checks)} canary checks failed: what {surfaces} said "
            "against accounts around them is withdrawn"
        )
        typer.echo(text, err=True)
    if summary.clock_off:
        text = (
            f"{summary.clock_off}; nothing that was read counts against any account: set the clock "
            "and run `mediawatch sweep --again`"
        )
        typer.echo(text, err=True)


def _print_exit_code(summary: Summary) -> None:
    if summary.exit_code and summary.repeated:
        typer.echo(f"exit code {summary.exit_code}: that of the run that made it", err=True)
    elif summary.exit_code:
        typer.echo(
            (
                f"exit code {summary.exit_code}: some surfaces were paused or failed; what they "
                "left over is unproven"
            ),
            err=True,
        )

"""`mediawatch worker` and `mediawatch workers`: looks by several machines (docs/workers.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.app import only_one
from mediawatch.app.workers import PATIENCE, make_worker
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.cli.outputs import output
from mediawatch.domain.clock import minute
from mediawatch.outputs import Output, Replacing
from mediawatch.ports.store import OutdatedVersion, WorkerState
from mediawatch.ports.tasks import QueueState
from mediawatch.sweep import metrics
from mediawatch.sweep.worker_metrics import write_worker
from mediawatch.table import Table

OUTDATED_EXIT = 75
"""As of sendmail's `EX_TEMPFAIL`: start it again, with the version that is installed by then."""
_WORKERS = (
    "worker", "state", "seen", "since", "version", "logins", "address", "looks", "looking at",
)  # fmt: skip
_QUEUES = ("queue", "waiting", "in hand", "workers")
_SHOWN = 3
"""So many looks in hand are named one by one."""


def register(app: typer.Typer) -> None:
    app.command("worker")(work)
    app.command("workers")(list_)


def work(
    ctx: typer.Context,
    logins: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help=(
                'Only these logins of the home, as `weibo:office,weread:a`; "" for none. All '
                "usable ones without it."
            ),
        ),
    ] = None,
    figures: Annotated[
        Output | None,
        output(
            "--metrics",
            metavar="FILE",
            help="Write what the worker does as a textfile for Prometheus' node exporter, every few "
            "seconds (*.prom).",
            replacing=Replacing.ALWAYS,
        ),
    ] = None,
) -> None:
    """Look at accounts for `mediawatch sweep --workers`, with this home's browser and logins, until
    it is stopped. Exit code 75 where the database has become newer than this version."""
    if figures:
        metrics.check(figures.path)
    report = partial(write_worker, figures.path, put=figures.writer()) if figures else None
    stops.promise("stopped; looks that had not ended go to other workers")
    chosen = (
        None if logins is None else [each.strip() for each in logins.split(",") if each.strip()]
    )

    async def serve() -> None:
        async with open_home(ctx, patience=PATIENCE, any_home=True) as app:
            with only_one(app.home):
                async with app.tasks() as queues:
                    worker = await make_worker(app, chosen, report)
                    await worker.run(queues)

    try:
        run(serve())
    except OutdatedVersion as error:
        typer.echo(f"mediawatch: {error}; update this worker", err=True)
        raise typer.Exit(OUTDATED_EXIT) from error


def list_(
    ctx: typer.Context,
    csv: CsvOption = None,
    queues_csv: Annotated[
        Output | None,
        output("--queues-csv", metavar="FILE", help="Write the queues as a CSV for Excel."),
    ] = None,
) -> None:
    """Show the workers of this database: who is alive, with which version and logins, what they look
    at. Show the queues, how much waits in each, and who serves it."""

    async def ask() -> tuple[list[WorkerState], list[QueueState]]:
        async with open_home(ctx, any_home=True) as app, app.tasks() as tasks:
            return await app.store.ledger.workers(), await tasks.queues()

    workers, queues = run(ask())
    if csv is None and queues_csv is None and not workers:
        typer.echo("no worker has registered: start `mediawatch worker` (docs/workers.md)")
    if csv is not None or (workers and queues_csv is None):
        rows = tuple(_row(each) for each in workers)
        print_or_write(Table("workers (times in Beijing)", _WORKERS, rows), csv)
    if queues_csv is not None or (queues and csv is None):
        print_or_write(_queue_table(queues, workers), queues_csv)


def _row(worker: WorkerState) -> tuple[str, ...]:
    card = worker.card
    in_hand = sorted(worker.looking_at.items(), key=lambda each: each[1])
    named = [
        f"{key.split(':', 1)[1]} since {minute(datetime.fromisoformat(since))}"
        for key, since in in_hand[:_SHOWN]
    ]
    more = [f"{len(in_hand) - _SHOWN} more"] if len(in_hand) > _SHOWN else []
    return (
        card.name,
        "alive" if worker.alive else "silent",
        minute(worker.seen_at),
        minute(worker.started_at),
        card.version,
        " ".join(card.logins),
        card.address,
        str(worker.looks),
        ", ".join([*named, *more]) if worker.alive else "",
    )


def _queue_table(queues: Sequence[QueueState], workers: Sequence[WorkerState]) -> Table:
    rows = []
    for queue in queues:
        serving = [
            each.card.name for each in workers if each.alive and queue.name in each.card.queues
        ]
        rows.append(
            (queue.name, str(queue.waiting), str(queue.in_hand), ", ".join(serving) or "nobody")
        )
    return Table("queues", _QUEUES, tuple(rows))

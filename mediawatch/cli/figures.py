"""`mediawatch figures`: the statistics of an inspection, and what changed since an earlier one."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.app.judged import judged_scope
from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.cli.out import SweepOption, check_answered, sweep_of
from mediawatch.cli.outputs import output
from mediawatch.domain import Sweep
from mediawatch.figures.comparison import JudgedInspection, compare
from mediawatch.figures.dimensions import Dimension, dimension, keys
from mediawatch.ops.settings.office import Office, read_office
from mediawatch.outputs import Output, OutputKind
from mediawatch.plurals import count_of
from mediawatch.publish.inspection import (
    OPEN_MARK,
    expected_regions,
    statistics_of,
)
from mediawatch.publish.reports import lists
from mediawatch.publish.reports import statistics as tables
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.sweep.scope import WHOLE, office_regions
from mediawatch.table import Table, to_csv

_BY = (Dimension.REGION, Dimension.PLATFORM)


def register(app: typer.Typer) -> None:
    app.command("figures")(figures)


def figures(
    ctx: typer.Context,
    sweep: SweepOption = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD",
            help=f"Split by {', '.join(Dimension)}; may be repeated. Default {' and '.join(_BY)}.",
        ),
    ] = None,
    against: Annotated[
        int | None, typer.Option(metavar="M", help="Compare with this earlier sweep.")
    ] = None,
    decimals: Annotated[
        int | None,
        typer.Option(help="Decimals of rates; default those of office.toml.", min=0, max=4),
    ] = None,
    csv: Annotated[
        Output | None,
        output(
            "--csv",
            metavar="DIR",
            help="Write a CSV a table there instead of printing; made if need be.",
            kind=OutputKind.FOLDER,
        ),
    ] = None,
) -> None:
    """Count an inspection: 检查率, 合格率, kinds of problems, by region and platform or as asked;
    all sums are held first.
    """
    chosen = [dimension(word) for word in by or _BY]

    async def work() -> tuple[str, list[Table], list[str]]:
        async with open_home(ctx) as app:
            now = await sweep_of(app, sweep)
            await check_answered(app, now)
            earlier = await sweep_of(app, against) if against is not None else None
            office = read_office(app.home.root)
            return await _tables(
                app,
                now,
                earlier,
                chosen,
                office if decimals is None else office.model_copy(update={"decimals": decimals}),
            )

    heading, found, remarks = run(work())
    if csv is None:
        typer.echo("\n".join([heading, *remarks, *(fit_table(table) for table in found)]))
        return
    files = [
        csv.file(f"{number}-{table.title.partition('(')[0].replace('/', '或')}.csv")
        for number, table in enumerate(found, 1)
    ]
    for file in files:
        file.check()
    for file, table in zip(files, found, strict=True):
        file.write(to_csv(table), shared=True)
        typer.echo(f"{file}: {count_of(len(table.rows), 'row')}")


async def _tables(
    app: App, now: Sweep, earlier: Sweep | None, chosen: list[Dimension], office: Office
) -> tuple[str, list[Table], list[str]]:
    judged, order = await judged_of(app, now), expected_regions(office)
    counted = statistics_of(now, judged.scope, judged.policy, office, by=chosen)
    found = [tables.split_table(split, counted.whole, office.decimals) for split in counted.splits]
    found.append(tables.kinds_table(counted))
    if earlier is not None:
        compared = compare(
            await judged_of(app, earlier), judged, keys(chosen, office_regions(office)), order
        )
        found += [
            tables.change_table(heading, parts, compared.whole, office.decimals)
            for heading, parts in compared.splits.items()
        ]
        found.append(tables.movement_table(compared))
    undecided = any(
        finding.review.is_undecided
        for entry, _ in counted.failed
        if entry.judgement
        for finding in entry.judgement.findings
    )
    marks = [*app.marks, *([OPEN_MARK] if undecided else [])]
    return (
        lists.heading(now),
        found,
        [
            *marks,
            *tables.provisional_remark(counted.whole),
            *(remark for split in counted.splits for remark in tables.remarks(split)),
        ],
    )


async def judged_of(app: App, sweep: Sweep) -> JudgedInspection:
    """A sweep's scope as judged and reviewed so far, with its policy.

    A dismissed finding is no failure; an open one still is.
    """
    judged = await judged_scope(app, sweep)
    scope = [as_reviewed(entry, include_open=True) for entry in judged.entries]
    return JudgedInspection(scope=scope, policy=judged.policy, whole=sweep.scope == WHOLE)

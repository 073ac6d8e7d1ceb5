"""`mediawatch scope`: which accounts an inspection looks at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.cli.outputs import output
from mediawatch.domain import UserError
from mediawatch.figures.dimensions import Dimension, dimension
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.publish.reports.statistics import strata_table
from mediawatch.sweep import scope_files
from mediawatch.sweep.clauses import Spec, clause
from mediawatch.sweep.scope import Scope, draw, office_regions

_NONE = "none"
"""All accounts are one stratum."""


def register(app: typer.Typer) -> None:
    app.command("scope")(scope)


def scope(
    ctx: typer.Context,
    take: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CLAUSE",
            help=(
                '"政府 全部", "部门 10%", "地市=甲市 5个": the first that holds decides. Default '
                "all."
            ),
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD",
            help=f"Stratify by {', '.join(Dimension)}, or {_NONE}; may be repeated. Default region "
            f"where office.toml says a level, else {_NONE}.",
        ),
    ] = None,
    seed: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="Seed of a sample; the same seed draws the same accounts again."
        ),
    ] = "",
    list_: Annotated[
        Path | None,
        typer.Option(
            "--list", metavar="FILE", help="Filing numbers or names (xlsx, csv, txt) instead."
        ),
    ] = None,
    out: Annotated[
        Output | None,
        output("--out", metavar="FILE", help="Write the drawn list (xlsx) for `sweep --scope`."),
    ] = None,
) -> None:
    """Draw the scope of an inspection: a census, a reproducible sample by strata, or a list."""
    if list_ is not None and (take or by or seed):
        raise UserError("--list names the accounts itself: give it without --take, --by and --seed")

    async def work() -> tuple[Scope, tuple[str, ...], str]:
        async with open_home(ctx) as app:
            accounts, home = await app.store.accounts.all(), await app.store.operator.home_id()
            if list_ is not None:
                return scope_files.read(list_, accounts, home=home), app.marks, home
            divided = office_regions(read_office(app.home.root))
            usual = [Dimension.REGION.value] if divided.level else []
            spec = Spec(
                tuple(clause(text) for text in take or ["全部"]),
                tuple(dimension(word) for word in by or usual if word != _NONE),
                seed,
                divided,
            )
            return draw(accounts, spec), app.marks, home

    drawn, marks, home = run(work())
    typer.echo(fit_table(strata_table(drawn)))
    if out is not None:
        scope_files.write(drawn, out.path, marks, home=home, put=out.writer())
        typer.echo(
            f"{out}: {count_of(len(drawn.accounts), 'account')}; inspect them with `mediawatch "
            "sweep "
            f"--scope {out}`"
        )

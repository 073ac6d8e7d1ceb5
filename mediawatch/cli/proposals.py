"""`mediawatch registry proposals`: updates that the readings suggest."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.cli.review_options import name_one_person
from mediawatch.domain import UserError
from mediawatch.registry.decisions import changes, choose, current, deciders, refusals
from mediawatch.registry.proposal import Proposal, as_table


def proposals(
    ctx: typer.Context,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="N", help="Accept this one (its 编号); may be repeated."),
    ] = None,
    refuse: Annotated[
        list[str] | None,
        typer.Option(
            "--refuse", metavar="N", help="Never propose this one again; may be repeated."
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Accept all but those marked 须核对.")
    ] = False,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="NAME",
            help="Who accepts; required for an id that a person saw, and not that person.",
            callback=name_one_person,
        ),
    ] = "",
    csv: CsvOption = None,
) -> None:
    """List what readings have shown: ids, links, new names, migrations, doubtful ids. Accept it
    into the registry, or refuse it."""
    if csv and (accept or refuse or everything):
        raise UserError("--csv lists, --accept, --all and --refuse decide: give one of them")

    async def work() -> tuple[list[Proposal], list[Proposal], list[Proposal]]:
        async def choice(planning: App) -> tuple[list[Proposal], list[Proposal], list[Proposal]]:
            listed = await current(planning.store)
            refused = choose(listed, refuse or (), everything=False)
            accepted = choose(
                [each for each in listed if each not in refused],
                accept or (),
                everything=everything,
            )
            deciders(accepted, by)
            if refused:
                await planning.store.accounts.add_refusals(refusals(refused, planning.clock()))
            if accepted:
                await planning.store.accounts.apply(changes(accepted, planning.clock(), by))
            return listed, accepted, refused

        async with open_home(ctx) as app:
            return await app.decide(choice)

    listed, accepted, refused = run(work())
    if not accept and not refuse and not everything:
        print_or_write(as_table(listed), csv)
        return
    for each in refused:
        typer.echo(f"{each.key} {each.account.filed.name}: {each.field} {each.new!r} refused")
    for each in accepted:
        typer.echo(
            f"{each.key} {each.account.filed.name}: {each.field} {each.old!r} -> {each.new!r}"
        )
    typer.echo(
        f"{len(accepted)} accepted, {len(refused)} refused, "
        f"{len(listed) - len(accepted) - len(refused)} left"
    )

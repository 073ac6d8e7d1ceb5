"""`mediawatch database`: where the data lie, and their move between SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch.app import databases, host_clock, only_one
from mediawatch.app.home_data import take_database
from mediawatch.cli.base import confirm, home_of, open_home, run, settings_of
from mediawatch.plurals import count_of
from mediawatch.ports.store import DatabaseOwner

group = typer.Typer(
    no_args_is_help=True,
    help="Tell where the home's data lie, and move them between SQLite and PostgreSQL.",
)


def register(app: typer.Typer) -> None:
    group.command("show")(show)
    group.command("move")(move)
    group.command("reopen")(reopen)
    group.command("take")(take)
    app.add_typer(group, name="database")


def show(ctx: typer.Context) -> None:
    """Show the home's database: where it is, its server's version, its revision and size."""
    home = home_of(ctx).require()
    found = databases.facts(home, settings_of(ctx))
    typer.echo(
        f"{found.name}\n{found.kind}, revision {found.revision or 'none: it is empty'}, "
        f"{found.size / 1e6:.1f} MB"
    )


def move(
    ctx: typer.Context,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="URL",
            help="postgresql://USER@HOST/NAME, an empty database; or `sqlite`, a new file in the "
            "home. Else what MEDIAWATCH_DATABASE__URL names.",
        ),
    ] = "",
) -> None:
    """Bring all data to an empty database of the other kind, comparing every row; mediawatch.toml
    then names it. The old one is kept as it was and refused from then on.
    """
    home = home_of(ctx).require()
    plan = databases.plan_move(home, settings_of(ctx), to)

    async def bring_up_to_date() -> None:
        async with open_home(ctx, database={"url": plan.source}):
            pass

    run(bring_up_to_date())
    done = databases.move(home, plan, host_clock())
    typer.echo(
        f"{count_of(done.rows, 'row')} of {count_of(done.tables, 'table')} moved from {done.source} to "
        f"{done.target}, every one compared"
    )
    if done.aside:
        typer.echo(f"the file that was moved before is {done.aside} now")
    names = (
        [f"{home.config} names the new one"]
        if plan.settings is not None or not plan.remains
        else []
    )
    remains = [plan.remains] if plan.remains else []
    typer.echo("; ".join([*remains, *names, f"{done.source} is kept as it was, and refused"]))


def reopen(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Use the home's own SQLite file again as it was when it was moved, where the other database is
    lost. What was written there since is not in it.
    """
    home = home_of(ctx).require()
    if not yes:
        question = f"use {home.database} again, without anything that was written since its move?"
        confirm(question, "reopen needs --yes where nobody can be asked")
    file, remains = databases.reopen(home, settings_of(ctx))
    typer.echo(f"{file} is used again, as it was")
    for each in remains:
        typer.echo(each)


def take(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give the server's database to this home: after its folder was moved, or in place of a home
    that is lost. The home that had it is refused from then on, and keeps its own evidence folder.
    """
    home = home_of(ctx).require()
    if not yes:
        question = f"work on the database from {home.root} alone from now on?"
        confirm(question, "take needs --yes where nobody can be asked")

    async def work() -> DatabaseOwner | None:
        async with open_home(ctx, any_home=True) as app:
            with only_one(home):
                return await take_database(home, home.database_url(app.settings), app.store)

    former = run(work())
    whose = f", no more {former.folder}'s" if former and former.folder != str(home.root) else ""
    typer.echo(f"the database is this home's from now on{whose}")

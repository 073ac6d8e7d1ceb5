"""`mediawatch doctor`: is everything there, and what is ahead."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch.app import App, home_checks, host_clock, only_one
from mediawatch.app import doctor as examination
from mediawatch.app.doctor_checks import DoctorCheck, Level
from mediawatch.cli.base import fit_prose, home_of, open_home, run, settings_of
from mediawatch.domain import UserError
from mediawatch.ops.settings import Settings
from mediawatch.sweep.forecast import MINUTES_A_ROW, forecast

_COLUMN = 17
"""Where the text of a check begins."""


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    ctx: typer.Context,
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="Ask the sites too: every login, every canary by every surface."
        ),
    ] = False,
) -> None:
    """Check what an inspection needs, with the remedy where it lacks; tell what is ahead. Exit code
    1 where a check fails.
    """
    levels: set[Level] = set()

    def tell(check: DoctorCheck) -> None:
        levels.add(check.level)
        typer.echo(fit_prose(f"{check.level.value:<5} {check.name:<10} {check.text}", _COLUMN))
        if check.remedy:
            # A command stays one line, so that it can be copied.
            typer.echo(f"{'':<{_COLUMN - 1}} -> {check.remedy}")

    async def work() -> None:
        home = home_of(ctx)
        for check in examination.on_host(
            home, settings or Settings.model_construct(), host_clock()
        ):
            tell(check)
        if settings is None:
            return
        try:
            async with open_home(ctx, any_home=True) as app:
                async for check in home_checks.in_home(app):
                    tell(check)
                await _tell_ahead(app)
                if live:
                    with only_one(app.home):
                        async for check in examination.live(app):
                            tell(check)
        except UserError as error:
            remedy = "" if home.exists else f"mediawatch --home {home.root} init"
            tell(DoctorCheck(Level.FAIL, "database" if home.exists else "home", str(error), remedy))

    settings: Settings | None = None
    try:
        settings = settings_of(ctx)
    except UserError as error:
        tell(
            DoctorCheck(
                Level.FAIL,
                "settings",
                str(error),
                "correct it; what follows supposes the defaults, and the home is not opened",
            )
        )
    run(work())
    if Level.FAIL in levels:
        raise typer.Exit(1)


async def _tell_ahead(app: App) -> None:
    accounts = await app.store.accounts.all()
    platforms = forecast(accounts, app.surfaces, app.opens_links, await app.reach())
    if not platforms:
        return
    typer.echo(f"\nahead, as things stand (assumed: {MINUTES_A_ROW:g} minute a row by hand)")
    for one in platforms:
        typer.echo(fit_prose(f"  {one.platform:<10} {one.sentence}", 13))
        typer.echo(fit_prose(f"  {'':<10} {one.key_sentence}", 13))
        if one.list_command:
            typer.echo(f"  {'':<10} which: {one.list_command}")
    typer.echo("")

"""`mediawatch init`."""

from __future__ import annotations

import typer

from mediawatch.cli.base import home_of, open_home, run
from mediawatch.sweep.gate import canaries


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(ctx: typer.Context) -> None:
    """Set up the home: folders, a commented mediawatch.toml and canaries.toml, the database. Files
    that exist stay as they are."""
    home = home_of(ctx)
    fresh = not home.exists
    home.create()
    canaries.write_template(home.canaries)

    async def touch() -> str:
        # Imported here: few homes keep their evidence elsewhere.
        from mediawatch.app.evidence_moves import take_first_place

        async with open_home(ctx, create=True) as app:
            return await take_first_place(app) if app.settings.evidence.place else ""

    taken = run(touch())
    typer.echo(f"{'Set up' if fresh else 'Found'} {home.root}")
    if taken:
        typer.echo(f"{taken} is the place of its evidence from now on")

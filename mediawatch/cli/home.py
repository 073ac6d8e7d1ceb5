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

    async def touch() -> tuple[str, str]:
        # Imported here: few homes keep their data or evidence elsewhere.
        from mediawatch.app.evidence_moves import take_first_place
        from mediawatch.app.home_data import why_not_owned

        async with open_home(ctx, create=True, any_home=True) as app:
            url = home.database_url(app.settings)
            other = "" if url.startswith("sqlite") else await why_not_owned(home, url, app.store)
            # A worker takes no place: its own may only not be mounted.
            takes = app.settings.evidence.place and not other
            return await take_first_place(app) if takes else "", other

    taken, other = run(touch())
    typer.echo(f"{'Set up' if fresh else 'Found'} {home.root}")
    if taken:
        typer.echo(f"{taken} is the place of its evidence from now on")
    if other:
        typer.echo(f"as the home of a worker, for {other}")

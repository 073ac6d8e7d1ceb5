"""`mediawatch browse`: the database in a browser, read-only."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.cli.base import home_of, open_home, run, settings_of
from mediawatch.domain import UserError
from mediawatch.ops.browse import datasette, serve
from mediawatch.ports import NamedQuery


def register(app: typer.Typer) -> None:
    app.command("browse")(browse)


def browse(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="Port on 127.0.0.1.", min=1, max=65535)
    ] = 8001,
) -> None:
    """Serve the database to this machine's browser (Datasette; extra `browse`). Ends with Ctrl-C.

    Only the browser that first opens the printed address, which holds a token, is let in.
    """
    settings = settings_of(ctx)
    if settings.database.url.get_secret_value():
        raise UserError(
            "browse serves the home's own SQLite file; this home keeps its data elsewhere "
            "([database] url)"
        )

    async def queries() -> tuple[NamedQuery, ...]:
        async with open_home(ctx) as app:  # also brings the views up to date
            return tuple(app.store.queries.all())

    marks = settings.output.marks
    served = datasette(home_of(ctx).database, run(queries()), settings.query, marks)

    def tell(address: str) -> None:
        typer.echo(
            f"{address} (it opens once, for you alone; the browser that has it may reload. Ctrl-C "
            "ends it)",
            err=True,
        )

    stops.promise(stops.SERVED)
    run(serve(served, port, tell))

"""`mediawatch browse`: the database in a browser, read-only."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.app import host_clock
from mediawatch.app.databases import browsed_file
from mediawatch.cli.base import home_of, open_home, run, settings_of
from mediawatch.domain.clock import minute
from mediawatch.ops.browse import datasette, serve


def register(app: typer.Typer) -> None:
    app.command("browse")(browse)


def browse(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="Port on 127.0.0.1.", min=1, max=65535)
    ] = 8001,
) -> None:
    """Serve the database to this machine's browser (Datasette; extra `browse`). Ends with Ctrl-C.

    PostgreSQL is served as a copy of this moment. Only the browser that first opens the printed address, which holds a token, is let in.
    """
    settings = settings_of(ctx)

    async def bring_up_to_date() -> None:
        async with open_home(ctx):  # also the views
            pass

    def tell(address: str) -> None:
        typer.echo(
            f"{address} (it opens once, for you alone; the browser that has it may reload. Ctrl-C "
            "ends it)",
            err=True,
        )

    run(bring_up_to_date())
    with browsed_file(home_of(ctx), settings, host_clock) as found:
        marks = list(settings.output.marks)
        if found.taken_at:
            moment = minute(found.taken_at)
            typer.echo(
                f"a copy as of {moment} (Beijing), without contacts; it goes at the end", err=True
            )
            marks.append(f"数据取自{moment}（北京时间），其后的变化不在其中。")
        served = datasette(found.file, found.queries, settings.query, marks)
        stops.promise(stops.SERVED)
        run(serve(served, port, tell))

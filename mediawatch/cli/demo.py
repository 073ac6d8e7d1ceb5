"""`mediawatch demo`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mediawatch import demo as demonstration
from mediawatch import stops
from mediawatch.app import only_one, open_stage
from mediawatch.cli.base import run
from mediawatch.cli.outputs import output
from mediawatch.outputs import Output, OutputKind, Replacing

_DEMO = Output(Path("mediawatch-demo"), OutputKind.HOME, Replacing.NEVER)


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    out: Annotated[
        Output,
        output(
            "--out",
            metavar="DIR",
            help="Home of the demonstration; made anew each time.",
            kind=OutputKind.HOME,
            replacing=Replacing.NEVER,
        ),
    ] = _DEMO,
    world: Annotated[
        Path | None,
        typer.Option(
            "--world", metavar="FILE", help="One inspection of another world (docs/world.md)."
        ),
    ] = None,
) -> None:
    """Run a whole inspection on made-up accounts and local stand-ins of the sites (演示数据)."""

    async def work() -> int:
        home = demonstration.prepare(out.path)
        with only_one(home):
            async with open_stage(home, world or demonstration.shipped_world()) as (app, stage):
                code = await demonstration.run(app, stage, typer.echo)
            if world is None:
                async with open_stage(home, demonstration.next_quarter()) as (app, stage):
                    code |= await demonstration.recheck(app, stage, typer.echo)
            stops.promise(stops.WHOLE)
            typer.echo(
                f"read on with `mediawatch --home {out} flagged`: status, figures, review "
                "list, notice list, query --list …"
            )
            return code

    if code := run(work()):
        sys.exit(code)

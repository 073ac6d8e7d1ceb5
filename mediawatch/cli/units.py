"""`mediawatch units`: systemd's files for this home."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.cli.base import home_of
from mediawatch.ops import systemd as files


def register(app: typer.Typer) -> None:
    app.command("units")(units)


def units(
    ctx: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="Where the files go; /etc/systemd/system is where systemd reads them.",
        ),
    ],
    user: Annotated[
        str, typer.Option("--user", metavar="NAME", help="Owner of the home; never root.")
    ] = "mediawatch",
    backups: Annotated[
        Path,
        typer.Option("--backups", metavar="DIR", help="Where backups go; better another disk."),
    ] = Path("/var/backups/mediawatch"),
) -> None:
    """Write systemd units for this home: the sweep of the night, a weekly backup, a message where
    one fails (docs/running.md).
    """
    program = Path(sys.executable).parent / "mediawatch"
    for path in files.write(
        folder, program=program, home=home_of(ctx).require(), user=user, backups=backups.absolute()
    ):
        typer.echo(path)

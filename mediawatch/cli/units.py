"""`mediawatch units`: systemd's files for this home."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.cli.base import home_of, settings_of
from mediawatch.cli.outputs import output
from mediawatch.ops import systemd as files
from mediawatch.outputs import Output, OutputKind, Replacing

_BACKUPS = Output(Path("/var/backups/mediawatch"), OutputKind.FOLDER, Replacing.NEVER)


def register(app: typer.Typer) -> None:
    app.command("units")(units)


def units(
    ctx: typer.Context,
    folder: Annotated[
        Output,
        output(
            metavar="DIR",
            help="Where the files go, made if need be; systemd reads /etc/systemd/system.",
            kind=OutputKind.FOLDER,
        ),
    ],
    user: Annotated[
        str, typer.Option("--user", metavar="NAME", help="Owner of the home; never root.")
    ] = "mediawatch",
    backups: Annotated[
        Output,
        output(
            "--backups",
            metavar="DIR",
            help="Where backups go; better another disk.",
            kind=OutputKind.FOLDER,
            replacing=Replacing.NEVER,
            check=Output.check_home,
        ),
    ] = _BACKUPS,
    workers: Annotated[
        bool,
        typer.Option(
            "--workers",
            help="Workers look: write their template, too, and a sweep that only orders looks.",
        ),
    ] = False,
) -> None:
    """Write systemd units for this home: the sweep of the night, a weekly backup, a message where
    one fails (docs/running.md).
    """
    program = Path(sys.executable).parent / "mediawatch"
    home, target = home_of(ctx).require(), backups.path.absolute()
    place = settings_of(ctx).evidence.place
    told = files.UnitValues(
        program=program,
        home=home,
        user=user,
        backups=target,
        evidence=Path(place) if place.startswith("/") else home.evidence,
        workers=workers,
    )
    for path in files.write(folder, told):
        typer.echo(path)

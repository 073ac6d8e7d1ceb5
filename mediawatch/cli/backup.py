"""`mediawatch backup` and `mediawatch restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import backup as archives
from mediawatch.app import restore as restoring
from mediawatch.cli.base import open_home, run
from mediawatch.cli.outputs import output
from mediawatch.domain import Backup
from mediawatch.outputs import Output, OutputKind, Replacing
from mediawatch.plurals import count_of


def register(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    ctx: typer.Context,
    target: Annotated[
        Output,
        output(
            metavar="FILE|DIR",
            help="A new tar file, or a folder, made if need be, where it gets a name.",
            kind=OutputKind.EITHER,
            replacing=Replacing.NEVER,
        ),
    ],
    with_sessions: Annotated[
        bool,
        typer.Option("--with-sessions", help="Logins too: a person who has the file is logged in."),
    ] = False,
) -> None:
    """Write database, evidence (but for a shared place's), settings and canaries into one tar file,
    while a sweep may run."""

    async def work() -> Backup:
        async with open_home(ctx) as app:
            if policy := archives.policy_outside(app):
                typer.echo(
                    f"the policy {policy} lies outside the home and is not in the backup: keep a "
                    "copy of it",
                    err=True,
                )
            if app.settings.evidence.place:
                typer.echo(
                    f"the evidence lies in {app.evidence.label} and is not in the backup: let "
                    "whoever runs that place keep copies of it",
                    err=True,
                )
            return await archives.back_up(app, target.path, with_sessions=with_sessions)

    done = run(work())
    typer.echo(
        f"{done.place}: {count_of(done.files, 'file')}, {done.size / 1e6:.1f} "
        f"MB{'' if with_sessions else ', without the logins'}"
    )


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What `mediawatch backup` wrote.")],
    folder: Annotated[
        Output,
        output(
            metavar="DIR",
            help="The new home; must be empty or not there.",
            kind=OutputKind.HOME,
            replacing=Replacing.NEVER,
        ),
    ],
    outside_paths: Annotated[
        bool,
        typer.Option(
            "--outside-paths",
            help="Take settings that lead out of the home, too: database, browser, proxy, policy "
            "file, places of messages.",
        ),
    ] = False,
) -> None:
    """Make a new home from a backup, after its files, settings and database were checked."""
    done = restoring.restore(source, folder.path, outside_paths=outside_paths)
    for each in done.left_out:
        typer.echo(
            f"setting {each.key} was not taken, for it leads out of the home: {each.shown}; set it "
            f"anew in {done.home.config} where it is wanted",
            err=True,
        )
    if done.database:
        typer.echo(
            f"its data are in {done.database}: name that one by MEDIAWATCH_DATABASE__URL for every "
            f"command and unit of this home, or by [database] url in {done.home.config}",
            err=True,
        )
    if done.evidence:
        typer.echo(
            f"its evidence is not in the backup: it lies in {done.evidence}; see that [evidence] "
            f"place in {done.home.config} names that place, or where it was put back; once the former "
            "home is used no more, run `mediawatch evidence take` in this one",
            err=True,
        )
    logins = (
        f"{count_of(done.sessions, 'login')} among them"
        if done.sessions
        else "no logins: `mediawatch login PLATFORM`"
    )
    typer.echo(f"{done.home.root}: {count_of(done.files, 'file')} as of {done.made_at}, {logins}")

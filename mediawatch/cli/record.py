"""`mediawatch record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediawatch.cli.base import open_home, run
from mediawatch.cli.outputs import output
from mediawatch.domain import UserError
from mediawatch.ops.record import RecordedCase
from mediawatch.ops.record import record as recorded
from mediawatch.outputs import Output, OutputKind, Replacing
from mediawatch.plurals import count_of
from mediawatch.registry.find import find_account

_CASES = Output(Path("cases"), OutputKind.FOLDER, Replacing.NEVER)


def register(app: typer.Typer) -> None:
    app.command("record")(record)


def record(
    ctx: typer.Context,
    account: Annotated[
        str,
        typer.Argument(
            metavar="ACCOUNT|URL",
            help="Filing number, name or id of a filed account, or the address of a page.",
        ),
    ],
    out: Annotated[
        Output,
        output(
            "--out",
            metavar="DIR",
            help="The case goes to DIR/PLATFORM/…; made if need be.",
            kind=OutputKind.FOLDER,
            replacing=Replacing.NEVER,
        ),
    ] = _CASES,
    session: Annotated[
        str | None,
        typer.Option(
            "--session", metavar="NAME", help="Use this login; default the one a look takes."
        ),
    ] = None,
    visitor: Annotated[bool, typer.Option("--visitor", help="Look without any login.")] = False,
) -> None:
    """Look at an account once, and keep the site's answers as a case for `verify`. Cookies, tokens
    and the operator are left out."""
    if visitor and session:
        raise UserError("--session and --visitor exclude each other")

    async def work() -> RecordedCase:
        async with open_home(ctx) as app:
            recorder = app.recorder()
            try:
                filed = await app.store.accounts.all(include_retired=True)
                found = (
                    recorder.account_of(account)
                    if "://" in account
                    else find_account(filed, account)
                )
                chosen = "" if visitor else session
                return await recorded(
                    found,
                    recorder=recorder,
                    gate=app.pacing(),
                    now=app.clock,
                    out=out.path,
                    session=chosen,
                )
            finally:
                await recorder.close()

    made = run(work())
    for surface in made.got.surfaces:
        typer.echo(surface)
    typer.echo(
        f"{made.folder}: {count_of(made.answers, 'answer')}. Compare [expect] in case.toml with "
        "the page, "
        f"then: mediawatch verify {made.folder}"
    )

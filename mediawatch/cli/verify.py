"""`mediawatch verify`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import verify as verified
from mediawatch.cli.base import run, settings_of
from mediawatch.plurals import agree, count_of


def register(app: typer.Typer) -> None:
    app.command("verify")(verify)


def verify(
    ctx: typer.Context,
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR...", help="Cases, or folders with cases below them (docs/cases.md)."
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print a JSON object a case.")] = False,
) -> None:
    """Run recorded cases through the real scrapers; exit code 1 when any differs."""

    async def work() -> list[bool | None]:
        found: list[bool | None] = []
        async for result in verified(folders, settings_of(ctx)):
            typer.echo(result.as_json() if json else result.line())
            found.append(result.ok)
        return found

    found = run(work())
    if not json:
        typer.echo(
            f"{count_of(len(found), 'case')}: {found.count(True)} as expected, "
            f"{found.count(False)} {agree(found.count(False), 'differs', 'differ')}, "
            f"{found.count(None)} {agree(found.count(None), 'expects', 'expect')} nothing"
        )
    if False in found:
        sys.exit(1)

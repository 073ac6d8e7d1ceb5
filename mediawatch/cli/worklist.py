"""`mediawatch unproven` and `mediawatch worklist`: what only people can settle, out and in again."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from mediawatch import worklist
from mediawatch.app import App
from mediawatch.cli.base import opened, run
from mediawatch.cli.out import SweepOption, print_or_write, sweep_of
from mediawatch.domain import UserError, Verdict
from mediawatch.policy import parse
from mediawatch.sweep import rejudge
from mediawatch.worklist import Imported, Split, Written

BAD_ROWS = 2
group = typer.Typer(no_args_is_help=True, help="Hand out what the machine cannot prove, and take the answers back.")


def register(app: typer.Typer) -> None:
    app.command("unproven")(unproven)
    group.command("export")(export)
    group.command("import")(import_)
    app.add_typer(group, name="worklist")


def unproven(
    ctx: typer.Context,
    sweep: SweepOption = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV for Excel instead of printing.")] = None,
) -> None:
    """List the accounts that only a person can settle (待人工核查), with the reasons."""

    async def work() -> list[worklist.Unproven]:
        async with opened(ctx) as app:
            chosen = await sweep_of(app, sweep)
            return await worklist.unproven(app.store, chosen, parse(chosen.policy_toml))

    items = run(work())
    print_or_write(worklist.as_table(items), csv)
    if csv is None:
        typer.echo("  ".join(f"{sum(item.verdict is verdict for item in items)} {verdict.value}" for verdict in _ASKED))


_ASKED = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)


def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Where it goes; with --by, FILE-PART.xlsx each.")],
    sweep: SweepOption = None,
    by: Annotated[Split | None, typer.Option(help="One file a prefecture or person.")] = None,
    people: Annotated[str, typer.Option(metavar="甲,乙", help="Who looks, for --by person.")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over files that may hold answers already.")] = False,
) -> None:
    """Write the worklist of a sweep: one yes/no question a row, with QR code, drop-downs and instructions in Chinese."""
    if people and by is not Split.PERSON:
        raise UserError("--people goes with --by person")

    async def work() -> list[Written]:
        async with opened(ctx) as app:
            chosen = await sweep_of(app, sweep)
            return await worklist.export(
                app.store, file, sweep=chosen, policy=parse(chosen.policy_toml), by=by, people=_names(people), marks=app.marks,
                overwrite=overwrite,
            )  # fmt: skip

    written = run(work())
    for each in written:
        typer.echo(f"{each.path}: {each.rows} rows")
    if not any(each.rows for each in written):
        typer.echo("nothing is left to people in this sweep", err=True)


def import_(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Returned worklists.")],
    sweep: SweepOption = None,
    errors: Annotated[Path | None, typer.Option("--errors", metavar="FILE.xlsx", help="Give the refused rows back in this file.")] = None,
) -> None:
    """Take returned worklists in and judge the sweep again. Good rows are kept even where others are refused (then exit 2)."""

    async def work() -> Imported:
        async with opened(ctx) as app:
            imported = await take_in(app, files, sweep)
            if errors and imported.bad_rows:
                worklist.write_bad_rows(errors, imported, sweep=await sweep_of(app, sweep), marks=app.marks)
            return imported

    imported = run(work())
    print_imported(imported)
    if imported.problems:
        if errors and imported.bad_rows:
            typer.echo(f"{errors}: {len(imported.bad_rows)} rows to correct", err=True)
        sys.exit(BAD_ROWS)


async def take_in(app: App, files: Sequence[Path], number: int | None = None) -> Imported:
    """Import into the sweep of that number (or the latest) and judge it again. UserError where a file is not there."""
    if missing := [file for file in files if not file.is_file()]:
        raise UserError(f"no such file: {missing[0]}")
    sweep = await sweep_of(app, number)
    return await worklist.import_files(
        app.store,
        files,
        sweep=sweep,
        policy=parse(sweep.policy_toml),
        now=app.clock(),
        keep_evidence=app.evidence.keep,
        rejudge=lambda sweep_id: rejudge(app.store, app.supports, sweep_id),
    )


def print_imported(imported: Imported) -> None:
    """What an import came to; what people have to read is Chinese."""
    counts = f"{len(imported.readings)} readings kept, {imported.blank} rows not answered, {imported.repeated} known already"
    typer.echo(f"{counts}, {len(imported.bad_rows)} rows refused, {len(imported.links)} new links")
    for line in (*imported.conflicts, *imported.remarks, *imported.problems):
        typer.echo("".join(char if char.isprintable() else " " for char in str(line)), err=True)


def _names(people: str) -> list[str]:
    return [name for name in re.split("[,;\uff0c\uff1b、\\s]+", people) if name]

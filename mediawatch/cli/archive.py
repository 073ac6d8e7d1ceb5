"""`mediawatch notice archive`: the file of a notice (案卷), written and taken in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import NumberArgument, notice_of
from mediawatch.cli.outputs import output
from mediawatch.domain import UserError
from mediawatch.ops.archives import check_archive, write_archive
from mediawatch.outputs import Output, OutputKind
from mediawatch.table import plain

if TYPE_CHECKING:
    from mediawatch.publish.reports.archive import EvidenceGap


def archive(
    ctx: typer.Context,
    number: NumberArgument,
    out: Annotated[
        Output | None,
        output(
            "--out",
            metavar="FILE.zip|DIR",
            help="Write the archive there; a folder is made if need be.",
            kind=OutputKind.EITHER,
        ),
    ] = None,
    acknowledge: Annotated[
        Path | None,
        typer.Option(
            "--acknowledge",
            metavar="FILE.zip",
            help="Note that this very archive was taken in (归档).",
        ),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who took it in; with --acknowledge.")
    ] = "",
    place: Annotated[
        str, typer.Option("--place", metavar="TEXT", help="档号; with --acknowledge.")
    ] = "",
) -> None:
    """Write the file of a notice (案卷): notice, decisions, evidence, hearings, corrections,
    re-checks, with an index and hashes. Or note that it was taken in: only then may its evidence
    leave by age. Exit code 1 when evidence is missing or altered."""
    if (out is None) == (acknowledge is None):
        raise UserError("notice archive needs either --out or --acknowledge")
    if acknowledge is None and (by or place):
        raise UserError("--by and --place go with --acknowledge")
    if out is not None and not out.is_folder and out.path.suffix.lower() != ".zip":
        raise UserError(f"--out {out}: an archive is a .zip file, or goes into a folder")
    if out is not None:
        _write(ctx, number, out)
    elif acknowledge is not None:
        _acknowledge(ctx, number, acknowledge, by, place)


def _write(ctx: typer.Context, number: str, out: Output) -> None:
    # Imported here: what makes documents costs every other command about notices.
    from mediawatch.app.archives import build_archive
    from mediawatch.publish.reports.sheets import safe

    async def work() -> tuple[Path, int, list[EvidenceGap]]:
        async with open_home(ctx) as app:
            notice, _ = await notice_of(app, number)
            file = out.file(f"案卷 {safe(notice.number)}.zip") if out.is_folder else out
            file.check()
            made = await build_archive(app, notice)
            with file.whole() as stream:
                write_archive(stream, made.members, made.manifest, made.state_at)
            return file.path, len(made.members), list(made.gaps)

    target, count, gaps = run(work())
    for gap in gaps:
        typer.echo(plain(gap.words), err=True)
    typer.echo(
        f"{target}: {count} members, {len(gaps)} pieces of evidence not there, SHA-256 "
        f"{check_archive(target).sha256}"
    )
    if any(gap.is_loss for gap in gaps):
        sys.exit(1)


def _acknowledge(ctx: typer.Context, number: str, file: Path, by: str, place: str) -> None:
    from mediawatch.app.archives import acknowledge_archive

    async def work() -> str:
        async with open_home(ctx) as app:
            notice, _ = await notice_of(app, number)
            event = await acknowledge_archive(app, notice, file, by=by, place=place)
            return f"{notice.number}: archive taken in by {event.by}, SHA-256 {event.source}"

    typer.echo(run(work()))

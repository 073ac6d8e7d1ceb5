"""`mediawatch report`: the documents of an inspection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import opened, run
from mediawatch.cli.out import SweepOption, sweep_of
from mediawatch.cli.reminders import reminders
from mediawatch.domain import UserError
from mediawatch.files import write_whole
from mediawatch.office import read_office
from mediawatch.policy import parse
from mediawatch.reports import annexes, pages, word
from mediawatch.reports.inspection import Inspection, inspection
from mediawatch.reports.xlsx import workbook

OutOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the document goes.")]
OpenOption = Annotated[bool, typer.Option("--include-open", help="Unconfirmed findings too; marks the document.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Write the documents of an inspection (xlsx, docx, html) and the texts to the units.")
    group.command("xlsx")(xlsx)
    group.command("docx")(docx)
    group.command("html")(html)
    group.command("template")(template)
    group.command("reminders")(reminders)
    app.add_typer(group, name="report")


def xlsx(ctx: typer.Context, out: OutOption, sweep: SweepOption = None, include_open: OpenOption = False) -> None:
    """Write the annexes as a workbook: 检查情况统计表, the lists of problems, 人工核查清单."""
    _write(ctx, out, sweep, include_open, lambda told, app: annex_book(told))


def docx(
    ctx: typer.Context,
    out: OutOption,
    sweep: SweepOption = None,
    include_open: OpenOption = False,
    template_: Annotated[
        Path | None, typer.Option("--template", metavar="FILE", help="Your own; default circular.docx in the home, else ours.")
    ] = None,
    signed_on: Annotated[str, typer.Option("--date", metavar="DAY", help="成文日期, 2023-02-09; else left open.")] = "",
) -> None:
    """Write the circular as a Word document: 总体情况, 主要问题, annexes."""
    day = _day(signed_on)

    def made(told: Inspection, app: App) -> bytes:
        own = app.home.root / word.TEMPLATE
        return word.circular(told, template=template_ or (own if own.is_file() else None), signed_on=day)

    _write(ctx, out, sweep, include_open, made)


def html(ctx: typer.Context, out: OutOption, sweep: SweepOption = None, include_open: OpenOption = False) -> None:
    """Write one self-contained page: figures, charts, searchable lists, thumbnails of the evidence."""
    _write(ctx, out, sweep, include_open, lambda told, app: pages.report(told, app.home.evidence))


def template(out: OutOption) -> None:
    """Write our Word template, for the office to change; `report docx` takes circular.docx of the home."""
    write_whole(out, word.shipped_template())
    typer.echo(str(out))


def annex_book(told: Inspection) -> bytes:
    """The annexes of an inspection, a sheet each; empty lists are left out except the list of problems."""
    sheets = [("检查情况统计表", annexes.regions(told)), ("突出问题名单", annexes.failed(told))]
    sheets += [
        (name, table) for name, table in (("异常单列", annexes.listed(told)), ("人工核查清单", annexes.to_be_seen(told))) if table.rows
    ]
    return workbook(sheets, counts=annexes.COUNTS, marks=told.marks, made_at=told.sweep.as_of)


async def inspection_of(app: App, number: int | None, *, include_open: bool) -> Inspection:
    """What the documents of a sweep print, from what the store holds."""
    sweep = await sweep_of(app, number)
    scope = await app.store.scope(sweep.id)
    readings = await app.store.readings([entry.account.id for entry in scope if entry.judgement and entry.judgement.findings])
    policy = parse(sweep.policy_toml, f"policy of sweep {sweep.id}")
    surfaces = {facts.name: facts.label for platform in {entry.account.platform for entry in scope} for facts in app.surfaces(platform)}
    office = read_office(app.home.root)
    return inspection(sweep, scope, readings, policy, office, include_open=include_open, marks=app.marks, surfaces=surfaces)


def _write(ctx: typer.Context, out: Path, sweep: int | None, include_open: bool, made: Callable[[Inspection, App], bytes]) -> None:
    async def work() -> tuple[Inspection, bytes]:
        async with opened(ctx) as app:
            told = await inspection_of(app, sweep, include_open=include_open)
            return told, made(told, app)

    told, body = run(work())
    write_whole(out, body)
    whole = told.statistics.whole
    typer.echo(f"{out}: {whole.failed} accounts failed of {whole.checked} checked, {whole.open} open")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UserError(f"--date {text}: write it as 2023-02-09") from None

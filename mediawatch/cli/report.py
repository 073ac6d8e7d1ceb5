"""`mediawatch report`: the documents of an inspection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import NoticeOption, SweepOption, choose_inspection
from mediawatch.cli.outputs import output
from mediawatch.cli.reminders import reminders
from mediawatch.domain import UserError
from mediawatch.domain.clock import parse_day
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports import pages, word
from mediawatch.publish.reports.annexes import annex_book

OutOption = Annotated[Output, output("--out", metavar="FILE", help="Where the document goes.")]
OpenOption = Annotated[
    bool, typer.Option("--include-open", help="Unconfirmed findings too; marks the document.")
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="Write the documents of an inspection (xlsx, docx, html) and the texts to the units.",
    )
    group.command("xlsx")(xlsx)
    group.command("docx")(docx)
    group.command("html")(html)
    group.command("template")(template)
    group.command("reminders")(reminders)
    group.command("statistics-script")(statistics_script)
    app.add_typer(group, name="report")


def xlsx(
    ctx: typer.Context,
    out: OutOption,
    sweep: SweepOption = None,
    notice: NoticeOption = "",
    include_open: OpenOption = False,
) -> None:
    """Write the annexes as a workbook: 检查情况统计表, the lists of problems, 人工核查清单."""
    _write(ctx, out, sweep, notice, include_open, lambda inspection, app: annex_book(inspection))


def docx(
    ctx: typer.Context,
    out: OutOption,
    sweep: SweepOption = None,
    notice: NoticeOption = "",
    include_open: OpenOption = False,
    template_: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="FILE",
            help="Your own; default circular.docx in the home, else ours.",
        ),
    ] = None,
    signed_on: Annotated[
        str,
        typer.Option(
            "--date", metavar="DAY", help="成文日期; default the notice's, else left open."
        ),
    ] = "",
) -> None:
    """Write the circular as a Word document: 总体情况, 主要问题, annexes."""
    day = day_option(signed_on)

    def made(inspection: Inspection, app: App) -> bytes:
        own = template_ or word.own_template(app.home.root)
        return word.circular(inspection, template=own, signed_on=day)

    _write(ctx, out, sweep, notice, include_open, made)


def html(
    ctx: typer.Context,
    out: OutOption,
    sweep: SweepOption = None,
    notice: NoticeOption = "",
    include_open: OpenOption = False,
) -> None:
    """Write one self-contained page: figures, charts, searchable lists, thumbnails of the
    evidence.
    """
    _write(
        ctx,
        out,
        sweep,
        notice,
        include_open,
        lambda inspection, app: pages.report(inspection, app.home.evidence),
    )


def template(out: OutOption) -> None:
    """Write our Word template, for the office to change; `report docx` takes circular.docx of the
    home.
    """
    out.write(word.shipped_template(), shared=True)
    typer.echo(str(out))


def statistics_script(out: OutOption) -> None:
    """Write a small script by which a unit itself lists its 公众号's posts. It keeps its AppSecret;
    the table that the script makes is a hint.
    """
    script = resources.files("mediawatch").joinpath("data", "unit_statistics.py")
    out.write(script.read_bytes(), shared=True)
    typer.echo(f"{out}: the unit runs it with Python 3.8 or newer; how, it says at its top")


def _write(
    ctx: typer.Context,
    out: Output,
    sweep: int | None,
    notice: str,
    include_open: bool,
    made: Callable[[Inspection, App], bytes],
) -> None:
    async def work() -> tuple[Inspection, bytes]:
        async with open_home(ctx) as app:
            inspection = await choose_inspection(app, sweep, notice, include_open=include_open)
            return inspection, made(inspection, app)

    inspection, body = run(work())
    out.write(body, shared=True)
    whole = inspection.statistics.whole
    typer.echo(
        f"{out}: {count_of(whole.failed, 'account')} failed of {whole.checked} checked, "
        f"{whole.open} open"
    )


def day_option(text: str, option: str = "--date") -> date | None:
    """What `--date`, or another option, says. UserError where it is no day."""
    try:
        return parse_day(text) if text else None
    except ValueError as error:
        raise UserError(f"{option} {text}: {error}") from None

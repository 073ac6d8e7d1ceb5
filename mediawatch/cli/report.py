"""`mediawatch report`: the documents of an inspection."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import open_home, run
from mediawatch.cli.inspection_choice import InspectionChoice, with_choice
from mediawatch.cli.outputs import output
from mediawatch.cli.reminders import reminders
from mediawatch.cli.upward import upward
from mediawatch.domain import UserError
from mediawatch.domain.clock import parse_day
from mediawatch.ops.settings.office import FILE
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.publish.circular.annex_numbers import annexes_without_number
from mediawatch.publish.circular.frame import number
from mediawatch.publish.circular.overview import rate_points
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports import word
from mediawatch.publish.reports.annexes import annex_book, open_book
from mediawatch.publish.reports.region_pages import pages_folder, report_files

OutOption = Annotated[Output, output("--out", metavar="FILE", help="Where the document goes.")]
DuringOption = Annotated[
    str,
    typer.Option(
        "--checked-during", metavar="WORDS", help="检查时间 as people write it, such as 2月中下旬."
    ),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="Write the documents of an inspection (xlsx, docx, html) and the texts to the units.",
    )
    group.command("xlsx")(with_choice(xlsx))
    group.command("open")(with_choice(open_list))
    group.command("docx")(with_choice(docx))
    group.command("html")(with_choice(html))
    group.command("template")(template)
    group.command("reminders")(reminders)
    group.command("upward")(upward)
    group.command("statistics-script")(statistics_script)
    app.add_typer(group, name="report")


def xlsx(
    ctx: typer.Context,
    out: OutOption,
    choice: InspectionChoice,
) -> None:
    """Write the annexes as a workbook: 检查情况统计表, the lists of problems, 复查情况; of the newest
    notice of the inspection, else of a draft.
    """
    _write(ctx, out, choice, lambda inspection, app: annex_book(inspection), newest_notice=True)


def open_list(
    ctx: typer.Context,
    out: OutOption,
    choice: InspectionChoice,
) -> None:
    """Write 人工核查清单 as a workbook of its own: what is still open, and why. It is internal, and
    stands in no circular.
    """
    _write(ctx, out, choice, lambda inspection, app: open_book(inspection))


def docx(
    ctx: typer.Context,
    out: OutOption,
    choice: InspectionChoice,
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
    checked_during: DuringOption = "",
    part: Annotated[
        bool,
        typer.Option(
            "--part",
            help="Only our paragraphs and annexes of a joint circular, in our layout or --template.",
        ),
    ] = False,
) -> None:
    """Write the circular as a Word document: of the newest notice of the inspection, else a draft,
    or our part of a joint one (--part).
    """
    day = day_option(signed_on)
    if part and checked_during:
        raise UserError(
            "--checked-during goes without --part: 检查时间 stands in the 引据, which the joint "
            "document has and our part lacks"
        )

    def made(inspection: Inspection, app: App) -> bytes:
        tell_missing(inspection, day)
        own = template_ or (None if part else word.own_template(app.home.root))
        return word.circular(
            inspection,
            template=own,
            signed_on=day,
            checked_during=checked_during,
            part=part,
        )

    _write(ctx, out, choice, made, newest_notice=True)


def html(
    ctx: typer.Context,
    out: OutOption,
    choice: InspectionChoice,
    checked_during: DuringOption = "",
) -> None:
    """Write one self-contained page of the newest notice of the inspection, else of a draft:
    figures, charts, searchable lists, thumbnails of the evidence. Long lists stand on a page for each
    region, in a folder beside it.
    """

    async def work() -> tuple[Inspection, int]:
        async with open_home(ctx) as app:
            inspection = await choice.load(app, newest_notice=True)
            written = set()
            with out.together(shared=True) as write:
                for name, body in report_files(
                    inspection, app.evidence, out.path.name, checked_during=checked_during
                ):
                    written.add(out.path.parent / name)
                    write(out.path.parent / name, body)
                _refuse_older_pages(out, written)
            return inspection, len(written) - 1

    inspection, further = run(work())
    _tell_written(out, inspection)
    if further:
        typer.echo(
            f"{out.path.with_name(pages_folder(out.path.name))}: {count_of(further, 'page')} of regions and "
            "departments, which the first page leads to: hand them on together"
        )


def _refuse_older_pages(out: Output, written: Collection[Path]) -> None:
    """UserError where pages of an earlier report would stay: they may name who is in order by now."""
    folder = out.path.with_name(pages_folder(out.path.name))
    if set(folder.glob("*.html")) - set(written):
        raise UserError(
            f"{folder} holds pages of an earlier report: remove it, or name another file"
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
    choice: InspectionChoice,
    made: Callable[[Inspection, App], bytes],
    *,
    newest_notice: bool = False,
) -> None:
    async def work() -> tuple[Inspection, bytes]:
        async with open_home(ctx) as app:
            inspection = await choice.load(app, newest_notice=newest_notice)
            return inspection, made(inspection, app)

    inspection, body = run(work())
    out.write(body, shared=True)
    _tell_written(out, inspection)


def _tell_written(out: Output, inspection: Inspection) -> None:
    whole = inspection.statistics.whole
    typer.echo(
        f"{out}: {count_of(whole.failed, 'account')} failed of {whole.checked} checked, "
        f"{whole.open} open"
    )


def tell_missing(inspection: Inspection, signed_on: date | None) -> None:
    """Say on standard error what a draft lacks of a notice, and what could not be compared."""
    office = inspection.office
    if inspection.issued is None:
        lacks = [
            words
            for filled, words in (
                (office.issuer, "发文机关 (office.toml: issuer)"),
                (office.addressees, "主送机关 (office.toml: addressees)"),
                (
                    number(inspection),
                    "发文字号 (office.toml: number; one that no notice bears yet)",
                ),
                (signed_on, "成文日期 (--date)"),
                (office.contact or office.phone, "联系人 (office.toml: contact, phone)"),
            )
            if not filled
        ]
        lacks.append("整改期限 and 报送期限 (`mediawatch notice issue` sets them)")
        typer.echo(
            f"a draft of sweep {inspection.sweep.id}, not a notice; it lacks {', '.join(lacks)}",
            err=True,
        )
    for title in annexes_without_number(inspection):
        typer.echo(f"{FILE}: annexes has no number for {title}: it is left out", err=True)
    if office.compare and rate_points(inspection) is None:
        why = (
            f"sweep {inspection.sweep.id} has no finished census before it under the same rules"
            if inspection.before is None
            else f"something is open in it or in sweep {inspection.before.sweep.id}"
        )
        typer.echo(f"no 合格率 to compare with: {why}", err=True)


def day_option(text: str, option: str = "--date") -> date | None:
    """What `--date`, or another option, says. UserError where it is no day."""
    try:
        return parse_day(text) if text else None
    except ValueError as error:
        raise UserError(f"{option} {text}: {error}") from None

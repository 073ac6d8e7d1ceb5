"""`mediawatch circular`: an office's own table or circular, before it is printed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.cli.base import fit_prose
from mediawatch.figures.printed.check import PrintedCheck, check_figures
from mediawatch.figures.printed.grids import PrintedGrid
from mediawatch.figures.printed.remarks import PrintedPlace, RemarkKind
from mediawatch.workbooks.places import column_letter
from mediawatch.workbooks.tables import Document, read_document

SLIPS_EXIT = 1
_MOST_UNCHECKED = 5
"""Remarks on one column of a table that are printed one by one."""
group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check an office's own circular or table of figures (通报).",
)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="circular")


@group.command()
def check(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The table or circular: xlsx, xls, csv or docx.")
    ],
) -> None:
    """Name the slips in the figures of a table or circular: sums, rates, lists, deadlines, each with its
    place. Says what it did not understand. Exit code 1 where there is a slip.
    """
    document = read_document(file)
    found = check_figures([*_grids(document)], document.paragraphs)
    typer.echo(fit_prose(report(found)))
    if found.slips:
        raise typer.Exit(SLIPS_EXIT)


def _grids(document: Document) -> list[PrintedGrid]:
    return [
        PrintedGrid(
            sheet.name or document.path.name,
            sheet.rows,
            unread={place: defect.chinese for place, defect in sheet.defects.items()},
            filled=frozenset(sheet.filled),
        )
        for sheet in document.sheets
        if not sheet.out_of_sight and not sheet.empty
    ]


def report(found: PrintedCheck) -> str:
    """The remarks by kind, and how much was compared."""
    lines = []
    for kind in RemarkKind:
        some = [each for each in found.remarks if each.kind is kind]
        lines += [f"{kind.label}{len(some)}处："] if some else []
        shown: Counter[tuple[str, int | None]] = Counter()
        for each in some:
            column = (each.place.part, each.place.column)
            shown[column] += bool(each.place.part)
            if kind is not RemarkKind.UNCHECKED or shown[column] <= _MOST_UNCHECKED:
                lines.append(f"  {place_words(each.place)}：{each.words}")
        more = sum(max(0, count - _MOST_UNCHECKED) for count in shown.values())
        if kind is RemarkKind.UNCHECKED and more:
            lines.append(f"  另有{more}处同类的未核对。")
    if not found.slips:
        lines.append("已核对的数字之间未见差错；未核对的不在此列。")
    lines.append(f"读到{found.tables}张表、{found.lines}行数字。")
    return "\n".join(lines)


def place_words(place: PrintedPlace) -> str:
    """`“附件2”第3行D列`, `正文第5段`."""
    if not place.part:
        return "正文" if place.row is None else f"正文第{place.row + 1}段"
    row = "" if place.row is None else f"第{place.row + 1}行"
    column = "" if place.column is None else f"{column_letter(place.column)}列"
    return f"“{place.part}”{row}{column}"

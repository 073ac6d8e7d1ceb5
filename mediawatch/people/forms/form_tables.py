"""Sheets of returned forms: their headings found again, their rows, and the pictures in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from mediawatch.people.forms.book import GUIDE_SHEET, META_SHEET
from mediawatch.people.forms.columns import Cell, H, match_columns, text_of
from mediawatch.people.forms.pictures import Shot, load_named, load_placed
from mediawatch.people.forms.returned import ReturnedRow
from mediawatch.people.forms.rowkey import parse_key
from mediawatch.workbooks.cell_defects import CellDefect
from mediawatch.workbooks.forms import FormFile, FormSheet
from mediawatch.workbooks.pictures import PlacedPicture
from mediawatch.workbooks.places import Place, column_letter
from mediawatch.workbooks.refusals import BadFile

_HEADING_ROWS = 30
_ENOUGH = 6
"""So many known headings make a row the heading row."""


@dataclass(frozen=True, slots=True)
class FormTable(Generic[H]):
    """A sheet with the heading row that was looked for.

    What stands below it, and where its columns are.
    """

    sheet: str
    part: str
    first: int
    """Number of the first row below the headings, from 1."""
    places: Mapping[H, int]
    grid: Sequence[Sequence[Cell]]
    defects: Mapping[tuple[int, int], CellDefect]

    def unread(
        self, number: int, columns: Container[H], pictures: Sequence[PlacedPicture]
    ) -> dict[H, CellDefect]:
        """Why cells of a row cannot be read, by column.

        A cell that holds a picture shows an error in programs that do not know such pictures.
        """
        pictured = {placed.column for placed in pictures}
        return {
            column: defect
            for column, place in self.places.items()
            if (defect := self.defects.get((number - 1, place)))
            and column in columns
            and not (defect is CellDefect.PICTURE and place in pictured)
        }

    def rows(
        self, key: H, pictures: Mapping[int, Sequence[PlacedPicture]]
    ) -> Iterator[tuple[int, dict[H, Cell]]]:
        """(number, cells by column) of every row; a cell that holds a picture has no text.

        The key is known by its form: its hidden heading may be gone.
        """
        for number, cells in enumerate(self.grid, self.first):
            pictured = {placed.column for placed in pictures.get(number, ())}
            named = {
                column: ""
                if place in pictured and self.defects.get((number - 1, place)) is CellDefect.PICTURE
                else cells[place]
                for column, place in self.places.items()
                if place < len(cells)
            }
            named[key] = next(
                (cell for cell in cells if isinstance(cell, str) and parse_key(cell)),
                named.get(key),
            )
            yield number, named


def form_rows(
    path: Path,
    columns: type[H],
    key: H,
    required: Sequence[H],
    *,
    shots: H | None = None,
    given: H | None = None,
) -> Iterator[ReturnedRow[H]]:
    """The rows of another kind of list.

    Where `shots` is given they have their pictures: those that lie in the row, and those named in
    that column. BadFile as for `read_rows`.

    What lies in the column `given` was sent out in it, and is left out.
    """
    with FormFile(path) as form:
        sheets = form.sheets((GUIDE_SHEET, META_SHEET))
        for table in form_tables(sheets, lambda cells: match_columns(cells, columns), required):
            pictures = placed_pictures(form, table) if shots is not None else {}
            for number, cells in table.rows(key, pictures):
                sent = table.places.get(given) if given is not None else None
                # Office suites compress what was sent anew: no hash tells it from an answer.
                own = [each for each in pictures.get(number, ()) if each.column != sent]
                found = load_shots(form, own, None)
                found += (
                    load_named(path.parent, text_of(cells.get(shots))) if shots is not None else []
                )
                place = Place(path.name, table.sheet, number)
                read = [column for column in columns if column != given]
                unread = table.unread(number, read, pictures.get(number, ()))
                yield ReturnedRow(place=place, cells=cells, shots=tuple(found), unread=unread)


def form_tables(
    sheets: Sequence[FormSheet],
    match: Callable[[Sequence[str]], dict[H, int]],
    required: Sequence[H],
) -> Iterator[FormTable[H]]:
    """The sheets that have the headings. BadFile where none has, or a column is missing."""
    found = False
    for sheet in sheets:
        grid = sheet.grid
        headings = find_headings(grid, match)
        if headings is None:
            continue
        found = True
        at, places = headings
        if missing := [
            re.sub(r"（.*）", "", column.value) for column in required if column not in places
        ]:
            raise BadFile(f"工作表“{sheet.name}”缺少“{'”“'.join(missing)}”列：请不要删除或改写表头")
        bad = next((each for each in sorted(sheet.defects) if each[0] == at), None)
        if bad is not None:
            raise BadFile(
                f"工作表“{sheet.name}”第{at + 1}行表头{column_letter(bad[1])}列："
                f"{sheet.defects[bad].chinese}"
            )
        yield FormTable(sheet.name, sheet.part, at + 2, places, grid[at + 1 :], sheet.defects)
    if not found:
        raise BadFile("没有找到系统导出清单的表头：请交回系统导出的原表")


def find_headings(
    grid: Sequence[Sequence[Cell]], match: Callable[[Sequence[str]], dict[H, int]]
) -> tuple[int, dict[H, int]] | None:
    """The heading row (from 0) and its columns.

    It is the one among the first rows that knows most of them.
    """
    tried = [
        (number, match([text_of(cell) for cell in row]))
        for number, row in enumerate(grid[:_HEADING_ROWS])
    ]
    best = max(tried, key=lambda pair: len(pair[1]), default=None)
    return best if best and len(best[1]) >= _ENOUGH else None


def placed_pictures(form: FormFile, table: FormTable[H]) -> dict[int, list[PlacedPicture]]:
    """Pictures of a sheet by row (from 1). BadFile names the sheet."""
    try:
        return form.placed_pictures(table.part)
    except BadFile as bad:
        raise BadFile(f"工作表“{table.sheet}”：{bad}") from None


def load_shots(
    form: FormFile, placed: Sequence[PlacedPicture], qr_column: int | None
) -> list[Shot]:
    """The pictures of a row, without our own QR codes and what lies in their column."""
    loaded = (load_placed(form, each, qr_column) for each in placed)
    return [shot for shot in loaded if shot is not None]


def written_text(cell: Cell) -> str:
    """What was typed, with its line breaks."""
    return cell if isinstance(cell, str) else text_of(cell)

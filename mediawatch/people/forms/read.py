"""Returned worklists in: rows found by their key.

They may have been sorted, moved, added or saved by another program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Self

from mediawatch.people.forms.book import GUIDE_SHEET, META_SHEET
from mediawatch.people.forms.columns import (
    ANSWERS,
    REQUIRED,
    SEALED,
    Cell,
    Column,
    H,
    match_columns,
    match_headings,
    text_of,
)
from mediawatch.people.forms.pictures import Shot, load_named, load_placed
from mediawatch.people.forms.problem_columns import (
    PROBLEM_ANSWERS,
    PROBLEM_CLAIMS,
    PROBLEM_REQUIRED,
    PROBLEM_SEALED,
    ProblemColumn,
)
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
_READ = frozenset({Column.KEY, *SEALED, Column.LINK, *ANSWERS})
"""The other columns are for whoever fills in the list."""
_READ_OF_PROBLEMS = frozenset({ProblemColumn.KEY, *PROBLEM_SEALED, *PROBLEM_ANSWERS})
_CLAIMS = (
    Column.POSTED,
    Column.POSTED_ON,
    Column.SEEN_NAME,
    Column.STATE,
    Column.SEEN_ID,
    Column.SHOT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistRow(ReturnedRow[Column]):
    """One row of a returned worklist."""

    def heading(self, column: Column) -> str:
        return column.short

    @property
    def blank(self) -> bool:
        """Not answered: a name or a time alone claims nothing.

        People often fill it down the whole column.
        """
        return not self.answers(_CLAIMS)


@dataclass(frozen=True, slots=True)
class _Table(Generic[H]):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow(ReturnedRow[ProblemColumn]):
    """One row of a returned sheet 人工检查."""

    def heading(self, column: ProblemColumn) -> str:
        return column.short

    @property
    def blank(self) -> bool:
        return not self.answers(PROBLEM_CLAIMS)


class ReturnedWorklist:
    """A returned file, parsed once: its worklist sheets, and its sheets 人工检查.

    Use as a context manager. Rows come with their pictures, loaded row by row.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened = ExitStack()
        self._form: FormFile | None = None
        self._sheets: list[FormSheet] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def rows(self) -> Iterator[WorklistRow]:
        """BadFile where the file has neither kind of sheet, or a column is missing."""
        form = self._form = self._opened.enter_context(FormFile(self.path))
        self._sheets = form.sheets((GUIDE_SHEET, META_SHEET))
        asking, checking = self._divide()
        if not asking and checking:
            return
        for table in _tables(asking, match_headings, REQUIRED):
            yield from _rows(self.path, form, table)

    def problem_rows(self) -> Iterator[ProblemRow]:
        """The rows of the sheets 人工检查, once `rows` has come to its end; none without any."""
        _, checking = self._divide()
        if self._form is None or not checking:
            return
        for table in _tables(checking, _match_problems, PROBLEM_REQUIRED):
            yield from _problem_rows(self.path, self._form, table)

    def _divide(self) -> tuple[list[FormSheet], list[FormSheet]]:
        """The sheets that are not 人工检查, and those that are."""
        checking = [
            sheet
            for sheet in self._sheets
            if (found := _headings(sheet.grid, _match_problems)) is not None
            and {ProblemColumn.KIND, ProblemColumn.ANSWER} <= found[1].keys()
        ]
        return [sheet for sheet in self._sheets if sheet not in checking], checking


def _match_problems(cells: Sequence[str]) -> dict[ProblemColumn, int]:
    return match_columns(cells, ProblemColumn)


def read_rows(path: Path) -> Iterator[WorklistRow]:
    """The rows of every worklist sheet, pictures loaded row by row.

    BadFile where the file lacks such a sheet, or a column is missing.
    """
    with ReturnedWorklist(path) as returned:
        yield from returned.rows()


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

    What cannot be read in the column `given` was sent out in it, and is left out.
    """
    with FormFile(path) as form:
        sheets = form.sheets((GUIDE_SHEET, META_SHEET))
        for table in _tables(sheets, lambda cells: match_columns(cells, columns), required):
            pictures = _pictures(form, table) if shots is not None else {}
            for number, cells in table.rows(key, pictures):
                loaded = [
                    (placed, load_placed(form, placed, None)) for placed in pictures.get(number, ())
                ]
                sent = table.places.get(given) if given is not None else None
                found = [
                    shot
                    for placed, shot in loaded
                    if shot is not None and not (shot.problem and placed.column == sent)
                ]
                found += (
                    load_named(path.parent, text_of(cells.get(shots))) if shots is not None else []
                )
                place = Place(path.name, table.sheet, number)
                read = [column for column in columns if column != given]
                unread = table.unread(number, read, pictures.get(number, ()))
                yield ReturnedRow(place=place, cells=cells, shots=tuple(found), unread=unread)


def _tables(
    sheets: Sequence[FormSheet],
    match: Callable[[Sequence[str]], dict[H, int]],
    required: Sequence[H],
) -> Iterator[_Table[H]]:
    found = False
    for sheet in sheets:
        grid = sheet.grid
        headings = _headings(grid, match)
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
        yield _Table(sheet.name, sheet.part, at + 2, places, grid[at + 1 :], sheet.defects)
    if not found:
        raise BadFile("没有找到系统导出清单的表头：请交回系统导出的原表")


def _headings(
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


def _pictures(form: FormFile, table: _Table[H]) -> dict[int, list[PlacedPicture]]:
    try:
        return form.placed_pictures(table.part)
    except BadFile as bad:
        raise BadFile(f"工作表“{table.sheet}”：{bad}") from None


def _rows(path: Path, form: FormFile, table: _Table[Column]) -> Iterator[WorklistRow]:
    pictures = _pictures(form, table)
    for number, named in table.rows(Column.KEY, pictures):
        placed = pictures.get(number, ())
        shots = _shots(form, placed, table.places.get(Column.QR))
        shots += load_named(path.parent, _written(named.get(Column.SHOT)))
        place = Place(path.name, table.sheet, number)
        unread = table.unread(number, _READ, placed)
        row = WorklistRow(place=place, cells=named, shots=tuple(shots), unread=unread)
        if row.text(Column.KEY) or not row.blank:
            yield row


def _problem_rows(path: Path, form: FormFile, table: _Table[ProblemColumn]) -> Iterator[ProblemRow]:
    pictures = _pictures(form, table)
    for number, named in table.rows(ProblemColumn.KEY, pictures):
        placed = pictures.get(number, ())
        shots = _shots(form, placed, table.places.get(ProblemColumn.QR))
        shots += load_named(path.parent, _written(named.get(ProblemColumn.SHOT)))
        place = Place(path.name, table.sheet, number)
        unread = table.unread(number, _READ_OF_PROBLEMS, placed)
        row = ProblemRow(place=place, cells=named, shots=tuple(shots), unread=unread)
        if row.text(ProblemColumn.KEY) or not row.blank:
            yield row


def _shots(form: FormFile, placed: Sequence[PlacedPicture], qr_column: int | None) -> list[Shot]:
    loaded = (load_placed(form, each, qr_column) for each in placed)
    return [shot for shot in loaded if shot is not None]


def _written(cell: Cell) -> str:
    return cell if isinstance(cell, str) else text_of(cell)

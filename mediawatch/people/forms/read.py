"""Returned worklists in: rows found by their key.

They may have been sorted, moved, added or saved by another program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Self, TypeVar

from mediawatch.people.forms.book import GUIDE_SHEET, META_SHEET
from mediawatch.people.forms.columns import (
    ANSWERS,
    REQUIRED,
    SEALED,
    Column,
    H,
    match_columns,
    match_headings,
    text_of,
)
from mediawatch.people.forms.form_tables import (
    FormTable,
    find_headings,
    form_tables,
    load_shots,
    placed_pictures,
    written_text,
)
from mediawatch.people.forms.pictures import load_named
from mediawatch.people.forms.problem_columns import (
    PROBLEM_ANSWERS,
    PROBLEM_CLAIMS,
    PROBLEM_REQUIRED,
    PROBLEM_SEALED,
    ProblemColumn,
)
from mediawatch.people.forms.returned import ReturnedRow
from mediawatch.workbooks.forms import FormFile, FormSheet
from mediawatch.workbooks.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class _RowColumns(Generic[H]):
    """Where the rows of a sheet have what is read of them."""

    key: H
    qr: H
    shot: H
    read: frozenset[H]
    """The other columns are for whoever fills in the list."""


_ASKING = _RowColumns(
    key=Column.KEY,
    qr=Column.QR,
    shot=Column.SHOT,
    read=frozenset({Column.KEY, *SEALED, Column.LINK, *ANSWERS}),
)
_CHECKING = _RowColumns(
    key=ProblemColumn.KEY,
    qr=ProblemColumn.QR,
    shot=ProblemColumn.SHOT,
    read=frozenset({ProblemColumn.KEY, *PROBLEM_SEALED, *PROBLEM_ANSWERS}),
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow(ReturnedRow[ProblemColumn]):
    """One row of a returned sheet 人工检查."""

    def heading(self, column: ProblemColumn) -> str:
        return column.short

    @property
    def blank(self) -> bool:
        return not self.answers(PROBLEM_CLAIMS)


FormRowT = TypeVar("FormRowT", WorklistRow, ProblemRow)


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
        for table in form_tables(asking, match_headings, REQUIRED):
            yield from _rows(self.path, form, table, _ASKING, WorklistRow)

    def problem_rows(self) -> Iterator[ProblemRow]:
        """The rows of the sheets 人工检查, once `rows` has come to its end; none without any."""
        _, checking = self._divide()
        if self._form is None or not checking:
            return
        for table in form_tables(checking, _match_problems, PROBLEM_REQUIRED):
            yield from _rows(self.path, self._form, table, _CHECKING, ProblemRow)

    def _divide(self) -> tuple[list[FormSheet], list[FormSheet]]:
        """The sheets that are not 人工检查, and those that are."""
        checking = [
            sheet
            for sheet in self._sheets
            if (found := find_headings(sheet.grid, _match_problems)) is not None
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


def _rows(
    path: Path,
    form: FormFile,
    table: FormTable[H],
    columns: _RowColumns[H],
    row_of: Callable[..., FormRowT],
) -> Iterator[FormRowT]:
    """The rows of a table that have a key or an answer, with the pictures handed in for each."""
    pictures = placed_pictures(form, table)
    for number, named in table.rows(columns.key, pictures):
        placed = pictures.get(number, ())
        shots = load_shots(form, placed, table.places.get(columns.qr))
        shots += load_named(path.parent, written_text(named.get(columns.shot)))
        place = Place(path.name, table.sheet, number)
        unread = table.unread(number, columns.read, placed)
        row = row_of(place=place, cells=named, shots=tuple(shots), unread=unread)
        if text_of(named.get(columns.key)) or not row.blank:
            yield row

"""One sheet of a file, as every format is read into it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from mediawatch.workbooks.cell_defects import (
    ERROR_TEXT,
    FIRST_SIGNS,
    CellDefect,
    Rectangle,
    defect_of,
)
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.places import Place, column_letter

Value: TypeAlias = str | int | float | bool | date | datetime | time | timedelta
"""A cell as the file holds it; "" is an empty one."""
_MOST_FILLED = 2_000_000
"""Cells that merged ones may cover: a county merged over its accounts covers each row once."""


@dataclass(slots=True)
class Sheet:
    """Cells from row 1, column A on; "" is an empty one. Rows and columns are counted from 0."""

    file: str
    name: str
    """"" in csv."""
    rows: list[list[Value]]
    hidden: frozenset[int] = frozenset()
    """Rows that the spreadsheet does not show (hidden, or filtered out)."""
    defects: dict[tuple[int, int], CellDefect] = field(default_factory=dict)
    """By (row, column), cells whose content must not be taken: they hold their text, or `#N/A`."""
    out_of_sight: bool = False
    """The sheet itself is hidden."""
    filled: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of cells that got their value from a merged cell above."""

    def place(self, row: int) -> Place:
        return Place(self.file, self.name, row + 1)

    @property
    def title(self) -> str:
        return f'{self.file}, sheet "{self.name}"' if self.name else self.file

    @property
    def empty(self) -> bool:
        return not any(cell != "" for row in self.rows for cell in row)

    def fill_down(self, merged: Iterable[tuple[int, int, int]]) -> None:
        """Fill merged cells (first row, last row, first column) downwards.

        A title merged over columns stays in its first one. FileFault where the merged cells cover
        each other again and again.
        """
        left = _MOST_FILLED
        for top, bottom, column in merged:
            if top < len(self.rows) and column < len(self.rows[top]):
                left -= min(bottom + 1, len(self.rows)) - top
                if left < 0:
                    raise FileFault(
                        f"{self.title} has merged cells over more than {_MOST_FILLED} cells: undo "
                        "the merging in Excel or WPS and save it again"
                    )
                for index in range(top + 1, min(bottom + 1, len(self.rows))):
                    self.copy_down(top, index, column)
                    self.filled.add((index, column))

    def copy_down(self, source: int, target: int, column: int) -> None:
        """Put a cell's value, or its defect, into another row."""
        self.rows[target][column] = self.rows[source][column]
        if defect := self.defects.get((source, column)):
            self.defects[target, column] = defect

    def mark_defects(
        self,
        found: Mapping[tuple[int, int], CellDefect],
        uncomputed: Iterable[Rectangle] = (),
        quoted: Container[tuple[int, int]] | None = None,
        errors: Mapping[tuple[int, int], str] | None = None,
    ) -> None:
        """Note cells without a value, and texts that are an error or a formula.

        Call it before the merged cells are filled. `uncomputed`: what array formulas without a
        result would fill. `quoted`: of a csv, texts that are no formula, whatever they begin with.
        `errors`: what the cells with an error show.
        FileFault where array formulas cover each other again and again.
        """
        self.defects.update(found)
        left = _MOST_FILLED
        for top, first, bottom, last in uncomputed:
            for index in range(top, min(bottom + 1, len(self.rows))):
                row = self.rows[index]
                left -= max(1, min(last + 1, len(row)) - first)
                if left < 0:
                    raise FileFault(
                        f"{self.title} has array formulas over more than {_MOST_FILLED} cells: "
                        "paste them as values and save it again"
                    )
                for column in range(first, min(last + 1, len(row))):
                    if row[column] == "":
                        self.defects[index, column] = CellDefect.UNCOMPUTED
        for index, column in self.defects:
            # A reader ends where its last value stands.
            self.rows += [[] for _ in range(index + 1 - len(self.rows))]
            self.rows[index] += [""] * (column + 1 - len(self.rows[index]))
            self.rows[index][column] = (errors or {}).get((index, column), ERROR_TEXT)
        for index, row in enumerate(self.rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value[:1] in FIRST_SIGNS:
                    typed = quoted is None or (index, column) in quoted
                    if defect := defect_of(value, typed=typed):
                        self.defects.setdefault((index, column), defect)

    def is_valueless(self, row: int, column: int) -> bool:
        """Whether a cell holds nothing that could be read: no text but an error's."""
        defect = self.defects.get((row, column))
        return defect is CellDefect.ERROR or (
            defect is not None and self.rows[row][column] == ERROR_TEXT
        )

    def defect_at(self, row: int, columns: Iterable[int]) -> tuple[int, CellDefect] | None:
        """The first of these columns whose cell has no value in a row, and why."""
        return next(
            ((column, defect) for column in columns if (defect := self.defects.get((row, column)))),
            None,
        )

    def unread_heading(self, first: int, last: int) -> str:
        """What is wrong with a heading whose cells say nothing, "" where all can be read.

        Nobody knows what such a column holds: it may be 运行状态.
        """
        for row in range(first, last + 1):
            if found := self.defect_at(row, range(len(self.rows[row]))):
                column, defect = found
                place = f"{self.title}, row {row + 1}, column {column_letter(column)}"
                return f"{place}: {defect.english}"
        return ""

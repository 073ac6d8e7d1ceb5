"""One sheet of a file, as every format is read into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.places import Place

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
    faulty: frozenset[tuple[int, int]] = frozenset()
    """(row, column) of formula errors (#N/A); their cells are empty."""
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
                    self.rows[index][column] = self.rows[top][column]
                    self.filled.add((index, column))

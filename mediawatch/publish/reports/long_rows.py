"""Rows of a long sheet, put into the finished workbook as they stand in its file.

xlsxwriter takes 20 µs a cell, of which a year of a province has 1.5 million. So it writes the head
of a long sheet and its last row, by which it knows how far the sheet reaches; the rows between
them are written here, to the disk, as ECMA-376 part 1, 18.3.1 says (`sheetData`, inline strings).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mediawatch.paper import LINE
from mediawatch.workbooks.places import column_letter

_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What Excel reads as one character."""


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """How the cells of a column look: numbers of cell formats in the workbook."""

    text: int
    number: int | None = None
    """Of whole numbers; None where they stand as text."""


class LongRows:
    """The rows of long sheets, kept in a folder until the workbook is made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.by_member: dict[str, Path] = {}
        """The files that hold them, by the sheet's name in the package."""

    def add(
        self,
        member: str,
        first: int,
        columns: Sequence[ColumnFormat],
        rows: Iterable[tuple[Sequence[str], float]],
    ) -> None:
        """Rows from number `first` on (from 0), each with its height in points.

        Every text must be one that Excel takes: visible, and not too long.
        """
        file = self._folder / str(len(self.by_member))
        with file.open("w", encoding="utf-8", newline="") as out:
            out.writelines(
                _row(number, columns, cells, height)
                for number, (cells, height) in enumerate(rows, first + 1)
            )
        self.by_member[member] = file


def _row(number: int, columns: Sequence[ColumnFormat], cells: Sequence[str], height: float) -> str:
    """`number` from 1."""
    letters = _letters(len(columns))
    written = "".join(
        [
            f'<c r="{letter}{number}" s="{column.text}" t="inlineStr">{_inline(cell)}</c>'
            if column.number is None or not cell.isdecimal()
            else f'<c r="{letter}{number}" s="{column.number}"><v>{int(cell)}</v></c>'
            for letter, column, cell in zip(letters, columns, cells, strict=True)
        ]
    )
    pixels = int(height * 4 / 3 + 0.5)  # Whole ones, as xlsxwriter has them.
    high = "" if height == LINE else f' ht="{pixels * 0.75:g}" customHeight="1"'
    return f'<row r="{number}"{high}>{written}</row>'


@lru_cache(maxsize=4)
def _letters(columns: int) -> tuple[str, ...]:
    return tuple(map(column_letter, range(columns)))


@lru_cache(maxsize=10_000)  # In a long sheet most texts come again and again.
def _inline(text: str) -> str:
    text = _ESCAPED.sub(r"_x005F\1", text)
    kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<is><t{kept}>{text}</t></is>"

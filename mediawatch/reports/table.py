"""One table, two renderings so far: aligned text for terminals, CSV for Excel. Cells are hostile input."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """A list with Chinese headings; every cell is text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def only(self, *columns: str) -> Table:
        """The same rows with some of the columns."""
        places = [self.columns.index(column) for column in columns]
        return Table(self.title, columns, tuple(tuple(row[place] for place in places) for row in self.rows))


def to_text(table: Table, *, width: int | None = None) -> str:
    """For a terminal: columns aligned by display width (a Chinese character takes two cells); control characters removed."""
    rich = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        rich.add_column(column, overflow="fold")
    for row in table.rows:
        rich.add_row(*[Text(_plain(cell)) for cell in row])
    stream = io.StringIO()
    Console(file=stream, width=width or _width(table), color_system=None, highlight=False, markup=False).print(rich)
    return "\n".join([_plain(table.title), *[line.rstrip() for line in stream.getvalue().splitlines()]])


def to_csv(table: Table) -> bytes:
    """For Excel in China: UTF-8 with BOM; cells that would be read as formulas get a leading apostrophe."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in table.rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def safe_cell(text: str) -> str:
    """The text, neutralised where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def joined(parts: Sequence[str], by: str = ";") -> str:
    return by.join(part for part in parts if part)


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _width(table: Table) -> int:
    console = Console(width=400)
    widths = [
        max(console.measure(Text(_plain(cell))).maximum for cell in column) for column in zip(table.columns, *table.rows, strict=True)
    ]
    return max(80, min(sum(widths) + 3 * len(widths), 220))

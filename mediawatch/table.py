"""One table, two renderings so far: aligned text for terminals, CSV for Excel.

Cells are hostile input.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from mediawatch.visible import make_visible

if TYPE_CHECKING:
    from rich.console import Console

_GAP = 3
"""Cells between two columns of a terminal's table."""
_WIDEST = 220
_INDENT = "     "
_TIE = "\ue000"
"""A space at which no line ends; nothing printed holds it."""
NONE = "无"
"""What a paper says in place of an empty list."""
_CENTRED = frozenset({"序号", "备案单号", "类型", "地区", "地区（部门）", "平台", "复查结果"})
_FIGURE = re.compile(r"[\d.%/—-]+|待核查|")
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
        return Table(
            self.title, columns, tuple(tuple(row[place] for place in places) for row in self.rows)
        )

    def with_visible_cells(self) -> Table:
        """The same table with the hidden characters of its cells written out; line ends stay."""
        return Table(
            make_visible(self.title),
            self.columns,
            tuple(tuple(map(make_visible, row)) for row in self.rows),
        )


def to_text(table: Table, *, width: int | None = None) -> str:
    """For a terminal: columns aligned by display width; hidden characters are written out.

    A Chinese character takes two cells. Where the columns do not fit into `width` cells, those that
    fit stay columns. The others follow below each row, named, where they say anything. Without
    `width` every column stays one, as programs that read the text expect.
    """
    widths = _widths(table)
    needed = sum(widths) + _GAP * len(widths)
    if width is not None and needed > width:
        lines = [*_folded(table, widths, width), ""]
    elif needed > _WIDEST:
        lines = _narrowed(table)
    else:
        lines = [*_aligned(table, widths), ""]
    return "\n".join([plain(table.title), *lines])


def _aligned(table: Table, widths: Sequence[int]) -> Iterator[str]:
    """Every cell on one line."""
    yield ""
    yield _line(table.columns, widths)
    yield f" {'─' * (sum(widths) + _GAP * (len(widths) - 1))}"
    for row in table.rows:
        yield _line(row, widths)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    fitted = [set_cell_size(plain(cell), one) for cell, one in zip(cells, widths, strict=False)]
    return f" {(' ' * _GAP).join(fitted)}".rstrip()


def _narrowed(table: Table) -> list[str]:
    """Long cells go on in the next line: together the columns are wider than `_WIDEST`."""
    # rich beyond its measure of a character is imported where it is used: it costs 50 ms.
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as RichTable
    from rich.text import Text

    rich = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        rich.add_column(column, overflow="fold")
    for row in table.rows:
        rich.add_row(*[Text(plain(cell)) for cell in row])
    stream = io.StringIO()
    _console(stream, _WIDEST).print(rich)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def _folded(table: Table, widths: Sequence[int], width: int) -> Iterator[str]:
    """The rows of a table that is too wide: the first columns side by side, the others below."""
    from rich.text import Text

    yield ""
    beside = max(1, sum(total <= width for total in accumulate(one + _GAP for one in widths)))
    rule = ["─" * one for one in widths]
    for row in (table.columns, rule, *table.rows):
        yield _line(row[:beside], widths)
        if row is table.columns or row is rule:
            continue
        below = "  ".join(
            _tied(f"{heading}:{plain(cell)}", width)
            for heading, cell in zip(table.columns[beside:], row[beside:], strict=True)
            if cell.strip()
        )
        for line in Text(below).wrap(_console(io.StringIO(), width), max(1, width - len(_INDENT))):
            yield f"{_INDENT}{line.plain}".replace(_TIE, " ").rstrip()


def _tied(text: str, width: int) -> str:
    """Its spaces as ties, where it fits into one line."""
    return text.replace(" ", _TIE) if cell_len(text) <= width - len(_INDENT) else text


def wrap(text: str, width: int, indent: int = 0) -> Iterator[str]:
    """The text in lines of at most `width` cells, ended between words where that can be.

    Further lines begin at `indent`. A word that is wider than a line is cut.
    """
    from rich.text import Text

    for line in text.splitlines():
        begin = len(line) - len(line.lstrip(" "))
        first, *more = Text(line).wrap(_console(io.StringIO(), width), width) or [Text("")]
        if not more:
            yield line
            continue
        space = " " * (indent or begin)
        yield first.plain.rstrip()
        rest = Text(line[len(first.plain) :].lstrip())
        for each in rest.wrap(_console(io.StringIO(), width), max(1, width - len(space))):
            yield f"{space}{each.plain}".rstrip()


def to_csv(table: Table) -> bytes:
    """For Excel in China: UTF-8 with BOM; cells that would be read as formulas get a leading
    apostrophe.
    """
    return b"".join(csv_lines(table.columns, table.rows))


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The file of `to_csv`, line by line."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    stream.write("\ufeff")
    for row in chain([columns], ([safe_cell(cell) for cell in row] for row in rows)):
        writer.writerow(row)
        yield stream.getvalue().encode()
        stream.seek(0)
        stream.truncate()


def safe_cell(text: str) -> str:
    """The text, neutralised where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def join_filled(parts: Sequence[str], by: str = "；") -> str:
    return by.join(part for part in parts if part)


def plain(text: str, keep: str = "") -> str:
    """The text on one line, its hidden characters written out; white space that `keep` names stays.

    Names come from outside: nothing in them may begin a line of its own.
    """
    return make_visible(
        "".join(" " if char.isspace() and char not in keep else char for char in text)
    )


def _widths(table: Table) -> list[int]:
    """The width that each column needs, in cells of a terminal."""
    return [
        max(cell_len(plain(cell)) for cell in column)
        for column in zip(table.columns, *table.rows, strict=True)
    ]


def _console(stream: io.StringIO, width: int) -> Console:
    from rich.console import Console

    return Console(file=stream, width=width, color_system=None, highlight=False, markup=False)


_ROOM = 1.1
WIDEST_LINE = 2.1 * _ROOM
"""A text of one line needs less width than that for each of its characters."""


def lines_of(text: str, width: float) -> int:
    """In how many lines a cell of that width shows the text: rather too many than too few."""
    return max(1, math.ceil(_ROOM * cell_len(text) / width))


def is_centred(heading: str, cells: Iterable[str]) -> bool:
    """Whether a column stands in its middle on paper: kinds, days and figures do, names stand left."""
    return heading in _CENTRED or all(map(_FIGURE.fullmatch, cells))

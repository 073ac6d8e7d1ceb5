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
from itertools import accumulate, chain, zip_longest
from operator import le
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells

from mediawatch.visible import make_visible

if TYPE_CHECKING:
    from rich.console import Console

_GAP = 3
"""Cells between two columns of a terminal's table."""
_WIDEST = 220
_INDENT = "     "
_BETWEEN = " " * _GAP
_SPACE = re.compile(r"\s")
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
    return "\n".join(text_lines(table, width=width))


def text_lines(table: Table, *, width: int | None = None) -> Iterator[str]:
    """The lines of `to_text`, one after another."""
    widths = _widths(table)
    needed = sum(widths) + _GAP * len(widths)
    yield plain(table.title)
    if width is not None and needed > width:
        yield from _folded(table, widths, width)
    else:
        yield from _aligned(table, widths if needed <= _WIDEST else _narrowed(widths))
    yield ""


def _aligned(table: Table, widths: Sequence[int]) -> Iterator[str]:
    """Columns side by side; a cell that is wider than its column goes on in the next line."""
    yield ""
    yield from _lines(table.columns, widths, low=True)
    yield f" {'─' * (sum(widths) + _GAP * (len(widths) - 1))}"
    for row in table.rows:
        yield from _lines(row, widths)


def _lines(cells: Sequence[str], widths: Sequence[int], *, low: bool = False) -> Iterator[str]:
    """The lines of a row; cells with fewer lines than others stand at its top, or `low`."""
    shown = [plain(cell) for cell in cells]
    lengths = [cell_len(cell) for cell in shown]
    if all(map(le, lengths, widths)):
        yield _line(shown, lengths, widths)
        return
    parts = [_parts(cell, width) for cell, width in zip(shown, widths, strict=True)]
    if low:
        most = max(map(len, parts))
        parts = [[*[""] * (most - len(part)), *part] for part in parts]
    for line in zip_longest(*parts, fillvalue=""):
        yield _line(line, [cell_len(part) for part in line], widths)


def _line(shown: Sequence[str], lengths: Sequence[int], widths: Sequence[int]) -> str:
    """Cells that fit, filled up by hand: a nation's list has a million of them."""
    filled = (
        cell + " " * (width - length)
        for cell, length, width in zip(shown, lengths, widths, strict=False)
    )
    return f" {_BETWEEN.join(filled)}".rstrip()


def _parts(cell: str, width: int) -> Sequence[str]:
    """The cell in parts of at most `width`, ended between words where that can be."""
    if cell_len(cell) <= width:
        return (cell,)
    if " " not in cell:
        return chop_cells(cell, width)
    # rich beyond its measure of a character is imported where it is used: it costs 50 ms.
    from rich.text import Text

    wrapped = Text(cell).wrap(_console(io.StringIO(), width), width, overflow="fold")
    return [line.plain.rstrip() for line in wrapped]


def _narrowed(widths: Sequence[int]) -> list[int]:
    """The widths within `_WIDEST`: the widest columns give room, down to the next widest."""
    found = list(widths)
    # One cell on either side of a column, none at the edges: equal cells are equally wide.
    around = [(place > 0) + (place < len(found) - 1) for place in range(len(found))]
    while (excess := sum(found) + _GAP * (len(found) - 1) + 2 - _WIDEST) > 0:
        full = [one + more for one, more in zip(found, around, strict=True)]
        most = max(full)
        next_most = max((one for one in full if one != most), default=0)
        widest = [place for place, one in enumerate(full) if one == most]
        for left, place in zip(range(len(widest), 0, -1), widest, strict=True):
            less = min(excess, most - next_most, round(excess / left))
            found[place] -= less
            excess -= less
    return found


def _folded(table: Table, widths: Sequence[int], width: int) -> Iterator[str]:
    """The rows of a table that is too wide: the first columns side by side, the others below."""
    from rich.text import Text

    yield ""
    beside = max(1, sum(total <= width for total in accumulate(one + _GAP for one in widths)))
    rule = ["─" * one for one in widths]
    for row in (table.columns, rule, *table.rows):
        first = [plain(cell) for cell in row[:beside]]
        yield _line(first, [*map(cell_len, first)], widths)
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
    if text.isascii() and text.isprintable():
        return text
    if not keep:
        return make_visible(_SPACE.sub(" ", text))
    return make_visible(_SPACE.sub(lambda found: found[0] if found[0] in keep else " ", text))


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

"""Tables of figures and lists of accounts as others print them, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mediawatch.figures.printed.headings import (
    FigureRole,
    TableHeading,
    find_heading,
    is_subtotal,
    is_total,
    role_of,
)
from mediawatch.figures.printed.rates import NOTHING, PrintedRate, count_in, plain, rate_in
from mediawatch.figures.printed.remarks import PrintedPlace

_EARLIER = re.compile("上期|上季|上次|上一|上年|复查|整改情况")


@dataclass(frozen=True, slots=True)
class PrintedGrid:
    """The cells of a sheet or of a table in a document.

    `unread` are (row, column) of cells that hold no value: an error, a formula without a result.
    """

    name: str
    rows: Sequence[Sequence[object]]
    title: str = ""
    """What stands above it where that is not one of its rows."""
    unread: frozenset[tuple[int, int]] = frozenset()


class RowKind(StrEnum):
    PART = "part"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row of figures. Counts and rates go by column."""

    row: int
    name: str
    kind: RowKind
    counts: Mapping[int, int]
    rates: Mapping[int, PrintedRate]
    unclear: frozenset[int]
    """Columns of figures that hold something else."""
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedTable:
    grid: PrintedGrid
    heading: TableHeading
    rows: Sequence[PrintedRow] = field(default_factory=list)
    across: Sequence[int] = ()
    """Of a table that was read across: the row in which each of its columns stands."""

    def place(self, row: int | None = None, column: int | None = None) -> PrintedPlace:
        if self.across and column:
            row, column = self.across[column - 1], 1
        return PrintedPlace(self.grid.name, row, column)

    @property
    def title(self) -> str:
        """All that stands above its headings."""
        above = self.grid.rows[: self.heading.last_row]
        cells = dict.fromkeys(plain(cell) for row in above for cell in row)
        return " ".join(filter(None, (self.grid.title, self.grid.name, *cells)))

    @property
    def is_earlier(self) -> bool:
        """Whether it tells of an earlier inspection."""
        return bool(_EARLIER.search(self.title))

    @property
    def subject(self) -> str:
        """What it counts, where its title names one thing alone."""
        return subject_of(self.title)

    def column_of(self, role: FigureRole, group: str) -> int | None:
        """The one column of a role; None where there is none, or several."""
        found = [
            place
            for place, column in self.heading.figures.items()
            if column.role is role and column.group == group
        ]
        return found[0] if len(found) == 1 else None

    @property
    def groups(self) -> list[str]:
        return list(dict.fromkeys(each.group for each in self.heading.figures.values()))


def subject_of(text: str) -> str:
    """网站 or 新媒体, where a text names one of them alone; else ""."""
    found = [word for word in ("网站", "新媒体") if word in text]
    return found[0] if len(found) == 1 else ""


def read_table(grid: PrintedGrid) -> PrintedTable | None:
    """The table of a grid; None where it has no headings that are known.

    A table whose first column holds the headings is read across.
    """
    heading = find_heading(grid.rows)
    if heading is not None and (heading.figures or heading.is_list):
        return PrintedTable(grid, heading, list(_rows(grid, heading)))
    return _read_across(grid)


def _read_across(grid: PrintedGrid) -> PrintedTable | None:
    """A table of two columns, words and figures, as one row of figures."""
    found = [
        (number, str(row[0]), row[1])
        for number, row in enumerate(grid.rows)
        if len(row) >= 2 and role_of(str(row[0])) and not any(plain(cell) for cell in row[2:])
    ]
    words, cells = [word for _, word, _ in found], [cell for *_, cell in found]
    turned = PrintedGrid(grid.name, [["名称", *words], [grid.name, *cells]], grid.title)
    heading = find_heading(turned.rows) if len(found) >= 2 else None
    if heading is None:
        return None
    across = [number for number, *_ in found]
    return PrintedTable(turned, heading, list(_rows(turned, heading)), across)


def _rows(grid: PrintedGrid, heading: TableHeading) -> Iterator[PrintedRow]:
    for number in range(heading.last_row + 1, len(grid.rows)):
        row = grid.rows[number]
        if not any(plain(cell) for cell in row):
            continue
        cells = {column: row[column] for column in heading.figures if column < len(row)}
        labels = [plain(cell) for column, cell in enumerate(row) if column not in heading.figures]
        if not any(count_in(cell) is not None or rate_in(cell) for cell in cells.values()) and (
            heading.figures and not heading.is_list
        ):
            continue  # a note below the table, or the heading of a block
        yield _row(grid, heading, number, cells, [label for label in labels if label])


def _row(
    grid: PrintedGrid,
    heading: TableHeading,
    number: int,
    cells: Mapping[int, object],
    labels: Sequence[str],
) -> PrintedRow:
    counts: dict[int, int] = {}
    rates: dict[int, PrintedRate] = {}
    unclear: set[int] = set()
    for column, cell in cells.items():
        role = heading.figures[column].role
        if (number, column) in grid.unread:
            unclear.add(column)
        elif role is not None and role.is_rate:
            if rate := rate_in(cell):
                rates[column] = rate
            elif plain(cell) not in NOTHING:
                unclear.add(column)
        elif (count := count_in(cell)) is not None:
            counts[column] = count
        elif role is not None and plain(cell) not in NOTHING:
            unclear.add(column)
    kind = (
        RowKind.TOTAL
        if any(map(is_total, labels))
        else RowKind.SUBTOTAL
        if any(map(is_subtotal, labels))
        else RowKind.PART
    )
    row = grid.rows[number]
    named = [plain(row[column]) for column in heading.names if column < len(row)]
    texts = [label for label in labels if count_in(label) is None]
    name = next(filter(None, named), "") or next(iter(texts), f"第{number + 1}行")
    types = tuple(plain(row[column]) for column in heading.types if column < len(row))
    return PrintedRow(number, name, kind, counts, rates, frozenset(unclear), types)

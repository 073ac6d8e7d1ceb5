"""Tables of figures and lists of accounts as others print them, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mediawatch.figures.printed.grids import PrintedGrid
from mediawatch.figures.printed.headings import (
    FigureRole,
    TableHeading,
    find_heading,
    is_aside,
    is_subtotal,
    is_total,
)
from mediawatch.figures.printed.layouts import split_grid, turn_grid
from mediawatch.figures.printed.rates import (
    NOTHING,
    PrintedRate,
    count_in,
    plain,
    quote_cell,
    rate_in,
)
from mediawatch.figures.printed.remarks import PrintedPlace

_EARLIER = re.compile("上期|上季|上次|上一|上年|复查|整改情况")


class RowKind(StrEnum):
    PART = "part"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    ASIDE = "aside"
    """平均, 占比: it is no part of a sum."""
    UNNAMED = "unnamed"
    """The last row, without a name: perhaps a total."""


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
    merged: frozenset[int] = frozenset()
    """Columns whose cell is merged with one of another row: it tells of these rows together."""


@dataclass(frozen=True, slots=True)
class PrintedTable:
    grid: PrintedGrid
    heading: TableHeading
    rows: Sequence[PrintedRow] = field(default_factory=list)
    across: Sequence[int] = ()
    """Of a table that was read across: the row in which each of its columns stands."""

    def place(self, row: int | None = None, column: int | None = None) -> PrintedPlace:
        if self.across and column:
            row, column = self.across[column - 1], row or 0
        return PrintedPlace(self.grid.name, row, column)

    @property
    def title(self) -> str:
        """All that stands above its headings."""
        above = self.grid.rows[: self.heading.last_row]
        cells = dict.fromkeys(plain(cell) for row in above for cell in row)
        return " ".join(filter(None, (self.grid.title, self.grid.name, *cells)))

    @property
    def caption(self) -> str:
        """What names it as a whole, without headings over several columns."""
        above = self.grid.rows[: self.heading.last_row]
        cells = [{plain(cell) for cell in row} - {""} for row in above]
        alone = (cell for each in cells if len(each) == 1 for cell in each)
        return " ".join(filter(None, (self.grid.title, self.grid.name, *alone)))

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


def read_tables(grid: PrintedGrid) -> Iterator[PrintedTable]:
    """The tables of a grid; none where it has no headings that are known.

    A table whose first column holds the headings is read across.
    """
    for each in split_grid(grid):
        turned = turn_grid(each, only_sure=True)
        heading = find_heading(each.rows) if turned is None else None
        if heading is not None and (heading.figures or heading.is_list):
            yield PrintedTable(each, heading, list(_rows(each, heading)))
            continue
        turned = turned or turn_grid(each, only_sure=False)
        heading = find_heading(turned.grid.rows) if turned else None
        if turned and heading:
            yield PrintedTable(
                turned.grid, heading, list(_rows(turned.grid, heading)), turned.across
            )


def _rows(grid: PrintedGrid, heading: TableHeading) -> Iterator[PrintedRow]:
    places = range(heading.last_row + 1, len(grid.rows))
    rows = [row for number in places if (row := _row_of(grid, heading, number))]
    sums = len(rows) > 1 and heading.figures and not heading.is_list
    totals = any(row.kind is RowKind.TOTAL for row in rows)
    if sums and not totals and not _named(rows[-1], grid, heading):
        rows[-1] = replace(rows[-1], kind=RowKind.UNNAMED)
    yield from rows


def _named(row: PrintedRow, grid: PrintedGrid, heading: TableHeading) -> bool:
    """Whether a word stands in a row, beside its figures."""
    skipped = {*heading.figures, *heading.unread}
    cells = (plain(cell) for at, cell in enumerate(grid.rows[row.row]) if at not in skipped)
    return any(cell and count_in(cell) is None for cell in cells)


def _row_of(grid: PrintedGrid, heading: TableHeading, number: int) -> PrintedRow | None:
    """A row of figures; None for an empty one, a note below the table, the heading of a block."""
    row = grid.rows[number]
    if not any(plain(cell) for cell in row):
        return None
    cells = {column: row[column] for column in heading.figures if column < len(row)}
    skipped = {*heading.figures, *heading.unread}
    labels = [plain(cell) for column, cell in enumerate(row) if column not in skipped]
    figures = any(count_in(cell) is not None or rate_in(cell) for cell in cells.values())
    unread = any((number, column) in grid.unread for column in cells)
    closes = any(is_total(label) or is_subtotal(label) for label in labels)
    if not (figures or unread or closes) and heading.figures and not heading.is_list:
        return None
    return _row(grid, heading, number, cells, [label for label in labels if label])


def _row(
    grid: PrintedGrid,
    heading: TableHeading,
    number: int,
    cells: Mapping[int, object],
    labels: Sequence[str],
) -> PrintedRow:
    merged = {at for at in cells if {(number, at), (number + 1, at)} & grid.filled}
    counts: dict[int, int] = {}
    rates: dict[int, PrintedRate] = {}
    unclear: set[int] = set()
    for column, cell in cells.items():
        role = heading.figures[column].role
        if (number, column) in grid.filled:
            continue
        if (number, column) in grid.unread:
            unclear.add(column)
        elif role is not None and role.is_rate:
            if rate := rate_in(cell):
                rates[column] = rate
            elif plain(cell) not in NOTHING:
                unclear.add(column)
        elif (count := count_in(cell)) is not None:
            counts[column] = count
        elif plain(cell) not in NOTHING and (role or rate_in(cell)):
            unclear.add(column)
    kind = (
        RowKind.TOTAL
        if any(map(is_total, labels))
        else RowKind.SUBTOTAL
        if any(map(is_subtotal, labels))
        else RowKind.ASIDE
        if any(map(is_aside, labels))
        else RowKind.PART
    )
    row = grid.rows[number]
    named = [quote_cell(row[column]) for column in heading.names if column < len(row)]
    texts = [quote_cell(cell) for cell in row if plain(cell) in labels and count_in(cell) is None]
    name = next(filter(None, named), "") or next(iter(texts), f"第{number + 1}行")
    types = tuple(plain(row[column]) for column in heading.types if column < len(row))
    return PrintedRow(
        number, name, kind, counts, rates, frozenset(unclear), types, frozenset(merged)
    )

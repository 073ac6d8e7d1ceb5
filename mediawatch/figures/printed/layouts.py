"""Sheets that hold several tables, and tables whose first column holds the headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mediawatch.figures.printed.grids import PrintedGrid
from mediawatch.figures.printed.headings import (
    FigureRole,
    find_heading,
    heads_figures,
    is_total,
    role_of,
)
from mediawatch.figures.printed.rates import count_in, plain


def split_grid(grid: PrintedGrid) -> Iterator[PrintedGrid]:
    """Each table of a sheet, its rows at their places. One that goes on under its own headings is one."""
    first = find_heading(grid.rows)
    if first is None or not first.figures:
        yield grid
        return
    starts, closed = [0], False
    heading = [plain(cell) for cell in grid.rows[first.last_row]]
    for number in range(first.last_row + 1, len(grid.rows)):
        row = grid.rows[number]
        if not heads_figures(row):
            if any(count_in(cell) is not None for cell in row):
                closed = any(is_total(str(cell)) for cell in row)
            continue
        start = _start(grid, number)
        if closed or start < number or [plain(cell) for cell in row] != heading:
            starts.append(start)
            closed, heading = False, [plain(cell) for cell in row]
    for start, end in zip(starts, [*starts[1:], len(grid.rows)], strict=True):
        rows: list[list[object]] = [[] for _ in range(start)]
        yield replace(grid, rows=[*rows, *grid.rows[start:end]])


def _start(grid: PrintedGrid, heading: int) -> int:
    """The first row of the titles and groups that stand right above a heading."""
    start = heading
    while start:
        cells = [cell for cell in grid.rows[start - 1] if plain(cell)]
        if (
            not cells
            or "续" in plain(cells[0])
            or any(count_in(cell) is not None for cell in cells)
        ):
            break
        if is_total(str(cells[0])) or plain(cells[0]).startswith(("注", "备注", "说明")):
            break
        start -= 1
    return start


@dataclass(frozen=True, slots=True)
class TurnedGrid:
    """A table whose first column holds the headings, turned."""

    grid: PrintedGrid
    across: tuple[int, ...]
    """The row in which each of its columns stands, from the second on."""


_SURE = (FigureRole.CHECKED, FigureRole.RATE, FigureRole.FAILURE_RATE, FigureRole.COVERAGE)


def turn_grid(grid: PrintedGrid, *, only_sure: bool) -> TurnedGrid | None:
    """Turn a table of words and figures; None where its first column holds no headings."""
    found = [
        number
        for number, row in enumerate(grid.rows)
        if len(row) >= 2
        and (role := role_of(str(row[0])))
        and role[0] is not FigureRole.ROW_SUM
        and any(_has_digit(cell) for cell in row[1:])
    ]
    roles = {role[0] for number in found if (role := role_of(str(grid.rows[number][0])))}
    if len(found) < 2 or (only_sure and not roles & set(_SURE)):
        return None
    first, last = found[0], found[-1]
    across = [
        number
        for number in range(first, last + 1)
        if grid.rows[number] and plain(grid.rows[number][0])
    ]
    width = max(len(row) for row in grid.rows)
    columns = [
        column
        for column in range(1, width)
        if any(column < len(grid.rows[each]) and plain(grid.rows[each][column]) for each in across)
    ]
    above = grid.rows[first - 1] if first else []
    names = [plain(above[each]) if each < len(above) else "" for each in columns]
    rows: list[list[object]] = [["名称", *(grid.rows[each][0] for each in across)]]
    for column in range(1, columns[-1] + 1):
        name = names[columns.index(column)] if column in columns and len(columns) > 1 else ""
        cells = [
            grid.rows[each][column] if column < len(grid.rows[each]) else "" for each in across
        ]
        rows.append([name or grid.name, *cells])
    places = {(number, column): at for at, number in enumerate(across, 1) for column in columns}
    unread = {
        (place[1], places[place]): words for place, words in grid.unread.items() if place in places
    }
    turned = PrintedGrid(grid.name, rows, _title(grid, first), unread)
    return TurnedGrid(turned, tuple(across))


def _title(grid: PrintedGrid, first: int) -> str:
    above = (plain(cell) for row in grid.rows[:first] for cell in row)
    return " ".join(filter(None, (grid.title, *above)))


def _has_digit(cell: object) -> bool:
    return any(sign.isdigit() for sign in plain(cell))

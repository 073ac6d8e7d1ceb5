"""Lists of accounts as others print them: an account twice, ordinals, the count against the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from mediawatch.figures.printed.headings import FigureRole
from mediawatch.figures.printed.lines import FigureLine
from mediawatch.figures.printed.rates import count_in, plain
from mediawatch.figures.printed.remarks import PrintedRemark, RemarkKind
from mediawatch.figures.printed.tables import PrintedRow, PrintedTable, RowKind
from mediawatch.names import fold


def list_remarks(table: PrintedTable) -> Iterator[PrintedRemark]:
    """What is wrong within a list."""
    yield from _repeated(table)
    column = table.heading.ordinal
    if column is None or not table.rows:
        return
    numbers = [count_in(_cell(table, row.row, column)) for row in entries(table)]
    wrong = next(
        (place for place, number in enumerate(numbers, 1) if number not in (None, place)), None
    )
    if wrong is not None:
        yield PrintedRemark(
            RemarkKind.SLIP,
            table.place(entries(table)[wrong - 1].row, column),
            f"序号写{numbers[wrong - 1]}，按顺序应为{wrong}。",
        )


def entries(table: PrintedTable) -> Sequence[PrintedRow]:
    """The rows of a list that name an account."""
    return [
        row
        for row in table.rows
        if row.kind is RowKind.PART and any(_cell(table, row.row, each) for each in _keys(table))
    ]


def _keys(table: PrintedTable) -> list[int]:
    heading = table.heading
    return [each for each in (*heading.names, *heading.ids) if each not in heading.types]


def _cell(table: PrintedTable, row: int, column: int) -> str:
    cells = table.grid.rows[row]
    return plain(cells[column]) if column < len(cells) else ""


def _repeated(table: PrintedTable) -> Iterator[PrintedRemark]:
    """An account that is listed twice: by an id, else by its name and 类型."""
    heading = table.heading
    seen: dict[tuple[str, ...], int] = {}
    for row in entries(table):
        ids = tuple(_cell(table, row.row, each) for each in heading.ids)
        names = tuple(fold(_cell(table, row.row, each)) for each in heading.names)
        keys = [("id", each) for each in ids if each] if any(ids) else [("name", *names)]
        for key in keys:
            if key in seen:
                yield PrintedRemark(
                    RemarkKind.SLIP,
                    table.place(row.row),
                    f"“{row.name}”与第{seen[key] + 1}行重复。",
                )
                break
            seen[key] = row.row


def length_remarks(
    lists: Sequence[PrintedTable], wholes: Sequence[FigureLine], parts: Sequence[FigureLine]
) -> Iterator[PrintedRemark]:
    """Lists of problems against the counts of the file, as far as these are certain.

    `wholes` and `parts` are lines that print 不合格数. One list alone can be held against them.
    """
    problems = [each for each in lists if each.heading.problem is not None and not each.is_earlier]
    for each in (one for one in lists if one not in problems):
        words = f"名单共{len(entries(each))}行，未与数字核对。"
        yield PrintedRemark(RemarkKind.UNCHECKED, each.place(), words)
    counts = {line.count(FigureRole.FAILED) for line in wholes if line.subject != "网站"} - {None}
    if len(problems) != 1 or len(counts) != 1:
        for each in problems:
            words = f"名单共{len(entries(each))}行，未与数字核对：未见唯一的不合格数。"
            yield PrintedRemark(RemarkKind.UNCHECKED, each.place(), words)
        return
    table, (printed,) = problems[0], counts
    length = len(entries(table))
    if length != printed:
        yield PrintedRemark(
            RemarkKind.SLIP,
            table.place(),
            f"名单共{length}个，不合格数写{printed}：差{abs(length - (printed or 0))}。",
        )
    yield from _type_remarks(table, parts)


def _type_remarks(table: PrintedTable, parts: Sequence[FigureLine]) -> Iterator[PrintedRemark]:
    """The accounts of each 类型 in a list against the rows of a table that bear its name."""
    listed: dict[str, int] = defaultdict(int)
    for row in entries(table):
        for name in row.types[:1]:
            listed[name] += 1
    for line in parts:
        printed = line.count(FigureRole.FAILED)
        name = plain(line.name)
        if name in listed and printed != listed[name]:
            yield PrintedRemark(
                RemarkKind.SLIP,
                line.counts[FigureRole.FAILED][1],
                f"{line.name}：不合格数写{printed}，名单中有{listed[name]}个。",
            )

"""All that can be said of somebody's printed figures: of each table, of the text, and together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mediawatch.figures.printed.grids import PrintedGrid
from mediawatch.figures.printed.lines import (
    FigureLine,
    decimals_remarks,
    line_remarks,
    lines_of,
    unclear_remarks,
)
from mediawatch.figures.printed.lists import length_remarks, list_remarks
from mediawatch.figures.printed.remarks import PrintedPlace, PrintedRemark, RemarkKind
from mediawatch.figures.printed.scopes import disagreements, scope_of
from mediawatch.figures.printed.sentences import read_text
from mediawatch.figures.printed.sums import share_remarks, sum_remarks
from mediawatch.figures.printed.tables import PrintedTable, read_tables


@dataclass(frozen=True, slots=True)
class PrintedCheck:
    """What was found, and how many sums and rates were compared."""

    remarks: tuple[PrintedRemark, ...]
    tables: int
    lines: int

    @property
    def slips(self) -> int:
        return sum(each.kind is RemarkKind.SLIP for each in self.remarks)


def check_figures(grids: Sequence[PrintedGrid], paragraphs: Sequence[str] = ()) -> PrintedCheck:
    """Hold printed figures against each other, table by table, then the text, then all together."""
    remarks: list[PrintedRemark] = []
    tables: list[PrintedTable] = []
    for grid in grids:
        read = list(read_tables(grid))
        if not read:
            words = "未核对：没有认得的表头（总数、检查数、不合格数、合格率，或账号名称）。"
            remarks.append(PrintedRemark(RemarkKind.UNCHECKED, PrintedPlace(grid.name), words))
        for table in read:
            if table.heading.is_beside:
                words = "未核对：两栏并排，请排成一栏再核对。"
                remarks.append(PrintedRemark(RemarkKind.UNCHECKED, table.place(), words))
                continue
            tables.append(table)
            remarks += _heading_remarks(table)
    text = read_text(paragraphs)
    lines: list[FigureLine] = []
    for table in tables:
        if table.heading.is_list:
            remarks += list_remarks(table)
        else:
            remarks += unclear_remarks(table)
            remarks += sum_remarks(table)
            remarks += share_remarks(table)
            lines += lines_of(table)
    counted = [*lines, *text.lines]
    for line in counted:
        remarks += line_remarks(line)
    remarks += decimals_remarks(counted)
    remarks += text.remarks
    earlier = {table.grid.name for table in tables if table.is_earlier}
    wholes = [
        line
        for line in counted
        if line.is_whole and not any(place.part in earlier for _, place in line.counts.values())
    ]
    told = " ".join([*(table.title for table in tables), *paragraphs])
    if "网站" not in told:
        wholes = [replace(line, subject="") for line in wholes]
    remarks += disagreements(wholes)
    lists = [table for table in tables if table.heading.is_list]
    everything = [line for line in wholes if not scope_of(line.title).platforms]
    remarks += length_remarks(lists, everything, [line for line in lines if not line.is_whole])
    return PrintedCheck(_in_order(remarks), len(tables), len(counted))


def _heading_remarks(table: PrintedTable) -> Iterator[PrintedRemark]:
    """Columns of numbers whose heading is not known: only their sums are compared."""
    if table.heading.is_list:
        return
    for group in table.groups:
        columns = [each for each in table.heading.figures.values() if each.group == group]
        roles = Counter(each.role for each in columns if each.role)
        for role in (role for role, count in roles.items() if count > 1):
            words = f"有{roles[role]}列“{role.value}”，分不清各指什么，只核对了合计。"
            yield PrintedRemark(RemarkKind.UNCHECKED, table.place(table.heading.last_row), words)
    unknown = [each.heading for each in table.heading.figures.values() if each.role is None]
    if unknown:
        words = f"“{'”“'.join(unknown)}”只核对了合计，含义未核对。"
        yield PrintedRemark(RemarkKind.UNCHECKED, table.place(table.heading.last_row), words)
    if unread := table.heading.unread:
        words = f"“{'”“'.join(unread.values())}”未核对。"
        yield PrintedRemark(RemarkKind.UNCHECKED, table.place(table.heading.last_row), words)


def _in_order(remarks: Sequence[PrintedRemark]) -> tuple[PrintedRemark, ...]:
    """By kind, the slips first, then as the file has them; each once."""
    kinds = list(RemarkKind)
    return tuple(
        sorted(
            dict.fromkeys(remarks),
            key=lambda each: (
                kinds.index(each.kind),
                each.place.part,
                -1 if each.place.row is None else each.place.row,
                -1 if each.place.column is None else each.place.column,
            ),
        )
    )

"""Sums in somebody's table: rows against their 合计 and 小计, columns against theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mediawatch.figures.printed.headings import FigureRole
from mediawatch.figures.printed.lines import rate_remarks
from mediawatch.figures.printed.remarks import PrintedRemark, RemarkKind
from mediawatch.figures.printed.tables import PrintedRow, PrintedTable, RowKind

_KIND = re.compile("更新|搜索|无法|停更|互动|回应|内容|功能|错别字|空白|名称变动|未|不规范")
"""Words of headings that are kinds of problems."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A row of a sum, and the rows that it sums."""

    whole: PrintedRow
    parts: Sequence[PrintedRow]


def sum_remarks(table: PrintedTable) -> Iterator[PrintedRemark]:
    """Where a sum is not that of its parts, by its cell."""
    totals = list(_blocks(table.rows, RowKind.TOTAL))
    subtotals = list(_blocks(table.rows, RowKind.SUBTOTAL))
    for column, figure in table.heading.figures.items():
        if figure.role is not None and figure.role.is_rate:
            continue
        for block in subtotals:
            yield from _column_remarks(table, block, column, ())
        for block in totals:
            inside = [each.whole for each in subtotals if each.whole in block.parts]
            parts = [row for row in block.parts if row.kind is RowKind.PART]
            yield from _column_remarks(table, _Block(block.whole, parts), column, inside)
    for row in table.rows:
        if row.kind is RowKind.ASIDE:
            words = f"“{row.name}”一行未核对。"
            yield PrintedRemark(RemarkKind.UNCHECKED, table.place(row.row), words)
            continue
        if row.kind is RowKind.UNNAMED:
            yield from _unnamed_remarks(table, row)
        yield from _row_remarks(table, row)
        yield from _kind_remarks(table, row)


def share_remarks(table: PrintedTable) -> Iterator[PrintedRemark]:
    """占比: each row's part of the one 合计, of the column of counts that stands before it."""
    totals = [row for row in table.rows if row.kind is RowKind.TOTAL]
    counting = _counting(table)
    for column, figure in table.heading.figures.items():
        if figure.role is not FigureRole.SHARE:
            continue
        before = max((each for each in counting if each < column), default=None)
        whole = totals[0].counts.get(before, 0) if len(totals) == 1 and before is not None else 0
        if before is None or not whole:
            place = table.place(table.heading.last_row, column)
            words = f"“{figure.heading}”未核对：未见唯一的合计。"
            yield PrintedRemark(RemarkKind.UNCHECKED, place, words)
            continue
        for row in table.rows:
            if column in row.rates and before in row.counts and not row.merged & {column, before}:
                fraction = (row.counts[before], whole)
                place = table.place(row.row, column)
                yield from rate_remarks(
                    row.name, FigureRole.SHARE, row.rates[column], place, [fraction]
                )


def _blocks(rows: Sequence[PrintedRow], kind: RowKind) -> Iterator[_Block]:
    """The rows of one kind, with the rows before each of them, or after where a block begins so."""
    ends = (kind,) if kind is RowKind.TOTAL else (RowKind.TOTAL, RowKind.SUBTOTAL)
    within = [row for row in rows if kind is RowKind.TOTAL or row.kind is not RowKind.TOTAL]
    heads = bool(within) and within[0].kind is kind
    for place, row in enumerate(rows):
        if row.kind is not kind:
            continue
        around = rows[place + 1 :] if heads else rows[:place][::-1]
        parts = []
        for other in around:
            if other.kind in ends:
                break
            if other.kind is not RowKind.ASIDE:
                parts.append(other)
        yield _Block(row, parts)


def _column_remarks(
    table: PrintedTable, block: _Block, column: int, subtotals: Sequence[PrintedRow]
) -> Iterator[PrintedRemark]:
    whole = block.whole.counts.get(column)
    if not block.parts:
        return
    place = table.place(block.whole.row, column)
    word = table.heading.figures[column].heading
    if whole is None and column not in block.whole.unclear:
        if any(row.counts.get(column) or column in row.unclear for row in block.parts):
            words = f"{block.whole.name}的“{word}”未核对：该格没有数字。"
            yield PrintedRemark(RemarkKind.UNCHECKED, place, words)
        return
    if any(row.name.startswith("其中") for row in block.parts):
        words = f"各行“{word}”的合计未核对：有“其中”行。"
        yield PrintedRemark(RemarkKind.UNCHECKED, place, words)
        return
    if column in block.whole.unclear:
        return  # its cell is told already
    unclear = [row for row in block.parts if column in row.unclear]
    if unclear:
        yield PrintedRemark(
            RemarkKind.UNCHECKED,
            place,
            f"{block.whole.name}的“{word}”未核对：“{unclear[0].name}”一行不是整数。",
        )
        return
    assert whole is not None
    parts = sum(row.counts.get(column, 0) for row in block.parts)
    inside = sum(row.counts.get(column, 0) for row in subtotals)
    if parts == whole or (subtotals and inside == whole):
        return
    if parts == 2 * whole:
        words = (
            f"各行“{word}”合计{parts}，恰为{block.whole.name}的两倍，可能并列了上下两级，未核对。"
        )
        yield PrintedRemark(RemarkKind.UNCHECKED, place, words)
        return
    yield PrintedRemark(
        RemarkKind.SLIP,
        place,
        f"各行“{word}”合计{parts}，{block.whole.name}写{whole}：差{abs(parts - whole)}。",
    )


def _row_remarks(table: PrintedTable, row: PrintedRow) -> Iterator[PrintedRemark]:
    """Columns against the column of their sum: of kinds of problems, and of groups of columns."""
    figures = table.heading.figures
    inside = any(each.is_within for each in figures.values())
    sums = [place for place, each in figures.items() if each.role is FigureRole.ROW_SUM]
    kinds = [place for place, each in figures.items() if each.role is None and not each.is_within]
    counting = [place for place in _counting(table) if not figures[place].is_within]
    if len(sums) == 1 and len(kinds) >= 2 and len(kinds) + 1 == len(counting):
        yield from _across_remarks(table, row, sums[0], kinds, unsure=inside)
    whole_groups = [group for group in table.groups if group in ("合计", "总计", "总体")]
    parts = [group for group in table.groups if group and group not in whole_groups]
    parts = [group for group in parts if not group.startswith("其中")]
    if len(whole_groups) != 1 or len(parts) < 2:
        return
    for role in (FigureRole.TOTAL, FigureRole.CHECKED, FigureRole.FAILED, FigureRole.PASSED):
        whole = table.column_of(role, whole_groups[0])
        columns = [table.column_of(role, group) for group in parts]
        known = [column for column in columns if column is not None]
        if whole is not None and len(known) == len(parts):
            yield from _across_remarks(table, row, whole, known, unsure=inside)


def _counting(table: PrintedTable) -> list[int]:
    return [
        place
        for place, each in table.heading.figures.items()
        if each.role is None or not each.role.is_rate
    ]


def _across_remarks(
    table: PrintedTable, row: PrintedRow, whole: int, columns: Sequence[int], *, unsure: bool
) -> Iterator[PrintedRemark]:
    printed = row.counts.get(whole)
    if printed is None or row.unclear & {whole, *columns}:
        return
    parts = sum(row.counts.get(column, 0) for column in columns)
    if parts == printed or row.merged & {whole, *columns}:
        return
    word = table.heading.figures[whole].heading
    place = table.place(row.row, whole)
    if unsure:
        words = f"{row.name}：各列与“{word}”未核对：有“其中”列。"
        yield PrintedRemark(RemarkKind.UNCHECKED, place, words)
        return
    words = f"{row.name}：各列合计{parts}，“{word}”写{printed}：差{abs(parts - printed)}。"
    yield PrintedRemark(RemarkKind.SLIP, place, words)


def _unnamed_remarks(table: PrintedTable, row: PrintedRow) -> Iterator[PrintedRemark]:
    """The last row, without a name: a total where all its counts are sums, else nobody knows."""
    parts = [each for each in table.rows if each.kind is RowKind.PART]
    sums = {column: sum(each.counts.get(column, 0) for each in parts) for column in row.counts}
    if row.unclear or sums != row.counts:
        words = "这一行没有名称，不知是否为合计，未核对。"
        yield PrintedRemark(RemarkKind.UNCHECKED, table.place(row.row), words)


def _kind_remarks(table: PrintedTable, row: PrintedRow) -> Iterator[PrintedRemark]:
    """Columns of kinds of problems against 不合格数. An account may have two of them."""
    figures = table.heading.figures
    failed = table.column_of(FigureRole.FAILED, "")
    kinds = [
        place
        for place, each in figures.items()
        if each.role is None and not each.is_within and _KIND.search(each.heading)
    ]
    if failed is None or len(kinds) < 2 or (row.unclear | row.merged) & {failed, *kinds}:
        return
    printed, total = row.counts.get(failed), sum(row.counts.get(each, 0) for each in kinds)
    if printed is None or total == printed:
        return
    end = "一个账号存在多类问题" if total > printed else "问题类型未列全"
    words = f"{row.name}：各类问题合计{total}，不合格数写{printed}：差{abs(total - printed)}，{end}的除外。"
    yield PrintedRemark(RemarkKind.NOTE, table.place(row.row, failed), words)

"""附件: the tables of a circular, with the headings of published circulars.

类型 and 所属组织 stand exactly as filed.
"""

from __future__ import annotations

from dataclasses import replace

from mediawatch.domain import Filing, SweepAccount
from mediawatch.figures.dimensions import Dimension
from mediawatch.publish.circular.annex_numbers import annex_title
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.reports.statistics import split_table
from mediawatch.publish.reports.xlsx import workbook
from mediawatch.table import Table
from mediawatch.typesetting import typeset

COUNTS = frozenset({"序号", "在管数", "检查数", "不合格数", "待核查", "间隔天数"})
"""Columns whose cells are whole numbers; every other cell is text, ids above all."""
RATES = frozenset({"检查率", "合格率"})


def annex_book(inspection: Inspection) -> bytes:
    """The annexes of an inspection as a workbook, a sheet each.

    Empty lists are left out, except the list of problems.
    """
    sheets = [("检查情况统计表", regions(inspection)), ("突出问题名单", failed_table(inspection))]
    others = (
        ("异常单列", listed_table(inspection)),
        ("复查情况", rechecks_table(inspection)),
        ("人工核查清单", to_be_seen(inspection)),
    )
    sheets += [(name, table) for name, table in others if table.rows]
    return workbook(
        sheets, counts=COUNTS, rates=RATES, marks=inspection.marks, made_at=inspection.sweep.as_of
    )


def regions(inspection: Inspection) -> Table:
    """检查情况统计表, by place or department, with its sum."""
    split = next(
        split for split in inspection.statistics.splits if split.heading == Dimension.REGION.label
    )
    table = split_table(split, inspection.statistics.whole, inspection.office.decimals)
    headings = tuple(typeset(column) for column in table.columns)
    table = replace(table, title=annex_title(inspection.office, "table"), columns=headings)
    # The figures were proved with their rates; an office may print none.
    if inspection.office.print_rate:
        return table
    return table.only(*(column for column in table.columns if column not in RATES))


def failed_table(inspection: Inspection) -> Table:
    """存在突出问题的政务新媒体名单: each failed account once, with all of its problems."""
    return Table(
        annex_title(inspection.office, "list"),
        _PROBLEM,
        tuple(_row(problem) for problem in inspection.failed),
    )


def listed_table(inspection: Inspection) -> Table:
    """异常单列: what is conclusive without being a failure under this policy."""
    return Table(
        annex_title(inspection.office, "listed"),
        _PROBLEM,
        tuple(_row(problem) for problem in inspection.noteworthy),
    )


_PROBLEM = ("备案单号", "政务新媒体名称", "类型", "所属组织", "存在的突出问题")


def _row(problem: AccountProblem) -> tuple[str, ...]:
    return *_filed_row(problem.entry.account.filed), problem.printed


def _filed_row(filed: Filing) -> tuple[str, str, str, str]:
    return filed.filing_number, filed.name, filed.type, filed.organiser


def rechecks_table(inspection: Inspection) -> Table:
    """上期通报问题复查情况: each account of the previous notice with its result."""
    rows = tuple(
        (*_filed_row(each.item.filed), each.about, each.result.label)
        for each in inspection.past.rechecked
    )
    return Table(annex_title(inspection.office, "recheck"), (*_PROBLEM, "复查结果"), rows)


def to_be_seen(inspection: Inspection) -> Table:
    """人工核查清单: what the machine could not settle, and why."""
    columns = ("备案单号", "政务新媒体名称", "类型", "所属组织", "地区（部门）", "原因")
    return Table("人工核查清单", columns, tuple(_open_row(entry) for entry in inspection.open))


def _open_row(entry: SweepAccount) -> tuple[str, ...]:
    filed = entry.account.filed
    why = typeset(entry.judgement.sentence) if entry.judgement else "尚未核查。"
    return (
        filed.filing_number,
        filed.name,
        filed.type,
        filed.organiser,
        Dimension.REGION.of(filed),
        why,
    )

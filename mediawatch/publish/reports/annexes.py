"""附件: the tables of a circular, with the headings of published circulars.

类型 and 所属组织 stand exactly as filed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from mediawatch.domain import Filing, SweepAccount
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.regions import Regions
from mediawatch.publish.circular.annex_numbers import annex_title
from mediawatch.publish.circular.frame import title as title_of
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.reports.statistics import split_table
from mediawatch.publish.reports.xlsx import BookCover, workbook
from mediawatch.table import Table
from mediawatch.typesetting import typeset

COUNTS = frozenset({"序号", "在管数", "检查数", "不合格数", "待核查", "间隔天数"})
"""Columns whose cells are whole numbers; every other cell is text, ids above all."""
RATES = frozenset({"检查率", "合格率"})


INTERNAL = "内部使用，不随通报印发"


def annex_book(inspection: Inspection) -> bytes:
    """The annexes of an inspection as a workbook, a sheet each; an empty list of problems says 无.

    A re-check has no statistics of its own: its accounts are those that failed before.
    """
    failed = ("突出问题名单", failed_table(inspection))
    others = [
        (name, table)
        for name, table in (
            ("其他需关注情形", listed_table(inspection)),
            ("复查情况", rechecks_table(inspection)),
        )
        if table.rows
    ]
    first = [] if inspection.is_recheck else [("检查情况统计表", regions(inspection))]
    return _book(
        inspection, f"{title_of(inspection)}附件", [*first, failed, *others], inspection.marks
    )


def open_book(inspection: Inspection) -> bytes:
    """人工核查清单 as a workbook of its own: it is for the office, and goes out with nothing."""
    # A draft's work is whole; what a notice did not name, none of its papers names later.
    table = to_be_seen(inspection, hidden=inspection.omissions if inspection.issued else {})
    return _book(inspection, table.title, [(table.title, table)], (INTERNAL, *inspection.marks))


def _book(
    inspection: Inspection,
    title: str,
    tables: Sequence[tuple[str, Table]],
    marks: Sequence[str],
) -> bytes:
    return workbook(
        tables,
        counts=COUNTS,
        rates=RATES,
        marks=marks,
        cover=BookCover(
            title=title, issuer=inspection.office.issuer, made_at=inspection.sweep.as_of
        ),
    )


def regions(inspection: Inspection) -> Table:
    """检查情况统计表, by place or department, with its sum."""
    split = next(
        split for split in inspection.statistics.splits if split.heading == Dimension.REGION.label
    )
    table = split_table(split, inspection.statistics.whole, inspection.office.decimals)
    headings = tuple(typeset(column) for column in table.columns)
    table = replace(table, title=annex_title(inspection.office, "table"), columns=headings)
    if reporting := inspection.reporting:
        rows = tuple((row[0], reporting.row_name(row[1]), *row[2:]) for row in table.rows)
        table = replace(table, rows=rows)
    # The figures were proved with their rates; an office may print none.
    if inspection.office.print_rate:
        return table
    return table.only(*(column for column in table.columns if column not in RATES))


def failed_table(inspection: Inspection) -> Table:
    """存在突出问题的政务新媒体名单: each failed account that is named, with all of its problems."""
    shown = [problem for problem in inspection.failed if not problem.unnamed]
    return _with_senders(
        Table(annex_title(inspection.office, "list"), _PROBLEM, tuple(map(_row, shown))),
        shown,
        inspection,
    )


def listed_table(inspection: Inspection) -> Table:
    """其他需关注情形: what is conclusive without being a failure under this policy."""
    shown = [problem for problem in inspection.noteworthy if not problem.unnamed]
    # Who loses points or is listed has no 突出问题.
    columns = (*_FILED, "情形")
    return _with_senders(
        Table(annex_title(inspection.office, "listed"), columns, tuple(map(_row, shown))),
        shown,
        inspection,
    )


def _with_senders(
    table: Table, problems: Sequence[AccountProblem], inspection: Inspection
) -> Table:
    """The same with 报送单位 where lower offices found the problems: each row says whose it is."""
    if (reporting := inspection.reporting) is None:
        return table
    rows = tuple(
        (*row, reporting.sender_of[problem.entry.account.id])
        for row, problem in zip(table.rows, problems, strict=True)
    )
    return Table(table.title, (*table.columns, "报送单位"), rows)


_FILED = ("备案单号", "政务新媒体名称", "类型", "所属组织")
_PROBLEM = (*_FILED, "存在的突出问题")


def _row(problem: AccountProblem) -> tuple[str, ...]:
    return *_filed_row(problem.entry.account.filed), problem.printed


def _filed_row(filed: Filing) -> tuple[str, str, str, str]:
    return filed.filing_number, filed.name, filed.type, filed.organiser


def rechecks_table(inspection: Inspection) -> Table:
    """上期通报问题复查情况: each account that the previous notice and this one name,
    with its result."""
    rows = tuple(
        (*_filed_row(each.item.filed), each.about, each.result.label)
        for each in inspection.rechecked
        if not each.item.unnamed
    )
    return Table(annex_title(inspection.office, "recheck"), (*_PROBLEM, "复查结果"), rows)


def open_table(inspection: Inspection) -> Table:
    """待人工核查 as it is published: without whom the notice, or its draft, names nowhere."""
    return to_be_seen(inspection, hidden=inspection.omissions)


def to_be_seen(inspection: Inspection, *, hidden: Collection[int]) -> Table:
    """人工核查清单: what the machine could not settle, and why, without the `hidden` accounts."""
    columns = ("备案单号", "政务新媒体名称", "类型", "所属组织", "地区（部门）", "原因")
    rows = tuple(
        _open_row(entry, inspection.regions)
        for entry in inspection.open
        if entry.account.id not in hidden
    )
    return Table("人工核查清单", columns, rows)


def _open_row(entry: SweepAccount, regions: Regions) -> tuple[str, ...]:
    filed = entry.account.filed
    why = typeset(entry.judgement.sentence) if entry.judgement else "尚未核查。"
    return (
        filed.filing_number,
        filed.name,
        filed.type,
        filed.organiser,
        regions.of(filed),
        why,
    )

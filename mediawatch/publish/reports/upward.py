"""政务新媒体检查情况的报告: the letter to the office above, and its tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from mediawatch.domain import Rectification
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.publish.reports.letters import Letter, letter_document
from mediawatch.publish.reports.xlsx import BookCover, workbook
from mediawatch.publish.upward import UpwardReport, UpwardRow, assert_rows
from mediawatch.table import Table
from mediawatch.typesetting import typeset

COUNTS = ("总数", "新增", "关停", "检查数", "不合格数", "已整改")
UNKNOWN = "—"
"""Stands where a number is not known; the letter says why."""
_NUMERALS = "一二三四"


def upward_letter(report: UpwardReport, signed_on: date | None) -> bytes:
    """The report as a Word document. UserError where the extra `word` is missing."""
    inspection = report.inspection
    office = inspection.office
    superior = office.superior
    return letter_document(
        Letter(
            title=title(report),
            marks=inspection.marks,
            addressee=f"{superior.rstrip('：:')}：" if superior else "",
            paragraphs=paragraphs(report),
            issuer=office.issuer,
            signed_on=signed_on,
            annexes=tables(report),
        ),
        inspection.sweep.as_of,
    )


def upward_book(report: UpwardReport) -> bytes:
    """The tables as a workbook, a sheet each."""
    return workbook(
        [
            (f"按{heading}", table)
            for heading, table in zip(report.splits, tables(report), strict=True)
        ],
        counts=COUNTS,
        rates=COUNTS,
        marks=report.inspection.marks,
        cover=BookCover(
            title=title(report),
            issuer=report.inspection.office.issuer,
            made_at=report.inspection.sweep.as_of,
        ),
    )


def one_table(report: UpwardReport) -> Table:
    """All rows in one table, with a column that says by what they are split."""
    rows = [
        (heading, *_cells(row))
        for heading, found in report.splits.items()
        for row in (*found, report.whole)
    ]
    return Table(_about(report), ("分列", "名称", *COUNTS), tuple(rows))


def tables(report: UpwardReport) -> list[Table]:
    """By platform and by level, each with its sum. AssertionError where a printed sum is wrong."""
    found = []
    for heading, rows in report.splits.items():
        cells = [_cells(row) for row in (*rows, report.whole)]
        table = Table(f"{_about(report)}（按{heading}）", (heading, *COUNTS), tuple(cells))
        *parts, whole = [_read_back(row) for row in table.rows]
        assert_rows(table.title, parts, whole)
        found.append(table)
    return found


def title(report: UpwardReport) -> str:
    office = report.inspection.office
    return f"{office.issuer}关于{_round(report)}{office.reach}政务新媒体检查情况的报告"


def paragraphs(report: UpwardReport) -> tuple[str, ...]:
    """The letter's text. AssertionError where it says another number than the table."""
    said = [
        f"现将{_round(report)}{report.inspection.office.reach}政务新媒体检查情况报告如下。",
        f"一、账号底数。{_registry(report)}",
        f"二、检查情况。{_checked(report)}",
        f"三、整改情况。{_rectified(report)}",
        "分平台、分层级情况见附件。",
    ]
    _assert_numbers(said, report)
    return tuple(said)


def _round(report: UpwardReport) -> str:
    sweep = report.inspection.sweep
    day = day_of(sweep.as_of)
    return sweep.round or f"{day.year}年第{_NUMERALS[(day.month - 1) // 3]}季度"


def _about(report: UpwardReport) -> str:
    return f"{report.inspection.office.reach}政务新媒体检查整改情况表"


def _registry(report: UpwardReport) -> str:
    office, whole, movement = report.inspection.office, report.whole, report.movement
    measure = office.measure
    known = (
        f"{office.reach}在管政务新媒体共有{whole.total}{measure}。"
        if whole.total is not None
        else "在管政务新媒体总数不详，本次只检查了一部分账号。"
    )
    if movement.unknown or movement.since is None:
        return f"{known}新增、关停数量不详：{movement.unknown}。"
    gone = f"（其中{movement.gone}{measure}已移出报送系统台账）" if movement.gone else ""
    return (
        f"{known}自{chinese_day(movement.since)}以来，新增{whole.opened}{measure}，"
        f"关停{whole.closed}{measure}{gone}。"
    )


def _checked(report: UpwardReport) -> str:
    inspection, whole = report.inspection, report.whole
    measure, counted = inspection.office.measure, inspection.statistics.whole
    rate = (
        f"，合格率{counted.rate_text(inspection.office.decimals)}"
        if inspection.office.print_rate
        else ""
    )
    open_ = f"另有{counted.open}{measure}尚待人工核查，以上为初步结果。" if counted.open else ""
    return (
        f"监测时间点为{chinese_day(day_of(inspection.sweep.as_of))}。检查{whole.checked}{measure}，"
        f"不合格{whole.failed}{measure}{rate}。{open_}"
    )


def _rectified(report: UpwardReport) -> str:
    measure, results = report.inspection.office.measure, report.results
    if report.rectified.unknown:
        return f"已整改数量不详：{report.rectified.unknown}。"
    others = "".join(
        f"，{result.label}{results[result]}{measure}"
        for result in Rectification
        if result is not Rectification.DONE and results.get(result)
    )
    left = report.whole.failed - sum(results.values())
    not_looked_at = f"，尚未复查{left}{measure}" if left > 0 else ""
    return (
        f"经复查，不合格账号中已完成整改{report.whole.rectified}{measure}{others}{not_looked_at}。"
    )


def _cells(row: UpwardRow) -> tuple[str, ...]:
    numbers = (UNKNOWN if number is None else str(number) for number in row.numbers)
    return row.name, *numbers


def _read_back(cells: Sequence[str]) -> UpwardRow:
    name, *texts = cells
    total, opened, closed, checked, failed, rectified = (
        None if text == UNKNOWN else int(text) for text in texts
    )
    assert checked is not None
    assert failed is not None
    return UpwardRow(
        name=name,
        total=total,
        opened=opened,
        closed=closed,
        checked=checked,
        failed=failed,
        rectified=rectified,
    )


def _assert_numbers(said: Sequence[str], report: UpwardReport) -> None:
    """AssertionError where a number of the text is not that of the table."""
    text = typeset("".join(said))
    words = ("共有", "，新增", "，关停", "。检查", "，不合格", "已完成整改")
    for word, number in zip(words, report.whole.numbers, strict=True):
        found = re.search(rf"{word}(\d+)", text)
        if (int(found[1]) if found else None) != number:
            raise AssertionError(f"the letter says {found and found[0]!r}, the table {number}")

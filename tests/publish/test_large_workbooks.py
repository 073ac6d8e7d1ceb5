"""Workbooks of so many rows that they are written one by one."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from mediawatch.publish.reports import xlsx
from mediawatch.publish.reports.xlsx import BookCover, workbook
from mediawatch.table import Table

COVER = BookCover(title="演示", issuer="演示办", made_at=datetime(2026, 1, 1, tzinfo=UTC))


def made(rows: int) -> bytes:
    cells = tuple((f"00{number}", "甲\n乙" * number, str(number)) for number in range(rows))
    tables = [("名单", Table("演示名单", ("备案单号", "名称", "序号"), cells))]
    tables.append(("空", Table("演示空表", ("备案单号", "名称"), ())))
    return workbook(tables, counts=("序号",), rates=(), marks=("内部",), cover=COVER)


def look(body: bytes) -> list[tuple[object, ...]]:
    """What a reader sees of each sheet: cells with their looks, heights, widths, merged cells."""
    return [
        (
            sheet.title,
            [
                [(cell.value, cell.number_format, cell.alignment.horizontal) for cell in row]
                for row in sheet.iter_rows()
            ],
            {number: row.height for number, row in sheet.row_dimensions.items()},
            {name: column.width for name, column in sheet.column_dimensions.items()},
            sorted(map(str, sheet.merged_cells.ranges)),
            (sheet.freeze_panes, sheet.print_title_rows, sheet.print_area),
        )
        for sheet in openpyxl.load_workbook(io.BytesIO(body))
    ]


def test_large_workbooks_look_like_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    small = made(12)
    monkeypatch.setattr(xlsx, "_MANY_ROWS", 11)
    assert b"inlineStr" not in small
    assert made(12) != small
    assert look(made(12)) == look(small)


def test_rows_that_no_sheet_holds_stand_on_further_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_SHEET_ROWS", 5)
    found = {title: cells for title, cells, *_ in look(made(12))}
    assert list(found) == ["名单", "名单（2）", "名单（3）", "空"]
    numbers = [row[0][0] for cells in list(found.values())[:3] for row in cells[3:] if row[0][0]]
    assert numbers == [f"00{number}" for number in range(12)]

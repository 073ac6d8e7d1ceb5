"""Workbooks of so many rows that they are written one by one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from mediawatch.publish.reports import xlsx
from mediawatch.publish.reports.xlsx import BookCover, workbook
from mediawatch.table import Table

COVER = BookCover(title="演示", issuer="演示办", made_at=datetime(2026, 1, 1, tzinfo=UTC))


STRANGE = (
    "<r>&</r>",
    "_x000D_",
    " 前后 ",
    "甲\n乙\n",
    '<c s="1">&amp;"',
    "",
    "😀" * 20_000,
    "=1+1",
)


def made(rows: int) -> bytes:
    cells = tuple(
        (f"00{number}", (*STRANGE, "甲\n乙" * number)[number % 9], str(number))
        for number in range(rows)
    )
    tables = [("名单", Table("演示名单", ("备案单号", "名称", "序号"), cells))]
    tables.append(("空", Table("演示空表", ("备案单号", "名称"), ())))
    return workbook(tables, counts=("序号",), rates=(), marks=("内部",), cover=COVER)


def look(body: bytes) -> list[tuple[object, ...]]:
    """How each sheet looks: its cells, heights, widths, merged cells."""
    return [
        (
            sheet.title,
            [
                [(cell.number_format, cell.alignment.horizontal) for cell in row]
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
    large = made(12)
    assert large != small
    assert look(large) == look(small)
    assert texts(large) == texts(small)


def texts(body: bytes) -> list[tuple[str, Sequence[Sequence[object]]]]:
    """The cells of each sheet; xlsxwriter is given one of its marks with a space behind it."""
    with CalamineWorkbook.from_filelike(io.BytesIO(body)) as book:
        return [
            (
                name,
                [
                    ["<r>&</r>" if cell == "<r>&</r> " else cell for cell in row]
                    for row in book.get_sheet_by_name(name).to_python()
                ],
            )
            for name in book.sheet_names
        ]


def test_a_text_stands_in_a_cell_as_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for many in (5_000, 11):
        monkeypatch.setattr(xlsx, "_MANY_ROWS", many)
        [(_, rows), _] = texts(made(12))
        found = [str(row[1]).removesuffix(" ") for row in rows[3:11]]
        assert found == [each.removesuffix(" ")[:16_000] for each in STRANGE]


def test_a_large_sheet_tells_how_far_it_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_MANY_ROWS", 11)
    sheet = openpyxl.load_workbook(io.BytesIO(made(12)))["名单"]
    assert (sheet.dimensions, sheet.max_row) == ("A1:C15", 15)


def test_rows_that_no_sheet_holds_stand_on_further_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for many in (5_000, 4):
        monkeypatch.setattr(xlsx, "_MANY_ROWS", many)
        monkeypatch.setattr(xlsx, "_SHEET_ROWS", 5)
        found = dict(texts(made(12)))
        assert list(found) == ["名单", "名单（2）", "名单（3）", "空"]
        parts = [found[name] for name in list(found)[:3]]
        numbers = [row[0] for cells in parts for row in cells[3:] if row[0]]
        assert numbers == [f"00{number}" for number in range(12)]

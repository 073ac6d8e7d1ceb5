"""Workbooks as they are written, read again by another library."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from mediawatch.paper import in_chinese
from mediawatch.sheets import TextWorkbook

TEXTS = ("<r>甲&乙</r>", "=1+1", "https://example.org/", "0012", "<r>", "甲\n乙")


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_text_is_nothing_but_a_text(in_memory: bool, tmp_path: Path) -> None:
    stream = io.BytesIO()
    with TextWorkbook(stream, rows_in=None if in_memory else tmp_path) as book:
        first, second = book.add_worksheet("一"), book.add_worksheet("二")
        for row, text in enumerate(TEXTS):
            for sheet in (first, second):
                sheet.set_row(row, 30 + 3 * row)
                sheet.write_string(row, 0, text)
                sheet.write(row, 1, text)
    for sheet in openpyxl.load_workbook(io.BytesIO(in_chinese(stream))).worksheets:
        for row, text in enumerate(TEXTS, 1):
            for cell in (sheet.cell(row, 1), sheet.cell(row, 2)):
                assert (cell.data_type, cell.hyperlink) == ("s", None)
                assert str(cell.value).rstrip(" ") == text
            assert sheet.row_dimensions[row].height == 27 + 3 * row


def test_rows_leave_nothing_behind(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with TextWorkbook(stream, rows_in=tmp_path) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_string(0, 0, "甲")
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())

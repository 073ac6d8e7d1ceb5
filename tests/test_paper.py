"""Sheets on A4: as wide as a page, and legible."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from mediawatch.paper import (
    LEGIBLE,
    LINE,
    TALLEST,
    TYPE_SIZE,
    in_chinese,
    lay_out,
    page_widths,
    pages_across,
    row_points,
)

_INCHES = 11.69 - 2 * 0.3


def printed_size(widths: list[float], pixels: int = 8) -> float:
    """Points of a cell's type once the sheet fits its pages; a width of 1 has so many pixels."""
    wide = sum(pixels * width + 5 for width in widths)
    paper = _INCHES * 96 * pages_across(len(widths))
    return TYPE_SIZE * min(1.0, paper / wide)


@settings(max_examples=40)
@given(st.lists(st.floats(6, 60), min_size=1, max_size=40))
def test_every_sheet_prints_legibly(wished: list[float]) -> None:
    widths = page_widths(wished)
    assert printed_size(widths) >= LEGIBLE
    assert all(width <= wish + 0.005 for width, wish in zip(widths, wished, strict=True))


def test_columns_that_fit_stay_as_they_are_and_pictures_never_give_way() -> None:
    assert page_widths([10, 20, 30]) == [10, 20, 30]
    narrow = page_widths([14.5, *([20] * 15)], firm=(0,))
    assert narrow[0] == 14.5
    assert len(set(narrow[1:])) == 1
    assert printed_size(narrow) >= LEGIBLE


@pytest.mark.parametrize(
    ("texts", "widths", "points"),
    [
        (["短"], [10], LINE),
        (["两个字" * 6, "短"], [10, 10], 4 * LINE),
        (["甲\n乙\n丙"], [10], 3 * LINE),
        (["长" * 5000], [10], TALLEST),
        ([], [], LINE),
    ],
)
def test_a_row_is_as_high_as_its_texts(
    texts: list[str], widths: list[float], points: float
) -> None:
    assert row_points(texts, widths) == points
    assert row_points(texts, widths, TALLEST) == TALLEST


def test_a_sheet_lies_on_a4_with_its_heading_on_every_page() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        lay_out(book.add_worksheet("表"), heading=1, rows=9, columns=3)
        lay_out(book.add_worksheet("宽"), heading=0, rows=2, columns=40)
    sheet, wide = load_workbook(io.BytesIO(in_chinese(stream))).worksheets
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == (
        "landscape",
        9,
        None,
        0,
    )
    assert (sheet.print_title_rows, sheet.print_area) == ("$2:$2", "'表'!$A$1:$C$9")
    assert wide.page_setup.fitToWidth == 2


def test_a_workbook_says_its_language_and_is_the_same_again() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("表")
    body = in_chinese(stream)
    assert load_workbook(io.BytesIO(body)).properties.language == "zh-CN"
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}
    assert in_chinese(stream) == body

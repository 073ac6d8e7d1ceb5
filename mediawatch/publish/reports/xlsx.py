"""Tables as a workbook for Excel and WPS.

Every given text is written as a string, never as a formula; ids stay text.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from datetime import datetime

import xlsxwriter
from rich.cells import cell_len
from xlsxwriter.worksheet import Worksheet

from mediawatch.domain.clock import beijing
from mediawatch.table import Table, lines_of
from mediawatch.typesetting import typeset

_MAX_TEXT = 32_000
"""Excel refuses a cell of more than 32 767 characters."""
_WIDEST = 48
_LINE = 15
"""Points."""


def workbook(
    sheets: Sequence[tuple[str, Table]],
    *,
    counts: Collection[str],
    rates: Collection[str],
    marks: Sequence[str],
    made_at: datetime,
) -> bytes:
    """One sheet a table: (name of at most 31 characters, table).

    `counts` are the columns of whole numbers; `rates` are those of percentages, which stand as they
    are printed. `made_at` is the moment that the file states. It is the inspection's, so that the
    same state gives the same bytes.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": beijing(made_at).replace(tzinfo=None)})
    formats = _Formats(book)
    for name, table in sheets:
        _write(book.add_worksheet(name), table, formats, counts, rates, marks)
    book.close()
    return stream.getvalue()


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        cell = {
            "border": 1,
            "valign": "vcenter",
            "text_wrap": True,
            "font_name": "宋体",
            "font_size": 11,
        }
        self.title = book.add_format(
            {
                "bold": True,
                "font_name": "黑体",
                "font_size": 16,
                "align": "center",
                "valign": "vcenter",
            }
        )
        self.mark = book.add_format(
            {"bold": True, "font_name": "宋体", "font_color": "#C00000", "align": "center"}
        )
        self.head = book.add_format(
            {**cell, "bold": True, "align": "center", "bg_color": "#E7E6E6"}
        )
        self.text = book.add_format({**cell, "num_format": "@"})
        self.rate = book.add_format({**cell, "num_format": "@", "align": "center"})
        self.count = book.add_format({**cell, "num_format": "0", "align": "center"})


def _write(
    sheet: Worksheet,
    table: Table,
    formats: _Formats,
    counts: Collection[str],
    rates: Collection[str],
    marks: Sequence[str],
) -> None:
    table = table.with_visible_cells()
    last = len(table.columns) - 1
    sheet.merge_range(0, 0, 0, last, "", formats.title)
    sheet.write_string(0, 0, table.title, formats.title)
    sheet.set_row(0, 30)
    top = 1
    if marks:
        sheet.merge_range(1, 0, 1, last, "", formats.mark)
        sheet.write_string(1, 0, typeset("；".join(marks)), formats.mark)
        top = 2
    widths = [
        _width([column, *(row[place] for row in table.rows)])
        for place, column in enumerate(table.columns)
    ]
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.write_string(top, place, column, formats.head)
        sheet.set_column(place, place, width)
    for number, row in enumerate(table.rows, top + 1):
        # LibreOffice shows one line of a row without a height of its own.
        sheet.set_row(number, _LINE * max(map(lines_of, row, widths)))
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            if column in counts and cell.isdecimal():
                sheet.write_number(number, place, int(cell), formats.count)
            else:
                sheet.write_string(
                    number,
                    place,
                    cell[:_MAX_TEXT],
                    formats.rate if column in rates else formats.text,
                )
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _width(texts: Sequence[str]) -> float:
    """In characters of the default font; a Chinese one takes two."""
    return min(_WIDEST, 3 + max(map(cell_len, texts)))

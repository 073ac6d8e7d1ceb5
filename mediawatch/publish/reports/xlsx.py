"""Tables as a workbook for Excel and WPS.

Every given text is written as a string, never as a formula; ids stay text.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from rich.cells import cell_len
from xlsxwriter.worksheet import Worksheet

from mediawatch.domain.clock import beijing
from mediawatch.paper import TYPE_SIZE, in_chinese, lay_out, page_widths, row_points
from mediawatch.publish.reports.long_rows import ColumnFormat, LongRows
from mediawatch.sheets import TextWorkbook
from mediawatch.table import NONE, Table, is_centred
from mediawatch.typesetting import typeset

_MAX_TEXT = 32_000
"""Excel refuses a cell of more than 32 767 characters."""
_WIDEST = 48
_MANY_ROWS = 5_000
"""Of a sheet: from here on `LongRows` writes them."""
_SHEET_ROWS = 1_000_000
"""Of one sheet; Excel knows 1 048 576."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookCover:
    """What the properties of a file say.

    `made_at` is the inspection's moment, so that the same state gives the same bytes.
    """

    title: str
    issuer: str
    made_at: datetime


def begin_workbook(stream: io.BytesIO, cover: BookCover) -> TextWorkbook:
    """An empty workbook that says whose it is, and takes no cell for a formula or a link."""
    book = TextWorkbook(stream)
    book.set_properties(
        {
            "title": cover.title,
            "author": cover.issuer,
            "created": beijing(cover.made_at).replace(tzinfo=None),
        }
    )
    return book


def workbook(
    sheets: Iterable[tuple[str, Table]],
    *,
    counts: Collection[str],
    rates: Collection[str],
    marks: Sequence[str],
    cover: BookCover,
) -> bytes:
    """One sheet a table: (name of at most 31 characters, table). An empty table says 无.

    A table that no sheet can hold goes on in further ones. Tables that are made one by one are
    not held together.
    `counts` are the columns of whole numbers; `rates` are those of percentages, which stand as they
    are printed.
    """
    stream = io.BytesIO()
    book = begin_workbook(stream, cover)
    formats = _Formats(book)
    with tempfile.TemporaryDirectory() as folder:
        long = LongRows(Path(folder))
        for given, whole in sheets:
            for name, table in _parts(given, whole):
                _write(book.add_worksheet(name), table, formats, counts, rates, marks, long)
        book.close()
        return in_chinese(stream, long.by_member)


def _parts(name: str, table: Table) -> Iterator[tuple[str, Table]]:
    """The table in as many sheets as it needs: 按账号, 按账号（2）."""
    yield name, replace(table, rows=table.rows[:_SHEET_ROWS])
    for number, start in enumerate(range(_SHEET_ROWS, len(table.rows), _SHEET_ROWS), 2):
        further = replace(table, rows=table.rows[start : start + _SHEET_ROWS])
        yield f"{name[:26]}（{number}）", further


class _Formats:
    def __init__(self, book: TextWorkbook) -> None:
        cell = {
            "border": 1,
            "valign": "vcenter",
            "text_wrap": True,
            "font_name": "宋体",
            "font_size": TYPE_SIZE,
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
        self.centred = book.add_format({**cell, "num_format": "@", "align": "center"})
        self.count = book.add_format({**cell, "num_format": "0", "align": "center"})


def _write(
    sheet: Worksheet,
    table: Table,
    formats: _Formats,
    counts: Collection[str],
    rates: Collection[str],
    marks: Sequence[str],
    long: LongRows,
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
    widths = page_widths(
        [
            _width([column, *(row[place] for row in table.rows)])
            for place, column in enumerate(table.columns)
        ]
    )
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.write_string(top, place, column, formats.head)
        sheet.set_column(place, place, width)
    sheet.set_row(top, row_points(table.columns, widths))
    centred = [
        column in rates or is_centred(column, (row[place] for row in table.rows))
        for place, column in enumerate(table.columns)
    ]
    styles = [formats.centred if middle else formats.text for middle in centred]
    many = len(table.rows) > _MANY_ROWS
    if many:
        # A number in the file has no other name than the one that its writer keeps to itself.
        number = formats.count._get_xf_index
        columns = [
            ColumnFormat(style._get_xf_index(), number() if column in counts else None)
            for column, style in zip(table.columns, styles, strict=True)
        ]
        rows = islice(table.rows, len(table.rows) - 1)
        long.add(
            f"xl/worksheets/sheet{sheet.index + 1}.xml",
            top + 1,
            columns,
            (([*map(_fit, row)], row_points(row, widths)) for row in rows),
        )
    for number in range(len(table.rows) - 1 if many else 0, len(table.rows)):
        row = table.rows[number]
        sheet.set_row(top + 1 + number, row_points(row, widths))
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            if column in counts and cell.isdecimal():
                sheet.write_number(top + 1 + number, place, int(cell), formats.count)
            else:
                sheet.write_string(top + 1 + number, place, _fit(cell), styles[place])
    if not table.rows:
        sheet.merge_range(top + 1, 0, top + 1, last, NONE, formats.centred)
    sheet.freeze_panes(top + 1, 0)
    lay_out(
        sheet,
        heading=top,
        rows=top + 1 + max(1, len(table.rows)),
        columns=len(table.columns),
    )


def _fit(text: str) -> str:
    """The text as a cell holds it: Excel counts a character beyond U+FFFF as two."""
    if len(text) > _MAX_TEXT // 2:
        text = text.encode("utf-16-le")[: 2 * _MAX_TEXT].decode("utf-16-le", "ignore")
    return text


def _width(texts: Sequence[str]) -> float:
    """In characters of the default font; a Chinese one takes two."""
    return min(_WIDEST, 3 + max(map(cell_len, set(texts))))

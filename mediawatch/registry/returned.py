"""The workbook that goes back to the filing office: the refused rows, each with its 错误说明.

The rows are as they were. It can be corrected and imported as it is: headings stay, our own columns
are ignored on the way in.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mediawatch.files import FileWriter, write_whole
from mediawatch.paper import TYPE_SIZE, in_chinese, lay_out, page_widths, row_points
from mediawatch.registry.cells import show
from mediawatch.registry.headings import ROW_MARKS, Heading
from mediawatch.registry.problems import RowProblem
from mediawatch.sheets import TextWorkbook
from mediawatch.workbooks.places import Place
from mediawatch.workbooks.sheet import Sheet, Value
from mediawatch.workbooks.tables import File

_REASON, _MARK = 36, 12
"""Widths of 错误说明 and of the marks of a row, before they give way on paper."""
_NOT_IN_TITLES = str.maketrans("", "", "[]:*?/\\'")


def write_refused(
    files: Sequence[File],
    headings: Mapping[tuple[str, str], Heading],
    errors: Sequence[RowProblem],
    target: Path,
    write: FileWriter = write_whole,
) -> None:
    """Write the refused rows of `files`, a sheet for each sheet they come from.

    Raises UserError where `target` cannot be written. Cells keep their types: a number whose last
    digits are lost stays a number. It is then refused again until it is retyped.
    """
    reasons: defaultdict[Place, list[str]] = defaultdict(list)
    for error in errors:
        reasons[error.place].append(error.chinese)
    stream = io.BytesIO()
    with TextWorkbook(stream) as book:
        book.set_properties({"title": "台账退回更正"})
        pen = _Pen(book)
        for sheet in (sheet for file in files for sheet in file.sheets):
            refused = sorted(
                place for place in reasons if (place.file, place.sheet) == (sheet.file, sheet.name)
            )
            if refused:
                pen.sheet(sheet, headings[sheet.file, sheet.name], refused, reasons)
    write(target, in_chinese(stream))


class _Pen:
    def __init__(self, book: TextWorkbook) -> None:
        self.book = book
        cell = {
            "font_name": "宋体",
            "font_size": TYPE_SIZE,
            "text_wrap": True,
            "valign": "vcenter",
            "border": 1,
            "border_color": "#BFBFBF",
        }
        self.text: Format = book.add_format({**cell, "num_format": "@"})
        self.day: Format = book.add_format({**cell, "num_format": "yyyy-mm-dd"})
        self.head: Format = book.add_format({**cell, "num_format": "@", "bold": True})
        self.reason: Format = book.add_format({**cell, "font_color": "#C00000"})
        self._titles: set[str] = set()

    def sheet(
        self,
        sheet: Sheet,
        heading: Heading,
        refused: Sequence[Place],
        reasons: Mapping[Place, Sequence[str]],
    ) -> None:
        out = self.book.add_worksheet(self._title(sheet))
        # A file that came back once has our columns already; they are written anew behind
        # everything that was filed.
        titles = {
            column: title for column, title in heading.titles.items() if title not in ROW_MARKS
        }
        cells = {
            (line, column): value
            for line, place in enumerate(refused, 1)
            for column, value in enumerate(sheet.rows[place.row - 1])
            if value != "" and heading.titles.get(column) not in ROW_MARKS
        }
        width = max([*titles, *(column for _, column in cells)]) + 1
        for column, title in [*titles.items(), *enumerate(ROW_MARKS, width)]:
            out.write_string(0, column, title, self.head)
        out.freeze_panes(1, 0)
        columns = width + len(ROW_MARKS)
        widths = page_widths([18] * width + [_REASON] + [_MARK] * (len(ROW_MARKS) - 1))
        for column, wide in enumerate(widths):
            out.set_column(column, column, wide)
        shown = [titles.get(column, "") for column in range(width)]
        out.set_row(0, row_points([*shown, *ROW_MARKS], widths))
        for (line, column), value in cells.items():
            self._cell(out, line, column, value)
        for line, place in enumerate(refused, 1):
            reason = "；\n".join(reasons[place])
            marks = (Path(place.file).name, place.sheet, str(place.row))
            out.write_string(line, width, reason, self.reason)
            for column, text in enumerate(marks, width + 1):
                out.write_string(line, column, text, self.text)
            filed = [show(cells.get((line, column), "")) for column in range(width)]
            out.set_row(line, row_points([*filed, reason, *marks], widths))
        lay_out(out, heading=0, rows=len(refused) + 1, columns=columns)

    def _cell(self, out: Worksheet, row: int, column: int, value: Value) -> None:
        match value:
            case str():
                out.write_string(row, column, value, self.text)
            case bool():
                out.write_boolean(row, column, value)
            case int() | float():
                out.write_number(row, column, value)
            case datetime() | date():
                out.write_datetime(row, column, value, self.day)
            case _:
                out.write_string(row, column, show(value), self.text)

    def _title(self, sheet: Sheet) -> str:
        """At most 31 characters, unlike every other title whatever the case."""
        base = (sheet.name or Path(sheet.file).stem).translate(_NOT_IN_TITLES)[:26] or "退回"
        title, number = base, 1
        while title.casefold() in self._titles:
            number += 1
            title = f"{base}({number})"
        self._titles.add(title.casefold())
        return title

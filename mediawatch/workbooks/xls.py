"""The old binary .xls through xlrd.

It gives values, dates, merged cells, hidden rows and sheets, formula errors. python-calamine would
be faster, but does not report hidden rows. On a damaged .xls it panics, or asks for hundreds of
gigabytes and aborts the process (seen with 0.9.1).
"""

from __future__ import annotations

import io

import xlrd
import xlrd.biffh

from mediawatch.workbooks.cell_defects import ERROR_TEXT, CellDefect
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.sheet import Sheet, Value

_PACKAGE = "EncryptedPackage".encode("utf-16-le")
"""The stream in which Office keeps an .xlsx with a password ([MS-OFFCRYPTO] 2.3.4).

Such a file looks like an .xls.
"""


def read(name: str, data: bytes) -> tuple[Sheet, ...]:
    """All worksheets. Raises FileFault, and whatever a damaged file makes xlrd raise."""
    protected = f"{name} is protected by a password: open it, remove the password and save it again"
    if _PACKAGE in data:
        raise FileFault(protected)
    try:
        with xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO()
        ) as book:
            return tuple(_sheet(name, book, sheet) for sheet in book.sheets())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise FileFault(protected) from None
        raise


def _sheet(file: str, book: xlrd.Book, found: xlrd.sheet.Sheet) -> Sheet:
    rows: list[list[Value]] = []
    defects: dict[tuple[int, int], CellDefect] = {}
    errors: dict[tuple[int, int], str] = {}
    for index in range(found.nrows):
        cells = found.row(index)
        rows.append([_value(cell, book.datemode) for cell in cells])
        defects |= {
            (index, column): defect
            for column, cell in enumerate(cells)
            if (defect := _defect(cell))
        }
        errors |= {
            (index, column): xlrd.error_text_from_code.get(cell.value, ERROR_TEXT)
            for column, cell in enumerate(cells)
            if cell.ctype == xlrd.XL_CELL_ERROR
        }
    hidden = frozenset(index for index, info in found.rowinfo_map.items() if info.hidden)
    sheet = Sheet(file, found.name, rows, hidden, out_of_sight=found.visibility != 0)
    sheet.mark_defects(defects, errors=errors)
    sheet.fill_down((top, end - 1, column) for top, end, column, _ in found.merged_cells)
    return sheet


def _defect(cell: xlrd.sheet.Cell) -> CellDefect | None:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return CellDefect.ERROR
    # Of formulas xlrd reports the result alone. Programs that compute nothing (xlwt) store an
    # empty text, which is also the result of ="".
    empty_text = cell.ctype == xlrd.XL_CELL_TEXT and cell.value == ""
    return CellDefect.BLANK if empty_text else None


def _value(cell: xlrd.sheet.Cell, datemode: int) -> Value:
    value: Value = cell.value
    match cell.ctype:
        case xlrd.XL_CELL_DATE if isinstance(value, float):
            # Below a day it is a time of day, which no field of ours wants.
            return xlrd.xldate_as_datetime(value, datemode) if value >= 1 else str(value)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        case xlrd.XL_CELL_ERROR:
            return ""
    return value

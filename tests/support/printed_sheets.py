"""How large the type of a workbook's sheet is on paper."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

_PIXELS = 8
"""Of a column's character on a machine without Calibri; Excel's own has 7."""


def printed_size(sheet: Worksheet) -> float:
    """Points of the smallest type once the sheet fits the width of its pages."""
    shown = [look for look in sheet.column_dimensions.values() if not look.hidden]
    wide = sum(_PIXELS * look.width * (look.max - look.min + 1) for look in shown)
    inches = 11.69 - sheet.page_margins.left - sheet.page_margins.right
    pages = sheet.page_setup.fitToWidth or 1
    size = min(cell.font.size for row in sheet.iter_rows() for cell in row)
    return float(size * min(1, pages * inches * 96 / wide))

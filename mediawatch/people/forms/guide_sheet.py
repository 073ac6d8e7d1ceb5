"""填写说明: the sheet of a form that says how to fill it in."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.sheets import TextWorkbook
from mediawatch.table import lines_of

_GUIDE_WIDTH = 105
"""In characters: a printed page is as wide where the default font is a wide one.

Not every program narrows a sheet of one column.
"""


def write_guide(book: TextWorkbook, name: str, heading: str, paragraphs: Sequence[str]) -> None:
    """The sheet with its heading and a paragraph a row, on lying A4."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, _GUIDE_WIDTH)
    head = book.add_format({"bold": True, "font_size": 14})
    text = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
    sheet.write_string(0, 0, heading, head)
    for number, paragraph in enumerate(paragraphs, 2):
        # LibreOffice leaves a row without a height of its own at one line.
        sheet.set_row(number, 16 * lines_of(paragraph, _GUIDE_WIDTH))
        sheet.write_string(number, 0, paragraph, text)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")

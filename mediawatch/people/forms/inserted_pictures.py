"""Pictures in our workbooks: small ones within their rows, and large ones on pages of their own."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from rich.cells import chop_cells
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from mediawatch.paper import LINE, TYPE_SIZE, row_points
from mediawatch.sheets import TextWorkbook
from mediawatch.workbooks.images import dimensions

_HIGH, _WIDE = 96, 140
"""Pixels of a picture within a row, at most."""
_PAGE_HIGH, _PAGE_WIDE = 860, 590
"""Pixels of a standing A4 page below its caption, where a character of a column has 7.

Programs that take 8 for it widen the picture with its column, and it still fits.
"""
_PAGE_WIDTH = 84
"""The same width in characters."""
_LINE_PIXELS = LINE * 96 // 72
_CAPTION = 45
"""Points."""
_CAPTION_LINE = 72
"""Half widths of a line of a caption: 36 characters of 11 points, within the page's 46."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A PNG or JPEG on a page of its own, with what stands above it."""

    caption: str
    body: bytes


def write_picture(sheet: Worksheet, row: int, place: int, body: bytes, description: str) -> None:
    """A PNG or JPEG within its cell, which moves with it."""
    wide, high = (max(side, 1) for side in dimensions(body))
    scale = min(_HIGH / high, _WIDE / wide)
    options = {
        "x_offset": 5,
        "y_offset": 5,
        "x_scale": scale,
        "y_scale": scale,
        "object_position": 1,
        "description": description,
    }
    insert_picture(sheet, row, place, body, options)


def insert_picture(
    sheet: Worksheet, row: int, place: int, body: bytes, options: Mapping[str, object]
) -> None:
    """Insert a picture, or leave it out where the writer of workbooks cannot make it out.

    It reads more of a picture than its size, and what people hand in may be damaged there.
    """
    with suppress(XlsxWriterException, struct.error, ArithmeticError, LookupError, ValueError):
        sheet.insert_image(row, place, "picture", {**options, "image_data": io.BytesIO(body)})


def write_picture_pages(book: TextWorkbook, name: str, pictures: Sequence[PagePicture]) -> None:
    """A sheet of standing A4 pages, a picture each, as large as the page.

    A very long picture keeps the width of the page and goes on: shrunk to one page it could not be
    read. The sheet is at its own size: Excel knows no breaks in one that it fits to the page.
    """
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, _PAGE_WIDTH)
    style = {"font_name": "宋体", "font_size": TYPE_SIZE, "text_wrap": True, "valign": "vcenter"}
    text = book.add_format(style)
    row, breaks = 0, []
    for picture in pictures:
        caption = _in_lines(picture.caption)
        sheet.set_row(row, row_points([caption], [_PAGE_WIDTH], _CAPTION))
        sheet.write_string(row, 0, caption, text)
        wide, high = (max(side, 1) for side in dimensions(picture.body))
        scale = min(_PAGE_WIDE / wide, _PAGE_HIGH / high)
        if _PAGE_WIDE / wide > 2 * scale:
            scale = _PAGE_WIDE / wide
        options = {
            "x_scale": scale,
            "y_scale": scale,
            "object_position": 1,
            "description": picture.caption,
        }
        insert_picture(sheet, row + 1, 0, picture.body, options)
        row += 2 + -(-round(high * scale) // _LINE_PIXELS)
        breaks.append(row)
    sheet.set_h_pagebreaks(breaks[:-1])
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.5, top=0.6, bottom=0.6)
    sheet.print_area(0, 0, row - 1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _in_lines(caption: str) -> str:
    """A line for each part of a caption, and more where one is longer than a line.

    A program without the font of our workbooks makes the column wider than the page, and wraps a
    text behind the page's edge.
    """
    return "\n".join(
        line for part in caption.split("　") for line in chop_cells(part, _CAPTION_LINE)
    )

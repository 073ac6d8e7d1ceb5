"""How our workbooks print: A4 lying, one page wide, in type that people read without a glass.

Excel and WPS shrink a sheet until it fits. So the columns are made narrow enough beforehand, and
their texts wrap.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mediawatch.table import WIDEST_LINE, lines_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

TYPE_SIZE = 11
"""Points of our cells as they stand on the screen."""
LEGIBLE = 8
"""Points that a cell has at least on paper."""
LINE = 15
"""Points that a line of a cell takes."""
TALLEST = 409
"""Points of the highest row that Excel knows."""
_A4, _MARGIN = 11.69, 0.3
"""Inches."""
_PIXELS = 96
"""An inch has so many on the screen."""
_SIGN, _PADDING = 8, 5
"""Pixels of a width of 1, and of the room beside the text of a column.

Excel has 7; a machine without the font of our workbooks (most that run WPS or LibreOffice) has 8.
"""
_SPARE = 0.97
"""What programs differ by in measuring the same columns."""
_MANY = 24
"""From so many columns on a sheet prints two pages wide: narrower ones hold no word."""


def pages_across(columns: int) -> int:
    """How many pages a sheet of so many columns is wide."""
    return 1 if columns < _MANY else 2


def page_widths(wished: Sequence[float], firm: Collection[int] = ()) -> list[float]:
    """The widths of a sheet's columns, in Excel's unit, with which its cells print at `LEGIBLE`.

    Those at the places `firm` stay; where room is short the others give way alike.
    """
    pages = pages_across(len(wished))
    paper = (_A4 - 2 * _MARGIN) * _PIXELS * pages * _SPARE
    room = (paper * TYPE_SIZE / LEGIBLE - _PADDING * len(wished)) / _SIGN
    # A page ends between two columns, so the first of two is hardly full.
    room -= max(wished) * (pages - 1)
    kept = sum(wished[place] for place in firm)
    rest = sum(wished) - kept
    share = min(1.0, (room - kept) / rest) if rest else 1.0
    return [
        width if place in firm else round(width * share, 2) for place, width in enumerate(wished)
    ]


def row_points(texts: Sequence[str], widths: Sequence[float], least: float = LINE) -> float:
    """How high a row is: LibreOffice shows one line of a row without a height of its own."""
    lines = max(map(_lines_in, texts, widths), default=1)
    return min(TALLEST, max(least, LINE * lines))


@lru_cache(maxsize=10_000)  # In a long sheet most texts come again and again.
def _lines_in(text: str, width: float) -> int:
    if len(text) * WIDEST_LINE <= width and "\n" not in text:
        return 1  # Most cells: nothing need be measured.
    return sum(lines_of(line, width) for line in text.split("\n"))


def lay_out(sheet: Worksheet, *, heading: int, rows: int, columns: int) -> None:
    """Print the first `rows` rows and `columns` columns; row `heading` (from 0) on every page."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.center_horizontally()
    sheet.set_margins(left=_MARGIN, right=_MARGIN, top=0.6, bottom=0.6)
    sheet.fit_to_pages(pages_across(columns), 0)
    sheet.repeat_rows(heading)
    sheet.print_area(0, 0, max(rows - 1, heading), columns - 1)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def in_chinese(workbook: IO[bytes], rows: Mapping[str, Path] | None = None) -> bytes:
    """The workbook with zh-CN in its properties, for which its writer has no word.

    `rows`: by sheet, as it is called in the package, a file with what comes before its last row.
    """
    stream = io.BytesIO()
    put_in_chinese(workbook, stream, rows)
    return stream.getvalue()


def put_in_chinese(
    workbook: IO[bytes] | Path, target: IO[bytes] | Path, rows: Mapping[str, Path] | None = None
) -> None:
    """As `in_chinese`, from file to file."""
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            if further := (rows or {}).get(member.filename):
                _write_around(new, member, old.read(member), further)
            elif member.filename == "docProps/core.xml":
                end = b"</cp:coreProperties>"
                body = old.read(member).replace(end, b"<dc:language>zh-CN</dc:language>" + end)
                new.writestr(member, body, zipfile.ZIP_DEFLATED)
            else:
                member.compress_type = zipfile.ZIP_DEFLATED
                with old.open(member) as given, new.open(member, "w") as taken:
                    shutil.copyfileobj(given, taken, 1 << 20)


def _write_around(
    package: zipfile.ZipFile, member: zipfile.ZipInfo, sheet: bytes, rows: Path
) -> None:
    last = sheet.rindex(b"<row ")  # No text holds it: its `<` is written `&lt;`.
    member.compress_type = zipfile.ZIP_DEFLATED
    member.file_size = len(sheet) + rows.stat().st_size  # By that zipfile sees whether it is huge.
    with package.open(member, "w") as file, rows.open("rb") as further:
        file.write(sheet[:last])
        shutil.copyfileobj(further, file, 1 << 20)
        file.write(sheet[last:])

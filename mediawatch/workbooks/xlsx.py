"""The .xlsx and .xlsm through python-calamine (seen with 0.9.1).

Values, cached values of formulas, merged cells. What it does not report (hidden rows, cells
without a value) comes from `ooxml`. Hidden columns are read like others. A number that its format shows as 0012 is
read as 12.
"""

from __future__ import annotations

import io
import struct
import zipfile

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from mediawatch.workbooks import ooxml
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.places import column_letter
from mediawatch.workbooks.sheet import Sheet

_MOST_CELLS = 20_000_000
"""The reader fills the rectangle up to the farthest cell.

One stray value at XFD1048576 would ask for a terabyte.
"""


def read(name: str, data: bytes) -> tuple[Sheet, ...]:
    """All worksheets. Raises FileFault, and whatever a damaged file makes the readers raise."""
    # First the package as such: zipfile checks every checksum, the reader below checks none.
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, struct.error):
        raise FileFault(
            f"{name} is damaged or was not copied to the end: copy or save it again"
        ) from None
    with package:
        marks = ooxml.read(name, package)
    for title, sheet_marks in marks.items():
        if sheet_marks.rows * sheet_marks.columns > _MOST_CELLS:
            raise FileFault(
                f'{name}, sheet "{title}" reaches down to row {sheet_marks.rows} or right to '
                f"column {column_letter(sheet_marks.columns - 1)}: delete the stray cells there"
            )
        if sheet_marks.strange:
            row, column, shown = sheet_marks.strange
            raise FileFault(
                f'{name}, sheet "{title}", row {row + 1}, column {column_letter(column)}: the cell '
                f"shows the error {shown}: write what belongs there"
            )
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return tuple(
            _sheet(
                name,
                book,
                info.name,
                info.visible is not SheetVisibleEnum.Visible,
                marks.get(info.name, ooxml.Marks()),
            )
            for info in book.sheets_metadata
            if info.typ is SheetTypeEnum.WorkSheet
        )


def _sheet(
    file: str, book: CalamineWorkbook, name: str, out_of_sight: bool, marks: ooxml.Marks
) -> Sheet:
    found = book.get_sheet_by_name(name)
    sheet = Sheet(
        file,
        name,
        found.to_python(skip_empty_area=False),
        marks.hidden,
        out_of_sight=out_of_sight,
    )
    sheet.mark_defects(marks.defects, marks.uncomputed, errors=marks.errors)
    sheet.fill_down(
        (top, bottom, column) for (top, column), (bottom, _) in found.merged_cell_ranges or []
    )
    return sheet

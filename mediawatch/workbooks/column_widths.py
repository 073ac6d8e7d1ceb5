"""The widths of a Word table's columns, and where their texts stand, by what is in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.table import Table
from rich.cells import cell_len

from mediawatch.table import NONE, is_centred

_CELL, _SMALLER = Pt(12), Pt(10.5)
"""The size of a table's text: 小四; 五号 where its headings would take more than two lines."""
_LEAST = (10, 8, 6, 4)
"""Least widths of a column in halves of a Chinese character, the widest tried first.

微信公众号 needs ten.
"""
_WHOLE = 8
"""A heading of at most four characters stands on one line."""
_PADDING, _TIGHT = 2, 1
"""Room beside the text of a cell, in halves of a Chinese character: two margins of 5.4 pt; of 五号
two of `_MARGIN`."""
_MARGIN = Pt(2.5)
_NUMBER = re.compile(r"[\d.%-]+")
_LONGEST = 24
"""A number of 18 digits. What is longer breaks rather than push the other columns aside."""


def fit_columns(
    document: Doc, tables: Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]]
) -> None:
    """Give the columns of a filled-in table the widths that their texts ask for.

    A template does not know the columns and makes them all alike. `tables`: the (headings, rows),
    found in the document by their headings. Kinds and figures stand in their middle; a table
    without rows says 无.
    """
    section = document.sections[0]
    room = (
        (section.page_width or Mm(210)) - (section.left_margin or 0) - (section.right_margin or 0)
    )
    used: set[int] = set()
    for table in document.tables:
        element = table._tbl
        lines = element.tr_lst
        found = tuple(
            "".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in lines[0].tc_lst
        )
        alike = [one for one in tables if one[0] == found]
        if not alike:
            continue
        # Two lists may have the same headings, and as many rows: they stand in their order.
        same = [one for one in alike if len(one[1]) == len(lines) - 1] or alike
        chosen = next((one for one in same if id(one) not in used), same[0])
        used.add(id(chosen))
        headings, rows = chosen
        columns = list(zip(headings, *rows, strict=True))
        shares = _shares(columns, 2 * room // _CELL, _PADDING)
        if _has_high_headings(headings, shares):
            shares = _shares(columns, 2 * room // _SMALLER, _TIGHT)
            _tighten(table)
        widths = [Emu(room * share // sum(shares)) for share in shares]
        table.autofit = False
        for column, width in zip(element.tblGrid.gridCol_lst, widths, strict=True):
            column.w = width
        for line in lines:
            for cell, width in zip(line.tc_lst, widths, strict=True):
                cell.width = width
        _align(table, headings, rows)
        if len(lines) == 1:
            _say_none(table)


def _has_high_headings(headings: Sequence[str], shares: Sequence[int]) -> bool:
    return any(
        _lines(_printed(heading), share - _PADDING) > 2
        for heading, share in zip(headings, shares, strict=True)
    )


def _tighten(table: Table) -> None:
    """Smaller text, and smaller margins of its cells."""
    for run in table._tbl.iter(qn("w:r")):
        run.get_or_add_rPr().sz_val = _SMALLER
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(_MARGIN.pt * 20)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption")


def _align(table: Table, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    centred = [
        is_centred(heading, (row[place] for row in rows)) for place, heading in enumerate(headings)
    ]
    for line in table._tbl.tr_lst[1:]:
        for cell, middle in zip(line.tc_lst, centred, strict=True):
            if middle:
                for paragraph in cell.p_lst:
                    paragraph.get_or_add_pPr().jc_val = WD_ALIGN_PARAGRAPH.CENTER


def _say_none(table: Table) -> None:
    cells = table.add_row().cells  # type: ignore[no-untyped-call]
    whole = cells[0].merge(cells[-1])
    paragraph = whole.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(NONE).font.size = _CELL


def _shares(columns: Sequence[Sequence[str]], room: int, padding: int) -> list[int]:
    """Widths in halves of a Chinese character, `room` in all, with the `padding` of each.

    Where room is short, the widths that make the table lowest are taken. Narrow columns keep whole
    words as far as that costs no line. A number and a short heading keep their width: only other
    Chinese words may break anywhere.
    """
    asked = [max([_heading_width(column[0]), *map(_length, column[1:])]) for column in columns]
    numbers = [_number_width(column[1:]) for column in columns]
    firm = [
        max(width, cell_len(heading) if cell_len(heading) <= _WHOLE else 0)
        for width, (heading, *_) in zip(numbers, columns, strict=True)
    ]
    left = room - padding * len(columns)
    tried = [_widths(asked, each, least, left) for each in (firm, numbers) for least in _LEAST]
    fitting = [widths for widths in tried if sum(widths) <= left] or tried[-1:]
    # The headings stand again on every page: they count as any line.
    lengths = [[_printed(cell) for cell in line] for line in zip(*columns, strict=True)]
    best = min(fitting, key=lambda widths: sum(max(map(_lines, line, widths)) for line in lengths))
    return [padding + width for width in best]


def _heading_width(heading: str) -> int:
    """The width that a heading asks for: a short one one line, a longer one two.

    No line ends with a bracket that opens, or begins with one that closes: brackets stay whole.
    """
    length = cell_len(heading)
    if length <= _WHOLE:
        return length
    before, bracket, within = heading.partition("（")
    return max(cell_len(before), cell_len(bracket + within)) if bracket else -(-length // 4) * 2


def _number_width(cells: Sequence[str]) -> int:
    """The width below which a number among these cells would break."""
    whole = all(map(str.isascii, cells))
    lengths = [_length(cell) for cell in cells if whole or _NUMBER.fullmatch(cell)]
    return max((length for length in lengths if length <= _LONGEST), default=0)


def _widths(asked: Sequence[int], firm: Sequence[int], least: int, room: int) -> list[int]:
    """Start with the least width of each column; the rest goes to the column with most lines."""
    widths = [max(1, fixed, min(width, least)) for width, fixed in zip(asked, firm, strict=True)]
    for _ in range(room - sum(widths)):
        place = max(range(len(widths)), key=lambda place: asked[place] / widths[place])
        if asked[place] <= widths[place]:
            break
        widths[place] += 1
    return widths


def _printed(cell: str) -> tuple[int, int]:
    """(the length of a text, the width of its widest character)."""
    return _length(cell), max(map(cell_len, cell), default=1)


def _lines(printed: tuple[int, int], width: int) -> int:
    """How many lines a text takes: half a Chinese character stands on none."""
    length, widest = printed
    return -(-length // max(widest, width - width % widest))


def _length(cell: str) -> int:
    """Length of a cell's text; a font that stands in for 仿宋 has wider Latin letters."""
    return cell_len(cell) + (sum(map(str.isascii, cell)) + 1) // 3

"""Cells that hold no value that can be taken, although they are not empty.

A program that computes nothing (openpyxl, a script) writes a formula without its result. Readers
give an empty cell for it, and an empty cell can clear a filed value or hide 已注销.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

from mediawatch.workbooks.places import column_index

ERROR_TEXT = "#N/A"
"""Stands in the grid where a defect has no text of its own: refused again when it comes back."""
_KNOWN_ERRORS = frozenset({ERROR_TEXT, "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})
"""Those of the file format. With another one python-calamine reads nothing of the sheet."""
Rectangle = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""


class CellDefect(StrEnum):
    """Why a cell has no value."""

    ERROR = "error"
    UNCOMPUTED = "uncomputed"
    PICTURE = "picture"
    """A picture in the cell, which WPS keeps as a formula and Excel as an error; or a new error."""
    BLANK = "blank"
    """Of an .xls: its formula's result is an empty text, or was never computed."""

    @property
    def chinese(self) -> str:
        """The reason with the remedy, for whoever filled in the file."""
        match self:
            case CellDefect.ERROR:
                return "单元格显示的是公式错误，请改为具体内容"
            case CellDefect.UNCOMPUTED:
                return "公式没有保存计算结果，请用 Excel 或 WPS 打开后重新保存，或把公式粘贴为数值"
        return "公式的结果为空，或没有保存，请用 Excel 或 WPS 另存为 xlsx，或把公式粘贴为数值"

    @property
    def english(self) -> str:
        """The same, as a command says it behind a place."""
        match self:
            case CellDefect.ERROR:
                return "the cell shows an error: write what belongs there"
            case CellDefect.PICTURE:
                return "the cell holds a picture, or shows an error: write what belongs there"
            case CellDefect.UNCOMPUTED:
                return (
                    "the formula has no stored result: open the file in Excel or WPS and save it "
                    "again, or paste the formulas as values"
                )
        return (
            "the formula's result is empty or was not stored: save the file as .xlsx in Excel or "
            "WPS, or paste the formulas as values"
        )

    def quote(self, text: str) -> str:
        """What the cell itself shows, of what stands in the grid; "" where that is our own sign."""
        return text if self is CellDefect.ERROR or text != ERROR_TEXT else ""


@dataclass(frozen=True, slots=True)
class FoundDefect:
    """A cell of a row without a value, its column counted from 0."""

    column: int
    defect: CellDefect
    covers: Rectangle | None = None
    """What an array formula fills."""
    shown: str = ""
    """The error that the cell shows."""

    @property
    def is_strange(self) -> bool:
        """Whether the reader does not know what the cell shows, and would read nothing at all."""
        return bool(self.shown) and self.shown not in _KNOWN_ERRORS


FIRST_SIGNS = frozenset("#＃=＝eEｅＥ \t\r\n\xa0\u3000")
"""A text that begins with none of these has no defect: millions of cells are looked at."""
_ERROR = re.compile(
    r"#n/a|#getting_data|#{3,}|#?err:?\d{3}[!?]?|#(?:ref|value|name|div/0|num|null|spill|calc|field"
    r"|blocked|connect|unknown|busy|external|python|timeout|error|macro)[!?]",
    re.IGNORECASE,
)
"""Excel's and WPS's words, Calc's `Err:502`, and ######, which a narrow column saves as text."""
_PICTURE_TEXT = re.compile(r"=\s*(?:_xlfn\.)?dispimg\(", re.IGNORECASE)
"""The text of WPS's picture in a cell."""
_FORMULA = re.compile(
    r"=\s*(?!hyperlink\()[-+(]*(?:[a-z_][\w.]*\(|\$?[a-z]{1,3}\$?\d+(?!\w)|[^\s=]+!\$?[a-z]{1,3}\$?\d+)"
    r".*|=\s*\"[^\"]*\"\s*&.*",
    re.IGNORECASE | re.DOTALL,
)
"""A call, a reference, or texts joined: =Love is none. =HYPERLINK(…) holds its own link and text."""


def defect_of(text: str, *, typed: bool) -> CellDefect | None:
    """The defect that a text bears: an error's word or a formula. A name may begin with # or =.

    `typed`: a workbook says what kind a cell has, so that its text is no formula.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if _ERROR.fullmatch(re.sub(r"\s", "", folded)):
        return CellDefect.ERROR
    if _PICTURE_TEXT.match(folded):
        return CellDefect.PICTURE
    return CellDefect.UNCOMPUTED if not typed and _FORMULA.fullmatch(folded) else None


_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*)>")
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c(?=\s)([^>]*\bt=["']e["'][^>]*)>""")
_FORMULA_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s>])([^>]*)(?<!/)>\s*<(?:\w+:)?f(?=[\s/>])([^>]*)>")
_REFERENCE = re.compile(rb"""\br=["']([A-Za-z]{1,9})\d{1,12}["']""")
_IS_ERROR = re.compile(rb"""\bt=["']e["']""")
_IS_RICH = re.compile(rb"\bvm=")
_PICTURE = re.compile(rb"[^<]*(?:<(?:\w+:)?f(?=[\s>])[^>]*>)?[^<]*\bDISPIMG\(", re.IGNORECASE)
_IS_TEXT = re.compile(rb"""\bt=["']str["']""")
_IS_TRUTH = re.compile(rb"""\bt=["']b["']""")
_COVERS = re.compile(
    rb"""(?=[^>]*\bt=["'](?:array|dataTable)["'])[^>]*\bref=["']"""
    rb"""([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})["']"""
)
_RESULT = re.compile(rb"<(?:\w+:)?v(?=[\s/>])[^>]*>([^<]*)")
_INLINE = re.compile(rb"<(?:\w+:)?is[\s>]")


def defects_in_row(xml: bytes, *, recomputes: bool) -> Iterator[FoundDefect]:
    """The cells without a value of a sheet's row in XML.

    `recomputes`: the workbook asks to be computed when it is opened, so a stored 0 may be none.
    """
    for cell in _ERROR_CELL.finditer(xml):
        picture = _IS_RICH.search(cell[1]) or _PICTURE.match(xml, cell.end())
        defect = CellDefect.PICTURE if picture else CellDefect.ERROR
        result = _RESULT.search(xml, cell.end(), _end(xml, cell))
        shown = result[1].decode("utf-8", errors="replace").strip()[:40] if result else ""
        yield FoundDefect(_column(xml, cell), defect, shown=unescape(shown))
    for cell in _FORMULA_CELL.finditer(xml):
        end = _end(xml, cell)
        if not _IS_ERROR.search(cell[1]) and not _has_result(xml, cell, end, recomputes):
            covers = _COVERS.search(cell[2])
            if _PICTURE.match(xml, cell.start(2)):
                yield FoundDefect(_column(xml, cell), CellDefect.PICTURE)
                continue
            area = _rectangle(covers) if covers else None
            yield FoundDefect(_column(xml, cell), CellDefect.UNCOMPUTED, area)


def _end(xml: bytes, cell: re.Match[bytes]) -> int:
    below = _CELL.search(xml, cell.end())
    return below.start() if below else len(xml)


def _has_result(xml: bytes, cell: re.Match[bytes], end: int, recomputes: bool) -> bool:
    result = _RESULT.search(xml, cell.end(), end)
    if result is None:
        return bool(_INLINE.search(xml, cell.end(), end))
    value = result[1].strip()
    # A number 0 may be written by whoever computes nothing; a FALSE is not.
    is_doubtful = recomputes and value == b"0" and not _IS_TRUTH.search(cell[1])
    return bool(_IS_TEXT.search(cell[1])) or (bool(value) and not is_doubtful)


def _column(xml: bytes, cell: re.Match[bytes]) -> int:
    """A cell that does not say its column stands behind the one before it."""
    if own := _REFERENCE.search(cell[1]):
        return column_index(own[1].decode())
    column = -1
    for each in _CELL.finditer(xml, 0, cell.start() + 1):
        reference = _REFERENCE.search(each[1])
        column = column_index(reference[1].decode()) if reference else column + 1
    return column + 1


def _rectangle(found: re.Match[bytes]) -> Rectangle:
    left, top, right, bottom = (each.decode() for each in found.groups())
    return int(top) - 1, column_index(left), int(bottom) - 1, column_index(right)

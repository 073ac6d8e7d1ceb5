"""The texts of files of any kind: text, table, workbook (hyperlinks and formulas too), letter."""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
from collections.abc import Container, Iterator, Sequence
from html import unescape
from itertools import islice
from typing import Any, BinaryIO
from xml.etree import ElementTree

from mediawatch.workbooks import csvfile, letters, ooxml, xls, xlsx
from mediawatch.workbooks.cell_defects import CellDefect
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.places import column_index, column_letter
from mediawatch.workbooks.sheet import Sheet, Value

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_HYPERLINK = re.compile(rb"<(?:\w+:)?hyperlink\b[^>]*>")
_FORMULA = re.compile(
    rb'<(?:\w+:)?c\b[^>]*\br="([A-Z]{1,3})(\d{1,12})"[^>]*>\s*<(?:\w+:)?f\b[^>]*>([^<]*)<'
)
_LINKING = re.compile(rb"https?:|HYPERLINK", re.IGNORECASE)
_ROW = re.compile(rb'\bref="\$?[A-Z]+\$?(\d{1,12})')
_ID = re.compile(rb'\b\w+:id="([^"]+)"')
_AT_ONCE = 5_000
_MOST_TEXTS = 5_000_000
_MOST_BYTES = 100 * 2**20
_LAST_ROW = 1_048_576


def text_items(name: str, file: BinaryIO) -> Iterator[Any]:
    """The SHA-256 of a file; then (sheet, row, text) of what may hold links, some at once.

    Raises FileFault, and whatever a damaged file makes the readers raise.
    """
    with file:
        data = file.read()
    yield hashlib.sha256(data).hexdigest()
    notes: list[str] = []
    pieces, count = _pieces(name, data, notes), 0
    while some := list(islice(pieces, _AT_ONCE)):
        count += len(some)
        if count > _MOST_TEXTS:
            raise FileFault(f"{name} has more than {_MOST_TEXTS} filled cells or lines: split it")
        yield some
    yield {"notes": notes}


def _pieces(name: str, data: bytes, notes: list[str]) -> Iterator[tuple[str, int, str]]:
    """(sheet, row, text that may hold links) of one file, whose bytes show its kind.

    `notes` gets a sentence for each sheet with formulas whose links nobody can read.
    """
    if data.startswith(_ZIP) and letters.is_letter(data):
        yield from (("", number, text) for number, text in letters.texts_in(name, data))
    elif data.startswith((_ZIP, _OLE)):
        read = xlsx.read if data.startswith(_ZIP) else xls.read
        linking = _linking_formulas(data) if data.startswith(_ZIP) else {}
        for sheet in read(name, data):
            notes += _uncomputed(sheet, linking.get(sheet.name, set()))
            yield from (
                (sheet.name, row, str(cell))
                for row, cells in enumerate(sheet.rows, 1)
                for column, cell in enumerate(cells)
                if cell != ""
                and (row - 1, column) not in sheet.filled
                and not sheet.is_valueless(row - 1, column)
            )
        if data.startswith(_ZIP):
            yield from _hidden_texts(data)
    elif (rows := _table(name, data)) is not None:
        yield from (("", number, str(cell)) for number, row in enumerate(rows, 1) for cell in row)
    else:
        for number, line in enumerate(_text(name, data).splitlines(), 1):
            if len(line) > csvfile.LONGEST_LINE:
                raise FileFault(
                    f"{name}, line {number}: a line of more than {csvfile.LONGEST_LINE} "
                    "characters: copy the links into a text file, one a line"
                )
            yield "", number, line


def _table(name: str, data: bytes) -> Sequence[Sequence[Value]] | None:
    """The rows of a CSV; None for anything else.

    One with an open quotation mark is no table, but its lines are still text.
    """
    if not name.lower().endswith(".csv"):
        return None
    try:
        return csvfile.read(name, data)[0]
    except FileFault:
        return None


def _text(name: str, data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else GB18030 as Windows' Notepad saves it.

    Raises FileFault for anything but text.
    """
    if len(data) > _MOST_BYTES:
        raise FileFault(f"{name} is larger than {_MOST_BYTES // 2**20} MB: split it")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data or data.startswith(b"%PDF"):
        raise FileFault(f"{name} is not a text, csv, Excel or .docx file: copy the links into one")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Links are ASCII, so any encoding that keeps ASCII will do for them.
        return data.decode("gb18030", errors="replace")


def _hidden_texts(data: bytes) -> Iterator[tuple[str, int, str]]:
    """(sheet, row, text) of hyperlinks behind cells and of =HYPERLINK(…).

    The cell shows another text than those.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for title, part in ooxml.sheets(package):
            xml = package.read(part)
            targets = _targets(package, part)
            for element in _HYPERLINK.findall(xml):
                row, number = _ROW.search(element), _ID.search(element)
                yield (
                    title,
                    min(int(row[1]), _LAST_ROW) if row else 1,
                    targets.get(number[1].decode(), "") if number else "",
                )
            for _, at, formula in _FORMULA.findall(xml):
                yield (
                    title,
                    min(int(at), _LAST_ROW),
                    unescape(formula.decode("utf-8", errors="replace")),
                )


def _linking_formulas(data: bytes) -> dict[str, set[tuple[int, int]]]:
    """By sheet (row, column) of formulas that hold an address, or take one from another cell."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {
            title: {
                (int(row) - 1, column_index(letters.decode()))
                for letters, row, formula in _FORMULA.findall(package.read(part))
                if _LINKING.search(formula)
            }
            for title, part in ooxml.sheets(package)
        }


def _uncomputed(sheet: Sheet, linking: Container[tuple[int, int]]) -> Iterator[str]:
    """One sentence on the formulas of a sheet whose results are missing."""
    places = sorted(
        place
        for place, defect in sheet.defects.items()
        if defect is CellDefect.UNCOMPUTED and place not in linking
        if sheet.is_valueless(*place)
    )
    if places:
        row, column = places[0]
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield (
            f"{sheet.place(row)}, column {column_letter(column)}{more}: links there were not read: "
            f"{CellDefect.UNCOMPUTED.english}"
        )


def _targets(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package.namelist():
        return {}
    try:
        return {
            each.get("Id", ""): each.get("Target", "") for each in ooxml.parse(package, relations)
        }
    except ElementTree.ParseError:
        return {}

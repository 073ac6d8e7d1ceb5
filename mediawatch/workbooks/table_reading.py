"""Files to sheets of cells: .xlsx (.xlsm), .xls and .csv, known by their bytes, not their names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, BinaryIO

from mediawatch.workbooks import csvfile, xls, xlsx
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.sheet import Sheet

_TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
_KINDS_OF_BYTES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a WebP picture"),
    (b"%PDF", "a PDF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "an RTF document"),
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<?xml", b"<style", b"<body")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_AS_WORKBOOK = "save the table as .xlsx in Excel or WPS"


ROWS = 2_000
"""Rows that are handed over at once."""
_MOST_VALUES = 5_000_000
"""Filled cells of a file; 100 000 rows by 20 columns have 2 million. They cost about 80 bytes each."""


def table_items(name: str, file: BinaryIO) -> Iterator[Any]:
    """The SHA-256 of a file; then of each sheet its rows, some at once, and what else it has.

    Raises FileFault, and whatever a damaged file makes the readers raise.
    """
    with file:
        data = file.read()
    digest = hashlib.sha256(data).hexdigest()
    sheets = _sheets(name, data)
    del data
    if all(sheet.empty for sheet in sheets):
        raise FileFault(f"{name} has no filled cell in any sheet")
    yield digest
    left = _MOST_VALUES
    for sheet in sheets:
        left -= sum(len(row) - row.count("") for row in sheet.rows)
        if left < 0:
            raise FileFault(f"{name} has more than {_MOST_VALUES} filled cells: split it")
        yield from sheet_items(sheet)


def sheet_items(sheet: Sheet) -> Iterator[Any]:
    """The rows of a sheet, `ROWS` at once, and its other fields."""
    for start in range(0, len(sheet.rows), ROWS):
        yield sheet.rows[start : start + ROWS]
    sheet.rows.clear()
    yield {
        "name": sheet.name,
        "hidden": sheet.hidden,
        "defects": [[*place, defect] for place, defect in sheet.defects.items()],
        "out_of_sight": sheet.out_of_sight,
        "filled": sheet.filled,
    }


def _sheets(name: str, data: bytes) -> tuple[Sheet, ...]:
    if data.startswith(b"PK"):
        return xlsx.read(name, data)
    if data.startswith(_OLE):
        return xls.read(name, data)
    _require_text(name, data)
    rows, quoted = csvfile.read(name, data)
    sheet = Sheet(name, "", rows)
    sheet.mark_defects({}, quoted=quoted)
    return (sheet,)


def _require_text(name: str, data: bytes) -> None:
    suffix = PurePath(name).suffix.lower()
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if kind := next((kind for magic, kind in _KINDS_OF_BYTES if data.startswith(magic)), None):
        raise FileFault(f"{name} is {kind}, not a table: {_AS_WORKBOOK}")
    if head.startswith(_MARKUP):
        raise FileFault(
            f"{name} is an HTML or XML page, not a workbook: open it in Excel or WPS and save "
            "it as .xlsx"
        )
    if suffix in (".xls", ".xlsx", ".xlsm"):
        raise FileFault(
            f"{name} is not an Excel workbook, whatever its name says: {_AS_WORKBOOK}, or name a "
            "text table .csv"
        )
    if suffix not in _TEXT_SUFFIXES:
        raise FileFault(f"{name} is not an .xlsx, .xls or .csv file: {_AS_WORKBOOK}")

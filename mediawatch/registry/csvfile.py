"""CSV as Chinese Excel and WPS write it.

UTF-8 with or without BOM, GB18030 (GBK), UTF-16 with BOM; comma, tab or semicolon.
"""

from __future__ import annotations

import codecs
import csv
import io
import re

from mediawatch.registry.cells import Value
from mediawatch.registry.problems import Unusable

_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')
"""="0012": how programs keep Excel from turning an id into a number."""
_SEPARATORS = ",\t;"


def read(name: str, data: bytes) -> list[list[Value]]:
    """The records, one list each, counted as a spreadsheet counts them (blank lines included).

    Raises Unusable.
    """
    text = _decoded(name, data)
    first = next(
        (line for line in text.splitlines() if any(mark in line for mark in _SEPARATORS)), ""
    )
    declared = re.match(r"sep=(.)\r?\n", text)
    separator = declared[1] if declared else max(_SEPARATORS, key=first.count)
    rows: list[list[Value]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for record in reader:
            rows.append([_unwrapped(cell) for cell in record])
    except csv.Error as error:
        raise Unusable(
            f"{name}, line {reader.line_num}: not valid CSV ({error}); look for a quotation "
            "mark that is not closed"
        ) from None
    if declared:
        rows[0] = []
    while rows and not any(cell for cell in rows[-1]):
        rows.pop()
    return rows


def _unwrapped(cell: str) -> Value:
    if found := _FORMULA_TEXT.fullmatch(cell):
        return found[1].replace('""', '"')
    # How our own lists (and others') keep a spreadsheet from running a cell as a formula.
    return cell[1:] if re.match(r"'[=+\-@\t\r]", cell) else cell


def _decoded(name: str, data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in data:
        raise Unusable(
            f"{name} holds zero bytes: it is not text, or UTF-16 without a mark; save it as "
            "CSV UTF-8"
        )
    elif data.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
    tried = " nor ".join(encoding.removesuffix("-sig").upper() for encoding in encodings)
    raise Unusable(f"{name}, line {line}: the text is not {tried}; save it as CSV UTF-8")

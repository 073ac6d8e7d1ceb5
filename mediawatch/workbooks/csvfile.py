"""CSV as Chinese Excel and WPS write it.

UTF-8 with or without BOM, GB18030 (GBK), UTF-16 with BOM; comma, tab or semicolon.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping

from mediawatch.inputs import text_place
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.sheet import Value

_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')
"""="0012": how programs keep Excel from turning an id into a number."""
_QUOTED_SIGNS = frozenset("'" + sign for sign in "=+-@\t\r")
"""How our own lists (and others') keep a spreadsheet from running a cell as a formula."""
_SEPARATORS = ",\t;"
_MOST_BYTES = 100 * 2**20
"""100 000 rows by 20 columns have 40 MB."""
LONGEST_LINE = 2**20


def read(name: str, data: bytes) -> tuple[list[list[Value]], set[tuple[int, int]]]:
    """The records, one list each, counted as a spreadsheet counts them (blank lines included).

    With them, (row, column) of the texts that were marked as no formula.

    Raises FileFault.
    """
    text = _decoded(name, data)
    first = ""
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > LONGEST_LINE:
            raise FileFault(
                f"{name}, line {number}: a line of more than {LONGEST_LINE} characters: it is no "
                "table; save it again as CSV UTF-8 in Excel or WPS"
            )
        first = first or (line if any(mark in line for mark in _SEPARATORS) else "")
    declared = re.match(r"sep=(.)\r?\n", text)
    separator = declared[1] if declared else max(_SEPARATORS, key=first.count)
    rows: list[list[Value]] = []
    quoted: set[tuple[int, int]] = set()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for record in reader:
            rows.append([_unwrapped(cell) for cell in record])
            quoted |= {
                (len(rows) - 1, column)
                for column, cell in enumerate(record)
                if cell[:2] in _QUOTED_SIGNS
            }
    except csv.Error as error:
        raise FileFault(
            f"{name}, line {reader.line_num}: not valid CSV ({error}); look for a quotation "
            "mark that is not closed"
        ) from None
    if declared:
        rows[0] = []
    while rows and not any(cell for cell in rows[-1]):
        rows.pop()
    return rows, quoted


def _unwrapped(cell: str) -> Value:
    if found := _FORMULA_TEXT.fullmatch(cell):
        return found[1].replace('""', '"')
    return cell[1:] if cell[:2] in _QUOTED_SIGNS else cell


def _decoded(name: str, data: bytes) -> str:
    if len(data) > _MOST_BYTES:
        raise FileFault(f"{name} is larger than {_MOST_BYTES // 2**20} MB: split it")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in data:
        raise FileFault(
            f"{name} holds zero bytes: it is not text, or UTF-16 without a mark; save it as "
            "CSV UTF-8"
        )
    elif data.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    places: dict[str, int] = {}
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            # Python counts from behind this mark at the beginning.
            marked = len(codecs.BOM_UTF8) if encoding == "utf-8-sig" else 0
            places[encoding] = error.start + marked
    own = _own_encoding(data, places)
    line, character = text_place(data, places[own], own)
    tried = " nor ".join(encoding.removesuffix("-sig").upper() for encoding in encodings)
    raise FileFault(
        f"{name}, line {line}, character {character}: the text is not {tried}; save it as CSV UTF-8"
    )


def _own_encoding(data: bytes, places: Mapping[str, int]) -> str:
    """Which encoding a damaged text has, by where each one stops.

    The wrong one stops at the first Chinese character, not at the damage. UTF-8 is told by a
    character of three bytes before the stop: other text hardly ever has one by chance.
    """
    first, *others = places
    if not others:
        return first
    sound = data[: places[first]].decode(first, errors="ignore")
    return first if any(char >= "\u0800" for char in sound) else others[-1]

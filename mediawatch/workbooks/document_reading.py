"""Documents with text and tables: a .docx as paragraphs and tables, other files as tables."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, BinaryIO

from mediawatch.workbooks import letters
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.sheet import Sheet
from mediawatch.workbooks.table_reading import sheet_items, table_items

_REMEDY = "open the circular and save it as .docx in Word or WPS"
_OTHER_TEXTS = (".doc", ".wps", ".ofd", ".odt", ".rtf", ".pdf")
_TITLE = 40
"""Characters of the paragraph before a table that name it."""


def document_items(name: str, file: BinaryIO) -> Iterator[Any]:
    """The SHA-256 of a file; then its sheets as `table_items` gives them, and its paragraphs.

    The paragraphs come last, under the key `paragraphs`. Raises FileFault, and whatever a damaged
    file makes the readers raise.
    """
    with file:
        data = file.read()
    if not (data.startswith(b"PK") and letters.is_letter(data)):
        _require_document(name, data)
        yield from table_items(name, io.BytesIO(data))
        yield {"paragraphs": []}
        return
    yield hashlib.sha256(data).hexdigest()
    paragraphs: list[str] = []
    count = 0
    for block in letters.body_of(name, data):
        if isinstance(block, str):
            paragraphs.append(block)
            continue
        count += 1
        before = next((each.strip() for each in reversed(paragraphs) if each.strip()), "")
        sheet = Sheet(
            name, f"表{count} {before[:_TITLE]}".strip(), [list(row) for row in block.rows]
        )
        sheet.filled |= block.filled
        sheet.mark_defects({})
        yield from sheet_items(sheet)
    yield {"paragraphs": paragraphs}


def _require_document(name: str, data: bytes) -> None:
    """Refuse a text document that is no .docx, before it is read as a table."""
    suffix = PurePath(name).suffix.lower()
    if data.startswith(b"%PDF"):
        raise FileFault(f"{name} is a PDF document: {_REMEDY}")
    if suffix in _OTHER_TEXTS:
        raise FileFault(f"{name} is no .docx, .xlsx, .xls or .csv file: {_REMEDY}")
    if suffix == ".docx":
        raise FileFault(f"{name} is damaged, or no .docx at all: {_REMEDY}")

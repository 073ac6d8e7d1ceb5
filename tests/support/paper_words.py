"""What no paper may say that leaves the office, and the texts of papers as their readers see them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Collection, Iterator
from html.parser import HTMLParser
from pathlib import Path

from docx import Document
from openpyxl import load_workbook

from mediawatch.domain import Code

_FORMER = (
    "异常单列",
    "暂不支持自动核查",
    "佐证单",
    "台账中已无",
    "私开",
    "瞒报",
    "相似度",
    "仍未整改个",
)
"""Words of ours that offices do not print."""
_CODES = re.compile("|".join(code.value for code in Code))
_SWEEP = re.compile(r"第\d+号检查|第\d+次检查")
_NARROW = re.compile(r"[\u4e00-\u9fff”）】][,;:?!()]|[,;:?!()][\u4e00-\u9fff“（【]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'-]+")
_TOKEN = re.compile(
    r"https?://\S+|[A-Za-z0-9+/=]*(?:[_@#=/+]|\d)[A-Za-z0-9_@#=/+.?&%-]*|SHA-256|[0-9a-f]{16,}"
)
"""Addresses, ids and hashes: no words."""
_KNOWN = frozenset(
    {"ID", "UID", "SHA", "http", "https", "xlsx", "Excel", "WPS", "LibreOffice", "PNG", "JPEG"}
    | {"WebP", "MB", "APP"}
)
"""File formats, programs and marks that Chinese offices write in Latin letters, too."""
_PATHS = re.compile(r"evidence/|documents/|/tmp/|/home/|/root/|mediawatch|\.toml|--[a-z]")


def faults_in(text: str, filed: Collection[str]) -> list[str]:
    """What a paper may not say. What stands in it as filed (`filed`) is left out."""
    for value in sorted(filed, key=len, reverse=True):
        text = text.replace(value, "“”" if value.isascii() else "某")
    found = [word for word in _FORMER if word in text]
    for pattern in (_CODES, _SWEEP, _NARROW, _PATHS):
        found += [_around(text, each) for each in pattern.finditer(text)]
    bare = _TOKEN.sub(" ", text)
    found += [_around(bare, each) for each in _LATIN.finditer(bare) if each[0] not in _KNOWN]
    return found


def papers_in(path: Path) -> Iterator[tuple[str, str]]:
    """(name, visible text) of a file, or of each file of an archive."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as bundle:
            for name in bundle.namelist():
                yield f"{path.name}: {name}", _text(name, bundle.read(name))
    else:
        yield path.name, _text(path.name, path.read_bytes())


def _text(name: str, body: bytes) -> str:
    match Path(name).suffix:
        case ".xlsx":
            return "\n".join(_cells(body))
        case ".docx":
            return "\n".join(_words(body))
        case ".html":
            reader = _Page()
            reader.feed(body.decode())
            return "\n".join(reader.texts)
        case ".txt":
            return body.decode()
        case ".csv":
            rows = csv.reader(io.StringIO(body.decode("utf-8-sig")))
            return "\n".join(cell for row in rows for cell in row)
    raise AssertionError(f"{name} is no paper")


def _cells(body: bytes) -> Iterator[str]:
    """Of sheets and columns that are shown, with what is printed above and below them."""
    book = load_workbook(io.BytesIO(body))
    yield book.properties.title or ""
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        yield sheet.title
        yield sheet.oddHeader.left.text or ""
        hidden = {key for key, look in sheet.column_dimensions.items() if look.hidden}
        for row in sheet.iter_rows():
            yield from (
                str(cell.value)
                for cell in row
                if cell.value is not None and cell.column_letter not in hidden
            )


def _words(body: bytes) -> Iterator[str]:
    document = Document(io.BytesIO(body))
    properties = document.core_properties
    yield from (properties.title, properties.author, properties.comments, properties.keywords)
    yield from (paragraph.text for paragraph in document.paragraphs)
    for table in document.tables:
        yield from (cell.text for row in table.rows for cell in row.cells)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(data.strip())


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 12) : found.end() + 12].replace("\n", " ")

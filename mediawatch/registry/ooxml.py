"""What the workbook reader does not report of an .xlsx.

Hidden rows, error cells, how far its cells reach, and whether it is whole. Works on the raw XML by
regular expressions: `<` cannot stand inside text or attributes there. A parser would need ten times
as long for 100 000 rows.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from mediawatch.registry.problems import Unusable

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d+)"')
_ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"')
_FAR = re.compile(rb'<(?:\w+:)?c\b[^>]*\br="([A-Z]{2,3})\d+"[^>]*(?<!/)>')
_USUAL_COLUMNS = 26
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one sheet, rows and columns counted from 0.

    `rows` × `columns` is a rectangle that holds every value.
    """

    hidden: frozenset[int] = frozenset()
    faulty: frozenset[tuple[int, int]] = frozenset()
    rows: int = 0
    columns: int = 0


def read(name: str, data: bytes) -> dict[str, Marks]:
    """The marks of every worksheet by its name. Raises Unusable for anything but a whole .xlsx."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _require_workbook(name, package)
            if damaged := package.testzip():
                raise Unusable(f"{name} is damaged ({damaged} inside it): copy or save it again")
            return {sheet: _marks(package, part) for sheet, part in sheets(package)}
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise Unusable(
            f"{name} is damaged or was not copied to the end: copy or save it again"
        ) from None
    except (ElementTree.ParseError, KeyError) as error:
        raise Unusable(
            f"{name} is damaged ({error}): open it in Excel or WPS and save it again as .xlsx"
        ) from None


def _require_workbook(name: str, package: zipfile.ZipFile) -> None:
    parts = package.namelist()
    if any(info.flag_bits & 1 for info in package.infolist()):
        raise Unusable(f"{name} is protected by a password: remove the password and save it again")
    if "xl/workbook.xml" in parts:
        return
    for part, kind in (
        ("word/", "a Word document"),
        ("ppt/", "a presentation"),
        ("xl/workbook.bin", "an .xlsb workbook"),
        ("content.xml", "an OpenDocument file"),
        ("META-INF/", "an OpenDocument or Java archive"),
    ):
        if any(entry.startswith(part) for entry in parts):
            raise Unusable(
                f"{name} is {kind}, not an .xlsx workbook: save the table as .xlsx in Excel or WPS"
            )
    raise Unusable(f"{name} is a zip archive, not a workbook: unpack it and name the files in it")


def sheets(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name, path of its part) of every sheet."""
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in ElementTree.fromstring(package.read("xl/workbook.xml")).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(_REL) or element.get(_STRICT_REL), "")
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            if part in package.namelist():
                yield element.get("name", ""), part


def _marks(package: zipfile.ZipFile, part: str) -> Marks:
    hidden: set[int] = set()
    faulty: set[tuple[int, int]] = set()
    row, rows, columns = 0, 0, _USUAL_COLUMNS
    for chunk in _chunks(package, part):
        # Rows may be styled down to the very last one; only those with a value count.
        filled = max(chunk.rfind(b"v>"), chunk.rfind(b"is>"))
        rows = row if filled >= 0 else rows
        for found in _ROW.finditer(chunk):
            number = _NUMBER.search(found[0])
            row = int(number[1]) if number else row + 1
            if found.start() < filled:
                rows = row
            if _HIDDEN.search(found[0]):
                hidden.add(row - 1)
        faulty |= {(int(number) - 1, _column(letters)) for letters, number in _ERROR.findall(chunk)}
        columns = max([columns, *(_column(letters) + 1 for letters in set(_FAR.findall(chunk)))])
    return Marks(frozenset(hidden), frozenset(faulty), rows, columns)


def _chunks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces that end after a tag."""
    rest = b""
    with package.open(part) as stream:
        while block := stream.read(_CHUNK):
            whole, mark, rest_of_block = (rest + block).rpartition(b">")
            rest = rest_of_block
            yield whole + mark
    yield rest


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - ord("A") + 1
    return index - 1

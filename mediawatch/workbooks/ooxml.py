"""What the workbook reader does not report of an .xlsx.

Hidden rows, error cells, how far its cells reach, and whether it is whole. Works on the raw XML by
regular expressions: `<` cannot stand inside text or attributes there. A parser would need ten times
as long for 100 000 rows.
"""

from __future__ import annotations

import lzma
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from mediawatch.workbooks.cell_defects import CellDefect, Rectangle, defects_in_row
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.places import column_index, column_letter

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_NUMBER = re.compile(rb"""\br=["'](\d{1,12})["']""")
_FILLED = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Za-z]{1,9})(\d{1,12})["'][^>]*(?<!/)>""")
_ROW_OPENS, _ROW_ENDS = (b"<row", b":row"), (b"</row>", b":row>", b"</sheetData", b":sheetData>")
_MAY_LACK = (b"<f", b":f", b't="e"', b"t='e'")
"""Only a row with a formula or an error is looked through cell by cell."""
_RECOMPUTES = re.compile(rb"""<(?:\w+:)?calcPr\b[^>]*\bfullCalcOnLoad=["'](?:1|true)["']""")
_MEDIA, _MARKUP = "xl/media/", (".xml", ".rels")
_COPY = "copy the table into a new workbook and save that"
_MOST_PARTS = 200_000
_MOST_UNPACKED = 400 * 2**20
"""100 000 rows by 20 columns unpack to 100 MB."""
_SMALL, _MOST_RATIO = 16 * 2**20, 200
"""Tables of 100 000 equal rows unpack to 30 times their size; a bomb to 1 000 times."""
_LONGEST_TAG = 2**21
"""Bytes between two tags; a cell holds 32 767 characters at most."""
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
ZIP_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
)
"""What reading a part of a damaged package raises, whatever it is packed with."""
_USUAL_COLUMNS = 26
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one sheet, rows and columns counted from 0.

    `rows` × `columns` is a rectangle that holds every value.
    """

    hidden: frozenset[int] = frozenset()
    defects: Mapping[tuple[int, int], CellDefect] = field(default_factory=dict)
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """What cells with an error show."""
    strange: tuple[int, int, str] | None = None
    """The first cell with an error that no reader knows: row, column, what it shows."""
    uncomputed: tuple[Rectangle, ...] = ()
    """What array formulas without a result would fill."""
    rows: int = 0
    columns: int = 0


def read(name: str, package: zipfile.ZipFile) -> dict[str, Marks]:
    """The marks of every worksheet by its name, and every part's checksum but of pictures.

    Raises FileFault for anything but a whole .xlsx.
    """
    _require_workbook(name, package)
    require_sane_sizes(name, package)
    recomputes = asks_to_be_computed(package)
    found = {
        sheet: marks_of(name, package, part, recomputes=recomputes)
        for sheet, part in sheets(package)
    }
    for info in package.infolist():
        if not info.is_dir() and not info.filename.startswith(_MEDIA):
            for _ in _blocks(name, package, info.filename):
                pass
    return found


def require_sane_sizes(name: str, package: zipfile.ZipFile) -> None:
    """Raise FileFault for a package that unpacks to more than a workbook needs."""
    parts = package.infolist()
    if len(parts) > _MOST_PARTS:
        raise FileFault(f"{name} holds more than {_MOST_PARTS} parts: {_COPY}")
    texts = [info for info in parts if not info.filename.startswith(_MEDIA)]
    if sum(info.file_size for info in texts) > _MOST_UNPACKED:
        raise FileFault(f"{name} unpacks to more than {_MOST_UNPACKED // 2**20} MB: {_COPY}")
    for info in texts:
        if info.file_size > max(_SMALL, _MOST_RATIO * info.compress_size):
            raise FileFault(
                f"{name} unpacks to {info.file_size // max(1, info.compress_size)} times its size "
                f"({info.filename} inside it): {_COPY}"
            )


def parse(package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """The root of a part. ElementTree.ParseError for one with a document type: it has no place."""
    xml = package.read(part)
    if declares_type(xml):
        raise ElementTree.ParseError(f"a document type in {part}")
    return ElementTree.fromstring(xml)


def declares_type(xml: bytes) -> bool:
    """Whether an XML has a document type, in which entities are declared."""
    # Encodings of two bytes have a zero beside each letter.
    plain = xml.replace(b"\0", b"") if b"\0" in xml[:64] else xml
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _require_workbook(name: str, package: zipfile.ZipFile) -> None:
    parts = package.namelist()
    if any(info.flag_bits & 1 for info in package.infolist()):
        raise FileFault(f"{name} is protected by a password: remove the password and save it again")
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
            raise FileFault(
                f"{name} is {kind}, not an .xlsx workbook: save the table as .xlsx in Excel or WPS"
            )
    raise FileFault(f"{name} is a zip archive, not a workbook: unpack it and name the files in it")


def sheets(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name, path of its part) of every sheet."""
    relations = parse(package, "xl/_rels/workbook.xml.rels")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in parse(package, "xl/workbook.xml").iter():
        if element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(_REL) or element.get(_STRICT_REL), "")
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            if part in package.namelist():
                yield element.get("name", ""), part


def asks_to_be_computed(package: zipfile.ZipFile) -> bool:
    """Whether the workbook says that its stored results are not to be trusted.

    So writers say that compute nothing (xlsxwriter); some store a 0 with each formula.
    """
    return bool(_RECOMPUTES.search(package.read("xl/workbook.xml")))


def marks_of(name: str, package: zipfile.ZipFile, part: str, *, recomputes: bool) -> Marks:
    """The marks of one sheet. Raises FileFault."""
    hidden: set[int] = set()
    defects: dict[tuple[int, int], CellDefect] = {}
    errors: dict[tuple[int, int], str] = {}
    strange: tuple[int, int, str] | None = None
    uncomputed: list[Rectangle] = []
    letters: set[bytes] = set()
    row, rows = 0, 0
    for chunk in _chunks(name, package, part):
        # Rows may be styled down to the very last one; only those with a value count.
        filled = max(chunk.rfind(b"v>"), chunk.rfind(b"is>"))
        marks = [mark for mark in _MAY_LACK if mark in chunk]
        begun = list(_ROW.finditer(chunk))
        for place, found in enumerate(begun):
            number = _NUMBER.search(found[0])
            row = int(number[1]) if number else row + 1
            if found.start() < filled:
                rows = max(rows, row)
            if _HIDDEN.search(found[0]):
                hidden.add(row - 1)
            end = begun[place + 1].start() if place + 1 < len(begun) else len(chunk)
            if not any(chunk.find(mark, found.end(), end) >= 0 for mark in marks):
                continue
            for each in defects_in_row(chunk[found.end() : end], recomputes=recomputes):
                defects[row - 1, each.column] = each.defect
                if each.shown and each.defect is CellDefect.ERROR:
                    errors[row - 1, each.column] = each.shown
                if each.is_strange and strange is None:
                    strange = row - 1, each.column, each.shown
                rows = max(rows, row)
                letters.add(column_letter(each.column).encode())
                uncomputed += [each.covers] if each.covers else []
        cells = _FILLED.findall(chunk)
        letters.update(cell[0] for cell in cells)
        # A cell may say that it stands in another row than the row around it.
        rows = max(rows, max((int(cell[1]) for cell in cells), default=0))
    columns = max([_USUAL_COLUMNS, *(column_index(letter.decode()) + 1 for letter in letters)])
    if rows > _LAST_ROW or columns > _LAST_COLUMN:
        raise FileFault(
            f"{name} has a cell in row {rows} or column {column_letter(columns - 1)}, which no "
            f"workbook has ({part} inside it): {_COPY}"
        )
    return Marks(frozenset(hidden), defects, errors, strange, tuple(uncomputed), rows, columns)


def _chunks(name: str, package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces of whole rows; what is not in a row ends after a tag."""
    rest = b""
    for block in _blocks(name, package, part):
        text = rest + block
        end = text.rfind(b">") + 1
        if len(text) - end > _LONGEST_TAG:
            raise FileFault(f"{name} holds a cell of more than 2 MB ({part} inside it): {_COPY}")
        opened = max(text.rfind(mark) for mark in _ROW_OPENS)
        if opened > max(text.rfind(mark) for mark in _ROW_ENDS):
            end = text.rfind(b"<", 0, opened + 1)
        yield text[:end]
        rest = text[end:]
    yield rest


def _blocks(name: str, package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    try:
        with package.open(part) as stream:
            while block := stream.read(_CHUNK):
                if part.endswith(_MARKUP) and declares_type(block):
                    raise FileFault(
                        f"{name} has a document type ({part} inside it), which no workbook has: "
                        f"{_COPY}"
                    )
                yield block
    except ZIP_DAMAGE as error:
        raise FileFault(f"{name} is damaged ({part} inside it): copy or save it again") from error

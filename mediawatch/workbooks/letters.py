"""The texts of a letter in .docx that may hold links, and its paragraphs and tables.

Paragraphs, cells, text boxes, notes, and what lies behind hyperlinks. A .docx is a zip of XML.
Nothing of it is carried out: entities are refused, parts that are too large are refused, macros are
not read.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.etree import ElementTree

from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.ooxml import ZIP_DAMAGE, declares_type

_DOCUMENT = "word/document.xml"
_PART = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_MOST_BYTES = 64 * 2**20
_MOST_COLUMNS = 200


def is_letter(data: bytes) -> bool:
    """Whether a zip archive is a Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _DOCUMENT in package.namelist()
    except ZIP_DAMAGE:
        return False


def texts_in(name: str, data: bytes) -> Iterator[tuple[int, str]]:
    """(number of the paragraph, its text or a hyperlink's target in it) of everything shown.

    Raises FileFault.
    """
    with _opened(name, data) as package:
        parts = [info for info in package.infolist() if _PART.fullmatch(info.filename)]
        for info in sorted(parts, key=lambda info: info.filename != _DOCUMENT):
            yield from _texts(
                _tree(name, package, info.filename), _targets(name, package, info.filename)
            )


@dataclass(frozen=True, slots=True)
class LetterTable:
    """The cells of a table in a document."""

    rows: list[list[str]] = field(default_factory=list)
    filled: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of cells that got their text from a merged cell above."""


def body_of(name: str, data: bytes) -> Iterator[str | LetterTable]:
    """The paragraphs and tables of the text in their order; a table is its rows of cells.

    A cell over several columns stands in the first of them, one over several rows in each of them.
    Raises FileFault.
    """
    with _opened(name, data) as package:
        for body in _tree(name, package, _DOCUMENT):
            if _tag(body) == "body":
                yield from _blocks(body)


@contextmanager
def _opened(name: str, data: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, refused where its text is too large. FileFault for one that cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = [info for info in package.infolist() if _PART.fullmatch(info.filename)]
            if any(info.flag_bits & 1 for info in package.infolist()):
                raise FileFault(
                    f"{name} is protected by a password: remove the password and save it again"
                )
            if sum(info.file_size for info in parts) > _MOST_BYTES:
                raise FileFault(
                    f"{name} holds more than {_MOST_BYTES // 2**20} MB of text: copy the "
                    "links into a text file"
                )
            yield package
    except ZIP_DAMAGE:
        raise FileFault(
            f"{name} is damaged or was not copied to the end: copy or save it again"
        ) from None
    except ElementTree.ParseError as error:
        raise FileFault(
            f"{name} is damaged ({error}): open it in Word or WPS and save it again as .docx"
        ) from None


def _blocks(body: ElementTree.Element) -> Iterator[str | LetterTable]:
    for element in body:
        match _tag(element):
            case "p":
                yield _shown(element)
            case "tbl":
                yield _table(element)
            case "sdt" | "sdtContent":
                yield from _blocks(element)


def _table(table: ElementTree.Element) -> LetterTable:
    found = LetterTable()
    above: list[str] = []
    for row in (each for each in table if _tag(each) == "tr"):
        cells: list[str] = []
        for cell in (each for each in row if _tag(each) == "tc"):
            place, text = len(cells), "\n".join(filter(None, map(_shown, _paragraphs(cell))))
            merged = _property(cell, "vMerge")
            if merged is not None and merged != "restart" and place < len(above):
                text = above[place]
                found.filled.add((len(found.rows), place))
            span = _property(cell, "gridSpan") or "1"
            cells += [text, *[""] * (min(int(span), _MOST_COLUMNS) - 1 if span.isdecimal() else 0)]
        above = cells
        found.rows.append(cells)
    return found


def _paragraphs(cell: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (each for each in cell.iter() if _tag(each) == "p")


def _property(cell: ElementTree.Element, name: str) -> str | None:
    """The value of a cell's property; "" where it has none, None without the property."""
    for each in (one for part in cell if _tag(part) == "tcPr" for one in part):
        if _tag(each) == name:
            return next((value for key, value in each.attrib.items() if _name(key) == "val"), "")
    return None


def _shown(paragraph: ElementTree.Element) -> str:
    """What a paragraph shows, without the text boxes within it."""
    shown = []
    for piece in _inside(paragraph):
        match _tag(piece):
            case "t":
                shown.append(piece.text or "")
            case "tab" | "br" | "cr":
                shown.append(" ")
    return "".join(shown)


def _tree(name: str, package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    with package.open(part) as stream:
        xml = stream.read(_MOST_BYTES + 1)
    if len(xml) > _MOST_BYTES or declares_type(xml):
        raise FileFault(
            f"{name} is not a standard .docx ({part} inside it): copy the links into a text file"
        )
    return ElementTree.fromstring(xml)


def _targets(name: str, package: zipfile.ZipFile, part: str) -> dict[str, str]:
    folder, file = posixpath.split(part)
    relations = f"{folder}/_rels/{file}.rels"
    if relations not in package.namelist():
        return {}
    every = _tree(name, package, relations)
    return {
        each.get("Id", ""): each.get("Target", "")
        for each in every
        if each.get("TargetMode") == "External"
    }


def _texts(root: ElementTree.Element, targets: dict[str, str]) -> Iterator[tuple[int, str]]:
    """A paragraph is read with all that lies inside it, text boxes too.

    A link may be cut into several runs.
    """
    number = 0
    open_rows: list[tuple[ElementTree.Element, int]] = []
    for element in root.iter():
        if _tag(element) == "p":
            number += 1
            open_rows.append((element, number))
    for paragraph, at in open_rows:
        shown, fields, behind = [], [], []
        for piece in _inside(paragraph):
            match _tag(piece):
                case "t":
                    shown.append(piece.text or "")
                case "tab" | "br" | "cr":
                    shown.append(" ")
                case "instrText":
                    fields.append(piece.text or "")
            behind += [piece.get("instr", "")] if _tag(piece) == "fldSimple" else []
            behind += [
                targets[value]
                for key, value in piece.attrib.items()
                if _name(key) in ("id", "link") and value in targets
            ]
        yield from ((at, text) for text in ("".join(shown), "".join(fields), *behind) if text)


def _inside(paragraph: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Everything of a paragraph but the paragraphs within it (text boxes).

    Those stand for themselves.
    """
    for child in paragraph:
        if _tag(child) != "p":
            yield child
            yield from _inside(child)


def _tag(element: ElementTree.Element) -> str:
    return _name(element.tag)


def _name(qualified: str) -> str:
    return qualified.rpartition("}")[2]

"""An xlsx as what it is, a zip of XML parts.

Spreadsheet readers drop the pictures and cell metadata that are read here.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_MAX_XML = 300_000_000
_MAX_TOTAL = 3_000_000_000
_MAX_CELLS = 3_000_000
"""Readers lay a sheet out as a rectangle.

One stray cell in the last corner would ask for half a terabyte.
"""


class BadFile(Exception):
    """A returned file that cannot be read at all. The message is Chinese, for the inspector."""


def local(element: ElementTree.Element) -> str:
    """The tag without its namespace.

    Strict and transitional files differ in nothing else that matters here.
    """
    return element.tag.rpartition("}")[2]


def attribute(element: ElementTree.Element, name: str) -> str:
    """An attribute by its name without namespace (`r:embed` as `embed`)."""
    return next(
        (value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), ""
    )


class Package:
    """One open xlsx file. Use as a context manager. BadFile for any other file."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                magic = file.read(8)
            if magic == _OLE:
                raise BadFile("文件设有密码,或是旧版 xls/et 格式:请另存为不带密码的 xlsx 再交回")
            self._zip = ZipFile(path)
        except (BadZipFile, ValueError) as error:
            raise BadFile("不是 xlsx 文件,或文件已损坏:请用 Excel、WPS 重新另存为 xlsx") from error
        except OSError as error:
            raise BadFile(f"文件无法读取({error.strerror or error})") from error
        sizes = {info.filename: info.file_size for info in self._zip.infolist()}
        xml_too_big = any(
            size > _MAX_XML for name, size in sizes.items() if name.endswith((".xml", ".rels"))
        )
        if xml_too_big or sum(sizes.values()) > _MAX_TOTAL:
            raise BadFile("文件解压后过大,不予读取")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def __contains__(self, part: str) -> bool:
        return part in self._zip.NameToInfo

    def size(self, part: str) -> int:
        return self._zip.getinfo(part).file_size

    def read(self, part: str) -> bytes:
        try:
            return self._zip.read(part)
        except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
            raise BadFile(f"文件已损坏({part})") from error

    def xml(self, part: str) -> ElementTree.Element | None:
        """The root of an XML part, None where there is no such part."""
        if part not in self:
            return None
        try:
            return ElementTree.fromstring(self.read(part))
        except ElementTree.ParseError as error:
            raise BadFile(f"文件已损坏({part})") from error

    def relations_of(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id -> (last word of its type, target part).

        The part is "" where the target lies outside the file.
        """
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for relation in root if root is not None else ():
            target = relation.get("Target", "")
            inside = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = relation.get("Type", "").rpartition("/")[2]
            found[relation.get("Id", "")] = (
                kind,
                "" if relation.get("TargetMode") == "External" else inside,
            )
        return found

    def sheets(self) -> dict[str, str]:
        """Sheet name -> part, in order."""
        relations = {
            key: target for key, (_, target) in self.relations_of("xl/workbook.xml").items()
        }
        root = self.xml("xl/workbook.xml")
        if root is None:
            raise BadFile("不是 xlsx 表格文件(也许是改了扩展名的其他文件)")
        sheets = (element for element in root.iter() if local(element) == "sheet")
        return {
            sheet.get("name", ""): relations.get(attribute(sheet, "id"), "") for sheet in sheets
        }

    def cells(self, sheet_part: str) -> Iterator[tuple[int, int, ElementTree.Element]]:
        """(row from 1, column from 0, `c` element) of every cell that is written in the sheet."""
        root = self.xml(sheet_part)
        number = 0
        for row in root.iter() if root is not None else ():
            if local(row) != "row":
                continue
            number = int(row.get("r") or number + 1)
            place = -1
            for cell in row:
                reference = cell.get("r", "")
                place = column_index(reference) if reference else place + 1
                yield number, place, cell

    def check_extent(self, sheet_part: str) -> None:
        """BadFile where the rectangle of the sheet's cells is absurdly large."""
        rows = columns = 0
        for row, column, _ in self.cells(sheet_part):
            rows, columns = max(rows, row), max(columns, column + 1)
        if rows * columns > _MAX_CELLS:
            raise BadFile(
                f"表格范围过大({rows} 行 × {columns} 列):请删除清单以外的空行空列后重新保存"
            )


def column_index(reference: str) -> int:
    """`AB12` -> 27."""
    index = 0
    for letter in re.sub(r"[^A-Z]", "", reference.upper()):
        index = index * 26 + ord(letter) - 64
    return index - 1

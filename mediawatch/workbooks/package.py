"""An xlsx as what it is, a zip of XML parts.

Spreadsheet readers drop the pictures and cell metadata that are read here.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile

from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.ooxml import (
    ZIP_DAMAGE,
    Marks,
    asks_to_be_computed,
    declares_type,
    marks_of,
    parse,
)
from mediawatch.workbooks.places import column_index

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_MAX_XML = 300_000_000
_MOST_PARTS = 200_000
_SMALL, _MOST_RATIO = 16_000_000, 200
_MAX_TOTAL = 3_000_000_000
_MAX_CELLS = 3_000_000
"""Readers lay a sheet out as a rectangle.

One stray cell in the last corner would ask for half a terabyte.
"""


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
    """One open xlsx file. FileFault for any other file."""

    def __init__(self, file: BinaryIO) -> None:
        if file.read(8) == _OLE:
            raise FileFault("文件设有密码，或是旧版 xls/et 格式：请另存为不带密码的 xlsx 再交回")
        try:
            self._zip = ZipFile(file)
        except ZIP_DAMAGE as error:
            raise FileFault(
                "不是 xlsx 文件，或文件已损坏：请用 Excel、WPS 重新另存为 xlsx"
            ) from error
        sizes = [
            (info.filename.endswith((".xml", ".rels")), info.file_size, info.compress_size)
            for info in self._zip.infolist()
        ]
        if (
            len(sizes) > _MOST_PARTS
            or sum(size for is_xml, size, _ in sizes if is_xml) > _MAX_XML
            or sum(size for _, size, _ in sizes) > _MAX_TOTAL
            or any(
                is_xml and size > max(_SMALL, _MOST_RATIO * packed)
                for is_xml, size, packed in sizes
            )
        ):
            raise FileFault("文件解压后过大，不予读取：请只保留清单本身，重新另存为 xlsx")

    def slim(self) -> bytes:
        """The file without its pictures, as a reader wants it that takes in the whole of it."""
        stream = io.BytesIO()
        with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=1) as copy:
            for info in self._zip.infolist():
                if not info.is_dir() and not info.filename.startswith("xl/media/"):
                    copy.writestr(info.filename, self.read(info.filename))
        return stream.getvalue()

    def __contains__(self, part: str) -> bool:
        return part in self._zip.NameToInfo

    def size(self, part: str) -> int:
        return self._zip.getinfo(part).file_size

    def read(self, part: str) -> bytes:
        try:
            return self._zip.read(part)
        except ZIP_DAMAGE as error:
            raise FileFault(f"文件已损坏（{part}）") from error

    def xml(self, part: str) -> ElementTree.Element | None:
        """The root of an XML part, None where there is no such part."""
        if part not in self:
            return None
        try:
            return parse(self._zip, part)
        except (ElementTree.ParseError, *ZIP_DAMAGE) as error:
            raise FileFault(f"文件已损坏（{part}）") from error

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
            raise FileFault("不是 xlsx 表格文件（也许是改了扩展名的其他文件）")
        sheets = (element for element in root.iter() if local(element) == "sheet")
        return {
            sheet.get("name", ""): relations.get(attribute(sheet, "id"), "") for sheet in sheets
        }

    def cells(self, sheet_part: str) -> Iterator[tuple[int, int, ElementTree.Element]]:
        """(row from 1, column from 0, `c` element) of every cell that is written in the sheet.

        Row by row: a tree of 100 000 rows would need more memory than the process has.
        """
        number = 0
        for row in self._rows(sheet_part):
            number = int(row.get("r") or number + 1)
            place = -1
            for cell in row:
                reference = cell.get("r", "")
                place = column_index(reference) if reference else place + 1
                yield number, place, cell

    def _rows(self, sheet_part: str) -> Iterator[ElementTree.Element]:
        """The `row` elements of a sheet, each emptied when the next one is asked for."""
        if sheet_part not in self:
            return
        xml = self.read(sheet_part)
        if declares_type(xml):
            raise FileFault(f"文件已损坏（{sheet_part}）")
        try:
            open_elements: list[ElementTree.Element] = []
            for event, element in ElementTree.iterparse(io.BytesIO(xml), ("start", "end")):
                if event == "start":
                    open_elements.append(element)
                    continue
                open_elements.pop()
                if local(element) == "row":
                    yield element
                    for around in open_elements:
                        around.clear()
        except ElementTree.ParseError as error:
            raise FileFault(f"文件已损坏（{sheet_part}）") from error

    def marks(self, sheet_part: str) -> Marks:
        """The cells of a sheet without a value, and its hidden rows."""
        recomputes = asks_to_be_computed(self._zip)
        try:
            return marks_of("", self._zip, sheet_part, recomputes=recomputes)
        except FileFault as fault:
            # Its sentence is English; what is left to refuse here is no ordinary form.
            raise FileFault(
                f"表格内容异常（{sheet_part}），不予读取：请用 Excel、WPS 重新另存为 xlsx"
            ) from fault

    def check_extent(self, sheet_part: str) -> None:
        """FileFault where the rectangle of the sheet's cells is absurdly large."""
        rows = columns = 0
        for row, column, _ in self.cells(sheet_part):
            rows, columns = max(rows, row), max(columns, column + 1)
        if rows * columns > _MAX_CELLS:
            raise FileFault(
                f"表格范围过大（{rows} 行 × {columns} 列）：请删除清单以外的空行空列后重新保存"
            )

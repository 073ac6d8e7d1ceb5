"""Where the pictures of a returned sheet are: floating ones, and those inside cells.

Floating ones have an anchor; WPS and Excel 365 keep pictures inside cells.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from mediawatch.people.forms.images import is_our_code, media_type
from mediawatch.people.forms.package import Package, attribute, local

MAX_BYTES = 20_000_000
_DISPIMG = re.compile(r'DISPIMG\("(\w+)"', re.IGNORECASE)
_CELL_IMAGES = "xl/cellimages.xml"


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture handed in for a row.

    `problem` is Chinese and says why it does not count, "" where it does.
    """

    name: str
    body: bytes = b""
    problem: str = ""

    @property
    def media_type(self) -> str:
        return media_type(self.body)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture in a sheet: its column (from 0) and its part.

    The part is "" where the file does not hold it.
    """

    column: int
    part: str


def placed_pictures(package: Package, sheet_part: str) -> dict[int, list[PlacedPicture]]:
    """Pictures by row (from 1), each once."""
    found: dict[int, list[PlacedPicture]] = defaultdict(list)
    for row, placed in (*_floating(package, sheet_part), *_in_cells(package, sheet_part)):
        if placed not in found[row]:
            found[row].append(placed)
    return found


def _floating(package: Package, sheet_part: str) -> Iterator[tuple[int, PlacedPicture]]:
    """By the cell that holds the upper left corner.

    Anchors without a cell (absoluteAnchor) belong to no row.
    """
    for kind, drawing in package.relations_of(sheet_part).values():
        if kind != "drawing":
            continue
        root, relations = package.xml(drawing), package.relations_of(drawing)
        for anchor in root if root is not None else ():
            corner = next((child for child in anchor if local(child) == "from"), None)
            if corner is None:
                continue
            at = {
                local(child): int(child.text or 0)
                for child in corner
                if local(child) in ("row", "col")
            }
            for blip in (element for element in anchor.iter() if local(element) == "blip"):
                yield (
                    at["row"] + 1,
                    PlacedPicture(at["col"], relations.get(attribute(blip, "embed"), ("", ""))[1]),
                )


def _in_cells(package: Package, sheet_part: str) -> Iterator[tuple[int, PlacedPicture]]:
    wps, rich = _wps_images(package), _rich_images(package)
    for row, column, cell in package.cells(sheet_part):
        for name in dict.fromkeys(_DISPIMG.findall("".join(cell.itertext()))):
            yield row, PlacedPicture(column, wps.get(name, ""))
        if (vm := cell.get("vm", "")).isdigit() and (part := rich.get(int(vm))) is not None:
            yield row, PlacedPicture(column, part)


def _wps_images(package: Package) -> dict[str, str]:
    """WPS 嵌入单元格图片: `=DISPIMG("ID_…",1)` names a picture of xl/cellimages.xml.

    Excel drops that part when it saves.
    """
    root, relations = package.xml(_CELL_IMAGES), package.relations_of(_CELL_IMAGES)
    found = {}
    for picture in (
        (element for element in root.iter() if local(element) == "pic") if root is not None else ()
    ):
        name = next(
            (element.get("name", "") for element in picture.iter() if local(element) == "cNvPr"), ""
        )
        blip = next((element for element in picture.iter() if local(element) == "blip"), None)
        if blip is not None:
            found[name] = relations.get(attribute(blip, "embed"), ("", ""))[1]
    return found


def _rich_images(package: Package) -> dict[int, str]:
    """Excel 365 "place in cell": cell metadata index -> part.

    The way leads through metadata, rich values and their relations.
    """
    metadata, values = package.xml("xl/metadata.xml"), package.xml("xl/richData/rdrichvalue.xml")
    structures, links = (
        package.xml("xl/richData/rdrichvaluestructure.xml"),
        package.xml("xl/richData/richValueRel.xml"),
    )
    if metadata is None or values is None or structures is None or links is None:
        return {}
    relations = package.relations_of("xl/richData/richValueRel.xml")
    parts = [relations.get(attribute(link, "id"), ("", ""))[1] for link in links]
    places = [[key.get("n") for key in structure] for structure in structures]
    images: dict[int, str] = {}
    for number, value in enumerate(values):
        keys = places[int(value.get("s", 0))]
        if "_rvRel:LocalImageIdentifier" in keys:
            images[number] = parts[int(value[keys.index("_rvRel:LocalImageIdentifier")].text or 0)]
    future = [
        int(attribute(element, "i")) for element in metadata.iter() if local(element) == "rvb"
    ]
    blocks = _children(metadata, "valueMetadata")
    wanted = {number: future[int(block[0].get("v", 0))] for number, block in enumerate(blocks, 1)}
    return {number: images[index] for number, index in wanted.items() if index in images}


def _children(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return next((list(element) for element in root if local(element) == name), [])


def load_placed(package: Package, placed: PlacedPicture, qr_column: int | None) -> Shot | None:
    """The picture's bytes; None for our own QR code, and for anything in its column."""
    if placed.column == qr_column:
        return None
    name = placed.part.rpartition("/")[2]
    if placed.part not in package:
        return Shot(
            name,
            problem="图片没有保存在文件里(WPS 的单元格图片经 Excel 保存后会丢失,请改贴浮动图片)",
        )
    if package.size(placed.part) > MAX_BYTES:
        return Shot(name, problem="图片超过 20 MB")
    body = package.read(placed.part)
    return None if is_our_code(body) else _checked(name, body)


def load_named(folder: Path, text: str) -> list[Shot]:
    """Pictures named in the 截图 cell: files beside the workbook or below its folder.

    Nothing outside that folder is read.
    """
    if not text.strip() or _DISPIMG.search(text):
        return []
    names = [text] if _inside(folder, text.strip()) else re.split("[,;\uff0c\uff1b、\n]+", text)
    return [_named(folder, name.strip()) for name in names if name.strip()]


def _inside(folder: Path, name: str) -> Path | None:
    if len(name) > 250 or "\x00" in name:
        return None
    target = (folder / name.replace("\\", "/")).resolve()
    return target if target.is_relative_to(folder.resolve()) and target.is_file() else None


def _named(folder: Path, name: str) -> Shot:
    target = _inside(folder, name)
    if target is None:
        return Shot(name, problem=f"本表所在文件夹中没有图片“{name[:60]}”")
    if target.stat().st_size > MAX_BYTES:
        return Shot(name, problem="图片超过 20 MB")
    return _checked(name, target.read_bytes())


def _checked(name: str, body: bytes) -> Shot:
    if is_our_code(body):
        return Shot(name, problem=f"“{name[:60]}”是本表自带的二维码，不是截图")
    if media_type(body):
        return Shot(name, body)
    return Shot(name, problem=f"“{name[:60]}”不是完整的 PNG、JPEG 或 WebP 图片")

"""Where the pictures of a returned sheet are: floating ones, and those inside cells.

Floating ones have an anchor; WPS and Excel 365 keep pictures inside cells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from mediawatch.workbooks.package import Package, attribute, local

_DISPIMG = re.compile(r'DISPIMG\("(\w+)"', re.IGNORECASE)
_CELL_IMAGES = "xl/cellimages.xml"


class PlacedPicture(NamedTuple):
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

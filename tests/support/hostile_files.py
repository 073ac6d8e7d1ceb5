"""Files that a person or a program may hand in and that are bad: over a thousand, always the same.

A way in (`registry`, `worklist`, `policy` …) has its good files; each is spoilt in many ways.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import openpyxl
from docx import Document
from hostile_packages import Spoil, packed, parts_of, spoilt_packages
from hostile_sheets import PARTS, spoilt_sheets
from hostile_texts import (
    Place,
    odd_places,
    spoilt_json,
    spoilt_pictures,
    spoilt_tables,
    spoilt_toml,
)

_LETTER = ("word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml")
TABLES = ("registry", "notice", "scope", "links")
FORMS = ("worklist", "dispatch", "feedback")
SETTINGS = ("mediawatch.toml", "canaries.toml", "office.toml", "policy", "bodies", "case")
_TAGS = {
    "runs a command": "{{ cycler.__init__.__globals__.os.popen('touch SIGN').read() }}",
    "reaches a class": "{{ title.__class__.__mro__[1].__subclasses__() }}",
    "reaches by a filter": "{{ title | attr('__class__') }}",
    "reaches by a format": "{{ '{0.__class__.__mro__}'.format(title).__class__ }}",
    "reaches a module": "{{ self.__init__.__globals__ }}",
    "reaches its maker": "{{ lipsum.__globals__['os'].popen('touch SIGN') }}",
    "changes a list": "{{ overview.append(1) }}",
    "divides by nothing": "{{ 1 / 0 }}",
    "adds a number": "{{ title + 1 }}",
    "asks nothing": "{{ nothing.more }}",
    "calls a text": "{{ title() }}",
    "asks for row 99": "{{ annexes[99].rows[5] }}",
    "calls itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "breaks off": "{{ title",
    "ends nothing": "{% endfor %}",
    "breaks the markup": "{{ '</w:t><w:zzz>' | safe }}",
    "unknown filter": "{{ title | nothing }}",
    "includes": "{% include '/etc/hostname' %}",
    "imports": "{% import 'os' as os %}{{ os }}",
    "large text": "{{ 'x' * 2000000000 }}",
    "large number": "{{ 9 ** 9 ** 9 }}",
    "long list": "{{ ('x' * 1000000000) | list }}",
}
_ENDLESS = "{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}"


@dataclass(frozen=True)
class HostileFile:
    """One bad file: the way that it goes in by, and how it is written."""

    way: str
    name: str
    write: Place

    def __str__(self) -> str:
        return f"{self.way}: {self.name}"


@dataclass(frozen=True, kw_only=True)
class GoodFiles:
    """The good files that are spoilt: workbooks by way, a CSV, a letter, a template, settings."""

    workbooks: Mapping[str, bytes]
    csv: str
    letter: bytes
    template: bytes
    settings: Mapping[str, str]
    png: bytes
    jpeg: bytes


def hostile_files(good: GoodFiles, *, heavy: bool) -> Iterator[HostileFile]:
    """All of them; `heavy` ones too, which unpack to gigabytes or run for a minute."""
    for way in (*TABLES, *FORMS):
        # The two readers of workbooks; the other ways lead to one of them.
        first = way in ("registry", "worklist")
        yield from (
            HostileFile(way, f"{name}.xlsx", partial(_put, good.workbooks[way], spoil))
            for name, spoil in (
                *spoilt_sheets(),
                *spoilt_packages(PARTS, 24 if first else 9, heavy and first),
            )
        )
        yield from (HostileFile(way, f"{name}.xlsx", place) for name, place in odd_places())
    for way in (*TABLES, "world"):
        yield from (
            HostileFile(way, f"{name}.csv", place)
            for name, place in (*spoilt_tables(good.csv, heavy), *odd_places())
        )
    letters = (("links", good.letter), ("circular", good.letter), ("template", good.template))
    for way, package in letters:
        yield from (
            HostileFile(way, f"{name}.docx", partial(_put, package, spoil))
            for name, spoil in spoilt_packages(_LETTER, 15, heavy)
        )
    for name, tag in {**_TAGS, **({"never ends": _ENDLESS} if heavy else {})}.items():
        yield HostileFile("template", f"{name}.docx", partial(_put_tag, good.template, tag))
    yield from (HostileFile("template", f"{name}.docx", place) for name, place in odd_places())
    for way in SETTINGS:
        yield from (
            HostileFile(way, f"{name}.toml", place)
            for name, place in (*spoilt_toml(good.settings.get(way, "")), *odd_places())
        )
    yield from (
        HostileFile("cookies", f"{name}.json", place)
        for name, place in (*spoilt_json(), *odd_places())
    )
    for way in ("worklist", "dispatch"):
        yield from (
            HostileFile(way, f"picture {name}.xlsx", partial(_put_picture, good, way, body))
            for name, body in spoilt_pictures(good.png, good.jpeg)
        )


def _put_picture(good: GoodFiles, way: str, body: bytes, path: Path) -> None:
    """The form of a way with a picture over its second row, whose bytes are these."""
    book = openpyxl.load_workbook(io.BytesIO(good.workbooks[way]))
    sheet = book.worksheets[0]
    sheet.add_image(openpyxl.drawing.image.Image(io.BytesIO(good.png)), "P2")
    stream = io.BytesIO()
    book.save(stream)
    parts = parts_of(stream.getvalue())
    media = [name for name in parts if name.startswith("xl/media/")]
    path.write_bytes(packed({**parts, media[-1]: body}))


def _put(data: bytes, spoil: Spoil, path: Path) -> None:
    path.write_bytes(spoil(data))


def _put_tag(template: bytes, tag: str, path: Path) -> None:
    document = Document(io.BytesIO(template))
    document.add_paragraph(tag.replace("SIGN", str(path.with_suffix(".sign"))))
    document.save(str(path))

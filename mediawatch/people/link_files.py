"""WeChat article links in files of any kind that units send.

Texts, tables, workbooks (cells, hyperlinks, formulas), letters in .docx, folders of them. An
address that is not an article is reported with its place.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from mediawatch.addresses import addresses_in, unwrap
from mediawatch.domain import UserError
from mediawatch.people import letters
from mediawatch.registry import csvfile, ooxml, xls, xlsx
from mediawatch.registry.problems import Place, Unusable

STDIN = "-"
_LINK = re.compile(
    r"(?:https?://)?mp\.weixin\.qq\.com/s(?:/[\w-]{6,64}|\?[\w\-.~%&=+#:/!$*@]*)",
    re.ASCII | re.IGNORECASE,
)
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_MOST_BYTES = 300 * 2**20
_HYPERLINK = re.compile(rb"<(?:\w+:)?hyperlink\b[^>]*>")
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*\br="[A-Z]+(\d+)"[^>]*>\s*<(?:\w+:)?f\b[^>]*>([^<]*)<')
_ROW = re.compile(rb'\bref="\$?[A-Z]+\$?(\d+)')
_ID = re.compile(rb'\b\w+:id="([^"]+)"')


@dataclass(frozen=True, slots=True)
class FoundLink:
    """One article, wherever its link stands.

    `url` is a link to it as it was written, with https and without a fragment.
    """

    url: str
    places: tuple[Place, ...]
    account_id: int | None = None
    """The account that the giver named for it (worklist), None where it was not named."""

    @property
    def long(self) -> bool:
        """A long link (`?__biz=…`), which WeChat mostly answers with its verification page."""
        return "?" in self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedLinks:
    links: tuple[FoundLink, ...]
    files: tuple[tuple[str, str], ...]
    """(name, SHA-256) of everything that was read."""
    skipped: tuple[str, ...] = ()
    """Files of a folder that could not be read, one sentence each."""
    unused: tuple[tuple[Place, str], ...] = ()
    """Addresses that are no article: they are not opened."""


def article_key(url: str) -> str:
    """What two links of one article have in common.

    The token of a short one; biz, message and place of a long one.
    """
    parts = urlsplit(unwrap(url))
    query = parse_qs(parts.query)
    named = [query[key][0] for key in ("__biz", "mid", "idx") if key in query]
    return "/".join(named) if len(named) == 3 else f"{parts.path}?{parts.query}".rstrip("?")


def links_in(text: str) -> Iterator[str]:
    """Every article link of a text, in order, unwrapped and cleaned."""
    for address in addresses_in(text, bare=True):
        if url := article_of(address):
            yield url


def article_of(address: str) -> str:
    """The article that an address leads to; "" where it leads to anything else."""
    found = _LINK.match(address)
    if found is None:
        return ""
    url = re.sub(
        r"^(?:https?://)?mp\.weixin\.qq\.com",
        "https://mp.weixin.qq.com",
        found[0],
        flags=re.IGNORECASE,
    )
    url = url.partition("#")[0].rstrip(".:!/*")
    return "" if url.endswith("/s?") else url


def collect(names: Sequence[str], stdin: BinaryIO) -> CollectedLinks:
    """All links of files, folders and, for `-`, standard input; each article once.

    Of a folder whatever is readable below it. UserError for a named file that cannot be read; what
    is in the way inside a folder is only noted.
    """
    found: dict[str, FoundLink] = {}
    files: list[tuple[str, str]] = []
    skipped: list[str] = []
    unused: dict[tuple[Place, str], None] = {}
    for name in names:
        for file, inside in _files(name):
            try:
                data = stdin.read() if file is None else _bytes(file)
                pieces = list(_pieces(name if file is None else str(file), data))
            except Unusable as unusable:
                if not inside:
                    raise
                skipped.extend(unusable.problems)
                continue
            files.append((name if file is None else file.name, hashlib.sha256(data).hexdigest()))
            for place, text in pieces:
                for url in links_in(text):
                    _note(found, place, url)
                unused |= {
                    (place, address): None
                    for address in addresses_in(text)
                    if not article_of(address)
                }
    return CollectedLinks(
        links=tuple(found.values()),
        files=tuple(files),
        skipped=tuple(skipped),
        unused=tuple(unused),
    )


def _note(found: dict[str, FoundLink], place: Place, url: str) -> None:
    key = article_key(url)
    known = found.get(key)
    if known is None:
        found[key] = FoundLink(url, (place,))
    elif place not in known.places:
        found[key] = FoundLink(known.url, (*known.places, place))


def _files(name: str) -> Iterator[tuple[Path | None, bool]]:
    """The files behind an argument, and whether they were found inside a folder."""
    if name == STDIN:
        yield None, False
        return
    path = Path(name)
    if not path.exists():
        raise UserError(f"{path} does not exist")
    if not path.is_dir():
        yield path, False
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and not any(
            part.startswith((".", "~$")) for part in file.relative_to(path).parts
        ):
            yield file, True


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise Unusable(f"{path} is larger than {_MOST_BYTES // 2**20} MB: split it")
        return path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error


def _pieces(name: str, data: bytes) -> Iterator[tuple[Place, str]]:
    """(place, text that may hold links) of one file, whose bytes show its kind. Raises Unusable."""
    if data.startswith(_ZIP) and letters.is_letter(data):
        yield from (
            (Place(name, "", number), text) for number, text in letters.texts_in(name, data)
        )
        return
    if data.startswith((_ZIP, _OLE)):
        read = xlsx.read if data.startswith(_ZIP) else xls.read
        for sheet in read(name, data):
            for row, cells in enumerate(sheet.rows):
                yield from (
                    (sheet.place(row), str(cell))
                    for column, cell in enumerate(cells)
                    if (row, column) not in sheet.filled
                )
        if data.startswith(_ZIP):
            yield from (
                (Place(name, sheet_name, number), text)
                for sheet_name, number, text in _hidden_texts(data)
            )
        return
    if name.lower().endswith(".csv"):
        try:
            rows = csvfile.read(name, data)
        except Unusable:
            pass  # an open quotation mark: its lines are still text
        else:
            yield from (
                (Place(name, "", number), str(cell))
                for number, row in enumerate(rows, 1)
                for cell in row
            )
            return
    yield from (
        (Place(name, "", number), line)
        for number, line in enumerate(_text(name, data).splitlines(), 1)
    )


def _text(name: str, data: bytes) -> str:
    """Links are ASCII, so any encoding that keeps ASCII will do.

    Raises Unusable for anything but text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data or data.startswith(b"%PDF"):
        raise Unusable(f"{name} is not a text, csv, Excel or .docx file: copy the links into one")
    return data.decode("utf-8-sig", errors="replace")


def _hidden_texts(data: bytes) -> Iterator[tuple[str, int, str]]:
    """(sheet, row, text) of hyperlinks behind cells and of =HYPERLINK(…).

    The cell shows another text than those.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for title, part in ooxml.sheets(package):
            xml = package.read(part)
            targets = _targets(package, part)
            for element in _HYPERLINK.findall(xml):
                row, number = _ROW.search(element), _ID.search(element)
                yield (
                    title,
                    int(row[1]) if row else 1,
                    targets.get(number[1].decode(), "") if number else "",
                )
            for at, formula in _FORMULA.findall(xml):
                yield title, int(at), unescape(formula.decode("utf-8", errors="replace"))


def _targets(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package.namelist():
        return {}
    try:
        return {
            each.get("Id", ""): each.get("Target", "")
            for each in ElementTree.fromstring(package.read(relations))
        }
    except ElementTree.ParseError:
        return {}

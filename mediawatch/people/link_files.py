"""WeChat article links in files of any kind that units send.

Texts, tables, workbooks (cells, hyperlinks, formulas), letters in .docx, folders of them. An
address that is not an article is reported with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

from mediawatch.addresses import addresses_in, unwrap
from mediawatch.domain import UserError
from mediawatch.workbooks.places import Place
from mediawatch.workbooks.refusals import Unusable
from mediawatch.workbooks.texts import read_stream, read_texts

STDIN = "-"
_LINK = re.compile(
    r"(?:https?://)?mp\.weixin\.qq\.com/s(?:/[\w-]{6,64}|\?[\w\-.~%&=+#:/!$*@]*)",
    re.ASCII | re.IGNORECASE,
)


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
                read = read_texts(file) if file is not None else read_stream(name, stdin)
            except Unusable as unusable:
                if not inside:
                    raise
                skipped.extend(unusable.problems)
                continue
            files.append((name if file is None else file.name, read.sha256))
            for place, text in read.pieces:
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

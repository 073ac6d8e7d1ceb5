"""WeChat article links in files of any kind that people send.

Texts, pasted group chats, tables, workbooks (cells, hyperlinks, formulas), letters in .docx, folders
of them. An address that is not an article is reported with its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from mediawatch.addresses import address_fault, addresses_in
from mediawatch.articles import article_key, article_of, is_part_of_article
from mediawatch.domain import Account, LinkWay, Saying, UserError
from mediawatch.people.chats import ChatLine, join_lines, read_messages
from mediawatch.workbooks.places import Place
from mediawatch.workbooks.refusals import Unusable
from mediawatch.workbooks.texts import FileTexts, read_stream, read_texts

STDIN = "-"
NOBODY = Saying()


@dataclass(frozen=True, slots=True)
class FoundLink:
    """One article, wherever its link stands.

    `url` is a link to it as it was written, with https and without a fragment.
    """

    url: str
    places: tuple[Place, ...]
    account_id: int | None = None
    """The account that the giver named for it (worklist), None where it was not named."""
    hinted_id: int | None = None
    """The account that a third party named beside it: the page must bear its name."""
    way: LinkWay = LinkWay.LINKS
    source: str = ""
    """The service that handed it in, "" for none."""
    sayings: Mapping[Place, Saying] = field(default_factory=lambda: MappingProxyType({}))
    """By place who handed it in, and when."""

    @property
    def named_id(self) -> int | None:
        """The account that it was given for, by whomever."""
        return self.account_id if self.account_id is not None else self.hinted_id

    @property
    def long(self) -> bool:
        """A long link (`?__biz=…`), which WeChat mostly answers with its verification page."""
        return "?" in self.url


@dataclass(frozen=True, slots=True)
class TextLinks:
    """What the addresses of a text are: articles that can be opened, and others."""

    articles: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerLinks:
    """The links of an answered row: articles to open, and addresses that we cannot open."""

    articles: tuple[FoundLink, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A row or line that bears a link, or a card without one, as it came in."""

    place: Place
    text: str
    urls: tuple[str, ...] = ()
    """Its articles."""
    others: tuple[str, ...] = ()
    """Its other addresses."""
    card: str = ""
    """Title of a shared card of which no address was copied."""
    message: str = ""
    """The whole message that it stands in; "" outside of chats."""
    saying: Saying = NOBODY
    account: Account | None = None
    """The one account that is named beside it, None where none or several may be meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedLinks:
    links: tuple[FoundLink, ...]
    files: tuple[tuple[str, str], ...]
    """(name, SHA-256) of everything that was read."""
    skipped: tuple[str, ...] = ()
    """What could not be read, one sentence each: files of a folder, formulas without a result."""
    rows: tuple[LinkRow, ...] = ()
    """Every row with a link, another address or a card, in the order of the files."""

    @property
    def unused(self) -> tuple[tuple[Place, str], ...]:
        """Addresses that are no article: they are not opened."""
        found = {(row.place, address): None for row in self.rows for address in row.others}
        return tuple(found)

    @property
    def cards(self) -> tuple[tuple[Place, str], ...]:
        """Cards that were copied without their address, with their titles."""
        return tuple((row.place, row.card) for row in self.rows if row.card)


def read_links(text: str, *, bare: bool = True) -> TextLinks:
    """The addresses of a text, unwrapped and sorted: every way in asks this.

    `bare`: also addresses without https://, where they are no articles, nor the beginning of one.
    """
    found = addresses_in(text, bare=True)
    with_scheme = found if bare else addresses_in(text)
    return TextLinks(
        tuple(dict.fromkeys(url for address in found if (url := article_of(address)))),
        tuple(
            address
            for address in found
            if not article_of(address) and (address in with_scheme or is_part_of_article(address))
        ),
    )


def why_unopened(address: str) -> str:
    """Why an address that is no article is not opened, in Chinese: every way in says this."""
    if fault := address_fault(address):
        return f"{fault.label}，没有打开"
    if is_part_of_article(address):
        return "链接不完整，没有打开"
    return "不是微信公众号文章的链接，没有打开"


def is_for_a_person(address: str, account: Account | None) -> bool:
    """Whether an address that we do not open may help a person who looks at the account.

    On WeChat only an article would, and that we open ourselves.
    """
    return (
        account is not None
        and account.platform != "wechat"
        and address_fault(address) is None
        and not is_part_of_article(address)
    )


def read_answer(
    links: Sequence[str], place: Place, account_id: int | None, way: LinkWay, by: str = ""
) -> AnswerLinks:
    """The links of an answer: articles for the account that its row names, and others."""
    said = {place: Saying(by=by)} if by else {}
    read = [read_links(link) for link in links]
    return AnswerLinks(
        tuple(
            FoundLink(url, (place,), account_id, way=way, sayings=said)
            for each in read
            for url in each.articles
        ),
        tuple(other for each in read for other in each.others),
    )


def collect(names: Sequence[str], stdin: BinaryIO, *, today: date | None = None) -> CollectedLinks:
    """All links of files, folders and, for `-`, standard input; each article once.

    Of a folder whatever is readable below it. `today` is the Beijing day of the import, for chats
    whose days have no year. UserError for a named file that cannot be read; what is in the way
    inside a folder is only noted.
    """
    files: list[tuple[str, str]] = []
    skipped: list[str] = []
    rows: list[LinkRow] = []
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
            rows += rows_of(read, today)
            skipped.extend(read.notes)
    return CollectedLinks(
        links=links_of(rows), files=tuple(files), skipped=tuple(skipped), rows=tuple(rows)
    )


def links_of(rows: Sequence[LinkRow]) -> tuple[FoundLink, ...]:
    """The articles of rows, each once, with all the places where it stands."""
    found: dict[str, tuple[str, dict[Place, Saying]]] = {}
    for row in rows:
        for url in row.urls:
            _, places = found.setdefault(article_key(url), (url, {}))
            places.setdefault(row.place, row.saying)
    return tuple(
        FoundLink(
            url,
            tuple(places),
            sayings={key: said for key, said in places.items() if said != NOBODY},
        )
        for url, places in found.values()
    )


def rows_of(read: FileTexts, today: date | None) -> list[LinkRow]:
    """The rows of a file that bear links or cards. Text is read as a chat, if it is one."""
    return _text_rows(read.pieces, today) if read.is_text else _table_rows(read.pieces)


def _text_rows(lines: Sequence[ChatLine], today: date | None) -> list[LinkRow]:
    found: list[tuple[bool, LinkRow]] = []
    for message in read_messages(lines, today):
        made: list[LinkRow] = []
        for place, text in message.lines:
            links = read_links(text, bare=False)
            if links.articles or links.others:
                made.append(
                    LinkRow(
                        place=place,
                        text=text.strip(),
                        urls=links.articles,
                        others=links.others,
                        message=message.text,
                        saying=message.saying,
                    )
                )
        if not made:
            made = [
                LinkRow(place=place, text=title, card=title, saying=message.saying)
                for place, title in message.cards
            ]
        found += [(message.quotes, row) for row in made]
    own = {article_key(url) for quotes, row in found if not quotes for url in row.urls}
    # A quoted link that stands in its own message is no second one.
    rows = [
        replace(
            row, urls=tuple(url for url in row.urls if not quotes or article_key(url) not in own)
        )
        for quotes, row in found
    ]
    return [row for (quotes, _), row in zip(found, rows, strict=True) if row.urls or not quotes]


def _table_rows(pieces: Sequence[ChatLine]) -> list[LinkRow]:
    """A row for each row of a table that bears an address: hyperlinks stand apart from cells."""
    cells: dict[Place, dict[str, None]] = {}
    for place, text in pieces:
        cells.setdefault(place, {})[text] = None
    rows = []
    for place, texts in cells.items():
        joined = [line for text in texts for _, line in join_lines([(place, text)])]
        links = [read_links(line, bare=False) for line in joined]
        urls = tuple(dict.fromkeys(url for each in links for url in each.articles))
        others = tuple(dict.fromkeys(other for each in links for other in each.others))
        if urls or others:
            rows.append(LinkRow(place=place, text="  ".join(texts), urls=urls, others=others))
    return rows


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

"""微信读书: the address of an account's page, from its number and back. Pure.

Nothing is signed by it: it is the page's name (docs/platforms/wechat.md §5).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import md5

from mediawatch.domain import Account, MatchedBy, Sight
from scrapers.wechat.identity import filed_id, number_of

HOME = "https://weread.qq.com/"
PAGE = re.compile(r"https://weread\.qq\.com/web/mp/reader/(\w+)")
_BOOK = "MP_WXS_"
_LEAST = 20
"""Characters of a code before its check digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderBook:
    """An account as 微信读书 knows it, and on what ground it is the filed one."""

    number: str
    """"" where only the page itself can tell."""
    tie: MatchedBy | None
    page: str
    """The filed address, else the computed one."""


def book_id(number: str) -> str:
    return f"{_BOOK}{number}"


def number_in_book(book: str) -> str:
    """The account's number in a book's id; "" where it is no account's."""
    number = book.removeprefix(_BOOK)
    return number if book.startswith(_BOOK) and number.isascii() and number.isdigit() else ""


def code_of_book(book: str) -> str:
    """The code of a book's id, by which its page's address ends."""
    digest = md5(book.encode(), usedforsecurity=False).hexdigest()
    if book.isascii() and book.isdigit():
        kind, chunks = "3", [f"{int(book[at : at + 9]):x}" for at in range(0, len(book), 9)]
    else:
        kind, chunks = "4", ["".join(f"{ord(char):x}" for char in book)]
    code = digest[:3] + kind + "2" + digest[-2:]
    code += "g".join(f"{len(chunk):02x}{chunk}" for chunk in chunks)
    code += digest[: max(0, _LEAST - len(code))]
    return code + md5(code.encode(), usedforsecurity=False).hexdigest()[:3]


@lru_cache(maxsize=64)  # Each of the reader's surfaces asks for that of an account.
def page_of(number: str) -> str:
    """The address of an account's page."""
    return f"{HOME}web/mp/reader/{code_of_book(book_id(number))}"


def number_in_page(address: str) -> str:
    """The account's number in the address of its page.

    "" where the address holds none, or its check digits are not those of that number.
    """
    found = PAGE.match(address)
    digits = re.search(r"4d505f5758535f((?:3\d)+)", found[1]) if found else None
    if found is None or digits is None:
        return ""
    # A check digit behind the number may look like one more digit of it.
    text = digits[1][1::2]
    ends = (text[:length] for length in range(len(text), 0, -1))
    return next((number for number in ends if code_of_book(book_id(number)) == found[1]), "")


def book_of(account: Account, earlier: Sequence[Sight]) -> ReaderBook | None:
    """The account's book: by its filed number, the filed address, or what this look has learned.

    None where nothing leads to it, or the look has met several numbers. A number that was found
    under its name and taken back leads nowhere.
    """
    filed = PAGE.match(account.filed.reader_url)
    address = filed[0] if filed else ""
    biz, tie = filed_id(account)
    if biz:
        number = number_of(biz)
        return ReaderBook(number=number, tie=tie, page=address or page_of(number))
    if address:
        return ReaderBook(number=number_in_page(address), tie=MatchedBy.URL, page=address)
    learned: dict[str, MatchedBy] = {}
    for sight in earlier:
        number = number_of(sight.platform_id)
        disowned = account.disowns(sight.platform_id, sight.original_id)
        if sight.matched_by and number.isdigit() and not disowned:
            ties = (sight.matched_by, learned.get(number, sight.matched_by))
            learned[number] = min(ties, key=list(MatchedBy).index)
    if len(learned) != 1:
        return None
    ((number, tie),) = learned.items()
    return ReaderBook(number=number, tie=tie, page=page_of(number))

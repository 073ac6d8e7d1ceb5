"""Which account somebody names beside a link: the page still decides whose link it is. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from mediawatch.articles import article_key
from mediawatch.domain import Account
from mediawatch.names import fold
from mediawatch.people.link_files import CollectedLinks
from mediawatch.registry.kinds import PLATFORM_WORDS, platforms_meant

_ADDRESS = re.compile(r"(?:https?://|mp\.weixin\.qq\.com)[\w\-.~%&=+#:/?!$*@]*", re.ASCII)
_BETWEEN = re.compile(r"[\s,，。.;；:：、!！?？\"“”'‘’()（）【】\[\]《》「」<>|/—]+")


class FiledNames:
    """The names of filed accounts, as they may stand in a message.

    A word for a platform or type beside a name (微信, 公众号, 微博) says which filing of it is meant.
    """

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._platforms: dict[int, str] = {}
        for account in accounts:
            if folded := fold(account.filed.name):
                self._by_name[folded].add(account.id)
                self._platforms[account.id] = account.platform

    def account_in(self, text: str) -> int | None:
        """The one account whose exact name stands in the text, between marks or spaces.

        None where no filed name stands there, or several accounts may be meant.
        """
        found = self.accounts_in(text)
        return found.pop() if len(found) == 1 else None

    def accounts_in(self, text: str) -> set[int]:
        """Every account whose exact name stands in the text, and of a platform that is named there.

        It stands between marks or spaces, or joined to the word for its platform.
        """
        meant: set[str] = set()
        found: set[int] = set()
        for piece in _pieces(text):
            if named := self._by_name.get(piece):
                found |= named
            elif words := platforms_meant(piece):
                meant |= words
            else:
                found |= self._joined(piece)
        return {number for number in found if not meant or self._platforms[number] in meant}

    def bearing(self, text: str) -> set[int]:
        """Every account whose exact name stands in the text, whatever platform is named there."""
        return {number for piece in _pieces(text) for number in self._by_name.get(piece, ())}

    def within(self, text: str) -> set[int]:
        """Every account whose name is a part of the text, however joined to other words.

        Of a name within another one only the longer counts.
        """
        bare = fold(_ADDRESS.sub(" ", text))
        names = [name for name in self._by_name if name in bare]
        longest = [
            name for name in names if not any(name != other and name in other for other in names)
        ]
        return {number for name in longest for number in self._by_name[name]}

    def _joined(self, piece: str) -> set[int]:
        for word in PLATFORM_WORDS:
            for name in (piece.removeprefix(word), piece.removesuffix(word)):
                if name != piece and (named := self._by_name.get(name)):
                    meant = platforms_meant(word)
                    return {number for number in named if self._platforms[number] in meant}
        return set()


def _pieces(text: str) -> set[str]:
    bare = _ADDRESS.sub(" ", text)
    return {fold(piece) for piece in (*_BETWEEN.split(bare), *bare.splitlines())} - {""}


def note_names(collected: CollectedLinks, accounts: Iterable[Account]) -> CollectedLinks:
    """The links with the account that is named in their own line, else in their message.

    A link beside which different accounts are named keeps none.
    """
    filed = list(accounts)
    names, by_id = FiledNames(filed), {account.id: account for account in filed}
    named: dict[str, set[int]] = defaultdict(set)
    rows = []
    for row in collected.rows:
        number = names.account_in(row.text) or names.account_in(row.message)
        rows.append(replace(row, account=by_id.get(number or 0)))
        for url in row.urls if number else ():
            named[article_key(url)].add(number or 0)
    links = tuple(
        replace(link, hinted_id=min(found)) if len(found) == 1 else link
        for link in collected.links
        for found in (named.get(article_key(link.url), set()),)
    )
    return replace(collected, links=links, rows=tuple(rows))

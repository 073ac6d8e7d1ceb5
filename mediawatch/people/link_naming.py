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

_ADDRESS = re.compile(r"(?:https?://|mp\.weixin\.qq\.com)[\w\-.~%&=+#:/?!$*@]*", re.ASCII)
_BETWEEN = re.compile(r"[\s,，。.;；:：、!！?？\"“”'‘’()（）【】\[\]《》「」<>|/—]+")


class FiledNames:
    """The names of filed accounts, as they may stand in a message."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._by_name: dict[str, set[int]] = defaultdict(set)
        for account in accounts:
            if folded := fold(account.filed.name):
                self._by_name[folded].add(account.id)

    def account_in(self, text: str) -> int | None:
        """The one account whose exact name stands in the text, between marks or spaces.

        None where no filed name stands there, or several accounts may be meant.
        """
        found = self.accounts_in(text)
        return found.pop() if len(found) == 1 else None

    def accounts_in(self, text: str) -> set[int]:
        """Every account whose exact name stands in the text, between marks or spaces."""
        bare = _ADDRESS.sub(" ", text)
        pieces = {fold(piece) for piece in (*_BETWEEN.split(bare), *bare.splitlines())}
        return {number for piece in pieces - {""} for number in self._by_name.get(piece, ())}


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

"""Whether an id that a person saw is one of the account's own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from mediawatch.domain import Account, MatchedBy
from mediawatch.names import same


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().strip("@=").casefold()


def _tokens(text: str) -> set[str]:
    """The text itself and every id-like word in it: people write `微信号:xzfabu / gh_…`, or paste the page's address."""
    folded = _fold(text)
    return {folded, *(word.strip("=.") for word in re.findall(r"[a-z0-9_.\-]+", folded))}


def tied(seen_id: str, ids: Sequence[str], linked: bool = False, name: str = "", account: Account | None = None) -> MatchedBy | None:
    """How the row is tied to the account: by an equal id, by the link it led to, else by a name equal to the filed one.

    None where nothing ties them. A blank name counts as the filed one: that is what the row told the person to look for.
    """
    if seen_id and _tokens(seen_id) & {_fold(known) for known in ids if known}:
        return MatchedBy.ID
    if linked:
        return MatchedBy.URL
    return MatchedBy.NAME if account is not None and (not name or same(name, account.filed.name)) else None


def contradicts(seen_id: str, ids: Sequence[str], alias: str) -> str:
    """The account's id of the same kind that differs from the one seen, "" where there is none.

    Only ids that a person can mistake for one another are of one kind: two gh_ ids, two 微信号 (`alias`, as filed), two
    numbers of one length. A profile may show its 微信号 where the registry holds only the gh_ id: that contradicts nothing.
    """
    if not seen_id or "://" in seen_id or tied(seen_id, ids):
        return ""
    seen = {_kind(token) for token in _tokens(seen_id)} - {""}
    comparable = [known for known in ids if known == alias or _kind(_fold(known)) != "word"]
    return next((known for known in comparable if _kind(_fold(known)) in seen), "")


def _kind(folded: str) -> str:
    """`gh`, `number…`, `word`, or "" for what is no id (Chinese text)."""
    if folded.startswith("gh_"):
        return "gh"
    if folded.isascii() and folded.isdigit():
        return f"number of {len(folded)}"
    return "word" if re.fullmatch(r"[a-z][a-z0-9_.\-]{4,}", folded) else ""

"""Whose WeChat page or search hit this is: compares ids and names with the filed ones. Pure.

Identity is never taken from a link alone where an id is filed and another one is shown.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from mediawatch.domain import Account, Attested, MatchedBy, NoEvidence, Outcome, Seen
from mediawatch.names import differs_by_suffix, same
from scrapers.wechat_article import GONE_NICK, MOVED_NICK, Page
from scrapers.wechat_office import Hit

_NEAR = 3
"""Other names that the detail of a search without an exact hit shows."""


def biz_in(url: str) -> str:
    """`__biz` of a long article or profile link, "" where it has none."""
    return dict(parse_qsl(urlsplit(url.replace("&amp;", "&")).query)).get("__biz", "")


def number_of(biz: str) -> str:
    """The number that a biz encodes: `MzA3MzI4MjgzMw==`, `MzA3MzI4MjgzMw` and `3073282833` are one account. Itself where it is none."""
    text = unquote(biz).strip()
    if text.isdigit():
        return text
    try:
        decoded = b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
    except ValueError:
        return text
    return decoded if decoded.isdigit() else text


def filed_id(account: Account) -> tuple[str, MatchedBy | None]:
    """The biz as filed, in base64, else the one that the filed links carry where they agree; ("", None) where there is none."""
    filed = account.filed
    if filed.platform_id:
        return encoded(filed.platform_id), MatchedBy.ID
    carried = {number_of(biz) for biz in map(biz_in, (filed.url, *filed.article_links)) if biz}
    return (encoded(carried.pop()), MatchedBy.URL) if len(carried) == 1 else ("", None)


def encoded(biz: str) -> str:
    number = number_of(biz)
    return b64encode(number.encode()).decode() if number.isdigit() else biz.strip()


def compared(account: Account, biz: str, original_id: str) -> tuple[MatchedBy | None, str]:
    """How the shown ids tie to the filed ones, and in words which filed id they contradict ("" where none)."""
    filed, (own, tie) = account.filed, filed_id(account)
    agreed: MatchedBy | None = None
    if own and biz:
        if number_of(own) != number_of(biz):
            return None, f"biz {biz} is shown, {own} is filed"
        agreed = tie
    if filed.original_id and original_id:
        if filed.original_id.strip().casefold() != original_id.casefold():
            return None, f"{original_id} is shown, {filed.original_id} is filed"
        agreed = MatchedBy.ID
    return agreed, ""


def same_alias(account: Account, alias: str) -> bool | None:
    """Whether the 微信号 is the filed one; None where one of them is not known."""
    filed = account.filed.alias.strip()
    return filed.casefold() == alias.strip().casefold() if filed and alias.strip() else None


def tie_of(account: Account, page: Page) -> MatchedBy:
    """How an opened link is tied to its account. NoEvidence where it belongs to another one."""
    tie, contradiction = compared(account, page.biz, page.original_id)
    alias = same_alias(account, page.alias)
    named = bool(page.name) and same(account.filed.name, page.name)
    if not contradiction and tie is None and alias is False and page.name and not named:
        contradiction = f"微信号 {page.alias} is shown, {account.filed.alias} is filed"
    if contradiction:
        raise NoEvidence(f"link belongs to {page.name or 'another account'}: {contradiction}")
    if tie is not None or alias:
        return tie or MatchedBy.ID
    # Filed for this account, without an id to check it by: whatever it is called now.
    return MatchedBy.NAME if named else MatchedBy.URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose back office it is. Every field may be empty."""

    biz: str = ""
    original_id: str = ""
    alias: str = ""
    name: str = ""


def read_owner(data: object) -> Owner:
    """From the home page's `wx.data`: `uin_base64`, `user_name` (gh_… in a page of 2016, called 微信号 elsewhere), `nick_name`."""
    match data:
        case {"biz": biz, "user": user, "nick": nick}:
            texts = [each.strip() if isinstance(each, str) else "" for each in (biz, user, nick)]
            is_gh = texts[1].startswith("gh_")
            return Owner(biz=texts[0], original_id=texts[1] if is_gh else "", alias="" if is_gh else texts[1], name=texts[2])
    return Owner()


def same_account(account: Account, owner: Owner) -> MatchedBy | None:
    """How the login's own account is the filed one; None where it is another, or no filed id tells."""
    tie, contradiction = compared(account, owner.biz, owner.original_id)
    if contradiction:
        return None
    return tie or (MatchedBy.ID if same_alias(account, owner.alias) else None)


def own_hit(account: Account, hits: Sequence[Hit]) -> tuple[Hit, MatchedBy] | None:
    """The hit that bears a filed id."""
    for hit in hits:
        tie, contradiction = compared(account, hit.biz, hit.original_id)
        if tie is not None and not contradiction:
            return hit, tie
    if filed_id(account)[0] or account.filed.original_id:
        return None
    return next(((hit, MatchedBy.ID) for hit in hits if same_alias(account, hit.alias)), None)


def is_same(account: Account, hit: Hit) -> bool:
    """Whether a hit bears exactly the filed name."""
    return same(account.filed.name, hit.name)


def identified(account: Account, hits: Sequence[Hit], exhausted: bool) -> Seen:
    """What all hits say of the account. `exhausted`: every hit of every query (name, and 微信号 where filed) was seen."""
    if found := own_hit(account, hits):
        return _of_hit(*found)
    exact = [hit for hit in hits if is_same(account, hit)]
    free = [hit for hit in exact if not compared(account, hit.biz, hit.original_id)[1] and same_alias(account, hit.alias) is not False]
    by_id = bool(filed_id(account)[0]) or bool(account.filed.original_id and any(hit.original_id for hit in exact))
    if len(free) == 1 and not by_id:
        return _of_hit(free[0], MatchedBy.NAME)
    if len(free) > 1:
        return _nothing(f"{len(free)} accounts bear this very name")
    if exact:
        return _nothing(f"the account of this name is another one ({exact[0].biz}, 微信号 {exact[0].alias or '-'})")
    shown = "; ".join(hit.name for hit in hits[:_NEAR])
    if not exhausted:
        return _nothing(f"no exact hit, and not all hits were seen (first: {shown})")
    if not account.filed.type_certain:
        return _nothing(f"no exact hit, but the filed type {account.filed.type!r} may be no official account")
    if not account.filed.alias:
        # A renamed account, or one that hides from the search by name, would look the same.
        return _nothing(f"no exact hit, and no 微信号 is filed to search by (first: {shown})")
    if any(differs_by_suffix(account.filed.name, hit.name) for hit in hits):
        return _nothing(f"the filed name has a suffix that no account bears (found: {shown})")
    detail = f"no exact hit among all {len(hits)} (first: {shown})" if hits else "no hits at all"
    # A page with hits is recorded, one without any is not.
    return Seen(outcome=Outcome.NOT_FOUND, matched_by=MatchedBy.NAME, attested=None if hits else Attested.DESCRIBED, detail=detail)


def _nothing(detail: str) -> Seen:
    return Seen(outcome=Outcome.NO_EVIDENCE, detail=detail)


def _of_hit(hit: Hit, tie: MatchedBy) -> Seen:
    seen = Seen(name=hit.name, platform_id=hit.biz, original_id=hit.original_id, matched_by=tie)
    outcome = Outcome.CANCELLED if GONE_NICK.fullmatch(hit.name) else Outcome.MIGRATED if MOVED_NICK.fullmatch(hit.name) else None
    if outcome is None:
        return seen
    # WeChat renames what is gone: such a nick is a state, not a name.
    detail = f"the account is shown as {hit.name}"
    return Seen(outcome=outcome, platform_id=hit.biz, matched_by=tie, attested=Attested.DESCRIBED, detail=detail)

"""Whose WeChat page or search hit this is: compares ids and names with the filed ones. Pure.

A link alone never proves identity where an id is filed and another one is shown.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from mediawatch.addresses import unwrap
from mediawatch.domain import ID_IN_DOUBT, Account, MatchedBy, NoEvidence, SearchHit
from mediawatch.names import alike, same
from scrapers.wechat.article_page import Page


@lru_cache(maxsize=1024)  # Each surface asks for the filed id of an account.
def biz_in(url: str) -> str:
    """`__biz` of a long article or profile link, "" where it has none."""
    return dict(parse_qsl(urlsplit(unwrap(url.replace("&amp;", "&"))).query)).get("__biz", "")


@lru_cache(maxsize=1024)
def number_of(biz: str) -> str:
    """The number that a biz encodes; the text itself where it encodes no number.

    `MzA3MzI4MjgzMw==`, `MzA3MzI4MjgzMw` and `3073282833` are one account.
    """
    text = unquote(biz).strip()
    if text.isdigit():
        return text
    try:
        decoded = b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
    except ValueError:
        return text
    return decoded if decoded.isdigit() else text


def filed_id(account: Account) -> tuple[str, MatchedBy | None]:
    """The biz as filed, in base64, else the one on which the filed links agree, else a 暂用标识.

    ("", None) without any of them; a 暂用标识 ties by name. What is filed as the id and encodes no number is a 微信号: see
    `same_alias`.
    """
    filed, found = account.filed, account.provisional
    links = filed.url, *filed.article_links
    return _filed_id(filed.platform_id, links, found.value if found else None)


@lru_cache(maxsize=64)  # Each surface asks for that of an account.
def _filed_id(
    platform_id: str, links: tuple[str, ...], provisional: str | None
) -> tuple[str, MatchedBy | None]:
    if number_of(platform_id).isdigit():
        return encode_biz(platform_id), MatchedBy.ID
    carried = {number_of(biz) for biz in map(biz_in, links) if biz}
    if len(carried) == 1:
        return encode_biz(carried.pop()), MatchedBy.URL
    if provisional is None or carried:
        return "", None
    return encode_biz(provisional), MatchedBy.NAME


def encode_biz(biz: str) -> str:
    number = number_of(biz)
    return b64encode(number.encode()).decode() if number.isdigit() else biz.strip()


def compare_ids(account: Account, biz: str, original_id: str) -> tuple[MatchedBy | None, str]:
    """How the shown ids tie to the filed ones, and in words which filed id they contradict.

    "" where they contradict none.
    """
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
    """Whether the 微信号 is the filed one, also where that is filed as the id.

    None where one of them is not known.
    """
    filed = filed_aliases(account)
    return alias.strip().casefold() in filed if filed and alias.strip() else None


def filed_aliases(account: Account) -> frozenset[str]:
    id = account.filed.platform_id
    texts = (account.filed.alias, "" if number_of(id).isdigit() else id)
    return frozenset(text.strip().casefold() for text in texts if text.strip())


def tie_of_keys(account: Account, biz: str, original_id: str, alias: str) -> MatchedBy | None:
    """How filed keys (biz, gh_ id, 微信号) tie what bears them to the account, whatever its name.

    None where it bears no filed key. NoEvidence where it bears one and contradicts a filed id: one
    of the two was filed wrongly.
    """
    tie, contradiction = compare_ids(account, biz, original_id)
    if same_alias(account, alias):
        tie, key = MatchedBy.ID, f"微信号 {alias}"
    else:
        key = _agreeing_id(account, biz, original_id)
    if key and contradiction:
        raise NoEvidence(f"{ID_IN_DOUBT}: {key} is filed and shown, but {contradiction}")
    return tie


def _agreeing_id(account: Account, biz: str, original_id: str) -> str:
    own, filed = filed_id(account)[0], account.filed.original_id.strip()
    if biz and own and number_of(own) == number_of(biz):
        return f"biz {biz}"
    return original_id if filed and filed.casefold() == original_id.casefold() else ""


def leads_to(account: Account, hit: SearchHit) -> bool:
    """Whether any filed key (biz, also in a link, gh_ id, 微信号), or a 暂用标识, names this hit.

    One is enough, also where another one contradicts it.
    """
    filed, number = account.filed, number_of(hit.id)
    links = (filed.url, filed.closing_notice_url, *filed.article_links, *account.links)
    found = account.provisional.value if account.provisional else ""
    return (
        number in {number_of(id) for id in (filed.platform_id, found, *map(biz_in, links)) if id}
        or bool(same_alias(account, hit.alias))
        or (
            bool(hit.original_id)
            and hit.original_id.casefold() == filed.original_id.strip().casefold()
        )
    )


def tie_of(account: Account, page: Page) -> MatchedBy:
    """How an opened link is tied to its account. NoEvidence where it belongs to another one."""
    named = bool(page.name) and same(account.filed.name, page.name)
    whose = f"link belongs to {page.name or 'another account'}"
    if named and compare_ids(replace(account, provisional=None), page.biz, page.original_id)[1]:
        # The filed name lives under another id than the filed one.
        whose = f"{ID_IN_DOUBT}: {whose}"
    tie = tie_of_ids(account, whose, page.biz, page.original_id, page.alias, page.name)
    if tie is None and same_alias(account, page.alias) is False and page.name and not named:
        raise NoEvidence(
            f"link belongs to {page.name}: 微信号 {page.alias} is shown, "
            f"{', '.join(sorted(filed_aliases(account)))} is filed"
        )
    if tie is not None:
        return tie
    # Filed for this account, without an id to check it by: it is the account's under any name. What
    # speaks against an account then speaks of the link, whatever name stands on the page.
    return MatchedBy.NAME if named and not page.outcome.negative else MatchedBy.URL


def tie_of_ids(
    account: Account,
    otherwise: str,
    biz: str,
    original_id: str = "",
    alias: str = "",
    name: str = "",
) -> MatchedBy | None:
    """How what a page shows of its owner ties it to the account.

    NoEvidence, in the words `otherwise` and the reason, where an id contradicts. It keeps the name
    where that is the filed one.
    """
    borne = name if alike(account.filed.name, name) else ""
    try:
        tie = tie_of_keys(account, biz, original_id, alias)
    except NoEvidence as doubt:
        raise NoEvidence(f"{otherwise}: {doubt.detail}", borne) from doubt
    if contradiction := compare_ids(account, biz, original_id)[1]:
        raise NoEvidence(f"{otherwise}: {contradiction}", borne)
    return tie


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The owner of a back office. Every field may be empty."""

    biz: str = ""
    original_id: str = ""
    alias: str = ""
    name: str = ""


def read_owner(data: object) -> Owner:
    """Read the home page's `wx.data`: `uin_base64`, `user_name`, `nick_name`.

    `user_name` is gh_… in a page of 2016, called 微信号 elsewhere.
    """
    match data:
        case {"biz": biz, "user": user, "nick": nick}:
            texts = [each.strip() if isinstance(each, str) else "" for each in (biz, user, nick)]
            is_gh = texts[1].startswith("gh_")
            return Owner(
                biz=texts[0],
                original_id=texts[1] if is_gh else "",
                alias="" if is_gh else texts[1],
                name=texts[2],
            )
    return Owner()


def same_account(account: Account, owner: Owner) -> MatchedBy | None:
    """How the login's own account is the filed one.

    None where it is another, or no filed id decides: a 暂用标识 does not.
    """
    filed = replace(account, provisional=None)
    tie, contradiction = compare_ids(filed, owner.biz, owner.original_id)
    if contradiction:
        return None
    return tie or (MatchedBy.ID if same_alias(account, owner.alias) else None)

"""Whose WeChat page or search hit this is: compares ids and names with the filed ones. Pure.

A link alone never proves identity where an id is filed and another one is shown.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from mediawatch.addresses import unwrap
from mediawatch.domain import (
    ID_IN_DOUBT,
    Account,
    Attestation,
    MatchedBy,
    NoEvidence,
    Outcome,
    PayloadFacts,
)
from mediawatch.names import differs_by_suffix, same
from scrapers.wechat.article_page import GONE_NICK, MOVED_NICK, Page
from scrapers.wechat.back_office_replies import Hit

_NEAR = 3
"""Other names that the detail of a search without an exact hit shows."""


def biz_in(url: str) -> str:
    """`__biz` of a long article or profile link, "" where it has none."""
    return dict(parse_qsl(urlsplit(unwrap(url.replace("&amp;", "&"))).query)).get("__biz", "")


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
    """The biz as filed, in base64, else the one on which the filed links agree.

    ("", None) without either. What is filed as the id and encodes no number is a 微信号: see
    `same_alias`.
    """
    filed = account.filed
    if number_of(filed.platform_id).isdigit():
        return encoded(filed.platform_id), MatchedBy.ID
    carried = {number_of(biz) for biz in map(biz_in, (filed.url, *filed.article_links)) if biz}
    return (encoded(carried.pop()), MatchedBy.URL) if len(carried) == 1 else ("", None)


def encoded(biz: str) -> str:
    number = number_of(biz)
    return b64encode(number.encode()).decode() if number.isdigit() else biz.strip()


def compared(account: Account, biz: str, original_id: str) -> tuple[MatchedBy | None, str]:
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
    filed = _aliases(account)
    return alias.strip().casefold() in filed if filed and alias.strip() else None


def _aliases(account: Account) -> frozenset[str]:
    id = account.filed.platform_id
    texts = (account.filed.alias, "" if number_of(id).isdigit() else id)
    return frozenset(text.strip().casefold() for text in texts if text.strip())


def borne(account: Account, biz: str, original_id: str, alias: str) -> MatchedBy | None:
    """How filed keys (biz, gh_ id, 微信号) tie what bears them to the account, whatever its name.

    None where it bears no filed key. NoEvidence where it bears one and contradicts a filed id: one
    of the two was filed wrongly.
    """
    tie, contradiction = compared(account, biz, original_id)
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


def tie_of(account: Account, page: Page) -> MatchedBy:
    """How an opened link is tied to its account. NoEvidence where it belongs to another one."""
    tie = tied(
        account,
        f"link belongs to {page.name or 'another account'}",
        page.biz,
        page.original_id,
        page.alias,
    )
    named = bool(page.name) and same(account.filed.name, page.name)
    if tie is None and same_alias(account, page.alias) is False and page.name and not named:
        raise NoEvidence(
            f"link belongs to {page.name}: 微信号 {page.alias} is shown, "
            f"{', '.join(sorted(_aliases(account)))} is filed"
        )
    if tie is not None:
        return tie
    # Filed for this account, without an id to check it by: it is the account's under any name. What
    # speaks against an account then speaks of the link, whatever name stands on the page.
    return MatchedBy.NAME if named and not page.outcome.negative else MatchedBy.URL


def tied(
    account: Account, otherwise: str, biz: str, original_id: str = "", alias: str = ""
) -> MatchedBy | None:
    """How what a page shows of its owner ties it to the account.

    NoEvidence, in the words `otherwise` and the reason, where an id contradicts.
    """
    try:
        tie = borne(account, biz, original_id, alias)
    except NoEvidence as doubt:
        raise NoEvidence(f"{otherwise}: {doubt.detail}") from doubt
    if contradiction := compared(account, biz, original_id)[1]:
        raise NoEvidence(f"{otherwise}: {contradiction}")
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

    None where it is another, or no filed id decides.
    """
    tie, contradiction = compared(account, owner.biz, owner.original_id)
    if contradiction:
        return None
    return tie or (MatchedBy.ID if same_alias(account, owner.alias) else None)


def own_hit(account: Account, hits: Sequence[Hit]) -> tuple[Hit, MatchedBy] | None:
    """The hit that bears a filed key and contradicts no filed id, under any name.

    A key is biz, gh_ id or 微信号.
    """
    ties = ((hit, tie) for hit in hits if (tie := _tie_of_hit(account, hit)))
    return min(ties, key=lambda found: list(MatchedBy).index(found[1]), default=None)


def _tie_of_hit(account: Account, hit: Hit) -> MatchedBy | None:
    try:
        return borne(account, hit.biz, hit.original_id, hit.alias)
    except NoEvidence:
        return None


def _doubt(account: Account, hits: Sequence[Hit]) -> PayloadFacts | None:
    """The first hit that bears one filed key and contradicts a filed id, tied to nothing."""
    for hit in hits:
        try:
            borne(account, hit.biz, hit.original_id, hit.alias)
        except NoEvidence as doubt:
            return _in_doubt(hit, doubt.detail)
    return None


def _in_doubt(hit: Hit, why: str) -> PayloadFacts:
    detail = f"{why} ({hit.name})"
    return PayloadFacts(
        outcome=Outcome.NO_EVIDENCE,
        name=hit.name,
        platform_id=hit.biz,
        original_id=hit.original_id,
        detail=detail,
    )


def queries(account: Account) -> tuple[str, ...]:
    """What an account is searched for by: its filed name, and its filed 微信号."""
    filed = account.filed
    texts = (
        filed.name,
        filed.alias,
        "" if number_of(filed.platform_id).isdigit() else filed.platform_id,
    )
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def is_same(account: Account, hit: Hit) -> bool:
    """Whether a hit bears exactly the filed name."""
    return same(account.filed.name, hit.name)


def match_hits_to_filed(account: Account, hits: Sequence[Hit], exhausted: bool) -> PayloadFacts:
    """What all hits say of the account.

    `exhausted`: every hit of every query (name, and 微信号 where filed) was seen.
    """
    exact = [hit for hit in hits if is_same(account, hit)]
    if found := own_hit(account, hits):
        hit, _ = found
        if exact and hit not in exact and compared(account, hit.biz, hit.original_id)[0] is None:
            return _in_doubt(
                hit,
                (
                    f"{ID_IN_DOUBT}: 微信号 {hit.alias} is filed and shown, but {exact[0].biz} "
                    "bears the filed name"
                ),
            )
        return _of_hit(*found)
    if doubt := _doubt(account, hits):
        return doubt
    free = [
        hit
        for hit in exact
        if not compared(account, hit.biz, hit.original_id)[1]
        and same_alias(account, hit.alias) is not False
    ]
    by_id = bool(filed_id(account)[0]) or bool(
        account.filed.original_id and any(hit.original_id for hit in exact)
    )
    if len(free) == 1 and not by_id:
        return _of_hit(free[0], MatchedBy.NAME)
    if len(free) > 1:
        return _nothing(f"{len(free)} accounts bear this very name")
    if exact:
        return _nothing(
            f"the account of this name is another one ({exact[0].biz}, 微信号 "
            f"{exact[0].alias or '-'})"
        )
    shown = "; ".join(hit.name for hit in hits[:_NEAR])
    if not exhausted:
        return _nothing(f"no exact hit, and not all hits were seen (first: {shown})")
    if not account.filed.type_certain:
        return _nothing(
            f"no exact hit, but the filed type {account.filed.type!r} may be no official account"
        )
    if not _aliases(account):
        # A renamed account, or one that hides from the search by name, would look the same.
        return _nothing(f"no exact hit, and no 微信号 is filed to search by (first: {shown})")
    if any(differs_by_suffix(account.filed.name, hit.name) for hit in hits):
        return _nothing(f"the filed name has a suffix that no account bears (found: {shown})")
    looked = f"no exact hit among all {len(hits)} (first: {shown})" if hits else "no hits at all"
    detail = f"searched for {', '.join(queries(account))}: {looked}"
    # A page with hits is recorded, one without any is not.
    return PayloadFacts(
        outcome=Outcome.NOT_FOUND,
        matched_by=MatchedBy.NAME,
        attested=None if hits else Attestation.DESCRIBED,
        detail=detail,
    )


def _nothing(detail: str) -> PayloadFacts:
    return PayloadFacts(outcome=Outcome.NO_EVIDENCE, detail=detail)


def _of_hit(hit: Hit, tie: MatchedBy) -> PayloadFacts:
    seen = PayloadFacts(
        name=hit.name, platform_id=hit.biz, original_id=hit.original_id, matched_by=tie
    )
    outcome = (
        Outcome.CANCELLED
        if GONE_NICK.fullmatch(hit.name)
        else Outcome.MIGRATED
        if MOVED_NICK.fullmatch(hit.name)
        else None
    )
    if outcome is None:
        return seen
    # WeChat renames what is gone: such a nick is a state, not a name.
    detail = f"the account is shown as {hit.name}"
    return PayloadFacts(
        outcome=outcome,
        platform_id=hit.biz,
        matched_by=tie,
        attested=Attestation.DESCRIBED,
        detail=detail,
    )

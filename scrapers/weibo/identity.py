"""Whose Weibo page this is: the account that the filed values lead to. Pure.

Replies are compared with it. Identity is the uid; names and custom domains change hands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, quote, unquote

from mediawatch.domain import (
    Account,
    Changed,
    Filing,
    MatchedBy,
    NoEvidence,
    Outcome,
    PayloadFacts,
    SearchHit,
)
from mediawatch.names import same
from scrapers.searches import agrees, vouches
from scrapers.urls import link_in, on_host
from scrapers.weibo.replies import Profile

DESKTOP, MOBILE = "https://weibo.com", "https://m.weibo.cn"

UID = re.compile(r"[1-9]\d{4,10}")
"""Accounts have up to 11 digits (mostly 10); the site gives its visitors numbers of 13."""
_PAGE_ID = re.compile(r"\d{6}([1-9]\d{9})")
_CUSTOM = re.compile(r"[A-Za-z0-9_-]{2,}")
_RESERVED = frozenset(
    {
        "u",
        "n",
        "p",
        "ajax",
        "home",
        "hot",
        "login",
        "newlogin",
        "search",
        "sorry",
        "tv",
        "ttarticle",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which account to open, and on what ground it is the filed one.

    By uid, custom domain, name or short link.
    """

    by: MatchedBy
    uid: str = ""
    custom: str = ""
    name: str = ""
    short: str = ""

    def page(self, site: str) -> str:
        if self.uid:
            return f"{site}/u/{self.uid}"
        return f"{site}/n/{quote(self.name, safe='')}" if self.name else f"{DESKTOP}/{self.custom}"


def target_of(filed: Filing) -> Target:
    """The filed id, else the filed link, else the name's own page.

    `NoEvidence` where id and link name two accounts.
    """
    linked = target_in(link_in(filed.url))
    filed_id = filed.platform_id.strip()
    if UID.fullmatch(filed_id):
        if linked and linked.uid and linked.uid != filed_id:
            raise NoEvidence(f"the filed id is {filed_id}, the filed link leads to {linked.uid}")
        return Target(by=MatchedBy.ID, uid=filed_id)
    if linked:
        return linked
    if not filed.name.strip():
        raise NoEvidence("neither id nor link nor name is filed")
    return Target(by=MatchedBy.NAME, name=filed.name.strip())


def target_in(link: SplitResult) -> Target | None:
    """What a Weibo address says about whose page it is; None for every other address."""
    if on_host(link.hostname, "t.cn"):
        return Target(by=MatchedBy.URL, short=link.geturl())
    if not on_host(link.hostname, "weibo.com", "weibo.cn"):
        return None
    match [unquote(part) for part in link.path.split("/") if part]:
        case ["u" | "profile", uid, *_] if UID.fullmatch(uid):
            return Target(by=MatchedBy.URL, uid=uid)
        case ["p", page, *_] if found := _PAGE_ID.fullmatch(page):
            return Target(by=MatchedBy.URL, uid=found[1])
        case ["n", name]:
            # It leads to the account that has the name today: no better ground than the name
            # itself.
            return Target(by=MatchedBy.NAME, name=name)
        case [uid, *_] if UID.fullmatch(uid):
            return Target(by=MatchedBy.URL, uid=uid)
        case [custom] if (
            on_host(link.hostname, "weibo.com")
            and _CUSTOM.fullmatch(custom)
            and custom.lower() not in _RESERVED
        ):
            return Target(by=MatchedBy.URL, custom=custom)
    return None


def match_to_filed(profile: Profile, target: Target) -> PayloadFacts:
    """The profile's facts as facts about the target.

    `Changed` for another account's reply; a name or custom domain proves no absence.
    """
    seen = profile.seen
    if target.uid and seen.platform_id and seen.platform_id != target.uid:
        raise Changed(f"asked for uid {target.uid}, got {seen.platform_id}")
    if target.custom and profile.domain and profile.domain.casefold() != target.custom.casefold():
        raise Changed(f"asked for domain {target.custom}, got {profile.domain}")
    if target.by is MatchedBy.NAME and seen.name and not same(seen.name, target.name):
        raise NoEvidence(f"{target.name} leads to {seen.name} (uid {seen.platform_id})", seen.name)
    if seen.outcome.negative and (
        target.by is MatchedBy.NAME or (target.custom and seen.outcome is Outcome.NOT_FOUND)
    ):
        # Closed or empty, somebody bears the name; only 用户不存在 says that nobody does.
        borne = "" if seen.outcome is Outcome.NOT_FOUND else target.name
        raise NoEvidence(f"{target.name or target.custom}: {seen.detail}", borne)
    return replace(seen, matched_by=target.by)


def match_list_to_filed(feed: PayloadFacts, profile: Profile, target: Target) -> PayloadFacts:
    """A list's facts as facts about the target.

    Its items name the account where the profile did not.
    """
    known = replace(feed, name="", platform_id="") if profile.seen.name else feed
    return match_to_filed(Profile(seen=known), target)


def is_surely_filed(profile: Profile, target: Target, filed: Filing) -> bool:
    """Whether the profile is surely the filed account's."""
    return target.by is not MatchedBy.NAME or vouches(filed, profile.seen.verified_as)


def filed_uid(filed: Filing) -> str:
    """The filed uid, else that of the filed link; "" where it is missing."""
    linked = target_in(link_in(filed.url))
    filed_id = filed.platform_id.strip()
    return filed_id if UID.fullmatch(filed_id) else linked.uid if linked else ""


def leads_to(account: Account, hit: SearchHit) -> bool:
    """Whether the filed id, link or custom domain, or a 暂用标识, names this hit."""
    filed, linked = account.filed, target_in(link_in(account.filed.url))
    found = account.provisional.value if account.provisional else ""
    uids = {filed.platform_id.strip(), linked.uid if linked else "", found.strip()}
    customs = {filed.alias.strip().casefold(), linked.custom.casefold() if linked else ""}
    return hit.id in uids or (bool(hit.alias) and hit.alias.casefold() in customs)


def refuse_other_body(seen: PayloadFacts, target: Target, filed: Filing) -> None:
    """`NoEvidence` where an account found by name alone is certified as another body's.

    `seen`: of its profile, or of its list where the profile did not say.
    """
    if target.by is MatchedBy.NAME and not agrees(filed, seen.verified_as):
        raise NoEvidence(
            f"uid {seen.platform_id} bears the name, but is certified as another body: "
            f"{seen.verified_as}",
            seen.name or target.name,
        )

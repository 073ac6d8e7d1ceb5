"""Whose Kuaishou page this is: the account that the filed values lead to. Pure.

Identity is the id in the address of the profile, `3x…`. The 快手号 is another number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult

from mediawatch.domain import Account, Filing, MatchedBy, NoEvidence, PayloadFacts, SearchHit
from mediawatch.names import same
from scrapers.searches import agrees
from scrapers.urls import link_in, on_host

USER_ID = re.compile(r"3x[0-9a-z]{6,22}", re.ASCII)
SITES = frozenset({"kuaishou.com", "gifshow.com", "chenzhongtech.com"})
_PROFILE = re.compile(r"/profile/([^/]+)/?")
_SHARED = re.compile(r"/fw/user/([^/]+)/?")
_SHORT = re.compile(r"/(?:f/)?[\w-]+/?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which account to open, and on what ground it is the filed one.

    `short`: a link that the site must resolve. `rival`: the filed link leads to another account
    than the filed id.
    """

    by: MatchedBy
    user_id: str = ""
    short: str = ""
    rival: str = ""


def target_of(filed: Filing) -> Target | None:
    """The filed id, else the filed link.

    None where both are missing: a 快手号 and a name need a search.
    """
    link = link_in(filed.url)
    linked, filed_id = user_id_in(link), filed.platform_id.strip()
    if USER_ID.fullmatch(filed_id):
        rival = linked if linked != filed_id else ""
        return Target(by=MatchedBy.ID, user_id=filed_id, rival=rival)
    if linked:
        return Target(by=MatchedBy.URL, user_id=linked)
    return Target(by=MatchedBy.URL, short=link.geturl()) if is_short(link) else None


def user_id_in(link: SplitResult) -> str:
    """The account's id in the address of a profile or of the app's share page; "" for others.

    The rooms of live.kuaishou.com go by ids of another kind.
    """
    if not on_host(link.hostname, *SITES) or on_host(link.hostname, "live.kuaishou.com"):
        return ""
    path = _SHARED.fullmatch(link.path)
    if on_host(link.hostname, "kuaishou.com"):
        path = path or _PROFILE.fullmatch(link.path)
    return path[1] if path and USER_ID.fullmatch(path[1]) else ""


def is_short(link: SplitResult) -> bool:
    """Whether a link is one that the app shares, which leads on: `v.kuaishou.com/…`, `/f/…`."""
    if not _SHORT.fullmatch(link.path):
        return False
    return link.hostname == "v.kuaishou.com" or (
        link.hostname == "www.kuaishou.com" and link.path.startswith("/f/")
    )


def match_to_filed(seen: PayloadFacts, target: Target, filed: Filing) -> PayloadFacts:
    """What a page says of the target as facts about the filed account.

    `NoEvidence` where the account was found by name alone and may not be it: its page bears
    another name, or shows that the account has nothing.
    """
    if target.by is MatchedBy.NAME:
        if seen.name and not (same(seen.name, filed.name) and agrees(filed, seen.verified_as)):
            raise NoEvidence(f"{filed.name} leads to {seen.name} ({target.user_id})", seen.name)
        if seen.outcome.negative:
            raise NoEvidence(f"{target.user_id} bears the name: {seen.detail}")
    return replace(seen, matched_by=target.by)


def filed_user_id(filed: Filing) -> str:
    """The filed id, else that of the filed link; "" where it is missing."""
    target = target_of(filed)
    return target.user_id if target else ""


def leads_to(account: Account, hit: SearchHit) -> bool:
    """Whether the filed id or link, or a 暂用标识, names this hit."""
    found = account.provisional.value.strip() if account.provisional else ""
    own = {account.filed.platform_id.strip(), user_id_in(link_in(account.filed.url)), found}
    return hit.id in own - {""}

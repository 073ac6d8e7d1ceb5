"""Whose Douyin page this is: the account that the filed values lead to. Pure.

Identity is the sec_uid of the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult

from mediawatch.domain import Account, Filing, MatchedBy, NoEvidence, PayloadFacts, SearchHit
from mediawatch.names import same
from scrapers.searches import agrees, aliases
from scrapers.urls import link_in, on_host, query_of

SEC_UID = re.compile(r"MS4wLjABAAAA[\w-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which account to open, and on what ground it is the filed one.

    `rival`: the filed link leads to another than the filed id.
    """

    by: MatchedBy
    sec_uid: str = ""
    short: str = ""
    rival: str = ""


def target_of(filed: Filing) -> Target | None:
    """The filed sec_uid, else the filed link.

    None where both are missing: 抖音号 and names need a search.
    """
    link = link_in(filed.url)
    linked, filed_id = sec_uid_in(link), filed.platform_id.strip()
    if SEC_UID.fullmatch(filed_id):
        return Target(by=MatchedBy.ID, sec_uid=filed_id, rival=linked if linked != filed_id else "")
    if linked:
        return Target(by=MatchedBy.URL, sec_uid=linked)
    return (
        Target(by=MatchedBy.URL, short=link.geturl())
        if on_host(link.hostname, "v.douyin.com")
        else None
    )


def match_to_filed(seen: PayloadFacts, target: Target, filed: Filing) -> PayloadFacts:
    """What a page says of the target as facts about the filed account.

    `NoEvidence` where the account was found by name alone and may not be it. So it is where its
    page bears another name, or is certified as another body's. So it is where the page says that
    the account is no more or has nothing.
    """
    if target.by is MatchedBy.NAME:
        if seen.name and not (same(seen.name, filed.name) and agrees(filed, seen.verified_as)):
            raise NoEvidence(
                f"{filed.name} leads to {seen.name} ({target.sec_uid}, 认证 "
                f"{seen.verified_as or '-'})",
                seen.name,
            )
        if seen.outcome.negative:
            raise NoEvidence(f"{target.sec_uid} bears the name: {seen.detail}")
    return replace(seen, matched_by=target.by)


def sec_uid_in(link: SplitResult) -> str:
    """The sec_uid of a profile or share address, "" for others.

    Old share links have a number in the path: the query goes first.
    """
    if not on_host(link.hostname, "douyin.com", "iesdouyin.com"):
        return ""
    path = re.fullmatch(r"/(?:share/)?user/([^/]+)/?", link.path)
    if not path:
        return ""
    return next(
        (
            text
            for text in (query_of(link.geturl()).get("sec_uid", ""), path[1])
            if SEC_UID.fullmatch(text)
        ),
        "",
    )


def filed_sec_uid(filed: Filing) -> str:
    """The filed sec_uid, else that of the filed link; "" where it is missing."""
    target = target_of(filed)
    return target.sec_uid if target else ""


def leads_to(account: Account, hit: SearchHit) -> bool:
    """Whether the filed id, link or 抖音号, or a 暂用标识, names this hit."""
    filed = account.filed
    found = account.provisional.value if account.provisional else ""
    own = {filed.platform_id.strip(), sec_uid_in(link_in(filed.url)), found.strip()}
    known = {text.casefold() for text in aliases(filed, "")}
    return hit.id in own or (bool(hit.alias.strip()) and hit.alias.strip().casefold() in known)

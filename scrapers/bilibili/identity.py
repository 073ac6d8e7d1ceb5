"""Whose space of Bilibili this is: the account that the filed values lead to. Pure.

Identity is the mid, the number in the address of the space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult

from mediawatch.domain import Account, Filing, MatchedBy, NoEvidence, PayloadFacts, SearchHit
from mediawatch.names import same
from scrapers.searches import agrees
from scrapers.urls import link_in, on_host

MID = re.compile(r"[1-9]\d{0,15}", re.ASCII)
"""Numbers have up to 16 digits since 2022."""
SHORT_HOST = "b23.tv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which account to open, and on what ground it is the filed one.

    `rival`: the filed link leads to another than the filed id.
    """

    by: MatchedBy
    mid: str = ""
    short: str = ""
    rival: str = ""


def target_of(filed: Filing) -> Target | None:
    """The filed mid, else the filed link. None where both are missing: a name needs a search."""
    link = link_in(filed.url)
    linked, filed_id = mid_in(link), filed_mid_text(filed)
    if filed_id:
        return Target(by=MatchedBy.ID, mid=filed_id, rival=linked if linked != filed_id else "")
    if linked:
        return Target(by=MatchedBy.URL, mid=linked)
    short = on_host(link.hostname, SHORT_HOST) and link.path.strip("/")
    return Target(by=MatchedBy.URL, short=link.geturl()) if short else None


def filed_mid_text(filed: Filing) -> str:
    """The filed id where it is a mid; "" where it is something else."""
    text = filed.platform_id.strip()
    return text if MID.fullmatch(text) else ""


def mid_in(link: SplitResult) -> str:
    """The mid in the address of a space, "" for others: a video's address names no account."""
    match [part for part in link.path.split("/") if part]:
        case [mid, *_] if on_host(link.hostname, "space.bilibili.com") and MID.fullmatch(mid):
            return mid
        case ["space", mid, *_] if on_host(
            link.hostname, "m.bilibili.com", "www.bilibili.com", "bilibili.com"
        ) and MID.fullmatch(mid):
            return mid
    return ""


def match_to_filed(seen: PayloadFacts, target: Target, filed: Filing) -> PayloadFacts:
    """What a page says of the target as facts about the filed account.

    `NoEvidence` where the account was found by name alone and may not be it: its page bears another
    name, or is certified as another body's, or speaks against the account.
    """
    if target.by is MatchedBy.NAME:
        if seen.name and not (same(seen.name, filed.name) and agrees(filed, seen.verified_as)):
            raise NoEvidence(
                f"{filed.name} leads to {seen.name} ({target.mid}, 认证 {seen.verified_as or '-'})",
                seen.name,
            )
        if seen.outcome.negative:
            raise NoEvidence(f"{target.mid} bears the name: {seen.detail}")
    return replace(seen, matched_by=target.by)


def filed_mid(filed: Filing) -> str:
    """The filed mid, else that of the filed link; "" where it is missing."""
    target = target_of(filed)
    return target.mid if target else ""


def leads_to(account: Account, hit: SearchHit) -> bool:
    """Whether the filed id or link, or a 暂用标识, names this hit."""
    filed = account.filed
    found = account.provisional.value if account.provisional else ""
    return hit.id in {filed_mid_text(filed), mid_in(link_in(filed.url)), found.strip()}

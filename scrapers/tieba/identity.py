"""Whose home page of Tieba this is: the account that the filed values lead to. Pure.

Identity is the portrait, the token in the address of the home page. An account also has a number
(`id`), a 贴吧ID (`tieba_uid`) and a 用户名, which it cannot change; its 昵称 it can.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote

from mediawatch.domain import Changed, Filing, MatchedBy, NoEvidence, PayloadFacts
from mediawatch.names import same
from scrapers.tieba.replies import Profile
from scrapers.urls import link_in, on_host, query_of

HOME = "https://tieba.baidu.com/home/main"
_PORTRAIT = re.compile(r"tb\.1\.[0-9a-f]{1,8}\.[\w-]{10,40}", re.ASCII)
_OLD_PORTRAIT = re.compile(r"[0-9a-f]{12,120}")
"""As links of before 2020 have it: it encodes number and 用户名, and no reply shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which home page to open: by `portrait`, or by `un` (用户名). `id` is the filed id.

    `rival`: the filed link leads to another portrait than the filed one.
    """

    portrait: str = ""
    un: str = ""
    id: str = ""
    rival: str = ""

    @property
    def url(self) -> str:
        if self.portrait:
            return f"{HOME}?id={quote(self.portrait, safe='.-_')}"
        return f"{HOME}?un={quote(self.un, safe='')}"


def target_of(filed: Filing) -> Target | None:
    """The filed portrait's page, else the filed link, else the filed 用户名's page.

    A filed number opens no page: it needs a link beside it. A name alone is none: what bears it may
    be anybody's, and no search is attested. None where nothing leads to a page.
    """
    filed_id, link = filed.platform_id.strip(), link_in(filed.url)
    linked, un = portrait_in(link), username_in(link)
    if portrait := portrait_of(filed_id):
        rival = linked if _PORTRAIT.fullmatch(linked) and linked != portrait else ""
        return Target(portrait=portrait, id=filed_id, rival=rival)
    if linked or un:
        return Target(portrait=linked, un="" if linked else un, id=filed_id)
    if filed_id and not (filed_id.isascii() and filed_id.isdigit()):
        return Target(un=filed_id, id=filed_id)
    return None


def portrait_of(text: str) -> str:
    """The portrait in what replies and filings write, "" for something else.

    `?t=…` behind it says only when the picture was changed.
    """
    plain = text.strip().partition("?")[0]
    return plain if _PORTRAIT.fullmatch(plain) else ""


def portrait_in(link: SplitResult) -> str:
    """The portrait in the address of a home page, also of the old form; "" for other addresses."""
    if not is_home(link):
        return ""
    text = query_of(link.geturl()).get("id", "").partition("?")[0]
    return text if _PORTRAIT.fullmatch(text) or _OLD_PORTRAIT.fullmatch(text) else ""


def username_in(link: SplitResult) -> str:
    """The 用户名 in the address of a home page; "" for other addresses.

    Also where it was written in another encoding than UTF-8: it cannot be told then.
    """
    text = query_of(link.geturl()).get("un", "").strip() if is_home(link) else ""
    return "" if "�" in text else text


def is_home(link: SplitResult) -> bool:
    return on_host(link.hostname, "tieba.baidu.com") and link.path.rstrip("/") == "/home/main"


def match_to_filed(seen: Profile, target: Target, filed: Filing) -> PayloadFacts:
    """The profile as facts about the filed account.

    `Changed` for another account than the one asked for. `NoEvidence` where the page is that of the
    filed link, and the filed id is none of its ids: one of the two was filed wrongly.
    """
    portrait = portrait_of(seen.portrait)
    if not portrait:
        raise Changed(f"a profile without a portrait: {seen.portrait[:60]!r}")
    if _PORTRAIT.fullmatch(target.portrait) and portrait != target.portrait:
        raise Changed(f"asked for {target.portrait}, got {portrait}")
    if target.un and not same(seen.username, target.un):
        raise Changed(f"asked for the 用户名 {target.un}, got {seen.username or '-'}")
    own = {portrait, seen.number, seen.tieba_uid, seen.username} - {"", "0"}
    by_id = bool(target.id) and (portrait_of(target.id) or target.id) in own
    if target.id and not by_id:
        raise NoEvidence(f"the filed link leads to {portrait}, which is not {target.id}")
    return PayloadFacts(
        # 用户名 and 昵称 are both its names: neither is 更名 of the other.
        name=seen.username if same(seen.username, filed.name) else seen.shown_name,
        platform_id=target.id if by_id else portrait,
        matched_by=MatchedBy.ID if by_id else MatchedBy.URL,
    )

"""Whose Toutiao page this is: the account that the filed values lead to. Pure.

Identity is the token of the address, or its mediaId.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, quote, unquote, urlsplit

from mediawatch.domain import (
    Changed,
    Filing,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    PayloadFacts,
)
from scrapers.urls import host_and_path, link_in, on_host, query_of

HOSTS = frozenset({"toutiao.com"})
USER = "https://www.toutiao.com/c/user/"
_TOKEN = re.compile(r"/c/user/token/([^/]+)/?")
_USER_ID = "MS4wLjABAAAA"
_SHARED = re.compile(r"/(?:\w+/)*ugc/profile/?|/(?:profile|user)/profile/?")
_SHARE_HOSTS = (
    "zjurl.cn",
    "toutiao.com",
    "snssdk.com",
    "toutiaocdn.com",
    "toutiaocdn.net",
    "toutiaoimg.com",
)
_LOGIN_PLACE = re.compile(
    r"^(?:[\w-]+\.)*(?:sso|passport|login)\.|/(?:[a-z]{0,4}(?:log|sign)[-_]?(?:in|on|up)|passport|sso)(?:[./_-]|$)",
    re.I,
)
_OLD_PATH = re.compile(r"/user/\d+/?")


@dataclass(frozen=True, slots=True)
class Target:
    """The page to open. `id` is the filed token or number, "" where only a link is filed."""

    url: str
    id: str = ""

    @property
    def by_token(self) -> bool:
        return bool(self.id) and not self.id.isdigit()


def target_of(filed: Filing) -> Target | None:
    """The filed token's page, else the filed link, else the filed number taken as a UID.

    Of a share link it is the account shared. None where nothing leads to Toutiao.
    """
    filed_id, link = filed.platform_id.strip(), link_in(filed.url)
    if filed_id and not filed_id.isdigit():
        return Target(f"{USER}token/{quote(filed_id, safe='=')}/", filed_id)
    if number := shared_account(link):
        return Target(f"{USER}{number}/", filed_id)
    if on_host(link.hostname, *HOSTS):
        token = _TOKEN.fullmatch(link.path)
        return Target(f"{USER}token/{token[1]}/" if token else link.geturl(), filed_id)
    return Target(f"{USER}{filed_id}/", filed_id) if filed_id else None


def shared_account(link: SplitResult) -> str:
    """The account in a share link of the app's profile page; "" for other links.

    `user_id` is the account; `share_uid` is who shared it.
    """
    if not on_host(link.hostname, *_SHARE_HOSTS) or not _SHARED.fullmatch(link.path):
        return ""
    number = query_of(link.geturl()).get("user_id", "")
    return number if number.isascii() and number.isdigit() and number.strip("0") else ""


def token_at(url: str, target: Target) -> str:
    """The token in the address where the page ended, "" where it is a number.

    Raises where that is no profile.
    """
    parts = urlsplit(url)
    if _LOGIN_PLACE.search(f"{parts.hostname or ''}{parts.path}"):
        raise LoginRequired(f"sent to {host_and_path(url)}")
    if _OLD_PATH.fullmatch(parts.path):
        raise NoEvidence(
            f"{host_and_path(url)} is a wrong form of link: the site has no such address, "
            "for any account"
        )
    if not parts.path.startswith("/c/user/"):
        # A filed link that leads elsewhere is a wrong link; our own profile address that does is a
        # changed site.
        raise (Changed if target.url.startswith(USER) else NoEvidence)(
            f"{host_and_path(target.url)} leads to {host_and_path(url)}"
        )
    token = _TOKEN.fullmatch(parts.path)
    return unquote(token[1]) if token else ""


def match_to_filed(profile: PayloadFacts, number: str, token: str, target: Target) -> PayloadFacts:
    """The profile as facts about the target; `Changed` for another account.

    `number` is its mediaId, `token` that of its address.
    """
    asked = target.id if target.by_token else token
    if asked and profile.platform_id not in ("", asked):
        # One account may have an address of another form besides its userId, but not two of the
        # userId's form.
        twins = asked.startswith(_USER_ID) and profile.platform_id.startswith(_USER_ID)
        if twins or asked != token:
            raise Changed(f"asked for {asked}, got {profile.platform_id}")
    if asked and token and token != asked and not profile.platform_id:
        # A page without a profile does not say which account it would be; only its address does.
        raise Changed(f"asked for {asked}, got to {token}")
    if target.by_token:
        return replace(profile, platform_id=target.id, matched_by=MatchedBy.ID)
    if profile.outcome is Outcome.NOT_FOUND and target.url == f"{USER}{target.id}/":
        raise NoEvidence(f"{target.id} is no UID, perhaps a mediaId")
    same = bool(target.id) and target.id == number
    return replace(profile, matched_by=MatchedBy.ID if same else MatchedBy.URL)

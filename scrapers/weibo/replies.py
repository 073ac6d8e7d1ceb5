"""What weibo.com and m.weibo.cn answer, read into facts.

Pure; whatever has no known shape is `Changed`, never a default.

Shapes: replies recorded 2019 to 2026 (dates as RFC text, before 2021 as short Chinese forms);
wordings of closed, banned and frozen accounts are described only. An empty list, `ok: 0` or a wall
says nothing about an account: the site answers so when it blocks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from mediawatch.domain import (
    Attestation,
    Captcha,
    Changed,
    Failure,
    LoginRequired,
    NoEvidence,
    Outcome,
    PayloadFacts,
    RateLimited,
    Unreachable,
)
from scrapers.browser.reply import text_in
from scrapers.urls import host_and_path, on_host
from scrapers.weibo.posts import OwnPosts, posts_in

_TOO_OFTEN = re.compile(r"(?:访问|操作|请求)过于频繁")
# An address that leads to a login says so in its host or path; no list of such addresses is
# complete.
_LOGIN_PLACE = re.compile(
    r"^(?:[\w-]+\.)*(?:passport|login|sso)\.|/(?:[a-z]{0,4}(?:log|sign)[-_]?(?:in|on|up)|passport|sso|visitor)(?:[./_-]|$)",
    re.I,
)
_CHECK_PLACE = re.compile(r"geetest|captcha|verif|checkcode", re.I)
_UNCERTIFIED = -1
# `verified_type` of 蓝V: government, company, media, campus, site, app, association, under review.
# 0 is 黄V, a person; 200 and 220 are 达人.
_ORGANISATIONS = range(1, 9)
_NOTHING_HERE = "这里还没有内容"


class UnknownWording(Changed):
    """A refusal (`ok: 0`) in unknown words.

    The page is loaded once more: only what is said twice is a change of the site.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One account's profile reply.

    `statuses` is the site's count of its posts; `feed` the container of its 微博 tab (mobile).
    """

    seen: PayloadFacts
    statuses: int | None = None
    domain: str = ""
    feed: str = ""


def wall(url: str, status: int, text: str) -> Failure | None:
    """What keeps us out, by the page's address, HTTP status and text.

    None where nothing is recognised.
    """
    parts = urlsplit(url)
    if (
        on_host(parts.hostname, "visit.sina.cn")
        or _CHECK_PLACE.search(parts.path)
        or "请输入验证码" in text
    ):
        return Captcha(f"check at {parts.hostname}{parts.path}")
    if _LOGIN_PLACE.search(f"{parts.hostname or ''}{parts.path}") or "Sina Visitor System" in text:
        return LoginRequired(f"sent to {parts.hostname}{parts.path}")
    if status in (403, 414, 418, 429, 432) or _TOO_OFTEN.search(text):
        return RateLimited(f"HTTP {status} at {parts.path}")
    return Unreachable(f"HTTP {status} at {parts.path}") if status >= 500 else None


def refuse(payload: object) -> None:
    """Raise where a JSON reply speaks of us: captcha, login, throttling, server trouble."""
    match payload:
        case {"ok": -100 | "-100", **rest} | {"errno": -100 | "-100", **rest}:
            # The site wants a login or a check first, wherever it sends us for it.
            url = str(rest.get("url") or "")
            raise wall(url, 200, message_of(payload)) or LoginRequired(
                f"ok: -100, {host_and_path(url) or message_of(payload) or 'without a word'}"
            )
        case {"ok": 0, "url": str(url)} if stopped := wall(url, 200, ""):
            raise stopped
        case {"errno": "100005" | 100005}:
            raise RateLimited(message_of(payload))
        case {"errno": "100001" | 100001}:
            raise Unreachable(message_of(payload))
        case {"errno": "100007" | 100007}:
            raise Captcha(message_of(payload))
        case {"ok": 0} if _TOO_OFTEN.search(message_of(payload)):
            raise RateLimited(message_of(payload))


def read_mobile_profile(payload: object, *, visitor: bool) -> Profile:
    """Read getIndex of container 100505.

    这里还没有内容 is ambiguous (gone, hidden from visitors or mobile, throttled): never a negative.
    """
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"userInfo": dict(user)} as data} if names_account(user):
            return replace(profile_of(user), feed=_feed_of(data))
        case {"ok": 1, "data": dict(data)} if not data.get("userInfo"):
            # Seen of living accounts: the list may still say whose it is.
            return Profile(seen=PayloadFacts(), feed=_feed_of(data))
        case {"ok": 0} if _NOTHING_HERE in message_of(payload):
            raise _nothing("no profile", visitor)
    raise unknown_shape(payload)


def names_account(user: Mapping[str, object]) -> bool:
    """Whether a record names its account: one missing field does not lose the other."""
    return bool(text_in(user, "screen_name").strip() or uid_of(user))


def uid_of(user: Mapping[str, object]) -> str:
    match user:
        case {"id": int() | str() as uid} | {"idstr": str() as uid} if uid and not isinstance(
            uid, bool
        ):
            return str(uid)
    return ""


def identity_in(user: Mapping[str, object]) -> PayloadFacts:
    """Name, uid and 认证 of an account's record, in a profile or beside a post."""
    return PayloadFacts(
        name=text_in(user, "screen_name"), platform_id=uid_of(user), verified_as=_certified(user)
    )


def _certified(user: Mapping[str, object]) -> str:
    """认证说明: a sentence of the platform, not always a body's registered name.

    "" where the record says that it is not certified, whatever words are left in it. Whom no
    organisation's type marks is told as a person, and so can vouch for no organiser.
    """
    said, kind = text_in(user, "verified_reason").strip(), user.get("verified_type")
    if not said or user.get("verified") is False or kind == _UNCERTIFIED:
        return ""
    return said if kind is None or kind in _ORGANISATIONS else f"个人认证：{said}"


def profile_of(user: Mapping[str, object]) -> Profile:
    return Profile(
        seen=identity_in(user),
        statuses=_count(user),
        domain=text_in(user, "domain"),
    )


def _feed_of(data: Mapping[str, object]) -> str:
    """The container of the 微博 tab; "" where it is missing."""
    return next(
        (text_in(tab, "containerid") for tab in _tabs(data) if tab.get("tab_type") == "weibo"), ""
    )


def read_mobile_feed(
    payload: object, uid: str, statuses: int | None, now: datetime, *, visitor: bool
) -> PayloadFacts:
    """Read getIndex of container 107603, first page.

    Shows part of the posts, to visitors less: its dates are lower bounds.
    """
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"cards": list(cards)} as data}:
            items = list(posts_in(cards))
        case {"ok": 0} if _NOTHING_HERE in message_of(payload):
            raise _nothing(f"no feed, {statuses} posts counted", visitor)
        case _:
            raise unknown_shape(payload)
    match data.get("cardlistInfo"):
        case {"containerid": str(container)} if uid not in container:
            raise Changed(f"feed of another account: {container}")
    found = OwnPosts.among(items, uid, now)
    by = replace(identity_in(found.author), detail=found.note)
    if found.posts:
        return replace(by, posts=tuple(found.posts))
    if not cards and statuses == 0:
        return state_by_words(Outcome.NO_POSTS, "statuses_count 0 and an empty list")
    nothing = _nothing(f"no dated post, {statuses} counted; {found.note}", visitor)
    if by.name:  # a name without a date is a name
        return replace(by, outcome=nothing.outcome, detail=nothing.detail)
    raise nothing


def _tabs(data: Mapping[str, object]) -> list[Mapping[str, object]]:
    match data.get("tabsInfo"):
        case {"tabs": list(tabs)}:
            return [tab for tab in tabs if isinstance(tab, Mapping)]
        case {"tabs": dict(tabs)}:  # numeric keys, remembered from old replies
            return [tab for tab in tabs.values() if isinstance(tab, Mapping)]
    return []


def state_by_words(outcome: Outcome, detail: str) -> PayloadFacts:
    """No recording of such a state is public: only text attests its words."""
    return PayloadFacts(outcome=outcome, attested=Attestation.DESCRIBED, detail=detail)


def _nothing(what: str, visitor: bool) -> Failure:
    return (
        LoginRequired(f"{what}, for a visitor")
        if visitor
        else NoEvidence(f"{what}, with a session")
    )


def unknown_shape(payload: object) -> Failure:
    match payload:
        case {"ok": 0, **rest} if not any(rest.values()):
            return RateLimited("ok: 0 without a word")
        case {"ok": 0} if said := message_of(payload):
            return UnknownWording(said)
    return Changed(message_of(payload) or payload)


def message_of(payload: object) -> str:
    return (
        (text_in(payload, "msg") or text_in(payload, "message"))
        if isinstance(payload, Mapping)
        else ""
    )


def _count(user: Mapping[str, object]) -> int | None:
    value = user.get("statuses_count")
    return value if isinstance(value, int) and not isinstance(value, bool) else None

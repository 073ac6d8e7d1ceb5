"""What weibo.com and m.weibo.cn answer, read into facts.

Pure; whatever has no known shape is `Changed`, never a default.

Shapes: replies recorded 2019 to 2026 (dates as RFC text, before 2021 as short Chinese forms);
wordings of closed, banned and frozen accounts are described only. An empty list, `ok: 0` or a wall
says nothing about an account: the site answers so when it blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
    Post,
    RateLimited,
    Unreachable,
)
from mediawatch.domain.clock import EVER, beijing, day_of, months_before
from scrapers.browser.reply import text_in
from scrapers.lists import complete_back_to
from scrapers.urls import host_and_path, on_host, query_of
from scrapers.weibo.posts import Found

_TOO_OFTEN = re.compile(r"(?:访问|操作|请求)过于频繁")
# An address that leads to a login says so in its host or path; no list of such addresses is
# complete.
_LOGIN_PLACE = re.compile(
    r"^(?:[\w-]+\.)*(?:passport|login|sso)\.|/(?:[a-z]{0,4}(?:log|sign)[-_]?(?:in|on|up)|passport|sso|visitor)(?:[./_-]|$)",
    re.I,
)
_CHECK_PLACE = re.compile(r"geetest|captcha|verif|checkcode", re.I)
_HIDDEN = re.compile(r"仅.{0,6}可见|半年")
_HALF_YEAR = re.compile(r"(?:展示|显示|可见|查看).{0,4}半年|半年.{0,6}(?:可见|展示|显示)")
_TO_SOME = re.compile(r"粉丝|好友|关注|登录|会员")
_NOTHING_HERE = "这里还没有内容"
# The `msg` of sorry?usernotexists, about the account itself. Inside a reposted original the same
# texts say nothing about its reposter.
_SORRY = (
    (Outcome.CANCELLED, re.compile(r"自行申请关闭|[账帐]号已关闭|已注销")),
    (Outcome.BANNED, re.compile(r"因被投诉违反|行为异常|内容存在风险")),
)


class Reworded(Changed):
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
    verified_reason: str = ""
    """认证说明: a sentence of the platform, not the organiser's registered name."""
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
            raise wall(url, 200, _said(payload)) or LoginRequired(
                f"ok: -100, {host_and_path(url) or _said(payload) or 'without a word'}"
            )
        case {"ok": 0, "url": str(url)} if stopped := wall(url, 200, ""):
            raise stopped
        case {"errno": "100005" | 100005}:
            raise RateLimited(_said(payload))
        case {"errno": "100001" | 100001}:
            raise Unreachable(_said(payload))
        case {"errno": "100007" | 100007}:
            raise Captcha(_said(payload))
        case {"ok": 0} if _TOO_OFTEN.search(_said(payload)):
            raise RateLimited(_said(payload))


def read_sorry(url: str) -> PayloadFacts:
    """Read `weibo.com/sorry?usernotexists&msg=…`: closed, banned or frozen, by the wording.

    The operator's own block is `LoginRequired`.
    """
    query = query_of(url)
    if "userblock" in query:
        raise LoginRequired("the operator's own account is blocked (sorry?userblock)")
    said = query.get("msg", "")
    if "usernotexists" in query:
        for outcome, wording in _SORRY:
            if wording.search(said):
                return _described(outcome, said)
    raise Changed(f"sorry?{'&'.join(query)}: {said or 'no wording'}")


def read_profile(payload: object) -> Profile:
    """Read /ajax/profile/info.

    Raises `Changed` for unknown shapes, `RateLimited` for an `ok: 0` without any word.
    """
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"user": dict(user)}} if _named(user):
            return _profile_of(user)
        case {"ok": 0, "error_type": "link", "url": str(url)} if urlsplit(url).path.startswith(
            "/sorry"
        ):
            return Profile(seen=read_sorry(url))
        case {"ok": 0} if "用户不存在" in _said(payload) and "20003" in _said(payload):
            return Profile(seen=_described(Outcome.NOT_FOUND, _said(payload)))
        case {"ok": 0} if _said(payload) == "账号有问题":
            return Profile(seen=_described(Outcome.BANNED, _said(payload)))
    raise _unknown(payload)


def read_mobile_profile(payload: object, *, visitor: bool) -> Profile:
    """Read getIndex of container 100505.

    这里还没有内容 is ambiguous (gone, hidden from visitors or mobile, throttled): never a negative.
    """
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"userInfo": dict(user)} as data} if _named(user):
            return replace(_profile_of(user), feed=_feed_of(data))
        case {"ok": 1, "data": dict(data)} if not data.get("userInfo"):
            # Seen of living accounts: the list may still say whose it is.
            return Profile(seen=PayloadFacts(), feed=_feed_of(data))
        case {"ok": 0} if _NOTHING_HERE in _said(payload):
            raise _nothing("no profile", visitor)
    raise _unknown(payload)


def _named(user: Mapping[str, object]) -> bool:
    """Whether a record names its account: one missing field does not lose the other."""
    return bool(text_in(user, "screen_name").strip() or _uid_of(user))


def _uid_of(user: Mapping[str, object]) -> str:
    match user:
        case {"id": int() | str() as uid} | {"idstr": str() as uid} if uid and not isinstance(
            uid, bool
        ):
            return str(uid)
    return ""


def _profile_of(user: Mapping[str, object]) -> Profile:
    return Profile(
        seen=PayloadFacts(name=text_in(user, "screen_name"), platform_id=_uid_of(user)),
        statuses=_count(user),
        verified_reason=text_in(user, "verified_reason"),
        domain=text_in(user, "domain"),
    )


def _feed_of(data: Mapping[str, object]) -> str:
    """The container of the 微博 tab; "" where it is missing."""
    return next(
        (text_in(tab, "containerid") for tab in _tabs(data) if tab.get("tab_type") == "weibo"), ""
    )


def items_of(payload: object) -> list[object]:
    """The posts of a list reply of either site, in the order shown; empty where it is no list."""
    match payload:
        case {"ok": 1, "data": {"list": list(items)}}:
            return items
        case {"ok": 1, "data": {"cards": list(cards)}}:
            return list(_mblogs(cards))
    return []


def own_posts(payload: object, uid: str, now: datetime) -> list[Post]:
    """The dated posts of the account's own in a list."""
    items = items_of(payload)
    return Found.among(items, uid, now).posts if items else []


def leads_on(payload: object, uid: str, now: datetime) -> bool:
    """Whether a list shows posts, but no dated one of the account's own: then the next page may."""
    return bool(items_of(payload)) and not own_posts(payload, uid, now)


def joined(payload: object, further: object) -> object:
    """Two pages as one list; the further one alone where that is no list: then it says why."""
    match payload, further:
        case {"data": {"list": list(items)} as data}, {
            "ok": 1,
            "data": {"list": list(more)} as rest,
        }:
            tips = {
                key: rest.get(key) or data.get(key)
                for key in ("bottom_tips_visible", "bottom_tips_text")
            }
            return {"ok": 1, "data": {**rest, **tips, "list": [*items, *more]}}
        case {"data": {"cards": list(cards)} as data}, {"ok": 1, "data": {"cards": list(more)}}:
            return {"ok": 1, "data": {**data, "cards": [*cards, *more]}}
    return further


def read_feed(payload: object, uid: str, statuses: int | None, now: datetime) -> PayloadFacts:
    """Read /ajax/statuses/mymblog, first page.

    `complete_since` holds only if the page knew the operator: otherwise the look removes it.
    """
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"list": list(items)} as data}:
            found = Found.among(items, uid, now)
        case _:
            raise _unknown(payload)
    if (
        not items
        and statuses == 0
        and not data.get("bottom_tips_visible")
        and not data.get("bottom_tips_text")
    ):
        return _described(Outcome.NO_POSTS, "statuses_count 0 and an empty list")
    # The tips say that more posts exist than are shown (to fans, say): the newest may be hidden.
    # Where only posts older than half a year are hidden, the list is whole within it.
    tips = text_in(data, "bottom_tips_text")
    half_year = bool(_HALF_YEAR.search(tips)) and not _TO_SOME.search(tips)
    partial = bool(data.get("bottom_tips_visible") or tips) and not half_year
    found.notes += [f"shown in part: {tips}"] if partial or half_year else []
    by = PayloadFacts(name=text_in(found.author, "screen_name"), platform_id=_uid_of(found.author))
    if not found.posts:
        detail = f"no dated post, {statuses} counted; {found.note}"
        hidden = (
            _described(Outcome.PRIVATE, detail)
            if _HIDDEN.search(tips)
            else PayloadFacts(outcome=Outcome.NO_EVIDENCE, detail=detail)
        )
        return replace(hidden, name=by.name, platform_id=by.platform_id)
    since = (
        None
        if partial or found.gaps
        else EVER
        if len(found.own) == statuses
        else complete_back_to(found.posts)
    )
    if since is not None and half_year:
        shown_since = datetime.combine(months_before(day_of(now), 6), beijing(now).timetz())
        since = shown_since if _ends(data) else max(since, shown_since)
    return replace(by, posts=tuple(found.posts), complete_since=since, detail=found.note)


def read_mobile_feed(
    payload: object, uid: str, statuses: int | None, now: datetime, *, visitor: bool
) -> PayloadFacts:
    """Read getIndex of container 107603, first page.

    Shows part of the posts, to visitors less: its dates are lower bounds.
    """
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"cards": list(cards)} as data}:
            items = list(_mblogs(cards))
        case {"ok": 0} if _NOTHING_HERE in _said(payload):
            raise _nothing(f"no feed, {statuses} posts counted", visitor)
        case _:
            raise _unknown(payload)
    match data.get("cardlistInfo"):
        case {"containerid": str(container)} if uid not in container:
            raise Changed(f"feed of another account: {container}")
    found = Found.among(items, uid, now)
    by = PayloadFacts(
        name=text_in(found.author, "screen_name"),
        platform_id=_uid_of(found.author),
        detail=found.note,
    )
    if found.posts:
        return replace(by, posts=tuple(found.posts))
    if not cards and statuses == 0:
        return _described(Outcome.NO_POSTS, "statuses_count 0 and an empty list")
    nothing = _nothing(f"no dated post, {statuses} counted; {found.note}", visitor)
    if by.name:  # a name without a date is a name
        return replace(by, outcome=nothing.outcome, detail=nothing.detail)
    raise nothing


def _ends(data: Mapping[str, object]) -> bool:
    """Whether the desktop list says that nothing follows."""
    return "since_id" in data and data["since_id"] in ("", "0", 0, None)


def _mblogs(cards: Sequence[object]) -> Iterator[object]:
    for card in cards:
        match card:
            case {"card_type": 9, "mblog": mblog}:
                yield mblog
            case {"card_type": 11, "card_group": list(group)}:
                yield from _mblogs(group)


def _tabs(data: Mapping[str, object]) -> list[Mapping[str, object]]:
    match data.get("tabsInfo"):
        case {"tabs": list(tabs)}:
            return [tab for tab in tabs if isinstance(tab, Mapping)]
        case {"tabs": dict(tabs)}:  # numeric keys, remembered from old replies
            return [tab for tab in tabs.values() if isinstance(tab, Mapping)]
    return []


def _described(outcome: Outcome, detail: str) -> PayloadFacts:
    """No recording of such a state is public: only text attests its words."""
    return PayloadFacts(outcome=outcome, attested=Attestation.DESCRIBED, detail=detail)


def _nothing(what: str, visitor: bool) -> Failure:
    return (
        LoginRequired(f"{what}, for a visitor")
        if visitor
        else NoEvidence(f"{what}, with a session")
    )


def _unknown(payload: object) -> Failure:
    match payload:
        case {"ok": 0, **rest} if not any(rest.values()):
            return RateLimited("ok: 0 without a word")
        case {"ok": 0} if said := _said(payload):
            return Reworded(said)
    return Changed(_said(payload) or payload)


def _said(payload: object) -> str:
    return (
        (text_in(payload, "msg") or text_in(payload, "message"))
        if isinstance(payload, Mapping)
        else ""
    )


def _count(user: Mapping[str, object]) -> int | None:
    value = user.get("statuses_count")
    return value if isinstance(value, int) and not isinstance(value, bool) else None

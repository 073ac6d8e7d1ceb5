"""What weibo.com and m.weibo.cn answer, read into facts. Pure; whatever has no known shape is `Changed`, never a default.

Shapes: replies recorded 2019 to 2026 (dates as RFC text, before 2021 as short Chinese forms); wordings of closed, banned and frozen
accounts are described only. An empty list, `ok: 0` or a wall says nothing about an account: the site answers so when it blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from mediawatch.clock import EVER, day_of, parse_printed
from mediawatch.domain import (
    Captcha,
    Changed,
    Failure,
    LoginRequired,
    NoEvidence,
    Outcome,
    Post,
    PostKind,
    RateLimited,
    Seen,
    Unreachable,
)  # fmt: skip
from scrapers.base import CLOCK_SKEW, on_host, query_of, reach

_TOO_OFTEN = re.compile(r"(?:访问|操作|请求)过于频繁")
_LOGIN_URL = re.compile(r"//(?:[\w-]+\.)?passport\.weibo\.|//login\.sina\.com\.cn|/(?:login|signup)\.php|/signin\b")
_HIDDEN = re.compile(r"仅.{0,6}可见|半年")
_NOTHING_HERE = "这里还没有内容"
# The `msg` of sorry?usernotexists, about the account itself; the same texts inside a reposted original say nothing about its reposter.
_SORRY = (
    (Outcome.CANCELLED, re.compile(r"自行申请关闭|[账帐]号已关闭|已注销")),
    (Outcome.BANNED, re.compile(r"因被投诉违反|行为异常|内容存在风险")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One account's profile reply. `statuses` is the site's count of its posts; `feed` the container of its 微博 tab (mobile)."""

    seen: Seen
    statuses: int | None = None
    verified_reason: str = ""
    """认证说明: a sentence of the platform, not the organiser's registered name."""
    domain: str = ""
    feed: str = ""


def wall(url: str, status: int, text: str) -> Failure | None:
    """What keeps us out, by the page's address, HTTP status and text; None where nothing is recognised."""
    parts = urlsplit(url)
    if on_host(parts.hostname, "visit.sina.cn") or "geetest" in parts.path or "请输入验证码" in text:
        return Captcha(f"check at {parts.hostname}{parts.path}")
    if _LOGIN_URL.search(url) or "Sina Visitor System" in text:
        return LoginRequired(f"sent to {parts.hostname}{parts.path}")
    if status in (403, 414, 418, 429, 432) or _TOO_OFTEN.search(text):
        return RateLimited(f"HTTP {status} at {parts.path}")
    return Unreachable(f"HTTP {status} at {parts.path}") if status >= 500 else None


def refuse(payload: object) -> None:
    """Raise where a JSON reply speaks of us: captcha, login, throttling, server trouble."""
    match payload:
        case {"ok": -100, "url": str(url)}:
            raise wall(url, 200, "") or Changed(payload)
        case {"ok": -100} if "登录" in _said(payload):
            raise LoginRequired(_said(payload))
        case {"errno": "100005" | 100005}:
            raise RateLimited(_said(payload))
        case {"errno": "100001" | 100001}:
            raise Unreachable(_said(payload))
        case {"errno": "100007" | 100007}:
            raise Captcha(_said(payload))
        case {"ok": 0} if _TOO_OFTEN.search(_said(payload)):
            raise RateLimited(_said(payload))


def read_sorry(url: str) -> Seen:
    """`weibo.com/sorry?usernotexists&msg=…`: closed, banned or frozen, by the wording; the operator's own block is `LoginRequired`."""
    query = query_of(url)
    if "userblock" in query:
        raise LoginRequired("the operator's own account is blocked (sorry?userblock)")
    said = query.get("msg", "")
    if "usernotexists" in query:
        for outcome, wording in _SORRY:
            if wording.search(said):
                return Seen(outcome=outcome, detail=said)
    raise Changed(f"sorry?{'&'.join(query)}: {said or 'no wording'}")


def read_profile(payload: object) -> Profile:
    """/ajax/profile/info. Raises `Changed` for unknown shapes, `RateLimited` for an `ok: 0` without any word."""
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"user": {"id": int() | str() as uid, "screen_name": str(name)} as user}} if name:
            return Profile(
                seen=Seen(name=name, platform_id=str(uid)),
                statuses=_count(user),
                verified_reason=_text(user, "verified_reason"),
                domain=_text(user, "domain"),
            )
        case {"ok": 0, "error_type": "link", "url": str(url)} if urlsplit(url).path.startswith("/sorry"):
            return Profile(seen=read_sorry(url))
        case {"ok": 0} if "用户不存在" in _said(payload) and "20003" in _said(payload):
            return Profile(seen=Seen(outcome=Outcome.NOT_FOUND, detail=_said(payload)))
        case {"ok": 0} if _said(payload) == "账号有问题":
            return Profile(seen=Seen(outcome=Outcome.BANNED, detail=_said(payload)))
    raise _unknown(payload)


def read_mobile_profile(payload: object, *, visitor: bool) -> Profile:
    """getIndex of container 100505. 这里还没有内容 is ambiguous (gone, hidden from visitors or mobile, throttled): never a negative."""
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"userInfo": {"id": int() | str() as uid, "screen_name": str(name)} as user} as data} if name:
            return Profile(
                seen=Seen(name=name, platform_id=str(uid)),
                statuses=_count(user),
                verified_reason=_text(user, "verified_reason"),
                feed=next((_text(tab, "containerid") for tab in _tabs(data) if tab.get("tab_type") == "weibo"), ""),
            )
        case {"ok": 0} if _NOTHING_HERE in _said(payload):
            raise _nothing("no profile", visitor)
    raise _unknown(payload)


def read_feed(payload: object, uid: str, statuses: int | None, now: datetime) -> Seen:
    """/ajax/statuses/mymblog, first page. `complete_since` holds only if the page knew the operator: the look takes it off otherwise."""
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"list": list(items)} as data}:
            found = Found.among(items, uid, now)
        case _:
            raise _unknown(payload)
    if not items and statuses == 0 and not data.get("bottom_tips_visible") and not data.get("bottom_tips_text"):
        return Seen(outcome=Outcome.NO_POSTS, detail="statuses_count 0 and an empty list")
    # The tips say that more posts exist than are shown (half a year, fans): the newest may be among the hidden ones.
    tips = _text(data, "bottom_tips_text")
    partial = bool(data.get("bottom_tips_visible") or tips)
    found.notes += [f"shown in part: {tips}"] if partial else []
    if not found.posts:
        outcome = Outcome.PRIVATE if _HIDDEN.search(tips) else Outcome.NO_EVIDENCE
        return Seen(outcome=outcome, detail=f"no dated post, {statuses} counted; {found.note}")
    since = None if partial or found.gaps else EVER if len(found.own) == statuses else reach(found.posts)
    return Seen(posts=tuple(found.posts), complete_since=since, detail=found.note)


def read_mobile_feed(payload: object, uid: str, statuses: int | None, now: datetime, *, visitor: bool) -> Seen:
    """getIndex of container 107603, first page. Shows part of the posts, to visitors less: its dates are lower bounds."""
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
    if found.posts:
        return Seen(posts=tuple(found.posts), detail=found.note)
    if not cards and statuses == 0:
        return Seen(outcome=Outcome.NO_POSTS, detail="statuses_count 0 and an empty list")
    raise _nothing(f"no dated post, {statuses} counted; {found.note}", visitor)


@dataclass(slots=True)
class Found:
    """The account's own posts of one list, in the order shown. `gaps`: an own item is missing among them for want of a sound date."""

    posts: list[Post] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    """Ids of all own items, also of those that are no updates."""
    gaps: bool = False
    notes: list[str] = field(default_factory=list)

    @classmethod
    def among(cls, items: Sequence[object], uid: str, now: datetime) -> Found:
        """Raises `Changed` where a list has items and all of them are plainly other people's: then it is another account's list."""
        found = cls()
        strangers = 0
        for item in items:
            match item if isinstance(item, dict) else {}:
                case {"title": {"text": str(title)}} if "赞过" in title:
                    found.notes.append("liked post of another account left out")
                case {"ori_mid": _, "screen_name_suffix_new": suffix} if "快转" in str(suffix):
                    # Carries the original's author and date, and is no update.
                    found.notes.append("快转 left out")
                case {"user": {"id": int() | str() as owner}} if str(owner) != uid:
                    strangers += 1
                case {"user": {"id": int() | str()}} as own:
                    found.add(own, uid, now)
                case _:
                    found.miss("item without an author")
        if strangers and strangers == len(items):
            raise Changed(f"{strangers} items, none of uid {uid}")
        if strangers:
            found.notes.append(f"{strangers} posts of other accounts left out")
        return found

    def add(self, item: Mapping[str, object], uid: str, now: datetime) -> None:
        match item:
            case {"created_at": str(printed), "id": int() | str() as number}:
                self.own.add(str(number))
            case _:
                self.miss("own item without id or date")
                return
        match item:
            case {"visible": {"type": 1}}:
                self.notes.append("post visible to its owner only left out")
                return
        try:
            at, on = parse_printed(printed, now)
        except Changed:
            self.miss(f"own item with an unreadable date: {printed!r}")
            return
        if (at or now) > now + CLOCK_SKEW or on > day_of(now + CLOCK_SKEW):
            self.miss(f"own item dated after the look set aside: {printed}")
            return
        bid = _text(item, "mblogid") or _text(item, "bid") or str(number)
        self.posts.append(
            Post(
                on=on,
                at=at,
                id=_text(item, "mid") or str(number),
                kind=PostKind.MICRO,
                pinned=_pinned(item),
                repost=bool(item.get("retweeted_status")),
                link=f"https://weibo.com/{uid}/{bid}",
            )
        )

    def miss(self, note: str) -> None:
        self.gaps = True
        self.notes.append(note)

    @property
    def note(self) -> str:
        return "; ".join(dict.fromkeys(self.notes))


def _pinned(item: Mapping[str, object]) -> bool:
    """Any mark will do: each of them was missing at some time."""
    match item:
        case {"isTop": 1 | True} | {"mblogtype": 2} | {"title": {"text": "置顶"}}:
            return True
    return _text(item, "profile_type_id").startswith("proweibotop")


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


def _nothing(what: str, visitor: bool) -> Failure:
    return LoginRequired(f"{what}, for a visitor") if visitor else NoEvidence(f"{what}, with a session")


def _unknown(payload: object) -> Failure:
    match payload:
        case {"ok": 0, **rest} if not any(rest.values()):
            return RateLimited("ok: 0 without a word")
    return Changed(_said(payload) or payload)


def _said(payload: object) -> str:
    return (_text(payload, "msg") or _text(payload, "message")) if isinstance(payload, Mapping) else ""


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _count(user: Mapping[str, object]) -> int | None:
    value = user.get("statuses_count")
    return value if isinstance(value, int) and not isinstance(value, bool) else None

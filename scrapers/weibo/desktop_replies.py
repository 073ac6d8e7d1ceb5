"""What weibo.com answers, read into facts. Pure.

What both sites have in common stands in `replies`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from mediawatch.domain import Changed, LoginRequired, Outcome, PayloadFacts
from mediawatch.domain.clock import EVER, beijing, day_of, months_before
from scrapers.browser.reply import text_in
from scrapers.lists import complete_back_to
from scrapers.urls import query_of
from scrapers.weibo.posts import OwnPosts
from scrapers.weibo.replies import (
    Profile,
    identity_in,
    message_of,
    names_account,
    profile_of,
    refuse,
    state_by_words,
    unknown_shape,
)

_HIDDEN = re.compile(r"仅.{0,6}可见|半年")
_HALF_YEAR = re.compile(r"(?:展示|显示|可见|查看).{0,4}半年|半年.{0,6}(?:可见|展示|显示)")
_TO_SOME = re.compile(r"粉丝|好友|关注|登录|会员")
# The `msg` of sorry?usernotexists, about the account itself. Inside a reposted original the same
# texts say nothing about its reposter.
_SORRY = (
    (Outcome.CANCELLED, re.compile(r"自行申请关闭|[账帐]号已关闭|已注销")),
    (Outcome.BANNED, re.compile(r"因被投诉违反|行为异常|内容存在风险")),
)


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
                return state_by_words(outcome, said)
    raise Changed(f"sorry?{'&'.join(query)}: {said or 'no wording'}")


def read_profile(payload: object) -> Profile:
    """Read /ajax/profile/info.

    Raises `Changed` for unknown shapes, `RateLimited` for an `ok: 0` without any word.
    """
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"user": dict(user)}} if names_account(user):
            return profile_of(user)
        case {"ok": 0, "error_type": "link", "url": str(url)} if urlsplit(url).path.startswith(
            "/sorry"
        ):
            return Profile(seen=read_sorry(url))
        case {"ok": 0} if "用户不存在" in message_of(payload) and "20003" in message_of(payload):
            return Profile(seen=state_by_words(Outcome.NOT_FOUND, message_of(payload)))
        case {"ok": 0} if message_of(payload) == "账号有问题":
            return Profile(seen=state_by_words(Outcome.BANNED, message_of(payload)))
    raise unknown_shape(payload)


def read_feed(payload: object, uid: str, statuses: int | None, now: datetime) -> PayloadFacts:
    """Read /ajax/statuses/mymblog, first page.

    `complete_since` holds only if the page knew the operator: otherwise the look removes it.
    """
    refuse(payload)
    match payload:
        case {"ok": 1, "data": {"list": list(items)} as data}:
            found = OwnPosts.among(items, uid, now)
        case _:
            raise unknown_shape(payload)
    if (
        not items
        and statuses == 0
        and not data.get("bottom_tips_visible")
        and not data.get("bottom_tips_text")
    ):
        return state_by_words(Outcome.NO_POSTS, "statuses_count 0 and an empty list")
    # The tips say that more posts exist than are shown (to fans, say): the newest may be hidden.
    # Where only posts older than half a year are hidden, the list is whole within it.
    tips = text_in(data, "bottom_tips_text")
    half_year = bool(_HALF_YEAR.search(tips)) and not _TO_SOME.search(tips)
    partial = bool(data.get("bottom_tips_visible") or tips) and not half_year
    found.notes += [f"shown in part: {tips}"] if partial or half_year else []
    by = identity_in(found.author)
    if not found.posts:
        detail = f"no dated post, {statuses} counted; {found.note}"
        hidden = (
            state_by_words(Outcome.PRIVATE, detail)
            if _HIDDEN.search(tips)
            else PayloadFacts(outcome=Outcome.NO_EVIDENCE, detail=detail)
        )
        return replace(by, outcome=hidden.outcome, attested=hidden.attested, detail=detail)
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


def _ends(data: Mapping[str, object]) -> bool:
    """Whether the desktop list says that nothing follows."""
    return "since_id" in data and data["since_id"] in ("", "0", 0, None)

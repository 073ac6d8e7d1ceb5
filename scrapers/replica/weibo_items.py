"""What Weibo's stand-in says of an account and of a post, in the form of the site's replies."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Any

from mediawatch.domain.clock import beijing
from scrapers.replica.truth import TrueAccount, TruePost
from scrapers.replica.web import picture_url

PICTURES = "tvax1.sinaimg.cn"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def user(account: TrueAccount, now: datetime) -> dict[str, Any]:
    return {
        "id": int(account.id), "idstr": account.id, "screen_name": account.name, "domain": account.alias,
        "profile_url": f"/u/{account.id}", "profile_image_url": picture_url(PICTURES, account.name), "verified": bool(account.verified_as),
        "verified_type": 1, "verified_reason": account.verified_as, "statuses_count": len(account.posts_at(now)), "description": "演示数据",
    }  # fmt: skip


def mobile_profile(account: TrueAccount, now: datetime) -> dict[str, Any]:
    tabs = [
        {
            "id": 1,
            "tabKey": "profile",
            "title": "精选",
            "tab_type": "profile",
            "containerid": f"230283{account.id}",
        },
        {
            "id": 2,
            "tabKey": "weibo",
            "title": "微博",
            "tab_type": "weibo",
            "containerid": f"107603{account.id}",
        },
    ]
    return {
        "ok": 1,
        "data": {
            "userInfo": user(account, now),
            "tabsInfo": {"selectedTab": 1, "tabs": tabs},
            "scheme": "",
        },
    }


def mid(post: TruePost) -> str:
    """Real mids hold their second, counted from this moment in 1986, above 22 low bits."""
    return str((post.serial - 515_483_463 << 22) + 1_234_567)


def _printed(at: datetime) -> str:
    """`Tue Aug 25 11:59:06 +0800 2026`, without the host's language."""
    here = beijing(at)
    return f"{_DAYS[here.weekday()]} {_MONTHS[here.month - 1]} {here:%d %H:%M:%S} +0800 {here.year}"


def mblog(account: TrueAccount, post: TruePost) -> dict[str, Any]:
    number, words = mid(post), post.title or f"演示微博 {post.number}"
    item: dict[str, Any] = {
        "visible": {"type": 0, "list_id": 0}, "created_at": _printed(post.at), "id": number, "idstr": number, "mid": number,
        "mblogid": f"R{post.serial:x}", "bid": f"R{post.serial:x}",
        "text": html.escape(words), "text_raw": words,
        "mblogtype": 2 if post.pinned else 0, "user": {"id": int(account.id), "idstr": account.id, "screen_name": account.name},
    }  # fmt: skip
    if post.pinned:
        item |= {"isTop": 1, "title": {"text": "置顶", "base_color": 1}}
    if post.repost:
        item["retweeted_status"] = {
            "id": "1",
            "created_at": "Mon Jan 04 08:00:00 +0800 2016",
            "user": None,
            "text": "该账号已关闭，现无法查看。",
        }
    return item

"""Accounts and works as Kuaishou's pages and calls write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from scrapers.replica.truth import TrueAccount, TruePost, make_up, number_of

_PAGE_SIZE = 20
_DONE = "no_more"


def state_of(account: TrueAccount, now: datetime) -> dict[str, Any]:
    """What a profile page brings along, under a scrambled key."""
    count = len(account.posts_at(now))
    profile = {
        "user_id": account.id,
        "user_name": account.name,
        "user_text": "演示数据",
        "headurl": "",
        "gender": "U",
    }
    counts = {"fan": 1, "follow": 0, "photo": None, "photo_public": count}
    held = {
        "result": 1,
        "userProfile": {"profile": profile, "ownerCount": counts, "userDefineId": account.alias},
    }
    return {make_up("state", "menu", 12): {"result": 1}, make_up("state", account.id, 12): held}


def feed_of(account: TrueAccount, posts: tuple[TruePost, ...], after: str) -> dict[str, Any]:
    """One page of works. Pinned ones stand on the first page, in front, without a mark of the site.

    `after`: the cursor that the page before it gave, "" for the first.
    """
    rest = [
        post
        for post in posts
        if not after or (not post.pinned and post.serial * 1000 < float(after))
    ]
    shown = rest[:_PAGE_SIZE]
    more = len(rest) > _PAGE_SIZE
    return {
        "result": 1,
        "feeds": [work(account, post) for post in shown],
        "pcursor": f"{shown[-1].serial * 1000}" if more else _DONE,
        "host-name": "replica",
    }


def work(account: TrueAccount, post: TruePost) -> dict[str, Any]:
    """`replicaPinned` is no field of the site: faults need to know which works are pinned."""
    number = number_of(f"work {account.id} {post.serial}", 36**10)
    return {
        "type": 1,
        "author": {"id": account.id, "name": account.name, "following": False},
        "tags": [],
        "photo": {
            "id": f"3x{number:013x}",
            "caption": post.title or f"演示作品 {post.number}",
            "timestamp": post.serial * 1000,
            "duration": 15_000,
            "likeCount": 1,
        },
        "replicaPinned": post.pinned,
    }


def user_hit(account: TrueAccount) -> dict[str, Any]:
    return {
        "user_id": account.id,
        "user_name": account.name,
        "user_text": "演示数据",
        "headurl": "",
        "verified": bool(account.verified_as),
        "isFollowing": False,
    }

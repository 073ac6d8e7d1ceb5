"""What Bilibili's stand-in answers of one account, one post."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mediawatch.domain import PostKind
from mediawatch.domain.clock import beijing
from scrapers.replica.truth import TrueAccount, TruePost, Truth, make_up
from scrapers.replica.web import picture_url

PICTURES = "i0.hdslb.com"
_OPENED = 1_498_838_400
"""The second from which the numbers of 动态 count."""


def profile_of(account: TrueAccount) -> dict[str, Any]:
    data = {
        "mid": int(account.id),
        "name": account.name,
        "face": picture_url(PICTURES, account.name),
        "sign": "演示数据",
        "silence": int(account.truth is Truth.BANNED),
        "official": {"role": 3, "title": account.verified_as, "desc": "", "type": 1},
        "sys_notice": {},
    }
    return {"code": 0, "message": "0", "ttl": 1, "data": data}


def card_of(account: TrueAccount) -> dict[str, Any]:
    cancelled = account.truth is Truth.CANCELLED
    name = "账号已注销" if cancelled else account.name
    banned = -2 if account.truth is Truth.BANNED else 0
    return {"code": 0, "data": {"card": {"mid": account.id, "name": name, "spacesta": banned}}}


def user_hit(account: TrueAccount) -> dict[str, Any]:
    return {
        "type": "bili_user",
        "mid": int(account.id),
        "uname": account.name,
        "official_verify": {"type": 1, "desc": account.verified_as},
    }


def number_of_post(post: TruePost) -> str:
    return str((max(post.serial - _OPENED, 1) << 32) + post.number)


def serial_in(number: str) -> int:
    """The second of the post whose number this is."""
    return (int(number) >> 32) + _OPENED if number.isdigit() else 0


def videos_of(account: TrueAccount, now: datetime) -> list[TruePost]:
    """Its own videos, newest first."""
    return [
        post for post in account.posts_at(now) if post.kind is PostKind.VIDEO and not post.repost
    ]


def _video_number(account: TrueAccount, post: TruePost) -> str:
    made = make_up("video", f"{account.id} {post.at.isoformat()}", 40)
    return f"BV1{''.join(letter for letter in made if letter.isalnum())[:9]}"


def video(account: TrueAccount, post: TruePost) -> dict[str, Any]:
    return {
        "bvid": _video_number(account, post),
        "aid": post.serial,
        "mid": int(account.id),
        "author": account.name,
        "title": _title(post),
        "created": post.serial,
        "is_union_video": 0,
    }


def dynamic(account: TrueAccount, post: TruePost) -> dict[str, Any]:
    """One 动态; what it holds stands elsewhere for each kind."""
    author = {
        "mid": int(account.id),
        "name": account.name,
        "pub_ts": post.serial,
        "pub_time": f"{beijing(post.at):%m月%d日}",
        "pub_action": "",
        "type": "AUTHOR_TYPE_NORMAL",
    }
    modules: dict[str, Any] = {"module_author": author, "module_dynamic": _content(account, post)}
    if post.pinned:
        modules["module_tag"] = {"text": "置顶"}
    item: dict[str, Any] = {
        "id_str": number_of_post(post),
        "type": _kind(post),
        "visible": True,
        "basic": {"is_only_fans": False},
        "modules": modules,
    }
    if post.repost:
        original = {"mid": 2, "name": "演示原作者", "pub_ts": post.serial - 86_400 * 400}
        held = {"desc": {"text": "演示原文"}, "major": None}
        item["orig"] = {
            "id_str": str(post.serial << 20),
            "type": "DYNAMIC_TYPE_WORD",
            "modules": {"module_author": original, "module_dynamic": held},
        }
    return item


def _kind(post: TruePost) -> str:
    if post.repost:
        return "DYNAMIC_TYPE_FORWARD"
    return {
        PostKind.VIDEO: "DYNAMIC_TYPE_AV",
        PostKind.PICTURES: "DYNAMIC_TYPE_DRAW",
        PostKind.ARTICLE: "DYNAMIC_TYPE_ARTICLE",
    }.get(post.kind, "DYNAMIC_TYPE_WORD")


def _content(account: TrueAccount, post: TruePost) -> dict[str, Any]:
    title = _title(post)
    if post.kind is PostKind.VIDEO and not post.repost:
        archive = {"bvid": _video_number(account, post), "title": title}
        return {"desc": None, "major": {"type": "MAJOR_TYPE_ARCHIVE", "archive": archive}}
    return {"desc": {"text": title}, "major": None}


def _title(post: TruePost) -> str:
    return post.title or f"演示动态 {post.number}"

"""Accounts and works as Douyin's pages and calls write them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from mediawatch.domain import PostKind
from scrapers.replica.truth import TrueAccount, TruePost, Truth, make_up
from scrapers.replica.web import script_json, whole

_PAGE_SIZE = 18
_PUNISHED = {"ban_type": 1, "punish_title": "账号已被封禁"}


def record(number: str, props: dict[str, Any]) -> str:
    """One server record: JSON in a string in JSON, as the page's framework streams it."""
    chunk = f"{number}:" + json.dumps(["$", "$La", None, props], ensure_ascii=False) + "\n"
    return f"self.__pace_f.push({script_json([1, chunk])});"


def server_user(account: TrueAccount, now: datetime) -> dict[str, Any]:
    user: dict[str, Any] = {
        "uid": account.number_id, "secUid": account.id, "shortId": "0", "uniqueId": account.alias, "nickname": account.name,
        "desc": "演示数据", "awemeCount": len(account.posts_at(now)), "customVerify": "", "enterpriseVerifyReason": account.verified_as,
        "isGovMediaVip": True, "accountCertInfo": {"labelText": account.verified_as}, "secret": int(account.truth is Truth.PRIVATE),
        "isBan": account.truth is Truth.BANNED, "userCanceled": account.truth is Truth.CANCELLED, "roomData": "",
    }  # fmt: skip
    return user | {"punishRemindInfo": _PUNISHED} if account.truth is Truth.BANNED else user


def user_hit(account: TrueAccount) -> dict[str, Any]:
    return {
        "uid": account.number_id, "sec_uid": account.id, "nickname": account.name, "unique_id": account.alias, "short_id": "0",
        "enterprise_verify_reason": account.verified_as, "custom_verify": "", "follower_count": 1,
        "secret": int(account.truth is Truth.PRIVATE),
    }  # fmt: skip


def user_of_call(account: TrueAccount, now: datetime) -> dict[str, Any]:
    user: dict[str, Any] = {
        "uid": account.number_id, "sec_uid": account.id, "short_id": "0", "unique_id": account.alias, "nickname": account.name,
        "signature": "演示数据", "aweme_count": len(account.posts_at(now)), "custom_verify": "",
        "enterprise_verify_reason": account.verified_as, "account_cert_info": script_json({"label_text": account.verified_as}),
        "is_gov_media_vip": True, "live_status": 0, "secret": int(account.truth is Truth.PRIVATE), "is_ban": account.truth is Truth.BANNED,
    }  # fmt: skip
    if account.truth is Truth.CANCELLED:
        user |= {
            "user_deleted": True,
            "special_state_info": {
                "special_state": 1,
                "title": "账号已注销",
                "content": "该用户账号已注销",
            },
        }
    if account.truth is Truth.BANNED:
        user |= {"punish_remind_info": _PUNISHED}
    return user


def works(account: TrueAccount, posts: tuple[TruePost, ...], before: int) -> dict[str, Any]:
    """`max_cursor` is in milliseconds, `create_time` in seconds.

    Pinned works stand on the first page only.
    """
    pinned = [post for post in posts if post.pinned and not before]
    rest = [
        post for post in posts if not post.pinned and (not before or post.serial * 1000 < before)
    ]
    items = [*pinned, *rest[:_PAGE_SIZE]]
    return {
        "status_code": 0, "aweme_list": [work(account, post) for post in items], "has_more": int(len(rest) > _PAGE_SIZE),
        "max_cursor": items[-1].serial * 1000 if items else 0, "min_cursor": items[0].serial * 1000 if items else 0,
        "request_item_cursor": before, "time_list": None, "post_serial": 2, "log_pb": {"impr_id": make_up("log", account.id, 32)},
    }  # fmt: skip


def work(account: TrueAccount, post: TruePost) -> dict[str, Any]:
    pictures = post.kind is PostKind.PICTURES
    return {
        "aweme_id": str(post.serial - 40 << 32), "create_time": post.serial, "is_top": int(post.pinned),
        "aweme_type": 68 if pictures else 0, "images": [{"uri": "replica"}] if pictures else None,
        "desc": post.title or f"演示作品 {post.number}",
        "author_user_id": whole(account.number_id), "author": {"sec_uid": account.id, "nickname": account.name, "uid": account.number_id},
        "aweme_control": {"can_forward": True, "can_share": True, "can_comment": True, "can_show_comment": True},
        "status": {"is_delete": False, "is_prohibited": False, "in_reviewing": False, "part_see": 0, "private_status": 0},
    }  # fmt: skip

"""Where each site's pages and replies name the operator who looks. Pure.

A recording must not hold these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

from scrapers.privacy.secrets import json_values_after

_RENDER_DATA = re.compile(r'<script[^>]*id="RENDER_DATA"[^>]*>([^<]*)</script>')
_CHUNK = re.compile(r"__pace_f\.push\(")
_BACK_OFFICE = re.compile(
    r"""\b(user_name|nick_name|head_img|uin|bizuin|alias)\s*:\s*["']([^"']+)["']"""
)
_MOBILE = re.compile(r"\bconfig\s*=\s*\{[^}]*?\buid\s*:\s*'?(\d+)")


def weibo(text: str) -> Iterator[object]:
    """`$CONFIG.user` of the desktop shell is the viewer (captures since 2022).

    The mobile shell has at most his uid.
    """
    for config in json_values_after(text, r"\$CONFIG\s*=\s*"):
        match config:
            case {"user": dict(user)}:
                yield user
    for found in _MOBILE.finditer(text):
        yield {"uid": found[1]}


def douyin(text: str) -> Iterator[object]:
    """`app.user.info` of the page's data, and the server record whose user holds an `info`.

    An account's own record has none.
    """
    match _render_data(text):
        case {"app": {"user": {"info": dict(info)}}}:
            yield info
    chunks = (
        chunk[1]
        for chunk in json_values_after(text, _CHUNK.pattern)
        if isinstance(chunk, list) and len(chunk) > 1
    )
    yield from json_values_after("".join(str(chunk) for chunk in chunks), r'"user":\s*(?=\{"info")')


def toutiao(text: str) -> Iterator[object]:
    match _render_data(text):
        case {"data": {"loginUserInfo": dict(user)}}:
            yield user


def bilibili(text: str) -> Iterator[object]:
    """The page's own call `nav`: the operator's name, number and picture."""
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return
    match payload:
        case {"data": {"isLogin": True, **user}}:
            yield {key: user[key] for key in ("uname", "mid", "face") if key in user}


def kuaishou(text: str) -> Iterator[object]:
    """The page's own call `/rest/v/profile/get`, which tells of the operator alone."""
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return
    match payload:
        case {"result": 1, "userId": _, "userName": _, **user}:
            named = {key: payload[key] for key in ("userId", "userName")}
            yield named | {
                key: user[value]
                for key, value in (
                    ("head", "userHead"),
                    ("id", "eid"),
                    ("alias", "userDefineId"),
                )
                if value in user
            }


def wechat(text: str) -> Iterator[object]:
    """The back office's home page.

    It is never part of a case itself, but its names may stand in replies too.
    """
    if "wx.commonData" in text:
        yield dict(_BACK_OFFICE.findall(text))


def _render_data(text: str) -> object:
    found = _RENDER_DATA.search(text)
    try:
        return json.loads(unquote(found[1])) if found else None
    except (ValueError, RecursionError):
        return None

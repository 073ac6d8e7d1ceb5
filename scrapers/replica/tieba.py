"""Tieba's stand-in: the home page, whose script asks for profile and threads, and the login page.

The script signs its calls. Follows what public material says of the site (docs/world.md), and
shares nothing with the scraper. What is said of a missing account are words of the old pages.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from mediawatch.domain.clock import beijing
from scrapers.replica.signing import Signing
from scrapers.replica.truth import TrueAccount, TruePost, Truth
from scrapers.replica.web import (
    NOT_SERVED,
    Cookie,
    Request,
    Response,
    Site,
    answer,
    code_picture,
    fill,
    page,
    picture_url,
    script_json,
    template,
    whole,
)
from scrapers.replica.world import World

_HOST, _PASSPORT, _CHECK = "tieba.baidu.com", "passport.baidu.com", "wappass.baidu.com"
_PICTURES = "gss0.bdstatic.com"
_PAGE_SIZE = 20
_PAGE = template("tieba.html")
_HOME = template("tieba_home.html")
_SCRIPT = template("tieba_home.js")
_OPERATOR = '<span id="com_userbar" class="people">演示操作员</span>'
_MISSING = "<p>很抱歉，您要访问的页面不存在。</p>"
_SCREENED = "<p>抱歉，您访问的用户已被屏蔽。</p>"
_UNSIGNED = {"error_code": 300000, "error_msg": "未知错误"}
_CODE = """<img class="tang-pass-qrcode-img" src="/v2/api/qrcode" width="160" height="160" alt="">
<script>{{scan}}</script>"""


class Tieba(Site):
    platform = "tieba"
    hosts = frozenset({_HOST, _PASSPORT, _CHECK})
    picture_hosts = frozenset({_PICTURES})

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        super().__init__(world, now, logged_in=logged_in, bare=bare)
        self._signing = Signing("sign", "/c/u/")
        self._session = secrets.token_hex(16)
        self._by_username = {each.filed["name"]: each for each in self.accounts}

    @property
    def login(self) -> tuple[Cookie, ...]:
        return (Cookie("BDUSS", self._session, ".baidu.com", http_only=True),)

    def sign_anew(self, target: str) -> str:
        return self._signing.sign(target) if f"{self._signing.key}=" in target else target

    def answer(self, request: Request) -> Response:
        match request.host, request.path.strip("/").split("/"):
            case [host, ["home", "main"]] if host == _HOST:
                return self._home(request)
            case [host, ["c", "u", *call]] if host == _HOST and not self.bare:
                return self._call(request, call)
            case [host, ["dc", "common", "tbs"]] if host == _HOST:
                known = self.knows_operator(request)
                return answer({"tbs": secrets.token_hex(8), "is_login": int(known)})
            case [host, ["v2", "api", "qrcode"]] if host == _PASSPORT:
                return code_picture("https://wappass.baidu.com/replica/scan?sign=0000000000000000")
            case [host, ["v2", "api", "poll"]] if host == _PASSPORT:
                return self.scan_state()
            case [host, ["v2"]] if host == _PASSPORT:
                scan = self.scan_script("/v2/api/poll", f"location = 'https://{_HOST}/'")
                return self._page(request, "登录百度账号", fill(_CODE, scan=scan), "")
            case [host, [""]] if host == _HOST:
                return self._page(request, "百度贴吧", "<p>推荐</p>", "")
            case [host, _] if host == _CHECK:
                return page("<!doctype html><title>百度安全验证</title>")
        return NOT_SERVED

    def _account(self, query: dict[str, str]) -> TrueAccount | None:
        portrait = query.get("portrait") or query.get("id", "")
        return self.by_id.get(portrait) or self._by_username.get(query.get("un", ""))

    def _home(self, request: Request) -> Response:
        account, query = self._account(request.query), request.query
        if not self.bare:
            if account is None or account.truth is Truth.GONE:
                return self._page(request, "贴吧404", _MISSING, "", status=404)
            if account.truth is Truth.BANNED:
                return self._page(request, "百度贴吧", _SCREENED, "")
        name = account.name if account else ""
        script = fill(
            _SCRIPT,
            portrait=script_json(query.get("id", "")),
            un=script_json("" if query.get("id") else query.get("un", "")),
        )
        body = fill(_HOME, picture=picture_url(_PICTURES, name))
        return self._page(request, f"{name}的贴吧主页", body, script)

    def _page(
        self, request: Request, title: str, body: str, script: str, *, status: int = 200
    ) -> Response:
        text = fill(
            _PAGE,
            title=html.escape(title),
            controls=_OPERATOR if self.knows_operator(request) else "登录",
            body=body,
            signing=self._signing.script,
            script=script,
        )
        return page(text, status=status)

    def _call(self, request: Request, call: list[str]) -> Response:
        account = self._account(request.query)
        if (
            account is None
            or account.truth in (Truth.GONE, Truth.BANNED)
            or not self._signing.accepts(request.target)
        ):
            return answer(_UNSIGNED)
        own = account.own and self.knows_operator(request)
        match call:
            case ["pc", "homeSidebarRight"]:
                return answer({"error_code": 0, "data": {"user": _user(account, is_self=own)}})
            case ["feed", "myThread"]:
                return answer({"error_code": 0, "data": self._threads(request, account, own=own)})
        return NOT_SERVED

    def _threads(self, request: Request, account: TrueAccount, *, own: bool) -> dict[str, Any]:
        hidden = account.truth is Truth.PRIVATE and not own
        posts = () if hidden else account.profile_list(self.now(), visitor=not own)
        start = _PAGE_SIZE * (max(whole(request.query.get("pn", "1")), 1) - 1)
        shown = posts[start : start + _PAGE_SIZE]
        return {
            "list": [{"type": 1, "private": 0, "thread_info": _thread(account, post, self.now())} for post in shown],
            "has_more": int(len(posts) > start + _PAGE_SIZE),
        }  # fmt: skip


def _user(account: TrueAccount, *, is_self: bool) -> dict[str, Any]:
    return {
        "id": int(account.number_id), "name": account.filed["name"] if account.name == account.filed["name"] else "",
        "name_show": account.name, "portrait": f"{account.id}?t=1700000000", "tieba_uid": account.number_id[::-1],
        "fans_num": 0, "tb_age": "7.8", "ip_address": "", "deregistered": int(account.truth is Truth.CANCELLED),
        "is_self": int(is_self), "priv_sets": {"follow": 0},
    }  # fmt: skip


def _thread(account: TrueAccount, post: TruePost, now: datetime) -> dict[str, Any]:
    """One thread. The last reply to it is somebody else's, and always of today."""
    return {
        "id": post.serial, "tid": post.serial, "author_id": int(account.number_id), "fid": 1, "fname": "演示",
        "title": post.title or f"演示主题 {post.number}（{beijing(post.at):%m月%d日}）", "create_time": post.serial,
        "last_time": f"{beijing(now):%H:%M}", "last_time_int": int(now.timestamp()), "is_deleted": 0,
        "is_partial_visible": 0, "is_share_thread": int(post.repost), "is_tiebaplus_ad": "0",
        "top_thread_set_time": post.serial if post.pinned else 0,
    }  # fmt: skip

"""Kuaishou's stand-in: the profile page, whose script posts for its list, the user search, the home
page with the code of the login.

Follows what public material says of the site (docs/world.md), and shares nothing with the scraper.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from scrapers.replica.kuaishou_items import feed_of, state_of, user_hit
from scrapers.replica.signing import Signing
from scrapers.replica.truth import TrueAccount
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
    redirect,
    script_json,
    template,
)
from scrapers.replica.world import World

_WWW, _SHORT, _SHARE = "www.kuaishou.com", "v.kuaishou.com", "v.m.chenzhongtech.com"
_PASSPORT, _CHECK = "passport.kuaishou.com", "captcha.zt.kuaishou.com"
_PICTURES = "p1.a.yximgs.com"
_PAGE = template("kuaishou.html")
_PROFILE = template("kuaishou_profile.html")
_PROFILE_SCRIPT = template("kuaishou_profile.js")
_SEARCH_SCRIPT = template("kuaishou_search.js")
_CONTROLS = template("kuaishou_controls.html").strip()
_CODE = """<p>登录</p><div class="qrcode-img"><img src="/rest/c/infra/ks/qr/image" width="160" height="160" alt=""></div>
<script>{{scan}}</script>"""
_STRANGER = {"result": 109}
_UNSIGNED = {"result": 50, "error_msg": "签名验证失败"}
_UNKNOWN = {"result": 24, "error_msg": "演示"}
"""How the site answers for an account that it does not have is not known: some code that is not."""


class Kuaishou(Site):
    platform = "kuaishou"
    hosts = frozenset({_WWW, _SHORT, _SHARE, _PASSPORT, _CHECK})
    picture_hosts = frozenset({_PICTURES})

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        super().__init__(world, now, logged_in=logged_in, bare=bare)
        self._signing = Signing("__NS_hxfalcon", "/rest/v/")
        self._session = secrets.token_hex(16)
        urls = ((urlsplit(account.filed.get("url", "")), account) for account in self.accounts)
        self._by_short = {
            url.path.strip("/"): account for url, account in urls if url.hostname == _SHORT
        }

    @property
    def login(self) -> tuple[Cookie, ...]:
        return (
            Cookie("passToken", self._session, ".kuaishou.com", http_only=True),
            Cookie("userId", "1000000001", ".kuaishou.com"),
        )

    def knows_operator(self, request: Request) -> bool:
        return self.open and request.cookies.get("passToken") == self._session

    def sign_anew(self, target: str) -> str:
        return self._signing.sign(target) if f"{self._signing.key}=" in target else target

    def answer(self, request: Request) -> Response:
        match request.host, request.path.strip("/").split("/"):
            case [host, [code]] if host == _SHORT and code in self._by_short:
                user = self._by_short[code].id
                return redirect(f"https://{_SHARE}/fw/user/{user}?fid=1&shareToken=replica")
            case [host, ["fw", "user", user]] if host == _SHARE:
                return self._page(request, "快手", "<p>打开快手</p>", "")
            case [host, ["profile", user]] if host == _WWW:
                return self._profile(request, user)
            case [host, ["search", "video"]] if host == _WWW:
                wanted = script_json(request.query.get("searchKey", ""))
                script = fill(_SEARCH_SCRIPT, wanted=wanted)
                return self._page(request, "搜索", "<h1></h1><ul></ul>", script)
            case [host, ["rest", "v", *call]] if host == _WWW:
                return self._call(request, "/".join(call))
            case [host, ["rest", "c", "infra", "ks", "qr", asked]] if host == _WWW:
                if asked == "poll":
                    return self.scan_state()
                return code_picture("https://www.kuaishou.com/replica/scan?token=00000000")
            case [host, [""]] if host == _WWW:
                scan = self.scan_script("/rest/c/infra/ks/qr/poll", "location.reload()")
                code = "" if self.knows_operator(request) else fill(_CODE, scan=scan)
                return self._page(request, "快手", f"<p>推荐</p>{code}", "")
            case [host, ["iframe", "index.html"]] if host == _CHECK:
                return page("<!doctype html><title>验证</title><p>请完成安全验证（演示）</p>")
            case [host, ["pc", "account", "login"]] if host == _PASSPORT:
                return page("<!doctype html><title>登录</title><p>登录（演示）</p>")
        return NOT_SERVED

    def _profile(self, request: Request, user: str) -> Response:
        account = self._shown(user)
        name = account.name if account else ""
        state = state_of(account, self.now()) if account else {}
        body = fill(_PROFILE, name=html.escape(name), picture=picture_url(_PICTURES, name))
        script = fill(_PROFILE_SCRIPT, user=script_json(user))
        return self._page(request, name, body, script, state)

    def _page(
        self,
        request: Request,
        title: str,
        body: str,
        script: str,
        state: dict[str, Any] | None = None,
    ) -> Response:
        return page(
            fill(
                _PAGE,
                title=html.escape(title),
                controls=_CONTROLS if self.knows_operator(request) else "登录",
                body=body,
                state=script_json(state or {}),
                signing=self._signing.script,
                script=script,
            )
        )

    def _shown(self, user: str) -> TrueAccount | None:
        account = self.by_id.get(user)
        return account if account is not None and account.is_shown else None

    def _call(self, request: Request, call: str) -> Response:
        if self.bare and call != "profile/get":
            return NOT_SERVED
        if not self._signing.accepts(request.target):
            return answer(_UNSIGNED)
        asked = request.payload
        match request.method, call:
            case "GET", "profile/get":
                return answer(self._operator(request))
            case "POST", "profile/feed":
                return answer(
                    self._feed(request, str(asked.get("user_id")), str(asked.get("pcursor", "")))
                )
            case "POST", "search/user":
                return answer(self._search(str(asked.get("keyword", ""))))
        return NOT_SERVED

    def _operator(self, request: Request) -> dict[str, Any]:
        if not self.knows_operator(request):
            return _STRANGER
        return {
            "result": 1,
            "userId": 1_000_000_001,
            "userName": "演示操作员",
            "userHead": picture_url(_PICTURES, "演"),
            "eid": "3x0000000000000",
        }

    def _feed(self, request: Request, user: str, after: str) -> dict[str, Any]:
        account = self._shown(user)
        if account is None:
            return _UNKNOWN
        posts = account.profile_list(self.now(), visitor=not self.knows_operator(request))
        return feed_of(account, posts, after)

    def _search(self, wanted: str) -> dict[str, Any]:
        """Users whose names hold what was searched for, exact ones first."""
        here = [each for each in self.accounts if each.is_shown and each.searchable]
        matching = (each for each in here if wanted in each.name)
        hits = [user_hit(each) for each in sorted(matching, key=lambda each: each.name != wanted)]
        return {"result": 1, "users": hits, "pcursor": "no_more", "searchSessionId": "replica"}

"""Bilibili's stand-in: the space, whose page asks another host, the user search, the login page.

Follows what public material says of the site (docs/world.md), and shares nothing with the scraper.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from scrapers.replica.bilibili_items import (
    PICTURES,
    card_of,
    dynamic,
    profile_of,
    serial_in,
    user_hit,
    video,
    videos_of,
)
from scrapers.replica.signing import Signing
from scrapers.replica.truth import TrueAccount, Truth
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

_SPACE, _API, _WWW = "space.bilibili.com", "api.bilibili.com", "www.bilibili.com"
_SEARCH, _PASSPORT, _SHORT = "search.bilibili.com", "passport.bilibili.com", "b23.tv"
_PAGE_SIZE = 12
_VIDEO_PAGE_SIZE = 40
_PAGE = template("bilibili.html")
_SPACE_SCRIPT = template("bilibili_space.js")
_SEARCH_SCRIPT = template("bilibili_search.js")
_PROFILE = template("bilibili_profile.html")
_CONTROLS = template("bilibili_controls.html").strip()
_CODE = """<div class="login-scan-box"><img src="/x/passport-login/web/qrcode/image" width="160" height="160" alt=""></div>
<script>{{scan}}</script>"""
_MISSING = {"code": -404, "message": "啥都木有", "ttl": 1}
_UNSIGNED = {"code": -403, "message": "访问权限不足", "ttl": 1}


class Bilibili(Site):
    platform = "bilibili"
    hosts = frozenset({_SPACE, _API, _WWW, _SEARCH, _PASSPORT, _SHORT, "security.bilibili.com"})
    picture_hosts = frozenset({PICTURES})

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        super().__init__(world, now, logged_in=logged_in, bare=bare)
        self._signing = Signing("w_rid", "/x/space/wbi/")
        self._session = secrets.token_hex(16)
        urls = ((urlsplit(account.filed.get("url", "")), account) for account in self.accounts)
        self._by_short = {
            url.path.strip("/"): account for url, account in urls if url.hostname == _SHORT
        }

    @property
    def login(self) -> tuple[Cookie, ...]:
        return (
            Cookie("SESSDATA", self._session, ".bilibili.com", http_only=True),
            Cookie("DedeUserID", "1", ".bilibili.com"),
        )

    def knows_operator(self, request: Request) -> bool:
        return self.open and request.cookies.get("SESSDATA") == self._session

    def sign_anew(self, target: str) -> str:
        return self._signing.sign(target) if f"{self._signing.key}=" in target else target

    def answer(self, request: Request) -> Response:
        match request.host, request.path.strip("/").split("/"):
            case [host, [code]] if host == _SHORT and code in self._by_short:
                return redirect(f"https://{_SPACE}/{self._by_short[code].id}?share_source=replica")
            case [host, [mid, *part]] if host == _SPACE and mid.isdigit():
                return self._space(request, mid, "/".join(part))
            case [host, _] if host == _API:
                return self._call(request)
            case [host, ["upuser"]] if host == _SEARCH:
                wanted = script_json(request.query.get("keyword", ""))
                return self._page(request, "搜索", "<h1></h1><ul></ul>", _SEARCH_SCRIPT, wanted)
            case [host, ["login"]] if host == _PASSPORT:
                scan = self.scan_script(
                    "/x/passport-login/web/qrcode/poll", f"location = 'https://{_WWW}/'"
                )
                return self._page(request, "登录", fill(_CODE, scan=scan), "")
            case [host, ["x", "passport-login", "web", "qrcode", asked]] if host == _PASSPORT:
                if asked == "poll":
                    return self.scan_state()
                return code_picture("https://account.bilibili.com/replica/scan?key=00000000")
            case [host, [""]] if host in (_SPACE, _WWW):
                return self._page(request, "哔哩哔哩", "<p>推荐</p>", "")
        return NOT_SERVED

    def _space(self, request: Request, mid: str, part: str) -> Response:
        account = self.by_id.get(mid)
        body = fill(_PROFILE, picture=picture_url(PICTURES, account.name if account else ""))
        script = fill(_SPACE_SCRIPT, mid=script_json(mid), part=script_json(part))
        return self._page(request, account.name if account else "", body, script)

    def _page(
        self, request: Request, title: str, body: str, script: str, wanted: str = '""'
    ) -> Response:
        return page(
            fill(
                _PAGE,
                title=html.escape(title),
                controls=_CONTROLS if self.knows_operator(request) else "登录",
                body=body,
                signing=self._signing.script,
                script=script.replace("{{wanted}}", wanted),
            )
        )

    def _call(self, request: Request) -> Response:
        query = request.query
        call = request.path.removeprefix("/x/")
        if call == "web-interface/nav":
            return answer(self._nav(request))
        if self.bare:
            return NOT_SERVED
        if call.startswith("space/wbi/") and not self._signing.accepts(request.target):
            return answer(_UNSIGNED)
        account = self.by_id.get(query.get("mid") or query.get("host_mid", ""))
        gone = account is None or account.truth in (Truth.GONE, Truth.CANCELLED)
        match call:
            case "space/wbi/acc/info":
                return answer(_MISSING if account is None or gone else profile_of(account))
            case "web-interface/card":
                missing = account is None or account.truth is Truth.GONE
                return answer(_MISSING if account is None or missing else card_of(account))
            case "space/navnum":
                shown = [] if account is None or gone else videos_of(account, self.now())
                return answer({"code": 0, "data": {"video": len(shown), "article": 0}})
            case "polymer/web-dynamic/v1/feed/space":
                return answer(self._feed(request, None if gone else account))
            case "space/wbi/arc/search":
                return answer(self._videos(None if gone else account))
            case "web-interface/wbi/search/type":
                return answer(self._search(query.get("keyword", "")))
        return NOT_SERVED

    def _nav(self, request: Request) -> dict[str, Any]:
        if not self.knows_operator(request):
            return {"code": -101, "message": "账号未登录", "data": {"isLogin": False}}
        face = picture_url(PICTURES, "演")
        return {
            "code": 0,
            "data": {"isLogin": True, "mid": 1, "uname": "演示操作员", "face": face},
        }

    def _feed(self, request: Request, account: TrueAccount | None) -> dict[str, Any]:
        posts = (
            account.profile_list(self.now(), visitor=not self.knows_operator(request))
            if account
            else ()
        )
        after = request.query.get("offset", "")
        rest = [
            post
            for post in posts
            if not after or (not post.pinned and post.serial < serial_in(after))
        ]
        items = [dynamic(account, post) for post in rest[:_PAGE_SIZE]] if account else []
        more = len(rest) > _PAGE_SIZE
        offset = items[-1]["id_str"] if more else ""
        return {"code": 0, "data": {"has_more": more, "items": items, "offset": offset}}

    def _videos(self, account: TrueAccount | None) -> dict[str, Any]:
        posts = videos_of(account, self.now()) if account else []
        listed = [video(account, post) for post in posts[:_VIDEO_PAGE_SIZE]] if account else []
        counted = {"pn": 1, "ps": _VIDEO_PAGE_SIZE, "count": len(posts)}
        return {"code": 0, "data": {"list": {"tlist": {}, "vlist": listed}, "page": counted}}

    def _search(self, wanted: str) -> dict[str, Any]:
        """Users whose names hold what was searched for, exact ones first."""
        here = [each for each in self.accounts if each.is_shown and each.searchable]
        matching = (each for each in here if wanted in each.name)
        hits = [user_hit(each) for each in sorted(matching, key=lambda each: each.name != wanted)]
        found: dict[str, Any] = {"page": 1, "numResults": len(hits), "numPages": int(bool(hits))}
        return {"code": 0, "data": found | ({"result": hits} if hits else {})}

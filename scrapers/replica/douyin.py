"""Douyin's stand-in: the profile page with its server records, and the list that its script signs.

It answers short links and share pages, too. It follows what public material says of the site
(docs/world.md), and shares nothing with the scraper.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from scrapers.replica.douyin_items import record, server_user, user_hit, user_of_call, works
from scrapers.replica.signing import Signing
from scrapers.replica.truth import Truth
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
    whole,
)
from scrapers.replica.world import World

_HOST, _SHORT, _SHARE = "www.douyin.com", "v.douyin.com", "www.iesdouyin.com"
_PICTURES = "p3-pc.douyinpic.com"


_PAGE = template("douyin.html")
_CONTROLS = template("douyin_controls.html").strip()

_PROFILE = template("douyin_profile.html")
_SHARE_PAGE = template("douyin_share.html")
_SEARCH_PAGE = template("douyin_search.html")

_CODE = """<div id="animate_qrcode_container"><img src="/passport/web/get_qrcode/" width="150" height="150" alt=""></div>
<script>{{scan}}</script>"""

_STATE_TEXTS = {
    Truth.GONE: "用户不存在",
    Truth.CANCELLED: "账号已注销",
    Truth.BANNED: "账号已被封禁 由于违反《抖音社区自律公约》，该账号已被封禁",
    Truth.PRIVATE: "私密账号",
}


class Douyin(Site):
    platform = "douyin"
    hosts = frozenset({_HOST, "douyin.com", _SHORT, _SHARE})
    picture_hosts = frozenset({_PICTURES})

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        super().__init__(world, now, logged_in=logged_in, bare=bare)
        self._signing = Signing("a_bogus", "/aweme/v1/web/")
        self._session = secrets.token_hex(16)
        urls = ((urlsplit(account.filed.get("url", "")), account) for account in self.accounts)
        self._by_short = {
            url.path.strip("/"): account for url, account in urls if url.hostname == _SHORT
        }

    @property
    def login(self) -> tuple[Cookie, ...]:
        return (Cookie("sessionid", self._session, ".douyin.com", http_only=True),)

    def sign_anew(self, target: str) -> str:
        return self._signing.sign(target) if self._signing.key in target else target

    def answer(self, request: Request) -> Response:
        if request.host == "douyin.com":
            return redirect(f"https://{_HOST}{request.target}")
        match request.host, request.path.strip("/").split("/"):
            case [host, [code]] if host == _SHORT and code in self._by_short:
                sec = self._by_short[code].id
                return redirect(
                    f"https://{_SHARE}/share/user/{sec}?sec_uid={sec}&u_code=replica&from_ssr=1"
                )
            case [host, ["share", "user", sec]] if host == _SHARE:
                return self._share(request, sec)
            case [host, ["user", sec]] if host == _HOST:
                return self._user_page(request, sec)
            case [host, ["search", wanted]] if host == _HOST:
                return self._search_page(request, wanted)
            case [host, ["aweme", "v1", "web", "discover", "search", *_]] if host == _HOST:
                return self._search(request)
            case [host, ["aweme", "v1", "web", *call]] if host == _HOST:
                return self._call(request, call)
            case [host, [""]] if host == _HOST:
                script = self.scan_script(
                    "/passport/web/check_qrconnect/",
                    "localStorage.setItem('HasUserLogin', '1'); location.reload()",
                )
                code = "" if self.knows_operator(request) else fill(_CODE, scan=script)
                return self._page(request, "", f"<p>推荐</p>{code}", None)
            case [host, ["passport", "web", call, *_]] if host == _HOST:
                return (
                    self.scan_state()
                    if call == "check_qrconnect"
                    else code_picture(f"https://{_HOST}/replica/scan?token=0000000000000000")
                )
        return NOT_SERVED

    def _share(self, request: Request, sec: str) -> Response:
        sec = request.query.get("sec_uid", sec)
        if not request.mobile:
            return redirect(f"https://{_HOST}/user/{sec}")
        account = self.by_id.get(sec)
        return page(fill(_SHARE_PAGE, name=html.escape(account.name if account else "")))

    def _user_page(self, request: Request, sec: str) -> Response:
        account = self.by_id.get(sec)
        if account is None and self.bare:
            return self._page(request, sec, fill(_PROFILE, picture="", badge="", unique=""), None)
        if account is None or account.truth is Truth.GONE:
            return self._page(request, sec, f"<p>{_STATE_TEXTS[Truth.GONE]}</p>", None)
        body = fill(
            _PROFILE,
            picture=picture_url(_PICTURES, account.name),
            badge=html.escape(account.verified_as),
            unique=html.escape(account.alias),
        )
        words = _STATE_TEXTS.get(account.truth)
        return self._page(
            request,
            sec,
            f"<p>{words}</p>{body}" if words else body,
            server_user(account, self.now()),
        )

    def _search_page(self, request: Request, wanted: str) -> Response:
        app = quote(script_json({"app": self._app(request)}), safe="")
        return page(
            fill(_SEARCH_PAGE, app=app, signing=self._signing.script, wanted=script_json(wanted))
        )

    def _search(self, request: Request) -> Response:
        """People whose names hold what was searched for, exact ones first.

        The site lets only its users search.
        """
        if self.bare:
            return NOT_SERVED
        if not self._signing.accepts(request.target):
            return Response(content_type="application/json; charset=utf-8")
        if not self.knows_operator(request):
            return answer(
                {"status_code": 2483, "status_msg": "请先登录，再继续搜索吧", "user_list": []}
            )
        wanted = request.query.get("keyword", "")
        here = [
            each
            for each in self.accounts
            if each.truth in (Truth.ALIVE, Truth.EMPTY, Truth.PRIVATE) and each.searchable
        ]
        matching = (each for each in here if wanted in each.name or wanted == each.alias)
        found = sorted(matching, key=lambda each: wanted not in (each.name, each.alias))
        hits = [{"user_info": user_hit(account)} for account in found]
        return answer(
            {
                "status_code": 0,
                "user_list": hits,
                "has_more": 0,
                "cursor": len(hits),
                "input_keyword": wanted,
            }
        )

    def _app(self, request: Request) -> dict[str, Any]:
        login = self.knows_operator(request)
        return {
            "user": {
                "isLogin": login,
                "statusCode": 0 if login else 8,
                "info": {"nickname": "演示操作员"} if login else None,
            },
            "odin": {"user_id": "1", "not_exist_login_cookie": not login},
        }

    def _page(self, request: Request, sec: str, body: str, user: dict[str, Any] | None) -> Response:
        login = self.knows_operator(request)
        records = []
        if login:
            # The viewer stands there in the same form: the scraper must not take it for the
            # account.
            records.append(
                record(
                    "7",
                    {
                        "user": {
                            "info": {"secUid": "MS4wLjABAAAA" + "0" * 43, "nickname": "演示操作员"}
                        }
                    },
                )
            )
        if user is not None:
            records.append(
                record(
                    "8",
                    {
                        "user": {"statusCode": 0, "statusMsg": None, "logPb": {}, "user": user},
                        "post": None,
                    },
                )
            )
        text = fill(
            _PAGE,
            app=quote(script_json({"app": self._app(request)}), safe=""),
            body=(_CONTROLS if login else "") + body,
            records="".join(records),
            signing=self._signing.script,
            sec=script_json(sec),
            login=script_json(login),
            served=script_json(user),
        )
        return page(text)

    def _call(self, request: Request, call: list[str]) -> Response:
        query = request.query
        account = self.by_id.get(query.get("sec_user_id", ""))
        if self.bare or call[:2] not in (["user", "profile"], ["aweme", "post"]):
            return NOT_SERVED
        if not self._signing.accepts(request.target):
            return Response(content_type="application/json; charset=utf-8")
        if call[:2] == ["user", "profile"]:
            if account is None or account.truth is Truth.GONE:
                return answer({"status_code": 2190, "status_msg": "用户不存在", "log_pb": {}})
            return answer(
                {"status_code": 0, "user": user_of_call(account, self.now()), "log_pb": {}}
            )
        if account is None or account.truth is Truth.GONE:
            return answer({"status_code": 0, "aweme_list": None, "has_more": 0, "max_cursor": 0})
        shown = account.truth in (Truth.ALIVE, Truth.EMPTY)
        posts = (
            account.profile_list(self.now(), visitor=not self.knows_operator(request))
            if shown
            else ()
        )
        return answer(works(account, posts, whole(query.get("max_cursor", ""))))

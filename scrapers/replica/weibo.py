"""Weibo's stand-in: m.weibo.cn with its visitor system, and weibo.com.

The calls of weibo.com need the operator's login. Follows what public material says of the site
(docs/world.md), and shares nothing with the scraper.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

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
from scrapers.replica.weibo_items import PICTURES, mblog, mid, mobile_profile, user
from scrapers.replica.world import World

_MOBILE, _DESKTOP, _SEARCH = "m.weibo.cn", "weibo.com", "s.weibo.com"
_VISITOR = {"visitor.passport.weibo.cn": ".weibo.cn", "passport.weibo.com": ".weibo.com"}
_MOBILE_PASSPORT = "visitor.passport.weibo.cn"
_PAGE_SIZE = 10
_EMPTY = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
_SIGN_IN = {"ok": -100, "url": "https://weibo.com/login.php"}
_REASONS = {
    Truth.CANCELLED: "该账号因用户自行申请关闭，现已无法查看。",
    Truth.BANNED: "该账号因被投诉违反法律法规和《微博社区公约》的相关规定，现已无法查看。",
}


_VISITOR_PAGE = template("weibo_visitor.html")

_MOBILE_PAGE = template("weibo_mobile.html")

_DESKTOP_PAGE = template("weibo_desktop.html")

_CONTROLS = template("weibo_controls.html").strip()

_TEXT_PAGE = template("weibo_text.html")

_SIGN_IN_PAGE = template("weibo_signin.html")

_SEARCH_PAGE = template("weibo_search.html")

_CARD = template("weibo_card.html")


class Weibo(Site):
    platform = "weibo"
    hosts = frozenset({_MOBILE, _DESKTOP, _SEARCH, "www.weibo.com", *_VISITOR})
    picture_hosts = frozenset({PICTURES})

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        super().__init__(world, now, logged_in=logged_in, bare=bare)
        self._sub, self._visitor_sub = (
            f"_2A25{secrets.token_hex(12)}",
            f"_2AkM{secrets.token_hex(12)}",
        )
        here = [account for account in self.accounts if account.is_shown]
        # A world in which two bear one name, or one custom domain, is refused.
        self._by_name = {account.name: account for account in here}
        self._by_custom = {account.alias: account for account in here if account.alias}

    @property
    def login(self) -> tuple[Cookie, ...]:
        # Two cookie jars: the cookie of weibo.com does not serve weibo.cn.
        return tuple(
            Cookie("SUB", self._sub, domain, http_only=True) for domain in _VISITOR.values()
        )

    @property
    def visit(self) -> tuple[Cookie, ...]:
        return (Cookie("SUB", self._visitor_sub, ".weibo.com"),)

    def answer(self, request: Request) -> Response:
        if request.host in _VISITOR:
            return self._visitor_system(request)
        if request.host == "www.weibo.com":
            return redirect(f"https://{_DESKTOP}{request.target}")
        if request.host == _SEARCH:
            return self._search(request)
        return self._mobile(request) if request.host == _MOBILE else self._desktop(request)

    # the visitor system

    def _visitor_system(self, request: Request) -> Response:
        match request.path:
            case "/visitor/visitor":
                return page(
                    fill(
                        _VISITOR_PAGE,
                        back=script_json(request.query.get("url", f"https://{_MOBILE}/")),
                    )
                )
            case "/visitor/genvisitor2":
                data = {
                    "retcode": 20000000,
                    "msg": "succ",
                    "data": {"sub": self._visitor_sub, "alt": ""},
                }
                cookie = Cookie("SUB", self._visitor_sub, _VISITOR[request.host])
                return answer(data, cookies=(cookie,))
            case "/sso/signin":
                return page(
                    fill(
                        _SIGN_IN_PAGE,
                        scan=self.scan_script(
                            "/sso/qrcode/check",
                            f"location = 'https://{_MOBILE_PASSPORT}/sso/cross'",
                        ),
                    )
                )
            case "/sso/qrcode/image":
                return code_picture(
                    "https://passport.weibo.cn/replica/scan?qr=000000000000000000000000"
                )
            case "/sso/qrcode/check":
                return self.scan_state()
            case "/sso/cross" if self.scanned:
                # The other jar, on the way home.
                return redirect(f"https://{_DESKTOP}/", cookies=self.login)
        return NOT_SERVED

    def _admitted(self, request: Request) -> bool:
        return request.cookies.get("SUB") == self._visitor_sub or self.knows_operator(request)

    def _to_visitor_system(self, request: Request) -> Response:
        host = next(
            host for host, domain in _VISITOR.items() if request.host.endswith(domain.lstrip("."))
        )
        return redirect(
            f"https://{host}/visitor/visitor?entry=sinawap&a=enter&url={quote(request.url, safe='')}&domain=.{_DESKTOP}"
        )

    # m.weibo.cn

    def _mobile(self, request: Request) -> Response:
        if request.path == "/api/config":
            return answer(
                {
                    "ok": 1,
                    "preferQuickapp": 0,
                    "data": {"login": self.knows_operator(request), "st": "replica"},
                }
            )
        if request.path == "/api/container/getIndex":
            return self._index(request)
        if request.path.startswith("/api/"):
            return NOT_SERVED
        if not self._admitted(request):
            return self._to_visitor_system(request)
        match request.path.strip("/").split("/"):
            case ["u" | "profile", uid]:
                return page(fill(_MOBILE_PAGE, uid=script_json(uid)))
            case ["n", name]:
                account = self._by_name.get(name)
                return (
                    redirect(f"https://{_MOBILE}/u/{account.id}")
                    if account
                    else page(fill(_TEXT_PAGE, text="用户不存在"))
                )
            case [""]:
                return page(fill(_MOBILE_PAGE, uid=script_json("")))
        return NOT_SERVED

    def _index(self, request: Request) -> Response:
        if self.bare:
            return NOT_SERVED
        if not self._admitted(request):
            return Response(status=432)
        container = request.query.get("containerid", "")
        uid = (
            container[6:]
            if container.startswith(("100505", "107603"))
            else request.query.get("value", "")
        )
        account = self.by_id.get(uid)
        if account is None or account.truth in (Truth.GONE, Truth.CANCELLED, Truth.BANNED):
            return answer(_EMPTY)
        if not container.startswith("107603"):
            return answer(mobile_profile(account, self.now()))
        posts = (
            ()
            if account.truth is Truth.PRIVATE
            else account.profile_list(self.now(), visitor=not self.knows_operator(request))
        )
        start = (max(whole(request.query.get("page", "")), 1) - 1) * _PAGE_SIZE
        shown = posts[start : start + _PAGE_SIZE]
        if not shown:
            return answer(_EMPTY)
        cards: list[dict[str, Any]] = [
            {"card_type": 9, "itemid": f"{container}_-_{mid(post)}", "mblog": mblog(account, post)}
            for post in shown
        ]
        info = {
            "containerid": container,
            "v_p": 42,
            "show_style": 1,
            "total": len(posts),
            "since_id": mid(shown[-1]),
        }
        return answer(
            {
                "ok": 1,
                "data": {
                    "cardlistInfo": info,
                    "cards": [*cards[:1], {"card_type": 58, "desc": "演示推荐"}, *cards[1:]],
                },
            }
        )

    # weibo.com

    def _desktop(self, request: Request) -> Response:
        match request.path.strip("/").split("/"):
            case ["ajax", "profile", "info"]:
                return self._profile(request)
            case ["ajax", "statuses", "mymblog"]:
                return self._feed(request)
            case ["ajax", *_]:
                return NOT_SERVED
            case ["login.php"] | ["sorry"]:
                return page(
                    fill(_TEXT_PAGE, text=request.query.get("msg", "登录微博").replace("<", "&lt;"))
                )
            case _ if not self._admitted(request):
                return self._to_visitor_system(request)
            case [""]:
                return self._shell(request, "")
            case ["u", uid]:
                return self._shell(request, f"uid={quote(uid)}")
            case ["n", name]:
                return self._shell(request, f"screen_name={quote(name)}")
            case [uid] if uid.isdigit():
                return self._shell(request, f"uid={uid}")
            case [custom]:
                return self._shell(request, f"custom={quote(custom)}")
        return NOT_SERVED

    def _shell(self, request: Request, wanted: str) -> Response:
        viewer = (
            {"id": 2000000001, "idstr": "2000000001", "screen_name": "演示操作员"}
            if self.knows_operator(request)
            else None
        )
        config = {
            "env": "prod",
            "version": "replica",
            "user": viewer,
            "uid": viewer and viewer["id"],
        }
        controls = _CONTROLS if viewer else ""
        return page(
            fill(
                _DESKTOP_PAGE,
                config=script_json(config),
                wanted=script_json(wanted),
                controls=controls,
            )
        )

    def _profile(self, request: Request) -> Response:
        if not self.knows_operator(request):
            return answer(_SIGN_IN)
        query = request.query
        if not {"uid", "custom", "screen_name"} & query.keys():
            return answer({"ok": 0, "message": "缺少必要参数"}, status=400)
        if self.bare:
            return NOT_SERVED
        found = (
            self.by_id.get(query.get("uid", ""))
            or self._by_custom.get(query.get("custom", ""))
            or self._by_name.get(query.get("screen_name", ""))
        )
        if found is None or found.truth is Truth.GONE:
            return answer({"ok": 0, "msg": "该用户不存在(20003)"}, status=400)
        if found.truth in _REASONS:
            return answer(
                {
                    "ok": 0,
                    "error_type": "link",
                    "url": f"https://{_DESKTOP}/sorry?usernotexists&msg={quote(_REASONS[found.truth])}",
                }
            )
        tabs = [{"name": "home", "tabName": "精选"}, {"name": "weibo", "tabName": "微博"}]
        return answer(
            {"ok": 1, "data": {"user": user(found, self.now()), "tabList": tabs, "blockText": ""}}
        )

    def _feed(self, request: Request) -> Response:
        if not self.knows_operator(request):
            return answer(_SIGN_IN)
        if self.bare:
            return NOT_SERVED
        account = self.by_id.get(request.query.get("uid", ""))
        if account is None or account.truth in (Truth.GONE, Truth.CANCELLED, Truth.BANNED):
            return answer({"ok": 0})
        hidden = account.truth is Truth.PRIVATE
        posts = () if hidden else account.profile_list(self.now(), visitor=False)
        start = (max(whole(request.query.get("page", "")), 1) - 1) * _PAGE_SIZE
        items = [mblog(account, post) for post in posts[start : start + _PAGE_SIZE]]
        tips = {
            "bottom_tips_visible": hidden,
            "bottom_tips_text": "该博主已设置仅自己可见" if hidden else "",
        }
        data = {
            "since_id": "",
            "list": items,
            "status_visible": 1,
            "topicList": [],
            "total": len(posts),
            **tips,
        }
        return answer({"ok": 1, "data": data})

    # s.weibo.com

    def _search(self, request: Request) -> Response:
        """People whose names hold what was searched for, but for signs and case; exact ones first.

        The site's own words where no name does.
        """
        if request.path.strip("/") == "":
            return page(fill(_TEXT_PAGE, text="微博搜索"))
        if request.path != "/user" or self.bare:
            return NOT_SERVED
        if not self._admitted(request):
            return self._to_visitor_system(request)
        wanted, login = request.query.get("q", ""), self.knows_operator(request)
        found = [
            account
            for account in self._by_name.values()
            if account.searchable and login and wanted and _holds(account.name, wanted)
        ]
        found.sort(key=lambda account: account.name != wanted)
        cards = "".join(
            fill(
                _CARD,
                uid=account.id,
                name=html.escape(account.name).replace(wanted, f"<em>{wanted}</em>")
                if wanted.isalnum()
                else html.escape(account.name),
                certified=f"<p>微博认证：{html.escape(account.verified_as)}</p>"
                if account.verified_as
                else "",
                picture=picture_url(PICTURES, account.name),
            )
            for account in found
        )
        none = (
            f'<div class="card card-no-result"><p>抱歉，未找到“{html.escape(wanted)}”相关结果。'
            "</p></div>"
        )
        return page(
            fill(
                _SEARCH_PAGE,
                wanted=html.escape(wanted),
                login=str(int(login)),
                results=cards or none,
            )
        )


def _holds(name: str, wanted: str) -> bool:
    """Whether the search shows a name: lookalikes come with other signs (示例·发布, 示例_发布)."""
    return wanted in name or (_letters(wanted) or wanted) in _letters(name)


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).casefold()

"""Toutiao's stand-in: the profile page, the challenge before it, and the feed.

The page holds its server data, and its script signs the feed's calls. Follows what public material
says of the site (docs/world.md), and shares nothing with the scraper.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from mediawatch.domain import PostKind
from mediawatch.domain.clock import beijing
from scrapers.replica.signing import Signing
from scrapers.replica.truth import TrueAccount, TruePost, Truth, make_up
from scrapers.replica.web import (
    NOT_SERVED,
    Cookie,
    Request,
    Response,
    Site,
    answer,
    fill,
    page,
    picture_url,
    redirect,
    script_json,
    template,
    whole,
)
from scrapers.replica.world import World

_HOST = "www.toutiao.com"
_PICTURES = "p3.toutiaoimg.com"
_PAGE_SIZE = 20

_CHALLENGE = template("toutiao_challenge.html")
_SHELL = template("toutiao.html")
_PROFILE = template("toutiao_profile.html")
_CONTROLS = template("toutiao_controls.html").strip()
_LOGIN = '<a href="https://sso.toutiao.com/">登录</a>'
_SCRIPT = template("toutiao_profile.js")


class Toutiao(Site):
    platform = "toutiao"
    hosts = frozenset({_HOST, "toutiao.com", "m.toutiao.com", "sso.toutiao.com"})
    picture_hosts = frozenset({_PICTURES})

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        super().__init__(world, now, logged_in=logged_in, bare=bare)
        self._signing = Signing("_signature", "/api/pc/list/")
        self._nonce = make_up("toutiao nonce", str(id(self)), 21)
        self._by_number = {account.number_id: account for account in self.accounts}

    @property
    def login(self) -> tuple[Cookie, ...]:
        return (Cookie("sid_guard", f"replica-{self._nonce}", ".toutiao.com", http_only=True),)

    def sign_anew(self, target: str) -> str:
        return self._signing.sign(target) if self._signing.key in target else target

    def answer(self, request: Request) -> Response:
        match request.path.strip("/").split("/"):
            case ["c", "user", "token", token]:
                return self._challenge(request) or self._profile(request, token)
            case ["c", "user", number] if number in self._by_number:
                return redirect(f"https://{_HOST}/c/user/token/{self._by_number[number].id}/")
            case ["c", "user", _]:
                return self._missing()
            case ["api", "pc", "user", "tabs_info"]:
                return answer(
                    {
                        "message": "success",
                        "data": [{"show_name": "全部", "category": "profile_all"}],
                    }
                )
            case ["api", "pc", "list", "user", "feed"]:
                return self._feed(request)
            case [""]:
                return page(
                    self._shell("今日头条", {"data": self._frame(request)}, "<p>推荐</p>", "")
                )
        return NOT_SERVED

    def _challenge(self, request: Request) -> Response | None:
        """The first visit of a browser gets a script that sets a cookie and loads again."""
        if "__ac_signature" in request.cookies:
            return None
        return page(_CHALLENGE, cookies=(Cookie("__ac_nonce", self._nonce, _HOST),))

    def _profile(self, request: Request, token: str) -> Response:
        account = self.by_id.get(token)
        script = fill(_SCRIPT, token=script_json(token))
        if account is None and self.bare:
            return page(
                self._shell(
                    "今日头条", {"data": self._frame(request)}, fill(_PROFILE, picture=""), script
                )
            )
        if account is None or account.truth is Truth.GONE:
            return self._missing()
        if account.truth is Truth.CANCELLED:
            return self._missing("该账号已注销")
        data = self._frame(request) | {
            "profileUserInfo": _user(account),
            "title": f"{account.name}的头条主页",
        }
        body = fill(_PROFILE, picture=picture_url(_PICTURES, account.name))
        known = self.knows_operator(request)
        title = f"{account.name}的头条主页"
        return page(self._shell(title, {"data": data}, body, script, known=known))

    def _frame(self, request: Request) -> dict[str, Any]:
        known = self.knows_operator(request)
        return {
            "logId": make_up("log", request.target, 32),
            "loginUserInfo": {"userId": "1", "name": "演示操作员"} if known else None,
            "identity": {"web_id": "7000000000000000000", "user_is_login": known},
            "initialFeed": None,
        }

    def _missing(self, words: str = "抱歉，您访问的用户不存在") -> Response:
        text = self._shell("今日头条", {"data": {"initialFeed": None}}, f"<p>{words}</p>", "")
        return page(text, status=404)

    def _shell(
        self, title: str, data: object, body: str, script: str, *, known: bool = False
    ) -> str:
        text = quote(script_json(data), safe="")
        safe_title = title.replace("&", "&amp;").replace("<", "&lt;")
        return fill(
            _SHELL,
            title=safe_title,
            data=text,
            body=body,
            controls=_CONTROLS if known else _LOGIN,
            signing=self._signing.script,
            script=script,
        )

    def _feed(self, request: Request) -> Response:
        query = request.query
        account = self.by_id.get(query.get("token", ""))
        if account is None and self.bare:
            return NOT_SERVED
        if not self._signing.accepts(request.target):
            # Risk control answers with nothing, not with an error.
            return Response(content_type="application/json; charset=utf-8")
        if (
            account is None
            or account.truth in (Truth.GONE, Truth.CANCELLED)
            or query.get("category") != "profile_all"
        ):
            return answer({"message": "error", "data": None, "has_more": False})
        before = whole(query.get("max_behot_time", ""))
        posts = account.profile_list(self.now(), visitor=not self.knows_operator(request))
        rest = [post for post in posts if not before or (not post.pinned and post.serial < before)]
        items = [_item(account, post, self.now()) for post in rest[:_PAGE_SIZE]]
        following = rest[_PAGE_SIZE - 1].serial if len(rest) > _PAGE_SIZE else 0
        return answer(
            {
                "message": "success",
                "data": items,
                "has_more": bool(following),
                "next": {"max_behot_time": following},
            }
        )


def _user(account: TrueAccount) -> dict[str, Any]:
    return {
        "userId": account.id, "mediaId": account.number_id, "name": account.name, "screenName": account.name,
        "avatarUrl": picture_url(_PICTURES, account.name), "description": "演示数据", "isPgc": 1,
        "banStatus": account.truth is Truth.BANNED, "userVerified": bool(account.verified_as),
        "userAuthInfo": script_json({"auth_type": "1", "auth_info": account.verified_as}) if account.verified_as else "",
        "ipLocation": "", "mediaInfo": {"type": "2"},
    }  # fmt: skip


def _item(account: TrueAccount, post: TruePost, now: datetime) -> dict[str, Any]:
    """One cell; each kind keeps its date and name somewhere else.

    `behot_time` is the serving clock, never the post's.
    """
    number = str(post.serial << 32)
    frame = {
        "id": number,
        "group_id": number,
        "behot_time": int(now.timestamp()) - post.number,
        "is_stick": post.pinned,
    }
    name = {"name": account.name, "user_id": account.number_id}
    if post.repost:
        original = {"publish_time": post.serial - 86_400 * 400, "user_info": {"name": "演示原作者"}}
        return frame | {
            "cell_type": 56,
            "comment_base": {
                "create_time": post.serial,
                "content": post.title or "转发",
                "user": {"info": name},
            },
            "origin_group": original,
        }
    match post.kind:
        case PostKind.MICRO:
            return frame | {
                "cell_type": 32,
                "content": post.title or f"演示微头条 {post.number}",
                "publish_time": post.serial,
                "user": name,
            }
        case PostKind.VIDEO:
            video = {
                "title": post.title or f"演示视频 {post.number}",
                "publish_time": post.serial,
                "has_video": True,
            }
            return frame | {"cell_type": 49, "user": {"info": name | {"ban_status": False}}} | video
        case PostKind.ANSWER:
            return frame | {
                "cell_type": 202,
                "content": {
                    "answer": {"create_time": post.serial},
                    "user": {"uname": account.name},
                },
            }
    title = post.title or f"演示文章 {post.number}（{beijing(post.at):%m月%d日}）"
    return frame | {
        "cell_type": 60,
        "title": title,
        "publish_time": post.serial,
        "user_info": name,
        "source": account.name,
    }

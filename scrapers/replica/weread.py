"""微信读书's stand-in: the reader page of an official account, its cover and its list.

The page itself asks for the list under its own seal, and for more of it where its reader comes to
the end. Follows what public material says of the site (docs/world.md), and shares nothing with the
scraper.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from scrapers.replica.truth import ReaderQuirk, TrueAccount, TruePost, book_in
from scrapers.replica.web import (
    NOT_SERVED,
    Cookie,
    Request,
    Response,
    Site,
    answer,
    fill,
    page,
    template,
    whole,
)
from scrapers.replica.world import World

_HOST = "weread.qq.com"
_PAGE, _CHECK = template("weread.html"), template("weread_check.html")
_AT_ONCE = 20
_GUEST = "3900009999"
"""The number of an account whose article another one's list shows."""


class WeRead(Site):
    """Has those accounts of WeChat that the world puts there.

    Lacks what was published without a push, and what is younger than an account's lag.
    """

    platform = "weread"
    hosts = frozenset({_HOST})

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        super().__init__(world, now, logged_in=logged_in, bare=bare)
        self.accounts = tuple(account for account in world.of("wechat") if account.read)
        self.by_id = {account.id: account for account in self.accounts}
        self._books = {f"MP_WXS_{account.biz_number}": account for account in self.accounts}
        self._session, self._seal = secrets.token_hex(8), secrets.token_hex(16)
        self.over, self._renews = "", False
        """The key of the login that was over last."""
        self.refusals: dict[str, int] = {}
        """`cover` and `list` to the number by which they refuse everybody."""
        self.checks = False
        """Whether every page is the picture check."""

    @property
    def login(self) -> tuple[Cookie, ...]:
        return Cookie("wr_vid", "900000001", _HOST), Cookie(
            "wr_skey", self._session, _HOST, http_only=True
        )

    def end_key(self, *, renews: bool) -> None:
        """The login's key has run out; its pages renew it by themselves, or cannot."""
        self.over, self._renews = self._session, renews
        self._session = secrets.token_hex(8)

    def knows_operator(self, request: Request) -> bool:
        return self.open and request.cookies.get("wr_skey") == self._session

    def answer(self, request: Request) -> Response:
        match request.path.strip("/").split("/"):
            case ["web", "mp", "reader", code]:
                book = book_in(code)
                return page(_CHECK if self.checks else fill(_PAGE, seal=self._seal, book=book))
            case ["api", "mp", "cover"]:
                return NOT_SERVED if self.bare else self._cover(request)
            case ["web", "mp", "articles"]:
                return NOT_SERVED if self.bare else self._articles(request)
            case ["web", "login", "renewal"]:
                return self._renewal(request)
            case ["web", "shelf", "sync"]:
                return answer(self._refusal(request, "") or {"synckey": 1, "books": []})
            case [""]:
                return page("<!doctype html><title>微信读书</title><p>首页</p>")
        return NOT_SERVED

    def _refusal(self, request: Request, what: str) -> dict[str, Any] | None:
        """How the site turns a call away; None where it answers."""
        if self.over and request.cookies.get("wr_skey") == self.over:
            return _refused(-2012, "登录超时")
        if not self.knows_operator(request):
            return _refused(-2010, "用户不存在")
        code = self.refusals.get(what, 0)
        return _refused(code, _WORDS.get(code, "params error (node)")) if code else None

    def _renewal(self, request: Request) -> Response:
        if self._renews and request.cookies.get("wr_skey") in (self.over, self._session):
            return answer({"succ": 1}, cookies=self.login)
        return answer(_refused(-2012, "登录超时"))

    def _cover(self, request: Request) -> Response:
        if refused := self._refusal(request, "cover"):
            return answer(refused)
        account = self._books.get(request.query.get("bookId", ""))
        posts = self._posts(account) if account else []
        return answer(
            {
                "name": account.name if account else "",
                "title": (posts[0].title or f"演示文章 {posts[0].number}") if posts else "",
                "pic": "",
                "reviewId": _review_id(account, posts[0]) if account and posts else "",
            }
        )

    def _articles(self, request: Request) -> Response:
        if refused := self._refusal(request, "list"):
            return answer(refused)
        account = self._books.get(request.query.get("bookId", ""))
        barred = account is not None and ReaderQuirk.BARRED in account.reader_quirks
        if barred or request.headers.get("x-wrpa-0") != self._seal:
            return answer(_refused(-2041, "请求异常"))
        start = whole(request.query.get("offset", ""))
        posts = self._posts(account)[start : start + _AT_ONCE] if account else []
        groups = [_group(account, post) for post in posts if account]
        if account and ReaderQuirk.OTHERS in account.reader_quirks and not start:
            groups.insert(0, _guest(self.now()))
        return answer({"reviews": groups})

    def _posts(self, account: TrueAccount) -> list[TruePost]:
        """What it has of the account by now, newest first."""
        until = self.now() - timedelta(days=account.reader_lag)
        return [post for post in account.posts_at(until) if post.pushed]


_WORDS = {-2012: "登录超时", -2014: "请求过于频繁", -2041: "请求异常"}


def _refused(code: int, words: str) -> dict[str, Any]:
    return {"errCode": code, "errMsg": words, "errLog": "replica"}


def _review_id(account: TrueAccount, post: TruePost) -> str:
    """Its token has `~` where the short link has `_`."""
    return f"MP_WXS_{account.biz_number}_{account.article_token(post).replace('_', '~')}"


def _group(account: TrueAccount, post: TruePost) -> dict[str, Any]:
    """`createTime` is the entry's own, a day later than the article."""
    info = {
        "title": post.title or f"演示文章 {post.number}", "content": "演示数据", "pic_url": "", "time": post.serial,
        "originalId": account.article_token(post), "mp_name": account.name, "doc_url": account.article_link(post),
    }  # fmt: skip
    if ReaderQuirk.UNDATED in account.reader_quirks:
        info = {key: info[key] for key in ("title", "pic_url", "originalId")}
    return _pushed(f"MP_WXS_{account.biz_number}", _review_id(account, post), post.serial, info)


def _guest(now: datetime) -> dict[str, Any]:
    """An article of another account, younger than any of its own."""
    serial = int(now.timestamp()) - 3600
    info = {
        "title": "演示文章", "content": "演示数据", "pic_url": "", "time": serial, "originalId": "ReplicaGuestArticle001",
        "mp_name": "示例市别家局", "doc_url": "https://mp.weixin.qq.com/s/ReplicaGuestArticle001",
    }  # fmt: skip
    book = f"MP_WXS_{_GUEST}"
    return _pushed(book, f"{book}_ReplicaGuestArticle001", serial, info)


def _pushed(book: str, review_id: str, serial: int, info: dict[str, Any]) -> dict[str, Any]:
    review = {
        "reviewId": review_id,
        "bookId": "",
        "belongBookId": book,
        "createTime": serial + 86_400,
        "mpInfo": info,
    }
    return {
        "createTime": serial + 86_400,
        "subReviews": [{"reviewId": review_id, "review": review}],
    }

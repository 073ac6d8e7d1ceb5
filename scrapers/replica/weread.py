"""微信读书's stand-in: the reader page of an official account, and its list.

The page itself asks for the list under its own seal. Follows what public material says of the site
(docs/world.md), and shares nothing with the scraper.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from scrapers.replica.truth import TrueAccount, TruePost
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
)
from scrapers.replica.world import World

_HOST = "weread.qq.com"
_PAGE = template("weread.html")
_AT_ONCE = 20


class WeRead(Site):
    """Has those accounts of WeChat that the world puts there.

    Lacks what was published without a push.
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

    @property
    def login(self) -> tuple[Cookie, ...]:
        return Cookie("wr_vid", "900000001", _HOST), Cookie(
            "wr_skey", self._session, _HOST, http_only=True
        )

    def knows_operator(self, request: Request) -> bool:
        return self.open and request.cookies.get("wr_skey") == self._session

    def answer(self, request: Request) -> Response:
        match request.path.strip("/").split("/"):
            case ["web", "mp", "reader", _]:
                return page(fill(_PAGE, seal=self._seal))
            case ["web", "mp", "articles"]:
                return NOT_SERVED if self.bare else self._articles(request)
            case ["web", "shelf", "sync"]:
                return (
                    answer({"synckey": 1, "books": []})
                    if self.knows_operator(request)
                    else answer(_refused(-2010, "用户不存在"))
                )
            case [""]:
                return page("<!doctype html><title>微信读书</title><p>首页</p>")
        return NOT_SERVED

    def _articles(self, request: Request) -> Response:
        if not self.knows_operator(request):
            return answer(_refused(-2010, "用户不存在"))
        account = self._books.get(request.query.get("bookId", ""))
        if account is None or request.headers.get("x-wrpa-0") != self._seal:
            return answer(_refused(-2041, "请求异常"))
        posts = [post for post in account.posts_at(self.now()) if post.pushed]
        return answer({"reviews": [_group(account, post) for post in posts[:_AT_ONCE]]})


def _refused(code: int, words: str) -> dict[str, Any]:
    return {"errCode": code, "errMsg": words, "errLog": "replica"}


def _group(account: TrueAccount, post: TruePost) -> dict[str, Any]:
    """`createTime` is the entry's own, a day later than the article."""
    token, book = account.article_token(post), f"MP_WXS_{account.biz_number}"
    info = {
        "title": f"演示文章 {post.number}", "content": "演示数据", "pic_url": "", "time": post.serial, "originalId": token,
        "mp_name": account.name, "doc_url": account.article_link(post),
    }  # fmt: skip
    review = {
        "reviewId": f"{book}_{token}",
        "bookId": book,
        "createTime": post.serial + 86_400,
        "mpInfo": info,
    }
    return {
        "createTime": post.serial + 86_400,
        "subReviews": [{"reviewId": review["reviewId"], "review": review}],
    }

"""WeChat's stand-in, public part: article pages in both layouts.

It also has what stands in the place of an article that is gone. It follows what public material
says of the site (docs/world.md), and shares nothing with the scraper.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable
from datetime import datetime

from mediawatch.domain import PostKind
from mediawatch.domain.clock import beijing
from scrapers.replica.truth import ArticleState, TrueAccount, TruePost, Truth, number_of
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
    template,
    whole,
)
from scrapers.replica.wechat_office import Office
from scrapers.replica.world import World

_HOST = "mp.weixin.qq.com"
_PICTURES = "mmbiz.qpic.cn"

# The inline code of the advertisement slot names an account of its own, before the true one.

_CLASSIC = template("wechat_classic.html")

_NEW = template("wechat_new.html")

_MESSAGE = template("wechat_message.html")

_CAPTCHA = template("wechat_captcha.html")

_ACCOUNT_TEXTS = {
    Truth.CANCELLED: "此账号已自主注销，内容无法查看",
    Truth.BANNED: "此账号已被屏蔽, 内容无法查看",
}


class WeChat(Site):
    platform = "wechat"
    hosts = frozenset({_HOST})
    picture_hosts = frozenset({_PICTURES})
    lists_open = False
    """Whether the back office lists the articles of other accounts: it does not since 2026-07."""

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        super().__init__(world, now, logged_in=logged_in, bare=bare)
        self._session = secrets.token_hex(20)
        self._office = Office(self)
        self._articles = {
            account.article_token(post): (account, post)
            for account in self.accounts
            for post in account.posts
        }

    @property
    def login(self) -> tuple[Cookie, ...]:
        own = self._office.own
        return (
            Cookie("slave_sid", self._session, _HOST, http_only=True),
            Cookie(
                "slave_user", own.original_id if own else "gh_000000000000", _HOST, http_only=True
            ),
            Cookie("bizuin", own.biz_number if own else "0", _HOST, http_only=True),
        )

    def knows_operator(self, request: Request) -> bool:
        return self.open and request.cookies.get("slave_sid") == self._session

    def posts_of(self, account: TrueAccount) -> tuple[TruePost, ...]:
        return account.posts_at(self.now())

    def answer(self, request: Request) -> Response:
        match request.path.strip("/").split("/"):
            case ["s", token]:
                return self._article(token)
            case ["s"]:
                # Long links lead to the check since 2026.
                return self._to_captcha(request.url)
            case ["mp", "wappoc_appmsgcaptcha"]:
                return page(_CAPTCHA)
            case ["mp", "appmsgalbum"]:
                return NOT_SERVED if self.bare else self._album(request)
            case [""] | ["cgi-bin", _]:
                return self._office.answer(request)
        return NOT_SERVED

    def _to_captcha(self, url: str) -> Response:
        return redirect(
            f"https://{_HOST}/mp/wappoc_appmsgcaptcha?poc_token=replica&target_url={html.escape(url)}"
        )

    def _article(self, token: str) -> Response:
        if token not in self._articles:
            return NOT_SERVED if self.bare else _message("参数错误", "var ret = '-2' * 1;")
        account, kept = self._articles[token]
        post = kept.as_of(self.now())
        if post.at > self.now():
            return _message("参数错误", "var ret = '-2' * 1;")
        if account.migrated_to:
            return self._migrated(account)
        if account.truth in _ACCOUNT_TEXTS:
            return _message(_ACCOUNT_TEXTS[account.truth])
        gone = post.article is ArticleState.DELETED or not post.is_up(self.now())
        if account.truth is Truth.GONE or gone:
            return _message("该内容已被发布者删除")
        if post.article is ArticleState.CAPTCHA:
            return self._to_captcha(account.article_link(post))
        if post.article is ArticleState.VIOLATION:
            names = f"user_name: '{account.original_id}', nick_name: '{_quoted(account.name)}'"
            return _message(
                "此内容因违规无法查看",
                f"window.cgiData = {{del_reason_id: '10001', del_reason: '演示', {names}}};",
            )
        return page(_article_page(account, post, self._next_in_album(account, post)))

    def _migrated(self, account: TrueAccount) -> Response:
        """A page leads on to the newest article of the account that it became."""
        new = self.by_id.get(account.migrated_to)
        posts = self.posts_of(new) if new else ()
        target = (
            f"var transferTargetLink = '{new.article_link(posts[0])}';" if new and posts else ""
        )
        return _message(
            "该公众号已迁移至新的账号，原账号已回收。若需访问原文章链接，请点击下方按钮。", target
        )

    def _next_in_album(self, account: TrueAccount, post: TruePost) -> str:
        later = [each for each in self.posts_of(account) if each.collected and each.at > post.at]
        return account.article_link(later[-1]) if later else ""

    def _album(self, request: Request) -> Response:
        """Oldest first; `is_reverse` newest first.

        An article alone stands there without a list around it.
        """
        query = request.query
        account = self.by_id.get(query.get("__biz", ""))
        if account is None or query.get("album_id") != account.album or query.get("f") != "json":
            return answer({"base_resp": {"ret": -2, "errmsg": "invalid arguments"}})
        posts = [post for post in self.posts_of(account) if post.collected]
        ordered = posts if query.get("is_reverse") == "1" else posts[::-1]
        count = min(whole(query.get("count", "")) or 10, 20)
        items = [_album_item(account, post) for post in ordered[:count]]
        return answer(
            {
                "base_resp": {"ret": 0, "errmsg": "ok"},
                "getalbum_resp": {
                    "base_info": {
                        "nickname": account.name,
                        "username": account.original_id,
                        "article_count": str(len(posts)),
                        "isupdating": "1",
                        "is_reverse": query.get("is_reverse", "0"),
                        "title": "演示合集",
                    },
                    "article_list": items[0] if len(items) == 1 else items,
                    "continue_flag": "1" if len(posts) > count else "0",
                },
            }
        )


def _album_item(account: TrueAccount, post: TruePost) -> dict[str, str]:
    return {
        "title": post.title or f"演示文章 {post.number}",
        "create_time": str(post.serial), "msgid": str(_message_number(account, post)), "itemidx": "1",
        "url": f"http://{_HOST}/s?__biz={account.id}&mid={_message_number(account, post)}&idx=1&sn={account.article_token(post)}#rd",
    }  # fmt: skip


def _message_number(account: TrueAccount, post: TruePost) -> int:
    return 2_247_000_000 + number_of(account.article_token(post), 9_000_000)


def _message(text: str, script: str = "") -> Response:
    return page(fill(_MESSAGE, text=text, script=script))


def _quoted(text: str) -> str:
    """For a quoted JavaScript string in a page, to be read back by `htmlDecode`."""
    return html.escape(text).replace("&#x27;", "&#39;").replace("\\", "\\\\").replace("\n", " ")


def _album_parts(account: TrueAccount, post: TruePost, following: str) -> dict[str, str]:
    """What the page says of the album that the article stands in; empty without one."""
    if not post.collected:
        return {"album": "", "album_info": "{}"}
    link = (
        f"https://{_HOST}/mp/appmsgalbum?__biz={account.id}\\x26amp;action=getalbum\\x26amp;"
        f"album_id={account.album}#wechat_redirect"
    )
    fields = (
        f"title: '演示合集', link: '{link}', next_article_link: "
        f"'{following.replace('https:', 'http:')}'"
    )
    return {
        "album": f"{{{fields}, albumId: '{account.album}'}}",
        "album_info": f"{{album_id: '{account.album}', {fields}}}",
    }


def _article_page(account: TrueAccount, post: TruePost, following: str) -> str:
    """Pictures and text posts exist in the new layout only; of the others every third has it."""
    pictures = post.kind is PostKind.PICTURES
    new = pictures or number_of(account.article_link(post), 3) == 0
    here = beijing(post.at)
    return fill(
        _NEW if new else _CLASSIC,
        name=_quoted(account.name),
        shown=html.escape(account.name),
        user_name=account.original_id,
        alias=_quoted(account.alias),
        biz=account.id,
        mid=str(_message_number(account, post)),
        at=str(post.serial),
        minute=f"{here:%Y-%m-%d %H:%M}",
        printed=f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}",
        type="9" if post.pushed else "10002",
        show_type="8" if pictures else "0",
        title=_quoted(post.title or f"演示文章 {post.number}"),
        text="演示数据：这篇文章是编造的。",
        picture=picture_url(_PICTURES, account.name),
        **_album_parts(account, post, following),
    )

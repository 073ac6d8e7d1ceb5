"""Faults: what may go wrong between us and a platform, put on one account of the replica at a time.

`Replica(…, before=[faults.answer])` hands them in. `faults.strike(platform, id, fault)` spoils what
the site answers about that account: its document, the call that tells who it is, or the call that
lists its posts. Everybody else is answered as before. What must come of each fault stands in
tests/support/fault_table.py, and from there in docs/faults.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import quote, urlsplit

import spoiled_replies as spoiled
from spoiled_replies import Dates

from scrapers.replica.web import Answer, Drop, Request, Response, Site, page
from scrapers.replica.wechat_interface import WeChatInterface


class Part(StrEnum):
    """Which answers of a site a fault strikes."""

    DOCUMENT = "document"
    PROFILE = "profile"
    """The call that says who the account is (Weibo, and WeChat's name search).

    In 微信读书 the one that names its newest article.
    """
    """The call that says who the account is (Weibo, WeChat's name search), or draws a token."""
    LIST = "list"
    """The call that lists its posts."""


class Fault(StrEnum):
    """The value is the fault's name in tests and docs."""

    NONE = "none"
    CAPTCHA_PAGE = "captcha page"
    CAPTCHA_OVERLAY = "captcha overlay"
    LOGIN_WALL = "login wall"
    LAPSED = "session lapses, the site says so"
    LAPSED_SILENTLY = "session lapses silently, newest posts withheld"
    WITHHELD = "newest posts withheld without any sign"
    EMPTY_BODY = "0 bytes, HTTP 200"
    STATUS_403 = "403 text"
    STATUS_414 = "414"
    STATUS_418 = "418"
    STATUS_429 = "429"
    STATUS_432 = "432"
    STATUS_502 = "502"
    TRUNCATED = "truncated JSON"
    HTML = "HTML for JSON"
    OTHER_ACCOUNT = "another account's reply"
    NULL_LIST = "null list"
    EMPTY_LIST = "empty list while posts are counted"
    ONLY_PINNED = "only the pinned post"
    UNDATED = "newest own item without a date"
    DATE_TEXT = "date as unknown text"
    DATE_MILLISECONDS = "milliseconds for seconds"
    DATE_FUTURE = "date in the future"
    DATE_1970 = "date in 1970"
    UNKNOWN_CELLS = "unknown cell types"
    REDIRECT_HOME = "redirect to the home page"
    REDIRECT_AWAY = "redirect to another host"
    CHALLENGE_CLEARS = "challenge that clears"
    CHALLENGE_STAYS = "challenge that stays"
    HUNG = "hung response"
    RESET = "connection reset"
    SELF_NAVIGATION = "self-navigation"
    DIALOG = "dialog"
    DOWNLOAD = "download"
    POPUP = "pop-up"
    BIG_BODY = "50 MB body"
    CRASH = "renderer crash"


_D, _P, _L = Part.DOCUMENT, Part.PROFILE, Part.LIST
_PAGES, _CALLS, _BOTH = frozenset({_D}), frozenset({_L}), frozenset({_D, _L})
_ALL = frozenset(Part)
PLACES: Mapping[Fault, tuple[frozenset[Part], ...]] = {
    Fault.CAPTCHA_PAGE: (_PAGES, _CALLS),
    Fault.CAPTCHA_OVERLAY: (_BOTH,),
    Fault.LOGIN_WALL: (_PAGES, _CALLS),
    Fault.LAPSED: (_ALL,),
    Fault.LAPSED_SILENTLY: (_ALL,),
    Fault.WITHHELD: (_CALLS,),
    Fault.OTHER_ACCOUNT: (_CALLS, _PAGES, frozenset({_P})),
    **dict.fromkeys((Fault.EMPTY_BODY, Fault.HUNG, Fault.RESET, Fault.BIG_BODY), (_CALLS, _PAGES)),
    **{each: (_CALLS, _PAGES) for each in Fault if each.name.startswith("STATUS_")},
    **dict.fromkeys((Fault.NULL_LIST, Fault.EMPTY_LIST, Fault.ONLY_PINNED, Fault.UNKNOWN_CELLS), (_CALLS,)),
    **{each: (_CALLS, frozenset({_P})) for each in (Fault.TRUNCATED, Fault.HTML)},
    # WeChat's articles carry their date in the document.
    **dict.fromkeys((Fault.UNDATED, Fault.DATE_TEXT, Fault.DATE_MILLISECONDS, Fault.DATE_FUTURE, Fault.DATE_1970), (_BOTH,)),
    **dict.fromkeys((Fault.REDIRECT_HOME, Fault.REDIRECT_AWAY), (_PAGES,)),
    **dict.fromkeys((Fault.CHALLENGE_CLEARS, Fault.CHALLENGE_STAYS, Fault.SELF_NAVIGATION), (_PAGES,)),
    **dict.fromkeys((Fault.DIALOG, Fault.DOWNLOAD, Fault.POPUP, Fault.CRASH), (_PAGES,)),
    Fault.NONE: (frozenset(),),
}  # fmt: skip
"""Where a fault can strike; each entry is a cell of its own, the most telling one first."""

_STATUS = {
    fault: int(fault.name.removeprefix("STATUS_"))
    for fault in Fault
    if fault.name.startswith("STATUS_")
}
_DATES = {
    Fault.UNDATED: Dates.MISSING,
    Fault.DATE_TEXT: Dates.TEXT,
    Fault.DATE_MILLISECONDS: Dates.MILLISECONDS,
    Fault.DATE_FUTURE: Dates.FUTURE,
    Fault.DATE_1970: Dates.YEAR_1970,
}
_INTERRUPTIONS = {
    # Once only: the page comes back to the same address.
    Fault.SELF_NAVIGATION: (
        "if (!sessionStorage.again) { sessionStorage.again = 1; setTimeout(() => "
        "location.reload(), 30); }"
    ),
    Fault.DIALOG: "alert('演示'); confirm('演示');",
    Fault.DOWNLOAD: (
        "document.documentElement.appendChild(document.createElement('iframe')).src = "
        "'/replica-download';"
    ),
    Fault.POPUP: "window.open('/replica-popup');",
    # Under the tests' small heap this ends the renderer at once.
    Fault.CRASH: (
        "setTimeout(() => { const kept = []; for (;;) kept.push(Array.from({length: 1e5}, "
        "Math.random)); }, 0);"
    ),
}


@dataclass(slots=True)
class _Struck:
    fault: Fault
    parts: frozenset[Part]
    challenged: set[str] = field(default_factory=set)
    """Hosts whose challenge was served and not yet passed."""


@dataclass(slots=True)
class Faults:
    """The faults of one replica. `clears_after`: seconds until a challenge clears; `big`: bytes of
    the overlong body.
    """

    clears_after: float = 3.0
    big: int = 50_000_000
    other: dict[str, str] = field(default_factory=dict)
    """By platform: whose reply stands for another account's."""
    _struck: dict[tuple[str, str], _Struck] = field(default_factory=dict)

    def strike(
        self, platform: str, account: str, fault: Fault, parts: frozenset[Part] | None = None
    ) -> None:
        """Put a fault on an account (its true id); on the parts that it usually strikes unless
        others are given.
        """
        self._struck[platform, account] = _Struck(
            fault, PLACES[fault][0] if parts is None else parts
        )

    def heal(self, platform: str, account: str) -> None:
        self._struck.pop((platform, account), None)

    def answer(self, site: Site, request: Request, usual: Answer) -> Response | Drop:
        """What the site answers, spoiled where a fault lies on the account that the request is
        about. See `scrapers.replica.web.Middleware`.
        """
        if request.path == "/replica-download":
            return Response(
                b"replica",
                200,
                "application/octet-stream",
                (("Content-Disposition", "attachment; filename=a.bin"),),
            )
        if request.path.startswith("/replica-"):
            return spoiled.of_its_own(request)
        account, part = concerned(site, request)
        struck = self._struck.get((site.platform, account))
        if struck is None or part not in struck.parts or part is None:
            return usual(request)
        return self._spoiled(site, request, struck, account, part)

    def _spoiled(
        self, site: Site, request: Request, struck: _Struck, account: str, part: Part
    ) -> Response | Drop:
        platform, document = site.platform, part is Part.DOCUMENT
        match struck.fault:
            case Fault.CAPTCHA_PAGE:
                return spoiled.captcha(platform, request, document)
            case Fault.CAPTCHA_OVERLAY:
                return (
                    spoiled.covered(platform, site.respond(request)) if document else spoiled.EMPTY
                )
            case Fault.LOGIN_WALL:
                return spoiled.login(platform, request, document)
            case Fault.LAPSED:
                return site.respond(site.as_visitor(request))
            case Fault.LAPSED_SILENTLY:
                if part is Part.LIST:
                    return spoiled.withheld(platform, site.respond(request))
                # Calls that only ask who is reading are answered as to a visitor, the account's
                # own ones as ever.
                asks_who = request.path in ("/x/web-interface/nav", "/rest/v/profile/get") or (
                    request.path == "/ajax/profile/info" and "uid" not in request.query
                )
                return site.respond(site.as_visitor(request) if document or asks_who else request)
            case Fault.OTHER_ACCOUNT:
                return site.respond(self._for_other(site, request, account))
            case Fault.CHALLENGE_CLEARS | Fault.CHALLENGE_STAYS:
                return self._challenge(site, request, struck)
            case Fault.HUNG:
                return Drop.HANG
            case Fault.RESET:
                return Drop.RESET
        return self._changed(struck.fault, platform, request, site.respond(request), document)

    def _changed(
        self, fault: Fault, platform: str, request: Request, response: Response, document: bool
    ) -> Response:
        """Faults that are made of the true answer."""
        if fault in _STATUS:
            return page(
                f"<p>HTTP {_STATUS[fault]} (演示)</p>" if _STATUS[fault] != 432 else "",
                status=_STATUS[fault],
            )
        if fault in _INTERRUPTIONS:
            return spoiled.with_script(response, _INTERRUPTIONS[fault])
        if fault in _DATES:
            return (
                spoiled.misdated_page(response, _DATES[fault])
                if document
                else spoiled.misdated(platform, response, _DATES[fault])
            )
        match fault:
            case Fault.EMPTY_BODY:
                return spoiled.EMPTY
            case Fault.TRUNCATED:
                return replace(response, body=response.body[: len(response.body) // 2])
            case Fault.HTML:
                return page("<!doctype html><title>演示</title><p>演示</p>")
            case Fault.REDIRECT_AWAY:
                return Response(status=302, headers=(("Location", "https://elsewhere.example/"),))
            case Fault.REDIRECT_HOME:
                return Response(status=302, headers=(("Location", f"https://{request.host}/"),))
            case Fault.BIG_BODY:
                return replace(response, body=response.body + b" " * self.big)
            case Fault.WITHHELD:
                return spoiled.withheld(platform, response)
            case Fault.NULL_LIST:
                return spoiled.listing(platform, response, None)
            case Fault.EMPTY_LIST:
                return spoiled.listing(platform, response, [])
            case Fault.ONLY_PINNED:
                return spoiled.only_pinned(platform, response)
            case Fault.UNKNOWN_CELLS:
                return spoiled.with_unknown(platform, response)
        return response

    def _for_other(self, site: Site, request: Request, account: str) -> Request:
        """The same request about somebody else, signed again where the site wants its calls
        signed.
        """
        other = site.by_id[self.other[site.platform]]
        mine = site.by_id[account]
        if isinstance(site, WeChatInterface):
            return site.as_other(request, other)
        target = request.target.replace(quote(account, safe=""), quote(other.id, safe=""))
        if "bookId=" in target or "album_id=" in target:
            target = target.replace(mine.biz_number, other.biz_number).replace(
                mine.album, other.album
            )
        if site.platform == "wechat" and request.path.startswith("/s/"):
            target = urlsplit(other.article_link(other.posts[0])).path
        payload = {
            key: other.id if value == account else value for key, value in request.payload.items()
        }
        return replace(request, target=site.sign_anew(target), payload=payload)

    def _challenge(self, site: Site, request: Request, struck: _Struck) -> Response:
        if request.host in struck.challenged:
            struck.challenged.remove(request.host)
            return site.respond(request)
        wait = None
        if struck.fault is Fault.CHALLENGE_CLEARS:
            struck.challenged.add(request.host)
            wait = self.clears_after
        return spoiled.challenge(site.platform, request, wait)


def concerned(site: Site, request: Request) -> tuple[str, Part | None]:
    """Which account (true id) a request is about, and what it asks for; ("", None) where it is
    about nobody.
    """
    query, host = request.query, request.host
    match request.path.strip("/").split("/"):
        case ["c", "user", "token", token]:
            return token, Part.DOCUMENT
        case ["api", "pc", "list", "user", "feed"]:
            return query.get("token", ""), Part.LIST
        case ["u", uid] if host in ("m.weibo.cn", "weibo.com"):
            return uid, Part.DOCUMENT
        case ["api", "container", "getIndex"]:
            container = query.get("containerid", "")
            return query.get("value") or container[6:], Part.LIST if container.startswith(
                "107603"
            ) else Part.PROFILE
        case ["ajax", "profile", "info"]:
            # Without arguments it asks who the reader is; the page that asks is named by its
            # Referer.
            return query.get("uid") or urlsplit(
                request.headers.get("referer", "")
            ).path.removeprefix("/u/"), Part.PROFILE
        case ["ajax", "statuses", "mymblog"]:
            return query.get("uid", ""), Part.LIST
        case ["user", sec] if host == "www.douyin.com":
            return sec, Part.DOCUMENT
        case ["aweme", "v1", "web", "user", *_]:
            return query.get("sec_user_id", ""), Part.PROFILE
        case ["aweme", "v1", "web", "aweme", *_]:
            return query.get("sec_user_id", ""), Part.LIST
        case ["home", "main"] if host == "tieba.baidu.com":
            return query.get("id", ""), Part.DOCUMENT
        case ["c", "u", *call] if host == "tieba.baidu.com":
            part = Part.LIST if call == ["feed", "myThread"] else Part.PROFILE
            return query.get("portrait", ""), part
        case ["user"] if host == "s.weibo.com":
            return _named(site, query.get("q", "")), Part.DOCUMENT
        case ["search", wanted] if host == "www.douyin.com":
            return _named(site, wanted), Part.DOCUMENT
        case ["aweme", "v1", "web", "discover", "search", *_]:
            return _named(site, query.get("keyword", "")), Part.PROFILE
        case [mid, *_] if host == "space.bilibili.com" and mid.isdigit():
            return mid, Part.DOCUMENT
        case ["upuser"] if host == "search.bilibili.com":
            return _named(site, query.get("keyword", "")), Part.DOCUMENT
        case ["x", "web-interface", "wbi", "search", "type"]:
            return _named(site, query.get("keyword", "")), Part.PROFILE
        case ["x", "web-interface", "nav"]:
            asking = urlsplit(request.headers.get("referer", ""))
            mid = asking.path.strip("/").partition("/")[0]
            return (mid, Part.PROFILE) if asking.hostname == "space.bilibili.com" else ("", None)
        case ["x", "polymer", *_] | ["x", "space", "wbi", "arc", *_]:
            return query.get("host_mid") or query.get("mid", ""), Part.LIST
        case ["x", "space", *_] | ["x", "web-interface", "card"]:
            return query.get("mid", ""), Part.PROFILE
        case ["profile", user_id] if host == "www.kuaishou.com":
            return user_id, Part.DOCUMENT
        case ["rest", "v", "profile", "feed"]:
            return str(request.payload.get("user_id", "")), Part.LIST
        case ["rest", "v", "profile", "get"]:
            # It asks who the reader is; the page that asks is named by its Referer.
            asking = urlsplit(request.headers.get("referer", "")).path
            return asking.removeprefix("/profile/"), Part.PROFILE
        case ["search", "video"] if host == "www.kuaishou.com":
            return _named(site, query.get("searchKey", "")), Part.DOCUMENT
        case ["rest", "v", "search", "user"]:
            return _named(site, str(request.payload.get("keyword", ""))), Part.PROFILE
        case ["web", "mp", "reader", _]:
            return next(
                (
                    each.id
                    for each in site.accounts
                    if urlsplit(each.reader_page).path == request.path
                ),
                "",
            ), Part.DOCUMENT
        case ["web" | "api", "mp", "articles" | "cover" as asked]:
            number = query.get("bookId", "").removeprefix("MP_WXS_")
            return next(
                (each.id for each in site.accounts if each.biz_number == number), ""
            ), Part.LIST if asked == "articles" else Part.PROFILE
        case ["mp", "appmsgalbum"]:
            return query.get("__biz", ""), Part.LIST
        case ["s", token]:
            owners = (
                each.id
                for each in site.accounts
                for post in each.posts
                if each.article_token(post) == token
            )
            return next(owners, ""), Part.DOCUMENT
        case ["cgi-bin", "stable_token"] if isinstance(site, WeChatInterface):
            return site.account_of(request), Part.PROFILE
        case ["datacube", "getarticletotaldetail"] if isinstance(site, WeChatInterface):
            return site.account_of(request), Part.LIST
        case ["cgi-bin", "searchbiz"]:
            return _named(site, query.get("query", "")), Part.PROFILE
        case ["cgi-bin", "appmsgpublish"]:
            # Without an id it asks for the list of the login's own account.
            return query.get("fakeid") or next(
                (each.id for each in site.accounts if each.own), ""
            ), Part.LIST
    return "", None


def _named(site: Site, asked: str) -> str:
    return next((each.id for each in site.accounts if asked in (each.filed["name"], each.name)), "")

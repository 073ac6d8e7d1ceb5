"""The official interface of WeChat official accounts: tokens, and what was published day by day.

Follows the public documents (docs/world.md), and shares nothing with the scraper. Whether its data
are complete is not known: this stand-in lists every post.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from mediawatch.domain.clock import beijing
from scrapers.replica.truth import TrueAccount, TruePost, Truth, number_of
from scrapers.replica.web import NOT_SERVED, Cookie, Request, Response, Site, answer
from scrapers.replica.world import World

_HOST = "api.weixin.qq.com"
_LASTS = timedelta(seconds=7200)
_READY = time(8, 0)
"""When the data of yesterday are there."""


@dataclass(slots=True)
class _Developer:
    """The developer side of one account."""

    account: TrueAccount | None
    app_id: str
    app_secret: str
    token: str = ""
    until: datetime | None = None


class WeChatInterface(Site):
    """Every account has a key; the operator holds that of the account that is his own.

    `quota`: calls of an account and a day. `granted`: whether the accounts may use the interface.
    """

    platform = "wechat-api"
    hosts = frozenset({_HOST})

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        super().__init__(world, now, logged_in=logged_in, bare=bare)
        self.accounts = world.of("wechat")
        self.by_id = {account.id: account for account in self.accounts}
        self.bound: Mapping[str, str] = {}
        """To which account the operator bound the key, where no account is his own."""
        self.quota = 1000
        self.granted = True
        self._calls: Counter[tuple[str, date]] = Counter()
        self._own = next((each for each in self.accounts if each.own), None)
        held = [_Developer(each, *_key_of(each.id)) for each in self.accounts]
        self._developers = {each.app_id: each for each in held}
        if self._own is None:
            stranger = _Developer(None, *_key_of(""))
            self._developers[stranger.app_id] = stranger

    @property
    def login(self) -> tuple[Cookie, ...]:
        return ()

    @property
    def state(self) -> dict[str, Any]:
        """The file of a key, as the operator would have entered it."""
        app_id, app_secret = _key_of(self._own.id if self._own else "")
        bound = self.bound
        if self._own is not None:
            filed = self._own.filed
            bound = {
                "filing_number": filed.get("filing_number", ""),
                "name": filed["name"],
                "platform_id": self._own.id,
                "original_id": self._own.original_id,
                "alias": self._own.alias,
            }
        return {"app_id": app_id, "app_secret": app_secret, **bound}

    def end_tokens(self) -> None:
        """Somebody else asked for a token by force: the tokens of before are void."""
        for each in self._developers.values():
            each.token = ""

    def token_of(self, account: TrueAccount) -> str:
        """The account's valid token; drawn where there is none."""
        return self._draw(self._developers[_key_of(account.id)[0]])

    def account_of(self, request: Request) -> str:
        """Whose key or token a request carries: the true id, "" for nobody's."""
        holder = self._developers.get(str(request.payload.get("appid", ""))) or self._holder(
            request
        )
        return holder.account.id if holder and holder.account else ""

    def as_other(self, request: Request, other: TrueAccount) -> Request:
        """The same request by the key of another account."""
        app_id, app_secret = _key_of(other.id)
        if request.payload.get("appid"):
            payload = {**request.payload, "appid": app_id, "secret": app_secret}
            return replace(request, payload=payload)
        query = urlencode({**request.query, "access_token": self.token_of(other)})
        return replace(request, target=f"{request.path}?{query}")

    def as_visitor(self, request: Request) -> Request:
        query = {key: value for key, value in request.query.items() if key != "access_token"}
        payload = {**request.payload, "secret": ""}
        target = request.path + (f"?{urlencode(query)}" if query else "")
        return replace(request, target=target, payload=payload)

    def answer(self, request: Request) -> Response:
        if request.method != "POST":
            return _refusal(43002, "require POST method")
        match request.path.strip("/").split("/"):
            case ["cgi-bin", "stable_token"]:
                return self._token(request)
            case ["datacube", "getarticletotaldetail"]:
                return NOT_SERVED if self.bare else self._day(request)
        return NOT_SERVED

    def _token(self, request: Request) -> Response:
        asked = request.payload
        holder = self._developers.get(str(asked.get("appid", "")))
        if holder is None or (holder.account and holder.account.truth is Truth.CANCELLED):
            return _refusal(40013, "invalid appid")
        if asked.get("secret") != holder.app_secret or not self.open:
            return _refusal(40125, "invalid appsecret")
        if asked.get("grant_type") != "client_credential":
            return _refusal(40002, "invalid grant_type")
        if asked.get("force_refresh") is True:
            holder.token = ""
        token = self._draw(holder)
        assert holder.until is not None
        left = int((holder.until - self.now()).total_seconds())
        return answer({"access_token": token, "expires_in": left})

    def _draw(self, holder: _Developer) -> str:
        now = self.now()
        if not holder.token or holder.until is None or holder.until <= now:
            holder.token = f"99_{secrets.token_urlsafe(90)}"
            holder.until = now + _LASTS
        return holder.token

    def _holder(self, request: Request) -> _Developer | None:
        token = request.query.get("access_token", "")
        return next((each for each in self._developers.values() if token == each.token != ""), None)

    def _day(self, request: Request) -> Response:
        holder = self._holder(request)
        if holder is None or not self.open:
            return _refusal(40001, "invalid credential, access_token is invalid or not latest")
        now = self.now()
        if holder.until is None or holder.until <= now:
            return _refusal(42001, "access_token expired")
        if not self.granted:
            return _refusal(48001, "api unauthorized")
        today = beijing(now).date()
        self._calls[holder.app_id, today] += 1
        if self._calls[holder.app_id, today] > self.quota:
            return _refusal(45009, "reach max api daily quota limit")
        try:
            first, last = (
                date.fromisoformat(str(request.payload[key])) for key in ("begin_date", "end_date")
            )
        except (KeyError, ValueError):
            return _refusal(61500, "date format error")
        if first != last or last >= today:
            return _refusal(61501, "date range error")
        late = today - last == timedelta(days=1) and beijing(now).time() < _READY
        account = holder.account
        posts = account.posts_at(now) if account and not late else ()
        listed = [post for post in posts if beijing(post.at).date() == first]
        entries = [_entry(account, post) for post in listed] if account else []
        return answer({"list": entries, "is_delay": late})


def _key_of(id: str) -> tuple[str, str]:
    """AppID and AppSecret of an account."""
    app_id = f"wx{number_of(f'app {id}', 1 << 64):016x}"
    halves = (number_of(f"secret {half} {id}", 1 << 64) for half in (1, 2))
    return app_id, "".join(f"{half:016x}" for half in halves)


def _refusal(code: int, words: str) -> Response:
    return answer({"errcode": code, "errmsg": f"{words} rid: replica"})


def _entry(account: TrueAccount, post: TruePost) -> dict[str, Any]:
    """One entry. Some have no address, some a short one, some a long one."""
    day, number = beijing(post.at).date().isoformat(), number_of(account.article_token(post), 10**7)
    message = 2_247_000_000 + number_of(account.article_token(post), 9_000_000)
    long = (
        f"http://mp.weixin.qq.com/s?__biz={account.id}&mid={message}&idx=1"
        f"&sn={number:032x}&chksm=replica#rd"
    )
    address = {0: {}, 1: {"content_url": account.article_link(post)}, 2: {"content_url": long}}
    return {
        "ref_date": day,
        "msgid": f"{message}_1",
        "publish_type": 2 if post.pushed and number % 5 == 0 else int(not post.pushed),
        "title": post.title or f"演示文章 {post.number}",
        **address[number % 3],
        "detail_list": [{"stat_date": day, "read_user": number % 900, "share_user": 1}],
    }

"""微信读书: the reader page of an official account, with the operator's login there.

Its address is kept in the registry. The page signs and makes its own call for the list; we open the
page and read the answer. Described only: no answer of it is recorded.

What was published without a push is often missing there, and it may lag by days. So its dates are
lower bounds, always. Its name of an account may be an old one. docs/platforms/wechat.md §5.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Changed,
    LoginRequired,
    MatchedBy,
    Pace,
    PayloadFacts,
    Post,
    PostKind,
)
from mediawatch.domain.clock import day_of, from_epoch
from mediawatch.names import same
from scrapers.browser.pool import Reply, Tab
from scrapers.surface import Login, SessionUse, Shows, Surface
from scrapers.urls import query_of
from scrapers.wechat.back_office_replies import shape
from scrapers.wechat.identity import encode_biz, tie_of_ids
from scrapers.wechat.links import storable_link

HOME = "https://weread.qq.com/"
_PAGE = re.compile(r"https://weread\.qq\.com/web/mp/reader/\w+")
_BOOK = re.compile(r"MP_WXS_(\d+)")
_NOT_LOGGED_IN, _OVER, _VERIFY = -2010, -2012, -2041
_RENEWS = 5.0
"""Seconds for the page to renew a login and to ask again. A login's key lives about a day."""


class Reader(Surface):
    """The account's page in 微信读书. Incomplete: a lower bound."""

    name = "wechat.reader"
    label = "微信读书公众号页"
    attested = Attestation.DESCRIBED
    session = SessionUse.REQUIRED
    session_platform = "weread"
    hosts = frozenset({"weread.qq.com"})
    shows = Shows.SOME
    # Reported: tens of accounts a day went well, about fifty blocked a login
    # (docs/platforms/wechat.md).
    pace = Pace(every=8.0, jitter=4.0, per_day=40)
    # The page shows the operator's own shelf and picture: the answer alone is the evidence.
    page_shows = False
    url_keys = frozenset({"bookId", "offset"})

    def applies(self, account: Account) -> bool:
        return _PAGE.match(account.filed.reader_url) is not None

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        async with tab.listen_for(r"^weread\.qq\.com/web/mp/articles$") as waiter:
            (await tab.open(account.filed.reader_url)).good()
            reply = await waiter.first()
            if code_of(reply) == _OVER:
                try:
                    reply = await waiter.first(
                        lambda later: code_of(later) != _OVER, timeout=_RENEWS
                    )
                except Changed as failure:
                    raise LoginRequired(
                        f"errCode {_OVER}: the login is over, and the page did not renew it"
                    ) from failure
            seen = read_articles(reply, account)
            tab.known = True
            yield seen


async def probe(tab: Tab) -> bool:
    """Whether the shelf's own call answers with books.

    LoginRequired and others as its `errCode` says.
    """
    (await tab.open(HOME)).good()
    reply = await tab.fetch(f"{HOME}web/shelf/sync?synckey=0&lectureSynckey=0")
    refuse(reply)
    match reply.json():
        case {"books": list()}:
            return True
        case other:
            raise Changed(f"shelf of another shape: {shape(other)}")


LOGIN = Login(
    platform="weread",
    url=HOME,
    hosts=Reader.hosts,
    probe=probe,
    one_a_home=True,
    opener="a:text-is('登录'), button:text-is('登录')",
    scanned="document.cookie.includes('wr_vid=')",
)


def code_of(reply: Reply) -> int:
    """`errCode` of an answer; 0 where it has none. Raises what `Reply.json` does."""
    match reply.json():
        case {"errCode": int(code)} | {"errcode": int(code)}:
            return code
    return 0


def refuse(reply: Reply) -> None:
    """LoginRequired, Captcha and Changed by `errCode`."""
    code = code_of(reply)
    if code in (_NOT_LOGGED_IN, _OVER):
        raise LoginRequired(f"errCode {code}: not logged in")
    if code == _VERIFY:
        raise Captcha(f"errCode {code}: 微信读书 wants a verification, or bars this login")
    if code:
        raise Changed(f"errCode {code} from {reply.path}")


def read_articles(reply: Reply, account: Account) -> PayloadFacts:
    """The first page of the list: groups, in each the articles of one push.

    Raises what `refuse` does; NoEvidence where the page is another account's; Changed for an empty
    list, which proves nothing.
    """
    refuse(reply)
    book = _BOOK.fullmatch(query_of(reply.url).get("bookId", ""))
    if book is None:
        raise Changed("the page asked for a list without the number of an account")
    match reply.json():
        case {"reviews": list(groups)}:
            infos = [info for group in groups for info in _infos(group)]
        case other:
            raise Changed(f"list of another shape: {shape(other)}")
    posts = tuple(post for info in infos if (post := _post(info)) is not None)
    if not posts:
        raise Changed(f"a list without a dated article ({len(groups)} groups)")
    return _of_account(account, encode_biz(book[1]), _name(infos), posts)


def _of_account(account: Account, biz: str, name: str, posts: tuple[Post, ...]) -> PayloadFacts:
    tie = tie_of_ids(account, f"the reader page belongs to {name or 'another account'}", biz)
    agrees = bool(name) and same(account.filed.name, name)
    return PayloadFacts(
        # Only where it agrees: another name may be the one that 微信读书 read earlier.
        name=name if agrees else "",
        platform_id=biz,
        matched_by=tie or (MatchedBy.NAME if agrees else MatchedBy.URL),
        posts=posts,
        detail="" if agrees or not name else f"shown there as {name}",
    )


def _infos(group: object) -> list[Mapping[str, Any]]:
    match group:
        case {"subReviews": list(subs)}:
            return [_info(sub) for sub in subs]
    raise Changed(f"group of another shape: {shape(group)}")


def _info(sub: object) -> Mapping[str, Any]:
    match sub:
        case {"review": {"mpInfo": {**info}}}:
            return {str(key): value for key, value in info.items()}
    raise Changed(f"entry of another shape: {shape(sub)}")


def _name(infos: list[Mapping[str, Any]]) -> str:
    """The account's name on its newest entry that has one."""
    return next(
        (
            name
            for info in infos
            for key in ("mp_name", "mpName")
            if isinstance(name := info.get(key), str) and name
        ),
        "",
    )


def _post(info: Mapping[str, Any]) -> Post | None:
    """Dated by the article's own `time`.

    The entry's `createTime` is of unknown meaning and never taken.
    """
    time, link = info.get("time"), info.get("doc_url")
    if not time:
        return None
    at = from_epoch(time)
    return Post(
        at=at,
        on=day_of(at),
        kind=PostKind.ARTICLE,
        link=storable_link(link) if isinstance(link, str) and link else "",
    )

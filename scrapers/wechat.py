"""WeChat official accounts: known article links, and the operator's back office (name search, list of another account).

No open surface lists an account completely: articles give lower bounds. The back office answers `appmsgpublish` for other
accounts with 200013 since 2026-07-29, too fast or not, so 200013 never says anything about an account. What identifies one is
`biz` (fakeid, the base64 of a number), `gh_…` and the 微信号; names change. Sources: docs/platforms/wechat.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from mediawatch.domain import (
    Account,
    Attested,
    Changed,
    Failure,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    Pace,
    RateLimited,
    Seen,
    Sight,
)
from scrapers.base import Scraper, SessionUse, Shows, Surface, query_of
from scrapers.browser import Tab
from scrapers.wechat_article import LINK_KEYS, Page, kept, read_article
from scrapers.wechat_identity import filed_id, identified, is_same, number_of, own_hit, tie_of
from scrapers.wechat_office import Batches, Hit, answer, complete_since, read_batches, read_hits

HOME = "https://mp.weixin.qq.com/"
_TRIES = 3
"""Article links opened in one look."""
_HITS, _HIT_PAGES = 5, 6
"""Hits a page as the back office's own dialog asks for them; pages until a search counts as not exhausted. Most names need one:
some tens of calls an hour freeze a login for hours."""
_BATCHES, _LIST_PAGES = 10, 3
_SETTLES = 5.0
"""Seconds for the home page to show a token or a login."""
_SHORT = re.compile(r"https?://mp\.weixin\.qq\.com/s/([\w-]{6,64})")
_TOKEN = "(location.search.match(/[?&]token=(\\d+)/) || [])[1] || (window.wx && wx.data && wx.data.t) || ''"
_LOGIN = "[class*=login__type], img[src*=scanloginqrcode], form[action*=bizlogin]"


def short_links(account: Account) -> tuple[str, ...]:
    """All short article links known for an account, newest first.

    Long links (`?__biz=`) are sent to the captcha, which would end article links for everybody: a sweep never opens one.
    """
    texts = " ".join((*account.links, *account.filed.article_links, account.filed.url))
    return tuple(dict.fromkeys(f"{HOME}s/{token}" for token in _SHORT.findall(texts)))


class Article(Surface):
    """A known article link. A live article shows its account's present name and ids, and that it posted at least as late as this."""

    name = "wechat.article"
    label = "微信文章链接"
    attested = Attested.RECORDED
    session = SessionUse.VISITOR
    shows = Shows.SOME
    pace = Pace(every=3.0, jitter=2.0)
    url_keys = LINK_KEYS

    def applies(self, account: Account) -> bool:
        return bool(short_links(account))

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[Seen]:
        odd: Failure | None = None
        told: list[Seen] = []
        for link in short_links(account)[:_TRIES]:
            try:
                page = await opened(tab, link)
                seen = facts(page, link, tie_of(account, page))
            except (Changed, NoEvidence) as failure:
                # A mistyped or foreign link: the next one may do.
                odd = failure if odd is None or isinstance(failure, Changed) else odd
                continue
            if seen.outcome is not Outcome.NO_EVIDENCE:
                yield await followed(tab, page, seen)
                return
            told.append(seen)
        # The article is gone, but its page may still name the account.
        for seen in told:
            yield seen
        if odd is not None:
            raise odd


class LoneArticle(Article):
    """A link that somebody handed in, its account not known yet: whose it is is what the page says, tied to nobody."""

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[Seen]:
        for link in account.links:
            page = await opened(tab, link)
            yield facts(page, link, None)

    def applies(self, account: Account) -> bool:
        return bool(account.links)


async def opened(tab: Tab, link: str) -> Page:
    """Open one article link. Failures as `read_article`, `Reply.good` and `Tab.open` have them."""
    reply = (await tab.open(link)).good()
    # Empty where the page moved on by its own script before its document could be read.
    return read_article(reply.text() or await tab.html(), tab.url)


def facts(page: Page, link: str, tie: MatchedBy | None) -> Seen:
    return Seen(
        outcome=page.outcome,
        name=page.name,
        platform_id=page.biz,
        original_id=page.original_id,
        matched_by=tie if page.name or page.outcome is not Outcome.NO_EVIDENCE else None,
        posts=(replace(page.post, link=kept(link)),) if page.post else (),
        detail=page.detail,
    )


async def followed(tab: Tab, page: Page, seen: Seen) -> Seen:
    """A migrated account's page leads to the new one: look there once and say who that is. The new ids are a proposal, no identity."""
    if page.outcome is not Outcome.MIGRATED or not page.target:
        return seen
    try:
        new = await opened(tab, page.target)
    except (Changed, NoEvidence) as failure:
        return replace(seen, detail=f"{seen.detail}; its new account cannot be read: {failure.detail}")
    return replace(seen, detail=f"{seen.detail}; new account: {new.name} biz={new.biz} {new.original_id}")


class _BackOffice(Surface):
    """Works from the operator's logged-in home page, by calls of that page: the API wants his cookies and the page's token."""

    session = SessionUse.REQUIRED
    # The home page shows the operator's own account and holds his token: the answers alone are the evidence.
    page_shows = False
    url_keys = frozenset({"action", "begin", "count", "query", "sub", "fakeid", "type", "t", "lang", "f"})

    async def enter(self, tab: Tab) -> str:
        """Open the home page; the token of this login. LoginRequired where the site shows its login instead."""
        (await tab.open(HOME)).good()
        await tab.wait_for(f"{_TOKEN} || document.querySelector({json.dumps(_LOGIN)})", timeout=_SETTLES)
        token = await tab.evaluate(_TOKEN)
        if isinstance(token, str | int) and str(token).isdigit():
            return str(token)
        if await tab.sees(_LOGIN) or not tab.url.startswith(f"{HOME}cgi-bin/"):
            raise LoginRequired("the back office shows its login")
        raise Changed("back office without a token")

    async def call(self, tab: Tab, token: str, path: str, **query: object) -> Mapping[str, Any]:
        common = {"token": token, "lang": "zh_CN", "f": "json", "ajax": 1}
        return answer(await tab.fetch(f"{HOME}cgi-bin/{path}?{urlencode({**query, **common})}"))


class Search(_BackOffice):
    """Name search of the back office: name to fakeid, nickname, 微信号. Fuzzy; accounts may hide from it."""

    name = "wechat.search"
    label = "微信公众平台账号搜索"
    attested = Attested.RECORDED
    shows = Shows.SOME
    pace = Pace(every=6.0, jitter=3.0)

    def after(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        """Nothing to add where an article has named the account by its id: searches are what a login has least of."""
        return None if any(sight.name and sight.matched_by is MatchedBy.ID for sight in earlier) else self

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[Seen]:
        token = await self.enter(tab)
        hits: list[Hit] = []
        exhausted = True
        for query in filter(None, (account.filed.name, account.filed.alias)):
            exhausted &= await self.gather(tab, token, account, query, hits)
            seen = identified(account, hits, exhausted)
            if seen.matched_by is not None and seen.outcome is not Outcome.NOT_FOUND:
                break
        yield seen

    async def gather(self, tab: Tab, token: str, account: Account, query: str, hits: list[Hit]) -> bool:
        """Page through the hits of one query, adding the new ones, until the answer is clear; True when they were exhausted."""
        for number in range(_HIT_PAGES):
            begin = number * _HITS
            payload = await self.call(tab, token, "searchbiz", action="search_biz", begin=begin, count=_HITS, query=query)
            found, total = read_hits(payload)
            new = [hit for hit in found if hit not in hits]
            hits += new
            # `total` tells of further pages on the first page only; later ones end with 0.
            if not found or (total < _HITS if number == 0 else total == 0):
                return True
            if own_hit(account, hits):
                return False
            if any(is_same(account, hit) for hit in hits) and not any(is_same(account, hit) for hit in new):
                # Exact names come first: a further homonym would have stood here.
                return False
            if not new:
                return False
        return False


@dataclass(frozen=True)
class List(_BackOffice):
    """An account's articles by its fakeid. Shows everything when it answers; for other accounts it has not since 2026-07-29."""

    name: ClassVar[str] = "wechat.list"
    label: ClassVar[str] = "微信公众平台发表记录"
    attested: ClassVar[Attested] = Attested.RECORDED
    shows: ClassVar[Shows] = Shows.ALL_LOGGED_IN
    pace: ClassVar[Pace] = Pace(every=10.0, jitter=5.0)
    declared_closed: ClassVar[bool] = True

    fakeid: str = ""
    tie: MatchedBy | None = None

    def after(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        """With the filed id, else with the one that this look has found; None where there is none, or more than one."""
        biz, tie = filed_id(account)
        if biz:
            return List(biz, tie)
        found = {sight.platform_id: sight.matched_by for sight in earlier if sight.platform_id and sight.matched_by}
        return List(*next(iter(found.items()))) if len(found) == 1 else None

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[Seen]:
        token = await self.enter(tab)
        pages: list[Batches] = []
        for number in range(_LIST_PAGES):
            pages.append(read_batches(await self.batches(tab, token, number * _BATCHES)))
            if any(page.posts for page in pages) or sum(page.count for page in pages) >= pages[0].total:
                break
        owners = {number_of(biz) for page in pages for post in page.posts if (biz := query_of(post.link).get("__biz"))}
        if owners - {number_of(self.fakeid)}:
            raise Changed(f"the list holds articles of another account: {', '.join(sorted(owners))}")
        deleted = sum(page.deleted for page in pages)
        yield Seen(
            platform_id=self.fakeid,
            matched_by=self.tie,
            posts=tuple(post for page in pages for post in page.posts),
            complete_since=complete_since(pages),
            detail=f"{deleted} deleted articles in the list" if deleted else "",
        )

    async def batches(self, tab: Tab, token: str, begin: int) -> Mapping[str, Any]:
        fixed = {"sub": "list", "search_field": "null", "query": "", "type": "101_1", "free_publish_type": 1, "sub_action": "list_ex"}
        try:
            return await self.call(tab, token, "appmsgpublish", **fixed, begin=begin, count=_BATCHES, fakeid=self.fakeid)
        except RateLimited as failure:
            raise RateLimited(f"{failure.detail}; the lists of other accounts are probably closed, as since 2026-07") from failure


SCRAPER = Scraper(
    platform="wechat",
    surfaces=(Article(), Search(), List()),
    hosts=frozenset({"mp.weixin.qq.com"}),
    login_url=HOME,
    links=LoneArticle(),
    heavy=frozenset({"*://mmbiz.qpic.cn/*", "*://mmbiz.qlogo.cn/*", "*://wx.qlogo.cn/*", "*://mpvideo.qpic.cn/*"}),
)

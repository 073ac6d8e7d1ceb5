"""Looks into the operator's back office on mp.weixin.qq.com.

The login, and the name search: by calls of his logged-in home page. docs/platforms/wechat.md §6.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from mediawatch.domain import (
    Account,
    Attestation,
    Changed,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    Pace,
    PayloadFacts,
    SearchHit,
    Sight,
)
from mediawatch.names import same
from scrapers.browser.pool import Tab
from scrapers.browser.shared_pages import PageCalls, SharedPage
from scrapers.surface import FindsUnits, Login, SessionUse, Shows, Surface
from scrapers.wechat.back_office_replies import Hit, answer, read_hits
from scrapers.wechat.identity import leads_to
from scrapers.wechat.search_hits import as_found, is_same, match_hits_to_filed, own_hit, queries

HOME = "https://mp.weixin.qq.com/"
_HITS, _HIT_PAGES = 5, 6
"""Hits a page, as the back office's own dialog has it; pages to read before a search ends open.

Most names need one page: some tens of calls an hour freeze a login for hours.
"""
BATCHES = 10
"""Groups of articles a page, as the dialog has it."""
_STATES = (Outcome.CANCELLED, Outcome.MIGRATED)
"""What a hit may say of the account in the place of a name."""
_SETTLES = 5.0
"""Seconds for the home page to show a token or a login."""
_TOKEN = (
    "(location.search.match(/[?&]token=(\\d+)/) || [])[1] || (window.wx && wx.data && wx.data.t) "
    "|| ''"
)
_LOGIN = "[class*=login__type], img[src*=scanloginqrcode], form[action*=bizlogin]"


async def enter(tab: Tab) -> str:
    """Open the home page; the token of this login.

    LoginRequired where the site shows its login instead.
    """
    (await tab.open(HOME)).good()
    await tab.wait_for(
        f"{_TOKEN} || document.querySelector({json.dumps(_LOGIN)})", timeout=_SETTLES
    )
    token = await tab.evaluate(_TOKEN)
    if isinstance(token, str | int) and str(token).isdigit():
        tab.known = True
        # The own list's links carry it.
        tab.evidence.hide(str(token))
        return str(token)
    if await tab.sees(_LOGIN) or not tab.url.startswith(f"{HOME}cgi-bin/"):
        raise LoginRequired("the back office shows its login")
    raise Changed("back office without a token")


async def probe(tab: Tab) -> bool:
    """Whether the back office shows a token for this login.

    LoginRequired where it shows its login.
    """
    return bool(await enter(tab))


LOGIN = Login(
    platform="wechat",
    url=HOME,
    hosts=frozenset({"mp.weixin.qq.com"}),
    probe=probe,
    code="img.login__type__container__scan__qrcode",
    scanned="/[?&]token=\\d+/.test(location.search)",
)


HOME_PAGE = SharedPage(HOME, lambda tab, account: enter(tab), unscripted=True)


class BackOffice(Surface):
    """Works from the operator's logged-in home page, by calls of that page.

    The API wants his cookies and the page's token.
    """

    session = SessionUse.REQUIRED
    # The home page shows the operator's own account and holds his token: the answers alone are the
    # evidence.
    page_shows = False
    url_keys = frozenset(
        {"action", "begin", "count", "query", "sub", "fakeid", "type", "t", "lang", "f"}
    )

    async def call(
        self, tab: Tab | PageCalls, token: str, path: str, **query: object
    ) -> Mapping[str, Any]:
        common = {"token": token, "lang": "zh_CN", "f": "json", "ajax": 1}
        return answer(await tab.fetch(f"{HOME}cgi-bin/{path}?{urlencode({**query, **common})}"))

    async def batches(
        self, tab: Tab | PageCalls, token: str, begin: int, **whose: object
    ) -> Mapping[str, Any]:
        """One page of 发表记录: of the login's account, or of the one that `whose` names."""
        return await self.call(
            tab, token, "appmsgpublish", sub="list", begin=begin, count=BATCHES, **whose
        )


@dataclass(frozen=True)
class Search(BackOffice, FindsUnits):
    """Name search of the back office: name to fakeid, nickname, 微信号.

    Fuzzy; accounts may hide from it.
    """

    name: ClassVar[str] = "wechat.search"
    label: ClassVar[str] = "微信公众平台账号搜索"
    shared_page: ClassVar[SharedPage | None] = HOME_PAGE
    attested: ClassVar[Attestation] = Attestation.RECORDED
    shows: ClassVar[Shows] = Shows.SOME
    shows_newer: ClassVar[bool] = False
    finds_ids: ClassVar[bool] = True
    # Reported: at most 6 a minute. Some tens an hour froze the search of a login for hours
    # (docs/platforms/wechat.md).
    pace: ClassVar[Pace] = Pace(every=10.0, jitter=4.0, per_hour=20, per_day=100)

    # No recorded hit has one.
    shows_bodies: ClassVar[bool] = False

    unread: str = ""
    """A surface met trouble of ours in this look: what it knows of the account might have shown
    another name.
    """

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        """Nothing to add where the id already named the account: a login has few searches."""
        if any(sight.name and sight.matched_by is MatchedBy.ID for sight in earlier):
            return None
        troubled = [
            sight.surface
            for sight in earlier
            if sight.outcome.about_us and sight.outcome is not Outcome.NO_EVIDENCE
        ]
        return Search(troubled[0]) if troubled else self

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        yield await self.search(tab, await enter(tab), account)

    async def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        yield await self.search(calls, calls.entered, account)

    async def find(self, tab: Tab, term: str) -> tuple[SearchHit, ...]:
        """One page of hits: a login has few calls, and exact names come first."""
        payload = await self.search_page(tab, await enter(tab), term, 0)
        return tuple(map(as_found, read_hits(payload)[0]))

    def leads_to(self, account: Account, hit: SearchHit) -> bool:
        return leads_to(account, hit)

    async def search_page(
        self, tab: Tab | PageCalls, token: str, query: str, begin: int
    ) -> Mapping[str, Any]:
        return await self.call(
            tab, token, "searchbiz", action="search_biz", begin=begin, count=_HITS, query=query
        )

    async def search(self, tab: Tab | PageCalls, token: str, account: Account) -> PayloadFacts:
        """By the filed name, and by the 微信号 where that does not do."""
        hits: list[Hit] = []
        exhausted = True
        for number, query in enumerate(queries(account)):
            if number:
                await tab.pause()
            exhausted &= await self.gather(tab, token, account, query, hits)
            seen = match_hits_to_filed(account, hits, exhausted)
            named = bool(seen.name) and same(account.filed.name, seen.name)
            if seen.matched_by is not None and (named or seen.outcome in _STATES):
                # Under another name the filed 微信号 is asked for, too: it may lead elsewhere.
                break
        if self.unread and seen.outcome is Outcome.NOT_FOUND:
            # A renamed account is not found under its filed name either.
            raise NoEvidence(f"{seen.detail}; but {self.unread} could not be read")
        return seen

    async def gather(
        self, tab: Tab | PageCalls, token: str, account: Account, query: str, hits: list[Hit]
    ) -> bool:
        """Page through the hits of one query, adding the new ones, until the answer is clear.

        True when they were exhausted.
        """
        for number in range(_HIT_PAGES):
            if number:
                await tab.pause()
            begin = number * _HITS
            payload = await self.search_page(tab, token, query, begin)
            found, total = read_hits(payload)
            new = [hit for hit in found if hit not in hits]
            hits += new
            # `total` counts further pages on the first page only; later ones end with 0.
            if not found or (total < _HITS if number == 0 else total == 0):
                return True
            if own_hit(account, hits):
                return False
            if any(is_same(account, hit) for hit in hits) and not any(
                is_same(account, hit) for hit in new
            ):
                # Exact names come first: a further homonym would have stood here.
                return False
            if not new:
                return False
        return False

"""哔哩哔哩 (B站): the space of an account, and the search for users.

A visitor's list of 动态 proves an account fresh, never stale. With the operator's login 动态 and 投稿
are read together: only both show everything.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import quote

from mediawatch.domain import (
    Account,
    Attestation,
    Changed,
    Failure,
    MatchedBy,
    NoEvidence,
    Outcome,
    Pace,
    PayloadFacts,
    SearchHit,
    Sight,
)
from scrapers.bilibili.identity import Target, filed_mid, leads_to, match_to_filed, target_of
from scrapers.bilibili.pages import (
    COUNTS,
    DYNAMICS,
    NAV,
    PROFILE,
    SPACE,
    VIDEOS,
    about,
    answer,
    arrive,
    open_page,
    see_card,
    see_counts,
    see_dynamics,
    see_profile,
    see_sign,
)
from scrapers.bilibili.posts import join_lists
from scrapers.bilibili.replies import read_search
from scrapers.bilibili.videos import read_videos
from scrapers.browser.pool import Reply, Tab
from scrapers.privacy import viewers
from scrapers.searches import NameSearch, Results, match_hits_to_filed, vouches
from scrapers.surface import FindsUnits, Login, Scraper, SessionUse, Shows, Surface
from scrapers.urls import query_of

HOME = "https://www.bilibili.com/"
SEARCH = "https://search.bilibili.com/upuser?keyword="
FOUND = r"^api\.bilibili\.com/x/web-interface/(?:wbi/)?search/type$"
_KEYS = frozenset({"mid", "host_mid", "offset", "pn", "ps", "order"})


@dataclass(frozen=True)
class _SpacePage(Surface):
    """What both surfaces of a space share: whose it is, and what it says of the account."""

    attested: ClassVar[Attestation] = Attestation.DESCRIBED
    url_keys: ClassVar[frozenset[str]] = _KEYS

    found: Target | None = None
    """The account that this look's search found by name, where neither id nor link is filed."""

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        if target_of(account.filed):
            return self
        found = {
            (sight.platform_id, sight.matched_by)
            for sight in earlier
            if sight.platform_id and sight.matched_by
        }
        if len(found) != 1:
            return None
        mid, by = found.pop()
        return replace(self, found=Target(by=by or MatchedBy.NAME, mid=mid))

    def target(self, account: Account) -> Target:
        target = target_of(account.filed) or self.found
        if target is None or target.rival:
            raise NoEvidence(
                "no usable id or link is filed"
                if target is None
                else f"the filed link leads to {target.rival}"
            )
        return target


@dataclass(frozen=True)
class Dynamics(_SpacePage):
    """space.bilibili.com/MID/dynamic for a visitor: a part of the 动态, perhaps."""

    name: ClassVar[str] = "bilibili.dynamic"
    label: ClassVar[str] = "哔哩哔哩动态"
    session: ClassVar[SessionUse] = SessionUse.VISITOR
    shows: ClassVar[Shows] = Shows.SOME
    pace: ClassVar[Pace] = Pace(every=10.0, jitter=5.0)

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        target = self.target(account)
        async with tab.listen_for(PROFILE, DYNAMICS) as waiter:
            mid = await arrive(tab, target, "dynamic")
            seen = await see_profile(tab, waiter, mid)
            profile = match_to_filed(seen or await see_card(tab, mid), target, account.filed)
            yield profile
            if seen:
                shown = await see_dynamics(tab, waiter, mid, frozenset())
                yield match_to_filed(as_shown(shown, profile), target, account.filed)


@dataclass(frozen=True)
class Space(_SpacePage):
    """The space with the operator's login: 投稿 first, then 动态; complete where both are."""

    name: ClassVar[str] = "bilibili.space"
    label: ClassVar[str] = "哔哩哔哩空间（登录）"
    session: ClassVar[SessionUse] = SessionUse.REQUIRED
    shows: ClassVar[Shows] = Shows.ALL_LOGGED_IN
    pace: ClassVar[Pace] = Pace(every=15.0, jitter=5.0)

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        target = self.target(account)
        async with tab.listen_for(NAV, PROFILE, COUNTS, VIDEOS) as waiter:
            mid = await arrive(tab, target, "upload/video")
            seen = await see_profile(tab, waiter, mid)
            signs = [await see_sign(waiter)]
            tab.require_login(signs[0])
            profile = match_to_filed(seen or await see_card(tab, mid), target, account.filed)
            yield profile
            if not seen:
                return
            payload = await answer(tab, waiter, about(mid, VIDEOS))
            stated = await see_counts(tab, waiter, mid)
            videos = read_videos(payload, mid, stated, tab.now())
        await tab.pause()
        try:
            async with tab.listen_for(NAV, DYNAMICS) as waiter:
                await arrive(tab, replace(target, mid=mid, short=""), "dynamic")
                signs.append(await see_sign(waiter))
                tab.require_login(signs[1])
                dynamics = await see_dynamics(tab, waiter, mid, videos.ids)
        except Failure:
            part = as_shown(PayloadFacts(posts=videos.posts), profile)
            yield match_to_filed(part, target, account.filed)
            raise
        both = as_shown(join_lists(dynamics, videos), profile)
        shown = match_to_filed(both, target, account.filed)
        surely = target.by is not MatchedBy.NAME or vouches(account.filed, profile.verified_as)
        yield shown if all(signs) and surely else replace(shown, complete_since=None)


def as_shown(shown: PayloadFacts, profile: PayloadFacts) -> PayloadFacts:
    """A list as facts beside its profile.

    What a banned account, or one without a name of its own, still shows may be a part.
    """
    if profile.outcome is Outcome.BANNED:
        return replace(shown, outcome=Outcome.BANNED, complete_since=None)
    return shown if profile.name else replace(shown, complete_since=None)


class Search(NameSearch, FindsUnits):
    """search.bilibili.com/upuser with the operator's login."""

    name, label = "bilibili.search", "哔哩哔哩用户搜索（登录）"
    pace = Pace(every=30.0, jitter=10.0)
    url_keys = frozenset({"keyword", "search_type", "page"})
    # What certifies a hit is attested as a text, not as a body's name.
    shows_bodies = False

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        filed = account.filed
        found = await self.results(tab, filed.name.strip())
        yield match_hits_to_filed(
            filed, filed_mid(filed), found, gone=self.gone, bearer=self.bearer
        )

    async def find(self, tab: Tab, term: str) -> tuple[SearchHit, ...]:
        return (await self.results(tab, term.strip())).as_found(lambda id: f"{SPACE}{id}")

    def leads_to(self, account: Account, hit: SearchHit) -> bool:
        return leads_to(account, hit)

    async def results(self, tab: Tab, term: str) -> Results:
        """What the site shows for a name."""
        async with tab.listen_for(NAV, FOUND) as waiter:
            await open_page(tab, f"{SEARCH}{quote(term, safe='')}")

            def asked(reply: Reply) -> bool:
                query = query_of(reply.url)
                return (
                    re.search(FOUND, reply.path) is not None
                    and query.get("keyword") == term
                    and query.get("search_type") == "bili_user"
                )

            payload = await answer(tab, waiter, asked)
            tab.require_login(await see_sign(waiter))
            return read_search(payload)


async def probe(tab: Tab) -> bool:
    """Whether the home page's own call knows the operator of the session.

    `Changed` where it does not say.
    """
    async with tab.listen_for(NAV) as waiter:
        await open_page(tab, HOME)
        sign = await see_sign(waiter)
    if sign is None:
        raise Changed("the page does not say whether it knows the operator")
    return sign


HOSTS = frozenset({"bilibili.com", "b23.tv"})
LOGIN = Login(
    platform="bilibili",
    url="https://passport.bilibili.com/login",
    hosts=HOSTS,
    probe=probe,
    code=".login-scan-box img",
    scanned="/(^|; )DedeUserID=/.test(document.cookie)",
)

SCRAPER = Scraper(
    platform="bilibili",
    surfaces=(Dynamics(), Space(), Search()),
    hosts=HOSTS,
    front="space.bilibili.com",
    viewer=viewers.bilibili,
    viewer_marks=(".header-entry-mini", ".header-avatar-wrap", ".header-entry-avatar"),
    others_marks=("bili-comments", ".bili-comment-container"),
    logins=(LOGIN,),
    heavy=frozenset({"*.hdslb.com/bfs/*"}),
)

"""快手: the profile page, and the user search.

Sources differ on what visitors get: the list, or a demand for a login (docs/platforms/kuaishou.md).
Both are read. A visitor's list proves an account fresh, never stale. The operator's proves a silence
only where it was read to its end and holds as many works as the page counts.

Identity is the id in the address. The name comes from the page's own state, or from the author of
the works; the works from the list call that the page signs and sends itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import quote

from mediawatch.domain import (
    Account,
    Attestation,
    Changed,
    MatchedBy,
    NoEvidence,
    Pace,
    PayloadFacts,
    SearchHit,
    Sight,
)
from scrapers.browser.pool import ReplyWaiter, Tab
from scrapers.kuaishou.identity import (
    SITES,
    Target,
    filed_user_id,
    leads_to,
    match_to_filed,
    target_of,
)
from scrapers.kuaishou.pages import (
    CAPTCHA_CALL,
    FOUND,
    LISTS,
    OPERATOR,
    STATE,
    USER,
    answer_of,
    arrive,
    older_page,
    refuse_wall,
    see_sign,
)
from scrapers.kuaishou.posts import ListRequest, Page, page_of, read_posts, reads_on
from scrapers.kuaishou.replies import Profile, read_profile, read_search, read_sign
from scrapers.lists import PAGES_BACK, keep_earlier_pages, needs_older_page
from scrapers.privacy import viewers
from scrapers.searches import NameSearch, Results, match_hits_to_filed
from scrapers.surface import FindsUnits, Login, Scraper, SessionUse, Shows, Surface

HOME = "https://www.kuaishou.com/"
SEARCH = f"{HOME}search/video?searchKey="


@dataclass(frozen=True)
class ProfilePage(Surface):
    """www.kuaishou.com/profile/ID."""

    name: ClassVar[str] = "kuaishou.profile"
    label: ClassVar[str] = "快手主页"
    attested: ClassVar[Attestation] = Attestation.DESCRIBED
    session: ClassVar[SessionUse] = SessionUse.OPTIONAL
    shows: ClassVar[Shows] = Shows.ALL_LOGGED_IN
    pace: ClassVar[Pace] = Pace(every=6.0, jitter=2.0)
    url_keys: ClassVar[frozenset[str]] = frozenset({"user_id", "pcursor", "page"})

    found: Target | None = None
    """The account that this look's search found by name, where neither id nor link is filed."""

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        if target_of(account.filed):
            return self
        found = {sight.platform_id for sight in earlier if sight.platform_id and sight.matched_by}
        if len(found) != 1:
            return None
        return ProfilePage(Target(by=MatchedBy.NAME, user_id=found.pop()))

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        target = target_of(account.filed) or self.found
        if target is None or target.rival:
            raise NoEvidence(
                "no usable id or link is filed"
                if target is None
                else f"the filed link leads to {target.rival}"
            )
        async with tab.listen_for(LISTS, OPERATOR, CAPTCHA_CALL) as waiter:
            user_id = await arrive(tab, target)
            profile = read_profile(await tab.evaluate(STATE), user_id)
            if profile:
                yield match_to_filed(profile.seen, target, account.filed)
            first = page_of(await answer_of(tab, waiter, LISTS, user_id=user_id, pcursor=""))
            if profile is None and (
                profile := read_profile(await tab.evaluate(STATE), user_id)
            ):  # the page may have come only behind a challenge
                yield match_to_filed(profile.seen, target, account.filed)
            async for works in self._works(tab, waiter, first, user_id, profile):
                if profile:
                    works = replace(works, name="")
                elif works.name:
                    works = replace(works, platform_id=user_id)
                # The site shows no 认证主体: one found by name alone is never surely the filed one.
                surely = target.by is not MatchedBy.NAME
                works = match_to_filed(works, target, account.filed)
                yield works if surely else replace(works, complete_since=None)

    async def _works(
        self, tab: Tab, waiter: ReplyWaiter, first: Page, user_id: str, profile: Profile | None
    ) -> AsyncIterator[PayloadFacts]:
        """The works of the first page, then those of all pages that were read.

        An empty list is told only by a page that does not deny the login.
        """
        sign = await see_sign(tab, waiter)
        if not first.items:
            tab.require_login(sign)
        asked = ListRequest(
            user_id=user_id,
            known=bool(tab.session) and sign is True,
            visitor=not tab.session,
            works=profile.works if profile else None,
        )
        pages = [first]
        seen = read_posts(pages, tab.now(), asked)
        with keep_earlier_pages(tab):
            while (cursor := pages[-1].cursor) and len(pages) <= PAGES_BACK:
                if not needs_older_page(seen.posts, tab.back_to) and not reads_on(
                    seen, tab.now(), asked
                ):
                    break
                await tab.pause()
                pages.append(page_of(await older_page(tab, waiter, user_id, cursor)))
                seen = read_posts(pages, tab.now(), asked)
        yield seen
        tab.require_login(sign)


class Search(NameSearch, FindsUnits):
    """www.kuaishou.com/search/video?searchKey=NAME, whose page also asks for users."""

    name, label = "kuaishou.search", "快手用户搜索（登录）"
    pace = Pace(every=15.0, jitter=5.0)
    url_keys = frozenset({"searchKey", "keyword", "pcursor"})
    shows_bodies = False

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        found = await self.results(tab, account.filed.name.strip())
        yield match_hits_to_filed(
            account.filed,
            filed_user_id(account.filed),
            found,
            gone=self.gone,
            bearer=self.bearer,
        )

    async def find(self, tab: Tab, term: str) -> tuple[SearchHit, ...]:
        found = await self.results(tab, term.strip())
        return found.as_found(lambda id: f"{USER}{id}")

    def leads_to(self, account: Account, hit: SearchHit) -> bool:
        return leads_to(account, hit)

    async def results(self, tab: Tab, term: str) -> Results:
        """What the site shows for a name."""
        async with tab.listen_for(FOUND, OPERATOR, CAPTCHA_CALL) as waiter:
            page = await tab.open(SEARCH + quote(term, safe=""))
            refuse_wall(tab.url)
            page.good()
            found = read_search(await answer_of(tab, waiter, FOUND, keyword=term, pcursor=""))
            tab.require_login(await see_sign(tab, waiter))
            return found


async def probe(tab: Tab) -> bool:
    """Whether the home page's own call knows the operator. `Changed` where it does not say."""
    async with tab.listen_for(OPERATOR, CAPTCHA_CALL) as waiter:
        page = await tab.open(HOME)
        refuse_wall(tab.url)
        page.good()
        sign = read_sign(await answer_of(tab, waiter, OPERATOR))
    if sign is None:
        raise Changed("the page does not say whether it knows the operator")
    return sign


LOGIN = Login(
    platform="kuaishou",
    url=HOME,
    hosts=frozenset({"kuaishou.com"}),
    probe=probe,
    code=".qrcode-img img",
    opener="p:text-is('登录')",
    scanned="/(?:^|; )userId=\\d/.test(document.cookie)",
)

SCRAPER = Scraper(
    platform="kuaishou",
    surfaces=(ProfilePage(), Search()),
    hosts=SITES,
    front="www.kuaishou.com",
    viewer=viewers.kuaishou,
    logins=(LOGIN,),
    heavy=frozenset({"*.yximgs.com/*", "*.kwaicdn.com/*", "*.kwimgs.com/*"}),
)

"""抖音: the profile page, and the user search.

A visitor's list proves an account fresh, never stale.
Since 2025-08 some visitors do not get the newest works.

Identity is the sec_uid of the address. The page is opened as a reader opens it. The name comes from
its server record (or its profile call), the works from the list call that the page signs and sends
itself. The site checks visitors soon: keep the pace.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import quote

from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Changed,
    MatchedBy,
    NoEvidence,
    Outcome,
    Pace,
    PayloadFacts,
    SearchHit,
    Sight,
)
from scrapers.browser.pool import Tab
from scrapers.browser.shared_pages import PageCalls, SharedPage
from scrapers.douyin.identity import Target, filed_sec_uid, leads_to, match_to_filed, target_of
from scrapers.douyin.pages import (
    CAPTCHA,
    arrive,
    obstacle_on,
    open_page,
    pass_challenge,
    payload_of,
)
from scrapers.douyin.posts import ListRequest, next_cursor, read_posts
from scrapers.douyin.profile_visit import (
    CALLED,
    WORKS,
    ProfileVisit,
    enter_profile,
    profile_call,
    works_call,
)
from scrapers.douyin.replies import read_profile, read_search, read_sign
from scrapers.lists import keep_earlier_pages
from scrapers.privacy import viewers
from scrapers.searches import (
    NameSearch,
    Results,
    aliases,
    join_results,
    match_hits_to_filed,
    vouches,
)
from scrapers.surface import FindsUnits, Login, Scraper, SessionUse, Shows, Surface
from scrapers.urls import query_of

SEARCH = "https://www.douyin.com/search/"
FOUND = r"(^|\.)douyin\.com/aweme/v1/web/discover/search/?$"


@dataclass(frozen=True)
class ProfilePage(Surface):
    """www.douyin.com/user/SEC_UID."""

    name: ClassVar[str] = "douyin.profile"
    label: ClassVar[str] = "抖音主页"
    attested: ClassVar[Attestation] = Attestation.RECORDED
    session: ClassVar[SessionUse] = SessionUse.OPTIONAL
    shows: ClassVar[Shows] = Shows.ALL_LOGGED_IN
    pace: ClassVar[Pace] = Pace(every=30.0, jitter=10.0)
    url_keys: ClassVar[frozenset[str]] = frozenset(
        {"sec_uid", "sec_user_id", "max_cursor", "count"}
    )
    shared_page: ClassVar[SharedPage | None] = SharedPage(
        "https://www.douyin.com/user/", enter_profile, signs=True
    )

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
        sec_uid, by = found.pop()
        # By its 抖音号 the account is known for sure; by its name alone, perhaps.
        return ProfilePage(Target(by=by or MatchedBy.NAME, sec_uid=sec_uid))

    def can_see_by_calls(self, account: Account) -> bool:
        target = target_of(account.filed)
        return target is not None and bool(target.sec_uid) and not target.rival

    async def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        target = target_of(account.filed)
        assert target is not None
        profile = read_profile(
            payload_of(await calls.fetch(profile_call(calls.entered, target.sec_uid))),
            target.sec_uid,
        )
        if profile is None:
            raise Changed("no user: only the page may say that it is missing")
        yield match_to_filed(profile.seen, target, account.filed)
        if profile.seen.outcome is not Outcome.OK:
            return
        payload = payload_of(await calls.fetch(works_call(calls.entered, target.sec_uid)))
        if next_cursor(payload) is not None:
            raise Changed("an empty page, more to come: only the page goes on")
        works = read_posts(
            payload,
            profile.works,
            calls.now(),
            ListRequest(known=False, visitor=not calls.session, owner=target.sec_uid),
        )
        yield match_to_filed(works, target, account.filed)
        if profile.odd:
            raise Changed(profile.odd)

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        target = target_of(account.filed) or self.found
        if target is None or target.rival:
            raise NoEvidence(
                "no usable id or link is filed"
                if target is None
                else f"the filed link leads to {target.rival}"
            )
        async with tab.listen_for(CALLED, WORKS) as waiter:
            visit = ProfileVisit(tab, waiter, *await arrive(tab, target))
            profile = await visit.profile()
            seen = match_to_filed(profile.seen, target, account.filed)
            if seen.outcome is not Outcome.OK:
                tab.require_login(visit.sign)
                yield seen
                return
            yield seen
            payload, first = await visit.works()
            sign = visit.sign
            known, visitor = bool(tab.session) and sign is True, not tab.session or sign is False
            works = read_posts(
                payload,
                profile.works,
                tab.now(),
                ListRequest(known=known, visitor=visitor, first=first, owner=visit.sec_uid),
            )
            if not works.posts:
                tab.require_login(sign)
            works = match_to_filed(works, target, account.filed)
            surely = target.by is not MatchedBy.NAME or vouches(
                account.filed, profile.seen.verified_as
            )
            yield works if surely else replace(works, complete_since=None)
            if works.posts:
                async for older in visit.older(payload):
                    with keep_earlier_pages(tab):
                        shown = read_posts(
                            older,
                            None,
                            tab.now(),
                            ListRequest(
                                known=False, visitor=visitor, first=False, owner=visit.sec_uid
                            ),
                        )
                        if shown.posts:
                            yield match_to_filed(
                                PayloadFacts(posts=shown.posts), target, account.filed
                            )
            tab.require_login(sign)
            if profile.odd:
                raise Changed(profile.odd)


class Search(NameSearch, FindsUnits):
    """www.douyin.com/search/NAME?type=user. The site checks searches more than anything else."""

    name, label = "douyin.search", "抖音用户搜索（登录）"
    pace = Pace(every=60.0, jitter=20.0)
    url_keys = frozenset({"type", "keyword", "cursor", "count"})
    shows_bodies = True

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        """Search by the filed name, and by the 抖音号 where that does not do.

        Only the 抖音号 finds a renamed account.
        """
        filed, own_id = account.filed, filed_sec_uid(account.filed)
        found, sign = await self.results(tab, filed.name.strip())
        seen = match_hits_to_filed(filed, own_id, found, gone=self.gone, bearer=self.bearer)
        searched: list[str] = []
        for alias in aliases(filed, own_id):
            if seen.matched_by is not None and seen.outcome is Outcome.OK:
                break
            await tab.pause()
            further, sign = await self.results(tab, alias)
            found, searched = join_results(found, further), [*searched, alias]
            seen = match_hits_to_filed(
                filed, own_id, found, gone=self.gone, bearer=self.bearer, searched=searched
            )
        if seen.outcome is Outcome.NOT_FOUND and sign is not True:
            raise NoEvidence(f"{seen.detail}, but the page does not say that it knows the operator")
        yield seen

    async def find(self, tab: Tab, term: str) -> tuple[SearchHit, ...]:
        found, _ = await self.results(tab, term.strip())
        return found.as_found(lambda id: f"{HOME}user/{id}")

    def leads_to(self, account: Account, hit: SearchHit) -> bool:
        return leads_to(account, hit)

    async def results(self, tab: Tab, term: str) -> tuple[Results, bool | None]:
        """What the site shows for a name or 抖音号, and whether the page knows the operator."""
        async with tab.listen_for(FOUND) as waiter:
            html = await open_page(tab, f"{SEARCH}{quote(term, safe='')}?type=user")
            sign = read_sign(html)
            try:
                reply = await waiter.first(lambda reply: query_of(reply.url).get("keyword") == term)
            except Changed as silence:
                raise await obstacle_on(tab, sign) or silence from silence
            found = read_search(payload_of(reply))
            if await tab.sees(CAPTCHA):
                raise Captcha("check over the results")
            tab.require_login(sign)
            return found, sign


async def probe(tab: Tab) -> bool:
    """Whether the home page's own RENDER_DATA knows the operator of the session.

    `Changed` where it does not say.
    """
    sign = read_sign(await pass_challenge(tab, await tab.open(HOME)))
    if sign is None:
        raise Changed("the page does not say whether it knows the operator")
    return sign


HOME = "https://www.douyin.com/"
HOSTS = frozenset({"douyin.com", "iesdouyin.com", "snssdk.com"})
LOGIN = Login(
    platform="douyin",
    url=HOME,
    hosts=HOSTS,
    probe=probe,
    code="#animate_qrcode_container img",
    opener="#douyin-header button:has-text('登录'), p:text-is('登录')",
    scanned="localStorage.getItem('HasUserLogin') === '1'",
)

SCRAPER = Scraper(
    platform="douyin",
    surfaces=(ProfilePage(), Search()),
    hosts=HOSTS,
    front="www.douyin.com",
    viewer=viewers.douyin,
    viewer_marks=(
        'a[href*="/user/self"]',
        '#douyin-header-menuCt [data-e2e="live-avatar"]',
        '[data-e2e="notice-entry"]',
        '[data-e2e="im-entry"]',
        '[data-e2e="im-dialog"]',
    ),
    others_marks=(
        '[data-e2e="comment-list"]',
        '[data-e2e="comment-item"]',
        '[data-e2e="user-fans-container"]',
    ),
    logins=(LOGIN,),
    heavy=frozenset({"*.douyinpic.com/*", "*.douyinvod.com/*"}),
)

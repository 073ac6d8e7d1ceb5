"""抖音: the profile page, and the user search. A visitor's list proves an account fresh, never
stale: since 2025-08 the newest works are withheld from some.

Identity is the sec_uid of the address. The page is opened as a reader opens it; the name is read
from its server record (or its profile call), the works from the list call that the page signs and
sends itself. The site checks visitors soon: keep the pace.
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
    Sight,
)
from scrapers.browser.pool import Tab
from scrapers.browser.shared_pages import Calls, Warm
from scrapers.douyin.identity import Target, filed_sec_uid, told, wanted
from scrapers.douyin.pages import (
    CALLED,
    CAPTCHA,
    WORKS,
    Visit,
    arrive,
    at_a_profile,
    opened,
    passed,
    payload_of,
    profile_call,
    stalled,
    works_call,
)
from scrapers.douyin.posts import next_cursor, read_posts
from scrapers.douyin.replies import read_profile, read_search, read_sign
from scrapers.look import as_far_as_it_goes
from scrapers.privacy import viewers
from scrapers.searches import NameSearch, Results, aliases, identified, joined, vouches
from scrapers.surface import Login, Scraper, SessionUse, Shows, Surface, lacks_login, query_of

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
    warm: ClassVar[Warm | None] = Warm("https://www.douyin.com/user/", at_a_profile, signs=True)

    found: Target | None = None
    """Whom the search of this look found under the name, where neither id nor link is filed."""

    def after(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        if wanted(account.filed):
            return self
        found = {
            (sight.platform_id, sight.matched_by)
            for sight in earlier
            if sight.platform_id and sight.matched_by
        }
        if len(found) != 1:
            return None
        sec_uid, tie = found.pop()
        # By its 抖音号 the account is known for sure, by its name alone perhaps.
        return ProfilePage(Target(by=tie or MatchedBy.NAME, sec_uid=sec_uid))

    def asks(self, account: Account) -> bool:
        target = wanted(account.filed)
        return target is not None and bool(target.sec_uid) and not target.rival

    async def ask(self, calls: Calls, account: Account) -> AsyncIterator[PayloadFacts]:
        target = wanted(account.filed)
        assert target is not None
        profile = read_profile(
            payload_of(await calls.fetch(profile_call(calls.entered, target.sec_uid))),
            target.sec_uid,
        )
        if profile is None:
            raise Changed("no user: only the page may say that there is none")
        yield told(profile.seen, target, account.filed)
        if profile.seen.outcome is not Outcome.OK:
            return
        payload = payload_of(await calls.fetch(works_call(calls.entered, target.sec_uid)))
        if next_cursor(payload) is not None:
            raise Changed("an empty page, more to come: only the page goes on")
        works = read_posts(
            payload,
            profile.works,
            calls.now(),
            known=False,
            visitor=not calls.session,
            owner=target.sec_uid,
        )
        yield told(works, target, account.filed)
        if profile.odd:
            raise Changed(profile.odd)

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        target = wanted(account.filed) or self.found
        if target is None or target.rival:
            raise NoEvidence(
                "no usable id or link is filed"
                if target is None
                else f"the filed link leads to {target.rival}"
            )
        async with tab.hearing(CALLED, WORKS) as hearing:
            visit = Visit(tab, hearing, *await arrive(tab, target))
            profile = await visit.profile()
            seen = told(profile.seen, target, account.filed)
            if seen.outcome is not Outcome.OK:
                lacks_login(tab, visit.sign)
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
                known=known,
                visitor=visitor,
                first=first,
                owner=visit.sec_uid,
            )
            if not works.posts:
                lacks_login(tab, sign)
            works = told(works, target, account.filed)
            surely = target.by is not MatchedBy.NAME or vouches(
                account.filed, profile.seen.verified_as
            )
            yield works if surely else replace(works, complete_since=None)
            if works.posts:
                async for older in visit.older(payload):
                    with as_far_as_it_goes(tab):
                        shown = read_posts(
                            older,
                            None,
                            tab.now(),
                            known=False,
                            visitor=visitor,
                            first=False,
                            owner=visit.sec_uid,
                        )
                        if shown.posts:
                            yield told(PayloadFacts(posts=shown.posts), target, account.filed)
            lacks_login(tab, sign)
            if profile.odd:
                raise Changed(profile.odd)


class Search(NameSearch):
    """www.douyin.com/search/NAME?type=user. The site checks searches more than anything else."""

    name, label = "douyin.search", "抖音用户搜索(登录)"
    pace = Pace(every=60.0, jitter=20.0)
    url_keys = frozenset({"type", "keyword", "cursor", "count"})

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        """By the filed name, and by the 抖音号 where that does not do: renamed, an account is found
        by nothing else.
        """
        filed, own_id = account.filed, filed_sec_uid(account.filed)
        found, sign = await self.results(tab, filed.name.strip())
        seen = identified(filed, own_id, found, gone=self.gone)
        searched: list[str] = []
        for alias in aliases(filed, own_id):
            if seen.matched_by is not None and seen.outcome is Outcome.OK:
                break
            await tab.pause()
            further, sign = await self.results(tab, alias)
            found, searched = joined(found, further), [*searched, alias]
            seen = identified(filed, own_id, found, gone=self.gone, searched=searched)
        if seen.outcome is Outcome.NOT_FOUND and sign is not True:
            raise NoEvidence(f"{seen.detail}, but the page does not say that it knows the operator")
        yield seen

    async def results(self, tab: Tab, wanted: str) -> tuple[Results, bool | None]:
        """What the site shows for a name or 抖音号, and whether the page knows the operator."""
        async with tab.hearing(FOUND) as hearing:
            html = await opened(tab, f"{SEARCH}{quote(wanted, safe='')}?type=user")
            sign = read_sign(html)
            try:
                reply = await hearing.first(
                    lambda reply: query_of(reply.url).get("keyword") == wanted
                )
            except Changed as silence:
                raise await stalled(tab, sign) or silence from silence
            found = read_search(payload_of(reply))
            if await tab.sees(CAPTCHA):
                raise Captcha("check over the results")
            lacks_login(tab, sign)
            return found, sign


async def probe(tab: Tab) -> bool:
    """Whether the home page's own RENDER_DATA knows the operator of the session. `Changed` where it
    does not say.
    """
    sign = read_sign(await passed(tab, await tab.open(HOME)))
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
    viewer_marks=('a[href*="/user/self"]',),
    logins=(LOGIN,),
    heavy=frozenset({"*.douyinpic.com/*", "*.douyinvod.com/*"}),
)

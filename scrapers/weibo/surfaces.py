"""新浪微博: the mobile profile, the desktop profile, the name search.

The mobile profile shows a visitor or session part of the posts, the desktop profile a session all
of them. Identity is the uid; names and custom domains change hands.

Pages are opened as a reader opens them, and the replies to their own calls are read. On the desktop
site only the page's own knowledge of the operator makes a list complete, never the stored session.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import quote, urlencode

from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Changed,
    Outcome,
    Pace,
    PayloadFacts,
    SearchHit,
)
from scrapers.browser.pool import ReplyWaiter, Tab
from scrapers.browser.shared_pages import PageCalls, SharedPage
from scrapers.privacy import viewers
from scrapers.searches import NameSearch, Results, match_hits_to_filed
from scrapers.surface import FindsUnits, Login, Scraper, SessionUse, Shows, Surface
from scrapers.weibo.desktop_replies import read_feed, read_profile
from scrapers.weibo.identity import (
    DESKTOP,
    MOBILE,
    filed_uid,
    is_surely_filed,
    leads_to,
    match_list_to_filed,
    match_to_filed,
    refuse_other_body,
    target_of,
)
from scrapers.weibo.pages import (
    GEETEST,
    INDEX,
    INFO,
    LIST,
    answer_of,
    arrive,
    asks,
    await_reply,
    bearer_of_name,
    desktop_profile,
    knows_operator,
    mobile_call,
    named_as,
    next_desktop,
    next_mobile,
    obstacle_on,
    payload_of,
    read_on,
    resolve,
    see_name,
)
from scrapers.weibo.replies import Profile, UnknownWording, read_mobile_feed, read_mobile_profile
from scrapers.weibo.search import FOUND, SHOWS_RESULT, read_search

SEARCH = "https://s.weibo.com/user"


class ProfilePage(Surface):
    """A profile page of either site."""

    def can_see_by_calls(self, account: Account) -> bool:
        return bool(filed_uid(account.filed))

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        try:
            async for seen in self.read(tab, account):
                yield seen
        except UnknownWording:
            await tab.pause()
            async for seen in self.read(tab, account):
                yield seen

    @abstractmethod
    def read(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        """Load the page once: who it is first, then its list."""


class MobileProfile(ProfilePage):
    """m.weibo.cn/u/UID.

    Hides posts from visitors, some also from sessions: a fresh date is proof, an old one never.
    """

    name, label = "weibo.mobile", "微博手机版主页"
    attested = Attestation.RECORDED
    session = SessionUse.OPTIONAL
    shows = Shows.SOME
    pace = Pace(every=3.0, jitter=2.0)
    url_keys = frozenset({"type", "value", "containerid", "page"})
    shared_page = SharedPage(f"{MOBILE}/", lambda tab, account: arrive(tab, f"{MOBILE}/"))

    async def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        visitor, target = not calls.session, target_of(account.filed)
        profile = read_mobile_profile(
            await answer_of(calls, await calls.fetch(mobile_call(target.uid))), visitor=visitor
        )
        yield match_to_filed(profile, target)
        first = await calls.fetch(mobile_call(target.uid, profile.feed or f"107603{target.uid}"))
        feed = await read_on(
            calls,
            await answer_of(calls, first),
            target.uid,
            lambda payload, number: next_mobile(first, number),
        )
        yield match_list_to_filed(
            read_mobile_feed(feed, target.uid, profile.statuses, calls.now(), visitor=visitor),
            profile,
            target,
        )

    async def read(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        visitor = not tab.session
        async with tab.listen_for(INDEX, INFO) as waiter:
            target = await resolve(tab, waiter, target_of(account.filed))
            await arrive(tab, target.page(MOBILE))
            uid = target.uid or await bearer_of_name(tab)
            borne = "" if target.uid else target.name
            with named_as(borne):
                reply = await await_reply(
                    tab,
                    waiter,
                    lambda reply: (
                        asks(reply, INDEX, value=uid, containerid="")
                        or asks(reply, INDEX, containerid=f"100505{uid}")
                    ),
                )
                profile = read_mobile_profile(await answer_of(tab, reply), visitor=visitor)
            refuse_other_body(profile.seen, target, account.filed)
            yield match_to_filed(profile, replace(target, uid=uid))
            with named_as(borne):
                feed = await self.feed(tab, waiter, uid, profile)
            refuse_other_body(feed, target, account.filed)
            yield match_list_to_filed(feed, profile, replace(target, uid=uid))

    async def feed(self, tab: Tab, waiter: ReplyWaiter, uid: str, profile: Profile) -> PayloadFacts:
        """The list that the page asks for, with as many pages as the look needs."""
        feeds = (
            profile.feed or f"107603{uid}",
            f"107603{uid}",
            f"230413{uid}",
            f"230413{uid}_-_WEIBO_SECOND_PROFILE_WEIBO",
        )
        try:
            reply = await await_reply(
                tab,
                waiter,
                lambda reply: asks(reply, INDEX, containerid=feeds, page=("", "1"), since_id=""),
            )
        except Changed:
            if profile.seen.name:
                raise
            # Without an account the page asks for no list, though the site may have one.
            await tab.pause()
            reply = await tab.fetch(mobile_call(uid, feeds[0]))
        payload = await read_on(
            tab,
            await answer_of(tab, reply),
            uid,
            lambda payload, number: next_mobile(reply, number),
        )
        return read_mobile_feed(payload, uid, profile.statuses, tab.now(), visitor=not tab.session)


class DesktopProfile(ProfilePage):
    """weibo.com/u/UID with the operator's login: the whole list, newest included."""

    name, label = "weibo.desktop", "微博网页版主页（登录）"
    attested = Attestation.RECORDED
    session = SessionUse.REQUIRED
    shows = Shows.ALL_LOGGED_IN
    pace = Pace(every=6.0, jitter=3.0)
    url_keys = frozenset(
        {
            "uid",
            "custom",
            "screen_name",
            "page",
            "feature",
            "usernotexists",
            "pagenotfound",
            "userblock",
            "msg",
        }
    )
    shared_page = SharedPage(f"{DESKTOP}/", lambda tab, account: arrive(tab, f"{DESKTOP}/"))

    async def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        target = target_of(account.filed)
        reply = await calls.fetch(f"https://{INFO}?{urlencode({'uid': target.uid})}")
        if reply.status == 403:
            raise Changed("HTTP 403: whether for want of a login, only the page can tell")
        profile = read_profile(payload_of(reply))
        yield match_to_filed(profile, target)
        if profile.seen.outcome is not Outcome.OK:
            return
        payload = payload_of(await calls.fetch(next_desktop(target.uid, None, 1)))
        yield replace(
            match_list_to_filed(
                read_feed(payload, target.uid, profile.statuses, calls.now()), profile, target
            ),
            complete_since=None,
        )

    async def read(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        async with tab.listen_for(INFO, LIST) as waiter:
            target = target_of(account.filed)
            target = await resolve(tab, waiter, target) if target.short else target
            await arrive(tab, target.page(DESKTOP))
            profile = await desktop_profile(tab, waiter, target)
            refuse_other_body(profile.seen, target, account.filed)
            seen = match_to_filed(profile, target)
            if seen.outcome is not Outcome.OK:
                tab.require_login(await knows_operator(tab))
                yield seen
                return
            yield seen
            known = await knows_operator(tab)
            uid = seen.platform_id or target.uid
            if not uid:
                raise Changed("the profile names no uid")
            reply = await await_reply(
                tab,
                waiter,
                lambda reply: asks(
                    reply, LIST, uid=uid, page=("", "1"), feature=("", "0"), since_id=""
                ),
            )
            payload = await read_on(
                tab,
                payload_of(reply),
                uid,
                lambda payload, number: next_desktop(uid, payload, number),
            )
            listed = read_feed(payload, uid, profile.statuses, tab.now())
            refuse_other_body(listed, target, account.filed)
            feed = match_list_to_filed(listed, profile, target)
            if not feed.posts:  # what a stranger is not shown says nothing
                tab.require_login(known)
            yield (
                feed
                if known and is_surely_filed(profile, target, account.filed)
                else replace(feed, complete_since=None)
            )
            tab.require_login(known)


class Search(NameSearch, FindsUnits):
    """s.weibo.com/user.

    It hides some accounts. Where the filed uid is gone, the name's own page is asked before it.
    """

    name, label = "weibo.search", "微博找人搜索（登录）"
    pace = Pace(every=15.0, jitter=5.0)
    url_keys = frozenset({"q", "Refer"})
    shows_bodies = True

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        filed, bearer = account.filed, self.bearer
        if self.gone:
            borne = await see_name(tab, filed.name.strip())
            bearer = bearer or borne.name
            yield borne
            await tab.pause()
        found = await self.results(tab, filed.name)
        yield match_hits_to_filed(filed, filed_uid(filed), found, gone=self.gone, bearer=bearer)

    async def find(self, tab: Tab, term: str) -> tuple[SearchHit, ...]:
        return (await self.results(tab, term)).as_found(lambda id: f"{DESKTOP}/u/{id}")

    def leads_to(self, account: Account, hit: SearchHit) -> bool:
        return leads_to(account, hit)

    async def results(self, tab: Tab, name: str) -> Results:
        """What the site shows for a name."""
        await arrive(tab, f"{SEARCH}?q={quote(name.strip(), safe='')}&Refer=weibo_user")
        if not await tab.wait_for(SHOWS_RESULT):
            raise await obstacle_on(tab) or Changed(
                "neither results nor the word that nothing was found"
            )
        if await tab.sees(GEETEST):
            raise Captcha("check over the results")
        return read_search(await tab.evaluate(FOUND), name)


async def probe(tab: Tab) -> bool:
    """Whether weibo.com knows the operator of the session.

    Without cookies of weibo.cn beside them m.weibo.cn may still not.
    """
    await arrive(tab, f"{DESKTOP}/")
    return await knows_operator(tab)


HOSTS = frozenset({"weibo.com", "weibo.cn", "t.cn", "sina.com.cn", "sina.cn"})
LOGIN = Login(
    platform="weibo",
    url=f"{DESKTOP}/login.php",
    hosts=HOSTS,
    probe=probe,
    pages=(f"{MOBILE}/", "https://s.weibo.com/"),
    code="img[src*='qr.weibo'], img[src*='qrcode']",
    code_url="https://passport.weibo.com/sso/signin?entry=miniblog&source=miniblog",
    scanned=(
        "/(^|\\.)weibo\\.com$/.test(location.hostname) && "
        "!/passport|login|signin|visitor/.test(location.hostname + location.pathname)"
    ),
)

SCRAPER = Scraper(
    platform="weibo",
    surfaces=(MobileProfile(), DesktopProfile(), Search()),
    hosts=HOSTS,
    front="m.weibo.cn",
    viewer=viewers.weibo,
    # The site's class names end in a hash that changes with each build.
    viewer_marks=('[class*="Ctrls_item_"]', '[class*="Ctrls_avatarItem_"]'),
    others_marks=(
        '[class*="RepostCommentFeed_"]',
        '[class*="RepostCommentList_"]',
        '[class*="Main_side_"]',
        ".wbpro-side",
        '[class*="Frame_side_"]',
    ),
    logins=(LOGIN,),
)

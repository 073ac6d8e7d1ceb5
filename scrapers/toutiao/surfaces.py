"""今日头条 (头条号): the public profile page.

Its server data say who the account is, its own call to `profile_all` what it posted.

The list needs no login, shows every kind of post and stands newest first but for pinned items. So
it can prove an account stale. Silence is no emptiness: the page prints 暂未发表作品 also when its feed
call was refused. Only the feed's own answer counts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

from mediawatch.domain import (
    Account,
    Attestation,
    Changed,
    Failure,
    NoEvidence,
    Outcome,
    Pace,
    PayloadFacts,
    RateLimited,
)
from scrapers.browser.pool import Tab
from scrapers.browser.shared_pages import PageCalls, SharedPage
from scrapers.privacy import viewers
from scrapers.surface import Scraper, SessionUse, Shows, Surface
from scrapers.toutiao.identity import HOSTS, USER, match_to_filed, target_of, token_at
from scrapers.toutiao.pages import (
    CAPTCHA_CALL,
    FEED,
    RELOADS,
    BlankFeed,
    enter_profile,
    feed_call,
    see_cards,
    see_feed,
    see_profile,
)
from scrapers.toutiao.posts import read_feed
from scrapers.toutiao.replies import media_id, read_profile, server_data_in


class Profile(Surface):
    """www.toutiao.com/c/user/….

    Name and id from the server data, posts from the page's own feed call.
    """

    name, label = "toutiao.profile", "今日头条主页"
    attested = Attestation.RECORDED
    session = SessionUse.VISITOR
    shows = Shows.ALL
    pace = Pace(every=4.0, jitter=2.0)
    url_keys = frozenset({"category", "token", "max_behot_time"})
    shared_page = SharedPage(USER, enter_profile, signs=True)

    def applies(self, account: Account) -> bool:
        return target_of(account.filed) is not None

    def can_see_by_calls(self, account: Account) -> bool:
        target = target_of(account.filed)
        return target is not None and target.url.startswith(USER)

    async def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        target = target_of(account.filed)
        assert target is not None
        document = (await calls.open(target.url)).good()
        data = server_data_in(document.text())
        profile = read_profile(data)
        if profile is None:
            raise Changed("no profile: only the page may say that it is missing")
        token = token_at(calls.url, target)
        yield match_to_filed(profile, media_id(data), token, target)
        if profile.outcome is Outcome.OK:
            reply = await calls.fetch(feed_call(calls.entered, token or profile.platform_id))
            yield replace(read_feed(reply.json(), profile.name, calls.now()), complete_since=None)

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        target = target_of(account.filed)
        if target is None:
            raise NoEvidence("neither a Toutiao id nor a Toutiao link is filed")
        for again in range(RELOADS + 1):
            async with tab.listen_for(FEED, CAPTCHA_CALL) as waiter:
                page = await (tab.reload() if again else tab.open(target.url))
                profile = await see_profile(tab, waiter, page, target)
                if not again:
                    yield profile
                tokens = {profile.platform_id, target.id, token_at(tab.url, target)} - {""}
                if profile.outcome is Outcome.BANNED:
                    with suppress(Failure):  # the ban stands, whether or not the list still answers
                        shown = await see_feed(tab, waiter, profile, tokens)
                        # What a banned account shows may be a part; an empty list of it says
                        # nothing.
                        yield replace(shown, outcome=Outcome.BANNED, complete_since=None)
                if profile.outcome is not Outcome.OK:
                    return
                try:
                    yield await see_feed(tab, waiter, profile, tokens)
                    return
                except BlankFeed as blank:
                    if again == RELOADS:
                        if (shown := await see_cards(tab)).posts:
                            yield shown
                        raise RateLimited(f"{RELOADS + 1} times: {blank.detail}") from blank


SCRAPER = Scraper(
    platform="toutiao",
    surfaces=(Profile(),),
    hosts=HOSTS,
    front="www.toutiao.com",
    viewer=viewers.toutiao,
    viewer_marks=(".header-profile-wrapper",),
    others_marks=(".ttp-comment-block", ".ttp-comment-list"),
    heavy=frozenset({"*.image", "*.image?*"}),
)

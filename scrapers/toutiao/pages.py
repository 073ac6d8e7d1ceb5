"""How a page of Toutiao is opened, and what it shows: the profile, its feed, its cards."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Changed,
    LoginRequired,
    NoEvidence,
    Outcome,
    PayloadFacts,
    RateLimited,
    Unreachable,
)
from scrapers.browser.pool import Reply, ReplyWaiter, Tab
from scrapers.lists import PAGES_BACK, keep_earlier_pages, needs_older_page
from scrapers.toutiao.identity import Target, match_to_filed, target_of, token_at
from scrapers.toutiao.posts import cursor, has_more, join_pages, read_cards, read_feed
from scrapers.toutiao.replies import (
    decode_server_data,
    is_shell,
    media_id,
    read_absence,
    read_profile,
)
from scrapers.urls import host_and_path, query_of, repeat_call

FEED = r"^www\.toutiao\.com/api/pc/list/(user/)?feed/?$"
# The captcha's script is part of every page; a call to its service is not.
CAPTCHA_CALL = r"^(verify|verifycenter)\.snssdk\.com/(?!.*\.js$)|\.toutiao\.com/captcha/(?!.*\.js$)"
CAPTCHA_FRAME = (
    "iframe[src*='/captcha'], iframe[src*='verify.snssdk.com'], "
    "iframe[src*='verifycenter.snssdk.com']"
)
SERVER_DATA = "document.getElementById('RENDER_DATA')"
AT_TOKEN = "location.pathname.startsWith('/c/user/token/')"
CHALLENGE = re.compile(r"byted_acrawler|_\$jsvmprt")
_ABSENCE = "/注销|不存在|找不到|走丢/.test(document.body ? document.body.innerText : '')"
_SCROLLS = 5
"""How often it is scrolled down within the time limit for a reply."""
_DOWN = "window.scrollTo(0, document.documentElement.scrollHeight)"
# The page's own cards: the side bar has such dates too, and a repost's card has the original's.
_CARDS = """[...document.querySelectorAll(
  '.profile-tab-feed .feed-card-footer-time-cmp, .profile-tab-feed .feed-card-wtt-header .time')]
  .filter((time) => !time.closest('.origin-card-wrapper'))
  .map((time) => {
    const card = time.closest('.feed-card-wrapper') || time.parentElement;
    const link = card.querySelector('a[href*="/article/"], a[href*="/video/"], a[href*="/w/"]');
    return [time.textContent, link ? link.getAttribute('href') : ''];
  })"""
_SIGNED = frozenset({"_signature", "a_bogus", "msToken"})
RELOADS = 2
"""How often a blank feed is asked again: blanks come at random."""
FURTHER = 2
"""How many further pages to ask for where the first shows no dated post but pinned ones."""


class BlankFeed(RateLimited):
    """Risk control's way to say no: nothing at all, or no success. A reload may help."""


def feed_call(url: str, token: str) -> str:
    """A page's own call for its first page of the feed, for another account.

    Without the page's signature: the page signs by itself.
    """
    return repeat_call(url, _SIGNED, token=token, max_behot_time=0)


async def see_profile(tab: Tab, waiter: ReplyWaiter, page: Reply, target: Target) -> PayloadFacts:
    """Who the page is about, after the site's JavaScript challenge.

    The challenge reloads the page once.
    """
    if page.status != 404:
        token_at(tab.url, target)
        page.good()
        await tab.wait_for(SERVER_DATA, timeout=tab.timeouts.challenge)
        tab.document.good()
    token = token_at(tab.url, target)
    text = await tab.evaluate(f"({SERVER_DATA} || {{}}).textContent || ''")
    if not text:
        await refuse_captcha(tab, waiter)
        if CHALLENGE.search(await tab.html()):
            raise RateLimited("the JavaScript challenge does not clear")
    data = decode_server_data(str(text)) if text else {"data": {}}
    seen = read_profile(data)
    if text and seen is None and not token and page.status != 404 and await tab.wait_for(AT_TOKEN):
        # The page replaces a number's address by the token's, which may bring the data with it.
        token = token_at(tab.url, target)
        await tab.wait_for(SERVER_DATA)
        data = decode_server_data(
            str(await tab.evaluate(f"({SERVER_DATA} || {{}}).textContent || ''")) or '{"data": {}}'
        )
        seen = read_profile(data)
    if seen is None:
        await refuse_captcha(tab, waiter)
        return match_to_filed(await see_absence(tab), "", token, target)
    return match_to_filed(seen, media_id(data), token, target)


async def see_absence(tab: Tab) -> PayloadFacts:
    """What a page without a profile says; `Changed` where it says nothing."""
    missing = tab.document.status == 404
    if not missing:
        await tab.wait_for(_ABSENCE)
    if seen := read_absence(await tab.text()):
        return seen
    if missing and is_shell(tab.document.text()):
        return PayloadFacts(
            outcome=Outcome.NOT_FOUND, detail="HTTP 404", attested=Attestation.DESCRIBED
        )
    raise Changed(f"HTTP {tab.document.status} without a profile and without a known wording")


async def see_feed(
    tab: Tab, waiter: ReplyWaiter, profile: PayloadFacts, tokens: set[str]
) -> PayloadFacts:
    """The posts of this account's `profile_all`, also of further pages.

    It reads on where the first shows no dated post but pinned ones. It reads as far back as the
    look needs.
    """

    def own(reply: Reply) -> bool:
        query = query_of(reply.url)
        return (
            bool(re.search(FEED, reply.path))
            and query.get("category") == "profile_all"
            and query.get("token") in tokens
        )

    try:
        reply = await first_page(tab, waiter, own)
    except Changed as silence:
        raise BlankFeed("the page does not ask for its feed") from silence
    payload = reply.json()
    seen = read_feed(payload, profile.name, tab.now())
    if seen.outcome is Outcome.RATE_LIMITED:
        await refuse_captcha(tab, waiter)
        raise BlankFeed(seen.detail)
    if seen.outcome is Outcome.LOGIN_REQUIRED:
        raise LoginRequired(seen.detail)
    if seen.outcome is Outcome.CAPTCHA:
        return seen
    with keep_earlier_pages(tab):
        for _ in range(PAGES_BACK if tab.back_to else FURTHER):
            dated = any(not post.pinned for post in seen.posts)
            if not has_more(payload) or (dated and not needs_older_page(seen.posts, tab.back_to)):
                break
            if dated:
                await tab.pause()
            payload = join_pages(
                payload, (await next_page(tab, waiter, own, cursor(payload))).json()
            )
            seen = read_feed(payload, profile.name, tab.now())
    if seen.outcome is Outcome.OK and not seen.posts:
        raise Changed(f"no dated post: {seen.detail or 'has_more without items'}")
    return seen


async def first_page(tab: Tab, waiter: ReplyWaiter, own: Callable[[Reply], bool]) -> Reply:
    """The reply to the page's own call from the top of the list.

    `Changed` where it makes none, `BlankFeed` where nothing is in it.
    """
    try:
        reply = await waiter.first(lambda reply: own(reply) and _at(reply) in ("", "0"))
    except Changed:
        await refuse_captcha(tab, waiter)
        raise
    if reply.status == 200 and not reply.cut and not reply.body.strip():
        await refuse_captcha(tab, waiter)
        raise BlankFeed("the feed's body is empty")
    return reply


async def next_page(
    tab: Tab, waiter: ReplyWaiter, own: Callable[[Reply], bool], after: str
) -> Reply:
    """The reply to the page's own next call, made when the page is scrolled down.

    It must go on where the list before it ended: a later one would leave a hole.
    """

    def following(reply: Reply) -> bool:
        return own(reply) and _at(reply) == after

    for _ in range(_SCROLLS - 1):
        await tab.evaluate(_DOWN)
        # Earlier posts may not stand on the page yet: then there was nowhere to go on from.
        with suppress(Changed, Unreachable):
            return await waiter.first(following, timeout=tab.timeouts.reply / _SCROLLS)
    await tab.evaluate(_DOWN)
    return await waiter.first(following, timeout=tab.timeouts.reply / _SCROLLS)


async def see_cards(tab: Tab) -> PayloadFacts:
    """What stands on the cards of a page whose feed did not come: never exact."""
    return PayloadFacts(
        posts=read_cards(await tab.evaluate(_CARDS), tab.now()),
        detail="dates off the page's cards, by day",
    )


async def refuse_captcha(tab: Tab, waiter: ReplyWaiter) -> None:
    if any(
        re.search(CAPTCHA_CALL, host_and_path(url)) for url in waiter.requested
    ) or await tab.sees(CAPTCHA_FRAME):
        raise Captcha("a captcha instead of the feed")


def _at(reply: Reply) -> str:
    """Where in the list a call of the feed begins."""
    return query_of(reply.url).get("max_behot_time", "")


async def enter_profile(tab: Tab, account: Account) -> str:
    """Open the account's own page, past the challenge, until its script has signed a call.

    Gives the address of its feed call. `NoEvidence` where there is no profile to ask from.
    """
    target = target_of(account.filed)
    if target is None:
        raise NoEvidence("neither a Toutiao id nor a Toutiao link is filed")
    async with tab.listen_for(FEED, CAPTCHA_CALL) as waiter:
        profile = await see_profile(tab, waiter, await tab.open(target.url), target)
        if profile.outcome is not Outcome.OK:
            raise NoEvidence("no profile to ask from")
        try:
            reply = await first_page(
                tab, waiter, lambda reply: query_of(reply.url).get("category") == "profile_all"
            )
        except BlankFeed as blank:  # at random: the account's own page is loaded again
            raise Changed(blank.detail) from blank
        except Changed as silence:
            raise NoEvidence("the page does not ask for its feed") from silence
        reply.good()
        return reply.url

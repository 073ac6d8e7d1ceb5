"""How a space of Bilibili is opened, and what its page receives.

The page stands at space.bilibili.com and asks api.bilibili.com by itself; nothing is asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from contextlib import suppress
from urllib.parse import urlsplit

from mediawatch.domain import (
    Captcha,
    Changed,
    Failure,
    LoginRequired,
    NoEvidence,
    PayloadFacts,
    RateLimited,
    Unreachable,
)
from scrapers.bilibili.identity import Target, mid_in
from scrapers.bilibili.posts import cursor, has_more, join_pages, read_dynamics
from scrapers.bilibili.replies import read_card, read_counts, read_profile, read_sign, refuse
from scrapers.browser.pool import Reply, ReplyWaiter, Tab
from scrapers.lists import PAGES_BACK, keep_earlier_pages, needs_older_page
from scrapers.urls import host_and_path, on_host, query_of

SPACE = "https://space.bilibili.com/"
CARD = "https://api.bilibili.com/x/web-interface/card?mid="
NAV = r"^api\.bilibili\.com/x/web-interface/nav$"
PROFILE = r"^api\.bilibili\.com/x/space/(?:wbi/)?acc/info$"
COUNTS = r"^api\.bilibili\.com/x/space/navnum$"
DYNAMICS = r"^api\.bilibili\.com/x/polymer/web-dynamic/v1/feed/space$"
VIDEOS = r"^api\.bilibili\.com/x/space/(?:wbi/)?arc/search$"
CHECK = ".geetest_panel, .geetest_popup_wrap, iframe[src*='captcha']"
_CHECK_PLACE = re.compile(r"^security\.bilibili\.com/|/th/captcha")
_LOGIN_HOST = "passport.bilibili.com"
_TOO_FAST = 412
_SCROLLS = 5
"""How often it is scrolled down within the time limit for a reply."""
_DOWN = "window.scrollTo(0, document.documentElement.scrollHeight)"
_PATIENCE = 3
FURTHER = 2
"""How many further pages to ask for where the first shows no dated post but pinned ones."""


async def arrive(tab: Tab, target: Target, part: str) -> str:
    """Open this part of the account's space; gives its mid.

    A short link is resolved by the site's own redirects.
    """
    mid = target.mid
    if target.short:
        await open_page(tab, target.short)
        mid = mid_in(urlsplit(tab.url))
        if not mid:
            raise NoEvidence(f"the short link leads to {host_and_path(tab.url)}")
    await open_page(tab, f"{SPACE}{mid}/{part}")
    if mid_in(urlsplit(tab.url)) != mid:
        raise Changed(f"sent from the space to {host_and_path(tab.url)}")
    return mid


async def open_page(tab: Tab, url: str) -> Reply:
    """Open a page. A check or a login in its place is what it is."""
    page = await tab.open(url)
    here = host_and_path(tab.url)
    if _CHECK_PLACE.search(here):
        raise Captcha(f"check at {here}")
    if on_host(urlsplit(tab.url).hostname, _LOGIN_HOST):
        raise LoginRequired(f"sent to {here}")
    if page.status == _TOO_FAST:
        raise RateLimited(f"HTTP 412 for {page.path}")
    return page.good()


def about(mid: str, path: str, **query: str) -> Callable[[Reply], bool]:
    """Whether a reply answers the page's call of this path for this account."""

    def matches(reply: Reply) -> bool:
        asked = query_of(reply.url)
        return (
            re.search(path, reply.path) is not None
            and mid in (asked.get("mid"), asked.get("host_mid"))
            and all(asked.get(key, "") == value for key, value in query.items())
        )

    return matches


async def answer(tab: Tab, waiter: ReplyWaiter, where: Callable[[Reply], bool]) -> object:
    """The JSON of the page's own call; what the page shows instead where it gets none."""
    try:
        return payload_of(await waiter.first(where), visitor=not tab.session)
    except (Changed, RateLimited) as silence:
        if await tab.sees(CHECK):
            raise Captcha("check over the page") from silence
        # Not before: a page that loads itself again leaves an empty document behind, too.
        if isinstance(silence, Changed) and not tab.document.body.strip():
            raise RateLimited("an empty page") from silence
        raise


def payload_of(reply: Reply, *, visitor: bool) -> object:
    if reply.status == _TOO_FAST:
        raise RateLimited(f"HTTP 412 for {reply.path}")
    payload = reply.json()
    refuse(payload, visitor=visitor)
    return payload


async def see_sign(waiter: ReplyWaiter) -> bool | None:
    """Whether this load of the page knows the operator; None where it does not say.

    The answer names him, so it is not kept.
    """
    with suppress(Failure):
        reply = await waiter.first(lambda reply: re.search(NAV, reply.path) is not None, keep=False)
        return read_sign(reply.json())
    return None


async def see_profile(tab: Tab, waiter: ReplyWaiter, mid: str) -> PayloadFacts | None:
    """Who the space is about; None where its call says −404."""
    return read_profile(await answer(tab, waiter, about(mid, PROFILE)), mid)


async def see_card(tab: Tab, mid: str) -> PayloadFacts:
    """What the card says of an account whose profile is −404."""
    await tab.pause()
    return read_card(payload_of(await open_page(tab, CARD + mid), visitor=not tab.session), mid)


async def see_counts(tab: Tab, waiter: ReplyWaiter, mid: str) -> int | None:
    """How many videos the page states; None where it does not.

    It asks for that beside its lists, so a call that has not come by now hardly will.
    """
    with suppress(Failure):
        limit = tab.timeouts.reply / _PATIENCE
        return read_counts((await waiter.first(about(mid, COUNTS), timeout=limit)).json())
    return None


async def see_dynamics(
    tab: Tab, waiter: ReplyWaiter, mid: str, own_videos: Set[str]
) -> PayloadFacts:
    """The 动态, also of further pages.

    It reads on where the first shows no dated post but pinned ones, and as far back as the look
    needs.
    """
    payload = await answer(tab, waiter, about(mid, DYNAMICS, offset=""))
    seen = read_dynamics(payload, mid, own_videos, tab.now())
    with keep_earlier_pages(tab):
        for _ in range(PAGES_BACK if tab.back_to else FURTHER):
            dated = any(not post.pinned for post in seen.posts)
            more = bool(seen.posts or seen.detail) and has_more(payload)
            if not more or (dated and not needs_older_page(seen.posts, tab.back_to)):
                break
            if dated:
                await tab.pause()
            further = await next_page(tab, waiter, mid, cursor(payload))
            payload = join_pages(payload, further)
            seen = read_dynamics(payload, mid, own_videos, tab.now())
    return seen


async def next_page(tab: Tab, waiter: ReplyWaiter, mid: str, after: str) -> object:
    """The reply to the page's own next call, made when the page is scrolled down.

    It must go on where the list before it ended: a later one would leave a hole.
    """
    following = about(mid, DYNAMICS, offset=after)
    for _ in range(_SCROLLS - 1):
        await tab.evaluate(_DOWN)
        # Earlier posts may not stand on the page yet: then there was nowhere to go on from.
        with suppress(Changed, Unreachable):
            reply = await waiter.first(following, timeout=tab.timeouts.reply / _SCROLLS)
            return payload_of(reply, visitor=not tab.session)
    await tab.evaluate(_DOWN)
    reply = await waiter.first(following, timeout=tab.timeouts.reply / _SCROLLS)
    return payload_of(reply, visitor=not tab.session)

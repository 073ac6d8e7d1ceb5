"""How a home page of Tieba is opened, and what its page receives.

The page holds no data. It asks for the profile and for each page of threads by itself, with
signatures of its own; nothing is asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from mediawatch.domain import (
    Captcha,
    Changed,
    LoginRequired,
    PayloadFacts,
    RateLimited,
    Unreachable,
)
from scrapers.browser.pool import Reply, ReplyWaiter, Tab
from scrapers.lists import PAGES_BACK, keep_earlier_pages, needs_older_page
from scrapers.tieba.identity import Target, is_home, portrait_of
from scrapers.tieba.posts import has_more, join_pages, read_threads
from scrapers.tieba.replies import CHECK, Profile, read_absence, read_profile, says_absence
from scrapers.urls import host_and_path, on_host, query_of

PROFILE = r"^tieba\.baidu\.com/c/u/pc/homeSidebarRight$"
THREADS = r"^tieba\.baidu\.com/c/u/feed/myThread$"
CHECK_FRAME = "iframe[src*='wappass.baidu.com']"
_CHECK_HOST, _LOGIN_HOST = "wappass.baidu.com", "passport.baidu.com"
_OPENED_THREADS = "1"
_SCROLLS = 5
"""How often it is scrolled down within the time limit for a reply."""
_DOWN = "window.scrollTo(0, document.documentElement.scrollHeight)"
_MOMENT = 0.5
FURTHER = 2
"""How many further pages to ask for where the first shows no dated thread but pinned ones."""


class Unasked(Changed):
    """The page never made the call."""


async def open_page(tab: Tab, url: str) -> Reply:
    """Open a page. A check or a login in its place is what it is, whatever its status."""
    page = await tab.open(url)
    host = urlsplit(tab.url).hostname
    if on_host(host, _CHECK_HOST) or CHECK.search(page.text()):
        raise Captcha(f"check at {host_and_path(tab.url)}")
    if on_host(host, _LOGIN_HOST):
        raise LoginRequired(f"sent to {host_and_path(tab.url)}")
    return page


async def see_profile(
    tab: Tab, waiter: ReplyWaiter, page: Reply, target: Target
) -> Profile | PayloadFacts:
    """Who the page is about; or what it says where it never asks that.

    Beside a profile such words would be somebody's, the title of a thread.
    """
    if page.status != 404:
        page.good()
    if not is_home(urlsplit(tab.url)):
        raise Changed(f"sent from the home page to {host_and_path(tab.url)}")
    served = says_absence(page.text())
    try:
        payload = await answer(
            tab, waiter, about(PROFILE, target), timeout=_MOMENT if served else None
        )
    except Unasked:
        if absence := read_absence(str(await tab.evaluate("document.title")), await tab.text()):
            return absence
        raise
    return read_profile(payload)


async def see_threads(
    tab: Tab, waiter: ReplyWaiter, target: Target, profile: Profile
) -> PayloadFacts:
    """The threads, also of further pages.

    It reads on where the first shows no dated thread but pinned ones, and as far back as the look
    needs.
    """
    known = portrait_of(profile.portrait)

    def page_of_threads(number: int) -> Callable[[Reply], bool]:
        return about(THREADS, target, known, pn=str(number), type=_OPENED_THREADS)

    payload = await answer(tab, waiter, page_of_threads(1))
    seen = read_threads(payload, profile, tab.now())
    with keep_earlier_pages(tab):
        for number in range(2, 2 + (PAGES_BACK if tab.back_to else FURTHER)):
            dated = any(not post.pinned for post in seen.posts)
            more = bool(seen.posts or seen.detail) and has_more(payload)
            if not more or (dated and not needs_older_page(seen.posts, tab.back_to)):
                break
            if dated:
                await tab.pause()
            payload = join_pages(payload, await next_page(tab, waiter, page_of_threads(number)))
            seen = read_threads(payload, profile, tab.now())
    return seen


async def next_page(tab: Tab, waiter: ReplyWaiter, following: Callable[[Reply], bool]) -> object:
    """The reply to the page's own next call, made when the page is scrolled down."""
    for _ in range(_SCROLLS - 1):
        await tab.evaluate(_DOWN)
        # Earlier threads may not stand on the page yet: then there was nowhere to go on from.
        with suppress(Changed, Unreachable):
            reply = await waiter.first(following, timeout=tab.timeouts.reply / _SCROLLS)
            return payload_of(reply)
    await tab.evaluate(_DOWN)
    return payload_of(await waiter.first(following, timeout=tab.timeouts.reply / _SCROLLS))


def about(path: str, target: Target, portrait: str = "", **query: str) -> Callable[[Reply], bool]:
    """Whether a reply answers the page's call of this path for this account.

    `portrait`: what its profile says. A call that names no account asks who the reader is.
    """
    portraits = {target.portrait, portrait} - {""}

    def matches(reply: Reply) -> bool:
        asked = query_of(reply.url)
        named = asked.get("portrait", "").partition("?")[0]
        return (
            re.search(path, reply.path) is not None
            and (
                named in portraits
                or (not named and bool(target.un) and asked.get("un") == target.un)
            )
            and all(asked.get(key) == value for key, value in query.items())
        )

    return matches


async def answer(
    tab: Tab,
    waiter: ReplyWaiter,
    where: Callable[[Reply], bool],
    *,
    timeout: float | None = None,
) -> object:
    """The JSON of the page's own call; what the page shows instead where it gets none.

    `Unasked` where the page makes no such call within `timeout` seconds, and shows no obstacle.
    """
    asked = False
    try:
        reply = await waiter.first(where, timeout=timeout)
        asked = True
        return payload_of(reply)
    except (Changed, RateLimited) as silence:
        if await tab.sees(CHECK_FRAME):
            raise Captcha("check over the page") from silence
        # Not before: a page that loads itself again leaves an empty document behind, too.
        if isinstance(silence, Changed) and not tab.document.body.strip():
            raise RateLimited("an empty page") from silence
        if isinstance(silence, Changed) and not asked:
            raise Unasked(silence.detail) from silence
        raise


def payload_of(reply: Reply) -> object:
    """The JSON of a reply. A check in its place is one, whatever its status."""
    if CHECK.search(reply.text()) or _CHECK_HOST in reply.location:
        raise Captcha(f"check in place of {reply.path}")
    return reply.json()

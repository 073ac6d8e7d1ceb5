"""A page of a context, from its opening on: what it blocks, and how often it served a look."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediawatch.domain import Failure
from scrapers.browser.limits import Timeouts, with_timeout
from scrapers.browser.navigation import NavigationGuard

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page

LOADS_PER_PAGE = 30
"""Then a page is closed: what scripts and driver keep of it goes with it."""
_COLLECTED_EVERY = 1
"""Loads of a page: a real site's scripts leave some 10 MB each."""
_KEEPS_NOTHING = {"maxTotalBufferSize": 1, "maxResourceBufferSize": 1}
"""A page keeps each answer for each session that watches its traffic, up to 200 MB of them, and we
ask the driver's session alone for them.
"""
HEAVY = (
    *(
        f"*.{ending}{tail}"
        for ending in ("png", "jpg", "jpeg", "gif", "webp", "avif", "heic", "bmp", "ico", "svg")
        for tail in ("", "?*")
    ),
    *(
        f"*.{ending}{tail}"
        for ending in ("woff", "woff2", "ttf", "otf", "eot", "css")
        for tail in ("", "?*")
    ),
    *(
        f"*.{ending}{tail}"
        for ending in ("mp4", "m4a", "m4s", "mp3", "webm", "flv", "m3u8", "ts", "wav")
        for tail in ("", "?*")
    ),
)
"""URL patterns that a page blocks, unless it is wanted whole."""


@dataclass(slots=True, eq=False)
class IdlePage:
    """A page that blocks these URL patterns, and how many looks have used it."""

    page: Page
    cdp: CDPSession
    blocked: tuple[str, ...]
    guard: NavigationGuard
    lent: int = 1

    async def collect_garbage(self) -> None:
        """Remove what earlier documents have left, before it comes to much.

        Raises as Playwright does.
        """
        if self.lent % _COLLECTED_EVERY == 0:
            await self.cdp.send("HeapProfiler.collectGarbage")

    async def is_alive(self, timeouts: Timeouts) -> bool:
        """Whether it still answers; closes it where it does not."""
        try:
            await with_timeout(self.page.evaluate("1"), timeouts.step, "page")
        except Failure:
            with suppress(Failure):
                await with_timeout(self.page.close(), timeouts.close, "close")
            return False
        return True


async def open_page(
    context: BrowserContext, blocked: tuple[str, ...], timeouts: Timeouts
) -> IdlePage:
    """A new page that blocks these URL patterns; without any it ignores the HTTP cache."""
    page = await with_timeout(context.new_page(), timeouts.launch, "new page")
    cdp = await with_timeout(context.new_cdp_session(page), timeouts.launch, "new page")
    await with_timeout(cdp.send("Network.enable", _KEEPS_NOTHING), timeouts.launch, "new page")
    if blocked:
        order = cdp.send("Network.setBlockedURLs", {"urls": list(blocked)})
    else:
        order = cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await with_timeout(order, timeouts.launch, "new page")
    return IdlePage(page, cdp, blocked, await NavigationGuard.of(cdp, timeouts))

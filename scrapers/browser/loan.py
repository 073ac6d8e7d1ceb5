"""A page on loan: given back empty for the next look, or closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from mediawatch.domain import Failure
from scrapers.browser.limits import Timeouts, with_timeout
from scrapers.browser.traffic import TRAFFIC, PageTraffic

if TYPE_CHECKING:
    from playwright.async_api import Page

_NOWHERE = "https://nowhere.invalid/"
"""Has no cookies: asking for them only checks that the browser is there."""
_EMPTY = "about:blank"


async def do_nothing() -> None:
    """Where nothing is to be awaited."""


class PageLoan:
    """What the browser does with the page of a `Tab`, and what it must know of it."""

    def __init__(self, page: Page, traffic: PageTraffic, timeouts: Timeouts) -> None:
        self._page, self._traffic, self._timeouts = page, traffic, timeouts
        self.is_expired: Callable[[], bool] = lambda: False
        """Whether the page should be closed: its context was renewed, or soon will be."""
        self.unblock: Callable[[], Awaitable[object]] = do_nothing
        """Load pictures and the like again, and stop watching the page's traffic for that."""
        self.collect_garbage: Callable[[], Awaitable[object]] = do_nothing
        """Remove what the opening of a page has left in it."""
        self.spent = False
        """Set where a look met trouble in it: no other look may use it."""

    async def stop_listening(self, *, idle: bool) -> None:
        """Notice only this page's end from now on: each of its calls would raise a dozen events.

        No other look may use it. `idle`: it loads nothing by itself, so it needs no blocking.
        """
        self.spent = True
        self._traffic.remove_listeners(*TRAFFIC)
        if idle:
            await self.unblock()
        await self.collect_garbage()

    def end(self) -> None:
        """The browser is gone: what waits for this page stops waiting."""
        self._traffic.end()

    async def empty(self, clean_up: Callable[[], Awaitable[object]]) -> bool:
        """End the loan of a page that the next look may use: nothing of its document goes on.

        False where it is better closed.
        """
        self._traffic.tasks.end()
        if self.spent or self._traffic.gone:
            return False
        try:
            await with_timeout(
                self._page.goto(_EMPTY, wait_until="commit", timeout=0),
                self._timeouts.close,
                "leave",
            )
            await with_timeout(clean_up(), self._timeouts.close, "clean up")
        except Failure:
            return False
        self._traffic.remove_listeners()
        return not self._traffic.gone

    async def close(self) -> bool:
        """End the loan; called by the browser. False where the page had died.

        Never raises a `Failure`.
        """
        self._traffic.tasks.end()
        sound = not self._traffic.gone
        try:
            # A killed driver raises no event, and closing a page of it is no error.
            await with_timeout(self._page.context.cookies(_NOWHERE), self._timeouts.close, "close")
            await with_timeout(self._page.close(), self._timeouts.close, "close")
        except Failure as failure:
            # Silence may mean a slow machine.
            sound = sound and isinstance(failure.__cause__, TimeoutError)
        return sound and not self._traffic.crashed

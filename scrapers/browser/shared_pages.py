"""Shared pages: one open page of a site serves the calls of many first looks.

The page's own `fetch` makes the calls, so that a look loads no page. With calls a whole sweep takes
a third to a thirteenth of the CPU that a page for each account takes (docs/benchmarks.md). The same
pure functions read the answers as those to a page's own calls. Whatever they leave open, a page is
asked again (`Surface.shared_page`, `look.look_by_calls`).
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlsplit

from mediawatch.domain import Account, Failure
from scrapers.browser.clock_check import ClockCheck
from scrapers.browser.pool import Browser
from scrapers.browser.reply import Reply
from scrapers.browser.sessions import Session, stamp_of
from scrapers.browser.tab import PageRules, Tab

CALLS_PER_PAGE = 60
"""Then the page is opened anew: scripts and driver keep too much of an open page."""
BYTES_PER_PAGE = 6_000_000
"""Of answers, likewise: the browser keeps each answer for the driver, text at two bytes a
character, until the page goes.
"""
_COLLECTED_EVERY = 15
"""Calls of a page: their answers, and what its own scripts do meanwhile, leave some MB."""
_SCRIPTS = frozenset({"*.js", "*.js?*"})
TRIES = 3
"""Failed calls in a row after which a surface uses its pages until the batch ends."""


@dataclass(frozen=True, slots=True)
class SharedPage:
    """A page of a site that is fit to ask from, one for all looks that name the same `site`.

    `enter` opens it, for the account whose look wants it. It raises a `Failure` where the page is
    not what it must be.
    """

    site: str
    enter: Callable[[Tab, Account], Awaitable[str | None]]
    """May give what calls are modelled on: a token, or the address of a call that the page made."""
    unscripted: bool = False
    """Whether the calls need nothing of the page's script files (a cookie, a signature).

    Then these are not loaded.
    """
    signs: bool = False
    """Whether the page's script adds to the calls.

    Then a refusal may be for what it no longer adds: only a page shows which.
    """


class PageCalls:
    """One sight's use of a shared page: like a `Tab` for all that needs no page of its own.

    It keeps nothing of the answers.
    """

    def __init__(self, tab: Tab, entered: str, pause: Callable[[], Awaitable[None]]) -> None:
        self._tab, self._html = tab, ""
        self.entered = entered
        """What `SharedPage.enter` gave."""
        self.new = False
        """Whether the page was opened for this very sight."""
        self.now, self.session, self.login, self.pause = tab.now, tab.session, tab.login, pause
        self.clock = ClockCheck(tab.now)
        """As `Tab.clock`, of this sight's calls alone."""
        self.refused: Failure | None = None
        """As `Tab.refused`."""
        self.back_to: date | None = None
        """As `Need.back_to`."""
        self.known: bool | None = None
        """As `Tab.known`."""
        self.url = tab.url
        """The address that answered last, after redirects."""
        self.spoilt = False
        """True where the page met trouble: no other look may use it."""
        self.answered = 0
        """Bytes of its answers."""

    async def fetch(self, url: str) -> Reply:
        """As `Tab.fetch`."""
        reply, self.url = await self._tab.ask(url)
        self.answered += len(reply.body)
        self.clock.note(reply.sent_at)
        return reply

    async def open(self, url: str) -> Reply:
        """A document by `fetch`: as the site serves it, none of its scripts run."""
        reply = await self.fetch(url)
        self._html = reply.text()
        return reply

    async def html(self) -> str:
        """The document that was opened last."""
        return self._html

    async def evaluate(self, script: str) -> object:
        """As `Tab.evaluate`, in the shared page."""
        return await self._tab.evaluate(script)

    async def carries(self, cookie: str, url: str) -> bool:
        """As `Tab.carries`."""
        return await self._tab.carries(cookie, url)


@dataclass(slots=True, eq=False)
class _Page:
    tab: Tab
    entered: str = field(repr=False)
    held: AsyncExitStack
    host: str
    platform: str
    stamp: tuple[int, int] | None
    """Of the session's file when the page was opened."""
    calls: int = 0
    answered: int = 0
    """Bytes of its answers."""
    users: int = 0
    left: bool = False
    """No other look may use it; closed when its last user is done."""

    def usable(self, session: Session | None) -> bool:
        here = (
            not self.tab.gone
            and not self.tab.loan.is_expired()
            and urlsplit(self.tab.url).hostname == self.host
        )
        return (
            here
            and self.calls < CALLS_PER_PAGE
            and self.answered < BYTES_PER_PAGE
            and self.stamp == (stamp_of(session) if session else None)
        )


@dataclass(slots=True, eq=False)
class SharedPages:
    """Lends the shared pages of one browser.

    One a session, for one sight at a time; one for all visitors of a site together.
    """

    browser: Browser
    sites: int = 2
    """So many pages are open at a time. Where all are in use, one more is."""
    _pages: dict[Hashable, _Page] = field(default_factory=dict)
    _opening: defaultdict[Hashable, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    _silent: Counter[tuple[str, str]] = field(default_factory=Counter)

    @asynccontextmanager
    async def borrow(
        self,
        shared: SharedPage,
        account: Account,
        session: Session | None,
        pause: Callable[[], Awaitable[None]],
        rules: PageRules,
    ) -> AsyncIterator[PageCalls]:
        """Raises what opening the page does."""
        async with self.browser.session_lock(session):
            page = await self._page(shared, account, session, rules)
            page.calls += 1
            page.users += 1
            calls = PageCalls(page.tab, page.entered, pause)
            calls.new = page.calls == 1
            try:
                yield calls
            finally:
                page.users -= 1
                page.answered += calls.answered
                page.left |= calls.spoilt
                if session is not None and calls.known is not None:
                    self.browser.note_login_state(session, calls.known)
                if page.left:
                    await self._close_if_unused(page)
                elif page.calls % _COLLECTED_EVERY == 0:
                    with suppress(Failure):  # it has died: the next look meets that
                        await page.tab.loan.collect_garbage()

    @property
    def open_pages(self) -> tuple[Tab, ...]:
        """The pages that other looks may still use."""
        return tuple(page.tab for page in self._pages.values())

    def may_use_calls(self, surface: str, session: str) -> bool:
        """Whether this surface still gets answers by calls."""
        return self._silent[surface, session] < TRIES

    def note(self, surface: str, session: str, *, answered: bool) -> None:
        self._silent[surface, session] = 0 if answered else self._silent[surface, session] + 1

    async def rest(self, *platforms: str) -> None:
        """End a batch of these platforms (of all without a name): close their pages.

        Their surfaces may ask by calls again.
        """
        self._silent = Counter(
            {
                key: count
                for key, count in self._silent.items()
                if platforms and key[0].partition(".")[0] not in platforms
            }
        )
        for page in tuple(self._pages.values()):
            if not platforms or page.platform in platforms:
                page.left = True
                await self._close_if_unused(page)

    async def _page(
        self,
        shared: SharedPage,
        account: Account,
        session: Session | None,
        rules: PageRules,
    ) -> _Page:
        key = (shared.site, session.state if session else rules.hosts)
        async with self._opening[key]:
            page = self._pages.get(key)
            if page is not None and not page.left and page.usable(session):
                self._pages[key] = self._pages.pop(key)  # the last is the one used last
                return page
            if page is not None:
                page.left = True
                await self._close_if_unused(page)
            await self._make_room()
            async with AsyncExitStack() as undo:
                stamp = stamp_of(session) if session else None
                if shared.unscripted:
                    rules = replace(rules, heavy=rules.heavy | _SCRIPTS)
                tab = await undo.enter_async_context(self.browser.page(session, rules))
                entered = await shared.enter(tab, account)
                await tab.loan.stop_listening(idle=shared.unscripted)
                host = urlsplit(tab.url).hostname or ""
                page = self._pages[key] = _Page(
                    tab, entered or "", undo.pop_all(), host, account.platform, stamp
                )
            return page

    async def _make_room(self) -> None:
        """Close the pages that were used longest ago, so that one more may be opened."""
        unused = [page for page in self._pages.values() if not page.users]
        for page in unused[: max(0, len(self._pages) - self.sites + 1)]:
            page.left = True
            await self._close_if_unused(page)

    async def _close_if_unused(self, page: _Page) -> None:
        if not page.users:
            self._pages = {key: each for key, each in self._pages.items() if each is not page}
            with suppress(Failure):  # it had died, and the looks that asked from it have met that
                await page.held.aclose()

"""One Chromium: a context per session, pages on loan as `Tab`s, a new start after a death.

Knows no site.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mediawatch.domain import Unreachable
from mediawatch.log import get_logger
from scrapers.browser.chromium import Chromium, Launch
from scrapers.browser.contexts import Contexts, PooledContext
from scrapers.browser.evidence import PICTURE_HEIGHT
from scrapers.browser.fetch import BODY_LIMIT
from scrapers.browser.idle_page import HEAVY, LOADS_PER_PAGE, IdlePage, open_page
from scrapers.browser.limits import Timeouts, with_timeout
from scrapers.browser.navigation import refuse_all
from scrapers.browser.proxy import proxy_settings
from scrapers.browser.reply import Reply
from scrapers.browser.reply_waiter import ReplyWaiter
from scrapers.browser.sessions import Session
from scrapers.browser.tab import PageRules, Tab
from scrapers.interfaces.calls import InterfaceCalls, Interfaces
from scrapers.urls import is_on_site

__all__ = [
    "BODY_LIMIT",
    "PICTURE_HEIGHT",
    "Browser",
    "Launch",
    "PageRules",
    "Reply",
    "ReplyWaiter",
    "Session",
    "Tab",
    "Timeouts",
]

log = get_logger(__name__)

PAGES_AT_ONCE = 4
"""More costs memory and timeouts and gains no throughput."""
MEMORY_MB = 1500
"""Above it contexts are renewed: they hold what their pages had cached."""
_WEIGHED_EVERY = 50
"""Pages between two checks of the memory."""


@dataclass(slots=True, eq=False)
class _Run:
    """A Chromium and what lives in it. `own` is False for the Chromium of a host."""

    chromium: Chromium
    contexts: Contexts
    own: bool = True
    pages: int = 0
    """Pages on loan since the memory was checked."""


class Browser:
    """Lends pages of one Chromium.

    It starts with the first `tab`, and again after it or its driver died.

    `now` is the clock that readings and captures are stamped with. Above `memory_mb` contexts are
    renewed.
    """

    def __init__(
        self,
        launch: Launch,
        *,
        now: Callable[[], datetime],
        pages: int = PAGES_AT_ONCE,
        memory_mb: float = MEMORY_MB,
        host: Browser | None = None,
    ) -> None:
        """With a `host` it uses that browser's Chromium, with contexts and a proxy of its own.

        Ends only the pages of its own. UserError for a wrong proxy.
        """
        self.now, self.timeouts = now, launch.timeouts
        self._launch, self._proxy = launch, proxy_settings(launch.proxy)
        self._host, self._memory_mb = host, memory_mb
        self._slots = asyncio.Semaphore(pages)
        self._session_locks: defaultdict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._starting = asyncio.Lock()
        self._run: _Run | None = None
        self._interfaces = Interfaces(launch, lambda: self.now())

    @asynccontextmanager
    async def tab(self, session: Session | None, rules: PageRules) -> AsyncIterator[Tab]:
        """Lend a new page of the session's context, or of a visitor's (one for each set of hosts).

        A whole page also ignores the HTTP cache.

        `Unreachable` where no page can be opened, and at the end where the page has died meanwhile:
        what was read of it may be cut short. `LoginRequired` where the stored session is unusable.
        """
        async with (
            self.session_lock(session),
            self._slots,
            self.page(session, rules) as tab,
        ):
            yield tab

    @asynccontextmanager
    async def interface(self, session: Session) -> AsyncIterator[InterfaceCalls]:
        """Lend calls to a site's official interface by a key: no page, no Chromium.

        `LoginRequired` where the key cannot be read.
        """
        async with self.session_lock(session), self._interfaces.lend(session) as calls:
            yield calls

    def session_lock(self, session: Session | None) -> AbstractAsyncContextManager[object]:
        """Held while a session is in use.

        A person has one window on an account, and the site rotates cookies: one page at a time.
        """
        return self._session_locks[session.state] if session else nullcontext()

    @asynccontextmanager
    async def page(self, session: Session | None, rules: PageRules) -> AsyncIterator[Tab]:
        """As `tab`, for a caller that minds the session's lock and the number of pages itself."""
        blocked = () if rules.whole else (*HEAVY, *sorted(rules.heavy))
        run, context, page = await self._page(session, rules.hosts, blocked)
        name = session.name if session else ""
        page.guard.allows = lambda url: is_on_site(url, rules.hosts, self._launch.ports)
        tab = Tab(page.page, rules, page.guard, session=name, now=self.now, timeouts=self.timeouts)
        tab.login = context.login
        tab.loan.is_expired = context.is_expired
        tab.loan.unblock = lambda: with_timeout(
            page.cdp.send("Network.disable"), self.timeouts.step, "unblock"
        )
        # Browser and page report their own deaths; the driver would leave the page waiting.
        tab.loan.collect_garbage = lambda: with_timeout(
            page.cdp.send("HeapProfiler.collectGarbage"), self.timeouts.step, "collect garbage"
        )
        died = run.chromium.driver.ended
        died.add_done_callback(end := lambda _: tab.loan.end())
        sound = False
        try:
            yield tab
        except BaseException:
            tab.loan.spent = True
            raise
        finally:
            died.remove_done_callback(end)
            if tab.known is not None:
                context.known = tab.known
            sound = await self._give_back(tab, context, page)
            await run.contexts.give_back(context)
        if not sound:
            raise Unreachable("the page died on the way")

    async def _give_back(self, tab: Tab, context: PooledContext, page: IdlePage) -> bool:
        """Keep the page empty for the next look of its context, or close it.

        False where the page had died.
        """
        again = (
            bool(page.blocked)
            and context.idle is None
            and not context.is_expired()
            and page.lent < LOADS_PER_PAGE
        )
        page.guard.allows = refuse_all
        emptied = again and await tab.loan.empty(page.collect_garbage)
        if emptied and await page.guard.forget_calls():
            context.idle = page
            return True
        return await tab.loan.close()

    def knows_operator(self, session: Session) -> bool | None:
        """Whether the newest page of this session that showed a sign knew the operator.

        None without a sign. Of a key: whether the interface took it.
        """
        if (accepted := self._interfaces.accepts(session)) is not None:
            return accepted
        context = self._run.contexts.pooled.get(session.state) if self._run else None
        return context.known if context else None

    def note_login_state(self, session: Session, known: bool) -> None:
        """Note whether an open page knows the operator."""
        if self._run and (context := self._run.contexts.pooled.get(session.state)):
            context.known = known

    async def keep_sessions(self, platform: str | None = None) -> None:
        """Write the renewed logins back to their files: only those that a page was just seen to
        know.
        """
        await self._interfaces.keep(platform)
        run = self._run
        for context in tuple(run.contexts.pooled.values()) if run else ():
            login = context.session
            if run and login is not None and platform in (None, login.platform):
                await run.contexts.keep(context, login)

    async def start(self) -> None:
        """Start Chromium now, not with the first `tab`. `Unreachable` where it does not start."""
        await self._running()

    async def close(self) -> None:
        """Keep the sessions, end Chromium and its driver; a later `tab` would start them again.

        Takes two times for closing at most.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(self.timeouts.close):
                await self.keep_sessions()
        async with self._starting:
            run, self._run = self._run, None
            if run is not None:
                await self._stop(run)

    async def rest(self) -> None:
        """Keep no empty pages: no look follows soon."""
        if self._run is not None:
            await self._run.contexts.close_idle_pages()

    async def _page(
        self, session: Session | None, hosts: frozenset[str], blocked: tuple[str, ...]
    ) -> tuple[_Run, PooledContext, IdlePage]:
        for again in (True, False):
            run = await self._running()
            try:
                context = await run.contexts.acquire(session, hosts)
                page = await self._page_of(run, context, blocked)
                await self._weigh(run)
                return run, context, page
            except Unreachable:
                # is_connected() stays True after the driver's death: only opening a page proves
                # that it lives.
                await self._discard(run)
                if not again:
                    raise
        raise AssertionError("unreachable")

    async def _page_of(
        self, run: _Run, context: PooledContext, blocked: tuple[str, ...]
    ) -> IdlePage:
        """The idle page for a look like this one, else a new one."""
        async with AsyncExitStack() as undo:
            undo.push_async_callback(run.contexts.give_back, context)
            page = context.take(blocked)
            if page is None or not await page.is_alive(self.timeouts):
                page = await open_page(context.context, blocked, self.timeouts)
            undo.pop_all()
        return page

    async def _weigh(self, run: _Run) -> None:
        run.pages += 1
        if run.own and run.pages >= _WEIGHED_EVERY:
            run.pages = 0
            held = await run.chromium.memory_mb()
            if held > self._memory_mb:
                log.info(
                    "the browser's memory is above its limit: contexts are renewed",
                    megabytes=round(held),
                )
                run.contexts.wear_out()

    async def _running(self) -> _Run:
        async with self._starting:
            if self._run is not None and self._run.chromium.dead:
                run, self._run = self._run, None
                await self._stop(run)
            if self._run is None:
                self._run = await self._start()
            return self._run

    async def _start(self) -> _Run:
        if self._host:
            lent = (await self._host._running()).chromium
            return _Run(
                lent, Contexts(lent.browser, self.now, self._proxy, self.timeouts), own=False
            )
        chromium = await Chromium.start(self._launch)
        return _Run(chromium, Contexts(chromium.browser, self.now, None, self.timeouts))

    async def _discard(self, run: _Run) -> None:
        async with self._starting:
            if self._run is run:
                self._run = None
                await self._stop(run)

    async def _stop(self, run: _Run) -> None:
        await (run.chromium.stop() if run.own else run.contexts.close())

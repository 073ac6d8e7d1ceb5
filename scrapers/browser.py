"""One Chromium: a context per session, pages lent out as `Tab`s, relaunched after a death. Nothing here knows a site."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, Playwright, StorageState, async_playwright

from mediawatch.domain import Changed, Failure, LoginRequired, Unreachable
from scrapers.calls import Timeouts, within
from scrapers.drivers import drivers_of_ours, kill, one_start
from scrapers.fetching import BODY_LIMIT
from scrapers.hearing import Hearing
from scrapers.proxy import proxy_settings
from scrapers.replies import Reply, host_and_path, scrubbed
from scrapers.sessions import Session, stamp_of, stored, write_renewed
from scrapers.tab import PICTURE_HEIGHT, Tab

__all__ = ["BODY_LIMIT", "PICTURE_HEIGHT", "Browser", "Hearing", "Reply", "Session", "Tab", "Timeouts", "host_and_path", "scrubbed"]

PAGES_AT_ONCE = 4
"""More buys memory and timeouts, not throughput."""
USES_PER_CONTEXT = 500
"""A context that is never closed keeps its requests' objects in the driver."""
_HEAVY = (
    *(f"*.{ending}{tail}" for ending in ("png", "jpg", "jpeg", "gif", "webp", "avif", "heic", "bmp", "ico", "svg") for tail in ("", "?*")),
    *(f"*.{ending}{tail}" for ending in ("woff", "woff2", "ttf", "otf", "eot", "css") for tail in ("", "?*")),
    *(f"*.{ending}{tail}" for ending in ("mp4", "m4a", "m4s", "mp3", "webm", "flv", "m3u8", "ts", "wav") for tail in ("", "?*")),
)


@dataclass(slots=True, eq=False)
class _Lease:
    """A context and who uses it. A retired one is closed when its last page comes back."""

    context: BrowserContext
    session: Session | None = None
    stamp: tuple[int, int] | None = None
    """Of the session's file when it was read or written: another one means that somebody has logged in anew."""
    known: bool | None = None
    """Whether the last page that said so knew the operator."""
    uses: int = 0
    pages: int = 0
    retired: bool = False


@dataclass(slots=True, eq=False)
class _Run:
    """One driver with one Chromium, and what lives in it."""

    playwright: Playwright
    chromium: Chromium
    drivers: frozenset[int]
    leases: dict[Hashable, _Lease] = field(default_factory=dict)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)


class Browser:
    """Lends pages of one Chromium, which starts with the first `tab` and again after it or its driver died.

    `now` is the clock that readings and captures are stamped with. `args` and `proxy` come from code, never from a page.
    """

    def __init__(
        self,
        executable: Path | None,
        *,
        now: Callable[[], datetime],
        args: Sequence[str] = (),
        proxy: str | None = None,
        pages: int = PAGES_AT_ONCE,
        timeouts: Timeouts | None = None,
        host: Browser | None = None,
    ) -> None:
        """With a `host` it lives in that browser's Chromium: contexts, logins, clock and proxy are its own, and only these end with it."""
        self.now, self.timeouts = now, timeouts or Timeouts()
        self._executable, self._args, self._proxy = executable, tuple(args), proxy_settings(proxy)
        self._host = host
        self._slots = asyncio.Semaphore(pages)
        self._turns: defaultdict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._starting = asyncio.Lock()
        self._run: _Run | None = None

    @asynccontextmanager
    async def tab(
        self,
        session: Session | None,
        *,
        hosts: frozenset[str],
        whole: bool,
        url_keys: frozenset[str] = frozenset(),
        heavy: frozenset[str] = frozenset(),
    ) -> AsyncIterator[Tab]:
        """Lend a new page: of the session's context, or of a visitor's (one for each set of `hosts`).

        `hosts` are the suffixes it may navigate to. Unless `whole`, pictures, fonts, media and style sheets are not loaded, and
        neither is what matches the `heavy` patterns (`*` is a wildcard; for pictures whose URL has no file ending). A whole page
        also ignores the HTTP cache. `Unreachable` where no page can be had, `LoginRequired` where the stored session is unusable.
        """
        async with AsyncExitStack() as held:
            if session is not None:
                # A person has one window on his account, and the site rotates cookies: one page a session at a time.
                await held.enter_async_context(self._turns[session.state])
            await held.enter_async_context(self._slots)
            lease, page = await self._page(session, hosts, () if whole else (*_HEAVY, *heavy))
            tab = Tab(
                page, now=self.now, session=session.name if session else "", hosts=hosts, url_keys=url_keys,
                whole=whole, timeouts=self.timeouts,
            )  # fmt: skip
            try:
                yield tab
            finally:
                if tab.known is not None:
                    lease.known = tab.known
                await tab.close()
                await self._returned(lease)

    def knows_operator(self, session: Session) -> bool | None:
        """What the newest page of this session that showed a sign said; None where none has so far."""
        lease = self._run.leases.get(session.state) if self._run else None
        return lease.known if lease else None

    async def keep_sessions(self, platform: str | None = None) -> None:
        """Write what the sites have made of the logins back to their files; only of those that a page has just been seen to know."""
        for lease in tuple(self._run.leases.values()) if self._run else ():
            if lease.session is not None and platform in (None, lease.session.platform):
                await self._keep(lease, lease.session)

    async def close(self) -> None:
        """Keep the sessions, end Chromium and its driver; a later `tab` would start them again."""
        await self.keep_sessions()
        async with self._starting:
            run, self._run = self._run, None
            if run is not None:
                await self._stop(run)

    async def _page(self, session: Session | None, hosts: frozenset[str], blocked: Sequence[str]) -> tuple[_Lease, Page]:
        for again in (True, False):
            run = await self._running()
            try:
                return await self._new_page(run, session, hosts, blocked)
            except Unreachable:
                # is_connected() stays True after the driver's death: that a page can be had is the only proof of life.
                await self._discard(run)
                if not again:
                    raise
        raise AssertionError("unreachable")

    async def _new_page(self, run: _Run, session: Session | None, hosts: frozenset[str], blocked: Sequence[str]) -> tuple[_Lease, Page]:
        lease = await self._lease(run, session, session.state if session else hosts)
        lease.uses += 1
        lease.pages += 1
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._returned, lease)
            page = await within(lease.context.new_page(), self.timeouts.launch, "new page")
            cdp = await within(lease.context.new_cdp_session(page), self.timeouts.launch, "new page")
            await within(cdp.send("Network.enable"), self.timeouts.launch, "new page")
            if blocked:
                await within(cdp.send("Network.setBlockedURLs", {"urls": list(blocked)}), self.timeouts.launch, "new page")
            else:
                await within(cdp.send("Network.setCacheDisabled", {"cacheDisabled": True}), self.timeouts.launch, "new page")
            undo.pop_all()
        return lease, page

    async def _lease(self, run: _Run, session: Session | None, key: Hashable) -> _Lease:
        async with run.opening:
            lease = run.leases.get(key)
            stamp = stamp_of(session) if session else None
            if lease is not None and lease.uses < USES_PER_CONTEXT and lease.stamp == stamp:
                return lease
            state = stored(session) if session else None
            if lease is not None:
                if session and lease.stamp == stamp:
                    # The site may have renewed the cookies since the file was written.
                    state = await within(lease.context.storage_state(), self.timeouts.launch, "session state")
                lease.retired = True
                await self._close_if_idle(lease)
            try:
                context = await within(self._context(run, state), self.timeouts.launch, "new context")
            except Changed:
                if session is None:
                    raise
                # The browser's complaint may quote the file.
                raise LoginRequired(f"session {session.name}: not a storage state") from None
            known = lease.known if lease is not None and lease.stamp == stamp else None
            run.leases[key] = _Lease(context, session, stamp, known)
            return run.leases[key]

    async def _keep(self, lease: _Lease, session: Session) -> None:
        """A file that was replaced meanwhile is a newer login: it stays. What cannot be had or written is left as it was."""
        if not lease.known or stamp_of(session) != lease.stamp:
            return
        with suppress(Failure, OSError):
            state = await within(lease.context.storage_state(), self.timeouts.launch, "session state")
            if lease.known and stamp_of(session) == lease.stamp:
                write_renewed(session, dict(state), self.now())
                lease.stamp = stamp_of(session)

    async def _context(self, run: _Run, state: StorageState | None) -> BrowserContext:
        return await run.chromium.new_context(
            storage_state=state,
            proxy=self._proxy if self._host else None,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": 1280, "height": 900},
            accept_downloads=False,
            # A worker could answer from its own store: an old list under a new time of reading.
            service_workers="block",
        )

    async def _returned(self, lease: _Lease) -> None:
        lease.pages -= 1
        await self._close_if_idle(lease)

    async def _close_if_idle(self, lease: _Lease) -> None:
        if lease.retired and not lease.pages:
            with suppress(Failure):
                await within(lease.context.close(), self.timeouts.close, "close")

    async def _running(self) -> _Run:
        async with self._starting:
            if self._run is None:
                self._run = await self._start()
            return self._run

    async def _start(self) -> _Run:
        if self._host:
            lent = await self._host._running()
            return _Run(lent.playwright, lent.chromium, frozenset())
        # Undone also when the sweep is cancelled meanwhile: nothing may be left running.
        async with one_start(), AsyncExitStack() as undo:
            before = drivers_of_ours()
            undo.callback(lambda: kill(drivers_of_ours() - before))
            playwright = await within(async_playwright().start(), self.timeouts.launch, "driver")
            drivers = drivers_of_ours() - before
            undo.pop_all()
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._stop_driver, playwright, drivers)
            try:
                chromium = await within(self._launch(playwright), self.timeouts.launch, "browser")
            except Failure as failure:
                raise Unreachable(f"the browser does not start: {failure.detail}") from failure
            undo.pop_all()
        return _Run(playwright, chromium, drivers)

    async def _launch(self, playwright: Playwright) -> Chromium:
        return await playwright.chromium.launch(
            executable_path=self._executable,
            args=list(self._args),
            proxy=self._proxy,
            headless=True,
            # The sweep ends itself on a signal, and the browser with it.
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )

    async def _discard(self, run: _Run) -> None:
        async with self._starting:
            if self._run is run:
                self._run = None
                await self._stop(run)

    async def _stop(self, run: _Run) -> None:
        if self._host:
            for lease in run.leases.values():
                with suppress(Failure):
                    await within(lease.context.close(), self.timeouts.close, "close")
            return
        with suppress(Failure):
            await within(run.chromium.close(), self.timeouts.close, "close")
        await self._stop_driver(run.playwright, run.drivers)

    async def _stop_driver(self, playwright: Playwright, drivers: frozenset[int]) -> None:
        with suppress(Failure):
            await within(playwright.stop(), self.timeouts.close, "close")
        kill(drivers & drivers_of_ours())

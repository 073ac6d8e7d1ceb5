"""The contexts of one Chromium: one for each session and each platform's visitor, renewed after so
many pages or when memory is short."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from mediawatch.domain import Changed, Failure, LoginRequired
from scrapers.browser.limits import Timeouts, within
from scrapers.browser.sessions import Session, fingerprint, stamp_of, stored, write_renewed

if TYPE_CHECKING:
    from playwright.async_api import (
        Browser,
        BrowserContext,
        CDPSession,
        Page,
        ProxySettings,
        StorageState,
    )

LOADS_PER_PAGE = 30
"""Then a page is closed: what scripts and driver keep of it goes with it."""
_TIDIED_EVERY = 2
"""Loads of a page: a real site's scripts leave some 10 MB each."""
USES_PER_CONTEXT = 500
"""A context that is never closed keeps its requests' objects in the driver."""


@dataclass(slots=True, eq=False)
class Spare:
    """A page that blocks these URL patterns, and how often it was lent."""

    page: Page
    cdp: CDPSession
    blocked: tuple[str, ...]
    lent: int = 1

    async def tidy(self) -> None:
        """What the documents before have left goes, before it comes to much. Raises as Playwright
        does.
        """
        if self.lent % _TIDIED_EVERY == 0:
            await self.cdp.send("HeapProfiler.collectGarbage")


@dataclass(slots=True, eq=False)
class Lease:
    """A context and who uses it. A retired one is closed when its last page comes back."""

    context: BrowserContext
    session: Session | None = None
    stamp: tuple[int, int] | None = None
    """Of the session's file when it was read or written: another one means that somebody has logged
    in anew.
    """
    login: str = ""
    """`fingerprint` of that file."""
    known: bool | None = None
    """Whether the last page that said so knew the operator."""
    uses: int = 0
    pages: int = 0
    worn: bool = False
    """To be renewed before its next use."""
    retired: bool = False
    spare: Spare | None = None
    """An empty page for the next look: to open one, with a process of its own, costs more than many
    a look.
    """

    @property
    def outlived(self) -> bool:
        """Whether a page that stays open should go: another context has taken this one's place, or
        is about to.
        """
        return self.retired or self.worn or self.uses >= USES_PER_CONTEXT

    def take(self, blocked: tuple[str, ...]) -> Spare | None:
        """The spare page, where it is of this kind; another one stays."""
        spare = self.spare
        if spare is None or spare.blocked != blocked:
            return None
        self.spare = None
        spare.lent += 1
        return spare


@dataclass(slots=True, eq=False)
class Contexts:
    """What lives in one Chromium. `proxy` is theirs alone, where it is not the browser's; `now`
    stamps the logins' files.
    """

    browser: Browser
    now: Callable[[], datetime]
    proxy: ProxySettings | None
    timeouts: Timeouts
    leases: dict[Hashable, Lease] = field(default_factory=dict)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def lease(self, session: Session | None, key: Hashable) -> Lease:
        """The context of a session, or of this key's visitor, for one page more. `LoginRequired`
        where the stored session is unusable.
        """
        async with self.opening:
            lease = self.leases.get(key)
            stamp = stamp_of(session) if session else None
            if (
                lease is None
                or lease.worn
                or lease.uses >= USES_PER_CONTEXT
                or lease.stamp != stamp
            ):
                lease = self.leases[key] = await self._renewed(lease, session, stamp)
            lease.uses += 1
            lease.pages += 1
            return lease

    async def returned(self, lease: Lease) -> None:
        """A page came back."""
        lease.pages -= 1
        await self._close_if_idle(lease)

    def wear_out(self) -> None:
        """Renew every context before its next use: memory is short, and only a closed one gives its
        own back.
        """
        for lease in self.leases.values():
            lease.worn = True

    async def keep(self, lease: Lease, session: Session) -> None:
        """Write back what the site has made of a login that a page has just been seen to know. A
        file that was replaced meanwhile is a newer login: it stays. What cannot be had or written
        is left as it was."""
        if not lease.known or stamp_of(session) != lease.stamp:
            return
        with suppress(Failure, OSError):
            state = await within(
                lease.context.storage_state(), self.timeouts.launch, "session state"
            )
            if lease.known and stamp_of(session) == lease.stamp:
                write_renewed(session, dict(state), self.now())
                lease.stamp = stamp_of(session)

    async def spare_none(self) -> None:
        """Close the pages that wait for another look."""
        for lease in tuple(self.leases.values()):
            if (spare := lease.spare) is not None:
                lease.spare = None
                with suppress(Failure):
                    await within(spare.page.close(), self.timeouts.close, "close")

    async def close(self) -> None:
        """Close them all; the browser lives on."""
        for lease in self.leases.values():
            with suppress(Failure):
                await within(lease.context.close(), self.timeouts.close, "close")

    async def _renewed(
        self, old: Lease | None, session: Session | None, stamp: tuple[int, int] | None
    ) -> Lease:
        state = stored(session) if session else None
        login = fingerprint(session) if session else ""
        if old is not None:
            if session and old.stamp == stamp:
                # The site may have renewed the cookies since the file was written.
                state = await within(
                    old.context.storage_state(), self.timeouts.launch, "session state"
                )
            old.retired = True
            await self._close_if_idle(old)
        try:
            context = await within(self._opened(state), self.timeouts.launch, "new context")
        except Changed:
            if session is None:
                raise
            # The browser's complaint may quote the file.
            raise LoginRequired(f"session {session.name}: not a storage state") from None
        return Lease(
            context,
            session,
            stamp,
            login,
            old.known if old is not None and old.stamp == stamp else None,
        )

    async def _opened(self, state: StorageState | None) -> BrowserContext:
        return await self.browser.new_context(
            storage_state=state,
            proxy=self.proxy,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": 1280, "height": 900},
            accept_downloads=False,
            # A worker could answer from its own store: an old list under a new time of reading.
            service_workers="block",
        )

    async def _close_if_idle(self, lease: Lease) -> None:
        if lease.retired and not lease.pages:
            with suppress(Failure):
                await within(lease.context.close(), self.timeouts.close, "close")

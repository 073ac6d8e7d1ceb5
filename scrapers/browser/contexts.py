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
from scrapers.browser.idle_page import IdlePage
from scrapers.browser.limits import Timeouts, with_timeout
from scrapers.browser.sessions import (
    Session,
    fingerprint,
    keep_own,
    stamp_of,
    storage_state_of,
    write_renewed,
)

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, ProxySettings, StorageState

USES_PER_CONTEXT = 500
"""A context that is never closed keeps its requests' objects in the driver."""


@dataclass(slots=True, eq=False)
class PooledContext:
    """A context and who uses it. A retired one is closed when its last page comes back."""

    context: BrowserContext
    hosts: frozenset[str]
    """The hosts that its pages visit; a login is written back with theirs alone."""
    session: Session | None = None
    stamp: tuple[int, int] | None = None
    """Of the session's file when it was read or written: another one means a new login."""
    login: str = ""
    """`fingerprint` of that file."""
    known: bool | None = None
    """Whether the last page that said so knew the operator."""
    uses: int = 0
    pages: int = 0
    worn: bool = False
    """To be renewed before its next use."""
    retired: bool = False
    idle: IdlePage | None = None
    """An empty page for the next look: opening one, with its own process, costs more than many a
    look.
    """

    def is_expired(self) -> bool:
        """Whether an open page should be closed: another context has replaced this one, or soon
        will.
        """
        return self.retired or self.worn or self.uses >= USES_PER_CONTEXT

    def take(self, blocked: tuple[str, ...]) -> IdlePage | None:
        """The idle page, where it is of this kind; another one stays."""
        idle = self.idle
        if idle is None or idle.blocked != blocked:
            return None
        self.idle = None
        idle.lent += 1
        return idle


@dataclass(slots=True, eq=False)
class Contexts:
    """What lives in one Chromium.

    `proxy` is theirs alone, where it is not the browser's; `now` stamps the logins' files.
    """

    browser: Browser
    now: Callable[[], datetime]
    proxy: ProxySettings | None
    timeouts: Timeouts
    pooled: dict[Hashable, PooledContext] = field(default_factory=dict)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def acquire(self, session: Session | None, hosts: frozenset[str]) -> PooledContext:
        """The context of a session, or of these hosts' visitor, for one page more.

        `LoginRequired` where the stored session is unusable.
        """
        key = session.state if session else hosts
        async with self.opening:
            pooled = self.pooled.get(key)
            stamp = stamp_of(session) if session else None
            if (
                pooled is None
                or pooled.worn
                or pooled.uses >= USES_PER_CONTEXT
                or pooled.stamp != stamp
            ):
                pooled = self.pooled[key] = await self._renew(pooled, session, hosts, stamp)
            pooled.uses += 1
            pooled.pages += 1
            return pooled

    async def give_back(self, pooled: PooledContext) -> None:
        """A page came back."""
        pooled.pages -= 1
        await self._close_if_idle(pooled)

    def wear_out(self) -> None:
        """Renew every context before its next use: memory is short, and only closing one frees its
        memory.
        """
        for pooled in self.pooled.values():
            pooled.worn = True

    async def keep(self, pooled: PooledContext, session: Session) -> None:
        """Write back the cookies of a login that a page has just been seen to know.

        A file that was replaced meanwhile is a newer login: it stays. What cannot be read or
        written is left as it was.
        """
        if not pooled.known or stamp_of(session) != pooled.stamp:
            return
        with suppress(Failure, OSError):
            state = await with_timeout(
                pooled.context.storage_state(), self.timeouts.launch, "session state"
            )
            if pooled.known and stamp_of(session) == pooled.stamp:
                write_renewed(session, keep_own(dict(state), pooled.hosts), self.now())
                pooled.stamp = stamp_of(session)

    async def close_idle_pages(self) -> None:
        """Close the pages that wait for another look."""
        for pooled in tuple(self.pooled.values()):
            if (idle := pooled.idle) is not None:
                pooled.idle = None
                with suppress(Failure):
                    await with_timeout(idle.page.close(), self.timeouts.close, "close")

    async def close(self) -> None:
        """Close them all; the browser lives on."""
        for pooled in self.pooled.values():
            with suppress(Failure):
                await with_timeout(pooled.context.close(), self.timeouts.close, "close")

    async def _renew(
        self,
        old: PooledContext | None,
        session: Session | None,
        hosts: frozenset[str],
        stamp: tuple[int, int] | None,
    ) -> PooledContext:
        state = storage_state_of(session) if session else None
        login = fingerprint(session) if session else ""
        if old is not None:
            if session and old.stamp == stamp:
                # The site may have renewed the cookies since the file was written.
                state = await with_timeout(
                    old.context.storage_state(), self.timeouts.launch, "session state"
                )
            old.retired = True
            await self._close_if_idle(old)
        try:
            context = await with_timeout(
                self._new_context(state), self.timeouts.launch, "new context"
            )
        except Changed:
            if session is None:
                raise
            # The browser's complaint may quote the file.
            raise LoginRequired(f"session {session.name}: not a storage state") from None
        return PooledContext(
            context,
            hosts,
            session,
            stamp,
            login,
            old.known if old is not None and old.stamp == stamp else None,
        )

    async def _new_context(self, state: StorageState | None) -> BrowserContext:
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

    async def _close_if_idle(self, pooled: PooledContext) -> None:
        if pooled.retired and not pooled.pages:
            with suppress(Failure):
                await with_timeout(pooled.context.close(), self.timeouts.close, "close")

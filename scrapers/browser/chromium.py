"""One Chromium with its driver and their folder: starting it, checking it, removing all of it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mediawatch.domain import Failure, Unreachable
from scrapers.browser import driver as drivers
from scrapers.browser import processes
from scrapers.browser.driver import Driver
from scrapers.browser.limits import Timeouts, with_timeout
from scrapers.browser.proxy import proxy_settings
from scrapers.browser.scratch import Scratch
from scrapers.urls import WEB_PORTS

if TYPE_CHECKING:
    from playwright.async_api import Browser


_FRUGAL = "--js-flags=--max-semi-space-size=1"
"""What scripts leave is collected at once; by default each page lets some ten MB of it lie."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What a Chromium is started with. It comes from code and settings, never from a page."""

    executable: Path | None
    """None for a browser that uses its host's Chromium."""
    args: tuple[str, ...] = ()
    proxy: str | None = None
    """As `proxy_settings` reads it."""
    scratch: Path | None = None
    """The place for folders of temporary files, None for the system's."""
    timeouts: Timeouts = field(default_factory=Timeouts)
    ports: frozenset[int] | None = WEB_PORTS
    """At which pages may be visited; None for a local site of any port."""
    authority: bytes = b""
    """PEM of a certificate authority that calls without a page trust besides the system's.

    For the replica alone; `args` say the same to Chromium.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Chromium:
    """A running Chromium."""

    browser: Browser
    driver: Driver
    scratch: Scratch | None
    timeouts: Timeouts

    @classmethod
    async def start(cls, launch: Launch) -> Chromium:
        """`Unreachable` where it does not start."""
        async with AsyncExitStack() as undo:
            scratch = None
            if launch.scratch is not None:
                try:
                    scratch = await asyncio.to_thread(Scratch.make, launch.scratch)
                except OSError as error:
                    raise Unreachable(
                        "the browser does not start: no folder for its temporary files: "
                        f"{error.strerror}"
                    ) from error
                undo.callback(scratch.remove)
            driver = await drivers.start(launch.timeouts, scratch.path if scratch else None)
            undo.push_async_callback(driver.stop, launch.timeouts.close)
            try:
                browser = await with_timeout(
                    _launch(driver, launch), launch.timeouts.launch, "browser"
                )
            except Failure as failure:
                raise Unreachable(f"the browser does not start: {failure.detail}") from failure
            undo.pop_all()
        return cls(browser, driver, scratch, launch.timeouts)

    @property
    def dead(self) -> bool:
        """Whether it or its driver is known to be dead. Only an opened page proves life."""
        return self.driver.ended.done() or not self.browser.is_connected()

    async def memory_mb(self) -> float:
        """What all its processes hold; 0 where the system does not tell."""
        return await asyncio.to_thread(
            lambda: processes.memory_mb(processes.descendants(self.driver.process.pid))
        )

    async def stop(self) -> None:
        """End it and its driver, within the time for closing, and remove their folder."""
        with suppress(Failure):
            await with_timeout(self.browser.close(), self.timeouts.close / 2, "close")
        await self.driver.stop(self.timeouts.close / 2)
        if self.scratch is not None:
            await asyncio.to_thread(self.scratch.remove)


async def _launch(driver: Driver, launch: Launch) -> Browser:
    return await driver.playwright.chromium.launch(
        executable_path=launch.executable,
        args=[_FRUGAL, *launch.args],
        proxy=proxy_settings(launch.proxy),
        headless=True,
        # The sweep ends itself on a signal, and the browser with it.
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )

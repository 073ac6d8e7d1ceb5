"""Playwright's driver: a Node.js process of ours, between this process and Chromium."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mediawatch.children import inherited_environment
from mediawatch.domain import Failure, Unreachable
from scrapers.browser.limits import Timeouts, with_timeout

if TYPE_CHECKING:
    from playwright.async_api import Playwright

_STARTS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
_COMMAND = "run-driver"
_SMALL = (
    "--max-semi-space-size=1",
    "--optimize-for-size",
    "--heap-growing-percent=10",
    "--lite-mode",
)
"""Options of V8. What the driver passes on is garbage at once; by default Node.js lets some fifty
MB of it lie. Optimised code takes 5 MB, and saves a sweep no CPU (docs/benchmarks.md).
"""
_RETURNED = {"MALLOC_MMAP_THRESHOLD_": "30000", "MALLOC_MMAP_MAX_": "1000000"}
"""To glibc: what reading the driver's own 7 MB of scripts took goes back to the system. V8 asks for
it in pieces of 32 kB, between which others would hold it.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """A running driver.

    It ends with its standard input: when this process dies, so do the driver and Chromium.

    `ended` is done when its process has ended: Playwright does not report this.
    """

    playwright: Playwright
    process: Process
    ended: asyncio.Task[int]

    async def stop(self, seconds: float) -> None:
        """Ask it to end, and kill it where it does not end within so many seconds.

        Chromium ends when the pipe to its driver breaks.
        """
        with suppress(Failure):
            await with_timeout(self.playwright.stop(), seconds, "close")
        await _end(self.process, seconds)


async def start(timeouts: Timeouts, scratch: Path | None) -> Driver:
    """Start a driver in a session of its own.

    Its temporary files (and its browser's) lie in `scratch`. `Unreachable` where it does not start
    in time.
    """
    # One after another, else one start would take the process of another.
    async with (
        _STARTS.setdefault(asyncio.get_running_loop(), asyncio.Lock()),
        AsyncExitStack() as undo,
    ):
        with _apart(scratch) as started:

            async def unstart() -> None:
                for process in started:
                    await _end(process, timeouts.close)

            # Also when the sweep is cancelled meanwhile: nothing may be left running.
            undo.push_async_callback(unstart)
            playwright = await with_timeout(_started(), timeouts.launch, "driver")
        undo.pop_all()
        return Driver(playwright, started[0], asyncio.ensure_future(started[0].wait()))


async def _started() -> Playwright:
    """`Unreachable` where it ends or breaks on the way: Playwright says so by a bare
    `Exception`.
    """
    # Imported when a browser starts: most commands look at nothing.
    from playwright.async_api import async_playwright

    starting = asyncio.ensure_future(async_playwright().start())
    try:
        await asyncio.wait([starting])
    finally:
        starting.cancel()
    if error := starting.exception():
        raise Unreachable(f"the driver does not start: {error}") from error
    return starting.result()


@asynccontextmanager
async def driver(timeouts: Timeouts) -> AsyncIterator[Playwright]:
    """A driver for a while."""
    running = await start(timeouts, None)
    try:
        yield running.playwright
    finally:
        await running.stop(timeouts.close)


@contextmanager
def _apart(scratch: Path | None) -> Iterator[list[Process]]:
    """Give a driver that Playwright starts a session and `scratch` for files; gives its process.

    A signal to our process group (Ctrl-C; systemd, unless its KillMode is mixed) would otherwise
    end the driver before us. Then the open pages could not be closed in order. Playwright takes no
    options for its driver. So they are added where it asks the event loop for the process: on this
    loop, for this command.
    """
    loop = asyncio.get_running_loop()
    plain: Callable[..., Any] = loop.subprocess_exec
    started: list[Process] = []

    async def subprocess_exec(
        factory: Callable[[], asyncio.SubprocessProtocol], *command: str, **options: Any
    ) -> Any:
        if _COMMAND not in command:
            return await plain(factory, *command, **options)
        environ = _RETURNED | inherited_environment(options["env"])
        if scratch is not None:
            environ["TMPDIR"] = str(scratch)
        options["env"] = environ
        node, *words = command
        transport, protocol = await plain(
            factory, node, *_SMALL, *words, **options, start_new_session=True
        )
        started.append(Process(transport, protocol, loop))
        return transport, protocol

    loop.subprocess_exec = subprocess_exec  # type: ignore[method-assign,assignment]
    try:
        yield started
    finally:
        del loop.subprocess_exec  # the class's own is there again


async def _end(process: Process, seconds: float) -> None:
    """Kill it where it still runs, and wait until it is reaped: no zombie of it stays."""
    with suppress(ProcessLookupError):
        process.kill()
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await process.wait()

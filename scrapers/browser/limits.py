"""Calls to Playwright: our own time limits, its errors as domain failures, and what runs beside a
look.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from mediawatch.domain import Changed, Failure, Unreachable

T = TypeVar("T")
POLL = 0.1
"""Seconds between two questions to a page that is not ready."""
_DEAD = re.compile(r"closed|crashed|disconnected|net::ERR_|Timeout [\d.]+ms", re.IGNORECASE)
_QUERY = re.compile(r"(?<=[\w/])\?\S+")
_NAVIGATED = re.compile(
    r"context was destroyed|because of a navigation|navigating and changing|interrupted by another navigation"
)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. Given at construction of the browser; a surface reads them as `tab.timeouts`."""

    launch: float = 30
    """Start of the driver and of the browser, a new context, a new page."""
    navigation: float = 30
    reply: float = 15
    """For a response the page is expected to fetch, and for `Tab.fetch`."""
    body: float = 3
    """For the body of such a response after its headers; then the page itself seems not to read it.
    """
    challenge: float = 15
    """For a site's JavaScript challenge to clear by itself."""
    step: float = 10
    """A call into a live page: evaluate, text, html, a picture."""
    close: float = 4
    """For one step of closing: a page, or the browser with its driver.

    A stopped sweep ends within ten seconds.
    """


async def with_timeout(call: Awaitable[T], seconds: float, what: str) -> T:
    """Await a Playwright call under our own time limit.

    A killed driver leaves some calls waiting for ever, and so does a page that hangs.

    `Unreachable` for silence, a dead page or browser and net errors; `Changed` for everything else
    that Playwright refuses.
    """
    from playwright.async_api import Error as PlaywrightError

    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError as error:
        raise Unreachable(f"{what}: no answer within {seconds:g} s") from error
    except PlaywrightError as error:
        # Of addresses without their query: a back office's token stands there.
        message = _QUERY.sub("", error.message.partition("\n")[0])
        # Redirects in a circle are how a site treats a visitor it does not want; an immediate retry
        # does not help.
        if _DEAD.search(message) and "ERR_TOO_MANY_REDIRECTS" not in message:
            raise Unreachable(f"{what}: {message}") from error
        raise Changed(f"{what}: {message}") from error


async def ask_page(
    call: Callable[..., Coroutine[object, object, T]], *args: object, seconds: float
) -> T:
    """One call into a page; again where the page navigated by itself meanwhile."""
    for _ in range(3):
        try:
            return await with_timeout(call(*args), seconds, call.__name__)
        except Changed as failure:
            if not navigated_away(failure):
                raise
        await asyncio.sleep(POLL)
    raise Unreachable("the page navigates again and again")


def navigated_away(failure: Failure) -> bool:
    """Whether a call failed only because the page navigated by itself meanwhile."""
    return _NAVIGATED.search(failure.detail) is not None


class BackgroundTasks:
    """Short calls that run beside a look (reading a body, dismissing a dialog).

    Their `Failure`s are dropped.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, call: Coroutine[object, object, object]) -> None:
        task = asyncio.get_running_loop().create_task(_quietly(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def end(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()


async def _quietly(call: Awaitable[object]) -> None:
    with suppress(Failure):
        await call

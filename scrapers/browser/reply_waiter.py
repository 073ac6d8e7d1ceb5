"""Waits for the replies that a surface wants among all that a page receives."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from mediawatch.domain import Changed, Failure, Unreachable
from scrapers.browser.reply import Reply
from scrapers.urls import host_and_path

if TYPE_CHECKING:
    from playwright.async_api import Request


def _any(reply: Reply) -> bool:
    return True


class ReplyWaiter:
    """The replies that match, from the moment it began to listen. Made by `Tab.listen_for`."""

    def __init__(
        self,
        patterns: tuple[re.Pattern[str], ...],
        limit: float,
        keep: Callable[[Reply], None],
        alive: Callable[[], Awaitable[None]],
    ) -> None:
        self._patterns, self._limit, self._keep, self._alive = patterns, limit, keep, alive
        self.requested: list[str] = []
        """URLs of the matching requests so far, answered or not."""
        self._replies: list[Reply] = []
        self._under_way: dict[Request, str] = {}
        self._order: dict[Request, int] = {}
        self._failed: dict[Request, str] = {}
        self._ended = False
        self._news = asyncio.Event()

    async def first(
        self,
        where: Callable[[Reply], bool] = _any,
        *,
        timeout: float | None = None,
        keep: bool = True,
    ) -> Reply:
        """The first matching reply, also one that came before the call.

        `timeout` in seconds. Without `keep` it is no evidence and no part of a recording: it says
        who the operator is. When none comes: `Unreachable` where a request went out and got no
        answer, or the page died; `Changed` where the page never asked, or only for something else.
        """
        looked, limit = 0, self._limit if timeout is None else timeout
        try:
            async with asyncio.timeout(limit):
                while not self._ended:
                    for reply in self._replies[looked:]:
                        looked += 1
                        if where(reply):
                            if keep:
                                self._keep(reply)
                            return reply
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        # A killed driver raises no event: only a question to the page tells its silence from the
        # browser's.
        await self._alive()
        raise self._silence(limit)

    def all(self) -> tuple[Reply, ...]:
        """Every matching reply whose body is here by now."""
        for reply in self._replies:
            self._keep(reply)
        return tuple(self._replies)

    def _silence(self, limit: float) -> Failure:
        if self._failed:
            return Unreachable(next(reversed(self._failed.values())))
        if self._under_way:
            return Unreachable(
                f"no answer from {host_and_path(next(iter(self._under_way.values())))} within "
                f"{limit:g} s"
            )
        wanted = " or ".join(pattern.pattern for pattern in self._patterns)
        if self._replies:
            return Changed(
                f"{len(self._replies)} replies from {wanted}, none of them the one looked for"
            )
        return Changed(f"the page did not ask for {wanted} within {limit:g} s")

    # The rest is for `PageTraffic`.
    def wants(self, url: str) -> bool:
        where = host_and_path(url)
        return any(pattern.search(where) for pattern in self._patterns)

    def add_request(self, request: Request) -> None:
        self.requested.append(request.url)
        self._under_way[request] = request.url
        self._order[request] = len(self._order)

    def add_reply(self, request: Request, reply: Reply) -> None:
        self._under_way.pop(request, None)
        # A redirect to what is wanted too is on its way; any other one (to a login page) is the
        # answer.
        if reply.location and self.wants(urljoin(reply.url, reply.location)):
            return
        # An answer excuses what failed before its own request, not what failed since.
        self._failed = {
            each: why
            for each, why in self._failed.items()
            if self._order.get(each, 0) > self._order.get(request, 0)
        }
        self._replies.append(reply)
        self._news.set()

    def add_failure(self, request: Request, why: str) -> None:
        self._under_way.pop(request, None)
        self._failed[request] = why

    def end(self) -> None:
        """The page is gone: end the wait before the time limit."""
        self._ended = True
        self._news.set()

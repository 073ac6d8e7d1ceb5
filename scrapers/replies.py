"""What a page heard: `Reply`, `Hearing`, and the URLs that may be kept."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from mediawatch.domain import Changed, Failure, RateLimited, Unreachable

REFUSALS = frozenset({403, 414, 418, 429, 432})
"""Statuses by which the watched sites say "slower" or "not you"."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})


def host_and_path(url: str) -> str:
    """`m.weibo.cn/api/container/getIndex` of a URL: what `Tab.hearing` matches. No scheme, port or query."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"


def scrubbed(url: str, keys: frozenset[str]) -> str:
    """The URL with only the named query keys, without fragment and user info: fit for evidence and logs."""
    parts = urlsplit(url)
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key in keys])
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


@dataclass(frozen=True, slots=True)
class Reply:
    """One response as the page got it. `url` is the request's URL, with its query."""

    url: str
    status: int
    content_type: str
    body: bytes
    location: str = ""
    """Where the response redirects to; its body is then empty."""
    cut: bool = False
    """True where the body was larger than a tab keeps; `body` is then empty."""

    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def good(self) -> Reply:
        """Itself. 5xx is `Unreachable`; 403, 414, 418, 429 and 432 are `RateLimited`; a redirect or an overlong body is `Changed`."""
        if self.status >= 500:
            raise Unreachable(f"HTTP {self.status} for {self.path}")
        if self.status in REFUSALS:
            raise RateLimited(f"HTTP {self.status} for {self.path}")
        if self.location:
            raise Changed(f"{self.path} redirects to {host_and_path(self.location)}")
        if self.cut:
            raise Changed(f"the body of {self.path} is too large")
        return self

    def json(self) -> object:
        """The parsed body. What `good` raises; an empty body is `RateLimited`; no JSON is `Changed`."""
        self.good()
        if not self.body.strip():
            raise RateLimited(f"empty body for {self.path}")
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Changed(f"no JSON from {self.path}: {self.text()[:80]}") from error

    @property
    def path(self) -> str:
        """Host and path, for messages: the query may hold secrets."""
        return host_and_path(self.url)


def _any(reply: Reply) -> bool:
    return True


class Hearing:
    """The responses that match, from the moment the hearing began. Made by `Tab.hearing`."""

    def __init__(
        self,
        patterns: tuple[re.Pattern[str], ...],
        limit: float,
        keep: Callable[[Reply], None],
        alive: Callable[[], Awaitable[None]],
    ) -> None:
        self._patterns, self._limit, self._keep, self._alive = patterns, limit, keep, alive
        self._replies: list[Reply] = []
        self._under_way: dict[int, str] = {}
        self._failed = ""
        self._ended = False
        self._news = asyncio.Event()

    async def first(self, where: Callable[[Reply], bool] = _any, *, timeout: float | None = None) -> Reply:
        """The first matching reply, also one that came before the call. `timeout` in seconds.

        When none comes: `Unreachable` where a request went out and got no answer, or the page died; `Changed` where the page
        never asked, or only for something else.
        """
        looked, limit = 0, self._limit if timeout is None else timeout
        try:
            async with asyncio.timeout(limit):
                while not self._ended:
                    for reply in self._replies[looked:]:
                        looked += 1
                        if where(reply):
                            self._keep(reply)
                            return reply
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        # A killed driver raises no event: silence of the page is told from silence of the browser only by asking it.
        await self._alive()
        raise self._silence(limit)

    def all(self) -> tuple[Reply, ...]:
        """Every matching reply whose body is here by now."""
        for reply in self._replies:
            self._keep(reply)
        return tuple(self._replies)

    def _silence(self, limit: float) -> Failure:
        if self._failed:
            return Unreachable(self._failed)
        if self._under_way:
            return Unreachable(f"no answer from {host_and_path(next(iter(self._under_way.values())))} within {limit:g} s")
        wanted = " or ".join(pattern.pattern for pattern in self._patterns)
        if self._replies:
            return Changed(f"{len(self._replies)} replies from {wanted}, none of them the one looked for")
        return Changed(f"the page did not ask for {wanted} within {limit:g} s")

    # What follows is called by the tab.
    def wants(self, url: str) -> bool:
        where = host_and_path(url)
        return any(pattern.search(where) for pattern in self._patterns)

    def asked(self, key: int, url: str) -> None:
        self._under_way[key] = url

    def heard(self, key: int, reply: Reply) -> None:
        self._under_way.pop(key, None)
        self._failed = ""
        self._replies.append(reply)
        self._news.set()

    def failed(self, key: int, why: str) -> None:
        self._under_way.pop(key, None)
        self._failed = why

    def end(self) -> None:
        """The page is gone: who still waits shall not wait for the time limit."""
        self._ended = True
        self._news.set()

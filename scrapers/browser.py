"""One Chromium; a context per session; pages lent out as `Tab`s; JSON captured; Playwright's errors mapped to domain failures."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mediawatch.domain import Capture, Changed, RateLimited, Unreachable


@dataclass(frozen=True, slots=True)
class Session:
    """The operator's login on one platform: a Playwright storage state in `sessions/PLATFORM/NAME.json`."""

    platform: str
    name: str
    state: Path


@dataclass(frozen=True, slots=True)
class Reply:
    """One response as the page got it. `url` is the request's URL, with its query."""

    url: str
    status: int
    content_type: str
    body: bytes

    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> object:
        """The parsed body. 5xx is `Unreachable`; 403, 414, 418, 429, 432 and an empty body are `RateLimited`; no JSON is `Changed`."""
        if self.status >= 500:
            raise Unreachable(f"HTTP {self.status} for {self.path}")
        if self.status in (403, 414, 418, 429, 432):
            raise RateLimited(f"HTTP {self.status} for {self.path}")
        if not self.body.strip():
            raise RateLimited(f"empty body for {self.path}")
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Changed(f"no JSON from {self.path}: {self.text()[:80]}") from error

    @property
    def path(self) -> str:
        raise NotImplementedError


class Hearing:
    """The responses that match, from the moment the hearing began."""

    async def first(self, where: Callable[[Reply], bool] = lambda reply: True, *, timeout: float | None = None) -> Reply:
        """The first matching reply, also one that came before the call. `Changed` when none comes within the timeout (seconds)."""
        raise NotImplementedError

    def all(self) -> tuple[Reply, ...]:
        raise NotImplementedError


class Tab:
    """One page, lent for one sight. Every call has its own time limit; Playwright's errors come out as `Failure`s."""

    session: str
    """Name of the session in use, "" for a visitor."""
    now: Callable[[], datetime]

    @property
    def url(self) -> str:
        """Where the page is now."""
        raise NotImplementedError

    @property
    def scrubbed_url(self) -> str:
        """The same without query keys that are not in the surface's `url_keys`, and without a fragment."""
        raise NotImplementedError

    def hearing(self, *paths: str) -> AbstractAsyncContextManager[Hearing]:
        """Listen for responses whose URL path (without query) matches one of these regular expressions, while the block lasts."""
        raise NotImplementedError

    async def open(self, url: str, *, timeout: float | None = None) -> Reply:
        """Navigate; returns the final document response (after redirects). Refuses hosts that are not the platform's (`Changed`)."""
        raise NotImplementedError

    async def reload(self) -> Reply:
        raise NotImplementedError

    async def fetch(self, url: str) -> Reply:
        """A same-origin GET by the page's own `fetch`, with its cookies (and signatures, where the page adds them)."""
        raise NotImplementedError

    async def evaluate(self, script: str) -> object:
        raise NotImplementedError

    async def html(self) -> str:
        """The document as it is now."""
        raise NotImplementedError

    async def text(self) -> str:
        """The visible text (`innerText` of the body)."""
        raise NotImplementedError

    async def wait_for(self, condition: str, *, timeout: float | None = None) -> bool:
        """Wait until a JS expression is truthy, across one navigation of the page by itself; False when time is up."""
        raise NotImplementedError

    async def sees(self, selector: str) -> bool:
        """Whether a visible element matches."""
        raise NotImplementedError

    async def captures(self) -> tuple[Capture, ...]:
        """Screenshot (JPEG), the payloads that were read (gzip) and the visible text, with scrubbed URLs. Never raises a `Failure`."""
        raise NotImplementedError


class Browser:
    """One Chromium process with a context per session."""

    def tab(
        self, session: Session | None, *, hosts: frozenset[str], whole: bool, url_keys: frozenset[str]
    ) -> AbstractAsyncContextManager[Tab]:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

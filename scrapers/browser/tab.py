"""A page on loan: surfaces see a site through it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from mediawatch.domain import (
    Capture,
    Changed,
    EvidenceKind,
    Failure,
    LoginRequired,
    Unreachable,
)
from scrapers.browser.clock_check import ClockCheck
from scrapers.browser.fetch import fetched
from scrapers.browser.limits import Timeouts, navigated_away, with_timeout
from scrapers.browser.reply import Reply
from scrapers.browser.traffic import TRAFFIC, PageTraffic, ReplyWaiter
from scrapers.browser.traffic_log import TrafficLog
from scrapers.privacy.masking import Mask, OperatorCover
from scrapers.urls import host_and_path, on_host, scrubbed

if TYPE_CHECKING:
    from playwright.async_api import Dialog, Page, StorageState

T = TypeVar("T")

PICTURE_HEIGHT = 8000
"""CSS pixels of a full-page picture; what is below says nothing new about the latest posts."""
_POLL = 0.1
_NOWHERE = "https://nowhere.invalid/"
"""Has no cookies: asking for them only checks that the browser is there."""
_EMPTY = "about:blank"
_GZIP = "application/gzip"
_TEXT = "document.body ? document.body.innerText : ''"
_HEIGHT = (
    "Math.max(innerHeight, document.documentElement ? document.documentElement.scrollHeight : 0)"
)


async def _no_pause() -> None:
    """Outside a sweep's pace."""


class Tab:
    """One page on loan for one sight, with a time limit for every call.

    Playwright's errors come out as `Failure`s. `Unreachable` is a dead page or browser, silence and
    net errors; `Changed` is what the page itself refuses.

    `session` is the name of the login in use, "" for a visitor; `now` the clock; `whole` True where
    pictures and style sheets are loaded.
    """

    def __init__(
        self,
        page: Page,
        *,
        now: Callable[[], datetime],
        session: str,
        hosts: frozenset[str],
        url_keys: frozenset[str],
        whole: bool,
        timeouts: Timeouts,
    ) -> None:
        self.now, self.session, self.timeouts, self.whole = now, session, timeouts, whole
        self.login = ""
        """Which login that is: `fingerprint` of its file; "" for a visitor."""
        self.known: bool | None = None
        """Whether the site was seen to know the operator of the session.

        None without a sign so far.
        """
        self.pause: Callable[[], Awaitable[None]] = _no_pause
        """Waits between two calls of one visit.

        A surface that reads further pages awaits it before each.
        """
        self.refused: Failure | None = None
        """How the site turned us away from the further pages of a list."""
        self.back_to: date | None = None
        """As `Need.back_to`."""
        self._page, self._hosts, self._keys = page, hosts, url_keys
        self._read: list[Reply] = []
        self._hidden: list[bytes] = []
        self._cover: OperatorCover | None = None
        self.clock = ClockCheck(now)
        """What the replies say of our clock."""
        self._traffic = PageTraffic(page, timeouts, self._keep, self.clock)
        self.is_expired: Callable[[], bool] = lambda: False
        """Whether the page should be closed: its context was renewed, or soon will be."""
        self.unblock: Callable[[], Awaitable[object]] = _no_pause
        """Load pictures and the like again, and stop watching the page's traffic for that."""
        self.spent = False
        """Set where a look met trouble in it: no other look may use it."""
        self._traffic.on("dialog", self._on_dialog)
        self._traffic.on(
            "popup",
            lambda popup: self._traffic.tasks.start(
                with_timeout(popup.close(), timeouts.close, "pop-up")
            ),
        )

    @property
    def url(self) -> str:
        """Where the page is now."""
        return self._page.url

    @property
    def scrubbed_url(self) -> str:
        """Its address without a fragment and without query keys that are not in `url_keys`."""
        return scrubbed(self.url, self._keys)

    @property
    def document(self) -> Reply:
        """The newest document of this page, also after it reloaded itself.

        `Unreachable` without one.
        """
        return self._traffic.newest_document

    @property
    def status(self) -> int:
        """HTTP status of that document; 0 where it is missing."""
        return self._traffic.status

    @property
    def gone(self) -> bool:
        """Whether the page was seen to close or crash. A killed driver raises no event."""
        return self._traffic.gone

    def listen_for(self, *paths: str) -> AbstractAsyncContextManager[ReplyWaiter]:
        """Listen for responses while the block lasts.

        Each regular expression is searched in host + path without the query
        (`www.toutiao.com/api/pc/list/user/feed`); tell queries apart by `ReplyWaiter.first(where)`.
        """
        return self._traffic.listen_for(*paths)

    async def open(self, url: str, *, timeout: float | None = None) -> Reply:
        """Navigate; returns the final document response (after redirects), whatever its status.

        Its body is empty where the page moved on before it could be read. `Changed` for a host that
        is not the platform's; after a redirect `url` says which.
        """
        self._refuse_foreign(url)
        limit = self.timeouts.navigation if timeout is None else timeout
        return await self._navigate(
            self._page.goto(url, wait_until="commit", timeout=0), limit, host_and_path(url)
        )

    async def reload(self) -> Reply:
        """Load the same page again; as `open`."""
        return await self._navigate(
            self._page.reload(wait_until="commit", timeout=0),
            self.timeouts.navigation,
            host_and_path(self.url),
        )

    async def fetch(self, url: str) -> Reply:
        """A same-origin GET by the page's own `fetch`, past the cache.

        It carries the page's cookies, and signatures where the page adds them.
        """
        reply, _ = await self.ask(url)
        if self._traffic.log:
            self._traffic.log.add_fetched(reply)
        self._keep(reply)
        return reply

    async def ask(self, url: str) -> tuple[Reply, str]:
        """As `fetch`, kept nowhere: from a page that is asked for many accounts.

        With the URL that answered, after redirects.
        """
        self._refuse_foreign(self.url)
        self._refuse_foreign(url)
        reply, to = await self._ask(
            fetched, self._page, url, self.timeouts.reply, limit=self.timeouts.reply
        )
        self._refuse_foreign(to or url)
        self.clock.note(reply.sent_at)
        return reply, to or url

    def log_to(self, log: TrafficLog) -> None:
        """Write every document and every awaited reply to a log from now on (`mediawatch record`)."""
        self._traffic.log = log

    async def storage_state(self) -> StorageState:
        """What the page's context has stored: cookies and local storage.

        It renews a session, and lists what a recording must not hold.
        """
        return await with_timeout(
            self._page.context.storage_state(), self.timeouts.step, "session state"
        )

    async def evaluate(self, script: str) -> object:
        """The value of a JS expression or function in the page.

        `Changed` where the script throws.
        """
        self._refuse_foreign(self.url)
        return await self._value(script)

    async def html(self) -> str:
        """The document as it is now."""
        self._refuse_foreign(self.url)
        return await self._ask(self._page.content)

    async def text(self) -> str:
        """The visible text (`innerText` of the body).

        Unless the tab is `whole`, what only a style sheet hides is text too.
        """
        return str(await self.evaluate(_TEXT))

    async def wait_for(self, condition: str, *, timeout: float | None = None) -> bool:
        """Wait until a JS expression is truthy, also across the page's own navigations.

        False when time is up (seconds).
        """
        limit = self.timeouts.reply if timeout is None else timeout
        clock = asyncio.get_running_loop().time
        end = clock() + limit
        while True:
            try:
                if await with_timeout(
                    self._page.evaluate(f"!!({condition})"), self.timeouts.step, "wait"
                ):
                    return True
            except Changed as failure:
                if not navigated_away(failure):
                    raise
            if clock() >= end:
                return False
            await asyncio.sleep(_POLL)

    async def sees(self, selector: str) -> bool:
        """Whether a visible element matches.

        Unless the tab is `whole`, what only a style sheet hides counts as visible.
        """
        self._refuse_foreign(self.url)
        return await self._ask(self._page.locator(selector).filter(visible=True).count) > 0

    def require_login(self, sign: bool | None) -> None:
        """With a session in use, refuse a page that shows that it does not know the operator.

        A session file is no sign of a login. `sign`: what the page shows; None where it says
        nothing.
        """
        if self.session and sign is not None:
            self.known = sign
        if self.session and sign is False:
            raise LoginRequired("the site does not recognise the stored session")

    def hide(self, secret: str) -> None:
        """Blank this text in all that is kept: a login's token that the site writes into its
        answers.
        """
        self._hidden.append(secret.encode())

    async def carries(self, cookie: str, url: str) -> bool:
        """Whether a request to this address would carry this cookie, hidden from scripts or not."""
        return any(
            each.get("name") == cookie for each in await self._ask(self._page.context.cookies, url)
        )

    async def captures(self, *, page: bool = True, mask: Mask | None = None) -> tuple[Capture, ...]:
        """A picture of the page (JPEG), the payloads read, the document and the visible text.

        URLs are scrubbed. Without `page` the payloads alone. All but the picture are gzipped
        (`application/gzip`).

        What a broken page does not give is left out. So is a page in which the operator cannot be
        covered (`mask`): never raises a `Failure`.
        """
        said = [reply.text() for reply in self._read]
        try:
            await self._traffic.alive()
            if mask:
                said.append(await self._ask(self._page.content))
        except Failure:  # a page that hangs would hang for each of the rest
            page = False
        self._cover = mask.over(said) if mask else None
        payloads = [
            self._capture(EvidenceKind.PAYLOAD, _GZIP, reply.body, reply.url)
            for reply in self._read
        ]
        if not page:
            return tuple(payloads)
        taken: list[Capture] = []
        with suppress(Failure):
            taken.append(
                self._capture(
                    EvidenceKind.SCREENSHOT, "image/jpeg", await self._picture(), self.url
                )
            )
        taken += payloads
        with suppress(Failure):
            await self._cover_operator()
            html = await self._ask(self._page.content)
            taken.append(self._capture(EvidenceKind.PAYLOAD, _GZIP, html.encode(), self.url))
        with suppress(Failure):
            await self._cover_operator()
            taken.append(
                self._capture(
                    EvidenceKind.TEXT, _GZIP, str(await self._value(_TEXT)).encode(), self.url
                )
            )
        return tuple(taken)

    async def _cover_operator(self) -> None:
        """Each time anew: the page may have redrawn itself meanwhile."""
        if self._cover:
            await self._value(self._cover.script)

    async def stop_listening(self, *, idle: bool) -> None:
        """Notice only this page's end from now on: each of its calls would raise a dozen events.

        No other look may use it. `idle`: it loads nothing by itself, so it needs no blocking.
        """
        self.spent = True
        self._traffic.remove_listeners(*TRAFFIC)
        if idle:
            await self.unblock()

    def end(self) -> None:
        """The browser is gone: what waits for this page stops waiting."""
        self._traffic.end()

    async def empty(self, clean_up: Callable[[], Awaitable[object]]) -> bool:
        """End the loan of a page that the next look may use: nothing of its document goes on.

        False where it is better closed.
        """
        self._traffic.tasks.end()
        if self.spent or self._traffic.gone:
            return False
        try:
            await with_timeout(
                self._page.goto(_EMPTY, wait_until="commit", timeout=0),
                self.timeouts.close,
                "leave",
            )
            await with_timeout(clean_up(), self.timeouts.close, "clean up")
        except Failure:
            return False
        self._traffic.remove_listeners()
        return not self._traffic.gone

    async def close(self) -> bool:
        """End the loan; called by the browser. False where the page had died.

        Never raises a `Failure`.
        """
        self._traffic.tasks.end()
        sound = not self._traffic.gone
        try:
            # A killed driver raises no event, and closing a page of it is no error.
            await with_timeout(self._page.context.cookies(_NOWHERE), self.timeouts.close, "close")
            await with_timeout(self._page.close(), self.timeouts.close, "close")
        except Failure as failure:
            # Silence may mean a slow machine.
            sound = sound and isinstance(failure.__cause__, TimeoutError)
        return sound and not self._traffic.crashed

    def _capture(self, kind: EvidenceKind, media_type: str, body: bytes, url: str) -> Capture:
        for secret in self._hidden if media_type == _GZIP else ():
            body = body.replace(secret, b"*" * len(secret))
        if self._cover and media_type == _GZIP:
            body = self._cover.bytes(body)
        # mtime=0: the same bytes give the same hash.
        packed = gzip.compress(body, 6, mtime=0) if media_type == _GZIP else body
        return Capture(
            kind=kind,
            media_type=media_type,
            body=packed,
            taken_at=self.now(),
            url=scrubbed(url, self._keys),
        )

    async def _picture(self) -> bytes:
        if self.whole:
            with suppress(Failure):
                await with_timeout(
                    self._page.wait_for_load_state("load", timeout=0), self.timeouts.step, "load"
                )
        await self._cover_operator()
        height = await self._value(_HEIGHT)
        high = min(
            int(height) if isinstance(height, int | float) else PICTURE_HEIGHT, PICTURE_HEIGHT
        )
        width = (self._page.viewport_size or {"width": 1280})["width"]
        shot = self._page.screenshot(
            type="jpeg",
            quality=70,
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": high},
            animations="disabled",
            timeout=0,
        )
        return await with_timeout(shot, self.timeouts.step, "picture")

    async def _value(self, script: str) -> object:
        value: object = await self._ask(self._page.evaluate, script)
        return value

    async def _ask(
        self,
        call: Callable[..., Coroutine[object, object, T]],
        *args: object,
        limit: float | None = None,
    ) -> T:
        """One call into the page; again where the page navigated by itself meanwhile."""
        for _ in range(3):
            try:
                return await with_timeout(
                    call(*args), self.timeouts.step if limit is None else limit, call.__name__
                )
            except Changed as failure:
                if not navigated_away(failure):
                    raise
            await asyncio.sleep(_POLL)
        raise Unreachable("the page navigates again and again")

    async def _navigate(self, call: Awaitable[object], limit: float, where: str) -> Reply:
        self._traffic.forget_document()
        try:
            await with_timeout(call, limit, where)
        except Failure as failure:
            # Chromium makes an error page of an empty 4xx or 5xx answer; and a page may move on
            # while it is being opened.
            if "ERR_HTTP_RESPONSE_CODE_FAILURE" not in failure.detail and not navigated_away(
                failure
            ):
                raise
        with suppress(
            Failure
        ):  # a script that hangs keeps the document open; surfaces wait for what they need
            await with_timeout(
                self._page.wait_for_load_state("domcontentloaded", timeout=0),
                min(limit, self.timeouts.step),
                where,
            )
        reply = await self._traffic.document(limit, where)
        if not self.url.startswith("chrome-error:"):
            self._refuse_foreign(self.url)
        return reply

    def _refuse_foreign(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme in ("http", "https") and on_host(host, *self._hosts):
            return
        if parts.scheme == "chrome-error" or self._traffic.gone:
            raise Unreachable("the page is gone")
        raise Changed(f"{parts.scheme}://{host} is not one of the platform's hosts")

    def _keep(self, reply: Reply) -> None:
        if self._traffic.log:
            self._traffic.log.mark_used(reply)
        if not any(each is reply for each in self._read):
            self._read.append(reply)

    def _on_dialog(self, dialog: Dialog) -> None:
        # Dismissing a "leave this page?" would keep us on it.
        answer = dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss()
        self._traffic.tasks.start(with_timeout(answer, self.timeouts.close, "dialog"))

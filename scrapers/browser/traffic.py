"""What a page receives: documents, and the replies that a `ReplyWaiter` wants.

Bodies are read as they come.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from mediawatch.domain import Changed, Failure, Unreachable
from scrapers.browser.clock_check import ClockCheck, sent_at
from scrapers.browser.fetch import BODY_LIMIT, fetch_by_page
from scrapers.browser.limits import BackgroundTasks, Timeouts, with_timeout
from scrapers.browser.reply import ASKED_LIMIT, Reply
from scrapers.browser.reply_waiter import ReplyWaiter
from scrapers.browser.traffic_log import TrafficLog
from scrapers.urls import host_and_path

if TYPE_CHECKING:
    from playwright.async_api import Dialog, Page, Request, Response

TRAFFIC = ("request", "requestfailed", "response")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class PageTraffic:
    """Listens on one page: always for documents, for other responses while a waiter wants them."""

    def __init__(self, page: Page, timeouts: Timeouts, clock: ClockCheck) -> None:
        self._page, self._timeouts, self._clock = page, timeouts, clock
        self.read: list[Reply] = []
        """The replies that the look read."""
        self._waiters: list[ReplyWaiter] = []
        self._document: Reply | None = None
        self._documents, self._newest = 0, 0
        self._document_came = asyncio.Event()
        self._asking: set[str] = set()
        self.log: TrafficLog | None = None
        self.gone = False
        """It crashed or was closed."""
        self.crashed = False
        self.tasks = BackgroundTasks()
        self._listening: list[tuple[str, Callable[[Any], None]]] = []
        self.on("request", self._on_request)
        self.on("requestfailed", self._on_failed)
        self.on("response", self._on_response)
        self.on("crash", lambda page: self._on_crash())
        self.on("close", lambda page: self.end())
        self.on("dialog", self._on_dialog)
        self.on("popup", self._on_popup)

    def on(self, event: str, handler: Callable[[Any], None]) -> None:
        """Call the handler for an event of the page until `remove_listeners`."""
        self._page.on(event, handler)  # type: ignore[call-overload]
        self._listening.append((event, handler))

    def remove_listeners(self, *events: str) -> None:
        """Stop listening (to these events, where some are named): the page goes to another look."""
        self.tasks.end()
        for event, handler in tuple(self._listening):
            if not events or event in events:
                self._page.remove_listener(event, handler)
                self._listening.remove((event, handler))

    @property
    def status(self) -> int:
        return self._document.status if self._document else 0

    @property
    def newest_document(self) -> Reply:
        if self._document is None:
            raise Unreachable("the page has no document")
        return self._document

    @asynccontextmanager
    async def listen_for(self, *paths: str) -> AsyncIterator[ReplyWaiter]:
        waiter = ReplyWaiter(
            tuple(re.compile(path) for path in paths), self._timeouts.reply, self.keep, self.alive
        )
        self._waiters.append(waiter)
        try:
            yield waiter
        finally:
            self._waiters.remove(waiter)

    def keep(self, reply: Reply) -> None:
        """The look read this reply."""
        if self.log:
            self.log.mark_used(reply)
        if not any(each is reply for each in self.read):
            self.read.append(reply)

    async def alive(self) -> None:
        """`Unreachable` where the page does not answer any more."""
        if self.gone:
            raise Unreachable("the page died")
        await with_timeout(self._page.evaluate("1"), self._timeouts.step, "page")

    def forget_document(self) -> None:
        # What is still on its way belongs to the navigation before.
        self._document, self._newest = None, self._documents
        self._document_came.clear()

    async def document(self, limit: float, where: str) -> Reply:
        """The newest document since `forget_document`.

        `Unreachable` when none has come within `limit` seconds.
        """
        try:
            async with asyncio.timeout(limit):
                await self._document_came.wait()
        except TimeoutError as error:
            raise Unreachable(f"{where}: the document did not arrive within {limit:g} s") from error
        if self._document is None:
            raise Unreachable(f"{where}: the page died")
        return self._document

    def _on_request(self, request: Request) -> None:
        for waiter in self._wanting(request):
            waiter.add_request(request)

    def _on_failed(self, request: Request) -> None:
        for waiter in self._wanting(request):
            waiter.add_failure(request, f"{host_and_path(request.url)}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        listening = self._wanting(response.request)
        main = self._is_document(response)
        self._documents += main
        if listening or main:
            number = self.log.number() if self.log else 0
            self.tasks.start(
                self._take(response, listening, self._documents if main else 0, number)
            )
        elif self.log and self._is_document(response, redirects=True):
            to = Reply(response.url, response.status, "", b"", response.headers.get("location", ""))
            self.log.add(self.log.number(), to, document=True)

    def _wanting(self, request: Request) -> list[ReplyWaiter]:
        if request.method == "OPTIONS" or request.url in self._asking:
            return []
        return [waiter for waiter in self._waiters if waiter.wants(request.url)]

    def _is_document(self, response: Response, *, redirects: bool = False) -> bool:
        request = response.request
        if not request.is_navigation_request() or (response.status in _REDIRECTS) is not redirects:
            return False
        from playwright.async_api import Error as PlaywrightError

        try:
            return request.frame == self._page.main_frame
        except PlaywrightError:  # a child frame that is not there yet
            return False

    async def _take(
        self, response: Response, listening: list[ReplyWaiter], document: int, number: int
    ) -> None:
        """Read one response.

        `document` is its number among the page's documents, 0 for none; `number` that for a
        recording.
        """
        headers = response.headers
        kind, length = headers.get("content-type", ""), headers.get("content-length", "")
        location = headers.get("location", "") if response.status in _REDIRECTS else ""
        body, lost, cut = b"", "", length.isdigit() and int(length) > BODY_LIMIT
        if not location and not cut:
            try:
                body = await self._body(response, bool(document))
            except Failure as failure:
                lost = failure.detail
            cut = len(body) > BODY_LIMIT
        reply = Reply(
            response.url,
            response.status,
            kind,
            b"" if cut else body,
            location,
            sent_at(headers),
            cut,
            _carried_by(response.request),
        )
        self._clock.note(reply.sent_at)
        if self.log and not lost:
            self.log.add(number, reply, document=bool(document))
        for waiter in listening:
            if lost:
                waiter.add_failure(response.request, f"{reply.path}: {lost}")
            else:
                waiter.add_reply(response.request, reply)
        if document > self._newest:
            self._document, self._newest = reply, document
            self._document_came.set()

    async def _body(self, response: Response, main: bool) -> bytes:
        try:
            # At once: after the next navigation the browser no longer has it.
            return await with_timeout(
                response.body(), self._timeouts.navigation if main else self._timeouts.body, "body"
            )
        except Failure as failure:
            if "No data found" in failure.detail:
                sizes = await with_timeout(response.request.sizes(), self._timeouts.step, "body")
                if not sizes["responseBodySize"]:
                    return b""
            if main or self.gone or response.request.method != "GET":
                raise
        return await self._ask_again(response)

    async def _ask_again(self, response: Response) -> bytes:
        """Chromium (156) drops a no-store answer whose body the page never reads: ask again, and
        read it.
        """
        self._asking.add(response.url)
        try:
            reply, _ = await fetch_by_page(self._page, response.url, self._timeouts.reply)
        finally:
            self._asking.discard(response.url)
        if reply.cut or reply.status != response.status:
            raise Changed(f"asked again, HTTP {reply.status} instead of {response.status}")
        return reply.body

    def _on_dialog(self, dialog: Dialog) -> None:
        # Dismissing a "leave this page?" would keep us on it.
        answer = dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss()
        self.tasks.start(with_timeout(answer, self._timeouts.close, "dialog"))

    def _on_popup(self, popup: Page) -> None:
        self.tasks.start(with_timeout(popup.close(), self._timeouts.close, "pop-up"))

    def _on_crash(self) -> None:
        self.crashed = True
        self.end()

    def end(self) -> None:
        """The page is gone: the waiters stop."""
        self.gone = True
        self._document_came.set()
        for waiter in self._waiters:
            waiter.end()


def _carried_by(request: Request) -> bytes:
    """The body of a request; empty where it has none, or one that is too large to keep."""
    body = request.post_data_buffer or b""
    return body if len(body) <= ASKED_LIMIT else b""

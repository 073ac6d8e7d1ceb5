"""A page on loan. Every call has its own time limit, and Playwright's errors come out as domain failures."""

from __future__ import annotations

import asyncio
import base64
import gzip
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.async_api import Dialog, Page, Request, Response
from playwright.async_api import Error as PlaywrightError

from mediawatch.domain import Capture, Changed, EvidenceKind, Failure, Unreachable
from scrapers.replies import REDIRECTS, Hearing, Reply, host_and_path, scrubbed

T = TypeVar("T")

BODY_LIMIT = 20_000_000
"""Bytes. A larger body is nothing that a watched page needs; reading it would cost the sweep its memory."""
PICTURE_HEIGHT = 8000
"""CSS pixels of a full-page picture; what is below says nothing new about the latest posts."""
_POLL = 0.1
_DEAD = re.compile(r"closed|crashed|net::ERR_|Timeout \d+ms|disconnected", re.IGNORECASE)
_MOVED = re.compile(r"context was destroyed|because of a navigation|navigating and changing|interrupted by another navigation")
_FETCH = """async ([url, limit]) => {
  const answer = await fetch(url, {cache: 'no-store'}).catch(() => null)
  if (!answer) return null
  const blob = await answer.blob()
  const size = blob.size
  const data = size > limit ? '' : await new Promise(done => {
    const reader = new FileReader()
    reader.onload = () => done(reader.result.split(',')[1] || '')
    reader.readAsDataURL(blob)
  })
  return {status: answer.status, type: answer.headers.get('content-type') || '', to: answer.redirected ? answer.url : '', size, data}
}"""
_HEIGHT = "Math.max(innerHeight, document.documentElement ? document.documentElement.scrollHeight : 0)"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. Given at construction of the browser; a surface may read them as `tab.timeouts`."""

    launch: float = 30
    """Start of the driver and the browser, a new context, a new page."""
    navigation: float = 30
    reply: float = 15
    """For a response the page is expected to fetch, and for `Tab.fetch`."""
    challenge: float = 15
    """For a site's JavaScript challenge to clear by itself."""
    step: float = 10
    """A call into a live page: evaluate, text, html, a picture."""
    close: float = 5


async def within(call: Awaitable[T], seconds: float, what: str) -> T:
    """Await a Playwright call under our own time limit. `Unreachable` for silence, death and net errors; `Changed` for the rest."""
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError as error:
        raise Unreachable(f"{what}: no answer within {seconds:g} s") from error
    except PlaywrightError as error:
        message = error.message.partition("\n")[0]
        # Redirects in a circle are how sites treat a visitor they do not want; trying again at once does not help.
        if _DEAD.search(message) and "ERR_TOO_MANY_REDIRECTS" not in message:
            raise Unreachable(f"{what}: {message}") from error
        raise Changed(f"{what}: {message}") from error


class Tab:
    """One page, lent for one sight. `session` is the name of the login in use, "" for a visitor."""

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
        self._page, self._hosts, self._keys = page, hosts, url_keys
        self._hearings: list[Hearing] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._read: list[Reply] = []
        self._document: Reply | None = None
        self._document_came = asyncio.Event()
        self._gone = False
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_failed)
        page.on("response", self._on_response)
        page.on("dialog", self._on_dialog)
        page.on("popup", lambda popup: self._do(within(popup.close(), timeouts.close, "pop-up")))
        page.on("crash", lambda page: self._on_end())
        page.on("close", lambda page: self._on_end())

    @property
    def url(self) -> str:
        """Where the page is now."""
        return self._page.url

    @property
    def scrubbed_url(self) -> str:
        """The same without query keys that are not in the surface's `url_keys`, and without a fragment."""
        return scrubbed(self.url, self._keys)

    @property
    def status(self) -> int:
        """HTTP status of the newest document of this page, also after a reload by the page itself; 0 before the first."""
        return self._document.status if self._document else 0

    def hearing(self, *paths: str) -> AbstractContextManager[Hearing]:
        """Listen for responses while the block lasts. Each regular expression is searched in host + path without the query
        (`www.toutiao.com/api/pc/list/user/feed`); tell queries apart by `Hearing.first(where)`. Bodies are read as they come."""
        patterns = tuple(re.compile(path) for path in paths)
        return self._hearing(Hearing(patterns, self.timeouts.reply, self._keep, self._alive))

    @contextmanager
    def _hearing(self, hearing: Hearing) -> Iterator[Hearing]:
        self._hearings.append(hearing)
        try:
            yield hearing
        finally:
            self._hearings.remove(hearing)

    async def open(self, url: str, *, timeout: float | None = None) -> Reply:
        """Navigate; returns the final document response (after redirects), whatever its status; its body is empty where the
        page moved on before it could be read. `Changed` for a host that is not the platform's: `tab.url` then tells which."""
        self._refuse_foreign(url)
        limit = self.timeouts.navigation if timeout is None else timeout
        return await self._navigate(self._page.goto(url, wait_until="commit", timeout=limit * 1000 + 1000), limit, host_and_path(url))

    async def reload(self) -> Reply:
        """Load the same page again; as `open`."""
        limit = self.timeouts.navigation
        return await self._navigate(self._page.reload(wait_until="commit", timeout=limit * 1000 + 1000), limit, host_and_path(self.url))

    async def fetch(self, url: str) -> Reply:
        """A same-origin GET by the page's own `fetch`, with its cookies (and signatures, where the page adds them)."""
        self._refuse_foreign(url)
        answer = await self._ask(self._page.evaluate, _FETCH, [url, BODY_LIMIT], limit=self.timeouts.reply)
        match answer:
            case {"status": int(status), "type": str(kind), "to": str(to), "size": int(size), "data": str(data)}:
                self._refuse_foreign(to or url)
                reply = Reply(url, status, kind, base64.b64decode(data), cut=size > BODY_LIMIT)
            case _:
                raise Unreachable(f"fetch of {host_and_path(url)} failed")
        self._keep(reply)
        return reply

    async def evaluate(self, script: str) -> object:
        """The value of a JS expression or function in the page. `Changed` where the script throws."""
        self._refuse_foreign(self.url)
        result: object = await self._ask(self._page.evaluate, script)
        return result

    async def html(self) -> str:
        """The document as it is now."""
        self._refuse_foreign(self.url)
        return str(await self._ask(self._page.content))

    async def text(self) -> str:
        """The visible text (`innerText` of the body). Style sheets are not loaded unless the tab is `whole`: what they hide, shows."""
        return str(await self.evaluate("document.body ? document.body.innerText : ''"))

    async def wait_for(self, condition: str, *, timeout: float | None = None) -> bool:
        """Wait until a JS expression is truthy, across navigations of the page by itself; False when time is up (seconds)."""
        limit = self.timeouts.reply if timeout is None else timeout
        end = asyncio.get_running_loop().time() + limit
        while True:
            try:
                if await within(self._page.evaluate(f"!!({condition})"), self.timeouts.step, "wait"):
                    return True
            except Changed as error:
                if not _MOVED.search(error.detail):
                    raise
            if asyncio.get_running_loop().time() >= end:
                return False
            await asyncio.sleep(_POLL)

    async def sees(self, selector: str) -> bool:
        """Whether a visible element matches. See `text` for what style sheets would hide."""
        self._refuse_foreign(self.url)
        found = self._page.locator(selector).filter(visible=True)
        return int(await self._ask(found.count)) > 0

    async def captures(self) -> tuple[Capture, ...]:
        """Picture of the page (JPEG), the payloads that were read, the document and the visible text (gzip, so their media type
        ends in `+gzip`), with scrubbed URLs. What cannot be had is left out: never raises a `Failure`."""
        taken: list[Capture] = []
        if self.whole:
            with suppress(Failure):
                await within(self._page.wait_for_load_state("load"), self.timeouts.step, "load")
        with suppress(Failure):
            taken.append(self._capture(EvidenceKind.SCREENSHOT, "image/jpeg", await self._picture(), self.scrubbed_url))
        for reply in self._read:
            kind = reply.content_type.partition(";")[0].strip().lower() or "application/octet-stream"
            taken.append(self._capture(EvidenceKind.PAYLOAD, f"{kind}+gzip", reply.body, scrubbed(reply.url, self._keys)))
        with suppress(Failure):
            html = str(await self._ask(self._page.content)).encode()
            taken.append(self._capture(EvidenceKind.PAYLOAD, "text/html+gzip", html, self.scrubbed_url))
        with suppress(Failure):
            text = str(await self._ask(self._page.evaluate, "document.body ? document.body.innerText : ''")).encode()
            taken.append(self._capture(EvidenceKind.TEXT, "text/plain+gzip", text, self.scrubbed_url))
        return tuple(taken)

    async def close(self) -> None:
        """Called by the browser when the loan ends. Never raises a `Failure`."""
        for task in tuple(self._tasks):
            task.cancel()
        with suppress(Failure):
            await within(self._page.close(), self.timeouts.close, "close")

    def _capture(self, kind: EvidenceKind, media_type: str, body: bytes, url: str) -> Capture:
        # mtime=0: the same bytes give the same hash.
        packed = gzip.compress(body, 6, mtime=0) if media_type.endswith("+gzip") else body
        return Capture(kind=kind, media_type=media_type, body=packed, taken_at=self.now(), url=url)

    async def _picture(self) -> bytes:
        height = await self._ask(self._page.evaluate, _HEIGHT)
        high = min(int(height) if isinstance(height, int | float) else PICTURE_HEIGHT, PICTURE_HEIGHT)
        width = (self._page.viewport_size or {"width": 1280})["width"]
        shot = self._page.screenshot(
            type="jpeg", quality=70, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": high}, animations="disabled"
        )
        return await within(shot, self.timeouts.step, "picture")

    async def _ask(self, call: Callable[..., Coroutine[object, object, T]], *args: object, limit: float | None = None) -> T:
        """One call into the page; again where the page navigated by itself meanwhile."""
        limit = self.timeouts.step if limit is None else limit
        for _ in range(3):
            try:
                return await within(call(*args), limit, call.__name__)
            except Changed as error:
                if not _MOVED.search(error.detail):
                    raise
            await asyncio.sleep(_POLL)
        raise Unreachable("the page navigates again and again")

    async def _navigate(self, call: Awaitable[object], limit: float, where: str) -> Reply:
        self._document = None
        self._document_came.clear()
        try:
            await within(call, limit, where)
        except Failure as failure:
            # Chromium makes an error page of an empty 4xx or 5xx body; and a page may move on while it is being opened.
            if "ERR_HTTP_RESPONSE_CODE_FAILURE" not in failure.detail and not _MOVED.search(failure.detail):
                raise
        with suppress(Failure):
            await within(self._page.wait_for_load_state("domcontentloaded"), min(limit, self.timeouts.step), where)
        try:
            async with asyncio.timeout(limit):
                await self._document_came.wait()
        except TimeoutError as error:
            raise Unreachable(f"{where}: the document did not arrive within {limit:g} s") from error
        self._refuse_foreign(self.url)
        if self._document is None:
            raise Unreachable(f"{where}: the page died")
        return self._document

    def _refuse_foreign(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme in ("http", "https") and any(host == own or host.endswith(f".{own}") for own in self._hosts):
            return
        if parts.scheme == "chrome-error" or self._gone:
            raise Unreachable("the page shows the browser's own error")
        raise Changed(f"{parts.scheme}://{host} is not one of the platform's hosts")

    async def _alive(self) -> None:
        if self._gone:
            raise Unreachable("the page died")
        await within(self._page.evaluate("1"), self.timeouts.step, "page")

    def _keep(self, reply: Reply) -> None:
        if not any(each is reply for each in self._read):
            self._read.append(reply)

    def _do(self, call: Coroutine[object, object, object]) -> None:
        async def run() -> None:
            with suppress(Failure):
                await call

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_request(self, request: Request) -> None:
        for hearing in self._hearings:
            if hearing.wants(request.url):
                hearing.asked(id(request), request.url)

    def _on_failed(self, request: Request) -> None:
        for hearing in self._hearings:
            if hearing.wants(request.url):
                hearing.failed(id(request), f"{host_and_path(request.url)}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        listening = [hearing for hearing in self._hearings if hearing.wants(response.url)]
        main = self._is_document(response)
        if listening or main:
            self._do(self._take(response, listening, main))

    def _is_document(self, response: Response) -> bool:
        request = response.request
        if not request.is_navigation_request() or response.status in REDIRECTS:
            return False
        try:
            return request.frame == self._page.main_frame
        except PlaywrightError:  # the frame is not there yet: a pop-up's or a child's first document
            return False

    async def _take(self, response: Response, listening: list[Hearing], main: bool) -> None:
        key, headers = id(response.request), response.headers
        kind, location = headers.get("content-type", ""), headers.get("location", "") if response.status in REDIRECTS else ""
        length = headers.get("content-length", "")
        body, cut = b"", length.isdigit() and int(length) > BODY_LIMIT
        lost = ""
        if not location and not cut:
            try:
                # At once: after the next navigation the browser no longer has it.
                body = await within(response.body(), self.timeouts.navigation, "body")
            except Failure as failure:
                lost = failure.detail
            cut = len(body) > BODY_LIMIT
        reply = Reply(response.url, response.status, kind, b"" if cut else body, location, cut)
        for hearing in listening:
            if lost:
                hearing.failed(key, f"{reply.path}: {lost}")
            else:
                hearing.heard(key, reply)
        if main:
            self._document = reply
            self._document_came.set()

    def _on_dialog(self, dialog: Dialog) -> None:
        # Dismissing a "leave this page?" would keep us on it.
        answer = dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss()
        self._do(within(answer, self.timeouts.close, "dialog"))

    def _on_end(self) -> None:
        self._gone = True
        self._document_came.set()
        for hearing in self._hearings:
            hearing.end()

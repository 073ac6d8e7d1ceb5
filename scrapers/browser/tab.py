"""A page on loan: surfaces see a site through it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mediawatch.domain import Changed, Failure, LoginRequired, Unreachable
from scrapers.browser.clock_check import ClockCheck
from scrapers.browser.evidence import VISIBLE_TEXT, PageEvidence
from scrapers.browser.fetch import fetch_by_page
from scrapers.browser.limits import POLL, Timeouts, ask_page, navigated_away, with_timeout
from scrapers.browser.loan import PageLoan, do_nothing
from scrapers.browser.navigation import NavigationGuard
from scrapers.browser.reply import Reply
from scrapers.browser.reply_waiter import ReplyWaiter
from scrapers.browser.traffic import PageTraffic
from scrapers.browser.traffic_log import TrafficLog
from scrapers.urls import host_and_path

if TYPE_CHECKING:
    from playwright.async_api import Page, StorageState


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRules:
    """What a page may do and what may be kept of it."""

    hosts: frozenset[str]
    """Host suffixes that it may navigate to."""
    whole: bool
    """Whether it loads pictures, fonts, media and style sheets."""
    url_keys: frozenset[str] = frozenset()
    """The query keys that may stay in an evidence URL."""
    heavy: frozenset[str] = frozenset()
    """URL patterns (`*` is a wildcard) that it loads only if `whole`."""


class Tab:
    """One page on loan for one sight, with a time limit for every call.

    Playwright's errors come out as `Failure`s. `Unreachable` is a dead page or browser, silence and
    net errors; `Changed` is what the page itself refuses.

    `session` is the name of the login in use, "" for a visitor; `now` the clock.
    """

    def __init__(
        self,
        page: Page,
        rules: PageRules,
        guard: NavigationGuard,
        *,
        session: str,
        now: Callable[[], datetime],
        timeouts: Timeouts,
    ) -> None:
        self.now, self.session, self.timeouts = now, session, timeouts
        self.login = ""
        """Which login that is: `fingerprint` of its file; "" for a visitor."""
        self.known: bool | None = None
        """Whether the site was seen to know the operator of the session.

        None without a sign so far.
        """
        self.pause: Callable[[], Awaitable[None]] = do_nothing
        """Waits between two calls of one visit.

        A surface that reads further pages awaits it before each.
        """
        self.refused: Failure | None = None
        """How the site turned us away from the further pages of a list."""
        self.back_to: date | None = None
        """As `Need.back_to`."""
        self._page, self._rules, self._guard = page, rules, guard
        self.clock = ClockCheck(now)
        """What the replies say of our clock."""
        self._traffic = PageTraffic(page, timeouts, self.clock)
        self.evidence = PageEvidence(
            page,
            self._traffic,
            url_keys=rules.url_keys,
            whole=rules.whole,
            now=now,
            timeouts=timeouts,
        )
        self.loan = PageLoan(page, self._traffic, timeouts)

    @property
    def url(self) -> str:
        """Where the page is now, or the address of another host that it was kept from."""
        return self._guard.refused or self._page.url

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
        is not the platform's, which is not visited; after a redirect `url` says which.
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
        self._traffic.keep(reply)
        return reply

    async def ask(self, url: str) -> tuple[Reply, str]:
        """As `fetch`, kept nowhere: from a page that is asked for many accounts.

        With the URL that answered, after redirects. `Changed` for a redirect to another host, which
        is not asked.
        """
        self._refuse_foreign(self.url)
        self._refuse_foreign(url)
        await self._guard.expect_call(url)
        try:
            reply, to = await ask_page(
                fetch_by_page, self._page, url, self.timeouts.reply, seconds=self.timeouts.reply
            )
        except Failure:
            if away := self._guard.refused_call(url):
                self._refuse_foreign(away)
            raise
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
        value: object = await ask_page(self._page.evaluate, script, seconds=self.timeouts.step)
        return value

    async def html(self) -> str:
        """The document as it is now."""
        self._refuse_foreign(self.url)
        return await ask_page(self._page.content, seconds=self.timeouts.step)

    async def text(self) -> str:
        """The visible text (`innerText` of the body).

        Unless the page is `whole`, what only a style sheet hides is text too.
        """
        return str(await self.evaluate(VISIBLE_TEXT))

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
            await asyncio.sleep(POLL)

    async def sees(self, selector: str) -> bool:
        """Whether a visible element matches.

        Unless the page is `whole`, what only a style sheet hides counts as visible.
        """
        self._refuse_foreign(self.url)
        elements = self._page.locator(selector).filter(visible=True)
        return await ask_page(elements.count, seconds=self.timeouts.step) > 0

    def require_login(self, sign: bool | None) -> None:
        """With a session in use, refuse a page that shows that it does not know the operator.

        A session file is no sign of a login. `sign`: what the page shows; None where it says
        nothing.
        """
        if self.session and sign is not None:
            self.known = sign
        if self.session and sign is False:
            raise LoginRequired("the site does not recognise the stored session")

    async def carries(self, cookie: str, url: str) -> bool:
        """Whether a request to this address would carry this cookie, hidden from scripts or not."""
        cookies = await ask_page(self._page.context.cookies, url, seconds=self.timeouts.step)
        return any(each.get("name") == cookie for each in cookies)

    async def _navigate(self, call: Awaitable[object], limit: float, where: str) -> Reply:
        self._traffic.forget_document()
        self._guard.refused = ""
        try:
            await with_timeout(call, limit, where)
        except Failure as failure:
            if self._guard.refused:
                self._refuse_foreign(self._guard.refused)
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
        if self._guard.allows(url):
            return
        scheme, _, rest = url.partition(":")
        if scheme == "chrome-error" or self._traffic.gone:
            raise Unreachable("the page is gone")
        place = re.split("[/?#]", rest.removeprefix("//"), maxsplit=1)[0].rpartition("@")[2]
        raise Changed(f"{scheme}://{place} is not one of the platform's hosts")

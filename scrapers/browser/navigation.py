"""Where a page may go: a visit to another host than the platform's is not made.

The browser asks before it requests a document of the main frame, also after a redirect and where a
script goes on by itself. Frames, scripts and pictures within the page go where the site sends them.
A call that we make by the page (`Tab.ask`) is not redirected to another host either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mediawatch.domain import Failure
from scrapers.browser.limits import Timeouts, with_timeout
from scrapers.urls import host_and_path

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

DOCUMENTS = {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]}
"""Only they are held up: everything else keeps its speed and its cache."""
CALLS = {"patterns": [*DOCUMENTS["patterns"], {"urlPattern": "*", "resourceType": "XHR"}]}
"""Of a page that makes calls for us: each call of the page costs about 2 ms of CPU more."""


def refuse_all(url: str) -> bool:
    """Of a page that is on loan to nobody."""
    return False


@dataclass(eq=False)
class NavigationGuard:
    """Refuses the documents that `allows` says no to.

    Without slots: Playwright notes its wrapped listeners on the object.
    """

    cdp: CDPSession
    frame: str
    """The main frame's id."""
    timeouts: Timeouts
    allows: Callable[[str], bool] = refuse_all
    refused: str = ""
    """The address that the page was last kept from, until it goes elsewhere; "" for none."""
    _calls: dict[str, str] = field(default_factory=dict)
    """Host and path of our calls -> the address that the last one was kept from; "" for none."""
    _requests: dict[str, str] = field(default_factory=dict)
    """The browser's id of such a request -> its host and path."""
    _answers: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    async def of(cls, cdp: CDPSession, timeouts: Timeouts) -> NavigationGuard:
        """Guards a page from now on. Failures as `with_timeout`."""
        tree = await with_timeout(cdp.send("Page.getFrameTree"), timeouts.launch, "new page")
        guard = cls(cdp, tree["frameTree"]["frame"]["id"], timeouts)
        cdp.on("Fetch.requestPaused", guard._decide)
        await with_timeout(cdp.send("Fetch.enable", DOCUMENTS), timeouts.launch, "new page")
        return guard

    async def expect_call(self, url: str) -> None:
        """Before the page makes a call of ours. Failures as `with_timeout`."""
        if not self._calls:
            await with_timeout(self.cdp.send("Fetch.enable", CALLS), self.timeouts.step, "call")
        self._calls[host_and_path(url)] = ""

    def refused_call(self, url: str) -> str:
        """The address that this call was redirected to and kept from; "" for none."""
        return self._calls.get(host_and_path(url), "")

    async def forget_calls(self) -> bool:
        """Of a page that makes no more calls of ours. False where the page has died."""
        if self._calls:
            try:
                await with_timeout(
                    self.cdp.send("Fetch.enable", DOCUMENTS), self.timeouts.step, "call"
                )
            except Failure:
                return False
        self._calls, self._requests = {}, {}
        return True

    def _decide(self, event: dict[str, Any]) -> None:
        order, told = "Fetch.continueRequest", {"requestId": event["requestId"]}
        if event["frameId"] == self.frame and not self._may_go_on(event):
            order, told = "Fetch.failRequest", {**told, "errorReason": "BlockedByClient"}
        answer = asyncio.ensure_future(self._answer(order, told))
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)

    def _may_go_on(self, event: dict[str, Any]) -> bool:
        url = str(event["request"]["url"])
        allowed = self.allows(url)
        if event["resourceType"] == "Document":
            self.refused = "" if allowed else url
            return allowed
        # The page's script may add to the query of a call; the path is ours.
        request, path = str(event.get("networkId")), host_and_path(url)
        if request not in self._requests:
            if path in self._calls:
                self._requests[request] = path
            return True
        if not allowed:
            self._calls[self._requests[request]] = url
        return allowed

    async def _answer(self, order: str, told: dict[str, str]) -> None:
        # A page that closes or dies needs no answer; the look has its own time limit.
        with suppress(Failure):
            await with_timeout(self.cdp.send(order, told), self.timeouts.step, "navigation")

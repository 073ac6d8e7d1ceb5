"""Where a page may go: a visit to another host than the platform's is not made.

The browser asks before it requests a document of the main frame, also after a redirect and where a
script goes on by itself. Frames, scripts and pictures within the page go where the site sends them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mediawatch.domain import Failure
from scrapers.browser.limits import Timeouts, with_timeout

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

DOCUMENTS = {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]}
"""Only they are held up: everything else keeps its speed and its cache."""


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
    _answers: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    async def of(cls, cdp: CDPSession, timeouts: Timeouts) -> NavigationGuard:
        """Guards a page from now on. Failures as `with_timeout`."""
        tree = await with_timeout(cdp.send("Page.getFrameTree"), timeouts.launch, "new page")
        guard = cls(cdp, tree["frameTree"]["frame"]["id"], timeouts)
        cdp.on("Fetch.requestPaused", guard._decide)
        await with_timeout(cdp.send("Fetch.enable", DOCUMENTS), timeouts.launch, "new page")
        return guard

    def _decide(self, event: dict[str, Any]) -> None:
        order, told = "Fetch.continueRequest", {"requestId": event["requestId"]}
        if event["frameId"] == self.frame:
            url = str(event["request"]["url"])
            self.refused = "" if self.allows(url) else url
            if self.refused:
                order, told = "Fetch.failRequest", {**told, "errorReason": "BlockedByClient"}
        answer = asyncio.ensure_future(self._answer(order, told))
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)

    async def _answer(self, order: str, told: dict[str, str]) -> None:
        # A page that closes or dies needs no answer; the look has its own time limit.
        with suppress(Failure):
            await with_timeout(self.cdp.send(order, told), self.timeouts.step, "navigation")

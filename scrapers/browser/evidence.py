"""What is kept of a page as evidence: a picture, the payloads read, the document, the text.

With a login the operator is covered first; a hidden secret never stands in it.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from mediawatch.domain import Capture, EvidenceKind, Failure
from scrapers.browser.limits import Timeouts, ask_page, with_timeout
from scrapers.browser.traffic import PageTraffic
from scrapers.privacy.masking import Mask, OperatorCover
from scrapers.urls import scrub

if TYPE_CHECKING:
    from playwright.async_api import Page

PICTURE_HEIGHT = 8000
"""CSS pixels of a full-page picture; what is below says nothing new about the latest posts."""
VISIBLE_TEXT = "document.body ? document.body.innerText : ''"
_GZIP = "application/gzip"
_HEIGHT = (
    "Math.max(innerHeight, document.documentElement ? document.documentElement.scrollHeight : 0)"
)


class PageEvidence:
    """Takes the captures of one page, at the end of a look.

    URLs keep the query keys in `url_keys` alone. A `whole` page is pictured when its pictures have
    loaded.
    """

    def __init__(
        self,
        page: Page,
        traffic: PageTraffic,
        *,
        url_keys: frozenset[str],
        whole: bool,
        now: Callable[[], datetime],
        timeouts: Timeouts,
    ) -> None:
        self._page, self._traffic = page, traffic
        self._url_keys, self._whole = url_keys, whole
        self._now, self._timeouts = now, timeouts
        self._secrets: list[bytes] = []
        self._cover: OperatorCover | None = None

    def hide(self, secret: str) -> None:
        """Blank this text in all that is kept: a login's token that the site writes into its
        answers.
        """
        self._secrets.append(secret.encode())

    async def take(self, *, page: bool = True, mask: Mask | None = None) -> tuple[Capture, ...]:
        """A picture of the page (JPEG), the payloads read, the document and the visible text.

        URLs are scrubbed. Without `page` the payloads alone. All but the picture are gzipped
        (`application/gzip`).

        What a broken page does not give is left out. So is a page in which the operator cannot be
        covered (`mask`): never raises a `Failure`.
        """
        said = [reply.text() for reply in self._traffic.read]
        try:
            await self._traffic.alive()
            if mask:
                said.append(await self._document())
        except Failure:  # a page that hangs would hang for each of the rest
            page = False
        self._cover = mask.cover_for(said) if mask else None
        payloads = [
            self._packed(EvidenceKind.PAYLOAD, reply.body, reply.url)
            for reply in self._traffic.read
        ]
        return (
            (*await self._picture(), *payloads, *await self._words()) if page else tuple(payloads)
        )

    async def _picture(self) -> list[Capture]:
        """Empty where the page gives no picture."""
        with suppress(Failure):
            if self._whole:
                with suppress(Failure):
                    await with_timeout(
                        self._page.wait_for_load_state("load", timeout=0),
                        self._timeouts.step,
                        "load",
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
            body = await with_timeout(shot, self._timeouts.step, "picture")
            return [self._capture(EvidenceKind.SCREENSHOT, "image/jpeg", body, self._page.url)]
        return []

    async def _words(self) -> list[Capture]:
        """The document and the visible text, without what the page does not give."""
        taken: list[Capture] = []
        with suppress(Failure):
            await self._cover_operator()
            html = await self._document()
            taken.append(self._packed(EvidenceKind.PAYLOAD, html.encode(), self._page.url))
        with suppress(Failure):
            await self._cover_operator()
            text = str(await self._value(VISIBLE_TEXT))
            taken.append(self._packed(EvidenceKind.TEXT, text.encode(), self._page.url))
        return taken

    async def _cover_operator(self) -> None:
        """Each time anew: the page may have redrawn itself meanwhile."""
        if self._cover:
            await self._value(self._cover.script)

    async def _document(self) -> str:
        return await ask_page(self._page.content, seconds=self._timeouts.step)

    async def _value(self, script: str) -> object:
        value: object = await ask_page(self._page.evaluate, script, seconds=self._timeouts.step)
        return value

    def _packed(self, kind: EvidenceKind, body: bytes, url: str) -> Capture:
        """Without secrets and the operator, gzipped."""
        for secret in self._secrets:
            body = body.replace(secret, b"*" * len(secret))
        if self._cover:
            body = self._cover.bytes(body)
        # mtime=0: the same bytes give the same hash.
        return self._capture(kind, _GZIP, gzip.compress(body, 6, mtime=0), url)

    def _capture(self, kind: EvidenceKind, media_type: str, body: bytes, url: str) -> Capture:
        return Capture(
            kind=kind,
            media_type=media_type,
            body=body,
            taken_at=self._now(),
            url=scrub(url, self._url_keys),
        )

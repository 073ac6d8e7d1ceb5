"""A GET by the page's own `fetch`: with its cookies, and the signatures that the page adds."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from mediawatch.domain import Unreachable
from scrapers.browser.clock_check import sent_at
from scrapers.browser.limits import with_timeout
from scrapers.browser.reply import Reply
from scrapers.urls import host_and_path

if TYPE_CHECKING:
    from playwright.async_api import Page

BODY_LIMIT = 20_000_000
"""Bytes. No watched page needs a larger body; reading it would cost the sweep its memory."""
_FETCH = """async ([url, limit]) => {
  const answer = await fetch(url, {cache: 'no-store', credentials: 'include'}).catch(() => null)
  if (!answer) return null
  const bytes = new Uint8Array(await answer.arrayBuffer())
  // Chromium before 140 has no toBase64.
  const coded = () => bytes.toBase64 ? bytes.toBase64() : btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))
  const type = answer.headers.get('content-type') || ''
  const headers = {date: answer.headers.get('date') || '', age: answer.headers.get('age') || ''}
  const to = answer.redirected ? answer.url : ''
  return {status: answer.status, type, headers, to, size: bytes.length, data: bytes.length <= limit ? coded() : ''}
}"""


async def fetch_by_page(page: Page, url: str, seconds: float) -> tuple[Reply, str]:
    """The reply, and the URL that answered where the request was redirected ("" where not).

    Raises `Unreachable`; `Changed` where the page moved on meanwhile.
    """
    match await with_timeout(
        page.evaluate(_FETCH, [url, BODY_LIMIT]), seconds, f"fetch of {host_and_path(url)}"
    ):
        case {
            "status": int(status),
            "type": str(kind),
            "headers": dict(headers),
            "to": str(to),
            "size": int(size),
            "data": str(data),
        }:
            return Reply(
                url,
                status,
                kind,
                base64.b64decode(data),
                sent_at=sent_at(headers),
                cut=size > BODY_LIMIT,
            ), to
    raise Unreachable(f"fetch of {host_and_path(url)} failed")

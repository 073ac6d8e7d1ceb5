"""One response as the page got it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mediawatch.domain import Changed, RateLimited, Unreachable
from scrapers.urls import host_and_path

_RENDER_DATA = re.compile(r'<script\b[^>]*\bid="RENDER_DATA"[^>]*>([^<]*)</script>')
REFUSALS = frozenset({403, 414, 418, 429, 432})
"""Statuses by which the watched sites say "slower" or "not you"."""
ASKED_LIMIT = 65_536
"""Bytes of a request's body that are kept with its reply. The calls that are read carry hundreds."""


def render_data(html: str) -> str | None:
    """The server data that Douyin and Toutiao put into a document; None where it has none.

    Percent-encoded as it stands there.
    """
    found = _RENDER_DATA.search(html)
    return found[1] if found else None


def text_in(record: Mapping[str, object], key: str) -> str:
    """The text of a field; "" where it is missing or no text."""
    value = record.get(key)
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One response as the page got it. `url` is the request's URL, with its query."""

    url: str
    status: int
    content_type: str
    body: bytes
    location: str = ""
    """Where the response redirects to; its body is then empty."""
    sent_at: datetime | None = None
    """When it was sent, by the site's own clock; None where the site does not say."""
    cut: bool = False
    """True where the body was larger than a tab keeps; `body` is then empty."""
    asked: bytes = b""
    """What the request carried (a POST), as sent; empty where it was larger than `ASKED_LIMIT`.

    It may hold secrets: evidence never keeps it.
    """

    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def good(self) -> Reply:
        """Give the reply itself, or raise.

        5xx is `Unreachable`; 403, 414, 418, 429 and 432 are `RateLimited`; a redirect or an
        overlong body is `Changed`.
        """
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
        """The parsed body.

        Raises what `good` raises; an empty body is `RateLimited`; no JSON is `Changed`.
        """
        self.good()
        if not self.body.strip():
            raise RateLimited(f"empty body for {self.path}")
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Changed(f"no JSON from {self.path}: {self.text()[:80]}") from error

    @property
    def asked_fields(self) -> dict[str, str]:
        """The texts and numbers at the top of the JSON that the request carried, as text.

        Empty where it carried no JSON object.
        """
        try:
            fields = json.loads(self.asked) if self.asked else {}
        except (ValueError, RecursionError):
            return {}
        if not isinstance(fields, dict):
            return {}
        return {
            key: str(value)
            for key, value in fields.items()
            if isinstance(value, str | int | float) and not isinstance(value, bool)
        }

    @property
    def path(self) -> str:
        """Host and path, for messages: the query may hold secrets."""
        return host_and_path(self.url)

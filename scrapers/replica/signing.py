"""The stand-in for the platforms' signature scripts.

A page's own script signs its calls, and the site refuses unsigned ones. Nothing here resembles a
real platform's algorithm, and nothing should.
"""

from __future__ import annotations

import re
import secrets

from scrapers.replica.web import fill, template

_SCRIPT = template("signing.js")


class Signing:
    """One site's signature.

    `key` is the query key it stands under, `prefix` the paths that need it.
    """

    def __init__(self, key: str, prefix: str) -> None:
        self.key = key
        self._prefix = prefix
        self._secret = secrets.token_hex(8)

    @property
    def script(self) -> str:
        """Goes into each page before its own calls; wraps `fetch` and `XMLHttpRequest`."""
        return fill(_SCRIPT, secret=self._secret, prefix=self._prefix, key=self.key)

    def accepts(self, target: str) -> bool:
        """Whether path and query, exactly as sent, end in the signature of what precedes it."""
        found = re.fullmatch(rf"(.*)[?&]{self.key}=([0-9a-f]{{8}})", target)
        return found is not None and self._of(found[1]) == found[2]

    def sign(self, target: str) -> str:
        """Path and query with the page's signature in place of the one they have."""
        plain = re.sub(rf"[?&]{self.key}=[0-9a-f]*$", "", target)
        return f"{plain}{'&' if '?' in plain else '?'}{self.key}={self._of(plain)}"

    def _of(self, text: str) -> str:
        value = 2166136261
        for letter in self._secret + text:
            value = (value ^ ord(letter)) * 16777619 & 0xFFFFFFFF
        return f"{value:08x}"

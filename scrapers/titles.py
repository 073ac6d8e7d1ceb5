"""The title of a post, as it is kept: one line, and of limited length. Pure."""

from __future__ import annotations

import re
from html import unescape

from mediawatch.domain import TITLE_CUT
from mediawatch.visible import remove_hidden

LONGEST = 200
"""Signs of a title or text that are kept at most."""
_BREAK = re.compile(r"<(?:br|/p|/div)\b[^>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"<img\b[^>]*\balt=[\"']?([^\"'>\s]*)[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def title_of(text: object, *, goes_on: bool = False) -> str:
    """A title or the beginning of a text, on one line; "" for what is no text.

    It ends with `…` where it was cut here, or `goes_on`: the site itself shows only its beginning.
    """
    # Sites put signs that nobody sees behind a text: they would hide how it ends.
    words = " ".join(remove_hidden(text).split()) if isinstance(text, str) else ""
    if len(words) <= LONGEST and not (goes_on and words):
        return words
    return words[: LONGEST - 1].removesuffix(TITLE_CUT).rstrip() + TITLE_CUT


def plain_text(markup: str) -> str:
    """The words of a text that comes with markup; a picture of it by its description."""
    return unescape(_TAG.sub("", _PICTURE.sub(r"\1", _BREAK.sub("\n", markup))))

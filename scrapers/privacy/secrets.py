"""Texts that identify the operator or are his keys: in records, cookies and pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

_IDENTIFYING = re.compile(
    r"(?:.*_)?(?:id|idstr|uid|sec_?uid|unique_?id|short_?id|user_?id|user_?name|name|nick_?name|screen_?name|alias|domain|weihao|bizuin|uin"
    r"|avatar\w*|head\w*|profile_image_url|phone|mobile|email)",
    re.IGNORECASE,
)
_SHORTEST, _SHORTEST_ID = 2, 5
_SHORTEST_COOKIE = 8
"""Characters. A shorter cookie is a switch ("1", "zh_CN"): replacing it would spoil the page."""


def identity_in(record: object) -> Iterator[str]:
    """The texts of a viewer's record that could identify him: ids, names, addresses of pictures.

    Numbers count as ids.
    """
    match record:
        case dict():
            for key, value in record.items():
                if isinstance(value, dict | list):
                    yield from identity_in(value)
                elif _IDENTIFYING.fullmatch(str(key)):
                    yield from _identifying(value)
        case list():
            for value in record:
                yield from identity_in(value)


def _identifying(value: object) -> Iterator[str]:
    if isinstance(value, bool) or value is None:
        return
    text = str(value).strip()
    # A bare "1" or "演" would be replaced in every other word of the page.
    if len(text) >= (_SHORTEST_ID if text.isascii() else _SHORTEST):
        yield text


def cookie_values(cookies: Iterable[object]) -> Iterator[str]:
    """Values of a storage state's cookies that are long enough to be secrets.

    As they are and decoded.
    """
    for cookie in cookies:
        if (
            isinstance(cookie, Mapping)
            and isinstance(value := cookie.get("value"), str)
            and len(value) >= _SHORTEST_COOKIE
        ):
            yield from {value, unquote(value)}


def json_values_after(text: str, start: str) -> Iterator[object]:
    """Every JSON value that stands in a text right after what the expression `start` matches."""
    decoder = json.JSONDecoder()
    for found in re.finditer(start, text):
        try:
            yield decoder.raw_decode(text, found.end())[0]
        except (ValueError, RecursionError):
            continue

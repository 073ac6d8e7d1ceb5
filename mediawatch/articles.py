"""Links to WeChat articles, as people paste them. Pure.

Short ones (`/s/` and a token of 22 signs), and long ones (`/s?__biz=…&mid=…&idx=…&sn=…`).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from mediawatch.addresses import unwrap

_ARTICLE = re.compile(
    r"(?:https?://)?mp\.weixin\.qq\.com/s(?:/[\w-]{6,64}|\?[\w\-.~%&=+#:/!$*@]*)",
    re.ASCII | re.IGNORECASE,
)
_ARTICLES = "mp.weixin.qq.com/s"
_TAIL = re.compile(
    r"(?:https?:/{0,2}|(?<![\w.])m(?:p\b)?)[\w\-.~%&=+#:/?!$*@]*$", re.ASCII | re.IGNORECASE
)
"""What an address at the end of a text may be."""
_LONGEST = 2000
"""Signs of a text's end in which an address is looked for."""
_TOKEN_LENGTH, _SEAL_LENGTH = 22, 32
"""Signs of a short link's token, and of a long one's `sn`."""


def article_of(address: str) -> str:
    """The WeChat article that an address leads to, as it was written, with https.

    Without a fragment. "" where it leads to anything else.
    """
    found = _ARTICLE.match(address)
    if found is None:
        return ""
    url = re.sub(
        r"^(?:https?://)?mp\.weixin\.qq\.com",
        "https://mp.weixin.qq.com",
        found[0],
        flags=re.IGNORECASE,
    )
    url = url.partition("#")[0].rstrip(".:!/*")
    return "" if url.endswith("/s?") else url


def is_part_of_article(address: str) -> bool:
    """Whether an address that leads to no article may be the beginning of one that was cut."""
    parts = urlsplit(address)
    return (
        (parts.hostname or "") == "mp.weixin.qq.com"
        and (parts.path == "/s" or parts.path.startswith("/s/"))
        and not article_of(address)
    )


def article_key(url: str) -> str:
    """What two links of one article have in common.

    The token of a short one; biz, message and place of a long one.
    """
    parts = urlsplit(unwrap(url))
    query = parse_qs(parts.query)
    named = [query[key][0] for key in ("__biz", "mid", "idx") if key in query]
    return "/".join(named) if len(named) == 3 else f"{parts.path}?{parts.query}".rstrip("?")


def ends_in_part(text: str) -> bool:
    """Whether a text ends within an article link: cut in its host, token or parameters."""
    found = _TAIL.search(text.rstrip()[-_LONGEST:])
    if found is None:
        return False
    bare = re.sub(r"^https?:/{0,2}", "", found[0], flags=re.IGNORECASE)
    if len(bare) <= len(_ARTICLES):
        return _ARTICLES.startswith(bare.lower())
    kind, rest = bare[len(_ARTICLES)], bare[len(_ARTICLES) + 1 :]
    if not bare.lower().startswith(_ARTICLES) or kind not in "/?":
        return False
    return (
        len(rest) < _TOKEN_LENGTH and re.fullmatch(r"[\w-]*", rest) is not None
        if kind == "/"
        else not _names_article(rest)
    )


def ends_whole(text: str) -> bool:
    """Whether a text ends in an article link of full length."""
    found = _TAIL.search(text.rstrip()[-_LONGEST:])
    bare = re.sub(r"^https?://", "", found[0], flags=re.IGNORECASE) if found else ""
    if not bare.lower().startswith(_ARTICLES):
        return False
    kind, rest = bare[len(_ARTICLES) :][:1], bare[len(_ARTICLES) + 1 :]
    token = re.split(r"[?#]", rest, maxsplit=1)[0]
    return len(token) == _TOKEN_LENGTH if kind == "/" else kind == "?" and _names_article(rest)


def _names_article(query: str) -> bool:
    """Whether the parameters of a long link name an article, and none of them is cut."""
    named = parse_qs(query.partition("#")[0])
    seal = named.get("sn", ["0" * _SEAL_LENGTH])[0]
    return {"__biz", "mid", "idx"} <= named.keys() and len(seal) == _SEAL_LENGTH

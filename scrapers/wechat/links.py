"""Links of articles and albums, as they may be stored. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from scrapers.urls import link_in
from scrapers.wechat.page_scripts import decode

_ALBUM = re.compile(r"https?://mp\.weixin\.qq\.com/mp/appmsgalbum\?[^\s'\"<>#]+")
_NEXT = re.compile(r"\bnext_article_link\s*:\s*(?:\w+\()?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
LINK_KEYS = frozenset({"__biz", "mid", "idx", "sn"})


def own_links(scripts: str, biz: str) -> tuple[str, ...]:
    """The next article of the page's album, and its albums.

    Those of another account (cards, quotations) are passed over.
    """
    albums = dict.fromkeys(
        link for found in _ALBUM.findall(scripts) if (link := album_link(decode(found), biz))
    )
    following = (storable_link(decode(found[1:-1])) for found in _NEXT.findall(scripts))
    # A long link leads to the verification page: of no use to a look.
    short = (
        dict.fromkeys(link for link in following if link.startswith("https://mp.weixin.qq.com/s/"))
        if albums
        else {}
    )
    return (*short, *albums)


def album_link(url: str, biz: str) -> str:
    """The address of an album, reduced to what names it.

    "" where it names no album, or one of another account than `biz`.
    """
    keys = dict(parse_qsl(urlsplit(url.replace("&amp;", "&")).query))
    own, album = keys.get("__biz", ""), keys.get("album_id", "")
    if not biz or not album.isdigit() or unquote(own).rstrip("=") != unquote(biz).rstrip("="):
        return ""
    return f"https://mp.weixin.qq.com/mp/appmsgalbum?{urlencode({'__biz': own, 'action': 'getalbum', 'album_id': album})}"


def source_link(url: str) -> str:
    """Where 阅读原文 leads, as it may be stored; "" for what is no address that anybody may visit."""
    found = link_in(url)
    if not found.hostname:
        return ""
    if found.hostname == "mp.weixin.qq.com":
        return storable_link(found.geturl())
    return urlunsplit((found.scheme or "https", found.hostname, found.path, found.query, ""))[:500]


def storable_link(url: str) -> str:
    """A link as it may be stored: of a long one only what names the article.

    Nothing that a visit or a share added.
    """
    parts = urlsplit(url.replace("&amp;", "&"))
    keys = [
        (key, value)
        for key, value in parse_qsl(parts.query)
        if key in LINK_KEYS and parts.path == "/s"
    ]
    return urlunsplit(("https", parts.hostname or "", parts.path, urlencode(keys), ""))

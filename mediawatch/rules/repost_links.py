"""What links of one post have in common, whichever way they are written. Pure.

Weibo writes the number of a post in two ways: as decimal digits (mid), and in base 62 (bid). Four
signs of the latter stand for seven digits, counted from the end.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from mediawatch.addresses import unwrap
from mediawatch.articles import article_key, article_of

_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIBO = re.compile(r"/(?:\d+|status|detail|u/\d+)/(\w{8,20})/?", re.ASCII)
_DOUYIN = re.compile(r"/(?:share/)?(?:video|note|slides)/(\d{10,20})\b")
_TOUTIAO = re.compile(r"/(?:(?:article|w|video|group|item)/|[ai])(\d{10,20})\b")
_BILIBILI = re.compile(
    r"(?:t\.bilibili\.com|(?:m\.)?bilibili\.com/opus)/(\d{6,20})/?|"
    r"(?:m\.)?bilibili\.com/video/(BV\w{10})/?",
    re.ASCII,
)
_KUAISHOU = re.compile(r"/(?:short-video|fw/(?:photo|long-video))/(3x[0-9a-z]{6,22})/?", re.ASCII)
_TIEBA = re.compile(r"/p/(\d{8,20})/?")
_ADDED = re.compile(r"utm_\w+|from|share\w*|scene|spm|timestamp|isappinstalled|wfr", re.IGNORECASE)
"""Query keys that sharing adds; they name no page."""


def post_key(url: str) -> str:
    """A text that is equal for the links of one post; "" for no link."""
    if not url.strip():
        return ""
    address = unwrap(url.strip())
    if article := article_of(address):
        return f"wechat:{article_key(article)}"
    try:
        parts = urlsplit(address if "//" in address else f"https://{address}")
    except ValueError:
        return address
    host = (parts.hostname or "").removeprefix("www.")
    query = parse_qsl(parts.query)
    if _is_on(host, "weibo.com", "weibo.cn") and (found := _WEIBO.fullmatch(parts.path)):
        return f"weibo:{number_of(found[1])}"
    if _is_on(host, "douyin.com", "iesdouyin.com"):
        modal = next((value for key, value in query if key == "modal_id"), "")
        found = _DOUYIN.search(parts.path)
        if modal or found:
            return f"douyin:{modal or (found[1] if found else '')}"
    if _is_on(host, "toutiao.com") and (found := _TOUTIAO.search(parts.path)):
        return f"toutiao:{found[1]}"
    if found := _BILIBILI.fullmatch(f"{host}{parts.path}"):
        return f"bilibili:{found[1] or found[2]}"
    if _is_on(host, "kuaishou.com", "gifshow.com", "chenzhongtech.com") and (
        found := _KUAISHOU.fullmatch(parts.path)
    ):
        return f"kuaishou:{found[1]}"
    if host == "tieba.baidu.com" and (found := _TIEBA.fullmatch(parts.path)):
        return f"tieba:{found[1]}"
    kept = urlencode(sorted(pair for pair in query if not _ADDED.fullmatch(pair[0])))
    return f"{host}{parts.path.rstrip('/')}" + (f"?{kept}" if kept else "")


def _is_on(host: str, *domains: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def number_of(name: str) -> str:
    """The decimal number of a Weibo post (mid), whichever way it is written."""
    if name.isdigit() or not all(sign in _SIGNS for sign in name):
        return name
    groups = [name[max(end - 4, 0) : end] for end in range(len(name), 0, -4)][::-1]
    numbers = [str(_decode(group)) for group in groups]
    return numbers[0] + "".join(number.zfill(7) for number in numbers[1:])


def _decode(group: str) -> int:
    value = 0
    for sign in group:
        value = value * 62 + _SIGNS.index(sign)
    return value

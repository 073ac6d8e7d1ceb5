"""Web addresses as people paste them.

Pure. They are found in a text, cut where Chinese text is glued on, and taken out of redirect pages.
Every way in uses this: the registry, `links import`, worklists, answers of units, and the scrapers
for what was filed before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from urllib.parse import unquote, urlsplit

from mediawatch.visible import remove_hidden

_CHINESE = "\u2e80-\u9fff\uf900-\ufaff"
_LOOK_ALIKE = "\u00c0-\u1fff\u24b6-\u24e9\uff10-\uff5a\U0001d400-\U0001d7ff"
"""Letters of other scripts and styles: what follows them is the rest of a false address."""
_CHARS = r"A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%|"
_NAME = rf"(?:(?<=/n/)|(?<=/N/)|(?<==))(?=[{_CHINESE}])[^\s/?&#\"'<>\u3000-\u303f\uff00-\uffef]+"
"""A name that stands unescaped in an address is part of it: https://weibo.com/n/示例发布,
…?kw=示例.
"""
_WITH_SCHEME = rf"https?://(?:(?<==)https?://|(?!https?://)[{_CHARS}]|{_NAME})+"
_ENCODED = rf"(?<![=\w%])https?%(?:25)*3A%(?:25)*2F%(?:25)*2F[{_CHARS}]+"
_BARE = rf"(?<![A-Za-z0-9@./:%=_-])(?<![{_LOOK_ALIKE}])(?:[A-Za-z0-9-]+\.)+(?:com|cn|net|org|tv|cc|top|io)(?::\d+)?/(?:(?!https?://)[{_CHARS}]|{_NAME})*"
_SEGMENT = re.compile(rf"[{_CHINESE}][\w-]*")
_AFTER = ".,;:!?>]}|*\"'"

_KEYS = frozenset(
    {
        "target_url",
        "targeturl",
        "target",
        "url",
        "u",
        "q",
        "pfurl",
        "to",
        "link",
        "href",
        "dest",
        "destination",
        "redirect",
        "redirect_url",
        "redirecturl",
        "redirect_uri",
        "jump",
        "jump_url",
        "jumpurl",
        "go",
        "goto",
        "r",
        "real_url",
        "realurl",
        "jump_to",
        "open_url",
        "origin_url",
        "src_url",
        "share_url",
        "page_url",
        "web_url",
        "weburl",
        "next",
    }
)
"""Parameters in which redirect pages carry the address that they lead to."""
_CARRIED = re.compile(
    r"[?&#;](?P<key>[\w.-]+)=(?P<value>(?:https?(?::|%(?:25)*3A)(?:/|%(?:25)*2F){2}|(?:[\w-]+\.)+(?:com|cn|net|org)(?:/|%(?:25)*2F))[^\s]*)",
    re.IGNORECASE,
)
_DEEPEST = 6
"""How deep an address is looked for within redirect addresses."""
_CONTENT = re.compile(r"https?://mp\.weixin\.qq\.com/s[/?]", re.IGNORECASE)
"""An article's own parameters name the article: nothing in it leads on."""


_INNER = frozenset({"localhost", "local", "internal", "intranet", "lan", "corp", "home", "arpa"})
"""Last labels of names within a network."""


class AddressFault(StrEnum):
    """Why an address is no page of a platform, whatever it leads to. `label` is the Chinese."""

    DAMAGED = "it is damaged"
    USER = "a user name or password stands in it"
    PORT = "a port stands in it"
    LETTERS = "its host has letters that are not Latin"
    DOT = "its host ends in a dot"
    NUMBER = "its host is a number, not a name"
    INNER = "its host is a name within a network"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    AddressFault.DAMAGED: "网址已损坏",
    AddressFault.USER: "网址中带有用户名或密码",
    AddressFault.PORT: "网址中带有端口号",
    AddressFault.LETTERS: "网址的域名含有非英文字母",
    AddressFault.DOT: "网址的域名以点结尾",
    AddressFault.NUMBER: "网址是数字地址，不是域名",
    AddressFault.INNER: "网址是内部网络的地址",
}


def address_fault(address: str) -> AddressFault | None:
    """What keeps an address from being filed and visited; None for an ordinary one.

    The platforms' pages stand at names, by http or https at their usual ports.
    """
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return AddressFault.DAMAGED
    last = host.rpartition(".")[2]
    for fault, found in (
        (AddressFault.USER, "@" in parts.netloc),
        (AddressFault.PORT, port not in (None, 80, 443)),
        (AddressFault.LETTERS, not host.isascii() or "xn--" in host),
        (AddressFault.DOT, host.endswith(".")),
        (AddressFault.NUMBER, ":" in host or re.fullmatch(r"\d+|0x[0-9a-f]*", last) is not None),
        (AddressFault.INNER, "." not in host or last in _INNER),
        (AddressFault.DAMAGED, re.fullmatch(r"[a-z0-9._-]+", host) is None),
    ):
        if found:
            return fault
    return None


def addresses_in(text: str, *, bare: bool = False) -> tuple[str, ...]:
    """Every address of a text in its order, each once, unwrapped.

    `bare`: also those without https://, which is added.
    """
    return tuple(dict.fromkeys(unwrap(address) for address in _found(text, bare)))


def unwrap(address: str) -> str:
    """The address that a redirect page, or a page of a check, leads to; else itself.

    Chat and document services have such redirect pages.
    """
    for _ in range(_DEEPEST):
        inner = _carried(address)
        if not inner:
            break
        address = inner
    return address


@cache
def _pattern(bare: bool) -> re.Pattern[str]:
    """Compiled for the first text: it takes longer than many a command's own work."""
    ways = (_WITH_SCHEME, _ENCODED, _BARE) if bare else (_WITH_SCHEME, _ENCODED)
    return re.compile("|".join(ways), re.IGNORECASE)


def _found(text: str, bare: bool) -> Iterator[str]:
    text = remove_hidden(text).replace("&amp;", "&").replace("：//", "://")
    for found in _pattern(bare).finditer(text):
        address = found[0]
        if re.match(r"https?%", address, re.IGNORECASE):
            address = _decoded(address)
        elif "://" not in address[:8]:
            address = f"https://{address}"
        if (
            address.count("/") == 3
            and address.endswith("/")
            and (name := _SEGMENT.match(text, found.end()))
        ):
            # Otherwise only the site's front page would be left of it.
            address += name[0]
        address = _without_marks(address)
        if "." in (_host(address) or ""):
            yield address


def _without_marks(address: str) -> str:
    """Without the marks that people type after an address."""
    while address and (
        address[-1] in _AFTER or (address[-1] == ")" and address.count("(") < address.count(")"))
    ):
        address = address[:-1]
    return address


def _carried(address: str) -> str:
    if _CONTENT.match(address):
        return ""
    for found in _CARRIED.finditer(address):
        if found["key"].lower() not in _KEYS:
            continue
        value = found["value"]
        if re.match(r"https?://", value, re.IGNORECASE):
            # Written as it is: what follows may be its own, unless it has no query yet.
            query, more = value.find("?"), value.find("&")
            value = value[:more] if more >= 0 and not 0 <= query < more else value
        else:
            value = _decoded(re.split("[&#]", value, maxsplit=1)[0])
        value = value if re.match(r"https?://", value, re.IGNORECASE) else f"https://{value}"
        if "." in (_host(value) or ""):
            return _without_marks(value)
    return ""


def _decoded(text: str) -> str:
    """Percent-decoded until it is an address: one wrap within another is encoded twice."""
    for _ in range(_DEEPEST):
        if re.match(r"https?://|(?:[\w-]+\.)+\w+/", text, re.IGNORECASE):
            break
        text = unquote(text)
    return text


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None

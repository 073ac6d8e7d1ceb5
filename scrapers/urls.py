"""Addresses, taken apart and put together again. Pure."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from mediawatch.addresses import address_fault, addresses_in


def link_in(text: str) -> SplitResult:
    """The first link of a filed text, unwrapped and taken apart; empty without a link, and where
    nobody may visit it.

    Offices paste share texts and leave the scheme out.
    """
    link = next(iter(addresses_in(text, bare=True)), "")
    return urlsplit("" if address_fault(link) else link)


def query_of(url: str) -> dict[str, str]:
    """The query of a URL, decoded; keys without a value are kept as ""."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def on_host(host: str | None, *domains: str) -> bool:
    """Whether a host is one of these domains or stands under one of them."""
    return any(host == domain or (host or "").endswith(f".{domain}") for domain in domains)


WEB_PORTS = frozenset({80, 443})
"""Where the sites answer; another port of such a host is another server."""


def is_on_site(url: str, hosts: Collection[str], ports: Collection[int] | None = WEB_PORTS) -> bool:
    """Whether an address leads to these hosts or below them, by http or https, at these ports.

    Without user info: a browser would send it along. None of `ports` for any port.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and "@" not in parts.netloc
        and (ports is None or port is None or port in ports)
        and on_host(parts.hostname, *hosts)
    )


def host_and_path(url: str) -> str:
    """`m.weibo.cn/api/container/getIndex` of a URL, as `Tab.listen_for` matches it.

    No scheme, port or query.
    """
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"


def scrub(url: str, keys: frozenset[str]) -> str:
    """The URL with only the named query keys, fit for evidence and logs.

    Without fragment and user info.
    """
    parts = urlsplit(url)
    query = urlencode(
        [
            (key, value)
            for key, value in parse_qsl(parts.query, keep_blank_values=True)
            if key in keys
        ]
    )
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


def repeat_call(url: str, without: frozenset[str], *, to: str = "", **query: object) -> str:
    """The address of a page's call (or of another one, `to`), for the page to call once more.

    Without the query keys `without`, which its script signs anew, and with others changed.
    """
    kept = {
        key: value
        for key, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
        if key not in without
    }
    return f"https://{host_and_path(to or url)}?{urlencode({**kept, **query})}"

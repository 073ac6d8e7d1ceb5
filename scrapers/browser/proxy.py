"""The office's proxy, as Playwright wants it: it ignores user and password in the URL silently."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mediawatch.domain import UserError

if TYPE_CHECKING:
    from playwright.async_api import ProxySettings

_SCHEMES = ("http", "https", "socks5")


def proxy_settings(url: str | None) -> ProxySettings | None:
    """Read `http://user:password@host:port`; "" gives None.

    User and password are optional and percent-encoded. UserError for anything else; the message
    never holds the URL, which may hold a password.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port or parts.scheme not in _SCHEMES or parts.path.strip("/"):
        raise UserError(
            "[browser] proxy is no proxy's URL: write http://user:password@host:port "
            f"({', '.join(_SCHEMES)})"
        )
    address = f"[{host}]" if ":" in host else host
    settings: ProxySettings = {"server": f"{parts.scheme}://{address}:{port}"}
    if parts.username:
        settings |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    return settings

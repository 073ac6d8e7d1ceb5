"""Whether there is a network at all: connects to the platforms' own hosts as looks do.

Sends them no request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from urllib.parse import urlsplit

_PATIENCE = 6.0
"""Seconds for one connection."""
_NO_WAY = (502, 503, 504)
"""What a proxy answers that has no way to the host."""


async def unreachable(
    hosts: Collection[str], proxy: str | None, patience: float = _PATIENCE
) -> str:
    """Why no host can be reached, as an English clause; "" where one can.

    The proxy's password is not in it.
    """
    if not hosts:
        return ""
    if proxy is None:
        said = [await _first(hosts, lambda host: _connected(host, 443, patience))]
    else:
        parts = urlsplit(proxy)
        place, port = parts.hostname or "", parts.port or 0
        if not await _connected(place, port, patience):
            return f"the proxy {place}:{port} does not answer"
        if parts.scheme != "http":
            return ""  # other kinds of proxy cannot be tested cheaply
        said = [await _first(hosts, lambda host: _tunnelled(place, port, host, patience))]
    return "" if any(said) else f"none of {', '.join(sorted(hosts))} answers"


async def _first(hosts: Collection[str], tried: Callable[[str], Awaitable[bool]]) -> bool:
    """Whether any of them answers; does not wait for the others."""
    for answer in asyncio.as_completed([asyncio.ensure_future(tried(host)) for host in hosts]):
        if await answer:
            return True
    return False


async def _connected(host: str, port: int, patience: float) -> bool:
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(patience):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return True
    return False


async def _tunnelled(proxy: str, port: int, host: str, patience: float) -> bool:
    """Whether the proxy opens a way to the host, or at least does not deny having one."""
    with suppress(OSError, TimeoutError, ValueError, IndexError):
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(proxy, port)
            try:
                writer.write(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
                return int((await reader.readline()).split()[1]) not in _NO_WAY
            finally:
                writer.close()
    return False

"""An office's proxy that wants a name and a password: asked by a real browser, never shown in a
message.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from mediawatch.domain import UserError
from mediawatch.ops import install_browser
from scrapers.browser.pool import Browser, Launch, PageRules
from scrapers.browser.proxy import proxy_settings


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        (None, None),
        ("", None),
        ("http://10.0.0.1:3128", {"server": "http://10.0.0.1:3128"}),
        ("http://10.0.0.1:3128/", {"server": "http://10.0.0.1:3128"}),
        (
            "http://u:p%40ss@proxy:80",
            {"server": "http://proxy:80", "username": "u", "password": "p@ss"},
        ),
        ("https://u@proxy:443", {"server": "https://proxy:443", "username": "u", "password": ""}),
        ("socks5://[::1]:1080", {"server": "socks5://[::1]:1080"}),
    ],
)
def test_name_and_password_are_given_apart(
    url: str | None, settings: dict[str, str] | None
) -> None:
    assert proxy_settings(url) == settings


@pytest.mark.parametrize(
    "url",
    [
        "proxy:3128",
        "http://u:hunter2@proxy",
        "ftp://u:hunter2@p:1",
        "http://u:hunter2@p:port",
        "http://p:1/x",
    ],
)
def test_what_is_no_proxy_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(UserError, match="http://user:password@host:port") as caught:
        proxy_settings(url)
    assert "hunter2" not in str(caught.value)


async def test_a_proxy_that_wants_a_password_gets_it() -> None:
    seen: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        seen.extend(
            line.partition(": ")[2]
            for line in head.splitlines()
            if line.lower().startswith("proxy-authorization")
        )
        status = (
            "200 OK"
            if "Proxy-Authorization" in head
            else "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x"
        )
        writer.write(
            (
                f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: "
                "5\r\nConnection: close\r\n\r\nhello"
            ).encode()
        )
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        proxy = f"http://office:p%40ss@127.0.0.1:{port}"
        launch = Launch(install_browser.find().path, proxy=proxy)
        browser = Browser(launch, now=lambda: datetime.now(UTC))
        async with browser.tab(
            None, PageRules(hosts=frozenset({"example.test"}), whole=False)
        ) as tab:
            reply = await tab.open("http://example.test/")
        await browser.close()
    assert (reply.status, reply.text()) == (200, "hello")
    assert set(seen) == {"Basic b2ZmaWNlOnBAc3M="}

"""Pages for one person: this machine has other users, and his browser has other sites open.

Datasette's own token (`--root`) opens no static file to him alone and minds no Host header, so
that a site could name us by a host of its own (DNS rebinding).
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_USED = (
    "this address was opened already: go on in that browser, or end `mediawatch browse` and start "
    "it again for a new address"
)
_NO_TRACE = ((b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer"))


class OwnerOnly:
    """An ASGI application that lets only the owner of a token through to another.

    The first visit brings the token in the address and gets a cookie for it, which every later one
    brings. The token opens nothing twice: a browser's history and a terminal keep the address.
    """

    def __init__(self, application: Application, port: int) -> None:
        self._application = application
        self._token = secrets.token_urlsafe(32)
        self._is_used = False
        self._key = secrets.token_urlsafe(32)
        """What the cookie holds."""
        self._cookie = f"mediawatch-{port}"
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        if port == 80:  # browsers leave it out
            self._hosts |= {"127.0.0.1", "localhost"}
        self.address = f"http://127.0.0.1:{port}/?token={self._token}"
        """Where the first visit goes. A secret: whoever has it is let in."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif list(_headers(scope, b"host")) not in [[host] for host in self._hosts]:
            await _answer(send, 403, f"only {' and '.join(sorted(self._hosts))} are served here")
        elif _holds(self._cookies(scope), self._key):
            if _tokens(scope):  # The printed address again, in the browser that has it.
                await _answer(send, 303, "", (b"location", b"/"))
            else:
                await self._application(scope, receive, send)
        elif scope["method"] != "GET" or not _holds(_tokens(scope), self._token):
            await _answer(send, 403, "open the address that `mediawatch browse` has printed")
        elif self._is_used:
            await _answer(send, 403, _USED)
        else:
            self._is_used = True
            cookie = f"{self._cookie}={self._key}; Path=/; HttpOnly; SameSite=Strict"
            await _answer(send, 303, "", (b"location", b"/"), (b"set-cookie", cookie.encode()))

    def _cookies(self, scope: Scope) -> Iterator[str]:
        for line in _headers(scope, b"cookie"):
            for pair in line.split(";"):
                name, _, value = pair.strip().partition("=")
                if name == self._cookie:
                    yield value


def _holds(given: Iterable[str], secret: str) -> bool:
    return any(secrets.compare_digest(one.encode(), secret.encode()) for one in given)


def _headers(scope: Scope, name: bytes) -> Iterator[str]:
    return (value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name)


def _tokens(scope: Scope) -> list[str]:
    return parse_qs(scope["query_string"].decode("latin-1")).get("token", [])


async def _answer(send: Send, status: int, text: str, *headers: tuple[bytes, bytes]) -> None:
    kind = (b"content-type", b"text/plain; charset=utf-8")
    told = [kind, *_NO_TRACE, *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})

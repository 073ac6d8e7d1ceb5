"""A small site on 127.0.0.1 whose pages each test writes itself."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOSTS = frozenset({"127.0.0.1"})
HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What a path answers.

    `hang` holds it back until the site closes; `reset` breaks the connection.
    """

    body: str | bytes = ""
    content_type: str = HTML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    reset: bool = False


Routes = Mapping[str, "Answer | str | Callable[[Asked], Answer]"]


@dataclass(frozen=True)
class Asked:
    target: str
    headers: Mapping[str, str]


class Site:
    """`asked` are the requests in order."""

    def __init__(self, routes: Routes) -> None:
        self.routes, self.asked, self.closing = routes, list[Asked](), threading.Event()
        self.port = 0

    def url(self, target: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{target}"

    def count(self, path: str) -> int:
        return sum(urlsplit(each.target).path == path for each in self.asked)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        route = self.routes.get(urlsplit(asked.target).path, Answer(status=404))
        if isinstance(route, str):
            return Answer(route)
        return route if isinstance(route, Answer) else route(asked)


@contextmanager
def served(routes: Routes) -> Iterator[Site]:
    """The site, from a thread of its own."""
    site = Site(routes)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = site.answer(Asked(self.path, dict(self.headers)))
            if answer.hang:
                site.closing.wait(60)
                return
            if answer.reset:
                # No lingering: the browser sees a reset, not an orderly end.
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.connection.close()
                return
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            with suppress(OSError):
                self.send_response_only(
                    answer.status
                )  # without a Date: tests have clocks of their own
                for name, value in {
                    "Content-Type": answer.content_type,
                    "Content-Length": str(len(body)),
                    **answer.headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a connection that a test broke

    server = Server(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    try:
        yield site
    finally:
        site.closing.set()
        server.shutdown()
        server.server_close()

"""The replica: a CONNECT proxy on 127.0.0.1 that answers, with its own key, for the hosts of the
platforms and for no other.

Give a browser `proxy` and `chromium_args`, and real addresses lead here. Nothing is ever passed on
to a network.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from scrapers.replica.bilibili import Bilibili
from scrapers.replica.cases import Case
from scrapers.replica.douyin import Douyin
from scrapers.replica.http import drop, read_body, read_head, read_json, readable_by, send
from scrapers.replica.kuaishou import Kuaishou
from scrapers.replica.tieba import Tieba
from scrapers.replica.tls import Identity, identity
from scrapers.replica.toutiao import Toutiao
from scrapers.replica.web import NOT_SERVED, Answer, Drop, Middleware, Request, Response, Site
from scrapers.replica.wechat import WeChat
from scrapers.replica.wechat_interface import WeChatInterface
from scrapers.replica.weibo import Weibo
from scrapers.replica.weread import WeRead
from scrapers.replica.world import World

SITES: tuple[type[Site], ...] = (
    Toutiao,
    Weibo,
    Douyin,
    WeChat,
    WeRead,
    WeChatInterface,
    Bilibili,
    Kuaishou,
    Tieba,
)
_LIMIT = 1 << 18
# What Chromium asks for by itself (updates, lists, accounts), seen or named in its sources; never a
# page of a platform.
_BACKGROUND = (
    "update.googleapis.com",
    "clientservices.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "safebrowsing.googleapis.com",
    "content-autofill.googleapis.com",
    "passwordsleakcheck-pa.googleapis.com",
    "accounts.google.com",
    "clients1.google.com",
    "clients2.google.com",
    "clients2.googleusercontent.com",
    "clients3.google.com",
    "clients4.google.com",
    "android.clients.google.com",
    "mtalk.google.com",
    "edgedl.me.gvt1.com",
    "redirector.gvt1.com",
)


class ServedRequest(NamedTuple):
    """One request that a site (or a case) answered; `status` is 0 where a fault let it go without
    an answer.
    """

    method: str
    url: str
    status: int


def hosts_of(cases: Iterable[Case]) -> frozenset[str]:
    """Every host that the sites stand for, and those that the cases name."""
    sites = (host for kind in SITES for host in kind.hosts | kind.picture_hosts)
    return frozenset(sites).union(*(case.hosts for case in cases))


class Replica:
    """An async context manager. `logged_in` names the platforms that accept their `storage_state`
    as the operator's login.

    With an `overlay` the case's responses come first; behind them stand sites that know no accounts
    (`Site.bare`). `scannable`: whether login pages wait for somebody to `scan` their QR code.
    Replicas with one `key` (for all their hosts) are accepted by one Chromium. `before`: what
    stands before the sites, the first one outermost. `distance`: seconds before each answer.
    `lists_open`: whether the WeChat back office still lists the articles of other accounts (it does
    not since 2026-07).
    """

    proxy: str
    """`http://127.0.0.1:PORT`; from entering on."""
    chromium_args: tuple[str, ...]
    """Makes Chromium accept exactly this replica's key."""

    def __init__(
        self,
        world: World,
        *,
        now: Callable[[], datetime],
        logged_in: frozenset[str] = frozenset(),
        overlay: Case | None = None,
        lists_open: bool = False,
        scannable: bool = False,
        key: Identity | None = None,
        before: Sequence[Middleware] = (),
        distance: float = 0.0,
    ) -> None:
        self.strangers: Counter[str] = Counter()
        """Refused hosts that pages and scrapers asked for."""
        self.background: Counter[str] = Counter()
        """Refused hosts that the browser asked for on its own account."""
        self.requests: list[ServedRequest] = []
        self._now = now
        bare = overlay is not None
        self._sites = {
            kind.platform: kind(world, now, logged_in=kind.platform in logged_in, bare=bare)
            for kind in SITES
        }
        for site in self._sites.values():
            site.scannable = scannable
        wechat = self._sites["wechat"]
        assert isinstance(wechat, WeChat)
        wechat.lists_open = lists_open
        if overlay is not None:
            self.interface.bound = overlay.bound
        self._by_host = {
            host: site for site in self._sites.values() for host in site.hosts | site.picture_hosts
        }
        self._overlay, self._before, self._distance = overlay, tuple(before), distance
        self._hosts = hosts_of([overlay] if overlay else [])
        self._identity = key or identity(self._hosts)
        self.chromium_args = self._identity.chromium_args
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._bugs: list[BaseException] = []

    @property
    def ca_pem(self) -> bytes:
        """The certificate of this replica's own authority, for clients that check a chain."""
        return self._identity.ca_pem

    def storage_state(self, platform: str) -> dict[str, Any]:
        """The file of the operator's login (a Playwright storage state) or key; KeyError for a
        platform that has no site.
        """
        return self._sites[platform].state

    @property
    def interface(self) -> WeChatInterface:
        """The official interface of WeChat accounts: its quota, its tokens."""
        site = self._sites[WeChatInterface.platform]
        assert isinstance(site, WeChatInterface)
        return site

    def scan(self, platform: str) -> None:
        """The operator scans the code of the platform's login page, and confirms."""
        self._sites[platform].scanned = True

    def close_lists(self) -> None:
        """From now on the WeChat back office lists the articles of other accounts no more."""
        wechat = self._sites["wechat"]
        assert isinstance(wechat, WeChat)
        wechat.lists_open = False

    @property
    def weread(self) -> WeRead:
        """微信读书, to have it refuse."""
        site = self._sites["weread"]
        assert isinstance(site, WeRead)
        return site

    def end_login(self, platform: str) -> None:
        """From now on the site knows the operator no more."""
        self._sites[platform].open = False

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=_LIMIT)
        self.proxy = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close at once. A bug of the replica itself, met while serving, is raised here."""
        assert self._server is not None
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        if self._bugs and error is None:
            raise self._bugs[0]

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._connection(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._connections.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._bugs.append(error)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._proxied(reader, writer)
        except (
            ConnectionError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            ssl.SSLError,
        ):
            pass  # the browser went away, or did not like us
        finally:
            writer.close()

    async def _proxied(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await read_head(reader):
            method, target, headers = head
            if method == "CONNECT":
                if not self._known(target.removesuffix(":443")):
                    await send(
                        writer, Response(b"no such host here", 502, "text/plain"), close=True
                    )
                    return
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await writer.start_tls(self._identity.context)
                await self._serve(reader, writer)
                return
            # Plain http:// comes in absolute form.
            parts = urlsplit(target)
            await read_body(reader, headers)
            if self._known(parts.hostname or ""):
                secure = parts._replace(scheme="https", netloc=parts.hostname or "").geturl()
                await send(writer, Response(status=301, headers=(("Location", secure),)))
            else:
                await send(writer, Response(b"no such host here", 502, "text/plain"))

    def _known(self, host: str) -> bool:
        """Whether a site stands for the host; counts it where none does."""
        if host in self._hosts:
            return True
        # Without a dot: a name that the browser makes up to test the network.
        (self.background if host in _BACKGROUND or "." not in host else self.strangers)[host] += 1
        return False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await read_head(reader):
            method, target, headers = head
            body = await read_body(reader, headers)
            host = headers.get("host", "").partition(":")[0]
            form = (
                dict(parse_qsl(body.decode("utf-8", "replace")))
                if "urlencoded" in headers.get("content-type", "")
                else {}
            )
            payload = read_json(body) if "json" in headers.get("content-type", "") else {}
            request = Request(method, host, target, headers, form, payload)
            if self._distance:
                await asyncio.sleep(self._distance)
            response = self._response(request)
            self.requests.append(
                ServedRequest(
                    method, request.url, response.status if isinstance(response, Response) else 0
                )
            )
            if isinstance(response, Drop):
                await drop(reader, writer, response)
                return
            readable = readable_by(request, self._dated(response))
            await send(writer, readable, head_only=method == "HEAD")

    def _dated(self, response: Response) -> Response:
        """With the replica's own time, as every site's replies have theirs."""
        if any(name.lower() == "date" for name, _ in response.headers):
            return response
        date = format_datetime(self._now().astimezone(UTC), usegmt=True)
        return replace(response, headers=(*response.headers, ("Date", date)))

    def _response(self, request: Request) -> Response | Drop:
        if request.method == "OPTIONS":
            return Response(status=204)
        if (
            self._overlay is not None
            and (recorded := self._overlay.response(request.url_with_payload)) is not None
        ):
            leads = (("Location", recorded.location),) if recorded.location else ()
            return Response(recorded.body_with_calls, recorded.status, recorded.content_type, leads)
        site = self._by_host.get(request.host)
        if site is None:
            return NOT_SERVED
        answer: Answer = site.respond
        for middleware in reversed(self._before):
            answer = _behind(middleware, site, answer)
        return answer(request)


def _behind(middleware: Middleware, site: Site, usual: Answer) -> Answer:
    return lambda request: middleware(site, request, usual)

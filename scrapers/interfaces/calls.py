"""Calls to a site's official interface: no page, no Chromium.

They go by the browser's proxy. They trust the system's certificates, and a company's own by
`SSL_CERT_FILE`. The key's secrets are blanked in all that is kept of an answer.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mediawatch.domain import Capture, EvidenceKind, Failure, Unreachable
from scrapers.browser.chromium import Launch
from scrapers.browser.clock_check import ClockCheck, sent_at
from scrapers.browser.fetch import BODY_LIMIT
from scrapers.browser.limits import Timeouts
from scrapers.browser.loan import do_nothing
from scrapers.browser.proxy import proxy_settings
from scrapers.browser.reply import Reply
from scrapers.browser.sessions import Session, fingerprint, stamp_of, write_used
from scrapers.browser.traffic_log import TrafficLog
from scrapers.interfaces.keys import read_key
from scrapers.privacy.scrubbing import Scrubber
from scrapers.urls import host_and_path

# A look without a key needs no client.
if TYPE_CHECKING:
    import httpx

_TALKATIVE = ("httpx", "httpcore")
"""Loggers that would write every address with its query: the access token stands there."""


class InterfaceCalls:
    """One sight's use of an official interface: like a `Tab` for all that needs no page.

    `session` is the name of the key in use; `now` the clock.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        session: Session,
        *,
        now: Callable[[], datetime],
        timeouts: Timeouts,
    ) -> None:
        """`LoginRequired` where the key's file cannot be read."""
        self.key = read_key(session)
        self.session, self.login, self.now = session.name, fingerprint(session), now
        self.known: bool | None = None
        """As `Tab.known`."""
        self.pause: Callable[[], Awaitable[None]] = do_nothing
        """As `Tab.pause`."""
        self.refused: Failure | None = None
        """As `Tab.refused`."""
        self.back_to: date | None = None
        """As `Need.back_to`."""
        self.clock = ClockCheck(now)
        """As `Tab.clock`."""
        self.url = ""
        """The address that was asked last, without secrets."""
        self.log: TrafficLog | None = None
        """As `Tab.log_to`."""
        self._client, self._timeouts = client, timeouts
        self._secrets = {self.key.app_secret}
        self._kept: list[Reply] = []

    def hide(self, secret: str) -> None:
        """Blank this text in all answers from now on: a token that was drawn by the key."""
        self._secrets.add(secret)

    async def post(
        self, url: str, body: Mapping[str, object], query: Mapping[str, str] | None = None
    ) -> Reply:
        """POST `body` as JSON; `query` holds what is secret. Nothing of the answer is kept.

        `Unreachable` for silence, net errors and a certificate that is not trusted.
        """
        import httpx

        where = host_and_path(url)
        try:
            async with asyncio.timeout(self._timeouts.reply):
                reply = await self._read(url, body, query)
        except TimeoutError:
            raise Unreachable(f"{where}: no answer within {self._timeouts.reply:g} s") from None
        except httpx.HTTPError as error:
            # Its own words may hold the address, and with it the token.
            raise Unreachable(f"{where}: {_reason(error)}") from None
        self.clock.note(reply.sent_at)
        self.url = url
        return reply

    async def ask(self, url: str, body: Mapping[str, str], query: Mapping[str, str]) -> Reply:
        """As `post`; the answer is kept as evidence, without secrets.

        The fields of `body` stand in the reply's address, as if they had been its query.
        """
        reply = await self.post(url, body, query)
        text = reply.body.decode("utf-8", "surrogateescape")
        blank = Scrubber(frozenset(self._secrets)).without_secrets(text)
        reply = replace(
            reply,
            url=f"{url}?{urlencode(body)}",
            body=blank.encode("utf-8", "surrogateescape"),
        )
        self.url = reply.url
        self._kept.append(reply)
        if self.log is not None:
            self.log.add(self.log.number(), reply, document=False)
            self.log.mark_used(reply)
        return reply

    def captures(self) -> tuple[Capture, ...]:
        """The answers as evidence, each gzipped."""
        return tuple(
            Capture(
                kind=EvidenceKind.PAYLOAD,
                media_type="application/gzip",
                # mtime=0: the same bytes give the same hash.
                body=gzip.compress(reply.body, 6, mtime=0),
                taken_at=self.now(),
                url=reply.url,
            )
            for reply in self._kept
        )

    async def _read(
        self, url: str, body: Mapping[str, object], query: Mapping[str, str] | None
    ) -> Reply:
        async with self._client.stream("POST", url, json=body, params=query) as response:
            read = bytearray()
            async for chunk in response.aiter_bytes():
                read += chunk
                if len(read) > BODY_LIMIT:
                    break
        cut = len(read) > BODY_LIMIT
        return Reply(
            url,
            response.status_code,
            response.headers.get("content-type", ""),
            b"" if cut else bytes(read),
            response.headers.get("location", "") if response.has_redirect_location else "",
            sent_at(response.headers),
            cut,
        )


@dataclass(frozen=True, slots=True)
class _Use:
    """What the newest look by a key showed of it. `stamp` is of its file before the look."""

    session: Session
    stamp: tuple[int, int] | None
    known: bool

    def note(self, now: datetime) -> None:
        """Write down that the key was used. One that was entered meanwhile stays as it is.

        What cannot be read or written is left as it was.
        """
        if self.known and stamp_of(self.session) == self.stamp:
            with suppress(Failure, OSError):
                write_used(self.session, now)


class Interfaces:
    """Lends calls by keys, by the proxy and with the time limits of a browser."""

    def __init__(self, launch: Launch, now: Callable[[], datetime]) -> None:
        self._launch, self._now = launch, now
        self._uses: dict[Path, _Use] = {}

    @asynccontextmanager
    async def lend(self, session: Session) -> AsyncIterator[InterfaceCalls]:
        """Calls by this key.

        `LoginRequired` where the key cannot be read; UserError for a wrong proxy.
        """
        stamp = stamp_of(session)
        async with await _client(self._launch) as client:
            calls = InterfaceCalls(client, session, now=self._now, timeouts=self._launch.timeouts)
            try:
                yield calls
            finally:
                if calls.known is not None:
                    self._uses[session.state] = _Use(session, stamp, calls.known)

    def accepts(self, session: Session) -> bool | None:
        """Whether the interface took the key when it was last asked; None before."""
        use = self._uses.get(session.state)
        return use.known if use else None

    async def keep(self, platform: str | None) -> None:
        """Write down which keys were used, of all platforms or of one."""
        for state, use in tuple(self._uses.items()):
            if platform in (None, use.session.platform):
                del self._uses[state]
                await asyncio.to_thread(use.note, self._now())


async def _client(launch: Launch) -> httpx.AsyncClient:
    import httpx

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    chosen = proxy_settings(launch.proxy)
    proxy = None
    if chosen is not None:
        user = chosen.get("username")
        proxy = httpx.Proxy(
            chosen["server"], auth=(user, chosen.get("password") or "") if user else None
        )
    trust = await asyncio.to_thread(_trust, launch.authority)
    # The settings alone say which proxy is used, not the environment.
    return httpx.AsyncClient(
        proxy=proxy, verify=trust, trust_env=False, timeout=launch.timeouts.reply
    )


def _trust(authority: bytes) -> ssl.SSLContext:
    """The system's certificates, or those of `SSL_CERT_FILE`; and this one."""
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(cadata=authority.decode("ascii"))
    return context


def _reason(error: BaseException) -> str:
    """What went wrong, without the words of the failure itself."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                "its certificate is not trusted here; a CA of the office's own is trusted by "
                "SSL_CERT_FILE"
            )
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__

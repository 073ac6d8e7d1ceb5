"""Calls to an official interface: by the settings' proxy, with certificates checked, and without a
word of the key in what is kept.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from browsers import SHORT
from keys import ACCOUNT, NEED, WORD, interface, world

from mediawatch.domain import Outcome, UserError
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.pool import Browser, Launch
from scrapers.platforms import SiteLooker
from scrapers.replica.web import Answer, Drop, Request, Response, Site, page, redirect

POSTED = world("2031-03-14T09:00")
PATIENT, QUICK = replace(SHORT, reply=60), replace(SHORT, reply=0.5)


def spoil(response: Response | Drop, path: str = "/datacube") -> object:
    """In the place of every answer below a path."""

    def answer(site: Site, request: Request, usual: Answer) -> Response | Drop:
        return response if request.path.startswith(path) else usual(request)

    return answer


@pytest.mark.parametrize("path", ["/datacube", "/cgi-bin"])
@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (Drop.HANG, Outcome.UNREACHABLE),
        (Drop.RESET, Outcome.UNREACHABLE),
        (page("", status=502), Outcome.UNREACHABLE),
        (page("too many", status=429), Outcome.RATE_LIMITED),
        (page("no", status=403), Outcome.RATE_LIMITED),
        (redirect("https://elsewhere.example/?access_token=x"), Outcome.CHANGED),
        (Response(b"[" * 5000, content_type="application/json"), Outcome.CHANGED),
        (Response(b" " * 21_000_000, content_type="application/json"), Outcome.CHANGED),
    ],
    ids=["hung", "reset", "502", "429", "403", "redirect", "nested", "21 MB"],
)
async def test_trouble_on_the_way(
    tmp_path: Path, response: Response | Drop, outcome: Outcome, path: str
) -> None:
    timeouts = QUICK if response is Drop.HANG else PATIENT
    async with interface(
        tmp_path, POSTED, timeouts=timeouts, before=[spoil(response, path)]
    ) as office:
        sight = await office.look()
        assert (sight.outcome, sight.posts) == (outcome, ())
        assert not [secret for secret in office.secrets if secret in sight.detail]
        # No other host was told the token.
        assert not office.replica.strangers


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    async with interface(tmp_path, POSTED, trusted=False) as office:
        sight = await office.look()
        assert sight.outcome is Outcome.UNREACHABLE
        assert "SSL_CERT_FILE" in sight.detail
        assert office.replica.requests == []


async def test_a_company_authority_is_trusted_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface(tmp_path, POSTED, trusted=False) as office:
        (tmp_path / "ca.pem").write_bytes(office.replica.ca_pem)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert (await office.look()).outcome is Outcome.OK


async def test_the_environments_proxy_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with interface(tmp_path, POSTED) as office:
        assert (await office.look()).outcome is Outcome.OK


@asynccontextmanager
async def guarded(to: str) -> AsyncIterator[tuple[str, list[str]]]:
    """A proxy before another one: it wants a user and a password. Also what it was told of them."""
    host, _, port = to.removeprefix("http://").partition(":")
    told: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        named = [line for line in head.split(b"\r\n") if line.lower().startswith(b"proxy-auth")]
        told.extend(base64.b64decode(line.split()[-1]).decode() for line in named)
        if told[-1:] != ["user:p@ss"]:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            writer.close()
            return
        beyond, over = await asyncio.open_connection(host, int(port))
        over.write(b"\r\n".join([head.split(b"\r\n")[0], b"", b""]))
        await asyncio.gather(pass_on(reader, over), pass_on(beyond, writer))

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", told


@pytest.mark.parametrize(
    ("user", "outcome"),
    [("user:p%40ss@", Outcome.OK), ("user:wrong@", Outcome.UNREACHABLE), ("", Outcome.UNREACHABLE)],
)
async def test_the_settings_proxy_with_its_password(
    tmp_path: Path, user: str, outcome: Outcome
) -> None:
    async with interface(tmp_path, POSTED) as office, guarded(office.replica.proxy) as (at, told):
        browser = Browser(
            Launch(
                tmp_path / "no-browser",
                proxy=f"http://{user}{at}",
                timeouts=SHORT,
                authority=office.replica.ca_pem,
            ),
            now=office.browser.now,
        )
        (sight,) = await SiteLooker(browser, tmp_path).look(ACCOUNT, NEED, Pacing(scale=0))
        assert sight.outcome is outcome
        assert set(told) <= {"user:p@ss", "user:wrong"}
        assert "p@ss" not in sight.detail
        assert "wrong" not in sight.detail


def test_a_wrong_proxy_is_told_as_for_the_browser(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\[browser\] proxy is no proxy's URL"):
        Browser(Launch(tmp_path, proxy="ftp://u:p@proxy"), now=lambda: None)  # type: ignore[arg-type, return-value]


async def test_no_log_of_any_level_holds_a_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with interface(tmp_path, POSTED) as office:
        await office.look()
        secrets = office.secrets
    async with interface(tmp_path, POSTED, before=[spoil(Drop.RESET)]) as office:
        await office.look()
        secrets += office.secrets
    said = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    said += "".join(capfd.readouterr())
    assert len(secrets) == 4
    assert not [secret for secret in secrets if secret in said]


async def test_no_traceback_holds_a_secret(tmp_path: Path) -> None:
    async with interface(tmp_path, POSTED, before=[spoil(Drop.RESET)]) as office:
        (session,) = await office.looker._in_turn([WORD])
        async with office.browser.interface(session) as calls:
            calls.hide("99_SECRETSECRET")
            with pytest.raises(Exception, match="datacube") as caught:
                await calls.ask(
                    "https://api.weixin.qq.com/datacube/x",
                    {"a": "b"},
                    {"access_token": "99_SECRETSECRET"},
                )
    told = "".join(traceback.format_exception(caught.value))
    assert "99_SECRETSECRET" not in told + repr(caught.value) + repr(calls.key)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__

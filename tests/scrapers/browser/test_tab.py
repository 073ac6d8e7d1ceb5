"""A tab in a real Chromium against small local pages: what it hears, reads, refuses and keeps."""

from __future__ import annotations

import gzip
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browsers import SHORT
from local_site import HOSTS, HTML, JSON, Answer, Asked, Site, served
from PIL import Image

from mediawatch.domain import Capture, Changed, EvidenceKind, Failure, RateLimited, Unreachable
from scrapers.browser.pool import BODY_LIMIT, PICTURE_HEIGHT, Browser, Launch, PageRules, Reply, Tab
from scrapers.browser.reply import ASKED_LIMIT
from scrapers.urls import scrub

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
FEED = r"^127\.0\.0\.1/api/feed$"
FETCH = "<body><p>页面</p><script>fetch('/api/feed?page=1&sign=s').then(a => a.json())</script>"


@pytest.fixture(scope="module")
async def quick(executable: Path) -> AsyncIterator[Browser]:
    """A browser with short time limits and a fixed clock."""
    browser = Browser(Launch(executable, timeouts=SHORT, ports=None), now=lambda: NOW)
    yield browser
    await browser.close()


@pytest.fixture(scope="module")
async def hasty(executable: Path) -> AsyncIterator[Browser]:
    """The same for pages that hang: a second is as good as any other time."""
    browser = Browser(
        Launch(executable, timeouts=replace(SHORT, step=1, close=1), ports=None), now=lambda: NOW
    )
    yield browser
    await browser.close()


@asynccontextmanager
async def at(
    browser: Browser, routes: dict[str, Any], **options: Any
) -> AsyncIterator[tuple[Tab, Site]]:
    with served(routes) as site:
        async with browser.tab(
            None,
            PageRules(hosts=HOSTS, **{"whole": False, "url_keys": frozenset({"page"}), **options}),
        ) as tab:
            yield tab, site


async def failure_of(call: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        await call
    return caught.value


REPLIES = [
    (200, b'{"a": 1}', None),
    (404, b'{"a": 1}', None),
    (200, b" \n", RateLimited),
    (200, b"<html>", Changed),
    (200, b'{"a": ', Changed),
    (500, b'{"a": 1}', Unreachable),
    (502, b"", Unreachable),
    *((status, b'{"a": 1}', RateLimited) for status in (403, 414, 418, 429, 432)),
]


@pytest.mark.parametrize(("status", "body", "failure"), REPLIES)
def test_reply_json(status: int, body: bytes, failure: type[Failure] | None) -> None:
    reply = Reply("https://example.test/a?token=secret", status, JSON, body)
    if failure is None:
        assert reply.json() == {"a": 1}
        return
    with pytest.raises(failure) as caught:
        reply.json()
    assert "secret" not in caught.value.detail


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        (b'{"user_id": "a", "pcursor": "", "count": 2}', {"user_id": "a", "pcursor": "", "count": "2"}),
        (b'{"a": null, "b": [1], "c": {"d": 1}, "e": true}', {}),
        (b"user_id=a", {}),
        (b'["a"]', {}),
        (b"\xff", {}),
        (b"", {}),
    ],
)  # fmt: skip
def test_the_fields_that_a_request_carried(asked: bytes, fields: dict[str, str]) -> None:
    assert Reply("https://a.test/", 200, JSON, b"{}", asked=asked).asked_fields == fields


async def test_replies_of_one_address_keep_what_was_asked(quick: Browser) -> None:
    bodies = ['{"page":"1"}', '{"page":"2"}', "x" * (ASKED_LIMIT + 1)]
    script = "".join(
        f"fetch('/api/feed', {{method: 'POST', body: {json.dumps(body)}}}).then(a => a.json());"
        for body in bodies
    )
    routes = {"/": f"<body><script>{script}</script>", "/api/feed": Answer('{"a": 1}', JSON)}
    async with at(quick, routes) as (tab, site), tab.listen_for(FEED) as waiter:
        await tab.open(site.url("/"))
        second = await waiter.first(lambda reply: reply.asked_fields.get("page") == "2")
        first = await waiter.first(lambda reply: reply.asked_fields.get("page") == "1")
        assert (first.asked, second.asked) == (bodies[0].encode(), bodies[1].encode())
        large = await waiter.first(lambda reply: not reply.asked_fields)
        assert (large.asked, large.json()) == (b"", {"a": 1})
        kept = b"".join(gzip.decompress(each.body) for each in await tab.evidence.take(page=False))
        assert kept == b'{"a": 1}' * 3


def test_reply_that_redirects_or_was_cut_is_changed() -> None:
    for reply in (
        Reply("https://a.test/", 302, "", b"", location="https://a.test/login"),
        Reply("https://a.test/", 200, "", b"", cut=True),
    ):
        with pytest.raises(Changed):
            reply.json()


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.test/p?page=2&msToken=x#part", "https://a.test/p?page=2"),
        ("https://user:word@a.test:8443/p?page=&b", "https://a.test:8443/p?page="),
        ("https://a.test/p?b=1", "https://a.test/p"),
        ("about:blank", "about:blank"),
    ],
)
def test_scrubbed(url: str, kept: str) -> None:
    assert scrub(url, frozenset({"page"})) == kept


async def test_hears_what_the_page_fetches(quick: Browser) -> None:
    async with at(quick, {"/": FETCH, "/api/feed": Answer('{"n": 1}', JSON)}) as (tab, site):
        async with tab.listen_for(FEED, r"/never$") as hearing:
            page = await tab.open(site.url("/?page=3&secret=x"))
            first = await hearing.first(lambda reply: "page=1" in reply.url)
            again = await hearing.first()
        assert (page.status, page.text()) == (200, FETCH)
        assert first is again
        assert (first.json(), first.path) == ({"n": 1}, "127.0.0.1/api/feed")
        assert tab.url == site.url("/?page=3&secret=x")
        assert await tab.text() == "页面"
        assert "<p>页面</p>" in await tab.html()


async def test_a_page_that_never_asks_is_changed(quick: Browser) -> None:
    async with at(quick, {"/": "<p>still</p>"}) as (tab, site), tab.listen_for(FEED) as hearing:
        await tab.open(site.url("/"))
        assert isinstance(await failure_of(hearing.first(timeout=0.5)), Changed)


@pytest.mark.parametrize("answer", [Answer(hang=True), Answer(reset=True)], ids=["hang", "reset"])
async def test_a_reply_that_does_not_come_is_unreachable(quick: Browser, answer: Answer) -> None:
    async with (
        at(quick, {"/": FETCH, "/api/feed": answer}) as (tab, site),
        tab.listen_for(FEED) as hearing,
    ):
        await tab.open(site.url("/"))
        assert isinstance(await failure_of(hearing.first(timeout=0.5)), Unreachable)


async def test_a_late_answer_does_not_excuse_a_later_failed_call(
    quick: Browser,
) -> None:
    """The list was reset before the profile's answer was there: no changed site, but no connection.

    Found by the fault matrix.
    """
    asked_twice = (
        "<p>页面</p><script>fetch('/api/feed?page=1').catch(() => 0); "
        "fetch('/api/feed?page=2').catch(() => 0)</script>"
    )

    def answer(asked: Asked) -> Answer:
        if "page=2" in asked.target:
            return Answer(reset=True)
        time.sleep(0.5)
        return Answer("{}", JSON)

    async with (
        at(quick, {"/": asked_twice, "/api/feed": answer}) as (tab, site),
        tab.listen_for(FEED) as hearing,
    ):
        await tab.open(site.url("/"))
        assert isinstance(
            await failure_of(hearing.first(lambda reply: "page=2" in reply.url, timeout=1.5)),
            Unreachable,
        )


async def test_a_reply_of_another_kind_is_changed(quick: Browser) -> None:
    async with (
        at(quick, {"/": FETCH, "/api/feed": Answer("{}", JSON)}) as (tab, site),
        tab.listen_for(FEED) as hearing,
    ):
        await tab.open(site.url("/"))
        assert isinstance(
            await failure_of(hearing.first(lambda reply: "page=2" in reply.url, timeout=1)), Changed
        )
        assert [reply.json() for reply in hearing.all()] == [{}]


async def test_a_body_the_page_does_not_read_is_asked_for_once_more(quick: Browser) -> None:
    routes = {
        "/": "<script>fetch('/api/feed')</script>",
        "/api/feed": Answer('{"n": 2}', JSON, headers={"Cache-Control": "no-store"}),
    }
    async with at(quick, routes) as (tab, site), tab.listen_for(FEED) as hearing:
        await tab.open(site.url("/"))
        assert (await hearing.first(timeout=10)).json() == {"n": 2}
        assert site.count("/api/feed") == 2
        assert len(hearing.all()) == 1


@pytest.mark.parametrize("script", ["fetch('/api/feed')", "fetch('/api/feed').then(a => a.text())"])
async def test_an_empty_body_is_read_as_empty(quick: Browser, script: str) -> None:
    async with (
        at(quick, {"/": f"<script>{script}</script>", "/api/feed": Answer("", JSON)}) as (
            tab,
            site,
        ),
        tab.listen_for(FEED) as hearing,
    ):
        await tab.open(site.url("/"))
        assert isinstance(await failure_of(_json(hearing.first())), RateLimited)
        assert site.count("/api/feed") == 1


async def _json(call: Any) -> object:
    return (await call).json()


async def test_a_redirect_to_a_login_is_the_answer(quick: Browser) -> None:
    away = Answer(status=302, headers={"Location": "/login"})
    async with (
        at(quick, {"/": FETCH, "/api/feed": away, "/login": "<p>log in</p>"}) as (tab, site),
        tab.listen_for(FEED) as hearing,
    ):
        await tab.open(site.url("/"))
        assert (await hearing.first()).location == "/login"


async def test_a_redirect_to_what_is_wanted_is_followed(quick: Browser) -> None:
    def feed(asked: Asked) -> Answer:
        return (
            Answer('{"n": 3}', JSON)
            if "at=1" in asked.target
            else Answer(status=302, headers={"Location": "/api/feed?at=1"})
        )

    async with (
        at(quick, {"/": FETCH, "/api/feed": feed}) as (tab, site),
        tab.listen_for(FEED) as hearing,
    ):
        await tab.open(site.url("/"))
        assert (await hearing.first()).json() == {"n": 3}


async def test_a_body_beyond_the_limit_is_changed(quick: Browser) -> None:
    routes = {"/": FETCH, "/api/feed": Answer(b" " * (BODY_LIMIT + 1), JSON)}
    async with at(quick, routes) as (tab, site), tab.listen_for(FEED) as hearing:
        await tab.open(site.url("/"))
        assert isinstance(await failure_of(_json(hearing.first(timeout=20))), Changed)
        assert isinstance(await failure_of(_json(tab.fetch(site.url("/api/feed")))), Changed)


async def test_bytes_arrive_as_they_are_in_older_browsers_too(quick: Browser) -> None:
    sent = bytes(range(256)) * 100
    async with at(quick, {"/": "<p>x</p>", "/data": Answer(sent)}) as (tab, site):
        await tab.open(site.url("/"))
        bodies = [(await tab.fetch(site.url("/data"))).body]
        await tab.evaluate("delete Uint8Array.prototype.toBase64")
        bodies.append((await tab.fetch(site.url("/data"))).body)
        assert bodies == [sent, sent]


async def test_fetch_has_the_cookies_of_the_page(quick: Browser) -> None:
    def data(asked: Asked) -> Answer:
        return Answer(json.dumps({"cookie": asked.headers.get("Cookie"), "字": "值"}), JSON)

    routes = {
        "/": Answer("<p>x</p>", headers={"Set-Cookie": "seen=1"}),
        "/data": data,
        "/down": Answer(reset=True),
    }
    async with at(quick, routes) as (tab, site):
        await tab.open(site.url("/"))
        reply = await tab.fetch(site.url("/data?page=1"))
        assert (reply.status, reply.content_type, reply.json()) == (
            200,
            JSON,
            {"cookie": "seen=1", "字": "值"},
        )
        assert isinstance(await failure_of(tab.fetch(site.url("/down"))), Unreachable)
        assert isinstance(await failure_of(tab.fetch("https://elsewhere.test/")), Changed)


async def test_foreign_hosts_are_refused(quick: Browser) -> None:
    with served({"/": "<p>foreign</p>"}) as foreign:
        elsewhere = foreign.url("/", "localhost")
        routes = {
            "/away": Answer(status=302, headers={"Location": elsewhere}),
            "/strays": f"<script>setTimeout(() => location.href = '{elsewhere}', 300)</script>",
        }
        async with at(quick, routes) as (tab, site):
            assert isinstance(await failure_of(tab.open(elsewhere)), Changed)
            assert isinstance(await failure_of(tab.open("file:///etc/hostname")), Changed)
            assert foreign.asked == []
            assert isinstance(await failure_of(tab.open(site.url("/away"))), Changed)
            assert tab.url == elsewhere
            await tab.open(site.url("/strays"))
            assert await tab.wait_for("location.protocol === 'chrome-error:'")
            assert tab.url == elsewhere
            assert isinstance(await failure_of(tab.text()), Changed)
            assert foreign.asked == []
            assert (await tab.open(site.url("/strays"))).status == 200
            assert tab.url == site.url("/strays")


@pytest.mark.parametrize("answer", [Answer(hang=True), Answer(reset=True)], ids=["hang", "reset"])
async def test_a_document_that_does_not_come_is_unreachable(quick: Browser, answer: Answer) -> None:
    async with at(quick, {"/": answer}) as (tab, site):
        assert isinstance(await failure_of(tab.open(site.url("/"), timeout=1)), Unreachable)


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_an_empty_error_document_has_its_status(quick: Browser, status: int) -> None:
    async with at(quick, {"/": Answer(status=status)}) as (tab, site):
        assert (await tab.open(site.url("/"))).status == status


async def test_a_challenge_that_reloads_the_page_is_waited_for(quick: Browser) -> None:
    def page(asked: Asked) -> Answer:
        if "passed=1" in asked.headers.get("Cookie", ""):
            return Answer("<p id=ready>in</p>", status=404)
        return Answer("<script>document.cookie = 'passed=1'; location.reload()</script>")

    async with at(quick, {"/challenge": page}) as (tab, site):
        await tab.open(site.url("/challenge"))
        assert await tab.wait_for("document.getElementById('ready')")
        assert not await tab.wait_for("document.getElementById('never')", timeout=0.3)
        assert (
            tab.status,
            tab.document.status,
            await tab.sees("#ready"),
            await tab.sees("#never"),
        ) == (404, 404, True, False)


async def test_a_throwing_script_is_changed_a_hanging_one_unreachable(
    hasty: Browser,
) -> None:
    async with at(hasty, {"/": "<p>x</p>"}) as (tab, site):
        await tab.open(site.url("/"))
        assert isinstance(await failure_of(tab.evaluate("nothing.here")), Changed)
        assert isinstance(await failure_of(tab.evaluate("(() => { for (;;) ; })()")), Unreachable)


def of_kind(captures: tuple[Capture, ...], kind: EvidenceKind) -> list[Capture]:
    return [capture for capture in captures if capture.kind is kind]


async def test_captures_show_what_was_seen(quick: Browser) -> None:
    tall = (
        "<body style='margin:0'><div "
        "style='height:20000px'>高页</div><script>fetch('/api/feed?page=1&sign=s').then(a=>a.text())</script>"
    )
    async with at(quick, {"/": tall, "/api/feed": Answer('{"n": 1}', JSON)}, whole=True) as (
        tab,
        site,
    ):
        async with tab.listen_for(FEED) as hearing:
            await tab.open(site.url("/?page=1&secret=s#f"))
            await hearing.first()
        captures = await tab.evidence.take()
    (picture,) = of_kind(captures, EvidenceKind.SCREENSHOT)
    with Image.open(io.BytesIO(picture.body)) as image:
        assert (image.format, image.size) == ("JPEG", (1280, PICTURE_HEIGHT))
    payload, document = of_kind(captures, EvidenceKind.PAYLOAD)
    (text,) = of_kind(captures, EvidenceKind.TEXT)
    assert gzip.decompress(payload.body) == b'{"n": 1}'
    assert "高页" in gzip.decompress(document.body).decode()
    assert gzip.decompress(text.body).decode().strip() == "高页"
    assert {capture.url for capture in captures} == {
        site.url("/api/feed?page=1"),
        site.url("/?page=1"),
    }
    assert {capture.taken_at for capture in captures} == {NOW}
    assert {capture.media_type for capture in captures} == {"image/jpeg", "application/gzip"}


async def test_a_page_that_hangs_still_gives_what_was_read(hasty: Browser) -> None:
    async with at(hasty, {"/": FETCH, "/api/feed": Answer('{"n": 1}', JSON)}) as (tab, site):
        async with tab.listen_for(FEED) as hearing:
            await tab.open(site.url("/"))
            await hearing.first()
        await failure_of(tab.evaluate("(() => { for (;;) ; })()"))
        assert [gzip.decompress(capture.body) for capture in await tab.evidence.take()] == [
            b'{"n": 1}'
        ]


async def test_dialogs_popups_and_downloads_do_no_harm(quick: Browser) -> None:
    noisy = """<a id=save download href="/file">save</a><script>
      alert('a'); confirm('b'); window.open('/popup'); document.getElementById('save').click();
      fetch('/api/feed').then(a => a.text())</script>"""
    file = Answer(
        b"x",
        "application/octet-stream",
        headers={"Content-Disposition": "attachment; filename=x.bin"},
    )
    routes = {
        "/": noisy,
        "/popup": "<p>advertisement</p>",
        "/file": file,
        "/api/feed": Answer('{"n": 1}', JSON),
    }
    async with at(quick, routes) as (tab, site):
        async with tab.listen_for(FEED) as hearing:
            await tab.open(site.url("/"))
            assert (await hearing.first()).json() == {"n": 1}
        assert "save" in await tab.text()
        assert isinstance(await failure_of(tab.open(site.url("/file"))), Changed)
        assert (await tab.open(site.url("/popup"))).content_type == HTML

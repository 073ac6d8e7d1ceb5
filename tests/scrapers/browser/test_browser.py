"""The browser behind the tabs: what it loads, whose cookies it shows, and that it works again after
every kind of death.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from browsers import SHORT, descendants
from local_site import HOSTS, JSON, Answer, Asked, Site, served
from playwright.async_api import Error
from tables import short

from mediawatch.domain import LoginRequired, Unreachable
from scrapers.browser.pool import PAGES_AT_ONCE, Browser, Launch, PageRules, Session, Tab
from scrapers.browser.sessions import sessions_in

PAGE = """<!doctype html><link rel=stylesheet href=/style.css>
<style>@font-face {font-family: f; src: url(/font.woff2)} p {font-family: f}</style><p>字</p>
<img src=/picture.jpg?size=1><img src=/picture/640?wx_fmt=jpeg><video src=/film.mp4 preload=auto></video><script src=/code.js></script>"""
HEAVY = {"/style.css", "/font.woff2", "/picture.jpg", "/film.mp4"}


def echo(asked: Asked) -> Answer:
    return Answer(json.dumps(dict(asked.headers)), JSON)


@pytest.fixture
def site() -> Any:
    with served(
        {
            "/": PAGE,
            "/echo": echo,
            "/hang": Answer(hang=True),
            "/code.js": Answer("", "text/javascript"),
        }
    ) as running:
        yield running


@pytest.fixture
async def own(executable: Path) -> AsyncIterator[Browser]:
    """A browser that the test may break."""
    browser = Browser(Launch(executable, timeouts=SHORT, ports=None), now=_never)
    yield browser
    await browser.close()


@pytest.fixture
async def guest(browser: Browser) -> AsyncIterator[Browser]:
    """A browser with contexts of its own, in a Chromium that it shares."""
    guest = Browser(Launch(None, timeouts=SHORT, ports=None), now=_never, host=browser)
    yield guest
    await guest.close()


def _never() -> Any:
    raise AssertionError("nobody asked for the time")


async def text_of(
    browser: Browser, site: Site, session: Session | None = None, **options: Any
) -> str:
    async with browser.tab(session, PageRules(hosts=HOSTS, whole=False, **options)) as tab:
        return (await tab.open(site.url("/"))).text()


async def headers_of(
    browser: Browser, site: Site, session: Session | None = None, hosts: frozenset[str] = HOSTS
) -> dict[str, str]:
    async with browser.tab(session, PageRules(hosts=hosts, whole=False)) as tab:
        answer: Any = (await tab.open(site.url("/echo"))).json()
        return dict(answer)


async def test_pictures_fonts_media_and_styles_are_for_whole_pages_only(
    browser: Browser, site: Site
) -> None:
    async def loaded(whole: bool, heavy: frozenset[str] = frozenset()) -> set[str]:
        site.asked.clear()
        async with browser.tab(None, PageRules(hosts=HOSTS, whole=whole, heavy=heavy)) as tab:
            await tab.open(site.url("/"))
            assert await tab.wait_for("document.readyState === 'complete'")
            await tab.evaluate("document.fonts.ready.then(() => true)")
        return {each.target.partition("?")[0] for each in site.asked} - {
            "/",
            "/code.js",
            "/favicon.ico",
        }

    assert await loaded(True) == HEAVY | {"/picture/640"}
    assert await loaded(False) == {"/picture/640"}
    assert await loaded(False, frozenset({"*/picture/*"})) == set()


async def test_it_says_what_it_is(browser: Browser, site: Site) -> None:
    headers = await headers_of(browser, site)
    assert "Headless" in headers["User-Agent"]
    assert headers["Accept-Language"].startswith("zh-CN")
    async with browser.tab(None, PageRules(hosts=HOSTS, whole=False)) as tab:
        await tab.open(site.url("/"))
        zone = await tab.evaluate(
            "[Intl.DateTimeFormat().resolvedOptions().timeZone, innerWidth, innerHeight, "
            "navigator.webdriver]"
        )
    assert zone == ["Asia/Shanghai", 1280, 900, True]


def saved(folder: Path, name: str, value: str) -> None:
    folder.mkdir(exist_ok=True)
    cookie = {
        "name": "login",
        "value": value,
        "domain": "127.0.0.1",
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
    }
    (folder / f"{name}.json").write_text(
        json.dumps({"cookies": [cookie | {"sameSite": "Lax"}], "origins": []})
    )


async def test_sessions_and_visitors_have_cookies_of_their_own(
    browser: Browser, tmp_path: Path
) -> None:
    def greet(asked: Asked) -> Answer:
        return Answer(
            json.dumps({"Cookie": asked.headers.get("Cookie", "")}),
            JSON,
            headers={"Set-Cookie": "visited=1; Path=/"},
        )

    saved(tmp_path / "weibo", "office", "A")
    saved(tmp_path / "weibo", "desk", "B")
    desk, office = sessions_in(tmp_path, "weibo")
    assert [session.name for session in (desk, office)] == ["desk", "office"]
    other = HOSTS | {"other.test"}
    with served({"/echo": greet}) as site:

        async def cookie(session: Session | None, hosts: frozenset[str] = HOSTS) -> str:
            return (await headers_of(browser, site, session, hosts))["Cookie"]

        assert [await cookie(office), await cookie(desk), await cookie(None, other)] == [
            "login=A",
            "login=B",
            "",
        ]
        assert [await cookie(office), await cookie(desk), await cookie(None, other)] == [
            "login=A; visited=1",
            "login=B; visited=1",
            "visited=1",
        ]


@pytest.mark.parametrize("content", [None, "no json", "[]", '{"cookies": [{"name": 1}]}'])
async def test_an_unusable_session_file_needs_a_login(
    browser: Browser, site: Site, tmp_path: Path, content: str | None
) -> None:
    state = tmp_path / "s.json"
    if content is not None:
        state.write_text(content)
    with pytest.raises(LoginRequired, match="session s"):
        await text_of(browser, site, Session("weibo", "s", state))
    assert await text_of(browser, site) == PAGE


async def test_contexts_are_renewed_and_a_login_keeps_its_cookies(
    own: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.browser.contexts.USES_PER_CONTEXT", 2)
    saved(tmp_path / "weibo", "s", "A")
    (session,) = sessions_in(tmp_path, "weibo")

    def renew(asked: Asked) -> Answer:
        return Answer(
            json.dumps({"Cookie": asked.headers.get("Cookie", "")}),
            JSON,
            headers={"Set-Cookie": "login=B; Path=/"},
        )

    with served({"/echo": renew}) as site:
        cookies = [
            (await headers_of(own, site, who))["Cookie"]
            for who in (None, None, None, session, session, session)
        ]
        assert cookies == ["", "login=B", "", "login=A", "login=B", "login=B"]
        async with own.tab(None, PageRules(hosts=HOSTS, whole=False)) as outlives:
            for _ in range(3):
                await headers_of(own, site)
            assert (await outlives.open(site.url("/echo"))).status == 200


@pytest.mark.parametrize(("login", "most"), [(False, PAGES_AT_ONCE), (True, 1)])
async def test_few_pages_at_once_and_one_for_a_login(
    browser: Browser, tmp_path: Path, login: bool, most: int
) -> None:
    saved(tmp_path / "weibo", "s", "A")
    session = sessions_in(tmp_path, "weibo")[0] if login else None
    async with AsyncExitStack() as loans, AsyncExitStack() as last:
        for _ in range(most - 1):
            await loans.enter_async_context(
                browser.tab(session, PageRules(hosts=HOSTS, whole=False))
            )
        await last.enter_async_context(browser.tab(session, PageRules(hosts=HOSTS, whole=False)))
        further = asyncio.ensure_future(
            loans.enter_async_context(browser.tab(session, PageRules(hosts=HOSTS, whole=False)))
        )
        await asyncio.sleep(0.3)
        assert not further.done()
        await last.aclose()
        await further


def processes(what: str, before: dict[int, str]) -> list[int]:
    return [pid for pid, command in descendants().items() if what in command and pid not in before]


def kill(what: str, before: dict[int, str]) -> None:
    found = processes(what, before)
    assert found
    for pid in found:
        os.kill(pid, signal.SIGKILL)


# The headless shell's own process has neither a type nor node in its command line.
DEATHS = {
    "renderer": "--type=renderer",
    "browser": "--remote-debugging-pipe",
    "driver": "run-driver",
}


@pytest.mark.parametrize("victim", short(["driver", "renderer", "browser"], 2))
async def test_after_a_death_the_next_tab_works(own: Browser, site: Site, victim: str) -> None:
    before = descendants()
    waits = [
        lambda tab: tab.open(site.url("/hang")),
        lambda tab: tab.evaluate("new Promise(() => {})"),
        lambda tab: tab.wait_for("false", timeout=60),
        hear,
    ]
    loans = AsyncExitStack()
    tabs = [
        await loans.enter_async_context(own.tab(None, PageRules(hosts=HOSTS, whole=False)))
        for _ in waits
    ]
    for tab in tabs:
        await tab.open(site.url("/"))
    waiting = [asyncio.ensure_future(wait(tab)) for wait, tab in zip(waits, tabs, strict=True)]
    await asyncio.sleep(0.2)
    kill(DEATHS[victim], before)
    assert [type(each) for each in await asyncio.gather(*waiting, return_exceptions=True)] == [
        Unreachable
    ] * len(waits)
    assert [await tab.evidence.take() for tab in tabs] == [()] * len(waits)
    with pytest.raises(
        Unreachable, match="died on the way"
    ):  # whatever was read of them: it counts as cut short
        await loans.aclose()
    assert await text_of(own, site) == PAGE
    await own.close()
    assert await gone(before) == []


async def hear(tab: Tab) -> None:
    async with tab.listen_for("/never") as hearing:
        await hearing.first()


async def gone(before: dict[int, str]) -> list[str]:
    """What is left of the processes started since, after at most two seconds."""
    left: list[str] = []
    for _ in range(40):
        left = [command for pid, command in descendants().items() if pid not in before]
        if not left:
            break
        await asyncio.sleep(0.05)
    return left


async def test_a_driver_that_does_not_listen_is_ended_too(own: Browser, site: Site) -> None:
    before = descendants()
    assert await text_of(own, site) == PAGE
    (driver,) = processes("run-driver", before)
    os.kill(driver, signal.SIGSTOP)
    await own.close()
    assert await gone(before) == []


@pytest.mark.parametrize("after", short([0.02, 0.3, 0.7], keep=2))
async def test_nothing_is_left_when_a_start_is_cancelled(
    own: Browser, site: Site, after: float
) -> None:
    before = descendants()
    starting = asyncio.ensure_future(text_of(own, site))
    await asyncio.sleep(after)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await own.close()
    assert await gone(before) == []


async def test_a_driver_that_dies_at_its_start_is_unreachable(own: Browser, site: Site) -> None:
    before = descendants()
    starting = asyncio.ensure_future(text_of(own, site))
    found: list[int] = []
    while not found:
        await asyncio.sleep(0)
        found = processes("run-driver", before)
    os.kill(found[0], signal.SIGKILL)
    with pytest.raises(Unreachable, match="driver does not start"):
        await starting
    assert await text_of(own, site) == PAGE


async def test_deaths_while_several_pages_are_out_start_one_browser(
    own: Browser, site: Site
) -> None:
    before = descendants()
    assert await text_of(own, site) == PAGE
    kill(DEATHS["driver"], before)
    assert await asyncio.gather(*(text_of(own, site) for _ in range(3))) == [PAGE] * 3
    assert len(processes("run-driver", before)) == 1


async def test_without_an_executable_it_is_unreachable(tmp_path: Path) -> None:
    browser = Browser(Launch(tmp_path / "no-browser", timeouts=SHORT), now=_never)
    before = descendants()
    with pytest.raises(Unreachable, match="does not start"):
        async with browser.tab(None, PageRules(hosts=HOSTS, whole=False)):
            pass
    await browser.close()
    assert await gone(before) == []


async def test_an_empty_page_serves_only_looks_of_its_kind(
    guest: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.browser.pool.LOADS_PER_PAGE", 3)

    async def steps(
        *, whole: bool = False, heavy: frozenset[str] = frozenset(), trouble: bool = False
    ) -> int:
        """How many documents the page's history holds."""
        with suppress(Unreachable):
            async with guest.tab(None, PageRules(hosts=HOSTS, whole=whole, heavy=heavy)) as tab:
                assert tab.url == "about:blank"
                await tab.open(site.url("/"))
                found = await tab.evaluate("history.length")
                if trouble:
                    raise Unreachable("no answer")
        assert isinstance(found, int)
        return found

    new = await steps(whole=True)
    assert await steps() == new
    assert await steps() > new
    assert [await steps(whole=True), await steps(heavy=frozenset({"*/x"}))] == [new, new]
    assert await steps() > new
    assert [await steps(), await steps(trouble=True) > new, await steps()] == [new, True, new]
    await guest.rest()
    assert await steps() == new


async def test_the_next_look_gets_no_reply_of_the_look_before(guest: Browser, site: Site) -> None:
    async with guest.tab(None, PageRules(hosts=HOSTS, whole=False)) as tab:
        await tab.open(site.url("/"))
        await tab.evaluate("void setInterval(() => fetch('/echo'), 5)")
    async with (
        guest.tab(None, PageRules(hosts=HOSTS, whole=False)) as tab,
        tab.listen_for("/echo") as hearing,
    ):
        await tab.open(site.url("/hello"))
        assert (hearing.requested, tab.status) == ([], 404)


async def test_a_spare_page_that_died_is_replaced(own: Browser, site: Site) -> None:
    before = descendants()
    assert await text_of(own, site) == PAGE
    kill(DEATHS["renderer"], before)
    assert await text_of(own, site) == PAGE
    assert len(processes("run-driver", before)) == 1


async def test_a_page_keeps_its_answers_for_the_driver_alone(guest: Browser, site: Site) -> None:
    async with guest.tab(None, PageRules(hosts=HOSTS, whole=False)) as tab:
        await tab.open(site.url("/"))
        session, finished = tab._guard.cdp, asyncio.Queue[str]()
        asked = set[str]()

        def note_answer(event: dict[str, Any]) -> None:
            if event["response"]["url"].endswith("/echo"):
                asked.add(event["requestId"])

        def note_end(event: dict[str, Any]) -> None:
            if event["requestId"] in asked:  # the document's own may end as late as this
                finished.put_nowait(event["requestId"])

        session.on("Network.responseReceived", note_answer)
        session.on("Network.loadingFinished", note_end)
        async with tab.listen_for("/echo") as hearing:
            await tab.evaluate("void fetch('/echo')")
            assert (await hearing.first(timeout=SHORT.reply)).json()
        with pytest.raises(Error, match=r"evicted|No data"):
            await session.send("Network.getResponseBody", {"requestId": await finished.get()})

"""A page goes to its platform's hosts and ports alone; what it loads is another matter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from browsers import SHORT
from local_site import HOSTS, Answer, Asked, served

from mediawatch.domain import Changed
from scrapers.browser.pool import Browser, Launch
from scrapers.browser.tab import PageRules

pytestmark = pytest.mark.asyncio(loop_scope="session")
RULES = PageRules(hosts=HOSTS, whole=False)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(executable: Path) -> AsyncIterator[Browser]:
    """Pages may be visited at any port."""
    own = Browser(Launch(executable, timeouts=SHORT, ports=None), now=lambda: datetime.now(UTC))
    yield own
    await own.close()


async def test_another_port_is_not_visited_even_after_a_redirect(browser: Browser) -> None:
    with served({"/": "elsewhere"}) as other, served({}) as site:
        site.routes = {
            "/away": Answer(status=302, headers={"Location": other.url("/")}),
            "/post": f"<form method=post action='{other.url('/')}'></form>"
            "<script>document.forms[0].submit()</script>",
            "/meta": f"<meta http-equiv=refresh content='0;url={other.url('/')}'>",
            "/fine": Answer(status=302, headers={"Location": "/end"}),
            "/end": "<p>end</p>",
        }
        strict = Browser(
            Launch(None, timeouts=SHORT, ports=frozenset({site.port})),
            now=lambda: datetime.now(UTC),
            host=browser,
        )
        async with strict.tab(None, RULES) as tab:
            assert (await tab.open(site.url("/fine"))).body == b"<p>end</p>"
            with pytest.raises(Changed, match=f"127.0.0.1:{other.port} is not one of"):
                await tab.open(site.url("/away"))
            with pytest.raises(Changed):
                await tab.open(other.url("/"))
            for page in ("/post", "/meta"):
                with suppress(Changed):  # the page goes on while it is opened, or soon after
                    await tab.open(site.url(page))
                assert await tab.wait_for("location.protocol === 'chrome-error:'")
                with pytest.raises(Changed, match="is not one of the platform's hosts"):
                    await tab.html()
                assert tab.url == other.url("/")
            assert (await tab.open(site.url("/end"))).status == 200
            assert tab.url == site.url("/end")
        assert other.asked == []
        await strict.close()


async def test_a_call_is_not_redirected_to_another_host(browser: Browser) -> None:
    """Also where the other host would let the page read its answer; and in a page that is used
    again.
    """
    opened = Answer("{}", headers={"Access-Control-Allow-Origin": "*"})
    with served({"/x": opened}) as other, served({"/": "page", "/end": "{}"}) as site:
        site.routes = {
            **site.routes,
            "/away": Answer(status=302, headers={"Location": other.url("/x", "localhost")}),
            "/later": Answer(status=302, headers={"Location": "/away"}),
            "/fine": Answer(status=302, headers={"Location": "/end"}),
        }
        for _ in range(2):
            async with browser.tab(None, RULES) as tab:
                await tab.open(site.url("/"))
                for path in ("/away", "/later?u=1"):
                    with pytest.raises(Changed, match=f"localhost:{other.port} is not one of"):
                        await tab.ask(site.url(path))
                _, at = await tab.ask(site.url("/fine"))
                assert at == site.url("/end")
                assert tab.url == site.url("/")
                # What the page's own script asks for goes where its site sends it.
                assert await tab.evaluate(
                    f"fetch('{other.url('/x', 'localhost')}').then((answer) => answer.ok)"
                )
        assert [asked.target for asked in other.asked] == ["/x", "/x"]


@pytest.mark.parametrize("path", ["/", "/?u=1"])
async def test_user_info_and_other_schemes_are_not_visited(browser: Browser, path: str) -> None:
    with served({"/": "page"}) as site:
        async with browser.tab(None, RULES) as tab:
            for address in (
                site.url(path).replace("http://", "http://user:pw@"),
                site.url(path).replace("127.0.0.1", "127.0.0.1."),
                site.url(path).replace("127.0.0.1", "2130706433"),
                site.url(path).replace("http:", "ftp:"),
                "javascript:alert(1)",
                "view-source:" + site.url(path),
            ):
                with pytest.raises(Changed) as refused:
                    await tab.open(address)
                assert "pw" not in str(refused.value)
        assert site.asked == []


async def test_frames_and_parts_of_other_hosts_still_load(browser: Browser) -> None:
    with served({"/frame": "<p>frame</p>", "/a.js": "window.loaded = 1"}) as other:
        page = (
            f"<iframe src='{other.url('/frame', 'localhost')}'></iframe>"
            f"<script src='{other.url('/a.js', 'localhost')}'></script>"
        )
        with served({"/": page}) as site:
            async with browser.tab(None, RULES) as tab:
                await tab.open(site.url("/"))
                assert await tab.wait_for("window.loaded === 1 && frames.length === 1")
        assert other.count("/frame") == 1


async def test_what_another_host_stores_stays_with_one_platform(browser: Browser) -> None:
    """Third parties may set cookies, for the sites need some of them. A platform's visits share no
    context with another's, so nobody can join them.
    """
    seen: list[str] = []

    def third(asked: Asked) -> Answer:
        seen.append(asked.headers.get("Cookie", ""))
        return Answer("window.loaded = 1", "text/javascript", headers={"Set-Cookie": "who=1"})

    with served({"/a.js": third}) as other:
        page = f"<script src='{other.url('/a.js')}'></script>"
        with served({"/": page}) as site:
            for hosts in (HOSTS, frozenset({"127.0.0.1", "example.test"}), HOSTS):
                async with browser.tab(None, PageRules(hosts=hosts, whole=True)) as tab:
                    await tab.open(site.url("/"))
                    assert await tab.wait_for("window.loaded === 1")
    assert seen == ["", "", "who=1"]

"""The ways to read the same accounts on the same replica: the sweep, a page an account, and plain
requests after a browser.

Each gives its answers by account name; `main` checks them against the world. Four accounts at once,
the same resources blocked.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright
from worlds import AS_OF, Answer

from mediawatch.app import Route, clock_from, open_app
from mediawatch.domain import LookKind
from mediawatch.domain.clock import day_end, day_of, from_epoch
from mediawatch.ops import install_browser
from mediawatch.ops.settings import Home
from mediawatch.rules.policy import load
from mediawatch.sweep.request import Request
from scrapers.browser.idle_page import HEAVY

if TYPE_CHECKING:
    from scrapers.replica import TrueAccount, World

AT_ONCE = 4
Answers = dict[str, Answer]


@dataclass(frozen=True)
class Place:
    """Where the replica is, and what it stands for."""

    read_world: Callable[[], World]
    proxy: str
    args: tuple[str, ...]
    states: dict[str, Any]
    ca_pem: str
    folder: Path
    begin: Callable[[], None]
    """Called when everything is started and only the accounts are left to read."""

    @property
    def home(self) -> Home:
        return Home.at(self.folder / "home")

    @property
    def now(self) -> datetime:
        return day_end(AS_OF) + timedelta(hours=9)


async def sweep(place: Place) -> Answers:
    """Everything a sweep does: looks, second looks with evidence, judgement, the database."""
    async with open_app(
        place.home, clock=clock_from(place.now), route=Route(place.proxy, place.args)
    ) as app:
        app.pace = 0
        request = Request(
            policy=load("tibet"),
            as_of=day_end(AS_OF),
            second_look_after=timedelta(0),
            concurrency=AT_ONCE,
        )
        await app.looker().ready()
        place.begin()
        summary = await app.engine().run(request)
        read = await app.store.readings.by_account([entry.account.id for entry in summary.scope])
    answers: Answers = {}
    for entry in summary.scope:
        first = [
            reading for reading in read.get(entry.account.id, []) if reading.look is LookKind.FIRST
        ]
        if first:
            answers[entry.account.filed.name] = Answer(
                first[0].name, first[0].latest.on if first[0].latest else None
            )
    return answers


async def plain(place: Place) -> Answers:
    """A new page an account, as far as its data: the answer to its list call, its article's text,
    or a search from the back office.
    """
    async with async_playwright() as playwright:
        browser, context = await _launched(playwright, place)
        place.begin()

        async def one(true: TrueAccount) -> Answer:
            page = await context.new_page()
            try:
                cdp = await context.new_cdp_session(page)
                await cdp.send("Network.enable")
                await cdp.send("Network.setBlockedURLs", {"urls": list(HEAVY)})
                return await _PAGES[true.platform](page, true)
            finally:
                await page.close()

        answers = await _all(place.read_world(), one)
        await browser.close()
    return answers


async def requests(place: Place) -> Answers:
    """A browser for the cookies, then httpx: for the platforms that want no signature (WeChat and
    Weibo).
    """
    # Imported late: the other ways do without, and their memory is measured.
    import ssl

    import httpx

    async with async_playwright() as playwright:
        browser, context = await _launched(playwright, place)
        page = await context.new_page()
        await page.goto("https://mp.weixin.qq.com/")
        token = re.findall(r"token=(\d+)", page.url)[0]
        cookies = await context.cookies()
        await browser.close()
    place.begin()
    jar = httpx.Cookies()
    for cookie in cookies:
        jar.set(cookie["name"], cookie["value"], domain=cookie["domain"])
    trust = ssl.create_default_context(cadata=place.ca_pem)
    async with httpx.AsyncClient(proxy=place.proxy, verify=trust, cookies=jar) as client:

        async def one(true: TrueAccount) -> Answer:
            if true.platform == "weibo":
                base = f"https://m.weibo.cn/api/container/getIndex?type=uid&value={true.id}"
                user = (await client.get(base)).json()["data"]["userInfo"]
                cards = (await client.get(f"{base}&containerid=107603{true.id}")).json()["data"][
                    "cards"
                ]
                return Answer(user["screen_name"], _newest(_posts(cards)))
            if true.known_links:
                return _article((await client.get(true.known_links[0])).text)
            return _hit((await client.get(_search(true, token))).json(), true)

        return await _all(place.read_world(), one)


async def _launched(playwright: Playwright, place: Place) -> tuple[Browser, BrowserContext]:
    """A browser with the operator's logins."""
    found = install_browser.find().path
    browser = await playwright.chromium.launch(
        executable_path=found, args=list(place.args), proxy={"server": place.proxy}
    )
    cookies = [cookie for state in place.states.values() for cookie in state["cookies"]]
    return browser, await browser.new_context(storage_state={"cookies": cookies, "origins": []})


async def _all(world: World, one: Callable[[TrueAccount], Awaitable[Answer]]) -> Answers:
    turns, answers = asyncio.Semaphore(AT_ONCE), Answers()

    async def turn(true: TrueAccount) -> None:
        async with turns:
            answers[true.filed["name"]] = await one(true)

    await asyncio.gather(*map(turn, world.accounts))
    return answers


async def _wechat_page(page: Page, true: TrueAccount) -> Answer:
    if true.known_links:
        reply = await page.goto(true.known_links[0], wait_until="domcontentloaded")
        assert reply is not None
        return _article(await reply.text())
    await page.goto("https://mp.weixin.qq.com/", wait_until="domcontentloaded")
    token = await page.evaluate("wx.data.t")
    return _hit(
        await page.evaluate(
            "(url) => fetch(url).then((reply) => reply.json())", _search(true, token)
        ),
        true,
    )


async def _weibo_page(page: Page, true: TrueAccount) -> Answer:
    async with page.expect_response(
        lambda reply: "getIndex" in reply.url and "containerid=107603" in reply.url
    ) as feed:
        await page.goto(f"https://m.weibo.cn/u/{true.id}", wait_until="commit")
    posts = _posts((await (await feed.value).json())["data"]["cards"])
    return Answer(posts[0]["user"]["screen_name"], _newest(posts))


async def _douyin_page(page: Page, true: TrueAccount) -> Answer:
    async with page.expect_response(lambda reply: "/aweme/v1/web/aweme/post" in reply.url) as works:
        await page.goto(f"https://www.douyin.com/user/{true.id}", wait_until="commit")
    items = (await (await works.value).json())["aweme_list"]
    return Answer(
        items[0]["author"]["nickname"],
        day_of(from_epoch(max(item["create_time"] for item in items))),
    )


async def _toutiao_page(page: Page, true: TrueAccount) -> Answer:
    async with page.expect_response(lambda reply: "category=profile_all" in reply.url) as feed:
        await page.goto(f"https://www.toutiao.com/c/user/token/{true.id}/", wait_until="commit")
    items = (await (await feed.value).json())["data"]
    data = json.loads(
        unquote(str(await page.evaluate("document.getElementById('RENDER_DATA').textContent")))
    )
    return Answer(
        data["data"]["profileUserInfo"]["name"],
        day_of(from_epoch(max(item["publish_time"] for item in items))),
    )


_PAGES: dict[str, Callable[[Page, TrueAccount], Awaitable[Answer]]] = {
    "wechat": _wechat_page, "weibo": _weibo_page, "douyin": _douyin_page, "toutiao": _toutiao_page,
}  # fmt: skip


def _article(html: str) -> Answer:
    name = re.search(r"nickname = htmlDecode\(\"(.*?)\"\)|nick_name: htmlDecode\('(.*?)'\)", html)
    at = re.search(r"var ct = \"(\d+)\"|ori_create_time: '(\d+)'", html)
    assert name is not None
    assert at is not None
    return Answer(name[1] or name[2], day_of(from_epoch(at[1] or at[2])))


def _search(true: TrueAccount, token: object) -> str:
    query = f"action=search_biz&begin=0&count=5&query={true.filed['name']}&token={token}&lang=zh_CN&f=json&ajax=1"
    return f"https://mp.weixin.qq.com/cgi-bin/searchbiz?{query}"


def _hit(payload: Any, true: TrueAccount) -> Answer:
    return Answer(
        next(hit["nickname"] for hit in payload["list"] if hit["nickname"] == true.filed["name"]),
        None,
    )


def _posts(cards: list[Any]) -> list[Any]:
    return [card["mblog"] for card in cards if "mblog" in card]


def _newest(posts: list[Any]) -> date:
    return day_of(
        max(datetime.strptime(post["created_at"], "%a %b %d %H:%M:%S %z %Y") for post in posts)
    )

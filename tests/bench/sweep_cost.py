"""`make bench`: what a sweep costs next to plain Playwright that opens a page an account, on one replica, in one run.

The replica runs in a process of its own and is not counted. Both block the same resources. The sweep's figures hold everything
it does: first looks, controls, second looks with evidence, judgement, the database.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from playwright.async_api import async_playwright
from processes import Cost, measured, python

from mediawatch import browsers, demo, registry
from mediawatch.app import DEMO_LOGINS, Route, clock_from, opened
from mediawatch.policy import load
from mediawatch.settings import Home
from mediawatch.sweep import Request
from scrapers.browser import _HEAVY
from scrapers.replica import Replica, World
from scrapers.sessions import write_state

PAGES = 4


async def serve(folder: Path) -> None:
    """The replica, until somebody ends it; says where it is in a file."""
    world = World.read(demo.shipped_world())
    assert world.as_of is not None
    async with Replica(world, now=clock_from(world.as_of + timedelta(hours=9)), logged_in=DEMO_LOGINS) as replica:
        states = {platform: replica.storage_state(platform) for platform in DEMO_LOGINS}
        text = json.dumps({"proxy": replica.proxy, "args": replica.chromium_args, "states": states})
        (folder / "replica.part").write_text(text)
        (folder / "replica.part").replace(folder / "replica.json")
        await asyncio.Event().wait()


async def sweep(folder: Path) -> None:
    at = json.loads((folder / "replica.json").read_text())
    world = World.read(demo.shipped_world())
    assert world.as_of is not None
    home = Home.at(folder / "home").create()
    for platform, state in at["states"].items():
        write_state(home.sessions / platform / "bench.json", state)
    demo.write_registry(folder / "registry.xlsx", world.filed_rows())
    clock = clock_from(world.as_of + timedelta(hours=9))
    async with opened(home, clock=clock, route=Route(at["proxy"], tuple(at["args"]))) as app:
        app.pace = 0
        await registry.import_files(app.store, [folder / "registry.xlsx"], now=clock())
        request = Request(policy=load("tibet"), as_of=world.as_of, second_look_after=timedelta(0), concurrency=PAGES)
        summary = await app.engine().run(request)
        (folder / "sweep.json").write_text(json.dumps({"looks": summary.looks, "accounts": len(summary.scope)}))


async def plain(folder: Path) -> None:
    """A page an account: its profile, or its newest article; until it has loaded, which is before its data calls are answered."""
    at = json.loads((folder / "replica.json").read_text())
    pages = [page for row in World.read(demo.shipped_world()).filed_rows() if (page := _page(row))]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browsers.find().path, args=at["args"], proxy={"server": at["proxy"]})
        cookies = [cookie for state in at["states"].values() for cookie in state["cookies"]]
        context = await browser.new_context(storage_state={"cookies": cookies, "origins": []})
        turns = asyncio.Semaphore(PAGES)

        async def visit(url: str) -> None:
            async with turns:
                page = await context.new_page()
                session = await context.new_cdp_session(page)
                await session.send("Network.enable")
                await session.send("Network.setBlockedURLs", {"urls": list(_HEAVY)})
                await page.goto(url, wait_until="load")
                await page.content()
                await page.close()

        await asyncio.gather(*map(visit, pages))
        await browser.close()
    (folder / "plain.json").write_text(json.dumps({"accounts": len(pages)}))


def _page(row: dict[str, str]) -> str:
    link = row.get("文章链接", "").split("\n")[0] or row.get("链接地址", "")
    made = {
        "新浪微博": f"https://weibo.com/u/{row['平台ID']}",
        "抖音短视频": f"https://www.douyin.com/user/{row['平台ID']}",
        "今日头条": f"https://www.toutiao.com/c/user/token/{row['平台ID']}/",
        "微信公众号": "https://mp.weixin.qq.com/",
    }
    return link or made.get(row["类型"], "")


def row(name: str, cost: Cost, accounts: int) -> str:
    per_hundred = 100 * cost.cpu_seconds / accounts
    return f"{name:<12} {accounts:>8} {cost.wall:>8.1f} {60 * accounts / cost.wall:>12.0f} {per_hundred:>16.1f} {cost.peak_mb:>10.0f}"


def main() -> None:
    if len(sys.argv) == 3:
        asyncio.run({"serve": serve, "sweep": sweep, "plain": plain}[sys.argv[1]](Path(sys.argv[2])))
        return
    with tempfile.TemporaryDirectory(prefix="mediawatch-bench-") as name:
        folder, me = Path(name), str(Path(__file__))
        server = os.spawnv(os.P_NOWAIT, sys.executable, python(me, "serve", name))
        try:
            while not (folder / "replica.json").exists():
                os.sched_yield()
            costs = {kind: measured(python(me, kind, name)) for kind in ("sweep", "plain")}
        finally:
            os.kill(server, 15)
            os.waitpid(server, 0)
        done = {kind: json.loads((folder / f"{kind}.json").read_text()) for kind in costs}
        print(f"load average {os.getloadavg()[0]:.1f}; {PAGES} pages at once; the sweep made {done['sweep']['looks']} looks")
        print(f"{'':<12} {'accounts':>8} {'wall s':>8} {'accounts/min':>12} {'CPU s/100 acc.':>16} {'peak MB':>10}")
        print("\n".join(row(kind, cost, done[kind]["accounts"]) for kind, cost in costs.items()))


if __name__ == "__main__":
    main()

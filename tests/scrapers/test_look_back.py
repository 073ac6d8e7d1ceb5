"""How far back a look reads a list: for a period (时段制) to before its first day, within so many
pages; else its first page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from stages import Stage, staged
from tables import short

from mediawatch.app import open_stage as whole_app
from mediawatch.demo.machine import write_registry
from mediawatch.domain import (
    Account,
    Captcha,
    Failure,
    Filing,
    Need,
    Post,
    RateLimited,
    Reading,
    Unreachable,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings import Home
from mediawatch.registry import service as registry
from mediawatch.rules.policy import load
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import no_progress
from scrapers.browser.reply import Reply
from scrapers.browser.shared_pages import SharedPages
from scrapers.douyin import surfaces as douyin
from scrapers.douyin.posts import older_cursor
from scrapers.lists import PAGES_BACK, needs_older_page
from scrapers.look import LookTask
from scrapers.look import look as looked
from scrapers.replica import World
from scrapers.surface import Scraper
from scrapers.toutiao import surfaces as toutiao
from scrapers.wechat.back_office_lists import newest_pages
from scrapers.wechat.back_office_replies import Batches
from scrapers.weibo import surfaces as weibo
from scrapers.weibo.pages import read_on

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
FIRST = date(2022, 10, 10)
"""Of the period: no post settles it, only a list that reaches back to before it."""
IDS = {
    "weibo": "5000000001",
    "toutiao": "MS4wLjABAAAA" + "a" * 43,
    "bilibili": "3500000000000001",
    "douyin": "MS4wLjABAAAA" + "b" * 43,
}
DAYS = [f"{day_of(NOW) - timedelta(days=2 * number)}T09:00" for number in range(70)]
"""A post every second day, back to the middle of August."""
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,truth,posts,pinned\n"
    f"weibo,新浪微博,示例隔日,W1,{IDS['weibo']},alive,{';'.join(DAYS)},30\n"
    f"toutiao,今日头条,示例隔日,T1,{IDS['toutiao']},alive,{';'.join(DAYS)},30\n"
    f"douyin,抖音短视频,示例隔日,D1,{IDS['douyin']},alive,{';'.join(DAYS)},30\n"
)


async def look(stage: Stage, back_to: date | None) -> Reading:
    platform = stage.scraper.platform
    return await stage.look(
        Filing(name="示例隔日", platform=platform, platform_id=IDS[platform]),
        fresh_after=date.max,
        back_to=back_to,
    )


@pytest.mark.parametrize(
    ("scraper", "page"), short([(weibo.SCRAPER, 10), (toutiao.SCRAPER, 20), (douyin.SCRAPER, 18)])
)
async def test_a_period_is_read_to_before_its_first_day(
    scraper: Scraper, page: int, executable: Path, tmp_path: Path
) -> None:
    async with staged(
        scraper, executable, tmp_path, WORLD, NOW, session=scraper is not toutiao.SCRAPER
    ) as stage:
        moment, period = await look(stage, None), await look(stage, FIRST)
    assert moment.complete_since is not None
    assert day_of(moment.complete_since) > FIRST
    assert all(len(sight.posts) <= page + 1 for sight in moment.sights), (
        "one page, and the pinned post"
    )
    wanted = {date.fromisoformat(day[:10]) for day in DAYS if day >= FIRST.isoformat()}
    for sight in period.sights:
        assert {post.on for post in sight.posts} >= wanted
        assert len(sight.posts) <= len(wanted) + page + 1, (
            "as far as the period asks for, not to the first post"
        )
    assert period.complete_since is not None
    if scraper is douyin.SCRAPER:
        assert period.complete_since == moment.complete_since, (
            "its further pages prove what they show, and no gap"
        )
    else:
        assert day_of(period.complete_since) < FIRST


async def test_calls_from_a_warm_page_read_as_far_back(executable: Path, tmp_path: Path) -> None:
    """A visitor's list of Weibo proves no gap, but days enough between which there was none."""
    account = Account(
        id=1, filed=Filing(name="示例隔日", platform="weibo", platform_id=IDS["weibo"])
    )
    need = Need(fresh_after=date.max, back_to=FIRST)
    async with staged(weibo.SCRAPER, executable, tmp_path, WORLD, NOW) as stage:
        pages = SharedPages(stage.browser)
        (sight,) = await looked(
            LookTask(weibo.SCRAPER, stage.browser, [], account, need, Pacing(scale=0), pages)
        )
    assert (sight.by_call, sight.complete_since) == (True, None)
    assert min(post.on for post in sight.posts if not post.pinned) < FIRST


def test_a_list_ends_short_of_a_day_without_an_older_post() -> None:
    on = [Post(on=FIRST + timedelta(days=number)) for number in (3, 1, 0)]
    assert needs_older_page(on, FIRST)
    assert not needs_older_page([*on, Post(on=FIRST - timedelta(days=1))], FIRST)
    assert needs_older_page([*on, Post(on=date(2020, 1, 1), pinned=True)], FIRST), (
        "a pinned one is older than its neighbours"
    )
    assert not needs_older_page(on, None)
    assert not needs_older_page([], FIRST), "nothing dated: other pages are asked for other reasons"


@dataclass
class Pages:
    """weibo.com's list of an account that posts ten times a day, page by page; from page `ends` on
    it answers otherwise.
    """

    back_to: date | None
    ends: int = 10_000
    answer: object = field(default_factory=lambda: {"ok": 0, "msg": "访问过于频繁"})
    asked: list[int] = field(default_factory=list)
    session: str = "office"
    refused: Failure | None = None

    def now(self) -> datetime:
        return NOW

    async def pause(self) -> None:
        return None

    async def fetch(self, url: str) -> Reply:
        number = int(url)
        self.asked.append(number)
        answer = self.answer if number >= self.ends else self.page(number)
        if isinstance(answer, Failure):
            raise answer
        return Reply("https://weibo.com/x", 200, "application/json", json.dumps(answer).encode())

    def page(self, number: int) -> dict[str, object]:
        moments = [NOW - timedelta(hours=2.4 * (10 * number + each)) for each in range(10)]
        items = [
            {
                "id": each,
                "user": {"id": 7},
                "created_at": f"{at:%a %b %d %H:%M:%S %z %Y}",
                "mid": str(each),
            }
            for each, at in enumerate(moments, 10 * number)
        ]
        return {"ok": 1, "data": {"list": items}}


async def read(pages: Pages) -> int:
    """How many posts stand in the list in the end."""
    payload = await read_on(pages, pages.page(1), "7", lambda payload, number: str(number))  # type: ignore[arg-type]
    assert isinstance(payload, dict)
    return len(payload["data"]["list"])


async def test_no_list_is_read_for_ever() -> None:
    busy = Pages(FIRST)
    assert await read(busy) == 10 * PAGES_BACK
    assert busy.asked == list(range(2, PAGES_BACK + 1))
    assert await read(Pages(None)) == 10


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ({"ok": 0, "msg": "访问过于频繁"}, None),
        (RateLimited("x"), RateLimited),
        (Captcha("x"), Captcha),
        ({"ok": 1, "data": {"list": []}}, None),
        (Unreachable("x"), None),
        ({"ok": 1}, None),
    ],
)
async def test_a_missing_page_leaves_what_earlier_pages_show(
    answer: object, refused: type[Failure] | None
) -> None:
    pages = Pages(FIRST, ends=4, answer=answer)
    assert await read(pages) == 30
    assert pages.asked == [2, 3, 4]
    # That the site turns us away is the sight's outcome all the same.
    assert (type(pages.refused) if pages.refused else None) is refused


def works(number: int, *, more: bool = True, **rest: object) -> dict[str, object]:
    at = int(NOW.timestamp()) - number * 86400
    items = [{"aweme_id": str(number), "create_time": at}]
    return {
        "status_code": 0,
        "aweme_list": items,
        "has_more": int(more),
        "max_cursor": at * 1000,
        **rest,
    }


def test_a_list_of_douyin_goes_on_until_it_reaches_back() -> None:
    assert older_cursor(works(0), NOW, FIRST)
    for payload, back_to in ((works(0, more=False), FIRST), (works(100), FIRST), (works(0), None)):
        assert older_cursor(payload, NOW, back_to) is None


@pytest.mark.parametrize(
    ("back_to", "days", "pages"),
    [(None, [0, 10], 1), (FIRST, [0, 10, 20, 30], 4), (FIRST, [0, 40, 90, 100], 3)],
)
async def test_the_offices_own_list_is_read_as_far(
    back_to: date | None, days: Sequence[int], pages: int
) -> None:
    async def page_at(begin: int) -> Batches:
        if begin // 10 == len(days):
            raise RateLimited("x")
        at = NOW - timedelta(days=days[begin // 10])
        return Batches(
            posts=(Post(on=day_of(at), at=at),), moments=(at,), count=10, total=1000, certain=True
        )

    async def pause() -> None:
        return None

    assert len(await newest_pages(SimpleNamespace(back_to=back_to, pause=pause), page_at)) == pages  # type: ignore[arg-type]


@pytest.mark.soak
async def test_a_quarter_of_busy_accounts_is_proved_either_way(tmp_path: Path) -> None:
    """A post a day, and one account with a silence of six weeks in November, on each platform: far
    beyond a first page.
    """
    every_day = [day_of(NOW) - timedelta(days=number) for number in range(140)]
    silent = [day for number, day in enumerate(every_day) if not 20 <= number <= 60]
    rows = [
        "# as_of = 2022-12-31",
        "platform,type,name,filing_number,true_id,platform_id,truth,posts",
    ]
    for platform, kind in (
        ("weibo", "新浪微博"),
        ("toutiao", "今日头条"),
        ("douyin", "抖音短视频"),
        ("bilibili", "哔哩哔哩"),
    ):
        # Of Bilibili's videos only the first page is read, of its texts as much as is needed.
        word = " micro" if platform == "bilibili" else ""
        for number, (name, days) in enumerate((("日更", every_day), ("停更", silent))):
            own = f"{IDS[platform][:-1]}{number + 2}"
            posts = ";".join(f"{day}T09:00{word}" for day in days)
            rows.append(
                f"{platform},{kind},{platform}{name},{platform}{number},{own},{own},alive,{posts}"
            )
    (tmp_path / "world.csv").write_text("\n".join(rows) + "\n", "utf-8")
    home = Home(tmp_path / "home").create()
    async with whole_app(home, tmp_path / "world.csv") as (app, stage):
        write_registry(home.root / "registry.xlsx", stage.registry())
        await registry.import_files(app.store, [home.root / "registry.xlsx"], now=app.clock())
        wanted = Request(
            policy=load("national"),
            as_of=stage.as_of,
            period_from=FIRST,
            second_look_after=timedelta(0),
        )
        summary = await app.engine().run(wanted, no_progress)
    found = {
        entry.account.filed.name: entry.judgement for entry in summary.scope if entry.judgement
    }
    assert {name: (judged.verdict, judged.gap_days) for name, judged in found.items()} == {
        "weibo日更": (Verdict.FRESH, 1), "weibo停更": (Verdict.FAILED, 42), "toutiao日更": (Verdict.FRESH, 1),
        "toutiao停更": (Verdict.FAILED, 42), "douyin日更": (Verdict.FRESH, 1), "douyin停更": (Verdict.UNPROVEN, 42),
        "bilibili日更": (Verdict.FRESH, 1), "bilibili停更": (Verdict.FAILED, 42),
    }  # fmt: skip

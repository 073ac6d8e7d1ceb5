"""First looks by calls from a shared page: what they may say, when the page is asked instead, and how
the shared page lives.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from local_site import HOSTS, Answer, Site, served
from stages import Stage, staged
from tables import short

from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Changed,
    Failure,
    Filing,
    LoginRequired,
    MatchedBy,
    Need,
    NoEvidence,
    Outcome,
    Pace,
    PayloadFacts,
    Post,
    RateLimited,
    Sight,
)
from mediawatch.sweep.controls import Controls
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.pool import Browser, Launch, PageRules, Tab
from scrapers.browser.shared_pages import (
    BYTES_PER_PAGE,
    CALLS_PER_PAGE,
    TRIES,
    PageCalls,
    SharedPage,
    SharedPages,
)
from scrapers.douyin import surfaces as douyin
from scrapers.look import LookTask, calls_suffice, look, may_see_by_calls, merge_facts
from scrapers.platforms import SCRAPERS
from scrapers.replica import World
from scrapers.surface import Scraper, SessionUse, Shows, Surface
from scrapers.toutiao import surfaces as toutiao
from scrapers.wechat import surfaces as wechat
from scrapers.weibo import surfaces as weibo

NOW = datetime(2022, 12, 31, 12, tzinfo=UTC)
NEED = Need(fresh_after=date(2022, 12, 17))
FRESH, EDGE, OLD = (
    Post(on=NOW.date() - timedelta(days=days), id=str(days)) for days in (2, 12, 60)
)
NAMED = PayloadFacts(name="示例", platform_id="7", matched_by=MatchedBy.ID)


async def front(tab: Tab, account: Account) -> None:
    (await tab.open(Plain.door)).good()


@dataclass
class Plain(Surface):
    """A surface of a platform that does not exist: it asks for /call, and its page is /page."""

    door: ClassVar[str] = ""
    name, label = "plain.page", "示例"
    attested = Attestation.DESCRIBED
    session = SessionUse.VISITOR
    shows = Shows.SOME
    pace = Pace(every=0)
    shared_page = SharedPage("front", front)
    odd: Failure | None = None
    facts: tuple[PayloadFacts, ...] = (NAMED,)
    at: str = ""

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        await tab.open(f"{self.at}/page")
        yield NAMED

    async def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        (await calls.fetch(f"{self.at}/call")).good()
        for fact in self.facts:
            yield fact
        if self.odd:
            raise self.odd


class Exact(Plain):
    shows = Shows.ALL


class Private(Plain):
    page_shows = False


class Signed(Plain):
    shared_page = SharedPage("front", front, signs=True)


class Second(Plain):
    shared_page = SharedPage("second", front)


class Third(Plain):
    shared_page = SharedPage("third", front)


def sight(*facts: PayloadFacts, surface: Surface | None = None) -> Sight:
    return merge_facts(surface or Plain(), facts, session="", read_at=NOW)


@pytest.mark.parametrize(
    ("fact", "some", "exact", "private"),
    [
        (PayloadFacts(posts=(FRESH,)), True, True, True),
        # 12 of 14 days: whether it is 即将超期 only an exact date tells.
        (PayloadFacts(posts=(EDGE,)), True, False, True),
        (PayloadFacts(posts=(OLD,)), True, False, True),
        (NAMED, True, False, True),
        (PayloadFacts(outcome=Outcome.NO_EVIDENCE), True, False, True),
        (PayloadFacts(outcome=Outcome.NOT_FOUND), False, False, True),
        *(
            (PayloadFacts(outcome=outcome), True, True, True)
            for outcome in (Outcome.CAPTCHA, Outcome.LOGIN_REQUIRED, Outcome.RATE_LIMITED)
        ),
        *(
            (PayloadFacts(outcome=outcome), False, False, False)
            for outcome in (
                Outcome.CHANGED,
                Outcome.UNREACHABLE,
                Outcome.NO_POSTS,
                Outcome.CANCELLED,
                Outcome.BANNED,
                Outcome.PRIVATE,
                Outcome.MIGRATED,
            )
        ),
    ],
)
def test_what_calls_may_say_without_a_page(
    fact: PayloadFacts, some: bool, exact: bool, private: bool
) -> None:
    told = [
        calls_suffice(sight(fact, surface=surface), surface, NEED)
        for surface in (Plain(), Exact(), Private())
    ]
    assert told == [some, exact, private]


def test_only_a_first_look_asks_by_calls() -> None:
    account = Account(id=1, filed=Filing(name="示例", platform="plain"))
    assert may_see_by_calls(Plain(), "", account, NEED, ())
    assert not may_see_by_calls(Plain(), "", account, replace(NEED, second=True), ())
    assert not may_see_by_calls(Plain(), "", account, replace(NEED, only="plain.page"), ())
    # A date is known, and does not do: only a page may say that it is the last one.
    dated = (sight(PayloadFacts(posts=(OLD,))),)
    assert (
        may_see_by_calls(Plain(), "", account, NEED, dated),
        may_see_by_calls(Exact(), "", account, NEED, dated),
    ) == (True, False)
    period = replace(NEED, back_to=date(2022, 10, 10))
    assert (
        may_see_by_calls(Plain(), "", account, period, ()),
        may_see_by_calls(Exact(), "", account, period, ()),
    ) == (True, False)


def test_only_surfaces_with_known_calls_ask_by_calls() -> None:
    asking = {
        surface.name
        for scraper in SCRAPERS.values()
        for surface in scraper.surfaces
        if surface.shared_page
    }
    assert asking == {
        "wechat.article", "wechat.reader_cover", "wechat.search", "wechat.list",
        "weibo.mobile", "weibo.desktop", "douyin.profile", "toutiao.profile",
    }  # fmt: skip


@dataclass
class Asking:
    """Looks at a site of one platform, by calls where they do."""

    site: Site
    browser: Browser
    pages: SharedPages
    seen: list[Sight] = field(default_factory=list)

    async def look(self, surface: Plain, times: int = 1) -> list[str]:
        """The paths asked for by so many looks."""
        before = len(self.site.asked)
        scraper = Scraper(
            platform="plain", surfaces=(replace(surface, at=self.site.url("")),), hosts=HOSTS
        )
        for _ in range(times):
            account = Account(id=1, filed=Filing(name="示例", platform="plain"))
            self.seen += await look(
                LookTask(scraper, self.browser, (), account, NEED, Pacing(scale=0), self.pages)
            )
        return [each.target for each in self.site.asked[before:]]


@asynccontextmanager
async def asking(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, **routes: Answer | str
) -> AsyncIterator[Asking]:
    answers = {"/": "<p>门</p>", "/call": "{}", "/page": "<p>页</p>"} | {
        f"/{path}": answer for path, answer in routes.items()
    }
    with served(answers) as site:
        monkeypatch.setattr(Plain, "door", site.url("/"))
        pages = SharedPages(browser)
        yield Asking(site, browser, pages)
        await pages.rest()


async def test_one_open_page_serves_many_looks_and_then_another_one(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        assert await looks.look(Plain(), CALLS_PER_PAGE) == ["/", *["/call"] * CALLS_PER_PAGE]
        assert await looks.look(Plain(), 2) == ["/", "/call", "/call"]
        assert {each.outcome for each in looks.seen} == {Outcome.OK}


async def test_where_another_site_opens_a_page_the_one_used_longest_ago_goes(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        assert await looks.look(Plain()) == ["/", "/call"]
        assert await looks.look(Second()) == ["/", "/call"]
        assert await looks.look(Plain()) == ["/call"]
        looks.pages.sites = 2
        assert await looks.look(Third()) == ["/", "/call"]
        assert len(looks.pages.open_pages) == 2
        assert await looks.look(Plain()) == ["/call"]
        assert await looks.look(Second()) == ["/", "/call"]


async def test_a_page_in_use_stays_where_another_site_opens_one(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        looks.pages.sites = 1
        rules, account = (
            PageRules(hosts=HOSTS, whole=False),
            Account(id=1, filed=Filing(name="示例", platform="plain")),
        )

        async def no_pause() -> None: ...

        async with looks.pages.borrow(Plain.shared_page, account, None, no_pause, rules) as calls:
            assert await looks.look(Second()) == ["/", "/call"]
            assert len(looks.pages.open_pages) == 2
            (await calls.fetch(looks.site.url("/call"))).good()
        assert await looks.look(Third()) == ["/", "/call"]
        assert len(looks.pages.open_pages) == 1


async def test_a_page_that_has_answered_much_gives_way_to_another_one(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Answer("x" * (BYTES_PER_PAGE // 2))
    async with asking(browser, monkeypatch, call=answer) as looks:
        assert await looks.look(Plain(), 3) == ["/", "/call", "/call", "/", "/call"]


async def test_calls_under_way_are_answered_while_garbage_is_collected(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch, call=Answer("x" * 1_000_000)) as looks:
        await looks.look(Plain())
        (tab,) = looks.pages.open_pages
        asked = [asyncio.create_task(tab.ask(looks.site.url("/call"))) for _ in range(6)]
        for _ in range(3):
            await tab.loan.collect_garbage()
        assert {len(reply.body) for reply, _ in await asyncio.gather(*asked)} == {1_000_000}


async def test_what_calls_leave_open_the_page_is_asked_at_once(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        assert await looks.look(Plain(odd=Changed("odd"))) == ["/", "/call", "/page"]
        assert [(each.outcome, each.name) for each in looks.seen] == [(Outcome.OK, "示例")]
        # The page that met trouble is not asked from again.
        assert await looks.look(Plain()) == ["/", "/call"]


async def test_a_page_does_not_repeat_calls_that_were_turned_away(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        assert await looks.look(Plain(odd=LoginRequired("wall"))) == ["/", "/call"]
        assert [each.outcome for each in looks.seen] == [Outcome.LOGIN_REQUIRED]


async def test_what_a_signing_page_is_refused_may_be_for_its_signature(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        for refusal in (RateLimited("empty body"), LoginRequired("wall")):
            assert await looks.look(Signed(odd=refusal)) == ["/", "/call", "/page"]
        assert await looks.look(Signed(odd=Captcha("check"))) == ["/", "/call"]
        assert [each.outcome for each in looks.seen] == [Outcome.OK, Outcome.OK, Outcome.CAPTCHA]


async def test_failed_calls_give_way_to_pages_until_the_batch_ends(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch, call=Answer(status=502)) as looks:
        assert (
            await looks.look(Plain(), TRIES + 2) == ["/", "/call", "/page"] * TRIES + ["/page"] * 2
        )
        await looks.pages.rest("other")
        assert await looks.look(Plain()) == ["/page"]
        await looks.pages.rest("plain")
        assert await looks.look(Plain()) == ["/", "/call", "/page"]


async def test_without_a_front_page_pages_do(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        looks.site.routes = {**looks.site.routes, "/": Answer(status=502)}
        assert await looks.look(Plain()) == ["/", "/page"]


async def test_a_page_that_went_away_is_opened_anew(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        await looks.look(Plain())
        (page,) = looks.pages.open_pages
        await page.loan.close()
        assert await looks.look(Plain()) == ["/", "/call"]
        (page,) = looks.pages.open_pages
        await page.evaluate(
            f"void setTimeout(() => {{ location = '{looks.site.url('/page', 'localhost')}' }})"
        )
        assert await page.wait_for("location.protocol === 'chrome-error:'")
        assert await looks.look(Plain()) == ["/", "/call"]


async def test_a_check_met_on_the_way_in_is_not_met_again_by_the_page(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        looks.site.routes = {**looks.site.routes, "/": Answer(status=429)}
        assert await looks.look(Plain()) == ["/"]
        assert [each.outcome for each in looks.seen] == [Outcome.RATE_LIMITED]


async def test_with_its_context_a_warm_page_is_renewed(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.browser.contexts.USES_PER_CONTEXT", 2)
    own = Browser(Launch(None, ports=None), now=lambda: NOW, host=browser)
    async with asking(own, monkeypatch) as looks:
        assert await looks.look(Plain()) == ["/", "/call"]
        assert await looks.look(Plain(odd=NoEvidence("none"))) == ["/call"]
        async with own.tab(None, PageRules(hosts=HOSTS, whole=True)):
            pass
        assert await looks.look(Plain()) == ["/", "/call"]
    await own.close()


async def test_calls_say_that_they_are_calls_and_prove_no_page(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(browser, monkeypatch) as looks:
        await looks.look(Plain())
        await looks.look(Plain(odd=Changed("odd")))
    by_call, by_page = looks.seen
    assert (by_call.outcome, by_call.by_call, by_page.outcome, by_page.by_call) == (
        Outcome.OK,
        True,
        Outcome.OK,
        False,
    )
    account, other = (
        Account(id=number, filed=Filing(name=f"示例{number}", platform="plain"))
        for number in (1, 2)
    )
    gone = replace(by_page, outcome=Outcome.NOT_FOUND, name="")
    asked: list[int] = []

    async def ask(account: Account, sight: Sight) -> tuple[Sight, ...]:
        asked.append(account.id)
        return ()

    controls = Controls(ask, lambda account: True)
    await controls.note(other, [by_call])
    assert ((await controls.with_control(account, gone, [other])).control, asked) == ("", [2])
    await controls.note(other, [by_page])
    assert (await controls.with_control(account, gone, [])).control == "示例2"


# the real surfaces

SEC = f"MS4wLjABAAAA{'0' * 42}"
ROWS = (
    "platform,type,name,filing_number,platform_id,original_id,alias,truth,shown_name,true_id,"
    "posts,articles,searchable,pinned\n"
    "wechat,微信公众号,示例市活跃局,X1,MzAwMDAwMDAwMQ==,gh_00000000000a,,alive,,,2022-12-30;"
    "2022-11-01,1,,\n"
    "wechat,微信公众号,示例县活跃站,X2,MzAwMDAwMDAwMg==,,,alive,示例县活跃站(新),,2022-12-29 "
    "pictures,1,,\n"
    "wechat,微信公众号,示例乡无链办,X3,,,,alive,,MzAwMDAwMDAwMw==,2022-09-01,,,\n"
    "wechat,微信公众号,示例村无链办,X4,,,,alive,,MzAwMDAwMDAwNA==,2022-09-01,,,\n"
    "weibo,新浪微博,示例活跃,W1,5000000001,,,alive,,,2022-12-30;2022-11-01,,,2\n"
    "weibo,新浪微博,示例沉睡,W2,5000000002,,,alive,,,2022-11-01;2022-10-01,,,\n"
    "weibo,新浪微博,示例无此号,W3,5000000003,,,gone,,,,,,\n"
    f"douyin,抖音,示例抖音甲,D1,{SEC}1,,,alive,,,2022-12-30;2022-11-01,,,2\n"
    f"douyin,抖音,示例抖音乙,D2,{SEC}2,,,alive,示例抖音新名,,2022-12-29,,,\n"
    f"douyin,抖音,示例抖音睡,D3,{SEC}3,,,alive,,,2022-11-01;2022-10-01,,,\n"
    f"douyin,抖音,示例抖音无,D4,{SEC}4,,,gone,,,,,,\n"
    f"toutiao,今日头条,示例头条甲,T1,{SEC}5,,,alive,,,2022-12-30;2022-11-01,,,\n"
    f"toutiao,今日头条,示例头条乙,T2,{SEC}6,,,alive,示例头条新名,,2022-12-29,,,\n"
    f"toutiao,今日头条,示例头条睡,T3,{SEC}7,,,alive,,,2022-11-01;2022-10-01,,,\n"
    f"toutiao,今日头条,示例头条无,T4,{SEC}8,,,gone,,,,,,\n"
)
WORLD = World.parse(ROWS)


async def seen(
    stage: Stage, pages: SharedPages, name: str, *, second: bool = False
) -> tuple[Sight, ...]:
    true = next(each for each in WORLD.accounts if each.filed["name"] == name)
    filed = Filing(
        name=name,
        platform=true.platform,
        platform_id=true.filed["platform_id"],
        article_links=true.known_links,
    )
    account, need = (
        Account(id=1, filed=filed, links=filed.article_links),
        replace(NEED, second=second),
    )
    sessions = [stage.session] if stage.session else []
    return await look(
        LookTask(stage.scraper, stage.browser, sessions, account, need, Pacing(scale=0), pages)
    )


async def told(
    stage: Stage, pages: SharedPages, name: str, *, second: bool = False
) -> list[tuple[str, str, bool]]:
    """Surface, outcome and exactness of the sights of one look."""
    sights = await seen(stage, pages, name, second=second)
    return [(sight.surface.partition(".")[2], sight.outcome.value, sight.exact) for sight in sights]


async def test_articles_and_searches_of_wechat(executable: Path, tmp_path: Path) -> None:
    async with staged(
        wechat.SCRAPER, executable, tmp_path, WORLD, NOW, session=True, lists_open=True
    ) as stage:
        pages = SharedPages(stage.browser)
        assert await told(stage, pages, "示例市活跃局") == [("article", "ok", False)]
        assert await told(stage, pages, "示例县活跃站") == [("article", "ok", False)]
        first, second = (
            next(iter(each.known_links)).removeprefix("https://") for each in WORLD.of("wechat")[:2]
        )
        # The first one's article is opened, and then asked from.
        assert stage.paths == [first, first, second]
        # The list alone may be exact: it is asked for from a home page of its own. What the search
        # found leads there, so it is a lower bound all the same.
        for name in ("示例乡无链办", "示例村无链办"):
            found = await told(stage, pages, name)
            assert found == [("search", "ok", False), ("list", "ok", False)]
        asked = [path.rpartition("/")[2] for path in stage.paths]
        assert [asked.count(call) for call in ("searchbiz", "appmsgpublish", "home")] == [2, 4, 3]
        assert await told(stage, pages, "示例市活跃局", second=True) == [("article", "ok", False)]
        await pages.rest()


async def test_profiles_of_weibo(executable: Path, tmp_path: Path) -> None:
    async with staged(weibo.SCRAPER, executable, tmp_path, WORLD, NOW, session=True) as stage:
        pages = SharedPages(stage.browser)
        assert await told(stage, pages, "示例活跃") == [("mobile", "ok", False)]
        assert "m.weibo.cn/u/5000000001" not in stage.paths
        assert await told(stage, pages, "示例沉睡") == [
            ("mobile", "ok", False),
            ("desktop", "ok", True),
        ]
        assert [path for path in stage.paths if "/u/" in path] == ["weibo.com/u/5000000002"]
        assert (await told(stage, pages, "示例无此号"))[1] == ("desktop", "not_found", False)
        assert "weibo.com/u/5000000003" in stage.paths
        assert await told(stage, pages, "示例活跃", second=True) == [("mobile", "ok", False)]
        assert "m.weibo.cn/u/5000000001" in stage.paths
        await pages.rest()


@pytest.mark.parametrize(
    ("scraper", "kind", "exact"),
    short([(douyin.SCRAPER, "抖音", False), (toutiao.SCRAPER, "头条", True)]),
)
async def test_pages_whose_script_signs(
    executable: Path, tmp_path: Path, scraper: Scraper, kind: str, exact: bool
) -> None:
    async with staged(scraper, executable, tmp_path, WORLD, NOW) as stage:

        def lists() -> int:
            """Lists that were asked for: one by the page that opened, one by calls for each
            account.
            """
            return sum("/aweme/post/" in path or "/user/feed" in path for path in stage.paths)

        pages = SharedPages(stage.browser)
        # Nothing can be asked from the page of an account that is gone; what there is to say of it,
        # its own page says.
        assert await told(stage, pages, f"示例{kind}无") == [("profile", "not_found", False)]
        assert await told(stage, pages, f"示例{kind}甲") == [("profile", "ok", False)]
        assert lists() == 2
        (renamed,) = await seen(stage, pages, f"示例{kind}乙")
        assert (renamed.by_call, renamed.name, renamed.posts[0].on) == (
            True,
            f"示例{kind}新名",
            date(2022, 12, 29),
        )
        assert lists() == 3
        # Only a page's list may be exact, and none that a visitor of Douyin sees.
        assert await told(stage, pages, f"示例{kind}睡") == [("profile", "ok", exact)]
        assert await told(stage, pages, f"示例{kind}甲", second=True) == [("profile", "ok", exact)]
        await pages.rest()

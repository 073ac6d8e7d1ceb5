"""Searches for units in a real Chromium: a world with homonyms, 仿冒, an unfiled account and a
closed one that is there again.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
import pytest_asyncio
from browsers import facing, key
from evidence_files import all_evidence

from mediawatch import demo
from mediawatch.app import App, WorldStage, open_app
from mediawatch.app.leads import SearchRequest, lead_standings, plan_search, run_search
from mediawatch.cli.unit_search import describe_extent
from mediawatch.demo import machine
from mediawatch.domain import (
    Account,
    EvidenceKind,
    Filing,
    LeadAction,
    LeadDecision,
    LeadKind,
    LeadSort,
    Outcome,
    Sight,
    UnitSearch,
    UserError,
)
from mediawatch.domain.clock import day_end
from mediawatch.ops.evidence import read_whole
from mediawatch.ports import See, Visit
from mediawatch.registry.lead_standing import LeadStanding
from mediawatch.registry.leads import FiledAccounts
from mediawatch.registry.unit_searches import (
    PlatformResult,
    SearchTools,
    plan_queries,
    search_units,
)
from mediawatch.registry.units import FiledUnit, UnitIndex, units_of
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.sessions import write_state
from scrapers.platforms import SiteLooker
from scrapers.replica import Replica, World
from scrapers.replica.web import Answer, Drop, Middleware, Request, Response, Site, answer, page

AS_OF = day_end(date(2022, 12, 31))
NOW = AS_OF + timedelta(hours=9)
SEC = "MS4wLjABAAAA" + "a" * 42
WORLD = World.parse(
    (
        "# as_of = 2022-12-31\n"
        "filing_number,name,type,organiser,prefecture,county,platform_id,true_id,status,platform,"
        "truth,verified_as,registered\n"
        "W1,示例公安,新浪微博,示例县公安局,样板市,示例县,5000000001,,正常运行,weibo,alive,,\n"
        "W2,示例交警,新浪微博,示例县公安局,样板市,示例县,5000000002,,已关停,weibo,alive,,\n"
        "D1,示例公安,抖音短视频,示例县公安局,样板市,示例县,SEC1,,正常运行,douyin,alive,,\n"
        "A1,示例公安,微信公众号,示例县公安局,样板市,示例县,MzAwMDAwMDAwMQ==,,正常运行,wechat,alive,,\n"
        ",示例县公安局直播,新浪微博,,,,,5000000003,,weibo,alive,示例县公安局官方微博,no\n"
        ",示例县公安局爆料,新浪微博,,,,,5000000004,,weibo,alive,某某传媒有限公司,no\n"
        ",示例公安,抖音短视频,,,,,SEC2,,douyin,alive,某某文化传播有限公司,no\n"
        ",示例公安,抖音短视频,,,,,SEC3,,douyin,alive,另市示例县公安局,no\n"
        ",示例公安,抖音短视频,,,,,SEC4,,douyin,alive,,no\n"
        ",示例公安反诈,抖音短视频,,,,,SEC5,,douyin,alive,示例县公安局,no\n"
        ",示例县公安局,微信公众号,,,,,MzAwMDAwMDAwOQ==,,wechat,alive,示例县公安局,no\n"
    ).replace("SEC", SEC)
)
PLATFORMS = ("weibo", "douyin", "wechat")


@dataclass
class Office:
    app: App
    replica: Replica

    async def search(self, **asked: object) -> tuple[dict[str, PlatformResult], int]:
        request = SearchRequest(platforms=PLATFORMS, **asked)  # type: ignore[arg-type]
        plan = await plan_search(self.app, request)
        return await run_search(self.app, plan, lambda done, total: None)

    async def leads(self) -> dict[str, LeadStanding]:
        """By the first letter of the platform, and the last of its id."""
        standings = await lead_standings(self.app)
        return {
            f"{each.lead.platform[0]}{each.lead.platform_id.rstrip('=')[-1]}": each
            for each in standings
        }

    async def searches(self) -> Sequence[UnitSearch]:
        return await self.app.store.leads.searches()


@asynccontextmanager
async def office_in(
    folder: Path,
    executable: Path,
    logged_in: frozenset[str] = frozenset(PLATFORMS),
    before: Sequence[Middleware] = (),
    world: World = WORLD,
) -> AsyncIterator[Office]:
    home = demo.prepare(folder / "home")
    async with Replica(
        world, now=lambda: NOW, logged_in=logged_in, key=key(), before=before
    ) as replica:
        for platform in PLATFORMS:
            write_state(home.sessions / platform / "office.json", replica.storage_state(platform))
        async with (
            open_app(home, clock=lambda: NOW) as app,
            facing(replica, executable, lambda: NOW) as browser,
        ):
            app.pace = 0
            app._looker = SiteLooker(browser, home.sessions, watch=app.sessions)
            await machine.register(app, WorldStage(world, AS_OF), lambda said: None)
            yield Office(app, replica)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(
    tmp_path_factory: pytest.TempPathFactory, executable: Path
) -> AsyncIterator[Office]:
    """All that is searched for was searched for, in two runs."""
    async with office_in(tmp_path_factory.mktemp("searches"), executable) as found:
        await found.search(limit=4)
        assert len(await found.searches()) == 4
        await found.search()
        yield found


pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_each_platform_shows_its_leads_and_no_more(office: Office) -> None:
    found = await office.leads()
    assert {key: each.lead.latest.kind for key, each in found.items()} == {
        "w2": LeadKind.REOPENED,
        "w3": LeadKind.UNFILED,
        "d2": LeadKind.LOOKALIKE,
        "d3": LeadKind.LOOKALIKE,
        "d4": LeadKind.LOOKALIKE,
        "d5": LeadKind.UNFILED,
        "wQ": LeadKind.LOOKALIKE,
    }
    assert {each.words for each in found.values()} == {"待核"}
    assert {each.lead.latest.units for each in found.values()} == {("示例县公安局（样板市）",)}
    assert found["d5"].lead.latest.link == f"https://www.douyin.com/user/{SEC}5"
    assert found["w3"].lead.latest.link == "https://weibo.com/u/5000000003"


async def test_a_search_that_shows_no_body_names_no_unit_as_unfiled(office: Office) -> None:
    """WeChat's shows the unfiled account of the unit by its name alone."""
    shown = (await office.leads())["wQ"].lead.latest
    assert (shown.verified_as, shown.surface) == ("", "wechat.search")
    assert shown.ground.endswith("搜索结果未显示认证主体")


async def test_what_showed_a_lead_is_kept_as_evidence(office: Office) -> None:
    found = await office.leads()
    for each in found.values():
        assert each.proofs
        assert [office.app.evidence.check(item) for item in each.proofs] == [""] * len(each.proofs)
    assert EvidenceKind.SCREENSHOT in {item.kind for item in found["w3"].proofs}
    kept = {item.evidence.path for item in await all_evidence(office.app.store)}
    assert {each.path for each in office.app.evidence.files()} == kept, "no file without its row"


async def test_evidence_shows_neither_the_operator_nor_his_token(office: Office) -> None:
    folder = office.app.evidence
    texts = [
        gzip.decompress(read_whole(folder.place, each.path)).decode()
        for each in folder.files()
        if each.path.endswith(".gz")
    ]
    assert len(texts) > 5
    assert any("示例公安反诈" in text for text in texts)
    assert any("isLogin" in unquote(text) for text in texts), "where the page names him"
    assert not [
        text for text in texts if "演示操作员" in unquote(text) or re.search(r"token=\d", text)
    ]


async def test_what_was_answered_is_not_asked_again(office: Office) -> None:
    made = await office.searches()
    assert [(each.platform, each.outcome) for each in made].count(("weibo", Outcome.OK)) == 3
    assert len({(each.platform, each.query) for each in made}) == len(made) == 9
    plan = await plan_search(office.app, SearchRequest(platforms=PLATFORMS))
    assert [(each.due, each.answered) for each in plan.queries] == [((), 3)] * 3


@pytest.mark.parametrize(
    ("platform", "searches", "length"),
    [
        ("weibo", 3, "about 1 min"),
        ("weibo", 3000, "about 15 h"),
        ("douyin", 200, "about 4 h"),
        ("wechat", 20, "about 60 min"),
        ("wechat", 1001, "about 11 days"),
    ],
)
async def test_a_plan_says_how_long_it_takes(
    office: Office, platform: str, searches: int, length: str
) -> None:
    """By the declared paces and one login: 100 searches a day on WeChat."""
    plan = await plan_search(office.app, SearchRequest(platforms=(platform,)))
    asked = replace(plan.queries[0], due=("x",) * searches, answered=0)
    told = describe_extent(office.app, plan, asked)
    assert told == f"{searches} searches for 1 unit; {length} with 1 login"


async def test_searches_count_against_the_day_of_a_login(office: Office) -> None:
    visits = await office.app.store.operator.visits(NOW - timedelta(days=1))
    assert [each.surface for each in visits].count("weibo.search") == 3


async def test_only_searches_that_show_bodies_are_asked_without_a_word(office: Office) -> None:
    plan = await plan_search(office.app, SearchRequest())
    assert list(plan.surfaces) == ["weibo", "douyin"]
    with pytest.raises(UserError, match="--platform toutiao: no search of it that shows accounts"):
        await plan_search(office.app, SearchRequest(platforms=("toutiao",)))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"units": ("示例县教育局",)}, "--unit 示例县教育局: no account"),
        ({"region": "另市"}, "--region 另市: no unit"),
    ],
)
async def test_units_that_are_not_filed_are_refused(
    office: Office, asked: dict[str, object], why: str
) -> None:
    with pytest.raises(UserError, match=why):
        await plan_search(office.app, SearchRequest(**asked))  # type: ignore[arg-type]
    plan = await plan_search(office.app, SearchRequest(region="样板市", units=("示例县公安局",)))
    assert plan.units == 1


async def test_what_is_nobodys_business_never_comes_again(office: Office) -> None:
    store, lead = office.app.store.leads, (await office.leads())["d3"].lead
    await store.add_decision(
        LeadDecision(
            lead_id=lead.id,
            action=LeadAction.SORTED,
            sort=LeadSort.ELSEWHERE,
            by="甲某",
            reason="另市的账号",
            at=NOW,
        )
    )
    office.app.clock = lambda: NOW + timedelta(days=40)
    try:
        results, code = await office.search()
    finally:
        office.app.clock = lambda: NOW
    assert code == 0
    assert results["douyin"].asked == 3
    seen = {key: len(each.lead.sights) for key, each in (await office.leads()).items()}
    assert (seen["d3"], seen["d2"]) == (1, 2)


async def test_a_login_that_is_out_ends_the_searches_of_its_platform(
    tmp_path: Path, executable: Path
) -> None:
    async with office_in(tmp_path, executable, logged_in=frozenset()) as office:
        plan = await plan_search(office.app, SearchRequest(platforms=("weibo",)))
        results, code = await run_search(office.app, plan, lambda done, total: None)
        assert code == 32
        assert (results["weibo"].asked, results["weibo"].unasked) == (1, 2)
        (made,) = await office.searches()
        assert (made.outcome, made.hits) == (Outcome.LOGIN_REQUIRED, 0)
        assert await office.leads() == {}
        later = await plan_search(office.app, SearchRequest(platforms=("weibo",)))
        assert later.queries[0].answered == 0, "what was refused is asked again"


@pytest.mark.soak
async def test_the_shipped_world_shows_what_nobody_filed_and_no_more(
    tmp_path: Path, executable: Path
) -> None:
    """146 filed accounts, many without ids: none of them is a lead. Beside them stand unfiled
    accounts of their units, and others that bear their names.
    """
    shipped = World.read(demo.shipped_world())
    units = sorted({each.filed["organiser"] for each in shipped.accounts} - {""})[::9]
    names = sorted({each.name for each in shipped.of("douyin") if each.truth.value == "alive"})[:5]
    assert len(units) > 5
    assert len(names) == 5
    more = World.parse(
        "name,type,platform,truth,verified_as,registered\n"
        + "".join(f"{unit}服务,新浪微博,weibo,alive,{unit}官方微博,no\n" for unit in units)
        + "".join(f"{name},抖音短视频,douyin,alive,某某文化传播有限公司,no\n" for name in names)
    )
    world = World((*shipped.accounts, *more.accounts), shipped.as_of)
    async with office_in(tmp_path, executable, world=world) as office:
        plan = await plan_search(office.app, SearchRequest())
        results, code = await run_search(office.app, plan, lambda done, total: None)
        assert code == 0
        assert sum(result.asked for result in results.values()) > 300
        found = [each.lead.latest for each in await lead_standings(office.app)]
    unfiled = {each.name for each in found if each.kind is LeadKind.UNFILED}
    assert unfiled == {f"{unit}服务" for unit in units}
    assert {each.name for each in found if each.kind is LeadKind.LOOKALIKE} <= set(names)
    assert len(found) == len(unfiled) + len([each for each in found if each.name in names])


async def test_a_search_that_rests_is_asked_after_its_rest(
    tmp_path: Path, executable: Path
) -> None:
    """The site refuses twice, and answers after the rest. The breaker of a new gate is closed."""
    refused, waited = list[str](), list[str]()

    def refuse(site: Site, request: Request, usual: Answer) -> Response | Drop:
        if request.path != "/user" or len(refused) == 2:
            return usual(request)
        refused.append(request.url)
        return TOO_OFTEN

    async with office_in(tmp_path, executable, before=(refuse,)) as office:
        gate = ReopeningGate()
        accounts = await office.app.store.accounts.all()
        units = units_of(accounts)

        async def wait(platform: str) -> bool:
            waited.append(platform)
            gate.behind = Pacing(scale=0)
            return len(waited) == 1

        tools = SearchTools(
            store=office.app.store.leads,
            searcher=office.app.searcher(),
            gate=gate,
            evidence=office.app.evidence,
            index=UnitIndex(units),
            filed=FiledAccounts(accounts, {}, office.app.leads_to),
            wait_for_rest=wait,
        )
        plans = plan_queries(units, ["weibo"], [], NOW)
        results = await search_units(plans, tools)
        assert waited == ["weibo"]
        assert (results["weibo"].asked, results["weibo"].unasked) == (3, 0)
        outcomes = [each.outcome for each in await office.searches()]
        assert outcomes == [Outcome.RATE_LIMITED, Outcome.RATE_LIMITED, Outcome.OK]


class ReopeningGate:
    """The real gate, which a test replaces by a new one in the place of ten minutes' rest."""

    def __init__(self) -> None:
        self.behind = Pacing(scale=0)

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        return await self.behind.visit(visit, see)

    async def pause(self, visit: Visit) -> None:
        await self.behind.pause(visit)


TOO_OFTEN = page("<p>访问过于频繁，请稍等再试！（错误码：414）</p>", status=414)
CHECK = answer(
    {"status_code": 0, "user_list": [], "search_nil_info": {"search_nil_type": "verify_check"}}
)


@pytest.mark.parametrize(
    ("platform", "path", "given", "outcome", "asked", "exit_code"),
    [
        ("weibo", "/user", TOO_OFTEN, Outcome.RATE_LIMITED, 2, 16),
        pytest.param("weibo", "/user", page("<p>别的页面</p>"), Outcome.CHANGED, 3, 0, marks=pytest.mark.soak),
        ("douyin", "/aweme/v1/web/discover/search/", CHECK, Outcome.CAPTCHA, 1, 16),
        pytest.param("douyin", "/aweme/v1/web/discover/search/", Response(), Outcome.RATE_LIMITED, 2, 16, marks=pytest.mark.soak),
    ],
)  # fmt: skip
async def test_what_the_site_does_to_us_shows_no_lead_and_is_asked_again(
    tmp_path: Path,
    executable: Path,
    platform: str,
    path: str,
    given: Response,
    outcome: Outcome,
    asked: int,
    exit_code: int,
) -> None:
    def refuse(site: Site, request: Request, usual: Answer) -> Response | Drop:
        return given if request.path == path else usual(request)

    async with office_in(tmp_path, executable, before=(refuse,)) as office:
        plan = await plan_search(office.app, SearchRequest(platforms=(platform,)))
        results, code = await run_search(office.app, plan, lambda done, total: None)
        assert (results[platform].asked, results[platform].unasked) == (asked, 3 - asked)
        assert code == exit_code
        assert {each.outcome for each in await office.searches()} == {outcome}
        assert await office.leads() == {}
        assert list(office.app.evidence.files()) == []
        later = await plan_search(office.app, SearchRequest(platforms=(platform,)))
        assert later.queries[0].answered == 0


def search(query: str, at: int, outcome: Outcome = Outcome.OK) -> UnitSearch:
    return UnitSearch(
        platform="weibo",
        query=query,
        surface="weibo.search",
        at=NOW + timedelta(days=at),
        outcome=outcome,
    )


async def test_units_own_names_come_first_and_a_limit_is_shared() -> None:
    world = [unit("示例县公安局", "示例公安"), unit("示例县教育局", "示例教育", "示例公安")]
    (plan,) = plan_queries(world, ["weibo"], [], NOW)
    assert plan.due == ("示例县公安局", "示例县教育局", "示例公安", "示例教育")
    made = [
        search("示例县 教育局", -1),
        search("示例公安", -9),
        search("示例县公安局", -1, Outcome.CAPTCHA),
    ]
    first, second = plan_queries(world, ["weibo", "douyin"], made, NOW - timedelta(days=2), 3)
    assert (first.due, first.answered) == (("示例县公安局", "示例公安"), 1)
    assert (second.due, second.answered) == (("示例县公安局",), 0)


def unit(name: str, *accounts: str) -> FiledUnit:
    filings = (Filing(name=each, platform="weibo", organiser=name) for each in accounts)
    return FiledUnit(
        name=name, accounts=tuple(Account(id=n, filed=each) for n, each in enumerate(filings, 1))
    )

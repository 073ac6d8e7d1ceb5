"""Looks at Kuaishou accounts in a real Chromium, the replica standing for kuaishou.com."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from stages import Stage, staged
from tables import short

from mediawatch.domain import DateKind, Filing, MatchedBy, Outcome
from mediawatch.domain.clock import EVER
from scrapers.browser.pool import PageRules
from scrapers.kuaishou.surfaces import SCRAPER, probe
from scrapers.replica import World

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
IDS = {letter: "3x" + letter * 13 for letter in "abcdefgh"}
SHORT_LINK = "https://v.kuaishou.com/AbC123"
MANY = ";".join(f"2022-{month:02}-{day:02}" for month in (9, 10, 11) for day in range(1, 16))
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,url,truth,shown_name,posts,pinned,visitors_miss\n"
    f"kuaishou,快手,示例活跃,K1,{IDS['a']},,alive,,2022-12-30T09:00;2022-11-01;2020-01-01,3,0\n"
    f"kuaishou,快手,示例沉睡,K2,{IDS['b']},{SHORT_LINK},alive,示例沉睡新名,2022-11-01T08:00;"
    "2022-10-01;2020-01-01,3,0\n"
    f"kuaishou,快手,示例半隐,K3,{IDS['c']},,alive,,2022-12-30;2022-12-29;2022-11-01,,2\n"
    f"kuaishou,快手,示例无踪,K4,{IDS['d']},,gone,,,,\n"
    f"kuaishou,快手,示例封禁,K5,{IDS['e']},,banned,,2022-12-30,,\n"
    f"kuaishou,快手,示例空号,K6,{IDS['f']},,empty,,,,\n"
    f"kuaishou,快手,示例多作,K7,{IDS['g']},,alive,,{MANY},,0\n"
    f"kuaishou,快手,示例同名,K8,{IDS['h']},,alive,,2022-12-30,,0\n"
)


def filed(letter: str, **values: str) -> Filing:
    return Filing(
        **{"name": "示例", "platform": "kuaishou", "platform_id": IDS.get(letter, ""), **values}
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visitor(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with staged(SCRAPER, executable, tmp_path_factory.mktemp("visitor"), WORLD, NOW) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def operator(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with staged(
        SCRAPER, executable, tmp_path_factory.mktemp("operator"), WORLD, NOW, session=True
    ) as stage:
        yield stage


async def test_a_visitor_proves_an_account_fresh(visitor: Stage) -> None:
    reading = await visitor.look(filed("a"))
    assert (reading.outcome, reading.name, reading.matched_by) == (
        Outcome.OK,
        "示例活跃",
        MatchedBy.ID,
    )
    assert (reading.latest and reading.latest.at) == datetime.fromisoformat(
        "2022-12-30T09:00:00+08:00"
    )
    assert (reading.date_kind, reading.sights[0].platform_id) == (DateKind.AT_LEAST, IDS["a"])


@pytest.mark.parametrize("letter", short(["b", "c"]))
async def test_a_visitor_proves_no_account_stale(visitor: Stage, letter: str) -> None:
    reading = await visitor.look(filed(letter))
    assert (reading.outcome, reading.latest and reading.latest.on) == (
        Outcome.OK,
        date(2022, 11, 1),
    )
    assert (reading.date_kind, reading.complete_since) == (DateKind.AT_LEAST, None)


async def test_the_operators_whole_list_is_exact(operator: Stage) -> None:
    reading = await operator.look(filed("b", name="示例沉睡"))
    assert (reading.name, reading.matched_by) == ("示例沉睡新名", MatchedBy.ID)
    assert (reading.latest and reading.latest.on, reading.date_kind, reading.complete_since) == (
        date(2022, 11, 1),
        DateKind.EXACT,
        EVER,
    )


async def test_what_visitors_miss_the_operator_sees(operator: Stage) -> None:
    reading = await operator.look(filed("c"))
    assert (reading.latest and reading.latest.on) == date(2022, 12, 30)


async def test_a_quiet_list_of_pages_is_read_to_its_end(operator: Stage) -> None:
    reading = await operator.look(filed("g"))
    assert (len(reading.posts), reading.complete_since) == (45, EVER)
    assert (reading.latest and reading.latest.on, reading.date_kind) == (
        date(2022, 11, 15),
        DateKind.EXACT,
    )


async def test_a_visitor_reads_on_for_a_period_alone(visitor: Stage) -> None:
    reading = await visitor.look(filed("g"))
    assert (len(reading.posts), reading.complete_since) == (20, None)
    period = await visitor.look(filed("g"), back_to=date(2022, 10, 10))
    assert (len(period.posts), period.complete_since) == (40, None)


@pytest.mark.parametrize("letter", short(["d", "e"]))
async def test_what_no_source_attests_is_no_negative(
    visitor: Stage, operator: Stage, letter: str
) -> None:
    for stage in (visitor, operator):
        reading = await stage.look(filed(letter))
        assert (reading.outcome, reading.latest) == (Outcome.CHANGED, None)


async def test_only_the_operator_is_told_of_an_empty_account(
    visitor: Stage, operator: Stage
) -> None:
    reading = await operator.look(filed("f"))
    assert (reading.outcome, reading.matched_by) == (Outcome.NO_POSTS, MatchedBy.ID)
    assert (await visitor.look(filed("f"))).outcome is Outcome.LOGIN_REQUIRED


@pytest.mark.parametrize(
    "url",
    short(
        [
            SHORT_LINK,
            f"https://m.gifshow.com/fw/user/{IDS['b']}?shareId=1",
            f"https://www.kuaishou.com/profile/{IDS['b']}",
        ]
    ),
)
async def test_an_account_without_an_id_is_resolved(operator: Stage, url: str) -> None:
    reading = await operator.look(filed("", url=url))
    assert (reading.sights[0].platform_id, reading.matched_by, reading.date_kind) == (
        IDS["b"],
        MatchedBy.URL,
        DateKind.EXACT,
    )


async def test_a_link_to_another_account_is_no_evidence(visitor: Stage) -> None:
    url = f"https://www.kuaishou.com/profile/{IDS['a']}"
    reading = await visitor.look(filed("b", url=url))
    assert reading.outcome is Outcome.NO_EVIDENCE
    assert f"leads to {IDS['a']}" in reading.sights[0].detail


async def test_found_by_name_alone_nothing_is_exact(operator: Stage) -> None:
    reading = await operator.look(filed("", name="示例同名"))
    assert [sight.surface for sight in reading.sights] == ["kuaishou.search", "kuaishou.profile"]
    assert (reading.latest and reading.latest.on, reading.matched_by, reading.date_kind) == (
        date(2022, 12, 30),
        MatchedBy.NAME,
        DateKind.AT_LEAST,
    )


async def test_a_name_that_nobody_bears_proves_nothing(operator: Stage) -> None:
    reading = await operator.look(filed("", name="示例无人"))
    assert reading.outcome is Outcome.NO_EVIDENCE


async def test_evidence_does_not_name_the_operator(operator: Stage) -> None:
    reading = await operator.look(filed("b"), second=True)
    captures = [capture for sight in reading.sights for capture in sight.captures]
    kept = "".join(
        gzip.decompress(each.body).decode()
        for each in captures
        if each.media_type == "application/gzip"
    )
    assert "示例沉睡新名" in kept
    assert [word for word in ("演示操作员", "1000000001") if word in kept] == []


async def test_the_home_page_shows_whether_a_login_is_known(operator: Stage) -> None:
    rules = PageRules(hosts=SCRAPER.hosts, whole=False)
    for session in (operator.session, None):
        async with operator.browser.tab(session, rules) as tab:
            assert await probe(tab) is (session is not None)

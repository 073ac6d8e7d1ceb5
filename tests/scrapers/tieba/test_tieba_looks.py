"""Tieba: looks in a real Chromium, the replica standing for tieba.baidu.com."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from stages import Stage, staged
from tables import short

from mediawatch.domain import DateKind, Filing, MatchedBy, Outcome
from scrapers.replica import World
from scrapers.tieba.surfaces import SCRAPER

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
IDS = {
    letter: f"tb.1.{number:08x}.replica000000000000000" for number, letter in enumerate("abcdefgh")
}
MANY = ";".join(f"2022-{month:02}-{day:02}T08:00" for month in (10, 11) for day in range(1, 31))
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,own,truth,shown_name,posts,pinned,visitors_miss\n"
    f"tieba,贴吧号,示例活跃,T1,{IDS['a']},,alive,,2022-12-30T09:00;2022-12-01;2020-01-01,3,\n"
    f"tieba,贴吧号,示例沉睡,T2,{IDS['b']},yes,alive,示例沉睡新名,{MANY};2020-01-01,61,\n"
    f"tieba,贴吧号,示例隐藏一些,T3,{IDS['c']},,alive,,2022-12-29;2022-11-01,,1\n"
    f"tieba,贴吧号,示例无踪,T4,{IDS['d']},,gone,,,,\n"
    f"tieba,贴吧号,示例注销,T5,{IDS['e']},,cancelled,,2022-12-30,,\n"
    f"tieba,贴吧号,示例屏蔽,T6,{IDS['f']},,banned,,2022-12-30,,\n"
    f"tieba,贴吧号,示例空号,T7,{IDS['g']},,empty,,,,\n"
    f"tieba,贴吧号,示例全隐藏,T8,{IDS['h']},,private,,2022-12-30,,\n"
)


def filed(letter: str, **values: Any) -> Filing:
    own = {"name": "示例", "platform": "tieba", "platform_id": IDS.get(letter, "")}
    return Filing(**{**own, **values})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visitor(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with staged(SCRAPER, executable, tmp_path_factory.mktemp("v"), WORLD, NOW) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def operator(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("o")
    async with staged(SCRAPER, executable, folder, WORLD, NOW, session=True) as stage:
        yield stage


async def test_a_strangers_list_proves_an_account_fresh(visitor: Stage) -> None:
    reading = await visitor.look(filed("a"))
    assert (reading.outcome, reading.name, reading.matched_by, reading.date_kind) == (
        Outcome.OK,
        "示例活跃",
        MatchedBy.ID,
        DateKind.AT_LEAST,
    )
    assert reading.latest is not None
    assert reading.latest.at == datetime.fromisoformat("2022-12-30T09:00:00+08:00")
    assert [post.pinned for post in reading.posts] == [True, False, False]


async def test_a_strangers_list_proves_no_account_stale(visitor: Stage, operator: Stage) -> None:
    for stage, letter in ((visitor, "b"), (visitor, "c"), (operator, "c")):
        reading = await stage.look(filed(letter))
        assert (reading.date_kind, reading.complete_since) == (DateKind.AT_LEAST, None)


async def test_the_accounts_own_login_proves_it_stale(operator: Stage) -> None:
    reading = await operator.look(filed("b"))
    assert (reading.name, reading.date_kind) == ("示例沉睡新名", DateKind.EXACT)
    assert reading.latest is not None
    assert reading.latest.on == date(2022, 11, 30)
    # The first page: the pinned one and nineteen more.
    assert reading.complete_since == datetime.fromisoformat("2022-11-12T08:00:00+08:00")


async def test_a_period_is_read_on_by_scrolling(operator: Stage) -> None:
    back = date(2022, 10, 5)
    reading = await operator.look(filed("b"), back_to=back)
    assert reading.complete_since is not None
    assert reading.complete_since.date() < back
    assert min(post.on for post in reading.posts if not post.pinned) < back


@pytest.mark.parametrize(
    ("letter", "outcome"),
    short(
        [
            ("d", Outcome.NOT_FOUND),
            ("e", Outcome.CANCELLED),
            ("f", Outcome.BANNED),
            ("g", Outcome.NO_EVIDENCE),
            ("h", Outcome.NO_EVIDENCE),
        ]
    ),
)
async def test_what_the_site_says_of_an_account(
    visitor: Stage, operator: Stage, letter: str, outcome: Outcome
) -> None:
    for stage in (visitor, operator):
        reading = await stage.look(filed(letter))
        assert (reading.outcome, reading.posts, reading.date_kind) == (outcome, (), None)
        assert [sight.matched_by for sight in reading.sights] == [MatchedBy.ID]


async def test_a_link_leads_to_the_account(visitor: Stage) -> None:
    for query in (f"id={IDS['a']}&fr=personpage", "un=%E7%A4%BA%E4%BE%8B%E6%B4%BB%E8%B7%83"):
        url = f"https://tieba.baidu.com/home/main?{query}"
        (sight,) = (await visitor.look(filed("", url=url))).sights
        assert (sight.outcome, sight.name, sight.matched_by, sight.platform_id) == (
            Outcome.OK,
            "示例活跃",
            MatchedBy.URL,
            IDS["a"],
        )


async def test_a_negative_of_a_link_is_no_negative_of_an_id(visitor: Stage) -> None:
    url = f"https://tieba.baidu.com/home/main?id={IDS['d']}"
    for number in ("", "900000001"):
        (sight,) = (await visitor.look(filed("", platform_id=number, url=url))).sights
        assert (sight.outcome, sight.matched_by) == (Outcome.NOT_FOUND, MatchedBy.URL)


async def test_an_id_and_a_link_of_two_accounts_are_for_a_person(visitor: Stage) -> None:
    url = f"https://tieba.baidu.com/home/main?id={IDS['b']}"
    (sight,) = (await visitor.look(filed("a", url=url))).sights
    assert (sight.outcome, sight.name) == (Outcome.NO_EVIDENCE, "")


async def test_a_name_alone_leads_nowhere(visitor: Stage) -> None:
    assert (await visitor.look(filed("", name="示例活跃"))).sights == ()


async def test_the_second_look_takes_evidence(operator: Stage) -> None:
    (sight,) = (await operator.look(filed("b"), second=True)).sights
    assert {capture.kind.value for capture in sight.captures} == {"screenshot", "payload", "text"}
    assert sight.exact
    assert not any("sign=" in capture.url for capture in sight.captures)


async def test_a_login_that_lapsed_reads_as_a_stranger(executable: Path, tmp_path: Path) -> None:
    async with staged(
        SCRAPER, executable, tmp_path, WORLD, NOW, session=True, valid=False
    ) as stage:
        reading = await stage.look(filed("b"))
        assert (reading.outcome, reading.date_kind) == (Outcome.OK, DateKind.AT_LEAST)

"""Bilibili: looks in a real Chromium, the replica standing for bilibili.com."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from stages import Stage, staged
from tables import short

from mediawatch.domain import DateKind, Filing, MatchedBy, Outcome, PostKind
from mediawatch.domain.clock import EVER
from scrapers.bilibili.surfaces import SCRAPER
from scrapers.replica import World

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
MIDS = {letter: f"350000000000000{number}" for number, letter in enumerate("abcdefghi", 1)}
MANY = ";".join(f"2022-11-{day:02}T08:00 micro" for day in range(1, 31))
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,url,organiser,truth,shown_name,posts,pinned,visitors_miss\n"
    f"bilibili,B站,示例活跃,B1,{MIDS['a']},,,alive,,2022-12-30T09:00 micro;2022-12-01;2020-01-01,3,\n"
    f"bilibili,B站,示例沉睡,B2,{MIDS['b']},,,alive,示例沉睡新名,{MANY};2020-01-01,31,\n"
    f"bilibili,B站,示例转发,B3,{MIDS['c']},https://b23.tv/demo01,,alive,,"
    "2022-12-29 micro;2022-12-20 repost;2022-11-01 pictures;2022-10-01 article;2022-09-01,,1\n"
    f"bilibili,B站,示例无踪,B4,{MIDS['d']},,,gone,,,,\n"
    f"bilibili,B站,示例注销,B5,{MIDS['e']},,,cancelled,,,,\n"
    f"bilibili,B站,示例封禁,B6,{MIDS['f']},,,banned,,2022-12-30,,\n"
    f"bilibili,B站,示例空号,B7,{MIDS['g']},,,empty,,,,\n"
    f"bilibili,B站,示例同名,B8,{MIDS['h']},,示例市测试局,alive,,2022-11-01;2022-10-01,,\n"
)
HALF = "示例沉睡"


def filed(letter: str, **values: Any) -> Filing:
    return Filing(
        **{"name": "示例", "platform": "bilibili", "platform_id": MIDS.get(letter, ""), **values}
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visitor(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("visitor")
    async with staged(SCRAPER, executable, folder, WORLD, NOW) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def operator(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("operator")
    async with staged(SCRAPER, executable, folder, WORLD, NOW, session=True) as stage:
        yield stage


async def test_a_visitor_proves_an_account_fresh(visitor: Stage) -> None:
    reading = await visitor.look(filed("a"))
    assert (reading.outcome, reading.name, reading.matched_by) == (
        Outcome.OK,
        "示例活跃",
        MatchedBy.ID,
    )
    assert (reading.date_kind, reading.complete_since) == (DateKind.AT_LEAST, None)
    assert reading.latest is not None
    assert reading.latest.at == datetime.fromisoformat("2022-12-30T09:00:00+08:00")
    assert [post.pinned for post in reading.posts] == [True, False, False]


async def test_a_visitor_proves_no_account_stale(visitor: Stage) -> None:
    reading = await visitor.look(filed("b", name=HALF))
    assert (reading.name, reading.date_kind) == ("示例沉睡新名", DateKind.AT_LEAST)
    assert [sight.surface for sight in reading.sights] == ["bilibili.dynamic"]


async def test_both_lists_prove_an_account_stale_to_the_operator(operator: Stage) -> None:
    reading = await operator.look(filed("b", name=HALF))
    assert (reading.name, reading.matched_by, reading.date_kind) == (
        "示例沉睡新名",
        MatchedBy.ID,
        DateKind.EXACT,
    )
    assert reading.latest is not None
    assert reading.latest.on == date(2022, 11, 30)
    # The first page of 动态: the pinned one and eleven more. The 投稿 list reaches further.
    assert reading.complete_since == datetime.fromisoformat("2022-11-20T08:00:00+08:00")


async def test_a_period_is_read_on_by_scrolling(operator: Stage) -> None:
    back = date(2022, 11, 5)
    reading = await operator.look(filed("b", name=HALF), back_to=back)
    assert reading.complete_since is not None
    assert reading.complete_since.date() < back


async def test_what_visitors_miss_the_operator_sees(visitor: Stage, operator: Stage) -> None:
    by_visitor, by_operator = await visitor.look(filed("c")), await operator.look(filed("c"))
    assert by_visitor.latest is not None
    assert by_visitor.latest.on == date(2022, 12, 20)
    by_login = await operator.look(filed("c"), not_by=frozenset({"bilibili.dynamic"}), second=True)
    assert by_login.sights[0].surface == "bilibili.space"
    assert by_login.complete_since == EVER
    assert [(post.on.isoformat(), post.kind, post.repost) for post in by_login.posts] == [
        ("2022-12-29", PostKind.MICRO, False),
        ("2022-12-20", PostKind.MICRO, True),
        ("2022-11-01", PostKind.PICTURES, False),
        ("2022-10-01", PostKind.ARTICLE, False),
        ("2022-09-01", PostKind.VIDEO, False),
    ]
    assert by_operator.latest is not None


@pytest.mark.parametrize(
    ("letter", "outcome"),
    short(
        [
            ("d", Outcome.NO_EVIDENCE),
            ("e", Outcome.CANCELLED),
            ("g", Outcome.NO_EVIDENCE),
            ("i", Outcome.NO_EVIDENCE),
        ]
    ),
)
async def test_what_the_site_says_of_an_account(
    visitor: Stage, operator: Stage, letter: str, outcome: Outcome
) -> None:
    for stage in (visitor, operator):
        reading = await stage.look(filed(letter))
        assert (reading.outcome, reading.posts, reading.date_kind) == (outcome, (), None)


async def test_a_ban_stands_beside_the_posts_that_are_still_shown(visitor: Stage) -> None:
    reading = await visitor.look(filed("f"))
    assert (reading.outcome, reading.name, reading.date_kind) == (
        Outcome.BANNED,
        "示例封禁",
        DateKind.AT_LEAST,
    )
    assert [post.on for post in reading.posts] == [date(2022, 12, 30)]


async def test_a_short_link_leads_to_the_account(visitor: Stage) -> None:
    sight = (await visitor.look(filed("", url="【示例】 https://b23.tv/demo01"))).sights[0]
    assert (sight.name, sight.matched_by, sight.platform_id) == (
        "示例转发",
        MatchedBy.URL,
        MIDS["c"],
    )
    assert sight.url == f"https://space.bilibili.com/{MIDS['c']}/dynamic"


async def test_a_dead_short_link_says_nothing_of_the_account(visitor: Stage) -> None:
    (sight,) = (await visitor.look(filed("", url="https://b23.tv/nobody"))).sights
    assert (sight.outcome, sight.name) == (Outcome.NO_EVIDENCE, "")


async def test_an_id_and_a_link_of_two_accounts_are_for_a_person(visitor: Stage) -> None:
    url = f"https://space.bilibili.com/{MIDS['b']}"
    (sight,) = (await visitor.look(filed("a", url=url))).sights
    assert (sight.outcome, sight.name) == (Outcome.NO_EVIDENCE, "")


async def test_without_id_and_link_a_visitor_has_nothing_to_try(visitor: Stage) -> None:
    assert (await visitor.look(filed("", name="示例同名"))).sights == ()


async def test_without_id_and_link_the_operator_searches(operator: Stage) -> None:
    named = filed("", name="示例同名", organiser="示例市测试局")
    reading = await operator.look(named)
    assert [sight.surface for sight in reading.sights] == [
        "bilibili.search",
        "bilibili.dynamic",
        "bilibili.space",
    ]
    assert reading.sights[0].platform_id == MIDS["h"]
    # Certified as the organiser's: only then may a list that was found by name prove a gap.
    assert reading.sights[2].complete_since == EVER
    nobodys = await operator.look(filed("", name="示例同名"))
    assert not any(sight.complete_since for sight in nobodys.sights)


async def test_a_search_without_a_hit_is_no_absence(operator: Stage) -> None:
    (sight,) = (await operator.look(filed("", name="无人用过的名字"))).sights
    assert (sight.surface, sight.outcome) == ("bilibili.search", Outcome.NO_EVIDENCE)


async def test_the_second_look_takes_evidence(operator: Stage) -> None:
    (sight,) = (
        await operator.look(
            filed("b", name=HALF), second=True, not_by=frozenset({"bilibili.dynamic"})
        )
    ).sights[:1]
    assert {capture.kind.value for capture in sight.captures} == {"screenshot", "payload", "text"}
    assert sight.exact
    assert not any("w_rid" in capture.url for capture in sight.captures)


async def test_a_login_that_lapsed_is_no_reading(executable: Path, tmp_path: Path) -> None:
    async with staged(
        SCRAPER, executable, tmp_path, WORLD, NOW, session=True, valid=False
    ) as stage:
        reading = await stage.look(filed("b"), not_by=frozenset({"bilibili.dynamic"}))
        (space, dynamic) = reading.sights
        assert (space.surface, space.outcome, space.posts) == (
            "bilibili.space",
            Outcome.LOGIN_REQUIRED,
            (),
        )
        assert dynamic.outcome is Outcome.OK

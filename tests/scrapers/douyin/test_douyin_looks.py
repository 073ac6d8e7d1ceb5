"""Looks at Douyin accounts in a real Chromium, the replica standing for douyin.com."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from browsers import SHORT
from stages import Stage, composed, staged
from tables import short

from mediawatch.domain import Attestation, DateKind, Filing, InteractionSeen, MatchedBy, Outcome
from mediawatch.domain.clock import EVER
from scrapers.browser.pool import Timeouts
from scrapers.douyin.surfaces import SCRAPER
from scrapers.replica import World

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
SECS = {letter: "MS4wLjABAAAA" + letter * 43 for letter in "abcdefghij"}
SHORT_LINK = "https://v.douyin.com/abc123/"
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,url,truth,shown_name,posts,pinned,visitors_miss\n"
    f"douyin,抖音短视频,示例活跃,D1,{SECS['a']},,alive,,2022-12-30T09:00;2022-11-01;2020-01-01,3,"
    "0\n"
    f"douyin,抖音短视频,示例沉睡,D2,{SECS['b']},{SHORT_LINK},alive,示例沉睡新名,2022-11-01T08:00;"
    "2022-10-01 pictures;2020-01-01,3,0\n"
    f"douyin,抖音短视频,示例半隐,D3,{SECS['c']},,alive,,2022-12-30;2022-12-29;2022-11-01,,2\n"
    f"douyin,抖音短视频,示例无踪,D4,{SECS['d']},,gone,,,,\n"
    f"douyin,抖音短视频,示例注销,D5,{SECS['e']},,cancelled,,,,\n"
    f"douyin,抖音短视频,示例封禁,D6,{SECS['f']},,banned,,2022-12-30,,\n"
    f"douyin,抖音短视频,示例空号,D7,{SECS['g']},,empty,,,,\n"
    f"douyin,抖音短视频,示例私密,D8,{SECS['h']},,private,,2022-12-30,,\n"
    f"douyin,抖音短视频,示例移居,D9,{SECS['i']},,gone,,,,\n"
    f"douyin,抖音短视频,示例移居,D10,{SECS['j']},,alive,,2022-12-30,,\n"
)


def filed(letter: str, **values: str) -> Filing:
    return Filing(
        **{"name": "示例", "platform": "douyin", "platform_id": SECS.get(letter, ""), **values}
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
    assert reading.latest is not None
    assert (reading.latest.at, reading.latest.pinned) == (
        datetime.fromisoformat("2022-12-30T09:00:00+08:00"),
        False,
    )
    assert (reading.date_kind, reading.sights[0].platform_id) == (DateKind.AT_LEAST, SECS["a"])


@pytest.mark.parametrize("letter", short(["b", "c"]))
async def test_a_visitor_proves_no_account_stale(visitor: Stage, letter: str) -> None:
    reading = await visitor.look(filed(letter))
    assert (reading.outcome, reading.latest and reading.latest.on) == (
        Outcome.OK,
        date(2022, 11, 1),
    )
    assert (reading.date_kind, reading.complete_since) == (DateKind.AT_LEAST, None)


async def test_the_operators_list_is_exact_under_the_present_name(operator: Stage) -> None:
    reading = await operator.look(filed("b", name="示例沉睡"))
    assert {post.title.partition(" ")[0] for post in reading.posts} == {"演示作品"}
    assert (reading.name, reading.matched_by) == ("示例沉睡新名", MatchedBy.ID)
    assert (reading.latest and reading.latest.on, reading.date_kind, reading.complete_since) == (
        date(2022, 11, 1),
        DateKind.EXACT,
        EVER,
    )


async def test_what_the_list_shows_of_comments_comes_with_its_sight(operator: Stage) -> None:
    (sight,) = (await operator.look(filed("b"))).sights
    assert sight.interaction == InteractionSeen(comments=True, posts=3)


async def test_what_visitors_miss_the_operator_sees(operator: Stage) -> None:
    reading = await operator.look(filed("c"))
    assert (reading.latest and reading.latest.on) == date(2022, 12, 30)


@pytest.mark.parametrize(
    ("letter", "outcome"),
    short(
        [
            ("d", Outcome.NOT_FOUND),
            ("e", Outcome.CANCELLED),
            ("f", Outcome.BANNED),
            ("g", Outcome.NO_POSTS),
            ("h", Outcome.PRIVATE),
        ]
    ),
)
async def test_what_became_of_it(
    visitor: Stage, operator: Stage, letter: str, outcome: Outcome
) -> None:
    for stage in (visitor, operator):
        reading = await stage.look(filed(letter))
        assert (reading.outcome, reading.latest, reading.sights[0].matched_by) == (
            outcome,
            None,
            MatchedBy.ID,
        )


@pytest.mark.parametrize(
    "url",
    short(
        [
            SHORT_LINK,
            f"https://www.iesdouyin.com/share/user/1?sec_uid={SECS['b']}",
            f"https://www.douyin.com/user/{SECS['b']}",
        ]
    ),
)
async def test_an_account_without_an_id_is_resolved(operator: Stage, url: str) -> None:
    reading = await operator.look(filed("", url=url))
    sight = reading.sights[0]
    assert (sight.platform_id, reading.matched_by, reading.date_kind) == (
        SECS["b"],
        MatchedBy.URL,
        DateKind.EXACT,
    )


async def test_without_id_and_link_a_visitor_has_nothing_to_try(visitor: Stage) -> None:
    assert (await visitor.look(filed(""))).sights == ()


async def test_without_id_and_link_the_operator_searches(operator: Stage) -> None:
    reading = await operator.look(filed("", name="示例活跃"))
    found, page = reading.sights
    assert (found.surface, found.outcome, found.platform_id, found.matched_by) == (
        "douyin.search",
        Outcome.OK,
        SECS["a"],
        MatchedBy.NAME,
    )
    # The look goes on to the account that the search found. Nothing certifies it as the filed
    # body's, so its list proves no gap.
    assert (page.surface, page.name, page.matched_by, page.exact) == (
        "douyin.profile",
        "示例活跃",
        MatchedBy.NAME,
        False,
    )
    assert (reading.latest and reading.latest.on, reading.date_kind) == (
        date(2022, 12, 30),
        DateKind.AT_LEAST,
    )
    assert (found.attested, found.posts) == (Attestation.DESCRIBED, ())
    (nobody,) = (await operator.look(filed("", name="无此示例"))).sights
    assert (nobody.outcome, nobody.matched_by) == (Outcome.NOT_FOUND, MatchedBy.NAME)
    (near,) = (await operator.look(filed("", name="示例"))).sights
    assert (near.outcome, near.name) == (Outcome.NO_EVIDENCE, "")


async def test_an_empty_search_is_no_absence_where_a_link_is_filed(operator: Stage) -> None:
    reading = await operator.look(filed("", name="无此示例", url="https://v.douyin.com/dead/"))
    assert [(sight.surface, sight.outcome) for sight in reading.sights] == [
        ("douyin.profile", Outcome.NO_EVIDENCE),
        ("douyin.search", Outcome.NO_EVIDENCE),
    ]


async def test_a_search_by_name_follows_an_id_that_is_gone(operator: Stage) -> None:
    reading = await operator.look(filed("i", name="示例移居"))
    profile, found = reading.sights
    assert (profile.outcome, found.outcome, found.name, found.matched_by) == (
        Outcome.NOT_FOUND,
        Outcome.OK,
        "示例移居",
        None,
    )
    assert SECS["j"] in found.detail
    control = await operator.look(filed("b", name="示例沉睡新名"), only="douyin.search")
    assert [(sight.outcome, sight.name, sight.matched_by) for sight in control.sights] == [
        (Outcome.OK, "示例沉睡新名", MatchedBy.ID)
    ]


async def test_an_id_and_a_link_of_two_accounts_are_for_a_person(visitor: Stage) -> None:
    reading = await visitor.look(filed("a", url=f"https://www.douyin.com/user/{SECS['b']}"))
    assert (reading.outcome, reading.latest) == (Outcome.NO_EVIDENCE, None)


async def test_a_dead_short_link_says_nothing_of_the_account(visitor: Stage) -> None:
    reading = await visitor.look(filed("", url="https://v.douyin.com/dead/"))
    assert (reading.outcome, reading.latest) == (Outcome.NO_EVIDENCE, None)


async def test_a_lapsed_session_leaves_lower_bounds_and_no_negative(
    executable: Path, tmp_path: Path
) -> None:
    async with staged(
        SCRAPER, executable, tmp_path, WORLD, NOW, session=True, valid=False
    ) as stage:
        stale = (await stage.look(filed("c"))).sights[0]
        assert (stale.outcome, stale.name, stale.complete_since) == (
            Outcome.LOGIN_REQUIRED,
            "示例半隐",
            None,
        )
        assert [post.on for post in stale.posts] == [date(2022, 11, 1)]
        assert (await stage.look(filed("", name="示例活跃"))).outcome is Outcome.LOGIN_REQUIRED
        for letter in "defg":
            assert (await stage.look(filed(letter))).outcome is Outcome.LOGIN_REQUIRED


CHALLENGE = """<html><body onload="readygo()">Please wait...<script>// waf-jschallenge
const read = (url) => fetch(url).then((reply) => reply.text());
setTimeout(() => document.documentElement.innerHTML = '<head></head><body><div data-e2e="user-info"></div></body>', 300);
setTimeout(() => { for (const call of ["user/profile/other", "aweme/post"]) read("/aweme/v1/web/" + call + "/?sec_user_id=%s"); }, 600);
</script></body></html>"""


IN_PLACE = {
    "b": ("<title>验证码中间页</title><script src='captcha/index.js'></script>", Outcome.CAPTCHA),
    "c": (
        '<div data-e2e="user-info"></div><div id="captcha_container">滑动</div>',
        Outcome.CAPTCHA,
    ),
    "d": ('<div data-e2e="user-info"></div><p>服务异常，请刷新重试</p>', Outcome.RATE_LIMITED),
    "e": ('<div data-e2e="user-info"></div><p>登录后查看更多作品</p>', Outcome.LOGIN_REQUIRED),
    "f": ('<div data-e2e="user-info"></div>', Outcome.CHANGED),
    "g": ("", Outcome.RATE_LIMITED),
}


async def test_what_stands_in_place_of_the_page(executable: Path, tmp_path: Path) -> None:
    case = composed(
        *(
            (f"https://www.douyin.com/user/{SECS[letter]}", page)
            for letter, (page, _) in IN_PLACE.items()
        ),
        platform="douyin",
    )
    quick = replace(SHORT, reply=1, challenge=2)
    async with staged(
        SCRAPER, executable, tmp_path, World(), NOW, overlay=case, timeouts=quick
    ) as stage:
        readings = dict(
            zip(
                IN_PLACE,
                await asyncio.gather(*(stage.look(filed(letter)) for letter in IN_PLACE)),
                strict=True,
            )
        )
    outcomes = {letter: reading.outcome for letter, reading in readings.items()}
    assert outcomes == {letter: outcome for letter, (_, outcome) in IN_PLACE.items()}
    assert not any(reading.name or reading.latest for reading in readings.values())


REFUSED_ONCE = """<div data-e2e="user-info"></div><script>
const read = (url) => fetch(url).then((reply) => reply.text());
const again = sessionStorage.getItem("again"); sessionStorage.setItem("again", "1");
read("/aweme/v1/web/user/profile/other/?sec_user_id=%(sec)s");
read("/aweme/v1/web/aweme/post/?sec_user_id=%(sec)s&max_cursor=0&load=" + (again ? 2 : 1));
</script>"""


async def test_a_refusal_that_clears_is_asked_once_more(executable: Path, tmp_path: Path) -> None:
    profile = {
        "status_code": 0,
        "user": {"sec_uid": SECS["a"], "nickname": "示例活跃", "aweme_count": 9},
    }
    item = {"aweme_id": "1", "create_time": int(NOW.timestamp()) - 3600}
    works = "https://www.douyin.com/aweme/v1/web/aweme/post/?load="
    case = composed(
        (f"https://www.douyin.com/user/{SECS['a']}", REFUSED_ONCE % {"sec": SECS["a"]}),
        ("https://www.douyin.com/aweme/v1/web/user/profile/other/", profile),
        (f"{works}2", {"status_code": 0, "aweme_list": [item], "has_more": 1}),
        platform="douyin",
    )
    refused = replace(case.responses[-1], url=f"{works}1", status=429, body=b"busy")
    case = replace(case, responses=(refused, *case.responses))
    async with staged(SCRAPER, executable, tmp_path, World(), NOW, overlay=case) as stage:
        reading = await stage.look(filed("a"))
        loads = [path for path in stage.paths if "/user/MS4" in path]
    assert (reading.outcome, reading.latest and reading.latest.on, len(loads)) == (
        Outcome.OK,
        NOW.date(),
        2,
    )


async def test_a_challenge_that_clears_is_waited_for(executable: Path, tmp_path: Path) -> None:
    profile = {
        "status_code": 0,
        "user": {"sec_uid": SECS["a"], "nickname": "示例活跃", "aweme_count": 9},
    }
    item = {"aweme_id": "1", "create_time": int(NOW.timestamp()) - 3600}
    case = composed(
        (f"https://www.douyin.com/user/{SECS['a']}", CHALLENGE % SECS["a"]),
        ("https://www.douyin.com/aweme/v1/web/user/profile/other/", profile),
        (
            "https://www.douyin.com/aweme/v1/web/aweme/post/",
            {"status_code": 0, "aweme_list": [item], "has_more": 1},
        ),
        platform="douyin",
    )
    async with staged(
        SCRAPER, executable, tmp_path, World(), NOW, session=True, overlay=case, timeouts=Timeouts()
    ) as stage:
        reading = await stage.look(filed("a"))
    assert (reading.outcome, reading.name, reading.latest and reading.latest.on) == (
        Outcome.OK,
        "示例活跃",
        NOW.date(),
    )
    # The page behind the challenge never said that it knows the operator.
    assert reading.date_kind is DateKind.AT_LEAST


async def test_the_second_look_takes_evidence(operator: Stage) -> None:
    (sight,) = (
        await operator.look(filed("b"), second=True, not_by=frozenset({"douyin.profile"}))
    ).sights
    assert {capture.kind.value for capture in sight.captures} == {"screenshot", "payload", "text"}
    assert sight.exact
    assert not any(
        "a_bogus" in capture.url or "msToken" in capture.url for capture in sight.captures
    )


async def test_a_renamed_account_is_found_by_its_filed_number(
    executable: Path, tmp_path: Path
) -> None:
    world = World.parse(
        "platform,type,name,filing_number,true_id,alias,truth,shown_name,posts\n"
        f"douyin,抖音短视频,示例改名,D1,{SECS['a']},shili_dy,alive,示例新名,2022-12-30\n"
    )
    async with staged(SCRAPER, executable, tmp_path, world, NOW, session=True) as stage:
        reading = await stage.look(filed("", name="示例改名", alias="shili_dy"))
        assert [(sight.surface, sight.name, sight.matched_by) for sight in reading.sights] == [
            ("douyin.search", "示例新名", MatchedBy.ID), ("douyin.profile", "示例新名", MatchedBy.ID),
        ]  # fmt: skip
        assert (reading.latest and reading.latest.on) == date(2022, 12, 30)
        (sight,) = (await stage.look(filed("", name="示例改名", alias="shili_none"))).sights
        assert (sight.outcome, sight.matched_by) == (Outcome.NOT_FOUND, MatchedBy.NAME)
        assert sight.detail.startswith("searched for 示例改名, shili_none")

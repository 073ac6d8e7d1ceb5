"""Looks at WeChat accounts: the real surfaces in a real Chromium, the replica standing for
mp.weixin.qq.com.
"""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from stages import Stage, composed, staged
from tables import short

from mediawatch.domain import DateKind, Filing, MatchedBy, NameHit, Outcome, ProvisionalId
from scrapers.replica import TrueAccount, World
from scrapers.wechat.surfaces import SCRAPER

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
WORLD = World.parse(
    "platform,type,name,filing_number,platform_id,original_id,alias,truth,shown_name,true_id,"
    "posts,articles,searchable\n"
    "wechat,微信公众号,示例市活跃局,X1,MzAwMDAwMDAwMQ==,gh_00000000000a,shili_one,alive,,,"
    "2022-12-30T07:30 unpushed;2022-11-01,1;2,\n"
    "wechat,微信公众号,示例县沉睡站,X2,MzAwMDAwMDAwMg==,,,alive,示例县沉睡站(新),,"
    "2022-10-01T08:00 pictures;2022-09-01,1:deleted;2,\n"
    "wechat,微信公众号,示例乡无链办,X3,,,,alive,,MzAwMDAwMDAwMw==,2022-09-01;2022-08-01,,\n"
    "wechat,微信公众号,示例区同名队,X4,,,,alive,,MzAwMDAwMDAwNA==,2022-12-30,,\n"
    "wechat,微信公众号,示例区 同名队,X5,,,,alive,,MzAwMDAwMDAwNQ==,2022-12-30,,\n"
    "wechat,微信公众号,完全不见的单位,X6,,,,gone,,MzAwMDAwMDAwNg==,,,\n"
    "wechat,微信公众号,示例镇违规所,X7,,gh_00000000000b,,alive,,MzAwMDAwMDAwNw==,2022-12-30,"
    "1:violation,no\n"
    "wechat,微信公众号,示例市注销科,X8,,,,cancelled,,MzAwMDAwMDAwOA==,2022-12-01,1,\n"
    "wechat,微信公众号,示例市验证科,X9,,,,alive,,MzAwMDAwMDAwOQ==,2022-12-30,1:captcha,\n"
)


def true(name: str) -> TrueAccount:
    return next(each for each in WORLD.accounts if each.filed["name"] == name)


def filed(name: str, **changed: Any) -> Filing:
    """As the office filed it; with the article links that it knows."""
    ids = {key: true(name).filed[key] for key in ("platform_id", "original_id", "alias")}
    return Filing(
        **{
            "name": name,
            "platform": "wechat",
            "article_links": true(name).known_links,
            **ids,
            **changed,
        }
    )


@pytest.fixture(scope="module")
async def visitor(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with staged(SCRAPER, executable, tmp_path_factory.mktemp("visitor"), WORLD, NOW) as stage:
        yield stage


@pytest.fixture(scope="module")
async def office(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with staged(
        SCRAPER,
        executable,
        tmp_path_factory.mktemp("office"),
        WORLD,
        NOW,
        session=True,
        lists_open=True,
    ) as stage:
        yield stage


async def test_a_fresh_article_settles_an_account(visitor: Stage) -> None:
    reading = await visitor.look(filed("示例市活跃局"))
    assert [sight.surface for sight in reading.sights] == ["wechat.article"]
    assert (reading.outcome, reading.name, reading.matched_by) == (
        Outcome.OK,
        "示例市活跃局",
        MatchedBy.ID,
    )
    assert reading.latest is not None
    assert reading.latest.at == datetime.fromisoformat("2022-12-30T07:30:00+08:00")
    assert reading.latest.title == "演示文章 1"
    assert (reading.latest.pushed, reading.latest.link) == (
        False,
        true("示例市活跃局").known_links[0],
    )
    assert reading.date_kind is DateKind.AT_LEAST


async def test_a_dead_link_is_passed_over_for_the_present_name(visitor: Stage) -> None:
    reading = await visitor.look(filed("示例县沉睡站"))
    assert (reading.name, reading.matched_by, reading.date_kind) == (
        "示例县沉睡站(新)",
        MatchedBy.ID,
        DateKind.AT_LEAST,
    )
    assert [post.on for post in reading.posts] == [date(2022, 9, 1)]


@pytest.mark.parametrize(
    ("name", "changed", "outcome", "shown", "words"),
    short(
        [
            ("示例镇违规所", {}, Outcome.NO_EVIDENCE, "示例镇违规所", "违规"),
            ("示例市注销科", {}, Outcome.CANCELLED, "", "注销"),
            (
                "示例市活跃局",
                {"platform_id": "MzAwMDAwMDA5OQ=="},
                Outcome.NO_EVIDENCE,
                "",
                "link belongs to 示例市活跃局",
            ),
        ]
    ),
)
async def test_what_links_say_of_an_account(
    visitor: Stage, name: str, changed: dict[str, str], outcome: Outcome, shown: str, words: str
) -> None:
    reading = await visitor.look(filed(name, **changed))
    assert (reading.outcome, reading.name, reading.latest) == (outcome, shown, None)
    assert words in reading.sights[0].detail


async def test_a_captcha_is_our_trouble(visitor: Stage) -> None:
    reading = await visitor.look(filed("示例市验证科"))
    assert (reading.outcome, reading.name, reading.latest) == (Outcome.CAPTCHA, "", None)


async def test_a_migrated_account_is_followed_once_as_a_proposal(
    executable: Path, tmp_path: Path
) -> None:
    new, link = true("示例市活跃局"), "https://mp.weixin.qq.com/s/ExampleOfMigration0001"
    moved = (
        "<html><body><div class='weui-msg'><h2 "
        "class='weui-msg__title'>该公众号已迁移至新的账号</h2></div>"
        f"<script>var transferTargetLink = '{new.known_links[0]}';</script></body></html>"
    )
    pages = (link, moved), (new.known_links[0], _article("示例市新号", "MzAwMDAwMDAwOQ=="))
    async with staged(
        SCRAPER, executable, tmp_path, World(), NOW, overlay=composed(*pages, platform="wechat")
    ) as stage:
        reading = await stage.look(
            Filing(name="示例市旧号", platform="wechat", article_links=(link,))
        )
    assert (reading.outcome, reading.name, reading.latest) == (Outcome.MIGRATED, "", None)
    assert "new account: 示例市新号 biz=MzAwMDAwMDAwOQ==" in reading.sights[0].detail


def _article(name: str, biz: str) -> str:
    script = (
        f"var biz = '{biz}'; var nickname = '{name}';\nvar user_name = 'gh_00000000000c'; var ct "
        "= '1672358400';"
    )
    return f"<html><body><script>{script}</script><div id='js_content'></div></body></html>"


async def test_without_a_link_and_a_login_there_is_nothing_to_try(visitor: Stage) -> None:
    assert (await visitor.look(filed("示例乡无链办"))).sights == ()


async def test_what_a_found_id_leads_to_is_a_lower_bound_by_name(office: Stage) -> None:
    reading = await office.look(filed("示例乡无链办"))
    assert [sight.surface for sight in reading.sights] == ["wechat.search", "wechat.list"]
    assert (reading.outcome, reading.name, reading.matched_by) == (
        Outcome.OK,
        "示例乡无链办",
        MatchedBy.NAME,
    )
    searched, listed = reading.sights
    assert (searched.provisional, listed.provisional) == ("", "MzAwMDAwMDAwMw==")
    assert searched.name_hit == NameHit(
        value="MzAwMDAwMDAwMw==", name="示例乡无链办", verified=True
    )
    assert (listed.platform_id, listed.matched_by, listed.detail) == (
        "MzAwMDAwMDAwMw==",
        MatchedBy.NAME,
        "依暂用标识 MzAwMDAwMDAwMw==",
    )
    assert (reading.latest and reading.latest.on, reading.date_kind) == (
        date(2022, 9, 1),
        DateKind.AT_LEAST,
    )


async def test_no_second_search_while_a_found_id_stands(office: Stage) -> None:
    name = filed("示例乡无链办")
    found = ProvisionalId(
        account_id=1, value="MzAwMDAwMDAwMw==", name=name.name, on=date(2022, 12, 1)
    )
    for second in (False, True):
        before = len(office.paths)
        reading = await office.look(name, found=found, second=second)
        assert [sight.surface for sight in reading.sights] == ["wechat.list"]
        assert reading.sights[0].provisional == found.value
        assert not any("searchbiz" in path for path in office.paths[before:])
    # Whether the search answers is asked all the same.
    control = await office.look(name, found=found, only="wechat.search")
    assert [(sight.surface, sight.provisional) for sight in control.sights] == [
        ("wechat.search", "")
    ]


async def test_a_found_id_that_was_disowned_leads_nowhere(office: Stage) -> None:
    reading = await office.look(filed("示例乡无链办"), disowned=frozenset({"MzAwMDAwMDAwMw=="}))
    assert not any(sight.provisional for sight in reading.sights)


async def test_a_filed_link_is_read_on_its_own_ground(office: Stage) -> None:
    name = filed("示例市活跃局", platform_id="", original_id="", alias="")
    other = ProvisionalId(
        account_id=1, value="MzAwMDAwMDAwMw==", name=name.name, on=date(2022, 12, 1)
    )
    reading = await office.look(name, found=other)
    (article,) = reading.sights
    assert (article.surface, article.provisional, article.platform_id) == (
        "wechat.article",
        "",
        "MzAwMDAwMDAwMQ==",
    )


async def test_article_and_list_speak_of_one_post(office: Stage) -> None:
    reading = await office.look(filed("示例县沉睡站"))
    assert [sight.surface for sight in reading.sights] == ["wechat.article", "wechat.list"]
    assert reading.sights[0].posts[0].id == reading.sights[1].posts[-1].id
    assert (reading.latest and reading.latest.on, reading.date_kind) == (
        date(2022, 9, 1),
        DateKind.EXACT,
    )
    assert reading.sights[1].detail == "1 deleted articles in the list"


@pytest.mark.parametrize(
    ("name", "changed", "outcome", "shown"),
    short(
        [
            ("示例区同名队", {}, Outcome.NO_EVIDENCE, "示例区同名队"),
            ("示例区同名队", {"platform_id": "MzAwMDAwMDAwNQ=="}, Outcome.OK, "示例区 同名队"),
            ("完全不见的单位", {}, Outcome.NO_EVIDENCE, ""),
            ("完全不见的单位", {"alias": "shili_gone"}, Outcome.NOT_FOUND, ""),
            (
                "完全不见的单位",
                {"alias": "shili_gone", "type_certain": False},
                Outcome.NO_EVIDENCE,
                "",
            ),
            ("完全不见的单位", {"alias": "shili_one"}, Outcome.OK, "示例市活跃局"),
            (
                "完全不见的单位",
                {"alias": "shili_one", "original_id": "gh_00000000000a"},
                Outcome.OK,
                "示例市活跃局",
            ),
            (
                "完全不见的单位",
                {"alias": "shili_one", "platform_id": "MzAwMDAwMDA5OQ=="},
                Outcome.NO_EVIDENCE,
                "示例市活跃局",
            ),
        ],
        keep=2,
    ),
)
async def test_what_a_search_says(
    office: Stage, name: str, changed: dict[str, Any], outcome: Outcome, shown: str
) -> None:
    reading = await office.look(filed(name, **{"article_links": (), **changed}))
    search = reading.sights[0]
    assert (search.surface, search.outcome, search.name) == ("wechat.search", outcome, shown)


def test_only_the_list_is_declared_closed() -> None:
    assert [surface.name for surface in SCRAPER.surfaces if surface.declared_closed] == [
        "wechat.list"
    ]


async def test_a_closed_list_leaves_the_name_and_no_date(executable: Path, tmp_path: Path) -> None:
    async with staged(SCRAPER, executable, tmp_path, WORLD, NOW, session=True) as stage:
        reading = await stage.look(filed("示例乡无链办"))
        assert (reading.outcome, reading.name, reading.latest) == (
            Outcome.RATE_LIMITED,
            "示例乡无链办",
            None,
        )
        assert "200013" in reading.sights[1].detail


async def test_a_login_that_is_over_is_seen_on_the_site_itself(
    executable: Path, tmp_path: Path
) -> None:
    async with staged(
        SCRAPER, executable, tmp_path, WORLD, NOW, session=True, valid=False
    ) as stage:
        reading = await stage.look(filed("示例乡无链办"))
        assert (reading.outcome, reading.name) == (Outcome.LOGIN_REQUIRED, "")


async def test_neither_token_nor_the_operators_page_reach_the_evidence(office: Stage) -> None:
    reading = await office.look(filed("示例乡无链办"), second=True)
    captures = [capture for sight in reading.sights for capture in sight.captures]
    assert len(captures) == 2
    kept = b" ".join(
        [
            *(gzip.decompress(capture.body) for capture in captures),
            *(capture.url.encode() for capture in captures),
        ]
    )
    kept += " ".join(f"{sight.url} {sight.detail}" for sight in reading.sights).encode()
    token = (
        next(served.url for served in office.replica.requests if "token=" in served.url)
        .partition("token=")[2]
        .partition("&")[0]
    )
    assert token.isdigit()
    assert token.encode() not in kept
    assert "演示操作员".encode() not in kept
    assert "query=%E7%A4%BA" in captures[0].url


async def test_an_articles_evidence_shows_the_page(visitor: Stage) -> None:
    reading = await visitor.look(filed("示例市活跃局"), second=True)
    assert {capture.kind.value for capture in reading.sights[0].captures} == {
        "screenshot",
        "payload",
        "text",
    }

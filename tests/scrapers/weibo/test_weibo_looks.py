"""Looks at Weibo accounts in a real Chromium, the replica standing for weibo.com and m.weibo.cn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from stages import Stage, composed, staged
from tables import short

from mediawatch.domain import (
    Attestation,
    DateKind,
    Evidence,
    EvidenceKind,
    Filing,
    MatchedBy,
    Outcome,
)
from mediawatch.domain.clock import EVER
from mediawatch.ports import Dossier
from mediawatch.rules.doubts import doubt
from mediawatch.rules.policy import load
from mediawatch.rules.presence import presence
from mediawatch.rules.verdicts import Presence
from scrapers.replica import Case, World
from scrapers.replica.cases import RecordedReply
from scrapers.weibo.surfaces import SCRAPER
from tests.support.policies import own

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
PICTURE = Evidence(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    path="x.jpg",
    sha256="0" * 64,
    size=1,
    taken_at=NOW,
)
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,alias,truth,shown_name,verified_as,posts,pinned,"
    "visitors_miss,searchable\n"
    "weibo,新浪微博,示例活跃,W1,5000000001,,alive,,,2022-12-30T09:00;2022-11-01;2020-01-01,3,0,\n"
    "weibo,新浪微博,示例沉睡,W2,5000000002,shilichenshui,alive,,示例市第一测试局官方微博,"
    "2022-11-01T08:00 repost;2022-10-01;2022-09-01;2020-01-01,4,0,\n"
    "weibo,新浪微博,示例半隐,W3,5000000003,,alive,,,2022-12-30;2022-12-29;2022-11-01,,2,\n"
    "weibo,新浪微博,示例旧名,W4,5000000004,,alive,示例新名,,2022-12-30,,,\n"
    "weibo,新浪微博,示例无踪,W5,5000000005,,gone,,,,,,\n"
    "weibo,新浪微博,示例关闭,W6,5000000006,,cancelled,,,,,,\n"
    "weibo,新浪微博,示例封禁,W7,5000000007,,banned,,,2022-12-30,,,\n"
    "weibo,新浪微博,示例空号,W8,5000000008,,empty,,,,,,\n"
    "weibo,新浪微博,示例私密,W9,5000000009,,private,,,2022-12-30,,,\n"
    "weibo,新浪微博,示例移居,W10,5000000010,,gone,,,,,,\n"
    "weibo,新浪微博,示例移居,W11,5000000011,,alive,,示例市第二测试局官方微博,2022-12-30,,,\n"
    "weibo,新浪微博,示例藏身,W12,5000000012,,gone,,,,,,\n"
    "weibo,新浪微博,示例藏身,W13,5000000013,,alive,,,2022-12-30,,,no\n"
)


def filed(name: str, uid: str = "", **values: str) -> Filing:
    return Filing(name=name, platform="weibo", platform_id=uid, **values)


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


async def test_a_visitor_proves_freshness_on_the_mobile_page_alone(visitor: Stage) -> None:
    reading = await visitor.look(filed("示例活跃", "5000000001"))
    assert [sight.surface for sight in reading.sights] == ["weibo.mobile"]
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
    assert (reading.date_kind, reading.sights[0].session) == (DateKind.AT_LEAST, "")


@pytest.mark.parametrize(
    ("name", "uid", "latest"),
    short([("示例沉睡", "5000000002", "2022-11-01"), ("示例半隐", "5000000003", "2022-11-01")]),
)
async def test_a_visitor_proves_no_account_stale(
    visitor: Stage, name: str, uid: str, latest: str
) -> None:
    reading = await visitor.look(filed(name, uid))
    assert [(sight.surface, sight.complete_since) for sight in reading.sights] == [
        ("weibo.mobile", None)
    ]
    assert (reading.latest and reading.latest.on.isoformat(), reading.date_kind) == (
        latest,
        DateKind.AT_LEAST,
    )


@pytest.mark.parametrize("uid", short(["5000000005", "5000000006", "5000000007", "5000000008"]))
async def test_to_a_visitor_the_gone_and_the_hidden_look_alike(visitor: Stage, uid: str) -> None:
    reading = await visitor.look(filed("示例", uid))
    assert (reading.outcome, reading.latest) == (Outcome.LOGIN_REQUIRED, None)


async def test_the_operators_list_is_exact(operator: Stage) -> None:
    reading = await operator.look(filed("示例沉睡", "5000000002"))
    assert [(sight.surface, sight.session) for sight in reading.sights] == [
        ("weibo.mobile", "office"),
        ("weibo.desktop", "office"),
    ]
    assert (reading.latest and reading.latest.on, reading.date_kind) == (
        date(2022, 11, 1),
        DateKind.EXACT,
    )
    # All four posts that the site counts are on the page.
    assert reading.complete_since == EVER
    mobile, desktop = reading.sights
    assert [post.id for post in mobile.posts] == [post.id for post in desktop.posts]
    titles = [f"演示微博 {number}" for number in (4, 1, 2, 3)]
    assert [[post.title for post in sight.posts] for sight in reading.sights] == [titles, titles]
    assert [(post.pinned, post.repost) for post in desktop.posts] == [
        (True, False),
        (False, True),
        (False, False),
        (False, False),
    ]


async def test_the_present_name_is_read_not_the_filed_one(operator: Stage) -> None:
    reading = await operator.look(filed("示例旧名", "5000000004"))
    assert (reading.name, reading.matched_by, reading.sights[0].platform_id) == (
        "示例新名",
        MatchedBy.ID,
        "5000000004",
    )


@pytest.mark.parametrize(
    ("uid", "outcome", "words"),
    short(
        [
            ("5000000005", Outcome.NOT_FOUND, "20003"),
            ("5000000006", Outcome.CANCELLED, "自行申请关闭"),
            ("5000000007", Outcome.BANNED, "投诉"),
            ("5000000008", Outcome.NO_POSTS, "statuses_count 0"),
            ("5000000009", Outcome.PRIVATE, "仅自己可见"),
        ]
    ),
)
async def test_the_operator_learns_what_became_of_it(
    operator: Stage, uid: str, outcome: Outcome, words: str
) -> None:
    reading = await operator.look(filed("示例", uid))
    assert (reading.outcome, reading.latest) == (outcome, None)
    desktop = next(sight for sight in reading.sights if sight.surface == "weibo.desktop")
    assert words in desktop.detail
    assert (desktop.matched_by, desktop.attested) == (MatchedBy.ID, Attestation.DESCRIBED)


@pytest.mark.parametrize(
    ("url", "by"),
    short(
        [
            ("https://weibo.com/u/5000000002", MatchedBy.URL),
            ("https://weibo.com/shilichenshui", MatchedBy.URL),
            ("https://m.weibo.cn/n/示例沉睡", MatchedBy.NAME),
            ("", MatchedBy.NAME),
        ]
    ),
)
async def test_an_account_without_an_id_is_resolved(
    operator: Stage, url: str, by: MatchedBy
) -> None:
    reading = await operator.look(filed("示例沉睡", url=url, organiser="示例市第一测试局"))
    assert {(sight.platform_id, sight.matched_by) for sight in reading.sights} == {
        ("5000000002", by)
    }
    assert (reading.latest and reading.latest.on, reading.date_kind) == (
        date(2022, 11, 1),
        DateKind.EXACT,
    )


async def test_a_short_link_leads_to_its_account(executable: Path, tmp_path: Path) -> None:
    user = {"id": 5000000002, "screen_name": "示例沉睡", "statuses_count": 1}
    item = {"id": "1", "created_at": "Tue Nov 01 08:00:00 +0800 2022", "user": {"id": 5000000002}}
    case = composed(
        (
            "https://t.cn/A6shili",
            "<script>location.replace('https://weibo.com/u/5000000002')</script>",
        ),
        ("https://t.cn/A6dead", "<script>location.replace('https://weibo.com/login.php')</script>"),
        (
            "https://m.weibo.cn/api/container/getIndex?containerid=1076035000000002",
            {"ok": 1, "data": {"cards": [{"card_type": 9, "mblog": item}]}},
        ),
        (
            "https://m.weibo.cn/api/container/getIndex?value=5000000002",
            {"ok": 1, "data": {"userInfo": user}},
        ),
    )
    async with staged(SCRAPER, executable, tmp_path, World(), NOW, overlay=case) as stage:
        reading = await stage.look(filed("示例沉睡", url="https://t.cn/A6shili"))
        dead = await stage.look(filed("示例沉睡", url="https://t.cn/A6dead"))
    assert (reading.outcome, reading.sights[0].platform_id, reading.matched_by) == (
        Outcome.OK,
        "5000000002",
        MatchedBy.URL,
    )
    assert (reading.latest and reading.latest.on, reading.date_kind) == (
        date(2022, 11, 1),
        DateKind.AT_LEAST,
    )
    assert (dead.outcome, dead.latest) == (Outcome.LOGIN_REQUIRED, None)


async def test_a_find_by_name_fails_where_another_body_is_certified(
    operator: Stage,
) -> None:
    reading = await operator.look(filed("示例沉睡", organiser="别的单位"))
    assert (reading.name, reading.latest) == ("", None)
    assert [sight.outcome for sight in reading.sights] == [Outcome.NO_EVIDENCE] * 3
    assert all("示例市第一测试局" in sight.detail for sight in reading.sights)
    assert [(sight.name, sight.matched_by) for sight in reading.sights] == [("示例沉睡", None)] * 3


async def test_an_id_that_shows_another_body_is_in_doubt(operator: Stage) -> None:
    account = filed("示例商店", "5000000002", organiser="别的单位")
    reading = replace(await operator.look(account), filed_as=account.identity)
    assert {(sight.surface, sight.verified_as) for sight in reading.sights} == {
        ("weibo.mobile", "示例市第一测试局官方微博"),
        ("weibo.desktop", "示例市第一测试局官方微博"),
    }
    found = doubt((reading,), account, account.identity)
    assert found is not None
    assert "认证主体“示例市第一测试局官方微博”" in found.why


async def test_a_find_by_name_without_certificate_is_a_lower_bound(
    operator: Stage,
) -> None:
    reading = await operator.look(
        filed("示例半隐", organiser="别的单位"), fresh_after=date(2023, 1, 1)
    )
    assert (reading.matched_by, reading.date_kind) == (MatchedBy.NAME, DateKind.AT_LEAST)


async def test_a_name_without_an_account_is_searched_for(operator: Stage) -> None:
    reading = await operator.look(filed("示例无此名"))
    assert [(sight.surface, sight.outcome) for sight in reading.sights] == [
        ("weibo.mobile", Outcome.NO_EVIDENCE),
        ("weibo.desktop", Outcome.NO_EVIDENCE),
        ("weibo.search", Outcome.NOT_FOUND),
    ]
    assert "用户不存在" in reading.sights[0].detail
    assert reading.sights[2].matched_by is MatchedBy.NAME


@pytest.mark.parametrize(
    ("values", "words"),
    short(
        [
            ({"url": "https://weibo.com/nosuchdomain"}, "the filed link"),
            ({"type_certain": False, "type": "微博"}, "the filed type"),
            ({"name": "示例无此名官方微博"}, "suffix"),
        ]
    ),
)
async def test_an_empty_search_is_no_absence_of_a_renamed_account(
    operator: Stage, values: dict[str, Any], words: str
) -> None:
    reading = await operator.look(Filing(**{"name": "示例无此名", "platform": "weibo", **values}))
    assert (reading.sights[-1].surface, reading.outcome) == ("weibo.search", Outcome.NO_EVIDENCE)
    assert words in reading.sights[-1].detail


async def test_a_search_by_name_follows_an_id_that_is_gone(operator: Stage) -> None:
    reading = await operator.look(filed("示例移居", "5000000010"))
    found = reading.sights[-1]
    assert (reading.outcome, found.surface, found.outcome) == (
        Outcome.NOT_FOUND,
        "weibo.search",
        Outcome.OK,
    )
    assert (found.name, found.matched_by, found.attested) == (
        "示例移居",
        None,
        Attestation.DESCRIBED,
    )
    assert "5000000011" in found.detail
    # As a control it answers for any account it finds.
    control = await operator.look(filed("示例沉睡", "5000000002"), only="weibo.search")
    assert [(sight.outcome, sight.name, sight.matched_by) for sight in control.sights] == [
        (Outcome.OK, "示例沉睡", MatchedBy.ID)
    ]


@pytest.mark.parametrize(
    ("name", "uid"),
    short([("示例移居", "5000000010"), ("示例藏身", "5000000012")]),
    ids=["found", "hidden from the search"],
)
async def test_a_name_in_the_way_of_an_absence_is_for_a_person(
    operator: Stage, name: str, uid: str
) -> None:
    account = filed(name, uid)
    looks = [replace(await operator.look(account), id=number) for number in (1, 2)]
    vouched = [
        replace(
            look,
            sights=tuple(
                replace(sight, control="别的", evidence=(PICTURE,)) for sight in look.sights
            ),
        )
        for look in looks
    ]
    alone = [replace(look, sights=look.sights[:2]) for look in vouched]
    policy = own(load("national"))
    assert (
        presence(Dossier(filed=account, readings=tuple(alone)), NOW, policy).state
        is Presence.NOT_FOUND
    )
    assert {look.sights[-1].name for look in vouched} == {name}
    met = presence(Dossier(filed=account, readings=tuple(vouched)), NOW, policy)
    assert (met.state, met.doubtful) == (Presence.UNKNOWN, True)


async def test_an_id_and_a_link_of_two_accounts_are_for_a_person(visitor: Stage) -> None:
    reading = await visitor.look(filed("示例", "5000000001", url="https://weibo.com/u/5000000002"))
    assert (reading.outcome, reading.latest) == (Outcome.NO_EVIDENCE, None)


async def test_a_lapsed_session_proves_nothing(executable: Path, tmp_path: Path) -> None:
    async with staged(
        SCRAPER, executable, tmp_path, WORLD, NOW, session=True, valid=False
    ) as stage:
        lapsed = await stage.look(filed("示例沉睡", "5000000002"), only="weibo.search")
        assert lapsed.outcome is Outcome.LOGIN_REQUIRED
        for uid in ("5000000002", "5000000005", "5000000008"):
            reading = await stage.look(filed("示例", uid))
            assert (reading.sights[-1].surface, reading.sights[-1].outcome) == (
                "weibo.desktop",
                Outcome.LOGIN_REQUIRED,
            )
            assert reading.complete_since is None


async def test_a_session_that_lapsed_silently_leaves_lower_bounds(
    executable: Path, tmp_path: Path
) -> None:
    """The calls still answer, as they did to visitors until 2025; only the page does not know the
    operator.
    """
    user = {"id": 5000000002, "idstr": "5000000002", "screen_name": "示例沉睡", "statuses_count": 1}
    item = {
        "id": 1,
        "mid": "1",
        "created_at": "Tue Nov 01 08:00:00 +0800 2022",
        "user": {"id": 5000000002},
    }
    case = composed(
        ("https://weibo.com/ajax/profile/info?uid=5000000002", {"ok": 1, "data": {"user": user}}),
        (
            "https://weibo.com/ajax/statuses/mymblog?uid=5000000002",
            {"ok": 1, "data": {"list": [item]}},
        ),
    )
    async with staged(
        SCRAPER, executable, tmp_path, World(), NOW, session=True, valid=False, overlay=case
    ) as stage:
        desktop = (await stage.look(filed("示例沉睡", "5000000002"))).sights[-1]
    assert (desktop.outcome, desktop.name, desktop.complete_since) == (
        Outcome.LOGIN_REQUIRED,
        "示例沉睡",
        None,
    )
    assert [post.on for post in desktop.posts] == [date(2022, 11, 1)]


class Wavering(Case):
    """Answers a call in the words of its next response each time, as long as there are more."""

    def response(self, url: str) -> RecordedReply | None:
        found = [each for each in self.responses if each.matches(url)]
        asked = self.__dict__.setdefault(url, count())
        return found[min(next(asked), len(found) - 1)] if found else None


async def test_a_refusal_in_unknown_words_is_asked_once_more(
    executable: Path, tmp_path: Path
) -> None:
    odd = {"ok": 0, "msg": "别的话"}
    user = {"id": 5000000002, "idstr": "5000000002", "screen_name": "示例沉睡", "statuses_count": 1}
    item = {
        "id": 1,
        "mid": "1",
        "created_at": "Tue Nov 01 08:00:00 +0800 2022",
        "user": {"id": 5000000002},
    }
    case = composed(
        ("https://m.weibo.cn/api/container/getIndex", odd),
        ("https://weibo.com/ajax/profile/info?uid=5000000002", odd),
        ("https://weibo.com/ajax/profile/info?uid=5000000002", {"ok": 1, "data": {"user": user}}),
        (
            "https://weibo.com/ajax/statuses/mymblog?uid=5000000002",
            {"ok": 1, "data": {"list": [item]}},
        ),
    )
    wavering = Wavering(*(getattr(case, field.name) for field in fields(case)))
    async with staged(
        SCRAPER, executable, tmp_path, World(), NOW, session=True, overlay=wavering
    ) as stage:
        mobile, desktop = (await stage.look(filed("示例沉睡", "5000000002"))).sights
    assert (mobile.outcome, mobile.detail) == (Outcome.CHANGED, "别的话")
    assert (desktop.name, [post.on for post in desktop.posts], desktop.exact) == (
        "示例沉睡",
        [date(2022, 11, 1)],
        True,
    )


async def test_the_second_look_takes_evidence(operator: Stage) -> None:
    reading = await operator.look(
        filed("示例沉睡", "5000000002"), second=True, not_by=frozenset({"weibo.desktop"})
    )
    assert {capture.kind.value for sight in reading.sights for capture in sight.captures} == {
        "screenshot",
        "payload",
        "text",
    }
    assert reading.date_kind is DateKind.EXACT

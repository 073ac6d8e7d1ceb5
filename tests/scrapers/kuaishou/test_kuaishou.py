"""Kuaishou: what its answers mean, as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.domain import (
    Captcha,
    Changed,
    Failure,
    Filing,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    PayloadFacts,
    PostKind,
    RateLimited,
)
from mediawatch.domain.clock import EVER
from scrapers.kuaishou.identity import Target, match_to_filed, target_of
from scrapers.kuaishou.pages import refuse_wall
from scrapers.kuaishou.posts import ListRequest, Page, page_of, read_posts, reads_on
from scrapers.kuaishou.replies import read_profile, read_search, read_sign, refuse

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DAY = 86_400_000
UID, OTHER = "3x" + "a" * 13, "3x" + "b" * 13
NAME = "示例市第一测试局"


def work(days: float, **over: Any) -> dict[str, Any]:
    photo = {
        "id": f"3xwork{days}",
        "caption": "演示",
        "timestamp": int(NOW.timestamp() * 1000 - days * DAY),
    }
    item = {"type": 1, "author": {"id": UID, "name": NAME}, "photo": photo}
    return item | over


def asked(**over: Any) -> ListRequest:
    return ListRequest(**{"user_id": UID, "known": True, "visitor": False, "works": 2, **over})


def read(*items: object, cursor: str = "", **over: Any) -> PayloadFacts:
    return read_posts([Page(items=items, cursor=cursor)], NOW, asked(**over))


LINKS = [
    (UID, "", Target(by=MatchedBy.ID, user_id=UID)),
    (f" {UID} ", f"https://www.kuaishou.com/profile/{UID}", Target(by=MatchedBy.ID, user_id=UID)),
    (UID, f"https://www.kuaishou.com/profile/{OTHER}", Target(by=MatchedBy.ID, user_id=UID, rival=OTHER)),
    ("", f"https://www.kuaishou.com/profile/{UID}?from=share", Target(by=MatchedBy.URL, user_id=UID)),
    ("", f"快手主页 https://www.kuaishou.com/profile/{UID} 快来看", Target(by=MatchedBy.URL, user_id=UID)),
    ("", f"https://m.gifshow.com/fw/user/{UID}", Target(by=MatchedBy.URL, user_id=UID)),
    ("", f"https://v.m.chenzhongtech.com/fw/user/{UID}?x=1", Target(by=MatchedBy.URL, user_id=UID)),
    ("shifabu01", f"www.kuaishou.com/profile/{UID}", Target(by=MatchedBy.URL, user_id=UID)),
    ("", "https://v.kuaishou.com/AbC123", Target(by=MatchedBy.URL, short="https://v.kuaishou.com/AbC123")),
    ("", "https://www.kuaishou.com/f/X-abc_1", Target(by=MatchedBy.URL, short="https://www.kuaishou.com/f/X-abc_1")),
    # A 快手号, a work, another site, another host of that name: none leads to the account.
    ("1578058299", "", None),
    ("", "https://www.kuaishou.com/short-video/3xabcdefgh", None),
    # The rooms of the live site go by ids of another kind.
    ("", f"https://live.kuaishou.com/u/{UID}", None),
    ("", f"https://live.kuaishou.com/profile/{UID}", None),
    ("", f"https://m.gifshow.com/profile/{UID}", None),
    ("", f"https://www.kuaishou.com.example/profile/{UID}", None),
    ("", "https://www.kuaishou.com/", None),
    ("", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("filed_id", "url", "target"), LINKS)
def test_what_a_filed_value_leads_to(filed_id: str, url: str, target: Target | None) -> None:
    filed = Filing(name=NAME, platform="kuaishou", platform_id=filed_id, url=url)
    assert target_of(filed) == target


CODES = [
    ({"result": 109}, LoginRequired),
    ({"result": 2}, RateLimited),
    ({"result": 50, "error_msg": "签名验证失败"}, RateLimited),
    ({"result": 400002}, Captcha),
    ({"result": 2001, "error_msg": "antispam need captcha"}, Captcha),
    ({"result": 2, "error_msg": "请完成安全验证"}, Captcha),
    ({"result": 208007}, Changed),
    ({"result": 21}, Changed),
    ({"result": "1"}, Changed),
    ({"feeds": []}, Changed),
    ([], Changed),
    (None, Changed),
]


@pytest.mark.parametrize(("payload", "failure"), CODES)
def test_an_answer_without_success_is_no_list(payload: object, failure: type[Failure]) -> None:
    for reads in (refuse, page_of, read_search):
        with pytest.raises(failure):
            reads(payload)


@pytest.mark.parametrize(
    "words", ["用户不存在", "该账号已注销", "该账号已被封禁", "账号已被冻结", "内容已删除"]
)
def test_no_words_make_a_negative(words: str) -> None:
    with pytest.raises(Changed):
        refuse({"result": 24, "error_msg": words})


@pytest.mark.parametrize(
    ("payload", "sign"),
    [
        ({"result": 1, "userId": 1000000001, "userName": "演示"}, True),
        ({"result": 1, "userId": "1000000001"}, True),
        ({"result": 109}, False),
        ({"result": 1, "userId": 0}, None),
        ({"result": 1, "userId": ""}, None),
        ({"result": 1}, None),
        ({"result": 2}, None),
        (None, None),
    ],
)
def test_the_sign_of_a_login(payload: object, sign: bool | None) -> None:
    assert read_sign(payload) is sign


def entry(user: str = UID, name: str = NAME, counts: object = None) -> dict[str, Any]:
    profile = {"user_id": user, "user_name": name}
    return {"result": 1, "userProfile": {"profile": profile, "ownerCount": counts}}


@pytest.mark.parametrize(
    ("counts", "works"),
    [
        ({"photo_public": 7, "photo": None}, 7),
        ({"photo_public": 0}, 0),
        ({"photo_public": "7"}, None),
        ({"photo_public": "1.3万"}, None),
        ({"photo_public": True}, None),
        ({"photo": 7}, None),
        (None, None),
    ],
)
def test_only_a_whole_number_of_public_works_counts(counts: object, works: int | None) -> None:
    profile = read_profile([entry(counts=counts)], UID)
    assert profile is not None
    assert (profile.works, profile.seen.name, profile.seen.platform_id) == (works, NAME, UID)


@pytest.mark.parametrize(
    "entries", [[entry(OTHER)], [entry(), entry()], [entry(name=" ")], [{"userProfile": {}}], {}]
)
def test_a_profile_that_is_not_the_accounts_is_changed(entries: object) -> None:
    with pytest.raises(Changed):
        read_profile(entries, UID)


def test_a_page_need_not_hold_a_profile() -> None:
    assert read_profile([], UID) is None


def test_a_whole_list_of_the_operator_is_complete() -> None:
    seen = read(work(20), work(30))
    assert (seen.outcome, seen.name, seen.complete_since) == (Outcome.OK, NAME, EVER)
    assert [post.kind for post in seen.posts] == [PostKind.VIDEO] * 2
    assert seen.posts[0].link == "https://www.kuaishou.com/short-video/3xwork20"


GAPS = [
    ((work(20), work(30)), {"known": False}),
    ((work(20), work(30)), {"works": None}),
    ((work(20), work(30)), {"works": 3}),
    ((work(20), work(30)), {"works": 1}),
    ((work(20), work(30)), {"cursor": "1"}),
    ((work(20), work(30), {"type": 5, "liveStream": {}}), {}),
    ((work(20), work(30), work(1, author={"id": OTHER, "name": "演示他人"})), {}),
    ((work(20), work(30), work(1, photo={"id": "3xundated"})), {"works": 3}),
    ((work(20), work(30), work(-2)), {"works": 3}),
    ((work(20), work(30), work(1, photo={"id": "3x1", "timestamp": int(NOW.timestamp())})), {"works": 3}),
    ((work(20), work(30), work(1, photo=None)), {}),
    ((work(20), work(30), "x"), {}),
]  # fmt: skip


@pytest.mark.parametrize(("items", "over"), GAPS)
def test_a_list_with_a_gap_is_a_lower_bound(items: tuple[object, ...], over: Any) -> None:
    seen = read(*items, **over)
    assert seen.complete_since is None
    assert {post.id for post in seen.posts} == {"3xwork20", "3xwork30"}


def test_the_newest_may_stand_anywhere() -> None:
    seen = read(work(2000), work(20), work(1), works=3)
    assert max(seen.posts, key=lambda post: post.order).id == "3xwork1"
    assert seen.complete_since == EVER


def test_works_of_others_alone_are_another_list() -> None:
    with pytest.raises(Changed, match="none of them by"):
        read(work(1, author={"id": OTHER, "name": NAME}))


def test_only_undated_works_are_no_evidence() -> None:
    assert read(work(1, photo={"id": "3x1"}), works=1).outcome is Outcome.NO_EVIDENCE


@pytest.mark.parametrize(
    ("over", "failure"),
    [
        ({"works": 7}, RateLimited),
        ({"works": None}, RateLimited),
        ({"works": 0, "cursor": "1"}, RateLimited),
        ({"works": 0, "known": False}, RateLimited),
        ({"works": 0, "known": False, "visitor": True}, LoginRequired),
        ({"works": 7, "known": False, "visitor": True}, LoginRequired),
    ],
)
def test_silence_is_no_emptiness(over: Any, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        read(**over)


def test_emptiness_is_counted() -> None:
    assert read(works=0).outcome is Outcome.NO_POSTS


@pytest.mark.parametrize(
    ("days", "over", "on"),
    [
        (11, {}, True),
        (9, {}, False),
        (11, {"known": False}, False),
        (11, {"works": None}, False),
    ],
)
def test_only_a_quiet_list_of_the_operator_is_read_to_its_end(
    days: float, over: Any, on: bool
) -> None:
    seen = read(work(days), work(400), cursor="1")
    assert reads_on(seen, NOW, asked(**over)) is on


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=12, unique=True))
def test_whatever_the_order_the_newest_is_the_latest(days: list[int]) -> None:
    seen = read(*map(work, days), works=len(days))
    assert seen.complete_since == EVER
    assert max(seen.posts, key=lambda post: post.order).id == f"3xwork{min(days)}"


@pytest.mark.parametrize(
    ("payload", "names", "more"),
    [
        ({"result": 1, "users": [{"user_id": UID, "user_name": f" {NAME} "}], "pcursor": "no_more"}, [NAME], False),
        ({"result": 1, "users": [{"user_id": UID, "user_name": NAME}], "pcursor": "1"}, [NAME], True),
        ({"result": 1, "users": [], "pcursor": "no_more"}, [], False),
    ],
)  # fmt: skip
def test_search(payload: object, names: list[str], more: bool) -> None:
    found = read_search(payload)
    assert ([hit.name for hit in found.hits], found.more, found.nobody) == (names, more, "")


@pytest.mark.parametrize("users", [None, [{"user_id": UID}], [{"user_name": NAME}], ["x"]])
def test_an_unknown_form_of_search_is_changed(users: object) -> None:
    with pytest.raises(Changed):
        read_search({"result": 1, "users": users})


@pytest.mark.parametrize(
    ("url", "failure"),
    [
        ("https://captcha.zt.kuaishou.com/iframe/index.html?x=1", Captcha),
        ("https://www.kuaishou.com/rest/infra/captcha/view", Captcha),
        ("https://passport.kuaishou.com/pc/account/login", LoginRequired),
        (f"https://www.kuaishou.com/profile/{UID}", None),
        ("https://www.kuaishou.com/new-reco", None),
    ],
)
def test_walls(url: str, failure: type[Failure] | None) -> None:
    if failure is None:
        refuse_wall(url)
        return
    with pytest.raises(failure):
        refuse_wall(url)


def test_found_by_name_the_page_must_bear_it() -> None:
    filed, target = Filing(name=NAME, platform="kuaishou"), Target(by=MatchedBy.NAME, user_id=UID)
    seen = PayloadFacts(name=NAME, platform_id=UID)
    assert match_to_filed(seen, target, filed).matched_by is MatchedBy.NAME
    with pytest.raises(NoEvidence):
        match_to_filed(PayloadFacts(name="演示他人", platform_id=UID), target, filed)
    with pytest.raises(NoEvidence):
        match_to_filed(PayloadFacts(outcome=Outcome.NO_POSTS, detail="0"), target, filed)

"""Toutiao: what its answers mean, as tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.domain import (
    Changed,
    Failure,
    Filing,
    LoginRequired,
    NoEvidence,
    Outcome,
    PayloadFacts,
    PostKind,
)
from mediawatch.domain.clock import EVER, day_of
from scrapers.toutiao.cells import cell_of
from scrapers.toutiao.identity import Target, target_of, token_at
from scrapers.toutiao.posts import has_more, join_pages, read_cards, read_feed
from scrapers.toutiao.replies import decode_server_data, media_id, read_absence, read_profile

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DAY = 86_400
AGO = {days: int(NOW.timestamp()) - days * DAY for days in range(400)}
TOKEN = "MS4wLjABAAAA" + "t" * 43
NAME = "示例市第一测试局"
USER = {"userId": TOKEN, "mediaId": "1700000000000001", "name": NAME, "banStatus": False}


def article(days: int, **more: Any) -> dict[str, Any]:
    number = str(7_000_000_000_000_000_000 - days)
    cell = {
        "cell_type": 60,
        "id": number,
        "group_id": number,
        "publish_time": AGO[days],
        "user_info": {"name": NAME},
    }
    return cell | {"behot_time": AGO[0]} | more


def feed(*items: object, more: object = True, **rest: Any) -> dict[str, Any]:
    return {
        "message": "success",
        "data": list(items),
        "has_more": more,
        "next": {"max_behot_time": 1},
    } | rest


def page(user: object = USER) -> dict[str, Any]:
    return {"data": {"profileUserInfo": user, "loginUserInfo": None, "initialFeed": None}}


CELLS: list[tuple[dict[str, Any], PostKind, bool]] = [
    ({"cell_type": 60, "publish_time": AGO[3]}, PostKind.ARTICLE, False),
    ({"cell_type": 0, "publish_time": AGO[3]}, PostKind.ARTICLE, False),
    ({"cell_type": 0, "has_video": False, "publish_time": AGO[3]}, PostKind.ARTICLE, False),
    ({"cell_type": 0, "has_video": True, "publish_time": AGO[3]}, PostKind.VIDEO, False),
    ({"cell_type": 48, "publish_time": AGO[3]}, PostKind.VIDEO, False),
    (
        {"cell_type": 49, "publish_time": AGO[3], "user": {"info": {"name": NAME}}},
        PostKind.VIDEO,
        False,
    ),
    (
        {"cell_type": 32, "content": "无题", "publish_time": AGO[3], "user": {"name": NAME}},
        PostKind.MICRO,
        False,
    ),
    (
        {"cell_type": 56, "comment_base": {"create_time": AGO[3]}, "publish_time": AGO[9]},
        PostKind.MICRO,
        True,
    ),
    (
        {
            "cell_type": 56,
            "comment_base": {"create_time": AGO[3]},
            "origin_group": {"publish_time": AGO[0]},
        },
        PostKind.MICRO,
        True,
    ),
    ({"cell_type": 202, "content": {"answer": {"create_time": AGO[3]}}}, PostKind.ANSWER, False),
    ({"cell_type": 203, "content": {"question": {"create_time": AGO[3]}}}, PostKind.OTHER, False),
    ({"cell_type": 9999, "publish_time": AGO[3]}, PostKind.OTHER, False),
    ({"cell_type": 60, "publish_time": str(AGO[3])}, PostKind.ARTICLE, False),
]


@pytest.mark.parametrize(("cell", "kind", "repost"), CELLS)
def test_each_type_of_cell_has_its_own_date(
    cell: dict[str, Any], kind: PostKind, repost: bool
) -> None:
    seen = read_feed(feed(cell | {"id": "1", "behot_time": AGO[0]}, more=False), "", NOW)
    (post,) = seen.posts
    assert (post.at, post.kind, post.repost) == (NOW - timedelta(days=3), kind, repost)
    assert seen.complete_since == EVER


def wrapped(inner: object, **outer: Any) -> dict[str, Any]:
    text = inner if isinstance(inner, str) else json.dumps(inner)
    return {
        "cell_type": 32,
        "id": "1",
        "stream_cell": {"raw_data": text},
        "base_cell": {"log_pb": {}},
        "behot_time": AGO[0],
    } | outer


def test_a_wrapped_cell_is_read_inside() -> None:
    inner = {"id": "2", "publish_time": AGO[3], "content": "演示", "user": {"name": NAME}}
    seen = read_feed(
        feed(
            wrapped(inner, is_stick=True),
            wrapped(inner | {"id": "3", "publish_time": AGO[4]}),
            more=False,
        ),
        NAME,
        NOW,
    )
    assert [(post.id, post.at, post.pinned) for post in seen.posts] == [
        ("2", NOW - timedelta(days=3), True), ("3", NOW - timedelta(days=4), False),
    ]  # fmt: skip
    assert seen.complete_since == EVER
    with pytest.raises(Changed):
        read_feed(feed(wrapped(inner | {"user": {"name": "示例市第二测试局"}})), NAME, NOW)


def test_a_date_before_the_id_was_made_is_a_lower_bound() -> None:
    made = str(AGO[10] << 32)
    late = read_feed(feed(article(3, id=made), article(20)), NAME, NOW)
    early = read_feed(feed(article(13, id=made), article(20)), NAME, NOW)
    assert (len(late.posts), late.complete_since) == (2, NOW - timedelta(days=20))
    assert (len(early.posts), early.complete_since) == (2, None)


UNDATED = [
    {"cell_type": 9999, "behot_time": AGO[0]},
    {"cell_type": 60, "behot_time": AGO[0]},
    {"cell_type": 56, "publish_time": AGO[1], "origin_group": {"publish_time": AGO[0]}},
    {"cell_type": 202, "publish_time": AGO[1], "content": {}},
    {"cell_type": 60, "publish_time": AGO[1] * 1000},
    {"cell_type": 60, "publish_time": 0},
    {"cell_type": 60, "publish_time": None},
    {"cell_type": 60, "publish_time": "昨天"},
    {"cell_type": 60, "publish_time": True},
    {"cell_type": 60, "publish_time": AGO[0] + DAY},
    {"cell_type": 32, "publish_time": AGO[1], "control_meta": {"share": {"permission": False}}},
    {"stream_cell": {"raw_data": "{}"}},
    {"stream_cell": {"raw_data": "{"}},
    {"stream_cell": {"raw_data": "[1]"}},
    {"cell_type": 32, "stream_cell": {"raw_data": {"publish_time": AGO[1]}}},
    "text",
    None,
    [],
]


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize("odd", UNDATED)
def test_one_item_without_a_date_makes_a_lower_bound(odd: Any, more: bool) -> None:
    item = odd | {"id": "9"} if isinstance(odd, dict) else odd
    seen = read_feed(feed(item, article(20), article(30), more=more), NAME, NOW)
    assert [post.at for post in seen.posts] == [NOW - timedelta(days=20), NOW - timedelta(days=30)]
    assert seen.complete_since is None
    assert seen.detail


def test_an_advertisement_is_no_post_and_its_list_proves_no_gap() -> None:
    seen = read_feed(feed({"cell_type": 48, "publish_time": AGO[0]}, article(20)), NAME, NOW)
    assert (len(seen.posts), seen.complete_since) == (1, None)


def test_a_collection_is_no_post() -> None:
    seen = read_feed(
        feed({"cell_type": 341, "id": "1", "pub_time": AGO[0]}, article(20)), NAME, NOW
    )
    assert ([post.on.isoformat() for post in seen.posts], seen.complete_since) == (
        ["2025-12-16"],
        NOW - timedelta(days=20),
    )


def test_a_future_date_is_noted_for_the_reviewer() -> None:
    assert (
        "发布时间异常" in read_feed(feed(article(0, publish_time=AGO[0] + DAY)), NAME, NOW).detail
    )


ORDERS: list[tuple[list[dict[str, Any]], object, int | None, datetime | None]] = [
    ([article(1), article(2), article(9)], True, 1, NOW - timedelta(days=9)),
    ([article(300, is_stick=True), article(1), article(9)], True, 1, NOW - timedelta(days=9)),
    ([article(1, is_stick=True), article(20), article(30)], True, 1, NOW - timedelta(days=30)),
    ([article(1), article(1), article(9)], True, 1, NOW - timedelta(days=9)),
    ([article(2), article(1), article(9)], True, 1, None),
    ([article(2), article(1), article(9)], False, 1, EVER),
    ([article(5, is_stick=True)], True, 5, None),
    ([article(5, is_stick=True)], False, 5, None),
    ([article(5)], None, 5, NOW - timedelta(days=5)),
    ([article(5)], 0, 5, EVER),
    ([], True, None, None),
]


@pytest.mark.parametrize(("items", "more", "newest", "since"), ORDERS)
def test_how_far_back_a_list_is_whole(
    items: list[dict[str, Any]], more: object, newest: int | None, since: datetime | None
) -> None:
    seen = read_feed(feed(*items, more=more), NAME, NOW)
    assert seen.outcome is Outcome.OK
    assert seen.complete_since == since
    assert max((post.at for post in seen.posts if post.at), default=None) == (
        None if newest is None else NOW - timedelta(days=newest)
    )


EMPTY = [
    (feed(more=False), Outcome.NO_POSTS),
    (feed(more=False, data=None), Outcome.NO_POSTS),
    ({"message": "success", "data": []}, Outcome.RATE_LIMITED),
    ({"message": "success", "data": None}, Outcome.RATE_LIMITED),
    (feed(more=False, message="error"), Outcome.RATE_LIMITED),
    ({"message": "", "data": [article(1)]}, Outcome.RATE_LIMITED),
]


@pytest.mark.parametrize(("payload", "outcome"), EMPTY)
def test_emptiness_must_be_said(payload: object, outcome: Outcome) -> None:
    seen = read_feed(payload, NAME, NOW)
    assert (seen.outcome, seen.posts, seen.complete_since) == (outcome, (), None)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "x",
        {},
        {"message": "success"},
        {"message": "success", "data": {}},
        {"data": []},
        {"message": 0},
    ],
)
def test_an_unknown_feed_is_changed(payload: object) -> None:
    with pytest.raises(Changed):
        read_feed(payload, NAME, NOW)


def test_another_accounts_feed_is_changed() -> None:
    strange = article(1, user_info={"name": "示例市第二测试局"})
    with pytest.raises(Changed, match="第二测试局"):
        read_feed(feed(strange), NAME, NOW)
    assert len(read_feed(feed(article(1, user_info={"name": ""})), NAME, NOW).posts) == 1


def test_an_item_of_another_author_is_left_out_and_leaves_a_gap() -> None:
    strange = article(1, user_info={"name": "示例市第二测试局"})
    seen = read_feed(feed(strange, article(20), article(40)), NAME, NOW)
    assert ([post.on for post in seen.posts], seen.complete_since) == (
        [day_of(NOW - timedelta(days=days)) for days in (20, 40)],
        None,
    )
    assert "示例市第二测试局" in seen.detail
    renamed = article(20, user_info={"name": "旧名", "user_id": "7"})
    kept = read_feed(feed(article(1, user_info={"name": NAME, "user_id": "7"}), renamed), NAME, NOW)
    assert (len(kept.posts), kept.complete_since is not None) == (2, True), (
        "the same number under an older name is the account's own"
    )


@pytest.mark.parametrize("decision", [{"type": "verify", "subtype": "slide"}, '{"type": "verify"}'])
def test_a_decision_is_always_a_check_by_the_site(decision: object) -> None:
    for payload in ({"message": "error"}, {"message": "success", "data": []}, {}, feed(more=False)):
        assert read_feed(payload | {"decision": decision}, NAME, NOW).outcome is Outcome.CAPTCHA
    seen = read_feed(feed(article(1), more=False, decision=decision), NAME, NOW)
    assert (seen.outcome, len(seen.posts), seen.complete_since) == (Outcome.CAPTCHA, 1, None)
    assert read_feed(feed(article(1), decision={}), NAME, NOW).outcome is Outcome.OK


def test_a_call_that_wants_a_login_says_so() -> None:
    assert read_feed({"message": "login_required"}, NAME, NOW).outcome is Outcome.LOGIN_REQUIRED
    assert (
        read_feed({"message": "error", "data": {"name": "login_required"}}, NAME, NOW).outcome
        is Outcome.LOGIN_REQUIRED
    )
    assert read_feed({"message": "error", "data": {}}, NAME, NOW).outcome is Outcome.RATE_LIMITED


def test_an_item_with_ban_status_makes_a_lower_bound() -> None:
    video = {
        "cell_type": 49,
        "id": "9",
        "publish_time": AGO[3],
        "user": {"info": {"name": NAME, "ban_status": True}},
    }
    assert read_feed(feed(video, more=False), NAME, NOW).complete_since is None


SHARED = "https://profile.zjurl.cn/rogue/ugc/profile/?media_id=1700000000000001&share_uid=MS4wLjABAAAAsharer&user_id=9990000301&utm_source=x"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (SHARED, "https://www.toutiao.com/c/user/9990000301/"),
        (f"我在头条发布了作品 {SHARED} 快来看", "https://www.toutiao.com/c/user/9990000301/"),
        (
            "https://www.toutiao.com/rogue/ugc/profile/?user_id=9990000301",
            "https://www.toutiao.com/c/user/9990000301/",
        ),
        (SHARED.replace("user_id", "other_id"), None),
        (SHARED.replace("zjurl.cn", "example.cn"), None),
        ("https://profile.zjurl.cn/rogue/other/?user_id=9990000301", None),
    ],
)
def test_a_share_link_leads_to_its_account_not_its_sharer(url: str, page: str | None) -> None:
    target = target_of(Filing(name=NAME, platform="toutiao", url=url))
    assert (target.url if target else None) == page


@pytest.mark.parametrize(
    ("url", "failure"),
    [
        ("https://sso.toutiao.com/login/?service=x", LoginRequired),
        ("https://www.toutiao.com/auth/login/?next=x", LoginRequired),
        ("https://www.toutiao.com/newlogin", LoginRequired),
        ("https://www.toutiao.com/user/9990000306/", NoEvidence),
        ("https://www.toutiao.com/", NoEvidence),
    ],
)
def test_where_a_filed_link_led_is_known_by_what_it_is(url: str, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        token_at(url, Target("https://www.toutiao.com/user/9990000306/"))


def test_a_backslash_in_a_name_is_the_name() -> None:
    name = "示例\\市\\n局"
    told = page(USER | {"name": name, "userAuthInfo": json.dumps({"auth_info": name})})
    seen = read_profile(decode_server_data(quote(json.dumps(told))))
    assert seen is not None
    assert (seen.name, seen.verified_as) == (name, name)
    assert len(read_feed(feed(article(1, user_info={"name": name})), name, NOW).posts) == 1


def test_a_post_keeps_its_id_link_and_beijing_day() -> None:
    late = int(datetime(2026, 1, 3, 16, 30, tzinfo=UTC).timestamp())
    (post,) = read_feed(feed(article(1, publish_time=late, is_stick=True)), NAME, NOW).posts
    assert (post.id, post.link) == (
        "6999999999999999999",
        "https://www.toutiao.com/article/6999999999999999999/",
    )
    assert (post.on.isoformat(), post.pinned) == ("2026-01-04", True)


def test_two_pages_are_one_list() -> None:
    both = join_pages(feed(article(9, is_stick=True)), feed(article(20), article(30), more=False))
    seen = read_feed(both, NAME, NOW)
    assert (len(seen.posts), seen.complete_since) == (3, EVER)
    assert has_more(join_pages(feed(article(1)), feed(article(2))))
    with pytest.raises(Changed):
        join_pages(feed(article(1)), {"message": "error"})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*article(1), "content", "comment_base", "x"]), inner)
    ),
    max_leaves=8,
)


@given(st.lists(json_values, max_size=4), st.booleans())
def test_any_feed_item_is_dated_or_makes_a_lower_bound(items: list[Any], more: bool) -> None:
    seen = read_feed(feed(*items, more=more), "", NOW)
    posts = [item for item in items if cell_of(item) is not None]
    if seen.complete_since is not None:
        assert len(seen.posts) == len(posts)
    assert all(
        post.at is not None and post.at <= NOW + timedelta(minutes=10) for post in seen.posts
    )


PROFILES: list[tuple[object, PayloadFacts | None]] = [
    (page(), PayloadFacts(name=NAME, platform_id=TOKEN)),
    (
        page(USER | {"userAuthInfo": {"auth_type": "1", "auth_info": "示例市第一测试局"}}),
        PayloadFacts(name=NAME, platform_id=TOKEN, verified_as=NAME),
    ),
    (
        page(USER | {"userAuthInfo": '{"auth_info": "示例市"}'}),
        PayloadFacts(name=NAME, platform_id=TOKEN, verified_as="示例市"),
    ),
    (page(USER | {"userAuthInfo": ""}), PayloadFacts(name=NAME, platform_id=TOKEN)),
    (page(None), None),
    (page({"userId": ""}), None),
    ({"data": {"initialFeed": None}}, None),
]


@pytest.mark.parametrize(("data", "seen"), PROFILES)
def test_read_profile(data: object, seen: PayloadFacts | None) -> None:
    assert read_profile(decode_server_data(quote(json.dumps(data)))) == seen
    assert media_id(data) == ("1700000000000001" if seen else "")


@pytest.mark.parametrize(
    ("user", "outcome"),
    [
        (USER | {"banStatus": True}, Outcome.BANNED),
        (USER | {"banStatus": "false"}, Outcome.OK),
        (USER | {"name": "已注销用户"}, Outcome.CANCELLED),
        (USER | {"name": "该账号已注销"}, Outcome.CANCELLED),
        (USER | {"name": "示例市注销登记中心"}, Outcome.OK),
    ],
)
def test_states_in_the_profile(user: object, outcome: Outcome) -> None:
    seen = read_profile(page(user))
    assert seen is not None
    assert seen.outcome is outcome


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"data": None},
        page({"userId": TOKEN}),
        page(USER | {"name": " "}),
        page(USER | {"userId": 1}),
        page([]),
    ],
)
def test_an_unknown_profile_is_changed(data: object) -> None:
    with pytest.raises(Changed):
        read_profile(data)


@pytest.mark.parametrize("text", ["", "%7B", "<html>"])
def test_server_data_that_are_no_json_are_changed(text: str) -> None:
    with pytest.raises(Changed):
        decode_server_data(text)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("今日头条\n登录\n用户不存在\n", Outcome.NOT_FOUND),
        ("抱歉，该账号不存在", Outcome.NOT_FOUND),
        ("你访问的页面找不到了", Outcome.NOT_FOUND),
        ("该账号已注销", Outcome.CANCELLED),
        ("暂未发表作品", None),
        ("", None),
        ("某地多家企业已被注销登记，市场监管部门提醒广大群众注意核对经营者信息", None),
        ("热榜：网友称打开后显示用户不存在，平台客服回应正在核实处理相关情况", None),
    ],
)
def test_read_absence(text: str, outcome: Outcome | None) -> None:
    seen = read_absence(text)
    assert (seen.outcome if seen else None) is outcome


@pytest.mark.parametrize(
    ("printed", "days"),
    [
        ("刚刚", 0),
        ("59分钟前", 0),
        ("4小时前", 0),
        ("昨天00:01", 1),
        ("3天前", 4),
        ("7天前", 8),
        ("01月02日", 3),
        ("2025年12月31日", 5),
    ],
)
def test_cards_give_the_day_at_least(printed: str, days: int) -> None:
    (post,) = read_cards([[printed, "/video/7000000000000000001/?source=x"]], NOW)
    assert (post.at, post.on) == (None, (NOW - timedelta(days=days)).date())
    assert (post.kind, post.link) == (
        PostKind.VIDEO,
        "https://www.toutiao.com/video/7000000000000000001/",
    )


@given(st.integers(0, 8 * DAY), st.integers(0, DAY - 1))
def test_no_card_is_taken_for_newer_than_it_is(age: int, into_day: int) -> None:
    """As the page counts: minutes, hours, then days of 24 hours."""
    now = NOW.replace(hour=0) + timedelta(seconds=into_day)
    printed = (
        f"{age // 60}分钟前"
        if age < 3600
        else f"{age // 3600}小时前"
        if age < DAY
        else f"{age // DAY}天前"
    )
    (post,) = read_cards([[printed, ""]], now)
    assert post.on <= day_of(now - timedelta(seconds=age - age % 60))


@pytest.mark.parametrize(
    "cards", [[], [["", ""]], [["5阅读", "/w/1/"]], [["13月40日", ""]], [[1, 2]], ["刚刚"]]
)
def test_what_is_no_card_is_left_out(cards: object) -> None:
    assert read_cards(cards, NOW) == ()


def test_cards_that_are_no_list_are_changed() -> None:
    with pytest.raises(Changed):
        read_cards(None, NOW)

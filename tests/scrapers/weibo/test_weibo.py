"""What Weibo's replies are read as, and whose they are taken for.

Composed payloads; recorded ones stand in the cases.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.domain import Changed, Failure, Filing, MatchedBy, NoEvidence, Outcome, PayloadFacts
from mediawatch.domain.clock import BEIJING, EVER, beijing
from scrapers.browser.pool import Reply
from scrapers.searches import vouches
from scrapers.urls import link_in
from scrapers.weibo.desktop_replies import read_feed, read_profile, read_sorry
from scrapers.weibo.identity import (
    Target,
    is_surely_filed,
    match_list_to_filed,
    match_to_filed,
    refuse_other_body,
    target_in,
    target_of,
)
from scrapers.weibo.pages import payload_of
from scrapers.weibo.posts import join_pages, leads_on, moment_of_number
from scrapers.weibo.replies import Profile, read_mobile_feed, read_mobile_profile, wall
from scrapers.weibo.search import read_search

NOW = datetime(2022, 12, 31, 20, 0, tzinfo=BEIJING)
UID = "5000000001"
_DAYS, _MONTHS = (
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def printed(moment: datetime) -> str:
    here = beijing(moment)
    return f"{_DAYS[here.weekday()]} {_MONTHS[here.month - 1]} {here:%d %H:%M:%S} +0800 {here.year}"


def item(when: str, owner: str = UID, **more: Any) -> dict[str, Any]:
    number = when.replace("-", "").replace("T", "").replace(":", "")
    return {
        "id": int(number),
        "mid": number,
        "created_at": printed(at(when)),
        "user": {"id": int(owner)},
        "mblogid": f"R{number}",
    } | more


def feed(*items: object, **data: Any) -> dict[str, Any]:
    return {
        "ok": 1,
        "data": {"list": list(items), "bottom_tips_visible": False, "bottom_tips_text": ""} | data,
    }


def cards(*items: object, **data: Any) -> dict[str, Any]:
    return {"ok": 1, "data": {"cards": [{"card_type": 9, "mblog": each} for each in items]} | data}


def outcome_of(call: Any, *args: Any, **more: Any) -> Outcome:
    """The outcome a reading function gives, by value or by exception."""
    try:
        read = call(*args, **more)
    except Failure as failure:
        return failure.outcome
    return (read.seen if isinstance(read, Profile) else read).outcome


CLOSED = "该账号因用户自行申请关闭，现已无法查看。"
SORRY = "https://weibo.com/sorry?usernotexists&msg="

REPLIES = [
    (
        {
            "ok": -100,
            "errno": "-100",
            "msg": "",
            "url": "https://m.weibo.cn/api/geetest?testType=1&backUrl=x",
        },
        Outcome.CAPTCHA,
    ),
    (
        {"ok": -100, "url": "https://passport.weibo.com/sso/signin?entry=wapsso"},
        Outcome.LOGIN_REQUIRED,
    ),
    ({"ok": -100, "url": "https://passport.weibo.cn/signin/welcome"}, Outcome.LOGIN_REQUIRED),
    ({"ok": -100, "url": "https://weibo.com/login.php"}, Outcome.LOGIN_REQUIRED),
    ({"ok": -100, "msg": "请先登录"}, Outcome.LOGIN_REQUIRED),
    ({"ok": -100}, Outcome.LOGIN_REQUIRED),
    ({"ok": -100, "url": "https://example.com/elsewhere"}, Outcome.LOGIN_REQUIRED),
    (
        {"ok": "-100", "url": "https://weibo.com/newlogin?url=https%3A%2F%2Fweibo.com"},
        Outcome.LOGIN_REQUIRED,
    ),
    ({"ok": -100, "url": "https://security.weibo.com/captcha/geetest"}, Outcome.CAPTCHA),
    (
        {"ok": 0, "error_type": "link", "url": "https://weibo.com/login.php?url=x"},
        Outcome.LOGIN_REQUIRED,
    ),
    ({"ok": 0, "errno": "100005", "msg": "请求过于频繁,歇歇吧"}, Outcome.RATE_LIMITED),
    ({"ok": 0, "msg": "操作过于频繁"}, Outcome.RATE_LIMITED),
    ({"ok": 0, "errno": "100001", "msg": "服务器走丢了"}, Outcome.UNREACHABLE),
    ({"ok": 0, "errno": 100007, "msg": "不符合的请求方式"}, Outcome.CAPTCHA),
    ({"ok": 0}, Outcome.RATE_LIMITED),
    ({"ok": 0, "data": {}}, Outcome.RATE_LIMITED),
    ({"ok": 0, "msg": "别的话"}, Outcome.CHANGED),
    ([], Outcome.CHANGED),
    ({"ok": 1}, Outcome.CHANGED),
    (None, Outcome.CHANGED),
]


@pytest.mark.parametrize(("payload", "outcome"), REPLIES)
def test_replies_about_us_are_read_alike_everywhere(payload: object, outcome: Outcome) -> None:
    assert outcome_of(read_profile, payload) is outcome
    assert outcome_of(read_feed, payload, UID, 3, NOW) is outcome
    assert outcome_of(read_mobile_profile, payload, visitor=True) is outcome
    assert outcome_of(read_mobile_feed, payload, UID, 3, NOW, visitor=True) is outcome


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        (
            {
                "ok": 1,
                "data": {
                    "user": {"id": 5000000001, "screen_name": "示例发布", "statuses_count": 7}
                },
            },
            Outcome.OK,
        ),
        ({"ok": 1, "data": {"user": {"id": 5000000001, "screen_name": ""}}}, Outcome.OK),
        ({"ok": 1, "data": {"user": {"screen_name": "示例发布"}}}, Outcome.OK),
        ({"ok": 1, "data": {"user": {}}}, Outcome.CHANGED),
        ({"ok": 0, "msg": "该用户不存在(20003)"}, Outcome.NOT_FOUND),
        ({"ok": 0, "msg": "该用户不存在"}, Outcome.CHANGED),
        ({"ok": 0, "message": "账号有问题"}, Outcome.BANNED),
        ({"ok": 0, "error_type": "link", "url": SORRY + quote(CLOSED)}, Outcome.CANCELLED),
        (
            {"ok": 0, "error_type": "link", "url": "https://weibo.com/sorry?pagenotfound"},
            Outcome.CHANGED,
        ),
        ({"ok": 0, "error_type": "link", "url": "https://weibo.com/elsewhere"}, Outcome.CHANGED),
        ({"ok": 0, "msg": "这里还没有内容"}, Outcome.CHANGED),
    ],
)
def test_the_desktop_profile(payload: object, outcome: Outcome) -> None:
    assert outcome_of(read_profile, payload) is outcome


@pytest.mark.parametrize(
    ("msg", "outcome"),
    [
        (CLOSED, Outcome.CANCELLED),
        ("该账号已关闭，现无法查看。", Outcome.CANCELLED),
        ("该帐号已注销", Outcome.CANCELLED),
        ("该账号因被投诉违反《微博社区公约》的相关规定，现已无法查看。", Outcome.BANNED),
        ("该账号行为异常，存在安全风险，用户验证之前暂时不能查看。", Outcome.BANNED),
        ("该账号内容存在风险，暂时不能查看。", Outcome.BANNED),
        ("系统繁忙", Outcome.CHANGED),
        ("", Outcome.CHANGED),
    ],
)
def test_the_sorry_page_by_its_wording(msg: str, outcome: Outcome) -> None:
    assert outcome_of(read_sorry, SORRY + quote(msg)) is outcome
    if outcome.negative:
        assert read_sorry(SORRY + quote(msg)).detail == msg


def test_our_block_or_a_bad_address_says_nothing_of_the_account() -> None:
    assert (
        outcome_of(read_sorry, "https://weibo.com/sorry?userblock&is_viewer&code=20003")
        is Outcome.LOGIN_REQUIRED
    )
    assert (
        outcome_of(read_sorry, f"https://weibo.com/sorry?pagenotfound&msg={quote(CLOSED)}")
        is Outcome.CHANGED
    )


@pytest.mark.parametrize(
    "container",
    [
        {"tabs": [{"tab_type": "weibo", "containerid": "107603X"}]},
        {"tabs": {"1": {"tab_type": "weibo", "containerid": "107603X"}}},
    ],
)
def test_the_mobile_profile(container: object) -> None:
    user = {
        "id": 5000000001,
        "screen_name": "示例发布",
        "statuses_count": 7,
        "verified_reason": "示例市官方微博",
    }
    profile = read_mobile_profile(
        {"ok": 1, "data": {"userInfo": user, "tabsInfo": container}}, visitor=True
    )
    assert profile == Profile(
        seen=PayloadFacts(name="示例发布", platform_id=UID, verified_as="示例市官方微博"),
        statuses=7,
        feed="107603X",
    )


SHOP = "某某商贸有限公司"


@pytest.mark.parametrize(
    ("marks", "said", "certified"),
    [
        ({"verified": True, "verified_type": 1}, "示例市官方微博", "示例市官方微博"),
        ({"verified": True, "verified_type": 2}, SHOP, SHOP),
        ({"verified": True, "verified_type": 7}, "示例协会 ", "示例协会"),
        ({"verified_type": 3}, "示例市融媒体中心", "示例市融媒体中心"),
        ({}, SHOP, SHOP),
        ({"verified": True, "verified_type": 0}, "示例市第一测试局", "个人认证：示例市第一测试局"),
        ({"verified": True, "verified_type": 220}, "运动博主", "个人认证：运动博主"),
        ({"verified": True, "verified_type": 99}, SHOP, f"个人认证：{SHOP}"),
        ({"verified": False, "verified_type": -1}, SHOP, ""),
        ({"verified": False}, SHOP, ""),
        ({"verified": True, "verified_type": 1}, "", ""),
        ({"verified": True, "verified_type": 0}, " ", ""),
        ({"verified": True, "verified_type": 2}, None, ""),
    ],
)
def test_every_page_tells_as_whom_it_is_certified(
    marks: dict[str, Any], said: object, certified: str
) -> None:
    """A person's 认证 never reads like a body's, so it vouches for none."""
    user = {"id": int(UID), "screen_name": "示例发布", "verified_reason": said, **marks}
    mobile = {"ok": 1, "data": {"userInfo": user, "tabsInfo": {}}}
    assert read_mobile_profile(mobile, visitor=True).seen.verified_as == certified
    assert read_profile({"ok": 1, "data": {"user": user}}).seen.verified_as == certified
    own = item("2022-12-30T10:00", user=user)
    shown = [
        read_feed(feed(own), UID, 9, NOW),
        read_feed(feed(own | {"created_at": None}), UID, 9, NOW),
        read_mobile_feed(cards(own), UID, 9, NOW, visitor=True),
        read_mobile_feed(cards(own | {"created_at": None}), UID, 9, NOW, visitor=True),
    ]
    assert [seen.verified_as for seen in shown] == [certified] * 4
    assert vouches(filed(organiser="示例市第一测试局"), certified) is False


def test_a_list_whose_author_is_another_body_is_not_the_names() -> None:
    """`userInfo` was missing, so the list is the first to say as whom its author is certified."""
    seen = PayloadFacts(name="示例发布", platform_id=UID, verified_as=SHOP)
    account = filed(organiser="示例市第一测试局")
    with pytest.raises(NoEvidence, match=SHOP):
        refuse_other_body(seen, Target(by=MatchedBy.NAME, name="示例发布"), account)
    refuse_other_body(seen, Target(by=MatchedBy.ID, uid=UID), account)


def test_the_list_names_an_account_the_reply_does_not() -> None:
    """`userInfo` was missing for living accounts; the items of the list name their author."""
    profile = read_mobile_profile({"ok": 1, "data": {"tabsInfo": {}}}, visitor=True)
    assert (profile.seen.outcome, profile.seen.name) == (Outcome.OK, "")
    own = item(
        "2022-12-30T10:00",
        bid="",
        user={"id": int(UID), "screen_name": "示例发布"},
        retweeted_status={"user": None},
    )
    target = Target(by=MatchedBy.ID, uid=UID)
    seen = match_list_to_filed(
        read_mobile_feed(cards(own), UID, None, NOW, visitor=True), profile, target
    )
    assert (seen.name, seen.platform_id, [post.repost for post in seen.posts]) == (
        "示例发布",
        UID,
        [True],
    )
    undated = match_list_to_filed(
        read_mobile_feed(cards(own | {"created_at": None}), UID, None, NOW, visitor=True),
        profile,
        target,
    )
    assert (undated.outcome, undated.name) == (Outcome.LOGIN_REQUIRED, "示例发布")


NOTHING = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}


@pytest.mark.parametrize(
    ("visitor", "outcome"), [(True, Outcome.LOGIN_REQUIRED), (False, Outcome.NO_EVIDENCE)]
)
def test_nothing_here_is_never_a_negative(visitor: bool, outcome: Outcome) -> None:
    assert outcome_of(read_mobile_profile, NOTHING, visitor=visitor) is outcome
    for statuses in (0, 7, None):
        assert outcome_of(read_mobile_feed, NOTHING, UID, statuses, NOW, visitor=visitor) is outcome
    assert outcome_of(read_mobile_feed, cards(), UID, 7, NOW, visitor=visitor) is outcome
    assert outcome_of(read_mobile_feed, cards(), UID, None, NOW, visitor=visitor) is outcome


def test_an_empty_list_means_no_posts_only_with_a_zero_count() -> None:
    assert outcome_of(read_mobile_feed, cards(), UID, 0, NOW, visitor=True) is Outcome.NO_POSTS
    assert (
        outcome_of(
            read_mobile_feed,
            {"ok": 1, "data": {"cards": [{"card_type": 58}]}},
            UID,
            0,
            NOW,
            visitor=True,
        )
        is Outcome.LOGIN_REQUIRED
    )
    assert outcome_of(read_feed, feed(), UID, 0, NOW) is Outcome.NO_POSTS
    assert outcome_of(read_feed, feed(), UID, 7, NOW) is Outcome.NO_EVIDENCE
    assert outcome_of(read_feed, feed(), UID, None, NOW) is Outcome.NO_EVIDENCE
    assert outcome_of(read_feed, feed(bottom_tips_visible=True), UID, 0, NOW) is Outcome.NO_EVIDENCE
    assert (
        outcome_of(read_feed, feed(bottom_tips_text="登录后查看更多"), UID, 0, NOW)
        is Outcome.NO_EVIDENCE
    )
    assert (
        outcome_of(read_feed, feed(bottom_tips_text="仅展示半年内微博"), UID, 7, NOW)
        is Outcome.PRIVATE
    )
    assert outcome_of(read_feed, {"ok": 1, "data": {"list": None}}, UID, 0, NOW) is Outcome.CHANGED


LIST = (item("2022-12-01T10:00"), item("2022-11-20T10:00"), item("2022-10-01T10:00"))
LIKED = item("2022-12-30T10:00", "999999999", title={"text": "赞过的微博"})
PIN = item("2019-01-01T10:00", isTop=1)
FAST = item(
    "2022-12-30T10:00",
    "999999999",
    ori_mid="1",
    screen_name_suffix_new=[{"content": "示例发布"}, {"content": " 快转了"}],
)
SINCE = at("2022-10-01T10:00")
HALF_YEAR = {"bottom_tips_visible": True, "bottom_tips_text": "博主设置了仅展示半年内的微博"}
HALF = at("2022-06-30T20:00")
_CLOCK_ZERO = 515_483_463


def numbered(when: str) -> str:
    """A number that the site gave at this moment."""
    return str((int(at(when).timestamp()) - _CLOCK_ZERO) << 22)


def fast(
    when: str,
    *,
    owner: str = "999999999",
    by: str = UID,
    ori_mid: str | None = numbered("2022-06-01T10:00"),
) -> dict[str, Any]:
    """A 快转 of a post of 2022-06-01: under its author and date, but with a number of its own."""
    suffix = [
        {"content": "示例发布", "scheme": f"sinaweibo://userinfo?uid={by}"},
        {"content": " 快转了"},
    ]
    marks = {"screen_name_suffix_new": suffix} | ({"ori_mid": ori_mid} if ori_mid else {})
    return item("2022-06-01T10:00", owner, mid=numbered(when), id=int(numbered(when)), **marks)


@pytest.mark.parametrize(
    ("items", "statuses", "data", "latest", "since"),
    [
        pytest.param(LIST, 50, {}, "2022-12-01", SINCE, id="back to the oldest on the page"),
        pytest.param(
            LIST, 3, {}, "2022-12-01", EVER, id="as many as the site counts: the whole list"
        ),
        pytest.param((PIN, *LIST), 50, {}, "2022-12-01", SINCE, id="an old pinned post first"),
        pytest.param((PIN, *LIST), 4, {}, "2022-12-01", EVER, id="a pinned post counts"),
        pytest.param(
            (item("2022-12-29T10:00", mblogtype=2), *LIST),
            50,
            {},
            "2022-12-29",
            SINCE,
            id="the pinned post is the newest",
        ),
        pytest.param((PIN,), 50, {}, "2019-01-01", None, id="only the pinned post"),
        pytest.param(
            (item("2019-01-01T10:00"), *LIST),
            50,
            {},
            "2022-12-01",
            None,
            id="not newest first: a pin without a mark",
        ),
        pytest.param(
            (LIKED, *LIST), 50, {}, "2022-12-01", SINCE, id="somebody else's post that was liked"
        ),
        pytest.param(
            (item("2022-12-30T10:00", "999999999"), *LIST),
            50,
            {},
            "2022-12-01",
            None,
            id="somebody else's post leaves a gap",
        ),
        pytest.param((FAST, *LIST), 3, {}, "2022-12-01", None, id="a fast repost leaves a gap"),
        pytest.param(
            (fast("2022-12-30T10:00"), *LIST),
            50,
            {},
            "2022-12-30",
            None,
            id="a fast repost is dated by its own number",
        ),
        pytest.param(
            (fast("2022-12-30T10:00", ori_mid=None), *LIST),
            50,
            {},
            "2022-12-30",
            None,
            id="a fast repost without ori_mid",
        ),
        pytest.param(
            (fast("2022-06-01T10:00"), *LIST),
            50,
            {},
            "2022-12-01",
            None,
            id="a fast repost under the original's number",
        ),
        pytest.param(
            (fast("2023-03-01T10:00"), *LIST),
            50,
            {},
            "2022-12-01",
            None,
            id="a fast repost numbered after the look",
        ),
        pytest.param(
            (fast("2022-12-30T10:00", by="999"), *LIST),
            50,
            {},
            "2022-12-01",
            None,
            id="somebody else's fast repost",
        ),
        pytest.param(
            (fast("2022-12-30T10:00", owner=UID), *LIST),
            50,
            {},
            "2022-12-30",
            None,
            id="a fast repost of an own post",
        ),
        pytest.param((LIKED,), 50, {}, None, None, id="nothing but likes"),
        pytest.param((FAST,), 50, {}, None, None, id="nothing but fast reposts"),
        pytest.param(
            (item("2022-12-30T10:00", visible={"type": 1}), *LIST),
            4,
            {},
            "2022-12-01",
            EVER,
            id="a post for its owner only",
        ),
        pytest.param(
            (item("2022-12-30T10:00", visible={"type": 10}), *LIST),
            50,
            {},
            "2022-12-30",
            SINCE,
            id="a post for fans",
        ),
        pytest.param(
            (LIST[0] | {"created_at": "很久以前"}, *LIST[1:]),
            50,
            {},
            "2022-11-20",
            None,
            id="an unreadable date",
        ),
        pytest.param(
            (LIST[0] | {"created_at": None}, *LIST[1:]), 3, {}, "2022-11-20", None, id="no date"
        ),
        pytest.param(
            (LIST[0] | {"created_at": 1669860000}, *LIST[1:]),
            3,
            {},
            "2022-11-20",
            None,
            id="a number for a date",
        ),
        pytest.param(
            (LIST[0] | {"user": None}, *LIST[1:]), 3, {}, "2022-11-20", None, id="nobody's post"
        ),
        pytest.param(("text", *LIST), 3, {}, "2022-12-01", None, id="no post at all"),
        pytest.param(
            (item("2023-06-01T10:00"), *LIST),
            4,
            {},
            "2022-12-01",
            None,
            id="a post from the future",
        ),
        pytest.param(
            (item("2022-12-31T20:05"), *LIST),
            50,
            {},
            "2022-12-31",
            SINCE,
            id="our clock runs behind",
        ),
        pytest.param(
            LIST,
            50,
            {"bottom_tips_visible": True},
            "2022-12-01",
            None,
            id="more posts exist than are shown",
        ),
        pytest.param(
            LIST,
            3,
            {"bottom_tips_text": "仅展示半年内微博"},
            "2022-12-01",
            HALF,
            id="half a year only",
        ),
        pytest.param(
            LIST,
            50,
            {"since_id": "", **HALF_YEAR},
            "2022-12-01",
            HALF,
            id="half a year, to its end",
        ),
        pytest.param(
            LIST,
            50,
            {"since_id": "5", **HALF_YEAR},
            "2022-12-01",
            SINCE,
            id="half a year, read in part",
        ),
        pytest.param((FAST, *LIST), 50, HALF_YEAR, "2022-12-01", None, id="half a year with a gap"),
        pytest.param(
            LIST,
            50,
            {"bottom_tips_text": "仅对粉丝展示半年内的微博"},
            "2022-12-01",
            None,
            id="half a year to some",
        ),
    ],
)
def test_what_the_desktop_list_proves(
    items: tuple[object, ...],
    statuses: int,
    data: dict[str, Any],
    latest: str | None,
    since: datetime | None,
) -> None:
    seen = read_feed(feed(*items, **data), UID, statuses, NOW)
    newest = max((post.on for post in seen.posts), default=None)
    assert (newest and newest.isoformat(), seen.complete_since) == (latest, since)
    assert (seen.outcome is Outcome.OK) == bool(seen.posts)


@pytest.mark.parametrize(
    ("items", "statuses"),
    [
        ((item("2022-12-30T10:00", "999999999"),), 7),
        ((item("2022-12-30T10:00", "999999999"),) * 3, 0),
    ],
)
def test_a_list_without_an_own_item_is_another_accounts(
    items: tuple[object, ...], statuses: int
) -> None:
    with pytest.raises(Changed, match="none of uid"):
        read_feed(feed(*items), UID, statuses, NOW)
    with pytest.raises(Changed, match="none of uid"):
        read_mobile_feed(cards(*items), UID, statuses, NOW, visitor=True)


def test_the_mobile_list_is_a_lower_bound_whatever_it_shows() -> None:
    payload = cards(PIN, LIST[0], cardlistInfo={"containerid": f"107603{UID}"})
    payload["data"]["cards"] += [
        {"card_type": 11, "card_group": [{"card_type": 9, "mblog": LIST[1]}]},
        {"card_type": 4},
    ]
    seen = read_mobile_feed(payload, UID, 3, NOW, visitor=False)
    assert [(post.on, post.pinned) for post in seen.posts] == [
        (date(2019, 1, 1), True),
        (date(2022, 12, 1), False),
        (date(2022, 11, 20), False),
    ]
    assert seen.complete_since is None
    payload["data"]["cardlistInfo"]["containerid"] = "1076035999999999"
    with pytest.raises(Changed, match="another account"):
        read_mobile_feed(payload, UID, 3, NOW, visitor=False)


def test_a_repost_keeps_its_own_date_not_the_originals_words() -> None:
    original = item("2016-01-01T10:00", "999999999") | {
        "user": None,
        "text": CLOSED,
        "visible": {"type": 1},
    }
    (post,) = read_feed(
        feed(item("2022-12-01T10:00", retweeted_status=original)), UID, 9, NOW
    ).posts
    assert (post.on, post.repost, post.link) == (
        date(2022, 12, 1),
        True,
        f"https://weibo.com/{UID}/R202212011000",
    )


@pytest.mark.parametrize(
    ("shown", "on"),
    [
        ("刚刚", "2022-12-31"),
        ("昨天 08:11", "2022-12-30"),
        ("11-20", "2022-11-20"),
        ("2020-01-02", "2020-01-02"),
    ],
)
def test_dates_as_they_were_printed_before_2021(shown: str, on: str) -> None:
    (post,) = read_mobile_feed(
        cards(LIST[0] | {"created_at": shown}), UID, 9, NOW, visitor=True
    ).posts
    assert post.on.isoformat() == on


@pytest.mark.parametrize(
    "mark",
    [
        {"isTop": 1},
        {"mblogtype": 2},
        {"title": {"text": "置顶"}},
        {"profile_type_id": "proweibotop_x"},
    ],
)
def test_each_mark_of_a_pinned_post_will_do(mark: dict[str, Any]) -> None:
    assert [post.pinned for post in read_feed(feed(LIST[0] | mark), UID, 9, NOW).posts] == [True]


@pytest.mark.parametrize(
    "mark",
    [
        {"mblogtype": 1},
        {"title": {"text": "热门"}},
        {"isTop": 0},
        {"screen_name_suffix_new": [{"content": "快转"}]},
    ],
)
def test_other_marks_are_harmless(mark: dict[str, Any]) -> None:
    assert [post.pinned for post in read_feed(feed(LIST[0] | mark), UID, 9, NOW).posts] == [False]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12, unique=True), st.integers(0, 20))
def test_a_list_never_claims_more_than_it_shows(days: list[int], more: int) -> None:
    """Newest first it reaches back to its oldest post; in every other order it proves no gap."""
    when = [NOW - timedelta(days=back, hours=1) for back in days]
    items = [item(each.strftime("%Y-%m-%dT%H:%M")) for each in when]
    seen = read_feed(feed(*items), UID, len(items) + 1 + more, NOW)
    assert {post.at for post in seen.posts} == {each.replace(second=0) for each in when}
    assert seen.complete_since == (min(when) if when == sorted(when, reverse=True) else None)


@pytest.mark.parametrize(
    ("url", "status", "text", "outcome"),
    [
        ("https://visit.sina.cn/check", 200, "", Outcome.CAPTCHA),
        ("https://m.weibo.cn/u/1", 200, "请输入验证码", Outcome.CAPTCHA),
        (
            "https://visitor.passport.weibo.cn/visitor/visitor?url=x",
            200,
            "",
            Outcome.LOGIN_REQUIRED,
        ),
        ("https://weibo.com/u/1", 200, "Sina Visitor System\n", Outcome.LOGIN_REQUIRED),
        ("https://login.sina.com.cn/sso", 200, "", Outcome.LOGIN_REQUIRED),
        ("https://weibo.com/signup.php", 200, "", Outcome.LOGIN_REQUIRED),
        (
            "https://weibo.com/newlogin?url=https%3A%2F%2Fweibo.com%2Fu%2F1",
            200,
            "",
            Outcome.LOGIN_REQUIRED,
        ),
        ("https://passport.weibo.cn/anything", 200, "", Outcome.LOGIN_REQUIRED),
        ("https://m.weibo.cn/account/sign-in?r=x", 200, "", Outcome.LOGIN_REQUIRED),
        ("https://weibo.com/u/1?back=https%3A%2F%2Fweibo.com%2Flogin.php", 200, "", None),
        ("https://weibo.com/n/loginhelp", 200, "", None),
        ("https://weibo.com/u/1", 414, "", Outcome.RATE_LIMITED),
        (
            "https://weibo.com/u/1",
            200,
            "访问过于频繁，请稍等再试！（错误码：414）",
            Outcome.RATE_LIMITED,
        ),
        ("https://m.weibo.cn/u/1", 432, "", Outcome.RATE_LIMITED),
        ("https://m.weibo.cn/u/1", 502, "", Outcome.UNREACHABLE),
        ("https://m.weibo.cn/u/1", 200, "微博", None),
    ],
)
def test_walls(url: str, status: int, text: str, outcome: Outcome | None) -> None:
    met = wall(url, status, text)
    assert (met.outcome if met else None) is outcome


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (432, "", Outcome.RATE_LIMITED),
        (418, "", Outcome.RATE_LIMITED),
        (200, "", Outcome.RATE_LIMITED),
        (200, "<html>访问过于频繁，请稍等再试！</html>", Outcome.RATE_LIMITED),
        (200, "<title>Sina Visitor System</title>", Outcome.LOGIN_REQUIRED),
        (200, "<html>", Outcome.CHANGED),
        (200, '{"ok": 1, "data": {', Outcome.CHANGED),
        (503, '{"ok": 1}', Outcome.UNREACHABLE),
    ],
)
def test_what_comes_in_place_of_json(status: int, body: str, outcome: Outcome) -> None:
    reply = Reply("https://weibo.com/ajax/profile/info?uid=1", status, "text/html", body.encode())
    assert outcome_of(payload_of, reply) is outcome


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://weibo.com/u/5000000001?is_all=1", Target(by=MatchedBy.URL, uid=UID)),
        ("weibo.com/5000000001", Target(by=MatchedBy.URL, uid=UID)),
        ("https://weibo.com/5000000001/Kjc77D1jz", Target(by=MatchedBy.URL, uid=UID)),
        ("https://weibo.com/p/1001065000000001/home", Target(by=MatchedBy.URL, uid=UID)),
        ("https://m.weibo.cn/u/5000000001", Target(by=MatchedBy.URL, uid=UID)),
        ("https://m.weibo.cn/profile/5000000001", Target(by=MatchedBy.URL, uid=UID)),
        ("我们的微博：https://weibo.com/u/5000000001，欢迎关注", Target(by=MatchedBy.URL, uid=UID)),
        (
            "https://weibo.com/n/%E7%A4%BA%E4%BE%8B%E5%8F%91%E5%B8%83",
            Target(by=MatchedBy.NAME, name="示例发布"),
        ),
        ("https://weibo.com/shilifabu", Target(by=MatchedBy.URL, custom="shilifabu")),
        ("http://t.cn/A6shili", Target(by=MatchedBy.URL, short="http://t.cn/A6shili")),
        ("https://weibo.com/home", None),
        ("https://m.weibo.cn/status/4455061574402587", None),
        ("https://weibo.com", None),
        ("https://notweibo.com/u/5000000001", None),
        ("https://weibo.com.example.com/u/5000000001", None),
        ("https://weibo.com/u/2011407884587", None),
        ("", None),
    ],
)
def test_addresses(url: str, target: Target | None) -> None:
    assert target_in(link_in(url)) == target


def filed(**values: str) -> Filing:
    return Filing(**{"name": "示例发布", "platform": "weibo", **values})


def test_the_strongest_ground_is_taken() -> None:
    link = "https://weibo.com/u/5000000002"
    assert target_of(filed(platform_id=UID, url="https://weibo.com/shilifabu")) == Target(
        by=MatchedBy.ID, uid=UID
    )
    assert target_of(filed(platform_id="shilifabu", url=link)) == Target(
        by=MatchedBy.URL, uid="5000000002"
    )
    assert target_of(filed()) == Target(by=MatchedBy.NAME, name="示例发布")
    with pytest.raises(NoEvidence, match="5000000002"):
        target_of(filed(platform_id=UID, url=link))
    with pytest.raises(NoEvidence):
        target_of(filed(name=" "))


SEEN = Profile(
    seen=PayloadFacts(name="示例发布", platform_id=UID, verified_as="示例市第一测试局官方微博"),
    domain="shilifabu",
)


@pytest.mark.parametrize(
    ("target", "profile", "outcome"),
    [
        (Target(by=MatchedBy.ID, uid=UID), SEEN, Outcome.OK),
        (Target(by=MatchedBy.ID, uid="5000000002"), SEEN, Outcome.CHANGED),
        (Target(by=MatchedBy.URL, custom="ShiliFabu"), SEEN, Outcome.OK),
        (Target(by=MatchedBy.URL, custom="other"), SEEN, Outcome.CHANGED),
        (Target(by=MatchedBy.NAME, name="示例 发布"), SEEN, Outcome.OK),
        (Target(by=MatchedBy.NAME, name="示例发布厅"), SEEN, Outcome.NO_EVIDENCE),
        (
            Target(by=MatchedBy.ID, uid=UID),
            Profile(seen=PayloadFacts(outcome=Outcome.NOT_FOUND)),
            Outcome.NOT_FOUND,
        ),
        (
            Target(by=MatchedBy.URL, uid=UID),
            Profile(seen=PayloadFacts(outcome=Outcome.NOT_FOUND)),
            Outcome.NOT_FOUND,
        ),
        (
            Target(by=MatchedBy.URL, custom="other"),
            Profile(seen=PayloadFacts(outcome=Outcome.NOT_FOUND)),
            Outcome.NO_EVIDENCE,
        ),
        (
            Target(by=MatchedBy.URL, custom="other"),
            Profile(seen=PayloadFacts(outcome=Outcome.CANCELLED)),
            Outcome.CANCELLED,
        ),
        (
            Target(by=MatchedBy.NAME, name="示例发布"),
            Profile(seen=PayloadFacts(outcome=Outcome.NOT_FOUND)),
            Outcome.NO_EVIDENCE,
        ),
        (
            Target(by=MatchedBy.NAME, name="示例发布"),
            Profile(seen=PayloadFacts(outcome=Outcome.BANNED)),
            Outcome.NO_EVIDENCE,
        ),
        (
            Target(by=MatchedBy.NAME, name="示例发布", uid=UID),
            Profile(seen=PayloadFacts(outcome=Outcome.NO_POSTS)),
            Outcome.NO_EVIDENCE,
        ),
    ],
)
def test_whose_facts_they_are(target: Target, profile: Profile, outcome: Outcome) -> None:
    assert outcome_of(match_to_filed, profile, target) is outcome
    if outcome is not Outcome.CHANGED and outcome is not Outcome.NO_EVIDENCE:
        assert match_to_filed(profile, target).matched_by is target.by


@pytest.mark.parametrize(
    ("name", "seen", "borne"),
    [
        ("示例发布", PayloadFacts(name="示例发布", platform_id=UID), "示例发布"),
        ("示例旧名", PayloadFacts(name="示例发布", platform_id=UID), "示例发布"),
        ("示例发布", PayloadFacts(outcome=Outcome.BANNED), "示例发布"),
        ("示例发布", PayloadFacts(outcome=Outcome.NO_POSTS), "示例发布"),
        ("示例发布", PayloadFacts(outcome=Outcome.NOT_FOUND), ""),
    ],
    ids=["certified as another body", "another name", "banned", "empty", "nobody"],
)
def test_a_page_of_the_name_shows_that_it_is_borne(
    name: str, seen: PayloadFacts, borne: str
) -> None:
    seen = replace(seen, verified_as="示例市融媒体中心")
    target = Target(by=MatchedBy.NAME, name=name)
    account = filed(organiser="示例市第一测试局")

    def take() -> None:
        match_to_filed(Profile(seen=seen), target)
        refuse_other_body(seen, target, account)

    with pytest.raises(NoEvidence) as refused:
        take()
    assert refused.value.name == borne


@pytest.mark.parametrize(
    ("by", "organiser", "enough"),
    [
        (MatchedBy.ID, "", True),
        (MatchedBy.URL, "别的单位", True),
        (MatchedBy.NAME, "示例市第一测试局", True),
        (MatchedBy.NAME, "示例市第二测试局", False),
        (MatchedBy.NAME, "", False),
    ],
)
def test_a_name_alone_proves_no_gap(by: MatchedBy, organiser: str, enough: bool) -> None:
    assert is_surely_filed(SEEN, Target(by=by), filed(organiser=organiser)) is enough


def test_addresses_open_the_account_itself() -> None:
    assert (
        Target(by=MatchedBy.NAME, name="示例/发布").page("https://m.weibo.cn")
        == "https://m.weibo.cn/n/%E7%A4%BA%E4%BE%8B%2F%E5%8F%91%E5%B8%83"
    )
    assert (
        urlsplit(Target(by=MatchedBy.URL, custom="shilifabu").page("https://m.weibo.cn")).hostname
        == "weibo.com"
    )


# the number of a post


def mid(when: str) -> str:
    return str((int(at(when).timestamp()) - 515_483_463 << 22) + 4_000_001)


@pytest.mark.parametrize(
    ("number", "year"),
    [
        (mid("2022-12-01T10:00"), 2022),
        ("202212011000", None),
        ("", None),
        ("R1", None),
        ("9" * 25, None),
    ],
)
def test_a_number_tells_its_moment_or_nothing(number: str, year: int | None) -> None:
    moment = moment_of_number(number)
    assert (moment and moment.year) == year


@pytest.mark.parametrize(
    ("numbered", "latest", "since", "note"),
    [
        pytest.param("2022-12-01T10:00", "2022-12-01", SINCE, "", id="it agrees"),
        pytest.param("2022-12-01T10:04", "2022-12-01", SINCE, "", id="within minutes"),
        pytest.param(
            "2022-11-30T18:00", "2022-12-01", SINCE, "scheduled", id="numbered before it appeared"
        ),
        pytest.param(
            "2022-12-01T10:06",
            "2022-11-20",
            None,
            "before its number",
            id="dated before it was numbered",
        ),
        pytest.param("2022-12-20T10:00", "2022-11-20", None, "before its number", id="long before"),
    ],
)
def test_a_date_that_its_number_contradicts_does_not_count(
    numbered: str, latest: str, since: datetime | None, note: str
) -> None:
    items = (LIST[0] | {"mid": mid(numbered)}, *LIST[1:])
    seen = read_feed(feed(*items), UID, 50, NOW)
    assert (max(post.on for post in seen.posts).isoformat(), seen.complete_since) == (latest, since)
    assert note in seen.detail
    assert bool(seen.detail) == bool(note)


@given(st.integers(0, 400 * 86_400), st.integers(-3 * 86_400, 3 * 86_400))
def test_no_date_before_its_number_ever_counts(back: int, off: int) -> None:
    printed_at = (NOW - timedelta(seconds=back)).replace(microsecond=0)
    number = str(int(printed_at.timestamp()) + off - 515_483_463 << 22)
    own = {
        "id": int(number),
        "mid": number,
        "created_at": printed(printed_at),
        "user": {"id": int(UID)},
    }
    seen = read_feed(feed(own), UID, 9, NOW)
    assert bool(seen.posts) == (off <= 300)
    assert (seen.complete_since is None) == (off > 300)


def test_a_date_without_a_time_is_not_held_against_its_number() -> None:
    (post,) = read_mobile_feed(
        cards(LIST[0] | {"created_at": "11-20", "mid": mid("2022-12-01T10:00")}),
        UID,
        9,
        NOW,
        visitor=True,
    ).posts
    assert post.on == date(2022, 11, 20)


# further pages


@pytest.mark.parametrize(
    ("payload", "more"),
    [
        (feed(LIKED), True),
        (feed(FAST, LIKED), True),
        (feed(LIST[0] | {"created_at": "?"}), True),
        (feed(LIKED, LIST[0]), False),
        (feed(PIN), False),
        (feed(), False),
        (cards(LIKED), True),
        (cards(), False),
        (NOTHING, False),
        ({"ok": -100}, False),
        (None, False),
    ],
)
def test_a_page_without_an_own_date_leads_on(payload: object, more: bool) -> None:
    assert leads_on(payload, UID, NOW) is more


def test_two_pages_are_one_list() -> None:
    both = read_feed(
        join_pages(feed(LIKED, bottom_tips_text="仅对粉丝展示更多"), feed(*LIST)), UID, 9, NOW
    )
    assert (len(both.posts), both.complete_since) == (3, None)
    assert read_feed(join_pages(feed(LIKED), feed(*LIST)), UID, 9, NOW).complete_since == SINCE
    first = cards(LIKED, cardlistInfo={"containerid": f"107603{UID}"})
    assert (
        len(read_mobile_feed(join_pages(first, cards(*LIST)), UID, 9, NOW, visitor=True).posts) == 3
    )
    assert join_pages(first, NOTHING) is NOTHING


# the name search


def shown(*hits: dict[str, Any], login: str = "1", nobody: str = "") -> dict[str, Any]:
    return {"login": login, "title": "微博搜索", "nobody": nobody, "hits": list(hits)}


def hit(
    name: str = "示例发布", uid: str = UID, link: str = f"https://weibo.com/u/{UID}", text: str = ""
) -> dict[str, Any]:
    return {"name": name, "uid": uid, "link": link, "text": text}


NOBODY = "抱歉，未找到“示例发布”相关结果。"


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (shown(nobody=NOBODY, login="0"), Outcome.LOGIN_REQUIRED),
        (shown(nobody=NOBODY, login=""), Outcome.LOGIN_REQUIRED),
        (shown(hit(), login="0"), Outcome.LOGIN_REQUIRED),
        (shown(), Outcome.CHANGED),
        (shown(nobody="抱歉，未找到“别的名称”相关结果。"), Outcome.CHANGED),
        (shown(nobody="示例发布：系统繁忙"), Outcome.CHANGED),
        (shown(hit(name="")), Outcome.CHANGED),
        (shown(hit(uid="", link="https://weibo.com/hot")), Outcome.CHANGED),
        (shown(hit(uid="5000000002")), Outcome.CHANGED),
        ({"login": "1"}, Outcome.CHANGED),
        (None, Outcome.CHANGED),
    ],
)
def test_what_is_no_result_of_a_search(page: object, outcome: Outcome) -> None:
    page = page | {"title": "微博搜索"} if isinstance(page, dict) else page
    with pytest.raises(Failure) as met:
        read_search(page, "示例发布")
    assert met.value.outcome is outcome


def test_results_of_a_search() -> None:
    found = read_search(
        shown(
            hit(text="示例\n微博认证：示例市第一测试局官方微博\n简介：无"), hit(name="别的", uid="")
        ),
        "示例发布",
    )
    assert [(each.id, each.name, each.certified) for each in found.hits] == [
        (UID, "示例发布", "示例市第一测试局官方微博"),
        (UID, "别的", ""),
    ]
    assert read_search(shown(nobody=NOBODY), "示例发布").nobody == NOBODY
    # Below that word stand recommendations: then it is no plain word any more.
    assert read_search(shown(hit(name="别的"), nobody=NOBODY), "示例发布").nobody == ""

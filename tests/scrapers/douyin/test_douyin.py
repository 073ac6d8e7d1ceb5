"""What Douyin's replies and pages are read as, and whose they are taken for.

Composed payloads; recorded ones stand in the cases.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.domain import (
    Attestation,
    Changed,
    Failure,
    Filing,
    InteractionSeen,
    MatchedBy,
    Outcome,
    PostKind,
    RateLimited,
)
from mediawatch.domain.clock import BEIJING, EVER
from scrapers.browser.pool import Reply
from scrapers.douyin.identity import Target, sec_uid_in, target_of
from scrapers.douyin.pages import payload_of, wall_at
from scrapers.douyin.posts import ListRequest, next_cursor, older_cursor, read_posts
from scrapers.douyin.profile_visit import page_at
from scrapers.douyin.replies import (
    is_captcha,
    is_challenge,
    read_profile,
    read_records,
    read_search,
    read_sign,
    read_words,
)
from scrapers.urls import link_in

NOW = datetime(2022, 12, 31, 20, 0, tzinfo=BEIJING)
SEC, OTHER = "MS4wLjABAAAA" + "d" * 43, "MS4wLjABAAAA" + "e" * 43


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp())


def work(when: str, **more: Any) -> dict[str, Any]:
    return {
        "aweme_id": str(epoch(when) << 32),
        "create_time": epoch(when),
        "is_top": 0,
        "aweme_type": 0,
        "images": None,
    } | more


def works(*items: object, **data: Any) -> dict[str, Any]:
    return {
        "status_code": 0,
        "aweme_list": list(items),
        "has_more": 0,
        "max_cursor": 0,
        "request_item_cursor": 0,
    } | data


def called(**user: Any) -> dict[str, Any]:
    return {
        "status_code": 0,
        "user": {"sec_uid": SEC, "nickname": "示例发布", "aweme_count": 9} | user,
    }


def read(
    payload: object,
    count: int | None = 9,
    *,
    known: bool = True,
    visitor: bool = False,
    first: bool = True,
) -> Any:
    return read_posts(payload, count, NOW, ListRequest(known=known, visitor=visitor, first=first))


def outcome_of(call: Any, *args: Any, **more: Any) -> Outcome | None:
    try:
        got = call(*args, **more)
    except Failure as failure:
        return failure.outcome
    if got is None:
        return None
    seen = getattr(got, "seen", got)
    assert seen.outcome.about_us or seen.outcome in Outcome
    return Outcome(seen.outcome)


REPLIES = [
    ({"status_code": 0, "verify_ticket": "x", "aweme_list": []}, Outcome.CAPTCHA),
    (
        {"status_code": 0, "data": [], "search_nil_info": {"search_nil_type": "verify_check"}},
        Outcome.CAPTCHA,
    ),
    ({"status_code": 10000, "verify_center_decision_conf": "{}"}, Outcome.CAPTCHA),
    ({"status_code": 4, "status_msg": "啊哦，服务器打瞌睡了"}, Outcome.RATE_LIMITED),
    ({"status_code": 2483, "status_msg": "请先登录，再继续搜索吧"}, Outcome.LOGIN_REQUIRED),
    ({"status_code": 8, "status_msg": "用户未登录"}, Outcome.LOGIN_REQUIRED),
    ([], Outcome.CHANGED),
    ({}, Outcome.CHANGED),
    ({"aweme_list": [], "user": {}}, Outcome.CHANGED),
]


@pytest.mark.parametrize(("payload", "outcome"), REPLIES)
def test_replies_about_us_are_read_alike_everywhere(payload: object, outcome: Outcome) -> None:
    assert outcome_of(read_profile, payload, SEC) is outcome
    assert outcome_of(read, payload) is outcome


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        (called(), Outcome.OK),
        (called(sec_uid=OTHER), Outcome.CHANGED),
        ({"status_code": 0, "user": {"nickname": "示例发布"}}, Outcome.CHANGED),
        ({"status_code": 2190, "status_msg": "用户不存在"}, None),
        ({"status_code": 0, "user": None}, None),
        ({"status_code": 8, "status_msg": "别的话"}, None),
        (
            called(special_state_info={"special_state": 1, "title": "账号已注销", "content": ""}),
            Outcome.CANCELLED,
        ),
        (called(special_state_info='{"title": "该用户账号已被封禁"}'), Outcome.BANNED),
        (called(special_state_info={"title": "", "content": "私密账号"}), Outcome.PRIVATE),
        (
            called(special_state_info={"special_state": 1, "title": "账号申请注销中"}),
            Outcome.CHANGED,
        ),
        (called(special_state_info={"title": "该账号直播功能被封禁"}), Outcome.CHANGED),
        (called(special_state_info={"special_state": 1}), Outcome.OK),
        (called(special_state_info={"special_state": 1}, user_deleted=True), Outcome.CANCELLED),
        (called(special_state=1, user_deleted=True), Outcome.CANCELLED),
        (called(special_state=1), Outcome.OK),
        (called(user_deleted=True), Outcome.OK),
        (called(user_canceled=True), Outcome.CANCELLED),
        (
            called(punish_remind_info={"ban_type": 1, "punish_title": "账号已被封禁"}),
            Outcome.BANNED,
        ),
        (called(punish_remind_info={"punish_title": "帐号已被永久封禁"}), Outcome.BANNED),
        (called(punish_remind_info={"punish_title": "该用户已被账号冻结"}), Outcome.BANNED),
        (
            called(punish_remind_info={"ban_type": 2, "punish_title": "账号被封禁功能说明"}),
            Outcome.OK,
        ),
        (
            called(punish_remind_info={"ban_type": 2, "punish_title": "该用户被禁止关注"}),
            Outcome.OK,
        ),
        (called(is_ban=True), Outcome.OK),
        (called(secret=1), Outcome.PRIVATE),
        (called(secret=0, special_state_info=None, punish_remind_info="$undefined"), Outcome.OK),
    ],
)
def test_the_profile(payload: object, outcome: Outcome | None) -> None:
    assert outcome_of(read_profile, payload, SEC) is outcome


def test_a_profile_says_name_id_and_count() -> None:
    profile = read_profile(called(account_cert_info='{"label_text": "示例市第一测试局"}'), SEC)
    assert profile is not None
    seen = profile.seen
    assert (seen.name, seen.platform_id, seen.verified_as, profile.works) == (
        "示例发布",
        SEC,
        "示例市第一测试局",
        9,
    )


def test_a_profile_without_a_name_is_read_and_marked_odd() -> None:
    profile = read_profile(called(nickname=""), SEC)
    assert profile is not None
    assert (profile.seen.name, profile.seen.platform_id, profile.works, profile.seen.outcome) == (
        "",
        SEC,
        9,
        Outcome.OK,
    )
    assert "without nickname" in profile.odd


@pytest.mark.parametrize("nickname", ["账号已注销", "已重置", "该用户已注销"])
def test_a_placeholder_is_neither_name_nor_end(nickname: str) -> None:
    profile = read_profile(called(nickname=nickname), SEC)
    assert profile is not None
    assert (profile.seen.outcome, profile.seen.name) == (Outcome.OK, "")
    assert nickname in profile.seen.detail


def chunk(number: str, props: object) -> str:
    return (
        "self.__pace_f.push([1,"
        f"{json.dumps(f'{number}:' + json.dumps(['$', '$La', None, props], ensure_ascii=False))}])"
    )


def document(*chunks: str, login: object = False, **app: Any) -> str:
    data = {"app": {"user": {"isLogin": login, "statusCode": 8}} | app}
    scripts = "".join(f"<script>{each}</script>" for each in chunks)
    return (
        '<script id="RENDER_DATA" '
        f'type="application/json">{quote(json.dumps(data))}</script>{scripts}'
    )


RECORD = {
    "statusCode": 0,
    "logPb": {},
    "user": {
        "secUid": SEC,
        "nickname": '示例"发布"',
        "awemeCount": 3,
        "punishRemindInfo": "$undefined",
    },
}
VIEWER = {"user": {"info": {"secUid": SEC, "nickname": "操作员"}}}


@pytest.mark.parametrize("number", ["8", "1f"])
def test_server_records(number: str) -> None:
    html = document(
        chunk("7", VIEWER),
        chunk("6", {"user": {"user": {"secUid": OTHER}}}),
        chunk(number, {"user": RECORD, "post": None}),
    )
    profile = read_records(html, SEC)
    assert profile is not None
    assert (profile.seen.name, profile.seen.outcome, profile.works) == ('示例"发布"', Outcome.OK, 3)


def test_a_record_cut_into_two_chunks() -> None:
    whole = chunk("8", {"user": RECORD})
    text = json.loads(whole[whole.index("[") : whole.rindex("]") + 1])[1]
    halves = (f"self.__pace_f.push([1,{json.dumps(part)}])" for part in (text[:90], text[90:]))
    assert (
        read_records(document("(self.__pace_f=self.__pace_f||[]).push([0])", *halves), SEC)
        is not None
    )


@pytest.mark.parametrize(
    "html",
    [
        "",
        document(chunk("7", VIEWER)),
        document(chunk("8", {"user": RECORD})[:-30]),
        "self.__pace_f.push([1])",
    ],
)
def test_no_record_is_no_word(html: str) -> None:
    assert read_records(html, SEC) is None


@pytest.mark.parametrize(
    ("html", "sign"),
    [
        (document(login=True), True),
        (document(login=False), False),
        (document(login=True, odin={"not_exist_login_cookie": False}), True),
        (document(login=True, odin={"not_exist_login_cookie": True}), False),
        (document(login="yes"), None),
        ('<script id="RENDER_DATA">%7B</script>', None),
        ("", None),
        ('<script>localStorage.setItem("HasUserLogin", "1")</script>', None),
    ],
)
def test_the_sites_own_sign_of_the_login(html: str, sign: bool | None) -> None:
    assert read_sign(html) is sign


LIST = (work("2022-12-01T10:00"), work("2022-11-20T10:00"), work("2022-10-01T10:00"))
SINCE = datetime(2022, 10, 1, 10, 0, tzinfo=BEIJING)
PINS = (
    work("2019-01-01T10:00", is_top=1),
    work("2021-01-01T10:00", is_top=1),
    work("2020-01-01T10:00", is_top=1),
)
TOGETHER = work(
    "2022-12-30T10:00", author={"sec_uid": OTHER}, cooperation_info={"co_creator_nums": 2}
)


def status(**more: Any) -> dict[str, Any]:
    return {
        "is_delete": False,
        "is_prohibited": False,
        "in_reviewing": False,
        "private_status": 0,
        "part_see": 0,
    } | more


@pytest.mark.parametrize(
    ("items", "count", "data", "latest", "since"),
    [
        pytest.param(
            LIST, 50, {"has_more": 1}, "2022-12-01", SINCE, id="back to the oldest on the page"
        ),
        pytest.param(LIST, 50, {}, "2022-12-01", SINCE, id="the end, but fewer than counted"),
        pytest.param(LIST, 3, {}, "2022-12-01", EVER, id="the end, all that are counted"),
        pytest.param(
            LIST, 3, {"has_more": 1}, "2022-12-01", SINCE, id="as many as counted, but more to come"
        ),
        pytest.param(
            (*PINS, *LIST),
            50,
            {"has_more": 1},
            "2022-12-01",
            SINCE,
            id="three pinned first, in no order",
        ),
        pytest.param(PINS, 50, {"has_more": 1}, "2021-01-01", None, id="only pinned works"),
        pytest.param(
            (TOGETHER, *LIST),
            50,
            {},
            "2022-12-30",
            SINCE,
            id="made together: another author, still this account's",
        ),
        pytest.param(
            (work("2022-12-30T10:00", aweme_type=999), *LIST),
            50,
            {},
            "2022-12-30",
            SINCE,
            id="an unknown kind of work",
        ),
        pytest.param(tuple(reversed(LIST)), 50, {}, "2022-12-01", None, id="not newest first"),
        pytest.param(
            (work("2022-12-30T10:00", status=status(is_delete=True)), *LIST),
            4,
            {},
            "2022-12-01",
            EVER,
            id="deleted",
        ),
        pytest.param(
            (work("2022-12-30T10:00", status=status(private_status=1)), *LIST),
            50,
            {},
            "2022-12-01",
            SINCE,
            id="for its owner only",
        ),
        pytest.param(
            (work("2022-12-30T10:00", status=status(private_status=2)), *LIST),
            50,
            {},
            "2022-12-01",
            None,
            id="for friends",
        ),
        pytest.param(
            (work("2022-12-30T10:00", status=status(part_see=1)), *LIST),
            50,
            {},
            "2022-12-01",
            None,
            id="for some",
        ),
        pytest.param(
            (LIST[0] | {"create_time": epoch("2022-12-01T10:00") * 1000}, *LIST[1:]),
            50,
            {},
            "2022-11-20",
            None,
            id="milliseconds",
        ),
        pytest.param(
            (LIST[0] | {"create_time": 0}, *LIST[1:]), 3, {}, "2022-11-20", None, id="zero"
        ),
        pytest.param(
            (LIST[0] | {"create_time": None}, *LIST[1:]), 3, {}, "2022-11-20", None, id="no date"
        ),
        pytest.param(
            (LIST[0] | {"create_time": epoch("2015-01-01T10:00")}, *LIST[1:]),
            3,
            {},
            "2022-11-20",
            None,
            id="before the site was",
        ),
        pytest.param(
            (work("2023-06-01T10:00"), *LIST), 4, {}, "2022-12-01", None, id="from the future"
        ),
        pytest.param((None, *LIST), 3, {}, "2022-12-01", None, id="no work at all"),
        pytest.param(
            LIST,
            3,
            {"not_login_module": {"guide_login_tip_exist": True}},
            "2022-12-01",
            None,
            id="an invitation to log in",
        ),
        pytest.param(
            LIST,
            3,
            {"not_login_module": {"guide_login_tip_exist": False}},
            "2022-12-01",
            EVER,
            id="no invitation",
        ),
        pytest.param(
            LIST, 50, {"request_item_cursor": 1671000000000}, "2022-12-01", None, id="a later page"
        ),
        pytest.param(
            (work("2022-12-30T10:00", status=status(in_reviewing=True)),),
            1,
            {},
            None,
            None,
            id="nothing that counts",
        ),
    ],
)
def test_what_the_list_proves_to_the_operator(
    items: tuple[object, ...],
    count: int,
    data: dict[str, Any],
    latest: str | None,
    since: datetime | None,
) -> None:
    seen = read(works(*items, **data), count)
    newest = max((post.on for post in seen.posts), default=None)
    assert (newest and newest.isoformat(), seen.complete_since) == (latest, since)
    assert (seen.outcome is Outcome.OK) == bool(seen.posts)
    assert read(works(*items, **data), count, known=False).complete_since is None


@pytest.mark.parametrize(
    ("payload", "count", "to_visitor", "to_operator"),
    [
        (works(), 0, Outcome.NO_POSTS, Outcome.NO_POSTS),
        (works(), 9, Outcome.LOGIN_REQUIRED, Outcome.RATE_LIMITED),
        (works(), None, Outcome.LOGIN_REQUIRED, Outcome.RATE_LIMITED),
        (
            works(not_login_module={"guide_login_tip_exist": True}),
            0,
            Outcome.LOGIN_REQUIRED,
            Outcome.LOGIN_REQUIRED,
        ),
        (works(has_more=1), 0, Outcome.NO_EVIDENCE, Outcome.NO_EVIDENCE),
        (works(has_more="1"), 9, Outcome.NO_EVIDENCE, Outcome.NO_EVIDENCE),
        (
            works(has_more=True, not_login_module={"guide_login_tip_exist": True}),
            9,
            Outcome.LOGIN_REQUIRED,
            Outcome.LOGIN_REQUIRED,
        ),
        (works(has_more="0"), 0, Outcome.NO_POSTS, Outcome.NO_POSTS),
        (works(has_more=False), 0, Outcome.NO_POSTS, Outcome.NO_POSTS),
        (works(has_more=None), 0, Outcome.LOGIN_REQUIRED, Outcome.RATE_LIMITED),
        (works() | {"aweme_list": None}, 0, Outcome.LOGIN_REQUIRED, Outcome.RATE_LIMITED),
        (works() | {"aweme_list": None}, 9, Outcome.LOGIN_REQUIRED, Outcome.RATE_LIMITED),
        ({"status_code": 0}, 0, Outcome.CHANGED, Outcome.CHANGED),
        ({"status_code": 5, "aweme_list": []}, 0, Outcome.CHANGED, Outcome.CHANGED),
    ],
)
def test_emptiness_must_be_proved(
    payload: object, count: int | None, to_visitor: Outcome, to_operator: Outcome
) -> None:
    assert outcome_of(read, payload, count, known=False, visitor=True) is to_visitor
    assert outcome_of(read, payload, count) is to_operator


def test_a_later_page_proves_no_emptiness_and_no_gap() -> None:
    with pytest.raises(RateLimited):
        read(works(), 0, first=False)
    assert read(works(*LIST), 3, first=False).complete_since is None


@pytest.mark.parametrize(
    ("payload", "cursor"),
    [
        (works(has_more=1, max_cursor=5), 5),
        (works(has_more=True, max_cursor=5), 5),
        (works(has_more="1", max_cursor=5), 5),
        (works(has_more="0", max_cursor=5), None),
        (works(has_more=1), None),
        (works(max_cursor=5), None),
        (works(*LIST, has_more=1, max_cursor=5), None),
        (works(has_more=1, max_cursor=5) | {"aweme_list": None}, None),
        ([], None),
    ],
)
def test_an_empty_page_that_promises_more_is_followed(payload: object, cursor: int | None) -> None:
    assert next_cursor(payload) == cursor


def test_a_further_page_is_asked_without_the_first_signature() -> None:
    signed = f"https://www.douyin.com/aweme/v1/web/aweme/post/?sec_user_id={SEC}&max_cursor=0&count=18&msToken=x&a_bogus=y"
    assert (
        page_at(signed, 7)
        == f"https://www.douyin.com/aweme/v1/web/aweme/post/?sec_user_id={SEC}&max_cursor=7&count=18"
    )


def test_the_months_of_a_list_are_noted() -> None:
    assert "time_list ['2022-12']" in read(works(*LIST, time_list=["2022-12"])).detail


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("用户不存在", Outcome.NOT_FOUND),
        ("账号已被封禁\n由于违反《抖音社区自律公约》，该账号已被封禁", Outcome.BANNED),
        ("该用户已被账号冻结", Outcome.BANNED),
        ("账号已被封禁", None),
        ("作品 0", None),
    ],
)
def test_what_a_page_without_a_user_says(text: str, outcome: Outcome | None) -> None:
    seen = read_words(text)
    assert (seen and seen.outcome) is outcome
    assert seen is None or seen.attested is Attestation.DESCRIBED


@pytest.mark.parametrize(
    ("nickname", "count", "outcome"),
    [
        ("账号已重置", 0, Outcome.BANNED),
        ("账号已重置", 3, Outcome.OK),
        ("账号已重置哦", 0, Outcome.OK),
    ],
)
def test_a_reset_account_has_nothing_left(nickname: str, count: int, outcome: Outcome) -> None:
    assert outcome_of(read_profile, called(nickname=nickname, aweme_count=count), SEC) is outcome


def hit(name: str, sec_uid: str = OTHER, **more: Any) -> dict[str, Any]:
    return {
        "user_info": {"sec_uid": sec_uid, "nickname": name, "unique_id": "", "short_id": "0"} | more
    }


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        ({"status_code": 0, "user_list": [], "has_more": 0}, None),
        ({"status_code": 0, "user_list": [], "has_more": 1}, Outcome.RATE_LIMITED),
        ({"status_code": 0, "user_list": None}, Outcome.RATE_LIMITED),
        (
            {
                "status_code": 0,
                "user_list": [],
                "search_nil_info": {"search_nil_type": "verify_check"},
            },
            Outcome.CAPTCHA,
        ),
        (
            {"status_code": 0, "user_list": [], "search_nil_info": {"search_nil_type": "x"}},
            Outcome.CHANGED,
        ),
        (
            {"status_code": 2483, "status_msg": "请先登录，再继续搜索吧", "user_list": []},
            Outcome.LOGIN_REQUIRED,
        ),
        ({"status_code": 0, "user_list": [{"user_info": {"nickname": "示例"}}]}, Outcome.CHANGED),
        ({"status_code": 0}, Outcome.CHANGED),
        ({"status_code": 7, "user_list": []}, Outcome.CHANGED),
    ],
)
def test_an_empty_search_counts_only_without_a_reason(
    payload: object, outcome: Outcome | None
) -> None:
    if outcome is None:
        assert read_search(payload).nobody
        return
    with pytest.raises(Failure) as met:
        read_search(payload)
    assert met.value.outcome is outcome


def test_hits_of_a_search() -> None:
    found = read_search(
        {
            "status_code": 0,
            "user_list": [hit("示例", custom_verify="示例局"), hit("例", short_id="77")],
            "has_more": 1,
        }
    )
    assert [(each.id, each.name, each.certified, each.alias) for each in found.hits] == [
        (OTHER, "示例", "示例局", ""),
        (OTHER, "例", "", "77"),
    ]
    assert (found.more, found.nobody) == (True, "")


def test_kinds_and_links() -> None:
    pictures = work("2022-12-01T10:00", aweme_type=68)
    seen = read(
        works(
            pictures,
            work("2022-11-01T10:00", images=[{}]),
            work("2022-10-01T10:00"),
            work("2022-09-01T10:00", aweme_type=999),
        )
    )
    assert [post.kind for post in seen.posts] == [
        PostKind.PICTURES,
        PostKind.PICTURES,
        PostKind.VIDEO,
        PostKind.OTHER,
    ]
    assert seen.posts[0].link == f"https://www.douyin.com/note/{pictures['aweme_id']}"


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12, unique=True), st.integers(1, 20))
def test_a_list_never_claims_more_than_it_shows(days: list[int], more: int) -> None:
    when = [NOW - timedelta(days=back) for back in days]
    seen = read(works(*(work(each.strftime("%Y-%m-%dT%H:%M")) for each in when)), len(days) + more)
    assert {post.at for post in seen.posts} == set(when)
    assert seen.complete_since == (min(when) if when == sorted(when, reverse=True) else None)


@pytest.mark.parametrize(
    ("status_code", "body", "outcome"),
    [
        (403, "Blocked by ArgusSecurityPlugin Uifid Not Found", Outcome.RATE_LIMITED),
        (429, "", Outcome.RATE_LIMITED),
        (200, "", Outcome.RATE_LIMITED),
        (200, "Blocked by something", Outcome.RATE_LIMITED),
        (200, "<title>验证码中间页</title>", Outcome.CAPTCHA),
        (200, '{"status_code": 0, "aweme_', Outcome.CHANGED),
        (502, "", Outcome.UNREACHABLE),
    ],
)
def test_what_comes_in_place_of_json(status_code: int, body: str, outcome: Outcome) -> None:
    reply = Reply(
        "https://www.douyin.com/aweme/v1/web/aweme/post/?x=1",
        status_code,
        "text/plain",
        body.encode(),
    )
    assert outcome_of(payload_of, reply) is outcome


@pytest.mark.parametrize(
    ("html", "captcha", "challenge"),
    [
        ("<title>验证码中间页</title>", True, False),
        ("<script>TTGCaptcha.init({})</script>", True, False),
        (document() + "<script>TTGCaptcha.init({})</script>", False, False),
        ('<body onload="readygo()">Please wait...</body>', False, True),
        ("<script>window.byted_acrawler.init()</script>", False, True),
        (document() + "<script>window.byted_acrawler.init()</script>", False, False),
        ("<html></html>", False, False),
    ],
)
def test_gates_in_front_of_the_page(html: str, captcha: bool, challenge: bool) -> None:
    assert (is_captcha(html), is_challenge(html)) == (captcha, challenge)


@pytest.mark.parametrize(
    ("url", "sec_uid"),
    [
        (f"https://www.douyin.com/user/{SEC}", SEC),
        (f"https://www.douyin.com/user/{SEC}?vid=1&from_tab_name=main", SEC),
        (f"www.douyin.com/user/{SEC}/", SEC),
        (f"https://www.iesdouyin.com/share/user/123456?u_code=1&sec_uid={SEC}", SEC),
        (f"https://www.iesdouyin.com/share/user/{OTHER}?sec_uid={SEC}", SEC),
        ("https://www.iesdouyin.com/share/user/123456", ""),
        ("https://www.douyin.com/user/self", ""),
        (f"https://www.douyin.com/video/{SEC}", ""),
        (f"https://www.douyin.com.example.com/user/{SEC}", ""),
        (f"https://www.douyin.com/user/{SEC}%20x", ""),
        ("", ""),
    ],
)
def test_addresses(url: str, sec_uid: str) -> None:
    assert sec_uid_in(link_in(url)) == sec_uid


def test_the_strongest_ground_is_taken() -> None:
    def filed(**values: str) -> Filing:
        return Filing(name="示例发布", platform="douyin", **values)

    here, there = f"https://www.douyin.com/user/{SEC}", f"https://www.douyin.com/user/{OTHER}"
    short = "https://v.douyin.com/abc123/"
    assert target_of(filed(platform_id=SEC, url=here)) == Target(by=MatchedBy.ID, sec_uid=SEC)
    assert target_of(filed(platform_id=SEC, url=there)) == Target(
        by=MatchedBy.ID, sec_uid=SEC, rival=OTHER
    )
    assert target_of(filed(platform_id="shilifabu", url=here)) == Target(
        by=MatchedBy.URL, sec_uid=SEC
    )
    assert target_of(filed(url=f"长按复制此条消息，打开抖音 {short} 查看")) == Target(
        by=MatchedBy.URL, short=short
    )
    assert target_of(filed()) is None
    assert target_of(filed(url="https://example.com/")) is None


def test_another_accounts_profile_is_no_profile() -> None:
    with pytest.raises(Changed, match="asked for"):
        read_profile(called(sec_uid=OTHER), SEC)


def test_a_list_without_a_single_own_work_is_another_accounts() -> None:
    """Works made together carry another author, so one own work is enough; none at all was a false
    finding in the fault matrix.
    """
    other, own = {"author": {"sec_uid": SEC[:-1] + "_"}}, {"author": {"sec_uid": SEC}}
    with pytest.raises(Changed):
        read_posts(
            works(work("2022-11-01", **other), work("2022-10-01")),
            2,
            NOW,
            ListRequest(known=True, visitor=False, owner=SEC),
        )
    assert (
        read_posts(
            works(work("2022-11-01")), 9, NOW, ListRequest(known=True, visitor=False, owner=SEC)
        ).complete_since
        is not None
    )
    mixed = read_posts(
        works(work("2022-11-01", **other), work("2022-10-01", **own)),
        9,
        NOW,
        ListRequest(known=True, visitor=False, owner=SEC),
    )
    assert ([post.on.isoformat() for post in mixed.posts], mixed.complete_since) == (
        ["2022-10-01"],
        None,
    )
    assert "another account" in mixed.detail


LEAD = {"author": {"sec_uid": OTHER}}


@pytest.mark.parametrize(
    ("together", "own", "whole"),
    [
        ({"co_creators": [{"sec_uid": OTHER}, {"sec_uid": SEC}]}, True, True),
        (json.dumps({"co_creators": [{"sec_uid": SEC}]}), True, True),
        ({"co_creators": [{"sec_uid": OTHER}]}, False, False),
        ({"co_creator_nums": 2}, True, False),
        ({"co_creators": None}, True, False),
        ({}, False, False),
    ],
)
def test_a_work_made_together_belongs_to_all_its_creators(
    together: object, own: bool, whole: bool
) -> None:
    items = (
        work("2022-12-30", **LEAD, cooperation_info=together),
        work("2022-12-01", author={"sec_uid": SEC}),
    )
    seen = read_posts(works(*items), 2, NOW, ListRequest(known=True, visitor=False, owner=SEC))
    assert (len(seen.posts) == 2, seen.complete_since is not None) == (own, whole)


def test_an_account_may_have_nothing_but_works_led_by_others() -> None:
    items = (work("2022-12-30", **LEAD, cooperation_info={"co_creators": [{"sec_uid": SEC}]}),)
    assert (
        read_posts(
            works(*items), 1, NOW, ListRequest(known=True, visitor=False, owner=SEC)
        ).complete_since
        is EVER
    )


@pytest.mark.parametrize(
    ("more", "since"), [(0, EVER), (False, EVER), ("0", EVER), ("1", SINCE), (None, SINCE)]
)
def test_the_end_of_a_list_is_said_in_several_ways(more: object, since: datetime) -> None:
    assert read(works(*LIST, has_more=more), 3).complete_since == since


def test_older_pages_go_on_over_a_stretch_without_works() -> None:
    back_to = SINCE.date()
    assert older_cursor(works(has_more=1, max_cursor=7), NOW, back_to, SEC) == 7
    assert older_cursor(works(has_more="1", max_cursor=7), NOW, None, SEC) is None
    assert older_cursor(works(*LIST, has_more="1", max_cursor=7), NOW, back_to, SEC) == 7
    assert older_cursor(works(*LIST, has_more="0", max_cursor=7), NOW, back_to, SEC) is None


@pytest.mark.parametrize(
    ("url", "wall"),
    [
        ("https://verify.snssdk.com/views/x", Outcome.CAPTCHA),
        ("https://security.douyin.com/x", Outcome.CAPTCHA),
        ("https://www.douyin.com/safe/captcha_page?x=1", Outcome.CAPTCHA),
        ("https://sso.douyin.com/get_qrcode/", Outcome.LOGIN_REQUIRED),
        ("https://www.douyin.com/passport/web/login/?next=x", Outcome.LOGIN_REQUIRED),
        (f"https://www.douyin.com/user/{SEC}", None),
        ("https://www.douyin.com/search/login?type=user", None),
        ("https://www.douyin.com/", None),
    ],
)
def test_a_wall_is_known_by_what_it_is(url: str, wall: Outcome | None) -> None:
    met = wall_at(url)
    assert (met and met.outcome) is wall


def takes(said: object, **more: Any) -> dict[str, Any]:
    return work("2022-12-30 10:00", aweme_control={"can_comment": said}, **more)


@pytest.mark.parametrize(
    ("items", "interaction"),
    [
        ([work("2022-12-30 10:00")], None),
        ([takes(None)], None),
        ([takes(0)], None),
        ([takes(False)], InteractionSeen(comments=False, posts=1)),
        ([takes(False), work("2022-12-29 10:00")], InteractionSeen(comments=False, posts=1)),
        (
            [takes(False), takes(True) | work("2022-12-29 10:00")],
            InteractionSeen(comments=True, posts=2),
        ),
        # What others led takes comments by their word.
        (
            [
                takes(True, author={"sec_uid": SEC}),
                takes(False, author={"sec_uid": OTHER}) | work("2022-12-29 10:00"),
                takes(
                    False,
                    author={"sec_uid": OTHER},
                    cooperation_info={"co_creators": [{"sec_uid": SEC}]},
                )
                | {"aweme_id": "1"},
            ],
            InteractionSeen(comments=True, posts=1),
        ),
    ],
)
def test_a_list_says_whether_its_works_take_comments(
    items: list[object], interaction: InteractionSeen | None
) -> None:
    asked = ListRequest(known=True, visitor=False, owner=SEC)
    assert read_posts(works(*items), 9, NOW, asked).interaction == interaction


@pytest.mark.parametrize(
    ("user", "interaction"),
    [
        ({}, None),
        ({"message_chat_entry": None}, None),
        ({"message_chat_entry": True}, InteractionSeen(messages=True)),
        ({"message_chat_entry": False}, InteractionSeen(messages=False)),
    ],
)
def test_a_profile_says_whether_messages_are_offered(
    user: dict[str, object], interaction: InteractionSeen | None
) -> None:
    profile = read_profile(called(**user), SEC)
    assert profile is not None
    assert profile.seen.interaction == interaction

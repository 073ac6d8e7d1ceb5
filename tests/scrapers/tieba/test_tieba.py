"""What Tieba's replies are read as, and whose they are taken for. Composed payloads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mediawatch.domain import (
    Captcha,
    Changed,
    Failure,
    Filing,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    RateLimited,
)
from mediawatch.domain.clock import BEIJING, EVER
from scrapers.browser.pool import Reply
from scrapers.tieba.identity import Target, match_to_filed, target_of
from scrapers.tieba.pages import PROFILE, THREADS, about, payload_of
from scrapers.tieba.posts import HIDDEN, has_more, join_pages, read_threads, threads_in
from scrapers.tieba.replies import Profile, read_absence, read_login, read_profile

NOW = datetime(2022, 12, 31, 20, 0, tzinfo=BEIJING)
PORTRAIT, OTHER = "tb.1.6ad0cd4a.composed00000000000001", "tb.1.6ad0cd4b.composed00000000000002"
NAME, NUMBER = "示例发布", "900000001"
OLD = "d5a8e7a4bae4be8be58f91e5b8831234"
H = "https://tieba.baidu.com/home/main"


def filed(**values: Any) -> Filing:
    return Filing(**{"name": NAME, "platform": "tieba", **values})


def profile(**values: Any) -> Profile:
    return Profile(
        **{
            "number": NUMBER,
            "tieba_uid": "70000001",
            "portrait": f"{PORTRAIT}?t=1700000000",
            "username": NAME,
            "nickname": NAME,
            "cancelled": False,
            "is_self": False,
            **values,
        }
    )


@pytest.mark.parametrize(
    ("platform_id", "url", "target"),
    [
        (PORTRAIT, "", Target(portrait=PORTRAIT, id=PORTRAIT)),
        (f" {PORTRAIT}?t=17 ", "", Target(portrait=PORTRAIT, id=f"{PORTRAIT}?t=17")),
        (PORTRAIT, f"{H}?id={OTHER}", Target(portrait=PORTRAIT, id=PORTRAIT, rival=OTHER)),
        (PORTRAIT, f"{H}?id={OLD}", Target(portrait=PORTRAIT, id=PORTRAIT)),
        ("", f"{H}?id={PORTRAIT}&fr=personpage", Target(portrait=PORTRAIT)),
        ("", f"{H}/?un=a&id={PORTRAIT}?t=1", Target(portrait=PORTRAIT)),
        ("", f"{H}?id={OLD}", Target(portrait=OLD)),
        ("", f"{H}?un=%E7%A4%BA%E4%BE%8B", Target(un="示例")),
        (NUMBER, f"{H}?id={PORTRAIT}", Target(portrait=PORTRAIT, id=NUMBER)),
        (NAME, "", Target(un=NAME, id=NAME)),
        (NUMBER, "", None),
        ("", "", None),
        # The bytes of another encoding are no 用户名.
        ("", f"{H}?un=%CA%BE%C0%FD", None),
        ("", "https://tieba.baidu.com/f?kw=示例市", None),
        ("", "https://tieba.baidu.com/p/8000000001", None),
        ("", f"https://tieba.baidu.com.example.test/home/main?id={PORTRAIT}", None),
    ],
)
def test_which_page_the_filed_values_lead_to(
    platform_id: str, url: str, target: Target | None
) -> None:
    assert target_of(filed(platform_id=platform_id, url=url)) == target


def test_addresses_of_home_pages() -> None:
    assert Target(portrait=PORTRAIT).url == f"{H}?id={PORTRAIT}"
    assert Target(un="示 例&").url == f"{H}?un=%E7%A4%BA%20%E4%BE%8B%26"


@pytest.mark.parametrize(
    ("target", "found", "by"),
    [
        (Target(portrait=PORTRAIT, id=PORTRAIT), PORTRAIT, MatchedBy.ID),
        (Target(portrait=PORTRAIT), PORTRAIT, MatchedBy.URL),
        (Target(portrait=OLD), PORTRAIT, MatchedBy.URL),
        (Target(portrait=PORTRAIT, id=NUMBER), NUMBER, MatchedBy.ID),
        (Target(portrait=PORTRAIT, id="70000001"), "70000001", MatchedBy.ID),
        (Target(un=NAME, id=NAME), NAME, MatchedBy.ID),
        (Target(un=NAME), PORTRAIT, MatchedBy.URL),
    ],
)
def test_whose_profile_it_is(target: Target, found: str, by: MatchedBy) -> None:
    facts = match_to_filed(profile(), target, filed())
    assert (facts.platform_id, facts.matched_by, facts.name) == (found, by, NAME)


@pytest.mark.parametrize(
    ("seen", "target", "failure"),
    [
        (profile(portrait=OTHER), Target(portrait=PORTRAIT, id=PORTRAIT), Changed),
        (profile(portrait=""), Target(portrait=OLD), Changed),
        (profile(username="示例他人"), Target(un=NAME), Changed),
        (profile(username=""), Target(un=NAME, id=NAME), Changed),
        (profile(), Target(portrait=PORTRAIT, id="900000002"), NoEvidence),
        (profile(tieba_uid="0"), Target(portrait=PORTRAIT, id="0"), NoEvidence),
    ],
)
def test_a_profile_of_another_account(
    seen: Profile, target: Target, failure: type[Failure]
) -> None:
    with pytest.raises(failure):
        match_to_filed(seen, target, filed())


@pytest.mark.parametrize(
    ("username", "nickname", "name"),
    [
        (NAME, "示例小编", NAME),
        ("示例旧号", NAME, NAME),
        ("示例旧号", "示例小编", "示例小编"),
        ("示例旧号", "", "示例旧号"),
        ("", "贴吧用户_QR7abcD", ""),
        ("", "", ""),
    ],
)
def test_username_and_nickname_are_both_names(username: str, nickname: str, name: str) -> None:
    seen = profile(username=username, nickname=nickname)
    assert match_to_filed(seen, Target(portrait=PORTRAIT), filed()).name == name


def user(**values: Any) -> dict[str, Any]:
    own = {
        "id": int(NUMBER),
        "name": NAME,
        "name_show": NAME,
        "portrait": PORTRAIT,
        "deregistered": 0,
        "is_self": 0,
        "tieba_uid": "70000001",
    }
    return {"error_code": 0, "data": {"user": own | values}}


def test_a_profile_is_read() -> None:
    assert read_profile(user()) == profile(portrait=PORTRAIT)
    assert read_profile(user(deregistered="1")).cancelled
    assert read_profile(user(is_self=1)).is_self
    assert read_profile({**user(), "error_code": "0"}).number == NUMBER


@pytest.mark.parametrize(
    "spoiled",
    [
        user(deregistered=2),
        user(deregistered=None),
        user(id=0),
        user(portrait=None),
        user(name=None),
        {"error_code": 0, "data": {}},
        {"error_code": 0},
        {"no": 0, "data": user()["data"]},
        {"error_code": 300000, "error_msg": "未知错误"},
        {"error_code": 4},
        [],
    ],
)
def test_a_profile_of_another_shape_is_no_profile(spoiled: object) -> None:
    with pytest.raises(Changed):
        read_profile(spoiled)


@pytest.mark.parametrize(
    ("words", "failure"),
    [
        ("用户未登录或登录失败，请更换账号或重试", LoginRequired),
        ("您的操作太频繁了！", RateLimited),
        ("请输入验证码", Captcha),
        ("未知错误", Changed),
        (None, Changed),
    ],
)
def test_what_a_refusal_says_of_us(words: str | None, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        threads_in({"error_code": 1, "error_msg": words})


@pytest.mark.parametrize(
    ("title", "text", "outcome"),
    [
        ("贴吧404", "", Outcome.NOT_FOUND),
        ("百度贴吧", "贴吧\n很抱歉，您要访问的页面不存在。\n返回", Outcome.NOT_FOUND),
        ("百度贴吧", "抱歉，您访问的用户已被屏蔽。", Outcome.BANNED),
        ("百度贴吧", "示例主题：很抱歉，您要访问的页面不存在。怎么办", None),
        ("关于贴吧404的说明", "", None),
        ("百度贴吧", "暂无动态", None),
    ],
)
def test_only_known_words_say_that_an_account_is_gone(
    title: str, text: str, outcome: Outcome | None
) -> None:
    absence = read_absence(title, text)
    assert (absence.outcome if absence else None) is outcome


def thread(day: int, **values: Any) -> dict[str, Any]:
    own = {
        "tid": 8_000_000_000 + day,
        "title": f"{day}天前",
        "author_id": int(NUMBER),
        "create_time": int((NOW - timedelta(days=day)).timestamp()),
        "last_time_int": int(NOW.timestamp()),
        "top_thread_set_time": 0,
    }
    outer = {key: values.pop(key) for key in ("type", "private") if key in values}
    return {"type": 1, "private": 0, **outer, "thread_info": own | values}


def listed(*items: object, more: object = 0) -> dict[str, Any]:
    return {"error_code": 0, "data": {"list": list(items), "has_more": more}}


def test_a_thread_has_the_time_at_which_it_was_opened() -> None:
    shown = read_threads(listed(thread(40)), profile(), NOW)
    (post,) = shown.posts
    assert post.at == NOW - timedelta(days=40)
    assert (post.id, post.link, post.title, post.pinned, post.repost) == (
        "8000000040",
        "https://tieba.baidu.com/p/8000000040",
        "40天前",
        False,
        False,
    )
    assert shown.complete_since is None


def test_only_the_accounts_own_login_proves_silence() -> None:
    payload = listed(thread(20), thread(40))
    assert read_threads(payload, profile(), NOW).complete_since is None
    assert read_threads(payload, profile(is_self=True), NOW).complete_since == EVER
    further = read_threads(listed(thread(20), thread(40), more=1), profile(is_self=True), NOW)
    assert further.complete_since == NOW - timedelta(days=40)


def test_an_empty_list_is_no_silence() -> None:
    for payload in (listed(), {"error_code": 0, "data": {"has_more": 0}}):
        shown = read_threads(payload, profile(), NOW)
        assert (shown.outcome, shown.detail) == (Outcome.NO_EVIDENCE, HIDDEN)
        own = read_threads(payload, profile(is_self=True), NOW)
        assert (own.outcome, own.complete_since) == (Outcome.NO_EVIDENCE, None)
        assert HIDDEN not in own.detail


@pytest.mark.parametrize(
    "odd",
    [
        thread(3, author_id=1),
        thread(3, author_id=0),
        thread(3, type=2),
        thread(3, private=1),
        thread(3, is_partial_visible=1),
        thread(3, is_deleted="1"),
        thread(3, is_tiebaplus_ad="1"),
        thread(3, create_time=0),
        thread(3, create_time="2022-12-28"),
        thread(3, create_time=int(NOW.timestamp()) * 1000),
        thread(-3),
        {"type": 1, "thread_info": None},
        {"card_type": 999},
        None,
    ],
)
def test_what_is_left_out_makes_the_list_a_lower_bound(odd: object) -> None:
    shown = read_threads(listed(odd, thread(20), thread(40)), profile(is_self=True), NOW)
    assert [post.at for post in shown.posts] == [
        NOW - timedelta(days=20),
        NOW - timedelta(days=40),
    ]
    assert (shown.complete_since, bool(shown.detail)) == (None, True)


def test_a_pinned_thread_hides_no_newer_one() -> None:
    pinned = thread(300, top_thread_set_time=int(NOW.timestamp()))
    shown = read_threads(listed(pinned, thread(20)), profile(is_self=True), NOW)
    assert [post.pinned for post in shown.posts] == [True, False]
    assert shown.complete_since == EVER
    alone = read_threads(listed(pinned), profile(is_self=True), NOW)
    assert (len(alone.posts), alone.complete_since) == (1, None)


def test_a_list_by_others_alone_is_another_accounts() -> None:
    with pytest.raises(Changed):
        read_threads(listed(thread(2, author_id=1), thread(3, author_id=2)), profile(), NOW)


def test_pages_are_joined() -> None:
    joined = join_pages(listed(thread(2), more=1), listed(thread(9), more=0))
    assert (len(threads_in(joined)), has_more(joined)) == (2, False)
    assert has_more({"data": {}})
    with pytest.raises(Changed):
        join_pages(listed(thread(2), more=1), {"error_code": 0, "data": {"list": None}})


def reply(query: str, body: bytes = b"{}", status: int = 200, path: str = "feed/myThread") -> Reply:
    return Reply(f"https://tieba.baidu.com/c/u/{path}?{query}", status, "application/json", body)


def test_which_of_the_pages_calls_is_about_the_account() -> None:
    by_id = about(THREADS, Target(portrait=PORTRAIT), PORTRAIT, pn="1", type="1")
    assert by_id(reply(f"pn=1&portrait={PORTRAIT}&un=&type=1"))
    assert by_id(reply(f"pn=1&portrait={PORTRAIT}%3Ft%3D17&un=&type=1"))
    # Replies, another page, another account, the reader himself.
    assert not by_id(reply(f"pn=1&portrait={PORTRAIT}&un=&type=2"))
    assert not by_id(reply(f"pn=2&portrait={PORTRAIT}&un=&type=1"))
    assert not by_id(reply(f"pn=1&portrait={OTHER}&un=&type=1"))
    assert not by_id(reply("pn=1&type=1"))
    by_name = about(PROFILE, Target(un=NAME))
    asked = "%E7%A4%BA%E4%BE%8B%E5%8F%91%E5%B8%83"
    assert by_name(reply(f"portrait=&un={asked}", path="pc/homeSidebarRight"))
    assert not by_name(reply("subapp_type=pc", path="pc/homeSidebarRight"))
    assert not by_name(reply(f"portrait={OTHER}&un={asked}", path="pc/homeSidebarRight"))


@pytest.mark.parametrize(
    ("body", "status", "failure"),
    [
        ("<title>百度安全验证</title>", 403, Captcha),
        ("<title>百度安全验证</title>", 200, Captcha),
        ("blocked", 403, RateLimited),
        ("", 403, RateLimited),
        ("", 200, RateLimited),
        ("<p>演示</p>", 200, Changed),
    ],
)
def test_a_check_is_told_from_a_refusal(body: str, status: int, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        payload_of(reply("", body.encode(), status))


def test_the_sign_of_a_login() -> None:
    assert read_login({"tbs": "", "is_login": 1})
    assert not read_login({"tbs": "", "is_login": 0})
    for odd in ({}, {"is_login": None}, {"is_login": 2}, []):
        with pytest.raises(Changed):
            read_login(odd)

"""What Bilibili's replies are read as, and whose they are taken for. Composed payloads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from mediawatch.domain import (
    Account,
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
    SearchHit,
)
from mediawatch.domain.clock import BEIJING, EVER
from scrapers.bilibili.identity import (
    Target,
    filed_mid,
    leads_to,
    match_to_filed,
    mid_in,
    target_of,
)
from scrapers.bilibili.pages import payload_of
from scrapers.bilibili.posts import cursor, has_more, join_lists, join_pages, read_dynamics
from scrapers.bilibili.replies import (
    read_card,
    read_counts,
    read_profile,
    read_search,
    read_sign,
    refuse,
)
from scrapers.bilibili.videos import read_videos
from scrapers.browser.pool import Reply
from scrapers.privacy import viewers

NOW = datetime(2022, 12, 31, 20, 0, tzinfo=BEIJING)
MID, OTHER, NAME = "3500000000000001", "3500000000000002", "示例发布"
SPACE = "https://space.bilibili.com/"


def filed(**values: Any) -> Filing:
    return Filing(**{"name": NAME, "platform": "bilibili", **values})


@pytest.mark.parametrize(
    ("platform_id", "url", "target"),
    [
        (MID, "", Target(by=MatchedBy.ID, mid=MID)),
        (f" {MID} ", "", Target(by=MatchedBy.ID, mid=MID)),
        (f"UID:{MID}", "", None),
        (MID, f"{SPACE}{MID}/dynamic", Target(by=MatchedBy.ID, mid=MID)),
        (MID, f"{SPACE}{OTHER}", Target(by=MatchedBy.ID, mid=MID, rival=OTHER)),
        ("", f"{SPACE}{MID}?from=share", Target(by=MatchedBy.URL, mid=MID)),
        ("", f"https://m.bilibili.com/space/{MID}", Target(by=MatchedBy.URL, mid=MID)),
        ("示例", f"space.bilibili.com/{MID}", Target(by=MatchedBy.URL, mid=MID)),
        ("", "https://b23.tv/demo", Target(by=MatchedBy.URL, short="https://b23.tv/demo")),
        ("", "https://b23.tv/", None),
        ("", "https://www.bilibili.com/video/BV1demo", None),
        ("", f"https://space.bilibili.com.example.cn/{MID}", None),
        ("0", "", None),
        ("", "", None),
    ],
)
def test_whose_space_is_opened(platform_id: str, url: str, target: Target | None) -> None:
    assert target_of(filed(platform_id=platform_id, url=url)) == target


def test_an_address_of_a_space_names_its_account() -> None:
    assert mid_in(urlsplit(f"{SPACE}{MID}/upload/video")) == MID
    assert mid_in(urlsplit("https://space.bilibili.com/v/1")) == ""
    assert filed_mid(filed(url=f"{SPACE}{MID}")) == MID
    hit = SearchHit(id=MID, name=NAME)
    assert leads_to(Account(id=1, filed=filed(platform_id=MID)), hit)
    assert not leads_to(Account(id=1, filed=filed(platform_id=OTHER)), hit)


def test_found_by_name_alone_a_page_must_agree() -> None:
    by_name = Target(by=MatchedBy.NAME, mid=MID)
    known = filed(organiser="示例市测试局")
    same = PayloadFacts(name=NAME, verified_as="示例市测试局官方账号")
    assert match_to_filed(same, by_name, filed()).matched_by is MatchedBy.NAME
    for seen in (
        PayloadFacts(name="别的名字"),
        PayloadFacts(name=NAME, verified_as="另一县水务局"),
        PayloadFacts(outcome=Outcome.CANCELLED),
        PayloadFacts(outcome=Outcome.BANNED, name=NAME),
    ):
        with pytest.raises(NoEvidence):
            match_to_filed(seen, by_name, known)


@pytest.mark.parametrize(
    ("payload", "visitor", "failure"),
    [
        ({"code": -352, "data": {"v_voucher": "x"}}, True, LoginRequired),
        ({"code": -352, "data": {"v_voucher": "x"}}, False, RateLimited),
        ({"code": -412}, True, RateLimited),
        ({"code": -799}, False, RateLimited),
        ({"code": -101}, False, LoginRequired),
        ({"code": -403}, True, LoginRequired),
        ({"code": 0, "data": {"v_voucher": "x"}}, True, Captcha),
    ],
)
def test_what_the_site_does_to_us(payload: object, visitor: bool, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        refuse(payload, visitor=visitor)


def test_a_refusal_by_status_is_to_slow_down() -> None:
    for status in (412, 429):
        with pytest.raises(RateLimited):
            payload_of(Reply("https://api.bilibili.com/x", status, "", b"<p>"), visitor=True)
    with pytest.raises(RateLimited):
        payload_of(Reply("https://api.bilibili.com/x", 200, "", b""), visitor=True)
    with pytest.raises(Changed):
        payload_of(Reply("https://api.bilibili.com/x", 200, "", b"<p>"), visitor=True)


@pytest.mark.parametrize(
    ("payload", "sign"),
    [
        ({"code": 0, "data": {"isLogin": True}}, True),
        ({"code": 0, "data": {"isLogin": False}}, False),
        ({"code": -101, "data": {"isLogin": False}}, False),
        ({"code": 0, "data": {}}, None),
        ([], None),
    ],
)
def test_only_the_sites_word_is_a_sign_of_the_login(payload: object, sign: bool | None) -> None:
    assert read_sign(payload) is sign


def info(**data: Any) -> dict[str, Any]:
    return {"code": 0, "data": {"mid": int(MID), "name": NAME, "silence": 0, **data}}


def test_a_profile_names_the_account() -> None:
    seen = read_profile(info(official={"title": " 示例市测试局官方账号 "}), MID)
    assert seen is not None
    assert (seen.outcome, seen.name, seen.platform_id) == (Outcome.OK, NAME, MID)
    assert seen.verified_as == "示例市测试局官方账号"
    assert read_profile({"code": -404}, MID) is None
    banned = read_profile(info(silence=1, sys_notice={"content": "暂冻结"}), MID)
    assert banned is not None
    assert (banned.outcome, banned.detail) == (Outcome.BANNED, "silence 1, 封禁; 暂冻结")


def test_a_name_that_reads_as_cancelled_is_no_name_and_no_end() -> None:
    seen = read_profile(info(name="账号已注销"), MID)
    assert seen is not None
    assert (seen.outcome, seen.name) == (Outcome.OK, "")


@pytest.mark.parametrize(
    "payload",
    [info(mid=int(OTHER)), info(name=" "), {"code": -400}, {"code": 0, "data": None}, None],
)
def test_any_other_profile_is_changed(payload: object) -> None:
    with pytest.raises(Changed):
        read_profile(payload, MID)


def card(**values: Any) -> dict[str, Any]:
    return {"code": 0, "data": {"card": {"mid": MID, "name": NAME, "spacesta": 0, **values}}}


@pytest.mark.parametrize(
    ("payload", "outcome", "name"),
    [
        (card(name="账号已注销"), Outcome.CANCELLED, ""),
        (card(spacesta=-2), Outcome.BANNED, NAME),
        (card(), Outcome.NO_EVIDENCE, NAME),
        ({"code": -404}, Outcome.NO_EVIDENCE, ""),
    ],
)
def test_a_missing_profile_is_cancelled_only_by_its_card(
    payload: object, outcome: Outcome, name: str
) -> None:
    seen = read_card(payload, MID)
    assert (seen.outcome, seen.name) == (outcome, name)


def test_any_other_card_is_changed() -> None:
    for payload in (card(mid=OTHER), {"code": 0, "data": {}}, {"code": -1}):
        with pytest.raises(Changed):
            read_card(payload, MID)


def at(days: float) -> int:
    return int((NOW - timedelta(days=days)).timestamp())


def item(days: float, kind: str = "WORD", *, mid: str = MID, **more: Any) -> dict[str, Any]:
    """A 动态 of so many days ago; `by`, `basic`, `major` and `tag` go to their places."""
    author = {"mid": int(mid), "pub_ts": at(days), "pub_action": "", **more.pop("by", {})}
    modules: dict[str, Any] = {
        "module_author": author,
        "module_dynamic": {"desc": {"text": "示例"}, "major": more.pop("major", None)},
    }
    if tag := more.pop("tag", ""):
        modules["module_tag"] = {"text": tag}
    number = str((at(days) - 1_498_838_400) << 32)
    return {"id_str": number, "type": f"DYNAMIC_TYPE_{kind}", "modules": modules, **more}


def feed(*items: object, more: object = False, offset: str = "") -> dict[str, Any]:
    return {"code": 0, "data": {"items": list(items), "has_more": more, "offset": offset}}


def read(*items: object, more: object = False, own: frozenset[str] = frozenset()) -> PayloadFacts:
    return read_dynamics(feed(*items, more=more), MID, own, NOW)


def archive(number: str) -> dict[str, Any]:
    return {"archive": {"bvid": number, "title": f"视频{number}"}}


def test_each_kind_of_dynamic_is_a_post() -> None:
    original = {"id_str": "77", "modules": {"module_dynamic": {"desc": {"text": "原文"}}}}
    seen = read(
        item(1, "AV", major=archive("BV1a")),
        item(2, "DRAW", major={"opus": {"title": "", "summary": {"text": "图文"}}}),
        item(3, "ARTICLE", major={"article": {"title": "专栏"}}),
        item(4, "FORWARD", orig=original),
        item(5, "WORD", major={"opus": {"title": "标题"}}),
        item(6, "FORWARD", orig={"id_str": None, "modules": {}}),
    )
    assert [(post.kind, post.title, post.repost) for post in seen.posts] == [
        (PostKind.VIDEO, "视频BV1a", False),
        (PostKind.PICTURES, "图文", False),
        (PostKind.ARTICLE, "专栏", False),
        (PostKind.MICRO, "示例", True),
        (PostKind.MICRO, "标题", False),
        (PostKind.MICRO, "示例", True),
    ]
    assert (seen.posts[0].id, seen.posts[0].link) == (
        "BV1a",
        "https://www.bilibili.com/video/BV1a",
    )
    assert seen.posts[3].original_link == "https://t.bilibili.com/77"
    assert (seen.posts[3].original_title, seen.posts[5].original_link) == ("原文", "")
    assert (seen.complete_since, seen.detail) == (EVER, "")


def test_a_pinned_dynamic_hides_no_newer_one() -> None:
    seen = read(item(90, tag="置顶"), item(20), item(40), more=True)
    assert [post.pinned for post in seen.posts] == [True, False, False]
    assert seen.complete_since == NOW - timedelta(days=40)
    assert read(item(90, tag="置顶")).complete_since is None
    assert read(item(40), item(20)).complete_since == EVER
    assert read(item(40), item(20), more=True).complete_since is None, "not newest first"


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        (item(3, mid=OTHER), "by another account"),
        (item(3, "LIVE_RCMD"), "of the kind DYNAMIC_TYPE_LIVE_RCMD"),
        (item(3, visible=False), "hidden"),
        (item(3, basic={"is_only_fans": True}), "for paying readers"),
        (
            item(3, "AV", major=archive("BV1b"), by={"pub_action": "与他人联合创作"}),
            "与他人联合创作",
        ),
        (item(-3), "发布时间异常"),
        (item(3, by={"pub_ts": None}), "no date"),
        (item(3, by={"pub_ts": at(3) * 1000}), "no date"),
        (item(3, by={"pub_ts": "3天前"}), "no date"),
        ({"replica": True}, "without id, type or author"),
    ],
)
def test_what_is_left_out_proves_neither_life_nor_silence(left_out: object, why: str) -> None:
    seen = read(left_out, item(25), item(40))
    assert [post.at for post in seen.posts] == [NOW - timedelta(days=25), NOW - timedelta(days=40)]
    assert (seen.complete_since, why in seen.detail) == (None, True)


def test_a_work_made_together_counts_for_its_publisher() -> None:
    together = item(3, "AV", major=archive("BV1b"), by={"pub_action": "与他人联合创作"})
    assert [post.id for post in read(together, own=frozenset({"BV1b"})).posts] == ["BV1b"]


def test_a_date_is_no_older_than_the_number_of_its_dynamic() -> None:
    odd = item(60) | {"id_str": item(10)["id_str"]}
    assert "before its id was made" in read(odd, item(70)).detail
    late = item(59.5) | {"id_str": item(59)["id_str"]}
    assert read(late, item(70)).complete_since == EVER
    assert read(item(60) | {"id_str": "12345"}).complete_since == EVER


def test_an_empty_list_is_never_proof_of_silence() -> None:
    assert read().outcome is Outcome.NO_EVIDENCE
    nothing = read_videos(videos(), MID, 0, NOW)
    assert nothing.since == EVER
    joined = join_lists(read(), nothing)
    assert (joined.outcome, joined.posts, joined.complete_since) == (Outcome.NO_EVIDENCE, (), None)


@pytest.mark.parametrize(
    "payload",
    [feed(item(1, mid=OTHER), item(2, mid=OTHER)), {"code": 0, "data": {"items": None}}, {}, None],
)
def test_any_other_list_is_changed(payload: object) -> None:
    with pytest.raises(Changed):
        read_dynamics(payload, MID, frozenset(), NOW)


def test_pages_are_joined_where_the_site_says_they_go_on() -> None:
    first = feed(item(1), more=True, offset="55")
    assert (has_more(first), cursor(first)) == (True, "55")
    joined = join_pages(first, feed(item(2)))
    seen = read_dynamics(joined, MID, frozenset(), NOW)
    assert (len(seen.posts), seen.complete_since) == (2, EVER)
    for wrong in (feed(), {"data": {"has_more": True}}):
        with pytest.raises(Changed):
            cursor(wrong)
    with pytest.raises(Changed):
        join_pages(first, {"code": -1})


def video(days: float, number: str, *, mid: str = MID, **more: Any) -> dict[str, Any]:
    return {"bvid": number, "mid": int(mid), "created": at(days), "title": "示例", **more}


def videos(*items: object, count: int | None = None) -> dict[str, Any]:
    counted = len(items) if count is None else count
    return {"code": 0, "data": {"list": {"vlist": list(items)}, "page": {"count": counted}}}


def test_videos_are_complete_where_two_counts_agree() -> None:
    listed = videos(video(20, "BV1a"), video(40, "BV1b"))
    assert read_videos(listed, MID, 2, NOW).since == EVER
    for stated in (3, None):
        assert read_videos(listed, MID, stated, NOW).since is None
    longer = videos(video(20, "BV1a"), video(40, "BV1b"), count=9)
    assert read_videos(longer, MID, 9, NOW).since == NOW - timedelta(days=40)
    assert read_videos(videos(count=9), MID, 9, NOW).since is None


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        (video(3, "BV1x", mid=OTHER, is_union_video=1), f"published by {OTHER}"),
        (video(3, "BV1x", is_charging_arc=True), "for paying readers"),
        (video(-3, "BV1x"), "发布时间异常"),
        (video(3, "BV1x") | {"created": 0}, "no date"),
        (video(3, "BV1x") | {"mid": None}, "without id or author"),
        ({"replica": True}, "without id or author"),
    ],
)
def test_a_video_that_is_left_out_leaves_a_gap(left_out: object, why: str) -> None:
    seen = read_videos(videos(left_out, video(30, "BV1a")), MID, 2, NOW)
    assert ([post.id for post in seen.posts], seen.since) == (["BV1a"], None)
    assert why in seen.detail


def test_any_other_list_of_videos_is_changed() -> None:
    for payload in (videos(video(1, "BV1a", mid=OTHER)), {"code": 0, "data": {}}, None):
        with pytest.raises(Changed):
            read_videos(payload, MID, 1, NOW)


def test_both_lists_together_are_complete_from_the_later_end() -> None:
    listed = read_videos(videos(video(30, "BV1a"), count=8), MID, 8, NOW)
    shown = read(item(20), item(30, "AV", major=archive("BV1a")), item(40), more=True)
    joined = join_lists(shown, listed)
    assert joined.complete_since == NOW - timedelta(days=30)
    assert [post.id for post in joined.posts].count("BV1a") == 1
    unknown = read_videos(videos(video(30, "BV1a")), MID, None, NOW)
    assert join_lists(shown, unknown).complete_since is None


def test_a_video_that_the_dynamics_lack_leaves_a_gap() -> None:
    listed = read_videos(videos(video(25, "BV1a")), MID, 1, NOW)
    joined = join_lists(read(item(20), item(40)), listed)
    assert (joined.complete_since, "BV1a" in joined.detail) == (None, True)
    assert [post.id for post in joined.posts][-1] == "BV1a"


def test_the_page_states_how_many_videos_there_are() -> None:
    assert read_counts({"code": 0, "data": {"video": 3}}) == 3
    for payload in ({"code": 0, "data": {"video": True}}, {"code": -352}, None):
        assert read_counts(payload) is None


def test_a_search_shows_users_with_what_certifies_them() -> None:
    user = {"mid": int(MID), "uname": f'<em class="keyword">{NAME}</em>'}
    official = user | {"official_verify": {"type": 1, "desc": "示例市测试局"}}
    data = {"numPages": 2, "result": [official, {"mid": int(OTHER), "uname": "示例"}]}
    found = read_search({"code": 0, "data": data})
    assert [(hit.id, hit.name, hit.certified) for hit in found.hits] == [
        (MID, NAME, "示例市测试局"),
        (OTHER, "示例", ""),
    ]
    assert (found.more, found.nobody) == (True, "")
    empty = read_search({"code": 0, "data": {"numPages": 0, "numResults": 0}})
    assert (empty.hits, empty.nobody) == ((), "")
    for payload in ({"code": 0, "data": {"numPages": 1, "result": {}}}, {"code": 0}, None):
        with pytest.raises(Changed):
            read_search(payload)


def test_nav_names_the_operator() -> None:
    nav = '{"code": 0, "data": {"isLogin": true, "uname": "甲", "mid": 7, "face": "f", "money": 1}}'
    assert list(viewers.bilibili(nav)) == [{"uname": "甲", "mid": 7, "face": "f"}]
    assert list(viewers.bilibili("<p>")) == []
    assert list(viewers.bilibili('{"code": -101, "data": {"isLogin": false}}')) == []

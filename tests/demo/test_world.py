"""Worlds: how a row is read, what is refused, and the world that the demonstration ships."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.domain import PostKind
from mediawatch.domain.clock import BEIJING, day_of, months_before
from scrapers.replica import ArticleState, TrueAccount, Truth, World, WorldError
from scrapers.replica.web import Request
from scrapers.replica.weibo import Weibo

HEAD = (
    "platform,type,name,truth,posts,pinned,visitors_miss,articles,platform_id,searchable,"
    "shown_name\n"
)
SEC = "MS4wLjABAAAA" + "a" * 42
NOW = datetime(2023, 1, 1, tzinfo=BEIJING)


def one(line: str) -> TrueAccount:
    (account,) = World.parse(HEAD + line).accounts
    return account


def test_a_row_as_documented() -> None:
    posts = "2022-12-01T08:00:00Z unpushed; 2022-12-30 ;2022-12-05T18:05 pictures repost"
    account = one(f"wechat,微信公众号,示例,alive,{posts},3,1,1;2:deleted,,no,示例（改）\n")
    assert [post.at.isoformat() for post in account.posts] == [
        "2022-12-30T10:00:00+08:00",
        "2022-12-05T18:05:00+08:00",
        "2022-12-01T08:00:00+00:00",
    ]
    newest, middle, oldest = account.posts
    assert (newest.kind, newest.pushed, newest.article, newest.linked) == (
        PostKind.ARTICLE,
        True,
        ArticleState.OK,
        True,
    )
    assert (middle.kind, middle.repost, middle.article, middle.linked) == (
        PostKind.PICTURES,
        True,
        ArticleState.DELETED,
        True,
    )
    assert (oldest.pushed, oldest.pinned, oldest.linked) == (False, True, False)
    assert (account.name, account.filed["name"], account.searchable) == (
        "示例（改）",
        "示例",
        False,
    )
    assert [post.number for post in account.profile_list(NOW, visitor=False)] == [3, 1, 2]
    assert [post.number for post in account.profile_list(NOW, visitor=True)] == [3, 2]
    assert len(account.known_links) == 2


def test_posts_come_with_time() -> None:
    account = one("weibo,新浪微博,示例,alive,2022-12-30;2022-12-29,,,,,,\n")
    assert [
        post.number for post in account.posts_at(datetime(2022, 12, 30, 9, tzinfo=BEIJING))
    ] == [2]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("weixin,微信公众号,示例,alive,,,,,,,", "row 2, column platform: 'weixin' is not one of"),
        ("wechat,微信公众号,示例,dead,,,,,,,", "row 2, column truth: 'dead' is not one of alive"),
        ("wechat,微信公众号,示例,private,,,,,,,", "row 2, column truth: 'private'"),
        ("wechat,微信公众号,,alive,,,,,,,", "row 2, column name"),
        ("wechat,微信公众号,示例,empty,2022-12-01,,,,,,", "row 2, column posts"),
        (
            "wechat,微信公众号,示例,alive,2022-13-01,,,,,,",
            "row 2, column posts: '2022-13-01' is not an ISO date",
        ),
        (
            "wechat,微信公众号,示例,alive,2022-12-01 film,,,,,,",
            "row 2, column posts: '2022-12-01 film'",
        ),
        (
            "wechat,微信公众号,示例,alive,2022-12-01,2,,,,,",
            "row 2, column pinned: '2' is not a position between 1",
        ),
        ("wechat,微信公众号,示例,alive,2022-12-01,,,1:gone,,,", "row 2, column articles: '1:gone'"),
        ("wechat,微信公众号,示例,alive,2022-12-01,,-1,,,,", "row 2, column visitors_miss: '-1'"),
        (
            "wechat,微信公众号,示例,alive,,,,,,maybe,",
            "row 2, column searchable: 'maybe' is not yes or no",
        ),
        ("weibo,新浪微博,示例,alive,,,,,abc,,", "row 2, column platform_id: 'abc' is not a uid"),
        ("weibo,新浪微博,示例,alive", "row 2: 11 cells expected"),
        (
            "weibo,新浪微博,甲,alive,,,,,5000000001,,\nweibo,新浪微博,乙,alive,,,,,5000000001,,",
            "row 3, column true_id: 5000000001",
        ),
        (
            "weibo,新浪微博,甲,alive,,,,,,,\nweibo,新浪微博,乙,empty,,,,,,,甲",
            "row 3, column shown_name: 甲 is already that of row 2",
        ),
    ],
)
def test_what_a_row_may_not_say(line: str, message: str) -> None:
    with pytest.raises(WorldError, match=re.escape(message)):
        World.parse(HEAD + line + "\n")


def test_a_custom_domain_of_weibo_is_one_account_s() -> None:
    head = "platform,type,name,truth,alias\n"
    rows = "weibo,新浪微博,甲,alive,sample\nweibo,新浪微博,乙,alive,sample\n"
    with pytest.raises(WorldError, match="row 3, column true_alias: sample is already"):
        World.parse(head + rows)


def test_a_name_may_be_borne_again_where_one_account_is_enough() -> None:
    """What is gone has left its name; other platforms give one name to several accounts."""
    lines = (
        "weibo,新浪微博,甲,cancelled,,,,,,,",
        "weibo,新浪微博,甲,alive,,,,,,,",
        "douyin,抖音短视频,甲,alive,,,,,,,",
        "douyin,抖音短视频,甲,alive,,,,,,,",
    )
    rows = "\n".join(
        line.replace(",,,,,,,", f",,,,,{key},,")
        for line, key in zip(lines, ("5000000001", "5000000002", SEC + "a", SEC + "b"), strict=True)
    )
    assert len(World.parse(HEAD + rows).accounts) == 4


def test_a_search_of_weibo_shows_every_lookalike() -> None:
    names = ("示例·发布", "示例发布V", "示例发布", "另例发布")
    rows = "\n".join(f"weibo,新浪微博,{name},alive,,,,,,," for name in names)
    site = Weibo(World.parse(HEAD + rows), lambda: NOW, logged_in=True, bare=False)
    login = site.login[0]
    request = Request(
        "GET",
        "s.weibo.com",
        f"/user?q={quote('示例发布')}",
        {"cookie": f"{login.name}={login.value}"},
    )
    shown = site.answer(request).body.decode()
    assert re.findall(r"<em>示例发布</em>V?|示例·发布", shown)[0] == "<em>示例发布</em>"
    assert "示例·发布" in shown
    assert "<em>示例发布</em>V" in shown
    assert "另例发布" not in shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,type,truth\n", "column 'platform' is missing"),
        ("name,type,truth,platform,colour\n", "column 'colour' is not known"),
        ("name,type,truth,platform,name\n", "column 'name' stands there twice"),
        ("# as_of = soon\nname,type,truth,platform\n", "line 1: as_of 'soon'"),
    ],
)
def test_what_the_head_may_not_say(text: str, message: str) -> None:
    with pytest.raises(WorldError, match=re.escape(message)):
        World.parse(text)


def test_rows_count_from_the_top_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "﻿# a remark\n# another\n" + HEAD + "weibo,新浪微博,示例,asleep,,,,,,,\n", encoding="utf-8"
    )
    with pytest.raises(WorldError, match=r"own\.csv: row 4, column truth"):
        World.read(path)
    path.write_bytes(HEAD.encode() + "weibo,新浪微博,示例,alive".encode("gb18030"))
    with pytest.raises(WorldError, match="UTF-8"):
        World.read(path)
    with pytest.raises(WorldError, match=r"none\.csv"):
        World.read(tmp_path / "none.csv")


@given(
    days=st.lists(st.dates(date(2010, 1, 1), date(2022, 12, 31)), max_size=8, unique=True),
    missing=st.integers(0, 9),
    data=st.data(),
)
def test_visitors_lose_the_newest_and_nobody_loses_a_pinned_one(
    days: list[date], missing: int, data: st.DataObject
) -> None:
    pinned = data.draw(st.sets(st.integers(1, len(days)))) if days else set()
    listed, numbers = ";".join(day.isoformat() for day in days), ";".join(map(str, pinned))
    account = one(f"weibo,新浪微博,示例,alive,{listed},{numbers},{missing},,,,\n")
    operator, visitor = (account.profile_list(NOW, visitor=each) for each in (False, True))
    assert {post.at.date() for post in operator} == set(days)
    assert {post.number for post in visitor} >= pinned
    hidden = {post.number for post in operator} - {post.number for post in visitor}
    seen = {post.number for post in visitor if not post.pinned}
    assert len(hidden) == min(missing, len(days) - len(pinned))
    assert not hidden or not seen or max(hidden) < min(seen)


def test_filed_rows_hold_the_filed_values_and_the_known_links() -> None:
    world = World.parse(
        HEAD + "wechat,微信公众号,示例,alive,2022-12-30;2022-12-29,,,1,,,示例（改）\n,,,,,,,,,,\n"
    )
    (row,) = world.filed_rows()
    assert row == {
        "政务新媒体名称": "示例",
        "类型": "微信公众号",
        "文章链接": world.accounts[0].article_link(world.accounts[0].posts[0]),
    }
    assert re.fullmatch(r"https://mp\.weixin\.qq\.com/s/[\w-]{22}", row["文章链接"])


# the shipped world


@pytest.fixture(scope="module")
def shipped() -> World:
    with resources.as_file(resources.files("mediawatch") / "data" / "tibet-2022q4.csv") as path:
        return World.read(path)


def problem(account: TrueAccount, today: date) -> str:
    """What a person who knew the truth would say, by the circular's kinds."""
    if account.truth is Truth.GONE:
        return "搜索不到"
    if account.name != account.filed["name"]:
        return "名称变动未报备"
    last = day_of(account.posts[0].at)
    if last <= months_before(today, 12):
        return "长期未更新"
    if last <= months_before(today, 6):
        return "半年以上未更新"
    return "超过2周及以上未更新" if (today - last).days > 14 else ""


def test_the_shipped_world_is_the_circulars(shipped: World) -> None:
    assert shipped.as_of == datetime(2022, 12, 31, 23, 59, 59, tzinfo=BEIJING)
    today = day_of(shipped.as_of)
    judged = [(account.platform, problem(account, today)) for account in shipped.accounts]
    assert len(judged) == 146
    kinds = Counter(kind for _, kind in judged if kind)
    assert kinds == {
        "长期未更新": 13,
        "半年以上未更新": 5,
        "超过2周及以上未更新": 27,
        "名称变动未报备": 4,
        "搜索不到": 10,
    }
    assert Counter(platform for platform, kind in judged if kind) == {
        "wechat": 46,
        "weibo": 5,
        "douyin": 7,
        "toutiao": 1,
    }
    assert Counter(platform for platform, kind in judged if not kind) == {
        "wechat": 72,
        "weibo": 3,
        "douyin": 5,
        "toutiao": 4,
        "kuaishou": 1,
        "": 2,
    }


def test_what_is_made_up_in_the_shipped_world_looks_made_up(shipped: World) -> None:
    today = date(2022, 12, 31)
    for account in shipped.accounts:
        assert re.fullmatch(r"DEMO-\d{4}", account.filed["filing_number"])
        if account.platform:
            assert re.search(
                "demo|Demo|gh_de|999",
                " ".join(account.filed[key] for key in ("platform_id", "original_id", "url")),
            )
        if not problem(account, today):
            assert re.match(r"(演示账号|示例\w+)（", account.filed["name"])
            assert account.filed["organiser"].startswith("演示单位")
        elif account.name != account.filed["name"]:
            assert account.name == account.filed["name"] + "（演示更名）"


def test_the_shipped_world_leaves_work_for_people(shipped: World) -> None:
    window = date(2022, 12, 31) - timedelta(days=14)
    sound = [
        account for account in shipped.of("wechat") if not problem(account, date(2022, 12, 31))
    ]
    without_proof = [
        account
        for account in sound
        if not any(post.linked and day_of(post.at) >= window for post in account.posts)
    ]
    assert len(without_proof) == 6
    assert all(
        account.known_links for account in shipped.of("wechat") if account.truth is Truth.ALIVE
    )
    # 10 to 13 days of silence would be 即将超期, not 正常更新.
    assert all((date(2022, 12, 31) - day_of(account.posts[0].at)).days < 10 for account in sound)

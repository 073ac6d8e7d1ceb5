"""Titles of posts: read from what the replica's sites answer, and matched with a repost task.

The readers and the replica share nothing. No browser takes part: looks by a browser hold titles in
the tests of each platform.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from samples import known_as

from mediawatch.domain import (
    Account,
    Filing,
    LookKind,
    MatchedBy,
    PayloadFacts,
    Post,
    Reading,
    RepostItem,
    RepostTask,
    Sight,
)
from mediawatch.domain.clock import day_end, day_start
from mediawatch.rules.repost_views import view
from mediawatch.rules.reposts import RepostState, judge_repost
from scrapers.browser.reply import Reply
from scrapers.douyin.posts import ListRequest, read_posts
from scrapers.replica.douyin import Douyin
from scrapers.replica.toutiao import Toutiao
from scrapers.replica.web import Request, Site
from scrapers.replica.wechat import WeChat
from scrapers.replica.wechat_interface import WeChatInterface
from scrapers.replica.weibo import Weibo
from scrapers.replica.weread import WeRead
from scrapers.replica.world import World
from scrapers.titles import LONGEST, plain_text, title_of
from scrapers.toutiao.cells import post_of
from scrapers.toutiao.posts import read_feed as read_toutiao
from scrapers.wechat.albums import read_album
from scrapers.wechat.article_page import read_article
from scrapers.wechat.back_office_replies import read_batches
from scrapers.wechat.page_scripts import variable_in
from scrapers.wechat.reader_replies import read_list
from scrapers.wechat.statistics_replies import read_day
from scrapers.weibo.desktop_replies import read_feed as read_weibo
from scrapers.weibo.posts import OwnPosts
from scrapers.weibo.replies import read_mobile_feed

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
TITLE = "国务院办公厅关于“节假日”安排的通知 & <说明>"
BIZ = "MzkwMDAwMDAwMQ=="
TOKEN = "MS4wLjABAAAA" + "t" * 43
WORLD = World.parse(
    "platform,type,name,true_id,original_id,truth,posts,album,reader,own,titles\n"
    + "".join(
        f"{platform},{platform},示例发布,{number},{gh},alive,2022-12-30;2022-12-20,{more},"
        f"1={TITLE};2=演示：第二条\n"
        for platform, number, gh, more in (
            ("weibo", "5000000001", "", ",,"),
            ("douyin", TOKEN, "", ",,"),
            ("toutiao", TOKEN, "", ",,"),
            ("wechat", BIZ, "gh_00000000000a", "1;2,yes,yes"),
        )
    )
)
WECHAT = WORLD.of("wechat")[0]


def open_site(kind: type[Site], now: datetime = NOW, world: World = WORLD) -> Site:
    return kind(world, lambda: now, logged_in=True, bare=False)


def ask(site: Site, url: str, **more: Any) -> Reply:
    """What the site answers the operator."""
    host, _, target = url.removeprefix("https://").partition("/")
    cookies = "; ".join(f"{each.name}={each.value}" for each in site.login)
    request = Request("POST" if more else "GET", host, f"/{target}", {"cookie": cookies}, **more)
    if signing := getattr(site, "_signing", None):
        request = replace(request, target=signing.sign(request.target))
    response = site.answer(request)
    return Reply(url=url, status=200, content_type="", body=response.body)


def office(what: str) -> Reply:
    site = open_site(WeChat)
    token = site._office._token  # type: ignore[attr-defined]
    return ask(site, f"https://mp.weixin.qq.com/cgi-bin/appmsgpublish?token={token}&{what}")


def own_list() -> tuple[Post, ...]:
    return read_batches(office("begin=0&count=5").json(), own=True).posts  # type: ignore[arg-type]


def article() -> tuple[Post, ...]:
    url = WECHAT.article_link(WECHAT.posts[0])
    post = read_article(ask(open_site(WeChat), url).text(), url).post
    assert post
    return (post,)


def album() -> tuple[Post, ...]:
    url = (
        f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={BIZ}&album_id={WECHAT.album}&f=json"
        "&is_reverse=1"
    )
    account = Account(id=1, filed=Filing(name="示例发布", platform="wechat"))
    return read_album(ask(open_site(WeChat), url).json(), account, BIZ).posts  # type: ignore[arg-type]


def day_of_interface() -> tuple[Post, ...]:
    site = open_site(WeChatInterface)
    token = site.token_of(WECHAT)  # type: ignore[attr-defined]
    url = f"https://api.weixin.qq.com/datacube/getarticletotaldetail?access_token={token}"
    asked = {"begin_date": "2022-12-30", "end_date": "2022-12-30"}
    return read_day(ask(site, url, payload=asked), date(2022, 12, 30)).posts


def reader_list() -> tuple[str, ...]:
    site = open_site(WeRead)
    request = Request(
        "GET",
        "weread.qq.com",
        f"/web/mp/articles?bookId=MP_WXS_{WECHAT.biz_number}&offset=0",
        {
            "cookie": "; ".join(f"{each.name}={each.value}" for each in site.login),
            "x-wrpa-0": site._seal,  # type: ignore[attr-defined]
        },
    )
    reply = Reply(url="", status=200, content_type="", body=site.answer(request).body)
    return tuple(entry.title for entry in read_list(reply).entries)


def weibo_list(site: Site, uid: str, now: datetime) -> PayloadFacts:
    url = f"https://weibo.com/ajax/statuses/mymblog?uid={uid}&page=1"
    info = ask(site, f"https://weibo.com/ajax/profile/info?uid={uid}").json()
    count = info["data"]["user"]["statuses_count"]  # type: ignore[index]
    return read_weibo(ask(site, url).json(), uid, count, now)


def weibo_mobile() -> PayloadFacts:
    url = "https://m.weibo.cn/api/container/getIndex?containerid=1076035000000001"
    return read_mobile_feed(ask(open_site(Weibo), url).json(), "5000000001", 2, NOW, visitor=False)


def douyin_list() -> PayloadFacts:
    url = f"https://www.douyin.com/aweme/v1/web/aweme/post/?sec_user_id={TOKEN}&max_cursor=0"
    asked = ListRequest(known=True, visitor=False, owner=TOKEN)
    return read_posts(ask(open_site(Douyin), url).json(), 2, NOW, asked)


def toutiao_list() -> PayloadFacts:
    url = f"https://www.toutiao.com/api/pc/list/user/feed?category=profile_all&token={TOKEN}"
    return read_toutiao(ask(open_site(Toutiao), url).json(), "示例发布", NOW)


@pytest.mark.parametrize(
    "titles",
    [
        lambda: [post.title for post in weibo_list(open_site(Weibo), "5000000001", NOW).posts],
        lambda: [post.title for post in weibo_mobile().posts],
        lambda: [post.title for post in douyin_list().posts],
        lambda: [post.title for post in toutiao_list().posts],
        lambda: [post.title for post in own_list()],
        lambda: [post.title for post in album()],
        lambda: [*reader_list()],
        lambda: [*(post.title for post in article()), "演示：第二条"],
        lambda: [*(post.title for post in day_of_interface()), "演示：第二条"],
    ],
    ids=["desktop", "mobile", "douyin", "toutiao", "own", "album", "reader", "article", "interface"],
)  # fmt: skip
def test_every_surface_keeps_titles(titles: Callable[[], list[str]]) -> None:
    assert titles() == [TITLE, "演示：第二条"]


# what sites do not show as the replica does


def micro(**facts: object) -> Post:
    """A post of weibo.com or m.weibo.cn."""
    item = {
        "created_at": "Fri Dec 30 10:00:00 +0800 2022",
        "id": "1",
        "mblogid": "R1",
        "user": {"id": 5000000001},
        **facts,
    }
    (post,) = OwnPosts.among([item], "5000000001", NOW).posts
    return post


def test_a_long_text_of_weibo_is_known_to_go_on() -> None:
    assert micro(text_raw="演示\n长文", isLongText=True).title == "演示 长文…"
    assert micro(text_raw="演示 长文", isLongText=False).title == "演示 长文"
    assert micro(text='演示 长文...<a href="/status/1">全文</a>').title == "演示 长文…"
    assert micro(text_raw="演示...\u200b\u200b ").title == "演示..."
    assert len(micro(text_raw="演" * 500).title) == LONGEST


def test_markup_of_the_mobile_site_is_no_text() -> None:
    shown = '<a href="/x">#防汛#</a><br />演示 &amp; <img alt="[国旗]" src="x">文<span>字</span>'
    assert micro(text=shown).title == "#防汛# 演示 & [国旗]文字"


def test_a_weibo_repost_names_what_it_passes_on() -> None:
    original = {
        "text_raw": "演示：原文",
        "mblogid": "z0JH2lOMb",
        "user": {"id": 2656274875},
    }
    post = micro(text_raw="转发微博", retweeted_status=original)
    assert (post.title, post.original_title) == ("转发微博", "演示：原文")
    assert post.original_link == "https://weibo.com/2656274875/z0JH2lOMb"


def test_a_card_names_the_article_that_a_post_shows() -> None:
    post = micro(text_raw="权威发布", page_info={"type": "article", "page_title": "演示：文章"})
    assert (post.title, post.original_title, post.repost) == ("权威发布", "演示：文章", False)


def test_a_card_stands_for_no_original_that_is_gone() -> None:
    card = {"page_title": "演示：视频"}
    post = micro(text_raw="转发微博", retweeted_status={"id": "1", "user": None}, page_info=card)
    assert post.original_title == ""


def test_a_fast_repost_has_the_words_of_the_original_alone() -> None:
    made, original = 5936187281768449, 4936187281768449
    item = {
        "mid": str(made),
        "ori_mid": str(original),
        "created_at": "Sat Aug 27 10:00:00 +0800 2022",
        "user": {"id": 2656274875},
        "screen_name_suffix_new": [{"content": "快转了"}],
        "text_raw": "演示：原文",
    }
    now = datetime.fromisoformat("2031-06-01T20:00:00+08:00")
    (post,) = OwnPosts.among([item], "5000000001", now).posts
    assert (post.title, post.original_title, post.repost) == ("", "演示：原文", True)
    assert post.original_link == f"https://weibo.com/2656274875/{original}"


def test_a_toutiao_repost_names_what_it_passes_on() -> None:
    cell = {
        "cell_type": 56,
        "id": "7100000000000000001",
        "comment_base": {"create_time": 1672365600, "content": "转发"},
        "origin_group": {"title": "演示：原文", "group_id": "7100000000000000000"},
    }
    post = post_of(cell, NOW, [])
    assert post
    assert (post.title, post.original_title) == ("转发", "演示：原文")
    assert post.original_link == "https://www.toutiao.com/group/7100000000000000000/"


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("http://www.gov.cn/zhengce/1.htm?id=1#top", "http://www.gov.cn/zhengce/1.htm?id=1"),
        (
            "https://mp.weixin.qq.com/s?__biz=MzA=&mid=1&idx=1&sn=0a&chksm=x",
            "https://mp.weixin.qq.com/s?__biz=MzA%3D&mid=1&idx=1&sn=0a",
        ),
        ("http://10.0.0.1/internal", ""),
        ("javascript:void(0)", ""),
        ("", ""),
    ],
)
def test_where_an_article_comes_from_is_kept(source: str, link: str) -> None:
    served = (
        "<script>var nickname = '示例发布'; var user_name = 'gh_00000000000a'; var ct = "
        f"'1672365600'; var msg_title = '演示'; var msg_source_url = '{source}';</script>"
    )
    post = read_article(served, "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv").post
    assert post
    assert (post.title, post.original_link) == ("演示", link)


def test_a_script_text_with_a_semicolon_is_read_to_its_end() -> None:
    scripts = "var msg_title = '演示&quot;一&quot;；二;三'.html(false);\nvar nickname = htmlDecode(\"甲&amp;乙\");"
    assert variable_in(scripts, "msg_title") == '演示"一"；二;三'
    assert variable_in(scripts, "nickname") == "甲&乙"
    assert variable_in("var ct = 5; // it's\nvar nickname = '甲';", "nickname") == "甲"
    assert variable_in("var msg_title = 'open\nvar nickname = '甲';", "msg_title") == ""


@pytest.mark.parametrize("given", [None, 3, "", " \n "])
def test_what_is_no_text_is_no_title(given: object) -> None:
    assert title_of(given) == title_of(given, goes_on=True) == ""


def test_a_title_is_one_line_of_limited_length() -> None:
    assert title_of(" 演示\n\t标题 ") == "演示 标题"
    assert title_of("演" * LONGEST) == "演" * LONGEST
    assert title_of("演" * (LONGEST + 1)) == "演" * (LONGEST - 1) + "…"
    assert title_of("演示……", goes_on=True) == "演示……"
    assert plain_text("甲<p>乙</p>") == "甲乙\n"


# a task against the replica's lists

LONG = "国务院办公厅关于做好今冬明春防汛抗旱工作的通知"
FIRST, LAST = date(2022, 12, 26), date(2022, 12, 30)
HEAD = "platform,type,name,true_id,truth,posts,titles,retitled,withdrawn\n"
TASK = RepostTask(
    id=1,
    name="演示任务",
    from_day=FIRST,
    until_day=LAST,
    scope="全部在管账号",
    account_ids=(1,),
    items=(RepostItem(number=1, title=LONG),),
    by="演示员甲",
    at=day_start(FIRST),
)
STALE = "2022-12-27;2022-11-01"


@dataclass(frozen=True)
class Told:
    """A row of the world, and what is to be said of it."""

    row: str
    state: RepostState
    gone: bool = False
    tied_by_name: bool = False


TOLD = {
    "same title": Told(f"{STALE},1={LONG},,", RepostState.REPOSTED),
    "punctuation": Told(f"{STALE},1=【{LONG}】,,", RepostState.REPOSTED),
    "changed later": Told(f"{STALE},1={LONG},1=2022-12-29 防汛提醒,", RepostState.REPOSTED),
    "withdrawn": Told(f"{STALE},1={LONG},,1=2022-12-29", RepostState.REPOSTED, gone=True),
    "within a text": Told(f"{STALE},1=转发{LONG}全文,,", RepostState.SUSPECTED),
    "another title": Told(f"{STALE},1=演示：今日天气,,", RepostState.NOT_SEEN),
    "silent": Told("2022-11-01,,,", RepostState.NOT_SEEN),
    "homonym": Told(f"{STALE},1={LONG},,", RepostState.SUSPECTED, tied_by_name=True),
    "homonym that did not": Told("2022-11-01,,,", RepostState.OPEN, tied_by_name=True),
}


@pytest.mark.parametrize("name", TOLD)
def test_reposts_of_the_replica_are_told(name: str) -> None:
    """Two looks, one before the change and one after the last day."""
    told = TOLD[name]
    world = World.parse(f"{HEAD}weibo,新浪微博,示例发布,5000000001,alive,{told.row}\n")
    filed = Filing(
        name="示例发布", platform="weibo", platform_id="" if told.tied_by_name else "5000000001"
    )
    tie = MatchedBy.NAME if told.tied_by_name else MatchedBy.ID
    readings = []
    for at in (day_start(date(2022, 12, 28)), day_end(LAST) + timedelta(hours=8)):
        shown = weibo_list(open_site(Weibo, at, world), "5000000001", at)
        sight = Sight(
            surface="weibo.desktop",
            read_at=at,
            name="示例发布",
            platform_id="" if told.tied_by_name else "5000000001",
            matched_by=tie,
            posts=shown.posts,
            complete_since=shown.complete_since,
        )
        readings.append(
            Reading(
                id=len(readings) + 1,
                account_id=1,
                look=LookKind.FIRST,
                started_at=at,
                read_at=at,
                sights=(sight,),
            )
        )
    identity = replace(filed.identity, shares_name=told.tied_by_name)
    seen = view(known_as(filed, readings, identity=identity), TASK, readings[-1].read_at, None)
    result = judge_repost(TASK.items[0], seen, TASK)
    assert (result.state, result.gone) == (told.state, told.gone)


def test_the_replica_answers_as_json() -> None:
    """Of a post without a title of its own the replica makes one up."""
    world = World.parse(f"{HEAD}weibo,新浪微博,示例发布,5000000001,alive,2022-12-01,,,\n")
    body = ask(
        open_site(Weibo, NOW, world), "https://weibo.com/ajax/statuses/mymblog?uid=5000000001"
    )
    assert json.loads(body.body)["data"]["list"][0]["text_raw"] == "演示微博 1"

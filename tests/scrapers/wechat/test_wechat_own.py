"""WeChat's own list, albums and the list of 微信读书 as tables; whose they are; what pages show of
their own account; the pauses.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from stages import staged

from mediawatch.domain import (
    Account,
    Changed,
    Failure,
    Filing,
    MatchedBy,
    Need,
    NoEvidence,
    Outcome,
)
from mediawatch.domain.clock import EVER
from mediawatch.ports import Visit
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.sessions import Session
from scrapers.look import LookTask, look
from scrapers.replica import World
from scrapers.wechat.albums import albums_of, read_album, shows_all
from scrapers.wechat.article_page import read_article
from scrapers.wechat.articles import short_links
from scrapers.wechat.back_office_lists import OwnAccount
from scrapers.wechat.back_office_replies import complete_since, read_batches
from scrapers.wechat.identity import Owner, read_owner, same_account
from scrapers.wechat.search_hits import match_hits_to_filed
from scrapers.wechat.surfaces import SCRAPER

NAME, BIZ, GH, OTHER = "示例市第一测试局", "MzkwMDAwMDAwMQ==", "gh_0000000000c1", "MzkwMDAwMDAwMg=="
AT = 1930000000
WHEN = datetime.fromtimestamp(AT, UTC)


def account(**filed: Any) -> Account:
    links = filed.pop("links", ())
    return Account(id=1, filed=Filing(**{"name": NAME, "platform": "wechat", **filed}), links=links)


def group(at: int = AT, *, kind: int = 9, items: int = 1, **info: Any) -> dict[str, Any]:
    articles = [
        {
            "appmsgid": at,
            "itemidx": n,
            "content_url": f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid={at}&idx={n}&token=77",
        }
        for n in range(1, items + 1)
    ]
    return {
        "type": kind,
        "sent_info": {"time": at, "is_published": 1},
        "sent_result": {"msg_status": 2},
        "appmsg_info": articles,
        **info,
    }


def listed(
    *groups: dict[str, Any], total: int | None = None, plain: bool = False, **counts: int
) -> dict[str, Any]:
    entries = [{"publish_info": json.dumps(each)} for each in groups]
    page = {
        "total_count": len(entries) if total is None else total,
        "publish_list": entries,
        **counts,
    }
    return {"publish_page": page if plain else json.dumps(page)}


@pytest.mark.parametrize("plain", [False, True])
def test_the_own_list_is_read_from_either_shape(plain: bool) -> None:
    page = read_batches(listed(group(items=2), plain=plain), own=True)
    assert [post.id for post in page.posts] == [f"{AT}_1", f"{AT}_2"]
    assert {post.link for post in page.posts} == {
        f"https://mp.weixin.qq.com/s?__biz={BIZ.replace('=', '%3D')}&mid={AT}&idx={n}"
        for n in (1, 2)
    }
    assert complete_since([page]) == EVER


def test_only_an_own_list_with_no_counts_may_be_empty() -> None:
    page = read_batches(listed(masssend_count=0), own=True)
    assert (page.posts, page.total, page.count) == ((), 0, 0)
    for payload, own in (
        (listed(), False),
        (listed(masssend_count=2), True),
        (listed(total=3), True),
        (listed(group(), total=0), True),
    ):
        with pytest.raises(Changed):
            read_batches(payload, own=own)


@pytest.mark.parametrize(
    ("each", "posts", "certain"),
    [
        (group(kind=1, items=0), 1, True),
        (group(kind=16, items=0, sent_result={"msg_status": 7}), 0, True),
        (group(kind=9, items=0), 0, False),
        (group(kind=1, items=0, sent_info=None), 0, False),
        (group(kind=1, items=0, sent_result={"msg_status": 55}), 0, False),
    ],
)
def test_a_sent_text_is_an_update_an_empty_group_a_doubt(
    each: dict[str, Any], posts: int, certain: bool
) -> None:
    page = read_batches(listed(each), own=True)
    assert (len(page.posts), page.certain) == (posts, certain)


@pytest.mark.parametrize(
    ("data", "owner"),
    [
        ({"biz": BIZ, "user": GH, "nick": NAME}, Owner(biz=BIZ, original_id=GH, name=NAME)),
        (
            {"biz": BIZ, "user": "shili_one", "nick": NAME},
            Owner(biz=BIZ, alias="shili_one", name=NAME),
        ),
        ({"biz": None, "user": 7, "nick": None}, Owner()),
        (None, Owner()),
    ],
)
def test_who_the_home_page_is_of(data: object, owner: Owner) -> None:
    assert read_owner(data) == owner


@pytest.mark.parametrize(
    ("filed", "owner", "tie"),
    [
        ({"platform_id": BIZ}, Owner(biz=BIZ), MatchedBy.ID),
        ({"platform_id": "3900000001"}, Owner(biz=BIZ), MatchedBy.ID),
        ({"original_id": GH}, Owner(original_id=GH.upper()), MatchedBy.ID),
        ({"alias": "Shili_One"}, Owner(alias="shili_one"), MatchedBy.ID),
        (
            {"platform_id": BIZ, "original_id": GH},
            Owner(biz=BIZ, original_id="gh_ffffffffffff"),
            None,
        ),
        ({"platform_id": OTHER, "alias": "shili_one"}, Owner(biz=BIZ, alias="shili_one"), None),
        ({"platform_id": BIZ}, Owner(name=NAME), None),
        ({}, Owner(biz=BIZ, original_id=GH, alias="shili_one", name=NAME), None),
    ],
)
def test_the_own_list_needs_an_id_of_the_logins_account(
    filed: dict[str, str], owner: Owner, tie: MatchedBy | None
) -> None:
    assert same_account(account(**filed), owner) is tie


@pytest.mark.parametrize(
    ("cookies", "suits"),
    [
        ({"slave_user": GH}, True),
        ({"bizuin": "3900000001"}, True),
        ({"slave_user": "gh_ffffffffffff"}, False),
        ({"bizuin": "3900000002"}, False),
        ({"data_ticket": "x"}, True),
        (None, False),
    ],
)
def test_a_login_of_another_account_is_not_even_tried(
    tmp_path: Path, cookies: dict[str, str] | None, suits: bool
) -> None:
    state = tmp_path / "office.json"
    if cookies is not None:
        state.write_text(
            json.dumps(
                {"cookies": [{"name": name, "value": value} for name, value in cookies.items()]}
            ),
            "utf-8",
        )
    filed, login = account(platform_id=BIZ, original_id=GH), Session("wechat", "office", state)
    assert OwnAccount().accepts_session(filed, login) is suits
    known = suits and "data_ticket" not in (cookies or {})
    assert OwnAccount().is_session_of(filed, login) is known


ALBUM = "https://mp.weixin.qq.com/mp/appmsgalbum?__biz={}&action=getalbum&album_id={}"


def entry(at: int = AT, biz: str = BIZ, **more: Any) -> dict[str, Any]:
    url = (
        f"http://mp.weixin.qq.com/s?__biz={biz}&mid=7&idx=2&sn=x#rd"
        if biz
        else "http://mp.weixin.qq.com/s/ExampleShortLink00001"
    )
    return {"create_time": str(at), "msgid": "7", "itemidx": "2", "url": url, "title": "", **more}


def album(items: object, *, name: str = NAME, gh: str = GH, flag: object = "0") -> dict[str, Any]:
    return {
        "getalbum_resp": {
            "base_info": {"nickname": name, "username": gh},
            "article_list": items,
            "continue_flag": flag,
        }
    }


@pytest.mark.parametrize(
    ("items", "filed", "posts", "tie"),
    [
        ([entry()], {"platform_id": BIZ}, 1, MatchedBy.ID),
        (entry(), {"original_id": GH}, 1, MatchedBy.ID),
        ([entry(biz="")], {"platform_id": BIZ}, 1, MatchedBy.NAME),
        ([entry(), entry(biz=OTHER)], {}, 1, MatchedBy.NAME),
        ([entry(), entry(at=AT * 1000), {"title": "自拟"}], {}, 1, MatchedBy.NAME),
    ],
)
def test_an_album_holds_what_its_owner_published(
    items: object, filed: dict[str, str], posts: int, tie: MatchedBy
) -> None:
    seen = read_album(album(items), account(**filed), BIZ)
    assert (len(seen.posts), seen.matched_by, seen.complete_since) == (posts, tie, None)
    assert (seen.posts[0].at, seen.posts[0].id) == (WHEN, "7_2")


@pytest.mark.parametrize(
    ("payload", "filed", "failure"),
    [
        (album([entry()]), {"platform_id": OTHER}, NoEvidence),
        (album([entry()]), {"original_id": "gh_ffffffffffff"}, NoEvidence),
        (album([]), {}, Changed),
        (album([entry(biz=OTHER)]), {}, Changed),
        (album([{"url": ""}]), {}, Changed),
        (album([{"title": "自拟"}, "x"]), {}, Changed),
        (album([entry(at=AT * 1000)]), {}, Changed),
        ({"getalbum_resp": {}}, {}, Changed),
        ({}, {}, Changed),
    ],
)
def test_albums_that_say_nothing_of_the_account(
    payload: dict[str, Any], filed: dict[str, str], failure: type[Failure]
) -> None:
    with pytest.raises(failure):
        read_album(payload, account(**filed), BIZ)


def test_the_second_order_is_read_unless_the_first_shows_all() -> None:
    assert shows_all(album([entry()], flag="0"))
    assert not shows_all(album([entry()], flag="1"))
    assert not shows_all(album([entry()], flag=None))
    links = (
        ALBUM.format(BIZ, "11"),
        "https://mp.weixin.qq.com/s/ExampleShortLink00001",
        ALBUM.format(OTHER, "12"),
        ALBUM.format(BIZ, "11"),
    )
    assert albums_of(links) == ((BIZ, "11"), (OTHER, "12"))


def article(scripts: str, biz: str = BIZ) -> tuple[str, ...]:
    known = f'var biz = "{biz}"; var nickname = "{NAME}";\nvar user_name = "{GH}"; var ct = "{AT}";'
    return read_article(
        f"<html><body><script>{known}\n{scripts}</script><div id='js_content'></div></body></html>",
        "",
    ).links


OWN = (
    f"link: 'https://mp.weixin.qq.com/mp/appmsgalbum?__biz={BIZ}\\x26amp;action=getalbum\\x26amp;"
    "album_id=11#wechat_redirect',"
)
KEPT = (
    "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzkwMDAwMDAwMQ%3D%3D&action=getalbum&album_id=11"
)
NEXT = "next_article_link: 'http://mp.weixin.qq.com/s/ExampleNextArticle001?scene=1',"


@pytest.mark.parametrize(
    ("scripts", "links"),
    [
        (OWN, (KEPT,)),
        (OWN + NEXT + OWN, ("https://mp.weixin.qq.com/s/ExampleNextArticle001", KEPT)),
        (OWN.replace(BIZ, OTHER) + NEXT, ()),
        (
            OWN + f"next_article_link: 'http://mp.weixin.qq.com/s?__biz={BIZ}\\x26amp;mid=1',",
            (KEPT,),
        ),
        (OWN + "next_article_link: '',", (KEPT,)),
        ("content: 'http://mp.weixin.qq.com/s/SomebodyElsesArticle1',", ()),
        (OWN.replace("album_id=11", "album_id="), ()),
    ],
)
def test_a_page_leads_only_to_its_own_accounts_albums(scripts: str, links: tuple[str, ...]) -> None:
    assert article(scripts) == links


def test_an_account_that_is_gone_leads_nowhere() -> None:
    gone = (
        f'var biz = "{BIZ}"; var nickname = "该帐号已注销";\nvar user_name = "{GH}"; var ct = '
        f'"{AT}";\n{OWN}'
    )
    page = read_article(f"<html><script>{gone}</script></html>", "")
    assert (page.outcome, page.links, page.described) == (Outcome.CANCELLED, (), True)


def test_learned_links_are_opened_before_the_filed_ones() -> None:
    filed = tuple(f"https://mp.weixin.qq.com/s/ExampleFiledLink{n:05d}" for n in range(3))
    learned = "https://mp.weixin.qq.com/s/ExampleLearnedLink001"
    assert short_links(account(article_links=filed, links=(*filed, learned))) == (learned, *filed)


def test_a_search_without_any_hit_is_described_only() -> None:
    assert match_hits_to_filed(account(alias="shili_none"), (), exhausted=True).attested is not None


class Counting(Pacing):
    """A gate that notes whose visit it made wait between two calls."""

    def __init__(self) -> None:
        super().__init__(scale=0)
        self.paused: list[str] = []

    async def pause(self, visit: Visit) -> None:
        assert visit.pace.every > 0
        self.paused.append(visit.surface)
        await super().pause(visit)


async def test_the_pages_of_one_search_keep_the_pace(executable: Path, tmp_path: Path) -> None:
    rows = "".join(f"wechat,微信公众号,示例市测试局第{n:02d}分局,alive,\n" for n in range(1, 9))
    world = World.parse(f"platform,type,name,truth,posts\n{rows}")
    now = datetime(2023, 1, 1, tzinfo=UTC)
    async with staged(SCRAPER, executable, tmp_path, world, now, session=True) as stage:
        gate = Counting()
        sessions = [stage.session] if stage.session else []
        need = Need(fresh_after=now.date())
        asked = account(name="示例市测试局", alias="shili_none")
        (sight, *_) = await look(LookTask(SCRAPER, stage.browser, sessions, asked, need, gate))
        calls = sum(path.endswith("/searchbiz") for path in stage.paths)
    assert sight.outcome is Outcome.NOT_FOUND
    assert calls > 1
    # Every call but the first waits: those of the second query (the 微信号) too.
    assert gate.paused == ["wechat.search"] * (calls - 1)

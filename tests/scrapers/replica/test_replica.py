"""The replica in a real Chromium: what each site's own pages call and show, to visitors and to the
operator.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, Playwright, Response, StorageState, async_playwright
from playwright.async_api import Error as PlaywrightError
from tables import short

from mediawatch.ops import install_browser
from scrapers.replica import Case, Replica, World

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
PLATFORMS = frozenset({"weibo", "douyin", "wechat", "toutiao", "bilibili", "kuaishou", "tieba"})
TOKEN = "MS4wLjABAAAA" + "t" * 43
SEC = "MS4wLjABAAAA" + "d" * 43
NAME = "示例<公众>'号\"&"
PROFILE = f"https://www.toutiao.com/c/user/token/{TOKEN}/"
FEED = f"/api/pc/list/user/feed?category=profile_all&token={TOKEN}&max_behot_time=0&aid=24&app_name=toutiao_web"
WORKS = f"/aweme/v1/web/aweme/post/?sec_user_id={SEC}&max_cursor=0&count=18"
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,original_id,alias,url,truth,shown_name,posts,pinned,"
    "visitors_miss,articles\n"
    f"toutiao,今日头条,示例头条,T1,{TOKEN},,,https://www.toutiao.com/c/user/70000000001/,alive,,"
    "2022-12-30T08:00 micro;2022-12-28 repost;2022-12-20 video;2022-06-01,4,0,\n"
    "toutiao,今日头条,示例头条注销,T2,,,,,cancelled,,,,,\n"
    "weibo,新浪微博,示例微博,W1,5000000001,,demo,,alive,示例微博（演示更名）,2022-12-30T09:00;"
    "2022-12-29;2022-11-01;2020-01-01,4,2,\n"
    "weibo,新浪微博,示例微博封禁,W2,5000000002,,,,banned,,2022-12-30,,,\n"
    "weibo,新浪微博,示例微博空,W3,5000000003,,,,empty,,,,,\n"
    f"douyin,抖音短视频,示例抖音,D1,{SEC},,,https://v.douyin.com/abc123/,alive,,2022-12-30;"
    "2022-12-01 pictures;2022-01-01,3,1,\n"
    "douyin,抖音短视频,示例抖音私密,D2,MS4wLjABAAAAppppppppppppppppppppppppp,,,,private,,"
    "2022-12-01,,,\n"
    'wechat,微信公众号,示例公众号,X1,,gh_00000000000a,shili,,alive,"示例<公众>\'号""&",'
    "2022-12-30T07:30;2022-12-01 pictures;2022-11-01;2022-10-01;2022-09-01,,,1;2;3:deleted;"
    "4:violation;5:captcha\n"
    "wechat,微信公众号,示例公众号一,X2,,,,,alive,,2022-12-30,,,1\n"
    "wechat,微信公众号,示例公众号注销,X3,,,,,cancelled,,2022-12-01,,,1\n"
)


@pytest.fixture(scope="module")
async def driver() -> AsyncIterator[Playwright]:
    async with async_playwright() as started:
        yield started


@asynccontextmanager
async def stage(
    driver: Playwright, world: World = WORLD, **options: Any
) -> AsyncIterator[tuple[Replica, Browser]]:
    async with Replica(world, now=lambda: NOW, **options) as replica:
        browser = await driver.chromium.launch(
            executable_path=install_browser.find().path,
            proxy={"server": replica.proxy},
            args=list(replica.chromium_args),
        )
        try:
            yield replica, browser
        finally:
            await browser.close()


@pytest.fixture(scope="module")
async def staged(driver: Playwright) -> AsyncIterator[tuple[Replica, Browser]]:
    async with stage(driver, logged_in=PLATFORMS) as pair:
        yield pair


@asynccontextmanager
async def visit(staged: tuple[Replica, Browser], platform: str = "") -> AsyncIterator[Page]:
    """A page of a fresh context: a visitor's, or with the operator's login on one platform."""
    replica, browser = staged
    state = replica.storage_state(platform) if platform else {"cookies": [], "origins": []}
    context = await browser.new_context(
        storage_state=StorageState(cookies=state["cookies"], origins=state["origins"])
    )
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def reply(page: Page, path: str, url: str) -> Any:
    """Open a page and give the JSON of the call that it makes to a path.

    A function of JSON; None for an empty body.
    """

    def wanted(response: Response) -> bool:
        return (
            urlsplit(response.url).path == path.partition("?")[0]
            and path.partition("?")[2] in response.url
        )

    async with page.expect_response(wanted, timeout=10_000) as caught:
        await page.goto(url)
    body = await (await caught.value).body()
    return json.loads(body)


async def fetched(page: Page, url: str) -> Any:
    """`[status, JSON]` of a call by the page's own `fetch`."""
    return await page.evaluate(
        "(url) => fetch(url).then(async (r) => [r.status, await r.json()])", url
    )


# the server


async def test_unknown_hosts_are_refused_and_counted_apart(driver: Playwright) -> None:
    async with stage(driver) as staged:
        replica, _ = staged
        async with visit(staged) as page:
            response = await page.goto("http://plain.example.com/")
            assert response is not None
            assert response.status == 502
        # A page of its own for each: an error page that is still coming would interrupt the next
        # navigation.
        for url in (
            "https://www.example.com/",
            "https://weibo.com:8443/",
            "https://update.googleapis.com/",
        ):
            async with visit(staged) as page:
                with pytest.raises(PlaywrightError, match="ERR_TUNNEL_CONNECTION_FAILED"):
                    await page.goto(url)
        assert replica.strangers == {
            "www.example.com": 1,
            "plain.example.com": 1,
            "weibo.com:8443": 1,
        }
        assert replica.background == {"update.googleapis.com": 1}
        assert replica.requests == []


async def test_plain_http_leads_to_https(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged) as page:
        response = await page.goto("http://mp.weixin.qq.com/")
        assert response is not None
        assert (response.url, response.status) == ("https://mp.weixin.qq.com/", 200)


async def test_only_this_replicas_key_is_trusted(driver: Playwright) -> None:
    async with Replica(WORLD, now=lambda: NOW) as replica, Replica(WORLD, now=lambda: NOW) as other:
        browser = await driver.chromium.launch(
            executable_path=install_browser.find().path,
            proxy={"server": replica.proxy},
            args=list(other.chromium_args),
        )
        page = await browser.new_page()
        with pytest.raises(PlaywrightError, match="ERR_CERT_AUTHORITY_INVALID"):
            await page.goto("https://mp.weixin.qq.com/")
        await browser.close()


async def test_its_certificates_satisfy_python_3_13() -> None:
    async with Replica(WORLD, now=lambda: NOW) as replica:
        port = urlsplit(replica.proxy).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"CONNECT weibo.com:443 HTTP/1.1\r\n\r\n")
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        context = ssl.create_default_context(cadata=replica.ca_pem.decode())
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        await writer.start_tls(context, server_hostname="weibo.com")
        writer.write(b"GET /ajax/profile/info HTTP/1.1\r\nHost: weibo.com\r\n\r\n")
        assert b" 200 OK" in await reader.readuntil(b"\r\n\r\n")
        writer.close()


async def test_two_replicas_have_logins_of_their_own() -> None:
    first, second = (Replica(WORLD, now=lambda: NOW, logged_in=PLATFORMS) for _ in range(2))
    for platform in PLATFORMS:
        assert first.storage_state(platform) != second.storage_state(platform)


# Toutiao


async def test_toutiao_challenges_once_then_shows_the_account(
    staged: tuple[Replica, Browser],
) -> None:
    async with visit(staged) as page:
        served = len(staged[0].requests)
        feed = await reply(page, "/api/pc/list/user/feed", PROFILE)
        assert [request.url for request in staged[0].requests[served:]][:2] == [PROFILE, PROFILE]
        data = json.loads(
            await page.evaluate(
                "decodeURIComponent(document.getElementById('RENDER_DATA').textContent)"
            )
        )["data"]
        assert data["profileUserInfo"]["name"] == "示例头条"
        assert data["identity"]["user_is_login"] is False
        assert [item["cell_type"] for item in feed["data"]] == [60, 32, 56, 49]
        assert [item["is_stick"] for item in feed["data"]] == [True, False, False, False]
        assert "title" not in feed["data"][1]
        assert (
            feed["data"][2]["comment_base"]["create_time"]
            == datetime.fromisoformat("2022-12-28T10:00+08:00").timestamp()
        )
        await page.wait_for_selector(".feed-card-footer-time-cmp")
        assert "2022年12月30日" in await page.inner_text(".profile-tab-feed")


async def test_toutiao_answers_unsigned_calls_with_nothing(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged) as page:
        await reply(page, "/api/pc/list/user/feed", PROFILE)
        unsigned = await page.context.request.get(
            f"https://www.toutiao.com{FEED}", ignore_https_errors=True
        )
        assert (unsigned.status, await unsigned.body()) == (200, b"")
        forged = await page.context.request.get(
            f"https://www.toutiao.com{FEED}&_signature=00000000", ignore_https_errors=True
        )
        assert await forged.body() == b""
        status, feed = await fetched(page, FEED)
        assert (status, feed["message"], len(feed["data"])) == (200, "success", 4)


@pytest.mark.soak
async def test_toutiao_other_addresses(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged) as page:
        await page.goto("https://www.toutiao.com/c/user/70000000001/")
        await page.wait_for_selector("#RENDER_DATA", state="attached")
        assert page.url.partition("?")[0] == PROFILE
        for url, words in (
            ("https://www.toutiao.com/c/user/token/MS4wLjABAAAAnobody/", "用户不存在"),
            (f"https://www.toutiao.com/c/user/token/{WORLD.of('toutiao')[1].id}/", "已注销"),
        ):
            response = await page.goto(url)
            assert response is not None
            assert response.status == 404
            assert words in await page.inner_text("body")
            assert "profileUserInfo" not in await page.content()


# Weibo


async def test_weibo_mobile_sends_visitors_through_the_visitor_system(
    staged: tuple[Replica, Browser],
) -> None:
    async with visit(staged) as page:
        served = len(staged[0].requests)
        feed = await reply(
            page,
            "/api/container/getIndex?containerid=1076035000000001",
            "https://m.weibo.cn/u/5000000001",
        )
        paths = [
            f"{urlsplit(each.url).hostname}{urlsplit(each.url).path}"
            for each in staged[0].requests[served:]
        ]
        assert paths[:4] == [
            "m.weibo.cn/u/5000000001",
            "visitor.passport.weibo.cn/visitor/visitor",
            "visitor.passport.weibo.cn/visitor/genvisitor2",
            "m.weibo.cn/u/5000000001",
        ]
        dates = [
            card["mblog"]["created_at"] for card in feed["data"]["cards"] if card["card_type"] == 9
        ]
        assert dates == [
            "Wed Jan 01 10:00:00 +0800 2020",
            "Tue Nov 01 10:00:00 +0800 2022",
        ]  # pinned first, the newest two withheld
        assert (await fetched(page, "/api/config"))[1]["data"]["login"] is False
        _, profile = await fetched(page, "/api/container/getIndex?type=uid&value=5000000001")
        assert profile["data"]["userInfo"]["screen_name"] == "示例微博（演示更名）"


async def test_weibo_mobile_without_the_visitors_cookie_is_432(
    staged: tuple[Replica, Browser],
) -> None:
    async with visit(staged) as page:
        call = await page.context.request.get(
            "https://m.weibo.cn/api/container/getIndex?type=uid&value=5000000001",
            ignore_https_errors=True,
        )
        assert call.status == 432


@pytest.mark.soak
async def test_weibo_mobile_names_and_silent_answers(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged) as page:
        await page.goto("https://m.weibo.cn/n/示例微博（演示更名）")
        await page.wait_for_url("https://m.weibo.cn/u/5000000001")
        await page.goto("https://m.weibo.cn/n/示例微博")
        assert await page.inner_text(".h5-4con") == "用户不存在"
        for uid in ("5999999999", "5000000002"):
            _, answer = await fetched(page, f"/api/container/getIndex?type=uid&value={uid}")
            assert answer == {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
        assert (await fetched(page, "/api/container/getIndex?type=uid&value=5000000003"))[1][
            "data"
        ]["userInfo"]["statuses_count"] == 0


@pytest.mark.parametrize(
    "path", short(["u/5000000001", "5000000001", "demo", "n/示例微博（演示更名）"])
)
async def test_weibo_desktop_shows_everything_to_the_operator(
    staged: tuple[Replica, Browser], path: str
) -> None:
    async with visit(staged, "weibo") as page:
        feed = await reply(page, "/ajax/statuses/mymblog", f"https://weibo.com/{path}")
        assert [item["created_at"][:10] for item in feed["data"]["list"]] == [
            "Wed Jan 01",
            "Fri Dec 30",
            "Thu Dec 29",
            "Tue Nov 01",
        ]
        assert feed["data"]["list"][0]["isTop"] == 1
        assert await page.evaluate("$CONFIG.user.screen_name") == "演示操作员"


async def test_weibo_desktop_wants_a_login(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged) as page:
        profile = await reply(page, "/ajax/profile/info", "https://weibo.com/u/5000000001")
        assert profile == {"ok": -100, "url": "https://weibo.com/login.php"}
        assert await page.evaluate("$CONFIG.user") is None


@pytest.mark.soak
async def test_weibo_desktop_states(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged, "weibo") as page:
        profile = await reply(page, "/ajax/profile/info", "https://weibo.com/u/5999999999")
        assert profile["msg"] == "该用户不存在(20003)"
        await page.goto("https://weibo.com/u/5000000002")
        await page.wait_for_url("https://weibo.com/sorry?usernotexists&msg=*")
        assert "因被投诉违反" in await page.inner_text("body")
        assert (await fetched(page, "/ajax/profile/info"))[0] == 400


async def test_a_login_counts_only_where_the_platform_accepts_it(driver: Playwright) -> None:
    async with stage(driver, logged_in=frozenset({"douyin"})) as staged:
        async with visit(staged, "weibo") as page:
            assert (await reply(page, "/ajax/profile/info", "https://weibo.com/u/5000000001"))[
                "ok"
            ] == -100
        async with visit(staged, "douyin") as page:
            await page.goto("https://www.douyin.com/")
            assert await page.evaluate(_IS_LOGIN) is True


# Douyin

_IS_LOGIN = "JSON.parse(decodeURIComponent(document.getElementById('RENDER_DATA').textContent)).app.user.isLogin"


@pytest.mark.parametrize(
    ("platform", "days"),
    [("", ["2022-01-01", "2022-12-01"]), ("douyin", ["2022-01-01", "2022-12-30", "2022-12-01"])],
)
async def test_douyin_withholds_the_newest_from_visitors(
    staged: tuple[Replica, Browser], platform: str, days: list[str]
) -> None:
    async with visit(staged, platform) as page:
        works = await reply(page, "/aweme/v1/web/aweme/post/", f"https://www.douyin.com/user/{SEC}")
        assert [
            datetime.fromtimestamp(item["create_time"], NOW.tzinfo).date().isoformat()
            for item in works["aweme_list"]
        ] == days
        assert await page.evaluate(_IS_LOGIN) is bool(platform)
        records = await page.evaluate(
            "self.__pace_f.map((record) => JSON.parse(record[1].slice(2))[3].user)"
        )
        assert [user.get("user", {}).get("nickname") for user in records] == (
            [None, "示例抖音"] if platform else ["示例抖音"]
        )
        _, profile = await fetched(page, f"/aweme/v1/web/user/profile/other/?sec_user_id={SEC}")
        assert (profile["user"]["sec_uid"], profile["user"]["aweme_count"]) == (SEC, 3)


async def test_douyin_answers_unsigned_calls_with_nothing(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged, "douyin") as page:
        unsigned = await page.context.request.get(
            f"https://www.douyin.com{WORKS}", ignore_https_errors=True
        )
        assert (unsigned.status, await unsigned.body()) == (200, b"")


@pytest.mark.soak
async def test_douyin_short_links_and_states(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged) as page:
        served = len(staged[0].requests)
        await page.goto("https://v.douyin.com/abc123/")
        assert page.url == f"https://www.douyin.com/user/{SEC}"
        assert urlsplit(staged[0].requests[served + 1].url).hostname == "www.iesdouyin.com"
        await page.goto("https://www.douyin.com/user/MS4wLjABAAAAnobodynobodynobodynobody")
        assert "用户不存在" in await page.inner_text("body")
        works = await reply(
            page,
            "/aweme/v1/web/aweme/post/",
            f"https://www.douyin.com/user/{WORLD.of('douyin')[1].id}",
        )
        assert works["aweme_list"] == []
        assert "私密账号" in await page.inner_text("body")


# WeChat


def article(row: int, number: int) -> str:
    account = WORLD.of("wechat")[row]
    return account.article_link(account.posts[number - 1])


_READ_ARTICLE = """() => {
  const shown = (selector) => document.querySelector(selector).innerText;
  if (typeof ct === "string") return ["classic", nickname, user_name, Number(ct), shown("#js_name")];
  const {nick_name, user_name: gh, ori_create_time} = cgiDataNew;
  return ["new", nick_name, gh, ori_create_time, shown(".account_nickname_inner")];
}"""


async def test_wechat_articles_in_both_layouts(driver: Playwright) -> None:
    posts = ";".join(["2022-12-09 pictures", *(f"2022-12-{day:02}" for day in range(10, 20))])
    hostile = NAME.replace('"', '""')
    world = World.parse(
        f'platform,type,name,original_id,truth,posts\nwechat,微信公众号,"{hostile}",'
        f"gh_00000000000b,alive,{posts}\n"
    )
    async with stage(driver, world) as staged, visit(staged) as page:
        layouts = []
        account = world.accounts[0]
        for post in account.posts:
            await page.goto(account.article_link(post))
            layout, name, original_id, at, shown = await page.evaluate(_READ_ARTICLE)
            assert (name, shown, original_id, at) == (
                NAME,
                NAME,
                "gh_00000000000b",
                post.at.timestamp(),
            )
            assert "微信广告" in await page.content()
            layouts.append(layout)
        assert set(layouts) == {"classic", "new"}
        assert layouts[-1] == "new"  # pictures exist in the new layout only


@pytest.mark.soak
async def test_wechat_articles_that_are_gone(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged) as page:
        for link, words in (
            (article(0, 3), "该内容已被发布者删除"),
            (article(0, 4), "此内容因违规无法查看"),
            (article(2, 1), "已自主注销"),
            ("https://mp.weixin.qq.com/s/nosucharticle000000000", "参数错误"),
        ):
            await page.goto(link)
            assert words in await page.inner_text(".weui-msg__title")
        await page.goto(article(0, 4))
        assert await page.evaluate("cgiData.user_name") == "gh_00000000000a"
        for link in (article(0, 5), "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&mid=1"):
            await page.goto(link)
            assert urlsplit(page.url).path == "/mp/wappoc_appmsgcaptcha"


async def test_wechat_back_office(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged, "wechat") as page:
        await page.goto("https://mp.weixin.qq.com/")
        token = await page.evaluate("wx.data.t")
        assert f"token={token}" in page.url

        async def search(query: str, extra: str = "") -> Any:
            call = f"/cgi-bin/searchbiz?action=search_biz&begin=0&count=5&query={query}&token={token}&lang=zh_CN&f=json&ajax=1"
            return (await fetched(page, call + extra))[1]

        hits = await search("示例公众号一")
        assert [hit["nickname"] for hit in hits["list"]].count("示例公众号一") == 1
        assert [hit["alias"] for hit in (await search("shili"))["list"]] == ["shili"]
        assert (await search("全然不同的名字"))["list"] == []
        assert "示例公众号注销" not in [
            hit["nickname"] for hit in (await search("示例公众号注销"))["list"]
        ]
        closed = f"/cgi-bin/appmsgpublish?sub=list&begin=0&count=5&fakeid={hits['list'][0]['fakeid']}&token={token}&f=json"
        assert (await fetched(page, closed))[1] == {
            "base_resp": {"ret": 200013, "err_msg": "freq control"}
        }
        assert (await fetched(page, "/cgi-bin/searchbiz?query=x&token=1"))[1]["base_resp"][
            "ret"
        ] == 200040


async def test_wechat_back_office_without_a_login(staged: tuple[Replica, Browser]) -> None:
    async with visit(staged) as page:
        await page.goto("https://mp.weixin.qq.com/cgi-bin/home?t=home/index&token=1")
        assert page.url == "https://mp.weixin.qq.com/"
        assert "扫一扫" in await page.inner_text("body")
        assert (await fetched(page, "/cgi-bin/searchbiz?query=x&token=1"))[1]["base_resp"][
            "ret"
        ] == 200003


@pytest.mark.soak
async def test_wechat_lists_where_they_are_open(driver: Playwright) -> None:
    async with (
        stage(driver, logged_in=PLATFORMS, lists_open=True) as staged,
        visit(staged, "wechat") as page,
    ):
        await page.goto("https://mp.weixin.qq.com/")
        token, account = await page.evaluate("wx.data.t"), WORLD.of("wechat")[0]
        call = f"/cgi-bin/appmsgpublish?sub=list&begin=0&count=5&fakeid={account.id}&token={token}&f=json"
        listed = json.loads((await fetched(page, call))[1]["publish_page"])
        articles = [
            json.loads(batch["publish_info"])["appmsgex"][0] for batch in listed["publish_list"]
        ]
        assert [each["link"] for each in articles] == [
            account.article_link(post) for post in account.posts
        ]
        assert [each["is_deleted"] for each in articles] == [False, False, True, False, False]


# cases


async def test_a_case_stands_before_bare_sites(driver: Playwright, tmp_path: Path) -> None:
    folder = tmp_path / "douyin" / "own"
    folder.mkdir(parents=True)
    (folder / "user.json").write_text(
        '{"status_code": 0, "user": {"nickname": "示例案例号"}}', encoding="utf-8"
    )
    (folder / "case.toml").write_text(
        'platform = "douyin"\nas_of = "2022-12-31T20:00:00+08:00"\nsessions = []\n'
        f'[account]\nname = "示例案例号"\nplatform_id = "{SEC}"\n'
        "[[response]]\nurl = "
        f'"https://www.douyin.com/aweme/v1/web/user/profile/other/?sec_user_id={SEC}"\nfile = '
        '"user.json"\n',
        encoding="utf-8",
    )
    async with stage(driver, World(), overlay=Case.read(folder)) as staged, visit(staged) as page:
        # The page's own script asks for the profile, and the case answers it; the list is in no
        # case.
        user = await reply(
            page, "/aweme/v1/web/user/profile/other/", f"https://www.douyin.com/user/{SEC}"
        )
        assert user["user"]["nickname"] == "示例案例号"
        assert await page.evaluate(f"fetch({WORKS!r}).then((r) => r.status)") == 404

"""WeChat: article pages of both layouts, message templates, search hits, the list, and looks at the
replica.
"""

from __future__ import annotations

import html
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.domain import (
    ID_IN_DOUBT,
    Account,
    Captcha,
    Changed,
    Failure,
    Filing,
    InteractionSeen,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    PostKind,
    RateLimited,
    Sight,
)
from mediawatch.domain.clock import EVER, day_of
from scrapers.browser.pool import Reply
from scrapers.wechat.article_page import Page, read_article
from scrapers.wechat.article_words import GONE_NICK
from scrapers.wechat.articles import facts, short_links
from scrapers.wechat.back_office import Search
from scrapers.wechat.back_office_lists import List
from scrapers.wechat.back_office_replies import Hit, answer, complete_since, read_batches, read_hits
from scrapers.wechat.identity import filed_id, number_of, tie_of
from scrapers.wechat.links import storable_link
from scrapers.wechat.page_scripts import decode
from scrapers.wechat.search_hits import match_hits_to_filed

NAME, BIZ, GH, ALIAS = "示例市第一测试局", "MzAwMDAwMDAwMQ==", "gh_00000000aaaa", "shili_one"
OTHER_BIZ = "MzAwMDAwMDAwMg=="
AT = 1766000000
WHEN = datetime.fromtimestamp(AT, UTC)
LINK = "https://mp.weixin.qq.com/s/ExampleArticleLink0001"
DECOY = (
    "<script>var ad = {user_name: 'gh_1e80bb81a1d2', nick_name: '微信广告', ct: "
    "'1999999999'};</script>"
)


def account(**filed: Any) -> Account:
    links = filed.pop("links", ())
    return Account(id=1, filed=Filing(**{"name": NAME, "platform": "wechat", **filed}), links=links)


def classic(
    name: str = NAME,
    *,
    at: object = AT,
    kind: str = "9",
    biz: str = f'"" || "{BIZ}"',
    decode: bool = True,
    more: str = "",
) -> str:
    shown = f'htmlDecode("{html.escape(name)}")' if decode else f'"{name}"'
    return f"""<html><body>{DECOY}<script>
    var biz = {biz};
    var mid = "" || "2247000001" || "";
    var idx = "" || "2" || "";
</script><div id="js_content">正文 var nickname = "别人"; 该公众号已迁移 此帐号已被屏蔽</div><script>
    var item_show_type = "0"; var modify_time = "1799999999";
    var nickname = {shown};
    var appmsg_type = "{kind}";
    var ct = "{at}";
    var user_name = "{GH}";
    {more}
</script></body></html>"""


def second(
    name: str = NAME,
    *,
    at: object = AT,
    kind: str = "10002",
    shown_as: str = "8",
    body: bool = False,
    dates: str = "",
) -> str:
    dates = dates or f"ori_create_time: '{at}' * 1, create_time: JsDecode('2001-01-01 00:00'),"
    return f"""<html><body>{DECOY}<script>
window.cgiDataNew = {{
    base_resp: {{ ret: '0' * 1, nick_name: '里面的' }},
    user_name: JsDecode('{GH}'),
    nick_name: JsDecode('{name}'),
    content_noencode: JsDecode('var nickname = "别人"; nick_name: \\'别人\\' }} window.cgiDataNew = {{'),
    {dates}
    alias: '{ALIAS}',
    type: '{kind}' * 1,
    cards: [ {{ nick_name: '名片', user_name: 'gh_cccccccccccc' }} ],
    bizuin: '{BIZ}', mid: '2247000001' * 1, idx: '1' * 1,
    item_show_type: '{shown_as}' * 1, modify_time: '1799999999' * 1,
}};</script>{'<div id="js_content"></div>' if body else ""}</body></html>"""


def message(words: str, *, block: str = "weui-msg__title", script: str = "", more: str = "") -> str:
    return f"""<html><head><style>.weui-msg__title {{}}</style></head><body><div class="weui-msg"><h2 class='{block} warn'>{words}</h2>
    <div class="weui-msg__desc">{more}</div><p><a>微信公众平台运营中心</a></p></div><script>{script}</script></body></html>"""


@pytest.mark.parametrize("text", [classic(), classic(decode=False), second(), second(body=True)])
def test_an_article_gives_its_account_not_the_advertiser(
    text: str,
) -> None:
    page = read_article(text, LINK)
    assert (page.outcome, page.name, page.biz, page.original_id) == (Outcome.OK, NAME, BIZ, GH)
    assert page.post is not None
    assert (page.post.at, page.post.on) == (WHEN, day_of(WHEN))


@pytest.mark.parametrize(
    ("text", "pushed", "kind", "number"),
    [
        (classic(kind="9"), True, PostKind.ARTICLE, "2247000001_2"),
        (classic(kind="10002"), False, PostKind.ARTICLE, "2247000001_2"),
        (classic(kind="1"), None, PostKind.ARTICLE, "2247000001_2"),
        (second(kind="10002"), False, PostKind.PICTURES, "2247000001_1"),
        (second(kind="9", shown_as="10"), True, PostKind.MICRO, "2247000001_1"),
        (second(shown_as="99"), False, PostKind.OTHER, "2247000001_1"),
    ],
)
def test_push_kind_and_number_of_an_article(
    text: str, pushed: bool | None, kind: PostKind, number: str
) -> None:
    post = read_article(text, LINK).post
    assert post is not None
    assert (post.pushed, post.kind, post.id) == (pushed, kind, number)


def test_a_shared_video_of_2019_is_read_from_its_own_variables() -> None:
    shown = "<strong><span class='account_nickname_inner'>示例市第一测试局</span></strong>"
    text = (
        f"<html><body>{DECOY}{shown}<script>var d = window;\nd.user_name = '{GH}';\nd.ct = "
        f"'{AT}';\n</script></body></html>"
    )
    page = read_article(text, LINK)
    assert (page.name, page.original_id, page.post and page.post.at) == (NAME, GH, WHEN)
    body = text.replace("<strong>", "<div id='js_content'></div><strong>")
    with pytest.raises(Changed):  # an article's text is the account's to write
        read_article(body, LINK)


def test_what_one_layout_lacks_may_stand_in_the_other() -> None:
    text = second(dates="modify_time: '1799999999' * 1,").replace(
        "</body>", f"<script>var ct = '{AT}';</script></body>"
    )
    page = read_article(text, LINK)
    assert page.post is not None
    assert page.post.at == WHEN


@pytest.mark.parametrize(
    ("dates", "at"),
    [
        ("ori_create_time: '0' * 1, create_timestamp: '1766000000' * 1,", WHEN),
        ("ori_send_time: '1766000000' * 1,", WHEN),
        ("ori_create_time: 1766000000,", WHEN),
        ("create_time: JsDecode('2026-01-02 00:39'),", datetime(2026, 1, 1, 16, 39, tzinfo=UTC)),
    ],
)
def test_the_time_of_publishing(dates: str, at: datetime) -> None:
    post = read_article(second(dates=dates), LINK).post
    assert post is not None
    assert post.at == at


@pytest.mark.parametrize("text", [classic(at=""), second(dates="modify_time: '1766000000' * 1,")])
def test_a_page_without_a_time_still_names_its_account(text: str) -> None:
    page = read_article(text, LINK)
    assert page.post is None
    assert page.outcome is Outcome.OK
    assert page.name
    assert page.original_id


def test_a_wrong_unit_is_no_time_of_publishing() -> None:
    text = classic(at="1766000000000")
    with pytest.raises(Changed):
        read_article(text, LINK)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1)
    .map(str.strip)
    .filter(bool)
)
def test_any_name_survives_the_way_through_a_page(name: str) -> None:
    # A placeholder that WeChat puts in a name's place is no name.
    if name == html.unescape(name) and "\\" not in name and not GONE_NICK.fullmatch(name):
        escaped = "".join(
            f"\\x{ord(char):02x}" if char in "\\\"'<>&\r\n" else char for char in name
        )
        assert read_article(second(escaped), LINK).name == name


@pytest.mark.parametrize(
    ("text", "outcome", "name"),
    [
        (message("该内容已被发布者删除"), Outcome.NO_EVIDENCE, ""),
        (message("The content has been deleted by the author."), Outcome.NO_EVIDENCE, ""),
        (
            message(
                "此内容因违规无法查看",
                script=f"window.cgiData = {{ user_name: '{GH}', nick_name: '{NAME}' }};",
            ),
            Outcome.NO_EVIDENCE,
            NAME,
        ),
        (message("此内容被投诉且经审核涉嫌侵权，无法查看"), Outcome.NO_EVIDENCE, ""),
        (message("此内容发送失败无法查看"), Outcome.NO_EVIDENCE, ""),
        (message("根据作者隐私设置，无法查看该内容"), Outcome.NO_EVIDENCE, ""),
        (message("根据作者隐私设置,无法查看该内容"), Outcome.NO_EVIDENCE, ""),
        (message("该内容需要权限才可查看"), Outcome.NO_EVIDENCE, ""),
        (message("该内容已被删除"), Outcome.NO_EVIDENCE, ""),
        (message("此内容被多人投诉，相关的内容无法进行查看。"), Outcome.NO_EVIDENCE, ""),
        (message("该文章已被第三方辟谣"), Outcome.NO_EVIDENCE, ""),
        (message("此帐号已自主注销，内容无法查看"), Outcome.CANCELLED, ""),
        (message("此账号已自主注销"), Outcome.CANCELLED, ""),
        (message("该帐号已注销"), Outcome.CANCELLED, ""),
        (message("该帐号已系统注销"), Outcome.CANCELLED, ""),
        (message("该公众号帐号已被系统回收", block="global_error_msg"), Outcome.CANCELLED, ""),
        (message("此内容无法查看", more="此帐号已被屏蔽, 内容无法查看"), Outcome.BANNED, ""),
        (message("该帐号已冻结", block="mesg-block"), Outcome.BANNED, ""),
        (message("此账号经大量用户投诉，涉嫌违规，已限制跳转"), Outcome.BANNED, ""),
        (
            message(
                "该公众号已迁移至新的账号",
                script="var transferTargetLink = 'https://mp.weixin.qq.com/s/New';",
            ),
            Outcome.MIGRATED,
            "",
        ),
        (message("此帐号处于帐号迁移流程中"), Outcome.MIGRATED, ""),
        ("<html><body><p>该公众号已迁移，原账号已回收</p></body></html>", Outcome.MIGRATED, ""),
        (classic("该帐号已注销"), Outcome.CANCELLED, ""),
        (classic("transfer_17a"), Outcome.MIGRATED, ""),
    ],
)
def test_message_pages(text: str, outcome: Outcome, name: str) -> None:
    page = read_article(text, LINK)
    assert (page.outcome, page.name, page.post) == (outcome, name, None)
    assert page.detail


@pytest.mark.parametrize(
    ("text", "url", "failure"),
    [
        ("", "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x", Captcha),
        ("", "https://mp.weixin.qq.com/mp/user_verify_page", Captcha),
        ("", "https://mp.weixin.qq.com/", Changed),
        ("", "https://mp.weixin.qq.com/cgi-bin/loginpage?t=x", LoginRequired),
        (
            "<html><script>var PAGE_MID='mmbizwap:secitptpage/verify.html';</script></html>",
            LINK,
            Captcha,
        ),
        (message("环境异常", more="当前环境异常，完成验证后即可继续访问。去验证"), LINK, Captcha),
        (message("你的访问过于频繁", more="需要从微信打开进行身份验证"), LINK, RateLimited),
        (message("请在微信客户端打开链接"), LINK, LoginRequired),
        (message("参数错误", script="var ret = '-2' * 1;"), LINK, Changed),
        (message("该内容暂时无法查看", block="mesg-block"), LINK, Changed),
        (message("链接已过期"), LINK, Changed),
        (message("一句谁也没见过的话"), LINK, Changed),
        ("<html><body><div id='js_content'>此帐号已自主注销</div></body></html>", LINK, Changed),
        ("", LINK, Changed),
        (f"<html><body>{DECOY}</body></html>", LINK, Changed),
    ],
)
def test_pages_that_are_facts_about_us(text: str, url: str, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        read_article(text, url)


def test_an_articles_text_says_nothing_of_its_account() -> None:
    assert read_article(classic(), LINK).outcome is Outcome.OK


def test_a_rumour_page_is_about_the_article() -> None:
    assert (
        read_article("<html></html>", "https://mp.weixin.qq.com/mp/rumor?action=info").outcome
        is Outcome.NO_EVIDENCE
    )


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        (classic(), None),
        (classic(more='var comment_id = "0" || "0" * 1;'), False),
        (classic(more='var comment_id = "2400000000000000001";'), True),
        (classic(more="var comment_id = '';"), None),
        (classic(more="var comment_id = 'x1';"), None),
        (classic(more="var nothing = {comment_id: '0'};"), None),
        (second(), None),
        (second(dates=f"create_time: '{AT}', comment_id: JsDecode('0'),"), False),
        (second(dates=f"create_time: '{AT}', comment_id: JsDecode('2400000000000000001'),"), True),
        (second(dates=f"create_time: '{AT}', inner: {{ comment_id: '0' }},"), None),
    ],
)
def test_an_article_says_whether_it_takes_messages(text: str, comments: bool | None) -> None:
    page = read_article(text, "https://mp.weixin.qq.com/s/ComposedArticle0000001")
    assert page.comments is comments
    seen = facts(page, "https://mp.weixin.qq.com/s/ComposedArticle0000001", None).interaction
    assert seen == (None if comments is None else InteractionSeen(comments=comments, posts=1))


def test_an_article_that_is_gone_says_nothing_of_messages() -> None:
    text = classic("账号已注销", more='var comment_id = "0";')
    page = read_article(text, "https://mp.weixin.qq.com/s/ComposedArticle0000001")
    assert page.outcome is Outcome.CANCELLED
    assert facts(page, "https://mp.weixin.qq.com/s/x", None).interaction is None


def page_of(**shown: str) -> Page:
    return Page(**{"name": NAME, "biz": BIZ, "original_id": GH, "alias": ALIAS, **shown})


@pytest.mark.parametrize(
    ("filed", "shown", "tie"),
    [
        ({"platform_id": BIZ}, {}, MatchedBy.ID),
        ({"platform_id": "3000000001"}, {}, MatchedBy.ID),
        ({"platform_id": "MzAwMDAwMDAwMQ"}, {"name": "示例市新名字"}, MatchedBy.ID),
        ({"original_id": GH.upper()}, {"biz": "", "name": "示例市新名字"}, MatchedBy.ID),
        ({"alias": "Shili_One"}, {"name": "示例市新名字"}, MatchedBy.ID),
        (
            {"url": f"https://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=1"},
            {"name": "示例市新名字"},
            MatchedBy.URL,
        ),
        ({}, {"name": " 示例市“第一”测试局"}, MatchedBy.NAME),
        ({"alias": "another"}, {}, MatchedBy.NAME),
        ({}, {"name": "示例市新名字"}, MatchedBy.URL),
        (
            {"platform_id": BIZ},
            {"name": "", "biz": "", "original_id": "", "alias": ""},
            MatchedBy.URL,
        ),
        ({"platform_id": OTHER_BIZ}, {}, None),
        ({"platform_id": OTHER_BIZ, "original_id": GH}, {}, None),
        ({"platform_id": BIZ, "original_id": "gh_ffffffffffff"}, {}, None),
        ({"original_id": "gh_ffffffffffff"}, {}, None),
        ({"alias": "another"}, {"name": "示例市新名字"}, None),
    ],
)
def test_whose_link_it_is(
    filed: dict[str, str], shown: dict[str, str], tie: MatchedBy | None
) -> None:
    if tie is not None:
        assert tie_of(account(**filed), page_of(**shown)) is tie
    else:
        with pytest.raises(NoEvidence, match="link belongs to") as refused:
            tie_of(account(**filed), page_of(**shown))
        assert refused.value.name == ("" if "name" in shown else NAME)


@given(st.integers(10**9, 10**10 - 1))
def test_a_biz_is_its_number_however_it_is_written(number: int) -> None:
    encoded = filed_id(account(platform_id=str(number)))[0]
    assert (
        number_of(encoded)
        == number_of(encoded.rstrip("="))
        == number_of(encoded.replace("=", "%3D"))
        == str(number)
    )
    assert filed_id(account(url=f"https://mp.weixin.qq.com/mp/profile_ext?__biz={encoded}")) == (
        encoded,
        MatchedBy.URL,
    )


def test_short_links_only_newest_first_and_once() -> None:
    long = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1&idx=1&sn=a"
    known = account(
        links=(LINK, long),
        article_links=("http://mp.weixin.qq.com/s/ExampleOlderArticle01?scene=1", LINK),
        url="公众号主页",
    )
    assert short_links(known) == (LINK, "https://mp.weixin.qq.com/s/ExampleOlderArticle01")
    assert short_links(account(links=(long,))) == ()


def test_a_kept_link_carries_nothing_of_the_visit() -> None:
    assert storable_link(f"{LINK}?scene=1&key=secret#rd") == LINK
    assert (
        storable_link("http://mp.weixin.qq.com/s?__biz=a&amp;mid=1&idx=1&sn=c&key=secret")
        == "https://mp.weixin.qq.com/s?__biz=a&mid=1&idx=1&sn=c"
    )


def reply(
    payload: object, url: str = "https://mp.weixin.qq.com/cgi-bin/searchbiz?token=424242"
) -> Reply:
    body = payload if isinstance(payload, str) else json.dumps(payload)
    return Reply(url, 200, "application/json", body.encode())


@pytest.mark.parametrize(
    ("payload", "failure"),
    [
        ({"base_resp": {"ret": 200003}}, LoginRequired),
        ({"base_resp": {"ret": 200040}}, LoginRequired),
        ({"base_resp": {"ret": 200013}}, RateLimited),
        ({"base_resp": {"ret": 200002}}, Changed),
        ({"base_resp": {"ret": 200008}}, Changed),
        ({"base_resp": {"ret": -1}}, Changed),
        ({"base_resp": {}}, Changed),
        ({"list": []}, Changed),
        ([], Changed),
        ("", RateLimited),
        ("<html>请重新登录</html>", LoginRequired),
        ("<html>别的</html>", Changed),
    ],
)
def test_back_office_refusals_name_the_number_not_the_token(
    payload: object, failure: type[Failure]
) -> None:
    with pytest.raises(failure) as refused:
        answer(reply(payload))
    assert "424242" not in refused.value.detail
    match payload:
        case {"base_resp": {"ret": int(number)}}:
            assert str(number) in refused.value.detail


def hit(name: str = NAME, biz: str = BIZ, alias: str = "", gh: str = "", body: str = "") -> Hit:
    return Hit(biz, name, alias, gh, body=body)


@pytest.mark.parametrize(
    ("filed", "hits", "outcome", "name", "tie"),
    [
        ({"platform_id": BIZ}, [hit()], Outcome.OK, NAME, MatchedBy.ID),
        (
            {"platform_id": BIZ, "alias": ALIAS},
            [hit("示例市新名字", OTHER_BIZ), hit(alias="another")],
            Outcome.OK,
            NAME,
            MatchedBy.ID,
        ),
        (
            {"platform_id": BIZ},
            [hit(biz=OTHER_BIZ), hit("transfer_17a")],
            Outcome.MIGRATED,
            "",
            MatchedBy.ID,
        ),
        (
            {"original_id": GH},
            [hit("示例市新名字", gh=GH)],
            Outcome.OK,
            "示例市新名字",
            MatchedBy.ID,
        ),
        (
            {"alias": ALIAS},
            [hit("示例市新名字", alias=ALIAS)],
            Outcome.OK,
            "示例市新名字",
            MatchedBy.ID,
        ),
        (
            {"original_id": GH, "alias": ALIAS},
            [hit("示例市新名字", alias=ALIAS)],
            Outcome.OK,
            "示例市新名字",
            MatchedBy.ID,
        ),
        (
            {"platform_id": ALIAS},
            [hit("示例市新名字", alias=ALIAS)],
            Outcome.OK,
            "示例市新名字",
            MatchedBy.ID,
        ),
        (
            {},
            [hit("示例市 第一测试局"), hit("示例市第一测试局分局", OTHER_BIZ)],
            Outcome.OK,
            "示例市 第一测试局",
            MatchedBy.NAME,
        ),
        ({"original_id": GH}, [hit()], Outcome.OK, NAME, MatchedBy.NAME),
        ({}, [hit(), hit(biz=OTHER_BIZ)], Outcome.NO_EVIDENCE, NAME, None),
        (
            {"alias": ALIAS},
            [hit(), hit(biz=OTHER_BIZ, alias=ALIAS)],
            Outcome.OK,
            NAME,
            MatchedBy.ID,
        ),
        ({"alias": ALIAS}, [hit(alias="another")], Outcome.NO_EVIDENCE, NAME, None),
        ({"alias": ALIAS}, [hit(alias="")], Outcome.OK, NAME, MatchedBy.NAME),
        ({"platform_id": BIZ}, [hit(biz=OTHER_BIZ)], Outcome.NO_EVIDENCE, NAME, None),
        ({"original_id": GH}, [hit(gh="gh_ffffffffffff")], Outcome.NO_EVIDENCE, NAME, None),
        ({}, [], Outcome.NO_EVIDENCE, "", None),
        ({"alias": ALIAS}, [], Outcome.NOT_FOUND, "", MatchedBy.NAME),
        (
            {"platform_id": BIZ, "alias": ALIAS},
            [hit("示例市第二测试局", OTHER_BIZ)],
            Outcome.NOT_FOUND,
            "",
            MatchedBy.NAME,
        ),
        (
            {"type": "微信", "type_certain": False, "alias": ALIAS},
            [],
            Outcome.NO_EVIDENCE,
            "",
            None,
        ),
        ({"name": f"{NAME}微信公众号"}, [hit()], Outcome.NO_EVIDENCE, NAME, None),
        (
            {"name": "示例市第一測試局", "alias": ALIAS},
            [hit()],
            Outcome.NO_EVIDENCE,
            NAME,
            None,
        ),
        ({"platform_id": BIZ}, [hit("该帐号已注销")], Outcome.CANCELLED, "", MatchedBy.ID),
        ({"platform_id": BIZ}, [hit("transfer_17a")], Outcome.MIGRATED, "", MatchedBy.ID),
        ({"alias": ALIAS}, [hit("该帐号已注销")], Outcome.NOT_FOUND, "", MatchedBy.NAME),
        ({"organiser": NAME}, [hit(body="某某有限公司")], Outcome.NO_EVIDENCE, NAME, None),
    ],
)
def test_who_the_search_found(
    filed: dict[str, Any], hits: list[Hit], outcome: Outcome, name: str, tie: MatchedBy | None
) -> None:
    seen = match_hits_to_filed(account(**filed), hits, exhausted=True)
    assert (seen.outcome, seen.name, seen.matched_by) == (outcome, name, tie)
    assert bool(seen.platform_id) is (tie is not None and outcome is not Outcome.NOT_FOUND)


@pytest.mark.parametrize(
    ("filed", "hits", "found"),
    [
        ({}, [hit()], True),
        ({}, [hit(), hit("示例市第二测试局", OTHER_BIZ)], True),
        ({"organiser": NAME}, [hit(body=NAME)], True),
        (
            {"organiser": "测试局", "prefecture": "示例市", "supervisor": NAME},
            [hit(body=NAME)],
            True,
        ),
        # Homonyms, and names that differ by a suffix alone, whichever of the two has it.
        ({}, [hit(), hit(biz=OTHER_BIZ)], False),
        ({}, [hit(), hit(f"{NAME}服务号", OTHER_BIZ)], False),
        ({"name": f"{NAME}微信公众号"}, [hit(f"{NAME}微信公众号"), hit(biz=OTHER_BIZ)], False),
        ({"name": f"{NAME}微信公众号"}, [hit()], False),
        # Certified for another body, or nothing is filed to compare it with.
        ({"organiser": NAME}, [hit(body="某某有限公司")], False),
        ({}, [hit(body="某某有限公司")], False),
        # It has another key; or it may be filed as something else than an official account.
        ({"alias": ALIAS}, [hit(alias=ALIAS)], False),
        ({"article_links": (LINK,)}, [hit()], False),
        ({"type_certain": False}, [hit()], False),
    ],
)
def test_which_hit_may_stand_in_for_an_id(
    filed: dict[str, Any], hits: list[Hit], found: bool
) -> None:
    seen = match_hits_to_filed(account(**filed), hits, exhausted=True)
    assert (seen.name_hit is not None) is found
    if seen.name_hit:
        assert (seen.name_hit.value, seen.matched_by) == (BIZ, MatchedBy.NAME)


@pytest.mark.parametrize(
    ("filed", "hits"),
    [
        ({"platform_id": BIZ, "alias": ALIAS}, [hit("示例市新名字", OTHER_BIZ, ALIAS)]),
        (
            {"url": f"https://mp.weixin.qq.com/s?__biz={BIZ}", "alias": ALIAS},
            [hit("示例市新名字", OTHER_BIZ, ALIAS)],
        ),
        ({"platform_id": BIZ, "original_id": GH}, [hit("示例市新名字", OTHER_BIZ, gh=GH)]),
        (
            {"platform_id": OTHER_BIZ, "original_id": GH},
            [hit("示例市新名字", OTHER_BIZ, gh="gh_ffffffffffff")],
        ),
        (
            {"original_id": GH, "alias": ALIAS},
            [hit("示例市新名字", OTHER_BIZ, ALIAS, "gh_ffffffffffff")],
        ),
        ({"alias": ALIAS}, [hit(), hit("示例市新名字", OTHER_BIZ, ALIAS)]),
        # A sister's number is filed; the name, the 微信号 or both are the account's own.
        ({"platform_id": OTHER_BIZ}, [hit(), hit("示例市新名字", OTHER_BIZ)]),
        ({"original_id": GH}, [hit(), hit("示例市新名字", OTHER_BIZ, gh=GH)]),
        ({"platform_id": OTHER_BIZ, "alias": ALIAS}, [hit("示例市新名字", OTHER_BIZ, "another")]),
    ],
)
def test_a_hit_with_one_right_and_one_wrong_key_is_a_doubt(
    filed: dict[str, Any], hits: list[Hit]
) -> None:
    seen = match_hits_to_filed(account(**filed), hits, exhausted=True)
    assert (seen.outcome, seen.name, seen.platform_id, seen.matched_by) == (
        Outcome.NO_EVIDENCE,
        "示例市新名字",
        OTHER_BIZ,
        None,
    )
    assert seen.detail.startswith(ID_IN_DOUBT)


@pytest.mark.parametrize("name", [NAME, "示例市新名字"])
@pytest.mark.parametrize("shown", [NAME, "示例市旧名字"])
def test_a_filed_number_whose_name_or_alias_is_borne_by_another_is_a_doubt(
    name: str, shown: str
) -> None:
    hits = [hit(name), hit(shown, OTHER_BIZ, ALIAS)]
    seen = match_hits_to_filed(account(platform_id=BIZ, alias=ALIAS), hits, exhausted=True)
    assert (seen.outcome, seen.matched_by) == (Outcome.NO_EVIDENCE, None)
    assert seen.detail.startswith(ID_IN_DOUBT)


def test_the_filed_name_on_a_link_of_another_number_is_a_doubt() -> None:
    page = Page(name=NAME, biz=OTHER_BIZ)
    with pytest.raises(NoEvidence, match=f"^{ID_IN_DOUBT}: link belongs to {NAME}"):
        tie_of(account(platform_id=BIZ), page)
    with pytest.raises(NoEvidence, match=r"^link belongs to 别的"):
        tie_of(account(platform_id=BIZ), replace(page, name="别的"))


def test_an_absence_says_what_was_searched_for() -> None:
    assert (
        match_hits_to_filed(account(alias=ALIAS), [], exhausted=True).detail
        == f"searched for {NAME}, {ALIAS}: no hits at all"
    )


@pytest.mark.parametrize("name", [NAME, "", "别的"])
def test_a_negative_without_ids_concerns_the_link_alone(name: str) -> None:
    page = Page(outcome=Outcome.CANCELLED, name=name)
    for filed in ({}, {"platform_id": BIZ}, {"original_id": GH, "alias": ALIAS}):
        assert tie_of(account(**filed), page) is MatchedBy.URL
    assert tie_of(account(platform_id=BIZ), replace(page, biz=BIZ)) is MatchedBy.ID


def test_hits_that_were_not_exhausted_never_mean_not_found() -> None:
    assert (
        match_hits_to_filed(account(), [hit("别的", OTHER_BIZ)], exhausted=False).outcome
        is Outcome.NO_EVIDENCE
    )


@pytest.mark.parametrize(
    "payload",
    [{}, {"list": []}, {"list": {}, "total": 0}, {"list": [{"nickname": "无号"}], "total": 1}],
)
def test_a_search_of_another_shape_is_changed(payload: dict[str, Any]) -> None:
    with pytest.raises(Changed):
        read_hits(payload)


def batch(
    at: int | None = AT, *, items: int = 1, kind: int = 9, status: int | None = 2, **info: Any
) -> dict[str, Any]:
    articles = [
        {
            "aid": f"{at}_{n}",
            "link": f"{LINK}{n}",
            "create_time": at,
            "update_time": 1,
            "item_show_type": 0,
        }
        for n in range(1, items + 1)
    ]
    sent = {"time": at, "is_published": 1} if at and kind == 9 else None
    result = {"msg_status": status, "update_time": 1799999999}
    return {"type": kind, "sent_info": sent, "sent_result": result, "appmsgex": articles, **info}


def listed(*batches: dict[str, Any] | str, total: int | None = None) -> dict[str, Any]:
    entries = [
        {"publish_info": each if isinstance(each, str) else json.dumps(each)} for each in batches
    ]
    return {
        "publish_page": json.dumps(
            {"total_count": len(entries) if total is None else total, "publish_list": entries}
        )
    }


def test_a_list_in_three_layers() -> None:
    page = read_batches(listed(batch(AT, items=2), "", batch(AT - 86400), total=900))
    assert [post.on for post in page.posts] == [day_of(WHEN), day_of(WHEN), date(2025, 12, 17)]
    assert all(post.pushed for post in page.posts)
    assert complete_since([page]) == datetime.fromtimestamp(AT - 86400, UTC)


def test_a_list_shown_to_its_end_reaches_back_for_ever() -> None:
    assert complete_since([read_batches(listed(batch()))]) == EVER


@pytest.mark.parametrize(
    ("each", "posts", "exact"),
    [
        (batch(kind=10002, publish_info={"create_time": AT, "publish_status": 200}), 1, True),
        (batch(kind=10002, publish_info={"create_time": AT, "publish_status": 100}), 0, True),
        (batch(sent_info={"time": AT, "is_published": 0}), 0, True),
        (batch(status=6), 0, True),
        (batch(status=1), 0, True),
        (batch(status=8), 0, True),
        (batch(status=77), 0, False),
        (batch(appmsgex=[{"aid": "1_1", "create_time": AT, "is_deleted": True}]), 0, True),
        (batch(appmsgex=[{"aid": "1_1", "create_time": AT}], sent_info=None), 1, True),
        (batch(appmsgex=[{"aid": "1_1"}], sent_info=None), 0, False),
        (batch(appmsgex=None, appmsg_info=[{"content_url": LINK}]), 1, True),
    ],
)
def test_what_counts_as_a_post_of_a_batch(each: dict[str, Any], posts: int, exact: bool) -> None:
    page = read_batches(listed(each, batch(AT - 9), total=5))
    assert len(page.posts) == posts + 1
    assert (complete_since([page]) is not None) is exact


def test_a_list_out_of_order_proves_nothing_complete() -> None:
    assert complete_since([read_batches(listed(batch(AT - 9), batch(AT)))]) is None


@pytest.mark.parametrize(
    "payload",
    [
        listed(total=0),
        listed(total=7),
        {},
        {"publish_page": {}},
        {"publish_page": "{"},
        {"publish_page": "[]"},
        {"publish_page": json.dumps({"total_count": 1, "publish_list": [{}]})},
        listed("{"),
        listed('"text"'),
        listed(batch(at=AT * 1000)),
        listed(batch(appmsgex={"0": {}})),
    ],
)
def test_an_empty_or_odd_list_is_changed_and_never_no_posts(payload: dict[str, Any]) -> None:
    with pytest.raises(Changed):
        read_batches(payload)


def sight(biz: str, tie: MatchedBy | None, name: str = NAME) -> Sight:
    return Sight(surface="wechat.search", read_at=WHEN, name=name, platform_id=biz, matched_by=tie)


def test_the_list_goes_by_the_filed_id_else_by_the_found_one() -> None:
    assert List().given_earlier(
        account(platform_id="3000000001"), [sight(OTHER_BIZ, MatchedBy.NAME)]
    ) == List(BIZ, MatchedBy.ID)
    assert List().given_earlier(account(), [sight(OTHER_BIZ, MatchedBy.NAME)]) == List(
        OTHER_BIZ, MatchedBy.NAME
    )
    assert (
        List().given_earlier(
            account(), [sight(OTHER_BIZ, MatchedBy.NAME), sight(BIZ, MatchedBy.URL)]
        )
        is None
    )
    assert List().given_earlier(account(), [sight("", None)]) is None


def test_no_search_where_an_article_named_the_account_by_its_id() -> None:
    search = Search()
    assert search.given_earlier(account(), [sight(BIZ, MatchedBy.ID)]) is None
    assert search.given_earlier(account(), [sight(BIZ, MatchedBy.URL)]) is search
    assert search.given_earlier(account(), []) is search


def test_a_search_after_an_unread_article_finds_no_absence() -> None:
    """A renamed account is not found under its filed name either: that was a false 搜索不到 in the
    fault matrix.
    """
    for outcome, search in (
        (Outcome.CHANGED, Search("wechat.article")),
        (Outcome.NO_EVIDENCE, Search()),
    ):
        assert (
            Search().given_earlier(
                account(), [Sight(surface="wechat.article", read_at=WHEN, outcome=outcome)]
            )
            == search
        )


def test_a_list_proves_no_gap_where_the_search_found_nothing() -> None:
    unfound = Sight(surface="wechat.search", read_at=WHEN, outcome=Outcome.NOT_FOUND)
    named = Sight(surface="wechat.article", read_at=WHEN, name=NAME, matched_by=MatchedBy.ID)
    assert List().given_earlier(account(platform_id="3000000001"), [unfound]) == List(
        BIZ, MatchedBy.ID, unseen=True
    )
    assert List().given_earlier(account(platform_id="3000000001"), [named, unfound]) == List(
        BIZ, MatchedBy.ID
    )


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"示例\\局", r"示例\局"),
        (r"示例\x5c局", r"示例\局"),
        (r"示例\x26amp;局", "示例&局"),
        (r"示例\x5cx26局", "示例&局"),
        (r"示例\'局", "示例'局"),
    ],
)
def test_a_backslash_in_a_name_is_the_name(written: str, text: str) -> None:
    assert decode(written) == text

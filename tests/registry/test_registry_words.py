"""Words and cells of registries: platforms, states, headings, ids, days, links."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.domain import FiledStatus
from mediawatch.registry import cells
from mediawatch.registry.headings import ALIASES, field_of, find_heading
from mediawatch.registry.kinds import PLATFORMS, body_kind_of, classify, function_kind_of, status_of
from mediawatch.registry.problems import BadCell


@pytest.mark.parametrize(
    ("type", "platform", "kind", "expected"),
    [
        ("微信公众号", "", "", ("wechat", "", True)),
        ("政务微信", "", "", ("wechat", "", True)),
        ("微信", "", "", ("wechat", "", False)),
        ("微信", "", "服务号", ("wechat", "服务号", True)),
        ("微信", "微信公众号", "", ("wechat", "", True)),
        ("微信订阅号", "", "", ("wechat", "订阅号", True)),
        ("微信公众号(服务号)", "", "", ("wechat", "服务号", True)),
        ("", "", "订阅号", ("wechat", "订阅号", True)),
        ("公众号", "微信", "订阅号", ("wechat", "订阅号", True)),
        ("微信视频号", "", "", ("channels", "", True)),
        ("微信小程序", "", "", ("miniprogram", "", True)),
        ("新浪微博", "", "", ("weibo", "", True)),
        ("微博(新浪)", "", "", ("weibo", "", True)),
        ("抖音短视频", "", "", ("douyin", "", True)),
        ("今日头条号", "", "", ("toutiao", "", True)),
        ("移动客户端", "", "", ("app", "", True)),
        ("APP", "", "", ("app", "", True)),
        ("Ａｐｐ ", "", "", ("app", "", True)),
        ("百度贴吧", "", "", ("tieba", "", True)),
        ("政务贴吧", "", "", ("tieba", "", True)),
        ("快手/快手号", "", "", ("kuaishou", "", True)),
        ("B站", "", "", ("bilibili", "", True)),
        ("哔哩哔哩账号", "", "", ("bilibili", "", True)),
        ("其他", "", "", ("other", "", True)),
        ("政务新媒体", "抖音", "", ("douyin", "", True)),
        ("其他", "小红书", "", ("xiaohongshu", "", True)),
    ],
)
def test_what_a_type_means(
    type: str, platform: str, kind: str, expected: tuple[str, str, bool]
) -> None:
    found = classify(type, platform, kind)
    assert (found.platform, found.kind, found.certain) == expected
    assert found.known
    assert found.type == (type or platform or kind)


def test_an_unknown_type_is_other_and_said_to_be_unknown() -> None:
    found = classify("示例号外", "", "")
    assert (found.platform, found.known, found.type) == ("other", False, "示例号外")


@pytest.mark.parametrize(
    ("type", "platform"),
    [("微博、抖音", ""), ("新浪微博", "抖音"), ("微信公众号,视频号", ""), ("", "")],
)
def test_two_platforms_or_none_are_refused(type: str, platform: str) -> None:
    with pytest.raises(BadCell):
        classify(type, platform, "")


def test_no_word_means_two_things() -> None:
    words = [word.casefold() for synonyms in PLATFORMS.values() for word in synonyms]
    assert len(words) == len(set(words))
    headings = [heading.casefold() for aliases in ALIASES.values() for heading in aliases]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("正常运行", FiledStatus.RUNNING),
        ("正常", FiledStatus.RUNNING),
        ("拟关停", FiledStatus.CLOSING),
        ("申请 关停", FiledStatus.CLOSING),
        ("审核关停下线", FiledStatus.CLOSED),
        ("已注销", FiledStatus.DEREGISTERED),
        ("已关停(2022年)", FiledStatus.CLOSED),
    ],
)
def test_states(text: str, status: FiledStatus) -> None:
    assert status_of(text) is status


@pytest.mark.parametrize("text", ["停更", "不正常", "未关停", "1"])
def test_an_unknown_state_is_refused(text: str) -> None:
    with pytest.raises(BadCell):
        status_of(text)


def test_body_kinds() -> None:
    assert [body_kind_of(text) for text in ("代表主体为政府", "部门", "事业单位")] == [
        "政府",
        "部门",
        "事业单位",
    ]


def test_function_kinds() -> None:
    assert [function_kind_of(text) for text in ("信息发布", "办事 服务类", "综合类", "")] == [
        "发布类",
        "服务类",
        "综合类",
        "",
    ]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("功能类型(发布类/服务类)", "function_kind"),
        ("功能类别", "function_kind"),
        ("备案单号", "filing_number"),
        ("*备案 单号(必填)", "filing_number"),
        ("政务新媒体\n名称", "name"),
        ("名　称", "name"),
        ("主办单位", "organiser"),
        ("市(州)", "prefecture"),
        ("县(市、区)", "county"),
        ("乡镇(街道)", "township"),
        ("属地/系统归口", "jurisdiction"),
        ("UID", "platform_id"),
        ("文章链接2", "article_links"),
        ("微信读书地址", "reader_url"),
        ("申请关停日期(年-月-日)", "closing_requested_on"),
        ("联系人及电话", "contact"),
    ],
)
def test_headings(heading: str, field: str) -> None:
    found = field_of(heading)
    assert found is not None
    assert found[0] == field


@pytest.mark.parametrize("heading", ["网站标识码", "网站名称", "粉丝数", "ID", "账号", ""])
def test_headings_that_say_nothing(heading: str) -> None:
    assert field_of(heading) is None


def test_better_headings_win_and_account_type_is_the_kind_beside_a_type() -> None:
    heading = find_heading(
        [["账号名称", "主办单位", "所属组织", "账号类型", "类型", "政务新媒体名称"]]
    )
    assert heading is not None
    assert {name: columns[0] for name, columns in heading.columns.items()} == {
        "name": 5,
        "organiser": 2,
        "kind": 3,
        "type": 4,
    }
    assert heading.passed_over == (
        "A 账号名称 (政务新媒体名称 is taken)",
        "B 主办单位 (所属组织 is taken)",
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (71244.0, "71244"),
        (71244, "71244"),
        ("71244", "71244"),
        ("0012", "0012"),
        (" 71244\u200b\n", "71244"),
        ("７１２４４", "71244"),
        ("'3025716006566021", "3025716006566021"),
        ("71244.0", "71244"),
        (999_999_999_999_999.0, "999999999999999"),
        ("无", ""),
        ("", ""),
        ("MS4wLjABAAAA_x-Y", "MS4wLjABAAAA_x-Y"),
    ],
)
def test_ids_are_text(value: Any, text: str) -> None:
    assert cells.id_of(value) == text


@pytest.mark.parametrize(
    "value",
    [
        1e15,
        1.2e16,
        3025716006566021,
        -1.0,
        0.5,
        float("nan"),
        "1.2E+16",
        "1e16",
        "3025716006566021.0",
        True,
        date(2021, 3, 5),
        time(1),
    ],
)
def test_ids_that_lost_something_are_refused(value: Any) -> None:
    with pytest.raises(BadCell):
        cells.id_of(value)


@given(st.integers(min_value=0, max_value=10**20))
def test_a_number_is_an_id_exactly_up_to_fifteen_digits(number: int) -> None:
    """As a spreadsheet hands it over: a float."""
    if number < 10**15:
        assert cells.id_of(float(number)) == str(number)
    else:
        with pytest.raises(BadCell):
            cells.id_of(float(number))


DAY = date(2021, 3, 5)


@pytest.mark.parametrize(
    "value",
    [
        DAY,
        datetime(2021, 3, 5, 10, 2, tzinfo=UTC),
        "2021-03-05",
        "2021/3/5",
        "2021.3.5",
        "2021年3月5日",
        "2021年3月5",
        "20210305",
        20210305.0,
        "2021-03-05 10:20:30",
        "2021-03-05T00:00:00",
        "２０２１－０３－０５",
        " 2021 年 3 月 5 日 ",
    ],
)
def test_days(value: Any) -> None:
    assert cells.day_of(value) == DAY


@pytest.mark.parametrize("value", ["", "/", "暂无"])
def test_no_day(value: Any) -> None:
    assert cells.day_of(value) is None


@pytest.mark.parametrize(
    "value",
    ["2021-13-01", "2021", "21-3-5", "3月5日", 44260.0, "去年", True, "1905-01-01", "05/03/2021"],
)
def test_what_is_no_day(value: Any) -> None:
    with pytest.raises(BadCell):
        cells.day_of(value)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_every_day_in_every_shape(day: date) -> None:
    shapes = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    ]
    assert [cells.day_of(shape) for shape in shapes] == [day] * 4


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://weibo.com/u/1?a=b#c", "https://weibo.com/u/1?a=b#c"),
        ("https://weibo.com/n/示例发布", "https://weibo.com/n/示例发布"),
        ("weibo.com/u/1", "weibo.com/u/1"),
        (
            "7.46 复制打开抖音,看看【示例发布】 https://v.douyin.com/AbC1/ 02/11",
            "https://v.douyin.com/AbC1/",
        ),
        ("无", ""),
        ("https://v.douyin.com/AbC1/ 复制此链接", "https://v.douyin.com/AbC1/"),
        ("https://a.example/1。", "https://a.example/1"),
        (
            (
                "4.33 复制打开抖音,看看【示例的作品】... https://v.douyin.com/aAbBcCdDe_8/ r@e.OK "
                "01/30 oQK:/ #"
            ),
            "https://v.douyin.com/aAbBcCdDe_8/",
        ),
        ("https://v.douyin.com/aAbBcCd/复制此链接", "https://v.douyin.com/aAbBcCd/"),
        ("https://weibo.com/u/9990000001官方微博", "https://weibo.com/u/9990000001"),
        ("weibo.com/u/9990000001官方微博", "weibo.com/u/9990000001"),
        (
            "复制打开 https://v.douyin.com/aAb/ 05/17+https://www.douyin.com/x?modal_id=7",
            "https://v.douyin.com/aAb/",
        ),
        (
            "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x&target_url=https%3A%2F%2Fmp.weixin.qq.com%2Fs%2FExampleToken0000000001",
            "https://mp.weixin.qq.com/s/ExampleToken0000000001",
        ),
        ("https://weibo.com/u/1 https://weibo.com/u/2", None),
        ("https://示例", None),
        ("http://", None),
        ("ftp://a.example/", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
    ],
)
def test_urls(value: str, url: str | None) -> None:
    if url is not None:
        assert cells.url_of(value) == url
        return
    with pytest.raises(BadCell):
        cells.url_of(value)


def test_several_links_in_a_cell() -> None:
    text = (
        "https://mp.weixin.qq.com/s/a-1\nhttps://mp.weixin.qq.com/s?__biz=M==&mid=1、"
        "https://mp.weixin.qq.com/s/a-1;"
    )
    assert cells.links_of(text) == (
        "https://mp.weixin.qq.com/s/a-1",
        "https://mp.weixin.qq.com/s?__biz=M==&mid=1",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("随州\n出入境", "随州出入境"),
        ("  a \r\n b ", "a b"),
        ("示例\u3000发布\xa0", "示例 发布"),
        ("示\u200b例\ufeff", "示例"),
        ("示例_x000D_\n发布", "示例发布"),
        ("示\u2066例\u061c\U000e0041\x9b发\u2069布", "示例发布"),
    ],
)
def test_text_is_tidied(text: str, expected: str) -> None:
    assert cells.tidy(text) == expected


@given(st.text())
def test_tidying_is_idempotent_and_leaves_one_line(text: str) -> None:
    once = cells.tidy(text)
    assert cells.tidy(once) == once
    assert not re.search(r"[\r\n\t]|^\s|\s$", once)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("小示 13800000000", ("小示", "13800000000")),
        ("小示(0722-1234567)", ("小示", "0722-1234567")),
        ("小示", ("小示", "")),
    ],
)
def test_person_and_telephone_in_one_cell(text: str, expected: tuple[str, str]) -> None:
    assert cells.person_and_phone(text) == expected


def test_the_rest_of_a_share_text_is_reported() -> None:
    assert cells.further_links(
        "复制打开 https://v.douyin.com/aAb/ 05/17+https://www.douyin.com/x?modal_id=7"
    ) == ("https://www.douyin.com/x?modal_id=7",)
    assert cells.further_links("https://v.douyin.com/aAb/") == ()
    assert cells.further_links("") == ()

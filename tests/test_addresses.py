"""Addresses as people paste them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.addresses import AddressFault, address_fault, addresses_in, unwrap

ARTICLE = "https://mp.weixin.qq.com/s/ExampleToken0000000001"
LONG = "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&mid=2247000001&idx=1&sn=ab12"
CODED = quote(ARTICLE, safe="")


def wrapped(
    address: str,
    key: str = "url",
    page: str = "https://docs.example.com/scenario/link.html?src=doc",
) -> str:
    return f"{page}&{key}={quote(address, safe='')}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"见{ARTICLE}，请查收。", [ARTICLE]),
        (
            f"https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x&target_url={CODED}",
            [ARTICLE],
        ),
        (f"https://c.pc.example.com/middlem.html?pfurl={CODED}&pfuin=1", [ARTICLE]),
        (
            "https://link.example.com/?target=https%3A//mp.weixin.qq.com/s/ExampleToken0000000001",
            [ARTICLE],
        ),
        (f"https://link.example.com/?target={ARTICLE}&from=x", [ARTICLE]),
        (f"https://link.example.com/?url={LONG}", [LONG]),
        (f"https://link.example.com/#/go?url={CODED}", [ARTICLE]),
        (wrapped(wrapped(ARTICLE, "target"), "pfurl"), [ARTICLE]),
        (wrapped(LONG), [LONG]),
        (f"{wrapped(ARTICLE)} {wrapped(LONG)}", [ARTICLE, LONG]),
        (f"{wrapped(ARTICLE)}\n{ARTICLE}", [ARTICLE]),
        (CODED, [ARTICLE]),
        (f"{ARTICLE}{LONG}", [ARTICLE, LONG]),
        (f"({ARTICLE})", [ARTICLE]),
        ("https：//weibo.com/u/9990000001", ["https://weibo.com/u/9990000001"]),
        ("https://weibo.com/u/9990000001官方微博", ["https://weibo.com/u/9990000001"]),
        ("https://v.douyin.com/aAbBcCd/复制此链接", ["https://v.douyin.com/aAbBcCd/"]),
        ("https://weibo.com/n/示例发布", ["https://weibo.com/n/示例发布"]),
        ("https://weibo.com/示例发布", ["https://weibo.com/示例发布"]),
        (
            "https://tieba.baidu.com/f?kw=示例市&ie=utf-8",
            ["https://tieba.baidu.com/f?kw=示例市&ie=utf-8"],
        ),
        (
            (
                "4.33 复制打开抖音,看看【示例发布的作品】... https://v.douyin.com/aAbBcCdDe_8/ "
                "r@e.OK 01/30 oQK:/ #"
            ),
            ["https://v.douyin.com/aAbBcCdDe_8/"],
        ),
        (
            "7.4 看看 https://v.douyin.com/aAb/ 05/17+https://www.douyin.com/x?modal_id=7",
            ["https://v.douyin.com/aAb/", "https://www.douyin.com/x?modal_id=7"],
        ),
        ("没有链接", []),
        ("https://", []),
        (
            "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x",
            ["https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x"],
        ),
    ],
)
def test_addresses_of_a_text(text: str, found: list[str]) -> None:
    assert list(addresses_in(text)) == found


@pytest.mark.parametrize(
    "address",
    [
        ARTICLE,
        f"{LONG}&url={CODED}",
        "https://www.douyin.com/user/MS4wLjABAAAAx?from_tab_name=main&vid=1",
        "https://www.example.gov.cn/news?url=index",
        "https://www.example.gov.cn/news?referer=https%3A%2F%2Fexample.com%2F",
    ],
)
def test_a_page_that_leads_nowhere_is_itself(address: str) -> None:
    assert unwrap(address) == address


def test_addresses_without_a_scheme_are_found_where_asked_for() -> None:
    text = "见mp.weixin.qq.com/s/ExampleToken0000000001,邮箱 a@example.com/x,文件 a.txt/b"
    assert addresses_in(text) == ()
    assert addresses_in(text, bare=True) == (ARTICLE,)


@given(
    st.integers(0, 5),
    st.sampled_from([ARTICLE, LONG, "https://weibo.com/u/1", "https://weibo.com/n/%E7%A4%BA"]),
)
def test_wraps_within_wraps_lead_to_the_inner_address(depth: int, address: str) -> None:
    text = address
    for number in range(depth):
        text = wrapped(text, ("url", "target_url", "target", "pfurl", "u")[number])
    assert unwrap(text) == address
    assert addresses_in(f"链接:{text},谢谢") == (address,)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for address in addresses_in(text, bare=True):
        assert unwrap(address) == address


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://weibo.com/u/1", None),
        ("weibo.com/u/1", None),
        ("https://weibo.com:443/u/1", None),
        ("http://weibo.com:80/u/1", None),
        ("https://mp.weixin.qq.com/s?__biz=a@b:8080#x", None),
        ("https://user:pw@weibo.com/u/1", AddressFault.USER),
        ("https://@weibo.com/", AddressFault.USER),
        ("https://weibo.com:8443/u/1", AddressFault.PORT),
        ("weibo.com:8080/u/1", AddressFault.PORT),
        ("https://weibo.com:99999/", AddressFault.DAMAGED),
        ("https://weibo.com:x/", AddressFault.DAMAGED),
        ("http://169.254.169.254/latest", AddressFault.NUMBER),
        ("http://127.0.0.1/", AddressFault.NUMBER),
        ("http://10.0.0.1/", AddressFault.NUMBER),
        ("http://127.1/", AddressFault.NUMBER),
        ("http://2130706433/", AddressFault.NUMBER),
        ("http://0x7f000001/", AddressFault.NUMBER),
        ("http://0177.0.0.0x1/", AddressFault.NUMBER),
        ("http://[::1]/", AddressFault.NUMBER),
        ("http://[::ffff:127.0.0.1]/", AddressFault.NUMBER),
        ("http://[::1/", AddressFault.DAMAGED),
        ("https://weibo.com./u/1", AddressFault.DOT),
        ("https://wеibo.com/u/1", AddressFault.LETTERS),  # a Cyrillic е
        ("https://ⓦeibo.com/", AddressFault.LETTERS),
        ("https://xn--wibo-f4e.com/", AddressFault.LETTERS),
        ("https://localhost/", AddressFault.INNER),
        ("http://server/x", AddressFault.INNER),
        ("https://metadata.google.internal/", AddressFault.INNER),
        ("https://weibo.com%2eevil.com/", AddressFault.DAMAGED),
        ("https:///u/1", AddressFault.INNER),
    ],
)
def test_what_no_page_of_a_platform_has_in_its_address(
    address: str, fault: AddressFault | None
) -> None:
    assert address_fault(address) is fault


@pytest.mark.parametrize("text", ["https://wеibo.com/u/1", "ⓦeibo.com/u/1", "ｗeibo.com/u/1"])
def test_the_rest_of_a_false_address_is_no_address(text: str) -> None:
    assert addresses_in(text, bare=True) == ()


@given(st.text("htps:/@.weibocm0123[]x%#?\\：。а", max_size=40))
def test_any_text_is_an_ordinary_address_or_has_a_fault(text: str) -> None:
    address = f"https://{text}"
    if address_fault(address) is None:
        parts = urlsplit(address)
        assert "@" not in parts.netloc
        assert parts.port in (None, 80, 443)
        assert "." in (parts.hostname or "")
        assert not (parts.hostname or "1")[-1].isdigit() or not re.fullmatch(
            r"[\d.]+", parts.hostname or ""
        )

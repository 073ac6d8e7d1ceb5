"""Group chats as people copy them: whose message a link stands in, when, and what is no link."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.articles import ends_in_part, ends_whole
from mediawatch.domain import Saying
from mediawatch.domain.clock import BEIJING
from mediawatch.people.chats import join_lines, read_messages
from mediawatch.people.link_files import collect, rows_of
from mediawatch.workbooks.places import Place
from mediawatch.workbooks.texts import FileTexts

TODAY = date(2026, 11, 28)
S = "https://mp.weixin.qq.com/s/"
ONE, TWO, THREE = (f"{S}ExampleToken000000000{number}" for number in (1, 2, 3))
LONG = f"https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&mid=2247000001&idx=1&sn={'a1' * 16}"
NOTHING: Any = None


def lines(text: str) -> list[tuple[Place, str]]:
    return [(Place("群聊.txt", "", row), line) for row, line in enumerate(text.split("\n"), 1)]


def said(text: str) -> list[tuple[str, str, str]]:
    """Sender, time and text of every message."""
    return [
        (
            message.saying.by,
            f"{message.saying.at:%Y-%m-%d %H:%M:%S}" if message.saying.at else "",
            message.text.strip(),
        )
        for message in read_messages(lines(text), TODAY)
    ]


@pytest.mark.parametrize(
    ("header", "by", "at"),
    [
        ("张三 2026-11-28 10:02:11", "张三", "2026-11-28 10:02:11"),
        ("张三(示例市测试局) 2026/11/28 10:02", "张三(示例市测试局)", "2026-11-28 10:02:00"),
        ("张三（示例市测试局）  11-27 10:02:11", "张三(示例市测试局)", "2026-11-27 10:02:11"),
        ("张三:2026年11月28日 下午3:02", "张三", "2026-11-28 15:02:00"),
        ("2026-11-28 10:02:11 张三", "张三", "2026-11-28 10:02:11"),
        ("张三 12-30 10:02", "张三", "2025-12-30 10:02:00"),
        ("张三 2026年11月28日 星期六 10:02", "张三", "2026-11-28 10:02:00"),
        ("张三@示例局 11/27 10:02:11", "张三@示例局", "2026-11-27 10:02:11"),
        ("张三 昨天 10:02", "张三", ""),
        ("张三13800001111 2026-11-28 10:02", "张三", "2026-11-28 10:02:00"),
        ("张三(示例市测试局)\n2026-11-28 10:02", "张三(示例市测试局)", "2026-11-28 10:02:00"),
        ("—————  2026-11-28  —————\n\n张三  10:02", "张三", "2026-11-28 10:02:00"),
        ("张三 2026-02-30 10:02", "张三", ""),
    ],
)
def test_a_header_says_who_and_when(header: str, by: str, at: str) -> None:
    assert said(f"{header}\n{ONE}") == [(by, at, ONE)]


def test_instants_of_a_chat_are_those_of_beijing() -> None:
    (message,) = read_messages(lines(f"张三 2026-11-28 10:02:11\n{ONE}"), TODAY)
    assert message.saying == Saying(by="张三", at=datetime(2026, 11, 28, 10, 2, 11, tzinfo=BEIJING))


@pytest.mark.parametrize(
    "text",
    [
        f"最新链接：{ONE}",
        f"开会时间 14:30\n{ONE}",
        f"请于 2026-11-28 前回复:{ONE}",
        f"见https://example.com/a 2026-11-28 10:02\n{ONE}",
    ],
)
def test_a_text_without_a_header_is_of_nobody(text: str) -> None:
    assert {by for by, _, _ in said(text)} == {""}


def test_messages_end_where_the_next_begins() -> None:
    text = f"张三 2026-11-28 10:02:11\n{ONE} 和\n{TWO}\n\n李四 2026-11-28 10:05:00\n收到\n{THREE}"
    assert said(text) == [
        ("张三", "2026-11-28 10:02:11", f"{ONE} 和\n{TWO}"),
        ("李四", "2026-11-28 10:05:00", f"收到\n{THREE}"),
    ]


def test_senders_alone_are_headers_where_no_line_has_a_time() -> None:
    assert said(f"张三(示例市测试局)\n{ONE}\n李四(示例县)\n收到") == [
        ("张三(示例市测试局)", "", ONE),
        ("李四(示例县)", "", "收到"),
    ]


@pytest.mark.parametrize("cut", range(len("https://mp.w"), len(ONE)))
def test_a_short_link_that_is_broken_anywhere_is_whole_again(cut: int) -> None:
    joined = join_lines(lines(f"见{ONE[:cut]}\n{ONE[cut:]}，请查收\n收到"))
    assert [text for _, text in joined] == [f"见{ONE}", "，请查收", "收到"]


@pytest.mark.parametrize("cut", [20, 40, 60, 75, 90, 100])
def test_a_long_link_over_three_lines_is_whole_again(cut: int) -> None:
    text = f"{LONG[:cut]}\n{LONG[cut : cut + 3]}\n{LONG[cut + 3 :]}"
    assert [text for _, text in join_lines(lines(text))] == [LONG]


@pytest.mark.parametrize("below", ["ABC", "收到", "", "OK 谢谢", TWO])
def test_a_whole_link_takes_nothing_from_below(below: str) -> None:
    assert [text for _, text in join_lines(lines(f"{ONE}\n{below}"))] == [ONE, below]


def test_what_makes_no_whole_link_stays_as_it_is() -> None:
    text = f"{S}Example\nABC\n收到"
    assert [text for _, text in join_lines(lines(text))] == text.split("\n")


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        (ONE, False, True),
        (f"{ONE}?scene=1", False, True),
        (ONE[:-1], True, False),
        (LONG, False, True),
        (LONG[:-1], True, False),
        ("https://mp.weixin", True, False),
        ("https://weibo.com/u/1", False, False),
        ("没有链接", False, False),
    ],
)
def test_ends_of_texts(text: str, part: bool, whole: bool) -> None:
    assert (ends_in_part(text), ends_whole(text)) == (part, whole)


def test_a_quoted_link_is_not_counted_twice(tmp_path: Path) -> None:
    file = tmp_path / "群聊.txt"
    file.write_text(
        f"张三 2026-11-28 10:02:11\n{ONE}\n"
        f"李四 2026-11-28 10:05:00\n「张三:{ONE}」\n- - - - - - - - - - - - - - -\n收到\n"
        f"王五 2026-11-28 10:06:00\n「赵六：请看\n{TWO}」\n—————————\n也收到 {THREE}",
        "utf-8",
    )
    found = collect([str(file)], NOTHING, today=TODAY)
    assert [
        (
            link.url,
            [place.row for place in link.places],
            [each.by for each in link.sayings.values()],
        )
        for link in found.links
    ] == [(ONE, [2], ["张三"]), (TWO, [8], ["赵六"]), (THREE, [11], ["王五"])]


def test_a_quotation_keeps_the_link_that_nobody_sent_beside_one_that_was_sent() -> None:
    texts = (f"{ONE} 「张三：", f"{ONE} {TWO} 」")
    written = tuple((Place("群聊.txt", "", row), text) for row, text in enumerate(texts, 1))
    found = rows_of(FileTexts("0" * 64, written), TODAY)
    assert [(row.saying.by, row.urls) for row in found] == [("张三", (TWO,)), ("", (ONE,))]


def test_a_card_without_its_address_is_named(tmp_path: Path) -> None:
    file = tmp_path / "群聊.txt"
    file.write_text(
        "张三 2026-11-28 10:02:11\n[链接] 示例市召开会议\n"
        f"李四 2026-11-28 10:05:00\n[链接]有网址的\n{ONE}\n"
        "王五 2026-11-28 10:06:00\n[视频号]\n[图片]\n",
        "gb18030",
    )
    found = collect([str(file)], NOTHING, today=TODAY)
    assert [(place.row, title) for place, title in found.cards] == [
        (2, "示例市召开会议"),
        (7, "视频号"),
    ]
    assert [(row.saying.by, row.urls) for row in found.rows] == [
        ("张三", ()),
        ("李四", (ONE,)),
        ("王五", ()),
    ]


PIECES = (
    ONE, TWO, LONG, f"{S}Example", "https://mp.weixin.qq.com", "张三 2026-11-28 10:02", "2026-11-28 10:02 李四",
    "「张三：", "」", "[链接] 标题", "收到", "ABC", "", "- - - - -", "—— 2026-11-28 ——", "王五(某局)", "10:02",
)  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=3).map(" ".join), max_size=12))
def test_whatever_a_chat_holds_its_whole_links_are_found(texts: list[str]) -> None:
    written = [(Place("群聊.txt", "", row), text) for row, text in enumerate(texts, 1)]
    read = FileTexts("0" * 64, tuple(written))
    found = {url for row in rows_of(read, TODAY) for url in row.urls}
    whole = {url for url in (ONE, TWO, LONG) if any(url in text.split(" ") for text in texts)}
    assert whole <= found


@pytest.mark.parametrize(
    "line",
    ["「", "「张三：", "- -" * 500, "-m" * 5_000, "https://mp.weixin", "张" * 900, "1 " * 900],
)
def test_a_long_chat_of_odd_lines_is_read_to_its_end(line: str) -> None:
    count = 1_000 if len(line) < 20 else 50
    written = [(Place("群聊.txt", "", row), line) for row in range(count)]
    end = (Place("群聊.txt", "", count), f"\n{ONE}")
    assert rows_of(FileTexts("0" * 64, (*written, end)), TODAY)[-1].urls == (ONE,)


@given(st.text(max_size=200), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_no_text_is_too_odd_to_be_read(text: str, today: date) -> None:
    messages = read_messages(lines(text), today)
    assert all(message.lines for message in messages)

"""Registries of every make that must be read right: formats, encodings, merged and hidden cells,
headings under titles.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registry_files import GOOD, HEADINGS, SECOND, Cells, filed, read, text, xls, xlsx

from mediawatch.domain import Contact, FiledStatus
from mediawatch.registry.cells import tidy

FULL_HEADINGS = (
    "序号",
    "备案单号",
    "政务新媒体名称",
    "类型",
    "账号类型",
    "所属组织",
    "主管单位",
    "地市",
    "县区",
    "属地/系统归口",
    "层级",
    "主体类别",
    "平台ID",
    "原始ID",
    "微信号",
    "链接地址",
    "文章链接1",
    "文章链接2",
    "运行状态",
    "申请关停日期",
    "停更公告链接",
    "微信读书链接",
    "开设时间",
    "备案时间",
    "豁免原因",
    "豁免依据",
    "豁免截止日期",
    "联系人",
    "联系电话",
    "粉丝数",
)
FULL = (
    1,
    "3025716006566021",
    "示例第一\n发布",
    "微信公众号",
    "服务号",
    "示例市第一测试局",
    "示例省第一测试厅",
    "示例市",
    "示例县",
    "属地",
    "市州",
    "代表主体为部门",
    "MzAwMDAwMDAwMA==",
    "gh_0123456789ab",
    "slb-1",
    "https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaaa",
    "https://mp.weixin.qq.com/s/bbbbbbbbbbbbbbbbbbbbbb\nhttps://mp.weixin.qq.com/s/cccccccccccccccccccccc",
    "https://mp.weixin.qq.com/s/dddddddddddddddddddddd",
    "申请关停",
    date(2022, 11, 1),
    "https://a.example/stop",
    "https://weread.qq.com/web/mp/reader/example",
    date(2019, 3, 5),
    "2019年3月6日",
    "机构改革",
    "示例发〔2022〕1号",
    "2023-12-31",
    "小示",
    13800000000,
    1000,
)


@pytest.mark.parametrize("write", [xlsx, xls], ids=["xlsx", "xls"])
def test_every_field_comes_in(write: Callable[..., Path], tmp_path: Path) -> None:
    result = read(write(tmp_path / "r.x", [["示例市政务新媒体台账"], FULL_HEADINGS, FULL]))
    assert result.errors == []
    (row,) = result.rows
    account = row.filed
    assert (
        account.filing_number,
        account.name,
        account.type,
        account.platform,
        account.kind,
        account.type_certain,
    ) == (
        "3025716006566021",
        "示例第一发布",
        "微信公众号",
        "wechat",
        "服务号",
        True,
    )
    assert (account.organiser, account.supervisor, account.prefecture, account.county) == (
        "示例市第一测试局",
        "示例省第一测试厅",
        "示例市",
        "示例县",
    )
    assert (account.jurisdiction, account.level, account.body_kind) == ("属地", "市州", "部门")
    assert (account.platform_id, account.original_id, account.alias) == (
        "MzAwMDAwMDAwMA==",
        "gh_0123456789ab",
        "slb-1",
    )
    assert account.url == "https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaaa"
    assert [link[-1] for link in account.article_links] == ["b", "c", "d", "a"]
    assert (account.status, account.closing_requested_on, account.closing_notice_url) == (
        FiledStatus.CLOSING,
        date(2022, 11, 1),
        "https://a.example/stop",
    )
    assert (account.opened_on, account.filed_on) == (date(2019, 3, 5), date(2019, 3, 6))
    assert (account.exempt_reason, account.exempt_document, account.exempt_until) == (
        "机构改革",
        "示例发〔2022〕1号",
        date(2023, 12, 31),
    )
    assert account.reader_url == "https://weread.qq.com/web/mp/reader/example"
    assert row.contact == Contact(person="小示", phone="13800000000")
    assert any("AD 粉丝数" in note for note in result.notes)
    assert not any("序号" in note for note in result.notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_of_every_make(encoding: str, delimiter: str, tmp_path: Path) -> None:
    rows = [
        ["台账"],
        HEADINGS,
        ('="3025716006566021"', "示例,第一;发布", "微信公众号", "示例局"),
        (),
        ("'=0012", *SECOND[1:]),
    ]
    result = read(text(tmp_path / "r.csv", rows, encoding, delimiter))
    assert result.errors == []
    assert [(row.place.row, row.filed.filing_number, row.filed.name) for row in result.rows] == [
        (3, "3025716006566021", "示例,第一;发布"),
        (5, "=0012", SECOND[1]),
    ]


WORDS = (
    "同上",
    "合计",
    "微信",
    "抖音",
    "类型",
    "政务新媒体名称",
    "71001",
    "1e16",
    "注:",
    "无",
    "=1+1",
    "'@x",
    '="0"',
)
CELL = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    st.integers(),
    st.sampled_from(WORDS),
)
NUMBERS = st.from_regex(r"[0-9]{1,20}", fullmatch=True)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    numbers=st.lists(NUMBERS, min_size=1, max_size=5, unique=True),
    write=st.sampled_from([xlsx, xls, text]),
)
def test_ids_survive_every_format_as_text(
    numbers: list[str], write: Callable[..., Path], tmp_path: Path
) -> None:
    rows = [
        (number, f"示例{index}", "微信公众号", "示例局") for index, number in enumerate(numbers)
    ]
    path = write(tmp_path / f"r.{'csv' if write is text else 'x'}", [HEADINGS, *rows])
    assert [account.filing_number for account in filed(path)] == numbers


@settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(rows=st.lists(st.lists(CELL, max_size=5), max_size=6))
def test_whatever_stands_in_the_cells_a_row_is_read_or_refused(
    rows: list[list[object]], tmp_path: Path
) -> None:
    """Never an unforeseen exception, never a row that is lost without an error or a note."""
    result = read(
        text(tmp_path / "r.csv", [HEADINGS, GOOD, *[[*map(str, row)] for row in rows]], "utf-8")
    )
    assert GOOD[0] in [row.filed.filing_number for row in result.rows]
    told = (
        {row.place.row for row in result.rows}
        | {place.row for place in result.rejected}
        | skipped(result.notes)
    )
    assert {
        number for number, row in enumerate(rows, 3) if tidy("".join(map(str, row[:4])))
    } <= told


def skipped(notes: list[str]) -> set[int]:
    """The rows that a note names: `rows 3, 5-7`."""
    found: set[int] = set()
    for first, last in re.findall(
        r"(\d+)(?:-(\d+))?(?=[,:-])", " ".join(note.partition(".csv, row")[2] for note in notes)
    ):
        found |= set(range(int(first), int(last or first) + 1))
    return found


@pytest.mark.parametrize("write", [xlsx, xls], ids=["xlsx", "xls"])
def test_merged_cells_and_ditto_are_filled_down(write: Callable[..., Path], tmp_path: Path) -> None:
    rows = [
        ["台账", "", "", ""],
        HEADINGS,
        ("1", "甲", "微信公众号", "示例市第一测试局"),
        ("2", "乙", "同上", ""),
        ("3", "丙", "〃", ""),
        ("", "", "", ""),
        ("4", "丁", "抖音", "同上"),
    ]
    accounts = filed(write(tmp_path / "r.x", rows, merged=[(0, 0, 0, 3), (2, 3, 5, 3)]))
    assert [(account.name, account.platform, account.organiser) for account in accounts] == [
        ("甲", "wechat", "示例市第一测试局"), ("乙", "wechat", "示例市第一测试局"), ("丙", "wechat", "示例市第一测试局"),
        ("丁", "douyin", "示例市第一测试局"),
    ]  # fmt: skip


@pytest.mark.parametrize("write", [xlsx, xls], ids=["xlsx", "xls"])
def test_hidden_rows_are_skipped_and_said(write: Callable[..., Path], tmp_path: Path) -> None:
    result = read(
        write(tmp_path / "r.x", [HEADINGS, GOOD, SECOND, ("3", "丙", "抖音", "示例局")], hidden=[2])
    )
    assert [row.filed.name for row in result.rows] == [GOOD[1], "丙"]
    assert any("row 3: hidden, skipped" in note for note in result.notes)
    assert result.left_out == ["hidden rows"]


def test_an_ambiguous_ditto_below_a_hidden_row_is_refused(tmp_path: Path) -> None:
    rows = [HEADINGS, GOOD, SECOND, ("3", "丙", "同上", "同上"), ("4", "丁", "抖音", "同上")]
    result = read(xlsx(tmp_path / "r.xlsx", rows, hidden=[2]))
    assert {error.place.row for error in result.errors} == {4, 5}
    assert all(
        "隐藏行" in error.reason or "没有可以沿用" in error.reason for error in result.errors
    )


def test_rows_that_are_no_accounts_are_skipped_and_said(tmp_path: Path) -> None:
    rows = [
        HEADINGS, GOOD, ("合 计", "1", "", ""), HEADINGS, SECOND, ("总计", 2, "", ""), ("填表人:小示", "", "", "联系电话:1380000"),
        ("注:以上均为示例", "", "", ""),
    ]  # fmt: skip
    result = read(xlsx(tmp_path / "r.xlsx", rows))
    assert ([row.filed.name for row in result.rows], result.errors) == ([GOOD[1], SECOND[1]], [])
    assert any(
        "rows 3-4, 6-8: totals, notes or a repeated heading" in note for note in result.notes
    )


def test_a_row_with_nothing_but_a_name_is_refused_and_not_skipped(tmp_path: Path) -> None:
    assert [
        error.place.row
        for error in read(xlsx(tmp_path / "r.xlsx", [HEADINGS, ("", "示例发布", "", "")])).errors
    ] == [2]


TITLES: list[Cells] = [
    [["示例市政务新媒体台账"], ["填报单位:示例市", "", "2022年12月"], [], HEADINGS],
    [["基本信息", "", "", "归属"], HEADINGS],
    [["备案单号", "账号信息", "", "所属组织"], ["", "政务新媒体名称", "类型", ""]],
    [["备案\n单号", "政务 新媒体\n名称", "类型(必填)", "*所属组织"]],
]


@pytest.mark.parametrize("above", TITLES)
def test_the_heading_is_found_below_titles_and_over_two_rows(above: Cells, tmp_path: Path) -> None:
    (account,) = filed(text(tmp_path / "r.csv", [*above, GOOD]))
    assert (account.filing_number, account.name, account.type, account.organiser) == GOOD


def test_sheets(tmp_path: Path) -> None:
    more: dict[str, Cells] = {
        "微博": [HEADINGS, SECOND],
        "填写说明": [["列名", "要求"], ["政务新媒体名称", "必填"]],
        "网站": [["网站标识码", "网站名称", "首页地址"], ["1", "示例网", "https://a.example"]],
        "旧": [HEADINGS, ("9", "示例旧号", "抖音", "示例局")],
        "空": [],
    }
    result = read(xlsx(tmp_path / "r.xlsx", [HEADINGS, GOOD], more=more, hidden_sheets=["旧"]))
    assert [row.filed.name for row in result.rows] == [GOOD[1], SECOND[1]]
    notes = "\n".join(result.notes)
    assert all(f'sheet "{sheet}"' in notes for sheet in ("填写说明", "网站", "旧", "空"))
    assert [part.rpartition("sheet ")[2] for part in result.left_out] == [
        '"网站" (no heading row)',
        '"旧" (hidden)',
    ]


def test_several_files_keep_their_places(tmp_path: Path) -> None:
    result = read(
        xlsx(tmp_path / "a.xlsx", [HEADINGS, GOOD]), text(tmp_path / "b.csv", [HEADINGS, SECOND])
    )
    assert [(Path(row.place.file).name, row.place.sheet, row.place.row) for row in result.rows] == [
        ("a.xlsx", "台账", 2),
        ("b.csv", "", 2),
    ]


def test_a_bare_wechat_is_kept_as_filed_and_warned_of(tmp_path: Path) -> None:
    result = read(
        xlsx(
            tmp_path / "r.xlsx",
            [HEADINGS, (*GOOD[:2], "微信", GOOD[3]), (*SECOND[:2], "示例号外", SECOND[3])],
        )
    )
    assert [(row.filed.type, row.filed.platform, row.filed.type_certain) for row in result.rows] == [
        ("微信", "wechat", False), ("示例号外", "other", True),
    ]  # fmt: skip
    assert any("row 2" in warning and "搜索不到" in warning for warning in result.warnings)
    assert any("row 3" in warning and "示例号外" in warning for warning in result.warnings)


def test_gh_is_the_original_id_wherever_it_stands(tmp_path: Path) -> None:
    (account,) = filed(
        xlsx(tmp_path / "r.xlsx", [(*HEADINGS, "微信号"), (*GOOD, "gh_0123456789ab")])
    )
    assert (account.original_id, account.alias) == ("gh_0123456789ab", "")


def test_a_workbook_without_row_numbers_and_with_prefixes_is_read(tmp_path: Path) -> None:
    """Some programs leave out r="…" and write every tag with a prefix."""
    path, target = (
        xlsx(tmp_path / "w.xlsx", [HEADINGS, GOOD, SECOND], hidden=[2]),
        tmp_path / "r.xlsx",
    )
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as out:
        for part in source.namelist():
            data = source.read(part)
            if part.endswith("sheet1.xml"):
                for row in (b"1", b"2", b"3"):
                    data = data.replace(b'<row r="' + row + b'"', b"<row")
            out.writestr(part, data)
    result = read(target)
    assert [row.filed.name for row in result.rows] == [GOOD[1]]


@pytest.mark.parametrize(
    ("heading", "cells", "found"),
    [
        ("功能类型", ("发布类", "服务类", ""), ["发布类", "服务类", ""]),
        ("功能类别", ("信息发布", "办事服务类", "综合类"), ["发布类", "服务类", "综合类"]),
        # A 账号类别 that says it; 服务 alone may be a 服务号.
        ("账号类别", ("发布类", "服务类", "服务"), ["发布类", "服务类", ""]),
    ],
)
def test_function_kinds_are_read_from_their_column_or_a_kind_that_says_it(
    tmp_path: Path, heading: str, cells: tuple[str, ...], found: list[str]
) -> None:
    rows = [
        (*GOOD, cells[0]),
        (*SECOND, cells[1]),
        ("71003", "示例第三发布", "抖音短视频", "示例局", cells[2]),
    ]
    path = xlsx(tmp_path / "a.xlsx", [(*HEADINGS, heading), *rows])
    assert [each.function_kind for each in filed(path)] == found
    given = [row.given for row in read(path).rows]
    assert ["function_kind" in each for each in given] == [
        heading != "账号类别" or bool(kind) for kind in found
    ]

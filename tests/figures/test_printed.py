"""Somebody's printed figures: the kinds of slips that published circulars have, each by its place.

The tables are composed; they repeat the kinds of slips, not the circulars.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediawatch.figures.printed.check import check_figures
from mediawatch.figures.printed.circulars import load_shipped
from mediawatch.figures.printed.grids import PrintedGrid
from mediawatch.figures.printed.headings import FigureRole, is_subtotal, is_total, role_of
from mediawatch.figures.printed.rates import Rounding, count_in, rate_in
from mediawatch.figures.printed.remarks import PrintedRemark, RemarkKind
from mediawatch.figures.values import percent

Rows = Sequence[Sequence[object]]


def remarks(
    *tables: Rows, text: Sequence[str] = (), kind: RemarkKind = RemarkKind.SLIP
) -> list[PrintedRemark]:
    grids = [PrintedGrid(f"表{number}", table) for number, table in enumerate(tables, 1)]
    return [each for each in check_figures(grids, text).remarks if each.kind is kind]


def said(found: Sequence[PrintedRemark]) -> list[tuple[int | None, int | None, str]]:
    return [(each.place.row, each.place.column, each.words) for each in found]


PLATFORMS: Rows = [
    ["各平台抽查情况统计表"],
    ["序号", "平台", "检查数", "不合格数", "合格率"],
    [1, "微信公众号", 113, 5, "95.58%"],
    [2, "新浪微博", 76, 6, "92.10%"],
    [3, "抖音短视频", 38, 17, "48.48%"],
    [4, "今日头条", 53, 23, "56.60%"],
    ["", "合计", 280, 53, "81.07%"],
]


def test_platforms_that_do_not_sum_and_a_rate_of_other_numbers() -> None:
    assert said(remarks(PLATFORMS)) == [
        (4, 4, "抖音短视频：合格率写48.48%，按21/38应为55.26%。"),
        (6, 3, "各行“不合格数”合计51，合计写53：差2。"),
    ]
    # 70/76 is 92.105…: cut, not rounded.
    assert said(remarks(PLATFORMS, kind=RemarkKind.NOTE)) == [
        (3, 4, "新浪微博：合格率写92.10%，按70/76四舍五入应为92.11%，所写为截断值。")
    ]


@pytest.mark.parametrize(
    ("headings", "cells", "words"),
    [
        (
            ("总数", "检查数", "抽查比例"),
            ("5038", "1010", "20.1%"),
            "全省：检查率写20.1%，按1010/5038应为20.0%。",
        ),
        (("账号总数（个）", "抽查数"), (21, 28), "全省：检查数28大于总数21。"),
        (("检查数", "不合格数"), (3, 4), "全省：不合格数4大于检查数3。"),
        (("检查数", "合格数", "不合格数"), (9, 5, 3), "全省：合格数5与不合格数3合计8，检查数写9。"),
        (
            ("检查数", "不合格数", "不合格率"),
            (10, 3, "33%"),
            "全省：不合格率写33%，按3/10应为30%。",
        ),
        (("检查数", "不合格数", "合格率"), (4, 1, 0.8), "全省：合格率写80%，按3/4应为75.00%。"),
    ],
)
def test_a_line_that_contradicts_itself(
    headings: tuple[str, ...], cells: tuple[object, ...], words: str
) -> None:
    (found,) = remarks([["地区", *headings], ["全省", *cells]])
    assert found.words == words


@pytest.mark.parametrize(
    "cells",
    [
        (5038, 1010, "20.0%", 82, "91.9%"),
        ("5,038", "1010个", "20.05%", "82", "91.88"),
        (5038, 1010, 1010 / 5038, 82, 928 / 1010),
        (5038, 1010, 0.2005, 82, 0.9188),
        (5038, 5038, 1, 0, 1),
        (5038, 5038, "１００％", 0, "100%"),
        (5038, 0, "0.00%", 0, "—"),
    ],
)
def test_a_sound_line_in_all_that_cells_hold(cells: tuple[object, ...]) -> None:
    heading = ["地区", "总数", "检查数", "检查率", "不合格数", "合格率"]
    found = check_figures([PrintedGrid("表", [heading, ["全省", *cells]])])
    assert found.remarks == ()
    assert (found.tables, found.lines) == (1, 1)


@pytest.mark.parametrize(
    ("checked", "rate", "full"),
    [(200, "100%", "99.50"), (300, 1, "99.67"), (2000, "100.0%", "99.950")],
)
def test_a_part_that_is_rounded_to_the_whole_is_no_slip(
    checked: int, rate: object, full: str
) -> None:
    table: Rows = [["地区", "检查数", "不合格数", "合格率"], ["甲市", checked, 1, rate]]
    assert remarks(table) == []
    (note,) = remarks(table, kind=RemarkKind.NOTE)
    assert f"按{checked - 1}/{checked}为{full}%，四舍五入虽为100%" in note.words


def test_a_third_kind_of_account_is_no_slip() -> None:
    heading = ["地区", "在册", "检查数", "合格数", "不合格数", "关停数", "合格率"]
    table: Rows = [heading, ["甲市", 12, 10, 8, 1, 1, "88.89%"]]
    assert remarks(table) == []
    assert [each.words for each in remarks(table, kind=RemarkKind.NOTE)] == [
        "甲市：合格率写88.89%，按8/9计算，所写的分母是10。"
    ]
    unchecked = [each.words for each in remarks(table, kind=RemarkKind.UNCHECKED)]
    assert any("差1与含义未核对的数相等" in each for each in unchecked)
    # Nothing accounts for two.
    assert remarks([heading, ["甲市", 12, 10, 7, 1, 1, "70%"]])


def test_a_cut_rate_and_a_coarse_one_are_no_slips() -> None:
    table: Rows = [
        ["地区", "检查数", "不合格数", "合格率"],
        ["甲市", 130, 59, "54.61%"],
        ["乙市", 97, 1, "98.97%"],
        ["丙市", 146, 59, "60%"],
        ["丁市", 97, 1, 96 / 97],
    ]
    assert remarks(table) == []
    assert said(remarks(table, kind=RemarkKind.NOTE)) == [
        (1, 3, "甲市：合格率写54.61%，按71/130四舍五入应为54.62%，所写为截断值。"),
        (3, 3, "丙市：合格率写60%，本件其他比率多为2位小数，按87/146为59.59%，取舍不一。"),
    ]


def test_a_typed_number_is_rounded_and_a_computed_one_is_not() -> None:
    heading = ["地区", "检查数", "不合格数", "合格率"]
    other = ["乙市", 97, 1, "98.97%"]
    typed: Rows = [heading, other, ["甲市", 146, 59, 0.6]]
    assert [each.place.row for each in remarks(typed, kind=RemarkKind.NOTE)] == [2]
    computed: Rows = [heading, other, ["甲市", 8, 2, 6 / 8]]
    assert remarks(computed, kind=RemarkKind.NOTE) == []


def test_subtotals_sum_their_own_rows_above_or_below() -> None:
    below: Rows = [
        ["地区", "总数"],
        ["甲市", 3],
        ["乙市", 4],
        ["市州小计", 7],
        ["省教育厅", 2],
        ["省直小计", 3],
        ["合计", 9],
    ]
    assert said(remarks(below)) == [(5, 1, "各行“总数”合计2，省直小计写3：差1。")]
    above: Rows = [
        ["地区", "总数"],
        ["合计", 9],
        ["市州小计", 7],
        ["甲市", 3],
        ["乙市", 4],
        ["省直小计", 2],
        ["省教育厅", 2],
    ]
    assert remarks(above) == []
    assert [each.place.row for each in remarks([*above[:1], ["合计", 10], *above[2:]])] == [1]


def test_headings_of_two_rows_and_columns_that_sum() -> None:
    table: Rows = [
        ["地区", "微信公众号", "", "新浪微博", "", "合计", ""],
        ["地区", "检查数", "不合格数", "检查数", "不合格数", "检查数", "不合格数"],
        ["甲市", 10, 1, 5, 2, 15, 3],
        ["乙市", 20, 2, 5, 0, 24, 2],
        ["合计", 30, 3, 10, 2, 39, 5],
    ]
    assert [(row, column) for row, column, _ in said(remarks(table))] == [(3, 5), (4, 5)]
    one: Rows = [["地区", "微信公众号检查数", "微信公众号不合格数"], ["甲市", 3, 4]]
    assert [each.words for each in remarks(one)] == ["甲市·微信公众号：不合格数4大于检查数3。"]


def test_kinds_of_problems_against_their_sum() -> None:
    table: Rows = [["地区", "超过2周未更新", "长期未更新", "合计"], ["全市", 24, 7, 36]]
    assert said(remarks(table)) == [(1, 3, "全市：各列合计31，“合计”写36：差5。")]


def test_shares_of_the_whole() -> None:
    table: Rows = [
        ["问题类型", "账号数", "占比"],
        ["超过2周未更新", 24, "66.67%"],
        ["长期未更新", 12, "34.33%"],
        ["合计", 36, "100%"],
    ]
    assert said(remarks(table)) == [(2, 2, "长期未更新：占比写34.33%，按12/36应为33.33%。")]
    open_: Rows = [["问题类型", "账号数", "占比"], ["长期未更新", 12, "34.33%"]]
    assert not remarks(open_)
    assert "“占比”未核对" in remarks(open_, kind=RemarkKind.UNCHECKED)[0].words


def test_a_table_of_two_columns_is_read_across() -> None:
    table: Rows = [
        ["总体情况"],
        ["账号总数", 21],
        ["检查数", 28],
        ["合格率", "100%"],
        ["不合格数", 0],
    ]
    assert said(remarks(table)) == [(2, 1, "表1：检查数28大于总数21。")]


LIST: Rows = [
    ["附件2 检查发现存在突出问题的政务新媒体名单"],
    ["序号", "政务新媒体名称", "类型", "存在的突出问题"],
    [1, "示例发布", "微信公众号", "超2周未更新"],
    [2, "示例微博", "新浪微博", "超2周未更新"],
    [3, "“示例发布”", "微信公众号", "搜索不到"],
    [5, "示例发布", "抖音短视频", "搜索不到"],
]


def test_a_list_against_its_count_its_ordinals_and_itself() -> None:
    counts: Rows = [
        ["平台", "检查数", "不合格数"],
        ["微信公众号", 9, 3],
        ["新浪微博", 8, 1],
        ["抖音短视频", 7, 1],
        ["合计", 24, 5],
    ]
    assert [each.words for each in remarks(counts, LIST)] == [
        "微信公众号：不合格数写3，名单中有2个。",
        "名单共4个，不合格数写5：差1。",
        "““示例发布””与第3行重复。",
        "序号写5，按顺序应为4。",
    ]
    with_ids: Rows = [
        ["政务新媒体名称", "备案单号", "存在问题"],
        ["示例发布", "0001", "甲"],
        ["示例发布", "0002", "甲"],
        ["示例微博", "0001", "乙"],
    ]
    # Two accounts may bear one name; one number is one account.
    assert [each.place.row for each in remarks(with_ids)] == [3]


def test_what_is_not_understood_is_never_right() -> None:
    unknown: Rows = [["甲", "乙"], ["一", 2]]
    heading: Rows = [
        ["地区", "检查数", "不合格数", "已约谈"],
        ["甲市", "见附件", 1, 2],
        ["合计", 3, 1, 2],
    ]
    found = remarks(unknown, heading, LIST, kind=RemarkKind.UNCHECKED)
    assert [(each.place.part, each.words) for each in found] == [
        ("表1", "未核对：没有认得的表头（总数、检查数、不合格数、合格率，或账号名称）。"),
        ("表2", "“已约谈”只核对了合计，含义未核对。"),
        ("表2", "甲市：“见附件”不是数字，未核对。"),
        ("表2", "合计的“检查数”未核对：“甲市”一行不是整数。"),
    ]
    rate: Rows = [["地区", "检查数", "合格率"], ["甲市", 9, "91%"]]
    assert [each.words for each in remarks(rate, kind=RemarkKind.UNCHECKED)] == [
        "甲市：合格率91%未核对，未见相应数字。"
    ]
    assert remarks(rate) == []


TEXT = [
    "全区正常运行的政务新媒体共146个，本次检查140个（检查率97.26%），发现不合格36个，合格率74%。",
    "分平台看，微信公众号检查100个，不合格20个，合格率80%；新浪微博检查39个，不合格16个，合格率58.97%。",
    "（一）超过2周未更新。共有24个政务新媒体。微信公众号3个：“甲”、“乙”。",
    "（二）长期未更新。共有7个政务新媒体。",
    "另有12次提醒和3家单位约谈。",
    "请于2月1日前整改，并于2023年3月1日前报送。",
    "2023年2月9日",
]


def test_sentences_as_far_as_they_are_certain() -> None:
    found = remarks(text=TEXT)
    assert [(each.place.row, each.words) for each in found] == [
        (
            0,
            "“全区正常运行的政务新媒体共146个，本次检查140个（检查…”："
            "检查率写97.26%，按140/146应为95.89%。",
        ),
        (1, "各平台检查数合计139，总体写140：差1。"),
        (2, "“微信公众号3个”后列出2个：差1个。"),
        (2, "所列合计3个，写24个：差21个。"),
        (3, "各类问题合计31个，不合格数写36：差5个。"),
        (5, "期限“于2月1日前”早于成文日期2023年2月9日。"),
    ]
    assert [each.place.row for each in remarks(text=TEXT, kind=RemarkKind.UNCHECKED)] == [4]


def test_clauses_that_tell_of_one_whole_are_one_sentence() -> None:
    text = ["共检查政务新媒体2432个，检查率100%；不合格4个，合格率99.48%。"]
    assert [each.words.partition("：")[2] for each in remarks(text=text)] == [
        "合格率写99.48%，按2428/2432应为99.84%。"
    ]
    # Two wholes: nothing is known of which number belongs to which.
    both = ["检查政府网站51个、政务新媒体212个，合格率分别为94%、98.6%。"]
    assert not remarks(text=both)
    assert remarks(text=both, kind=RemarkKind.UNCHECKED)


def test_columns_that_cannot_be_told_apart_are_unchecked() -> None:
    twice: Rows = [["地区", "检查数", "检查数", "得分"], ["甲市", 3, 4, 95.5], ["合计", 3, 4, 90]]
    assert not remarks(twice)
    assert [each.words for each in remarks(twice, kind=RemarkKind.UNCHECKED)] == [
        "有2列“检查数”，分不清各指什么，只核对了合计。",
        "“得分”未核对。",
    ]
    beside: Rows = [["单位", "总数", "单位", "总数"], ["甲局", 3, "乙局", 4], ["", "", "合计", 7]]
    assert not remarks(beside)
    assert "并排" in remarks(beside, kind=RemarkKind.UNCHECKED)[0].words
    within: Rows = [["地区", "总数"], ["甲市", 3], ["其中：市直", 1], ["乙市", 2], ["合计", 5]]
    assert not remarks(within)
    assert "“其中”" in remarks(within, kind=RemarkKind.UNCHECKED)[0].words
    levels: Rows = [["地区", "总数"], ["甲市", 3], ["甲县", 1], ["乙县", 2], ["合计", 3]]
    assert not remarks(levels)
    assert "恰为合计的两倍" in remarks(levels, kind=RemarkKind.UNCHECKED)[0].words


def test_parts_within_a_sentence() -> None:
    (found,) = remarks(text=["发现36个账号不合格，其中超过2周未更新24个、长期未更新7个。"])
    assert found.words == "超过2周未更新24、长期未更新7合计31，小于所写的36：差5。"
    assert not remarks(text=["发现31个账号不合格，其中超过2周未更新24个、长期未更新7个。"])
    # More problems than accounts: one may have two.
    over = [TEXT[0], "（一）搜索不到。共有30个。", "（二）长期未更新。共有9个。"]
    assert "各类问题合计39个" in remarks(text=over, kind=RemarkKind.NOTE)[-1].words


def test_the_text_against_the_table() -> None:
    table: Rows = [["地区", "检查数"], ["甲市", 143], ["合计", 143]]
    text = ["本次检查146个，发现不合格2个。"]
    assert [each.words for each in remarks(table, text=text)] == ["检查数写146，“表1”第3行写143。"]
    websites: Rows = [["政府网站检查情况"], ["地区", "检查数"], ["合计", 9]]
    assert not remarks(websites, text=["本次检查政务新媒体146个，发现不合格2个。"])


def test_the_shipped_circular_has_its_known_slips() -> None:
    circular = load_shipped("tibet-2022q4-circular")
    platforms: list[list[object]] = [["平台", "检查数", "不合格数"]]
    platforms += [
        [name, count, circular.failed_of[name]] for name, count in circular.checked.items()
    ]
    platforms.append(["合计", circular.drawn, circular.failed])
    whole: Rows = [
        ["地区", "总数", "检查数", "不合格数", "合格率", "检查率"],
        ["全区", circular.running, circular.drawn, circular.failed, circular.rate, "12.14%"],
    ]
    named: list[list[object]] = [["政务新媒体名称", "类型", "存在的突出问题"]]
    named += [[one.name, one.type, one.kind] for one in circular.named]
    assert [each.words for each in remarks(platforms, whole, named)] == [
        "抖音短视频：不合格数写6，名单中有7个。",
        "各行“检查数”合计143，合计写146：差3。",
        "各行“不合格数”合计58，合计写59：差1。",
    ]
    (note,) = remarks(platforms, whole, named, kind=RemarkKind.NOTE)
    assert "60%" in note.words
    assert "59.59%" in note.words


@pytest.mark.parametrize(
    ("heading", "role", "group"),
    [
        ("政务新媒体总数", FigureRole.TOTAL, ""),
        ("账号数量（个）", FigureRole.TOTAL, ""),
        ("在管数", FigureRole.TOTAL, ""),
        ("抽查 数", FigureRole.CHECKED, ""),
        ("检查账号数", FigureRole.CHECKED, ""),
        ("不合格账号数", FigureRole.FAILED, ""),
        ("存在突出问题的账号数", FigureRole.FAILED, ""),
        ("合格数", FigureRole.PASSED, ""),
        ("合格率(%)", FigureRole.RATE, ""),
        ("不合格率", FigureRole.FAILURE_RATE, ""),
        ("抽查比例", FigureRole.COVERAGE, ""),
        ("网站合格率", FigureRole.RATE, "网站"),
        ("合计", FigureRole.ROW_SUM, ""),
    ],
)
def test_headings_mean(heading: str, role: FigureRole, group: str) -> None:
    assert role_of(heading) == (role, group)


def test_rows_of_sums() -> None:
    assert all(map(is_total, ("合计", "总 计", "全省", "全市合计")))
    assert all(map(is_subtotal, ("小计", "省直小计", "市州合计")))
    assert not any(map(is_total, ("小计", "甲市", "合计局")))


@given(st.integers(1, 9999), st.data(), st.integers(0, 4))
@settings(max_examples=30)
def test_every_rounded_rate_is_right_and_no_other(
    whole: int, data: st.DataObject, decimals: int
) -> None:
    part = data.draw(st.integers(0, whole))
    ratio = Fraction(part, whole)
    printed = rate_in(percent(ratio, decimals))
    assert printed is not None
    assert printed.rounding(ratio) is Rounding.HALF_UP
    unit = Fraction(1, 100 * 10**decimals)
    if ratio + 2 * unit <= 1:
        other = rate_in(f"{float((ratio + 2 * unit) * 100):.{decimals}f}%")
        assert other is not None
        assert other.rounding(ratio) is Rounding.WRONG


@pytest.mark.parametrize(
    ("cell", "count"),
    [("1,010", 1010), ("12个", 12), (3.0, 3), ("3.5", None), ("见附件", None), (True, None)],
)
def test_counts_in_cells(cell: object, count: int | None) -> None:
    assert count_in(cell) == count


PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "circulars" / "published.csv"
_OFF = ("03", "30", "38", "54")
"""Of the published circulars, those with a slip among the figures that the file has a column for."""


@pytest.mark.shared
def test_published_circulars_have_the_slips_that_were_found_in_them() -> None:
    columns = {
        "total_accounts": "总数",
        "checked": "检查数",
        "failed": "不合格数",
        "coverage_published": "检查率",
        "pass_rate_published": "合格率",
    }
    with PUBLISHED.open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    assert len(published) > 40
    for row in published:
        printed = {
            heading: found[1]
            for column, heading in columns.items()
            if (found := re.match(r"\(?(?:隐含)?(\d+(?:\.\d+)?%?)(?![\d+])", row[column]))
            and (heading.endswith("率") == found[1].endswith("%"))
        }
        whole: Rows = [["地区", *printed], ["全省", *printed.values()]]
        parts = re.findall(r"([^;\d→]+?)(\d+)(?=;|$)", row["platforms"])
        platforms: Rows = [["平台", "总数"], *parts, ["合计", row["total_accounts"]]]
        found = remarks(whole, *([platforms] if len(parts) > 1 else []))
        told = " ".join(each.words for each in found)
        assert bool(found) is (row["nn"] in _OFF), (row["nn"], told)
        for should in re.findall(r"不符\(应([\d.]+)\)", row["arithmetic_check"]):
            assert row["nn"] not in _OFF or f"应为{should}%" in told


@st.composite
def sound_tables(draw: st.DrawFn) -> list[list[object]]:
    """Regions in one or two blocks, perhaps with 小计, each with its counts and rates."""
    decimals = draw(st.integers(0, 3))
    blocks = draw(st.lists(st.integers(1, 4), min_size=1, max_size=2))

    def line(name: str, total: int, checked: int, failed: int) -> list[object]:
        rate = percent(Fraction(checked - failed, checked), decimals) if checked else "—"
        return [name, total, checked, percent(Fraction(checked, total), decimals), failed, rate]

    rows: list[list[object]] = [["地区", "总数", "检查数", "检查率", "不合格数", "合格率"]]
    everything: list[tuple[int, int, int]] = []
    for block, size in enumerate(blocks):
        parts = []
        for number in range(size):
            total = draw(st.integers(1, 300))
            checked = draw(st.integers(0, total))
            parts.append((total, checked, draw(st.integers(0, checked))))
            rows.append(line(f"第{block}块{number}县", *parts[-1]))
        if len(blocks) > 1:
            rows.append(line("小计", *map(sum, zip(*parts, strict=True))))
        everything += parts
    rows.append(line("合计", *map(sum, zip(*everything, strict=True))))
    return rows


@given(sound_tables(), st.data())
@settings(max_examples=15)
def test_a_sound_table_has_no_slip_and_one_changed_number_is_found(
    rows: list[list[object]], data: st.DataObject
) -> None:
    assert remarks(rows) == []
    assert remarks(rows, kind=RemarkKind.UNCHECKED) == []
    row = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.sampled_from([1, 2, 4]))
    changed = [list(each) for each in rows]
    number = changed[row][column]
    assert isinstance(number, int)
    changed[row][column] = number + data.draw(st.integers(1, 5))
    if len(rows) > 2 and not (len(rows) == 3 and changed[1][column] == 2 * number):
        found = check_figures([PrintedGrid("表", changed)])
        assert found.slips or any("两倍" in each.words for each in found.remarks)

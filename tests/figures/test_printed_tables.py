"""Tables as offices lay them out: sound ones give no slip, and nothing is passed over in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from mediawatch.figures.printed.check import check_figures
from mediawatch.figures.printed.grids import PrintedGrid

Rows = Sequence[Sequence[object]]
HEADING = ["地区", "总数", "检查数"]


def told(
    *tables: Rows | PrintedGrid, text: Sequence[str] = (), kind: str | None = None
) -> list[str]:
    grids = [
        each if isinstance(each, PrintedGrid) else PrintedGrid(f"表{number}", each)
        for number, each in enumerate(tables, 1)
    ]
    found = check_figures(grids, text).remarks
    return [each.words for each in found if kind in (None, each.kind.label)]


def slips(*tables: Rows | PrintedGrid, text: Sequence[str] = ()) -> list[str]:
    return told(*tables, text=text, kind="差错")


@pytest.mark.parametrize(
    "name",
    [
        "合计：",
        "合计:",
        "全市合计（个）",
        "合 计（家）",
        "合计（2个县）",
        "全县总计",
        "累计",
        "（合计）",
    ],
)
def test_a_row_of_sums_is_known_by_its_name(name: str) -> None:
    rows = [HEADING, ["甲县", 3, 2], ["乙县", 4, 2]]
    assert slips([*rows, [name, 7, 4]]) == []
    assert len(slips([*rows, [name, 8, 4]])) == 1


def test_a_last_row_without_a_name_is_unchecked_unless_it_sums() -> None:
    rows = [HEADING, ["甲县", 3, 2], ["乙县", 4, 2]]
    assert told([*rows, ["", 7, 4]]) == []
    assert told([*rows, ["", 8, 4]]) == ["这一行没有名称，不知是否为合计，未核对。"]


@pytest.mark.parametrize(
    ("cells", "unread", "words"),
    [
        (
            ["#N/A", "#N/A"],
            {(2, 1): "公式没有保存计算结果", (2, 2): "公式没有保存计算结果"},
            "合计：“总数”未核对：公式没有保存计算结果。",
        ),
        (["", 2], {}, "合计的“总数”未核对：该格没有数字。"),
        (["—", ""], {}, "合计的“检查数”未核对：该格没有数字。"),
    ],
)
def test_a_row_of_sums_without_numbers_is_told(
    cells: list[object], unread: Mapping[tuple[int, int], str], words: str
) -> None:
    grid = PrintedGrid("表", [HEADING, ["甲县", 3, 2], ["合计", *cells]], unread=unread)
    assert words in told(grid, kind="未核对")
    assert not any("#N/A" in each for each in told(grid))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第一季度", "第二季度"),
        ("微信公众号", "新浪微博"),
        ("2023年检查情况", "2024年检查情况"),
        ("各县区检查情况", "市直部门检查情况"),
        ("甲县", "乙县"),
    ],
)
def test_tables_of_different_accounts_or_times_are_not_one(one: str, other: str) -> None:
    first: Rows = [HEADING, ["甲", 3, 2], ["合计", 3, 2]]
    second: Rows = [HEADING, ["甲", 4, 2], ["合计", 4, 2]]
    found = told(PrintedGrid(one, first), PrintedGrid(other, second))
    assert found == [f"总数写4，“{one}”第3行写3：两处的时间、平台或范围不同，未互相核对。"]
    below: Rows = [[f"表一 {one}"], *first, [f"表二 {other}"], *second]
    assert slips(below) == []
    assert slips([*below[:-1], ["合计", 5, 2]]) == ["各行“总数”合计4，合计写5：差1。"]
    assert slips(PrintedGrid("附件1", first), PrintedGrid("附件2", second)) == [
        "总数写4，“附件1”第3行写3。"
    ]


def test_accounts_in_service_behind_the_checked_are_a_part() -> None:
    heading = ["平台", "检查数", "正常运行数量", "关停数"]
    assert slips([heading, ["微信", 30, 24, 6], ["合计", 30, 24, 6]]) == []


def test_a_heading_that_is_repeated_goes_on() -> None:
    rows: Rows = [HEADING, ["甲县", 3, 2], HEADING, ["乙县", 4, 2], ["合计", 7, 4]]
    assert told(rows) == []
    first: Rows = [HEADING, ["合计", 7, 4], ["甲县", 3, 2], HEADING, ["乙县", 4, 2]]
    assert told(first) == []
    assert [check_figures([PrintedGrid("表", each)]).tables for each in (rows, first)] == [1, 1]


def test_a_count_that_is_merged_over_rows_counts_once() -> None:
    rows: Rows = [HEADING, ["甲县", 1, 9], ["乙县", 2, 9], ["合计", 3, 9]]
    grid = PrintedGrid("表", rows, filled=frozenset({(2, 2)}))
    assert slips(grid) == ["合计：检查数9大于总数3。"]
    assert "甲县：“9”在合并单元格中，是几行的数，未与各行核对。" in told(grid)


def test_rows_and_columns_that_are_no_parts() -> None:
    mean: Rows = [HEADING, ["甲县", 3, 2], ["乙县", 5, 2], ["平均", 4, 2], ["合计", 8, 4]]
    assert told(mean) == ["“平均”一行未核对。"]
    heading = ["地区", "微信公众号", "其中：服务号", "微博", "合计"]
    assert slips([heading, ["甲县", 5, 2, 3, 8]]) == []
    assert "甲县：各列与“合计”未核对：有“其中”列。" in told([heading, ["甲县", 5, 2, 3, 9]])


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("环比", "5%"),
        ("较上季度增减", "+3"),
        ("同比增长", 0.05),
        ("得分率", "90%"),
        ("整改率", "90%"),
        ("粉丝数（万）", 1.2),
        ("得分", 95.5),
    ],
)
def test_a_column_that_is_not_compared_is_told(heading: str, cell: object) -> None:
    rows: Rows = [[*HEADING, heading], ["甲县", 3, 2, cell], ["合计", 3, 2, cell]]
    (found,) = told(rows)
    assert found.endswith("未核对。")
    assert heading[:2] in found


@pytest.mark.parametrize(("kinds", "words"), [((4, 2, 1), "合计7"), ((4, 1, 0), "合计5")])
def test_kinds_of_problems_beside_the_failed_accounts(kinds: tuple[int, ...], words: str) -> None:
    heading = ["地区", "检查数", "不合格数", "长期未更新", "搜索不到", "名称变动"]
    (note,) = told([heading, ["甲县", 20, 6, *kinds]], kind="提示")
    assert words in note
    assert told([heading, ["甲县", 20, 6, 4, 2, 0]], kind="提示") == []


def test_a_transposed_table_is_read_by_its_columns() -> None:
    rows: Rows = [
        ["指标", "甲县", "乙县", "合计"],
        ["检查数", 10, 20, 31],
        ["不合格数", 3, 2, 5],
        ["合格率", "70%", "80%", "83.87%"],
    ]
    found = check_figures([PrintedGrid("表", rows)]).remarks
    assert [(each.place.row, each.place.column, each.words) for each in found] == [
        (1, 3, "各行“检查数”合计30，合计写31：差1。"),
        (3, 2, "乙县：合格率写80%，按18/20应为90%。"),
    ]

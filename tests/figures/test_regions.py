"""地区（部门） by the level of the office: where an account stands, and how tables order the parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from samples import NOW

from mediawatch.domain import Account, Filing, Judgement, Sweep, SweepAccount, SweepKind, Verdict
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.divisions import names_county, names_prefecture, order_of
from mediawatch.figures.region_parts import Level, PartGroup, part_of
from mediawatch.figures.regions import Regions
from mediawatch.figures.values import FiguresSplit
from mediawatch.ops.settings.office import Office
from mediawatch.publish.inspection import statistics_of
from mediawatch.publish.reports.statistics import remarks, split_table
from mediawatch.rules.policy import load
from mediawatch.sweep.scope import registry_totals

POLICY = load("national")


def filed(**values: str) -> Filing:
    return Filing(name="示例", platform="weibo", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "values", "group", "name"),
    [
        ("省", {"prefecture": "甲市", "county": "乙县"}, "地区", "甲市"),
        ("省", {"prefecture": "甲市", "county": "市本级", "level": "市州政府及部门"}, "地区", "甲市"),
        ("省", {"prefecture": "自治区直属", "organiser": "示例厅"}, "部门", "示例厅"),
        ("省", {"prefecture": "自治区直属", "county": "自治区直属"}, "部门", "自治区直属"),
        ("省", {"prefecture": "省直", "organiser": "中心", "supervisor": "示例厅"}, "部门", "示例厅"),
        ("省", {"prefecture": "示例省", "organiser": "示例厅"}, "部门", "示例厅"),
        ("省", {"prefecture": "甲市", "organiser": "示例厅", "level": "省级部门"}, "部门", "示例厅"),
        ("省", {"organiser": "示例厅", "supervisor": "示例省人民政府"}, "部门", "示例厅"),
        ("省", {"prefecture": "甲市", "level": "省级", "jurisdiction": "属地管理"}, "地区", "甲市"),
        ("省", {"prefecture": "甲市", "jurisdiction": "系统归口", "supervisor": "示例省气象局"}, "部门", "示例省气象局"),
        ("省", {"prefecture": "甲市", "jurisdiction": "气象系统"}, "部门", "气象系统"),
        ("省", {"prefecture": "省直辖县级行政区划", "county": "乙市"}, "地区", "乙市"),
        ("省", {"prefecture": "北京市", "county": "海淀区"}, "地区", "海淀区"),
        ("省", {"organiser": "甲市测试局", "level": "市州政府及部门"}, "未填报", "（地市未填报）"),
        ("省", {"organiser": "测试局", "county": "乙县"}, "未填报", "（地市未填报）"),
        ("省", {"organiser": "测试局", "county": "市本级"}, "未填报", "（地市未填报）"),
        ("省", {"organiser": "衡阳市测试局"}, "未填报", "（地市未填报）"),
        ("省", {}, "未填报", "（所属组织未填报）"),
        ("市", {"prefecture": "甲市", "county": "乙县"}, "地区", "乙县"),
        ("市", {"prefecture": "甲市", "county": "市本级", "organiser": "甲市测试局"}, "部门", "甲市测试局"),
        ("市", {"prefecture": "甲市", "county": "甲市", "organiser": "甲市测试局"}, "部门", "甲市测试局"),
        ("市", {"prefecture": "甲市", "organiser": "支队", "supervisor": "甲市公安局"}, "部门", "甲市公安局"),
        ("市", {"organiser": "乙县测试局", "level": "县（市、区）级"}, "未填报", "（县区未填报）"),
        ("市", {"organiser": "广水市公安局"}, "未填报", "（县区未填报）"),
        ("市", {"organiser": "广水市公安局", "level": "市级"}, "部门", "广水市公安局"),
        ("市", {"county": "市直", "organiser": "广水市公安局"}, "部门", "广水市公安局"),
        ("市", {"organiser": "丙镇人民政府", "township": "丙镇"}, "未填报", "（县区未填报）"),
        ("县", {"county": "乙县", "township": "丙镇", "organiser": "某站"}, "地区", "丙镇"),
        ("县", {"county": "乙县", "organiser": "乙县丙镇人民政府"}, "地区", "丙镇"),
        ("县", {"organiser": "乙丁县市桥街道办事处"}, "地区", "市桥街道"),
        ("县", {"organiser": "市桥街道办事处"}, "地区", "市桥街道"),
        ("县", {"organiser": "乙县丙镇中心小学", "supervisor": "乙县教育局"}, "部门", "乙县教育局"),
        ("县", {"organiser": "乙县城乡规划局", "level": "县级及乡镇街道"}, "部门", "乙县城乡规划局"),
        ("县", {"organiser": "丙党政办", "level": "乡镇"}, "未填报", "（乡镇街道未填报）"),
        ("县", {"township": "县直", "organiser": "乙县测试局"}, "部门", "乙县测试局"),
    ],
)  # fmt: skip
def test_where_an_account_counts(
    level: Level, values: dict[str, str], group: str, name: str
) -> None:
    found = part_of(filed(**values), level)
    assert (found.group.value, found.name) == (group, name)


@pytest.mark.parametrize(
    ("names", "counties", "order"),
    [
        (
            ["拉萨市", "甘孜藏族自治州", "成都", "湘西州", "株洲市", "长沙", "某市"], False,
            ["长沙", "株洲市", "湘西州", "成都", "甘孜藏族自治州", "拉萨市"],
        ),
        (["广水市", "随县", "曾都区", "高新区"], True, ["曾都区", "随县", "广水市"]),
        (["鼓楼区", "示例县"], True, []),
        ([], True, []),
    ],
)  # fmt: skip
def test_places_stand_in_the_order_of_their_codes(
    names: list[str], counties: bool, order: list[str]
) -> None:
    places = order_of(names, counties=counties)
    assert sorted(places, key=lambda name: places[name]) == order


def test_a_body_is_known_whose_name_begins_with_a_place() -> None:
    bodies = [
        "衡阳市公安局",
        "广水市公安局",
        "随州市曾都区公安局",
        "随州市公安局",
        "城市管理局",
        "城区管理局",
        "随县",
    ]
    assert [names_prefecture(body) for body in bodies] == [
        True, False, True, True, False, False, False,
    ]  # fmt: skip
    assert [names_county(body) for body in bodies] == [
        False, True, True, False, False, False, False,
    ]  # fmt: skip


def test_a_place_filed_in_short_is_the_offices_own() -> None:
    regions = Regions(level="省", names=("长沙市", "湘西土家族苗族自治州"))
    assert [regions.named(name) for name in ("长沙", "湘西州", "长沙县", "株洲市")] == [
        "长沙市", "湘西土家族苗族自治州", "长沙县", "株洲市",
    ]  # fmt: skip


def entry(number: int, verdict: Verdict = Verdict.FRESH, **values: Any) -> SweepAccount:
    judged = Judgement(verdict=verdict, sentence="示例。")
    given = {"name": f"示例{number}", "platform": "weibo", "platform_id": f"100{number}", **values}
    return SweepAccount(
        sweep_id=1, account=Account(id=number, filed=Filing(**given)), judgement=judged
    )


SCOPE = [
    entry(1, organiser="示例厅", prefecture="省直"),
    entry(2, prefecture="株洲市"),
    entry(3, prefecture="长沙市"),
    entry(4, organiser="乙县测试局", level="县级"),
    entry(5, organiser="第二厅"),
    entry(6, Verdict.UNPROVEN, prefecture="长沙市"),
    entry(7, prefecture="长沙"),
]
OFFICE = Office(level="省", reach="全省", regions=("湘潭市", "长沙市", "第二厅"))


def regions_split(office: Office, sweep: Sweep, scope: list[SweepAccount]) -> FiguresSplit:
    found = statistics_of(sweep, scope, POLICY, office, by=[Dimension.REGION])
    assert sum(part.total for _, part in found.splits[0].parts) == found.whole.total
    return found.splits[0]


def sweep_of(scope: str = "all", **values: Any) -> Sweep:
    return Sweep(
        as_of=NOW, policy="national", policy_toml="", scope=scope, started_at=NOW, **values
    )


def test_regions_come_first_departments_after_each_with_its_sum() -> None:
    split = regions_split(OFFICE, sweep_of(), SCOPE)
    table = split_table(split, statistics_of(sweep_of(), SCOPE, POLICY, OFFICE, by=[]).whole)
    assert [row[:4] for row in table.rows] == [
        ("1", "湘潭市", "0", "0"),
        ("2", "长沙市", "3", "2"),
        ("3", "株洲市", "1", "1"),
        ("", "地区小计", "4", "3"),
        ("4", "第二厅", "1", "1"),
        ("5", "示例厅", "1", "1"),
        ("", "省直部门小计", "2", "2"),
        ("6", "（地市未填报）", "1", "1"),
        ("", "合计", "7", "6"),
    ]
    assert remarks(split) == [
        "合格率100%的地区（1个）：株洲市",
        "合格率100%的省直部门（2个）：第二厅、示例厅",
        "无在管账号的地区（部门）（1个）：湘潭市",
    ]
    wrong = replace(
        split,
        groups=(replace(split.groups[0], parts=split.groups[0].parts[1:2]), *split.groups[1:]),
    )
    with pytest.raises(AssertionError, match="总数写7"):
        split_table(wrong, statistics_of(sweep_of(), SCOPE, POLICY, OFFICE, by=[]).whole)


def test_without_a_level_parts_stand_as_before() -> None:
    split = regions_split(Office(regions=("湘潭市", "长沙市")), sweep_of(), SCOPE)
    assert [name for name, _ in split.parts] == [
        "湘潭市", "长沙市", "省直", "株洲市", "乙县测试局", "第二厅", "长沙",
    ]  # fmt: skip
    assert split.groups == ()


def test_totals_of_the_registry_are_kept_for_the_level() -> None:
    chosen = [SCOPE[0], SCOPE[2]]
    accounts = [each.account for each in SCOPE]
    totals = registry_totals(accounts, [each.account for each in chosen], "省")
    sweep = sweep_of("list of 2 accounts", kind=SweepKind.LIST, totals=totals)
    split = regions_split(OFFICE, sweep, chosen)
    assert [(name, part.total, part.drawn) for name, part in split.parts] == [
        ("湘潭市", 0, 0), ("长沙市", 3, 1), ("株洲市", 1, 0), ("第二厅", 1, 0), ("示例厅", 1, 1), ("（地市未填报）", 1, 0),
    ]  # fmt: skip


def test_a_sample_of_before_keeps_the_parts_that_it_was_counted_by() -> None:
    chosen = [SCOPE[0], SCOPE[2]]
    totals = registry_totals([each.account for each in SCOPE], [each.account for each in chosen])
    sweep = sweep_of("list of 2 accounts", kind=SweepKind.LIST, totals=totals)
    split = regions_split(OFFICE, sweep, chosen)
    assert split.groups == ()
    assert dict(split.parts)["省直"].drawn == 1


def test_a_part_without_account_is_told_by_its_name() -> None:
    regions = Regions(level="市", names=("乙县", "市教育局", "高新区管委会")).with_parts([])
    assert [regions.groups[name] for name in regions.names] == [
        PartGroup.REGION, PartGroup.DEPARTMENT, PartGroup.REGION,
    ]  # fmt: skip

"""Figures, one inspection against another, tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    FiledStatus,
    Filing,
    Finding,
    Judgement,
    SweepAccount,
    Verdict,
)
from mediawatch.figures.comparison import JudgedInspection, compare
from mediawatch.figures.counts import by, figures, statistics
from mediawatch.figures.dimensions import NOT_FILED, Dimension, keys, totals
from mediawatch.figures.filings import once
from mediawatch.figures.printed.circulars import slips
from mediawatch.figures.values import percent
from mediawatch.publish.inspection import PRELIMINARY
from mediawatch.publish.reports.statistics import (
    change_table,
    kinds_table,
    movement_table,
    read_back,
    split_table,
)
from mediawatch.publish.reports.statistics import remarks as said_of
from mediawatch.rules.policy import Policy, load
from mediawatch.table import Table, to_csv, to_text
from tests.support.policies import own

POLICY = load("national")
NESTED = POLICY.model_copy(update={"tiers_counted": "nested"})
COUNTS = ("total", "drawn", "checked", "failed", "unproven", "out_of_scope", "apart", "closed")


def entry(
    number: int,
    verdict: Verdict,
    status: FiledStatus = FiledStatus.RUNNING,
    place: str = "示例市",
    code: Code = Code.STALE_2W,
    id: str = "",
    name: str = "",
    policy: Policy = POLICY,
) -> SweepAccount:
    failing = Finding(
        code=code,
        label=own(policy).label(code),
        effect=Effect.FAILS,
        sentence="…",
        reading_ids=(1,),
    )
    judged = Judgement(
        verdict=verdict, sentence="…", findings=(failing,) if verdict is Verdict.FAILED else ()
    )
    filed = Filing(
        name=name or f"示例{number}",
        platform="weibo",
        prefecture=place,
        status=status,
        platform_id=id,
    )
    return SweepAccount(sweep_id=1, account=Account(id=number, filed=filed), judgement=judged)


ROWS = st.tuples(
    st.sampled_from(Verdict),
    st.sampled_from(FiledStatus),
    st.sampled_from(["甲市", "乙市", ""]),
    st.sampled_from([Code.STALE_2W, Code.STALE_3M, Code.ZOMBIE, Code.EMPTY_ACCOUNT]),
    st.sampled_from(["", "", "1", "2"]),
)
SCOPES = st.lists(ROWS, max_size=30).map(
    lambda drawn: [entry(number, *one) for number, one in enumerate(drawn, 1)]
)
POLICIES = st.sampled_from([POLICY, NESTED, POLICY.model_copy(update={"listed_counted": "apart"})])


@given(SCOPES, POLICIES)
def test_parts_always_sum_and_no_rate_is_out_of_bounds(
    scope: list[SweepAccount], policy: Policy
) -> None:
    found = statistics(scope, policy, keys(Dimension))
    for split in found.splits:
        for name in COUNTS:
            assert sum(getattr(part, name) for _, part in split.parts) == getattr(found.whole, name)
        for one in (found.whole, *(part for _, part in split.parts)):
            assert one.rate is None or 0 <= one.rate <= 1
            assert one.coverage is None or 0 <= one.coverage <= 1
            assert one.preliminary == bool(one.unproven + one.out_of_scope)
            assert not (
                one.preliminary
                and (
                    "100%" in (one.rate_text(), one.coverage_text())
                    or one.full_cover
                    or one.perfect
                )
            )
            assert re.fullmatch(r"\d+(\.\d+)?%|—|待核查", one.rate_text())
        assert slips(read_back(split_table(split, found.whole))) == []
    assert (
        len({one.account.id for one, _ in found.failed}) == len(found.failed) == found.whole.failed
    )
    assert kinds_table(found).rows[-1] == ("不合格数", str(found.whole.failed))


@given(SCOPES, SCOPES)
def test_a_comparison_accounts_for_every_failed_account(
    before: list[SweepAccount], now: list[SweepAccount]
) -> None:
    found = compare(
        JudgedInspection(scope=before, policy=POLICY),
        JudgedInspection(scope=now, policy=POLICY),
        keys([Dimension.PREFECTURE]),
        {},
    )
    assert len(found.new) + len(found.persisting) == found.whole.now.failed  # type: ignore[union-attr]
    for change in (found.whole, *found.splits["地市"]):
        assert change.points is None or -1 <= change.points <= 1
    assert movement_table(found).rows[0][0] == "新开设"


def test_closed_accounts_stand_in_no_denominator() -> None:
    whole = figures([entry(1, Verdict.LISTED, FiledStatus.CLOSED), entry(2, Verdict.FRESH)], POLICY)
    assert (whole.total, whole.checked, whole.closed) == (1, 1, 1)


def test_an_account_filed_twice_counts_once_where_it_failed() -> None:
    scope = [
        entry(1, Verdict.FRESH, id="7", place="甲市"),
        entry(2, Verdict.FAILED, id="7", place="乙市"),
        entry(3, Verdict.FRESH),
    ]
    assert [(one.entry.account.id, one.ids) for one in once(scope)] == [(2, {1, 2}), (3, {3})]
    parts = by(scope, POLICY, lambda one: one.account.filed.prefecture)
    assert {name: (part.total, part.failed) for name, part in parts.items()} == {
        "甲市": (0, 0),
        "乙市": (1, 1),
        "示例市": (1, 0),
    }


def test_filings_chained_by_two_ids_are_one_account() -> None:
    filed = [
        Filing(name="示例", platform="wechat", **ids)
        for ids in ({"platform_id": "b"}, {"original_id": "gh_A"})
    ]  # type: ignore[arg-type]
    filed.append(Filing(name="示例", platform="wechat", platform_id="b", original_id="gh_a"))
    scope = [
        SweepAccount(sweep_id=1, account=Account(id=number, filed=one))
        for number, one in enumerate(filed, 1)
    ]
    assert [one.ids for one in once(scope)] == [{1, 2, 3}]


def test_listed_ones_stand_apart_where_the_policy_says_so() -> None:
    scope = [entry(1, Verdict.LISTED), entry(2, Verdict.FRESH)]
    apart = figures(scope, POLICY.model_copy(update={"listed_counted": "apart"}))
    assert (apart.checked, apart.apart, apart.full_cover) == (1, 1, True)
    assert figures(scope, POLICY).checked == 2


def test_nested_kinds_count_every_tier_that_was_reached() -> None:
    scope = [
        entry(number, Verdict.FAILED, code=code)
        for number, code in enumerate([Code.ZOMBIE, Code.STALE_3M, Code.EMPTY_ACCOUNT])
    ]
    assert figures(scope, POLICY).kinds == {
        "长期未更新（1年以上）": 1,
        "超过3个月未更新": 1,
        "开设后未发布内容": 1,
    }
    nested = figures(scope, NESTED).kinds
    assert nested == {
        "长期未更新（1年以上）": 1,
        "半年以上未更新": 1,
        "超过3个月未更新": 2,
        "超2周未更新": 2,
        "开设后未发布内容": 1,
    }


def test_hunan_counts_those_over_three_months_among_those_over_two_weeks() -> None:
    """2022 Q3: four failed of 2432, all over two weeks, three of them named as over three months;
    the fourth is not known.
    """
    codes = [Code.STALE_3M, Code.STALE_3M, Code.STALE_3M, Code.STALE_2W]
    hunan = load("hunan")
    failed = [
        entry(number, Verdict.FAILED, code=code, policy=hunan) for number, code in enumerate(codes)
    ]
    found = figures(failed + [entry(9, Verdict.FRESH)] * 2428, hunan)
    assert found.kinds == {"超过3个月无内容更新": 3, "监测时间点前2周内无内容更新": 4}
    assert (found.rate_text(), found.full_cover) == ("99.84%", True)


def test_a_sample_is_held_against_its_registry() -> None:
    scope = [entry(1, Verdict.FRESH, place="甲市"), entry(2, Verdict.FAILED, place="乙市")]
    registry = [replace(one.account, id=number) for number, one in enumerate(scope * 5)]
    found = statistics(
        scope,
        POLICY,
        keys([Dimension.PREFECTURE]),
        totals=totals(registry),
        expected={"地市": ["丙市", "乙市"]},
    )
    assert [(name, part.total, part.drawn) for name, part in found.splits[0].parts] == [
        ("丙市", 0, 0),
        ("乙市", 5, 1),
        ("甲市", 5, 1),
    ]
    assert (found.whole.total, found.whole.coverage_text(), found.whole.full_cover) == (
        10,
        "20.00%",
        False,
    )
    assert said_of(found.splits[0]) == [
        "合格率100%的地市（1个）：甲市",
        "无在管账号的地市（1个）：丙市",
    ]
    with pytest.raises(AssertionError, match="检查数 2, 应查数 2, 总数 1 are out of order"):
        statistics(scope, POLICY, {}, totals={"地市": {"甲市": 1}})
    with pytest.raises(AssertionError, match="总数 differs by heading: 10, 11"):
        statistics(scope, POLICY, {}, totals={"地市": {"甲市": 10}, "平台": {"新浪微博": 11}})


def test_a_part_with_somebody_left_is_neither_full_nor_perfect() -> None:
    found = statistics(
        [entry(1, Verdict.FRESH), entry(2, Verdict.UNPROVEN)], POLICY, keys([Dimension.PREFECTURE])
    )
    table = split_table(found.splits[0], found.whole)
    assert table.rows == (
        ("1", "示例市", "2", "1", "50.00%", "0", "待核查", "1"),
        ("", "合计", "2", "1", "50.00%", "0", "待核查", "1"),
    )
    assert PRELIMINARY in table.title
    assert said_of(found.splits[0]) == []


def test_one_round_against_the_next() -> None:
    before = [
        entry(1, Verdict.FAILED), entry(2, Verdict.FAILED), entry(3, Verdict.FAILED), entry(4, Verdict.FAILED), entry(5, Verdict.FRESH),
    ]  # fmt: skip
    now = [
        entry(1, Verdict.FAILED), entry(2, Verdict.FRESH, name="示例新名"), entry(3, Verdict.LISTED, FiledStatus.CLOSED),
        entry(4, Verdict.UNPROVEN), entry(5, Verdict.FAILED), entry(6, Verdict.FRESH),
    ]  # fmt: skip
    found = compare(
        JudgedInspection(scope=before, policy=POLICY),
        JudgedInspection(scope=now, policy=POLICY),
        keys([Dimension.PREFECTURE]),
        {},
    )

    def numbers(entries: Sequence[SweepAccount] | None) -> list[int]:
        return [one.account.id for one in entries or ()]

    assert [numbers(part) for part in (found.opened, found.closed)] == [[6], [3]]
    assert [
        numbers(part) for part in (found.new, found.persisting, found.settled, found.unverified)
    ] == [[5], [1], [2, 3], [4]]
    assert [(old, one.account.filed.name) for old, one in found.renamed] == [("示例2", "示例新名")]
    assert found.whole.points is None, "one of the rates is still open"
    sample = compare(
        JudgedInspection(scope=before, policy=POLICY),
        JudgedInspection(scope=now[:1], policy=POLICY, whole=False),
        {},
        {},
    )
    assert (sample.opened, numbers(sample.unverified)) == (None, [2, 3, 4])
    done = compare(
        JudgedInspection(scope=before, policy=POLICY),
        JudgedInspection(scope=now[:3], policy=POLICY),
        keys([Dimension.PREFECTURE]),
        {},
    )
    assert done.whole.points == Fraction(1, 2) - Fraction(1, 5)
    elsewhere = replace(
        now[4],
        account=replace(now[4].account, filed=replace(now[4].account.filed, prefecture="另一市")),
    )
    moved = JudgedInspection(scope=[*now[:4], elsewhere], policy=POLICY)
    by_place = compare(
        moved, moved, keys([Dimension.PREFECTURE]), {"地市": ("无账号的市", "另一市")}
    ).splits["地市"]
    assert [part.name for part in by_place] == ["另一市", "示例市"]
    assert change_table("地市", done.splits["地市"], done.whole).rows[-1][-1] == "上升30.00个百分点"


@pytest.mark.parametrize(
    ("dimension", "filed", "part"),
    [
        (Dimension.PLATFORM, {}, "新浪微博"),
        (Dimension.COUNTY, {"prefecture": "甲市", "county": "市本级"}, "甲市市本级"),
        (Dimension.COUNTY, {"prefecture": "甲市"}, NOT_FILED),
        (Dimension.REGION, {"prefecture": "甲市", "jurisdiction": "属地"}, "甲市"),
        (Dimension.REGION, {"prefecture": "甲市", "jurisdiction": "气象系统"}, "气象系统"),
        (
            Dimension.REGION,
            {"prefecture": "甲市", "jurisdiction": "系统", "supervisor": "示例省气象局"},
            "示例省气象局",
        ),
        (Dimension.REGION, {"organiser": "示例省第一测试厅"}, "示例省第一测试厅"),
    ],
)
def test_where_an_account_stands(dimension: Dimension, filed: dict[str, str], part: str) -> None:
    assert dimension.of(Filing(name="示例", platform="weibo", **filed)) == part  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("failed", "checked", "printed"),
    [
        (4, 2432, "99.84%"),
        (1, 113, "99.12%"),
        (23, 1400, "98.36%"),
        (59, 146, "59.59%"),
        (0, 5, "100%"),
        (0, 0, "—"),
        (1, 100000, "99.99%"),
    ],
)
def test_rates_as_printed(failed: int, checked: int, printed: str) -> None:
    assert percent(Fraction(checked - failed, checked) if checked else None) == printed


def test_rounding_is_half_up() -> None:
    assert percent(Fraction(1, 8), 2) == "12.50%"
    assert percent(Fraction(12345, 100000), 2) == "12.35%"
    assert [percent(Fraction(145, 1000), 0), percent(Fraction(1, 100000), 2)] == ["15%", "0.00%"]


HOSTILE = [
    '=HYPERLINK("http://x")<script>alert(1)</script>',
    "+1",
    "-1",
    "@x",
    "\tx",
    "[red]名[/red]",
    "名\x1b[31m称",
    'a,b\n"c"',
]


def test_csv_for_excel_neutralises_formulas() -> None:
    body = to_csv(Table("表", ("名称",), tuple((name,) for name in HOSTILE)))
    assert body.startswith(b"\xef\xbb\xbf")
    cells = [row[0] for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))]
    assert cells[0] == "名称"
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    assert [cell.removeprefix("'") for cell in cells[1:]] == HOSTILE


def test_terminal_text_shows_markup_and_controls_as_they_are() -> None:
    text = to_text(Table("表", ("名称", "说明"), tuple((name, "中文说明") for name in HOSTILE)))
    assert "\x1b" not in text
    assert "[red]名[/red]" in text
    assert text.count("中文说明") == len(HOSTILE)


def test_a_table_keeps_within_a_terminal_and_loses_nothing() -> None:
    """Columns that do not fit follow below their row, named; without a width all of them stay
    columns.
    """
    table = Table(
        "表",
        ("编号", "名称", "说明"),
        (("1", "示例市第一测试局", "最近一次更新为2022年10月14日," * 3), ("2", "短", "")),
    )
    narrow = to_text(table, width=40).splitlines()
    assert max(map(cell_len, narrow)) <= 40
    assert narrow[2].split() == ["编号", "名称"]
    assert "说明:最近一次更新" in narrow[5]
    assert "".join(line.strip() for line in narrow[5:8]).startswith(
        "说明:" + "最近一次更新为2022年10月14日," * 3
    )
    assert len([line for line in narrow if line.split()[:1] == ["2"]]) == 1
    assert to_text(table, width=200) == to_text(table)

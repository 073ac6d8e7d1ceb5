"""Documents of an inspection whose accounts have windows of their own: each is told by its own."""

from __future__ import annotations

from datetime import date

import pytest
from circulars import AS_OF, account, inspect, row

from mediawatch.domain import Code, DateKind, Verdict
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings.office import Part
from mediawatch.publish.circular.compose import compose
from mediawatch.publish.circular.readback import hold_against_figures
from mediawatch.publish.handoff.figures import scope_out
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports.reminders import deadline
from mediawatch.rules.policy import Policy, load
from tests.support.policies import with_exceptions

TOWNS = (
    '[[for]]\nlevels = ["乡镇街道"]\nwindow = {{ days = 7, due_soon_from = 4 }}\n'
    'codes = {{ stale_2w = {{ label = "{}" }} }}\n'
    '[[for]]\nfunctions = ["服务类"]\njudged_by_updates = false\n'
)
EXCLUSIVE = with_exceptions(TOWNS.format("超1周未更新"))
NESTED = with_exceptions(TOWNS.format("监测时间点前1周内无内容更新"), "hunan")


def silent(policy: Policy) -> Inspection:
    """Three accounts of two weeks and three of one week; of each some are over three months."""
    codes = (Code.STALE_2W, Code.STALE_3M, None, Code.STALE_2W, Code.STALE_2W, Code.STALE_3M)
    scope = []
    for number, code in enumerate(codes, 1):
        one = account(number, level="乡镇街道" if number > 3 else "市级")
        scope.append(row(one, *([code] if code else []), policy=policy))
    scope.append(row(account(7, function_kind="服务类"), policy=policy))
    return inspect(scope, policy=policy)


def said(found: Inspection, part: Part = "主要问题") -> list[str]:
    return [each.whole for each in compose(found).of(part)]


def test_each_window_is_a_kind_of_its_own() -> None:
    found = silent(EXCLUSIVE)
    assert found.statistics.whole.kinds == {
        "超2周未更新": 1,
        "超1周未更新": 2,
        "超过3个月未更新": 2,
    }
    assert said(found) == [
        "（一）超过3个月未更新。共有2家政务新媒体。新浪微博2家：第2示例局“示例2号”、第6示例局“示例6号”。",
        "（二）超2周未更新。共有1家政务新媒体。新浪微博1家：第1示例局“示例1号”。",
        "（三）超1周未更新。共有2家政务新媒体。新浪微博2家：第4示例局“示例4号”、第5示例局“示例5号”。",
    ]


def test_nested_tiers_are_counted_within_each_window() -> None:
    """Two are over three months, one of each window: no heading counts the other one's."""
    found = silent(NESTED)
    assert found.statistics.whole.kinds == {
        "监测时间点前2周内无内容更新": 2,
        "监测时间点前1周内无内容更新": 3,
        "超过3个月无内容更新": 2,
    }
    assert said(found) == [
        "（一）监测时间点前2周内无内容更新。共有2家政务新媒体。其中，超过3个月无内容更新的有1家："
        "新浪微博1家：第2示例局“示例2号”。其余1家：新浪微博1家：第1示例局“示例1号”。",
        "（二）监测时间点前1周内无内容更新。共有3家政务新媒体。其中，超过3个月无内容更新的有1家："
        "新浪微博1家：第6示例局“示例6号”。其余2家：新浪微博2家：第4示例局“示例4号”、第5示例局“示例5号”。",
    ]


def test_the_circular_tells_the_windows_and_reads_them_back() -> None:
    found = silent(EXCLUSIVE)
    line = "按账号适用的更新时限，更新间隔超过14天为超期的3家，更新间隔超过7天为超期的3家。"
    assert said(found, "总体情况")[1] == line
    for wrong in (
        line.replace("14天为超期的3家", "14天为超期的4家"),
        line.replace("超过7", "超过8"),
    ):
        with pytest.raises(AssertionError):
            hold_against_figures([wrong], found)


def test_another_window_than_two_weeks_is_told() -> None:
    gansu = load("gansu")
    (line,) = [
        each
        for each in said(inspect([row(account(1), policy=gansu)], policy=gansu), "总体情况")
        if "为超期" in each
    ]
    assert line == "本次检查以更新间隔超过7天为超期。"
    national = inspect([row(account(1), policy=load("national"))], policy=load("national"))
    assert not any("为超期" in each for each in said(national, "总体情况"))
    with pytest.raises(AssertionError):
        hold_against_figures([line], national)


def test_a_wrong_count_of_a_window_is_read_back() -> None:
    found = silent(NESTED)
    lines = said(found)
    hold_against_figures(lines, found)
    one = "共有3家政务新媒体。其中，超过3个月无内容更新的有1家"
    wrong = [line.replace(one, one.replace("有1家", "有2家")) for line in lines]
    assert wrong != lines
    with pytest.raises(AssertionError):
        hold_against_figures(wrong, found)


def test_the_hand_off_tells_the_window_of_each_account() -> None:
    scope = scope_out(silent(EXCLUSIVE))
    assert [each.window_days for each in scope.accounts] == [14] * 3 + [7] * 3 + [None]


@pytest.mark.parametrize(("level", "until"), [("乡镇街道", 7), ("市级", 14)])
def test_a_reminder_names_the_last_day_of_the_own_window(level: str, until: int) -> None:
    found = silent(EXCLUSIVE)
    latest = date(2022, 9, 25)
    entry = row(
        account(1, level=level),
        policy=EXCLUSIVE,
        verdict=Verdict.DUE_SOON,
        latest_on=latest,
        date_kind=DateKind.EXACT,
    )
    day = deadline(entry, found.sweep, EXCLUSIVE)
    assert day is not None
    assert (day - latest).days == until
    assert day_of(AS_OF).year == 2022

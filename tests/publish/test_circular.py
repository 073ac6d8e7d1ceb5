"""The circular's text: what it says of an inspection, and that each of its numbers is held."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from circulars import AS_OF, account, inspect, item, named, notice, recheck, row

from mediawatch.domain import Code, FiledStatus, Rectification, SweepKind, Verdict
from mediawatch.figures.counts import figures
from mediawatch.ops.settings.office import Part
from mediawatch.publish.circular.compose import compose
from mediawatch.publish.circular.readback import FigureReader, hold_against_figures
from mediawatch.publish.earlier_census import EarlierCensus
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.rounds import EarlierNotices
from mediawatch.rules.policy import load

HUNAN = load("hunan")
NATIONAL = load("national")


def texts(found: Inspection, part: Part, **how: Any) -> list[str]:
    return [each.whole for each in compose(found, **how).of(part)]


def hunan() -> Inspection:
    """湖南 2022 Q3 in small: four silent accounts, three of them over three months, one a repeat."""
    accounts = [account(number) for number in range(1, 13)]
    accounts[1] = account(
        2, type="微信服务号", platform="wechat", body_kind="政府", prefecture="乙市"
    )
    accounts[2] = account(3, type="贴吧号", platform="tieba")
    accounts[3] = account(4, type="头条号", platform="toutiao")
    before = notice(
        "示例政务函〔2022〕20号",
        date(2022, 7, 1),
        item(1, accounts[1], "超过3个月无内容更新"),
        id=3,
    )
    scope = [row(one, policy=HUNAN) for one in accounts]
    for place, code in ((0, "2w"), (1, "3m"), (2, "3m"), (3, "3m")):
        scope[place] = row(
            accounts[place], Code(f"stale_{code}"), policy=HUNAN, gap_since=date(2022, 1, 5)
        )
    return inspect(
        scope,
        policy=HUNAN,
        past=EarlierNotices(previous=before, repeats={2: 1}, last={2: (before, before.items[0])}),
    )


def sichuan(**open_: Any) -> Inspection:
    """四川 2022 H1 in small: all accounts of 政府, a sample of those of 部门."""
    bodies = ["政府"] * 4 + ["部门"] * 6
    accounts = [account(number, body_kind=body) for number, body in enumerate(bodies, 1)]
    spec = {
        "kind": "sample", "seed": "1", "clauses": ["主体类别=政府 全部", "主体类别=部门 每层20%"], "by": ["prefecture"],
        "strata": [["甲市", "主体类别=政府 全部", 4, 4], ["甲市", "主体类别=部门 每层20%", 30, 6]],
        "list": "0", "totals": {"主体类别": {"政府": 4, "部门": 30}, "平台": {"新浪微博": 34}, "地区（部门）": {"甲市": 34}},
    }  # fmt: skip
    scope = [row(one, policy=NATIONAL) for one in accounts]
    scope[9] = row(accounts[9], Code.STALE_2W, policy=NATIONAL)
    scope[0] = replace(scope[0], judgement=replace(scope[0].judgement, **open_))  # type: ignore[type-var]
    return inspect(
        scope,
        of_sweep={
            "kind": SweepKind.SAMPLE,
            "scope": "sample of 10 accounts (0a)",
            "scope_spec": json.dumps(spec, ensure_ascii=False),
            "period_from": date(2022, 9, 1),
        },
    )


def full() -> Inspection:
    """Everything that a text can hold, once."""
    accounts = [
        account(number, prefecture="甲市" if number % 3 else "乙县") for number in range(1, 46)
    ]
    scope = [row(one, policy=NATIONAL) for one in accounts]
    for number in range(1, 36):
        scope[number - 1] = row(accounts[number - 1], Code.STALE_3M, policy=NATIONAL)
    for number, code in (
        (36, Code.ZOMBIE),
        (37, Code.STALE_6M),
        (38, Code.NOT_FOUND),
        (39, Code.BANNED),
    ):
        scope[number - 1] = row(
            accounts[number - 1], code, policy=NATIONAL, gap_since=date(2021, 1, 1)
        )
    closing = replace(accounts[40].filed, status=FiledStatus.CLOSING)
    scope[40] = row(replace(accounts[40], filed=closing), policy=NATIONAL, verdict=Verdict.LISTED)
    scope[41] = row(accounts[41], policy=NATIONAL, verdict=Verdict.UNPROVEN)
    scope[42] = row(accounts[42], policy=NATIONAL, provisional=True)
    before = notice(
        "示例政务函〔2022〕20号",
        date(2022, 7, 1),
        *(item(n, accounts[n - 1], "超2周未更新") for n in (1, 36, 45)),
        id=3,
    )
    past = EarlierNotices(
        previous=before,
        repeats={1: 1, 36: 2},
        last={1: (before, before.items[0]), 36: (before, before.items[1])},
        rechecked=(
            recheck(before.items[0], Rectification.NOT_DONE),
            recheck(before.items[1], Rectification.NOT_DONE),
            recheck(before.items[2], Rectification.DONE),
        ),
    )
    issued = notice(
        "示例政务函〔2022〕36号", date(2022, 10, 9), title="关于2022年第三季度检查情况的通报",
        rectify_by=date(2022, 10, 14), report_by=date(2022, 10, 20),
    )  # fmt: skip
    found = inspect(
        scope,
        office={
            "requirements": ("1个工作日内核实。",), "contact": "张三", "phone": "0000-1234", "totals_by": ("平台", "地区"),
            "compare": True, "annexes": {"table": 3, "list": 4, "listed": 6, "recheck": 5},
            "annex_titles": {"table": "2022年检查情况统计表"}, "others": "留空",
        },
        past=past,
        issued=issued,
    )  # fmt: skip
    earlier = figures([row(one, policy=NATIONAL) for one in accounts[:30]], NATIONAL)
    sweep = replace(found.sweep, as_of=AS_OF.replace(month=6), id=6)
    return named(
        replace(found, before=EarlierCensus(sweep, earlier)),
        2,
        rectified=True,
        updated_on=date(2022, 10, 3),
    )


INSPECTIONS: dict[str, Callable[[], Inspection]] = {
    "hunan": hunan,
    "sichuan": sichuan,
    "full": full,
    "compared": lambda: compared(),
}


def compared() -> Inspection:
    scope = [row(account(number), policy=NATIONAL) for number in range(1, 8)]
    scope[0] = row(account(1), Code.STALE_2W, policy=NATIONAL)
    worse = [*scope[2:], scope[0], row(account(2), Code.STALE_2W, policy=NATIONAL)]
    found = inspect(scope, office={"compare": True, "measure": "个"})
    before = EarlierCensus(
        replace(found.sweep, as_of=AS_OF.replace(month=6), id=6), figures(worse, NATIONAL)
    )
    return replace(found, before=before)


@pytest.mark.parametrize("name", INSPECTIONS)
def test_no_number_of_the_text_can_be_wrong(name: str) -> None:
    found = INSPECTIONS[name]()
    text = compose(found, checked_during="9月中下旬")
    body = text.lines[: -len(text.annexes)]
    reader = FigureReader(found, text.annexes, "9月中下旬")
    numbered = re.compile(r"^\d+\.")
    passed = []
    for line in body:
        if line in found.office.requirements:
            continue
        for sign in re.finditer(r"\d", line):
            if (heading := numbered.match(line)) and sign.start() < heading.end():
                continue
            for other in (str((int(sign[0]) + step) % 10) for step in (1, 9)):
                wrong = line[: sign.start()] + other + line[sign.end() :]
                if not list(reader.line_faults(wrong)):
                    passed.append(wrong)
    assert passed == []


def test_headings_annexes_and_requirements_are_held() -> None:
    found = full()
    text = compose(found)
    for right, wrong in (
        ("二、存在的主要问题", "三、存在的主要问题"),
        ("2.半年以上未更新。", "3.半年以上未更新。"),
        ("（二）政务新媒体", "（三）政务新媒体"),
        ("4.检查发现存在突出问题的", "5.检查发现存在突出问题的"),
        ("3.2022年检查情况统计表", "3.2023年检查情况统计表"),
        ("1个工作日内核实。", "2个工作日内核实。"),
        ("第2示例局“示例2号”", "第3示例局“示例3号”"),
    ):
        lines = [line.replace(right, wrong) for line in text.lines]
        if lines != list(text.lines):
            with pytest.raises(AssertionError):
                hold_against_figures(lines, found, text.annexes)

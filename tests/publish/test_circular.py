"""The circular's text: what it says of an inspection, and that each of its numbers is held."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from circulars import AS_OF, account, inspect, item, named, notice, recheck, row
from found_problems import people_found
from hypothesis import given, settings
from hypothesis import strategies as st

from mediawatch.domain import (
    Code,
    Effect,
    FiledStatus,
    LookKind,
    Reading,
    Rectification,
    ReviewState,
    SweepKind,
    UserError,
    Verdict,
)
from mediawatch.figures.counts import figures
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.settings.office import AnnexNumbers, Part, read_office
from mediawatch.publish.circular.annex_numbers import annexes_without_number
from mediawatch.publish.circular.compose import compose, overview_texts
from mediawatch.publish.circular.readback import FigureReader, hold_against_figures
from mediawatch.publish.circular.text import MANY
from mediawatch.publish.earlier_census import EarlierCensus
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports import annexes, pages, statistics
from mediawatch.publish.results import ProblemResult, RecheckResult, hold_against
from mediawatch.publish.rounds import EarlierNotices
from mediawatch.rules.policy import Policy, load
from mediawatch.rules.sweep_policy import policy_for

HUNAN = load("hunan")
NATIONAL = load("national")


def texts(found: Inspection, of: Part, **how: Any) -> list[str]:
    return [each.whole for each in compose(found, **how).of(of)]


def reading_of(look: LookKind) -> Reading:
    return Reading(account_id=1, look=look, started_at=AS_OF, read_at=AS_OF, sights=())


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
    "unnamed": lambda: named(hunan(), 1, 2, unnamed="另行函告"),
    "people": people_found,
    "people unnamed": lambda: named(people_found(), 1, 5, 6, unnamed="不在正文点名"),
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


@pytest.mark.parametrize("judged_by", [HUNAN, policy_for(HUNAN, date(2022, 9, 1))])
def test_a_period_is_told_in_its_own_words(judged_by: Policy) -> None:
    """Also where the findings were kept under the label of a moment."""
    scope = [row(account(number), policy=judged_by) for number in range(1, 9)]
    for place, code in enumerate((Code.STALE_2W, Code.STALE_2W, Code.STALE_3M)):
        scope[place] = row(account(place + 1), code, policy=judged_by)
    first = date(2022, 9, 1)
    found = inspect(scope, policy=policy_for(HUNAN, first), of_sweep={"period_from": first})
    text = compose(found)
    hold_against_figures(text.lines, found, text.annexes)
    said = "".join(text.lines)
    assert "检查时段内更新间隔超过2周。共有3" in said
    assert "监测时间点" not in said
    assert "前2周" not in said
    assert found.statistics.whole.kinds == {
        "检查时段内更新间隔超过2周": 3,
        "超过3个月无内容更新": 1,
    }


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


HOSTILE = st.text("甲12、，。；：（）“”政务新媒体共有家其中3个检查", min_size=1, max_size=9)


@settings(max_examples=12, deadline=None)
@given(names=st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=4))
def test_no_name_as_filed_stops_a_circular(names: list[tuple[str, ...]]) -> None:
    scope = []
    for number, (name, organiser, type_, place) in enumerate(names, 1):
        one = account(
            number, name=name, organiser=organiser, type=type_, prefecture=place, body_kind=place
        )
        codes = (Code.STALE_2W,) if number % 2 else (Code.NOT_FOUND,) if number % 4 else ()
        scope.append(row(one, *codes, policy=NATIONAL))
    found = inspect(
        scope, office={"totals_by": ("主体类别", "地区"), "reach": "12师", "issuer": "12师1"}
    )
    assert compose(found).sections


def test_nested_tiers_are_counted_by_all_that_reached_them() -> None:
    found = hunan()
    assert found.statistics.whole.kinds == {
        "监测时间点前2周内无内容更新": 4, "超过3个月无内容更新": 3,
    }  # fmt: skip
    (said,) = texts(found, "主要问题")
    assert said == (
        "（一）监测时间点前2周内无内容更新。共有4家政务新媒体。其中，超过3个月无内容更新的有3家："
        "微信服务号1家：第2示例局“示例2号”；贴吧号1家：第3示例局“示例3号”；头条号1家：第4示例局“示例4号”。"
        "其余1家：新浪微博1家：第1示例局“示例1号”。上述政务新媒体中，第2示例局“示例2号”（微信服务号）"
        "在上期通报（示例政务函〔2022〕20号）中已被指出“超过3个月无内容更新”，仍未整改。"
    )


def test_three_nested_tiers_name_each_account_once() -> None:
    nested = load("national").model_copy(update={"tiers_counted": "nested"})
    codes = (Code.STALE_2W, Code.STALE_3M, Code.STALE_3M, Code.STALE_6M, Code.NOT_FOUND)
    scope = [row(account(n), code, policy=nested) for n, code in enumerate(codes, 1)]
    (silent, _) = texts(inspect(scope, policy=nested), "主要问题")
    assert silent.startswith(
        "（一）超2周未更新。共有4家政务新媒体。其中，半年以上未更新的有1家：新浪微博1家：第4示例局“示例4号”。"
        "超过3个月未更新的有3家（含上述1家），另2家为：新浪微博2家："
    )
    assert [silent.count(f"“示例{n}号”") for n in (1, 2, 3, 4)] == [1] * 4


def test_a_period_is_never_called_a_moment(tmp_path: Path) -> None:
    found = sichuan()
    assert texts(found, "总体情况")[0].startswith("检查时段为2022年9月1日至9月30日。")
    assert "监测时间点" not in "".join(compose(found).lines)
    page = pages.report(found, EvidenceFolder(tmp_path), checked_during="10月上旬").decode()
    assert "检查时段 2022年9月1日至9月30日 · 检查时间 10月上旬 · 规则：" in page
    assert "监测时间点 " not in page


def test_a_sample_says_what_was_drawn_of_whom() -> None:
    said = texts(sichuan(), "总体情况")
    assert said[1] == (
        "按地市分层随机抽取：全覆盖检查代表主体为政府的政务新媒体4家；抽查代表主体为部门的政务新媒体6家，抽查比例20.00%。"
    )
    assert (
        "分主体类别看，政府检查4家，不合格0家，合格率100%；部门检查6家，不合格1家，合格率83.33%。"
        in said
    )
    waiting = texts(sichuan(verdict=Verdict.UNPROVEN), "总体情况")
    assert waiting[1].startswith(
        "按地市分层随机抽取：代表主体为政府的政务新媒体全部纳入检查，共4家；"
    )
    assert "全覆盖" not in "".join(waiting)


def test_people_are_named_only_where_they_looked_or_decided() -> None:
    found = named(hunan(), 1, readings=(reading_of(LookKind.SECOND),))
    assert (
        "采取系统监测加人工审核的方式，于2月中下旬组织"
        in compose(found, checked_during="2月中下旬").occasion
    )
    sound = inspect([row(account(1), policy=NATIONAL)])
    assert "人工" not in compose(sound).occasion


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        # Whether a machine looked at the others is not told: nothing is said of how.
        ((LookKind.PERSON,), "办公厅组织开展"),
        ((), "办公厅组织开展"),
        ((LookKind.PERSON, LookKind.LINK), "办公厅采取系统监测加人工审核的方式，组织开展"),
    ],
)
def test_a_machine_is_named_only_where_it_looked(looks: tuple[LookKind, ...], said: str) -> None:
    found = inspect([row(account(1), Code.STALE_2W, policy=NATIONAL)])
    readings = tuple(reading_of(look) for look in looks)
    assert said in compose(named(found, 1, readings=readings)).occasion


@pytest.mark.parametrize(
    ("office", "policy", "said"),
    [
        ((), "hunan", "根据《国务院办公厅秘书局关于印发政府网站与政务新媒体检查指标、监管工作年度考核指标的通知》"
            "（国办秘函〔2019〕19号）要求，"),
        (("《甲》（甲办〔2017〕47号）", "《乙》"), "tibet", "根据《甲》（甲办〔2017〕47号）、《乙》要求，"),
    ],
)  # fmt: skip
def test_the_basis_is_the_offices_or_the_policys_documents(
    office: tuple[str, ...], policy: str, said: str
) -> None:
    found = inspect([row(account(1), policy=NATIONAL)], policy=policy, office={"basis": office})
    assert compose(found).occasion.startswith(said)


def test_no_earlier_circular_is_a_basis() -> None:
    kept = NATIONAL.model_copy(
        update={
            "basis": "国办秘函〔2019〕19号：监测时间点前2周内无更新的；示例省2022年第三季度检查通报的问题类型"
        }
    )
    assert kept.documents == ("国办秘函〔2019〕19号",)
    assert all(len(load(name).documents) == 1 for name in ("national", "hunan", "tibet"))


def test_sections_stand_in_the_offices_order() -> None:
    found = full()
    headings = [each.heading for each in compose(found).sections]
    assert headings == [
        "一、总体情况",
        "二、存在的主要问题",
        "三、上期通报整改情况",
        "四、工作要求",
    ]
    order = ("上期整改", "总体情况", "工作要求")
    other = replace(found, office=found.office.model_copy(update={"order": order}))
    assert [each.heading for each in compose(other).sections] == [
        "一、上期通报整改情况", "二、总体情况", "三、工作要求",
    ]  # fmt: skip
    sound = inspect([row(account(1), policy=NATIONAL)])
    assert [each.heading for each in compose(sound).sections] == ["一、总体情况", "二、工作要求"]
    assert texts(sound, "工作要求") == ["请各有关单位继续做好政务新媒体日常管理。"]


def test_others_sections_are_left_open_or_out() -> None:
    found = full()
    whole = compose(found)
    assert [each.whole for each in whole.of("主要问题")][:3] == [
        "（一）政府网站", "（二）政务新媒体",
        "1.长期未更新（1年以上）。共有1家政务新媒体。新浪微博1家：第36示例局“示例36号”。其中，第36示例局“示例36号”"
        "（新浪微博）在上期通报（示例政务函〔2022〕20号）中已被指出“超2周未更新”，仍未整改。",
    ]  # fmt: skip
    part = compose(found, part=True)
    assert (part.title, part.occasion, part.issuer, part.addressees) == ("", "", "", "")
    assert texts(found, "总体情况", part=True)[0] == "（二）政务新媒体"
    assert [each.line for each in part.annexes] == [
        "3.2022年检查情况统计表",
        "4.检查发现存在突出问题的政务新媒体名单",
        "5.上期通报存在突出问题的政务新媒体复查情况",
        "6.其他需关注情形的政务新媒体名单",
    ]
    said = "".join(part.lines)
    for words in (
        "情况详见附件3，存在突出问题的政务新媒体名单见附件4。",
        "35家政务新媒体，名单见附件4。",
        "复查情况详见附件5。",
        "，详见附件6。",
    ):
        assert words in said
    alone = replace(found, office=found.office.model_copy(update={"others": "略去"}))
    assert texts(alone, "主要问题")[0].startswith("（一）长期未更新")


def test_an_annex_without_a_number_is_left_out_but_for_the_list(tmp_path: Path) -> None:
    found = hunan()
    half = found.office.model_copy(update={"annexes": AnnexNumbers(table=3)})
    with pytest.raises(UserError, match=r"office\.toml: annexes: list has no number.*list = 4"):
        compose(replace(found, office=half))
    given = found.office.model_copy(update={"annexes": AnnexNumbers(list=4)})
    text = compose(replace(found, office=given))
    assert [each.name for each in text.annexes] == ["附件4"]
    assert annexes_without_number(replace(found, office=given))[0].endswith("检查情况统计表")
    (tmp_path / "office.toml").write_text("annexes = { table = 3, list = 3 }\n")
    with pytest.raises(
        UserError, match=r"office\.toml: bad setting annexes: .*table and list are both 附件3"
    ):
        read_office(tmp_path)
    (tmp_path / "office.toml").write_text('order = ["总体情况", "总体情况"]\n')
    with pytest.raises(UserError, match=r"bad setting order: .*twice"):
        read_office(tmp_path)


def test_a_left_out_annex_is_not_pointed_to() -> None:
    """随州: the list is annex 3, the re-check annex 4, and there is no table."""
    office = full().office.model_copy(
        update={"annexes": AnnexNumbers(list=3, recheck=4), "annexes_left_out": ("table", "listed")}
    )
    text = compose(replace(full(), office=office))
    assert [each.number for each in text.annexes] == [3, 4]
    assert "情况详见附件" not in "".join(each.whole for each in text.of("总体情况"))
    alone = office.model_copy(
        update={"annexes": AnnexNumbers(), "annexes_left_out": ("table", "listed", "recheck")}
    )
    (entry,) = compose(replace(full(), office=alone)).annexes
    assert (entry.name, entry.line) == ("附件", "检查发现存在突出问题的政务新媒体名单")
    none = alone.model_copy(update={"annexes_left_out": ("table", "list", "listed", "recheck")})
    text = compose(replace(full(), office=none))
    assert "".join(text.lines).count("“示例20号”") == 1


def test_rates_are_left_out_where_the_office_prints_none() -> None:
    found = replace(compared(), office=compared().office.model_copy(update={"print_rate": False}))
    assert "%" not in "".join(compose(found).lines)
    assert texts(found, "总体情况")[0].endswith("本次全覆盖检查，发现不合格1个。")
    assert "合格率" not in annexes.regions(found).columns
    sound = inspect([row(account(1), policy=NATIONAL)], office={"print_rate": False})
    assert "未发现不合格的地区（部门）有1个：甲市。" in texts(sound, "总体情况")


@pytest.mark.parametrize(
    ("failed_before", "of", "words"),
    [
        (2, 7, "较上季度提高14.29个百分点"), (0, 7, "较上季度下降14.29个百分点"), (1, 7, "与上季度持平"),
    ],
)  # fmt: skip
def test_the_rate_is_compared_with_the_census_before(
    failed_before: int, of: int, words: str
) -> None:
    found = compared()
    then = [
        row(account(n), *((Code.STALE_2W,) if n <= failed_before else ()), policy=NATIONAL)
        for n in range(1, of + 1)
    ]
    assert found.before is not None
    found = replace(found, before=replace(found.before, whole=figures(then, NATIONAL)))
    assert texts(found, "总体情况")[0].endswith(f"，{words}。")
    year = replace(found.sweep, as_of=AS_OF.replace(year=2021))
    assert found.before is not None
    older = replace(found, before=replace(found.before, sweep=year))
    assert words.replace("上季度", "上次检查") in texts(older, "总体情况")[0]


def test_totals_are_split_by_the_offices_words() -> None:
    said = texts(full(), "总体情况")
    assert "在管政务新媒体共45家，按地区（部门）分：甲市30家，乙县15家。" in said


def test_a_word_that_splits_nothing_names_its_key() -> None:
    found = inspect([row(account(1), policy=NATIONAL)], office={"totals_by": ("颜色",)})
    with pytest.raises(UserError, match=r"^office\.toml: totals_by: '颜色' is not a way to split"):
        compose(found)


def test_a_repeat_that_was_in_order_between_is_no_unmended_one() -> None:
    """Failing twice says nothing of the time in between."""
    one = account(1)
    before = notice("文1号", date(2022, 7, 1), item(1, one, "超2周未更新"), id=3)
    past = EarlierNotices(previous=before, repeats={1: 1}, last={1: (before, before.items[0])})
    for since, words in (
        (date(2022, 6, 20), "仍未整改"),
        (date(2022, 7, 1), "本次检查再次发现问题"),
        (None, "本次检查再次发现问题"),
    ):
        scope = [row(one, Code.STALE_2W, policy=NATIONAL, gap_since=since)]
        (said,) = texts(inspect(scope, past=past), "主要问题")
        assert said.endswith(f"在上期通报（文1号）中已被指出“超2周未更新”，{words}。")
    two = notice("文1号", date(2022, 7, 1), item(1, one, "超2周未更新、名称不一致"), id=3)
    scope = [row(one, Code.STALE_2W, policy=NATIONAL, gap_since=date(2022, 6, 20))]
    of_two = replace(past, previous=two, last={1: (two, two.items[0])})
    assert "仍未整改" not in texts(inspect(scope, past=of_two), "主要问题")[0]
    posted = named(
        inspect([row(one, Code.STALE_2W, policy=NATIONAL, gap_since=date(2022, 6, 20))], past=past),
        1, updated_on=date(2022, 10, 2),
    )  # fmt: skip
    assert "仍未整改" not in texts(posted, "主要问题")[0]
    other = replace(past, previous=replace(before, id=4, number="文2号"))
    scope = [row(one, Code.STALE_2W, policy=NATIONAL)]
    assert (
        "在《关于2022年第二季度检查情况的通报》（文1号）中"
        in texts(inspect(scope, past=other), "主要问题")[0]
    )


def test_an_old_re_check_names_nobody_as_unmended() -> None:
    found = full()
    items = found.past.previous.items if found.past.previous else ()
    old = tuple(recheck(each, Rectification.NOT_DONE, date(2022, 8, 1)) for each in items)
    said = texts(replace(found, past=replace(found.past, rechecked=old)), "上期整改")[0]
    # The first account's silence is not known to reach back to the notice.
    assert "仍未整改的有1家：第36示例局“示例36号”（新浪微博）。" in said
    assert "未整改3家" in said


@pytest.mark.parametrize(
    ("code", "latest", "words"),
    [
        (Code.STALE_2W, date(2022, 6, 20), "仍未整改"),
        (Code.STALE_2W, None, "仍未整改"),
        (Code.STALE_2W, date(2022, 7, 10), "本次检查再次发现问题"),
        (Code.NAME_MISMATCH, date(2022, 7, 10), "仍未整改"),
    ],
)
def test_who_posted_after_the_notice_was_not_silent_all_the_time(
    code: Code, latest: date | None, words: str
) -> None:
    one = account(1)
    before = notice("文1号", date(2022, 7, 1), item(1, one, "旧问题"), id=3)
    again = RecheckResult.of(
        before.items[0],
        [ProblemResult(code, Rectification.NOT_DONE, "2022-09-30复查：……。")],
        "",
    )
    past = EarlierNotices(
        previous=before, repeats={1: 1}, last={1: (before, before.items[0])}, rechecked=(again,)
    )
    entry = row(one, Code.STALE_2W, policy=NATIONAL)
    assert entry.judgement
    (stale,) = entry.judgement.findings
    judged = replace(entry.judgement, findings=(replace(stale, latest_on=latest),))
    found = inspect([replace(entry, judgement=judged)], past=past)
    assert texts(found, "主要问题")[0].endswith(f"已被指出“旧问题”，{words}。")
    assert ("仍未整改的有1家" in texts(found, "上期整改")[0]) == (words == "仍未整改")


@pytest.mark.parametrize(
    ("other", "words"),
    [(Rectification.NOT_DONE, "仍未整改"), (Rectification.DONE, "本次检查再次发现问题")],
)
def test_who_put_one_of_two_problems_right_is_not_called_idle(
    other: Rectification, words: str
) -> None:
    one = account(1)
    before = notice("文1号", date(2022, 7, 1), item(1, one, "旧问题、另一问题"), id=3)
    parts = [
        ProblemResult(Code.STALE_2W, Rectification.NOT_DONE, "2022-09-30复查：……。"),
        ProblemResult(Code.NAME_MISMATCH, other, "2022-09-30复查：……。"),
    ]
    past = EarlierNotices(
        previous=before,
        repeats={1: 1},
        last={1: (before, before.items[0])},
        rechecked=(RecheckResult.of(before.items[0], parts, ""),),
    )
    found = inspect([row(one, Code.STALE_2W, policy=NATIONAL)], past=past)
    assert texts(found, "主要问题")[0].endswith(f"“旧问题、另一问题”，{words}。")


@pytest.mark.parametrize(
    ("codes", "review", "verdict", "result"),
    [
        ((), ReviewState.OPEN, Verdict.FRESH, Rectification.UNVERIFIED),
        ((Code.NAME_MISMATCH,), ReviewState.CONFIRMED, None, Rectification.UNVERIFIED),
        ((Code.STALE_3M,), ReviewState.CONFIRMED, None, Rectification.NOT_DONE),
        ((Code.STALE_3M,), ReviewState.OPEN, None, Rectification.NOT_DONE),
        ((Code.STALE_3M,), ReviewState.DISMISSED, Verdict.UNPROVEN, Rectification.UNVERIFIED),
        ((), ReviewState.OPEN, Verdict.UNPROVEN, Rectification.NOT_DONE),
    ],
)
def test_an_old_result_is_held_against_what_was_found_since(
    codes: tuple[Code, ...], review: ReviewState, verdict: Verdict | None, result: Rectification
) -> None:
    one = account(1)
    entry = row(one, *codes, policy=NATIONAL, verdict=verdict)
    assert entry.judgement
    reviewed = tuple(replace(each, review=review) for each in entry.judgement.findings)
    entry = replace(entry, judgement=replace(entry.judgement, findings=reviewed))
    old = recheck(item(1, one, "超2周未更新"), Rectification.NOT_DONE, date(2022, 8, 1))
    assert hold_against(old, [entry], conclusive=verdict is not Verdict.UNPROVEN).result is result
    done = recheck(item(1, one, "超2周未更新"), Rectification.DONE, date(2022, 8, 1))
    assert hold_against(done, [entry], conclusive=True) == done


def test_who_is_not_to_be_named_stays_in_every_count() -> None:
    found = named(hunan(), 1, 2, unnamed="另行函告")
    (said,) = texts(found, "主要问题")
    assert "共有4家政务新媒体" in said
    assert "微信服务号1家；贴吧号1家：" in said
    assert ("示例1号" in said, "示例2号" in said) == (False, False)
    assert "上述政务新媒体中，1家政务新媒体在上期通报" in said


def test_what_is_noteworthy_is_told_apart_from_failures() -> None:
    said = texts(full(), "主要问题")[-1]
    assert said == (
        "4.其他需关注情形。另有2家政务新媒体存在以下情形，不计入不合格数：搜索不到1家，为第38示例局“示例38号”（新浪微博）；"
        "账号被封禁/停用1家，为第39示例局“示例39号”（新浪微博），详见附件6。"
    )
    many = [
        row(account(n), Code.BANNED if n % 2 else Code.NOT_FOUND, policy=NATIONAL)
        for n in range(MANY + 1)
    ]
    text = compose(inspect(many))
    assert text.sections[1].heading == "二、其他需关注情形"
    assert [each.whole for each in text.of("主要问题")] == [
        "有31家政务新媒体存在以下情形，不计入不合格数：搜索不到16家、账号被封禁/停用15家，详见附件3。"
    ]


def test_the_page_has_the_text_without_pointers() -> None:
    assert "附件" not in "".join(overview_texts(full()))
    assert overview_texts(full())[-1].startswith("对上期通报（示例政务函〔2022〕20号）")


def test_requirements_terms_and_contact_are_the_offices() -> None:
    assert texts(full(), "工作要求") == [
        "1个工作日内核实。",
        "请有关单位于2022年10月14日前完成整改，并于2022年10月20日前报送整改情况。",
        "联系人：张三，联系方式：0000-1234。",
    ]
    assert texts(hunan(), "工作要求") == ["请有关单位对照本通报指出的问题及时整改。"]


def test_more_departments_at_100_than_a_paragraph_holds_are_counted() -> None:
    many = [account(number, prefecture=f"{number}市") for number in range(1, MANY + 2)]
    found = inspect([row(one, policy=NATIONAL) for one in many])
    (said,) = [each for each in texts(found, "总体情况") if "为100%的" in each]
    assert said == f"政务新媒体检查合格率为100%的地区（部门）有{MANY + 1}个。"


@pytest.mark.parametrize(
    ("level", "others", "failed", "said"),
    [
        # 县区 is not filed, the body says it all the same.
        ("市", {"county": "资阳区"}, {"organiser": "资阳区交通运输局", "level": "县级"}, "地区有1个：丙区；"),
        ("市", {"county": "资阳区"}, {"organiser": "甲市资阳区交通运输局", "level": "县级"}, "地区有1个：丙区；"),
        ("市", {"county": "资阳区"}, {"organiser": "丁区资阳路小学", "level": "县级"}, "地区有2个：资阳区、丙区；"),
        ("", {"prefecture": "", "organiser": "甲市公安局"}, {"organiser": "甲市公安局"}, "地区（部门）有1个：丙区。"),
        ("", {"prefecture": "", "organiser": "甲市公安局"}, {"organiser": "支队", "supervisor": "甲市公安局"}, "地区（部门）有1个：丙区。"),
    ],
)  # fmt: skip
def test_nobody_is_at_100_whose_failed_account_counts_elsewhere(
    level: str, others: dict[str, str], failed: dict[str, str], said: str
) -> None:
    place = {"county": "丙区"} if level else {"prefecture": "丙区"}
    accounts = [
        account(1, **others),
        account(2, **place),
        account(3, county="", **failed),
        *([account(4, county="市本级")] if level else []),
    ]
    scope = [row(one, policy=NATIONAL) for one in accounts]
    scope[2] = row(accounts[2], Code.STALE_2W, policy=NATIONAL)
    found = inspect(scope, office={"level": level})
    (praise,) = [each for each in texts(found, "总体情况") if "为100%的" in each]
    assert praise.startswith(f"政务新媒体检查合格率为100%的{said}")
    region = next(each for each in found.statistics.splits if each.heading == "地区（部门）")
    told = "".join(statistics.remarks(region))
    assert ("资阳区" in told or "公安局" in told) == ("资阳区" in said)


@pytest.mark.parametrize(
    ("review", "effect", "marks"),
    [
        (ReviewState.DISPATCHED, Effect.LISTED, ("初步结果",)),
        (ReviewState.OPEN, Effect.LISTED, ("初步结果",)),
        (ReviewState.OPEN, Effect.HINT, ()),
        (ReviewState.CONFIRMED, Effect.LISTED, ()),
        (ReviewState.DISMISSED, Effect.LISTED, ()),
    ],
)
def test_what_waits_for_a_decision_leaves_a_document_preliminary(
    review: ReviewState, effect: Effect, marks: tuple[str, ...]
) -> None:
    one = row(account(1), Code.NAME_MISMATCH, policy=NATIONAL)
    assert one.judgement is not None
    (held,) = one.judgement.findings
    listed = replace(held, review=review, effect=effect)
    judged = replace(one.judgement, findings=(listed,), otherwise=Verdict.FRESH)
    found = inspect([replace(one, judgement=judged), row(account(2), policy=NATIONAL)])
    assert (found.marks, found.preliminary) == (marks, bool(marks))
    assert not found.statistics.whole.open


@pytest.mark.parametrize("others", ["略去", "留空"])
def test_our_part_says_that_nothing_failed_under_its_heading(others: str) -> None:
    sound = inspect([row(account(1), policy=NATIONAL)], office={"others": others})
    text = compose(sound, part=True)
    assert [each.heading for each in text.sections] == [
        "一、总体情况",
        "二、存在的主要问题",
        "三、工作要求",
    ]
    assert [each.whole for each in text.of("主要问题")] == [
        "（二）政务新媒体",
        "本次检查未发现不合格的政务新媒体。",
    ]
    listed = inspect([row(account(1), Code.NAME_MISMATCH, policy=NATIONAL)])
    said = [each.whole for each in compose(listed, part=True).of("主要问题")]
    assert said[1] == "本次检查未发现不合格的政务新媒体。"
    assert said[2].startswith("1.其他需关注情形。有1家")
    waits = row(account(2), policy=NATIONAL, verdict=Verdict.UNPROVEN)
    open_ = inspect([row(account(1), policy=NATIONAL), waits])
    assert texts(open_, "主要问题", part=True)[1:] == ["已核查的政务新媒体中未发现不合格的。"]
    assert texts(inspect([waits]), "主要问题", part=True)[1:] == ["政务新媒体检查尚无结论。"]
    assert "未发现不合格" not in "".join(compose(full(), part=True).lines)
    whole = "".join(compose(sound).lines)
    assert "本次检查未发现不合格" not in whole


def test_a_recheck_is_told_as_one_without_table_and_praise() -> None:
    found = inspect(
        [row(account(1), policy=NATIONAL), row(account(2), Code.STALE_2W, policy=NATIONAL)],
        of_sweep={
            "kind": SweepKind.RECHECK,
            "scope": "recheck of 示例政务函〔2022〕20号: 2 accounts",
        },
        office={"annexes": {"table": 1, "list": 2}},
    )
    text = compose(found)
    assert text.title == "示例省人民政府办公厅关于全省政务新媒体复查情况的通报"
    assert [each.key for each in text.annexes] == ["list"]
    whole = "".join(text.lines)
    assert "100%" not in whole
    assert "季度" not in whole
    assert "复查示例政务函〔2022〕20号所列账号，共2家" in whole
    assert "组织开展了本次政务新媒体复查" in whole
    named_round = replace(found, sweep=replace(found.sweep, round="2022年第三季度"))
    assert compose(named_round).title.endswith("关于2022年第三季度全省政务新媒体复查情况的通报")

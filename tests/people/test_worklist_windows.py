"""What a worklist asks of accounts whose policies differ, and what an answer settles there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from worklists import (
    FRESH,
    LOOKED_AT,
    NOW,
    STALE,
    Inspection,
    exported,
    filed,
    fill,
    judged_by,
    png,
    table,
)

from mediawatch.domain import RegistryChanges, Source, UpdatedAccount, Verdict
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.rowkey import USABLE
from mediawatch.people.worklist.imported import write_bad_rows
from mediawatch.people.worklist.todo import for_a_second_person
from mediawatch.ports import Store
from mediawatch.publish.reports.account_page import reading_lines
from mediawatch.sweep.judging import rejudge
from tests.support.policies import with_exceptions

POLICY = with_exceptions(
    '[[for]]\nlevels = ["乡镇街道"]\nfunctions = ["发布类"]\n'
    "window = { days = 7, due_soon_from = 4 }\n"
    'codes = { stale_2w = { label = "超1周未更新" } }\n'
)
TOWN, CITY, APP = (f"示例市第{number}测试局" for number in (1, 2, 3))
ACCOUNTS = (
    filed(1, level="乡镇街道", function_kind="发布类"),
    filed(2, level="市级"),
    filed(3, platform="app", type="移动客户端", original_id=""),
)
IN_THE_STORE = "请在应用商店搜索、下载、打开；版本更新不算发布内容。"
USED = {
    Column.STATE: "正常",
    Column.TIME: LOOKED_AT,
    Column.PERSON: "甲某",
    Column.SEEN_NAME: "一致",
}


async def out(store: Store, folder: Path) -> tuple[Inspection, Path]:
    return await exported(store, folder, ACCOUNTS, policy=POLICY)


async def test_each_row_asks_about_the_accounts_own_window(store: Store, tmp_path: Path) -> None:
    _, path = await out(store, tmp_path)
    asked = {row[Column.NAME.value]: row[Column.QUESTION.value] for row in table(path)}
    assert asked == {
        TOWN: "12月24日（含）至12月31日有无发布？",
        CITY: "12月17日（含）至12月31日有无发布？",
        APP: f"{USABLE}{IN_THE_STORE}",
    }
    told = "".join(
        str(cell.value) for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row
    )
    assert "（如 APP、小程序），不看有无发布" in told


async def test_an_answer_is_held_against_the_accounts_own_window(
    store: Store, tmp_path: Path
) -> None:
    inspection, path = await out(store, tmp_path)
    seen = {**FRESH, Column.POSTED_ON: "2031-12-20"}
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {TOWN: seen, CITY: seen}))
    (problem,) = done.problems
    assert "日期应在12月24日（含）至12月31日之内" in problem.sentence
    assert (await inspection.verdicts())[:2] == [Verdict.UNPROVEN, Verdict.FRESH]
    none = {**STALE, Column.POSTED_ON: "2031-12-20"}
    await inspection.take(fill(path, tmp_path / "乙.xlsx", {TOWN: none}, {TOWN: png()}))
    judged = (await inspection.scope())[TOWN].judgement
    assert judged is not None
    assert [each.label for each in judged.findings] == ["超1周未更新"]
    assert "间隔11天，属“超1周未更新”" in judged.sentence


async def test_whether_an_app_works_is_answered_by_its_state(store: Store, tmp_path: Path) -> None:
    inspection, path = await out(store, tmp_path)
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {APP: USED}))
    assert done.problems == []
    judged = (await inspection.scope())[APP].judgement
    assert judged is not None
    assert judged.verdict is Verdict.FRESH
    assert judged.sentence == (
        "经人工核查（2032年1月3日），能正常打开、使用；按检查规则不以更新情况认定。"
    )
    (kept,) = (await store.readings.by_account([3]))[3]
    assert "能否下载、打开、使用：能" in kept.sights[0].detail
    shown = reading_lines(kept, {})
    assert shown[0].endswith("人工核查 甲某：能打开、使用")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({Column.POSTED: "无"}, "这一行问的是能否下载、打开、使用，不问有无发布：请清空此格"),
        (
            {Column.STATE: None, Column.REMARK: "打不开"},
            "请选择“状态”：能下载、打开、使用的选“正常”，不能的",
        ),
        ({Column.POSTED: "有", Column.STATE: "搜索不到"}, "“有发布”与状态“搜索不到”矛盾"),
        ({Column.STATE: "从未发布"}, "这一行不问发布情况"),
        ({Column.TIME: None}, "此项回答必须填写核查时间"),
        ({Column.TIME: "2031-12-30 09:30"}, "核查时间早于监测时间点"),
    ],
)
async def test_an_unclear_answer_about_an_app_goes_back(
    store: Store, tmp_path: Path, answer: dict[Column, str | None], said: str
) -> None:
    """A remark that it does not open is no 正常, and 无 may mean 不能."""
    inspection, path = await out(store, tmp_path)
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {APP: USED | answer}))
    assert said in "".join(each.sentence for each in done.problems)
    assert (await inspection.verdicts())[2] is Verdict.UNPROVEN
    write_bad_rows(tmp_path / "退.xlsx", done, sweep=inspection.sweep)
    assert table(tmp_path / "退.xlsx")[0][Column.QUESTION.value].startswith(USABLE)


async def test_a_persons_word_of_an_app_may_be_drawn_for_a_second_one(
    store: Store, tmp_path: Path
) -> None:
    drawn = POLICY.model_copy(
        update={"review": POLICY.review.model_copy(update={"second_person_share": 1.0})}
    )
    inspection, path = await out(store, tmp_path)
    await inspection.take(fill(path, tmp_path / "甲.xlsx", {APP: USED}))
    scope = await store.sweeps.scope(inspection.sweep.id)
    (row,) = await for_a_second_person(store, inspection.sweep, scope, drawn)
    assert row.account.filed.name == APP
    assert row.reason == "抽查复核：甲某已答能打开、使用，请由甲某以外的人员核查"
    again = {**USED, Column.PERSON: "乙某", Column.TIME: "2032-01-04 09:30"}
    await inspection.take(fill(path, tmp_path / "乙.xlsx", {APP: again}))
    scope = await store.sweeps.scope(inspection.sweep.id)
    assert await for_a_second_person(store, inspection.sweep, scope, drawn) == []


async def test_that_an_app_does_not_work_leaves_it_open(store: Store, tmp_path: Path) -> None:
    inspection, path = await out(store, tmp_path)
    no = USED | {Column.STATE: "看不到内容", Column.REMARK: "下载后闪退", Column.SEEN_NAME: None}
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {APP: no}))
    assert done.problems == []
    assert (await inspection.verdicts())[2] is Verdict.UNPROVEN
    both = fill(path, tmp_path / "乙.xlsx", {APP: USED | {Column.PERSON: "乙某"}})
    (conflict,) = (await inspection.take(both)).conflicts
    assert conflict.account.filed.name == APP
    assert (await inspection.verdicts())[2] is Verdict.UNPROVEN


async def test_a_later_filing_changes_no_frozen_window(store: Store, tmp_path: Path) -> None:
    """功能类型 and place are corrected after the scope was frozen: the next sweep knows it."""
    inspection, path = await out(store, tmp_path)
    account = await inspection.account(1)
    new = replace(account.filed, function_kind="服务类", level="市级")
    changes = (("function_kind", "发布类", "服务类"), ("level", "乡镇街道", "市级"))
    await store.accounts.apply(
        RegistryChanges(
            source=Source(file="新台账.xlsx", sha256="1" * 64, at=NOW),
            updated=(UpdatedAccount(account_id=account.id, filed=new, changes=changes),),
        )
    )
    none = {**STALE, Column.POSTED_ON: "2031-12-20"}
    await inspection.take(fill(path, tmp_path / "甲.xlsx", {TOWN: none}, {TOWN: png()}))
    await rejudge(store, lambda platform: True, inspection.sweep.id)
    entry = (await inspection.scope())[TOWN]
    assert entry.judgement is not None
    assert entry.account.filed.function_kind == "发布类"
    assert [each.label for each in entry.judgement.findings] == ["超1周未更新"]
    later = await store.sweeps.open(replace(inspection.sweep, id=0), await store.accounts.all())
    scope = (await judged_by(store, later)).entries
    assert scope[0].account.filed.function_kind == "服务类"
    (change, _) = await store.accounts.changes(account.id)
    assert (change.field, change.new) == ("function_kind", "服务类")

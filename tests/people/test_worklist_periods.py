"""What a worklist asks of a period (时段制), and what an answer settles there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from worklists import AS_OF, FRESH, LOOKED_AT, NOW, POLICY, STALE, exported, filed, fill, png, table

from mediawatch.domain import LookKind, MatchedBy, Outcome, Post, Reading, Sight, Sweep, Verdict
from mediawatch.people.forms.columns import SEALED, Column
from mediawatch.people.forms.rowkey import Window, sealed_key
from mediawatch.people.second_looks import unchecked_word
from mediawatch.people.worklist.guide import guide
from mediawatch.people.worklist.imported import write_bad_rows
from mediawatch.ports import Store
from tests.support.policies import own

FIRST = date(2031, 12, 1)
ONE = "示例市第1测试局"


async def test_the_question_is_of_the_period(store: Store, tmp_path: Path) -> None:
    _, path = await exported(store, tmp_path, [filed()], period_from=FIRST)
    assert table(path)[0][Column.QUESTION.value] == (
        "检查时段12月1日（含）至12月31日有无发布？有的，写明各条发布的日期（相邻不超过14天），或粘贴链接。"
    )
    book = openpyxl.load_workbook(path)
    told = "".join(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value)
    assert "一条发布不足以结案" in told
    assert "看不清可不填" not in told
    assert "选“无”的日期也不得早于“已知最近发布（不早于）”" in told
    assert "看不清可不填" in "".join(guide(reposts=True))


@pytest.mark.parametrize(
    ("days", "verdict", "said"),
    [
        (
            "2031-12-30",
            Verdict.UNPROVEN,
            "尚不足以结案：检查时段看更新间隔，2031年12月1日至2031年12月30日间隔29天（应不超过14天）",
        ),
        ("12-02、12-30", Verdict.UNPROVEN, "2031年12月2日至2031年12月30日间隔28天"),
        ("12-10、12月20日，2031-12-30", Verdict.FRESH, ""),
    ],
)
async def test_an_answer_settles_a_period_by_its_gaps(
    store: Store, tmp_path: Path, days: str, verdict: Verdict, said: str
) -> None:
    inspection, path = await exported(store, tmp_path, [filed()], period_from=FIRST)
    answers = {ONE: {**FRESH, Column.POSTED_ON: days}}
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", answers))
    assert done.problems == []
    assert await inspection.verdicts() == [verdict]
    assert said in "".join(done.remarks)
    assert bool(said) is bool(done.remarks)


async def test_a_second_answer_fills_the_gap_that_was_named(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed()], period_from=FIRST)
    for days, verdict in (("12-30", Verdict.UNPROVEN), ("12-08、12-18", Verdict.FRESH)):
        answers = {ONE: {**FRESH, Column.POSTED_ON: days}}
        done = await inspection.take(fill(path, tmp_path / f"{verdict}.xlsx", answers))
        assert await inspection.verdicts() == [verdict], done.problems


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (FRESH, "检查时段内的发布须写明日期，如 11-03、11-17"),
        ({**FRESH, Column.POSTED_ON: "11-20、12-30"}, "日期应在12月1日（含）至12月31日之内"),
        ({**STALE, Column.POSTED_ON: "12-10"}, "应选“有”"),
    ],
)
async def test_what_says_nothing_of_a_period_is_refused(
    store: Store, tmp_path: Path, cells: Mapping[Column, Any], reason: str
) -> None:
    """An undated 有 stood for the first day: it may have closed a gap that nobody saw closed."""
    inspection, path = await exported(store, tmp_path, [filed()], period_from=FIRST)
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {ONE: cells}, {ONE: png()}))
    assert reason in "".join(map(str, done.problems))
    assert await inspection.verdicts() == [Verdict.UNPROVEN]
    write_bad_rows(tmp_path / "退回.xlsx", done, sweep=inspection.sweep)
    book = openpyxl.load_workbook(tmp_path / "退回.xlsx")
    told = "".join(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value)
    assert "一条发布不足以结案" in told


async def test_a_sheet_that_asked_about_two_weeks_is_told_apart(
    store: Store, tmp_path: Path
) -> None:
    """Its 无 spoke of two weeks: it says nothing of the whole period."""
    inspection, path = await exported(store, tmp_path, [filed()], period_from=FIRST)
    book = openpyxl.load_workbook(path)
    sheet, old = book.worksheets[0], Window.of(inspection.sweep, own(POLICY))
    heads = {cell.value: cell.column for cell in sheet[1]}
    sealed = [str(sheet.cell(2, heads[column.value]).value or "") for column in SEALED]
    home = await store.operator.home_id()
    number = (await inspection.account()).id
    key = sealed_key(home, inspection.sweep.id, number, old, sealed, filed())
    sheet.cell(2, heads[Column.KEY.value]).value = str(key)
    book.save(path)
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {ONE: STALE}, {ONE: png()}))
    assert "所问的不是整个检查时段，请重新导出后填写" in "".join(map(str, done.problems))
    assert await inspection.verdicts() == [Verdict.UNPROVEN]


async def test_nothing_in_the_whole_period_counts(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed()], period_from=FIRST)
    await inspection.take(fill(path, tmp_path / "甲.xlsx", {ONE: STALE}, {ONE: png()}))
    (entry,) = (await inspection.scope()).values()
    assert entry.judgement is not None
    assert entry.judgement.verdict is Verdict.FAILED
    assert "检查时段2031年12月1日至12月31日" in entry.judgement.findings[0].sentence


async def test_two_persons_agree_or_differ_over_the_whole_period(
    store: Store, tmp_path: Path
) -> None:
    """One saw none in it, another one a post at its beginning: that is no finding."""
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2)], period_from=FIRST)
    two = filed(2).name
    early = {**FRESH, Column.POSTED_ON: "12-05", Column.TIME: LOOKED_AT}
    late = {**early, Column.POSTED_ON: "12-19、12-30", Column.PERSON: "乙某"}
    await inspection.take(
        fill(path, tmp_path / "甲.xlsx", {ONE: STALE, two: early}, {ONE: png()}),
        fill(path, tmp_path / "乙.xlsx", {ONE: {**early, Column.PERSON: "乙某"}, two: late}),
    )
    assert await inspection.verdicts() == [Verdict.UNPROVEN, Verdict.FRESH]
    entry = (await inspection.scope())[ONE]
    assert entry.judgement is not None
    assert "结论不一致" in entry.judgement.sentence


@pytest.mark.parametrize(
    ("machine", "drawn"), [(("12-05",), True), (("12-05", "12-17", "12-30"), False), ((), True)]
)
def test_a_machines_one_post_spares_no_second_person(machine: tuple[str, ...], drawn: bool) -> None:
    def seen(look: LookKind, days: tuple[str, ...], by: str = "") -> Reading:
        posts = tuple(Post(on=date.fromisoformat(f"2031-{day}")) for day in days)
        sight = Sight(
            surface="x", read_at=NOW, outcome=Outcome.OK, matched_by=MatchedBy.ID, posts=posts
        )
        return Reading(
            account_id=1, look=look, started_at=NOW, read_at=NOW, sights=(sight,), by=by, sweep_id=1
        )

    word = seen(LookKind.PERSON, ("12-10", "12-20", "12-30"), "甲某")
    sweep = Sweep(
        as_of=AS_OF,
        policy="national",
        policy_toml=POLICY.toml,
        started_at=AS_OF,
        period_from=FIRST,
        id=1,
    )
    found = unchecked_word([seen(LookKind.FIRST, machine), word], sweep, own(POLICY))
    assert (found is word) is drawn

"""Worklists out and in again as real xlsx files: what people get, what may happen to it, what is
kept.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from worklists import (
    AS_OF,
    DAY,
    FRESH,
    GH,
    LOOKED_AT,
    NOW,
    STALE,
    exported,
    filed,
    fill,
    judged_by,
    png,
    table,
)

import db
from mediawatch.domain import (
    Code,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
    Verdict,
)
from mediawatch.people.forms.columns import Column, match_headings
from mediawatch.people.worklist.imported import write_bad_rows
from mediawatch.people.worklist.intake import import_files
from mediawatch.ports import Store
from mediawatch.workbooks.images import qr_png

ONE, TWO, THREE = (f"示例市第{number}测试局" for number in (1, 2, 3))


async def test_a_round_trip(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2), filed(3)])
    done = await inspection.take(
        fill(path, tmp_path / "甲.xlsx", {ONE: STALE, TWO: FRESH}, {ONE: png()})
    )
    assert (len(done.readings), done.blank, done.problems, done.conflicts) == (2, 1, [], [])
    assert await inspection.verdicts() == [Verdict.FAILED, Verdict.FRESH, Verdict.UNPROVEN]
    finding = (await inspection.scope())[ONE].judgement.findings[0]  # type: ignore[union-attr]
    assert (finding.code, finding.gap_days, finding.reading_ids) == (
        Code.STALE_2W,
        59,
        (done.readings[0].id,),
    )
    kept = (await store.readings.by_account())[1][0]
    assert (kept.by, kept.look, kept.read_at, kept.sweep_id) == (
        "甲某",
        LookKind.PERSON,
        NOW.replace(day=3, hour=9, minute=30),
        1,
    )
    evidence, manifest = kept.evidence
    assert evidence.sha256 == hashlib.sha256(png()).hexdigest()
    assert [inspection.evidence.check(each) for each in (evidence, manifest)] == ["", ""]
    assert [(source.file, kind) for source, kind in await store.accounts.sources()][1:] == [
        ("甲.xlsx", "worklist")
    ]


async def test_nobody_answered(store: Store, tmp_path: Path) -> None:
    """A file that comes back empty is no error.

    Nor is one with only a name and a time filled down: both say nothing.
    """
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2)])
    only_name = {name: {Column.PERSON: "甲某", Column.TIME: LOOKED_AT} for name in (ONE, TWO)}
    done = await inspection.take(path, fill(path, tmp_path / "甲.xlsx", only_name))
    assert (done.readings, done.blank, done.problems, done.links) == ([], 4, [], [])
    assert await store.accounts.sources() == (await store.accounts.sources())[:1]


async def test_the_qr_code_is_no_screenshot(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1, url="https://example.test/home")])
    moved = tmp_path / "甲.xlsx"
    book = openpyxl.load_workbook(fill(path, moved, {ONE: STALE}))
    book.worksheets[0]._images[0].anchor._from.col = 15
    # A suite that draws pictures anew loses our mark; what lies in the code's column is no
    # screenshot all the same.
    book.worksheets[0].add_image(Image(io.BytesIO(png())), "B2")
    book.save(moved)
    done = await inspection.take(fill(path, tmp_path / "乙.xlsx", {ONE: STALE}), moved)
    assert [problem.column for problem in done.problems] == ["截图", "截图"]


async def test_a_saved_qr_code_is_no_screenshot(store: Store, tmp_path: Path) -> None:
    """Somebody saves the code of the sheet as a file and names it in the cell."""
    inspection, path = await exported(store, tmp_path, [filed(1)])
    (tmp_path / "截图.png").write_bytes(qr_png("https://example.test/home"))
    answer = STALE | {Column.SHOT: "截图.png"}
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {ONE: answer}))
    (problem,) = done.problems
    assert (problem.column, "自带的二维码" in problem.reason) == ("截图", True)
    assert done.readings == []


def shuffled(source: Path, target: Path, headings: Mapping[str, str]) -> Path:
    """Rows sorted the other way round, two title rows, columns reversed, one added and one dropped,
    headings reworded.
    """
    rows = [
        list(row)
        for row in openpyxl.load_workbook(source).worksheets[0].iter_rows(values_only=True)
    ]
    keep = [place for place, heading in enumerate(rows[0]) if heading != Column.ORGANISER.value][
        ::-1
    ]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["甲示例市核查结果"])
    sheet.append([])
    sheet.append(["备注", *(headings.get(str(rows[0][place]), rows[0][place]) for place in keep)])
    for row in rows[:0:-1]:
        sheet.append(["看过", *(row[place] for place in keep)])
    book.create_sheet("别的表").append(["与本表无关"])
    book.save(target)
    return target


async def test_sorted_moved_and_reworded_it_still_fits(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2), filed(3)])
    (tmp_path / "图").mkdir()
    (tmp_path / "图" / "一.png").write_bytes(png())
    answers = {
        ONE: {**STALE, Column.SHOT: "图/一.png"},
        THREE: {**FRESH, Column.POSTED_ON: "12月20日"},
    }
    filled = fill(path, tmp_path / "甲.xlsx", answers)
    words = {
        "行键（勿改）": "", "有无发布": "有无发布情况?", "核查人": "核查人(签名)", "核查时间": "核查日期",
        Column.SEEN_ID.value: "核对 ID", "最近发布日期": "最近发布日期\n(年-月-日)",
    }  # fmt: skip
    done = await inspection.take(shuffled(filled, tmp_path / "乙.xlsx", words))
    assert (done.problems, done.blank) == ([], 1)
    assert {reading.account_id: reading.latest.on for reading in done.readings if reading.latest} == {
        1: date(2031, 11, 2), 3: date(2031, 12, 20),
    }  # fmt: skip


def test_headings_that_look_alike_are_told_apart() -> None:
    assert match_headings(["已知最近发布", "最近发布日期"]) == {
        Column.LATEST: 0,
        Column.POSTED_ON: 1,
    }
    assert Column.POSTED_ON not in match_headings(["已知最近发布（不早于）", "最近核查日期"])
    assert match_headings(["核查时间", "核查人", "核查问题", "核对ID"]) == {
        Column.TIME: 0, Column.PERSON: 1, Column.QUESTION: 2, Column.SEEN_ID: 3,
    }  # fmt: skip


async def test_sorting_some_of_the_columns_accuses_nobody(store: Store, tmp_path: Path) -> None:
    """The keys stand still while names and answers move: each answer would go to another
    account.
    """
    inspection, path = await exported(
        store,
        tmp_path,
        [filed(1, name="同名局"), filed(2, name="同名局", type="微博", original_id="")],
    )
    filled = fill(
        path, tmp_path / "甲.xlsx", {"同名局": {**STALE, Column.POSTED_ON: ""}}, {"同名局": png()}
    )
    book = openpyxl.load_workbook(filled)
    sheet = book.worksheets[0]
    first, second = sheet["A2"].value, sheet["A3"].value
    sheet["A2"].value, sheet["A3"].value = second, first
    book.save(filled)
    done = await inspection.take(filled)
    assert done.readings == []
    assert [problem.column for problem in done.problems] == ["行键", "行键"]
    assert "只对部分列作了排序" in done.problems[0].sentence


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "缺少行键"),
        ("MW1.1.1.000000000000", "对不上"),
        ("{0}x", "缺少行键"),
        (
            "MW1.2.1.000000000000",
            "属于另一次检查：请交回本次检查导出的表（属于第2号检查，导入时请加 --sweep 2）",
        ),
    ],
)
async def test_a_row_that_is_not_ours(
    store: Store, tmp_path: Path, key: str | None, words: str
) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    filled = fill(path, tmp_path / "甲.xlsx", {ONE: FRESH})
    book = openpyxl.load_workbook(filled)
    cell = book.worksheets[0]["A2"]
    cell.value = key.format(cell.value) if key else None
    book.save(filled)
    done = await inspection.take(filled)
    assert done.readings == []
    (problem,) = done.problems
    assert words in problem.sentence


async def test_another_offices_worklist(tmp_path: Path) -> None:
    """Same numbers, other registry: the first account of the first sweep is somebody else there."""
    stores = [
        await db.open_store(f"sqlite:///{tmp_path / name}.db", clock=lambda: NOW) for name in "甲乙"
    ]
    inspection, _ = await exported(stores[0], tmp_path, [filed(1)])
    (tmp_path / "乙").mkdir()
    _, theirs = await exported(stores[1], tmp_path / "乙", [filed(1, name="别处第1测试局")])
    done = await inspection.take(fill(theirs, tmp_path / "乙.xlsx", {"别处第1测试局": FRESH}))
    assert ["没有这个账号" in problem.sentence for problem in done.problems] == [True]
    for store in stores:
        await store.close()


async def test_two_persons_who_disagree(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2)])
    told = {Column.PERSON: "乙某", Column.TIME: LOOKED_AT}
    one = fill(
        path,
        tmp_path / "甲.xlsx",
        {ONE: {**STALE, Column.POSTED_ON: ""}, TWO: {**FRESH, Column.TIME: LOOKED_AT}},
        {ONE: png()},
    )
    other = fill(path, tmp_path / "乙.xlsx", {ONE: {**FRESH, **told}, TWO: {**FRESH, **told}})
    done = await inspection.take(one, other)
    assert len(done.readings) == 4, "both are kept"
    (conflict,) = done.conflicts
    assert conflict.account.filed.name == ONE
    assert "甲某（2032-01-03）有无发布：无" in str(conflict)
    assert "乙某（2032-01-03）有无发布：有" in str(conflict)
    assert await inspection.verdicts() == [Verdict.UNPROVEN, Verdict.FRESH]
    assert "待复核" in (await inspection.scope())[ONE].judgement.sentence  # type: ignore[union-attr]


async def test_importing_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2), filed(3)])
    answers = {ONE: STALE, TWO: FRESH, THREE: {**FRESH, Column.TIME: LOOKED_AT}}
    filled = fill(path, tmp_path / "甲.xlsx", answers, {ONE: png()})
    assert len((await inspection.take(filled, filled)).readings) == 3
    recompressed = fill(path, tmp_path / "重存.xlsx", answers, {ONE: png(201)})
    for again in (filled, recompressed):
        done = await inspection.take(again, now=NOW + DAY)
        assert (done.readings, done.repeated) == ([], 3)
    assert [source.file for source, _ in await store.accounts.sources()] == [
        "台账.xlsx",
        "甲.xlsx",
        "重存.xlsx",
    ]
    with_picture = await inspection.take(
        fill(path, tmp_path / "补图.xlsx", answers, {THREE: png(7), ONE: png()})
    )
    assert [reading.account_id for reading in with_picture.readings] == [3], (
        "a picture where there was none is new"
    )
    assert len((await store.readings.by_account())[1]) == 1


async def test_one_picture_serves_one_account_over_all_imports(
    store: Store, tmp_path: Path
) -> None:
    """Unless the row says that it shows several; a reviewer then finds that in the reading."""
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2), filed(3)])
    stale = {
        ONE: STALE,
        TWO: {**STALE, Column.SEEN_ID: "gh_0000000000a2"},
        THREE: {**STALE, Column.SEEN_ID: "gh_0000000000a3"},
    }
    first = await inspection.take(
        fill(path, tmp_path / "甲.xlsx", stale, {ONE: png(), TWO: png(), THREE: png(9)})
    )
    assert [reading.account_id for reading in first.readings] == [1, 3]
    later = await inspection.take(fill(path, tmp_path / "乙.xlsx", {TWO: stale[TWO]}, {TWO: png()}))
    for (problem,) in (first.problems, later.problems):
        assert (problem.place.row, problem.column) == (3, "截图")
        assert f"同一张截图已用于“{ONE}”" in problem.reason
    several = {TWO: {**stale[TWO], Column.REMARK: "截图含多个账号"}}
    done = await inspection.take(fill(path, tmp_path / "丙.xlsx", several, {TWO: png()}))
    assert f"截图同时用于“{ONE}”，请核对" in done.readings[0].sights[0].detail
    again = await inspection.take(tmp_path / "丙.xlsx", tmp_path / "甲.xlsx")
    assert (again.repeated, len(again.problems)) == (3, 1), "known answers stay what they are"
    assert await store.evidence.owners([hashlib.sha256(png()).hexdigest(), "0" * 64]) == {
        hashlib.sha256(png()).hexdigest(): {1, 2}
    }


async def test_links_answered_are_handed_on(store: Store, tmp_path: Path) -> None:
    known = "https://mp.example.test/s/known"
    inspection, path = await exported(
        store, tmp_path, [filed(1, article_links=(known,)), filed(2), filed(3)]
    )
    answers: dict[str, Mapping[Column, object]] = {
        ONE: {Column.LINK: f"{known}\nhttps://mp.example.test/s/new1,谢谢"},
        TWO: {**FRESH, Column.LINK: "https://mp.example.test/s/new2"},
        THREE: {Column.LINK: "javascript:alert(1)"},
    }
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", answers))
    assert done.links == [
        (1, "https://mp.example.test/s/new1"),
        (2, "https://mp.example.test/s/new2"),
    ]
    assert (len(done.readings), done.blank, len(done.remarks)) == (1, 1, 3)
    assert ["new1" in each or "new2" in each for each in done.remarks] == [True, True, False]


async def test_refused_rows_go_back_and_come_again(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2), filed(3)])
    wrong = {
        ONE: {**STALE, Column.SEEN_ID: ""},
        TWO: FRESH,
        THREE: {**FRESH, Column.POSTED_ON: "上周"},
    }
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", wrong, {ONE: png()}))
    assert [reading.account_id for reading in done.readings] == [2], "good rows are kept"
    back = tmp_path / "更正.xlsx"
    assert write_bad_rows(back, done, sweep=inspection.sweep, marks=("演示数据",)) == 2
    assert openpyxl.load_workbook(back).sheetnames[0] == "待核查清单·演示数据"
    rows = {row[Column.NAME.value]: row for row in table(back)}
    assert (
        rows[ONE][Column.ERROR.value]
        == "核对ID：此项回答必须填写核对ID（搜索不到的填写搜索所用的ID）"
    )
    assert (rows[ONE][Column.TIME.value], rows[THREE][Column.POSTED_ON.value]) == (
        LOOKED_AT,
        "上周",
    )
    again = await inspection.take(
        fill(
            back, tmp_path / "再交.xlsx", {ONE: {Column.SEEN_ID: GH}, THREE: {Column.POSTED_ON: ""}}
        )
    )
    assert again.problems == []
    # The picture and its manifest.
    assert {reading.account_id: len(reading.evidence) for reading in again.readings} == {
        1: 2,
        3: 0,
    }, "its picture went along"


def test_the_people_disagreeing_is_seen_by_outcome_too() -> None:
    """A complete list without a post is an answer; else 无 without a date would never contradict
    有.
    """
    sight = Sight(surface="person", read_at=NOW, matched_by=MatchedBy.ID, complete_since=AS_OF)
    reading = Reading(
        account_id=1, look=LookKind.PERSON, started_at=NOW, read_at=NOW, sights=(sight,)
    )
    assert reading.outcome is Outcome.OK


async def test_an_import_that_was_cut_short_is_judged_by_the_next(
    store: Store, tmp_path: Path
) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    filled = fill(path, tmp_path / "甲.xlsx", {ONE: FRESH})
    judged, keep = await judged_by(store, inspection.sweep), inspection.evidence.keep
    await import_files(store, [filled], judged, now=NOW, keep_evidence=keep)
    assert await inspection.verdicts() == [Verdict.UNPROVEN]
    assert (await inspection.take(filled)).repeated == 1
    assert await inspection.verdicts() == [Verdict.FRESH]

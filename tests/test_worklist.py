"""Worklists out and in again as real xlsx files: what people get, what may happen to it, what is kept."""

from __future__ import annotations

import asyncio
import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner
from worklists import AS_OF, DAY, FRESH, GH, LOOKED_AT, NOW, POLICY, STALE, Inspection, filed, fill, png, typed

import db
from mediawatch.cli import app
from mediawatch.domain import (
    Code,
    Filed,
    FiledStatus,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    Sight,
    UserError,
    Verdict,
)  # fmt: skip
from mediawatch.ports import Store
from mediawatch.worklist import Column, Split, export, unproven, write_bad_rows
from mediawatch.worklist.columns import match_headings

ONE, TWO, THREE = (f"示例市第{number}测试局" for number in (1, 2, 3))
HOSTILE = '=HYPERLINK("http://x.example.test","点我")<script>alert(1)</script>'


async def exported(store: Store, folder: Path, accounts: Sequence[Filed], readings: Sequence[Reading] = ()) -> tuple[Inspection, Path]:
    inspection = await Inspection.of(store, folder, accounts, readings)
    path = folder / "清单.xlsx"
    await export(store, path, sweep=inspection.sweep, policy=POLICY)
    return inspection, path


def seen_by_machine(account_id: int, on: date, link: str = "", **values: Any) -> Reading:
    sight = Sight(
        surface="wechat.article", read_at=NOW - 2 * DAY, matched_by=MatchedBy.URL, posts=(Post(on=on, link=link),), **values
    )  # fmt: skip
    return Reading(account_id=account_id, look=LookKind.FIRST, started_at=NOW - 2 * DAY, read_at=NOW - 2 * DAY, sights=(sight,))


def table(path: Path) -> list[dict[str, Any]]:
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


async def test_what_people_get(store: Store, tmp_path: Path) -> None:
    link = "https://mp.example.test/s/new"
    accounts = [
        filed(1, url="https://example.test/home"),
        filed(2, article_links=("https://mp.example.test/s/filed",), original_id=""),
        filed(3, platform="tieba", type="贴吧", status=FiledStatus.CLOSED),
    ]
    _, path = await exported(store, tmp_path, accounts, [seen_by_machine(2, date(2031, 12, 1), link, original_id="gh_00000000learned")])
    one, two, three = table(path)
    assert list(one)[1:] == [column.value for column in Column if column not in (Column.KEY, Column.ERROR)]
    assert two["已知最近发布(不早于)"] == "2031-12-01"
    assert two["最新文章链接"] == link, "the newest that is known, not the one filed"
    assert two["原始ID/微信号"] == "gh_00000000learned"
    assert (one["已知最近发布(不早于)"], one["核查问题"]) == ("未知", "12月17日(含)至12月31日有无发布?")
    assert "已关停" in three["核查问题"]
    assert (one["二维码"], three["二维码"]) == (None, "无链接,请在平台内搜索备案名称")
    assert all(row[column.value] is None for row in (one, two, three) for column in (Column.POSTED, Column.STATE, Column.PERSON))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert len(sheet._images) == 2
    assert sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "D2"
    assert book["_mediawatch"].sheet_state == "hidden"
    assert "截图" in str([cell.value for cell in book["填写说明"]["A"]])
    choices = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert choices["K2:K4"] == '"有,无"'
    assert choices["N2:N4"] == '"正常,搜索不到,已注销,已封禁,从未发布,已迁移,看不到内容"'


async def test_only_what_is_left_to_people(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed(number) for number in (1, 2, 3, 4)])
    scope = await store.scope(inspection.sweep.id)
    verdicts = (Verdict.FRESH, Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE, Verdict.FAILED)
    await store.judge(
        inspection.sweep.id,
        {entry.account.id: replace(entry.judgement, verdict=one) for entry, one in zip(scope, verdicts, strict=True) if entry.judgement},
    )
    items = await unproven(store, inspection.sweep, POLICY)
    assert [(item.account.filed.name, item.verdict) for item in items] == [(TWO, Verdict.UNPROVEN), (THREE, Verdict.OUT_OF_SCOPE)]


async def test_a_round_trip(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2), filed(3)])
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {ONE: STALE, TWO: FRESH}, {ONE: png()}))
    assert (len(done.readings), done.blank, done.problems, done.conflicts) == (2, 1, [], [])
    assert await inspection.verdicts() == [Verdict.FAILED, Verdict.FRESH, Verdict.UNPROVEN]
    finding = (await inspection.scope())[ONE].judgement.findings[0]  # type: ignore[union-attr]
    assert (finding.code, finding.gap_days, finding.reading_ids) == (Code.STALE_2W, 59, (done.readings[0].id,))
    kept = (await store.readings())[1][0]
    assert (kept.by, kept.look, kept.read_at, kept.sweep_id) == ("甲某", LookKind.PERSON, NOW.replace(day=3, hour=9, minute=30), 1)
    (evidence,) = kept.evidence
    assert evidence.sha256 == hashlib.sha256(png()).hexdigest()
    assert inspection.evidence.check(evidence) == ""
    assert [(source.file, kind) for source, kind in await store.sources()][1:] == [("甲.xlsx", "worklist")]


async def test_nobody_answered(store: Store, tmp_path: Path) -> None:
    """A file that comes back empty, or with a name and a time filled down, says nothing and is no error."""
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2)])
    only_name = {name: {Column.PERSON: "甲某", Column.TIME: LOOKED_AT} for name in (ONE, TWO)}
    done = await inspection.take(path, fill(path, tmp_path / "甲.xlsx", only_name))
    assert (done.readings, done.blank, done.problems, done.links) == ([], 4, [], [])
    assert await store.sources() == (await store.sources())[:1]


async def test_the_qr_code_is_no_screenshot(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1, url="https://example.test/home")])
    moved = tmp_path / "甲.xlsx"
    book = openpyxl.load_workbook(fill(path, moved, {ONE: STALE}))
    book.worksheets[0]._images[0].anchor._from.col = 15
    book.save(moved)
    done = await inspection.take(fill(path, tmp_path / "乙.xlsx", {ONE: STALE}), moved)
    assert [problem.column for problem in done.problems] == ["截图", "截图"]


def shuffled(source: Path, target: Path, headings: Mapping[str, str]) -> Path:
    """Rows sorted the other way round, two title rows, columns reversed, one added and one dropped, headings reworded."""
    rows = [list(row) for row in openpyxl.load_workbook(source).worksheets[0].iter_rows(values_only=True)]
    keep = [place for place, heading in enumerate(rows[0]) if heading != Column.ORGANISER.value][::-1]
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
    answers = {ONE: {**STALE, Column.SHOT: "图/一.png"}, THREE: {**FRESH, Column.POSTED_ON: "12月20日"}}
    filled = fill(path, tmp_path / "甲.xlsx", answers)
    words = {
        "行键(勿改)": "", "有无发布": "有无发布情况?", "核查人": "核查人(签名)", "核查时间": "核查日期",
        Column.SEEN_ID.value: "核对 ID", "最近发布日期": "最近发布日期\n(年-月-日)",
    }  # fmt: skip
    done = await inspection.take(shuffled(filled, tmp_path / "乙.xlsx", words))
    assert (done.problems, done.blank) == ([], 1)
    assert {reading.account_id: reading.latest.on for reading in done.readings if reading.latest} == {
        1: date(2031, 11, 2), 3: date(2031, 12, 20),
    }  # fmt: skip


def test_headings_that_look_alike_are_told_apart() -> None:
    assert match_headings(["已知最近发布", "最近发布日期"]) == {Column.LATEST: 0, Column.POSTED_ON: 1}
    assert Column.POSTED_ON not in match_headings(["已知最近发布(不早于)"])
    assert match_headings(["核查时间", "核查人", "核查问题", "核对ID"]) == {
        Column.TIME: 0, Column.PERSON: 1, Column.QUESTION: 2, Column.SEEN_ID: 3,
    }  # fmt: skip


async def test_sorting_some_of_the_columns_accuses_nobody(store: Store, tmp_path: Path) -> None:
    """The keys stand still while names and answers move: each answer would go to another account."""
    inspection, path = await exported(store, tmp_path, [filed(1, name="同名局"), filed(2, name="同名局", type="微博", original_id="")])
    filled = fill(path, tmp_path / "甲.xlsx", {"同名局": {**STALE, Column.POSTED_ON: ""}}, {"同名局": png()})
    book = openpyxl.load_workbook(filled)
    sheet = book.worksheets[0]
    first, second = sheet["A2"].value, sheet["A3"].value
    sheet["A2"].value, sheet["A3"].value = second, first
    book.save(filled)
    done = await inspection.take(filled)
    assert done.readings == []
    assert [problem.column for problem in done.problems] == ["行键", "行键"]
    assert "只对部分列作了排序" in str(done.problems[0])


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "缺少行键"),
        ("MW1.1.1.000000000000", "对不上"),
        ("{0}x", "缺少行键"),
        ("MW1.2.1.000000000000", "属于第2次检查"),
    ],
)
async def test_a_row_that_is_not_ours(store: Store, tmp_path: Path, key: str | None, words: str) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    filled = fill(path, tmp_path / "甲.xlsx", {ONE: FRESH})
    book = openpyxl.load_workbook(filled)
    cell = book.worksheets[0]["A2"]
    cell.value = key.format(cell.value) if key else None
    book.save(filled)
    done = await inspection.take(filled)
    assert done.readings == []
    (problem,) = done.problems
    assert words in str(problem)


async def test_another_offices_worklist(tmp_path: Path) -> None:
    """Same numbers, other registry: the first account of the first sweep is somebody else there."""
    stores = [await db.open_store(f"sqlite+aiosqlite:///{tmp_path / name}.db", clock=lambda: NOW) for name in "甲乙"]
    inspection, _ = await exported(stores[0], tmp_path, [filed(1)])
    (tmp_path / "乙").mkdir()
    _, theirs = await exported(stores[1], tmp_path / "乙", [filed(1, name="别处第1测试局")])
    done = await inspection.take(fill(theirs, tmp_path / "乙.xlsx", {"别处第1测试局": FRESH}))
    assert ["没有这个账号" in str(problem) for problem in done.problems] == [True]
    for store in stores:
        await store.close()


async def test_hostile_names_stay_text(store: Store, tmp_path: Path) -> None:
    names = [HOSTILE, "+1", "-1+2", "@SUM(A1)", "\t=1", "&lt;<b>", "一\n二\x0b三", "长" * 40_000]
    accounts = [
        filed(number, name=name, organiser=name, url="javascript:alert(1)", prefecture=name) for number, name in enumerate(names, 1)
    ]
    accounts.append(filed(9, article_links=("https://mp.example.test/s/a b", "file:///etc/passwd", "https://mp.example.test/s/good")))
    inspection, path = await exported(store, tmp_path, accounts)
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        links = archive.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
    assert "<f>" not in sheet
    assert 'Target="https://mp.example.test/s/good"' in links
    assert "javascript" not in links + sheet
    assert "passwd" not in links
    answers = {row[Column.NAME.value]: FRESH for row in table(path)}
    assert HOSTILE in answers
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", answers))
    assert [str(problem) for problem in done.problems] == []
    assert len(done.readings) == len(accounts)
    files = await export(store, tmp_path / "分.xlsx", sweep=inspection.sweep, policy=POLICY, by=Split.PREFECTURE)
    assert all(each.path.parent == tmp_path for each in files)


async def test_two_persons_who_disagree(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2)])
    told = {Column.PERSON: "乙某", Column.TIME: LOOKED_AT}
    one = fill(path, tmp_path / "甲.xlsx", {ONE: {**STALE, Column.POSTED_ON: ""}, TWO: {**FRESH, Column.TIME: LOOKED_AT}}, {ONE: png()})
    other = fill(path, tmp_path / "乙.xlsx", {ONE: {**FRESH, **told}, TWO: {**FRESH, **told}})
    done = await inspection.take(one, other)
    assert len(done.readings) == 4, "both are kept"
    (conflict,) = done.conflicts
    assert conflict.account.filed.name == ONE
    assert "甲某(2032-01-03)有无发布:无" in str(conflict)
    assert "乙某(2032-01-03)有无发布:有" in str(conflict)
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
    with_picture = await inspection.take(fill(path, tmp_path / "补图.xlsx", answers, {THREE: png(), ONE: png()}))
    assert [reading.account_id for reading in with_picture.readings] == [3], "a picture where there was none is new"
    assert len((await store.readings())[1]) == 1


async def test_a_picture_under_two_accounts_is_pointed_out(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2)])
    stale = {ONE: STALE, TWO: {**STALE, Column.SEEN_ID: "gh_0000000000a2"}}
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", stale, {ONE: png(), TWO: png()}))
    assert len(done.readings) == 2
    assert done.remarks == [f"同一张截图用于2个账号,请核对:第2行{ONE}、第3行{TWO}"]


async def test_links_answered_are_handed_on(store: Store, tmp_path: Path) -> None:
    known = "https://mp.example.test/s/known"
    inspection, path = await exported(store, tmp_path, [filed(1, article_links=(known,)), filed(2), filed(3)])
    answers: dict[str, Mapping[Column, object]] = {
        ONE: {Column.LINK: f"{known}\nhttps://mp.example.test/s/new1,谢谢"},
        TWO: {**FRESH, Column.LINK: "https://mp.example.test/s/new2"},
        THREE: {Column.LINK: "javascript:alert(1)"},
    }
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", answers))
    assert done.links == [(1, "https://mp.example.test/s/new1"), (2, "https://mp.example.test/s/new2")]
    assert (len(done.readings), done.blank, len(done.remarks)) == (1, 1, 1)


async def test_refused_rows_go_back_and_come_again(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2), filed(3)])
    wrong = {ONE: {**STALE, Column.SEEN_ID: ""}, TWO: FRESH, THREE: {**FRESH, Column.POSTED_ON: "上周"}}
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", wrong, {ONE: png()}))
    assert [reading.account_id for reading in done.readings] == [2], "good rows are kept"
    back = tmp_path / "更正.xlsx"
    assert write_bad_rows(back, done, sweep=inspection.sweep, marks=("演示数据",)) == 2
    assert openpyxl.load_workbook(back).sheetnames[0] == "待核查清单·演示数据"
    rows = {row[Column.NAME.value]: row for row in table(back)}
    assert rows[ONE][Column.ERROR.value] == "核对ID:此项回答必须填写核对ID(搜索不到的填写搜索所用的ID)"
    assert (rows[ONE][Column.TIME.value], rows[THREE][Column.POSTED_ON.value]) == (LOOKED_AT, "上周")
    again = await inspection.take(fill(back, tmp_path / "再交.xlsx", {ONE: {Column.SEEN_ID: GH}, THREE: {Column.POSTED_ON: ""}}))
    assert again.problems == []
    assert {reading.account_id: len(reading.evidence) for reading in again.readings} == {1: 1, 3: 0}, "its picture went along"


async def test_split_by_prefecture_and_by_person(store: Store, tmp_path: Path) -> None:
    places = ("甲市", "乙市", "甲市", "", "甲/市", "甲_市", "../..")
    inspection, _ = await exported(store, tmp_path, [filed(number, prefecture=place) for number, place in enumerate(places, 1)])

    async def split(name: str, by: Split, people: Sequence[str] = ()) -> dict[str, int]:
        path = tmp_path / name / "清单.xlsx"
        path.parent.mkdir()
        files = await export(store, path, sweep=inspection.sweep, policy=POLICY, by=by, people=people)
        assert all(len(table(each.path)) == each.rows for each in files)
        return {str(each.path.relative_to(path.parent)): each.rows for each in files}

    assert await split("地市", Split.PREFECTURE) == {
        "清单-甲市.xlsx": 2, "清单-乙市.xlsx": 1, "清单-未填地市.xlsx": 1, "清单-甲_市.xlsx": 1, "清单-甲_市_2.xlsx": 1,
        "清单-其他.xlsx": 1,
    }  # fmt: skip
    assert await split("人", Split.PERSON, ["甲某", "乙某", "甲某", "丙某"]) == {
        "清单-甲某.xlsx": 2,
        "清单-乙某.xlsx": 2,
        "清单-丙某.xlsx": 3,
    }
    assert {row[Column.PERSON.value] for row in table(tmp_path / "人" / "清单-乙某.xlsx")} == {"乙某"}
    with pytest.raises(UserError, match="--people"):
        await split("空", Split.PERSON, [" "])


async def test_a_file_that_may_hold_answers_is_not_written_over(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    before = path.read_bytes()
    with pytest.raises(UserError, match="may hold answers"):
        await export(store, path, sweep=inspection.sweep, policy=POLICY)
    assert path.read_bytes() == before
    await export(store, path, sweep=inspection.sweep, policy=POLICY, overwrite=True)
    with pytest.raises(UserError, match="xlsx"):
        await export(store, tmp_path / "清单.csv", sweep=inspection.sweep, policy=POLICY)


def test_at_the_command_line(tmp_path: Path) -> None:
    home, path, back = tmp_path / "home", tmp_path / "清单.xlsx", tmp_path / "更正.xlsx"

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["--home", str(home), *words])

    async def inspect() -> None:
        store = await db.open_store(f"sqlite+aiosqlite:///{home / 'mediawatch.db'}", clock=lambda: NOW)
        await Inspection.of(store, tmp_path, [filed(1, platform="toutiao", name=HOSTILE), filed(2, platform="tieba")])
        await store.close()

    assert run("init").exit_code == 0
    asyncio.run(inspect())
    listed = run("unproven")
    assert (listed.exit_code, "2 unproven" in listed.stdout) == (0, True), listed.output
    assert run("unproven", "--csv", str(tmp_path / "a.csv")).exit_code == 0
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith("900001,\"'=HYPERLINK")
    assert run("worklist", "export", str(path)).stdout == f"{path}: 2 rows\n"
    assert run("worklist", "export", str(path), "--people", "甲").exit_code == 2
    answers = {TWO: {**FRESH, Column.TIME: typed("2031-12-30 09:00")}, HOSTILE: {**FRESH, Column.PERSON: ""}}
    done = run("worklist", "import", str(fill(path, tmp_path / "甲.xlsx", answers)), "--errors", str(back))
    assert done.exit_code == 2
    assert "核查人" in done.stderr
    assert len(table(back)) == 1 or done.stderr
    assert run("worklist", "import", str(tmp_path / "没有.xlsx")).exit_code == 2


def test_the_people_disagreeing_is_seen_by_outcome_too() -> None:
    """A complete list without a post is an answer; else 无 without a date would never contradict 有."""
    sight = Sight(surface="person", read_at=NOW, matched_by=MatchedBy.ID, complete_since=AS_OF)
    reading = Reading(account_id=1, look=LookKind.PERSON, started_at=NOW, read_at=NOW, sights=(sight,))
    assert reading.outcome is Outcome.OK

"""The sheet 人工检查 of a worklist: who is asked what, and what comes of the answers."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.drawing.image import Image as SheetImage
from problem_looks import AT, give, given
from samples import plain_reading
from worklists import AS_OF, GH, NOW, POLICY, Inspection, filed, judged_by, png, typed

from mediawatch.domain import Code, Judgement, MatchedBy, Outcome, Post, ProblemAnswer, Verdict
from mediawatch.ops.drafts import decide
from mediawatch.people.forms.problem_columns import ProblemColumn
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.second_looks import is_drawn
from mediawatch.people.worklist.export import WorklistSplit, export
from mediawatch.people.worklist.imported import write_bad_rows
from mediawatch.people.worklist.intake import import_files
from mediawatch.people.worklist.problem_sheet import USABLE
from mediawatch.people.worklist.problem_todo import ProblemRequest, problem_questions
from mediawatch.people.worklist.where_to_look import where_to_look
from mediawatch.ports import Store
from mediawatch.rules.problem_proofs import ProblemState
from mediawatch.sweep.judging import rejudge

C = ProblemColumn
SHEET = "人工检查"
Rows = list[dict[str, Any]]


async def sheet_of(
    inspection: Inspection, path: Path, *kinds: Code, **more: Any
) -> dict[str, Rows]:
    """The rows of each file's sheet 人工检查, by the file's name."""
    request = ProblemRequest(kinds=kinds, sample=more.pop("sample", 0))
    files = await export(
        inspection.store,
        FormTarget(path=path, overwrite=True),
        await judged_by(inspection.store, inspection.sweep),
        request=request,
        **more,
    )
    return {file.part: rows_of(file.path) for file in files}


def rows_of(path: Path) -> Rows:
    book = openpyxl.load_workbook(path)
    if SHEET not in book.sheetnames:
        return []
    rows = list(book[SHEET].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def fill(source: Path, target: Path, *answers: Mapping[ProblemColumn, Any] | None) -> Path:
    """Type the answers into the rows, in their order; a picture's bytes are pasted."""
    book = openpyxl.load_workbook(source)
    sheet = book[SHEET]
    places = {cell.value: cell.column for cell in sheet[1]}
    for number, answer in enumerate(answers, 2):
        for column, value in (answer or {}).items():
            cell = sheet.cell(number, places[column.value])
            if isinstance(value, bytes):
                sheet.add_image(SheetImage(io.BytesIO(value)), cell.coordinate)
            else:
                cell.value = value
    book.save(target)
    return target


FOUND = {
    C.ANSWER: "存在", C.WORDS: "评论区关闭。", C.SEEN_ID: "gh_0000000000a1", C.PERSON: "乙某",
    C.TIME: typed("2032-01-03 10:30"), C.SHOT: png(77),
}  # fmt: skip


async def test_what_one_person_found_waits_for_another_in_every_export(
    store: Store, tmp_path: Path
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed(1), filed(2)])
    path = tmp_path / "清单.xlsx"
    assert await sheet_of(inspection, path) == {"": []}
    await give(inspection, given())
    ((row,),) = (await sheet_of(inspection, path)).values()
    assert row[C.KIND.value] == "互动回应差"
    assert row[C.ASKED.value] == (
        "请由甲某以外的人员独立核查：甲某于1月2日发现该问题（评论区关闭）。"
        "留言、评论、私信等互动功能是否有效？"
        "无效的选“存在”，并写明具体情况；有效的选“未见”。"
    )
    by_person = await sheet_of(inspection, path, by=WorklistSplit.PERSON, people=["甲某", "乙某"])
    assert {part: len(rows) for part, rows in by_person.items() if rows} == {"乙某": 1}
    done = await inspection.take(fill(path, tmp_path / "答.xlsx", FOUND))
    assert not done.problems
    assert not done.found.problems, [str(each) for each in done.found.problems]
    assert len(done.found.readings) == 1
    (look,) = done.found.readings
    assert (look.by, look.problem and look.problem.words) == ("乙某", "评论区关闭")
    assert (await inspection.verdicts())[0] is Verdict.FAILED
    assert await sheet_of(inspection, path) == {"": []}
    again = await inspection.take(tmp_path / "答.xlsx")
    assert (len(again.found.readings), again.found.repeated) == (0, 1)


async def test_a_kind_is_asked_of_all_or_of_a_repeatable_draw(store: Store, tmp_path: Path) -> None:
    # The eighth is the first one, filed a second time.
    accounts = [*(filed(number) for number in range(1, 8)), filed(1, filing_number="9000099")]
    inspection = await Inspection.of(store, tmp_path, accounts)
    path = tmp_path / "清单.xlsx"
    kinds = (Code.INTERACTION_POOR, Code.WRONG_WORDS)
    (every,) = (await sheet_of(inspection, path, *kinds)).values()
    assert len(every) == 14
    drawn = [await sheet_of(inspection, path, Code.WRONG_WORDS, sample=3) for _ in range(2)]
    assert drawn[0] == drawn[1]
    (some,) = drawn[0].values()
    assert len(some) == 3
    await give(
        inspection,
        given(code=Code.WRONG_WORDS, answer=ProblemAnswer.ABSENT, shots=(), words=""),
    )
    (left,) = (await sheet_of(inspection, path, *kinds)).values()
    assert len(left) == 13


async def test_rows_that_do_not_hold_go_back_with_their_reasons(
    store: Store, tmp_path: Path
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed(number) for number in range(1, 6)])
    path = tmp_path / "清单.xlsx"
    await sheet_of(inspection, path, Code.INTERACTION_POOR)
    absent = {C.ANSWER: "未见", C.PERSON: "乙某", C.TIME: typed("2032-01-03 11:00")}
    filled = fill(
        path,
        tmp_path / "答.xlsx",
        {**FOUND, C.SHOT: ""},
        {**absent, C.KIND: "严重错别字"},
        {**absent, C.ANSWER: "也许"},
        {C.PERSON: "乙某", C.TIME: typed("2032-01-03 11:00")},
        absent,
    )
    done = (await inspection.take(filled)).found
    assert [(each.column, each.place.row) for each in done.problems] == [
        ("截图", 2), ("行键", 3), ("检查结果", 4),
    ]  # fmt: skip
    assert (done.blank, len(done.readings)) == (1, 1)
    back = tmp_path / "退回.xlsx"
    imported = await inspection.take(filled)
    assert write_bad_rows(back, imported, sweep=inspection.sweep) == 3
    corrected = fill(back, tmp_path / "再答.xlsx", FOUND)
    assert len((await inspection.take(corrected)).found.readings) == 1


async def test_an_application_is_asked_about_its_use_alone(store: Store, tmp_path: Path) -> None:
    app = filed(platform="app", type="移动客户端", original_id="")
    inspection = await Inspection.of(store, tmp_path, [app])
    out = Judgement(verdict=Verdict.OUT_OF_SCOPE, sentence="该平台由人工检查。")
    await store.sweeps.keep_judgements(inspection.sweep.id, {1: out})
    path = tmp_path / "清单.xlsx"
    ((row,),) = (await sheet_of(inspection, path)).values()
    assert row[C.ASKED.value].startswith("能否下载、打开、正常使用？")
    assert openpyxl.load_workbook(path).sheetnames[0] == SHEET


async def test_two_persons_who_differ_are_asked_no_further(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await give(inspection, given())
    other = given("乙某", answer=ProblemAnswer.ABSENT, shots=(), words="")
    receipt = await give(inspection, replace(other, read_at=AT + timedelta(hours=1)))
    assert receipt.state is ProblemState.DISPUTED
    assert await sheet_of(inspection, tmp_path / "清单.xlsx", Code.INTERACTION_POOR) == {"": []}


async def test_an_account_with_posts_is_asked_about_the_problem_alone(
    store: Store, tmp_path: Path
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    posted = plain_reading(
        1, AS_OF, Post(on=AS_OF.date()), original_id=GH, matched_by=MatchedBy.ID, outcome=Outcome.OK
    )
    await store.readings.keep(posted)
    await give(inspection, given())
    path = tmp_path / "清单.xlsx"
    await rejudge(store, lambda platform: True, inspection.sweep.id)
    (entry,) = (await inspection.scope()).values()
    assert entry.judgement is not None
    assert entry.judgement.verdict is Verdict.UNPROVEN
    assert len((await sheet_of(inspection, path))[""]) == 1
    assert openpyxl.load_workbook(path).sheetnames[0] == SHEET


async def test_an_application_that_one_person_used_may_be_drawn(
    store: Store, tmp_path: Path
) -> None:
    app = filed(platform="app", type="移动客户端", original_id="")
    inspection = await Inspection.of(store, tmp_path, [app])
    used = given(
        code=Code.UNUSABLE,
        answer=ProblemAnswer.ABSENT,
        shots=(),
        words="",
        seen_id="",
        name=app.name,
    )
    await give(inspection, used)
    await rejudge(store, lambda platform: False, inspection.sweep.id)
    drawn = is_drawn(inspection.sweep.id, 1, POLICY.review.second_person_share)
    rows = (await sheet_of(inspection, tmp_path / "清单.xlsx"))[""]
    assert bool(rows) is drawn
    share = POLICY.review.model_copy(update={"second_person_share": 1.0})
    judged = await judged_by(store, inspection.sweep)
    every = replace(judged, policy=judged.policy.model_copy(update={"review": share}))
    (item,) = await problem_questions(store, every, ProblemRequest())
    assert item.not_by == "甲某"
    await give(inspection, replace(used, person="乙某"))
    assert await problem_questions(store, every, ProblemRequest()) == []


async def test_only_applications_are_asked_whether_they_can_be_used(
    store: Store, tmp_path: Path
) -> None:
    app = filed(2, platform="app", type="移动客户端", original_id="")
    inspection = await Inspection.of(store, tmp_path, [filed(1), app])
    (rows,) = (await sheet_of(inspection, tmp_path / "清单.xlsx", Code.UNUSABLE)).values()
    asked = USABLE + where_to_look(app, by_updates=False)
    assert [(row[C.NAME.value], row[C.ASKED.value]) for row in rows] == [(app.name, asked)]
    assert "应用商店" in asked


async def test_one_import_sees_what_it_took_in_itself(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    path = tmp_path / "清单.xlsx"
    await sheet_of(inspection, path, Code.INTERACTION_POOR)
    one = fill(path, tmp_path / "一.xlsx", FOUND)
    copied = fill(path, tmp_path / "二.xlsx", {**FOUND, C.PERSON: "丙某"})

    async def plan(draft: Store, write: object) -> tuple[int, int, list[str]]:
        done = await import_files(
            draft,
            [one, one, copied],
            await judged_by(draft, inspection.sweep),
            now=NOW,
            keep_evidence=inspection.evidence.keep,
        )
        found = done.found
        return len(found.readings), found.repeated, [each.reason for each in found.problems]

    kept, repeated, reasons = await decide(store, plan)
    assert (kept, repeated) == (1, 1)
    assert reasons == [
        "该截图是乙某检查时所附：请附本人检查时的截图，截图应含时间等能与他人截图区别的内容"
    ]

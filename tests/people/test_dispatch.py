"""下发核实: suspects go down as xlsx files and come back as answers.

Nothing in them is a formula, and all contacts stay with their own unit.
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from typer.testing import CliRunner
from worklists import (
    AS_OF,
    GH,
    NOW,
    POLICY,
    STALE,
    Inspection,
    exported,
    filed,
    fill,
    judged_by,
    png,
)

import db
from mediawatch.app import App
from mediawatch.cli import app
from mediawatch.domain import (
    Account,
    Code,
    Contact,
    MatchedBy,
    Need,
    Post,
    RegistryChanges,
    ReviewAction,
    ReviewState,
    Sight,
    Source,
    UpdatedAccount,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import BEIJING
from mediawatch.ops.retention import verify_evidence
from mediawatch.ops.settings import Home
from mediawatch.people.dispatch import (
    DispatchColumn,
    DispatchFile,
    DispatchOrder,
    DispatchSplit,
    UnitAnswers,
    dispatch,
    import_answers,
    write_bad_rows,
)
from mediawatch.people.dispatch.export import key_of
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.links import open_links
from mediawatch.people.review import ReviewDecision
from mediawatch.people.suspects import suspects
from mediawatch.ports import Gate, Store, SurfaceFacts
from mediawatch.publish.reports import reviews
from mediawatch.rules.hearing import Hearing, HearingState
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.judging import rejudge
from tests.support.policies import own

T = TypeVar("T")
ONE, TWO = "示例市第1测试局", '=HYPERLINK("http://x")<script>alert(1)</script>'
LINK = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"


async def stale(store: Store, folder: Path) -> Inspection:
    """Two accounts of two prefectures that a person found stale, each with its own contact."""
    inspection, path = await exported(
        store,
        folder,
        [filed(1, filing_number="3025716006566021"), filed(2, name=TWO, prefecture="乙/示例")],
    )
    two = {**STALE, Column.SEEN_ID: "gh_0000000000a2"}
    done = await inspection.take(
        fill(path, folder / "答.xlsx", {ONE: STALE, TWO: two}, {ONE: png(1), TWO: png(2)})
    )
    assert len(done.readings) == 2
    changed = [
        UpdatedAccount(
            account_id=account.id,
            filed=account.filed,
            contact=Contact(person=f"联络员{account.id}", phone=f"1380000000{account.id}"),
        )
        for account in await store.accounts.all()
    ]
    await store.accounts.apply(
        RegistryChanges(
            source=Source(file="台账.xlsx", sha256="1" * 64, at=NOW), updated=tuple(changed)
        )
    )
    return inspection


async def sent(
    store: Store,
    inspection: Inspection,
    folder: Path,
    by: DispatchSplit = DispatchSplit.PREFECTURE,
    *,
    overwrite: bool = False,
) -> list[DispatchFile]:
    newest = max((event.id for event in await store.reviews.events(1)), default=0)
    found = await suspects(
        store, inspection.sweep, await store.sweeps.scope(inspection.sweep.id), []
    )
    order = DispatchOrder(
        by=by,
        person="丙某",
        at=NOW,
        after=newest,
        evidence=inspection.evidence,
    )
    target = FormTarget(path=folder, overwrite=overwrite)
    judged = await judged_by(store, inspection.sweep)
    return await dispatch(store, target, found, judged, order)


async def taken(store: Store, inspection: Inspection, *paths: Path) -> UnitAnswers:
    judged = await judged_by(store, inspection.sweep)
    return await import_answers(store, paths, judged, evidence=inspection.evidence, now=NOW)


def answer(
    source: Path, target: Path, answers: Mapping[DispatchColumn, object], row: int = 2
) -> Path:
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for column, value in answers.items():
        sheet.cell(row, places[column.value], value)
    book.save(target)
    return target


EXPLAINED = {
    DispatchColumn.EXPLANATION: "人员调整,已恢复更新",
    DispatchColumn.LINK: f"{LINK} https://weibo.com/1",
    DispatchColumn.PERSON: "丁某",
}


async def states(store: Store) -> list[ReviewState]:
    return [
        finding.review
        for entry in await store.sweeps.scope(1)
        if entry.judgement
        for finding in entry.judgement.findings
    ]


def people_in(path: Path) -> set[str]:
    """The contacts whose name or telephone stands anywhere in a workbook."""
    with zipfile.ZipFile(path) as book:
        everything = b"".join(book.read(name) for name in book.namelist()).decode(
            "utf-8", "replace"
        )
    return {
        one for one in ("1", "2") if {f"联络员{one}", f"1380000000{one}"} & set(_words(everything))
    }


def _words(text: str) -> list[str]:
    return re.findall(r"联络员\d|\d{11}", text)


@pytest.mark.parametrize("by", list(DispatchSplit))
async def test_only_a_units_own_file_holds_a_contact(
    store: Store, tmp_path: Path, by: DispatchSplit
) -> None:
    """Both accounts have a unit of the same name, in two prefectures."""
    inspection = await stale(store, tmp_path)
    files = await sent(store, inspection, tmp_path / "出", by)
    own = by is DispatchSplit.UNIT
    assert [people_in(each.path) for each in files] == (
        [{"1"}, {"2"}] if own else [set()] * len(files)
    )
    assert {stat.S_IMODE(each.path.stat().st_mode) & 0o077 == 0 for each in files} == {own}
    done = await taken(store, inspection, answer(files[0].path, tmp_path / "回.xlsx", EXPLAINED))
    assert (len(done.accounts), done.problems) == (1, [])


async def test_a_round_trip(store: Store, tmp_path: Path) -> None:
    inspection = await stale(store, tmp_path)
    one, two = await sent(store, inspection, tmp_path)
    assert (one.path.name, two.path.name, one.accounts, one.new) == (
        "核实-甲示例市.xlsx",
        "核实-乙_示例.xlsx",
        1,
        1,
    )
    assert await states(store) == [ReviewState.DISPATCHED] * 2
    (row,) = rows(one.path)
    assert (row[DispatchColumn.NUMBER], row[DispatchColumn.NAME]) == ("3025716006566021", ONE)
    assert "间隔59天" in row[DispatchColumn.SENTENCE]
    (shot,) = openpyxl.load_workbook(one.path).worksheets[0]._images
    assert shot._data() == png(1)
    assert not {"联系人", "联系电话"} & set(row)
    assert people_in(one.path) == people_in(two.path) == set(), "a prefecture forwards its file"

    done = await taken(
        store, inspection, answer(one.path, tmp_path / "回1.xlsx", EXPLAINED), two.path
    )
    assert (done.accounts, done.blank, done.problems, [link for _, link in done.others]) == (
        [1],
        1,
        [],
        ["https://weibo.com/1"],
    )
    assert [(link.url, link.account_id) for link in done.articles] == [(LINK, 1)]
    *_, event = await store.reviews.events(1)
    assert (event.action, event.by, event.source, event.account_id) == (
        ReviewAction.ANSWERED,
        "丁某",
        "回1.xlsx",
        1,
    )
    assert event.reason == f"人员调整,已恢复更新（最新链接：{LINK} https://weibo.com/1）"
    # An answer decides nothing.
    assert await states(store) == [ReviewState.DISPATCHED] * 2
    before = await store.reviews.events(1)
    again = await taken(store, inspection, tmp_path / "回1.xlsx")
    assert (again.repeated, again.events, await store.reviews.events(1)) == (1, [], before)
    assert [kind for _, kind in await store.accounts.sources()].count("dispatch") == 1


def rows(path: Path) -> list[dict[str, Any]]:
    found = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    return [dict(zip(map(str, found[0]), row, strict=True)) for row in found[1:]]


async def test_a_hostile_name_is_a_text(store: Store, tmp_path: Path) -> None:
    inspection = await stale(store, tmp_path)
    _, two = await sent(store, inspection, tmp_path)
    sheet = openpyxl.load_workbook(two.path).worksheets[0]
    cells = {
        cell.value: cell for line in sheet.iter_rows() for cell in line if cell.value is not None
    }
    assert cells[TWO].data_type == "s"
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells.values())
    done = await taken(
        store,
        inspection,
        answer(two.path, tmp_path / "回.xlsx", {**EXPLAINED, DispatchColumn.EXPLANATION: "=1+1"}),
    )
    # A formula that nobody computed has no value that anybody saw: the row goes back.
    assert [(each.place.row, each.column) for each in done.problems] == [(2, "情况说明")]
    assert done.accounts == []


async def test_sending_again_writes_the_same_and_notes_nothing(
    store: Store, tmp_path: Path
) -> None:
    inspection = await stale(store, tmp_path)
    first = await sent(store, inspection, tmp_path)
    bodies, events = [file.path.read_bytes() for file in first], await store.reviews.events(1)
    with pytest.raises(UserError, match="may hold answers"):
        await sent(store, inspection, tmp_path)
    again = await sent(store, inspection, tmp_path, overwrite=True)
    assert [file.new for file in again] == [0, 0]
    assert ([file.path.read_bytes() for file in again], await store.reviews.events(1)) == (
        bodies,
        events,
    )
    # What is decided does not go out again.
    found = await suspects(
        store, inspection.sweep, await store.sweeps.scope(inspection.sweep.id), []
    )
    decided = ReviewDecision(ReviewAction.DISMISSED, "丙某", "属实更新").of(found[0], NOW)
    await store.reviews.add(1, [decided], after=events[-1].id)
    (only,) = await sent(store, inspection, tmp_path / "上级", by=DispatchSplit.SUPERVISOR)
    assert (only.path.name, only.accounts) == ("核实-未填主管单位_乙_示例_示例市政府.xlsx", 1)


async def test_bad_cells_are_named_and_nothing_is_half_done(store: Store, tmp_path: Path) -> None:
    inspection = await stale(store, tmp_path)
    one, _ = await sent(store, inspection, tmp_path)
    before = await store.reviews.events(1)
    book = openpyxl.load_workbook(one.path)
    book.worksheets[0]["D2"] = "另一个名称"
    book.save(tmp_path / "改.xlsx")
    (tmp_path / "坏.xlsx").write_bytes(b"PK nothing")
    wrong = [
        answer(tmp_path / "改.xlsx", tmp_path / "改1.xlsx", EXPLAINED),
        answer(one.path, tmp_path / "无人.xlsx", {**EXPLAINED, DispatchColumn.PERSON: " "}),
        answer(
            one.path,
            tmp_path / "无链.xlsx",
            {**EXPLAINED, DispatchColumn.LINK: "javascript:alert(1)"},
        ),
        answer(one.path, tmp_path / "无键.xlsx", {**EXPLAINED, DispatchColumn.KEY: ""}),
        tmp_path / "坏.xlsx",
        tmp_path / "清单.xlsx",
    ]
    done = await taken(store, inspection, *wrong)
    assert (done.accounts, await store.reviews.events(1)) == ([], before)
    told = [problem.sentence for problem in done.problems]
    assert told[1] == "无人.xlsx 疑似问题核实 第2行「责任人」：请填写责任人姓名"
    assert (
        "无链.xlsx 疑似问题核实 第2行「最新链接」：请填写以 http:// 或 https:// 开头的网址"
        in told[2]
    )
    assert [
        "对不上" in told[0],
        "缺少行键" in told[3],
        "不是 xlsx" in told[4],
        "清单.xlsx" in told[5],
    ] == [True] * 4
    assert len(told) == 6
    # The refused rows go back with their reason; corrected, they are taken.
    assert write_bad_rows(tmp_path / "退.xlsx", done, sweep=inspection.sweep) == 4
    assert [row[DispatchColumn.ERROR] for row in rows(tmp_path / "退.xlsx")][
        1
    ] == "责任人：请填写责任人姓名"
    fixed = await taken(
        store,
        inspection,
        answer(tmp_path / "退.xlsx", tmp_path / "改2.xlsx", {DispatchColumn.PERSON: "丁某"}, row=3),
    )
    assert (fixed.accounts, len(fixed.problems)) == ([1], 3)


async def test_an_answer_may_come_after_the_decision_and_needs_a_dispatch(
    store: Store, tmp_path: Path
) -> None:
    inspection = await stale(store, tmp_path)
    one, _ = await sent(store, inspection, tmp_path)
    found = (
        await suspects(store, inspection.sweep, await store.sweeps.scope(inspection.sweep.id), [])
    )[0]
    confirmed = ReviewDecision(ReviewAction.CONFIRMED, "丙某", "紧急通报", without_hearing=True).of(
        found, NOW
    )
    assert confirmed.unheard
    await store.reviews.add(1, [confirmed], after=found.events[-1].id)
    await taken(store, inspection, answer(one.path, tmp_path / "回.xlsx", EXPLAINED))
    assert (await states(store))[0] is ReviewState.CONFIRMED
    assert (await store.reviews.events(1))[-1].action is ReviewAction.ANSWERED


async def test_the_term_is_printed_kept_and_not_begun_anew(store: Store, tmp_path: Path) -> None:
    inspection = await stale(store, tmp_path)
    one, _ = await sent(store, inspection, tmp_path)
    # 2032-01-06 is a Tuesday; the calendar of 2032 is not known.
    assert (one.term, one.years_by_weekdays) == (date(2032, 1, 8), (2032,))
    assert rows(one.path)[0][DispatchColumn.TERM] == "2032-01-08"
    assert [event.term for event in await store.reviews.events(1)] == [one.term] * 2
    order = DispatchOrder(
        by=DispatchSplit.PREFECTURE,
        person="丙某",
        at=NOW + timedelta(days=30),
        after=99,
        evidence=inspection.evidence,
    )
    again = await dispatch(
        store,
        FormTarget(path=tmp_path / "再"),
        await suspects(store, inspection.sweep, await store.sweeps.scope(1), []),
        await judged_by(store, inspection.sweep),
        order,
    )
    assert [(file.new, file.term, file.years_by_weekdays) for file in again] == [
        (0, one.term, ())
    ] * 2


async def hearing(store: Store, inspection: Inspection, number: int = 0) -> Hearing:
    return (await suspects(store, inspection.sweep, await store.sweeps.scope(1), []))[
        number
    ].hearing


async def test_an_answer_that_does_not_agree_disputes(store: Store, tmp_path: Path) -> None:
    inspection = await stale(store, tmp_path)
    one, _ = await sent(store, inspection, tmp_path)
    assert (await hearing(store, inspection)).state is HearingState.RUNNING
    silent = {DispatchColumn.EXPLANATION: "属实", DispatchColumn.PERSON: "丁某"}
    for number, (stance, state) in enumerate(
        [
            ("", HearingState.DISPUTED),
            ("无异议", HearingState.AGREED),
            ("有异议", HearingState.DISPUTED),
        ]
    ):
        done = await taken(
            store,
            inspection,
            answer(
                one.path, tmp_path / f"回{number}.xlsx", {**silent, DispatchColumn.STANCE: stance}
            ),
        )
        assert (len(done.events), done.problems, (await hearing(store, inspection)).state) == (
            1,
            [],
            state,
        )
    # Another person's 无异议 does not outvote the person who disputes; a word without a choice counts
    # as an answer, any other word does not.
    only = {DispatchColumn.STANCE: "无异议", DispatchColumn.PERSON: "戊某"}
    assert (
        len((await taken(store, inspection, answer(one.path, tmp_path / "戊.xlsx", only))).events)
        == 1
    )
    assert (await hearing(store, inspection)).state is HearingState.DISPUTED
    (wrong,) = (
        await taken(
            store,
            inspection,
            answer(one.path, tmp_path / "错.xlsx", {**only, DispatchColumn.STANCE: "同意"}),
        )
    ).problems
    assert "请从下拉列表选择“无异议”或“有异议”" in str(wrong)
    sheet = openpyxl.load_workbook(one.path).worksheets[0]
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"无异议,有异议"'


async def test_a_sheet_of_before_the_column_disputes(store: Store, tmp_path: Path) -> None:
    inspection = await stale(store, tmp_path)
    one, _ = await sent(store, inspection, tmp_path)
    book = openpyxl.load_workbook(answer(one.path, tmp_path / "回.xlsx", EXPLAINED))
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    window = Window.of(inspection.sweep, own(POLICY))
    texts = {
        field: str(sheet.cell(2, places[field.value]).value or "")
        for field in DispatchColumn
        if field.value in places
    }
    texts[DispatchColumn.VERSION] = ""
    sheet.cell(
        2,
        places[DispatchColumn.KEY.value],
        str(
            key_of(
                await store.operator.home_id(), 1, (await store.accounts.all())[0], window, texts
            )
        ),
    )
    for field in (
        DispatchColumn.RECORD,
        DispatchColumn.STANCE,
        DispatchColumn.TERM,
        DispatchColumn.VERSION,
    ):
        sheet.delete_cols(places[field.value])
        places = {cell.value: cell.column for cell in sheet[1]}
    # Its ground had another heading then.
    sheet.cell(1, places["疑似依据"], "认定依据")
    book.save(tmp_path / "旧.xlsx")
    done = await taken(store, inspection, tmp_path / "旧.xlsx")
    assert (done.accounts, done.problems, (await hearing(store, inspection)).state) == (
        [1],
        [],
        HearingState.DISPUTED,
    )


async def test_a_picture_of_the_unit_is_kept_for_the_reviewer_and_judges_nothing(
    store: Store, tmp_path: Path
) -> None:
    inspection = await stale(store, tmp_path)
    one, _ = await sent(store, inspection, tmp_path)
    before = await store.sweeps.scope(1)
    returned = answer(
        one.path,
        tmp_path / "回.xlsx",
        {
            DispatchColumn.STANCE: "有异议",
            DispatchColumn.EXPLANATION: "已发布后撤稿",
            DispatchColumn.PERSON: "丁某",
        },
    )
    book = openpyxl.load_workbook(returned)
    sheet = book.worksheets[0]
    (place,) = [
        cell.column_letter for cell in sheet[1] if cell.value == DispatchColumn.RECORD.value
    ]
    sheet.add_image(Image(io.BytesIO(png(77))), f"{place}2")
    # An office suite compresses what was sent anew: it has another hash then.
    (sent_in,) = [
        cell.column_letter for cell in sheet[1] if cell.value == DispatchColumn.PICTURE.value
    ]
    sheet.add_image(Image(io.BytesIO(png(78))), f"{sent_in}2")
    book.save(returned)
    done = await taken(store, inspection, returned)
    (shot,) = done.events[0].pictures
    # The screenshot that was sent down with the row is no picture of the unit.
    assert (done.pictures, inspection.evidence.read(shot)) == (1, png(77))
    found = (await suspects(store, inspection.sweep, await store.sweeps.scope(1), []))[0]
    told = reviews.in_full(found, {})
    assert f"单位所附截图 evidence/{shot.path}  SHA-256 {shot.sha256}" in told
    assert [
        entry.judgement.verdict for entry in before if entry.judgement
    ] == await inspection.verdicts()
    assert len(await store.readings.by_account([1])) == 1
    # It is evidence: checked, and never an orphan.
    check = await verify_evidence(store, inspection.evidence)
    assert (check.orphans, check.wrong) == ([], [])
    assert (await taken(store, inspection, returned)).repeated == 1


async def test_what_has_changed_since_is_sent_down_again(store: Store, tmp_path: Path) -> None:
    inspection = await stale(store, tmp_path)
    one, _ = await sent(store, inspection, tmp_path)
    entry = (await store.sweeps.scope(1))[0]
    assert entry.judgement is not None
    (said,) = entry.judgement.findings
    changed = replace(said, latest_on=date(2031, 11, 9), gap_days=52, sentence="另一句。")
    await store.sweeps.keep_judgements(
        1, {entry.account.id: replace(entry.judgement, findings=(changed,))}
    )
    agreed = {DispatchColumn.STANCE: "无异议", DispatchColumn.PERSON: "丁某"}
    await taken(store, inspection, answer(one.path, tmp_path / "旧.xlsx", agreed))
    assert (await hearing(store, inspection)).state is HearingState.NOT_SENT
    found = (await suspects(store, inspection.sweep, await store.sweeps.scope(1), []))[0]
    assert "未下发核实" in ReviewDecision(ReviewAction.CONFIRMED, "丙某").refusal(found)
    again, _ = await sent(store, inspection, tmp_path / "再")
    assert again.new == 1
    await taken(
        store,
        inspection,
        answer(one.path, tmp_path / "旧又.xlsx", {**agreed, DispatchColumn.PERSON: "戊某"}),
    )
    assert (await hearing(store, inspection)).state is HearingState.RUNNING
    await taken(store, inspection, answer(again.path, tmp_path / "新.xlsx", agreed))
    assert (await hearing(store, inspection)).state is HearingState.AGREED


async def test_not_found_ends_when_the_unit_s_own_link_opens(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    gone = {
        Column.STATE: "搜索不到",
        Column.SEEN_ID: GH,
        Column.PERSON: "甲某",
        Column.TIME: STALE[Column.TIME],
    }
    await inspection.take(fill(path, tmp_path / "答.xlsx", {ONE: gone}, {ONE: png()}))
    (one,) = await sent(store, inspection, tmp_path)
    said = {
        DispatchColumn.STANCE: "有异议",
        DispatchColumn.LINK: LINK,
        DispatchColumn.PERSON: "丁某",
    }
    done = await taken(store, inspection, answer(one.path, tmp_path / "回.xlsx", said))
    assert [
        finding.code
        for entry in await store.sweeps.scope(1)
        if entry.judgement
        for finding in entry.judgement.findings
    ] == [Code.NOT_FOUND]
    # An old article: it proves no update, but that the account is there.
    old = Posting(date(2031, 3, 1))
    await open_links(done.articles, store=store, looker=old, gate=Pacing(scale=0), now=lambda: NOW)
    await rejudge(store, lambda platform: True, 1)
    assert [
        finding.code
        for entry in await store.sweeps.scope(1)
        if entry.judgement
        for finding in entry.judgement.findings
    ] == []
    assert await inspection.verdicts() == [Verdict.UNPROVEN]


def test_a_term_that_is_over_is_noted_and_not_before(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(moment: datetime) -> None:
        monkeypatch.setattr("mediawatch.app.root.host_clock", lambda: moment)

    at(NOW)
    assert (
        "nothing waits for an answer" in command(home, "findings", "overdue", "--by", "丙某").stderr
    )
    sent = command(home, "findings", "dispatch", str(tmp_path / "下发"), "--person", "丙某")
    assert "to be answered by 2032-01-08" in sent.stdout
    assert "calendar of 2032 is not known" in sent.stderr
    back = answer(
        tmp_path / "下发" / "核实-甲示例市.xlsx",
        tmp_path / "回.xlsx",
        {DispatchColumn.STANCE: "无异议", DispatchColumn.PERSON: "丁某"},
    )
    assert command(home, "findings", "import", str(back)).exit_code == 0
    at(datetime(2032, 1, 8, 23, 59, tzinfo=BEIJING))
    early = command(home, "findings", "overdue", "--by", "丙某")
    assert (
        early.exit_code,
        "no term is over: the first one ends with 2032-01-08" in early.stderr,
    ) == (2, True)
    at(datetime(2032, 1, 9, 0, 1, tzinfo=BEIJING))
    done = command(home, "findings", "overdue", "--by", "丙某")
    assert (done.exit_code, "1 finding noted as 逾期未反馈: 2/stale_2w" in done.stdout) == (
        0,
        True,
    )
    listed = command(home, "review", "list").stdout
    assert "逾期未反馈" in listed
    assert "无异议" in listed
    # By filter only the one that was answered with 无异议; the other by its own key.
    some = command(home, "review", "confirm", "--code", "stale_2w", "--by", "丙某", "--yes")
    assert (some.exit_code, "须写明编号逐个认定" in some.stderr) == (2, True)
    assert [event.account_id for event in within(home, lambda store: store.reviews.events(1))][
        -1
    ] == 1
    one_by_one = command(home, "review", "confirm", versioned(home, 2), "--by", "丙某")
    assert (one_by_one.exit_code, one_by_one.stderr.count("须")) == (0, 0)
    assert not any(event.unheard for event in within(home, lambda store: store.reviews.events(1)))


def versioned(home: Home, number: int) -> str:
    return next(
        word
        for word in command(home, "review", "list").stdout.split()
        if word.startswith(f"{number}/stale_2w@")
    )


def soffice() -> str:
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


@pytest.mark.soak
@pytest.mark.skipif(not soffice(), reason="no LibreOffice")
async def test_a_file_saved_by_libreoffice_is_taken(store: Store, tmp_path: Path) -> None:
    inspection = await stale(store, tmp_path)
    for number, file in enumerate(await sent(store, inspection, tmp_path), 1):
        filled = answer(file.path, tmp_path / f"回{number}.xlsx", EXPLAINED)
        saved = tmp_path / f"存{number}"
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [
            soffice(),
            profile,
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(saved),
            str(filled),
        ]
        await asyncio.to_thread(
            subprocess.run, command, check=True, capture_output=True, timeout=180
        )
        (row,) = rows(saved / filled.name)
        assert row[DispatchColumn.NAME] in (ONE, TWO)
        assert row[DispatchColumn.NUMBER] in ("3025716006566021", "900002")
        done = await taken(store, inspection, saved / filled.name)
        assert (done.accounts, done.problems) == ([number], [])


class Posting:
    """A looker to whom every account shows one post, on its page and behind its link.

    The post is of the window's last day.
    """

    def __init__(self, on: date = date(2031, 12, 31)) -> None:
        self.on = on

    def supports(self, platform: str) -> bool:
        return True

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        return ()

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        return (self._sight(account.filed.original_id, account.filed.name),)

    async def open_link(self, url: str, gate: Gate) -> tuple[Sight, ...]:
        return (self._sight("gh_0000000000a1"),)

    async def ready(self) -> None:
        return None

    async def rest(self, platform: str) -> None:
        return None

    async def close(self) -> None:
        return None

    def _sight(self, original_id: str, name: str = ONE) -> Sight:
        posts = (Post(on=self.on),)
        return Sight(
            surface="s",
            read_at=NOW,
            original_id=original_id,
            matched_by=MatchedBy.ID,
            posts=posts,
            name=name,
        )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").create()

    async def prepare(store: Store) -> None:
        await stale(store, home.root)

    within(home, prepare)
    return home


def within(home: Home, work: Callable[[Store], Awaitable[T]]) -> T:
    async def opened() -> T:
        store = await db.open_store(f"sqlite:///{home.database}", clock=lambda: NOW)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(opened())


def command(home: Home, *words: str) -> Any:
    return CliRunner().invoke(app, ["--home", str(home.root), *words], catch_exceptions=False)


def test_the_commands(home: Home, tmp_path: Path) -> None:
    """Out and in again as a shell does it."""
    assert (
        command(home, "findings", "dispatch", str(tmp_path / "无"), "--person", " ").exit_code == 2
    )
    assert not (tmp_path / "无").exists()
    done = command(home, "findings", "dispatch", str(tmp_path / "下发"), "--person", "丙某")
    assert (
        done.exit_code,
        done.stdout.count("1 account, 1 finding sent for the first time"),
    ) == (0, 2)
    one, two = (tmp_path / "下发" / f"核实-{part}.xlsx" for part in ("甲示例市", "乙_示例"))
    assert rows(one)[0][DispatchColumn.SOURCE] == "人工核查"
    back = answer(
        one,
        tmp_path / "回.xlsx",
        {DispatchColumn.EXPLANATION: "属实", DispatchColumn.PERSON: "丁某"},
    )
    bad = answer(two, tmp_path / "错.xlsx", {DispatchColumn.EXPLANATION: "属实"})
    done = command(
        home, "findings", "import", str(back), str(bad), "--errors", str(tmp_path / "退.xlsx")
    )
    assert (
        done.exit_code,
        "1 account answered, 0 known already, 0 rows not answered, 1 row refused" in done.stdout,
    ) == (2, True)
    assert "「责任人」：请填写责任人姓名" in done.stderr
    assert (tmp_path / "退.xlsx").is_file()
    assert (
        "单位反馈 丁某（回.xlsx）；未答是否有异议（按有异议处理）；属实"
        in command(home, "review", "show", "1/stale_2w").stdout
    )


def test_links_are_opened_and_accounts_looked_at_again(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(App, "looker", lambda self: Posting())
    command(home, "findings", "dispatch", str(tmp_path / "下发"), "--person", "丙某")
    one, two = (tmp_path / "下发" / f"核实-{part}.xlsx" for part in ("甲示例市", "乙_示例"))

    def verdicts() -> list[Verdict]:
        scope = within(home, lambda store: store.sweeps.scope(1))
        return [entry.judgement.verdict for entry in scope if entry.judgement]

    assert verdicts() == [Verdict.FAILED] * 2
    done = command(home, "findings", "import", str(answer(one, tmp_path / "回1.xlsx", EXPLAINED)))
    assert (done.exit_code, verdicts()) == (0, [Verdict.FRESH, Verdict.FAILED])
    said = {DispatchColumn.EXPLANATION: "已恢复更新", DispatchColumn.PERSON: "丁某"}
    done = command(
        home, "findings", "import", str(answer(two, tmp_path / "回2.xlsx", said)), "--look-again"
    )
    assert (done.exit_code, verdicts()) == (0, [Verdict.FRESH] * 2)
    # The looks are another sweep's, of the same moment; what was decided and answered stays on
    # record.
    sweeps = within(home, lambda store: store.sweeps.all())
    assert [(sweep.scope, sweep.as_of) for sweep in sweeps] == [
        ("all", AS_OF),
        ("account=2", AS_OF),
    ]
    assert len(within(home, lambda store: store.reviews.events(1))) == 4

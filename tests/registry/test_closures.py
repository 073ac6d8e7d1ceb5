"""关停台账: steps noted by people, filled in by the registry and by looks, and held against them."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from evidence_files import all_evidence
from offices import Office, filed, reading
from openpyxl import load_workbook
from samples import enter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import migration_engine, normal_url
from mediawatch.domain import (
    Account,
    AccountChange,
    ClosureNote,
    ClosureStep,
    Evidence,
    EvidenceKind,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
)
from mediawatch.domain.clock import day_start
from mediawatch.ports import Store
from mediawatch.registry.closures import ClosureEntry, ClosureFacts, ledger
from mediawatch.rules.policy import load

TODAY = date(2023, 6, 1)
SURFACES = {"weibo.desktop": "微博网页版"}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def closing(status: FiledStatus = FiledStatus.CLOSED, **more: object) -> Filing:
    return filed(1, status=status, **more)


def noted(step: ClosureStep, on: date | None, **more: object) -> ClosureNote:
    values = {"account_id": 1, "step": step, "on": on, "by": "甲某", "at": day_start(TODAY)}
    return ClosureNote(**values | more)  # type: ignore[arg-type]


def look(on: date, outcome: Outcome = Outcome.OK, **more: object) -> Reading:
    at = day_start(on) + timedelta(hours=9)
    posts = (Post(id="1", at=at, on=on),) if outcome is Outcome.OK else ()
    found = reading(1, at, None, *posts, outcome=outcome, evidence=(), **more)
    return replace(found, filed_as=closing().identity)


def entry(
    filing: Filing, *notes: ClosureNote, looks: tuple[Reading, ...] = (), **more: object
) -> ClosureEntry:
    facts = ClosureFacts(
        account=Account(id=1, filed=filing), notes=notes, readings=looks, **more  # type: ignore[arg-type]
    )  # fmt: skip
    (one,) = ledger([facts], load("national"), SURFACES, TODAY)
    return one


ALL = {
    ClosureStep.APPROVAL: date(2023, 2, 1),
    ClosureStep.ANNOUNCEMENT: date(2023, 2, 3),
    ClosureStep.DEREGISTRATION: date(2023, 2, 20),
    ClosureStep.SYSTEM: date(2023, 2, 24),
}


def test_what_is_missing_says_so_in_words() -> None:
    assert entry(closing(FiledStatus.CLOSING, closing_requested_on=date(2023, 5, 25))).lacks == (
        "未登记批准", "未见停更公告", "未见平台注销证明", "未在系统关停",
    )  # fmt: skip
    full = entry(
        closing(),
        *(noted(step, on) for step, on in ALL.items()),
        looks=(look(date(2023, 2, 21), Outcome.CANCELLED, name=""),),
    )
    assert (full.lacks, full.doubts) == ((), ())


def test_registry_and_looks_fill_in_steps_with_their_source() -> None:
    filing = closing(closing_notice_url="https://example.invalid/notice")
    changes = [
        AccountChange(1, "status", "running", "closing", day_start(date(2023, 2, 1)), "台账1.xlsx"),
        AccountChange(1, "status", "closing", "closed", day_start(date(2023, 3, 1)), "台账2.xlsx"),
        AccountChange(1, "status", "closed", "deregistered", day_start(date(2023, 4, 1)), "台账3.xlsx"),
    ]  # fmt: skip
    looks = (
        look(date(2023, 1, 5)),
        look(date(2023, 2, 20), Outcome.CANCELLED, name=""),
        look(date(2023, 3, 20), Outcome.CANCELLED, name=""),
    )
    found = entry(replace(filing, status=FiledStatus.DEREGISTERED), changes=changes, looks=looks)
    words = {step: each.words for step, each in found.steps.items()}
    assert words == {
        ClosureStep.ANNOUNCEMENT: "台账填写：https://example.invalid/notice",
        ClosureStep.DEREGISTRATION: "不晚于2023-02-20（微博网页版：平台显示已注销）",
        ClosureStep.SYSTEM: "不晚于2023-03-01（台账运行状态为“已注销”）",
    }
    assert found.doubts == ()
    person = (replace(looks[1], look=LookKind.PERSON, by="甲某"),)
    (by_person,) = (entry(filing, looks=person).steps[ClosureStep.DEREGISTRATION],)
    assert "经人工核查" in by_person.words


@pytest.mark.parametrize(
    ("filing", "notes", "looks", "since", "doubt"),
    [
        # 湖北: closed in the system before the platform account was deregistered.
        (closing(), ALL | {ClosureStep.SYSTEM: date(2023, 2, 10)}, (), None,
         "系统关停（2023-02-10）早于平台注销（2023-02-20），应先在平台注销"),
        (closing(), {ClosureStep.SYSTEM: date(2023, 2, 10)}, (look(date(2023, 3, 1)),), None,
         "系统关停（2023-02-10）后，2023-03-01平台账号仍可见，应先在平台注销"),
        (closing(), {}, (look(date(2023, 3, 1)),), date(2023, 2, 15),
         "系统关停（不晚于2023-02-15）后，2023-03-01平台账号仍可见，应先在平台注销"),
        (closing(), {ClosureStep.DEREGISTRATION: date(2023, 2, 20)}, (look(date(2023, 3, 1)),), None,
         "登记2023-02-20平台注销，2023-03-01平台账号仍可见"),
        (closing(), ALL | {ClosureStep.APPROVAL: date(2023, 2, 5)}, (), None,
         "停更公告（2023-02-03）早于批准（2023-02-05）"),
        (closing(FiledStatus.CLOSING, closing_requested_on=date(2023, 2, 1)), ALL, (), None,
         "已登记系统关停，台账运行状态仍为“申请关停”，须导入新台账核对"),
        (closing(FiledStatus.CLOSING, closing_requested_on=date(2023, 2, 1)), {}, (), None,
         "申请关停已超过15个工作日，尚未关停"),
        (closing(FiledStatus.CLOSING), {}, (), None, "台账未填写申请关停日期，检查时按正常运行判定"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_told(
    filing: Filing,
    notes: dict[ClosureStep, date],
    looks: tuple[Reading, ...],
    since: date | None,
    doubt: str,
) -> None:
    given = [noted(step, on) for step, on in notes.items()]
    assert entry(filing, *given, looks=looks, filed_since=since).doubts == (doubt,)


def test_an_upper_bound_or_a_namesake_proves_no_contradiction() -> None:
    # Filed as closed by the 1st of March, deregistered on the 20th of February: either may be first.
    assert entry(
        closing(), noted(ClosureStep.DEREGISTRATION, ALL[ClosureStep.DEREGISTRATION]),
        filed_since=date(2023, 3, 1),
    ).doubts == ()  # fmt: skip
    namesake = look(date(2023, 3, 20), matched_by=MatchedBy.NAME, platform_id="")
    assert entry(closing(), looks=(namesake,), filed_since=date(2023, 3, 1)).doubts == ()


def test_a_note_that_was_taken_back_stands_no_more() -> None:
    step = ClosureStep.APPROVAL
    back = noted(step, None, reason="批准的是另一账号")
    assert "未登记批准" in entry(closing(), noted(step, ALL[step]), back).lacks


async def test_both_databases_keep_notes_and_proofs(any_store: Store) -> None:
    (account,) = await enter(any_store, closing())
    proof = Evidence(
        kind=EvidenceKind.PICTURE, media_type="application/pdf", path="2023-02-20/ab/x.pdf",
        sha256="ab", size=3, taken_at=day_start(TODAY),
    )  # fmt: skip
    notes = [
        noted(ClosureStep.DEREGISTRATION, date(2023, 2, 20), account_id=account.id, proof=proof),
        noted(ClosureStep.APPROVAL, None, account_id=account.id, reason="误登"),
    ]
    await any_store.accounts.add_closures(notes)
    kept = await any_store.accounts.closures()
    assert [replace(each, id=0) for each in kept] == notes
    (item,) = await all_evidence(any_store)
    assert (item.evidence, item.account_id, item.proves) == (proof, account.id, True)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.of(tmp_path, closing(FiledStatus.CLOSING), filed(2))


def test_steps_are_noted_listed_and_never_changed(office: Office, tmp_path: Path) -> None:
    proof = tmp_path / "注销.pdf"
    proof.write_bytes(PDF)
    note = ("registry", "closing", "note", "示例1", "--by", "甲某")
    gone = (*note, "--step", "deregistration", "--on", "2023-02-20")
    office.run(*note, "--step", "approval", "--on", "2023-02-01", "--approver", "市政府办")
    told = office.run(*gone, "--file", proof).stdout
    kept = told.split(", ")[-1].strip()
    assert (office.home.evidence / kept).read_bytes() == PDF
    assert "noted already" in office.run(*gone).stdout
    later = (*note, "--step", "deregistration", "--on", "2023-02-21")
    assert "--reason says why that changes" in office.refused(*later)
    office.run(*later, "--reason", "平台回执为次日", "--file", proof)
    out, book = tmp_path / "台账.csv", tmp_path / "台账.xlsx"
    office.run("registry", "closing", "list", "--csv", out)
    (row,) = csv.DictReader(out.read_text("utf-8-sig").splitlines())
    assert row["批准"] == "2023-02-01，市政府办批准，甲某登记"
    assert row["平台注销证明"] == "2023-02-21，有证明材料，甲某登记"
    assert row["证明材料（佐证目录内）"] == kept
    assert row["尚缺"] == "未见停更公告；未在系统关停"
    assert row["须核对"] == "台账未填写申请关停日期，检查时按正常运行判定"
    office.run("registry", "closing", "list", "--out", book)
    (sheet,) = load_workbook(book).worksheets
    assert sheet["B3"].value == "示例1"
    # The proof is evidence: it is verified, and never pruned as an orphan.
    assert (
        "2 ok, 0 missing, 0 altered, 0 pruned, 0 belong to nothing"
        in office.run("evidence", "verify").stdout
    )
    engine = migration_engine(normal_url(f"sqlite:///{office.home.database}"))
    with pytest.raises(DBAPIError, match="never updated"), engine.begin() as connection:
        connection.execute(text('UPDATE closure_note SET "on" = NULL'))
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--step", "approval", "--on", "2023-02-01"), "an approval needs --approver"),
        (("--step", "system", "--on", "2090-02-01"), "is still to come"),
        (("--step", "system"), "a step needs its day"),
        (("--step", "system", "--withdraw", "--reason", "x"), "there is nothing to take back"),
        (("--step", "system", "--on", "2023-02-01", "--link", "https://a.cn"), "--link belongs to"),
        (("--step", "system", "--on", "2023-02-01", "--file", "office.toml"), "is no whole PDF"),
        (("--step", "system", "--on", "2023-02-01", "--file", "没有.pdf"), "does not exist"),
    ],
)  # fmt: skip
def test_what_no_note_may_say(office: Office, words: tuple[str, ...], why: str) -> None:
    given = [
        str(office.home.root / word) if "." in word and "/" not in word else word for word in words
    ]
    assert why in office.refused("registry", "closing", "note", "示例1", "--by", "甲某", *given)

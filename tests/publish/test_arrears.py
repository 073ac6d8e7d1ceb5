"""未按期反馈, 未按期整改: on the list only by what is known today, and off it by whatever speaks against."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from offices import Office, filed, held
from openpyxl import load_workbook

from mediawatch.domain import (
    Code,
    Contact,
    FiledStatus,
    IssuedFinding,
    LookKind,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Reading,
    Rectification,
    RegistryChanges,
    Source,
    UpdatedAccount,
)
from mediawatch.domain.clock import day_start
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.publish.notices.arrears import ItemFacts, OverdueItem, RecheckProof, overdue_items
from mediawatch.rules.problem_proofs import ProblemProof, ProblemState

ISSUED, RECTIFY, REPORT = date(2023, 2, 28), date(2023, 3, 6), date(2023, 3, 8)
RECHECKED = date(2023, 3, 25)
AT = datetime(2023, 3, 26, tzinfo=UTC)
STALE = held(1, Code.STALE_2W, RECHECKED)
ITEM = NoticeItem(
    number=1, filed=filed(1), problem="超2周未更新", fails=True, account_id=1,
    findings=(IssuedFinding(STALE),),
)  # fmt: skip
NOTICE = Notice(
    number="文1", title="通报", issued_on=ISSUED, rectify_by=RECTIFY, report_by=REPORT, by="丙某",
    kept_at=AT, items=(ITEM,), id=1, sweep_id=1,
)  # fmt: skip
PROOF = RecheckProof(as_of=RECHECKED, filed=filed(1), confirmed=(STALE,))


def event(action: NoticeAction, **more: Any) -> NoticeEvent:
    values = {"notice_id": 1, "item": 1, "action": action, "at": AT, "by": "某", "reason": "r"}
    return NoticeEvent(**values | more)


def rechecked(result: Rectification, sweep: int = 2) -> NoticeEvent:
    return event(
        NoticeAction.RECHECKED, result=result, codes=(Code.STALE_2W,), sweep_id=sweep,
        reason="2023-03-25复查：超2周未更新。",
    )  # fmt: skip


def overdue(
    *events: NoticeEvent,
    today: date = date(2023, 4, 1),
    notice: Notice = NOTICE,
    **facts: Any,
) -> list[OverdueItem]:
    known = ItemFacts(**{"filed": filed(1), "proofs": {2: PROOF}} | facts)
    return overdue_items(notice, events, {1: known}, today)


NOT_DONE = rechecked(Rectification.NOT_DONE)
REPORTED = event(NoticeAction.REPORTED)


def test_nothing_is_overdue_on_the_last_day() -> None:
    assert overdue(today=RECTIFY) == []
    (rectification,) = overdue(today=REPORT)
    assert (rectification.unreported, rectification.awaits) == (False, True)
    (both,) = overdue(today=date(2023, 3, 9))
    assert (both.unreported, both.unrectified, both.ground) == (True, "", "整改期限已过，尚未复查")


def test_a_report_takes_an_item_off_the_list_of_silence() -> None:
    (one,) = overdue(REPORTED)
    assert (one.unreported, one.awaits) == (False, True)


def test_a_confirmed_recheck_after_the_deadline_proves_it() -> None:
    (one,) = overdue(REPORTED, NOT_DONE)
    assert (one.unreported, one.unrectified, one.awaits) == (False, "超2周未更新", False)
    assert one.ground == "2023-03-25复查：超2周未更新。"
    (silent,) = overdue(NOT_DONE)
    assert silent.unreported


@pytest.mark.parametrize(
    "events",
    [
        (rechecked(Rectification.DONE),),
        (NOT_DONE, rechecked(Rectification.DONE, 3)),
        (rechecked(Rectification.DEREGISTERED),),
        (NOT_DONE, event(NoticeAction.CORRECTED)),
    ],
    ids=["done", "done later", "deregistered", "withdrawn"],
)
def test_what_is_settled_is_on_no_list(events: tuple[NoticeEvent, ...]) -> None:
    assert overdue(*events) == []


POSTED = replace(STALE, latest_on=date(2023, 3, 2))


@pytest.mark.parametrize(
    ("events", "facts", "why"),
    [
        ((rechecked(Rectification.UNVERIFIED),), {}, "未能核实：2023-03-25复查"),
        ((NOT_DONE,), {"proofs": {2: replace(PROOF, as_of=RECTIFY)}}, "其时整改期限未过"),
        ((NOT_DONE,), {"proofs": {2: replace(PROOF, confirmed=())}}, "复查后结论有变"),
        ((NOT_DONE,), {"proofs": {}}, "复查结果未对应到具体问题"),
        ((NOT_DONE, REPORTED), {}, "复查后单位已于2023-03-26反馈"),
        ((NOT_DONE,), {"latest_on": date(2023, 3, 30)}, "复查后见有2023-03-30发布的内容"),
        # It posted between notice and deadline, and fell silent again.
        ((NOT_DONE,), {"proofs": {2: replace(PROOF, confirmed=(POSTED,))}}, "通报后曾于2023-03-02发布内容"),
        ((NOT_DONE,), {"filed": filed(1, status=FiledStatus.CLOSED)}, "运行状态已变更为“已关停”"),
        ((NOT_DONE,), {"correction": "平台读到内容"}, "应先更正：平台读到内容"),
        ((NOT_DONE, event(NoticeAction.APPEALED)), {}, "复核办理中"),
        ((NOT_DONE,), {"retired_on": date(2023, 3, 20)}, "已不在报送系统台账内"),
        ((NOT_DONE,), {"filed": filed(1, organiser="新局")}, "主办单位已变更（通报时为“示例1局”）"),
        ((), {"filed": filed(1, organiser="")}, "主办单位已变更"),
    ],
)  # fmt: skip
def test_what_is_not_proved_awaits_a_recheck(
    events: tuple[NoticeEvent, ...], facts: dict[str, Any], why: str
) -> None:
    (one,) = overdue(*events, **facts)
    assert (one.unrectified, one.awaits) == ("", True)
    assert why in one.ground
    if "filed" in facts and facts["filed"].organiser != ITEM.filed.organiser:
        assert not one.unreported, "no letter accuses a unit of another one's deadline"


@pytest.mark.parametrize(
    ("told", "then", "why"),
    [
        ("", "示例1局", ""),
        ("甲市示例1局", "示例1局", ""),
        ("", "旧局", "主办单位已变更（通报时为“旧局”）"),
        ("别局", "示例1局", "通报所载主办单位“别局”与台账不同"),
    ],
)
def test_another_systems_notice_names_units_in_its_own_way(told: str, then: str, why: str) -> None:
    item = replace(ITEM, filed=filed(1, organiser=told), findings=())
    notice = replace(NOTICE, sweep_id=None, items=(item,))
    (one,) = overdue(notice=notice, organiser_then=then)
    assert (one.unreported, why in one.ground) == (not why, True)


def test_a_unit_that_took_an_account_over_is_not_urged(unfiled: Office, tmp_path: Path) -> None:
    """Also in another system's notice, whose annex is not the registry."""
    shutil.copytree(unfiled.home.root, tmp_path / "home")
    made = Office(Home(tmp_path / "home"))
    annex = made.home.root / "附件.csv"
    head = "备案单号,政务新媒体名称,类型,存在的突出问题"
    annex.write_text(f"{head}\nB001,示例1,新浪微博,超2周未更新\n", "utf-8")
    named = ("--number", "省1", "--title", "省", "--date", str(ISSUED), "--by", "丙某")
    made.run("notice", "import", annex, *named, "--report-by", str(REPORT))
    assert "未按期反馈 1; 1 unit to urge" in made.run("notice", "overdue", "省1").stderr

    async def move(store: Store) -> None:
        source = Source(file="台账3.csv", sha256="2" * 64, at=day_start(date(2023, 3, 10)))
        (one,) = [each for each in await store.accounts.all() if each.filed.name == "示例1"]
        moved = UpdatedAccount(account_id=one.id, filed=replace(one.filed, organiser="新局"))
        await store.accounts.apply(RegistryChanges(source=source, updated=(moved,)))

    made.within(move)
    for number in ("文1", "省1"):
        told = made.run("notice", "overdue", number, "--letters", tmp_path / number)
        assert "整改情况待复查 1" in told.stderr
        assert not any("新局" in path.name for path in tmp_path.joinpath(number).rglob("*"))


def test_a_name_that_the_registry_took_over_awaits_a_recheck() -> None:
    name = held(1, Code.NAME_MISMATCH, RECHECKED)
    item = replace(ITEM, problem="名称不一致", findings=(IssuedFinding(name),))
    said = replace(NOT_DONE, codes=(Code.NAME_MISMATCH,))
    proofs = {2: replace(PROOF, confirmed=(name,))}
    notice = replace(NOTICE, items=(item,))
    (one,) = overdue(said, notice=notice, proofs=proofs)
    assert one.unrectified == "名称不一致"
    (now,) = overdue(said, notice=notice, proofs=proofs, filed=filed(1, name="别名"))
    assert "备案名称已变更为“别名”" in now.ground


async def settle(store: Store, sweep: int) -> None:
    """Let made-up judgements stand although readings were kept since."""
    entries = await store.sweeps.scope(sweep)
    judged = {each.account.id: each.judgement for each in entries if each.judgement}
    await store.sweeps.keep_judgements(sweep, judged)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """文1 names 1 to 3, of two prefectures; a re-check found 1 and 3 stale again, and 2 fresh."""
    accounts = (filed(1), filed(2), filed(3, prefecture="乙/市"), filed(4))
    made = Office.of(tmp_path_factory.mktemp("issued"), *accounts)
    stale = [Code.STALE_2W]
    sweep = made.sweep(date(2023, 2, 20), {1: stale, 2: stale, 3: stale})
    made.issue(sweep, "文1", ISSUED, "--rectify-by", str(RECTIFY), "--report-by", str(REPORT))
    again = made.sweep(RECHECKED, {1: stale, 3: stale})
    made.within(lambda store: settle(store, sweep))
    made.run("recheck", "文1", "--sweep", str(again))

    async def file_contacts(store: Store) -> None:
        source = Source(file="台账2.csv", sha256="1" * 64, at=day_start(date(2022, 2, 1)))
        updated = tuple(
            UpdatedAccount(
                account_id=each.id, filed=each.filed, contact=Contact(person=f"联络{each.id}", phone="0000-1")
            )
            for each in await store.accounts.all()
        )  # fmt: skip
        await store.accounts.apply(RegistryChanges(source=source, updated=updated))

    made.within(file_contacts)
    return made


@pytest.fixture
def office(issued: Office, tmp_path: Path) -> Office:
    shutil.copytree(issued.home.root, tmp_path / "home")
    return Office(Home(tmp_path / "home"))


def test_the_lists_are_by_unit_and_each_unit_gets_its_text(office: Office, tmp_path: Path) -> None:
    out, letters = tmp_path / "逾期.xlsx", tmp_path / "催办"
    told = office.run("notice", "overdue", "文1", "--out", out, "--letters", letters)
    assert "文1: 未按期反馈 2, 未按期整改 2; 2 units to urge" in told.stderr
    book = load_workbook(out)
    assert book.sheetnames == ["未按期反馈", "未按期整改", "整改情况待复查", "按单位汇总"]
    rows = list(book["未按期整改"].iter_rows(min_row=3, values_only=True))
    assert [(row[0], row[2], row[-2]) for row in rows] == [
        ("示例1局", "1", "2023-03-06"),
        ("示例3局", "3", "2023-03-06"),
    ]
    files = sorted(path.relative_to(letters).as_posix() for path in letters.rglob("*.txt"))
    assert files == ["乙_市/催办-示例3局.txt", "甲市/催办-示例1局.txt"]
    text = (letters / files[1]).read_text("utf-8")
    assert text.splitlines()[:2] == ["示例1局：", "（联系人：联络1 0000-1）"]
    for said in (
        "《通报》（文1）于2023年2月28日印发。",
        "尚未收到整改情况反馈（报送期限为2023年3月8日）：",
        "1. “示例1”（新浪微博，备案单号B001）：超2周未更新。",
        "经复查尚未完成整改（整改期限为2023年3月6日）：",
        "超2周未更新。2023年3月25日复查：",
        "如已反馈或已完成整改，请告知",
    ):
        assert said in text
    assert "联络3" not in text
    assert "exists already" in office.refused("notice", "overdue", "文1", "--letters", letters)


def test_the_texts_go_out_as_word_documents_without_contacts_above(
    office: Office, tmp_path: Path
) -> None:
    words = ("notice", "overdue", "文1", "--letters", tmp_path / "催办", "--word")
    office.run(*words, "--to", "supervisor")
    (first, _) = sorted((tmp_path / "催办").rglob("*.docx"))
    text = "\n".join(each.text for each in Document(str(first)).paragraphs)
    assert "关于抓紧办理政务新媒体整改事项的催办函" in text
    assert "联络" not in text


@pytest.fixture(scope="module")
def unfiled(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """文1 on two units of one name in one prefecture, and on accounts without a filed unit."""
    stale, bureau = [Code.STALE_2W], {"organiser": "气象局", "prefecture": "甲市"}
    nobody = {"organiser": "", "prefecture": "甲市", "county": "丙县"}
    made = Office.of(
        tmp_path_factory.mktemp("unfiled"),
        filed(1, **bureau, county="丙县", supervisor="甲市气象局"),
        filed(2, **bureau, county="丁县", supervisor="甲市气象局"),
        filed(3, **nobody, supervisor="甲市办"),
        filed(4, **nobody, supervisor="甲市办"),
        filed(5, **nobody),
        filed(6, **nobody),
        filed(7, **bureau, county="戊县"),
        filed(8, **bureau, county="己县"),
    )
    sweep = made.sweep(date(2023, 2, 20), dict.fromkeys(range(1, 9), stale))
    made.issue(sweep, "文1", ISSUED, "--report-by", str(REPORT))
    return made


def texts(office: Office, folder: Path, *more: str) -> dict[str, str]:
    office.run("notice", "overdue", "文1", "--letters", folder, *more)
    return {path.name: path.read_text("utf-8") for path in sorted(folder.rglob("*.txt"))}


def test_each_text_goes_to_the_unit_or_to_whom_it_belongs(unfiled: Office, tmp_path: Path) -> None:
    made = texts(unfiled, tmp_path / "催办")
    assert len(made) == 8, "units of one name are told apart, accounts without one share no text"
    assert {"催办-丁县_气象局.txt", "催办-丙县_气象局.txt"} <= made.keys()
    heads = [text.split("\n")[0] for text in made.values()]
    assert sorted(heads) == ["气象局："] * 4 + ["甲市丙县："] * 2 + ["甲市办："] * 2
    for text in made.values():
        assert ("贵单位有以下" in text) == text.startswith("气象局：")
        assert ("请督促抓紧办理" in text) != text.startswith("气象局：")
    assert sum("甲市丙县“示例5”" in text for text in made.values()) == 1


def test_a_text_to_a_unit_above_names_the_units_below(unfiled: Office, tmp_path: Path) -> None:
    made = texts(unfiled, tmp_path / "催办", "--to", "supervisor")
    (above,) = (text for text in made.values() if text.startswith("甲市气象局："))
    assert "截至" in above
    assert "所属单位有以下事项逾期，请督促抓紧办理。" in above
    assert "贵单位" not in above
    for named in ("1. 气象局“示例1”", "2. 气象局“示例2”"):
        assert named in above
    (office,) = (text for text in made.values() if text.startswith("甲市办："))
    assert "“示例3”" in office
    assert "“示例4”" in office
    assert sum(text.startswith("气象局：") for text in made.values()) == 2, "of two counties"


def test_a_text_without_any_addressee_is_refused(tmp_path: Path) -> None:
    bare = filed(1, organiser="", supervisor="", prefecture="", county="")
    made = Office.of(tmp_path / "bare", bare)
    sweep = made.sweep(date(2023, 2, 20), {1: [Code.STALE_2W]})
    made.issue(sweep, "文1", ISSUED, "--report-by", str(REPORT))
    assert "1 unit to urge" in made.run("notice", "overdue", "文1").stderr
    told = made.refused("notice", "overdue", "文1", "--letters", tmp_path / "催办")
    assert "“示例1” of 文1 has neither 所属组织 nor 主管单位 nor a place" in told
    assert not (tmp_path / "催办").exists()


def test_what_is_dismissed_after_the_recheck_is_off_the_list(office: Office) -> None:
    """The re-check's word stands in the notice; what a person knows today decides."""
    office.run(
        "review", "reopen", "1/stale_2w", "--sweep", "2", "--by", "丁某", "--reason", "有新链接"
    )
    told = office.run("notice", "overdue", "文1")
    assert "未按期反馈 2, 未按期整改 1, 整改情况待复查 1" in told.stderr
    assert "复查后结论有变" in told.stdout
    office.run("notice", "correct", "文1", "3", "--yes", "--by", "丁某", "--reason", "认定有误")
    assert "未按期整改" not in office.run("notice", "overdue", "文1").stderr


def test_a_recheck_whose_evidence_was_altered_proves_nothing(office: Office) -> None:
    shown = next(office.home.evidence.rglob("2023032600.jpg"))
    shown.write_bytes(b"something else")
    told = office.run("notice", "overdue", "文1")
    assert "未按期整改 1, 整改情况待复查 1" in told.stderr
    assert "佐证材料缺失或与记录不符" in told.stdout


def test_a_notice_without_deadline_or_end_has_nothing_overdue(office: Office) -> None:
    office.import_published(4, date(2023, 3, 1))
    assert "neither 整改期限 nor 报送期限" in office.refused("notice", "overdue", "省1")
    office.run("notice", "close", "文1", "--by", "丁某")
    assert "is closed" in office.refused("notice", "overdue", "文1")


POOR = replace(STALE, code=Code.INTERACTION_POOR, label="互动回应差")
POOR_ITEM = replace(ITEM, problem="互动回应差", findings=(IssuedFinding(POOR),))


def looked(day: int) -> Reading:
    at = datetime(2023, 3, day, 3, tzinfo=UTC)
    return Reading(
        account_id=1, look=LookKind.PERSON, started_at=at, read_at=at, sights=(), by="甲"
    )


@pytest.mark.parametrize(
    ("days", "gone", "ground"),
    [
        ((25, 26), None, "2023-03-25复查：互动回应差。"),
        ((6, 26), None, "2023-03-06复查未整改，其时整改期限未过，须再次复查"),
        ((25, 26), date(2023, 3, 27), "2023-03-27经人工检查未再发现该问题，须再次复查"),
    ],
)
def test_what_people_found_again_is_late_by_their_own_looks(
    days: tuple[int, int], gone: date | None, ground: str
) -> None:
    people = ProblemProof(
        code=Code.INTERACTION_POOR,
        state=ProblemState.PROVED,
        readings=tuple(map(looked, days)),
        gone_on=gone,
    )
    proof = RecheckProof(as_of=RECHECKED, filed=filed(1), confirmed=(POOR,), people=(people,))
    noted = replace(NOT_DONE, codes=(Code.INTERACTION_POOR,), reason="2023-03-25复查：互动回应差。")
    (one,) = overdue(noted, notice=replace(NOTICE, items=(POOR_ITEM,)), proofs={2: proof})
    assert one.ground == ground
    assert (one.unrectified == "互动回应差") is ground.endswith("：互动回应差。")

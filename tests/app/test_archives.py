"""案卷: the file of a notice holds all that is kept of it, can be checked anywhere, and frees the
notice's evidence once somebody took it in.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from commands import in_process
from docx import Document
from evidence_files import all_evidence
from offices import Office, filed, reading
from openpyxl import load_workbook
from storages import BUCKET, serve_storage

from mediawatch.domain import (
    Capture,
    Code,
    Contact,
    EvidenceKind,
    LookKind,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Reading,
    RegistryChanges,
    ReviewAction,
    ReviewEvent,
    ReviewPicture,
    Source,
    Stance,
    UpdatedAccount,
)
from mediawatch.domain.clock import day_end
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.retention import needed_paths
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.publish.reports.archive import NoticeRecord, notice_archive

Q4, ISSUED = date(2022, 12, 31), date(2023, 1, 10)
STALE = [Code.STALE_2W]
LATER = datetime.fromisoformat("2026-01-01T00:00+00:00")


def pictured(office: Office, account: int) -> Reading:
    """A reading with a picture and a text that really lie in the evidence folder."""
    at = day_end(Q4) + timedelta(hours=1)
    bare = reading(account, at, evidence=())
    captures = tuple(
        Capture(kind=kind, media_type=media, body=f"{account} {kind}".encode(), taken_at=at)
        for kind, media in (
            (EvidenceKind.SCREENSHOT, "image/jpeg"),
            (EvidenceKind.TEXT, "text/plain"),
        )
    )
    shown = replace(bare, sights=(replace(bare.sights[0], captures=captures),))
    return asyncio.run(EvidenceFolder(office.home.evidence).keep(shown))


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose notice 文1 names two accounts; the unit of one of them was heard."""
    made = Office.of(tmp_path_factory.mktemp("issued"), *(filed(number) for number in (1, 2, 3)))
    proofs = {account: pictured(made, account).sights for account in (1, 2)}

    def shown(account: int, at: datetime, sweep: int | None = None) -> Reading:
        return replace(reading(account, at, sweep), sights=proofs[account])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("offices.reading", shown)
        sweep = made.sweep(Q4, {1: STALE, 2: STALE}, confirm=False)
    answer(made, sweep)
    made.decide(sweep, ReviewAction.CONFIRMED)
    made.issue(sweep, "文1", ISSUED)
    return made


@pytest.fixture(scope="module")
def written(issued: Office) -> Path:
    """The file of 文1 before it was closed."""
    return archived(issued)


@pytest.fixture
def office(issued: Office, tmp_path: Path) -> Office:
    shutil.copytree(issued.home.root, tmp_path / "home")
    return Office(Home(tmp_path / "home"))


def answer(office: Office, sweep: int) -> None:
    """The unit of account 1 answered, with a picture."""
    at = day_end(date(2023, 1, 2))
    capture = Capture(
        kind=EvidenceKind.PICTURE, media_type="image/png", body=b"a unit's picture", taken_at=at
    )

    async def work(store: Store) -> None:
        kept = await EvidenceFolder(office.home.evidence).file(capture)
        filed_with = ReviewPicture(
            path=kept.path, sha256=kept.sha256, media_type=kept.media_type, size=kept.size
        )
        event = ReviewEvent(
            sweep_id=sweep, account_id=1, code=Code.STALE_2W, action=ReviewAction.ANSWERED, at=at, by="单位甲某",
            reason="平台故障", stance=Stance.DISPUTES, pictures=(filed_with,),
        )  # fmt: skip
        await store.reviews.add(sweep, [event], after=0)

    office.within(work)


def archived(office: Office, name: str = "卷.zip") -> Path:
    target = office.home.root.parent / name
    office.run("notice", "archive", "文1", "--out", target, "--force")
    return target


def close(office: Office) -> None:
    office.run("notice", "close", "文1", "--by", "丙某")


def acknowledge(office: Office, file: Path) -> None:
    office.run("notice", "archive", "文1", "--acknowledge", file, "--by", "丁某", "--place", "甲-7")


def prunable_accounts(office: Office) -> set[int]:
    kept = office.within(all_evidence)
    needed = needed_paths(kept, LATER, 30)
    return {
        item.account_id for item in kept if item.reading_id and item.evidence.path not in needed
    }


def waiting(office: Office) -> list[str]:
    return [each.number for each in office.within(lambda store: store.notices.unarchived())]


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as bundle:
        assert bundle.testzip() is None
        return {name: bundle.read(name) for name in bundle.namelist()}


def test_the_file_holds_the_notice_and_all_that_became_of_it(office: Office) -> None:
    office.run("notice", "appeal", "文1", "2", "--by", "乙局", "--reason", "有异议")
    office.run("notice", "correct", "文1", "2", "--by", "戊某", "--reason", "误", "--yes")
    close(office)
    held = members(archived(office))
    manifest = json.loads(held.pop("manifest.json"))
    assert {each["path"] for each in manifest["members"]} == set(held)
    for each in manifest["members"]:
        assert hashlib.sha256(held[each["path"]]).hexdigest() == each["sha256"]
        assert len(held[each["path"]]) == each["size"]
    assert (manifest["notice"], manifest["gaps"]) == ("文1", [])
    document = json.loads(held["1 通报/移交数据 第1版.json"])
    assert document["counts"]["failed"] == 2
    assert json.loads(held["1 通报/移交数据 第2版.json"])["counts"]["failed"] == 1
    issued = Document(io.BytesIO(held["1 通报/通报（印发时）.docx"]))
    assert "示例2" in "".join(cell.text for table in issued.tables for cell in table._cells)
    sheet = load_workbook(io.BytesIO(held["1 通报/附件（更正后）.xlsx"])).worksheets
    said = [str(cell) for each in sheet for row in each.iter_rows(values_only=True) for cell in row]
    assert "示例1" in said
    assert "[window]" in held["2 规则/检查规则.toml"].decode()
    reviews = json.loads(held["3 审核/审核记录.json"])
    assert {"answered", "confirmed", "dismissed"} <= {each["action"] for each in reviews}
    assert {each["by"] for each in reviews} == {"单位甲某", "丙某", "戊某"}
    happened = [each["action"] for each in json.loads(held["4 办理/办理经过.json"])]
    assert happened == ["appealed", "corrected", "closed"]
    proofs = [body for path, body in held.items() if path.startswith("5 佐证/001 示例1/")]
    assert b"1 screenshot" in proofs
    assert [body for path, body in held.items() if path.startswith("6 单位反馈/001")] == [
        b"a unit's picture"
    ]
    index = held["目录.html"].decode()
    for word in ("卷内目录", "审核（认定）记录", "更正", "办结", "备考表", "丙某"):
        assert word in index


def test_the_same_state_gives_the_same_bytes_wherever_it_is(office: Office, tmp_path: Path) -> None:
    close(office)
    first = archived(office)
    moved = tmp_path / "elsewhere"
    shutil.copytree(office.home.root, moved)
    there = tmp_path / "again.zip"
    assert in_process("--home", moved, "notice", "archive", "文1", "--out", there).returncode == 0
    assert there.read_bytes() == first.read_bytes()
    acknowledge(office, first)
    assert archived(office, "b.zip").read_bytes() == first.read_bytes()
    assert first.stat().st_mode & 0o777 == 0o600


def test_evidence_waits_until_the_archive_was_taken_in(office: Office, written: Path) -> None:
    early = written
    assert "is not closed" in office.refused(
        "notice", "archive", "文1", "--acknowledge", early, "--by", "丁某"
    )
    close(office)
    assert (prunable_accounts(office), waiting(office)) == (set(), ["文1"])
    assert "not 文1 as it stands now" in office.refused(
        "notice", "archive", "文1", "--acknowledge", early, "--by", "丁某"
    )
    acknowledge(office, archived(office))
    assert (prunable_accounts(office), waiting(office)) == ({1, 2}, [])
    (event,) = [
        each
        for each in office.within(lambda store: store.notices.events())
        if each.action == "archived"
    ]
    sha256 = hashlib.sha256((office.home.root.parent / "卷.zip").read_bytes()).hexdigest()
    assert (event.by, event.reason, event.source) == ("丁某", "档号甲-7", sha256)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(
            ("correct", "文1", "1", "--by", "戊某", "--reason", "误", "--yes"),
            marks=pytest.mark.soak,
            id="correct",
        ),
        pytest.param(("appeal", "文1", "1", "--by", "乙局", "--reason", "有异议"), id="appeal"),
    ],
)
def test_what_is_done_afterwards_makes_a_new_archive_due(
    office: Office, words: tuple[str, ...]
) -> None:
    close(office)
    old = archived(office)
    acknowledge(office, old)
    office.run("notice", *words)
    assert waiting(office) == ["文1"]
    assert 1 not in prunable_accounts(office) or words[0] == "correct"
    assert "as it stands now" in office.refused(
        "notice", "archive", "文1", "--acknowledge", old, "--by", "丁某"
    )
    acknowledge(office, archived(office, "new.zip"))
    assert waiting(office) == []


def test_a_later_decision_makes_a_new_archive_due(office: Office) -> None:
    close(office)
    acknowledge(office, archived(office))

    async def reopened(store: Store) -> None:
        known = await store.reviews.events(1)
        at = datetime.fromisoformat("2099-01-01T00:00+00:00")
        event = replace(known[-1], id=0, action=ReviewAction.REOPENED, at=at)
        await store.reviews.add(1, [event], after=known[-1].id)

    office.within(reopened)
    assert waiting(office) == ["文1"]
    assert prunable_accounts(office) == set()


def test_missing_and_altered_evidence_is_named(office: Office) -> None:
    lost, spoiled = (pictured(office, account).sights[0].evidence[0] for account in (1, 2))
    (office.home.evidence / lost.path).unlink()
    (office.home.evidence / spoiled.path).write_bytes(b"otherwise")
    target = office.home.root.parent / "卷.zip"
    done = in_process("--home", office.home.root, "notice", "archive", "文1", "--out", target)
    assert done.returncode == 1
    assert f"item 1, 示例1: {lost.path}: missing" in done.stderr
    assert f"item 2, 示例2: {spoiled.path}: altered since it was kept" in done.stderr
    held = members(target)
    states = {each["state"] for each in json.loads(held["manifest.json"])["gaps"]}
    assert states == {"缺失", "已变动"}
    assert "已变动" in held["目录.html"].decode()
    assert b"otherwise" not in held.values()


def test_an_archive_from_a_storage_is_the_one_from_the_folder(
    office: Office, written: Path, tmp_path: Path
) -> None:
    with serve_storage(tmp_path / "storage") as storage:
        storage.configure(office.home, place=False)
        office.run("evidence", "move", "--to", f"s3://{BUCKET}/office")
        storage.configure(office.home)
        shutil.rmtree(office.home.evidence)
        assert archived(office).read_bytes() == written.read_bytes()
        picture = next(storage.bucket.rglob("*.jpg"))
        picture.write_bytes(b"otherwise")
        target = tmp_path / "altered.zip"
        done = in_process("--home", office.home.root, "notice", "archive", "文1", "--out", target)
        assert (done.returncode, "altered since it was kept" in done.stderr) == (1, True)


def test_what_retention_let_go_is_no_loss(office: Office) -> None:
    close(office)
    acknowledge(office, archived(office))
    office.run("evidence", "prune")
    held = members(archived(office, "after.zip"))
    states = {each["state"] for each in json.loads(held["manifest.json"])["gaps"]}
    assert states == {"已按期清除"}


def test_an_archive_is_checked_without_a_home(written: Path, tmp_path: Path) -> None:
    done = in_process("--home", tmp_path / "none", "evidence", "verify", "--archive", written)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("文1: ")


def spoil(file: Path, how: str) -> None:
    held = members(file)
    (first, body), *rest = held.items()
    with zipfile.ZipFile(file, "w") as bundle:
        if how == "altered":
            bundle.writestr(first, body + b" ")
        if how == "packed":
            bundle.writestr(first, body, zipfile.ZIP_DEFLATED)
        if how == "more":
            bundle.writestr(first, body)
            bundle.writestr("../extra", b"")
        for name, content in rest:
            bundle.writestr(name, content)


@pytest.mark.parametrize("how", ["altered", "packed", "more", "lost"])
def test_a_changed_archive_is_told(written: Path, tmp_path: Path, how: str) -> None:
    file = Path(shutil.copy(written, tmp_path))
    spoil(file, how)
    done = in_process("evidence", "verify", "--archive", file)
    assert (done.returncode, "1 not;" in done.stdout) == (1, True), done.stdout


def test_a_changed_archive_is_not_taken_in(office: Office, written: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(written, tmp_path))
    spoil(file, "altered")
    close(office)
    told = office.refused("notice", "archive", "文1", "--acknowledge", file, "--by", "丁某")
    assert "write it anew" in told


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b"{", b'{"schema": "x"}', b"[" * 100_000, b'{"schema":"mediawatch.archive/1"}'],
    ids=range(6),
)
def test_a_damaged_archive_is_refused_in_one_sentence(tmp_path: Path, manifest: bytes) -> None:
    file = tmp_path / "卷.zip"
    with zipfile.ZipFile(file, "w") as bundle:
        bundle.writestr("manifest.json", manifest)
    for body in (file.read_bytes(), b"no zip", b""):
        file.write_bytes(body)
        done = in_process("evidence", "verify", "--archive", file)
        assert done.returncode == 2
        assert "is no archive of a notice, or is damaged" in done.stderr
    assert "is no file" in in_process("evidence", "verify", "--archive", tmp_path).stderr


def test_the_registrys_contacts_are_not_in_it(office: Office) -> None:
    source = Source(file="台账.csv", sha256="1" * 64, at=day_end(Q4))
    given = Contact(person="联系甲某", phone="13800001111")
    updated = (UpdatedAccount(account_id=1, filed=filed(1), changes=(), contact=given),)
    changes = RegistryChanges(source=source, updated=updated)
    office.within(lambda store: store.accounts.apply(changes))
    assert office.within(lambda store: store.accounts.contacts()) == {1: given}
    for body in members(archived(office)).values():
        assert "联系甲某".encode() not in body
        assert b"13800001111" not in body


def test_readings_of_the_file_are_those_that_proved(written: Path) -> None:
    told = json.loads(members(written)["5 佐证/核查记录.json"])
    assert {each["account_id"] for each in told} == {1, 2}
    assert {each["look"] for each in told} == {LookKind.SECOND.value}


def test_prune_status_and_doctor_name_what_waits(office: Office) -> None:
    told = in_process("--home", office.home.root, "doctor").stdout
    assert "names in 1 inspection stay until all is done: sweep 1: notice 文1 is not closed" in told
    close(office)
    words = "文1: closed, and its evidence waits for an archive: `mediawatch notice archive 文1"
    assert words in office.run("evidence", "prune", "--dry-run").stdout
    assert words in office.run("status").stdout
    assert json.loads(office.run("status", "--json").stdout)["archives_due"] == ["文1"]
    told = in_process("--home", office.home.root, "doctor").stdout
    assert "文1" in next(line for line in told.splitlines() if "archive" in line)
    acknowledge(office, archived(office))
    for command in (("evidence", "prune", "--dry-run"), ("status",)):
        assert "waits for" not in office.run(*command).stdout


def test_a_notice_of_another_system_has_a_file_too(office: Office) -> None:
    office.import_published(3, date(2022, 10, 12))
    office.run("notice", "close", "省1", "--by", "丙某")
    assert waiting(office) == [], "it has no evidence here"
    folder = office.home.root.parent / "案卷"
    office.run("notice", "archive", "省1", "--out", folder)
    (file,) = folder.iterdir()
    held = members(file)
    assert not any(path.startswith(("1 通报/通报（", "5 佐证/0")) for path in held)
    assert "外部通报" in held["目录.html"].decode()
    office.run("notice", "archive", "省1", "--acknowledge", file, "--by", "丁某")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "either --out or --acknowledge"),
        (("--out", "卷.zip", "--by", "丁某"), "go with --acknowledge"),
        (("--acknowledge", "不在.zip", "--by", "丁某"), "is no file"),
        (("--acknowledge", "不在.zip"), "needs a name"),
        (("--out", "nowhere/卷.zip"), "there is no folder nowhere"),
    ],
)
def test_a_wrong_call_is_refused_in_one_sentence(
    office: Office, words: tuple[str, ...], why: str
) -> None:
    close(office)
    assert why in office.refused("notice", "archive", "文1", *words)


def test_the_file_of_another_notice_is_refused(office: Office, written: Path) -> None:
    file = written
    office.import_published(3, date(2022, 10, 12))
    office.run("notice", "close", "省1", "--by", "丙某")
    told = office.refused("notice", "archive", "省1", "--acknowledge", file, "--by", "丁某")
    assert "is the archive of 文1, not of 省1" in told


def test_a_name_from_outside_makes_no_path_and_no_markup(office: Office) -> None:
    evil = "../../<script>alert(1)</script>\u202e"
    notice, *_ = office.within(lambda store: store.notices.all())
    hostile = replace(notice, items=tuple(rename(item, evil) for item in notice.items))
    readings = {reading.id: reading for reading in proving(office)}
    record = NoticeRecord(notice=hostile, readings=readings)
    made = notice_archive(record, EvidenceFolder(office.home.evidence), frozenset())
    assert not [each.path for each in made.members if ".." in each.path or "<" in each.path]
    index = next(each.content for each in made.members if each.path == "目录.html")
    assert isinstance(index, bytes)
    assert b"<script" not in index


def rename(item: NoticeItem, name: str) -> NoticeItem:
    return replace(item, filed=replace(item.filed, name=name))


def proving(office: Office) -> list[Reading]:
    found = office.within(lambda store: store.readings.by_account())
    return [reading for some in found.values() for reading in some]


def test_the_file_has_the_names_that_the_home_lets_go(office: Office) -> None:
    notice, *_ = office.within(lambda store: store.notices.all())
    closed = NoticeEvent(
        notice_id=notice.id, action=NoticeAction.CLOSED, at=day_end(date(2023, 3, 1)), by="丙某"
    )
    office.within(lambda store: store.notices.add_events([closed]))
    file = archived(office)
    acknowledge(office, file)
    told = "1 name and 0 contacts kept longer than 90 days after 办结"
    assert told in in_process("--home", office.home.root, "doctor").stdout
    would = office.run("evidence", "prune", "--dry-run").stdout
    assert "1 name, 1 picture of people (0.0 MB) and 0 contacts would leave" in would
    office.run("evidence", "prune")
    assert told not in in_process("--home", office.home.root, "doctor").stdout
    by = [event.by for event in office.within(lambda store: store.reviews.events(1))]
    assert by == ["已按期清除1", "丙某", "丙某"]
    held = members(file)
    assert "单位甲某" in held["3 审核/审核记录.json"].decode()
    assert b"a unit's picture" in held.values()
    office.run("report", "xlsx", "--notice", "文1", "--out", office.home.root.parent / "附.xlsx")
    assert "is not judged again" in office.refused("sweep", "judge", "1")

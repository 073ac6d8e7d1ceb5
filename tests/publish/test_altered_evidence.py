"""A document leans on files that are what was kept, and says so where they are not."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from commands import in_process
from docx import Document
from offices import Office, filed
from review_homes import ONE, prepared

from mediawatch.domain import Code
from mediawatch.ops.settings import Home

__all__ = ["prepared"]
MISSING, ALTERED = "佐证材料缺失", "佐证材料与记录不符"
MARK = "部分佐证材料缺失或与记录不符"
HIDDEN = "\x1b[2K\u202e\u2066\U000e0041\x9b\uffff"
SHOWN = "\\u001b[2K\\u202e\\u2066\\udb40\\udc41\\u009b\\uffff"


def evidence_of(home: Home, account: int, kind: str) -> Path:
    connection = sqlite3.connect(home.database)
    (path,) = connection.execute(
        "SELECT e.path FROM evidence e JOIN sight s ON e.sight_id = s.id "
        "JOIN reading r ON s.reading_id = r.id WHERE r.account_id = ? AND lower(e.kind) = ?",
        [account, kind],
    ).fetchone()
    connection.close()
    return home.evidence / str(path)


def write(home: Home, *words: str | Path) -> str:
    """What a command that must succeed says on standard error."""
    done = in_process("--home", home.root, *words)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture
def damaged(prepared: Home, tmp_path: Path) -> Home:
    """Account 1 lost its only picture; of account 2 only the list of its files was altered."""
    home = Home(tmp_path / "home")
    shutil.copytree(prepared.root, home.root)
    evidence_of(home, 1, "picture").unlink()
    with evidence_of(home, 2, "manifest").open("a") as file:
        file.write(" ")
    return home


def test_a_hand_off_holds_no_finding_without_evidence(damaged: Home, tmp_path: Path) -> None:
    out = tmp_path / "h.json"
    told = write(damaged, "handoff", "--include-open", "--out", out)
    document = json.loads(out.read_bytes())
    assert [one["account"]["filing_number"] for one in document["findings"]] == ["900002"]
    assert document["counts"]["failed"] == 1
    (left,) = document["unproven"]
    assert left["account"]["name"] == ONE
    assert MISSING in left["sentence"]
    assert [
        (one["account"]["filing_number"], one["fault"], one["withheld"])
        for one in document["evidence_faults"]
    ] == [("900001", "missing", True), ("900002", "altered", False)]
    assert MARK in document["marks"]
    assert told.count("is missing: account 1") == 1
    assert told.count("is altered: account 2") == 1
    assert "put the file back from a backup" in told


def test_the_documents_mark_the_line_and_list_the_other_apart(
    damaged: Home, tmp_path: Path
) -> None:
    write(damaged, "report", "xlsx", "--include-open", "--out", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    text = {
        sheet.title: [[str(cell.value) for cell in row] for row in sheet.iter_rows()]
        for sheet in book
    }
    failed = [row for row in text["突出问题名单"] if row[0].startswith("90000")]
    assert [(row[0], ALTERED in row[4]) for row in failed] == [("900002", True)]
    write(damaged, "report", "open", "--include-open", "--out", tmp_path / "b.xlsx")
    (opened,) = openpyxl.load_workbook(tmp_path / "b.xlsx")
    rows = [[str(cell.value) for cell in row] for row in opened.iter_rows()]
    left = [row for row in rows if row[0].startswith("90000")]
    assert [(row[0], MISSING in row[5]) for row in left] == [("900001", True)]
    write(damaged, "report", "docx", "--include-open", "--out", tmp_path / "a.docx")
    document = Document(str(tmp_path / "a.docx"))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert any(ALTERED in cell for cell in cells)
    assert any(MARK in each.text for each in document.paragraphs)
    write(damaged, "report", "html", "--include-open", "--out", tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert ALTERED in page
    assert MARK in page
    assert page.count("data:image/jpeg") == 1
    write(damaged, "evidence", "sheet", "--include-open", "--out", tmp_path / "sheets")
    (bundle,) = (tmp_path / "sheets").glob("*.zip")
    sheets = zipfile.ZipFile(bundle)
    (name,) = sheets.namelist()
    assert sheets.read(name).decode().count(ALTERED) == 2  # the sheet's mark, and the file's line


def test_what_goes_down_to_a_unit_marks_the_file(damaged: Home, tmp_path: Path) -> None:
    told = write(damaged, "findings", "dispatch", tmp_path / "out", "--person", "丙某")
    rows = [
        [str(cell.value) for cell in row]
        for path in sorted((tmp_path / "out").glob("*.xlsx"))
        for row in openpyxl.load_workbook(path)["疑似问题核实"].iter_rows(min_row=2)
    ]
    marked = {
        next(cell for cell in row if cell.startswith("90000")): "".join(
            word for mark, word in ((MISSING, "缺失"), (ALTERED, "不符")) if mark in str(row)
        )
        for row in rows
    }
    assert marked == {"900001": "缺失", "900002": "不符"}
    assert told.count("its row is marked") == 2


def test_the_same_state_gives_the_bytes_that_it_gave(prepared: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(prepared.root, home.root)
    picture, first, again = (
        evidence_of(home, 1, "picture"),
        tmp_path / "1.json",
        tmp_path / "2.json",
    )
    write(home, "handoff", "--include-open", "--out", first)
    body = picture.read_bytes()
    picture.write_bytes(body[:-1] + b"x")
    assert "is altered: account 1" in write(home, "handoff", "--include-open", "--out", again)
    picture.write_bytes(body)
    assert "altered" not in write(home, "handoff", "--include-open", "--out", again, "--force")
    assert again.read_bytes() == first.read_bytes()
    assert "evidence_faults" not in json.loads(first.read_bytes())


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"other")])
def test_a_notice_is_not_issued_on_what_is_no_proof(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    office = Office.of(tmp_path, filed(1), filed(2), filed(3))
    sweep = office.sweep(date(2022, 12, 31), {1: [Code.STALE_2W], 2: [Code.STALE_2W]})
    damage(evidence_of(office.home, 1, "screenshot"))
    words = office.words_to_issue(sweep, "文1", date(2023, 2, 9))
    assert "sweep 1: 1 account open" in office.refused(*words)
    document = tmp_path / "h.json"
    office.run(*words, "--preliminary", "--out", document)
    held = [one["account"]["name"] for one in json.loads(document.read_bytes())["findings"]]
    assert held == ["示例2"]


def test_an_issued_notice_says_what_it_said_with_a_mark(tmp_path: Path) -> None:
    office = Office.of(tmp_path, filed(1), filed(2))
    sweep = office.sweep(date(2022, 12, 31), {1: [Code.STALE_2W]})
    office.run(*office.words_to_issue(sweep, "文1", date(2023, 2, 9)))
    evidence_of(office.home, 1, "screenshot").write_bytes(b"other")
    document = tmp_path / "h.json"
    done = office.run("handoff", "--notice", "文1", "--out", document)
    assert done.stderr.count("is altered: account 1") == 1
    handoff = json.loads(document.read_bytes())
    assert (len(handoff["findings"]), handoff["counts"]["failed"]) == (1, 1)
    assert [one["withheld"] for one in handoff["evidence_faults"]] == [False]


def test_hidden_characters_of_names_are_written_out_in_documents(
    prepared: Home, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(prepared.root, home.root)
    connection = sqlite3.connect(home.database)
    for (trigger,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f'DROP TRIGGER "{trigger}"')
    for table in ("account", "sweep_account"):
        columns = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
        for column in columns & {"name", "organiser", "prefecture"}:
            connection.execute(f'UPDATE "{table}" SET "{column}" = "{column}" || ?', [HIDDEN])
    connection.commit()
    connection.close()
    write(home, "report", "xlsx", "--include-open", "--out", tmp_path / "a.xlsx")
    write(home, "report", "docx", "--include-open", "--out", tmp_path / "a.docx")
    write(home, "report", "html", "--include-open", "--out", tmp_path / "a.html")
    write(home, "evidence", "sheet", "--include-open", "--out", tmp_path / "sheets")
    write(home, "findings", "dispatch", tmp_path / "out", "--person", "丙某")
    for book in (tmp_path / "a.xlsx", *(tmp_path / "out").glob("*.xlsx")):
        cells = [
            str(cell.value)
            for sheet in openpyxl.load_workbook(book)
            for row in sheet.iter_rows()
            for cell in row
        ]
        assert any("\\u202e\\u2066" in cell for cell in cells), book
        assert not any(sign in cell for cell in cells for sign in HIDDEN if sign not in "[2K"), book
    document = Document(str(tmp_path / "a.docx"))
    text = "".join(cell.text for table in document.tables for cell in table._cells)
    text += (tmp_path / "a.html").read_text(encoding="utf-8")
    assert SHOWN in text
    assert not any(sign in text for sign in HIDDEN if sign not in "[2K")
    for path in tmp_path.rglob("*"):
        assert not any(sign in path.name for sign in HIDDEN if sign not in "[2K")

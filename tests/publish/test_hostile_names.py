"""One hostile name and one 16-digit number through everything: a world of such accounts,
demonstrated, and every output opened again.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from typer.testing import CliRunner

from mediawatch.cli import app

HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'
LONG = "3025716006566021"
_COLUMNS = (
    "filing_number",
    "name",
    "type",
    "platform",
    "organiser",
    "supervisor",
    "prefecture",
    "original_id",
    "platform_id",
    "truth",
    "posts",
    "articles",
)
_ACCOUNTS = (
    # A stale one; one that only its unit's link proves fresh; one that will soon be stale; one on a
    # platform without a scraper.
    (LONG, "新浪微博", "weibo", "", "9990000003", "alive", "2022-10-14", ""),
    ("2", "微信公众号", "wechat", "gh_d00000000002", "", "alive", "2022-12-30;2022-10-01", "2"),
    (
        "3",
        "今日头条",
        "toutiao",
        "",
        "MS4wLjABAAAADemoT003DemoT003DemoT003DemoT003DemoT003Dem",
        "alive",
        "2022-12-19;2022-12-01",
        "",
    ),
    ("4", "快手", "", "", "", "alive", "2022-12-30", ""),
)
_SOUND = ("sound", "新浪微博", "weibo", "", "9990000004", "alive", "2022-12-30;2022-12-20", "")
"""The canary has a name of its own."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration of a world whose accounts, bodies and places all bear the hostile name."""
    folder = tmp_path_factory.mktemp("hostile")
    with (folder / "world.csv").open("w", encoding="utf-8", newline="") as file:
        file.write("# as_of = 2022-12-31\n")
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for number, kind, platform, original, id, truth, posts, articles in (*_ACCOUNTS, _SOUND):
            name = HOSTILE if number != "sound" else "演示对照"
            writer.writerow(
                [
                    number,
                    name,
                    kind,
                    platform,
                    HOSTILE,
                    HOSTILE,
                    HOSTILE,
                    original,
                    id,
                    truth,
                    posts,
                    articles,
                ]
            )
    said = CliRunner().invoke(
        app, ["demo", "--out", str(folder / "home"), "--world", str(folder / "world.csv")]
    )
    assert said.exit_code == 0, said.output
    return folder / "home"


def mediawatch(home: Path, *words: str) -> str:
    said = CliRunner().invoke(app, ["--home", str(home), *words])
    assert said.exit_code == 0, said.output
    return said.stdout


def workbooks(home: Path) -> Iterator[tuple[Path, zipfile.ZipFile]]:
    for path in sorted(home.rglob("*.xlsx")):
        yield path, zipfile.ZipFile(path)


def pages(home: Path) -> Iterator[str]:
    documents = home / "documents"
    yield from (path.read_text(encoding="utf-8") for path in documents.rglob("*.html"))
    for path in documents.rglob("*.zip"):
        bundle = zipfile.ZipFile(path)
        yield from (bundle.read(name).decode() for name in bundle.namelist())


def test_it_went_all_the_way(home: Path) -> None:
    document = json.loads((home / "handoff.json").read_bytes())
    assert [
        (one["account"]["name"], one["account"]["filing_number"]) for one in document["findings"]
    ] == [(HOSTILE, LONG)]
    assert document["counts"]["verdicts"]["due_soon"] == 1
    written = {path.relative_to(home).parts[0] for path, _ in workbooks(home)}
    assert written == {"registry.xlsx", "worklist", "dispatch", "documents"}
    assert not any(set(path.name) & set('/\\<>:"') for path in home.rglob("*"))


def test_no_spreadsheet_takes_it_for_a_formula(home: Path) -> None:
    for path, package in workbooks(home):
        parts = [
            package.read(name).decode()
            for name in package.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
        ]
        assert not any(re.search(r"<f[ >]", part) for part in parts), path
        assert not any(
            "http://x" in package.read(name).decode()
            for name in package.namelist()
            if name.endswith(".rels")
        ), path
        cells = [
            cell
            for sheet in openpyxl.load_workbook(path)
            for row in sheet.iter_rows()
            for cell in row
        ]
        assert any(HOSTILE in str(cell.value) for cell in cells), path
        assert {cell.data_type for cell in cells if LONG in str(cell.value)} <= {"s"}, path


def test_no_page_and_no_document_runs_it(home: Path) -> None:
    found = [*pages(home)]
    assert len(found) == 2
    assert not any("<script>alert" in page for page in found)
    assert all("&lt;script&gt;alert(1)&lt;/script&gt;" in page and LONG in page for page in found)
    document = Document(str(home / "documents" / "通报.docx"))
    texts = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert HOSTILE in texts
    assert LONG in texts
    body = zipfile.ZipFile(home / "documents" / "通报.docx").read("word/document.xml").decode()
    assert "fldSimple" not in body
    assert "instrText" not in body


def test_lists_and_queries_give_it_as_text(home: Path, tmp_path: Path) -> None:
    for command in ("flagged", "unproven", "review list"):
        mediawatch(home, *command.split(), "--csv", str(tmp_path / f"{command}.csv"))
    tables = [path.read_text(encoding="utf-8-sig") for path in tmp_path.glob("*.csv")]
    names = [
        query["名称"]
        for query in json.loads(mediawatch(home, "query", "--list", "--format", "json"))
    ]
    tables += [
        mediawatch(home, "query", name, "--format", "csv").removeprefix("\ufeff") for name in names
    ]
    cells = [cell for table in tables for row in csv.reader(io.StringIO(table)) for cell in row]
    assert f"'{HOSTILE}" in cells
    assert LONG in cells
    assert not any(cell.startswith("=") for cell in cells)
    rows = json.loads(mediawatch(home, "query", "flagged", "--format", "json"))
    assert any({LONG, HOSTILE} <= set(row.values()) for row in rows)
    assert HOSTILE in "".join(mediawatch(home, "show", LONG).split("\n"))


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed"
)
@pytest.mark.soak
def test_libreoffice_gives_both_back(home: Path, tmp_path: Path) -> None:
    """A round trip of the annexes through another program's own file, and back."""
    source = home / "documents" / "通报附件.xlsx"
    for form, made in (("ods", source), ("xlsx", tmp_path / "通报附件.ods")):
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                form,
                "--outdir",
                str(tmp_path),
                str(made),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
    cells = [
        cell
        for row in openpyxl.load_workbook(tmp_path / "通报附件.xlsx")["突出问题名单"].iter_rows()
        for cell in row
    ]
    found = {cell.value: cell.data_type for cell in cells}
    assert found[LONG] == "s"
    assert found[HOSTILE] == "s"

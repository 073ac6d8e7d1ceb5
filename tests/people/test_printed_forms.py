"""The files that go out to be filled in: how they print, and what is not in them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import openpyxl
import pytest
from PIL import Image
from printed_sheets import printed_size

from mediawatch.paper import LEGIBLE
from mediawatch.people.corrections.export import FORM as CORRECTIONS
from mediawatch.people.dispatch.sheet import FORM as DISPATCH
from mediawatch.people.dispatch.sheet import version_of, versions_in
from mediawatch.people.feedback.sheet import FORM as FEEDBACK
from mediawatch.people.forms.book import Form, FormCover, FormRow, without_contacts, write_form
from mediawatch.people.forms.columns import Column
from mediawatch.people.worklist.sheet import WorklistLine, write_book

LONG = "最近一次更新为2022年10月1日，至监测时间点2022年12月31日间隔91天，属“超2周未更新”。"
COVER = FormCover(
    title="清单",
    made_at=datetime(2023, 1, 1, tzinfo=UTC),
    meta={"schema": "x"},
    guide=("1. 说明。",),
    issuer="示例市人民政府办公室",
)


def picture(high: int = 900) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (1280, high), "white").save(body, "JPEG")
    return body.getvalue()


def written(
    form: Form[StrEnum], path: Path, *, refused: bool = False, pictured: bool = False
) -> None:
    columns = [column for column in form.columns if column is not form.error]
    cells = dict.fromkeys(columns, LONG) | ({form.error: LONG} if refused else {})
    shown = picture() if pictured else b""
    write_form(path, form, [FormRow(cells=cells, picture=shown, caption="“甲”")] * 2, COVER)


@pytest.mark.parametrize("contacts", [True, False])
@pytest.mark.parametrize(
    ("form", "refused"),
    [
        (DISPATCH, False),
        (DISPATCH, True),
        (FEEDBACK, False),
        (FEEDBACK, True),
        (CORRECTIONS, False),
    ],
)
def test_a_form_prints_legibly_on_a4(
    form: Form[StrEnum], tmp_path: Path, *, refused: bool, contacts: bool
) -> None:
    path = tmp_path / "表.xlsx"
    written(form if contacts else without_contacts(form), path, refused=refused)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert printed_size(sheet) >= LEGIBLE
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.print_area.endswith("$3")
    properties = book.properties
    assert (properties.title, properties.creator, properties.language) == (
        "清单",
        "示例市人民政府办公室",
        "zh-CN",
    )
    # Each text has its room: no line of it is cut.
    for row in (2, 3):
        height = sheet.row_dimensions[row].height
        for cell in sheet[row]:
            width = sheet.column_dimensions[cell.column_letter].width
            if cell.value and not sheet.column_dimensions[cell.column_letter].hidden:
                assert height >= 15 * (2 * len(LONG) * 0.9 / width)


@pytest.mark.parametrize("refused", [False, True])
def test_a_worklist_prints_legibly_on_a4(tmp_path: Path, *, refused: bool) -> None:
    cells = {column: LONG for column in Column if column not in (Column.QR, Column.ERROR)}
    cells |= {Column.ERROR: LONG} if refused else {}
    path = tmp_path / "清单.xlsx"
    write_book(path, [WorklistLine(cells=cells, qr="https://example.invalid/x")], COVER)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert printed_size(sheet) >= LEGIBLE
    assert sheet.column_dimensions["B"].width >= 14
    with zipfile.ZipFile(path) as parts:
        assert any(name.startswith("xl/media/") for name in parts.namelist())


def test_each_picture_has_a_page_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "核实.xlsx"
    written(DISPATCH, path, pictured=True)
    book = openpyxl.load_workbook(path)
    sheet = book["佐证截图"]
    assert [sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)].count("“甲”") == 2
    first, second = sheet._images
    assert (first.anchor._from.row, len(sheet.row_breaks.brk)) == (1, 1)
    assert second.anchor._from.row > first.anchor.to.row
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait", 9)
    # As wide as the page less its margins, also where a column's character has 8 pixels.
    assert 8 * sheet.column_dimensions["A"].width <= (8.27 - 1.1) * 96
    with zipfile.ZipFile(path) as parts:
        media = [name for name in parts.namelist() if name.startswith("xl/media/")]
    assert len(media) == 1, "the same bytes serve the row and the page"


def test_a_caption_has_lines_of_its_own_within_the_page(tmp_path: Path) -> None:
    """Where a column is wider than the page, its own wrapping comes too late."""
    said = [
        f"“{'示例交通运输' * 8}”（微信公众号）",
        "疑似问题：超2周未更新",
        "截图时间：2023-01-01 10:33",
    ]
    row = FormRow(
        cells=dict.fromkeys(DISPATCH.columns, LONG), picture=picture(), caption="　".join(said)
    )
    path = tmp_path / "核实.xlsx"
    write_form(path, DISPATCH, [row], COVER)
    sheet = openpyxl.load_workbook(path)["佐证截图"]
    lines = str(sheet["A1"].value).split("\n")
    assert "".join(lines) == "".join(said)
    assert lines[-2:] == said[-2:]
    # A character is as wide as the type is high; the page has 7.17 inches.
    assert max(map(len, lines)) * 11 <= (8.27 - 1.1) * 72
    assert sheet.row_dimensions[1].height >= 15 * len(lines)


def test_units_see_no_code_and_no_path() -> None:
    shown = [column.value for column in DISPATCH.columns]
    assert "疑似依据" in shown
    assert "佐证文件" not in shown
    assert {column.value for column in DISPATCH.hidden} == {"问题编号"}


def test_findings_are_named_without_our_code_and_older_names_are_taken() -> None:
    from mediawatch.domain import Code, Facts

    facts = Facts(code=Code.STALE_2W)
    assert version_of(facts) == facts.version
    assert versions_in(f"{version_of(facts)}、stale_2w@{facts.version}") == {facts.version}


def missing_program() -> str:
    return next((name for name in ("soffice", "pdftotext") if shutil.which(name) is None), "")


@pytest.mark.soak
@pytest.mark.skipif(bool(missing_program()), reason="LibreOffice or poppler-utils is missing")
def test_forms_are_legible_on_paper(tmp_path: Path) -> None:
    """As LibreOffice prints them, which takes other fonts for ours."""
    for number, form in enumerate((DISPATCH, FEEDBACK, CORRECTIONS)):
        written(form, tmp_path / f"{number}.xlsx", pictured=form is DISPATCH)
    cells = {column: LONG for column in Column if column is not Column.QR}
    write_book(tmp_path / "3.xlsx", [WorklistLine(cells=cells, qr="https://x.invalid")], COVER)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    books = sorted(map(str, tmp_path.glob("*.xlsx")))
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, *books], check=True, capture_output=True, timeout=300)
    for number in range(4):
        printed = tmp_path / f"{number}.pdf"
        command = ["pdftotext", "-bbox", "-l", "1", str(printed), "-"]
        page = subprocess.run(command, check=True, capture_output=True).stdout.decode()
        wide, high = map(float, re.findall(r'<page width="([\d.]+)" height="([\d.]+)"', page)[0])
        assert (round(wide), round(high)) == (842, 595)
        words = [
            [float(each) for each in re.findall(r'M\w+="([\d.]+)"', line)]
            for line in page.splitlines()
            if "<word" in line
        ]
        assert max(right for _, _, right, _ in words) <= wide - 15
        # A line of a font is about 1.4 times as high as its type.
        low = min(bottom - top for _, top, _, bottom in words)
        assert low >= 1.1 * LEGIBLE, (number, low)

"""Cells that hold no value although they are not empty: refused, never read as empty."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.worksheet.formula import ArrayFormula
from printed_sheets import printed_size
from registry_files import GOOD, HEADINGS, SECOND, TODAY, read, text, xlsx

from mediawatch.paper import LEGIBLE
from mediawatch.publish.notices.annex import read_annex
from mediawatch.registry.returned import write_refused
from mediawatch.registry.rows import read_rows
from mediawatch.workbooks.cell_defects import CellDefect, defect_of
from mediawatch.workbooks.forms import FormFile
from mediawatch.workbooks.refusals import BadFile, Unusable
from mediawatch.workbooks.tables import read_file, read_files

ERROR, UNCOMPUTED = CellDefect.ERROR, CellDefect.UNCOMPUTED
CELLS: Mapping[str, CellDefect | None] = {
    '<c r="B2"><f>A2</f></c>': UNCOMPUTED,
    '<c r="B2"><f>A2</f><v></v></c>': UNCOMPUTED,
    '<c r="B2"><f>A2</f><v/></c>': UNCOMPUTED,
    '<c r="B2" s="1"><f ca="1">A2</f>\n<v> </v></c>': UNCOMPUTED,
    '<c r="B2" t="str"><f>A2</f></c>': UNCOMPUTED,
    '<c r="B2" t="b"><f>A2</f><v/></c>': UNCOMPUTED,
    '<c r="B2"><f t="shared" si="0"/><v></v></c>': UNCOMPUTED,
    '<c r="B2"><f t="shared" ref="B2:B9" si="0">A2</f></c>': UNCOMPUTED,
    '<c r="B2"><f t="dataTable" ref="B2:B3" dt2D="0" r1="A1"/><v/></c>': UNCOMPUTED,
    '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="B2">'
    "<x:f>A2</x:f></x:c>": UNCOMPUTED,
    '<c r="A2"/><c><f>A2</f></c>': UNCOMPUTED,
    '<c r="B2" t="str"><f>""</f><v></v></c>': None,
    '<c r="B2" t="str"><f>""</f><v/></c>': None,
    '<c r="B2" t="str"><f>A2</f><v>甲</v></c>': None,
    '<c r="B2"><f>A2</f><v>0</v></c>': None,
    '<c r="B2" t="b"><f>A2</f><v>0</v></c>': None,
    '<c r="B2"><f t="shared" si="0"/><v>3</v></c>': None,
    '<c r="B2" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r></is></c>': None,
    '<c r="B2" s="3"/>': None,
    '<c r="B2" t="e"><f>A2</f><v>#REF!</v></c>': ERROR,
    "<c t='e' r='B2'><v>#N/A</v></c>": ERROR,
    '<c r="B2"><f>_xlfn.DISPIMG(&quot;ID_1&quot;,1)</f></c>': CellDefect.PICTURE,
    '<c r="B2" t="e"><f>_xlfn.DISPIMG("ID_1",1)</f><v>#NAME?</v></c>': CellDefect.PICTURE,
    '<c r="B2" t="str"><f>DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>': CellDefect.PICTURE,
    '<c r="B2" t="e" vm="1"><v>#VALUE!</v></c>': CellDefect.PICTURE,
    '<c r="B2" t="e"><f>A2</f><v>#N/A</v></c><c r="C2" t="str"><f>DISPIMG("a")</f><v>x</v></c>': ERROR,
    '<c r="B2" t="inlineStr"><is><t>#N/A</t></is></c>': ERROR,
    '<c r="B2" t="inlineStr"><is><t>＃ｎ／ａ</t></is></c>': ERROR,
    '<c r="B2" t="inlineStr"><is><t>=HYPERLINK("x")</t></is></c>': None,
}


def sheet_of(path: Path, cell: str) -> Path:
    """A workbook whose second row holds this cell."""
    good = xlsx(path.with_name("good.xlsx"), [["甲", "乙"]])
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            body = old.read(part).decode()
            if part == "xl/worksheets/sheet1.xml":
                body = body.replace("</sheetData>", f'<row r="2">{cell}</row></sheetData>')
            new.writestr(part, body.replace(' fullCalcOnLoad="1"', ""))
    return path


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_without_a_value_is_told_from_an_empty_one(cell: str, tmp_path: Path) -> None:
    (sheet,) = read_file(sheet_of(tmp_path / "r.xlsx", cell)).sheets
    assert sheet.defects == ({(1, 1): CELLS[cell]} if CELLS[cell] else {})
    if CELLS[cell]:
        assert sheet.rows[1][1] not in ("", 0)


ERROR_WORDS = (
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#n/a", "＃Ｎ／Ａ", "#REF！",
    "Err:502", "#######", "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#BUSY!", " #VALUE! ", "＃ＲＥＦ！",
)  # fmt: skip
NAMES = (
    "#天天向上", "#1号店", "#N/A局", "#NAME", "#REF", "第#5小学", "=Love=", "=甲=", "Error404", "ERR", "=_=", "#", "##", '=HYPERLINK("http://x")',
)  # fmt: skip
FORMULAS = ("=A2", "=VLOOKUP(A2,B:C,2,0)", "=Sheet1!A2", "='台账'!$B$3", '="甲"&"乙"', "=-B2")


def test_error_words_and_formulas_are_no_names() -> None:
    assert {word: defect_of(word, typed=True) for word in ERROR_WORDS} == dict.fromkeys(
        ERROR_WORDS, ERROR
    )
    assert {word: defect_of(word, typed=False) for word in FORMULAS} == dict.fromkeys(
        FORMULAS, UNCOMPUTED
    )
    assert {name: defect_of(name, typed=False) for name in NAMES} == dict.fromkeys(NAMES)


def changed(path: Path, cells: Mapping[str, object]) -> Path:
    """A registry of two accounts that openpyxl, which computes nothing, has saved again."""
    book = openpyxl.load_workbook(
        xlsx(path, [[*HEADINGS, "运行状态", "粉丝数"], [*GOOD, "", ""], [*SECOND, "", ""]])
    )
    for cell, value in cells.items():
        book.active[cell] = value
    book.save(path)
    return path


def test_a_formula_without_a_result_is_refused_with_its_place(tmp_path: Path) -> None:
    cells = {"D2": '=B2&"主办"', "E3": '="已注销"', "F2": "=1+1", "F3": "=1+1"}
    result = read(changed(tmp_path / "r.xlsx", cells))
    assert [(error.place.row, error.column) for error in result.errors] == [
        (2, "D 所属组织"),
        (3, "E 运行状态"),
    ]
    assert "用 Excel 或 WPS 打开后重新保存" in result.errors[0].reason
    assert result.rows == []


@pytest.mark.parametrize("shown", ["#DIV/0!", "#N/A", "#REF!"])
def test_the_error_that_a_cell_shows_is_quoted(tmp_path: Path, shown: str) -> None:
    (error,) = read(changed(tmp_path / "r.xlsx", {"E3": shown, "D2": "市"})).errors
    assert (error.place.row, error.value) == (3, shown)


@pytest.mark.parametrize("shown", ["#GETTING_DATA", "#SPILL!"])
def test_an_error_that_no_reader_knows_is_told_by_its_place(tmp_path: Path, shown: str) -> None:
    path = sheet_of(tmp_path / "r.xlsx", f'<c r="B2" t="e"><f>A2</f><v>{shown}</v></c>')
    with pytest.raises(Unusable, match=f"row 2, column B: the cell shows the error {shown}: write"):
        read_file(path)
    with FormFile(path) as form, pytest.raises(BadFile, match=f"第2行B列：单元格.*{shown}"):
        form.sheets(())


@pytest.mark.parametrize("asks_to_be_computed", [False, True])
def test_a_truth_is_no_word_for_a_status(tmp_path: Path, *, asks_to_be_computed: bool) -> None:
    cell = '<c r="E2" t="b"><f>1=2</f><v>0</v></c>'
    path = xlsx(tmp_path / "r.xlsx", [[*HEADINGS, "运行状态"], [*GOOD, "待换"]])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "s.xlsx", "w") as new:
        for part in old.namelist():
            body = old.read(part).decode()
            if part == "xl/worksheets/sheet1.xml":
                body, count = re.subn(r'<c r="E2".*?</c>', cell, body)
                assert count == 1
            if not asks_to_be_computed:
                body = body.replace(' fullCalcOnLoad="1"', "")
            new.writestr(part, body)
    (error,) = read(tmp_path / "s.xlsx").errors
    assert (error.column, error.value) == ("E 运行状态", "FALSE")
    assert "逻辑值" in error.reason


def test_a_formula_in_a_column_that_is_not_read_stops_nothing(tmp_path: Path) -> None:
    result = read(changed(tmp_path / "r.xlsx", {"F2": "=1+1", "F3": "#N/A", "H2": "=A1"}))
    assert (len(result.rows), result.errors) == (2, [])


def test_a_row_of_formulas_alone_is_no_missing_row(tmp_path: Path) -> None:
    cells = {f"{letter}4": f"=Sheet2!{letter}4" for letter in "ABCD"}
    result = read(changed(tmp_path / "r.xlsx", cells))
    assert {error.place.row for error in result.errors} == {4}


def test_formulas_below_the_last_account_are_left_out_with_a_note(tmp_path: Path) -> None:
    cells = {f"D{row}": f'=IF(A{row}="","","市")' for row in range(4, 30)}
    result = read(changed(tmp_path / "r.xlsx", cells))
    assert (len(result.rows), result.errors) == (2, [])
    assert any("rows 4-29: nothing but formulas" in note for note in result.notes)


def test_a_heading_that_is_a_formula_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match='sheet "台账", row 1, column E: the formula has no stored'):
        read(changed(tmp_path / "r.xlsx", {"E1": '="运行"&"状态"'}))


def test_what_an_array_formula_would_fill_is_refused(tmp_path: Path) -> None:
    cells = {"D2": ArrayFormula("D2:D3", "=B2:B3"), "D3": ""}
    result = read(changed(tmp_path / "r.xlsx", cells))
    assert [(error.place.row, error.column) for error in result.errors] == [
        (2, "D 所属组织"),
        (3, "D 所属组织"),
    ]


def test_merged_and_repeated_cells_take_the_defect_over(tmp_path: Path) -> None:
    path = changed(tmp_path / "r.xlsx", {"D2": "=B2", "D3": "同上"})
    assert [error.place.row for error in read(path).errors] == [2, 3]
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("D2:D3")
    book.save(path)
    assert [error.place.row for error in read(path).errors] == [2, 3]


def test_a_nought_that_nobody_computed_is_no_result(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "r.xlsx") as book:
        page = book.add_worksheet("台账")
        page.write_row(0, 0, HEADINGS)
        page.write_row(1, 0, GOOD)
        page.write_formula(1, 3, '=B2&"主办"')
    (error,) = read(tmp_path / "r.xlsx").errors
    assert (error.column, error.value) == ("D 所属组织", "")


def test_what_goes_back_to_the_unit_is_refused_until_it_is_mended(tmp_path: Path) -> None:
    files = read_files([changed(tmp_path / "r.xlsx", {"D2": "=B2", "E3": "#REF!"})])
    rows = read_rows(files, TODAY)
    write_refused(files, rows.headings, rows.errors, tmp_path / "back.xlsx")
    again = read(tmp_path / "back.xlsx")
    assert [error.column for error in again.errors] == ["D 所属组织", "E 运行状态"]
    sheet = openpyxl.load_workbook(tmp_path / "back.xlsx").active
    assert printed_size(sheet) >= LEGIBLE
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$1")


def test_a_wide_registry_goes_back_legibly(tmp_path: Path) -> None:
    """As wide as the national system exports it: two pages beside each other."""
    book = openpyxl.Workbook()
    more = [f"其他信息{number}" for number in range(30)]
    book.active.append([*HEADINGS, *more])
    book.active.append([*GOOD[:3], "#REF!", *GOOD[4:], *more])
    book.save(tmp_path / "r.xlsx")
    files = read_files([tmp_path / "r.xlsx"])
    rows = read_rows(files, TODAY)
    write_refused(files, rows.headings, rows.errors, tmp_path / "back.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "back.xlsx").active
    assert sheet.page_setup.fitToWidth == 2
    assert printed_size(sheet) >= LEGIBLE


def test_the_annex_of_a_notice_names_the_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ([*HEADINGS, "存在的突出问题"], [*GOOD, "=A1"], [*SECOND, "超2周未更新"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Unusable, match="row 2, column E 存在的突出问题: 公式没有保存计算结果"):
        read_annex(tmp_path / "a.xlsx", [], [], TODAY)


def test_a_blank_result_of_an_old_workbook_asks_for_xlsx(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    for row, cells in enumerate((HEADINGS, GOOD)):
        for column, cell in enumerate(cells):
            page.write(row, column, cell)
    page.write(2, 0, "71002")
    page.write(2, 1, xlwt.Formula("B2"))
    page.write(2, 2, "新浪微博")
    book.save(str(tmp_path / "r.xls"))
    (error,) = read(tmp_path / "r.xls").errors
    assert (error.place.row, error.column) == (3, "B 政务新媒体名称")
    assert "另存为 xlsx" in error.reason


def test_error_words_in_a_csv_are_refused_and_odd_names_kept(tmp_path: Path) -> None:
    rows = [HEADINGS, ["1", "#N/A", "新浪微博", "甲"], ["2", "#天天向上", "新浪微博", "=A2"]]
    rows += [["3", "'=A2", "新浪微博", "甲"], ["4", '="0012"', "新浪微博", "甲"]]
    result = read(text(tmp_path / "r.csv", rows))
    assert [(error.place.row, error.column) for error in result.errors] == [
        (2, "B 政务新媒体名称"),
        (3, "D 所属组织"),
    ]
    assert [row.filed.name for row in result.rows] == ["=A2", "0012"]


def test_the_line_of_a_bad_byte_is_the_true_one(tmp_path: Path) -> None:
    lines = [
        "备案单号,政务新媒体名称,类型",
        *[f"{row},示例第{row}发布,新浪微博" for row in range(40)],
    ]
    for encoding, bad in (
        ("gb18030", b"\xff,"),
        ("utf-8", b"\xff,"),
        ("utf-8-sig", b"\xff,"),
        ("utf-16", b"\x00\xd8,\x00"),
    ):
        parts = "\n".join(lines).encode(encoding)
        end = "\n".encode("utf-16-le" if encoding == "utf-16" else "ascii")
        place = len(end.join(parts.split(end)[:21]))
        (tmp_path / "r.csv").write_bytes(parts[:place] + bad + parts[place:])
        with pytest.raises(Unusable, match=r"r\.csv, line 21, character 16: the text is not UTF"):
            read(tmp_path / "r.csv")


def test_characters_that_are_taken_out_of_a_name_are_told(tmp_path: Path) -> None:
    result = read(text(tmp_path / "r.csv", [HEADINGS, ["1", "甲\x01乙\u202e", "新浪微博", "丙"]]))
    assert [row.filed.name for row in result.rows] == ["甲乙"]
    (warning,) = result.warnings
    assert r"row 2: column B 政务新媒体名称: hidden characters taken out: \u0001 \u202e" in warning

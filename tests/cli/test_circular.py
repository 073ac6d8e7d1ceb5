"""`mediawatch circular check`: real files in, slips out by place, exit code 1 where there is one."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from commands import in_process
from docx import Document

from mediawatch.workbooks.tables import read_document

SOUND = [
    ["地区", "总数", "检查数", "不合格数", "合格率"],
    ["甲市", 10, 8, 1, "87.5%"],
    ["乙市", 20, 12, 3, "75%"],
    ["合计", 30, 20, 4, "80%"],
]


def book(path: Path, *sheets: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets, 1):
        sheet = made.create_sheet(f"附件{number}")
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A circular with two rows of headings, a cell over two columns and one over two rows."""
    document = Document()
    document.add_paragraph("本次检查20个政务新媒体，发现不合格4个，合格率81%。")
    document.add_paragraph("附件1 各地区检查情况")
    table = document.add_table(rows=5, cols=4)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "地区"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "微信公众号"
    table.cell(0, 3).text = "新浪微博"
    for column, text in enumerate(("检查数", "不合格数", "检查数"), 1):
        table.cell(1, column).text = text
    for row, cells in enumerate((("甲市", 8, 1, 3), ("乙市", 12, 3, 4), ("合计", 21, 4, 7)), 2):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = str(cell)
    document.save(str(tmp_path / "通报.docx"))
    return tmp_path / "通报.docx"


def test_a_sound_workbook_ends_with_0(tmp_path: Path) -> None:
    done = in_process("circular", "check", book(tmp_path / "a.xlsx", SOUND))
    assert (done.returncode, done.stdout) == (
        0,
        "已核对的数字之间未见差错；未核对的不在此列。\n读到1张表、3行数字。\n",
    )


def test_slips_are_told_by_sheet_row_and_column(tmp_path: Path) -> None:
    off = [*SOUND[:2], ["乙市", 20, 12, 3, 0.74], ["合计", 31, 20, 4, "=1/0"]]
    done = in_process("circular", "check", book(tmp_path / "a.xlsx", SOUND, off))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "差错3处：",
        "  “附件2”第3行E列：乙市：合格率写74%，按9/12应为75.00%。",
        "  “附件2”第4行B列：各行“总数”合计30，合计写31：差1。",
        "  “附件2”第4行B列：总数写31，“附件1”第4行写30。",
        "未核对1处：",
        "  “附件2”第4行E列：合计：“合格率”未核对：公式没有保存计算结果，"
        "请用 Excel 或 WPS 打开后重新保存，或把公式粘贴为数值。",
        "读到2张表、6行数字。",
    ]


def test_many_open_cells_of_a_column_are_told_in_short(tmp_path: Path) -> None:
    rows = [["地区", "检查数", "合格率"], *([f"{number}县", 9, "91%"] for number in range(9))]
    done = in_process("circular", "check", book(tmp_path / "a.xlsx", rows))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert (lines[0], len(lines)) == ("未核对9处：", 9)
    assert lines[6] == "  另有4处同类的未核对。"


def test_a_csv_of_gbk_is_read(tmp_path: Path) -> None:
    file = tmp_path / "表.csv"
    file.write_bytes("地区,总数,抽查数\n全市,21,28\n".encode("gbk"))
    done = in_process("circular", "check", file)
    assert (done.returncode, "“表.csv”第2行C列：全市：检查数28大于总数21。" in done.stdout) == (
        1,
        True,
    )


def test_a_document_s_text_and_tables_are_held_together(letter: Path) -> None:
    document = read_document(letter)
    (table,) = document.sheets
    assert table.name == "表1 附件1 各地区检查情况"
    assert table.rows[:2] == [
        ["地区", "微信公众号", "", "新浪微博"],
        ["地区", "检查数", "不合格数", "检查数"],
    ]
    done = in_process("circular", "check", letter)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:3] == [
        "差错2处：",
        "  正文第1段：“本次检查20个政务新媒体，发现不合格4个，合格率81%”：合格率写81%，按16/20应为80%。",
        "  “表1 附件1 各地区检查情况”第5行B列：各行“检查数”合计20，合计写21：差1。",
    ]


def test_a_rate_that_is_merged_over_two_rows_is_of_both(tmp_path: Path) -> None:
    rows = [
        ["地区", "检查数", "不合格数", "合格率"],
        ["甲市", 10, 1, "86.7%"],
        ["乙市", 20, 3, None],
    ]
    made = book(tmp_path / "a.xlsx", rows)
    opened = openpyxl.load_workbook(made)
    opened.active.merge_cells("D2:D3")
    opened.save(made)
    done = in_process("circular", "check", made)
    assert done.returncode == 0
    assert "第2行D列：甲市：“86.7%”在合并单元格中，是几行的数，未与各行核对。" in done.stdout
    document = Document()
    table = document.add_table(rows=3, cols=4)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = str(cell or "")
    table.cell(1, 3).merge(table.cell(2, 3)).text = "86.7%"
    document.save(str(tmp_path / "a.docx"))
    done = in_process("circular", "check", tmp_path / "a.docx")
    assert (done.returncode, "合并单元格" in done.stdout) == (0, True)


def test_what_is_no_document_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "通报.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "坏.docx").write_bytes(b"no archive")
    (tmp_path / "断.docx").write_bytes(b"PK\x03\x04 cut")
    (tmp_path / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    for name in ("通报.pdf", "坏.docx", "断.docx", "旧.doc", "无.docx"):
        done = in_process("circular", "check", tmp_path / name)
        assert (done.returncode, name in done.stderr) == (2, True), done.stderr
        assert name == "无.docx" or ".docx in Word or WPS" in done.stderr, done.stderr

"""Every way in which a registry arrives broken, and the message a person gets for it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PIL import Image
from registry_files import (
    GOOD,
    HEADINGS,
    SECOND,
    SOURCE,
    encrypted_xls,
    encrypted_xlsx,
    read,
    xls,
    xlsx,
)

from mediawatch.registry.plan import Coverage, FiledBefore, plan
from mediawatch.registry.rows import RowsResult
from mediawatch.workbooks.refusals import Unusable

Make = Callable[[Path], Path | tuple[Path, ...]]


def bytes_in(name: str, data: bytes) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


def cells(*rows: Any, **more: Any) -> Make:
    return lambda folder: xlsx(folder / "r.xlsx", rows, **more)


def cut(make: Callable[..., Path], name: str, share: float) -> Make:
    """A file that was not copied to the end."""

    def made(folder: Path) -> Path:
        path = make(folder / name, [HEADINGS, *[GOOD] * 300])
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        return path

    return made


def picture(folder: Path) -> Path:
    Image.new("RGB", (40, 40)).save(folder / "扫描件.png")
    return (folder / "扫描件.png").rename(folder / "扫描件.xlsx")


def corrupted(folder: Path) -> Path:
    """One byte of the stored cells flipped: only the zip checksum notices."""
    path, target = xlsx(folder / "w.xlsx", [HEADINGS, GOOD]), folder / "r.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as out:
        for part in source.namelist():
            out.writestr(part, source.read(part))
    data = bytearray(target.read_bytes())
    data[data.index("示例第一".encode())] ^= 1
    target.write_bytes(data)
    return target


def zipped(*parts: str) -> Make:
    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / "r.xlsx", "w") as out:
            for part in parts:
                out.writestr(part, "x")
        return folder / "r.xlsx"

    return make


def no_sheet(folder: Path) -> Path:
    openpyxl.Workbook().save(folder / "r.xlsx")
    return folder / "r.xlsx"


def same_twice(folder: Path) -> tuple[Path, ...]:
    one = xlsx(folder / "a.xlsx", [HEADINGS, GOOD])
    (folder / "b.xlsx").write_bytes(one.read_bytes())
    return one, folder / "b.xlsx"


def folder_of(folder: Path) -> Path:
    return folder


UNUSABLE: dict[str, tuple[Make, tuple[str, ...]]] = {
    "missing file": (lambda folder: folder / "没有.xlsx", ("没有.xlsx does not exist",)),
    "folder": (folder_of, ("is a folder: name the files in it",)),
    "no bytes": (bytes_in("r.xlsx", b""), ("r.xlsx is empty (0 bytes)",)),
    "lock file": (bytes_in("~$r.xlsx", b"\x05"), ("lock file of an open workbook",)),
    "no cells": (no_sheet, ("no filled cell in any sheet",)),
    "no rows": (cells(HEADINGS, sheet="甲"), ("no rows below the heading",)),
    "picture as xlsx": (picture, ("扫描件.xlsx is a PNG picture, not a table",)),
    "html as xls": (
        bytes_in("导出.xls", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("is an HTML or XML page", "save it as .xlsx"),
    ),
    "text as xlsx": (
        bytes_in("r.xlsx", "备案单号,类型\n".encode()),
        ("is not an Excel workbook, whatever its name says", "name a text table .csv"),
    ),
    "pdf": (bytes_in("r.pdf", b"%PDF-1.7 x"), ("r.pdf is a PDF document",)),
    "word": (zipped("[Content_Types].xml", "word/document.xml"), ("is a Word document",)),
    "plain zip": (zipped("台账/甲.xlsx"), ("is a zip archive", "unpack it")),
    "unknown ending": (bytes_in("r.json", b"{}"), ("r.json is not an .xlsx, .xls or .csv file",)),
    "password, xlsx": (
        lambda folder: encrypted_xlsx(folder / "r.xlsx"),
        ("is protected by a password",),
    ),
    "password, xls": (
        lambda folder: encrypted_xls(folder / "r.xls"),
        ("is protected by a password",),
    ),
    "cut xlsx": (cut(xlsx, "r.xlsx", 0.6), ("is damaged or was not copied to the end",)),
    "cut xls": (cut(xls, "r.xls", 0.6), ("cannot be read: too large or damaged",)),
    "flipped byte": (corrupted, ("is damaged (xl/sharedStrings.xml inside it)",)),
    "stray cell": (
        lambda folder: stray(folder),
        ("reaches down to row 1048576", "delete the stray cells"),
    ),
    "neither encoding": (
        bytes_in("r.csv", "备案单号,名称\n".encode() + b"\xff\xff\n"),
        ("r.csv, line 2, character 1: the text is not UTF-8 nor GB18030",),
    ),
    "utf-8 mark, other text": (
        bytes_in("r.csv", b"\xef\xbb\xbf\xb1\xb8"),
        ("line 1, character 1: the text is not UTF-8;",),
    ),
    "utf-16 without mark": (
        bytes_in("r.csv", "备案单号,类型\n甲,乙".encode("utf-16-le")),
        ("holds zero bytes", "save it as CSV UTF-8"),
    ),
    "open quotation mark": (
        bytes_in("r.csv", '备案单号,政务新媒体名称,类型\n1,"甲,微信公众号\n'.encode()),
        ("not valid CSV", "quotation mark"),
    ),
    "title hides the heading": (
        cells(["示例市政务新媒体台账"], ["", "", ""], GOOD, merged=[(0, 0, 1, 3)]),
        ("no heading row found", "the first filled row reads: 示例市政务新媒体台账"),
    ),
    "no name column": (
        cells(["备案单号", "类型", "所属组织"], ["1", "新浪微博", "示例局"]),
        ("has no column 政务新媒体名称; it reads: 备案单号、类型",),
    ),
    "no type column": (
        cells(["备案单号", "政务新媒体名称", "所属组织"], ["1", "甲", "示例局"]),
        ("row 1: the heading has no column 类型",),
    ),
    "heading twice": (
        cells([*HEADINGS, "类型"], [*GOOD, ""]),
        ("two columns have the same heading: 类型 in columns C and E",),
    ),
    "same file twice": (same_twice, ("have the same content",)),
    "only a hidden sheet": (
        cells(["a"], hidden_sheets=["甲"], more={"甲": [HEADINGS, GOOD]}),
        ("no heading row found",),
    ),
}


def stray(folder: Path) -> Path:
    path = xlsx(folder / "r.xlsx", [HEADINGS, GOOD])
    book = openpyxl.load_workbook(path)
    book.active.cell(row=1048576, column=3, value=" ")
    book.save(path)
    return path


@pytest.mark.parametrize("case", UNUSABLE)
def test_an_unusable_file_says_what_it_is_and_what_to_do(case: str, tmp_path: Path) -> None:
    make, expected = UNUSABLE[case]
    made = make(tmp_path)
    with pytest.raises(Unusable) as caught:
        read(*(made if isinstance(made, tuple) else (made,)))
    assert all(part in str(caught.value) for part in expected), str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_unusable_files_are_named_at_once(tmp_path: Path) -> None:
    good = xlsx(tmp_path / "good.xlsx", [HEADINGS, GOOD])
    with pytest.raises(Unusable) as caught:
        read(tmp_path / "a.xlsx", good, tmp_path / "b.xlsx")
    assert len(caught.value.problems) == 2


LINK = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
WIDE = (
    *HEADINGS,
    "平台ID",
    "原始ID",
    "微信号",
    "链接地址",
    "文章链接",
    "运行状态",
    "开设时间",
    "联系电话",
    "微信读书链接",
)
"""Column letters: A 备案单号 …

E 平台ID F 原始ID G 微信号 H 链接地址 I 文章链接 J 运行状态 K 开设时间 L 联系电话 M 微信读书链接.
"""
ROW_ERRORS: list[tuple[str, dict[str, Any], str, str]] = [
    ("16 digits as a number", {"备案单号": 3025716006566021}, "A 备案单号", "数值超过15位"),
    ("a rounded id", {"平台ID": 1.2e16}, "E 平台ID", "数值超过15位"),
    ("an id with a fraction", {"备案单号": 71244.5}, "A 备案单号", "编号不应是负数或小数"),
    (
        "an id that became text in scientific form",
        {"备案单号": "3.02572E+15"},
        "A 备案单号",
        "科学计数法",
    ),
    (
        "an id that became a date",
        {"备案单号": SOURCE.at.date()},
        "A 备案单号",
        "单元格被当成了日期",
    ),
    ("two ids in one cell", {"备案单号": "71244\n71245"}, "A 备案单号", "编号中间有空格或换行"),
    ("no name", {"政务新媒体名称": ""}, "B 政务新媒体名称", "名称未填写"),
    ("a name that says nothing", {"政务新媒体名称": "/"}, "B 政务新媒体名称", "名称未填写"),
    ("a paragraph for a name", {"政务新媒体名称": "示例" * 60}, "B 政务新媒体名称", "疑似填错列"),
    ("no type", {"类型": ""}, "C 类型", "未填写类型"),
    ("two platforms", {"类型": "新浪微博、抖音"}, "C 类型", "指向多个平台"),
    ("a link for an id", {"平台ID": "https://weibo.com/u/1"}, "E 平台ID", "不是网址或名称"),
    ("a name for an id", {"平台ID": "示例发布"}, "E 平台ID", "不是网址或名称"),
    ("wrong gh_", {"原始ID": "gh-12"}, "F 原始ID", "gh_ 开头"),
    (
        "gh_ for a microblog",
        {"类型": "新浪微博", "原始ID": "gh_0123456789ab"},
        "F 原始ID",
        "只属于微信账号",
    ),
    ("two gh_", {"微信号": "gh_0123456789ab", "原始ID": "gh_ba9876543210"}, "G 微信号", "不一致"),
    ("a name for a 微信号", {"微信号": "示例发布"}, "G 微信号", "应为字母、数字"),
    ("a url that is none", {"链接地址": "见微信"}, "H 链接地址", "不是有效的网址"),
    (
        "two urls",
        {"链接地址": "https://a.example/1 https://a.example/2"},
        "H 链接地址",
        "只填写一个链接",
    ),
    (
        "a reader page elsewhere",
        {"微信读书链接": "https://weread.example/web/1"},
        "M 微信读书链接",
        "不是微信读书网页版的链接",
    ),
    (
        "an article link that is none",
        {"文章链接": "https://www.example.cn/1.html"},
        "I 文章链接",
        "不是微信文章链接",
    ),
    ("an unknown state", {"运行状态": "停更"}, "J 运行状态", "应为 正常运行"),
    ("an impossible day", {"开设时间": "2021-02-30"}, "K 开设时间", "没有这一天"),
    ("a month only", {"开设时间": "2021年3月"}, "K 开设时间", "精确到日"),
    ("a bare Excel serial", {"开设时间": 44260}, "K 开设时间", "日期变成了数字"),
    ("a day to come", {"开设时间": "2033-01-01"}, "K 开设时间", "晚于导入当天"),
    ("no telephone", {"联系电话": "找小示"}, "L 联系电话", "应为电话号码"),
    ("ditto below the heading", {"所属组织": "同上"}, "D 所属组织", "上方没有可以沿用的内容"),
]


def wide(changed: dict[str, Any]) -> list[Any]:
    return [
        changed.get(heading, dict(zip(HEADINGS, GOOD, strict=True)).get(heading, ""))
        for heading in WIDE
    ]


@pytest.mark.parametrize(
    ("case", "changed", "column", "reason"), ROW_ERRORS, ids=[row[0] for row in ROW_ERRORS]
)
def test_a_bad_cell_is_named_by_sheet_row_column_value_and_reason(
    case: str, changed: dict[str, Any], column: str, reason: str, tmp_path: Path
) -> None:
    result = read(
        xlsx(
            tmp_path / "r.xlsx",
            [
                ["台账"],
                WIDE,
                wide(changed),
                wide({"备案单号": "71009", "政务新媒体名称": "示例第九发布"}),
            ],
        )
    )
    assert [row.filed.name for row in result.rows] == ["示例第九发布"]
    (error,) = result.errors
    assert (error.place.sheet, error.place.row, error.column) == ("台账", 3, column)
    assert reason in error.reason
    assert error.chinese.startswith(column) or not error.column
    assert 'sheet "台账", row 3, column' in str(error)


def test_all_faults_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    result = read(
        xlsx(
            tmp_path / "r.xlsx",
            [WIDE, wide({"政务新媒体名称": "", "运行状态": "?", "链接地址": "无址"})],
        )
    )
    assert [error.column[0] for error in result.errors] == ["B", "H", "J"]
    assert not any("运行状态 is empty" in str(warning) for warning in result.warnings), (
        "it is not empty, it is refused"
    )
    assert len(result.rejected) == 1


def test_a_comma_that_was_not_quoted_does_not_shift_a_row(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(
        "政务新媒体名称,类型,所属组织\n示例,发布,微信公众号,示例局\n", encoding="utf-8"
    )
    result = read(tmp_path / "r.csv")
    assert result.rows == []
    assert any("可能有未加引号的逗号" in error.reason for error in result.errors)


def test_an_error_in_a_formula_is_no_empty_cell(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "r.xlsx", [WIDE, wide({"平台ID": "x"})])
    book = openpyxl.load_workbook(path)
    book.active["E2"].value = "#N/A"
    book.save(path)
    (error,) = read(path).errors
    assert (error.column, "公式错误" in error.reason) == ("E 平台ID", True)


def refused(result: RowsResult) -> dict[int, str]:
    made = plan(result.rows, FiledBefore(accounts=[]), SOURCE, Coverage())
    return {error.place.row: str(error) for error in made.errors}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [GOOD, ("71001", "另名", "抖音", "示例局")],
            {2: "与工作表“台账”第3行重复", 3: "与工作表“台账”第2行重复"},
        ),
        ([GOOD, ("", *GOOD[1:])], {2: "平台、所属组织和名称均与", 3: "平台、所属组织和名称均与"}),
        ([GOOD, SECOND, GOOD], {2: "第4行重复", 4: "第2行重复"}),
        # Two accounts may bear one name: what they are filed under tells them apart.
        ([GOOD, ("71002", *GOOD[1:])], {}),
        ([GOOD, ("", GOOD[1], "新浪微博", GOOD[3])], {}),
    ],
)
def test_rows_that_stand_twice_are_refused_both(
    rows: list[tuple[str, ...]], said: dict[int, str], tmp_path: Path
) -> None:
    errors = refused(read(xlsx(tmp_path / "r.xlsx", [HEADINGS, *rows])))
    assert errors.keys() == said.keys()
    assert all(part in errors[row] for row, part in said.items())


def test_one_id_twice_is_refused_unless_it_is_filed_under_two_numbers(tmp_path: Path) -> None:
    heading = ("备案单号", "政务新媒体名称", "类型", "平台ID")
    twice = read(
        xlsx(tmp_path / "a.xlsx", [heading, ("", "甲", "抖音", "ID7"), ("", "乙", "抖音", "ID7")])
    )
    assert {row: "平台ID" in error for row, error in refused(twice).items()} == {2: True, 3: True}
    double = read(
        xlsx(tmp_path / "b.xlsx", [heading, ("1", "甲", "抖音", "ID7"), ("2", "乙", "抖音", "ID7")])
    )
    made = plan(double.rows, FiledBefore(accounts=[]), SOURCE, Coverage())
    assert (len(made.changes.new), len(made.errors)) == (2, 0)
    assert any("重复备案" in warning for warning in made.warnings)

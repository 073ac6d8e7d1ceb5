"""The import as a whole: real files, the real store, the command line, the workbook that goes
back.
"""

from __future__ import annotations

import hashlib
import re
import resource
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from commands import in_process
from printed_sheets import printed_size
from registry_files import GOOD, HEADINGS, NOW, SECOND, encrypted_xlsx, read, text, xls, xlsx
from samples import sql
from typer.testing import CliRunner, Result

from mediawatch.cli import app
from mediawatch.domain import Account, Contact, Excuse, UserError
from mediawatch.paper import LEGIBLE
from mediawatch.ports import Store
from mediawatch.registry.check import check
from mediawatch.registry.service import ImportOptions, import_files
from mediawatch.registry.template import COLUMNS, write_template
from mediawatch.workbooks.refusals import Unusable

BAD = ("3025716006566021x y", "", "微信公众号", "示例局")


async def names(store: Store, *, include_retired: bool = False) -> list[str]:
    return [
        account.filed.name for account in await store.accounts.all(include_retired=include_retired)
    ]


def test_a_home_without_contacts_keeps_none_and_writes_none(tmp_path: Path) -> None:
    """Two columns of telephones, one that says nothing to us, and a row that is refused."""
    home = tmp_path / "home"
    heading = (*HEADINGS, "联系人", "联系电话", "手机", "分管领导电话")
    people = ("小示甲", "13800000001", "13800000002", "13800000003")
    bad = (*("" if name == "政务新媒体名称" else cell for name, cell in zip(HEADINGS, SECOND, strict=True)), *people)  # fmt: skip
    table = xlsx(tmp_path / "一.xlsx", [heading, (*GOOD, *people), bad])

    def ends(code: int, *words: str | Path) -> str:
        done = in_process("--home", home, *words)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    ends(0, "init")
    in_process("--home", home, "registry", "import", table, "--skip-bad-rows")
    assert len(sql(f"sqlite:///{home / 'mediawatch.db'}", "SELECT person FROM contact")) == 1
    config = home / "mediawatch.toml"
    config.write_text(config.read_text("utf-8").replace("# contacts = true", "contacts = false"))
    assert "contact deleted" not in ends(0, "registry", "undo", "--dry-run")
    assert "1 contact deleted" in ends(0, "doctor")
    assert "contact deleted" not in ends(0, "status")
    back = tmp_path / "退回.xlsx"
    words = ("registry", "import", table, "--skip-bad-rows", "--errors", back)
    said = in_process("--home", home, *words)
    assert "refused" in said.stdout
    assert sql(f"sqlite:///{home / 'mediawatch.db'}", "SELECT person FROM contact") == []
    shown = [
        str(cell.value) for sheet in openpyxl.load_workbook(back) for row in sheet for cell in row
    ]
    held = said.stdout + said.stderr + "".join(shown)
    held += "".join(
        path.read_bytes().decode("utf-8", "replace") for path in home.rglob("*") if path.is_file()
    )
    assert not re.search("1380000000|小示甲", held)
    assert not re.search("联系|电话|手机", "".join(shown))
    assert "联系人" not in ends(0, "registry", "check")


async def test_new_updated_retired_and_back(store: Store, tmp_path: Path) -> None:
    first = await import_files(
        store,
        [xlsx(tmp_path / "一.xlsx", [(*HEADINGS, "联系人"), (*GOOD, "小示"), (*SECOND, "")])],
        now=NOW,
    )
    assert (first.written, len(first.changes.new), first.refused) == (True, 2, 0)
    again = await import_files(store, [tmp_path / "一.xlsx"], now=NOW + timedelta(days=1))
    assert (again.changes.unchanged, again.changes.new, again.changes.updated) == (2, (), ())

    renamed = [HEADINGS, (GOOD[0], "示例新名", *GOOD[2:])]
    late = NOW + timedelta(days=30)
    second = await import_files(
        store, [xls(tmp_path / "二.xls", renamed)], ImportOptions(complete=True), now=late
    )
    assert (len(second.changes.updated), [account.filed.name for account in second.retired]) == (
        1,
        [SECOND[1]],
    )
    assert await names(store) == ["示例新名"]
    accounts = {
        account.filed.name: account for account in await store.accounts.all(include_retired=True)
    }
    assert accounts[SECOND[1]].retired_on == late.date()
    assert [
        (one.field, one.old, one.new, one.source)
        for one in await store.accounts.changes(accounts["示例新名"].id)
    ] == [("name", GOOD[1], "示例新名", "二.xls")]
    assert await store.accounts.contacts() == {accounts["示例新名"].id: Contact(person="小示")}

    back = await import_files(
        store,
        [text(tmp_path / "三.csv", [HEADINGS[1:], SECOND[1:], GOOD[1:]], "gb18030")],
        now=late,
    )
    assert len(back.changes.updated) == 2
    assert sorted(await names(store)) == sorted([GOOD[1], SECOND[1]])
    found = await store.accounts.sources()
    assert [source.file for source, kind in found if kind == "registry"] == [
        "一.xlsx",
        "一.xlsx",
        "二.xls",
        "三.csv",
    ]
    assert found[0][0].sha256 == hashlib.sha256((tmp_path / "一.xlsx").read_bytes()).hexdigest()


async def test_nothing_is_written_unless_all_rows_are_good(store: Store, tmp_path: Path) -> None:
    good, bad = (
        xlsx(tmp_path / "a.xlsx", [HEADINGS, GOOD]),
        xlsx(tmp_path / "b.xlsx", [HEADINGS, SECOND, BAD]),
    )
    report = await import_files(store, [good, bad], now=NOW)
    assert (report.written, report.refused, len(report.errors)) == (False, 1, 2)
    assert (await names(store), await store.accounts.sources()) == ([], [])
    report = await import_files(
        store, [good, bad], ImportOptions(skip_bad_rows=True, complete=True), now=NOW
    )
    assert (report.written, report.refused, report.retired) == (True, 1, ())
    assert await names(store) == [GOOD[1], SECOND[1]]
    assert [source.file for source, _ in await store.accounts.sources()] == ["a.xlsx; b.xlsx"]


async def test_a_dry_run_writes_nothing(store: Store, tmp_path: Path) -> None:
    report = await import_files(
        store, [xlsx(tmp_path / "a.xlsx", [HEADINGS, GOOD])], ImportOptions(dry_run=True), now=NOW
    )
    assert (report.written, len(report.changes.new), await names(store)) == (False, 1, [])


async def test_refused_rows_come_back_as_they_were_and_can_be_corrected(
    store: Store, tmp_path: Path
) -> None:
    heading = (*HEADINGS, "开设时间", "粉丝数")
    rows: list[Sequence[Any]] = [
        ["示例市台账"], heading, (*GOOD, date(2021, 3, 5), 7), (3025716006566021, "=1+1", "微信公众号", "同上", date(2021, 3, 5), 7),
        ("0012", "", "新浪微博", "示例局", "去年", ""),
    ]  # fmt: skip
    back = tmp_path / "退回.xlsx"
    report = await import_files(
        store, [xlsx(tmp_path / "a.xlsx", rows)], ImportOptions(errors_path=back), now=NOW
    )
    assert (report.errors_file, report.refused) == (back, 2)
    page = openpyxl.load_workbook(back).active
    assert [cell.value for cell in page[1]] == [
        *heading,
        "错误说明",
        "来源文件",
        "来源工作表",
        "来源行号",
    ]
    assert page["A2"].value == 3025716006566021, (
        "a number whose digits are in doubt stays one, so that it is refused again"
    )
    assert (page["B2"].value, page["B2"].data_type) == ("=1+1", "s")
    assert page["D2"].value == GOOD[3], "同上 alone would mean nothing here"
    assert (page["A3"].value, page["A3"].data_type) == ("0012", "s")
    assert page["G2"].value.startswith("A 备案单号列“3025716006566021”：数值超过15位")
    assert page["G3"].value.splitlines() == [
        "B 政务新媒体名称列：名称未填写；",
        "E 开设时间列“去年”：应为日期，精确到日，如 2021-03-05",
    ]
    assert [cell.value for cell in page[3]][-3:] == ["a.xlsx", "台账", "5"]

    again = await import_files(
        store, [back], ImportOptions(errors_path=tmp_path / "又退.xlsx"), now=NOW
    )
    assert again.refused == 2
    page = openpyxl.load_workbook(tmp_path / "又退.xlsx").active
    assert [cell.value for cell in page[1]] == [
        *heading,
        "错误说明",
        "来源文件",
        "来源工作表",
        "来源行号",
    ]
    page["A2"], page["B3"], page["E3"] = "3025716006566021", "示例第三发布", "2021-03-05"
    page.parent.save(tmp_path / "改.xlsx")
    assert (await import_files(store, [tmp_path / "改.xlsx"], now=NOW)).written
    assert [
        (account.filed.filing_number, account.filed.name) for account in await store.accounts.all()
    ] == [
        ("3025716006566021", "=1+1"),
        ("0012", "示例第三发布"),
    ]


async def test_the_errors_file_must_not_be_the_registry(store: Store, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADINGS, BAD])
    with pytest.raises(Unusable, match="one of the files to import"):
        await import_files(store, [path], ImportOptions(errors_path=path), now=NOW)
    with pytest.raises(UserError, match="cannot write"):
        await import_files(store, [path], ImportOptions(errors_path=path / "x.xlsx"), now=NOW)


async def test_sheets_of_the_same_name_come_back_apart(store: Store, tmp_path: Path) -> None:
    paths = [xlsx(tmp_path / f"{name}.xlsx", [HEADINGS, (name, *BAD[1:])]) for name in "ab"]
    await import_files(store, paths, ImportOptions(errors_path=tmp_path / "e.xlsx"), now=NOW)
    assert openpyxl.load_workbook(tmp_path / "e.xlsx").sheetnames == ["台账", "台账(2)"]


def test_a_home_without_contacts_hands_out_a_form_without_them(tmp_path: Path) -> None:
    home, path = tmp_path / "home", tmp_path / "空表.xlsx"
    in_process("--home", home, "init")
    (home / "mediawatch.toml").write_text("[registry]\ncontacts = false\n", "utf-8")
    assert in_process("--home", home, "registry", "template", path).returncode == 0
    book = openpyxl.load_workbook(path)
    words = {str(cell.value) for page in book for row in page for cell in row}
    assert not [word for word in words if "联系" in word]
    assert book["台账"].max_column == len(COLUMNS) - 2
    # Without a home there are no settings, and all columns.
    assert (
        in_process("--home", tmp_path / "none", "registry", "template", path, "--force").returncode
        == 0
    )
    assert openpyxl.load_workbook(path)["台账"].max_column == len(COLUMNS)


def test_the_template_is_understood_and_keeps_ids_as_text(tmp_path: Path) -> None:
    path = tmp_path / "空表.xlsx"
    write_template(path)
    with pytest.raises(Unusable, match="no rows below the heading"):
        read(path)
    book = openpyxl.load_workbook(path)
    page = book["台账"]
    assert printed_size(page) >= LEGIBLE
    text_columns = [
        range(group.min, group.max + 1)
        for group in page.column_dimensions.values()
        if group.number_format == "@"
    ]
    assert {column for columns in text_columns for column in columns} >= set(
        range(1, len(COLUMNS) + 1)
    )
    (reasons,) = [
        rule
        for rule in page.data_validations.dataValidation
        if Excuse.LIMITED in str(rule.formula1)
    ]
    # Chosen from the list, or typed: an office may know another reason.
    assert (reasons.formula1, reasons.errorStyle) == (f'"{",".join(Excuse)}"', "warning")
    for column, (_, _, _, example) in enumerate(COLUMNS, 1):
        page.cell(row=2, column=column, value=example if "…" not in example else "")
    book.save(path)
    result = read(path)
    assert (result.errors, len(result.rows), result.left_out) == ([], 1, [])
    assert not any("not used" in note for note in result.notes)
    assert result.rows[0].filed.original_id == "gh_0000000000aa"


def run(home: Path, *args: str | Path) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), *map(str, args)])


def test_the_commands(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run(home, "init").exit_code == 0
    assert run(home, "registry", "template", tmp_path / "空.xlsx").exit_code == 0
    assert "exists already" in run(home, "registry", "template", tmp_path / "空.xlsx").stderr

    bad = run(
        home,
        "registry",
        "import",
        xlsx(tmp_path / "a.xlsx", [HEADINGS, GOOD, BAD]),
        "--errors",
        tmp_path / "e.xlsx",
    )
    assert (bad.exit_code, bad.stdout) == (
        2,
        "a.xlsx: (not imported) 1 new, 0 updated, 0 unchanged, 0 retired, 1 row refused\n",
    )
    assert 'sheet "台账", row 3, column B 政务新媒体名称: 名称未填写' in bad.stderr
    assert "nothing was imported" in bad.stderr
    assert (tmp_path / "e.xlsx").exists()
    assert run(home, "registry", "list", "--csv", tmp_path / "l.csv").stdout.endswith("0 rows\n")

    good = run(home, "registry", "import", tmp_path / "a.xlsx", "--skip-bad-rows")
    assert (good.exit_code, good.stdout) == (
        0,
        "a.xlsx: 1 new, 0 updated, 0 unchanged, 0 retired, 1 row refused\n",
    )
    assert GOOD[1] in run(home, "registry", "list").stdout
    assert run(home, "registry", "check").exit_code == 0

    encrypted = run(
        home, "registry", "import", encrypted_xlsx(tmp_path / "p.xlsx"), tmp_path / "none.xlsx"
    )
    assert encrypted.exit_code == 2
    assert [line.rpartition("/")[2] for line in encrypted.stderr.splitlines()] == [
        "p.xlsx is protected by a password: open it, remove the password and save it again",
        "none.xlsx does not exist",
    ]
    assert run(home, "registry", "import", tmp_path / "a.xlsx", "--covers", "地市").exit_code == 2


def many(path: Path, count: int) -> Path:
    types = ("微信公众号", "新浪微博", "抖音短视频", "今日头条")
    heading = (
        *HEADINGS,
        "主管单位",
        "地市",
        "县区",
        "层级",
        "平台ID",
        "链接地址",
        "运行状态",
        "开设时间",
        "联系人",
        "联系电话",
    )
    rows = (
        (
            str(3_000_000_000_000_000 + number),
            f"示例账号{number}",
            types[number % 4],
            f"示例市第{number // 4}测试局",
            "示例省测试厅",
            f"示例{number % 20}市",
            f"示例{number % 200}县",
            "县级",
            f"id{number}",
            f"https://a.example/{number}",
            "正常运行",
            "2021-03-05",
            "小示",
            "13800000000",
        )
        for number in range(count)
    )
    return xlsx(path, [heading, *rows])


@pytest.mark.parametrize("count", [500, pytest.param(100_000, marks=pytest.mark.soak)])
async def test_large_registries(count: int, store: Store, tmp_path: Path) -> None:
    """Every row comes in, comes again unchanged, and is checked; memory stays far from what a full
    copy per step would take.
    """
    path = many(tmp_path / "r.xlsx", count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len((await import_files(store, [path], now=NOW)).changes.new) == count
    assert (
        await import_files(store, [path], ImportOptions(complete=True), now=NOW)
    ).changes.unchanged == count
    accounts: list[Account] = await store.accounts.all()
    assert check(accounts, await store.accounts.contacts(), ())[0] == []
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    assert grown < 1500, f"{grown} MB"

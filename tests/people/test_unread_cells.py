"""Returned lists, hints, links and scopes with cells that hold no value: refused by place."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from worklists import FRESH, NOW, STALE, Inspection, exported, filed, fill, png

from mediawatch.domain import UserError
from mediawatch.people.forms.columns import Column
from mediawatch.people.hints.intake import HintOrigin, import_hints
from mediawatch.people.link_files import collect
from mediawatch.people.worklist.imported import write_bad_rows
from mediawatch.ports import Store
from mediawatch.sweep import scope_files
from mediawatch.workbooks.refusals import Unusable

ONE, TWO = "示例市第1测试局", "示例市第2测试局"
LINK = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    """Saved by openpyxl: its formulas have no results."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


async def test_a_worklist_answer_that_is_a_formula_goes_back(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2)])
    answers: Mapping[str, Mapping[Column, object]] = {
        ONE: {**FRESH, Column.POSTED_ON: "=TODAY()"},
        TWO: {Column.STATE: "#DIV/0!", Column.QUESTION: "=A1"},
    }
    done = await inspection.take(fill(path, tmp_path / "答.xlsx", answers))
    assert (done.readings, done.blank) == ([], 0)
    assert [(each.place.row, each.column) for each in done.problems] == [
        (2, "最近发布日期"),
        (3, "状态"),
    ]
    assert "打开后重新保存" in done.problems[0].reason
    assert [each.value for each in done.problems] == ["", "#DIV/0!"]
    back = tmp_path / "退回.xlsx"
    assert write_bad_rows(back, done, sweep=inspection.sweep) == 2
    again = await inspection.take(back)
    assert (again.readings, len(again.problems)) == ([], 2)


async def test_a_formula_that_nobody_reads_holds_no_answer_up(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    target = fill(
        path, tmp_path / "答.xlsx", {ONE: {**STALE, Column.QUESTION: "=A1"}}, {ONE: png()}
    )
    done = await inspection.take(target)
    assert (len(done.readings), done.problems) == (1, [])


async def test_a_picture_in_a_cell_is_no_error(store: Store, tmp_path: Path) -> None:
    """WPS keeps it as a formula; programs that do not know it show #NAME?."""
    inspection, path = await exported(store, tmp_path, [filed(1)])
    target = fill(
        path, tmp_path / "答.xlsx", {ONE: {**FRESH, Column.SHOT: '=_xlfn.DISPIMG("ID_1",1)'}}
    )
    done = await inspection.take(target)
    assert not any("公式" in problem.reason for problem in done.problems)


async def test_hints_and_scopes_name_the_cell(store: Store, tmp_path: Path) -> None:
    await Inspection.of(store, tmp_path, [filed(1), filed(2), filed(3)])
    heading = ("备案单号", "最近更新时间", "链接", "粉丝数")
    path = workbook(
        tmp_path / "监测.xlsx",
        heading,
        ("900001", "=TODAY()", None, None),
        ("900002", "2031-12-26", None, "=1+1"),
        ("900003", None, "=A1&A2", None),
        ("900003", None, "#REF!", None),
        ("900003", None, f'=HYPERLINK("{LINK}","文章")', None),
    )
    done = await import_hints(store, [path], HintOrigin(source="甲"), now=NOW)
    assert [(each.place.row, each.column) for each in done.problems] == [
        (2, "B 最近更新时间"),
        (4, "C 链接"),
        (5, "C 链接"),
    ]
    assert [each.value for each in done.problems] == ["", "", "#REF!"]
    assert {(hint.account_id, str(hint.on)) for hint in done.hints} == {(2, "2031-12-26")}
    accounts = await store.accounts.all()
    drawn = workbook(
        tmp_path / "范围.xlsx",
        ("备案单号", "类型", "粉丝数"),
        ("900001", "", "=1"),
        ("=A2", "微信", 1),
    )
    with pytest.raises(UserError, match=r'sheet "Sheet", row 3, column A: the formula has no'):
        scope_files.read(drawn, accounts, home="x")
    plain = workbook(tmp_path / "单.xlsx", ("900001",), ("=A1",))
    with pytest.raises(UserError, match=r"^[^\n]*row 2, column A: the formula has no[^\n]*$"):
        scope_files.read(plain, accounts, home="x")


async def test_a_heading_of_hints_that_is_a_formula_is_refused(
    store: Store, tmp_path: Path
) -> None:
    await Inspection.of(store, tmp_path, [filed(1)])
    path = workbook(
        tmp_path / "监.xlsx", ("备案单号", "更新日期", '="链"&"接"'), ("900001", "x", "y")
    )
    with pytest.raises(Unusable, match="row 1, column C: the formula has no stored result"):
        await import_hints(store, [path], HintOrigin(source="甲"), now=NOW)


def test_links_that_a_formula_would_show_are_told(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "链接.xlsx",
        ("=ROW()", f'=HYPERLINK("{LINK}","文章")', "=A1&B1"),
        ("=ROW()", "无", "=A2"),
    )
    found = collect([str(path)], io.BytesIO())
    assert [link.url for link in found.links] == [LINK]
    (note,) = found.skipped
    assert 'sheet "Sheet", row 1, column A and 3 more: links there were not read' in note
    assert all("#N/A" not in row.text for row in found.rows)

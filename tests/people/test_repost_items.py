"""The items of a repost task, in files as offices write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from mediawatch.domain import UserError
from mediawatch.people.reposts.items import read_items

LONG = "演示：关于做好防汛抗旱工作的通知"
LINK = "https://www.gov.cn/zhengce/content/202212/content_1.htm"


def written(folder: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    path = folder / "任务.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("rows", "items"),
    [
        ([("序号", "信息标题", "原文链接"), (1, " 演示 通知 ", LINK)], [("演示 通知", LINK)]),
        ([("转载任务清单",), ("链 接", "标题"), (LINK, "演示通知")], [("演示通知", LINK)]),
        ([("标题",), ("演示通知",), ("",), ("演示通知",)], [("演示通知", "")]),
        ([(LONG,), ("演示公告",)], [(LONG, ""), ("演示公告", "")]),
        ([(1, LONG, LINK), (2, LINK + "?id=2", "")], [(LONG, LINK), ("", LINK + "?id=2")]),
        *(
            ([(word,), (LONG,)], [(LONG, "")])
            for word in ("稿件名称", "题目", "应转载信息", "标题名称", "名称", "标题（必填）")
        ),
        ([("名称", "稿件名称"), ("甲任务", LONG)], [(LONG, "")]),
        ([("链接", "备注"), (LINK, "急件")], [("", LINK)]),
        # Equal but for their signs: one piece, with what either row says of it.
        ([("标题", "链接"), (f"《{LONG}》。", ""), (LONG, LINK)], [(f"《{LONG}》。", LINK)]),
        ([("标题", "链接"), ("", LINK), (LONG, LINK + "?share=1")], [(LONG, LINK)]),
        # So short a title is of many pieces.
        ([("标题", "链接"), ("公告", LINK), ("公告", LINK + "?id=2")], [("公告", LINK), ("公告", LINK + "?id=2")]),
        ([("标题", "链接"), ("演示通知", f"请转载：{LINK}")], [("演示通知", LINK)]),
    ],
)  # fmt: skip
def test_titles_and_links_are_read(
    tmp_path: Path, rows: list[tuple[object, ...]], items: list[tuple[str, str]]
) -> None:
    found = read_items(written(tmp_path, *rows)).items
    assert [(item.title, item.link) for item in found] == items
    assert [item.number for item in found] == [*range(1, len(items) + 1)]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([("标题", "链接"), ("演示通知", "见附件")], "row 2: '见附件' is no web address"),
        ([(LONG, LONG + "二")], "row 1: several texts and no heading"),
        ([("稿件题名",), (LONG,)], "row 1: '稿件题名' may be a heading or a title: write 标题"),
        ([("本次应转载的稿件清单",), (LONG,)], "row 1: '本次应转载的稿件清单' may be a heading"),
        ([("稿件题名", "链接"), (LONG, LINK)], "row 1, column A: '稿件题名' may be the titles"),
        ([("标题", "原稿"), (LONG, LINK)], "row 1, column B: '原稿' has addresses below it"),
        ([("标题", "链接"), (LONG, LINK), (LONG + "。", LINK + "?id=2")], "has two links"),
        ([("标题", "链接"), (LONG, LINK), (LONG + "二", LINK)], "has two titles"),
        ([("标题", "链接")], "names nothing to repost"),
        ([("标题",), ("=1/0",)], "row 2, column A"),
        ([("标题",), *((f"演示{number}",) for number in range(501))], "a task has 500 at most"),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, rows: list[tuple[object, ...]], why: str
) -> None:
    with pytest.raises(UserError, match=why):
        read_items(written(tmp_path, *rows))


def test_what_is_named_twice_is_told(tmp_path: Path) -> None:
    found = read_items(written(tmp_path, ("标题",), (LONG,), (LONG + "。",)))
    assert ([item.title for item in found.items], found.united) == ([LONG], (LONG + "。",))


def test_a_sheet_without_headings_beside_one_with_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ("标题",), (LONG,))
    book = load_workbook(path)
    book.create_sheet("说明").append(["请各单位于三日内转载以下信息。"])
    book.save(path)
    with pytest.raises(UserError, match="this sheet has no heading"):
        read_items(path)


def test_a_csv_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "任务.csv"
    path.write_text(f"标题,链接\n演示通知,{LINK}\n", "gb18030")
    assert [(item.title, item.link) for item in read_items(path).items] == [("演示通知", LINK)]

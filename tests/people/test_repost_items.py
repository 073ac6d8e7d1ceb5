"""The items of a repost task, in files as offices write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from mediawatch.domain import UserError
from mediawatch.people.reposts.items import read_items

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
        ([("演示通知",), ("演示公告",)], [("演示通知", ""), ("演示公告", "")]),
        ([(1, "演示通知", LINK), (2, LINK + "?id=2", "")], [("演示通知", LINK), ("", LINK + "?id=2")]),
        ([("标题", "链接"), ("演示通知", f"请转载：{LINK}")], [("演示通知", LINK)]),
    ],
)  # fmt: skip
def test_titles_and_links_are_read(
    tmp_path: Path, rows: list[tuple[object, ...]], items: list[tuple[str, str]]
) -> None:
    found = read_items(written(tmp_path, *rows))
    assert [(item.title, item.link) for item in found] == items
    assert [item.number for item in found] == [*range(1, len(items) + 1)]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([("标题", "链接"), ("演示通知", "见附件")], "row 2: '见附件' is no web address"),
        ([("演示通知", "演示公告")], "row 1: several texts and no heading"),
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


def test_a_csv_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "任务.csv"
    path.write_text(f"标题,链接\n演示通知,{LINK}\n", "gb18030")
    assert [(item.title, item.link) for item in read_items(path)] == [("演示通知", LINK)]

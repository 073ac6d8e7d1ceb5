"""The demonstration with a few of its accounts, some of them altered, and who must fail then.

Of each kind and platform one or two: what is too small to be the shipped demonstration shows that
it tells nothing by heart.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mediawatch import demo
from mediawatch.figures.printed.circulars import load_shipped

Row = dict[str, str]
KEPT = {1, 2, 3, 18, 46, 55, 59, 64, 76, 124, 133, 137, 141, 144, 145}
"""By the last digits of the filing number: silent, renamed, gone; sound; a platform that is not
read. What became of each of the failing ones a quarter later differs.
"""
ALTERED: dict[int, tuple[Row, str]] = {
    4: ({"posts": "2022-12-30", "articles": "1"}, ""),
    42: ({"truth": "gone", "posts": ""}, "搜索不到"),
    44: ({"posts": "2022-12-16"}, "超过2周及以上未更新"),
    50: (
        {
            "truth": "alive",
            "posts": "2022-12-29",
            "articles": "1",
            "original_id": "gh_d00000000001",
        },
        "",
    ),
    60: ({"shown_name": "演示改名"}, "名称变动未报备"),
    135: ({"posts": "2022-12-17T00:01"}, ""),
    140: ({"posts": "2021-12-31T12:00"}, "长期未更新"),
}
"""What becomes of a row, and the kind by which it then fails ("" = it does not).

Alive and stale change places, renamed, gone, dates at exactly 14 and 15 days. A quarter later it
is the same.
"""


def failing_accounts() -> dict[tuple[str, str], str]:
    """(name, type) -> kind of all that fail among the few."""
    named = {(one.name, one.type): one.kind for one in load_shipped("tibet-2022q4-circular").named}
    found = {}
    for row in _rows(demo.shipped_world())[1]:
        key, number = (row["name"], row["type"]), _number(row)
        kind = ALTERED[number][1] if number in ALTERED else named.get(key, "")
        if kind and number in KEPT | ALTERED.keys():
            found[key] = kind
    return found


def use_few_accounts(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """`mediawatch demo` plays the few of both quarters, where it plays the shipped worlds."""
    for name in ("shipped_world", "next_quarter"):
        source = getattr(demo, name)()
        target = folder / source.name
        _write_few(source, target)
        patch.setattr(demo, name, lambda target=target: target)


def _write_few(source: Path, target: Path) -> None:
    remarks, rows = _rows(source)
    with target.open("w", encoding="utf-8", newline="") as file:
        file.writelines(remarks)
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        for row in rows:
            if (number := _number(row)) in ALTERED:
                plain = {"pinned": "", "visitors_miss": ""}
                writer.writerow({**row, **ALTERED[number][0], **plain})
            elif number in KEPT:
                writer.writerow(row)


def _rows(source: Path) -> tuple[list[str], list[Row]]:
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    remarks = [line for line in lines if line.startswith("#")]
    return remarks, [*csv.DictReader(line for line in lines if not line.startswith("#"))]


def _number(row: Row) -> int:
    return int(row["filing_number"].rpartition("-")[2])

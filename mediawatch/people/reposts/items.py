"""The items of a 重要信息转载任务 in a table: titles and links, one piece of information a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mediawatch.addresses import addresses_in
from mediawatch.domain import RepostItem, UserError
from mediawatch.registry.cells import text_of
from mediawatch.rules.repost_links import post_key
from mediawatch.rules.repost_titles import SHORT, fold_title
from mediawatch.workbooks.places import Place, column_letter
from mediawatch.workbooks.sheet import Sheet
from mediawatch.workbooks.tables import read_file

# Of several columns that may hold the titles the first named here does.
_TITLES = (
    "标题", "信息标题", "文章标题", "稿件标题", "转载标题", "标题名称", "稿件名称", "文章名称", "信息名称", "题目", "稿件题目",
    "应转载信息", "转载信息", "转载内容", "转载任务标题", "title", "名称",
)  # fmt: skip
_LINKS = (
    "链接", "原文链接", "信息链接", "文章链接", "稿件链接", "链接地址", "原文地址", "网址", "转载链接", "link", "url",
)  # fmt: skip
_BESIDE = re.compile(r"序号|编号|备注|说明|日期|时间|时限|期限|来源|单位|部门|平台|要求|no\.?")
"""Headings of columns that hold no title."""
_LIKE_HEADING = re.compile(r"(?:标题|名称|题目|信息|内容|稿件|清单|列表|一览表?|任务表?|目录)$")
_REMARK = re.compile(r"[（(][^（()）]*[)）]|[*:：]")
_MOST = 500
"""Items of one task."""


@dataclass(frozen=True, slots=True)
class RepostPieces:
    """What a task asks for, each piece once."""

    items: tuple[RepostItem, ...]
    united: tuple[str, ...] = ()
    """Titles or links that say once more what an item says."""


def read_items(path: Path) -> RepostPieces:
    """The items of a file (xlsx, xls, csv), in its order.

    With headings (标题, 链接) or without: then a cell with a web address is the link, and the other
    text the title. UserError names each row that cannot be read, what may be a heading or a title,
    and an empty file.
    """
    found: list[tuple[str, str]] = []
    problems: list[str] = []
    sheets = [_table(sheet) for sheet in read_file(path).sheets if not sheet.out_of_sight]
    for table in sheets:
        problems += _unread(table.sheet)
        problems += _untold(table, others_have=any(each.heading for each in sheets))
        found += _rows(table, problems)
    if problems:
        more = [f"… and {len(problems) - 20} more"] if len(problems) > 20 else []
        raise UserError("\n".join([*problems[:20], *more]))
    return items_of(found, str(path))


def items_of(given: Sequence[tuple[str, str]], where: str) -> RepostPieces:
    """Items of titles and links. Those that differ in signs alone are one (`fold_title`).

    UserError where `where` holds none, or too many, or two that cannot be told apart.
    """
    kept: list[tuple[str, str]] = []
    # Where a title (folded) or a link (its key) stands; titles so short are of many pieces.
    places: dict[str, int] = {}
    united: list[str] = []
    for title, link in ((" ".join(title.split()), link.strip()) for title, link in given):
        folded, key = fold_title(title), post_key(link)
        names = [f"title {folded}"] if folded else []
        names += [f"link {key}"] if key else []
        if key and len(folded) < SHORT:
            names = [f"link {key}"]
        place = next((places[name] for name in names if name in places), None)
        if place is None:
            place = len(kept)
            kept.append((title, link))
        else:
            kept[place] = _united(kept[place], (title, link), where)
            united.append(title or link)
        for name in names:
            places.setdefault(name, place)
    if not kept:
        raise UserError(f"{where} names nothing to repost: give titles or links, one a row")
    if len(kept) > _MOST:
        raise UserError(f"{where} names {len(kept)} pieces; a task has {_MOST} at most: split it")
    items = [
        RepostItem(number=number, title=title, link=link)
        for number, (title, link) in enumerate(kept, 1)
    ]
    return RepostPieces(tuple(items), tuple(united))


def _united(one: tuple[str, str], other: tuple[str, str], where: str) -> tuple[str, str]:
    """Two that share a title or a link, as one piece. UserError where the rest differs."""
    titles = {folded for title, _ in (one, other) if (folded := fold_title(title))}
    links = {key for _, link in (one, other) if (key := post_key(link))}
    if len(links) > 1:
        raise UserError(
            f"{where}: {other[0]} has two links, {one[1]} and {other[1]}: whoever reposts one title "
            "reposts both: leave one out"
        )
    if len(titles) > 1:
        raise UserError(
            f"{where}: {other[1]} has two titles, {one[0]} and {other[0]}: leave one out"
        )
    return one[0] or other[0], one[1] or other[1]


@dataclass(frozen=True, slots=True)
class _Table:
    sheet: Sheet
    cells: list[list[str]]
    top: int
    """The row of the headings; -1 for none."""
    heading: Mapping[str, int]


def _table(sheet: Sheet) -> _Table:
    cells = [[text_of(cell) for cell in row] for row in sheet.rows]
    # What stands above the headings is the name of the list.
    top, heading = next(
        ((number, found) for number, row in enumerate(cells) if (found := _columns_of(row))),
        (-1, {}),
    )
    return _Table(sheet, cells, top, heading)


def _untold(table: _Table, *, others_have: bool) -> Iterator[str]:
    """What may be a heading as well as a title, or a column of titles that no heading names."""
    filled = [(number, row) for number, row in enumerate(table.cells) if any(row)]
    if not table.heading:
        if not filled:
            return
        number, row = filled[0]
        place = table.sheet.place(number)
        words = [cell for cell in row if cell and not cell.isdigit() and not addresses_in(cell)]
        if others_have:
            yield f"{place}: this sheet has no heading: name its columns 标题 and 链接, or hide it"
        elif any(len(fold_title(cell)) < SHORT or _LIKE_HEADING.search(cell) for cell in words):
            yield (
                f"{place}: {words[0]!r} may be a heading or a title: write 标题 above the titles, "
                "and 链接 above the links"
            )
        return
    names = table.cells[table.top]
    read = set(table.heading.values())
    for column, name in enumerate(names):
        if column in read:
            continue
        below = [row[column] for row in table.cells[table.top + 1 :] if column < len(row)]
        where = f"{table.sheet.place(table.top)}, column {column_letter(column)}"
        if "link" not in table.heading and any(addresses_in(cell) for cell in below):
            yield f"{where}: {name!r} has addresses below it: call it 链接, or take them out"
        elif (
            "title" not in table.heading
            and not _BESIDE.search(_word(name))
            and any(cell and not cell.isdigit() for cell in below)
        ):
            yield f"{where}: {name!r} may be the titles: call it 标题, or take it out"


def _unread(sheet: Sheet) -> Iterator[str]:
    for (row, column), defect in sorted(sheet.defects.items()):
        yield f"{sheet.place(row)}, column {column_letter(column)}: {defect.english}"


def _rows(table: _Table, problems: list[str]) -> Iterator[tuple[str, str]]:
    heading = table.heading
    for number, cells in enumerate(table.cells[table.top + 1 :], table.top + 1):
        place = table.sheet.place(number)
        if heading:
            title, link = (
                cells[heading[name]] if name in heading and heading[name] < len(cells) else ""
                for name in ("title", "link")
            )
        else:
            title, link = _told_apart(cells, place, problems)
        if link and not addresses_in(link, bare=True):
            problems.append(
                f"{place}: {link!r} is no web address: correct the link, or leave it out"
            )
        elif title or link:
            yield title, next(iter(addresses_in(link, bare=True)), "")


def _columns_of(cells: Sequence[str]) -> Mapping[str, int]:
    """Which column holds what, where the row is a heading."""
    words = [_word(cell) for cell in cells]
    found = {}
    for name, known in (("title", _TITLES), ("link", _LINKS)):
        if (word := next((each for each in known if each in words), None)) is not None:
            found[name] = words.index(word)
    return found


def _word(cell: str) -> str:
    """A heading without what stands beside it: 标题（必填）."""
    return "".join(_REMARK.sub("", cell).split()).casefold()


def _told_apart(cells: Sequence[str], place: Place, problems: list[str]) -> tuple[str, str]:
    """Title and link of a row without headings; numbers of rows are passed over."""
    words = [cell for cell in cells if cell and not cell.isdigit()]
    links = [cell for cell in words if addresses_in(cell)]
    titles = [cell for cell in words if cell not in links]
    if len(titles) > 1 or len(links) > 1:
        problems.append(
            f"{place}: several texts and no heading that says what they are: name the columns 标题 "
            "and 链接"
        )
        return "", ""
    return next(iter(titles), ""), next(iter(links), "")

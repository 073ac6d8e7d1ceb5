"""The items of a 重要信息转载任务 in a table: titles and links, one piece of information a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mediawatch.addresses import addresses_in
from mediawatch.domain import RepostItem, UserError
from mediawatch.registry.cells import text_of
from mediawatch.workbooks.places import Place, column_letter
from mediawatch.workbooks.sheet import Sheet
from mediawatch.workbooks.tables import read_file

_TITLES = ("标题", "信息标题", "文章标题", "转载标题", "转载内容", "信息名称", "title")
_LINKS = ("链接", "原文链接", "信息链接", "文章链接", "链接地址", "网址", "转载链接", "link", "url")
_MOST = 500
"""Items of one task."""


def read_items(path: Path) -> tuple[RepostItem, ...]:
    """The items of a file (xlsx, xls, csv), in its order.

    With headings (标题, 链接) or without: then a cell with a web address is the link, and the other
    text the title. UserError names each row that cannot be read, and an empty file.
    """
    found: list[tuple[Place, str, str]] = []
    problems: list[str] = []
    for sheet in read_file(path).sheets:
        if not sheet.out_of_sight:
            problems += _unread(sheet)
            for place, title, link in _rows(sheet, problems):
                found.append((place, title, link))
    if problems:
        more = [f"… and {len(problems) - 20} more"] if len(problems) > 20 else []
        raise UserError("\n".join([*problems[:20], *more]))
    return items_of([(title, link) for _, title, link in found], str(path))


def items_of(given: Sequence[tuple[str, str]], where: str) -> tuple[RepostItem, ...]:
    """Items of titles and links, each once. UserError where `where` holds none, or too many."""
    once = dict.fromkeys((" ".join(title.split()), link.strip()) for title, link in given)
    if not once:
        raise UserError(f"{where} names nothing to repost: give titles or links, one a row")
    if len(once) > _MOST:
        raise UserError(f"{where} names {len(once)} pieces; a task has {_MOST} at most: split it")
    return tuple(
        RepostItem(number=number, title=title, link=link)
        for number, (title, link) in enumerate(once, 1)
    )


def _unread(sheet: Sheet) -> Iterator[str]:
    for (row, column), defect in sorted(sheet.defects.items()):
        yield f"{sheet.place(row)}, column {column_letter(column)}: {defect.english}"


def _rows(sheet: Sheet, problems: list[str]) -> Iterator[tuple[Place, str, str]]:
    table = [[text_of(cell) for cell in row] for row in sheet.rows]
    # What stands above the headings is the name of the list.
    top, heading = next(
        ((number, found) for number, row in enumerate(table) if (found := _columns_of(row))),
        (-1, {}),
    )
    for number, cells in enumerate(table[top + 1 :], top + 1):
        place = sheet.place(number)
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
            yield place, title, next(iter(addresses_in(link, bare=True)), "")


def _columns_of(cells: Sequence[str]) -> Mapping[str, int]:
    """Which column holds what, where the row is a heading."""
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        word = "".join(cell.split()).casefold()
        if word in _TITLES:
            found.setdefault("title", column)
        elif word in _LINKS:
            found.setdefault("link", column)
    return found


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

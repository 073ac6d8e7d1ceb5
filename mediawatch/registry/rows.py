"""Sheets to rows: every data row becomes a filed account with its contact, or its faults."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediawatch.domain import Contact, Filing
from mediawatch.registry.account import read_account
from mediawatch.registry.cells import is_nothing, show, tidy
from mediawatch.registry.headings import TYPES, Heading, find_heading, label
from mediawatch.registry.kinds import fold
from mediawatch.registry.problems import Remarks, RowProblem
from mediawatch.workbooks.places import Place, column_letter
from mediawatch.workbooks.refusals import Unusable
from mediawatch.workbooks.sheet import Sheet, Value
from mediawatch.workbooks.tables import File

_DITTO = frozenset({"同上", "同 上", "〃", "″", "同上行"})
_TOTAL = re.compile(r"(合计|小计|总计|共计|累计|总数)[:为]?\d*[个家条]?")
_COUNT = re.compile(r"[共计]?\d+[个家条]?")
_FOOT = re.compile(
    r"(注|备注|说明|填表说明|制表|审核|负责人|单位负责人|联系人|联系电话|[填制报审核表]{2}(人|单位|日期))[::].*"
)
_NO_TABLE = re.compile(r"说明|须知|填写|目录|字典|选项|下拉|样例")
"""Names of sheets that hold no accounts.

That they are skipped does not make a file incomplete.
"""

HIDDEN = "hidden, skipped: unhide them if they are accounts"
BARE = "nothing but formulas without a value, and neither a name nor an id: skipped"
_NAMES = ("name", "filing_number", "platform_id", "original_id", "alias", "url", "article_links")
TOTALS = "totals, notes or a repeated heading, skipped"


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """A row that could be read.

    `given` are the fields it speaks of: columns it has, without empty cells that say nothing.
    """

    place: Place
    filed: Filing
    given: frozenset[str]
    contact: Contact | None = None
    heading: Heading | None = None
    """The heading it stands under, for messages."""

    def error(self, name: str, value: str, reason: str) -> RowProblem:
        return RowProblem(
            self.place, self.heading.title(name) if self.heading and name else "", value, reason
        )


@dataclass(slots=True)
class RowsResult:
    """What all sheets of an import hold."""

    rows: list[RegistryRow] = field(default_factory=list)
    errors: list[RowProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Harmless, in English."""
    warnings: list[str] = field(default_factory=list)
    """A person should look at these; in English."""
    left_out: list[str] = field(default_factory=list)
    """What may hold accounts and was not read: then absence from the files proves nothing."""
    headings: dict[tuple[str, str], Heading] = field(default_factory=dict)
    """The heading of every sheet that was read, by (file, sheet)."""

    @property
    def rejected(self) -> list[Place]:
        """The rows with an error, each once, in the order of the files."""
        return list(dict.fromkeys(error.place for error in self.errors))


def read_rows(files: Sequence[File], today: date) -> RowsResult:
    """All rows of all sheets.

    `today` is the Beijing day of the import: no account was opened after it. Raises Unusable where
    no sheet of a file has a heading row. A heading that lacks the columns that make an account
    raises it, too.
    """
    result = RowsResult()
    remarks, warned = Remarks(), Remarks()
    problems: list[str] = []
    for file in files:
        read = 0
        for sheet in file.sheets:
            try:
                heading = _heading(sheet, result)
            except Unusable as unusable:
                problems += unusable.problems
                read += 1
                continue
            if heading:
                read += 1
                _read_sheet(sheet, heading, today, result, remarks, warned)
        if not read:
            problems.append(_without_heading(file))
    if not problems and not result.rows and not result.errors:
        problems = [f"{file.path}: no rows below the heading" for file in files]
    if problems:
        raise Unusable(*problems)
    if HIDDEN in remarks.places:
        result.left_out.append("hidden rows")
    result.notes += remarks.lines()
    result.warnings += warned.lines()
    return result


def _heading(sheet: Sheet, result: RowsResult) -> Heading | None:
    """The heading of a sheet that is to be read; None (with a note) where it is skipped."""
    if sheet.empty:
        result.notes.append(f"{sheet.title}: empty, skipped")
        return None
    heading = find_heading(sheet.rows)
    if heading is None or not heading.convincing:
        result.notes.append(
            f"{sheet.title}: no heading row with {label('name')} and {label('type')}, skipped"
        )
        if not sheet.out_of_sight and not _NO_TABLE.search(sheet.name):
            result.left_out.append(f"{sheet.title} (no heading row)")
        return None
    if sheet.out_of_sight:
        result.notes.append(f"{sheet.title}: hidden sheet, skipped: unhide it if it holds accounts")
        result.left_out.append(f"{sheet.title} (hidden)")
        return None
    _require_columns(sheet, heading)
    for column in heading.passed_over:
        result.warnings.append(f"{sheet.title}: column {column}: left out")
    if heading.unknown:
        result.notes.append(f"{sheet.title}: columns not used: {', '.join(heading.unknown)}")
    return heading


def _require_columns(sheet: Sheet, heading: Heading) -> None:
    place = f"{sheet.title}, row {heading.row + 1}"
    if unread := sheet.unread_heading(heading.first_row, heading.row):
        raise Unusable(unread)
    if heading.missing:
        read = "、".join(heading.titles.values())
        raise Unusable(
            f"{place}: the heading has no column {' and no column '.join(heading.missing)}; "
            f"it reads: {read}"
        )
    if heading.twice:
        raise Unusable(
            f"{place}: two columns have the same heading: {'; '.join(heading.twice)}: rename "
            "or delete one"
        )


def _without_heading(file: File) -> str:
    sheet = next(sheet for sheet in file.sheets if not sheet.empty)
    if sheet.defects and (unread := sheet.unread_heading(0, min(len(sheet.rows), 50) - 1)):
        return f"{file.path}: no heading row found: {unread}"
    first = next((row for row in sheet.rows if any(cell != "" for cell in row)), [])
    shown = "、".join(tidy(str(cell)) for cell in first if cell != "")[:80]
    return (
        f"{file.path}: no heading row found: one row must hold {label('name')} and {label('type')} "
        f"(no merged title over it, no picture); the first filled row reads: {shown}"
    )


def _read_sheet(
    sheet: Sheet,
    heading: Heading,
    today: date,
    result: RowsResult,
    remarks: Remarks,
    warned: Remarks,
) -> None:
    result.headings[sheet.file, sheet.name] = heading
    before = len(result.rows) + len(result.errors)
    for index, ditto_error in _data_rows(sheet, heading, remarks):
        place = sheet.place(index)
        account = read_account(sheet, heading, index, today)
        errors = [*ditto_error, *account.errors]
        for warning in account.warnings:
            warned.add(warning, place)
        if errors or account.filed is None:
            result.errors += errors
        else:
            result.rows.append(
                RegistryRow(place, account.filed, account.given, account.contact, heading)
            )
    if len(result.rows) + len(result.errors) == before:
        result.notes.append(f"{sheet.title}: no rows below the heading")


def _data_rows(
    sheet: Sheet, heading: Heading, remarks: Remarks
) -> Iterator[tuple[int, list[RowProblem]]]:
    """Rows that hold an account, 同上 replaced by what stands above.

    Each comes with what prevented that.
    """
    columns = sorted({column for places in heading.columns.values() for column in places})
    named = {column for name in _NAMES for column in heading.columns.get(name, ())}
    above: int | None = None
    above_in_sight: int | None = None
    for index in range(heading.row + 1, len(sheet.rows)):
        row = sheet.rows[index]
        filled = [
            column
            for column in columns
            if _text(row, column) and (index, column) not in sheet.filled
        ]
        if not filled:
            continue
        place = sheet.place(index)
        if not named & set(filled) and all((index, column) in sheet.defects for column in filled):
            remarks.add(BARE, place)
            continue
        hidden = index in sheet.hidden
        if _no_account(
            row,
            columns,
            heading,
            unread={column for column in columns if (index, column) in sheet.defects},
        ):
            remarks.add(TOTALS, place)
            continue
        errors = _fill_ditto(
            sheet, heading, index, columns, above, above if hidden else above_in_sight
        )
        above = index
        if hidden:
            remarks.add(HIDDEN, place)
            continue
        above_in_sight = index
        yield index, errors


def _text(row: Sequence[Value], column: int) -> str:
    cell = row[column] if column < len(row) else ""
    return tidy(cell) if isinstance(cell, str) else show(cell)


def _no_account(
    row: Sequence[Value], columns: Sequence[int], heading: Heading, unread: Container[int]
) -> bool:
    column = heading.columns["name"][0]
    name = _text(row, column)
    odd = _COUNT.fullmatch(name) or _TOTAL.fullmatch(fold(name)) or _FOOT.match(fold(name))
    plain = not odd and fold(name) != fold(heading.titles[column])
    if (
        name
        and plain
        and any(_text(row, other) for kind in TYPES for other in heading.columns.get(kind, ()))
    ):
        return False
    texts = [text for column in range(len(row)) if (text := _text(row, column))]
    if any(_TOTAL.fullmatch(fold(text)) for text in texts) and (
        is_nothing(name)
        # A total's own number is often a formula.
        or column in unread
        or _TOTAL.fullmatch(fold(name))
        or _COUNT.fullmatch(name)
    ):
        return True
    if len(texts) <= 2 and _FOOT.match(fold(texts[0])):
        return True
    shared = [column for column in columns if _text(row, column)]
    return len(shared) > 1 and all(
        fold(_text(row, column)) == fold(heading.titles.get(column, "")) for column in shared
    )


def _fill_ditto(
    sheet: Sheet,
    heading: Heading,
    index: int,
    columns: Sequence[int],
    above: int | None,
    in_sight: int | None,
) -> list[RowProblem]:
    row, errors = sheet.rows[index], []
    for column in columns:
        cell = row[column] if column < len(row) else ""
        if not isinstance(cell, str) or cell.strip() not in _DITTO:
            continue
        meant = {_text(sheet.rows[line], column) for line in (above, in_sight) if line is not None}
        title = f"{column_letter(column)} {heading.titles[column]}"
        if above is None or in_sight is None or meant & {"", *_DITTO}:
            errors.append(
                RowProblem(sheet.place(index), title, cell, "上方没有可以沿用的内容，请填写完整")
            )
        elif len(meant) > 1:
            errors.append(
                RowProblem(
                    sheet.place(index),
                    title,
                    cell,
                    "上方有隐藏行，无法确定“同上”指哪一行，请填写完整",
                )
            )
        else:
            sheet.copy_down(above, index, column)
    return errors

"""Lists of accounts in files: the drawn list as it goes out (xlsx), and any list of filing numbers or names coming in."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import xlsxwriter

from mediawatch.domain import Account, SweepKind, UserError
from mediawatch.files import write_whole
from mediawatch.registry import headings
from mediawatch.registry.cells import text_of
from mediawatch.registry.find import find_account
from mediawatch.registry.problems import Place
from mediawatch.registry.sheet import Sheet
from mediawatch.registry.workbook import read_file
from mediawatch.scope import Scope, digest, listed
from mediawatch.strata import Dimension

LIST_SHEET, HOW_SHEET = "抽查名单", "抽样说明"
_SPEC = "机读说明"
_COLUMNS = ("filing_number", "name", "type", "organiser", "supervisor", "prefecture", "county", "level", "body_kind")


def write(scope: Scope, target: Path, marks: Sequence[str] = ()) -> None:
    """The drawn list and how it was drawn: seed, clauses, strata with their 抽查比例. UserError where it cannot be written."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True, "border": 1})
        sheet = book.add_worksheet(LIST_SHEET)
        for column, title in enumerate(("序号", *(headings.label(name) for name in _COLUMNS))):
            sheet.write_string(0, column, title, head)
        for number, account in enumerate(scope.accounts, 1):
            sheet.write_string(number, 0, str(number), text)
            for column, name in enumerate(_COLUMNS, 1):
                sheet.write_string(number, column, str(getattr(account.filed, name)), text)
        sheet.set_column(1, len(_COLUMNS), 20)
        sheet.freeze_panes(1, 0)
        how = book.add_worksheet(HOW_SHEET)
        for number, row in enumerate(_explained(scope, marks)):
            for column, cell in enumerate(row):
                how.write_string(number, column, cell, text)
        how.set_column(0, 4, 24)
    write_whole(target, stream.getvalue())


def _explained(scope: Scope, marks: Sequence[str]) -> Iterator[tuple[str, ...]]:
    spec = json.loads(scope.spec) if scope.spec else {}
    in_service = sum(next(iter(scope.totals.values()), {}).values())
    yield ("检查方式", scope.kind.label, *marks)
    yield "随机种子", str(spec.get("seed", ""))
    yield "抽取规则", ";".join(spec.get("clauses", ()))
    yield "分层", "、".join(Dimension(word).label for word in spec.get("by", ()))
    yield "在管数", str(in_service)
    yield "抽查数", str(len(scope.accounts))
    yield ()
    yield "层", "抽取规则", "在管数", "抽查数", "抽查比例"
    for one in scope.strata:
        yield one.name, one.clause, str(one.total), str(one.drawn), one.ratio
    yield ()
    # Excel cuts a cell at 32 767 characters.
    yield (_SPEC, *(scope.spec[start : start + 30_000] for start in range(0, len(scope.spec), 30_000)))


def read(path: Path, accounts: Sequence[Account]) -> Scope:
    """The scope of a file: a drawn list as it was written, else a list of filing numbers or names, one a row.

    UserError names every row that means no account or several, and a drawn list that is not the one that was drawn.
    """
    file = read_file(path)
    how = next((sheet for sheet in file.sheets if sheet.name == HOW_SHEET), None)
    numbered = {account.filed.filing_number: account for account in accounts if account.filed.filing_number}
    chosen: list[Account] = []
    problems: list[str] = []
    for sheet in (sheet for sheet in file.sheets if sheet is not how and not sheet.out_of_sight):
        for place, words in _rows(sheet):
            try:
                # By the filing number where the row has one that is known, else by the name.
                chosen.append(numbered.get(words[0]) or find_account(accounts, words[-1]))
            except UserError as error:
                problems.append(f"{place}: {error}")
    if problems:
        more = [f"… and {len(problems) - 20} more"] if len(problems) > 20 else []
        raise UserError("\n".join([*problems[:20], *more]))
    if not chosen:
        raise UserError(f"{path} names no account: give filing numbers or names, one a row")
    return _as_drawn(path, how, listed(accounts, chosen)) if how else listed(accounts, chosen)


def _rows(sheet: Sheet) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """The words of each row that may name an account, best first; of a sheet without headings its first cell."""
    heading = headings.find_heading(sheet.rows)
    for number, row in enumerate(sheet.rows):
        cells = [text_of(cell) for cell in row]
        if heading is None:
            words = tuple(cell for cell in cells if cell)[:1]
            if words and headings.field_of(words[0]) is None:
                yield sheet.place(number), words
        elif number > heading.row:
            columns = [heading.columns[name][0] for name in ("filing_number", "name") if name in heading.columns]
            words = tuple(cells[column] for column in columns if column < len(cells) and cells[column])
            if words:
                yield sheet.place(number), words


def _as_drawn(path: Path, how: Sheet, found: Scope) -> Scope:
    text = next(("".join(str(cell) for cell in row[1:]) for row in how.rows if row and row[0] == _SPEC), "")
    try:
        spec = json.loads(text)
        kind, drawn = SweepKind(spec["kind"]), str(spec["list"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: sheet {HOW_SHEET} was changed; draw again, or delete that sheet to inspect a plain list") from error
    if digest(found.accounts) != drawn:
        raise UserError(
            f"{path} does not hold the list that was drawn, or the registry has changed since: "
            f"draw again, or delete sheet {HOW_SHEET} to inspect it as a plain list"
        )
    return replace(found, kind=kind, spec=text, totals=spec["totals"], strata=())

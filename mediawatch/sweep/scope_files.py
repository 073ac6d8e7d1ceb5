"""Lists of accounts in files.

The drawn list goes out as xlsx; any list of filing numbers or names comes in.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mediawatch.domain import Account, SweepKind, UserError
from mediawatch.figures.dimensions import Dimension
from mediawatch.files import FileWriter, write_whole
from mediawatch.paper import TYPE_SIZE, in_chinese, lay_out, page_widths, row_points
from mediawatch.registry import headings
from mediawatch.registry.cells import text_of
from mediawatch.registry.find import COMPARED, Finder
from mediawatch.sweep.scope import (
    REPORTED,
    STRATA,
    Scope,
    Stratum,
    digest,
    identity,
    scope_of,
    strata_of,
)
from mediawatch.workbooks.places import Place, column_letter
from mediawatch.workbooks.sheet import Sheet
from mediawatch.workbooks.tables import read_file

LIST_SHEET, HOW_SHEET = "抽查名单", "抽样说明"
_SPEC, _PARTS, _SEAL = "机读说明", "机读分层", "封签"
_COLUMNS = (
    "filing_number",
    "name",
    "type",
    "organiser",
    "supervisor",
    "prefecture",
    "county",
    "township",
    "level",
    "body_kind",
    "function_kind",
    "jurisdiction",
    "platform_id",
    "original_id",
)


def write(
    scope: Scope,
    target: Path,
    marks: Sequence[str] = (),
    *,
    home: str,
    put: FileWriter = write_whole,
) -> None:
    """Write the drawn list and how it was drawn: seed, clauses, strata with their 抽查比例.

    What machines read of it is sealed with `home` (`Store.home_id`); the parts in which the
    accounts were drawn belong to it. UserError where it cannot be written.
    """
    from mediawatch.sheets import TextWorkbook  # late: each sweep loads this file

    stream = io.BytesIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        TextWorkbook(stream, rows_in=Path(folder)) as book,
    ):
        book.set_properties({"title": LIST_SHEET})
        look = {"num_format": "@", "font_name": "宋体", "font_size": TYPE_SIZE, "text_wrap": True}
        text = book.add_format({**look, "border": 1, "valign": "vcenter"})
        head = book.add_format({**look, "border": 1, "bold": True, "align": "center"})
        sheet = book.add_worksheet(LIST_SHEET)
        titles = ("序号", *(headings.label(name) for name in _COLUMNS))
        widths = page_widths([6, *([20] * len(_COLUMNS))])
        for column, (title, width) in enumerate(zip(titles, widths, strict=True)):
            sheet.write_string(0, column, title, head)
            sheet.set_column(column, column, width)
        for number, account in enumerate(scope.accounts, 1):
            filed = [str(number), *(str(getattr(account.filed, name)) for name in _COLUMNS)]
            sheet.set_row(number, row_points(filed, widths))
            for column, value in enumerate(filed):
                sheet.write_string(number, column, value, text)
        sheet.freeze_panes(1, 0)
        lay_out(sheet, heading=0, rows=len(scope.accounts) + 1, columns=len(titles))
        how, plain = book.add_worksheet(HOW_SHEET), book.add_format({"num_format": "@"})
        explained = list(_explained(scope, marks, home))
        for number, row in enumerate(explained):
            for column, cell in enumerate(row):
                how.write_string(number, column, cell, plain)
        how.set_column(0, 4, 24)
        how.set_landscape()
        how.set_paper(9)
        how.fit_to_pages(1, 0)
        # What machines read below the last empty row is on no paper.
        how.print_area(0, 0, len(explained) - explained[::-1].index(()) - 2, 4)
    put(target, in_chinese(stream))


def _explained(scope: Scope, marks: Sequence[str], home: str) -> Iterator[tuple[str, ...]]:
    spec = json.loads(scope.spec) if scope.spec else {}
    in_service = sum(next(iter(scope.totals.values()), {}).values())
    yield ("检查方式", scope.kind.label, *marks)
    yield "随机种子", str(spec.get("seed", ""))
    yield "抽取规则", "；".join(spec.get("clauses", ()))
    if spec.get("among") == REPORTED:
        yield "抽取总体", "各地区、各部门报送、且本级台账可识别的账号"
    yield "分层", "、".join(Dimension(word).label for word in spec.get("by", ()))
    yield "在管数", str(in_service)
    yield "抽查数", str(len(scope.accounts))
    yield ()
    # Strata hold what could be drawn: of a sample of reports that is fewer than 在管数.
    among = "可抽取数" if spec.get("among") == REPORTED else "在管数"
    yield "层", "抽取规则", among, "抽查数", "抽查比例"
    for one in scope.strata:
        yield one.name, one.clause, str(one.total), str(one.drawn), one.ratio
    yield ()
    parts = json.dumps(
        {_tag(account): strata_of(account.filed) for account in scope.accounts}, ensure_ascii=False
    )
    yield from (
        _in_cells(_SPEC, scope.spec),
        _in_cells(_PARTS, parts),
        (_SEAL, _seal(home, scope.spec, parts)),
    )


def _in_cells(name: str, text: str) -> tuple[str, ...]:
    """A long text in several cells: Excel cuts one at 32 767 characters."""
    return (name, *(text[start : start + 30_000] for start in range(0, len(text), 30_000)))


def _tag(account: Account) -> str:
    return hashlib.sha256(identity(account.filed).encode()).hexdigest()[:16]


def _seal(home: str, spec: str, parts: str) -> str:
    """The seal of a list: a changed list can be sealed again only with the home's id.

    It covers the totals, the parts and the list, whose digest is in the spec.
    """
    return hashlib.sha256("\n".join((home, spec, parts)).encode()).hexdigest()


def read(path: Path, accounts: Sequence[Account], *, home: str) -> Scope:
    """The scope of a file: a drawn list that this `home` wrote, or a plain list.

    A plain list has filing numbers, ids or names, one a row. UserError names every row that means
    no account or several, or that the registry contradicts. UserError, too, for a drawn list that
    was changed.
    """
    file = read_file(path)
    how = next((sheet for sheet in file.sheets if sheet.name == HOW_SHEET), None)
    drawn = _sealed(path, how, home) if how else None
    finder = Finder(accounts)
    chosen: list[Account] = []
    problems: list[str] = []
    for sheet in (sheet for sheet in file.sheets if sheet is not how and not sheet.out_of_sight):
        problems += _unread(sheet)
        for place, row in _rows(sheet):
            try:
                # A drawn account may have moved since: it counts in the parts in which it was
                # drawn.
                chosen.append(
                    finder.of_text(row)
                    if isinstance(row, str)
                    else finder.of_row(row, STRATA if drawn else ())
                )
            except UserError as error:
                problems.append(f"{place}: {error}")
    if problems:
        more = [f"… and {len(problems) - 20} more"] if len(problems) > 20 else []
        raise UserError("\n".join([*problems[:20], *more]))
    if not chosen:
        raise UserError(f"{path} names no account: give filing numbers or names, one a row")
    return (
        _as_drawn(path, drawn, scope_of(accounts, chosen)) if drawn else scope_of(accounts, chosen)
    )


def _unread(sheet: Sheet) -> Iterator[str]:
    """The cells that would be read and hold no value, each with its place."""
    heading = headings.find_heading(sheet.rows) if sheet.defects else None
    for (row, column), defect in sorted(sheet.defects.items()):
        read = heading is None or any(
            column in heading.columns.get(name, ())[:1] for name in COMPARED
        )
        if heading is None or (read and row > heading.row) or row == heading.row:
            yield f"{sheet.place(row)}, column {column_letter(column)}: {defect.english}"


def _rows(sheet: Sheet) -> Iterator[tuple[Place, Mapping[str, str] | str]]:
    """What each row says of an account, by field; without headings, the one text of the row."""
    heading = headings.find_heading(sheet.rows)
    for number, row in enumerate(sheet.rows):
        cells = [text_of(cell) for cell in row]
        place = sheet.place(number)
        if heading is None:
            # Told already.
            cells = ["" if (number, at) in sheet.defects else cell for at, cell in enumerate(cells)]
            words = [cell for cell in cells if cell]
            if not words or all(
                headings.field_of(word) is not None or headings.is_ignored(word) for word in words
            ):
                continue
            if len(words) > 1:
                raise UserError(
                    f"{place}: several columns and no heading that says what they are: name them "
                    f"({headings.label('filing_number')}, {headings.label('name')} …), or give "
                    "one column"
                )
            yield place, words[0]
        elif number > heading.row:
            columns = {
                name: heading.columns[name][0] for name in COMPARED if name in heading.columns
            }
            given = {
                name: cells[column]
                for name, column in columns.items()
                if column < len(cells) and cells[column]
            }
            if given:
                yield place, given


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The sealed content of a drawn list's own sheet."""

    spec: str
    kind: SweepKind
    digest: str
    totals: Mapping[str, Mapping[str, int]]
    parts: Mapping[str, Mapping[str, str]]
    strata: tuple[Stratum, ...]


def _sealed(path: Path, how: Sheet, home: str) -> _Drawn:
    texts = {
        str(row[0]): "".join(str(cell) for cell in row[1:])
        for row in how.rows
        if row and row[0] in (_SPEC, _PARTS, _SEAL)
    }
    again = f"draw again, or delete sheet {HOW_SHEET} to inspect a plain list"
    if _SPEC in texts and _SEAL not in texts:
        raise UserError(f"{path} was drawn by an earlier version, which did not seal it: {again}")
    spec, parts = texts.get(_SPEC, ""), texts.get(_PARTS, "")
    if texts.get(_SEAL) != _seal(home, spec, parts):
        raise UserError(
            f"{path}: sheet {HOW_SHEET} was changed, or the list was drawn in another home: {again}"
        )
    try:
        said = json.loads(spec)
        return _Drawn(
            spec,
            SweepKind(said["kind"]),
            str(said["list"]),
            said["totals"],
            json.loads(parts),
            tuple(Stratum(*each) for each in said["strata"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: sheet {HOW_SHEET} was changed: {again}") from error


def _as_drawn(path: Path, drawn: _Drawn, found: Scope) -> Scope:
    if digest(found.accounts) != drawn.digest:
        raise UserError(
            f"{path} does not hold the list that was drawn, or the registry has changed since: "
            f"draw again, or delete sheet {HOW_SHEET} to inspect it as a plain list"
        )
    accounts = tuple(
        replace(
            account, filed=replace(account.filed, **_parts_of(drawn.parts.get(_tag(account), {})))
        )
        for account in found.accounts
    )
    return replace(
        found,
        kind=drawn.kind,
        accounts=accounts,
        spec=drawn.spec,
        totals=drawn.totals,
        strata=drawn.strata,
    )


def _parts_of(parts: Mapping[str, str]) -> dict[str, Any]:
    return dict(parts)

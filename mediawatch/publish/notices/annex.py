"""The annex of a notice that another system issued.

Columns: 备案单号|政务新媒体名称|类型|所属组织|存在的突出问题, and 复查结果 where the annex has it.
Its rows are read as a registry's are. A row is matched to an account by filing number, id, name,
former number or former name. A row that means several accounts is refused and names them, for a
guess would be an accusation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mediawatch.domain import Account, AccountChange, NoticeItem
from mediawatch.registry.cells import text_of
from mediawatch.registry.matching import Match, RegistryIndex, Strength, fold, match
from mediawatch.registry.plan import merge_row
from mediawatch.registry.problems import RowProblem
from mediawatch.registry.rows import RegistryRow, read_rows
from mediawatch.workbooks.places import column_letter
from mediawatch.workbooks.refusals import Unusable
from mediawatch.workbooks.sheet import Sheet
from mediawatch.workbooks.tables import File, read_files

_PROBLEM = (
    "存在的突出问题",
    "存在突出问题",
    "存在的问题",
    "存在问题",
    "主要问题",
    "问题类别",
    "问题类型",
)
_RESULT = ("复查结果", "整改情况")


@dataclass(frozen=True, slots=True)
class Annex:
    """What an annex holds. `unmatched` are the items that match no account of our registry."""

    items: tuple[NoticeItem, ...]
    unmatched: tuple[NoticeItem, ...]
    file: str


def read_annex(
    path: Path, accounts: Sequence[Account], history: Sequence[AccountChange], today: date
) -> Annex:
    """Read one xlsx, xls or csv.

    `accounts` are all of the registry, retired ones too, `history` their changes. Unusable where
    the file is no such annex. Unusable, naming each row, where rows cannot be read, lack their
    problem or mean several accounts.
    """
    (file,) = read_files([path])
    read = read_rows([file], today)
    rows = [row for row in read.rows if _column(row, _PROBLEM) is not None]
    if not rows and not read.errors:
        raise Unusable(f"{path}: no sheet has a column {_PROBLEM[0]}: it is no annex of a notice")
    known = RegistryIndex(accounts, history)
    decided = _by_name_alone(rows, match(rows, known), known)
    errors = [*read.errors, *(decision for decision in decided if isinstance(decision, RowProblem))]
    errors += [
        error
        for row in rows
        for titles in (_PROBLEM, _RESULT)
        for error in _unread(file, row, titles)
    ]
    errors += [
        row.error("", "", f"没有填写{_PROBLEM[0]}")
        for row in rows
        if not _cell(file, row, _PROBLEM)
    ]
    if errors:
        raise Unusable(*(str(error) for error in sorted(errors, key=lambda error: error.place)))
    items = tuple(
        _item(number, file, row, decision.account if isinstance(decision, Match) else None)
        for number, (row, decision) in enumerate(zip(rows, decided, strict=True), 1)
    )
    return Annex(items, tuple(item for item in items if item.account_id is None), path.name)


def _item(number: int, file: File, row: RegistryRow, account: Account | None) -> NoticeItem:
    return NoticeItem(
        number=number,
        filed=merge_row(account.filed, row) if account else row.filed,
        problem=_cell(file, row, _PROBLEM),
        fails=True,
        account_id=account.id if account else None,
        result=_cell(file, row, _RESULT),
    )


def _by_name_alone(
    rows: Sequence[RegistryRow],
    decisions: Sequence[Match | RowProblem | None],
    known: RegistryIndex,
) -> list[Match | RowProblem | None]:
    """For an item that no key and no body matched: the one account of the platform with that name.

    A former name counts, too.
    """
    named: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for (platform, _, name), ids in known.names():
        named[platform, name] |= ids
    taken = {decision.account.id for decision in decisions if isinstance(decision, Match)}
    decided = list(decisions)
    for index, row in enumerate(rows):
        found = named.get((row.filed.platform, fold(row.filed.name)), set()) - taken
        if decided[index] is not None or not found or row.filed.filing_number:
            continue
        if len(found) > 1:
            said = "、".join(known.describe(key) for key in sorted(found)[:3])
            decided[index] = row.error(
                "name", row.filed.name, f"与台账中多个账号相符（{said}），请补充备案单号"
            )
        else:
            taken |= found
            decided[index] = Match(known.accounts[found.pop()], Strength.NAME)
    return decided


def _column(row: RegistryRow, titles: Sequence[str]) -> int | None:
    if row.heading is None:
        return None
    folded = {fold(title): column for column, title in row.heading.titles.items()}
    return next((folded[fold(title)] for title in titles if fold(title) in folded), None)


def _unread(file: File, row: RegistryRow, titles: Sequence[str]) -> Iterator[RowProblem]:
    """What keeps the cell of one of these columns from being read."""
    column = _column(row, titles)
    if column is not None and (found := _sheet(file, row).defect_at(row.place.row - 1, [column])):
        title = row.heading.titles[column] if row.heading else ""
        shown = found[1].quote(_cell(file, row, titles))
        yield RowProblem(row.place, f"{column_letter(column)} {title}", shown, found[1].chinese)


def _sheet(file: File, row: RegistryRow) -> Sheet:
    return next(sheet for sheet in file.sheets if sheet.name == row.place.sheet)


def _cell(file: File, row: RegistryRow, titles: Sequence[str]) -> str:
    column, place = _column(row, titles), row.place
    cells = _sheet(file, row).rows[place.row - 1]
    return text_of(cells[column]) if column is not None and column < len(cells) else ""

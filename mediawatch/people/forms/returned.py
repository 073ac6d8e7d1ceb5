"""What the three returned workbooks share: rows taken in, their problems, and the bad rows.

The workbooks are worklist, dispatch and feedback; the bad rows go back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from mediawatch.domain import Source
from mediawatch.files import FileWriter, write_whole
from mediawatch.people.forms.book import (
    Form,
    FormCover,
    FormRow,
    without_contacts,
    write_form,
)
from mediawatch.people.forms.columns import Cell, H, text_of
from mediawatch.people.forms.pictures import Shot
from mediawatch.people.forms.rowkey import RowKey, from_elsewhere, parse_key
from mediawatch.people.link_files import FoundLink
from mediawatch.registry.problems import RowProblem
from mediawatch.workbooks.cell_defects import CellDefect
from mediawatch.workbooks.images import EMBEDDED
from mediawatch.workbooks.places import Place
from mediawatch.workbooks.refusals import BadFile

_AT_ONCE = 50
"""Rows held in memory with their pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedRow(Generic[H]):
    """One row of a returned workbook."""

    place: Place
    cells: Mapping[H, Cell]
    shots: tuple[Shot, ...] = ()
    unread: Mapping[H, CellDefect] = field(default_factory=dict)
    """By column why its cell must not be taken: an error, or a formula without its result."""

    def text(self, column: H) -> str:
        return text_of(self.cells.get(column))

    def answers(self, columns: Sequence[H]) -> bool:
        """Whether the row holds a picture, or a text in one of the columns."""
        return bool(self.shots) or any(self.text(column) for column in columns)

    def problem(self, column: H, reason: str) -> RowProblem:
        return RowProblem(self.place, self.heading(column), self.text(column), reason)

    def unread_problems(self) -> list[RowProblem]:
        """What is wrong with the cells that must not be taken, with what each shows."""
        return [
            RowProblem(
                self.place, self.heading(column), defect.quote(self.text(column)), defect.chinese
            )
            for column, defect in self.unread.items()
        ]

    def heading(self, column: H) -> str:
        """How problems name a column."""
        return column.value

    def key(self, column: H, home: str, sweep_id: int) -> RowKey | RowProblem:
        """The hidden key in `column`, which must be one of this home and sweep."""
        key = parse_key(self.text(column))
        if key is None:
            return self.problem(column, "缺少行键或行键被改动：请在系统导出的原表中填写")
        if elsewhere := from_elsewhere(key, home):
            return self.problem(column, elsewhere)
        if key.sweep_id != sweep_id:
            wrong = self.problem(column, "这一行属于另一次检查：请交回本次检查导出的表")
            hint = f"（属于第{key.sweep_id}号检查，导入时请加 --sweep {key.sweep_id}）"
            return replace(wrong, hint=hint)
        return key


R = TypeVar("R", bound=ReturnedRow[Any])


@dataclass(slots=True, kw_only=True)
class ReturnedRows(Generic[H]):
    """What returned workbooks came to. Rows are counted."""

    blank: int = 0
    """Rows without an answer."""
    repeated: int = 0
    """Answers that were there already, word for word."""
    articles: list[FoundLink] = field(default_factory=list)
    """Links that the machine can open, with the account that the row names."""
    problems: list[RowProblem] = field(default_factory=list)
    bad_rows: list[tuple[ReturnedRow[H], tuple[RowProblem, ...]]] = field(default_factory=list)

    def refuse(self, row: ReturnedRow[H], problems: Sequence[RowProblem]) -> None:
        self.problems.extend(problems)
        self.bad_rows.append((row, tuple(problems)))

    def batches(self, path: Path, rows: Iterator[R], at_once: int = _AT_ONCE) -> Iterator[list[R]]:
        """The rows of a file, some at once. A file that cannot be read further is a problem.

        A row with a cell that cannot be read is refused here, whatever else it holds.
        """
        try:
            while some := list(islice(rows, at_once)):
                for row in some:
                    if row.unread:
                        self.refuse(row, row.unread_problems())
                if sound := [row for row in some if not row.unread]:
                    yield sound
        except BadFile as bad:
            self.problems.append(RowProblem(Place(path.name, "", 0), reason=str(bad)))

    def corrections(self, error: H) -> Iterator[tuple[ReturnedRow[H], dict[H, Cell]]]:
        """The refused rows, and their cells with what is wrong in the column `error`."""
        for row, problems in self.bad_rows:
            reasons = "\n".join(f"{each.column}：{each.reason}" for each in problems)
            yield row, {**row.cells, error: reasons}


def write_bad_rows(
    path: Path,
    form: Form[H],
    returned: ReturnedRows[H],
    cover: FormCover,
    *,
    picture: H | None = None,
    write: FileWriter = write_whole,
) -> int:
    """The refused rows with their answers and a 错误说明 column, to be corrected and returned.

    The number of rows. Without contacts, whoever gets them. `picture`: the column that their first picture goes back in.
    """
    lines = [
        FormRow(
            cells=cells,
            filed={picture: row.shots[0].body}
            if picture is not None and row.shots and row.shots[0].media_type in EMBEDDED
            else {},
        )
        for row, cells in returned.corrections(form.error)
    ]
    write_form(path, without_contacts(form), lines, cover, overwrite=True, write=write)
    return len(lines)


def source_of(path: Path, now: datetime) -> Source:
    """A returned file as the store notes it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Source(file=path.name, sha256=digest, at=now)

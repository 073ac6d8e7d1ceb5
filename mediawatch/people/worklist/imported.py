"""What an import of worklists did, and the rows that go back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mediawatch.domain import (
    Account,
    Reading,
    Sweep,
)
from mediawatch.files import FileWriter, write_whole
from mediawatch.people.forms.book import FormCover, FormRow
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.problem_columns import ProblemColumn
from mediawatch.people.forms.returned import ReturnedRow, ReturnedRows
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.worklist.guide import guide
from mediawatch.people.worklist.problem_rows import ProblemImport
from mediawatch.people.worklist.problem_sheet import problem_guide
from mediawatch.people.worklist.sheet import WorklistLine, write_book
from mediawatch.workbooks.images import EMBEDDED


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two persons answered one account differently (待复核). Both readings are kept."""

    account: Account
    answers: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.account.filed.name}（{self.account.filed.printed_type}）待复核，"
            f"核查结论不一致：{' ≠ '.join(self.answers)}"
        )


@dataclass(slots=True, kw_only=True)
class WorklistImport(ReturnedRows[Column]):
    """What an import of worklists did.

    `links` are for the machine to open, `articles` those of them that it can open.
    """

    readings: list[Reading] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)
    """(account id, link) as answered; not known before."""
    conflicts: list[Conflict] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    windows: set[Window] = field(default_factory=set)
    """What the rows asked about."""
    found: ProblemImport = field(default_factory=ProblemImport)
    """The rows of the sheets 人工检查."""

    @property
    def accepted(self) -> int:
        """Rows that hold, new or known."""
        return len(self.readings) + self.repeated + self.found.accepted


def write_bad_rows(
    path: Path,
    imported: WorklistImport,
    *,
    sweep: Sweep,
    marks: Sequence[str] = (),
    write: FileWriter = write_whole,
) -> int:
    """Write the refused rows to be corrected and returned; returns their number.

    They have their answers, pictures and a 错误说明 column.
    """
    lines = [
        WorklistLine(
            cells={**cells, Column.QR: ""},
            shots=[shot.body for shot in row.shots if not shot.problem],
        )
        for row, cells in imported.corrections(Column.ERROR)
    ]
    cover = FormCover(
        title="需要更正的核查结果",
        made_at=sweep.as_of,
        meta={"sweep": str(sweep.id)},
        guide=guide(True, imported.windows),
        marks=marks,
    )
    problems = [
        FormRow(
            cells={**given, ProblemColumn.QR: ""},
            filed=_first_picture(row),
        )
        for row, given in imported.found.corrections(ProblemColumn.ERROR)
    ]
    if problems:
        cover = replace(cover, guide=(*cover.guide, *problem_guide()))
    write_book(path, lines, cover, problems=problems, overwrite=True, write=write)
    return len(lines) + len(problems)


def _first_picture(row: ReturnedRow[ProblemColumn]) -> dict[ProblemColumn, bytes]:
    first = row.shots[0] if row.shots else None
    fits = first is not None and not first.problem and first.media_type in EMBEDDED
    return {ProblemColumn.SHOT: first.body} if first is not None and fits else {}

"""Returned rows of 下发核实, and what an import of them came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mediawatch.domain import (
    ReviewEvent,
    Sweep,
)
from mediawatch.files import FileWriter, write_whole
from mediawatch.people.dispatch.sheet import (
    FORM,
    GUIDE,
    REQUIRED,
    DispatchColumn,
)
from mediawatch.people.forms import returned as forms
from mediawatch.people.forms.book import FormCover
from mediawatch.people.forms.form_tables import form_rows
from mediawatch.people.forms.returned import ReturnedRow, ReturnedRows
from mediawatch.workbooks.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRow(ReturnedRow[DispatchColumn]):
    """One row of a returned dispatch.

    `shots` are the pictures in it; in a sheet as it came in, the one that was sent with it too.
    """

    @property
    def blank(self) -> bool:
        """Not answered; a name alone (often filled down the column) says nothing."""
        return not self.answers(
            (
                DispatchColumn.STANCE,
                DispatchColumn.EXPLANATION,
                DispatchColumn.LINK,
                DispatchColumn.RECORD,
            )
        )


@dataclass(slots=True, kw_only=True)
class UnitAnswers(ReturnedRows[DispatchColumn]):
    """What an import of units' answers came to."""

    events: list[ReviewEvent] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)
    """Accounts that were answered for, newly or as before."""
    others: list[tuple[Place, str]] = field(default_factory=list)
    """Links that it cannot open: for the reviewer, in the event."""
    pictures: int = 0
    """Pictures that units filed: for the reviewer, in the event."""


def read_rows(path: Path) -> Iterator[DispatchRow]:
    for read in form_rows(
        path,
        DispatchColumn,
        DispatchColumn.KEY,
        REQUIRED,
        shots=DispatchColumn.RECORD,
        given=DispatchColumn.PICTURE,
    ):
        row = DispatchRow(place=read.place, cells=read.cells, shots=read.shots, unread=read.unread)
        if row.text(DispatchColumn.KEY) or not row.blank:
            yield row


def write_bad_rows(
    path: Path,
    answers: UnitAnswers,
    *,
    sweep: Sweep,
    marks: Sequence[str] = (),
    write: FileWriter = write_whole,
) -> int:
    """The refused rows, to be corrected and returned. The number of rows."""
    cover = FormCover(
        title="需要更正的核实反馈",
        made_at=sweep.as_of,
        meta={"sweep": str(sweep.id)},
        guide=GUIDE,
        marks=marks,
    )
    return forms.write_bad_rows(
        path, FORM, answers, cover, picture=DispatchColumn.RECORD, write=write
    )

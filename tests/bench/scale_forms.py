"""Forms for `scale.py`: those that went out are answered in every row, and a large one is read.

`python tests/bench/scale_forms.py write 100000 FILE` writes a form of so many rows, `read FILE` has
the limited process read it, with the places of its pictures; `answer FOLDER DAY` fills in those of
a folder.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

import openpyxl
import xlsxwriter

from mediawatch.domain import Stance
from mediawatch.people.dispatch.sheet import DispatchColumn
from mediawatch.people.feedback.sheet import FeedbackColumn
from mediawatch.people.forms.columns import Column
from mediawatch.workbooks.forms import FormFile
from mediawatch.workbooks.process import READING

BEFORE = 3
"""So many days before the inspection's own the newest post is that people say they saw."""


def answer_all(folder: Path, day: date) -> int:
    """Answer every row of the workbooks in a folder; the number of rows.

    `day` is that of the inspection. A worklist gets 有, a dispatched finding 有异议, an item of a
    notice what was done. None has a link: it would be opened. RuntimeError where no row is there.
    """
    rows = sum(_answer(file, day) for file in sorted(folder.glob("*.xlsx")))
    if not rows:
        raise RuntimeError(f"{folder} has no row to answer")
    return rows


def _answer(file: Path, day: date) -> int:
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    places = {str(cell.value): cell.column for cell in sheet[1]}
    given = next(each for each in _answers(day) if all(column in places for column in each))
    # Its pictures are ours: codes and screenshots, which nobody reads again.
    for each in book.worksheets:
        each._images = []
    for row in range(2, sheet.max_row + 1):
        for column, value in given.items():
            sheet.cell(row, places[column], value)
    book.save(file)
    return sheet.max_row - 1


def _answers(day: date) -> tuple[Mapping[StrEnum, str], ...]:
    """What is filled in, by the form's columns."""
    return (
        {
            Column.POSTED: "有",
            Column.POSTED_ON: str(day - timedelta(days=BEFORE)),
            Column.PERSON: "演示核查人",
            Column.TIME: f"{day + timedelta(days=1)} 00:01",
        },
        {
            DispatchColumn.STANCE: Stance.DISPUTES,
            DispatchColumn.EXPLANATION: "演示说明",
            DispatchColumn.PERSON: "演示责任人",
        },
        {FeedbackColumn.DONE: "演示已整改", FeedbackColumn.PERSON: "演示责任人"},
    )


def write_form(rows: int, file: Path) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("待核查清单")
        for row in range(rows + 1):
            for place, column in enumerate(Column):
                sheet.write_string(row, place, f"演示{row}-{place}" if row else column.value)


def read_form(file: Path) -> None:
    with FormFile(file) as form:
        (read,) = form.sheets(())
        form.placed_pictures(read.part)
    READING.close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", rows, file]:
            write_form(int(rows), Path(file))
        case ["answer", folder, day]:
            answer_all(Path(folder), date.fromisoformat(day))
        case ["read", file]:
            read_form(Path(file))
        case _:
            sys.exit(__doc__)

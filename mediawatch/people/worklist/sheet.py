"""The worklist's own sheet: QR codes, drop-downs, places for pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mediawatch.files import FileWriter, write_whole
from mediawatch.people.forms.book import (
    Formats,
    FormCover,
    FormLayout,
    FormRow,
    add_form,
    furnish,
    sheet_name,
    with_errors,
    write_cell,
    writing,
)
from mediawatch.people.forms.columns import ANSWERS, Cell, Column
from mediawatch.people.forms.inserted_pictures import insert_picture, write_picture
from mediawatch.people.forms.problem_columns import ProblemColumn
from mediawatch.people.worklist.problem_sheet import PROBLEM_FORM
from mediawatch.people.worklist.states import State
from mediawatch.sheets import TextWorkbook
from mediawatch.workbooks.images import EMBEDDED, media_type, qr_png

SHEET = "待核查清单"
_WIDTHS = {
    Column.KEY: 12, Column.QR: 14.5, Column.NAME: 14, Column.TYPE: 7.5, Column.ORGANISER: 13, Column.IDS: 13, Column.LATEST: 11,
    Column.LINK: 11, Column.REASON: 18, Column.QUESTION: 17, Column.POSTED: 6.5, Column.POSTED_ON: 11, Column.SEEN_NAME: 10,
    Column.STATE: 8.5, Column.SEEN_ID: 10, Column.SHOT: 11, Column.PERSON: 7.5, Column.TIME: 11, Column.REMARK: 9, Column.ERROR: 20,
}  # fmt: skip
_LAYOUT = FormLayout(
    answers=ANSWERS,
    widths=_WIDTHS,
    key=Column.KEY,
    frozen=Column.NAME,
    firm=(Column.QR, Column.LATEST, Column.POSTED_ON, Column.TIME),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistLine:
    """One row to write.

    Texts and answers by column, the link in its QR code, pictures for the 截图 cell.
    """

    cells: Mapping[Column, Cell]
    qr: str = ""
    shots: Sequence[bytes] = ()


def write_book(
    path: Path,
    lines: Iterable[WorklistLine],
    cover: FormCover,
    *,
    problems: Sequence[FormRow[ProblemColumn]] = (),
    overwrite: bool = False,
    write: FileWriter = write_whole,
) -> None:
    """Write one worklist, with the sheet 人工检查 where there are rows for it.

    UserError where the file exists already (somebody may be filling it in) or cannot be written.
    """
    rows = list(lines)
    with writing(path, cover, overwrite=overwrite, write=write) as book:
        formats = Formats(book)
        if rows or not problems:
            _add_sheet(book, formats, rows, cover)
        if problems:
            add_form(book, formats, PROBLEM_FORM, problems, cover)


def _add_sheet(
    book: TextWorkbook, formats: Formats, rows: Sequence[WorklistLine], cover: FormCover
) -> None:
    columns = with_errors(list(Column), Column.ERROR, [line.cells for line in rows])
    sheet = book.add_worksheet(sheet_name(SHEET, cover.marks))
    furnish(sheet, columns, [line.cells for line in rows], cover.heading, formats, _LAYOUT)
    for number, line in enumerate(rows, 1):
        _write_line(sheet, number, line, columns, formats)
    if rows:
        _add_lists(
            lambda column, rule: sheet.data_validation(
                1, columns.index(column), len(rows), columns.index(column), rule
            )
        )


def _write_line(
    sheet: Worksheet, number: int, line: WorklistLine, columns: Sequence[Column], formats: Formats
) -> None:
    for place, column in enumerate(columns):
        if column is Column.QR and line.qr:
            sheet.write_blank(number, place, None, formats.given)
            write_picture(sheet, number, place, qr_png(line.qr), "二维码")
        else:
            link = formats.link if column is Column.LINK else None
            write_cell(sheet, number, place, line.cells.get(column), _style(column, formats), link)
    for offset, shot in enumerate(line.shots):
        if media_type(shot) in EMBEDDED:
            options = {
                "x_offset": 4 + 8 * offset,
                "y_offset": 4,
                "x_scale": 0.2,
                "y_scale": 0.2,
                "object_position": 1,
            }
            insert_picture(sheet, number, columns.index(Column.SHOT), shot, options)


def _style(column: Column, formats: Formats) -> Format:
    special = {
        Column.POSTED_ON: formats.day,
        Column.TIME: formats.moment,
        Column.ERROR: formats.error,
    }
    return special.get(column) or (formats.answer if column in ANSWERS else formats.given)


def _add_lists(add: Callable[[Column, dict[str, object]], object]) -> None:
    """Drop-downs stop a wrong value; everything else only hints.

    WPS users paste, and the import checks anyway.
    """
    add(
        Column.POSTED,
        {
            "validate": "list",
            "source": ["有", "无"],
            "error_title": "有无发布",
            "error_message": "请选择“有”或“无”。",
        },
    )
    add(
        Column.STATE,
        {
            "validate": "list",
            "source": [state.value for state in State],
            "error_message": "请从下拉列表中选择状态。",
        },
    )
    add(
        Column.POSTED_ON,
        {
            "validate": "any",
            "input_title": "最近发布日期",
            "input_message": "如 2022-12-20。看得到日期就请填写。",
        },
    )
    add(
        Column.TIME,
        {
            "validate": "any",
            "input_title": "核查时间",
            "input_message": "查看账号的时间，如 2023-01-03 09:30（北京时间）。",
        },
    )
    add(
        Column.SHOT,
        {
            "validate": "any",
            "input_title": "截图",
            "input_message": "把截图粘贴在本行此格，或填写同一文件夹中的图片文件名。",
        },
    )

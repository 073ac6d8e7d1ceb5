"""What every workbook that goes out to be filled in has in common.

Every given text is hostile input: a string, never a formula.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Generic

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mediawatch.domain import UserError
from mediawatch.domain.clock import beijing
from mediawatch.files import FileWriter, write_whole
from mediawatch.people.forms.account import CONTACT_HEADINGS
from mediawatch.people.forms.columns import Cell, H
from mediawatch.people.forms.hyperlinks import clickable
from mediawatch.table import lines_of
from mediawatch.workbooks.images import dimensions

GUIDE_SHEET = "填写说明"
META_SHEET = "_mediawatch"
ROW_POINTS = 80
_GUIDE_WIDTH = 105
"""In characters: a printed page is as wide where the default font is a wide one.

Not every program narrows a sheet of one column.
"""
PICTURE_PIXELS = 96
"""Height of a picture within a row."""
_MAX_TEXT = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCover:
    """What stands around the rows.

    Printed title, creation date of the file, hidden notes, instructions, marks (演示数据).
    """

    title: str
    made_at: datetime
    meta: Mapping[str, str]
    guide: Sequence[str] = ()
    marks: Sequence[str] = ()

    @property
    def heading(self) -> str:
        return "".join(f"【{mark}】" for mark in self.marks) + self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow(Generic[H]):
    """One row of a form: its cells, and its pictures.

    The picture column has a PNG or JPEG, or nothing; other columns may have such pictures.
    """

    cells: Mapping[H, Cell]
    picture: bytes = b""
    filed: Mapping[H, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLayout(Generic[H]):
    """How the columns of a sheet look: those to answer in, their widths, and what stays in sight.

    `key` is hidden, the columns to `frozen` stay in sight.
    """

    answers: Container[H]
    widths: Mapping[H, int]
    key: H
    frozen: H


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(FormLayout[H]):
    """A sheet of rows that others answer in, in the order of its columns.

    `error` stands, second, only where a row comes back with what is wrong.
    """

    name: str
    columns: Sequence[H]
    error: H
    picture: H | None = None
    choices: Mapping[H, Sequence[str]] = field(default_factory=dict)
    """Drop-down lists, by column."""


def without_contacts(form: Form[H]) -> Form[H]:
    """The form for whoever forwards it: without the columns of persons and telephones."""
    columns = tuple(column for column in form.columns if column.value not in CONTACT_HEADINGS)
    return replace(form, columns=columns)


class Formats:
    """The looks of cells: given ones, and those to fill in."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {
            "border": 1,
            "border_color": "#BFBFBF",
            "valign": "vcenter",
            "text_wrap": True,
            "font_size": 10,
        }

        def add(**extra: object) -> Format:
            return book.add_format({**base, **extra})

        self.head = add(bold=True, bg_color="#D9D9D9", align="center")
        self.head_answer = add(bold=True, bg_color="#FFD966", align="center")
        self.given = add(num_format="@")
        self.link = add(font_color="#0563C1", underline=1)
        answer = {"bg_color": "#FFF9E5"}
        self.answer = add(num_format="@", **answer)
        self.day = add(num_format="yyyy-mm-dd", align="center", **answer)
        self.moment = add(num_format="yyyy-mm-dd hh:mm", align="center", **answer)
        self.error = add(font_color="#C00000")


@contextmanager
def writing(
    path: Path,
    cover: FormCover,
    *,
    overwrite: bool,
    shared: bool = True,
    write: FileWriter = write_whole,
) -> Iterator[xlsxwriter.Workbook]:
    """A workbook to fill with sheets; its file is there as a whole or not at all.

    `shared` as in `write_whole`: it is handed on, and holds no contact.

    Instructions and notes are added at the end. UserError where the file exists already (somebody
    may be filling it in) or cannot be written.
    """
    if path.exists() and not overwrite:
        raise UserError(
            f"{path} exists already and may hold answers: give another name or --overwrite"
        )
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties(
        {"title": cover.heading, "created": beijing(cover.made_at).replace(tzinfo=None)}
    )
    yield book
    _write_guide(book, cover)
    hidden = book.add_worksheet(META_SHEET)
    for number, (key, value) in enumerate(cover.meta.items()):
        hidden.write_string(number, 0, key)
        hidden.write_string(number, 1, value)
    hidden.hide()
    book.close()
    write(path, buffer.getvalue(), shared=shared)


def write_form(
    path: Path,
    form: Form[H],
    lines: Iterable[FormRow[H]],
    cover: FormCover,
    *,
    overwrite: bool = False,
    write: FileWriter = write_whole,
) -> None:
    """Write a form's file.

    UserError where it exists already (somebody may be filling it in) or cannot be written.
    """
    rows = list(lines)
    shared = not any(column.value in CONTACT_HEADINGS for column in form.columns)
    columns = with_errors(form.columns, form.error, [line.cells for line in rows])
    with writing(path, cover, overwrite=overwrite, shared=shared, write=write) as book:
        formats = Formats(book)
        sheet = book.add_worksheet(sheet_name(form.name, cover.marks))
        for number, line in enumerate(rows, 1):
            for place, column in enumerate(columns):
                style = (
                    formats.answer
                    if column in form.answers
                    else formats.error
                    if column is form.error
                    else formats.given
                )
                write_cell(sheet, number, place, line.cells.get(column), style)
            if line.picture and form.picture is not None:
                write_picture(
                    sheet, number, columns.index(form.picture), line.picture, form.picture.value
                )
            for column, body in line.filed.items():
                write_picture(sheet, number, columns.index(column), body, column.value)
        for column, words in form.choices.items():
            place, rule = columns.index(column), {"validate": "list", "source": list(words)}
            sheet.data_validation(1, place, max(1, len(rows)), place, rule)
        furnish(sheet, columns, len(rows), cover.heading, formats, form)


def with_errors(columns: Sequence[H], error: H, rows: Iterable[Mapping[H, Cell]]) -> list[H]:
    """The columns of a sheet: that of errors second, and only where a row has one."""
    plain = [column for column in columns if column is not error]
    return [plain[0], error, *plain[1:]] if any(error in cells for cells in rows) else plain


def sheet_name(words: str, marks: Sequence[str]) -> str:
    """Marks (演示数据) stand on the tab, where everybody who fills it in sees them."""
    return re.sub(r"[\[\]:*?/\\']", "", "·".join((words, *marks)))[:31]


def write_cell(
    sheet: Worksheet, row: int, place: int, cell: Cell, style: Format, link: Format | None = None
) -> None:
    """A value as what it is; a text that is a link is one where `link` gives it a look."""
    if isinstance(cell, date):
        sheet.write_datetime(row, place, cell, style)
    elif cell in (None, ""):
        sheet.write_blank(row, place, None, style)
    elif link is not None and clickable(str(cell)):
        sheet.write_url(row, place, str(cell), link, str(cell))
    else:
        sheet.write_string(row, place, str(cell)[:_MAX_TEXT], style)


def write_picture(sheet: Worksheet, row: int, place: int, body: bytes, description: str) -> None:
    """A PNG or JPEG within its cell, which moves with it."""
    scale = PICTURE_PIXELS / max(dimensions(body)[1], 1)
    options = {
        "x_offset": 5,
        "y_offset": 5,
        "x_scale": scale,
        "y_scale": scale,
        "object_position": 1,
        "description": description,
    }
    insert_picture(sheet, row, place, body, options)


def insert_picture(
    sheet: Worksheet, row: int, place: int, body: bytes, options: Mapping[str, object]
) -> None:
    """Insert a picture, or leave it out where the writer of workbooks cannot make it out.

    It reads more of a picture than its size, and what people hand in may be damaged there.
    """
    with suppress(XlsxWriterException, struct.error, ArithmeticError, LookupError, ValueError):
        sheet.insert_image(row, place, "picture", {**options, "image_data": io.BytesIO(body)})


def furnish(
    sheet: Worksheet,
    columns: Sequence[H],
    count: int,
    title: str,
    formats: Formats,
    layout: FormLayout[H],
) -> None:
    """Headings, widths, filter, print layout."""
    for place, column in enumerate(columns):
        sheet.write_string(
            0,
            place,
            column.value,
            formats.head_answer if column in layout.answers else formats.head,
        )
        sheet.set_column(
            place, place, layout.widths[column], None, {"hidden": column is layout.key}
        )
    sheet.set_row(0, 44)
    for number in range(1, count + 1):
        sheet.set_row(number, ROW_POINTS)
    sheet.freeze_panes(1, columns.index(layout.frozen) + 1)
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.5)
    # "&" begins a code in headers, and a prefecture's name is input.
    sheet.set_header("&L" + title.replace("&", "&&")[:200])
    sheet.set_footer("&C第 &P 页 共 &N 页")


def _write_guide(book: xlsxwriter.Workbook, cover: FormCover) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    sheet.set_column(0, 0, _GUIDE_WIDTH)
    head = book.add_format({"bold": True, "font_size": 14})
    text = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
    sheet.write_string(0, 0, cover.heading, head)
    for number, paragraph in enumerate(cover.guide, 2):
        sheet.write_string(number, 0, paragraph, text)
        # LibreOffice leaves a row without a height of its own at one line.
        sheet.set_row(number, 16 * lines_of(paragraph, _GUIDE_WIDTH))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)

"""What every workbook that goes out to be filled in has in common.

Every given text is hostile input: a string, never a formula.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Generic

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mediawatch.domain import UserError
from mediawatch.domain.clock import beijing
from mediawatch.files import FileWriter, write_whole
from mediawatch.paper import TYPE_SIZE, lay_out, page_widths, put_in_chinese, row_points
from mediawatch.people.forms.account import CONTACT_HEADINGS
from mediawatch.people.forms.columns import Cell, H
from mediawatch.people.forms.guide_sheet import write_guide
from mediawatch.people.forms.hyperlinks import clickable
from mediawatch.people.forms.inserted_pictures import (
    PagePicture,
    write_picture,
    write_picture_pages,
)
from mediawatch.sheets import TextWorkbook

GUIDE_SHEET = "填写说明"
META_SHEET = "_mediawatch"
HEAD_POINTS = 44
ROW_POINTS = 80
"""The least height of a row: a picture has room in it, and so has a hand."""
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
    issuer: str = ""
    """发文机关: the file's properties name it as the author."""

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
    caption: str = ""
    """What stands above that picture where it has a page of its own."""
    filed: Mapping[H, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLayout(Generic[H]):
    """How the columns of a sheet look: those to answer in, their widths, and what stays in sight.

    `key` and `hidden` are hidden, the columns to `frozen` stay in sight. Those that are
    `firm` (pictures, days) do not give way on a narrow page.
    """

    answers: Container[H]
    widths: Mapping[H, float]
    key: H
    frozen: H
    hidden: Container[H] = ()
    firm: Container[H] = ()


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
    picture_sheet: str = ""
    """The sheet on which each picture has a page of its own; "" for none."""
    links: Container[H] = ()
    """Columns whose addresses can be clicked."""


def without_contacts(form: Form[H]) -> Form[H]:
    """The form for whoever forwards it: without the columns of persons and telephones."""
    columns = tuple(column for column in form.columns if column.value not in CONTACT_HEADINGS)
    return replace(form, columns=columns)


class Formats:
    """The looks of cells: given ones, and those to fill in."""

    def __init__(self, book: TextWorkbook) -> None:
        base = {
            "border": 1,
            "border_color": "#BFBFBF",
            "valign": "vcenter",
            "text_wrap": True,
            "font_name": "宋体",
            "font_size": TYPE_SIZE,
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
) -> Iterator[TextWorkbook]:
    """A workbook to fill with sheets; its file is there as a whole or not at all.

    `shared` as in `write_whole`: it is handed on, and holds no contact.

    Instructions and notes are added at the end. UserError where the file exists already (somebody
    may be filling it in) or cannot be written.
    """
    if path.exists() and not overwrite:
        raise UserError(
            f"{path} exists already and may hold answers: give another name or --overwrite"
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "form.xlsx"
        book = TextWorkbook(file, rows_in=file.parent)
        book.set_properties(
            {
                "title": cover.heading,
                "author": cover.issuer,
                "created": beijing(cover.made_at).replace(tzinfo=None),
            }
        )
        yield book
        write_guide(book, GUIDE_SHEET, cover.heading, cover.guide)
        hidden = book.add_worksheet(META_SHEET)
        for number, (key, value) in enumerate(cover.meta.items()):
            hidden.write_string(number, 0, key)
            hidden.write_string(number, 1, value)
        hidden.hide()
        book.close()
        named = file.with_name("named.xlsx")
        put_in_chinese(file, named)
        write(path, named, shared=shared)


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
    with writing(path, cover, overwrite=overwrite, shared=shared, write=write) as book:
        add_form(book, Formats(book), form, rows, cover)


def add_form(
    book: TextWorkbook,
    formats: Formats,
    form: Form[H],
    rows: Sequence[FormRow[H]],
    cover: FormCover,
) -> None:
    """Add a form's sheet, and that of its pictures, to a workbook."""
    columns = with_errors(form.columns, form.error, [line.cells for line in rows])
    sheet = book.add_worksheet(sheet_name(form.name, cover.marks))
    furnish(sheet, columns, [line.cells for line in rows], cover.heading, formats, form)
    for number, line in enumerate(rows, 1):
        for place, column in enumerate(columns):
            style = (
                formats.answer
                if column in form.answers
                else formats.error
                if column is form.error
                else formats.given
            )
            link = formats.link if column in form.links else None
            write_cell(sheet, number, place, line.cells.get(column), style, link)
        if line.picture and form.picture is not None:
            write_picture(
                sheet, number, columns.index(form.picture), line.picture, form.picture.value
            )
        for column, body in line.filed.items():
            write_picture(sheet, number, columns.index(column), body, column.value)
    for column, words in form.choices.items():
        place, rule = columns.index(column), {"validate": "list", "source": list(words)}
        sheet.data_validation(1, place, max(1, len(rows)), place, rule)
    pages = [PagePicture(line.caption, line.picture) for line in rows if line.picture]
    if pages and form.picture_sheet:
        write_picture_pages(book, sheet_name(form.picture_sheet, cover.marks), pages)


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


def furnish(
    sheet: Worksheet,
    columns: Sequence[H],
    rows: Sequence[Mapping[H, Cell]],
    title: str,
    formats: Formats,
    layout: FormLayout[H],
) -> None:
    """Headings, widths, heights, filter, print layout: before the rows are written."""
    shown = [
        column for column in columns if column is not layout.key and column not in layout.hidden
    ]
    firm = [place for place, column in enumerate(shown) if column in layout.firm]
    fitted = page_widths([layout.widths[column] for column in shown], firm)
    widths = dict(zip(shown, fitted, strict=True))
    for place, column in enumerate(columns):
        style = formats.head_answer if column in layout.answers else formats.head
        sheet.write_string(0, place, column.value, style)
        hidden = column not in widths
        width = layout.widths[column] if hidden else widths[column]
        sheet.set_column(place, place, width, None, {"hidden": hidden})
    sheet.set_row(0, row_points([column.value for column in shown], fitted, HEAD_POINTS))
    for number, cells in enumerate(rows, 1):
        texts = [str(cells.get(column) or "") for column in shown]
        sheet.set_row(number, row_points(texts, fitted, ROW_POINTS))
    sheet.freeze_panes(1, columns.index(layout.frozen) + 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    lay_out(sheet, heading=0, rows=len(rows) + 1, columns=len(columns))
    # "&" begins a code in headers, and a prefecture's name is input.
    sheet.set_header("&L" + title.replace("&", "&&")[:200])

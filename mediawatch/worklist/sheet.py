"""The xlsx that people get. Every given text is hostile input: written as a string, never as a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mediawatch.clock import beijing
from mediawatch.domain import UserError
from mediawatch.files import write_whole
from mediawatch.worklist.columns import ANSWERS, Cell, Column
from mediawatch.worklist.guide import guide
from mediawatch.worklist.images import media_type, png_width, qr_png
from mediawatch.worklist.states import State

SHEET = "待核查清单"
GUIDE_SHEET = "填写说明"
META_SHEET = "_mediawatch"
_WIDTHS = {
    Column.KEY: 12, Column.QR: 15, Column.NAME: 22, Column.TYPE: 11, Column.ORGANISER: 20, Column.IDS: 18, Column.LATEST: 13,
    Column.LINK: 24, Column.REASON: 24, Column.QUESTION: 22, Column.POSTED: 9, Column.POSTED_ON: 13, Column.SEEN_NAME: 18,
    Column.STATE: 11, Column.SEEN_ID: 18, Column.SHOT: 20, Column.PERSON: 10, Column.TIME: 17, Column.ERROR: 40,
}  # fmt: skip
_ROW_POINTS = 80
_CELL_PIXELS = 96
_MAX_URL = 2000
"""Excel's own limit is 2 079 characters."""
_MAX_TEXT = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row to write: texts and answers by column, the link in its QR code, pictures for the 截图 cell."""

    cells: Mapping[Column, Cell]
    qr: str = ""
    shots: Sequence[bytes] = ()


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter", "text_wrap": True, "font_size": 10}

        def made(**extra: object) -> Format:
            return book.add_format({**base, **extra})

        self.head = made(bold=True, bg_color="#D9D9D9", align="center")
        self.head_answer = made(bold=True, bg_color="#FFD966", align="center")
        self.given = made(num_format="@")
        self.link = made(font_color="#0563C1", underline=1)
        answer = {"bg_color": "#FFF9E5"}
        self.answer = made(num_format="@", **answer)
        self.day = made(num_format="yyyy-mm-dd", align="center", **answer)
        self.moment = made(num_format="yyyy-mm-dd hh:mm", align="center", **answer)
        self.error = made(font_color="#C00000")

    def of(self, column: Column) -> Format:
        special = {Column.POSTED_ON: self.day, Column.TIME: self.moment, Column.ERROR: self.error}
        return special.get(column) or (self.answer if column in ANSWERS else self.given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What stands around the rows: printed title, creation date of the file, hidden notes, marks (演示数据)."""

    title: str
    made_at: datetime
    meta: Mapping[str, str]
    marks: Sequence[str] = ()
    reposts: bool = True
    """Whether the policy counts reposts as updates."""

    @property
    def heading(self) -> str:
        return "".join(f"【{mark}】" for mark in self.marks) + self.title


def write_book(path: Path, lines: Iterable[Line], cover: Cover, *, overwrite: bool = False) -> None:
    """Write one worklist. UserError where the file exists already (somebody may be filling it in) or cannot be written."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": cover.heading, "created": beijing(cover.made_at).replace(tzinfo=None)})
    rows = list(lines)
    columns: list[Column] = [column for column in Column if column is not Column.ERROR]
    if any(Column.ERROR in line.cells for line in rows):
        columns.insert(1, Column.ERROR)
    formats = _Formats(book)
    sheet = book.add_worksheet(_sheet_name(cover.marks))
    for number, line in enumerate(rows, 1):
        _write_line(sheet, number, line, columns, formats)
    _furnish(sheet, columns, len(rows), cover.heading, formats)
    _write_guide(book, cover)
    hidden = book.add_worksheet(META_SHEET)
    for number, (key, value) in enumerate(cover.meta.items()):
        hidden.write_string(number, 0, key)
        hidden.write_string(number, 1, value)
    hidden.hide()
    book.close()
    _save(path, buffer.getvalue(), overwrite)


def _save(path: Path, body: bytes, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise UserError(f"{path} exists already and may hold answers: give another name or --overwrite")
    write_whole(path, body)


def _sheet_name(marks: Sequence[str]) -> str:
    """Marks (演示数据) stand on the tab, where everybody who fills it in sees them."""
    return re.sub(r"[\[\]:*?/\\']", "", "·".join((SHEET, *marks)))[:31]


def _write_line(sheet: Worksheet, number: int, line: Line, columns: Sequence[Column], formats: _Formats) -> None:
    for place, column in enumerate(columns):
        cell, style = line.cells.get(column), formats.of(column)
        if column is Column.QR:
            _write_qr(sheet, number, place, line, style)
        elif isinstance(cell, date):
            sheet.write_datetime(number, place, cell, style)
        elif cell in (None, ""):
            sheet.write_blank(number, place, None, style)
        elif column is Column.LINK and clickable(str(cell)):
            sheet.write_url(number, place, str(cell), formats.link, str(cell))
        else:
            sheet.write_string(number, place, str(cell)[:_MAX_TEXT], style)
    for offset, shot in enumerate(line.shots):
        if media_type(shot) in ("image/png", "image/jpeg"):
            options = {"x_offset": 4 + 8 * offset, "y_offset": 4, "x_scale": 0.2, "y_scale": 0.2, "object_position": 1}
            sheet.insert_image(number, columns.index(Column.SHOT), "shot", {**options, "image_data": io.BytesIO(shot)})


def _write_qr(sheet: Worksheet, number: int, place: int, line: Line, style: Format) -> None:
    if not line.qr:
        sheet.write_string(number, place, str(line.cells.get(Column.QR) or ""), style)
    else:
        sheet.write_blank(number, place, None, style)
        png = qr_png(line.qr)
        scale = _CELL_PIXELS / png_width(png)
        options = {"x_offset": 5, "y_offset": 5, "x_scale": scale, "y_scale": scale, "object_position": 1, "description": "二维码"}
        sheet.insert_image(number, place, "qr.png", {**options, "image_data": io.BytesIO(png)})


def clickable(link: str) -> bool:
    """Only http(s) becomes a hyperlink: `javascript:`, `file:` and `external:` stay text."""
    return link.lower().startswith(("http://", "https://")) and len(link) <= _MAX_URL and not any(char.isspace() for char in link)


def _furnish(sheet: Worksheet, columns: Sequence[Column], count: int, title: str, formats: _Formats) -> None:
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.value, formats.head_answer if column in ANSWERS else formats.head)
        sheet.set_column(place, place, _WIDTHS[column], None, {"hidden": column is Column.KEY})
    sheet.set_row(0, 44)
    for number in range(1, count + 1):
        sheet.set_row(number, _ROW_POINTS)
    sheet.freeze_panes(1, columns.index(Column.NAME) + 1)
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.5)
    # "&" begins a code in headers, and a prefecture's name is input.
    sheet.set_header("&L" + title.replace("&", "&&")[:200])
    sheet.set_footer("&C第 &P 页 共 &N 页")
    if count:
        _add_lists(lambda column, rule: sheet.data_validation(1, columns.index(column), count, columns.index(column), rule))


def _add_lists(add: Callable[[Column, dict[str, object]], object]) -> None:
    """Drop-downs stop, everything else only hints: WPS users paste, and the import checks anyway."""
    add(Column.POSTED, {"validate": "list", "source": ["有", "无"], "error_title": "有无发布", "error_message": "请选择“有”或“无”。"})
    add(Column.STATE, {"validate": "list", "source": [state.value for state in State], "error_message": "请从下拉列表中选择状态。"})
    add(Column.POSTED_ON, {"validate": "any", "input_title": "最近发布日期", "input_message": "如 2022-12-20。看得到日期就请填写。"})
    add(Column.TIME, {"validate": "any", "input_title": "核查时间", "input_message": "查看账号的时间,如 2023-01-03 09:30(北京时间)。"})
    add(Column.SHOT, {"validate": "any", "input_title": "截图", "input_message": "把截图粘贴在本行此格,或填写同一文件夹中的图片文件名。"})


def _write_guide(book: xlsxwriter.Workbook, cover: Cover) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    sheet.set_column(0, 0, 110)
    head = book.add_format({"bold": True, "font_size": 14})
    text = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
    sheet.write_string(0, 0, cover.heading, head)
    for number, paragraph in enumerate(guide(cover.reposts), 2):
        sheet.write_string(number, 0, paragraph, text)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)

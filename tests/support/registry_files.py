"""Registry files for tests, made by the writers that offices' programs are modelled on: xlsxwriter,
xlwt, plain csv. All names invented.
"""

from __future__ import annotations

import csv
import io
import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt
from xlwt import CompoundDoc

from mediawatch.domain import Account, Filing, Source
from mediawatch.registry.rows import RegistryRow, RowsResult, read_rows
from mediawatch.workbooks.tables import read_files

HEADINGS = ("备案单号", "政务新媒体名称", "类型", "所属组织")
GOOD = ("71001", "示例第一发布", "微信公众号", "示例市第一测试局")
SECOND = ("71002", "示例第二发布", "新浪微博", "示例市第二测试局")
TODAY = date(2022, 12, 31)
NOW = datetime(2022, 12, 31, 10, tzinfo=UTC)
SOURCE = Source(file="示例.xlsx", sha256="0" * 64, at=NOW)
Cells = Sequence[Sequence[Any]]


def xlsx(
    path: Path,
    rows: Cells,
    *,
    sheet: str = "台账",
    hidden: Sequence[int] = (),
    merged: Sequence[tuple[int, int, int, int]] = (),
    more: Mapping[str, Cells] | None = None,
    hidden_sheets: Sequence[str] = (),
) -> Path:
    """Text as text, numbers as numbers, dates as dates.

    `hidden` and `merged` (first row, first column, last row, last column) from 0.
    """
    with xlsxwriter.Workbook(
        path, {"strings_to_urls": False, "strings_to_formulas": False}
    ) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, cells in {sheet: rows, **(more or {})}.items():
            page = book.add_worksheet(name)
            for line, row in enumerate(cells):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(line, column, cell, day)
                    elif cell != "":
                        page.write(line, column, cell)
            for line in hidden if name == sheet else ():
                page.set_row(line, None, None, {"hidden": True})
            for top, left, bottom, right in merged if name == sheet else ():
                page.merge_range(top, left, bottom, right, cells[top][left])
            if name in hidden_sheets:
                page.hide()
    return path


def xls(
    path: Path,
    rows: Cells,
    *,
    hidden: Sequence[int] = (),
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    day = xlwt.XFStyle()
    day.num_format_str = "yyyy-mm-dd"
    covered = {
        (row, column)
        for top, left, bottom, right in merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell != "" and (line, column) not in covered:
                page.write(line, column, cell, *([day] if isinstance(cell, date) else []))
    for top, left, bottom, right in merged:
        page.write_merge(top, bottom, left, right, rows[top][left])
    for line in hidden:
        page.row(line).hidden = True
    book.save(str(path))
    return path


def text(path: Path, rows: Cells, encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def encrypted_xlsx(path: Path) -> Path:
    """What Office writes for an .xlsx with a password: an OLE file with a stream EncryptedPackage
    ([MS-OFFCRYPTO] 2.3.4).
    """
    CompoundDoc.XlsDoc().save(str(path), b"\x07" * 5000)
    data = bytearray(path.read_bytes())
    at = data.index("Workbook".encode("utf-16-le"))
    name = "EncryptedPackage".encode("utf-16-le") + b"\0\0"
    data[at : at + 64] = name.ljust(64, b"\0")
    data[at + 64 : at + 66] = struct.pack("<H", len(name))
    path.write_bytes(bytes(data))
    return path


def encrypted_xls(path: Path) -> Path:
    """An .xls whose BOF is followed by FILEPASS ([MS-XLS] 2.4.117)."""
    book = xlwt.Workbook()
    book.add_sheet("台账").write(0, 0, "x")
    stream = book.get_biff_data()
    end = 4 + struct.unpack("<H", stream[2:4])[0]
    CompoundDoc.XlsDoc().save(
        str(path), stream[:end] + struct.pack("<HH", 0x2F, 6) + bytes(6) + stream[end:]
    )
    return path


def read(*paths: Path) -> RowsResult:
    return read_rows(read_files(paths), TODAY)


def filed(*paths: Path) -> list[Filing]:
    """The accounts of files in which every row is good."""
    result = read(*paths)
    assert result.errors == []
    return [row.filed for row in result.rows]


def rows_of(tmp_path: Path, *records: Mapping[str, str], name: str = "r.csv") -> list[RegistryRow]:
    """Rows from heading -> text, all good."""
    headings = list(dict.fromkeys(heading for record in records for heading in record))
    result = read(
        text(
            tmp_path / name,
            [headings, *([record.get(heading, "") for heading in headings] for record in records)],
        )
    )
    assert result.errors == []
    return result.rows


def account(id: int, name: str, **more: Any) -> Account:
    retired_on = more.pop("retired_on", None)
    values = {"platform": "wechat", "type": "微信公众号", "organiser": "示例市第一测试局"} | more
    return Account(id=id, filed=Filing(name=name, **values), retired_on=retired_on)

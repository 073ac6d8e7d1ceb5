"""Returned forms in the reading process: their sheets as grids, their pictures one by one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.package import Package
from mediawatch.workbooks.pictures import placed_pictures
from mediawatch.workbooks.places import column_letter
from mediawatch.workbooks.sheet import Sheet

_ROWS = 2_000
_WHOLE_BYTES = 32 * 2**20
"""Up to here the file is read as it is; larger ones without their pictures."""
_PICTURE_DAMAGE = (ValueError, IndexError, KeyError)


class OpenForm:
    """One returned form. FileFault, in Chinese, for any other file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        file.seek(0)
        self._package = Package(file)

    def close(self) -> None:
        self._file.close()

    def sheets(self, without: Sequence[str]) -> Iterator[Any]:
        """Of each sheet but some: its rows, some at once, then its name and part."""
        parts = {
            name: part
            for name, part in self._package.sheets().items()
            if name not in without and part in self._package
        }
        for part in parts.values():
            self._package.check_extent(part)
        with self._book() as book:
            for name, part in parts.items():
                marks = self._package.marks(part)
                if marks.strange:
                    row, column, shown = marks.strange
                    raise FileFault(
                        f"工作表“{name}”第{row + 1}行{column_letter(column)}列：单元格显示的是公式错误"
                        f"“{shown}”，请改为具体内容"
                    )
                grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                sheet = Sheet("", name, grid)
                sheet.mark_defects(marks.defects, marks.uncomputed, errors=marks.errors)
                for start in range(0, len(grid), _ROWS):
                    yield [[_cell(value) for value in row] for row in grid[start : start + _ROWS]]
                defects = [[*place, defect] for place, defect in sheet.defects.items()]
                yield {"name": name, "part": part, "defects": defects}

    def placed_pictures(self, part: str) -> Iterator[Any]:
        """(row from 1, [(column from 0, part)]) of the pictures of a sheet."""
        try:
            yield from placed_pictures(self._package, part).items()
        except _PICTURE_DAMAGE as error:
            raise FileFault("图片信息无法读取：请用 Excel、WPS 重新保存") from error

    def picture(self, part: str, most: int) -> Iterator[Any]:
        """The size of a picture, None where it is missing; its bytes where they are not too many."""
        size = self._package.size(part) if part in self._package else None
        yield size
        yield self._package.read(part) if size is not None and size <= most else b""

    def _book(self) -> CalamineWorkbook:
        try:
            if self._file.seek(0, 2) > _WHOLE_BYTES:
                return CalamineWorkbook.from_filelike(io.BytesIO(self._package.slim()))
            self._file.seek(0)
            return CalamineWorkbook.from_filelike(io.BytesIO(self._file.read()))
        except PasswordError as error:
            raise FileFault("文件设有密码：请另存为不带密码的 xlsx 再交回") from error
        except (CalamineError, XmlError, ZipError) as error:
            raise FileFault(
                "文件已损坏，或不是 xlsx 表格：请用 Excel、WPS 重新另存为 xlsx"
            ) from error


def _cell(value: object) -> object:
    return (
        value
        if isinstance(value, str | int | float | bool | date | datetime | time)
        else str(value)
    )

"""A returned form, as its reading process hands it over."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

from mediawatch.inputs import InputFault, open_regular
from mediawatch.workbooks.cell_defects import CellDefect
from mediawatch.workbooks.faults import ReadFailure, refuse_as
from mediawatch.workbooks.pictures import PlacedPicture
from mediawatch.workbooks.process import READING
from mediawatch.workbooks.refusals import BadFile

_MOST_BYTES = 2 * 2**30
"""A worklist of 6 000 rows with a screenshot each."""
_REASONS = {
    "missing": "文件不存在",
    "folder": "这是一个文件夹，不是文件",
    "special": "不是普通文件（管道、设备等）：请另存为 xlsx 文件再交回",
    "large": "文件过大，不予读取：请只保留清单和截图，分成几个文件交回",
}
_NUMBERS = count(1)
FormCell: TypeAlias = str | int | float | bool | date | datetime | time | None
"""`datetime` is naive: a clock in Beijing."""


@dataclass(frozen=True, slots=True)
class FormSheet:
    """A sheet of a form: its cells from row 1, column A on, and the part that holds it."""

    name: str
    part: str
    grid: list[list[FormCell]]
    defects: dict[tuple[int, int], CellDefect]
    """By (row, column) from 0, cells whose content must not be taken, as `Sheet` has them."""


class FormFile:
    """One returned form. Use as a context manager. BadFile for any other file."""

    def __init__(self, path: Path) -> None:
        self._number = next(_NUMBERS)
        try:
            self._descriptor = open_regular(path, _MOST_BYTES)
        except InputFault as fault:
            raise BadFile(_REASONS.get(fault.kind, "文件无法读取")) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def sheets(self, without: Collection[str]) -> list[FormSheet]:
        """All sheets but some. BadFile."""
        sheets: list[FormSheet] = []
        grid: list[list[FormCell]] = []
        for item in self._ask("form", without=list(without)):
            if isinstance(item, list):
                grid.extend(item)
            else:
                defects = {(row, at): CellDefect(each) for row, at, each in item["defects"]}
                sheets.append(FormSheet(item["name"], item["part"], grid, defects))
                grid = []
        return sheets

    def placed_pictures(self, part: str) -> dict[int, list[PlacedPicture]]:
        """Pictures of a sheet by row (from 1), each once. BadFile."""
        return {
            row: [PlacedPicture(column, part) for column, part in placed]
            for row, placed in self._ask("placed", part=part)
        }

    def picture(self, part: str, most: int) -> tuple[int | None, bytes]:
        """The size of a picture, None where the file lacks it, and its bytes up to `most`."""
        size, body = self._ask("picture", part=part, most=most)
        return size, body

    def _ask(self, kind: str, **said: Any) -> list[Any]:
        # Each time with the file: another process may have taken the place of the last one.
        with refuse_as(BadFile, _unreadable):
            return READING.ask(kind, {"number": self._number, **said}, self._descriptor)


def _unreadable(failure: ReadFailure) -> str:
    return f"文件过大或已损坏，无法读取（{failure}）：请用 Excel、WPS 重新另存为 xlsx"

"""How workbooks are written: every text as it is, and a nation's rows one after another."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet


class TextSheet(Worksheet):  # type: ignore[misc]  # it has no types
    """A sheet that takes no text for xlsxwriter's own mark-up."""

    def _write_string(
        self, row: int, col: int, string: str, cell_format: Format | None = None
    ) -> Any:
        # Its own, for all its ways of writing lead here.
        # What looks like its mark of a formatted text goes into the file as it stands, and could
        # damage it.
        marked = string.startswith("<r>") and string.endswith("</r>")
        return super()._write_string(row, col, f"{string} " if marked else string, cell_format)


class TextWorkbook(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook that takes no text for a formula, a link or a number.

    `rows_in`: a folder that rows go to as they are written, so that memory stays flat. Then the
    cells of a sheet must come in the order of its rows, and the height of a row before its cells.
    Without one all stays in memory.
    """

    def __init__(self, target: IO[bytes] | Path, *, rows_in: Path | None = None) -> None:
        options = {
            "in_memory": rows_in is None,
            "constant_memory": rows_in is not None,
            "tmpdir": rows_in and str(rows_in),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        super().__init__(str(target) if isinstance(target, Path) else target, options)

    def add_worksheet(self, name: str | None = None, worksheet_class: Any = None) -> TextSheet:
        """`worksheet_class` as xlsxwriter has it: a `TextSheet` where none is given."""
        made: TextSheet = super().add_worksheet(name, worksheet_class or TextSheet)
        return made

"""Where something stands in a file that was handed in."""

from __future__ import annotations

import re
from dataclasses import dataclass


def column_letter(index: int) -> str:
    """Column 0 is A, 26 is AA, as spreadsheets name them."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(reference: str) -> int:
    """Column A is 0, AB12 is 27."""
    index = 0
    for letter in re.sub(r"[^A-Z]", "", reference.upper()):
        index = index * 26 + ord(letter) - 64
    return index - 1


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row stands: the file as it was named, the sheet ("" in csv), and the row.

    The row is counted from 1, as the spreadsheet shows it.
    """

    file: str
    sheet: str
    row: int

    def __str__(self) -> str:
        return (
            f'{self.file}, sheet "{self.sheet}", row {self.row}'
            if self.sheet
            else f"{self.file}, row {self.row}"
        )

    @property
    def chinese(self) -> str:
        return f"工作表“{self.sheet}”第{self.row}行" if self.sheet else f"第{self.row}行"

    @property
    def spot(self) -> str:
        """In Chinese with the file; of row 0 the file alone."""
        return f"{self.file} {self.sheet} 第{self.row}行" if self.row else self.file

"""What may be wrong with a registry file.

One cell (`BadCell`), one row (`RowProblem`), or a remark. Inspectors
read the reasons of rows in the workbook that goes back to the unit, so these are Chinese.
Everything else is English.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mediawatch.workbooks.places import Place


class BadCell(ValueError):
    """A cell cannot be what its column says. The message is the Chinese reason."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row of a file that was handed in, or with the whole file (row 0).

    `column` is how the file's reader knows it; "" where the whole row is meant. Of a registry it is
    the letter and the heading, "C 备案单号". `reason` is Chinese and says what would be right.
    `hint` goes on for whoever runs the import: a unit that gets the row back does not read it.
    """

    place: Place
    column: str = ""
    value: str = ""
    reason: str = ""
    hint: str = ""

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        value = f": {self.value!r}" if self.value else ""
        return f"{self.place}{column}{value}: {self.reason}"

    @property
    def chinese(self) -> str:
        """For the 错误说明 column: 列, 值, 原因."""
        column = f"{self.column}列" if self.column else ""
        value = f"“{self.value}”" if self.value else ""
        return f"{column}{value}：{self.reason}" if column or value else self.reason

    @property
    def sentence(self) -> str:
        """For a list that people read in Chinese: where the row stands, what is wrong with it."""
        column = f"「{self.column}」" if self.column else ""
        value = f"（填写的是“{self.value[:60]}”）" if self.value else ""
        return f"{self.place.spot}{column}：{self.reason}{self.hint}{value}"


@dataclass(slots=True)
class Remarks:
    """Remarks on rows: one line a remark even for 100 000 rows."""

    places: dict[str, list[Place]] = field(default_factory=dict)

    def add(self, remark: str, place: Place) -> None:
        self.places.setdefault(remark, []).append(place)

    def extend(self, other: Remarks) -> None:
        for remark, places in other.places.items():
            self.places.setdefault(remark, []).extend(places)

    def lines(self) -> tuple[str, ...]:
        """One line a remark, files and sheets.

        `a.xlsx, sheet "甲", rows 5, 7-9: hidden, skipped`.
        """
        lines: list[str] = []
        for remark, places in self.places.items():
            by_sheet: dict[tuple[str, str], list[int]] = {}
            for place in places:
                by_sheet.setdefault((place.file, place.sheet), []).append(place.row)
            for (file, sheet), rows in by_sheet.items():
                where = f'{file}, sheet "{sheet}"' if sheet else file
                lines.append(f"{where}, {_ranges(rows)}: {remark}")
        return tuple(lines)


def _ranges(rows: list[int], most: int = 8) -> str:
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = ", ".join(
        str(first) if first == last else f"{first}-{last}" for first, last in runs[:most]
    )
    more = f" and more ({len(set(rows))} rows)" if len(runs) > most else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"

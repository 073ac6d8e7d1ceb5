"""What is said of somebody's printed figures: the place, and what does not agree there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RemarkKind(StrEnum):
    SLIP = "slip"
    """Printed figures contradict each other."""
    NOTE = "note"
    """Rounding, truncation and the like: no contradiction."""
    UNCHECKED = "unchecked"
    """It was not understood, so nothing is said of it."""

    @property
    def label(self) -> str:
        return {"slip": "差错", "note": "提示", "unchecked": "未核对"}[self.value]


@dataclass(frozen=True, slots=True, order=True)
class PrintedPlace:
    """A place in a file; rows and columns from 0, None for the whole of it."""

    part: str
    """The sheet or table; "" is the text."""
    row: int | None = None
    """Of a table, or a paragraph of the text."""
    column: int | None = None


@dataclass(frozen=True, slots=True)
class PrintedRemark:
    kind: RemarkKind
    place: PrintedPlace
    words: str
    """One sentence in Chinese, with the numbers."""

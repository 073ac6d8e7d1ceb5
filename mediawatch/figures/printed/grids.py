"""The cells of a sheet, or of a table in a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PrintedGrid:
    """The cells of a sheet or of a table in a document, by (row, column) from 0."""

    name: str
    rows: Sequence[Sequence[object]]
    title: str = ""
    """What stands above it where that is not one of its rows."""
    unread: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Cells that hold no value, and why, in Chinese: an error, a formula without a result."""
    filled: frozenset[tuple[int, int]] = frozenset()
    """Cells that have their value from a merged cell above."""

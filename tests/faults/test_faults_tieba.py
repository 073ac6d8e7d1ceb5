"""The fault matrix on Tieba: tests/support/fault_table.py says what must come of each cell."""

from __future__ import annotations

from fault_matrix import FaultMatrix


class TestTieba(FaultMatrix, platform="tieba"):
    """First looks load their pages."""

"""The fault matrix on Douyin: tests/support/fault_table.py says what must come of each cell."""

from __future__ import annotations

from fault_matrix import FaultMatrix


class TestDouyin(FaultMatrix, platform="douyin"):
    """First looks load their pages."""

"""The fault matrix on Bilibili: tests/support/fault_table.py says what must come of each cell."""

from __future__ import annotations

from fault_matrix import FaultMatrix


class TestBilibili(FaultMatrix, platform="bilibili"):
    """First looks load their pages."""

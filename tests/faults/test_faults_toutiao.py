"""The fault matrix on Toutiao: tests/support/fault_table.py says what must come of each cell."""

from __future__ import annotations

from fault_matrix import FaultMatrix


class TestToutiao(FaultMatrix, platform="toutiao"):
    """First looks load their pages."""

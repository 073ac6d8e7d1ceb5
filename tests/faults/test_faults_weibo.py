"""The fault matrix on Weibo: tests/support/fault_table.py says what must come of each cell."""

from __future__ import annotations

from fault_matrix import FaultMatrix


class TestWeibo(FaultMatrix, platform="weibo"):
    """First looks load their pages."""

"""The fault matrix on Kuaishou: tests/support/fault_table.py says what must come of each cell."""

from __future__ import annotations

from fault_matrix import FaultMatrix


class TestKuaishou(FaultMatrix, platform="kuaishou"):
    """First looks load their pages."""

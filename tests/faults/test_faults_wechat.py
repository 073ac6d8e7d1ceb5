"""The fault matrix on WeChat: tests/support/fault_table.py says what must come of each cell."""

from __future__ import annotations

from fault_matrix import FaultMatrix


class TestWeChat(FaultMatrix, platform="wechat"):
    """First looks load their pages."""

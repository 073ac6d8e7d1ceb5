"""The fault matrix where first looks ask by calls.

The same table holds, and nothing untrue is said against an account.
"""

from __future__ import annotations

from fault_matrix import FaultMatrix
from fault_table import Cell, cells
from replica_faults import Fault

PLATFORMS = ("wechat", "weibo", "douyin", "toutiao")
TELLING = frozenset({Fault.OTHER_ACCOUNT, Fault.EMPTY_LIST})
"""What calls are most likely to take for an answer: the cells of `make test`; `make soak` plays
all.
"""


def _asks_by_calls(cell: Cell) -> bool:
    """The columns of the table; of the scenes aside the one whose surface has a shared page."""
    return not cell.scene.aside or "wechat.reader_cover" in cell.scene.surfaces


class TestCalls(FaultMatrix):
    quick = tuple(
        cell
        for platform in PLATFORMS
        for cell in cells(platform, full=False)
        if (cell.fault in TELLING or cell.scene.aside) and _asks_by_calls(cell)
    )
    full = tuple(
        cell
        for platform in PLATFORMS
        for cell in cells(platform, full=True)
        if _asks_by_calls(cell)
    )
    calls = True

"""The fault matrix where first looks ask by calls.

The same table holds, and nothing untrue is said against an account.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio
from fault_runs import Played, check, play
from fault_table import Cell, cells
from replica_faults import Fault

PLATFORMS = ("wechat", "weibo", "douyin", "toutiao")
TELLING = frozenset(
    {
        Fault.NONE,
        Fault.CAPTCHA_PAGE,
        Fault.LAPSED,
        Fault.LAPSED_SILENTLY,
        Fault.OTHER_ACCOUNT,
        Fault.HTML,
        Fault.EMPTY_LIST,
        Fault.ONLY_PINNED,
        Fault.DATE_FUTURE,
    }
)
"""What calls might take for an answer: the cells of `make test`; `make soak` plays all."""
QUICK = [
    cell
    for platform in PLATFORMS
    for cell in cells(platform, full=False)
    if cell.fault in TELLING and not cell.scene.aside
]
FULL = [
    cell for platform in PLATFORMS for cell in cells(platform, full=True) if not cell.scene.aside
]


def named(cell: Cell) -> str:
    return f"{cell.scene.platform} {cell}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def played(executable: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Cell, Played]:
    return await _played(QUICK, executable, tmp_path_factory, full=False)


@pytest.mark.parametrize("cell", QUICK, ids=named)
def test_what_comes_of_a_fault_by_calls(played: dict[Cell, Played], cell: Cell) -> None:
    check(cell, played[cell], calls=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fully_played(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[Cell, Played]:
    return await _played(FULL, executable, tmp_path_factory, full=True)


@pytest.mark.soak
@pytest.mark.parametrize("cell", FULL, ids=named)
def test_what_comes_of_a_fault_by_calls_under_every_truth(
    fully_played: dict[Cell, Played], cell: Cell
) -> None:
    check(cell, fully_played[cell], calls=True)


async def _played(
    wanted: list[Cell], executable: Path, folders: pytest.TempPathFactory, *, full: bool
) -> dict[Cell, Played]:
    found: dict[Cell, Played] = {}
    for platform in PLATFORMS:
        todo = [cell for cell in wanted if cell.scene.platform == platform]
        found |= await play(
            platform, todo, executable, folders.mktemp(platform), full=full, calls=True
        )
    return found

"""The fault matrix on WeChat: tests/support/fault_table.py says what must come of each cell."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio
from fault_runs import Played, check, play
from fault_table import Cell, cells

QUICK, FULL = cells("wechat", full=False), cells("wechat", full=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def played(executable: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Cell, Played]:
    return await play("wechat", QUICK, executable, tmp_path_factory.mktemp("wechat"))


@pytest.mark.parametrize("cell", QUICK, ids=str)
def test_what_comes_of_a_fault(played: dict[Cell, Played], cell: Cell) -> None:
    check(cell, played[cell])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fully_played(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[Cell, Played]:
    return await play("wechat", FULL, executable, tmp_path_factory.mktemp("wechat"), full=True)


@pytest.mark.soak
@pytest.mark.parametrize("cell", FULL, ids=str)
def test_what_comes_of_a_fault_under_every_truth(
    fully_played: dict[Cell, Played], cell: Cell
) -> None:
    check(cell, fully_played[cell])

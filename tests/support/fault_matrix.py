"""The fault matrix as tests: `fault_table` says what must come of each cell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest
import pytest_asyncio
from fault_runs import Played, check, play
from fault_table import Cell, cells


class FaultMatrix:
    """The cells of one platform; a subclass stands in a file of its own.

    So the platforms can be played side by side.
    """

    quick: ClassVar[Sequence[Cell]]
    """The cells of `make test`."""
    full: ClassVar[Sequence[Cell]]
    """Those of `make soak`: every fault under every truth."""
    calls: ClassVar[bool] = False
    """Whether first looks ask by calls."""

    def __init_subclass__(cls, platform: str = "") -> None:
        if platform:
            cls.quick, cls.full = cells(platform, full=False), cells(platform, full=True)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        played = self.full if "fully_played" in metafunc.fixturenames else self.quick
        metafunc.parametrize(
            "cell", played, ids=[f"{cell.scene.platform} {cell}" for cell in played]
        )

    @pytest_asyncio.fixture(scope="class", loop_scope="session")
    @classmethod
    async def played(
        cls, executable: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> dict[Cell, Played]:
        return await _played(cls, executable, tmp_path_factory, full=False)

    @pytest_asyncio.fixture(scope="class", loop_scope="session")
    @classmethod
    async def fully_played(
        cls, executable: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> dict[Cell, Played]:
        return await _played(cls, executable, tmp_path_factory, full=True)

    def test_what_comes_of_a_fault(self, played: dict[Cell, Played], cell: Cell) -> None:
        check(cell, played[cell], calls=self.calls)

    @pytest.mark.soak
    def test_what_comes_of_a_fault_under_every_truth(
        self, fully_played: dict[Cell, Played], cell: Cell
    ) -> None:
        check(cell, fully_played[cell], calls=self.calls)


async def _played(
    matrix: type[FaultMatrix], executable: Path, folders: pytest.TempPathFactory, *, full: bool
) -> dict[Cell, Played]:
    wanted = matrix.full if full else matrix.quick
    found: dict[Cell, Played] = {}
    for platform in dict.fromkeys(cell.scene.platform for cell in wanted):
        todo = [cell for cell in wanted if cell.scene.platform == platform]
        folder = folders.mktemp(platform)
        found |= await play(platform, todo, executable, folder, full=full, calls=matrix.calls)
    return found

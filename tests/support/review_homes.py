"""A home with two suspects, and the commands of a review over it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from typer.testing import CliRunner
from worklists import STALE, exported, filed, fill, png

import db
from mediawatch.cli import app
from mediawatch.ops.settings import Home
from mediawatch.people.forms.columns import Column
from mediawatch.ports import Store

T = TypeVar("T")


ONE, TWO = "示例市第1测试局", '=HYPERLINK("http://x")<script>alert(1)</script>'


OTHER = {**STALE, Column.PERSON: "乙某", Column.SEEN_ID: "gh_0000000000a2"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two accounts that 甲某 and 乙某 found stale."""
    folder = tmp_path_factory.mktemp("review")
    home = Home(folder / "home").create()

    async def work(store: Store) -> None:
        accounts = [filed(1), filed(2, name=TWO, prefecture="乙示例市")]
        inspection, path = await exported(store, home.root, accounts)
        done = await inspection.take(
            fill(path, folder / "答.xlsx", {ONE: STALE, TWO: OTHER}, {ONE: png(1), TWO: png(2)})
        )
        assert len(done.readings) == 2

    within(home, work)
    return home


@pytest.fixture
def home(prepared: Home, tmp_path: Path) -> Home:
    shutil.copytree(prepared.root, tmp_path / "home")
    return Home(tmp_path / "home")


def within(home: Home, work: Callable[[Store], Awaitable[T]]) -> T:
    async def opened() -> T:
        store = await db.open_store(f"sqlite:///{home.database}")
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(opened())


def mediawatch(home: Home, *words: str) -> Any:
    return CliRunner().invoke(app, ["--home", str(home.root), *words], catch_exceptions=False)

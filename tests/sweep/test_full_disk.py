"""A sweep whose disk fills up: it stops with a sentence, keeps nothing by halves, and goes on later."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from disks import SmallDisk
from disks import disk as disk
from sweeps import Stage, request

import db
from mediawatch.domain import UserError, Verdict
from mediawatch.sweep import nights
from mediawatch.sweep.summary import Step, no_progress

NAMES = [f"鲜{number}" for number in range(1, 9)]


async def test_a_sweep_on_a_disk_that_fills_up_goes_on_later(disk: SmallDisk) -> None:
    home = disk.folder / "home"
    home.mkdir()
    store = await db.open_store(f"sqlite:///{home / 'mediawatch.db'}")
    stage = Stage(store, home / "evidence")
    await stage.file(*NAMES)

    def fill(step: Step) -> None:
        if step.done == 3:
            disk.fill()

    with pytest.raises(UserError, match="no space is left"):
        await nights.run(stage.engine, request(), fill)
    before = await stage.readings()
    assert 3 <= len(before) < len(NAMES)
    check_whole(home)
    disk.free()
    await nights.run(stage.engine, request(), no_progress)
    assert await stage.verdicts() == dict.fromkeys(NAMES, Verdict.FRESH)
    kept = await stage.readings()
    assert len(kept) == len(NAMES), "what was kept was not looked at again"
    await store.close()
    check_whole(home)


def check_whole(home: Path) -> None:
    """The database is sound, and of the evidence no half stands under its name."""
    with closing(sqlite3.connect(home / "mediawatch.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert not [path for path in home.rglob("*") if path.is_file() and path.suffix == ".part"]

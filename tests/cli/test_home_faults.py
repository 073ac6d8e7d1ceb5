"""Faults of the disk and of the database's file: what a command says, and that nothing is lost."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from commands import in_process
from disks import SmallDisk
from disks import disk as disk
from home_faults import Meeting, meetings
from review_homes import prepared as prepared

from mediawatch.ops.settings import Home

MEETINGS = meetings()


def test_there_are_enough_of_them() -> None:
    assert len({meeting.fault.name for meeting in MEETINGS}) >= 20
    assert len(MEETINGS) >= 40
    assert 8 <= sum(meeting.small for meeting in MEETINGS) <= 16


@pytest.mark.parametrize(
    "meeting",
    [
        pytest.param(
            meeting,
            marks=() if meeting.small else pytest.mark.soak,
            id=f"{meeting.fault.name}: {meeting.words.partition(' {')[0]}",
        )
        for meeting in MEETINGS
    ],
)
def test_a_command_that_meets_a_fault(
    meeting: Meeting,
    disk: SmallDisk,
    prepared: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Home(disk.folder / "home")
    shutil.copytree(prepared.root, home.root)
    (tmp_path / "registry.csv").write_text("政务新媒体名称,类型\n示例市第9测试局,微信\n", "utf-8")
    (tmp_path / "links.txt").write_text("https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA\n")
    before = whole(home)
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))
    with meeting.fault.strike(home, disk):
        left = home.database.read_bytes() if home.database.is_file() else b""
        words = meeting.words.format(disk=disk.folder, aside=tmp_path).split()
        done = in_process("--home", home.root, *(word.replace("+", " ") for word in words))
        if meeting.fault.lasts:
            assert (home.database.read_bytes() if home.database.is_file() else b"") == left
    said = done.stdout if meeting.words == "doctor" else done.stderr
    assert done.returncode == meeting.code, done.stderr
    assert re.search(meeting.says, said, re.DOTALL), said
    assert "Traceback" not in done.stderr
    assert done.stderr.count(f": database {home.database} cannot be written") <= 1, "told once"
    assert not list(copies.iterdir()), "a copy that was read is removed"
    if not meeting.fault.lasts:
        # What a kill left in the log is part of it, and was seen.
        after = whole(home)
        if "after a kill" in meeting.fault.name:
            assert "示例新名" in after
            if meeting.words == "registry list":
                assert "示例新名" in done.stdout
        else:
            assert after == before
        assert not list(home.root.rglob("*.part")), "nothing half written stays"


def whole(home: Home) -> str:
    """Everything that the database holds. Fails where it is damaged."""
    with closing(sqlite3.connect(home.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return "\n".join(database.iterdump())

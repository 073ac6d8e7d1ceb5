"""Whose files are whose: what a home holds is its owner's alone, and other files keep their mode."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import warm
from commands import in_process
from places import make_short_folder

from mediawatch.files import write_whole
from mediawatch.ops.settings import Home


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """What is made is everybody's, unless its mode is given."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def readable_by_others(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if mode(path) & 0o077]


def made(home: Path) -> None:
    table = home.parent / "台账.csv"
    table.write_text("政务新媒体名称,类型,联系电话\n示例发布,新浪微博,13800000000\n", "utf-8")
    in_process("--home", home, "init")
    (home / "documents").mkdir(mode=0o700, exist_ok=True)
    write_whole(home / "evidence" / "2031-12-01" / "ab" / "ab.html", b"x")
    for words in (
        ["registry", "import", table],
        ["status"],
        ["query", "unproven", "--out", home / "documents" / "q.csv", "--force"],
    ):
        in_process("--home", home, *words)
    # A line of the log, by the handlers of the last command.
    logging.getLogger("mediawatch").warning("something was seen")


def test_everything_in_a_home_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made(home)
    assert mode(home) == 0o700
    made_here = {path.name for path in home.rglob("*") if path.is_file()}
    assert {"q.csv", "ab.html", "mediawatch.log", "canaries.toml", "mediawatch.db"} < made_here
    assert readable_by_others(home) == []


def test_what_an_older_version_left_open_is_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made(home)
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    said = in_process("--home", home, "doctor").stdout
    assert "others may read home (0755), " in said
    assert "mediawatch init" in said
    in_process("--home", home, "init")
    assert readable_by_others(home) == []
    page = home / "evidence" / "2031-12-01" / "ab" / "ab.html"
    assert (mode(home), mode(page)) == (0o700, 0o600)
    page.parent.parent.chmod(0o755)
    assert (
        "others may read evidence/2031-12-01 (0755): "
        in in_process("--home", home, "doctor").stdout
    )


def test_a_restored_home_is_its_owners_alone(tmp_path: Path) -> None:
    made(tmp_path / "home")
    in_process("--home", tmp_path / "home", "backup", tmp_path / "b.tar")
    done = in_process("restore", tmp_path / "b.tar", tmp_path / "again")
    assert (done.returncode, mode(tmp_path / "again")) == (0, 0o700)
    assert (tmp_path / "again" / "evidence" / "2031-12-01" / "ab" / "ab.html").exists()
    assert readable_by_others(tmp_path / "again") == []


def test_a_folder_that_is_no_home_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "of somebody else").touch()
    folder.chmod(0o755)
    Home(folder).create()
    assert mode(folder) == 0o755


@pytest.mark.parametrize("kind", ["text", "database", "link"])
def test_a_file_of_somebody_else_stays_as_it_is(tmp_path: Path, kind: str) -> None:
    """It is named as database.url, by a slip or on purpose."""
    other, named = tmp_path / "other", tmp_path / "other"
    if kind == "text":
        other.write_text("127.0.0.1 localhost\n" * 99)
    else:
        connection = sqlite3.connect(other)
        connection.execute("CREATE TABLE theirs (a)")
        connection.close()
    if kind == "link":
        named = tmp_path / "link"
        named.symlink_to(other)
    other.chmod(0o644)
    before = other.read_bytes()
    home = Home(tmp_path / "home").create()
    home.config.write_text(f'[database]\nurl = "sqlite:///{named}"\n', "utf-8")
    done = in_process("--home", home.root, "status")
    assert (done.returncode, "mediawatch" in done.stderr) == (2, True)
    assert (mode(other), other.read_bytes()) == (0o644, before)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("other")) == [
        "other"
    ]


def test_what_is_handed_on_follows_the_umask(tmp_path: Path) -> None:
    os.umask(0o027)
    write_whole(tmp_path / "shared", b"x", shared=True)
    write_whole(tmp_path / "own", b"x")
    assert (mode(tmp_path / "shared"), mode(tmp_path / "own")) == (0o640, 0o600)
    (tmp_path / "own").chmod(0o666)
    write_whole(tmp_path / "own", b"y")
    assert mode(tmp_path / "own") == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can work on another user's home")
def test_root_is_told_whose_home_it_works_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "this is root" not in in_process("--home", home, "init").stderr
    for path in (home, *home.rglob("*")):
        os.chown(path, 54321, 54321)
    done = in_process("--home", home, "status")
    assert done.returncode == 0
    assert "belongs to 54321: files made now may be closed to 54321" in done.stderr
    assert f"`chown -R 54321 {home}` afterwards" in done.stderr


AS_ANOTHER = """
import os, sys
import mediawatch.cli.base, mediawatch.ops.settings, mediawatch.cli.logs, mediawatch.refusals
import mediawatch.cli.status, mediawatch.cli.home
from mediawatch.cli import main
os.setgroups([])
os.setresgid(54321, 54321, 54321)
os.setresuid(54321, 54321, 54321)
main()
"""
"""Root's modules are imported before root is given up: another user may not reach them."""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("folder_mode", [0o700, 0o755])
@pytest.mark.parametrize("command", ["status", "init"])
def test_another_user_changes_nothing_in_a_home(folder_mode: int, command: str) -> None:
    place = make_short_folder()
    try:
        place.chmod(0o755)
        home = place / "home"
        in_process("--home", home, "init")
        home.chmod(folder_mode)
        before = {path: path.lstat() for path in (home, *home.rglob("*"))}
        words = [sys.executable, "-c", AS_ANOTHER, "--home", str(home), command]
        done = warm.run(words, dict(os.environ))
        assert done.returncode == 2, done.stderr
        assert str(home) in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        after = {path: path.lstat() for path in (home, *home.rglob("*"))}
        assert {
            path: (one.st_mode, one.st_size, one.st_mtime_ns) for path, one in after.items()
        } == {path: (one.st_mode, one.st_size, one.st_mtime_ns) for path, one in before.items()}
    finally:
        shutil.rmtree(place)

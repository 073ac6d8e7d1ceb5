"""A place of evidence is one home's, and a copy of it is not that place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from commands import in_process
from review_homes import home as home
from review_homes import prepared as prepared
from samples import change

from mediawatch.domain import UserError
from mediawatch.ops.evidence import DiskPlace, EvidenceFolder, take_place
from mediawatch.ops.settings import Home
from mediawatch.ops.settings.edits import put_setting


def ends(home: Home, code: int, *words: str | Path) -> str:
    done = in_process("--home", home.root, *words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def place_in(home: Home, place: Path) -> None:
    text = put_setting(home.config.read_text("utf-8"), "evidence", "place", str(place))
    home.config.write_text(text, "utf-8")


def test_the_folder_of_another_home_is_refused(home: Home, tmp_path: Path) -> None:
    ends(home, 0, "evidence", "verify")
    mark = home.evidence / "mediawatch.json"
    assert mark.stat().st_mode & 0o777 == 0o600
    other = Home(tmp_path / "other")
    ends(other, 0, "init")
    change(f"sqlite:///{other.database}", "UPDATE home SET id = '0123456789abcdef'")
    ends(other, 0, "evidence", "verify")
    shutil.rmtree(other.evidence)
    other.evidence.symlink_to(home.evidence)
    for words in (
        ("verify",),
        ("prune",),
        ("prune", "--dry-run"),
        ("move", "--to", tmp_path / "x"),
        ("take", "--yes"),
    ):
        assert "holds the evidence of another home" in ends(other, 2, "evidence", *words)
    assert ends(home, 0, "evidence", "verify").startswith("4 ok, 0 missing")


def test_a_folder_without_a_mark_is_known_by_its_files(home: Home, tmp_path: Path) -> None:
    assert not (home.evidence / "mediawatch.json").exists()
    ends(home, 0, "evidence", "prune", "--dry-run")
    assert not (home.evidence / "mediawatch.json").exists()
    ends(home, 0, "evidence", "prune")
    assert (home.evidence / "mediawatch.json").exists()
    other = Home(tmp_path / "other")
    ends(other, 0, "init")
    for number in range(12):
        (other.evidence / "2031-01-01").mkdir(exist_ok=True)
        (other.evidence / "2031-01-01" / f"{number}.jpg").write_bytes(b"x")
    for words in (("verify",), ("prune",), ("take", "--yes")):
        assert "none of 12 files" in ends(other, 2, "evidence", *words)


def test_the_mark_goes_with_a_backup(home: Home, tmp_path: Path) -> None:
    ends(home, 0, "evidence", "verify")
    ends(home, 0, "backup", tmp_path / "a.tar")
    ends(home, 0, "restore", tmp_path / "a.tar", tmp_path / "again")
    again = Home(tmp_path / "again")
    assert (again.evidence / "mediawatch.json").exists()
    assert ends(again, 0, "evidence", "verify").startswith("4 ok, 0 missing")


def test_a_copy_of_a_shared_place_is_not_that_place(home: Home, tmp_path: Path) -> None:
    place, copy = tmp_path / "place", tmp_path / "copy"
    ends(home, 0, "evidence", "move", "--to", place)
    place_in(home, place)
    ends(home, 0, "evidence", "verify")
    shutil.copytree(place, copy)
    place_in(home, copy)
    for words in (("verify",), ("prune",), ("move", "--to", tmp_path / "third")):
        assert f"{copy} bears the mark of {place}: it is a copy" in ends(
            home, 2, "evidence", *words
        )
    assert "--yes" in ends(home, 2, "evidence", "take")
    ends(home, 0, "evidence", "take", "--yes")
    assert ends(home, 0, "evidence", "verify").startswith("4 ok, 0 missing")
    place_in(home, place)
    ends(home, 0, "evidence", "verify")


def test_a_restored_home_does_not_prune_the_place_of_the_first(home: Home, tmp_path: Path) -> None:
    """It knows nothing of what the first one has kept since: strays, to its database."""
    place = tmp_path / "place"
    ends(home, 0, "evidence", "move", "--to", place)
    place_in(home, place)
    ends(home, 0, "backup", tmp_path / "a.tar")
    ends(home, 0, "restore", tmp_path / "a.tar", tmp_path / "again")
    again = Home(tmp_path / "again")
    place_in(again, place)
    shutil.copytree(home.root, tmp_path / "copied")
    for other in (again, Home(tmp_path / "copied")):
        for words in (("prune",), ("verify",)):
            assert "taken by another folder of this home's data" in ends(
                other, 2, "evidence", *words
            )
    ends(home, 0, "evidence", "verify")
    ends(again, 0, "evidence", "take", "--yes")
    assert ends(again, 0, "evidence", "verify").startswith("4 ok, 0 missing")
    assert "taken by another folder" in ends(home, 2, "evidence", "prune")


def test_evidence_comes_back_to_a_marked_folder(home: Home, tmp_path: Path) -> None:
    ends(home, 0, "evidence", "verify")
    ends(home, 0, "evidence", "move", "--to", tmp_path / "place")
    place_in(home, tmp_path / "place")
    ends(home, 0, "evidence", "move", "--to", home.evidence)
    home.config.write_text(home.config.read_text("utf-8").replace('place = "/', '# place = "/'))
    assert ends(home, 0, "evidence", "verify").startswith("4 ok, 0 missing")


def test_a_homes_own_folder_is_no_shared_place(home: Home, tmp_path: Path) -> None:
    ends(home, 0, "evidence", "verify")
    place = shutil.copytree(home.evidence, tmp_path / "place")
    place_in(home, Path(place))
    assert "the own folder of a home, not a shared place" in ends(home, 2, "evidence", "verify")


async def test_a_copy_at_the_same_path_lacks_the_sign_of_the_run(tmp_path: Path) -> None:
    """Where a worker's mount is gone, an old copy may lie below it."""
    path = tmp_path / "place"
    place = DiskPlace(path)
    take_place(place, "home-1")
    folder = EvidenceFolder(place, "home-1")
    first = await folder.begin_run()
    assert await folder.bears(first)
    shutil.copytree(path, tmp_path / "below")
    second = await folder.begin_run()
    assert (await folder.bears(second), await folder.bears(first)) == (True, False)
    path.rename(tmp_path / "mounted")
    (tmp_path / "below").rename(path)
    assert not await folder.bears(second)
    assert list(folder.files()) == []


async def test_marks_of_earlier_versions_count(tmp_path: Path) -> None:
    place = DiskPlace(tmp_path)
    told = {"schema": "mediawatch.evidence/1", "home": "home-1", "place": "0" * 32}
    place.write("mediawatch.json", json.dumps(told).encode())
    assert await EvidenceFolder(place, "home-1").begin_run()
    place.remove(["mediawatch.json"])
    place.write("mediawatch.json", b'{"schema": "mediawatch.evidence/1", "other": 1}')
    with pytest.raises(UserError, match="is damaged"):
        EvidenceFolder(place, "home-1").require()

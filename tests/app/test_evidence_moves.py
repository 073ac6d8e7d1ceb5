"""A home whose evidence goes to shared storage: its commands, documents and backups from there."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from commands import in_process
from review_homes import prepared as prepared
from storages import BUCKET, KEY, SECRET, Storage, serve_storage, spoil

from mediawatch.app import App
from mediawatch.app.workers import open_coordinator
from mediawatch.domain import UserError
from mediawatch.ops.evidence import DiskPlace, EvidenceFolder, take_place
from mediawatch.ops.settings import Home


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with serve_storage(tmp_path_factory.mktemp("storage")) as served:
        yield served


def run(home: Home, *words: str | Path, code: int = 0) -> str:
    """What the command printed, on both streams; no key is among it, nor in the log."""
    done = in_process("--home", home.root, *words)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    logged = home.log.read_text(encoding="utf-8") if home.log.exists() else ""
    assert not [secret for secret in (KEY, SECRET) if secret in said + logged]
    return said


def copy_home(old: Home, new: Home) -> None:
    """As if the new one had taken the storage."""
    shutil.copytree(old.root, new.root)
    file = new.root / "places.json"
    told = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**told, "folder": str(new.root.resolve())}), "utf-8")


@pytest.fixture(scope="module")
def moved(
    prepared: Home, storage: Storage, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, str]:
    """The home of two suspects with its evidence in the storage alone, and what the move said."""
    home = Home(tmp_path_factory.mktemp("moved") / "home")
    shutil.copytree(prepared.root, home.root)
    storage.configure(home, place=False)
    said = run(home, "evidence", "move", "--to", f"s3://{BUCKET}/office")
    storage.configure(home)
    shutil.rmtree(home.evidence)
    home.evidence.mkdir(mode=0o700)
    return home, said


@pytest.fixture
def spoilt(moved: tuple[Home, str], storage: Storage) -> Iterator[Home]:
    """One picture in the storage was altered; it is put right afterwards."""
    (picture, _) = sorted(storage.bucket.rglob("*.png"))
    spoil(picture)
    yield moved[0]
    spoil(picture)


def test_a_move_says_what_to_set_and_the_home_works_there(
    moved: tuple[Home, str], storage: Storage
) -> None:
    home, said = moved
    assert f'now set [evidence] place = "s3://{BUCKET}/office" in mediawatch.toml' in said
    assert "4 files copied" in said
    assert run(home, "evidence", "verify").startswith("4 ok, 0 missing, 0 altered")
    assert "already" in run(home, "evidence", "move", "--to", f"s3://{BUCKET}/office", code=2)
    assert "1 file removed" not in run(home, "evidence", "prune", "--dry-run")


def test_a_document_from_the_storage_is_that_from_the_folder(
    prepared: Home, moved: tuple[Home, str], tmp_path: Path
) -> None:
    made = {}
    for name, home in (("folder", prepared), ("storage", moved[0])):
        out = tmp_path / name
        out.mkdir()
        for kind in ("html", "xlsx"):
            run(home, "report", kind, "--include-open", "--out", out / f"a.{kind}")
        run(home, "evidence", "sheet", "--include-open", "--out", out / "sheets")
        run(home, "handoff", "--include-open", "--out", out / "h.json")
        files = {path.name: path for path in out.rglob("*") if path.is_file()}
        made[name] = {each: path.read_bytes() for each, path in files.items()}
        assert b"data:image/jpeg" in made[name]["a.html"]
        assert "evidence_faults" not in json.loads(made[name].pop("h.json"))
        del made[name]["a.xlsx"]  # The hour stands in it.
    assert made["folder"] == made["storage"]


def test_an_altered_object_shows_nothing(spoilt: Home, tmp_path: Path) -> None:
    said = run(spoilt, "evidence", "verify", code=1)
    assert "altered since it was kept (account" in said
    run(spoilt, "report", "html", "--include-open", "--out", tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg") == 1
    run(spoilt, "handoff", "--include-open", "--out", tmp_path / "h.json")
    (fault,) = json.loads((tmp_path / "h.json").read_bytes())["evidence_faults"]
    assert (fault["fault"], fault["withheld"]) == ("altered", True)


def test_storage_that_is_down_makes_no_document(
    moved: tuple[Home, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIAWATCH_EVIDENCE__ENDPOINT", "http://127.0.0.1:9")
    home, _ = moved
    for words in (
        ("report", "html", "--include-open", "--out", tmp_path / "a.html"),
        ("evidence", "verify"),
    ):
        assert "http://127.0.0.1:9 cannot be reached" in run(home, *words, code=2)
    assert not list(tmp_path.glob("a.*"))
    assert "cannot be reached" in run(home, "doctor", code=1)


def test_keys_may_come_by_the_environment(
    moved: tuple[Home, str], storage: Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    copy_home(moved[0], home)
    home.config.write_text(f'[evidence]\nplace = "s3://{BUCKET}/office"\n', encoding="utf-8")
    said = run(home, "evidence", "verify", code=2)
    assert "needs [evidence] endpoint, access_key, secret_key" in said
    for key, value in (("ENDPOINT", storage.endpoint), ("ACCESS_KEY", KEY), ("SECRET_KEY", SECRET)):
        monkeypatch.setenv(f"MEDIAWATCH_EVIDENCE__{key}", value)
    assert "4 ok" in run(home, "evidence", "verify")
    monkeypatch.setenv("MEDIAWATCH_EVIDENCE__ACCESS_KEY", "nobody")
    assert "does not know the access key" in run(home, "evidence", "verify", code=2)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("evidence", "give the full path of a folder, or s3://BUCKET/PREFIX without keys"),
        ("s3://key:secret@bucket/a", "without keys"),
        ("gs://bucket/a", "give the full path"),
        ("", "--to needs a place"),
    ],
)
def test_what_is_no_place_is_refused(moved: tuple[Home, str], place: str, words: str) -> None:
    said = run(moved[0], "evidence", "move", "--to", place, code=2)
    assert words in said
    assert "key:secret" not in said


def test_doctor_tries_the_place(moved: tuple[Home, str], storage: Storage) -> None:
    home, _ = moved
    (line,) = [
        line for line in run(home, "doctor", code=1).splitlines() if "read and pruned" in line
    ]
    assert f"s3://{BUCKET}/office" in line
    assert "without TLS" in line
    assert not list(storage.bucket.rglob("doctor-*"))
    storage.refuses = (403, "AccessDenied")
    try:
        assert "access is denied (AccessDenied)" in run(home, "doctor", code=1)
    finally:
        storage.refuses = None


def test_a_backup_leaves_shared_evidence_where_it_is(
    moved: tuple[Home, str], tmp_path: Path
) -> None:
    home, _ = moved
    said = run(home, "backup", tmp_path / "b.tar")
    assert f"the evidence lies in s3://{BUCKET}/office and is not in the backup" in said
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert not [name for name in tar.getnames() if name.startswith("evidence")]
    done = in_process("restore", tmp_path / "b.tar", tmp_path / "new")
    assert done.returncode == 0, done.stderr
    assert f"its evidence is not in the backup: it lies in s3://{BUCKET}/office" in done.stderr
    assert "setting evidence.place was not taken" in done.stderr
    assert SECRET not in done.stdout + done.stderr
    again = in_process("restore", tmp_path / "b.tar", tmp_path / "own", "--outside-paths")
    assert again.returncode == 0, again.stderr
    told = run(Home(tmp_path / "own"), "evidence", "verify", code=2)
    assert "run `mediawatch evidence take`, once" in told


def test_an_incomplete_move_leaves_the_old_place(moved: tuple[Home, str], tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    copy_home(moved[0], home)
    run(home, "evidence", "move", "--to", home.evidence)
    home.config.write_text("", encoding="utf-8")
    for file in home.evidence.rglob("*.*"):
        if file.is_file() and file.parent != home.evidence:
            file.unlink()
    said = run(home, "evidence", "move", "--to", tmp_path / "mount", code=1)
    assert "0 files copied" in said
    assert ("is the old one mounted?" in said, "needed no more" in said) == (True, False)


async def test_a_coordinator_looks_at_its_place_before_it_waits_for_workers(
    tmp_path: Path,
) -> None:
    """A restored home has no right to the place; nobody waits a minute to hear that."""
    place = DiskPlace(tmp_path / "shared")
    take_place(place, "a home")
    folder = EvidenceFolder(place, "a home", "a number that the place has not")

    @asynccontextmanager
    async def free() -> AsyncIterator[None]:
        yield

    ledger = SimpleNamespace(alone=free)
    app = SimpleNamespace(tasks=free, store=SimpleNamespace(ledger=ledger), evidence=folder)
    with pytest.raises(UserError, match="evidence take"):
        async with open_coordinator(cast(App, app)):
            pass


def test_evidence_goes_to_a_folder_and_back_home(moved: tuple[Home, str], tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    copy_home(moved[0], home)
    assert "4 files copied" in run(home, "evidence", "move", "--to", home.evidence)
    settings = home.config.read_text(encoding="utf-8")
    home.config.write_text("", encoding="utf-8")
    assert "4 ok" in run(home, "evidence", "verify")
    shared = tmp_path / "mount"
    run(home, "evidence", "move", "--to", shared)
    home.config.write_text(f'[evidence]\nplace = "{shared}"\n', encoding="utf-8")
    assert "4 ok" in run(home, "evidence", "verify")
    shared.rename(tmp_path / "unmounted")
    shared.mkdir()
    said = run(home, "evidence", "verify", code=2)
    assert f"{shared} holds no evidence of this home: is it mounted" in said
    assert said in run(home, "sweep", code=2), "before anything is looked at"
    home.config.write_text(settings, encoding="utf-8")

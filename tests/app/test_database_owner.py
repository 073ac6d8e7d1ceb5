"""A server's database is one home's; others may only look for it (docs/workers.md)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commands import in_process
from postgres import Cluster
from samples import sql

from mediawatch.ops.settings import Home

REGISTRY = "政务新媒体名称,类型,平台ID\n示例发布,新浪微博,5000000001\n"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    file = tmp_path / "registry.csv"
    file.write_text(REGISTRY, "utf-8")
    return file


@pytest.fixture
def url(postgres: Cluster) -> str:
    return postgres.copy(postgres.migrated_url())


def home_on(url: str, folder: Path) -> Home:
    home = Home.at(folder).create()
    home.config.write_text(f'[database]\nurl = "{url}"\n', "utf-8")
    return home


def ends(home: Home, code: int, *words: str | Path) -> str:
    done = in_process("--home", home.root, *words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def office(url: str, registry: Path, tmp_path: Path) -> Home:
    """A home on a server's database, with accounts."""
    home = home_on(url, tmp_path / "office")
    ends(home, 0, "init")
    ends(home, 0, "registry", "import", registry)
    return home


def test_another_home_with_the_url_may_only_look(office: Home, url: str, tmp_path: Path) -> None:
    before = sql(url, "SELECT count(*) FROM account")
    other = home_on(url, tmp_path / "other")
    told = ends(other, 0, "init")
    assert f"holds the data of the home {office.root}: run this there" in told
    for words in (
        ("evidence", "prune"),
        ("evidence", "verify"),
        ("evidence", "move", "--to", str(tmp_path / "place")),
        ("database", "move", "--to", "sqlite"),
        ("registry", "import", "registry.csv"),
        ("backup", str(tmp_path)),
        ("sweep",),
        ("status",),
    ):
        assert f"holds the data of the home {office.root}" in ends(other, 2, *words), words
    assert "this is no home but a worker's" in in_process("--home", other.root, "doctor").stdout
    ends(other, 0, "sessions")
    ends(other, 0, "workers")
    assert sql(url, "SELECT count(*) FROM account") == before
    ends(office, 0, "evidence", "prune")


def test_a_worker_that_was_set_up_first_takes_no_database(
    url: str, registry: Path, tmp_path: Path
) -> None:
    """Containers begin at the same moment, and the worker's `init` may be the first."""
    worker = home_on(url, tmp_path / "worker")
    assert "as the home of a worker" not in ends(worker, 0, "init")
    ends(worker, 0, "sessions")
    office = home_on(url, tmp_path / "office")
    ends(office, 0, "init")
    ends(office, 0, "registry", "import", registry)
    assert f"the data of the home {office.root}" in ends(worker, 2, "registry", "list")


def test_a_folder_that_moved_takes_its_database_again(office: Home, tmp_path: Path) -> None:
    shutil.copytree(office.root, tmp_path / "copy")
    copy = Home(tmp_path / "copy")
    told = ends(copy, 2, "evidence", "prune")
    assert f"{copy.root} is the folder {office.root}, moved or copied" in told
    assert "--yes" in ends(copy, 2, "database", "take")
    ends(office, 0, "registry", "list")
    assert f"no more {office.root}'s" in ends(copy, 0, "database", "take", "--yes")
    ends(copy, 0, "registry", "list")
    assert f"the data of the home {copy.root}" in ends(office, 2, "registry", "list")


def test_a_database_without_its_mark_is_taken_by_hand(office: Home, url: str) -> None:
    """As after a dump without comments."""
    sql(url, "SELECT 1")
    ends(office, 0, "registry", "list")
    strip(url)
    assert "nothing says whose data" in ends(office, 2, "registry", "list")
    ends(office, 0, "database", "take", "--yes")
    ends(office, 0, "registry", "list")


def strip(url: str) -> None:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute("COMMENT ON TABLE home IS NULL")


def test_a_restored_home_owns_its_new_database(
    office: Home, postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends(office, 0, "backup", tmp_path / "a.tar")
    with monkeypatch.context() as patch:
        patch.setenv("MEDIAWATCH_DATABASE__URL", postgres.url())
        ends(office, 0, "restore", tmp_path / "a.tar", tmp_path / "again")
        again = Home(tmp_path / "again")
        ends(again, 0, "registry", "list")
        ends(again, 0, "evidence", "verify")
    ends(office, 0, "registry", "list")
    # With the address of the first one it is a stranger there, though the data are the same office's.
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", database_of(office))
    assert f"holds the data of the home {office.root}" in ends(again, 2, "evidence", "prune")


def database_of(home: Home) -> str:
    return home.config.read_text("utf-8").split('"')[1]


def test_a_home_on_its_own_file_has_nobody_to_take_it_from(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home").create()
    ends(home, 0, "init")
    assert "in a file of its own" in ends(home, 2, "database", "take", "--yes")


def test_a_copy_made_before_the_move_does_not_take_the_database(
    url: str, registry: Path, tmp_path: Path
) -> None:
    home = Home.at(tmp_path / "home").create()
    ends(home, 0, "init")
    ends(home, 0, "registry", "import", registry)
    shutil.copytree(home.root, tmp_path / "copy")
    ends(home, 0, "database", "move", "--to", url)
    told = ends(Home(tmp_path / "copy"), 2, "database", "move", "--to", url)
    assert f"holds the data of the home {home.root}: run this there" in told
    ends(home, 0, "registry", "list")

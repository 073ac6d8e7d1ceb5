"""`mediawatch database` as an administrator meets it: settings, sentences, secrets."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from commands import in_process
from postgres import Cluster
from review_homes import home as home
from review_homes import prepared as prepared
from samples import NOW, sql
from sqlalchemy import make_url

from db.tasks.alone import SWEEP_LOCK
from mediawatch.app import databases
from mediawatch.ops.browse import datasette
from mediawatch.ops.settings import Home, read_settings

ACCOUNTS = "SELECT id, name FROM account ORDER BY id"


@pytest.fixture
def new(postgres: Cluster) -> str:
    return postgres.copy(postgres.migrated_url())


def postgres_words(url: str) -> str:
    return url.replace("+psycopg", "")


def ends(home: Home, code: int, *words: str) -> str:
    done = in_process("--home", home.root, *words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_home_moves_to_postgresql_and_back(home: Home, new: str) -> None:
    before, listed = sql(f"sqlite:///{home.database}", ACCOUNTS), ends(home, 0, "flagged")
    assert "SQLite" in ends(home, 0, "database", "show")
    told = ends(home, 0, "database", "move", "--to", new)
    assert re.search(r"\d+ rows of \d+ tables moved .*, every one compared", told)
    assert f"{home.config} names the new one" in told
    assert read_settings(home).database.url.get_secret_value() == new
    assert "# url" in home.config.read_text("utf-8")
    shown = ends(home, 0, "database", "show")
    assert re.search(r"PostgreSQL \d+\.\d+, revision \d{4}, \d+\.\d MB", shown)
    assert (sql(new, ACCOUNTS), ends(home, 0, "flagged")) == (before, listed)
    checked = in_process("--home", home.root, "doctor").stdout
    assert f"{home.database} still holds, with contacts" in checked
    ends(home, 0, "database", "move", "--to", "sqlite")
    aside = home.root / "mediawatch.db.moved-1"
    assert f"after a backup: rm {aside}\n" in in_process("--home", home.root, "doctor").stdout
    assert not (home.root / "database.json").exists()
    assert read_settings(home).database.url.get_secret_value() == ""
    assert ends(home, 0, "flagged") == listed


def test_a_database_of_the_environment_stays_there(
    home: Home, new: str, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(new).set(password="hunter2").render_as_string(hide_password=False)
    settings = home.config.read_bytes()
    assert "leave the password out of --to" in ends(home, 2, "database", "move", "--to", url)
    assert "say where to" in ends(home, 2, "database", "move")
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", url)
    told = ends(home, 0, "database", "move")
    assert "set MEDIAWATCH_DATABASE__URL for every command" in told
    assert "leave it out" not in told
    assert "is the home's own already" in ends(home, 2, "database", "move")
    assert ("hunter2" in told, home.config.read_bytes()) == (False, settings)
    assert "gh_0000000000a2" in ends(home, 0, "registry", "list")
    monkeypatch.delenv("MEDIAWATCH_DATABASE__URL")
    refused = ends(home, 2, "flagged")
    assert "lie on a server, in postgresql+psycopg://postgres:***@" in refused
    assert "database reopen" in refused
    assert "--yes" in ends(home, 2, "database", "reopen")
    assert "is not lost, it answers" in ends(home, 2, "database", "reopen", "--yes")
    postgres.drop(new)
    ends(home, 0, "database", "reopen", "--yes")
    assert "gh_0000000000a2" in ends(home, 0, "registry", "list")


def test_browse_gets_a_copy_without_contacts(home: Home, new: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home.database)) as filled, filled:
        filled.execute("INSERT INTO contact SELECT id, '王五', '13800138000' FROM account LIMIT 1")
    ends(home, 0, "database", "move", "--to", new)
    settings = read_settings(home)
    with databases.browsed_file(home, settings, lambda: NOW) as found:
        assert (found.taken_at, found.file.parent.stat().st_mode & 0o777) == (NOW, 0o700)
        assert b"13800138000" not in found.file.read_bytes()
        copy = f"sqlite:///{found.file}"
        for table in ("contact", "review_event", "link_receipt"):
            assert sql(copy, f"SELECT count(*) FROM {table}") == [(0,)]
        assert sql(copy, ACCOUNTS) == sql(new, ACCOUNTS)
        assert sql(copy, "SELECT count(*) FROM flagged") == [(2,)]
        datasette(found.file, found.queries, settings.query)
    assert not found.file.parent.exists()
    assert sql(new, "SELECT count(*) FROM contact") == [(1,)]


def test_settings_that_cannot_be_changed_stop_it_before(home: Home, new: str) -> None:
    text = home.config.read_text("utf-8").replace("[database]\n", "")
    home.config.write_text(f'database = {{ url = "sqlite:///{home.database}" }}\n{text}', "utf-8")
    told = ends(home, 2, "database", "move", "--to", new)
    assert "sets database.url in a way that cannot be changed: write it by hand" in told
    assert "gh_0000000000a2" in ends(home, 0, "registry", "list")


def test_a_home_that_was_not_moved_is_no_empty_one(
    home: Home, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's database is empty; the file beside it holds all there is."""
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", new)
    for command in ("init", "status", "doctor"):
        told = in_process("--home", home.root, command)
        assert "and was not moved" in told.stdout + told.stderr, command
        assert (told.returncode != 0, "rm " in told.stdout) == (True, False)
    ends(home, 0, "database", "move")
    assert "gh_0000000000a2" in ends(home, 0, "registry", "list")


def test_a_home_remembers_the_server_that_holds_its_data(
    home: Home, new: str, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", new)
    ends(home, 0, "database", "move")
    home.database.unlink()
    monkeypatch.delenv("MEDIAWATCH_DATABASE__URL")
    for words in (("init",), ("evidence", "prune"), ("database", "show"), ("status",)):
        assert "set MEDIAWATCH_DATABASE__URL" in ends(home, 2, *words)
    assert not home.database.exists()
    other = postgres.url()
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", other)
    assert "the data of another home" in ends(home, 2, "evidence", "prune")


def test_evidence_that_is_all_nobodys_stays(home: Home) -> None:
    for number in range(12):
        stray = home.evidence / "2020-01-01" / "aa" / f"{number}.jpg"
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.write_bytes(b"x")
        os.utime(stray, (0, 0))
    for file in home.evidence.rglob("*"):
        if file.is_file() and "2020-01-01" not in str(file):
            file.unlink()
    assert "nothing was removed" in ends(home, 2, "evidence", "prune")
    assert stray.exists()


def test_a_database_in_use_is_not_moved(home: Home, new: str) -> None:
    ends(home, 0, "database", "move", "--to", new)
    with closing(psycopg.connect(postgres_words(new), autocommit=True)) as sweeping:
        sweeping.execute("SELECT pg_advisory_lock(%s)", (SWEEP_LOCK,))
        assert "a sweep runs on" in ends(home, 2, "database", "move", "--to", "sqlite")
    with closing(psycopg.connect(postgres_words(new), autocommit=True)) as working:
        working.execute(
            "INSERT INTO worker SELECT 1, 'w:1', 'w', 1, '1', '', '[]', '[]', '{}', '{}', 0, now(), now()"
        )
        assert "workers are alive on" in ends(home, 2, "database", "move", "--to", "sqlite")
        working.execute("DELETE FROM worker")


def test_a_password_with_an_at_sign_is_not_shown(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", "postgresql://office:geh@eim@127.0.0.1/m")
    told = ends(home, 2, "status")
    assert ("%40" in told, "eim" in told) == (True, False)


def test_init_takes_an_empty_place_of_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, fresh = tmp_path / "place", Home(tmp_path / "fresh")
    monkeypatch.setenv("MEDIAWATCH_EVIDENCE__PLACE", str(place))
    assert f"{place} is the place of its evidence" in ends(fresh, 0, "init")
    ends(fresh, 0, "evidence", "verify")
    assert "is the place" not in ends(fresh, 0, "init")


def test_a_file_elsewhere_is_remembered(
    home: Home, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The home's own file, empty as `init` left it, must not be opened instead."""
    listed = ends(home, 0, "registry", "list")
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", new)
    ends(home, 0, "database", "move")
    home.database.unlink()
    fresh = Home(tmp_path / "fresh")
    monkeypatch.delenv("MEDIAWATCH_DATABASE__URL")
    ends(fresh, 0, "init")
    shutil.copy(fresh.database, home.database)
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", new)
    url = f"sqlite:///{tmp_path}/b.db"
    told = ends(home, 0, "database", "move", "--to", url)
    assert f"let MEDIAWATCH_DATABASE__URL say {url}" in told
    monkeypatch.delenv("MEDIAWATCH_DATABASE__URL")
    for words in (("status",), ("backup", str(tmp_path)), ("registry", "list")):
        assert f"lie in {tmp_path}/b.db, and nothing names it now" in ends(home, 2, *words)
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", f"sqlite:///{tmp_path}/c.db")
    assert "MEDIAWATCH_DATABASE__URL names another one now" in ends(home, 2, "status")
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", "")
    assert f"{tmp_path}/b.db is not lost" in ends(home, 2, "database", "reopen", "--yes")
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", url)
    assert ends(home, 0, "registry", "list") == listed


def test_an_empty_file_makes_room(
    home: Home, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    file = secrets / "mediawatch_database__url"
    file.write_text(new, "utf-8")
    monkeypatch.setenv("MEDIAWATCH_SECRETS", str(secrets))
    assert "set MEDIAWATCH_SECRETS for every command" in ends(home, 0, "database", "move")
    home.database.unlink()
    fresh = Home(tmp_path / "fresh")
    monkeypatch.delenv("MEDIAWATCH_SECRETS")
    ends(fresh, 0, "init")
    shutil.copy(fresh.database, home.database)
    monkeypatch.setenv("MEDIAWATCH_SECRETS", str(secrets))
    assert f"take {file} away" in ends(home, 0, "database", "move", "--to", "sqlite")
    assert [each.name for each in home.root.glob("mediawatch.db*")] == ["mediawatch.db"]
    told = ends(home, 2, "status")
    assert (f"take {file} away" in told, "database move" in told) == (True, False)
    file.write_text("", "utf-8")
    assert "gh_0000000000a2" in ends(home, 0, "registry", "list")


def test_reopen_is_offered_only_where_it_works(
    home: Home, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", new)
    ends(home, 0, "database", "move")
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", "")
    told = ends(home, 2, "status")
    assert "MEDIAWATCH_DATABASE__URL is empty" in told
    assert "database reopen" in told
    home.database.unlink()
    told = ends(home, 2, "status")
    assert ("database reopen" in told, "restore" in told) == (False, True)
    note = home.root / "database.json"
    known = json.loads(note.read_text("utf-8"))
    note.write_text(json.dumps({**known, "key": ""}), "utf-8")
    told = ends(home, 2, "status")
    assert ("nothing in it" in told, "restore" in told) == (False, False)


def test_a_reopened_home_works(home: Home, new: str, postgres: Cluster) -> None:
    """mediawatch.toml names the lost server no more; doctor tells when it is back."""
    ends(home, 0, "database", "move", "--to", new)
    aside = postgres.copy(new)
    postgres.drop(new)
    told = ends(home, 0, "database", "reopen", "--yes")
    assert "did not answer with these data" in told
    assert read_settings(home).database.url.get_secret_value() == ""
    assert "gh_0000000000a2" in ends(home, 0, "registry", "list")
    assert "was reopened in its place" not in in_process("--home", home.root, "doctor").stdout
    postgres.rename(aside, new)
    assert "was reopened in its place" in in_process("--home", home.root, "doctor").stdout


def test_a_home_whose_data_were_taken_reopens_nothing(
    home: Home, new: str, postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", new)
    ends(home, 0, "database", "move")
    other = Home(tmp_path / "other")
    ends(other, 0, "init")
    ends(other, 0, "database", "take", "--yes")
    told = ends(home, 2, "database", "reopen", "--yes")
    assert f"the home {other.root} took its data: work there" in told
    assert "brings its data back" not in told
    assert f"the data of the home {other.root}" in ends(home, 2, "status")
    postgres.drop(new)
    assert f"the home {other.root} took the data" in ends(home, 2, "database", "reopen", "--yes")

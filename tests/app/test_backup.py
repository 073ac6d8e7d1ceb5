"""Backups: taken while others write, restored whole or not at all, on both databases."""

from __future__ import annotations

import asyncio
import io
import os
import stat
import tarfile
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from commands import in_process
from postgres import Cluster
from samples import LATE, NOW, PLAIN, change, enter, plain_reading, post, sql
from typer.testing import CliRunner

from db import copies
from db.engine import name_database, normal_url
from mediawatch.app import App, backup, open_app, restore
from mediawatch.cli import app as cli
from mediawatch.domain import Account, Capture, EvidenceKind, Reading, UserError
from mediawatch.ops import retention
from mediawatch.ops.settings import Home
from scrapers.logins.holders import HolderBook


async def filled(home: Home) -> Account:
    """A home with an account, a reading with evidence, a login, an own policy."""
    home.create()
    (home.sessions / "weibo").mkdir()
    (home.sessions / "weibo" / "office.json").write_text("made-up-cookie", "utf-8")
    (home.root / "own.toml").write_text("[policy]\n", "utf-8")
    (home.evidence / ".half.part").write_text("half")
    async with open_app(home, clock=lambda: NOW) as app:
        (account,) = await enter(app.store, PLAIN)
        await app.store.readings.keep(await app.evidence.keep(seen(account, 0)))
    return account


def seen(account: Account, number: int) -> Reading:
    at = NOW + timedelta(seconds=number)
    reading = plain_reading(account.id, at, post(LATE.date()))
    shot = Capture(
        kind=EvidenceKind.SCREENSHOT,
        media_type="image/jpeg",
        body=f"picture {number}".encode(),
        taken_at=at,
    )
    return replace(reading, sights=(replace(reading.sights[0], captures=(shot,)),))


async def sound(home: Home) -> int:
    """How many pieces of evidence are as they were kept; none may be otherwise."""
    async with open_app(home) as app:
        check = await retention.verify_evidence(app.store, app.evidence)
    assert (check.missing, check.altered) == (0, 0)
    return check.sound


async def back_up(home: Home, target: Path, **more: bool) -> None:
    async with open_app(home, clock=lambda: NOW) as app:
        await backup.back_up(app, target, **{"with_sessions": False, **more})


async def test_what_is_restored_is_what_was_there(tmp_path: Path) -> None:
    home, target = Home(tmp_path / "home"), tmp_path / "out" / "b.tar"
    target.parent.mkdir()
    account = await filled(home)
    await back_up(home, target, with_sessions=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["b.tar"]
    done = restore.restore(target, tmp_path / "new")
    new = Home(tmp_path / "new")
    assert (done.home, done.sessions) == (new, 1)
    assert await sound(new) == await sound(home) == 2
    assert (new.sessions / "weibo" / "office.json").read_text("utf-8") == "made-up-cookie"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in new.root.rglob("*")}
    assert (
        modes["sessions"],
        modes["office.json"],
        modes["mediawatch.db"],
        modes["mediawatch.toml"],
    ) == (0o700, 0o600, 0o600, 0o600)
    assert (new.root / "own.toml").read_bytes() == (home.root / "own.toml").read_bytes()
    async with open_app(new) as app:
        assert await app.store.accounts.get(account.id) == account
        assert await app.store.runs.last_backup() is None, "the copy was taken before it was noted"
    async with open_app(home) as app:
        kept = await app.store.runs.last_backup()
    assert kept is not None
    assert (kept.place, kept.size, kept.files) == (str(target), target.stat().st_size, done.files)


async def test_logins_stay_unless_they_are_asked_for(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    await filled(home)
    HolderBook(home.sessions).keep_own("weread", "hash of the first holder")
    await back_up(home, tmp_path)
    target = tmp_path / "mediawatch-20310305T120000.tar"
    assert b"made-up-cookie" not in target.read_bytes()
    with tarfile.open(target) as tar:
        names = [name for name in tar.getnames() if name.startswith("sessions")]
        assert names == ["sessions/holders.json"]
        assert not any(name.endswith(".part") for name in tar.getnames())
    assert restore.restore(target, tmp_path / "new").sessions == 0
    # The place of the home's own login stays his, though the login is not here.
    assert HolderBook(tmp_path / "new" / "sessions").own("weread") == "hash of the first holder"


async def test_a_backup_during_writes_is_of_one_moment(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    account = await filled(home)
    async with open_app(home, clock=lambda: NOW) as app:
        stopped = asyncio.Event()

        async def write(app: App) -> int:
            number = 0
            while not stopped.is_set():
                number += 1
                await app.store.readings.keep(await app.evidence.keep(seen(account, number)))
            return number

        async def copy() -> None:
            async with open_app(home, clock=lambda: NOW) as other:
                for number in range(3):
                    await asyncio.to_thread(asyncio.run, back_up(home, tmp_path / f"{number}.tar"))
                await other.store.accounts.all()
            stopped.set()

        _, written = await asyncio.gather(copy(), write(app))
    counts = [
        await sound(restore.restore(tmp_path / f"{number}.tar", tmp_path / f"new{number}").home)
        for number in range(3)
    ]
    assert counts == sorted(counts)
    assert 2 <= counts[0] < counts[-1] <= 2 * (written + 1)


def cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def altered(body: bytes) -> bytes:
    assert body.count(b"picture 0") == 1
    return body.replace(b"picture 0", b"picture 1")


def without_manifest(body: bytes) -> bytes:
    return rebuilt(body, lambda name: name != "manifest.json")


def without_a_file(body: bytes) -> bytes:
    return rebuilt(body, lambda name: not name.endswith(".jpg"))


def rebuilt(body: bytes, wanted: Callable[[str], bool]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(body)) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old:
            if wanted(member.name):
                new.addfile(member, old.extractfile(member))
    return out.getvalue()


def escaping(body: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as new:
        new.addfile(tarfile.TarInfo("../outside"), io.BytesIO())
    return out.getvalue()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut, "damaged|cut short"),
        (altered, r"\.jpg' differs from its manifest"),
        (without_manifest, "no manifest"),
        (without_a_file, r"does not fit its files: .*\.jpg"),
        (escaping, "outside"),
        (lambda body: b"nonsense" * 200, "no backup"),
    ],
)
async def test_a_damaged_backup_restores_nothing(
    tmp_path: Path, damage: Callable[[bytes], bytes], words: str
) -> None:
    home, target = Home(tmp_path / "home"), tmp_path / "b.tar"
    await filled(home)
    await back_up(home, target)
    target.write_bytes(damage(target.read_bytes()))
    with pytest.raises(UserError, match=words):
        restore.restore(target, tmp_path / "new")
    assert sorted(os.listdir(tmp_path)) == ["b.tar", "home"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    home, new, target = (str(tmp_path / name) for name in ("home", "new", "b.tar"))

    def ends(code: int, *words: str) -> str:
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == code, done.output
        return done.output

    ends(0, "--home", home, "init")
    ends(0, "--home", home, "backup", target)
    assert "exists" in ends(2, "--home", home, "backup", target)
    assert "not empty" in ends(2, "restore", target, home)
    assert "mediawatch login" in ends(0, "restore", target, new)
    assert "last backup" in ends(0, "--home", new, "status")


async def test_a_database_of_postgresql_comes_back(
    tmp_path: Path, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, target = Home(tmp_path / "home"), tmp_path / "b.tar"
    old, new = postgres.url(), postgres.url()
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", old)
    await filled(home)
    await back_up(home, target)
    with pytest.raises(UserError, match="not empty"):
        restore.restore(target, tmp_path / "new")
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", new)
    assert await sound(restore.restore(target, tmp_path / "new").home) == 2
    assert sql(new, "SELECT name FROM account") == [(PLAIN.name,)]


def test_the_password_of_postgresql_is_on_no_command_line(
    tmp_path: Path, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a program in the place of pg_dump, which writes down how it was called."""
    program = tmp_path / "pg_dump"
    program.write_text(
        f'#!/bin/sh\necho "$PGPASSWORD" "$@" > {tmp_path}/called\necho no such host >&2\nexit 1\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(copies, "_found", lambda name: str(tmp_path / name))
    with pytest.raises(UserError, match=r"pg_dump on database .*: no such host") as caught:
        copies.dump(
            f"postgresql://postgres:hunter2@/postgres?host={postgres.folder}", tmp_path / "copy"
        )
    assert "hunter2" not in str(caught.value)
    password, _, words = (tmp_path / "called").read_text().partition(" ")
    assert password == "hunter2"
    assert "--dbname=postgresql://postgres@/postgres?host=" in words
    assert "hunter2" not in words


def test_a_password_in_the_query_of_a_url_is_a_password() -> None:
    url = normal_url("postgresql://office@db.example/mediawatch?password=hunter2&sslmode=require")
    assert (url.password, dict(url.query)) == ("hunter2", {"sslmode": "require"})
    assert "hunter2" not in name_database(url)
    for twice in ("password=hunter2&password=other", "sslpassword=hunter2"):
        with pytest.raises(UserError) as caught:
            normal_url(f"postgresql://office@db.example/mediawatch?{twice}")
        assert "hunter2" not in str(caught.value)


def test_of_two_backups_to_one_name_one_wins(tmp_path: Path) -> None:
    home, target = Home(tmp_path / "home"), tmp_path / "a.tar"
    in_process("--home", home.root, "init")
    together, ended = threading.Barrier(2), list[str]()

    def take() -> None:
        together.wait()
        try:
            asyncio.run(back_up(home, target))
        except UserError as error:
            ended.append(str(error))
        else:
            ended.append("done")

    both = [threading.Thread(target=take) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(word for said in ended for word in ("done", "exists") if word in said) == [
        "done",
        "exists",
    ], ended
    with tarfile.open(target) as whole:
        assert "manifest.json" in whole.getnames()


def test_a_folder_for_backups_is_made(tmp_path: Path) -> None:
    in_process("--home", tmp_path / "home", "init")
    done = in_process("--home", tmp_path / "home", "backup", tmp_path / "backups")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "backups").glob("mediawatch-*.tar"))) == 1


async def test_only_our_own_tables_of_postgresql_are_kept(
    tmp_path: Path, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers' tasks and the tools of others stay where they are, and hinder no restore."""
    old, new = postgres.url(), postgres.url()
    for url in (old, new):
        change(url, "CREATE EXTENSION tablefunc")
    change(old, 'CREATE SCHEMA "Others" CREATE TABLE x (id int)')
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", old)
    await filled(Home(tmp_path / "home"))
    await back_up(Home(tmp_path / "home"), tmp_path / "b.tar")
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", new)
    assert await sound(restore.restore(tmp_path / "b.tar", tmp_path / "new").home) == 2
    schemas = "SELECT nspname FROM pg_namespace WHERE nspname IN ('Others', 'mediawatch_expected')"
    assert sql(new, schemas) == []

"""Restore: a home comes back as it was, and what a forged backup holds never becomes one."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import warm
from commands import in_process
from hostile_tars import add, files_of, hostile_tars, left_in, packed
from postgres import Cluster
from samples import NOW, PLAIN, enter, sql
from stop_moments import stop_at

from mediawatch.app import App, doctor, home_checks, open_app
from mediawatch.app.backup import back_up
from mediawatch.app.outside_settings import keep_inside
from mediawatch.app.restore import restore
from mediawatch.domain import UserError
from mediawatch.ops.settings import Home
from mediawatch.ops.settings.home import TEMPLATE
from mediawatch.rules.policy import shipped_policies

GIB = 1 << 30
SMALL = (
    "name: parent", "name: absolute", "name: log", "twice: database", "kind: symbolic link /etc/passwd",
    "kind: GNU sparse ", "kind: link before a file", "manifest: deep", "manifest: other kind",
    "extra: sparse terabyte", "extra: large", "size of the header", "database: newer", "database: trigger",
    "database: flipped", "settings: inline table", "two in one", "half",
)  # fmt: skip
"""Of each kind of forgery one or two; `make soak` takes all."""


def fill(home: Home) -> None:
    """A home with whatever a home can hold."""
    home.create()
    in_process("--home", home.root, "init")
    (home.root / "own.toml").write_text(_own_policy(), "utf-8")
    (home.root / "circular.docx").write_bytes(b"the office's own letterhead")
    (home.root / "演示数据").write_text("mark", "utf-8")
    text = home.config.read_text("utf-8")
    text = text.replace('# policy = "national"', f'policy = "{home.root}/own.toml"')
    home.config.write_text(text, "utf-8")
    (home.root / "office.toml").write_text('issuer = "示例市人民政府办公室"\n', "utf-8")
    (home.evidence / "2031-01-01").mkdir()
    (home.evidence / "2031-01-01" / "a.jpg").write_bytes(b"picture")
    (home.evidence / "pruned.jsonl").write_text("{}\n")
    (home.sessions / "weibo").mkdir(mode=0o700)
    login = home.sessions / "weibo" / "office.json"
    login.write_text('{"cookies": [], "origins": []}', "utf-8")
    login.chmod(0o600)
    asyncio.run(_enter(home))


async def _enter(home: Home) -> None:
    async with open_app(home, clock=lambda: NOW) as app:
        await enter(app.store, PLAIN)


def _own_policy() -> str:
    from importlib.resources import files

    assert "national" in shipped_policies()
    shipped = files("mediawatch") / "data" / "policies" / "national.toml"
    return shipped.read_text("utf-8")


async def saved(home: Home, target: Path, *, with_sessions: bool = False) -> None:
    async with open_app(home, clock=lambda: NOW) as app:
        await back_up(app, target, with_sessions=with_sessions)


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    """A backup of a small home, which is gone."""
    home = Home(tmp_path / "old").create()
    in_process("--home", home.root, "init")
    asyncio.run(saved(home, tmp_path / "good.tar"))
    body = (tmp_path / "good.tar").read_bytes()
    shutil.rmtree(home.root)
    (tmp_path / "good.tar").unlink()
    return body


async def said_by_doctor(home: Home) -> list[str]:
    def words(check: home_checks.DoctorCheck) -> str:
        said = f"{check.level.value} {check.name}: {check.text} {check.remedy}"
        return said.replace(str(home.root), "HOME")

    async def checks(app: App) -> AsyncIterator[home_checks.DoctorCheck]:
        for check in doctor.on_host(home, app.settings, NOW):
            yield check
        async for check in home_checks.in_home(app):
            yield check

    async with open_app(home, clock=lambda: NOW) as app:
        return [words(each) async for each in checks(app) if each.name != "disk"]


def test_doctor_says_after_a_restore_what_it_said_before(tmp_path: Path) -> None:
    home, target = Home(tmp_path / "home"), tmp_path / "b.tar"
    fill(home)
    home.create()  # closes what was put into it
    asyncio.run(saved(home, target, with_sessions=True))
    before = asyncio.run(said_by_doctor(home))
    done = restore(target, tmp_path / "new")
    assert asyncio.run(said_by_doctor(done.home)) == before
    assert done.left_out == ()
    for name in ("circular.docx", "演示数据", "own.toml", "office.toml", "canaries.toml",
                 "evidence/2031-01-01/a.jpg", "evidence/pruned.jsonl"):  # fmt: skip
        assert (done.home.root / name).read_bytes() == (home.root / name).read_bytes(), name
    files = [each for each in done.home.root.rglob("*") if each.is_file()]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


def test_forged_backups_make_no_home(good: bytes, tmp_path: Path) -> None:
    tried = {name: body for name, body in hostile_tars(good, tmp_path) if name in SMALL}
    assert tried.keys() == set(SMALL)
    for name, body in tried.items():
        _refused(name, body, tmp_path)


def _refused(name: str, body: bytes, folder: Path) -> None:
    source, before = folder / "forged.tar", left_in(folder)
    source.write_bytes(body)
    try:
        restore(source, folder / "new")
    except UserError as error:
        said = str(error)
    else:
        pytest.fail(f"{name} made a home")
    source.unlink()
    assert said.isprintable(), name
    assert left_in(folder) == before, name


@contextmanager
def bounded() -> Iterator[None]:
    """This process may neither take more than 1 GiB nor write a file of 100 MB."""
    limits = {resource.RLIMIT_AS: GIB, resource.RLIMIT_FSIZE: 100_000_000}
    before = {limit: resource.getrlimit(limit) for limit in limits}
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, before[limit][1]))
    try:
        yield
    finally:
        for limit, old in before.items():
            resource.setrlimit(limit, old)


@pytest.mark.soak
def test_no_forged_backup_makes_a_home_or_needs_a_gigabyte(good: bytes, tmp_path: Path) -> None:
    tried = 0
    with bounded():
        for name, body in hostile_tars(good, tmp_path):
            _refused(name, body, tmp_path)
            tried += 1
    assert tried >= 200


@pytest.mark.soak
def test_the_command_ends_with_2_and_no_traceback(good: bytes, tmp_path: Path) -> None:
    source = tmp_path / "forged.tar"
    for name, body in hostile_tars(good, tmp_path):
        if name in SMALL:
            source.write_bytes(body)
            words = [sys.executable, "-m", "mediawatch", "restore", source, tmp_path / "new"]
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
            assert (done.returncode, "Traceback" in done.stderr) == (2, False), (name, done.stderr)
            assert left_in(tmp_path) == ["forged.tar"], name


@pytest.mark.parametrize("link", [True, False])
def test_what_is_no_file_is_no_backup(tmp_path: Path, link: bool) -> None:
    source = tmp_path / "b.tar"
    if link:
        source.symlink_to("/dev/zero")
    else:
        os.mkfifo(source)
    with pytest.raises(UserError, match="no backup file"):
        restore(source, tmp_path / "new")


OUTSIDE = """\
[database]
url = "sqlite:///{0}/elsewhere.db"
[browser]
executable = "/tmp/evil.sh"   # a program
proxy = "me:hunter2@proxy.example:3128"
concurrency = 2
[sweep]
policy = "/etc/policy.toml"
[notify]
urls = [
  "mailtos://me:hunter3@mail.example?to=x@mail.example",
  "wecombot://hunter4",
]
"""


def test_settings_that_lead_outside_are_taken_only_when_told(good: bytes, tmp_path: Path) -> None:
    text = OUTSIDE.format(tmp_path)
    source = tmp_path / "b.tar"
    source.write_bytes(packed({**files_of(good), "mediawatch.toml": text.encode()}))
    done = in_process("restore", source, tmp_path / "new")
    assert done.returncode == 0, done.stderr
    for key in (
        "database.url",
        "browser.executable",
        "browser.proxy",
        "sweep.policy",
        "notify.urls",
    ):
        assert f"setting {key} was not taken" in done.stderr
    assert "/tmp/evil.sh" in done.stderr
    assert "hunter" not in done.stderr
    assert tomllib.loads((tmp_path / "new" / "mediawatch.toml").read_text("utf-8")) == {
        "database": {}, "browser": {"concurrency": 2}, "sweep": {}, "notify": {},
    }  # fmt: skip
    assert not (tmp_path / "elsewhere.db").exists()
    assert (tmp_path / "new" / "mediawatch.db").exists()
    taken = in_process("restore", source, tmp_path / "told", "--outside-paths")
    assert (taken.returncode, "was not taken" in taken.stderr) == (0, False)
    assert (tmp_path / "told" / "mediawatch.toml").read_text("utf-8") == text
    assert (tmp_path / "elsewhere.db").exists()


def test_files_of_the_old_home_are_named_in_the_new_one(tmp_path: Path) -> None:
    home, target = Home(tmp_path / "home").create(), tmp_path / "b.tar"
    own = f'[database]\nurl = "sqlite:///{home.root}/other.db"\n'
    home.config.write_text(own + f'[sweep]\npolicy = "{home.root}/missing.toml"\n', "utf-8")
    asyncio.run(saved(home, target))
    done = restore(target, tmp_path / "new")
    assert [each.key for each in done.left_out] == ["sweep.policy"], "the backup does not hold it"
    assert (tmp_path / "new" / "other.db").exists()
    assert "ok" in in_process("--home", tmp_path / "new", "doctor").stdout


def test_no_address_or_key_of_the_old_home_stays_in_the_settings(tmp_path: Path) -> None:
    """Neither of a setting that is left out, nor of an earlier one that stands as a comment."""
    secrets = ("hunter2", "KEY-1", "KEY-2", "KEY-3", "KEY-4", "KEY-5")
    text = f'{TEMPLATE}\n# url = "postgresql://office:hunter2@db/m"\n'
    for line, value in (
        ('# url = ""', 'url = "postgresql://office:hunter2@db.example/m" # once KEY-1'),
        ('# access_key = ""', 'access_key = "KEY-2"'),
        ('# secret_key = ""', 'secret_key = "KEY-3"'),
        ("# urls = []", 'urls = [\n "wecombot://KEY-4", # a robot\n "mailto://KEY-5"\n]\n#'),
    ):
        assert line in text
        text = text.replace(line, value, 1)
    safe = keep_inside(text, "/srv/old", tmp_path, frozenset())
    assert [secret for secret in secrets if secret in safe.text] == []
    assert "# url was 'postgresql://db.example': left out when this home was restored" in safe.text
    assert "# access_key was a key: left out" in safe.text
    keys = ["database.url", "evidence.access_key", "evidence.secret_key", "notify.urls"]
    assert [each.key for each in safe.left_out] == keys
    again = keep_inside(safe.text, "/srv/old", tmp_path, frozenset())
    assert (again.left_out, "db.example" in again.text) == ((), False)


def test_the_views_of_a_backup_are_made_anew(good: bytes, tmp_path: Path) -> None:
    files = files_of(good)
    scratch = tmp_path / "x.db"
    scratch.write_bytes(files["database"])
    connection = sqlite3.connect(scratch, isolation_level=None)
    connection.execute("PRAGMA journal_mode = DELETE")
    (view,) = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchone()
    connection.execute(f"DROP VIEW {view}")
    connection.execute(f"CREATE VIEW {view} AS SELECT * FROM contact")
    connection.close()
    (tmp_path / "b.tar").write_bytes(packed({**files, "database": scratch.read_bytes()}))
    restore(tmp_path / "b.tar", tmp_path / "new")
    assert in_process("--home", tmp_path / "new", "status").returncode == 0
    made = sql(f"sqlite:///{tmp_path / 'new' / 'mediawatch.db'}",
               f"SELECT sql FROM sqlite_schema WHERE name = '{view}'")  # fmt: skip
    assert "contact" not in str(made)


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(
    good: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b.tar").write_bytes(good)
    monkeypatch.setattr("mediawatch.app.restore._SPARE", 1 << 62)
    with pytest.raises(UserError, match=r"needs \d+ MB .* MB are free"):
        restore(tmp_path / "b.tar", tmp_path / "new")
    assert left_in(tmp_path) == ["b.tar"]


KILLED = """
import os, signal, sys
from pathlib import Path
from mediawatch.app import restore
restore._put = lambda part, root: os.kill(os.getpid(), signal.SIGKILL)
restore.restore(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_killed_restore_leaves_no_home_and_the_next_one_cleans_up(
    good: bytes, tmp_path: Path
) -> None:
    """By a process that dies at the last moment before the home appears."""
    source, new = tmp_path / "b.tar", tmp_path / "new"
    source.write_bytes(good)
    done = warm.run([sys.executable, "-c", KILLED, str(source), str(new)], dict(os.environ))
    assert done.returncode == -signal.SIGKILL
    assert not new.exists()
    assert len(left_in(tmp_path)) == 2, "what was unpacked is left"
    restore(source, new)
    assert left_in(tmp_path) == ["b.tar", "new"]


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (r"sqlite3.connect .*\.part/mediawatch\.db$", signal.SIGTERM),
        pytest.param(r"open .*\.part/office\.toml$", signal.SIGINT, marks=pytest.mark.soak),
        pytest.param("import db.schema_check$", signal.SIGTERM, marks=pytest.mark.soak),
        pytest.param(r"os.rename .*\.part$", signal.SIGINT, marks=pytest.mark.soak),
        pytest.param(r"shutil.rmtree .*\.part$", signal.SIGTERM, marks=pytest.mark.soak),
    ],
)
def test_a_stopped_restore_leaves_a_whole_home_or_nothing(
    good: bytes, tmp_path: Path, moment: str, sent: signal.Signals
) -> None:
    source = tmp_path / "b.tar"
    source.write_bytes(good)
    done = stop_at(moment, sent, "restore", source, tmp_path / "new")
    assert (done.returncode, "Traceback" in done.stderr) == (128 + sent, False), done.stderr
    is_late = moment.startswith("shutil")
    said = f"{tmp_path / 'new'} is whole" if is_late else "no file and no record is half written"
    assert done.stderr.endswith(f"stopped; {said}\n")
    assert left_in(tmp_path) == ["b.tar", *(["new"] if is_late else [])]
    if is_late:
        assert in_process("--home", tmp_path / "new", "status").returncode == 0


def test_of_two_restores_into_one_name_the_loser_is_told_why(
    good: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, new = tmp_path / "b.tar", tmp_path / "new"
    source.write_bytes(good)

    def win() -> None:
        """At the last moment before the home appears."""
        new.mkdir()
        (new / "one").touch()

    monkeypatch.setattr(os, "sync", win)
    with pytest.raises(UserError, match=r"new is not empty any more: .*name another folder"):
        restore(source, new)
    assert left_in(tmp_path) == ["b.tar", "new"]


def test_a_policy_outside_the_home_is_told_by_the_backup(tmp_path: Path) -> None:
    home, own = Home(tmp_path / "home"), tmp_path / "own.toml"
    fill(home)
    own.write_text(_own_policy(), "utf-8")
    inside = in_process("--home", home.root, "backup", tmp_path / "1.tar")
    assert (inside.returncode, "outside the home" in inside.stderr) == (0, False)
    text = home.config.read_text("utf-8").replace(f"{home.root}/own.toml", str(own))
    home.config.write_text(text, "utf-8")
    told = in_process("--home", home.root, "backup", tmp_path / "2.tar")
    assert (told.returncode, f"{own} lies outside the home" in told.stderr) == (0, True)


def test_a_backup_of_an_older_version_is_taken(good: bytes, tmp_path: Path) -> None:
    """Older manifests do not name the home, and older headers have fractions of seconds."""
    files = files_of(good)
    body = packed(
        files,
        lambda made: {key: value for key, value in made.items() if key != "home"},
        mtime=1e9 + 0.5,
    )
    assert b"mtime=1000000000.5" in body
    (tmp_path / "b.tar").write_bytes(body)
    assert restore(tmp_path / "b.tar", tmp_path / "new").files == len(files) - 1


async def test_a_postgres_dump_with_a_foreign_trigger_is_refused(
    tmp_path: Path, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, target = Home(tmp_path / "home").create(), tmp_path / "b.tar"
    old, new = postgres.url(), postgres.url()
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", old)
    await saved(home, target)
    monkeypatch.delenv("MEDIAWATCH_DATABASE__URL")
    with pytest.raises(UserError, match="MEDIAWATCH_DATABASE__URL"):
        restore(target, tmp_path / "new")
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", old)
    _execute(
        old,
        "CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER evil AFTER INSERT ON reading EXECUTE FUNCTION evil()",
    )
    await saved(home, tmp_path / "evil.tar")
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", new)
    with pytest.raises(UserError, match=r"none of mediawatch's.*drop that database"):
        restore(tmp_path / "evil.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def _execute(url: str, *statements: str) -> None:
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_the_generator_makes_tars_that_differ_from_a_good_one(good: bytes, tmp_path: Path) -> None:
    """The good backup, packed again in the same way, is taken: forgeries are refused for a reason."""
    body = packed(files_of(good), more=lambda tar: add(tar, "evidence/none", b""))
    source = tmp_path / "b.tar"
    source.write_bytes(body)
    with pytest.raises(UserError, match="does not fit its files"):
        restore(source, tmp_path / "new")
    source.write_bytes(packed(files_of(good)))
    assert restore(source, tmp_path / "new").home.exists

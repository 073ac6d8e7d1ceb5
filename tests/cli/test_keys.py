"""The key of an office's own 公众号 by the commands: entered, listed, checked, removed, and shown
nowhere.
"""

from __future__ import annotations

import asyncio
import os
import pty
import select
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from browsers import descendants, key
from commands import in_process
from keys import FILED, NOW, WORD, world
from programs import clean
from samples import enter

from mediawatch.app import App, Route, open_app
from mediawatch.domain import Account, SessionState, UserError, Verdict
from mediawatch.ops import logins as sessions
from mediawatch.ops.settings import Home
from mediawatch.rules.policy import load
from mediawatch.sweep.plan import LookRates
from mediawatch.sweep.request import Request
from scrapers.replica import Replica
from scrapers.replica.web import Answer, Drop, Response, Site
from scrapers.replica.web import Request as Asked

APP_ID, SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
OTHER = replace(FILED, name="示例市第二测试局", filing_number="W2", platform_id="OTAwMDAwMDAwMg==")
WEIBO = replace(
    FILED, platform="weibo", type="新浪微博", filing_number="W3", platform_id="5000000001"
)

HANGS = 60
"""Seconds that only a command which hangs reaches."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home.at(tmp_path / "home").create()

    async def fill() -> None:
        async with open_app(made) as app:
            await enter(app.store, FILED, OTHER, WEIBO)

    asyncio.run(fill())
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "key.toml")


def written(path: Path, app_id: str = APP_ID, app_secret: str = SECRET) -> Path:
    path.write_text(f'app_id = "{app_id}"\napp_secret = "{app_secret}"\n')
    return path


def told(home: Home, *words: str | Path, code: int = 0) -> str:
    done = in_process("--home", home.root, *words)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert SECRET not in said
    return said


def take(home: Home, file: Path, *words: str | Path, code: int = 0) -> str:
    return told(home, "sessions", "import", WORD, file, "--custodian", "张三", *words, code=code)


def test_a_key_is_taken_in_listed_and_removed(home: Home, file: Path) -> None:
    said = take(home, file, "--account", "W1")
    assert f"bound to {FILED.name} W1" in said
    kept = home.sessions / WORD / "office.json"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    listed = told(home, "sessions")
    row = next(line for line in listed.splitlines() if WORD in line).split()
    assert row[:6] == [WORD, "office", FILED.name, "W1", "张三", "unknown"]
    told(home, "sessions", "assign", WORD, "office", "李四")
    assert "李四" in told(home, "sessions")
    assert SECRET in kept.read_text()
    # An office without accounts of its own lacks nothing.
    told(home, "sessions", "remove", WORD, "office")
    assert WORD not in told(home, "doctor")
    take(home, file, "--account", "W1")
    assert "wechat-api/office: last seen unknown" in told(home, "doctor")
    assert "reset the AppSecret" in told(home, "sessions", "remove", WORD, "office")
    assert not kept.exists()


def test_a_renewed_secret_keeps_its_account(home: Home, file: Path, tmp_path: Path) -> None:
    take(home, file, "--account", "W1")
    anew = written(tmp_path / "anew.toml", app_secret=SECRET[::-1])
    take(home, anew)
    assert SECRET[::-1] in (home.sessions / WORD / "office.json").read_text()
    assert FILED.name in told(home, "sessions")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "belongs to one filed account: name it by --account"),
        (("--account", "W9"), "no account 'W9' in the registry"),
        (("--account", "W3"), "is on 新浪微博"),
    ],
)
def test_whose_key_it_is_must_be_said(
    home: Home, file: Path, words: tuple[str, ...], sentence: str
) -> None:
    assert sentence in take(home, file, *words, code=2)
    assert not (home.sessions / WORD).exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no key"),
        (f'app_id = "{APP_ID}"', "is no key"),
        (f'app_id = "{APP_ID}"\napp_secret = "{SECRET}"\nmore = 1', "is no key"),
        (f'app_id = "{APP_ID}"\napp_secret = {SECRET}', "is not valid TOML"),
        (f'app_id = "{SECRET}"\napp_secret = "{APP_ID}"', "the AppID is not wx and 16"),
        (f'app_id = "{APP_ID}"\napp_secret = "{SECRET}0"', "the AppSecret is not 32"),
    ],
)
def test_a_file_that_is_no_key_is_not_quoted(
    home: Home, tmp_path: Path, text: str, sentence: str
) -> None:
    file = tmp_path / "key.toml"
    file.write_text(text)
    # Before anybody is asked who answers for it.
    said = told(home, "sessions", "import", WORD, file, "--account", "W1", code=2)
    assert sentence in said
    assert not list(home.sessions.rglob("*.json"))


def test_one_key_one_account_one_name(home: Home, file: Path, tmp_path: Path) -> None:
    take(home, file, "--account", "W1")
    second = written(tmp_path / "second.toml", app_id="wxfedcba9876543210")
    assert "the name office is that of another key" in take(home, second, "--account", "W2", code=2)
    twice = take(home, file, "--account", "W2", "--name", "second", code=2)
    assert "this AppID is kept already as wechat-api office" in twice
    take(home, second, "--account", "W2", "--name", "second")
    # Bound anew to another account: the same key, by the same name.
    assert f"bound to {OTHER.name}" in take(home, file, "--account", "W2")


def test_a_key_counts_in_the_plan_for_its_own_account_alone(home: Home, file: Path) -> None:
    def first(account: Account) -> str:
        return next((facts.name for facts in rates.ways(account)), "")

    async def rates_and_accounts() -> tuple[LookRates, list[Account]]:
        async with open_app(home) as app:
            return await app.rates(), await app.store.accounts.all()

    take(home, file, "--account", "W1")
    rates, accounts = asyncio.run(rates_and_accounts())
    assert [first(each) for each in accounts] == ["wechat.statistics", "", "weibo.mobile"]
    # All that is said of it rests on the same ways.
    for command in ("plan", "doctor"):
        assert "posts of 1 can be read; a weread login would reach 1 more" in told(home, command)
    listed = told(home, "registry", "list", "--platform", "wechat", "--reached-by", "weread")
    assert (FILED.name in listed, OTHER.name in listed) == (False, True)


def test_no_account_is_named_for_a_login(home: Home, file: Path) -> None:
    words = ("sessions", "import", "weibo", file, "--account", "W3")
    assert "--account is for keys" in told(home, *words, code=2)


def test_without_a_terminal_a_file_is_asked_for(home: Home) -> None:
    said = told(home, "login", WORD, "--account", "W1", "--custodian", "张三", code=2)
    assert "sessions import wechat-api FILE" in said


def test_the_secret_is_typed_unseen(home: Home) -> None:
    """At a real terminal: neither on the screen nor among what `ps` shows."""
    ours, theirs = pty.openpty()
    words = ("--home", home.root, "login", WORD, "--account", "W1", "--custodian", "张三")
    process = subprocess.Popen(
        [sys.executable, "-m", "mediawatch", *map(str, words)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env=clean(None),
    )
    os.close(theirs)
    screen, seen, place = "", b"", Path("/proc") / str(process.pid)
    # The space is written when the terminal has stopped echoing.
    for prompt, typed in (("AppID:", APP_ID), ("AppSecret (not shown): ", SECRET)):
        screen += until(ours, prompt)
        # It may have ended before the first look that follows the secret.
        seen += (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
        os.write(ours, f"{typed}\n".encode())
    with suppress(OSError):  # it ends meanwhile
        while process.poll() is None:
            seen += (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
            if select.select([ours], [], [], 0)[0]:
                screen += os.read(ours, 4096).decode(errors="replace")
    assert process.wait(60) == 0
    assert seen
    with suppress(OSError):  # nothing more to read
        screen += until(ours, f"check {WORD}") if f"check {WORD}" not in screen else ""
    os.close(ours)
    assert SECRET not in screen
    assert SECRET.encode() not in seen
    assert SECRET in (home.sessions / WORD / "office.json").read_text()


def until(terminal: int, word: str) -> str:
    """What the terminal shows until this word stands there."""
    shown = b""
    while word.encode() not in shown:
        ready, *_ = select.select([terminal], [], [], HANGS)
        assert ready, shown.decode(errors="replace")
        read = os.read(terminal, 4096)
        shown += read
    return shown.decode(errors="replace")


def test_a_backup_holds_keys_as_it_holds_logins(home: Home, file: Path, tmp_path: Path) -> None:
    take(home, file, "--account", "W1")
    without, with_it = tmp_path / "a.tar", tmp_path / "b.tar"
    told(home, "backup", without)
    told(home, "backup", with_it, "--with-sessions")
    assert SECRET.encode() not in without.read_bytes()
    with closing(tarfile.open(with_it)) as tar:
        assert f"sessions/{WORD}/office.json" in tar.getnames()
    restored = Home.at(tmp_path / "restored")
    told(home, "restore", with_it, restored.root)
    kept = restored.sessions / WORD / "office.json"
    assert SECRET in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


class Witness:
    """Looks at every process of ours while the interface is asked."""

    def __init__(self) -> None:
        self.seen = b""

    def __call__(self, site: Site, request: Asked, usual: Answer) -> Response | Drop:
        if site.platform == WORD:
            for pid in (os.getpid(), *descendants()):
                for name in ("cmdline", "environ"):
                    try:
                        self.seen += (Path("/proc") / str(pid) / name).read_bytes()
                    except OSError:  # it has just ended
                        continue
        return usual(request)


def stored(home: Home) -> Iterator[tuple[Path, bytes]]:
    for path in home.root.rglob("*"):
        if path.is_file() and home.sessions not in path.parents:
            yield path, path.read_bytes()


async def test_a_night_by_a_key_alone_leaves_no_secret(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home, witness = Home.at(tmp_path / "home").create(), Witness()
    async with Replica(
        world("2031-03-13T09:00"),
        now=lambda: NOW,
        logged_in=frozenset({WORD}),
        key=key(),
        before=[witness],
    ) as replica:
        route = Route(replica.proxy, replica.chromium_args, replica.ca_pem)
        async with open_app(home, clock=lambda: NOW, route=route) as app:
            app.pace = 0
            await enter(app.store, FILED)
            held = replica.storage_state(WORD)
            file = written(tmp_path / "key.toml", held["app_id"], held["app_secret"])
            await keep(app, file)
            (listed,) = await sessions.list_logins(app.sessions, app.logins())
            checked = await sessions.check(app.sessions, app.looker(), listed.session)
            request = Request(policy=load("national"), as_of=NOW)
            with structlog.testing.capture_logs() as lines:
                summary = await app.engine().run(request, lambda step: None)
                replica.end_login(WORD)
                lost = await sessions.check(app.sessions, app.looker(), listed.session)
            (account,) = await app.store.accounts.all()
            readings = (await app.store.readings.by_account())[account.id]
    assert checked == (SessionState.VALID, "")
    assert lost == (SessionState.INVALID, "errcode 40125: the AppSecret is not valid")
    # One post in the window, by the office's own word: fresh, and nothing was said against it.
    assert set(summary.verdicts) == {Verdict.FRESH}
    assert {sight.surface for each in readings for sight in each.sights} == {"wechat.statistics"}
    secrets = [
        held["app_secret"],
        *(
            served.url.partition("access_token=")[2]
            for served in replica.requests
            if "access_token=" in served.url
        ),
    ]
    assert len(secrets) > 2
    assert witness.seen
    said = repr(summary) + repr(lines) + "".join(capfd.readouterr())
    for secret in secrets:
        assert secret not in said
        assert secret.encode() not in witness.seen
        assert not [path for path, body in stored(home) if secret.encode() in body]


async def keep(app: App, file: Path) -> None:
    from mediawatch.cli.keys import place_of_key, read_key_file
    from mediawatch.ops.logins import NewLogin

    new = NewLogin(platform=WORD, name="office", custodian="张三")
    key_ = read_key_file(await place_of_key(app, WORD, "office", "W1"), file)
    await sessions.take_key(app.sessions, app.logins(), new, key_)
    with pytest.raises(UserError, match="its key is entered"):
        app.logins().take(NewLogin(platform=WORD, name="office"), "[]", "x")

"""Commands that hold a browser, stopped while a page loads: `verify`, `record`, and `login` by code
and in a window. No process, no temporary folder, no session and no case is left.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import in_process
from places import make_short_folder
from programs import clean
from stop_moments import ENTRY
from warm import Program

from mediawatch.ops import install_browser
from mediawatch.ops.settings import Home

HANGS = 60
"""Seconds that only a command which hangs reaches."""
WHOLE = "mediawatch: stopped; no file and no record is half written"
CASE = Path(__file__).parents[1] / "cases" / "weibo"
COMMANDS = {
    "verify": ("verify", str(CASE)),
    "record": ("record", "https://weibo.com/u/5000000001", "--out", "{0}/cases"),
    "login by code": ("login", "weibo", "--qr", "--custodian", "张三"),
    "login in a window": ("login", "weibo", "--custodian", "张三"),
}
USUAL = (("verify", signal.SIGINT), ("login by code", signal.SIGTERM))
OWN = ("home/logs", "home/mediawatch.db-", "home/tmp/lock")
SECRET = "PROXY-SECRET-5d1f"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: the browser's sockets lie below it."""
    made = make_short_folder()
    (made / "tmp").mkdir()
    yield made
    shutil.rmtree(made)


@pytest.fixture
def silent_proxy() -> Iterator[str]:
    """It takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://office:{SECRET}@127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def screen(wanted: bool) -> Iterator[dict[str, str]]:
    """An X server of its own, where a window is wanted; what the command needs to know of it."""
    if not wanted:
        yield {}
        return
    if not shutil.which("Xvfb"):
        pytest.skip("no Xvfb here: no window can be opened")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        try:
            windowed = install_browser.find_windowed({**os.environ, "DISPLAY": display})
        except Exception as error:
            pytest.skip(str(error))
        yield {"DISPLAY": display, "MEDIAWATCH_BROWSER__EXECUTABLE": str(windowed)}
    finally:
        server.terminate()
        server.wait()


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        pytest.param(name, sent, marks=() if (name, sent) in USUAL else pytest.mark.soak)
        for name in COMMANDS
        for sent in (signal.SIGINT, signal.SIGTERM)
    ],
)
def test_a_stopped_command_leaves_no_browser_and_no_file(
    folder: Path, silent_proxy: str, name: str, sent: signal.Signals
) -> None:
    home = Home(folder / "home")
    assert in_process("--home", home.root, "init").returncode == 0
    home.scratch.mkdir(mode=0o700, exist_ok=True)
    before = names_in(folder)
    words = [word.format(folder) for word in COMMANDS[name]]
    with screen(name.endswith("window")) as known:
        environ = clean(None, TMPDIR=str(folder / "tmp"), **known)
        environ["MEDIAWATCH_BROWSER__PROXY"] = silent_proxy
        environ["MEDIAWATCH_BROWSER__CONCURRENCY"] = "1"
        process = Program(
            [sys.executable, "-c", ENTRY, "--home", str(home.root), *words],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        try:
            wait_for_page(process)
            process.send_signal(sent)
            assert process.wait(HANGS) == 128 + sent
            assert process.stdout is not None
            assert process.stderr is not None
            said = process.stderr.read()
            assert said.splitlines()[-1] == WHOLE, said
            assert SECRET not in said + process.stdout.read()
            assert not living(folder), "no driver and no browser"
        finally:
            for pid in living(folder):
                os.kill(pid, signal.SIGKILL)
            process.communicate()
    assert names_in(folder) == before
    assert all(SECRET not in path.read_text("utf-8") for path in home.logs.iterdir())


def names_in(folder: Path) -> set[str]:
    """Files and temporary folders, without the home's own logs and locks."""
    found = {path: str(path.relative_to(folder)) for path in folder.rglob("*")}
    return {
        name
        for path, name in found.items()
        if (path.is_file() or "tmp" in name) and not name.startswith(OWN)
    }


def living(folder: Path) -> list[int]:
    """The processes that name this test's folder in their command line or their environment."""
    mark = str(folder).encode()
    return [
        int(each.name)
        for each in Path("/proc").glob("[0-9]*")
        if each.name != str(os.getpid()) and mark in read(each / "environ") + read(each / "cmdline")
    ]


def descendants(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, read(children).split()):
            yield child
            yield from descendants(child)


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended, or is another user's
        return b""


def wait_for_page(process: subprocess.Popen[str]) -> None:
    """Until a process draws a page, or is about to."""
    pause = threading.Event()
    for _ in range(HANGS * 10):
        lines = [read(Path(f"/proc/{pid}/cmdline")) for pid in descendants(process.pid)]
        if any(b"--type=renderer" in line for line in lines):
            return
        assert process.poll() is None, process.communicate()
        pause.wait(0.05)
    raise AssertionError("no page was opened")

"""A sweep that is stopped: by a signal to the process or to its whole group, and a second one
beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import in_process
from places import make_short_folder
from warm import Program

from mediawatch.ops.settings import Home
from scrapers.browser import processes

ARRIVALS = 2
"""Connections by which a sweep tries the proxy before its first look."""
REGISTRY = "政务新媒体名称,类型,平台ID\n" + "".join(
    (
        f"示例头条{letter},今日头条,"
        f"MS4wLjABAAAAExample{letter}ExampleExampleExampleExampleExample{letter}\n"
    )
    for letter in "ABC"
)


@pytest.fixture
def silent() -> Iterator[tuple[int, threading.Event]]:
    """A proxy that takes every connection and never answers.

    It notes whether the browser came, after the check of the network.
    """
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            held = []
            while True:
                try:
                    held.append(server.accept())
                except OSError:
                    return
                if len(held) > ARRIVALS:
                    asked.set()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], asked
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home of three accounts, of a path that is as short as usual.

    Each test continues its sweep.
    """
    folder = make_short_folder()
    (folder / "registry.csv").write_text(REGISTRY, "utf-8")
    called(folder, "init")
    with (folder / "mediawatch.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[pace."toutiao.profile"]\nevery = 3600\n')
    called(folder, "registry", "import", str(folder / "registry.csv"))
    yield Home(folder)
    shutil.rmtree(folder)


def environ(home: Path, **more: str) -> dict[str, str]:
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("MEDIAWATCH_")},
        "MEDIAWATCH_HOME": str(home),
        **more,
    }


def called(home: Path, *words: str) -> None:
    done = in_process("--home", home, *words)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def sweeping(
    home: Home, silent: tuple[int, threading.Event], executable: Path
) -> Iterator[subprocess.Popen[str]]:
    """A sweep in the midst of its first looks, in a process group of its own."""
    port, asked = silent
    process = Program(
        [sys.executable, "-m", "mediawatch", "sweep"],
        env=environ(home.root, MEDIAWATCH_BROWSER__PROXY=f"http://127.0.0.1:{port}"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert asked.wait(60)
    yield process
    process.kill()
    # Whatever a failed test left holds the pipes open, and would be waited for.
    for run in home.scratch.glob("run-*"):
        processes.end(processes.living_in(run))
    process.communicate()


def test_a_sweep_writes_alone_and_a_group_signal_ends_it(
    home: Home, sweeping: subprocess.Popen[str]
) -> None:
    for words in (
        ("sweep",),
        ("evidence", "prune"),
        ("worklist", "import", "x.xlsx"),
        ("findings", "import", "x.xlsx"),
    ):
        done = in_process("--home", home.root, *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert (
            f"another sweep or import runs on {home.root} (process {sweeping.pid}): wait for "
            "its end, or stop it"
        ) in done.stderr
    (run,) = home.scratch.glob("run-*")
    os.killpg(sweeping.pid, signal.SIGTERM)
    out, err = sweeping.communicate(timeout=60)
    assert (sweeping.returncode, out) == (143, "")
    assert err.startswith("3 accounts: at least 3.0 hours at the set pace: until "), (
        "before the first look"
    )
    assert err.splitlines()[-2:] == [
        "mediawatch: no look was finished",
        "mediawatch: stopped; what was kept stays, and the same command run again continues",
    ]
    assert not run.exists(), "the browser was closed in order"
    assert last_night(home) == ("stopped", "SIGTERM")


def test_the_second_signal_ends_it_at_once_and_frees_the_lock(
    home: Home, sweeping: subprocess.Popen[str]
) -> None:
    """The driver does not listen, so that the first one alone would wait for it."""
    (run,) = home.scratch.glob("run-*")
    (driver,) = [
        pid
        for pid in processes.living_in(run)
        if os.getsid(pid) == pid and b"run-driver" in command(pid)
    ]
    os.kill(driver, signal.SIGSTOP)
    sweeping.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        sweeping.wait(0.5)
    sweeping.send_signal(signal.SIGINT)
    assert sweeping.wait(60) == 130
    assert run.exists(), "nobody waited for the browser"
    assert last_night(home) == ("killed", "")
    processes.end(processes.living_in(run))
    called(home.root, "evidence", "prune")


def last_night(home: Home) -> tuple[str, str]:
    night = json.loads(in_process("--home", home.root, "status", "--json").stdout)["nights"][0]
    return night["ending"], night["why"]


def command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()

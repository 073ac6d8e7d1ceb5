"""One signal ends a command, wherever it is. Nothing here ends by itself: what hangs has failed."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from programs import clean, has_ended
from review_homes import home as home
from review_homes import prepared as prepared
from warm import Program

from mediawatch.ops.settings import Home

HANGS = 60
"""Seconds that only a command which hangs reaches."""
WHOLE = "mediawatch: stopped; no file and no record is half written"
RESUMES = "mediawatch: stopped; what was kept stays, and the same command run again continues"
DRIVER = """
import asyncio, os, sys, threading, time, typer
from mediawatch.cli import app, base, main
from mediawatch.domain import UserError

def said(word): print(word, flush=True)

async def sleep(): said("begun"); await asyncio.sleep(3600)
async def compute():
    try:
        said("begun")
        while True: pass
    finally:
        said("cleaned up")
async def compute_in_a_task():
    async with asyncio.TaskGroup() as group: group.create_task(compute())
async def block(): said("begun"); time.sleep(3600)
async def ask(): said("begun"); typer.prompt("x", prompt_suffix="")
async def ask_in_a_thread(): said("begun"); await asyncio.to_thread(input)
async def compute_in_a_thread():
    def forever():
        said("begun")
        while True: pass
    await asyncio.to_thread(forever)

class Trap:
    def __set_name__(self, owner, name): said("begun"); time.sleep(3600)
class Finalized:
    def __del__(self): said("begun"); time.sleep(1)
def build(): type("Built", (), {"trap": Trap()})
def blame():
    try: build()
    except Exception as error: raise UserError("the file is damaged") from error
def finalize():
    one = Finalized(); del one
    time.sleep(3600)
def load():
    with open(os.path.join(sys.argv[-1], "loaded.py"), "w") as file:
        file.write("import __main__ as m; m.said('begun'); m.time.sleep(0.2)")
    sys.path.insert(0, sys.argv[-1])
    import loaded
    said("loaded")
    time.sleep(3600)
SYNC = (build, blame, finalize, load)
async def build_in_a_task(): build()
async def load_in_a_task(): load()

@app.command()
def drive(place: str, folder: str = typer.Argument("")) -> None:
    "For the test."
    if globals().get(place) in SYNC:
        globals()[place]()
    if place == "outside":
        said("begun")
        time.sleep(3600)
    base.run(globals()[place]())

main()
"""
SWALLOWING = ("build", "build_in_a_task", "blame", "finalize", "load", "load_in_a_task")
"""Places that make another error of what is raised in them, or none."""
PLACES = ("sleep", "compute", "compute_in_a_task", "block", "ask", "ask_in_a_thread", "compute_in_a_thread", "outside")  # fmt: skip
AT_THE_SERVER = (
    "backup {0}/copy.tar",
    "links import {0}/links.txt",
    "report docx --out {0}/a.docx",
    "sweep",
    "sweep judge 1",
    "recheck 1",
    "plan",
    "status",
    "doctor",
    "notify",
    "unproven",
    "flagged",
    "figures",
    "query --sql SELECT",
    "registry import {0}/registry.csv",
    "registry check",
    "registry proposals",
    "worklist export {0}/a.xlsx",
    "worklist import {0}/a.xlsx",
    "findings dispatch {0}/out --person 甲某",
    "findings import {0}/a.xlsx",
    "findings overdue --by 甲某",
    "review list",
    "notice list",
    "notice archive 1 --out {0}/a.zip",
    "notice feedback export 1 --out {0}/out",
    "notice feedback import 1 {0}/a.xlsx",
    "handoff --out {0}/a.json",
    "report html --out {0}/a.html",
    "report xlsx --out {0}/a.xlsx",
    "evidence verify",
    "evidence prune",
    "evidence move --to /evidence",
    "evidence sheet --out {0}/a.html",
    "sessions check",
    "login weibo --qr --custodian 张三",
)
"""Commands that open the home, as they are typed; the first ones in each run of the tests."""
FEW = ((0, signal.SIGTERM), (1, signal.SIGINT), (2, signal.SIGTERM))
USUAL = (
    ("blame", signal.SIGTERM), ("finalize", signal.SIGINT), ("load_in_a_task", signal.SIGTERM),
)  # fmt: skip
CODES = "| 130, 143 | stopped by Ctrl-C or by SIGTERM, wherever the command is"
"""As docs/commands.md has them."""
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


@contextmanager
def running(*command: str | Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """The process, in a group of its own; ended with all it has started."""
    process = Program(
        [sys.executable, *map(str, command)],
        env=clean(None, **environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def stopped_by(process: subprocess.Popen[str], sent: signal.Signals, sentence: str = WHOLE) -> str:
    """Send one signal; standard error without what stood there before."""
    process.send_signal(sent)
    # Not `communicate`: it would end the input for which a command may wait.
    code = process.wait(HANGS)
    assert process.stderr is not None
    said = process.stderr.read()
    assert code == 128 + sent, said
    assert said.splitlines()[-1] == sentence
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize(
    ("place", "sent"),
    [
        *((place, signal.SIGTERM) for place in PLACES),
        (PLACES[0], signal.SIGINT),
        *(pytest.param(place, signal.SIGINT, marks=pytest.mark.soak) for place in PLACES[1:]),
    ],
)
def test_one_signal_ends_what_runs_anywhere(place: str, sent: signal.Signals) -> None:
    with running("-c", DRIVER, "drive", place) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        stopped_by(process, sent)
        cleans_up = place in ("compute", "compute_in_a_task")
        assert ("cleaned up" in process.stdout.read()) == cleans_up


@pytest.mark.parametrize(
    ("place", "sent"),
    [
        pytest.param(place, sent, marks=() if (place, sent) in USUAL else pytest.mark.soak)
        for place in SWALLOWING
        for sent in (signal.SIGINT, signal.SIGTERM)
    ],
)
def test_a_stop_that_other_code_swallows_is_a_stop(
    tmp_path: Path, place: str, sent: signal.Signals
) -> None:
    with running("-c", DRIVER, "drive", place, tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        assert stopped_by(process, sent) == f"{WHOLE}\n"


def test_a_second_signal_ends_a_clean_up_that_hangs() -> None:
    hanging = DRIVER.replace('said("cleaned up")', 'said("cleaning"); time.sleep(3600)')
    with running("-c", hanging, "drive", "compute") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "cleaning\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(HANGS) == 130


@pytest.mark.parametrize(
    "sent", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)]
)
def test_one_signal_ends_a_query(prepared: Home, tmp_path: Path, sent: signal.Signals) -> None:
    out = tmp_path / "rows.csv"
    query = ("-m", "mediawatch", "--home", prepared.root, "query", "--seconds", "3600", "--sql")
    for words in ((ENDLESS,), (ENDLESS.replace("count(*)", "x"), "--format", "csv", "--out", out)):
        with running(*query, *words) as process:
            computes(process)
            stopped_by(process, sent)
        assert not list(tmp_path.iterdir()), "no half of a file"


def test_one_signal_ends_the_wait_for_a_lock(home: Home) -> None:
    """Of a command that writes; and the night of a sweep, which is written down when it ends."""
    table = home.root / "registry.csv"
    table.write_text("政务新媒体名称,类型\n示例市第9测试局,微信\n", encoding="utf-8")
    before = home.database.read_bytes()
    with closing(sqlite3.connect(home.database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        for words in (("registry", "import", table), ("sweep",), ("doctor",)):
            with running("-m", "mediawatch", "--home", home.root, *words) as process:
                waits_for_lock(process, home)
                stopped_by(process, signal.SIGTERM, sentence_of(str(words[0])))
        holder.execute("ROLLBACK")
        assert not holder.execute("SELECT count(*) FROM night WHERE ended_at IS NULL").fetchone()[0]
    assert home.database.read_bytes() == before


def test_one_signal_ends_a_program_that_is_waited_for(home: Home, tmp_path: Path) -> None:
    """A browser that does not tell its version, and an installer that does not end."""
    pid = tmp_path / "pid"
    sleeper = script(tmp_path / "sleeper", f"echo $$ > {pid}; exec sleep 3600")
    fast = script(tmp_path / "node", "echo v22.1")
    script(tmp_path / "apt-get", f"echo $$ > {pid}; exec sleep 3600")
    script(tmp_path / "fc-list", "exit 0")
    path = f"{tmp_path}:/usr/bin:/bin"
    part = (
        f"mediawatch: stopped; {tmp_path / 'demo'} holds a part of a demonstration: "
        "run `mediawatch demo` to make it anew"
    )
    for words, environ in (
        (("doctor",), {"MEDIAWATCH_BROWSER__EXECUTABLE": str(sleeper)}),
        (("browser",), {"MEDIAWATCH_BROWSER__EXECUTABLE": str(sleeper)}),
        (
            ("demo", "--out", str(tmp_path / "demo")),
            {"MEDIAWATCH_BROWSER__EXECUTABLE": str(sleeper)},
        ),
        (
            ("browser", "--install"),
            {
                "MEDIAWATCH_BROWSER__EXECUTABLE": str(fast),
                "PATH": path,
                "PLAYWRIGHT_NODEJS_PATH": str(fast),
            },
        ),
    ):
        pid.unlink(missing_ok=True)
        with running("-m", "mediawatch", "--home", home.root, *words, **environ) as process:
            until(process, lambda: pid.exists() and pid.read_text().endswith("\n"))
            child = pid.read_text().strip()
            sentence = {"--install": RESUMES, "--out": part}.get(
                words[1] if words[1:] else "", WHOLE
            )
            stopped_by(process, signal.SIGTERM, sentence)
            until(None, lambda child=int(child): has_ended(child))


def test_the_codes_are_those_of_the_documents() -> None:
    documents = Path(__file__).parents[2] / "docs"
    assert CODES in (documents / "commands.md").read_text("utf-8")
    assert (128 + signal.SIGINT, 128 + signal.SIGTERM) == (130, 143)


@pytest.fixture
def silent_server() -> Iterator[tuple[str, threading.Event]]:
    """A PostgreSQL server that takes a connection and never says a word, and whether one came."""
    came = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            held = []
            with suppress(OSError):
                while True:
                    held.append(server.accept())
                    came.set()

        threading.Thread(target=take, daemon=True).start()
        yield f"postgresql+psycopg://office@127.0.0.1:{server.getsockname()[1]}/x", came
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        pytest.param(typed, sent, marks=() if (number, sent) in FEW else pytest.mark.soak)
        for number, typed in enumerate(AT_THE_SERVER)
        for sent in (signal.SIGINT, signal.SIGTERM)
    ],
)
def test_one_signal_ends_a_command_that_waits_for_a_server(
    tmp_path: Path, silent_server: tuple[str, threading.Event], typed: str, sent: signal.Signals
) -> None:
    """Nothing of it is left in the folder: no file, no part of one."""
    url, came = silent_server
    home = Home(tmp_path / "home").create()
    for name in ("links.txt", "a.xlsx", "registry.csv"):
        (tmp_path / name).write_text("政务新媒体名称,类型\n", "utf-8")
    before = {path.name for path in tmp_path.iterdir()}
    words = typed.format(tmp_path).split()
    with running(
        "-m", "mediawatch", "--home", home.root, *words, MEDIAWATCH_DATABASE__URL=url
    ) as process:
        until(process, came.is_set)
        stopped_by(process, sent, sentence_of(typed))
    assert {path.name for path in tmp_path.iterdir()} == before


def sentence_of(typed: str) -> str:
    """What is true of a command that is stopped at any moment."""
    resuming = (
        "sweep", "recheck", "notify", "links import", "worklist import", "findings import",
        "notice feedback import", "evidence prune", "evidence move",
    )  # fmt: skip
    judges = typed.startswith("sweep judge")
    return RESUMES if typed.startswith(resuming) and not judges else WHOLE


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def until(process: subprocess.Popen[str] | None, is_so: Callable[[], bool]) -> None:
    """Wait for it; an error where the process ends, or after the time that only a fault reaches."""
    pause = threading.Event()
    for _ in range(HANGS * 50):
        if is_so():
            return
        assert process is None or process.poll() is None, process.communicate()
        pause.wait(0.02)
    raise AssertionError("it never came to be")


def computes(process: subprocess.Popen[str]) -> None:
    """Wait until one of its threads beside the main one has used CPU time for long."""
    tasks = Path(f"/proc/{process.pid}/task")

    def is_so() -> bool:
        return any(
            int(stat.read_text().rpartition(")")[2].split()[11]) > 20
            for stat in tasks.glob("*/stat")
            if stat.parent.name != str(process.pid)
        )

    until(process, is_so)


def waits_for_lock(process: subprocess.Popen[str], home: Home) -> None:
    """Wait until it sleeps in SQLite's busy loop: the database is open in it, in a thread."""
    tasks = Path(f"/proc/{process.pid}/task")

    def is_so() -> bool:
        return any(
            re.search(r"nanosleep", each.read_text())
            for each in tasks.glob("*/wchan")
            if each.parent.name != str(process.pid)
        )

    until(process, is_so)

"""Sweeps that are killed: the replica and each sweep in a process of its own, and the hand that
kills.

As a program: `serve FOLDER` is the replica, `sweep FOLDER HOME` one run of the sweep, `told FOLDER
HOME` a run that prints its summary, `again FOLDER HOME LOOKS` sweeps in one process.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from warm import Program

from mediawatch import demo
from mediawatch.app import DEMO_LOGINS, App, Route, WorldStage, only_one, open_app
from mediawatch.cli import logs
from mediawatch.cli.summary import print_summary
from mediawatch.demo import machine
from mediawatch.domain import LookKind, SweepState
from mediawatch.ops import retention
from mediawatch.ops.settings import Home
from mediawatch.registry.service import import_files
from mediawatch.rules.policy import load
from mediawatch.sweep.gate import canaries
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Progress, Step, Summary, no_progress
from scrapers.browser import processes
from scrapers.browser.sessions import write_state
from scrapers.replica import Replica, World

KINDS = ("python", "driver", "browser", "renderer", "machine")
"""What dies.

With the machine, the run and all that it has not brought to its files; its home goes on as it was
at that moment.
"""
_SOON = 0.4
"""Seconds between a look that was shown and the kill, at most: in the midst of what comes next."""


def clock(folder: Path) -> Callable[[], datetime]:
    """One clock for the replica and all runs: the time does not go back when a run follows a killed
    one.
    """
    began = float((folder / "began").read_text())
    as_of = World.read(folder / "world.csv").as_of
    assert as_of is not None
    return lambda: as_of + timedelta(hours=9, seconds=time.monotonic() - began)


async def serve(folder: Path) -> None:
    world = World.read(folder / "world.csv")
    async with Replica(world, now=clock(folder), logged_in=DEMO_LOGINS) as replica:
        states = {platform: replica.storage_state(platform) for platform in DEMO_LOGINS}
        text = json.dumps({"proxy": replica.proxy, "args": replica.chromium_args, "states": states})
        (folder / "replica.part").write_text(text)
        (folder / "replica.part").replace(folder / "replica.json")
        await asyncio.Event().wait()


def over(folder: Path, home: Path) -> AbstractAsyncContextManager[App]:
    """The app over a home, before the replica."""
    at = json.loads((folder / "replica.json").read_text())
    return open_app(Home.at(home), clock=clock(folder), route=Route(at["proxy"], tuple(at["args"])))


async def swept(
    app: App, folder: Path, shown: Progress = no_progress, *, again: bool = False
) -> Summary:
    as_of = World.read(folder / "world.csv").as_of
    app.pace = 0
    request = Request(
        policy=load("tibet"), as_of=as_of, second_look_after=timedelta(0), again=again
    )
    with only_one(app.home):
        return await app.engine().run(request, shown)


async def sweep(folder: Path, home: Path) -> None:
    """One run, to its end if it is let; tells the number of each reading as it is shown."""

    def shown(step: Step) -> None:
        if step.reading is not None:
            print(step.reading.id, flush=True)

    async with over(folder, home) as app:
        await swept(app, folder, shown)


async def tell(folder: Path, home: Path) -> int:
    """One run as the command makes it: its summary printed, its exit code returned.

    A line `left:` names the processes that are below this one when all is closed, zombies included.
    """

    def shown(step: Step) -> None:
        print("look", flush=True)

    async with over(folder, home) as app:
        summary = await swept(app, folder, shown)
    print_summary(summary)
    print("left:", *map(_named, processes.descendants(os.getpid())))
    return summary.exit_code


def _named(pid: int) -> str:
    with suppress(OSError):
        return (Path("/proc") / str(pid) / "stat").read_text()
    return ""


async def again(folder: Path, home: Path, looks: int) -> None:
    """Sweeps over the same accounts in one process, until so many looks were made; tells what each
    sweep found in memory.
    """
    made = 0
    async with over(folder, home) as app:
        while made < looks:
            made += (await swept(app, folder, again=True)).looks
            (driver,) = _of("driver", os.getpid())
            parts = {
                "python": {os.getpid()},
                "driver": {driver},
                "browser": processes.descendants(driver),
            }
            print(
                json.dumps(
                    {
                        "looks": made,
                        **{part: processes.memory_mb(pids) for part, pids in parts.items()},
                    }
                ),
                flush=True,
            )


@dataclass(frozen=True)
class Theatre:
    """A replica that runs, and a home with its registry, logins and canaries, to be copied."""

    folder: Path

    def home(self, name: str) -> Path:
        return Path(shutil.copytree(self.folder / "home", self.folder / name))

    def run(self, home: Path, *words: str) -> subprocess.Popen[str]:
        """One run of the sweep over a home, in a process of its own; another program of this file
        by its words.
        """
        program, *more = words or ("sweep",)
        command = [sys.executable, __file__, program, str(self.folder), str(home), *more]
        # What takes long on a machine that has much else to do is not what dies here.
        patient = {
            f"MEDIAWATCH_TIMEOUTS__{name}": "60"
            for name in ("LAUNCH", "NAVIGATION", "REPLY", "CHALLENGE")
        }
        with (home / "stderr.txt").open("a") as errors:
            return Program(
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**patient, **os.environ},
            )

    async def told(self, home: Path) -> Told:
        """What stands in a home after its sweep has been finished."""
        async with over(self.folder, home) as app:
            (one,) = await app.store.sweeps.all()
            scope, readings = (
                await app.store.sweeps.scope(one.id),
                await app.store.readings.by_account(),
            )
            check = await retention.verify_evidence(app.store, app.evidence)
        judged = {entry.account.id: entry.judgement for entry in scope if entry.judgement}
        looks = {number: Counter(each.look for each in found) for number, found in readings.items()}
        return Told(
            finished=one.state is SweepState.FINISHED,
            verdicts={
                number: (
                    each.verdict.value,
                    each.latest_on,
                    # A killed browser takes its warm page along: the next look may load the
                    # account's own, whose date is exact.
                    each.date_kind if each.findings else None,
                    *sorted((one.code.value, one.sentence) for one in each.findings),
                )
                for number, each in judged.items()
            },
            outcomes={
                number: each.outcome.value
                for number, found in readings.items()
                for each in found
                if each.look is LookKind.FIRST
            },
            looks={
                number: (counted[LookKind.FIRST], counted[LookKind.SECOND])
                for number, counted in looks.items()
            },
            readings={each.id for found in readings.values() for each in found},
            wrong=[sentence for sentence, _ in check.wrong],
            orphans=len(check.orphans),
        )


@dataclass(frozen=True)
class Told:
    """By account number: verdict with findings, outcome of the first look, first and second looks.

    `wrong`, `orphans`: of evidence.
    """

    finished: bool
    verdicts: dict[int, tuple[object, ...]]
    outcomes: dict[int, str]
    looks: dict[int, tuple[int, int]]
    readings: set[int]
    wrong: list[str]
    orphans: int


@contextmanager
def theatre(folder: Path, accounts: int) -> Iterator[Theatre]:
    """The first so many accounts of the shipped world, as its platforms are mixed.

    The replica behind them runs in a process of its own.
    """
    lines = demo.shipped_world().read_text("utf-8").splitlines(keepends=True)
    remarks, (heading, *rows) = (
        [line for line in lines if line.startswith("#")],
        [line for line in lines if not line.startswith("#")],
    )
    step = max(1, len(rows) // accounts)
    (folder / "world.csv").write_text(
        "".join([*remarks, heading, *rows[::step][:accounts]]), "utf-8"
    )
    (folder / "began").write_text(str(time.monotonic()))
    server = subprocess.Popen([sys.executable, __file__, "serve", str(folder)])
    try:
        while not (folder / "replica.json").exists():
            assert server.poll() is None, "the replica does not start"
            time.sleep(0.05)
        asyncio.run(_furnished(folder))
        yield Theatre(folder)
    finally:
        server.terminate()
        server.wait()


async def _furnished(folder: Path) -> None:
    home, world = Home.at(folder / "home").create(), World.read(folder / "world.csv")
    assert world.as_of is not None
    for platform, state in json.loads((folder / "replica.json").read_text())["states"].items():
        write_state(home.sessions / platform / "office.json", state)
    home.canaries.write_text(
        canaries.to_toml(WorldStage(world, world.as_of).canaries(), "演示数据"), "utf-8"
    )
    machine.write_registry(folder / "registry.xlsx", world.filed_rows())
    async with over(folder, home.root) as app:
        await import_files(app.store, [folder / "registry.xlsx"], now=app.clock())


def killed(stage: Theatre, home: Path, seed: int, kinds: Sequence[str]) -> set[int]:
    """Run a sweep to its end, and kill all these on the way.

    The seed chooses the order and the moments. Returns the readings that were shown. AssertionError
    where a run ends in another way, or before all that.
    """
    chance, shown = random.Random(seed), set[int]()
    left = chance.sample(kinds, len(kinds))
    while True:
        with ended(stage.run(home)) as run:
            assert run.stdout is not None
            if by_us := bool(left) and left[0] == "python" and chance.random() < 0.5:
                time.sleep(chance.uniform(0, 3))  # while it starts
                run.kill()
                left.pop(0)
            else:
                by_us = _disturbed(run, run.stdout, home, chance, shown, left)
            shown |= {int(line) for line in run.stdout}
            code = run.wait()
        if code == 0:
            assert not left, "the sweep was finished too soon"
            return shown
        assert by_us, f"ended with {code}: {(home / 'stderr.txt').read_text()[-2000:]}"


@contextmanager
def ended(run: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """Also where the test fails meanwhile."""
    try:
        with run:
            yield run
    finally:
        run.kill()


def killed_again_and_again(run: subprocess.Popen[str]) -> tuple[int, set[tuple[int, str]]]:
    """Kill the browser of a run whenever there is one, from its first reading to its end.

    How often; and all processes that it had on the way (`births`).
    """
    assert run.stdout is not None
    assert run.stdout.readline(), "the run ends before its first reading"
    times, seen = 0, set[tuple[int, str]]()
    while run.poll() is None:
        seen |= births(processes.descendants(run.pid))
        for pid in _of("browser", run.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                times += 1
        time.sleep(_SOON)
    return times, seen


def births(pids: Iterable[int]) -> set[tuple[int, str]]:
    """These processes with the moment at which each began: a number alone may be used again.

    Zombies count; what has gone does not.
    """
    found = set()
    for pid in pids:
        with suppress(OSError):
            words = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
            found.add((pid, words[19]))
    return found


def _disturbed(
    run: subprocess.Popen[str],
    told: IO[str],
    home: Path,
    chance: random.Random,
    shown: set[int],
    left: list[str],
) -> bool:
    """Kill now and then until the run itself was hit (True) or has ended."""
    due = chance.randint(0, 3)
    for line in told:
        due -= int(line) not in shown
        shown.add(int(line))
        if due > 0 or not left:
            continue
        time.sleep(chance.uniform(0, _SOON))
        there = {kind: _of(kind, run.pid) for kind in left}
        kind = next(
            (kind for kind in left if there[kind]), ""
        )  # driver and browser may be just starting
        if not kind:
            continue
        left.remove(kind)
        if kind == "machine":
            _lose_power(run, home)
        else:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(there[kind]), signal.SIGKILL)
        if kind in ("python", "machine"):
            return True
        due = chance.randint(1, 3)
    return False


def _lose_power(run: subprocess.Popen[str], home: Path) -> None:
    """What is in its files at one moment is all that stays: no lock, no shared memory of the
    database.
    """
    run.send_signal(signal.SIGSTOP)
    kept = shutil.copytree(
        home, home.with_suffix(".kept"), ignore=shutil.ignore_patterns("tmp", "*-shm")
    )
    run.kill()
    run.wait()
    shutil.rmtree(home, ignore_errors=True)  # its browser is just ending
    kept.rename(home) if not home.exists() else shutil.copytree(kept, home, dirs_exist_ok=True)


def _of(kind: str, run: int) -> list[int]:
    """The processes of a run that are of this kind."""
    if kind in ("python", "machine"):
        return [run]
    words = {pid: command(pid) for pid in sorted(processes.descendants(run))}
    sign = {
        "driver": "run-driver",
        "browser": "--remote-debugging-pipe",
        "renderer": "--type=renderer",
    }[kind]
    return [
        pid
        for pid, called in words.items()
        if sign in called and (kind == "renderer" or "--type=" not in called)
    ]


def command(pid: int) -> str:
    with suppress(OSError):
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    return ""


if __name__ == "__main__":
    logs.set_up("warning")
    program, *where = sys.argv[1:]
    match program, where:
        case "serve", [folder]:
            asyncio.run(serve(Path(folder)))
        case "sweep", [folder, home]:
            asyncio.run(sweep(Path(folder), Path(home)))
        case "told", [folder, home]:
            sys.exit(asyncio.run(tell(Path(folder), Path(home))))
        case "again", [folder, home, looks]:
            asyncio.run(again(Path(folder), Path(home), int(looks)))

"""`make bench`: the cost of a sweep, of a page an account, and of plain requests.

All on one replica, in one run. The replica runs in a process of its own and is not counted.
docs/benchmarks.md says how to read the table.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from processes import measured, passed, python
from ways import Answers, Place, plain, requests, sweep
from worlds import MIX, Answer, answer_of, world

from mediawatch.app import DEMO_LOGINS, clock_from, open_app
from mediawatch.cli import logs
from scrapers.browser.sessions import write_state

if TYPE_CHECKING:
    from scrapers.replica import World


@dataclass(frozen=True)
class Set:
    """Accounts that are read together.

    `sleepers`: every ninth sleeps, so that the sweep looks twice and keeps evidence.
    """

    counts: Mapping[str, int]
    sleepers: bool = False

    @property
    def ways(self) -> tuple[str, ...]:
        """Plain requests cannot ask what a site's own script must sign."""
        return (
            ("sweep", "plain", "requests")
            if not self.counts.keys() & {"douyin", "toutiao"}
            else ("sweep", "plain")
        )


SETS = {
    "wechat": Set({"wechat": 118}),
    "weibo": Set({"weibo": 40}),
    "douyin": Set({"douyin": 24}),
    "toutiao": Set({"toutiao": 24}),
    "mix": Set(MIX),
    "mix, long": Set({platform: 4 * count for platform, count in MIX.items()}),
    "mix, twice": Set(MIX, sleepers=True),
}
FEW = {
    "few": Set({"wechat": 3, "weibo": 1, "douyin": 1, "toutiao": 1}),
    "few, unsigned": Set({"wechat": 3, "weibo": 1}),
}
"""To see that all of it still works."""
WEIGHTS = ("light", "real", "far")
DISTANCE = 0.15
"""Seconds until a far site answers."""
WAYS = {"sweep": sweep, "plain": plain, "requests": requests}


@dataclass(frozen=True)
class Row:
    """One way over one set. `wrong`: answers that are not the world's truth, of `accounts`."""

    weight: str
    set: str
    way: str
    accounts: int
    wrong: int
    start_wall_seconds: float
    start_cpu_seconds: float
    """Until interpreter, database and browser were up: once a run, whatever the number of
    accounts.
    """
    wall_seconds: float
    cpu_seconds: float
    """Of the accounts, to the end of the process."""
    peak_mb: float

    def __str__(self) -> str:
        rate, cpu = 60 * self.accounts / self.wall_seconds, 100 * self.cpu_seconds / self.accounts
        named = f"{self.weight:<6} {self.set:<11} {self.way:<9} {self.accounts:>8} {self.wrong:>6}"
        return (
            f"{named} {self.start_cpu_seconds:>12.1f} {cpu:>15.1f} {rate:>13.0f} "
            f"{self.peak_mb:>9.0f}"
        )


HEAD = (
    f"{'weight':<6} {'set':<11} {'way':<9} {'accounts':>8} {'wrong':>6} "
    f"{'start CPU s':>12} {'CPU s/100 acc.':>15} {'accounts/min':>13} {'peak MB':>9}"
)


def world_of(name: str) -> World:
    return world((SETS | FEW)[name].counts, sleepers=(SETS | FEW)[name].sleepers)


async def serve(folder: Path, name: str, weight: str) -> None:
    """The replica, until somebody ends it; says where it is in a file."""
    # Imported late: what stands for the sites is in no sweep's memory.
    from weights import real_weight

    from scrapers.replica import Replica

    stood_for = world_of(name)
    assert stood_for.as_of is not None
    clock = clock_from(stood_for.as_of + timedelta(hours=9))
    far = DISTANCE if weight == "far" else 0.0
    async with Replica(
        stood_for,
        now=clock,
        logged_in=DEMO_LOGINS,
        before=[] if weight == "light" else [real_weight],
        distance=far,
    ) as replica:
        states = {platform: replica.storage_state(platform) for platform in DEMO_LOGINS}
        at = {
            "proxy": replica.proxy,
            "args": replica.chromium_args,
            "states": states,
            "ca_pem": replica.ca_pem.decode(),
        }
        (folder / "replica.part").write_text(json.dumps(at))
        (folder / "replica.part").replace(folder / "replica.json")
        await asyncio.Event().wait()


def place_of(folder: Path, name: str, way: str) -> Place:
    at = json.loads((folder / "replica.json").read_text())
    return Place(
        partial(world_of, name),
        at["proxy"],
        tuple(at["args"]),
        at["states"],
        at["ca_pem"],
        folder,
        partial(passed, folder / f"{way}.gate"),
    )


async def prepare(place: Place) -> None:
    """The sweep's home: logins and registry, as other commands leave them. Not counted."""
    # Imported late: what reads workbooks is in no process that is measured.
    from mediawatch.demo import machine
    from mediawatch.registry.service import import_files

    place.home.create()
    for platform, state in place.states.items():
        write_state(place.home.sessions / platform / "bench.json", state)
    machine.write_registry(place.folder / "registry.xlsx", place.read_world().filed_rows())
    clock = clock_from(place.now)
    async with open_app(place.home, clock=clock) as app:
        await import_files(app.store, [place.folder / "registry.xlsx"], now=clock())


async def run(folder: Path, name: str, way: str) -> None:
    """One way, in a process of its own; its answers in a file."""
    answers = await WAYS[way](place_of(folder, name, way))
    (folder / f"{way}.json").write_text(
        json.dumps({known: asdict(answer) for known, answer in answers.items()}, default=str)
    )


def wrong(stood_for: World, answers: Mapping[str, Mapping[str, str | None]]) -> int:
    """How many accounts were not read as they are."""
    wanted: Answers = {true.filed["name"]: answer_of(true) for true in stood_for.accounts}
    return sum(not _same(answers.get(name), answer) for name, answer in wanted.items())


def _same(read: Mapping[str, str | None] | None, answer: Answer) -> bool:
    return read is not None and (read["name"], read["latest"]) == (
        answer.name,
        answer.latest and str(answer.latest),
    )


def rows(name: str, weight: str, ways: Sequence[str]) -> Iterator[Row]:
    """All ways over one set, one after another before one replica."""
    me = str(Path(__file__))
    with tempfile.TemporaryDirectory(prefix="mediawatch-bench-") as temporary:
        folder = Path(temporary)
        server = os.spawnv(
            os.P_NOWAIT, sys.executable, python(me, "serve", temporary, name, weight)
        )
        try:
            while not (folder / "replica.json").exists():
                time.sleep(0.05)
            asyncio.run(prepare(place_of(folder, name, "sweep")))
            for way in ways:
                gate = folder / f"{way}.gate"
                gate.mkdir()
                cost = measured(python(me, "run", temporary, name, way), gate)
                answers = json.loads((folder / f"{way}.json").read_text())
                stood_for = world_of(name)
                missed = wrong(stood_for, answers)
                wall, cpu = cost.wall - cost.start_wall, cost.cpu_seconds - cost.start_cpu
                yield Row(
                    weight,
                    name,
                    way,
                    len(stood_for.accounts),
                    missed,
                    cost.start_wall,
                    cost.start_cpu,
                    wall,
                    cpu,
                    cost.peak_mb,
                )
        finally:
            os.kill(server, 15)
            os.waitpid(server, 0)


def main(words: Sequence[str]) -> None:
    """`serve FOLDER SET WEIGHT` and `run FOLDER SET WAY` are this program's own processes."""
    # As in a command: only warnings, and on standard error. The table stands alone.
    logs.set_up("warning")
    match words:
        case ["serve", folder, name, weight]:
            asyncio.run(serve(Path(folder), name, weight))
        case ["run", folder, name, way]:
            asyncio.run(run(Path(folder), name, way))
        case _:
            compare(words)


def compare(words: Sequence[str]) -> None:
    """The table, row by row, and the same as JSON."""
    parser = argparse.ArgumentParser(
        description="What a sweep costs next to plain Playwright and plain requests."
    )
    parser.add_argument("--sets", nargs="*", choices=[*SETS, *FEW], default=list(SETS))
    parser.add_argument("--weights", nargs="*", choices=WEIGHTS, default=list(WEIGHTS))
    parser.add_argument("--json", type=Path, default=Path("bench.json"))
    chosen = parser.parse_args(words)
    print(f"load average {os.getloadavg()[0]:.1f}\n{HEAD}", flush=True)
    done: list[Row] = []
    for weight in chosen.weights:
        for name in chosen.sets:
            for row in rows(name, weight, (SETS | FEW)[name].ways):
                done.append(row)
                print(row, flush=True)
    document = {"load": os.getloadavg()[0], "rows": [asdict(row) for row in done]}
    chosen.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

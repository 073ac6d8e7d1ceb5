"""A night of the nation on the engine's real queue, with looks that only sleep.

`night DUE [--workers N] [--scale S] [--seconds T]`: a real PostgreSQL (set as Debian sets it), the
real coordinator and workers, each worker at an address of its own. In place of the scrapers stands
a looker whose looks take the measured length. Paces are those that the surfaces declare. All
lengths are divided by S, by the product's own factor; with 0 nothing waits, so that it shows what
the queue carries. T ends it so many seconds after the first look. docs/scale.md has the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import psycopg
from nation_demand import VISITED, night_of
from nation_looker import SleepingLooker, file_all, ways
from ordered_sweeps import alive, database_of, host_now, today_request
from processes import _family, _spent
from worker_cost import cluster, cpu_of

import db
from db.engine import normal_url
from db.migrate import upgrade
from db.pace import SqlPaceBook
from db.tasks.queue import open_queue
from db.tasks.schema import prepare
from mediawatch.cli import logs
from mediawatch.ops.evidence import DiskPlace, EvidenceFolder, take_place
from mediawatch.ports.store import WorkerCard
from mediawatch.ports.tasks import queue_at, queue_of
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.gate.breakers import Breaker
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.summary import Step
from mediawatch.sweep.tools import OrderTools, SweepTools
from mediawatch.sweep.worker import LookWorker

SERVER = ("listen_addresses=''", "shared_buffers=128MB", "max_connections=100")
"""All else is PostgreSQL's own: with fsync, WAL and autovacuum, as an office runs it."""
SECOND_LOOK_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Of one simulated night."""

    due: int
    workers: int = 2
    scale: float = 100.0
    """Every length is divided by it. 0: nothing waits."""
    seconds: float = 0.0
    """After the first look, when it ends. 0: when all is done."""

    @property
    def factor(self) -> float:
        return 1 / self.scale if self.scale else 0.0


@asynccontextmanager
async def shared_tools(
    url: str, folder: Path, factor: float, address: str = ""
) -> AsyncIterator[SweepTools]:
    """As `app.root` composes them, the looker excepted."""
    store = await db.open_store(url, clock=host_now, patience=60)
    rows = db.open_pace(url)
    assert rows is not None
    book = SqlPaceBook(rows, address, Breaker)
    pacing = Pacing(scale=factor, clock=host_now, book=book)
    looker = SleepingLooker(factor)
    place, owner = DiskPlace(folder / "evidence"), await store.operator.home_id()
    evidence = EvidenceFolder(place, owner)
    try:
        yield SweepTools(store, looker, evidence, host_now, pacing, book=book)
    finally:
        await rows.close()
        await store.close()


async def work(url: str, folder: Path, address: str, factor: float) -> None:
    """One worker, until somebody ends it."""
    served = {platform: (queue_of(platform), queue_at(platform, address)) for platform in VISITED}
    card = WorkerCard(
        name=address,
        host="bench",
        process=os.getpid(),
        version="1",
        queues=tuple(each for some in served.values() for each in some),
        address=address,
    )
    async with shared_tools(url, folder, factor, address) as tools:
        queues = await open_queue(normal_url(url))
        try:
            await LookWorker(tools, SleepingLooker(factor), card, served, at_once=4).run(queues)
        finally:
            await queues.close()


@dataclass
class Tally:
    """What the coordinator's progress shows. It says each phase on stdout, with what it spent."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    last: Step | None = None
    over: bool = False
    """Whether all first looks are made."""

    def tell(self, phase: str, **more: object) -> None:
        done = self.last.done if self.last else 0
        used = resource.getrusage(resource.RUSAGE_SELF)
        said = {"phase": phase, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}
        print(json.dumps(said | {"done": done} | more), flush=True)

    def __call__(self, step: Step) -> None:
        self.last = step
        if not self.begun.is_set():
            self.begun.set()
            self.tell("begun")
        if step.done == step.total:
            if not self.over:
                self.over = True
                self.tell("firsts")
            if not step.second_looks:
                self.tell("looked")


async def coordinate(url: str, folder: Path, terms: Terms) -> None:
    """The coordinator, to the end of the sweep or of its time."""
    tally = Tally()
    tasks = await open_queue(normal_url(url))
    async with (
        shared_tools(url, folder, terms.factor) as tools,
        tools.store.ledger.alone() as still_alone,
    ):
        engine = Engine(
            tools.store,
            tools.looker,
            tools.evidence,
            host_now,
            tools.pacing,
            book=tools.book,
            orders=OrderTools(tasks=tasks, ways=ways, still_alone=still_alone),
        )
        tally.tell("started")
        request = today_request(second_look_after=terms.factor * SECOND_LOOK_AFTER)
        running = asyncio.create_task(engine.run(request, tally))
        if terms.seconds:
            await tally.begun.wait()
            await asyncio.wait({running}, timeout=terms.seconds)
        if running.done() or not terms.seconds:
            summary = await running
            verdicts = {each.value: count for each, count in summary.verdicts.items()}
            tally.tell("ended", verdicts=verdicts, left=summary.left)
        else:
            tally.tell("looked")
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
    await tasks.close()


def program(*words: object, **piped: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, __file__, *map(str, words)],
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        **piped,
    )


def kept_looks(url: str) -> int:
    """Workers begin while orders are still being given: the coordinator knows of them later."""
    host, name = database_of(url)
    with psycopg.connect(host=host, user="postgres", dbname=name) as connection:
        row = connection.execute("SELECT count(*) FROM reading").fetchone()
        assert row is not None
        return int(row[0])


async def night(terms: Terms) -> dict[str, Any]:
    """Its figures: by phase, what had been spent when it began."""
    with cluster(SERVER) as server, tempfile.TemporaryDirectory() as temporary:
        url = server.url()
        upgrade(url)
        prepare(normal_url(url))
        store = await db.open_store(url)
        await file_all(store, terms.due)
        take_place(DiskPlace(Path(temporary) / "evidence"), await store.operator.home_id())
        running = [
            program("work", url, temporary, f"address-{number}", terms.factor)
            for number in range(terms.workers)
        ]
        try:
            await alive(store, terms.workers)
            await store.close()
            given = json.dumps(asdict(terms))
            with program(
                "coordinate", url, temporary, given, stdout=subprocess.PIPE
            ) as coordinator:
                running.append(coordinator)
                assert coordinator.stdout is not None
                phases = {}
                for line in coordinator.stdout:
                    said = json.loads(line)
                    said["at"], said["server"] = time.monotonic(), cpu_of(server)
                    said["looks"] = kept_looks(url)
                    said["workers"] = sum(
                        _spent(pid)
                        for each in running[: terms.workers]
                        for pid in _family(each.pid)
                    )
                    said["load"] = os.getloadavg()[0]
                    phases[said["phase"]] = said
            assert coordinator.returncode == 0
        finally:
            for each in running:
                if each.poll() is None:
                    each.terminate()
                each.wait()
    return phases


def told(terms: Terms, phases: Mapping[str, Any]) -> str:
    """The figures in words."""
    started, begun, looked = (phases[each] for each in ("started", "begun", "looked"))
    looks = looked["looks"] - begun["looks"]
    wall = looked["at"] - begun["at"]

    def spent(what: str) -> float:
        return 1000 * float(looked[what] - begun[what]) / max(1, looks)

    lines = [
        f"{terms.due} due, {terms.workers} workers, 1:{terms.scale:g}; load {looked['load']:.1f}",
        f"until the first look: {begun['at'] - started['at']:.1f} s, coordinator "
        f"{begun['cpu'] - started['cpu']:.1f} CPU s, server "
        f"{begun['server'] - started['server']:.1f}",
        f"{looks} looks in {wall:.1f} s, {looks / wall:.1f} a second; CPU ms a look: coordinator "
        f"{spent('cpu'):.1f}, workers {spent('workers'):.1f}, PostgreSQL {spent('server'):.1f}; "
        f"coordinator {looked['mb']:.0f} MB",
    ]
    if terms.scale and (firsts := phases.get("firsts")):
        reckoned = night_of(terms.due, terms.workers) / terms.scale
        lines.append(
            f"all first looks after {firsts['at'] - begun['at']:.1f} s; by the paces alone "
            f"{reckoned:.1f} s"
        )
    if ended := phases.get("ended"):
        lines.append(
            f"judged and closed in {ended['at'] - looked['at']:.1f} s, coordinator "
            f"{ended['cpu'] - looked['cpu']:.1f} CPU s, server "
            f"{ended['server'] - looked['server']:.1f}, coordinator {ended['mb']:.0f} MB; "
            f"{ended['verdicts']}, {ended['left']} left"
        )
    return "\n".join(lines)


def main(words: Sequence[str]) -> None:
    logs.set_up("warning")
    match words:
        case ["work", url, folder, address, factor]:
            with suppress(KeyboardInterrupt):
                asyncio.run(work(url, Path(folder), address, float(factor)))
        case ["coordinate", url, folder, terms]:
            asyncio.run(coordinate(url, Path(folder), Terms(**json.loads(terms))))
        case ["night", *given]:
            parser = argparse.ArgumentParser(description=__doc__)
            parser.add_argument("due", type=int)
            parser.add_argument("--workers", type=int, default=Terms.workers)
            parser.add_argument("--scale", type=float, default=Terms.scale)
            parser.add_argument("--seconds", type=float, default=Terms.seconds)
            terms = Terms(**vars(parser.parse_args(given)))
            print(told(terms, asyncio.run(night(terms))), flush=True)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])

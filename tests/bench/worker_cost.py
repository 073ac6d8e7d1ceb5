"""What handing looks out to workers costs, and what a second worker brings.

`defer [ORDERS]`: orders are put into the queue and taken back. `hand [ACCOUNTS]`: a scripted site
that answers at once; what a look costs ordered from a worker, and in one process, on the same
PostgreSQL. `pair [ACCOUNTS]`: the replica with answers after 150 ms and a real browser; one worker
pinned to one core, then two workers on two. CPU of the replica and of PostgreSQL stands apart.
`memory [ACCOUNTS]`: one worker before pages as heavy as real ones; the greatest sum of the PSS of
its processes.
docs/benchmarks.md says how to read the figures.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import worlds
from ordered_sweeps import Field, alive, file_accounts, sweep, sweep_alone
from postgres import SETTINGS, Cluster, binaries
from processes import _family, _pss_mb, _spent
from worlds import MIX

import db
from db.engine import normal_url
from db.migrate import upgrade
from db.tasks.queue import open_queue
from db.tasks.schema import prepare
from mediawatch.app import DEMO_LOGINS, App, Route, open_app
from mediawatch.app.evidence_moves import take_evidence
from mediawatch.app.workers import make_worker, open_coordinator
from mediawatch.cli import logs
from mediawatch.domain.clock import day_end, day_of
from mediawatch.ops.settings import Home
from mediawatch.ports.store import LookOrder
from mediawatch.rules.policy import load
from mediawatch.sweep.request import Request

DISTANCE = 0.15
"""Seconds until a site answers."""


def host_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def cluster(settings: Sequence[str] = SETTINGS) -> Iterator[Cluster]:
    found = binaries()
    assert found is not None, "PostgreSQL is not installed"
    with tempfile.TemporaryDirectory(prefix="mw-bench-pg-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        made = Cluster(found, Path(folder), settings)
        made.start()
        try:
            yield made
        finally:
            made.stop()


def cpu_of(cluster: Cluster) -> float:
    """CPU seconds of the server, with what its ended connections have spent."""
    root = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
    return sum(map(_spent, _family(root)))


async def defer(count: int) -> None:
    with cluster() as server:
        url = server.url()
        upgrade(url)
        prepare(normal_url(url))
        queue = await open_queue(normal_url(url))
        orders = [
            (
                LookOrder(sweep_id=1, platform="weibo", account_id=number),
                f"weibo:office-{number % 3}",
                -number,
            )
            for number in range(count)
        ]
        began, spent = time.monotonic(), time.process_time()
        await queue.defer(orders)
        print(
            f"{count} orders deferred in {time.monotonic() - began:.1f} s "
            f"({time.process_time() - spent:.1f} s CPU here)"
        )
        began = time.monotonic()
        held = await queue.outstanding(1)
        print(f"{len(held)} orders reckoned in {time.monotonic() - began:.1f} s")
        began = time.monotonic()
        gone = await queue.cancel(1)
        print(f"{len(gone)} orders taken back in {time.monotonic() - began:.1f} s")
        await queue.close()


async def hand(count: int) -> None:
    names = [f"鲜{number % 9}{chr(0x4E00 + number)}" for number in range(count)]
    with cluster() as server, tempfile.TemporaryDirectory() as temporary:
        url = server.url()
        upgrade(url)
        store = await db.open_store(url)
        await file_accounts(store, *names)
        spent, at_server, began = time.process_time(), cpu_of(server), time.monotonic()
        await sweep_alone(store, Path(temporary))
        alone = time.process_time() - spent
        print(
            f"in one process: {1000 * alone / count:.2f} ms CPU a look, "
            f"server {1000 * (cpu_of(server) - at_server) / count:.2f} ms, "
            f"{time.monotonic() - began:.1f} s"
        )
        prepare(normal_url(url))
        with closing(Field(url, Path(temporary))) as field:
            worker = field.worker(usual_beats=True)
            await alive(store, 1)
            here, there = time.process_time(), _spent(worker.pid)
            at_server, began = cpu_of(server), time.monotonic()
            await sweep(field, again=True)
            here, there = time.process_time() - here, _spent(worker.pid) - there
            print(
                f"ordered: coordinator {1000 * here / count:.2f} ms, worker "
                f"{1000 * there / count:.2f} ms, server "
                f"{1000 * (cpu_of(server) - at_server) / count:.2f} ms, "
                f"{time.monotonic() - began:.1f} s; "
                f"handing out: {1000 * (here + there - alone) / count:.2f} ms CPU a look"
            )
        await store.close()


async def serve(folder: Path, count: int, weight: str) -> None:
    """The replica, until somebody ends it. Its pages are "far" (and small) or "real" (and near)."""
    from weights import real_weight

    from scrapers.replica import Replica

    worlds.AS_OF = day_of(host_now()) - timedelta(days=1)
    whole = sum(MIX.values())
    counts = {platform: max(1, some * count // whole) for platform, some in MIX.items()}
    world = worlds.world(counts, sleepers=False)
    from mediawatch.demo.machine import write_registry

    write_registry(folder / "registry.xlsx", world.filed_rows())
    how = {"distance": DISTANCE} if weight == "far" else {"before": [real_weight]}
    async with Replica(world, now=host_now, logged_in=DEMO_LOGINS, **how) as replica:
        at = {
            "proxy": replica.proxy,
            "args": replica.chromium_args,
            "ca_pem": replica.ca_pem.decode(),
            "states": {platform: replica.storage_state(platform) for platform in DEMO_LOGINS},
        }
        (folder / "replica.part").write_text(json.dumps(at))
        (folder / "replica.part").replace(folder / "replica.json")
        await asyncio.Event().wait()


async def work(folder: Path, home: Path) -> None:
    """One worker, until somebody ends it."""
    at = json.loads((folder / "replica.json").read_text())
    route = Route(at["proxy"], tuple(at["args"]), at["ca_pem"].encode())
    async with open_app(Home.at(home), route=route, patience=60, any_home=True) as app:
        app.pace = 0
        async with app.tasks() as queues:
            await (await make_worker(app, None)).run(queues)


def home_on(url: str, folder: Path) -> Home:
    home = Home.at(folder).create()
    place = folder.parent / "evidence"
    settings = f'[database]\nurl = "{url}"\n[evidence]\nplace = "{place}"\n'
    home.config.write_text(settings, "utf-8")
    return home


def start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words)


def wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(0.1)


@contextmanager
def replica_of(count: int, weight: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Where it is stands in the folder."""
    me = str(Path(__file__))
    replica = start(sys.executable, me, "serve", str(folder), str(count), weight)
    try:
        wait_for(folder / "replica.json")
        yield replica
    finally:
        replica.terminate()
        replica.wait()


@asynccontextmanager
async def workers_at(
    url: str, folder: Path, workers: int
) -> AsyncIterator[tuple[App, list[subprocess.Popen[bytes]]]]:
    """A home with its registry, and so many workers, each pinned to a core of its own."""
    from mediawatch.registry.service import import_files

    home = home_on(url, folder / f"home-{workers}")
    place = folder / "evidence"
    (place / "mediawatch.json").unlink(missing_ok=True)  # of the database before
    async with open_app(home, patience=60) as app:
        await take_evidence(app)
    async with open_app(home, patience=60) as app:
        app.pace = 0
        await import_files(app.store, [folder / "registry.xlsx"], now=host_now())
        running = []
        for number in range(workers):
            own = home_on(url, folder / f"worker-{workers}-{number}").root
            words = ["taskset", "-c", str(number), sys.executable, str(Path(__file__)), "work"]
            running.append(start(*words, str(folder), str(own)))
        try:
            await alive(app.store, workers)
            await asyncio.sleep(5)
            yield app, running
        finally:
            for each in running:
                each.terminate()
            for each in running:
                each.wait()


async def pair(count: int) -> None:
    with cluster() as server, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with replica_of(count, "far", folder) as replica:
            walls = []
            for workers in (1, 2):
                async with workers_at(server.url(), folder, workers) as (app, running):
                    pids = [each.pid for each in running]
                    walls.append(await timed(app, pids, replica, server))
            print(f"two workers take {walls[1] / walls[0]:.2f} of the time of one")


async def memory(count: int) -> None:
    with cluster() as server, tempfile.TemporaryDirectory() as temporary:
        folder, parts = Path(temporary), list[float]()
        with replica_of(count, "real", folder) as replica:
            async with workers_at(server.url(), folder, 1) as (app, (worker,)):
                watching = asyncio.create_task(watch(worker.pid, parts))
                await timed(app, [worker.pid], replica, server)
                watching.cancel()
        print(f"at most {max(parts):.0f} MB")


async def watch(root: int, found: list[float]) -> None:
    """The memory of a process with its descendants, five times a second."""
    while True:
        found.append(sum(map(_pss_mb, _family(root))))
        await asyncio.sleep(0.2)


async def timed(app, workers: Sequence[int], replica, server: Cluster) -> float:  # type: ignore[no-untyped-def]
    def spent() -> tuple[float, float, float, float]:
        of_workers = sum(_spent(pid) for root in workers for pid in _family(root))
        return of_workers, _spent(replica.pid), cpu_of(server), time.process_time()

    async with open_coordinator(app) as engine:
        before, began = spent(), time.monotonic()
        request = Request(
            policy=load("tibet"),
            as_of=day_end(day_of(host_now()) - timedelta(days=1)),
            second_look_after=timedelta(0),
        )
        summary = await engine.run(request)
        wall = time.monotonic() - began
    used = [after - was for after, was in zip(spent(), before, strict=True)]
    looks = max(1, summary.looks)
    print(
        f"{len(workers)} worker(s): {summary.looks} looks in {wall:.0f} s; CPU ms a look: workers "
        f"{1000 * used[0] / looks:.1f}, replica {1000 * used[1] / looks:.1f}, PostgreSQL "
        f"{1000 * used[2] / looks:.1f}, coordinator {1000 * used[3] / looks:.1f}; "
        f"{dict(summary.outcomes)}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    return wall


def main(words: Sequence[str]) -> None:
    logs.set_up("warning")
    match words:
        case ["serve", folder, count, weight]:
            asyncio.run(serve(Path(folder), int(count), weight))
        case ["work", folder, home]:
            with suppress(KeyboardInterrupt):
                asyncio.run(work(Path(folder), Path(home)))
        case ["defer", *count]:
            asyncio.run(defer(int(count[0]) if count else 100_000))
        case ["hand", *count]:
            asyncio.run(hand(int(count[0]) if count else 1_000))
        case ["pair", *count]:
            asyncio.run(pair(int(count[0]) if count else 2_000))
        case ["memory", *count]:
            asyncio.run(memory(int(count[0]) if count else 572))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])

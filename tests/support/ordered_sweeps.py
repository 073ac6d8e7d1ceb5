"""Sweeps whose looks are ordered from workers: real processes, a real PostgreSQL, a scripted looker.

As a program: `work URL FOLDER NAME JSON` is one worker. It tells the name of each account that it
looks at. JSON says what is wrong with it (`Wrong`).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import make_url
from sweeps import FACTS, TIBET, picture
from warm import Program

import db
from db.engine import normal_url
from db.pace import PaceRows, SqlPaceBook
from db.tasks import queue as task_queue
from db.tasks.queue import LookQueue, open_queue
from db.tasks.schema import prepare
from mediawatch.domain import (
    Account,
    Attestation,
    Canary,
    Filing,
    LookKind,
    MatchedBy,
    Need,
    NewAccount,
    Outcome,
    Post,
    RegistryChanges,
    Sight,
    Source,
    UserError,
)
from mediawatch.domain.clock import day_end, day_of, day_start
from mediawatch.ops.evidence import DiskPlace, EvidenceFolder, EvidencePlace, take_place
from mediawatch.ports import Clock, Gate, Store, SurfaceFacts, Visit
from mediawatch.ports.store import WorkerCard
from mediawatch.ports.tasks import queue_at, queue_of
from mediawatch.sweep import ordered_looks, worker
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.gate.breakers import Breaker
from mediawatch.sweep.gate.canaries import Canaries
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Progress, Summary, no_progress
from mediawatch.sweep.tools import OrderTools, SweepTools

PLATFORMS = ("toutiao", "weibo")
BEAT, SILENCE = timedelta(seconds=0.5), timedelta(seconds=2)
"""In place of 10 and 30 seconds, so that a killed worker is found soon."""


def host_now() -> datetime:
    return datetime.now(UTC)


def yesterday() -> date:
    return day_of(host_now()) - timedelta(days=1)


def as_of() -> datetime:
    return day_end(yesterday())


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a worker."""

    seconds: float = 0.0
    """That each look takes."""
    answers: int = 1_000
    """Looks that its sites answer; later ones hang."""
    ahead: float = 0.0
    """Seconds that its clock is off."""
    breaks_on: str = ""
    """Name of an account at which the code around the look fails."""
    dies_on: str = ""
    deaths: int = worker.DEATHS
    """How often a look is begun in all."""
    usual_beats: bool = False
    """As outside of tests."""
    logins: tuple[str, ...] = ()
    address: str = ""
    evidence: str = "evidence"
    """The folder of its evidence."""


class OneVisitLooker:
    """A looker whose platforms have one surface each, so that a look is one visit."""

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        raise NotImplementedError

    async def see(self, account: Account, need: Need) -> Sight:
        """What the visit shows."""
        raise NotImplementedError

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        (facts,) = self.surfaces(account.platform)
        visit = Visit(surface=facts.name, pace=facts.pace, paced_as=facts.paced_as)
        sight = await gate.visit(visit, partial(self.see, account, need))
        return (sight,) if sight else ()

    async def open_link(self, url: str, gate: Gate) -> tuple[Sight, ...]:
        return ()

    async def probe(self, platform: str, name: str) -> bool:
        return True

    async def ready(self) -> None: ...
    async def rest(self, platform: str) -> None: ...
    async def close(self) -> None: ...


class QuickSite(OneVisitLooker):
    """Answers by the account's name, as `sweeps.by_name` does, on today's clock."""

    def __init__(self, clock: Clock = host_now, wrong: Wrong = Wrong()) -> None:
        self.clock, self.seconds, self.dies_on = clock, wrong.seconds, wrong.dies_on
        self.left = wrong.answers

    def supports(self, platform: str) -> bool:
        return platform in PLATFORMS

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        return (replace(FACTS, name=f"{platform}.profile", login=platform),)

    async def see(self, account: Account, need: Need) -> Sight:
        name = account.filed.name
        print(name, "second" if need.second else "first", flush=True)
        if name == self.dies_on:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        await asyncio.sleep(self.seconds if self.left >= 0 else 3_600)
        seen = _seen(account, self.clock())
        return replace(seen, captures=(picture(),) if need.second else ())


def _seen(account: Account, now: datetime) -> Sight:
    name = account.filed.name
    facts = Sight(
        surface=f"{account.platform}.profile",
        read_at=now,
        attested=Attestation.RECORDED,
        outcome=Outcome.OK,
        name=name,
        matched_by=MatchedBy.ID,
    )
    match name[0]:
        case "鲜" | "旧" | "对":
            days = int("".join(filter(str.isdigit, name)) or 0)
            day = yesterday() - timedelta(days=days)
            posts = (Post(on=day, at=day_start(day), id="1"),)
            since = day_start(day - timedelta(days=400))
            return replace(facts, posts=posts, complete_since=since)
        case "无":
            return replace(facts, outcome=Outcome.NOT_FOUND, name="")
        case "断":
            return replace(facts, outcome=Outcome.UNREACHABLE, name="", matched_by=None)
        case _:
            return replace(facts, outcome=Outcome.NO_EVIDENCE, name="", matched_by=None)


CANARY = Canary(platform="toutiao", platform_id="c", name="对照1", source="https://example.org/")


def site_ways(account: Account, words: Sequence[str]) -> tuple[SurfaceFacts, ...]:
    return QuickSite().surfaces(account.platform)


class BreakingTools(EvidenceFolder):
    """An evidence folder that fails in a way that nobody foresaw, for one account."""

    def __init__(self, place: EvidencePlace, owner: str, account_id: int) -> None:
        super().__init__(place, owner)
        self.account_id = account_id

    async def keep(self, reading):  # type: ignore[no-untyped-def]
        if reading.account_id == self.account_id:
            raise ZeroDivisionError("of the test")
        return await super().keep(reading)


async def work(url: str, folder: Path, name: str, wrong: Wrong) -> None:
    """One worker, until it is stopped."""
    if not wrong.usual_beats:
        soon()
    worker.DEATHS = wrong.deaths

    def clock() -> datetime:
        return host_now() + timedelta(seconds=wrong.ahead)

    store = await db.open_store(url, clock=clock, patience=60)
    place, owner = DiskPlace(folder / wrong.evidence), await store.operator.home_id()
    evidence = EvidenceFolder(place, owner)
    if wrong.breaks_on:
        found = {each.filed.name: each.id for each in await store.accounts.all()}
        evidence = BreakingTools(place, owner, found[wrong.breaks_on])
    site = QuickSite(clock, wrong)
    served = {
        platform: (
            queue_of(platform),
            queue_at(platform, wrong.address),
            *(login for login in wrong.logins if login.startswith(platform)),
        )
        for platform in PLATFORMS
    }
    card = WorkerCard(
        name=name,
        host="test",
        process=os.getpid(),
        version="1",
        logins=wrong.logins,
        queues=tuple(each for some in served.values() for each in some),
        address=wrong.address,
    )
    rows, book, pacing = shared_pacing(url, clock, wrong.address)
    tools = SweepTools(store, site, evidence, clock, pacing, book=book)
    queues = await open_queue(normal_url(url))
    try:
        await worker.LookWorker(tools, site, card, served, at_once=4).run(queues)
    finally:
        await queues.close()
        await rows.close()
        await store.close()


def shared_pacing(
    url: str, clock: Clock, address: str = ""
) -> tuple[PaceRows, SqlPaceBook, Pacing]:
    """The gate over the rows of a database, without waiting."""
    rows = db.open_pace(url)
    assert rows is not None
    book = SqlPaceBook(rows, address, Breaker)
    return rows, book, Pacing(scale=0, clock=clock, book=book)


def soon() -> None:
    """Let heartbeats of this process be short."""
    task_queue.HEARTBEAT, task_queue.SILENCE = BEAT, SILENCE
    task_queue._EVERY_10_SECONDS = "* * * * * *"
    task_queue._POLLING = 0.25
    task_queue.GRACE = 2.0
    worker.HEARTBEAT = BEAT
    import db.tasks.ledger
    import mediawatch.ports.store.ledger

    db.tasks.ledger.SILENCE = mediawatch.ports.store.ledger.SILENCE = SILENCE
    ordered_looks._SHORTEST = 0.05
    ordered_looks._CARE, ordered_looks._RECKONING, ordered_looks._UNSERVED = 0.5, 1.0, 3.0


class Field:
    """A database, a folder of evidence, and the workers of a test."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.workers: list[Program] = []

    def worker(self, name: str = "", **wrong: object) -> Program:
        name = name or f"worker-{len(self.workers) + 1}"
        words = ["work", self.url, self.folder, name, json.dumps(wrong)]
        with (self.folder / f"{name}.err").open("a") as errors:
            found = Program(
                [sys.executable, __file__, *map(str, words)],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.workers.append(found)
        return found

    def close(self) -> None:
        for each in self.workers:
            if each.poll() is None:
                each.kill()
            each.wait()
            if each.stdout is not None:
                each.stdout.close()


@contextmanager
def field_of(url: str, folder: Path) -> Iterator[Field]:
    prepare(normal_url(url))
    soon()
    found = Field(url, folder)
    try:
        yield found
    finally:
        found.close()


async def file_accounts(store: Store, *names: str, platform: str = "toutiao") -> None:
    await store.accounts.apply(
        RegistryChanges(
            source=Source(file="x.xlsx", sha256="0" * 64, at=host_now()),
            new=tuple(
                NewAccount(
                    filed=Filing(name=name, platform=platform, type="示例", platform_id=name)
                )
                for name in names
            ),
        )
    )


async def alive(store: Store, count: int) -> None:
    """Wait for so many live workers."""
    while True:
        if sum(each.alive for each in await store.ledger.workers()) == count:
            return
        await asyncio.sleep(0.05)


@asynccontextmanager
async def coordinator(
    url: str, folder: Path, *canaries: Canary
) -> AsyncIterator[tuple[Engine, LookQueue]]:
    """The engine that orders looks. It has the lock of its database."""
    store = await db.open_store(url, clock=host_now, patience=60)
    tasks = await open_queue(normal_url(url))
    rows, book, pacing = shared_pacing(url, host_now)
    place, owner = DiskPlace(folder / "evidence"), await store.operator.home_id()
    take_place(place, owner)
    try:
        async with store.ledger.alone() as still_alone:
            engine = Engine(
                store,
                QuickSite(),
                EvidenceFolder(place, owner),
                host_now,
                pacing,
                Canaries(listed=canaries),
                book=book,
                orders=OrderTools(tasks=tasks, ways=site_ways, still_alone=still_alone),
            )
            yield engine, tasks
    finally:
        await tasks.close()
        await rows.close()
        await store.close()


def today_request(**more: object) -> Request:
    base = Request(policy=TIBET, as_of=as_of(), second_look_after=timedelta(0))
    return replace(base, **more)  # type: ignore[arg-type]


async def sweep(
    field: Field, *canaries: Canary, progress: Progress = no_progress, **more: object
) -> Summary:
    async with coordinator(field.url, field.folder, *canaries) as (engine, _):
        return await engine.run(today_request(**more), progress)


async def sweep_alone(store: Store, folder: Path, *canaries: Canary) -> Summary:
    """The same sweep in one process."""
    engine = Engine(
        store,
        QuickSite(),
        EvidenceFolder(folder),
        host_now,
        Pacing(scale=0, clock=host_now),
        Canaries(listed=canaries),
    )
    return await engine.run(today_request())


def told(summary: Summary) -> dict[str, tuple[object, ...]]:
    """By account's name: verdict, findings."""
    return {
        entry.account.filed.name: (
            entry.judgement.verdict,
            *sorted((each.code.value, each.effect.value) for each in entry.judgement.findings),
        )
        for entry in summary.scope
        if entry.judgement
    }


async def looks_of(store: Store) -> dict[str, Counter[LookKind]]:
    """By account's name, how many readings of each kind are kept."""
    names = {each.id: each.filed.name for each in await store.accounts.all()}
    found = await store.readings.by_account()
    return {names[key]: Counter(each.look for each in some) for key, some in found.items()}


def database_of(url: str) -> tuple[str, str]:
    """Host and name, for psycopg."""
    parsed = make_url(url)
    return str(parsed.query["host"]), str(parsed.database)


if __name__ == "__main__":
    _, _, at, where, called, said = sys.argv
    given = json.loads(said)
    given["logins"] = tuple(given.get("logins", ()))
    try:
        with suppress(asyncio.CancelledError, KeyboardInterrupt):
            loop = asyncio.new_event_loop()
            task = loop.create_task(work(at, Path(where), called, Wrong(**given)))
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
            loop.run_until_complete(task)
    except UserError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(2)
    assert asdict(Wrong(**given))

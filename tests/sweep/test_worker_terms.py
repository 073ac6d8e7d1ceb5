"""By what a worker goes that its coordinator says: the run, the pace, the place of the evidence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio
import structlog
from ordered_sweeps import (
    FACTS,
    QuickSite,
    as_of,
    database_of,
    file_accounts,
    host_now,
    shared_pacing,
    today_request,
)
from postgres import Cluster

import db
from mediawatch.domain import Account, Need, Outcome, Pace, Sight
from mediawatch.ops.evidence import DiskPlace, EvidenceFolder, take_place
from mediawatch.ports import Store, SurfaceFacts
from mediawatch.ports.store import LookOrder, SweepTerms, WorkerCard
from mediawatch.ports.tasks import WorkerMustEnd, as_payload, of_payload
from mediawatch.sweep.tools import SweepTools
from mediawatch.sweep.worker import LookWorker

SLOW = Pace(600, 0, per_hour=3)


class Site(QuickSite):
    """Answers by the outcomes that it is given, the last one again and again."""

    def __init__(self, *outcomes: Outcome) -> None:
        super().__init__()
        self.outcomes, self.visits = list(outcomes), 0

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        return (replace(FACTS, name="toutiao.profile", pace=Pace(0)),)

    async def see(self, account: Account, need: Need) -> Sight:
        self.visits += 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        return Sight(surface="toutiao.profile", read_at=host_now(), outcome=outcome)


class Desk:
    """A sweep of a few accounts whose orders a test hands to a worker itself."""

    def __init__(self, store: Store, url: str, folder: Path) -> None:
        self.store, self.url, self.folder = store, url, folder
        self.sweep_id = 0
        self.accounts: list[Account] = []
        self.owner = ""

    async def open(self) -> None:
        await file_accounts(self.store, "甲", "乙", "丙")
        self.owner = await self.store.operator.home_id()
        self.accounts = await self.store.accounts.all()
        sweep = today_request().sweep(host_now(), self.accounts, "")
        opened = await self.store.sweeps.open(replace(sweep, as_of=as_of()), self.accounts)
        self.sweep_id = opened.id

    def evidence(self, name: str) -> EvidenceFolder:
        """A folder that bears the home's mark."""
        place = DiskPlace(self.folder / name)
        take_place(place, self.owner)
        return EvidenceFolder(place, self.owner)

    async def begin(self, **more: object) -> SweepTerms:
        """A run of the sweep begins, as its coordinator says it."""
        mark = await self.evidence("shared").begin_run()
        terms = SweepTerms(sweep_id=self.sweep_id, evidence=mark, **more)  # type: ignore[arg-type]
        return replace(terms, began=await self.store.ledger.begin(terms))

    def order(self, terms: SweepTerms, number: int) -> LookOrder:
        order = LookOrder(
            sweep_id=self.sweep_id,
            platform="toutiao",
            run=terms.began,
            account_id=self.accounts[number].id,
        )
        sent = of_payload(as_payload(order))
        assert sent == order
        return order

    @asynccontextmanager
    async def worker(
        self, site: Site, place: str = "shared", **more: Any
    ) -> AsyncIterator[LookWorker]:
        rows, book, pacing = shared_pacing(self.url, host_now)
        evidence = self.evidence(place)
        tools = SweepTools(self.store, site, evidence, host_now, pacing, book=book, **more)
        card = WorkerCard(name="w", host="test", process=1, version="1")
        try:
            yield LookWorker(tools, site, card, {"toutiao": ("toutiao:visitor",)}, at_once=1)
        finally:
            await rows.close()

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        host, name = database_of(self.url)
        with psycopg.connect(host=host, user="postgres", dbname=name) as server:
            return server.execute(statement).fetchall()  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def desk(postgres: Cluster, tmp_path: Path) -> AsyncIterator[Desk]:
    url = postgres.migrated_url()
    store = await db.open_store(url, clock=host_now)
    made = Desk(store, url, tmp_path)
    await made.open()
    yield made
    await store.close()


async def test_a_new_run_begins_with_closed_breakers_at_once(desk: Desk) -> None:
    site = Site(Outcome.CAPTCHA, Outcome.NO_EVIDENCE)
    async with desk.worker(site) as worker:
        terms = await desk.begin()
        await worker.make(desk.order(terms, 0), 0)
        await worker.make(desk.order(terms, 1), 0)
        assert site.visits == 1, "the captcha has paused the surface"
        # The coordinator is started anew; the worker has not asked for the terms since.
        again = await desk.begin()
        await worker.make(desk.order(again, 1), 0)
        assert site.visits == 2
        # An order of the first run that comes late changes nothing.
        await worker.make(desk.order(terms, 2), 0)
        assert site.visits == 3
    assert worker.figures.tasks == {"done": 4}
    assert worker.figures.looks == {
        ("toutiao", Outcome.CAPTCHA): 1,
        ("toutiao", Outcome.NO_EVIDENCE): 2,
    }


async def test_no_worker_goes_faster_than_its_coordinator(desk: Desk) -> None:
    async with desk.worker(Site(Outcome.OK)) as worker:
        terms = await desk.begin(paces={"toutiao.profile": SLOW}, scale=1.0)
        held = await desk.store.ledger.terms(desk.sweep_id)
        assert held == terms
        await worker.make(desk.order(terms, 0), 0)
        of_look = "SELECT free_at - at FROM pace JOIN pace_call ON pace_call.pace_id = pace.id"
        assert desk.ask(of_look) == [(timedelta(seconds=600),)]


async def test_evidence_in_a_place_of_its_own_ends_the_worker(desk: Desk) -> None:
    site = Site(Outcome.OK)
    terms = await desk.begin()
    async with desk.worker(site, "own") as worker:
        with pytest.raises(WorkerMustEnd, match="own is not where the coordinator keeps the evi"):
            await worker.make(desk.order(terms, 0), 0)
        assert worker.figures.tasks == {"put_back": 1}
    assert (site.visits, desk.ask("SELECT id FROM reading")) == (0, [])


def network_lines(lines: list[Any]) -> list[str]:
    return [each["event"] for each in lines if each["event"].startswith("no network: none of tou")]


@pytest.mark.parametrize("second", [Outcome.UNREACHABLE, Outcome.NO_EVIDENCE])
async def test_a_worker_without_network_says_so_while_it_looks(desk: Desk, second: Outcome) -> None:
    async def no_way(platforms: Collection[str]) -> str:
        return f"none of {', '.join(platforms)} answers"

    site, terms = Site(Outcome.UNREACHABLE), await desk.begin()
    async with desk.worker(site, why_unreachable=no_way) as worker:
        with structlog.testing.capture_logs() as lines:
            await worker.make(desk.order(terms, 0), 0)
            site.outcomes = [second]
            await worker.make(desk.order(terms, 1), 0)
            assert not network_lines(lines)
            site.outcomes = [Outcome.UNREACHABLE]
            await worker.make(desk.order(terms, 2), 0)
    assert len(network_lines(lines)) == (second is Outcome.UNREACHABLE)

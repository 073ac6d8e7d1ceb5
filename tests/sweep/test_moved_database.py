"""A database that is moved away while a worker of it is silent, as on a machine that slept."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from ordered_sweeps import Field, database_of, file_accounts, host_now, today_request
from postgres import Cluster

import db
from db.engine import normal_url
from db.moves import move_database
from db.tasks.queue import open_queue
from db.tasks.schema import prepare
from mediawatch.ops.evidence import DiskPlace, EvidenceFolder, take_place
from mediawatch.ports.store import DatabaseOwner, LookOrder, SweepTerms

_BUSY = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
    "pid <> pg_backend_pid() AND state <> 'idle'"
)


@pytest.fixture
def url(postgres: Cluster) -> Iterator[str]:
    """A database of its own: none is used again once it was moved."""
    found = postgres.copy(postgres.migrated_url())
    prepare(normal_url(found))
    yield found
    postgres.drop(found)


async def order_looks(url: str, folder: Path, count: int) -> None:
    """As a coordinator that died afterwards."""
    store, queue = await db.open_store(url), await open_queue(normal_url(url))
    await file_accounts(store, *(f"鲜1{chr(0x4E00 + number)}" for number in range(count)))
    accounts = await store.accounts.all()
    opened = await store.sweeps.open(today_request().sweep(host_now(), accounts, ""), accounts)
    place, owner = DiskPlace(folder / "evidence"), await store.operator.home_id()
    take_place(place, owner)
    mark = await EvidenceFolder(place, owner).begin_run()
    began = await store.ledger.begin(SweepTerms(sweep_id=opened.id, evidence=mark))
    await queue.defer(
        [
            (
                LookOrder(sweep_id=opened.id, platform="toutiao", run=began, account_id=account.id),
                "toutiao:visitor",
                0,
            )
            for account in accounts
        ]
    )
    await queue.close()
    await store.close()


def wait_for(come: Callable[[], bool]) -> None:
    while not come():
        time.sleep(0.05)


async def test_a_worker_of_a_moved_database_ends_and_writes_nothing(
    url: str, tmp_path: Path
) -> None:
    host, name = database_of(url)
    await order_looks(url, tmp_path, 40)
    with (
        closing(Field(url, tmp_path)) as field,
        psycopg.connect(host=host, user="postgres", dbname=name, autocommit=True) as server,
    ):

        def looks() -> int:
            (found,) = server.execute("SELECT count(*) FROM reading").fetchone() or (0,)
            return int(found)

        worker = field.worker(seconds=0.1)
        await asyncio.to_thread(wait_for, lambda: looks() >= 2)

        def stop() -> bool:
            """Not within a transaction: the move would wait for it, and give up."""
            worker.send_signal(signal.SIGSTOP)
            (busy,) = server.execute(_BUSY).fetchone() or (0,)
            if busy:
                worker.send_signal(signal.SIGCONT)
            return not busy

        await asyncio.to_thread(wait_for, stop)
        server.execute("UPDATE worker SET seen_at = now() - interval '1 hour'")
        await asyncio.to_thread(
            move_database,
            url,
            f"sqlite:///{tmp_path / 'new.db'}",
            "2031-01-01",
            DatabaseOwner("a key", "/srv/mediawatch"),
        )
        moved = looks()
        worker.send_signal(signal.SIGCONT)
        assert await asyncio.to_thread(worker.wait, 60) == 2
        assert 0 < moved == looks() < 40
    said = (tmp_path / "worker-1.err").read_text()
    assert "MovedDatabase: " in said
    assert "Traceback" not in said

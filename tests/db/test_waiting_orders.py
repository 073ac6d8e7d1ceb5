"""The order that a worker is given next, on a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from ordered_sweeps import database_of
from postgres import Cluster

from db.engine import normal_url
from db.tasks import jobs as task_jobs
from db.tasks.queue import LookQueue, open_queue
from db.tasks.schema import SCHEMA, prepare
from mediawatch.ports.store import LookOrder

_ENGINES = "SELECT id FROM procrastinate_fetch_job_v2(%(queues)s::varchar[], %(worker_id)s)"


@pytest.fixture
def url(postgres: Cluster) -> str:
    found = postgres.migrated_url()
    prepare(normal_url(found))
    return found


@pytest.fixture
def server(url: str) -> Iterator[psycopg.Connection[Any]]:
    host, name = database_of(url)
    with psycopg.connect(
        host=host, user="postgres", dbname=name, autocommit=True, options=f"-c search_path={SCHEMA}"
    ) as connection:
        yield connection


@pytest_asyncio.fixture
async def queue(url: str) -> AsyncIterator[LookQueue]:
    found = await open_queue(normal_url(url))
    yield found
    await found.close()


async def defer(queue: LookQueue, name: str, ranks: Sequence[int], first: int) -> None:
    await queue.defer(
        [
            (LookOrder(sweep_id=1, platform="weibo", account_id=first + each), name, rank)
            for each, rank in enumerate(ranks)
        ]
    )


def register(server: psycopg.Connection[Any]) -> int:
    row = server.execute("SELECT worker_id FROM procrastinate_register_worker_v1()").fetchone()
    assert row is not None
    return int(row[0])


def question(
    server: psycopg.Connection[Any], queues: Sequence[str], count: int = 1
) -> dict[str, Any]:
    """What a worker with these queues is given by."""
    return {"queues": queues, "worker_id": register(server), "count": count, "ended": []}


def visited(plan: dict[str, Any]) -> int:
    """Rows of orders that a plan reads, those that it passes over among them."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    read = own * plan["Actual Loops"] if plan.get("Relation Name") == "procrastinate_jobs" else 0
    return int(read) + sum(visited(each) for each in plan.get("Plans", ()))


@pytest.mark.parametrize("analysed", [False, True])
async def test_orders_of_other_queues_are_not_passed_over(
    queue: LookQueue, server: psycopg.Connection[Any], *, analysed: bool
) -> None:
    await defer(queue, "other:visitor", range(3_000), first=0)
    await defer(queue, "weibo:visitor", range(-3_000, 0), first=3_000)
    if analysed:
        server.execute("ANALYZE procrastinate_jobs")
    asked = question(server, ["weibo:office", "weibo:visitor"])
    row = server.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {task_jobs._FETCH}", asked).fetchone()
    assert row is not None
    assert visited(row[0][0]["Plan"]) <= 5, json.dumps(row[0], indent=1)


async def test_orders_are_given_as_the_engine_itself_would(
    queue: LookQueue, server: psycopg.Connection[Any]
) -> None:
    ranks = [0, -3, 2, -3, 1, 2]
    for number, name in enumerate(("weibo:visitor", "weibo:office", "other:visitor")):
        await defer(queue, name, ranks, first=10 * number)
    server.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + '1 day' WHERE id % 7 = 3")
    for queues in (["weibo:visitor", "weibo:office"], ["other:visitor"], ["nothing"]):
        asked = question(server, queues)
        given = []
        for statement in (task_jobs._FETCH, _ENGINES):
            with server.transaction(force_rollback=True):
                found = []
                while (row := server.execute(statement, asked).fetchone()) and row[0] is not None:
                    found.append(row[0])
            given.append(found)
        assert given[0] == given[1]
    assert given == [[], []]


async def test_tables_of_an_older_version_get_the_index(
    url: str, server: psycopg.Connection[Any]
) -> None:
    def stands() -> bool:
        named = "SELECT to_regclass('mediawatch_waiting_by_queue') IS NOT NULL"
        return bool(server.execute(named).fetchone()[0])  # type: ignore[index]

    server.execute("DROP INDEX mediawatch_waiting_by_queue")
    assert not stands()
    prepare(normal_url(url))
    assert stands()

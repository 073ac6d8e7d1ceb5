"""Jobs are taken together and their ends written together, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from ordered_sweeps import database_of
from postgres import Cluster
from procrastinate import jobs as engine_jobs

from db.engine import normal_url
from db.tasks.jobs import LookJobs, _Shelf
from db.tasks.queue import LookQueue, open_queue
from db.tasks.schema import SCHEMA, prepare
from mediawatch.ports.store import LookOrder

QUEUE = "weibo:visitor"


@pytest.fixture
def server(postgres: Cluster) -> Iterator[tuple[str, psycopg.Connection[Any]]]:
    url = postgres.migrated_url()
    prepare(normal_url(url))
    host, name = database_of(url)
    with psycopg.connect(
        host=host, user="postgres", dbname=name, autocommit=True, options=f"-c search_path={SCHEMA}"
    ) as connection:
        yield url, connection


@pytest_asyncio.fixture
async def queue(server: tuple[str, psycopg.Connection[Any]]) -> AsyncIterator[LookQueue]:
    found = await open_queue(normal_url(server[0]))
    await found.defer(
        [
            (LookOrder(sweep_id=1, platform="weibo", account_id=each), QUEUE, -each)
            for each in range(1, 21)
        ]
    )
    yield found
    await found.close()


@pytest.fixture
def statuses(server: tuple[str, psycopg.Connection[Any]]) -> Any:
    def asked() -> dict[str, list[int]]:
        """The accounts of the jobs, by status."""
        found: dict[str, list[int]] = {}
        for status, account in server[1].execute(
            "SELECT status, (args -> 'order' ->> 'account')::int FROM procrastinate_jobs ORDER BY 2"
        ):
            found.setdefault(status, []).append(account)
        return found

    return asked


async def take(jobs: LookJobs, worker: int, count: int) -> list[engine_jobs.Job]:
    found = [await jobs.fetch_job([QUEUE], worker) for _ in range(count)]
    return [job for job in found if job is not None]


def accounts(jobs: list[engine_jobs.Job]) -> list[int]:
    given: list[Any] = [job.task_kwargs["order"] for job in jobs]
    return [each["account"] for each in given]


async def test_quick_jobs_are_taken_several_at_a_time_in_order(
    queue: LookQueue, statuses: Any
) -> None:
    jobs = queue._jobs
    worker = await jobs.register_worker()
    taken = await take(jobs, worker, 3)
    assert accounts(taken) == [1, 2, 3]
    held = statuses()["doing"]
    assert held == [*range(1, len(held) + 1)], "those that rank first"
    assert 3 < len(held) <= 9
    rest = await take(jobs, worker, 30)
    assert accounts(rest) == [*range(4, 21)]


async def test_what_was_not_begun_goes_back_with_its_worker(
    queue: LookQueue, statuses: Any, server: tuple[str, psycopg.Connection[Any]]
) -> None:
    jobs = queue._jobs
    worker = await jobs.register_worker()
    taken = await take(jobs, worker, 3)
    await jobs.finish_job(taken[0], engine_jobs.Status.SUCCEEDED, delete_job=True)
    await jobs.unregister_worker(worker)
    assert statuses() == {"doing": [2, 3], "todo": [*range(4, 21)]}
    begun = "SELECT count(*) FROM procrastinate_jobs WHERE attempts > 0 OR status = 'todo' AND worker_id IS NOT NULL"
    assert server[1].execute(begun).fetchone() == (0,)


async def test_what_no_look_was_free_for_goes_to_others(queue: LookQueue, statuses: Any) -> None:
    jobs = queue._jobs
    worker = await jobs.register_worker()
    await take(jobs, worker, 3)
    await jobs.put_back_idle(worker)
    assert len(statuses()["doing"]) > 3, "it was taken a moment ago"
    shelf = jobs._shelves[worker]
    assert shelf.at is not None
    shelf.at -= 10
    await jobs.put_back_idle(worker)
    assert statuses() == {"doing": [1, 2, 3], "todo": [*range(4, 21)]}
    assert accounts(await take(jobs, worker, 1)) == [4]


async def test_a_job_whose_key_waits_already_is_not_put_back(
    queue: LookQueue, statuses: Any
) -> None:
    jobs = queue._jobs
    worker = await jobs.register_worker()
    held = await take(jobs, worker, 3)
    assert len(held) == 3
    await queue.defer([(LookOrder(sweep_id=1, platform="weibo", account_id=4), QUEUE, -4)])
    await jobs.unregister_worker(worker)
    assert statuses() == {"doing": [1, 2, 3, 4], "todo": [*range(4, 21)]}


async def test_ends_are_written_with_the_next_question(queue: LookQueue, statuses: Any) -> None:
    jobs = queue._jobs
    worker = await jobs.register_worker()
    first, *_ = await take(jobs, worker, 1)
    assert first.id is not None
    await jobs.finish_job(first, engine_jobs.Status.SUCCEEDED, delete_job=True)
    assert statuses()["doing"] == [1]
    assert jobs.holds(first.id)
    await take(jobs, worker, 1)
    assert 1 not in statuses()["doing"]
    assert not jobs.holds(first.id)


async def test_ends_are_written_soon_where_no_question_follows(
    queue: LookQueue, statuses: Any
) -> None:
    jobs = queue._jobs
    worker = await jobs.register_worker()
    first, *_ = await take(jobs, worker, 1)
    await jobs.finish_job(first, engine_jobs.Status.SUCCEEDED, delete_job=True)
    assert jobs._timer is not None
    jobs._timer.cancel()
    jobs._begin_writing()  # as the timer does
    await asyncio.gather(*jobs._writing)
    assert "doing" not in statuses()
    assert len(statuses()["todo"]) == 19


async def test_what_another_worker_took_up_is_not_put_back(queue: LookQueue, statuses: Any) -> None:
    """As where this one was held for dead while its machine slept."""
    jobs = queue._jobs
    lost, other = await jobs.register_worker(), await jobs.register_worker()
    await take(jobs, lost, 3)
    for job in await jobs.list_jobs_async(status="doing"):
        await jobs.retry_job(job)
    held = accounts(await take(jobs, other, 20))
    assert held == [*range(1, 21)]
    await jobs.unregister_worker(lost)
    assert statuses() == {"doing": [*range(1, 21)]}


async def test_a_worker_does_not_reclaim_what_waits_with_it(
    queue: LookQueue, statuses: Any
) -> None:
    jobs = queue._jobs
    worker = await jobs.register_worker()
    begun = await take(jobs, worker, 3)
    queue._in_hand = {job.id or 0 for job in begun}
    queue._workers = [type("Running", (), {"worker_id": worker})()]
    held = statuses()["doing"]
    for _ in range(3):
        await queue.reclaim()
    assert statuses()["doing"] == held
    queue._in_hand = set()  # as after a question whose answer was lost
    for _ in range(2):
        await queue.reclaim()
    assert statuses()["doing"] == held[3:]


@pytest.mark.parametrize(
    ("seconds", "count"),
    [(0.001, 8), (0.4, 8), (0.5, 8), (1.0, 4), (2.0, 2), (4.0, 1), (60.0, 1)],
)
def test_as_many_are_taken_as_were_begun_in_half_a_second(seconds: float, count: int) -> None:
    shelf = _Shelf(count=8, at=100.0)
    assert shelf.portion(100.0 + seconds) == count


def test_the_first_question_is_for_one() -> None:
    assert _Shelf().portion(5.0) == 1

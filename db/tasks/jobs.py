"""The engine's statements on jobs, made for several jobs at a time: each alone costs as much."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from procrastinate import exceptions, jobs, manager

from db.tasks.connector import PatientConnector

_MOST = 8
"""Jobs that are taken at a time, at most."""
_AHEAD = 0.5
"""Seconds for which jobs are taken ahead: as many as were begun in so long."""
_WAITS = 10.0
"""Seconds after which others may have the jobs that were taken and that none here was free for."""
_ENDED_AFTER = 0.2
"""Seconds after which the end of a job is written that no statement took along."""

_ENDED = "DELETE FROM procrastinate_jobs WHERE id = ANY(%(ended)s) AND status = 'doing'"
# A job that was held for lost, and taken up by another worker, may have ended by then.
_FETCH = f"""
WITH ended AS ({_ENDED}), first AS (
    SELECT best.id FROM unnest(%(queues)s::varchar[]) AS queue (name) CROSS JOIN LATERAL (
        SELECT id, priority FROM procrastinate_jobs AS job
        WHERE job.queue_name = queue.name AND job.status = 'todo'
            AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
        ORDER BY job.priority DESC, job.id LIMIT %(count)s FOR UPDATE OF job SKIP LOCKED
    ) AS best ORDER BY best.priority DESC, best.id LIMIT %(count)s
)
UPDATE procrastinate_jobs AS job SET status = 'doing', worker_id = %(worker_id)s
FROM first WHERE job.id = first.id
RETURNING job.id, job.status, task_name, job.priority, lock, queueing_lock, args, scheduled_at,
    queue_name, attempts, worker_id
"""
# They count as never begun. One whose key waits already is left to who takes up lost jobs.
_PUT_BACK = f"""
WITH ended AS ({_ENDED})
UPDATE procrastinate_jobs AS job SET status = 'todo', worker_id = NULL
WHERE id = ANY(%(waiting)s) AND status = 'doing' AND worker_id = %(worker_id)s
    AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS other
        WHERE other.queueing_lock = job.queueing_lock AND other.status = 'todo')
"""


class _Job(jobs.Job):
    def log_context(self) -> dict[str, Any]:
        """Nothing: the engine makes it for each of its lines, and these are not written."""
        return {}


@dataclass
class _Shelf:
    """The jobs that a worker has taken and not begun."""

    waiting: deque[jobs.Job] = field(default_factory=deque)
    count: int = 1
    """How many were taken last."""
    at: float | None = None
    """When, by the loop's clock."""

    def portion(self, now: float) -> int:
        """How many to take now. Slow looks are taken one by one: nobody else waits for them."""
        spent = _AHEAD if self.at is None else max(now - self.at, 0.001)
        return max(1, min(_MOST, round(self.count * _AHEAD / spent)))

    def fill(self, taken: Sequence[jobs.Job], now: float) -> None:
        self.waiting.extend(taken)
        self.count, self.at = max(1, len(taken)), now


class LookJobs(manager.JobManager):
    """The engine's statements, but for three things.

    Jobs are asked for queue by queue, by an index of ours (`schema`). The engine asks for that of
    all queues, and passes over each job of another queue that ranks higher: with 98 000 waiting, up
    to 36 000 of them. Our jobs have no locks, which that statement minds. The first ones of each
    queue are held until it is known which are taken: who asks meanwhile gets the next.

    Several are taken at a time, where they are begun quickly. Who ends his work puts back what he
    has not begun; what a dead worker had is found as if he had begun it.

    The ends of jobs are written together, with the next question for jobs or soon after. A worker
    that dies before leaves jobs whose results are kept: who takes them up finds that.
    """

    def __init__(
        self, connector: PatientConnector, taken: Callable[[Sequence[jobs.Job]], None]
    ) -> None:
        """`taken` is told of jobs that were taken together."""
        super().__init__(connector)
        self._taken = taken
        self._shelves: defaultdict[int, _Shelf] = defaultdict(_Shelf)
        """By worker."""
        self._ended: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> jobs.Job | None:
        shelf = self._shelves[worker_id]
        if not shelf.waiting:
            now = asyncio.get_running_loop().time()
            asked = {
                "queues": [*(queues or ())],
                "worker_id": worker_id,
                "count": shelf.portion(now),
            }
            taken = sorted(
                map(_Job.from_row, await self._with_ended(_FETCH, asked)),
                key=lambda job: (-job.priority, job.id),
            )
            shelf.fill(taken, now)
            self._taken(taken)
        return shelf.waiting.popleft() if shelf.waiting else None

    async def finish_job(self, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:
        assert delete_job, "no job is kept that has ended"
        assert job.id is not None, "it was given by the database"
        self._ended.add(job.id)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_ENDED_AFTER, self._begin_writing)

    async def retry_job(self, job: jobs.Job, *given: Any, **named: Any) -> None:
        with _may_have_ended():
            await super().retry_job(job, *given, **named)

    async def unregister_worker(self, worker_id: int) -> None:
        await self._put_back(worker_id)
        self._shelves.pop(worker_id, None)
        await super().unregister_worker(worker_id)

    async def put_back_idle(self, worker_id: int) -> None:
        """Let others have what the worker took and could not begin for a while."""
        shelf = self._shelves[worker_id]
        if shelf.at is not None and asyncio.get_running_loop().time() - shelf.at >= _WAITS:
            await self._put_back(worker_id)

    def holds(self, job_id: int) -> bool:
        """Whether a job that the database gives to this process waits here, or has ended."""
        return job_id in self._ended or any(
            job.id == job_id for shelf in self._shelves.values() for job in shelf.waiting
        )

    async def _put_back(self, worker_id: int) -> None:
        waiting = [job.id for job in self._shelves[worker_id].waiting]
        self._shelves[worker_id].waiting.clear()
        if waiting or self._ended:
            await self._with_ended(_PUT_BACK, {"waiting": waiting, "worker_id": worker_id})

    def _begin_writing(self) -> None:
        self._timer = None
        if self._ended:
            task = asyncio.create_task(self._write_ended())
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def _write_ended(self) -> None:
        with suppress(exceptions.ConnectorException):  # the next statement takes them along
            await self._with_ended(_ENDED, {})

    async def _with_ended(self, statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Make a statement that writes the ends of jobs, too."""
        ended = [*self._ended]
        found = await self.connector.execute_query_all_async(statement, **given, ended=ended)
        self._ended.difference_update(ended)
        return found


@contextmanager
def _may_have_ended() -> Iterator[None]:
    try:
        yield
    except exceptions.ConnectorException as error:
        if "Job was not found" not in str(error.__cause__):
            raise

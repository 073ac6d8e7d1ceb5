"""The queue of looks by Procrastinate: `mediawatch.ports.LookTasks` and `WorkerQueues`.

Its locks are not used: pace is rows. Only its queueing lock is, so that no look waits twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import procrastinate
from procrastinate import exceptions, jobs, utils
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker
from sqlalchemy import URL

from db.engine import name_database
from db.errors import StoreAway
from db.tasks.connector import PatientConnector
from db.tasks.jobs import LookJobs
from db.tasks.schema import SCHEMA
from mediawatch.domain import UserError, foremost
from mediawatch.ports.store import SILENCE, LookOrder, PassingTrouble
from mediawatch.ports.tasks import (
    HEARTBEAT,
    OrderMaker,
    QueueState,
    WorkerMustEnd,
    as_payload,
    of_payload,
)

_LOOK = "mediawatch.look"
UPKEEP = "upkeep"
_EVERY_10_SECONDS = "* * * * * */10"
"""The sixth field of a cron line is seconds."""
_AT_ONCE = 1_000
"""Orders that one statement puts into queues."""
GRACE = 30.0
"""Seconds in which a look in hand may come to its end, once the worker is asked to stop."""
_UNKNOWN_LATER = timedelta(seconds=60)
"""An order of another version waits so long for a worker that understands it."""
_TRIED_LATER = timedelta(seconds=5)
_POLLING = 1.0
_PRUNED = 4
"""After so many times the silence the engine forgets a worker."""


class _TryAgain(BaseRetryStrategy):
    """What fails is begun again, and counted: the worker itself notes what failed for good."""

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> RetryDecision:
        return RetryDecision(retry_at=utils.utcnow() + _TRIED_LATER)


class LookQueue:
    """Open it by `open_queue`."""

    def __init__(self, url: URL, connector: PatientConnector) -> None:
        self._name, self._connector = name_database(url), connector
        self._app = procrastinate.App(connector=connector)
        self._app.job_manager = self._jobs = LookJobs(connector, self._tell_taken)
        self._maker: OrderMaker | None = None
        self._in_hand: set[int] = set()
        self._strange: set[int] = set()
        """Jobs that were given to this worker and that it did not know of when it asked last."""
        self._must_end: WorkerMustEnd | None = None
        self._workers: list[Worker] = []
        self._app.task(name=_LOOK, pass_context=True, retry=_TryAgain())(self._look)
        upkeep = self._app.task(name="mediawatch.upkeep", queue=UPKEEP, queueing_lock=UPKEEP)
        self._app.periodic(cron=_EVERY_10_SECONDS)(upkeep(self._take_up_stalled))

    # For the coordinator

    async def defer(self, orders: Sequence[tuple[LookOrder, str, int]]) -> None:
        """See `ports.LookTasks.defer`."""
        for start in range(0, len(orders), _AT_ONCE):
            some = orders[start : start + _AT_ONCE]
            try:
                await self._defer(some)
            except exceptions.AlreadyEnqueued:
                for each in some if len(some) > 1 else ():
                    await self.defer([each])

    async def _defer(self, orders: Sequence[tuple[LookOrder, str, int]]) -> None:
        await self._jobs.batch_defer_jobs_async(
            [
                jobs.Job(
                    queue=queue,
                    priority=rank,
                    lock=None,
                    queueing_lock=order.key,
                    task_name=_LOOK,
                    task_kwargs={"order": as_payload(order)},
                    scheduled_at=order.not_before,
                )
                for order, queue, rank in orders
            ]
        )

    async def outstanding(self, sweep_id: int) -> Mapping[str, str]:
        """See `ports.LookTasks.outstanding`."""
        found = await self._connector.execute_query_all_async(
            "SELECT queueing_lock, queue_name FROM procrastinate_jobs WHERE status IN "
            "('todo', 'doing') AND queueing_lock LIKE %(of)s",
            of=f"{sweep_id}:%",
        )
        return {row["queueing_lock"]: row["queue_name"] for row in found}

    async def cancel(
        self, sweep_id: int | None, queue: str | None = None, *, looks_alone: bool = False
    ) -> list[str]:
        """See `ports.LookTasks.cancel`."""
        # The engine's own function, called for many: one call each takes a minute for a nation.
        found = await self._connector.execute_query_all_async(
            "WITH waiting AS (SELECT id, queueing_lock FROM procrastinate_jobs WHERE "
            "status = 'todo' AND queueing_lock LIKE %(of)s AND queueing_lock NOT LIKE %(checks)s "
            "AND (%(queue)s::text IS NULL OR queue_name = %(queue)s) FOR UPDATE SKIP LOCKED) "
            "SELECT queueing_lock, procrastinate_cancel_job_v1(id, false, true) AS gone "
            "FROM waiting",
            of="%:%" if sweep_id is None else f"{sweep_id}:%",
            checks=f"{sweep_id}:check:%" if looks_alone else "",
            queue=queue,
        )
        return [row["queueing_lock"] for row in found if row["gone"] is not None]

    async def queues(self) -> list[QueueState]:
        """See `ports.LookTasks.queues`."""
        return [
            QueueState(name=each["name"], waiting=each["todo"], in_hand=each["doing"])
            for each in await self._jobs.list_queues_async(task=_LOOK)
            if each["todo"] or each["doing"]
        ]

    async def close(self) -> None:
        await self._app.close_async()

    # For a worker

    async def serve(
        self, queues: Mapping[str, Iterable[str]], maker: OrderMaker, *, at_hand: int
    ) -> None:
        """See `ports.WorkerQueues.serve`."""
        self._maker, self._must_end = maker, None
        # A group has its own worker: looks that wait for one slow site leave room for the others.
        groups = [*((sorted(each), at_hand) for each in queues.values()), ([UPKEEP], 1)]
        try:
            async with asyncio.TaskGroup() as group:
                for names, concurrency in groups:
                    group.create_task(self._serve(names, concurrency))
        except BaseExceptionGroup as errors:
            raise foremost(errors) from errors
        if self._must_end is not None:
            raise self._must_end.why

    async def reclaim(self) -> None:
        """See `ports.WorkerQueues.reclaim`."""
        found: set[int] = set()
        for worker in self._workers:
            if worker.worker_id is not None:
                await self._jobs.put_back_idle(worker.worker_id)
                for job in await self._jobs.list_jobs_async(
                    task=_LOOK, status="doing", worker_id=worker.worker_id
                ):
                    if job.id is None or job.id in self._in_hand or self._jobs.holds(job.id):
                        continue
                    if job.id in self._strange:
                        await self._jobs.retry_job(job=job)
                    else:
                        found.add(job.id)
        self._strange = found

    async def _serve(self, queues: list[str], concurrency: int) -> None:
        while self._must_end is None:
            worker = Worker(
                self._app,
                queues,
                concurrency=concurrency,
                fetch_job_polling_interval=_POLLING,
                shutdown_graceful_timeout=GRACE,
                # Each order of a nation would wake every worker twice.
                listen_notify=False,
                delete_jobs=jobs.DeleteJobCondition.ALWAYS,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT.total_seconds(),
                stalled_worker_timeout=_PRUNED * SILENCE.total_seconds(),
            )
            self._workers.append(worker)
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            except exceptions.ConnectorException as error:
                # What it had in hand has ended; it begins anew once the server answers.
                if not self._connector.is_away(error):
                    raise UserError(f"{self._name}: {error.__cause__ or error}") from error
                await asyncio.sleep(_POLLING)
            finally:
                self._workers.remove(worker)

    def _tell_taken(self, taken: Sequence[jobs.Job]) -> None:
        given: list[Any] = [job.task_kwargs["order"] for job in taken if job.task_name == _LOOK]
        if self._maker is not None:
            known = map(of_payload, given)
            self._maker.expect([order for order in known if order is not None])

    async def _look(self, context: procrastinate.JobContext, order: Mapping[str, Any]) -> None:
        job, known = context.job, of_payload(order)
        if known is None or self._maker is None:
            await self._give_back(job, _UNKNOWN_LATER)
            return
        if self._must_end is not None:
            await self._give_back(job)
            return
        self._in_hand.add(job.id or 0)
        try:
            await self._maker.make(known, job.attempts)
        except PassingTrouble:
            await self._give_back(job, _TRIED_LATER)
        except WorkerMustEnd as error:
            self._end(error)
            await self._give_back(job)
        except asyncio.CancelledError:  # the worker is stopped
            await asyncio.shield(self._give_back(job))
        finally:
            self._in_hand.discard(job.id or 0)

    async def _give_back(self, job: jobs.Job, later: timedelta = timedelta()) -> None:
        """Let others begin it as if it had never been begun; this job has ended by that."""
        at = utils.utcnow() + later if later else job.scheduled_at
        with suppress(exceptions.AlreadyEnqueued):
            await self._jobs.defer_job_async(job.evolve(scheduled_at=at))

    def _end(self, why: WorkerMustEnd) -> None:
        self._must_end = self._must_end or why
        for worker in self._workers:
            worker.stop()  # type: ignore[no-untyped-call]

    async def _take_up_stalled(self, timestamp: int) -> None:
        """Put back what dead workers had in hand. Several workers may do so at once."""
        # After a server was away all are silent: who lives speaks until then.
        await asyncio.sleep(HEARTBEAT.total_seconds())
        found = await self._jobs.get_stalled_jobs(
            task_name=_LOOK, seconds_since_heartbeat=SILENCE.total_seconds()
        )
        for job in found:
            await self._jobs.retry_job(job=job)
        await self._jobs.prune_stalled_workers(_PRUNED * SILENCE.total_seconds())


async def open_queue(url: URL) -> LookQueue:
    """The queue of a database. StoreAway where the server does not answer."""
    # Its own lines tell of jobs and attempts; ours tell of looks.
    for name in ("procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    connector = PatientConnector.of(url, SCHEMA)
    queue = LookQueue(url, connector)
    try:
        await queue._app.open_async()
    except exceptions.ConnectorException as error:
        raise StoreAway(f"{name_database(url)} cannot be reached ({error.__cause__})") from error
    return queue

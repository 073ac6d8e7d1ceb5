"""Faults of workers, coordinators and the database: every account has one outcome, none is lost."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from ordered_sweeps import (
    Field,
    alive,
    coordinator,
    database_of,
    field_of,
    file_accounts,
    looks_of,
    sweep,
    sweep_alone,
    today_request,
    told,
)
from postgres import Cluster
from warm import Program

import db
from mediawatch.domain import LookKind, Outcome, SweepState, UserError, Verdict
from mediawatch.ports import Store
from mediawatch.ports.store import LookOrder
from mediawatch.ports.tasks import CLOCK_TOLERANCE
from mediawatch.sweep.summary import Step


@pytest.fixture
def field(postgres: Cluster, tmp_path: Path) -> Iterator[Field]:
    with field_of(postgres.migrated_url(), tmp_path) as found:
        yield found


@pytest_asyncio.fixture
async def shared(field: Field) -> AsyncIterator[Store]:
    found = await db.open_store(field.url, patience=60)
    yield found
    await found.close()


def names(count: int) -> list[str]:
    return [f"{'鲜旧无卡'[place % 4]}{20 + place}" for place in range(count)]


async def exactly_once(store: Store) -> None:
    """Each account has one first look, and one second one at most."""
    found = await looks_of(store)
    assert found
    assert {each[LookKind.FIRST] for each in found.values()} == {1}
    assert {each[LookKind.SECOND] for each in found.values()} <= {0, 1}


async def killed_sweep(field: Field, shared: Store, accounts: int, kills: int) -> None:
    """Kill a random worker so often while the sweep runs; a new one takes its place."""
    chance = random.Random(kills)
    for _ in range(2):
        field.worker(seconds=0.05)
    await alive(shared, 2)
    steps: asyncio.Queue[Step] = asyncio.Queue()

    async def kill() -> None:
        for _ in range(kills):
            for _ in range(accounts // (kills + 2)):
                await steps.get()
            living = [each for each in field.workers if each.poll() is None]
            chance.choice(living).kill()
            field.worker(seconds=0.05)

    async with asyncio.TaskGroup() as group:
        group.create_task(kill())
        summary = await sweep(field, progress=steps.put_nowait)
    assert len(field.workers) == 2 + kills
    assert summary.left == 0
    await exactly_once(shared)
    field.summary = summary  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("accounts", "kills"), [(12, 1), pytest.param(400, 20, marks=pytest.mark.soak)]
)
async def test_killed_workers_change_nothing(
    field: Field, shared: Store, store: Store, tmp_path: Path, accounts: int, kills: int
) -> None:
    for each in (shared, store):
        await file_accounts(each, *names(accounts))
    await killed_sweep(field, shared, accounts, kills)
    alone = await sweep_alone(store, tmp_path / "alone")
    assert told(field.summary) == told(alone)  # type: ignore[attr-defined]
    assert field.summary.exit_code == alone.exit_code  # type: ignore[attr-defined]


@pytest.mark.soak
async def test_the_server_ends_all_connections(field: Field, shared: Store) -> None:
    await file_accounts(shared, *names(24))
    field.worker(seconds=0.05)
    await alive(shared, 1)
    host, name = database_of(field.url)
    cuts = 0

    def cut(step: Step) -> None:
        nonlocal cuts
        if step.done in (4, 12) and cuts < 2:
            cuts += 1
            with psycopg.connect(host=host, user="postgres", dbname="postgres") as server:
                server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    [name],
                )

    summary = await sweep(field, progress=cut)
    assert cuts == 2
    assert field.workers[0].poll() is None, "the worker goes on"
    assert summary.left == 0
    await exactly_once(shared)
    assert set(summary.outcomes) <= {
        Outcome.OK,
        Outcome.NOT_FOUND,
        Outcome.NO_EVIDENCE,
    }


async def test_a_clock_that_is_off_looks_at_nothing(field: Field, shared: Store) -> None:
    await file_accounts(shared, "鲜1")
    off = field.worker(ahead=-2 * CLOCK_TOLERANCE.total_seconds())
    assert await asyncio.to_thread(off.wait) == 2
    (said,) = (field.folder / "worker-1.err").read_text().splitlines()
    assert "this machine's clock is 120 seconds behind the database's" in said
    assert not await looks_of(shared)


async def test_what_always_fails_is_our_trouble_once(field: Field, shared: Store) -> None:
    await file_accounts(shared, "鲜1", "旧40", "旧50")
    field.worker(breaks_on="旧40")
    await alive(shared, 1)
    summary = await sweep(field)
    # Only a look that keeps evidence breaks there: the second one.
    assert summary.exit_code & 1
    assert told(summary)["旧40"] == (Verdict.UNPROVEN,)
    assert told(summary)["旧50"][0] is Verdict.FAILED
    await exactly_once(shared)


async def test_two_coordinators_the_second_ends(field: Field, shared: Store) -> None:
    await file_accounts(shared, "鲜1")
    async with coordinator(field.url, field.folder):
        with pytest.raises(UserError, match=r"another sweep runs on database .*: wait for its end"):
            async with coordinator(field.url, field.folder):
                pass
    async with coordinator(field.url, field.folder):
        pass


async def test_a_sweep_goes_on_after_its_coordinator(field: Field, shared: Store) -> None:
    await file_accounts(shared, *names(20))
    field.worker(seconds=0.05)
    await alive(shared, 1)

    class Death(UserError): ...

    def die(step: Step) -> None:
        if step.done == 5:
            raise Death

    with pytest.raises(Death):
        await sweep(field, progress=die)
    async with coordinator(field.url, field.folder) as (_, tasks):
        (running,) = await shared.sweeps.all()
        assert running.state is SweepState.RUNNING
        held = await tasks.outstanding(running.id)
        assert len(held) <= 16, "what no worker has begun was taken back"
    summary = await sweep(field)
    assert summary.sweep.id == running.id
    assert summary.left == 0
    await exactly_once(shared)


async def test_a_newer_database_ends_the_worker(field: Field, shared: Store) -> None:
    await file_accounts(shared, "鲜1", "鲜2")
    old = field.worker(seconds=1.0)
    await alive(shared, 1)
    sweeping = asyncio.create_task(sweep(field))
    assert old.stdout is not None
    await asyncio.to_thread(old.stdout.readline)  # it is in the midst of a look
    host, name = database_of(field.url)
    with psycopg.connect(host=host, user="postgres", dbname=name) as server:
        server.execute("UPDATE alembic_version SET version_num = '9999'")
    try:
        assert await asyncio.to_thread(old.wait) == 2
        said = (field.folder / "worker-1.err").read_text()
        assert "NewerDatabase" in said
        assert "was brought to revision 9999 by a newer mediawatch" in said
        with pytest.raises(UserError, match="revision 9999"):
            await sweeping
    finally:
        with psycopg.connect(host=host, user="postgres", dbname=name) as server:
            server.execute(
                "UPDATE alembic_version SET version_num = %s", [db.migrate.revisions()[-1]]
            )
    assert not await looks_of(shared), "nothing is kept by the old version"


@pytest.mark.soak
async def test_the_orders_of_a_gone_login_go_elsewhere(field: Field, shared: Store) -> None:
    await file_accounts(shared, *names(12))
    holder = field.worker("holder", seconds=0.3, logins=["toutiao:office"])
    field.worker("visitor")
    await alive(shared, 2)

    def kill(step: Step) -> None:
        holder.kill()

    summary = await sweep(field, progress=kill)
    assert summary.left == 0
    await exactly_once(shared)


async def test_a_login_belongs_to_one_live_worker(field: Field, shared: Store) -> None:
    field.worker("first", logins=["toutiao:office"])
    await alive(shared, 1)
    second = field.worker("second", logins=["toutiao:office"])
    assert await asyncio.to_thread(second.wait) == 2
    said = (field.folder / "second.err").read_text()
    assert "toutiao:office is held by the worker first, which is alive" in said


async def test_a_stopped_worker_gives_its_orders_back(field: Field, shared: Store) -> None:
    await file_accounts(shared, *names(6))
    first = field.worker(seconds=0.5)
    await alive(shared, 1)

    def stop(step: Step) -> None:
        if first.poll() is None and step.done == 1:
            first.send_signal(signal.SIGTERM)
            field.worker()

    summary = await sweep(field, progress=stop)
    assert summary.left == 0
    assert await asyncio.to_thread(ended, first) == 0
    await exactly_once(shared)


def ended(worker: Program) -> int:
    return worker.wait()


async def test_the_second_reading_of_a_look_is_dropped(field: Field, shared: Store) -> None:
    """As where a worker that was held for dead comes back with what it saw."""
    await file_accounts(shared, "鲜1")
    field.worker()
    await alive(shared, 1)
    summary = await sweep(field, again=True)
    (account,) = await shared.accounts.all()
    (reading,) = (await shared.readings.by_account())[account.id]
    late = await shared.readings.keep_look(_anew(reading))
    assert late.id == reading.id
    assert (await shared.readings.by_account())[account.id] == [reading]
    order = LookOrder(sweep_id=summary.sweep.id, platform="toutiao", account_id=account.id)
    assert await shared.ledger.accounts([order]) == {}


def _anew(reading):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(reading, id=0)


@pytest.mark.soak
async def test_the_run_ends_in_time(field: Field, shared: Store) -> None:
    from datetime import timedelta

    from ordered_sweeps import host_now

    await file_accounts(shared, *names(40))
    field.worker(seconds=0.5)
    await alive(shared, 1)
    async with coordinator(field.url, field.folder) as (engine, tasks):
        until = host_now() + timedelta(seconds=1.5)
        summary = await engine.run(today_request(until=until))
        assert await tasks.queues() == []
        assert engine.pacing.over
    assert 0 < summary.left < 40
    assert summary.sweep.state is SweepState.FINISHED


async def test_postgresql_is_started_anew(postgres: Cluster, field: Field, shared: Store) -> None:
    await file_accounts(shared, *names(10))
    field.worker(seconds=0.1)
    await alive(shared, 1)
    restarts = 0

    def restart(step: Step) -> None:
        nonlocal restarts
        if step.done == 4 and not restarts:
            restarts += 1
            postgres.restart()

    summary = await sweep(field, progress=restart)
    assert restarts == 1
    assert field.workers[0].poll() is None, "the worker goes on"
    assert summary.left == 0
    assert summary.exit_code == 0
    await exactly_once(shared)


@pytest.mark.soak
async def test_an_account_at_which_workers_die(
    field: Field, shared: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await file_accounts(shared, "鲜1", "旧40", "鲜3")
    for _ in range(4):
        field.worker(dies_on="旧40", deaths=2)
    await alive(shared, 4)
    summary = await sweep(field)
    assert sum(each.poll() is not None for each in field.workers) == 2
    assert told(summary)["旧40"] == (Verdict.UNPROVEN,)
    assert summary.exit_code & 1
    await exactly_once(shared)


async def test_an_order_of_a_newer_version_waits_for_who_knows_it(
    field: Field, shared: Store
) -> None:
    field.worker()
    await alive(shared, 1)
    async with coordinator(field.url, field.folder) as (_, tasks):
        order = LookOrder(sweep_id=7, platform="toutiao", account_id=1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("mediawatch.ports.tasks.ORDER_VERSION", 2)
            await tasks.defer([(order, "toutiao:visitor", 0)])
        host, name = database_of(field.url)
        given_back = "SELECT 1 FROM mediawatch_tasks.procrastinate_jobs WHERE scheduled_at > now()"
        with psycopg.connect(host=host, user="postgres", dbname=name, autocommit=True) as server:
            while True:
                put = server.execute(given_back).fetchone()
                states = await tasks.queues()
                if put and not states[0].in_hand:  # which goes when its copy waits already
                    break
                await asyncio.sleep(0.05)
        assert [each.waiting for each in states] == [1]
    assert field.workers[0].poll() is None

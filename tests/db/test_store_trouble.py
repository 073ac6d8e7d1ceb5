"""The store under trouble: many tasks, other processes, cancelled tasks, kill -9, a server that
hangs up.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
import samples
from postgres import Cluster
from samples import (
    FILE,
    NOW,
    PLAIN,
    enter,
    finding,
    open_sweep,
    plain_reading,
    post,
    rich_reading,
    sql,
    without_captures,
)
from warm import Program

import db
from db.errors import StoreBusy, StoreError
from mediawatch.domain import Judgement, MatchedBy, Reading, Verdict
from mediawatch.ports import Store

WHOLE = (2, 3, 2)
"""Sights, posts and pieces of evidence of a `rich_reading`."""


def parts(reading: Reading) -> tuple[int, int, int]:
    return len(reading.sights), len(reading.posts), len(reading.evidence)


async def test_sixteen_tasks_keep_readings_at_once(any_store: Store, migrated_url: str) -> None:
    accounts = await enter(any_store, *[PLAIN] * 4)

    async def work(task: int) -> list[Reading]:
        at = [NOW + timedelta(minutes=10 * task + n) for n in range(5)]
        return [
            await any_store.readings.keep(
                replace(rich_reading(accounts[task % 4].id), read_at=moment)
            )
            for moment in at
        ]

    kept = [reading for batch in await asyncio.gather(*map(work, range(16))) for reading in batch]
    found = await any_store.readings.by_account()
    assert sorted(kept, key=lambda reading: reading.id) == sorted(
        (reading for readings in found.values() for reading in readings),
        key=lambda reading: reading.id,
    )
    assert len({reading.id for reading in kept}) == 80
    newest = {account.id: found[account.id][-1].id for account in accounts}
    assert (
        dict(sql(migrated_url, "SELECT account_id, last_reading_id FROM account_state")) == newest
    )


async def test_two_processes_write_about_one_account(any_store: Store, migrated_url: str) -> None:
    (account,) = await enter(any_store, PLAIN)
    stores = any_store, await db.open_store(migrated_url)
    for n in range(0, 24, 2):
        older, newer = (
            plain_reading(
                account.id,
                NOW + timedelta(minutes=m),
                post(date(2031, 1, 1) + timedelta(days=m)),
                matched_by=MatchedBy.ID,
            )
            for m in (n, n + 1)
        )
        one, other = stores if n % 4 else stores[::-1]
        # Each reads the state and then changes it; what the newer one wrote must survive the older
        # one.
        _, kept = await asyncio.gather(one.readings.keep(older), other.readings.keep(newer))
        state = sql(
            migrated_url, "SELECT CAST(latest_on AS VARCHAR), last_reading_id FROM account_state"
        )
        assert state == [(f"{date(2031, 1, 2) + timedelta(days=n)}", kept.id)]
    await stores[1].close()


async def test_two_processes_may_read_before_they_write(store: Store, sqlite_url: str) -> None:
    # SQLite fails at once, however long it may wait, where somebody wrote between a transaction's
    # read and its write.
    (account,) = await enter(store, PLAIN)
    other = await db.open_store(sqlite_url)
    await asyncio.gather(
        *(
            each.accounts.add_links(account.id, [f"{n}{each is store}"], "a.txt")
            for n in range(20)
            for each in (store, other)
        )
    )
    found = await other.accounts.get(account.id)
    assert found is not None
    assert len(found.links) == 40
    await other.close()


async def test_what_was_kept_is_there_after_opening_again(
    any_store: Store, migrated_url: str
) -> None:
    accounts = await enter(any_store, PLAIN, PLAIN)
    sweep = await open_sweep(any_store, accounts)
    kept = await any_store.readings.keep(rich_reading(accounts[0].id, sweep.id))
    judgement = Judgement(verdict=Verdict.FAILED, sentence="示例", findings=(finding(kept.id),))
    await any_store.sweeps.keep_judgements(sweep.id, {accounts[0].id: judgement})
    again = await db.open_store(migrated_url)
    assert await again.sweeps.all() == [sweep]
    assert [row.judgement for row in await again.sweeps.scope(sweep.id)] == [judgement, None]
    assert await again.readings.by_account(sweep_id=sweep.id) == {accounts[0].id: [kept]}
    await again.close()


async def test_a_lock_held_too_long_is_said_and_reading_goes_on(
    sqlite_url: str, tmp_path: Path
) -> None:
    store = await db.open_store(sqlite_url, busy_timeout=0.1)
    (account,) = await enter(store, PLAIN)
    holder = sqlite3.connect(tmp_path / "mediawatch.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    writes: list[Callable[[], Awaitable[object]]] = [
        lambda: store.readings.keep(plain_reading(account.id)),
        lambda: store.accounts.add_links(account.id, ["x"], "a.txt"),
        lambda: store.accounts.add_source(FILE, "links"),
    ]
    for write in writes:
        with pytest.raises(
            StoreBusy,
            match=r"mediawatch\.db is locked by another process: wait until it is done, then try again",
        ):
            await write()
    assert await store.accounts.all() == [account]
    opened_meanwhile = await db.open_store(sqlite_url, busy_timeout=0.1)
    assert await opened_meanwhile.accounts.all() == [account]
    await opened_meanwhile.close()
    holder.execute("COMMIT")
    holder.close()
    for write in writes:
        await write()
    assert len(await store.readings.by_account()) == 1
    await store.close()


async def test_a_lock_on_postgresql_is_said_too(postgres: Cluster) -> None:
    url = postgres.migrated_url()
    store = await db.open_store(url, busy_timeout=0.2)
    (account,) = await enter(store, PLAIN)
    with psycopg.connect(url.replace("+psycopg", "")) as holder:
        holder.execute("SELECT * FROM account_state FOR UPDATE")
        with pytest.raises(StoreBusy, match="locked by another process"):
            await store.readings.keep(plain_reading(account.id))
    assert await store.readings.by_account() == {}
    await store.readings.keep(plain_reading(account.id))
    await store.close()


async def test_the_store_goes_on_after_the_server_hung_up(postgres: Cluster) -> None:
    url = postgres.migrated_url()
    store = await db.open_store(url)
    (account,) = await enter(store, PLAIN)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as killer:
        killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
            "current_database() AND pid <> pg_backend_pid()"
        )
    await store.readings.keep(plain_reading(account.id))
    assert await store.accounts.all() == [account]
    await store.close()


async def test_a_cancelled_task_leaves_whole_readings_and_a_working_store(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    for turns in range(0, 60, 3):
        task = asyncio.create_task(any_store.readings.keep(rich_reading(account.id)))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()  # as an impatient user does
        await asyncio.wait([task])
        assert task.cancelled() or turns
        await any_store.readings.keep(rich_reading(account.id))
    found = (await any_store.readings.by_account())[account.id]
    assert {parts(reading) for reading in found} == {WHOLE}
    assert 20 <= len(found) <= 40


WRITER = """
import asyncio, sys
import db
import samples
from samples import rich_reading

async def write(url, account_id):
    store = await db.open_store(url)
    while True:
        kept = await asyncio.gather(*(store.readings.keep(rich_reading(account_id)) for _ in range(4)))
        print(*(reading.id for reading in kept), flush=True)

asyncio.run(write(sys.argv[1], int(sys.argv[2])))
"""


def killed_after(lines: int, url: str, account_id: int) -> list[str]:
    """What a writing process had printed when it was killed in the midst of a later batch."""
    paths = os.pathsep.join([str(Path(samples.__file__).parent), *sys.path])
    command = [sys.executable, "-c", WRITER, url, str(account_id)]
    with Program(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": paths}
    ) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(lines)]
        time.sleep(0.003 * lines)
        writer.send_signal(signal.SIGKILL)
        return said + writer.stdout.readlines()


@pytest.mark.parametrize("lines", [1, 6])
async def test_kill_9_loses_nothing_that_was_kept(
    store: Store, sqlite_url: str, lines: int
) -> None:
    (account,) = await enter(store, PLAIN)
    await store.close()
    said = await asyncio.to_thread(killed_after, lines, sqlite_url, account.id)
    shown = {int(word) for line in said if line.endswith("\n") for word in line.split()}
    again = await db.open_store(sqlite_url)
    found = (await again.readings.by_account())[account.id]
    assert len(shown) >= 4 * lines
    assert shown <= {reading.id for reading in found}
    assert {parts(reading) for reading in found} == {WHOLE}
    last = await again.readings.keep(rich_reading(account.id))
    assert last == replace(
        without_captures(rich_reading(account.id)), id=last.id, filed_as=account.filed.identity
    )
    assert sql(sqlite_url, "PRAGMA integrity_check") == [("ok",)]
    assert sql(sqlite_url, "SELECT last_reading_id FROM account_state") == [(last.id,)]
    await again.close()


async def test_a_damaged_file_is_said_in_a_sentence(store: Store, tmp_path: Path) -> None:
    await enter(store, *[PLAIN] * 200)
    await store.close()
    file = tmp_path / "mediawatch.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(StoreError, match=r"mediawatch\.db: "):
        await (await db.open_store(f"sqlite:///{file}")).accounts.all()

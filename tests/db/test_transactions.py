"""What `@reads` and `@writes` make of a method."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from db.engine import normal_url
from db.errors import StoreError
from db.transactions import Aggregate, Transactions, reads, writes


class Notes(Aggregate):
    @reads
    def echo(self, conn: Connection, given: object, *, named: object = None) -> object:
        assert conn.in_transaction()
        return given, named

    @reads
    def all(self, conn: Connection) -> list[int]:
        return list(conn.scalars(text("SELECT number FROM note ORDER BY number")))

    @writes
    def add(self, conn: Connection, numbers: Iterable[int]) -> None:
        conn.execute(text("CREATE TABLE IF NOT EXISTS note (number INTEGER)"))
        for number in numbers:
            conn.execute(text("INSERT INTO note VALUES (:number)"), {"number": 100 // number})


@pytest.fixture
async def notes(tmp_path: Path) -> AsyncIterator[Notes]:
    transactions = Transactions(normal_url(f"sqlite:///{tmp_path}/notes.db"))
    yield Notes(transactions)
    await transactions.close()


async def test_a_method_works_on_its_own_copy_of_what_it_is_given(notes: Notes) -> None:
    numbers, names = [1], {"a": 1}
    copies = await notes.echo(numbers, named=names)
    numbers.append(2)
    names["b"] = 2
    assert copies == ([1], {"a": 1})
    assert await notes.echo(number for number in (1, 2)) == ([1, 2], None)
    assert await notes.echo("text", named=frozenset({1})) == ("text", [1])


async def test_one_call_is_one_transaction(notes: Notes) -> None:
    await notes.add([1])
    with pytest.raises(ZeroDivisionError):
        await notes.add([2, 0])
    assert await notes.all() == [100]


async def test_errors_of_the_driver_leave_as_store_errors(notes: Notes) -> None:
    with pytest.raises(StoreError, match=r"notes\.db: no such table"):
        await notes.all()


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


class Loops(Aggregate):
    """Transactions that do not end by themselves; each says when it has begun."""

    @reads
    def read(self, conn: Connection, begun: Event) -> None:
        begun.set()
        conn.execute(text(ENDLESS))

    @writes
    def write(self, conn: Connection, begun: Event) -> None:
        conn.execute(text("CREATE TABLE half_done (number INTEGER)"))
        begun.set()
        conn.execute(text(ENDLESS))

    @writes
    def add(self, conn: Connection) -> None:
        conn.execute(text("CREATE TABLE done (number INTEGER)"))


@pytest.mark.parametrize("method", ["read", "write"])
async def test_a_cancelled_transaction_is_interrupted_whole(
    database_url: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test that hangs has failed: the statement has no end."""
    monkeypatch.setattr("db.transactions.WRITERS_PATIENCE", 0.1)
    transactions, begun = Transactions(normal_url(database_url)), Event()
    loops = Loops(transactions)
    task = asyncio.create_task(getattr(loops, method)(begun))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await loops.add()
    await transactions.close()
    engine = create_engine(normal_url(database_url))
    assert inspect(engine).get_table_names() == ["done"]
    engine.dispose()


async def test_a_cancelled_write_does_not_wait_for_the_lock(tmp_path: Path) -> None:
    """It would wait for ten minutes, and is never done afterwards."""
    file = tmp_path / "notes.db"
    transactions = Transactions(normal_url(f"sqlite:///{file}"), busy_timeout=600)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    loops = Loops(transactions)
    waiting = [asyncio.create_task(loops.add()) for _ in range(2)]
    await asyncio.sleep(0.1)
    for task in waiting:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[1]
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    holder.execute("COMMIT")
    holder.close()
    await loops.add()
    await transactions.close()

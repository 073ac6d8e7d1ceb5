"""What `@reads` and `@writes` make of a method."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

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

"""How the rows of the pace are reached, also after a server that was away for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL

from db.engine import BUSY_TIMEOUT, driver_words, name_database
from db.errors import StoreAway, StoreBusy, StoreConflict, told_by_postgresql
from db.patience import patiently
from db.transactions import Transactions
from db.types import Values

T = TypeVar("T")

_PASSING = (StoreAway, StoreBusy, StoreConflict)
"""A look waits for what somebody else holds, too: its visit is under way."""


class PaceRows:
    """The connections of one process. Belongs to the event loop in which it is first used."""

    def __init__(self, url: URL, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self._name, self._words = name_database(url), driver_words(url, busy_timeout)
        self._transactions = Transactions(url, busy_timeout)
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None
        self._connecting = asyncio.Lock()

    async def ask(self, statement: str, values: Values) -> tuple[Any, ...] | None:
        """The first row of a single statement, which is a transaction of its own.

        Each look makes some: by the driver itself, on a connection that is kept, they cost a
        seventh of what they do in a thread through SQLAlchemy.
        """

        return await patiently(lambda: self._ask(statement, values), _PASSING)

    async def _ask(self, statement: str, values: Values) -> tuple[Any, ...] | None:
        try:
            cursor = await (await self._connected()).execute(statement, values)
            return await cursor.fetchone() if cursor.description else None
        except psycopg.Error as error:
            lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
            raise told_by_postgresql(error, self._name, lost=lost) from error

    async def _connected(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        async with self._connecting:
            if self._connection is None or self._connection.closed:
                self._connection = await psycopg.AsyncConnection.connect(
                    **self._words, autocommit=True
                )
            return self._connection

    async def together(self, work: Callable[..., T], /, *given: Any) -> T:
        """What `work(connection, *given)` returns, in one transaction: for what is rare."""
        return await patiently(lambda: self._transactions.write(work, *given), _PASSING)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
        await self._transactions.close()

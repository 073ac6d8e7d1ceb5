"""How the rows of the pace are reached, also after a server that was away for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from db.engine import BUSY_TIMEOUT, driver_words, name_database
from db.errors import StoreBusy, StoreConflict, StoreError
from db.transactions import Transactions
from db.types import Values

T = TypeVar("T")

_PATIENCE = 600.0
"""Seconds after which a server that is away is an error.

A look in progress waits so long: an error would be noted as our trouble with the site.
"""
_PASSING = ("08", "57P", "53300", "55P03", "40P01")
"""PostgreSQL's codes, by their beginning: no connection, a server that stops, starts or is full,
and what somebody else holds.
"""


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

        return await _patiently(lambda: self._ask(statement, values))

    async def _ask(self, statement: str, values: Values) -> tuple[Any, ...] | None:
        try:
            cursor = await (await self._connected()).execute(statement, values)
            return await cursor.fetchone() if cursor.description else None
        except psycopg.Error as error:
            raise self._told(error) from error

    async def _connected(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        async with self._connecting:
            if self._connection is None or self._connection.closed:
                self._connection = await psycopg.AsyncConnection.connect(
                    **self._words, autocommit=True
                )
            return self._connection

    async def together(self, work: Callable[..., T], /, *given: Any) -> T:
        """What `work(connection, *given)` returns, in one transaction: for what is rare."""
        return await _patiently(lambda: self._transactions.write(work, *given))

    def _told(self, error: psycopg.Error) -> StoreError:
        words = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
        told = StoreError(f"{self._name}: {words}")
        told.sqlstate = error.sqlstate or ("08000" if _is_lost(error) else "")
        return told

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
        await self._transactions.close()


def _is_lost(error: psycopg.Error) -> bool:
    """Whether the connection could not be made, or broke: the server gives no code then."""
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """What was written by a statement whose answer got lost is written twice then.

    That costs one turn.
    """
    try:
        return await call()
    except StoreError as error:
        if not _passes(error):
            raise
    attempts = AsyncRetrying(
        retry=retry_if_exception(_passes),
        wait=wait_exponential_jitter(multiplier=0.1, max=5.0, jitter=0.5),
        stop=stop_after_delay(_PATIENCE),
        reraise=True,
    )

    async def again() -> T:
        return await call()

    return await attempts(again)


def _passes(error: BaseException) -> bool:
    """Whether it may help to wait."""
    if isinstance(error, StoreBusy | StoreConflict):
        return True
    if not isinstance(error, StoreError):
        return False
    lost = not error.sqlstate and isinstance(error.__cause__, OperationalError)
    return lost or error.sqlstate.startswith(_PASSING)

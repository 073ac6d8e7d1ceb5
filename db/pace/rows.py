"""How the rows of the pace are reached, also after a server that was away for a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import OperationalError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from db.engine import BUSY_TIMEOUT
from db.errors import StoreBusy, StoreConflict, StoreError
from db.transactions import Transactions

T = TypeVar("T")

_PATIENCE = 600.0
"""Seconds after which a server that is away is an error.

A look in progress waits so long: what ended it earlier would be noted as our trouble with the site.
"""
_AWAY = ("08", "57P", "53300")
"""PostgreSQL's codes, by their beginning: no connection, the server stops or starts, or is full."""


class PaceRows:
    """The connections of one process. Belongs to the event loop in which it is first used."""

    def __init__(self, url: URL, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self._transactions = Transactions(url, busy_timeout)

    async def at_once(self, work: Callable[..., T], /, *given: Any) -> T:
        """What `work(connection, *given)` returns: a single statement, committed by itself."""
        return await _patiently(lambda: self._transactions.at_once(work, *given))

    async def together(self, work: Callable[..., T], /, *given: Any) -> T:
        """The same for several statements, in one transaction."""
        return await _patiently(lambda: self._transactions.write(work, *given))

    async def close(self) -> None:
        await self._transactions.close()


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
        wait=wait_exponential_jitter(initial=0.1, max=5.0, jitter=0.5),
        stop=stop_after_delay(_PATIENCE),
        reraise=True,
    )
    return await attempts(call)


def _passes(error: BaseException) -> bool:
    """Whether it may help to wait."""
    if isinstance(error, StoreBusy | StoreConflict):
        return True
    if not isinstance(error, StoreError):
        return False
    lost = not error.sqlstate and isinstance(error.__cause__, OperationalError)
    return lost or error.sqlstate.startswith(_AWAY)

"""The lock under which one process sweeps on a PostgreSQL database."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from db.engine import name_database
from db.errors import StoreAway, as_store_error
from mediawatch.domain import UserError

SWEEP_LOCK = 0x6D656473
"""PostgreSQL's lock; any constant would do. It belongs to one database."""


class SweepLock:
    """Held by a connection of its own: the server frees it when the process or machine dies.

    On SQLite the home's lock does, and this one does nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def take(self) -> None:
        """UserError where another process holds it."""
        if self._engine.dialect.name != "postgresql":
            return
        name = name_database(self._engine.url)
        with as_store_error(name):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            # Of its own: the pool must not lend it to others.
            connection.detach()
            lock = text("SELECT pg_try_advisory_lock(:key)")
            if not connection.scalar(lock, {"key": SWEEP_LOCK}):
                connection.close()
                raise UserError(
                    f"another sweep runs on {name}: wait for its end, or stop it; one process "
                    "hands out the looks of a database"
                )
            self._connection = connection

    async def make_sure(self) -> None:
        """Take it again where the server has ended the connection: later, where it is still away.

        UserError as `take`.
        """
        await asyncio.to_thread(self._make_sure)

    def _make_sure(self) -> None:
        if self._connection is not None:
            try:
                self._connection.scalar(text("SELECT 1"))
                return
            except DBAPIError:
                self.release()
        with suppress(StoreAway):
            self.take()

    def release(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None

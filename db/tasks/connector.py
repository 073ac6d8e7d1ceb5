"""Procrastinate's connections, which wait for a server that does not answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

import psycopg
import psycopg_pool
from procrastinate import PsycopgConnector, exceptions
from sqlalchemy import URL

from db.patience import PATIENCE, patiently

T = TypeVar("T")


class PatientConnector(PsycopgConnector):
    """Makes a statement again whose connection was lost.

    It may be made twice so: a job that was fetched without an answer is found by its worker.
    """

    @classmethod
    def of(cls, url: URL, schema: str) -> Self:
        """The connections to one schema of a database."""
        plain = url.set(drivername="postgresql")
        return cls(
            conninfo=plain.render_as_string(hide_password=False),
            kwargs={
                # The engine's statements stand alone: BEGIN and COMMIT would double their cost.
                "autocommit": True,
                "options": f"-c search_path={schema} -c timezone=UTC",
                "connect_timeout": 10,
                "prepare_threshold": 2,
            },
            min_size=1,
            max_size=4,
            timeout=60.0,
            reconnect_timeout=PATIENCE,
            pool_factory=_unchecked_pool,
        )

    @staticmethod
    def is_away(error: BaseException) -> bool:
        """Whether the server does not answer, or has ended the connection."""
        cause = error.__cause__ or error
        return isinstance(
            cause, psycopg.OperationalError | psycopg.InterfaceError | psycopg_pool.PoolTimeout
        )

    async def execute_query_async(self, query: Any, **given: Any) -> None:
        await self._patiently(super().execute_query_async, query, given)

    async def execute_query_one_async(self, query: Any, **given: Any) -> dict[str, Any]:
        return await self._patiently(super().execute_query_one_async, query, given)

    async def execute_query_all_async(self, query: Any, **given: Any) -> list[dict[str, Any]]:
        return await self._patiently(super().execute_query_all_async, query, given)

    async def _patiently(
        self, execute: Callable[..., Awaitable[T]], query: Any, given: dict[str, Any]
    ) -> T:
        return await patiently(
            lambda: execute(query, **given), exceptions.ConnectorException, passes=self.is_away
        )


def _unchecked_pool(**given: Any) -> psycopg_pool.AsyncConnectionPool:
    """Connections are not asked before each statement whether they live: it is made again."""
    return psycopg_pool.AsyncConnectionPool(**given | {"check": None})

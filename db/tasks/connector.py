"""Procrastinate's connections, which wait for a server that does not answer."""

from __future__ import annotations

from typing import Any, Self

import psycopg
import psycopg_pool
from procrastinate import PsycopgConnector, exceptions
from procrastinate.sync_psycopg_connector import wrap_exceptions
from psycopg.rows import dict_row
from sqlalchemy import URL

from db.patience import PATIENCE, patiently


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
                "row_factory": dict_row,
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
        await self._patiently(query, given)

    async def execute_query_one_async(self, query: Any, **given: Any) -> dict[str, Any]:
        found = await self._patiently(query, given)
        if not found:
            raise exceptions.NoResult
        return found[0]

    async def execute_query_all_async(self, query: Any, **given: Any) -> list[dict[str, Any]]:
        return await self._patiently(query, given)

    async def _patiently(self, query: Any, given: dict[str, Any]) -> list[dict[str, Any]]:
        return await patiently(
            lambda: self._rows(query, given), exceptions.ConnectorException, passes=self.is_away
        )

    async def _rows(self, query: Any, given: dict[str, Any]) -> list[dict[str, Any]]:
        # The engine's own way through a cursor and four contexts doubles what a statement costs.
        with wrap_exceptions():
            async with self.pool.connection() as connection:
                cursor = await connection.execute(query, self._wrap_json(given))
                return await cursor.fetchall() if cursor.description else []  # type: ignore[return-value]


def _unchecked_pool(**given: Any) -> psycopg_pool.AsyncConnectionPool:
    """Connections are not asked before each statement whether they live: it is made again."""
    return psycopg_pool.AsyncConnectionPool(**given | {"check": None})

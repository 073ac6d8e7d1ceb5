"""Books of the pace for tests: in memory, or rows of a real PostgreSQL whose clock tests set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

import psycopg
import virtual
from postgres import Cluster
from sqlalchemy import Connection, make_url

from db.engine import normal_url
from db.pace import PaceRows, SqlPaceBook
from mediawatch.domain import Pace
from mediawatch.ports import TurnBook
from mediawatch.sweep.gate.breakers import Breaker
from mediawatch.sweep.gate.memory import MemoryBook

T = TypeVar("T")
START = datetime.fromisoformat("2026-03-05T12:00:00+08:00")


def moment() -> datetime:
    """The virtual loop's moment."""
    return START + timedelta(seconds=asyncio.get_running_loop().time())


class ClockedRows(PaceRows):
    """Rows whose database reads its clock from the virtual loop."""

    async def ask(self, statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
        clock = "SELECT set_config('mediawatch.now', %(now)s, false)"
        await super().ask(clock, {"now": moment().isoformat()})
        return await super().ask(statement, values)

    async def together(self, work: Callable[..., T], /, *given: Any) -> T:
        return await super().together(_clocked, moment(), work, *given)


def _clocked(conn: Connection, now: datetime, work: Callable[..., T], /, *given: Any) -> T:
    conn.exec_driver_sql(f"SET mediawatch.now = '{now.isoformat()}'")
    return work(conn, *given)


class PaceDatabase:
    """A database whose function `mediawatch_clock` asks the connection's setting."""

    def __init__(self, cluster: Cluster) -> None:
        self.url = cluster.copy(cluster.migrated_url())
        self._place = {"host": str(cluster.folder), "dbname": make_url(self.url).database}
        self.execute(
            "CREATE OR REPLACE FUNCTION mediawatch_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
            "$$ SELECT coalesce(nullif(current_setting('mediawatch.now', true), '')::timestamptz, "
            "clock_timestamp()) $$"
        )

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(user="postgres", autocommit=True, **self._place) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def clear(self) -> None:
        self.execute(
            "DELETE FROM pace; DELETE FROM breaker; DELETE FROM breaker_opening; "
            "DELETE FROM canary_turn; DELETE FROM page_answer"
        )

    def calls(self) -> list[float]:
        """The moments of all calls, in seconds of the virtual loop."""
        found = self.execute("SELECT at FROM pace_call ORDER BY at")
        return [(at - START).total_seconds() for (at,) in found]


class Workers:
    """Several processes of one database, played in one virtual loop: each has a book of its own."""

    def __init__(self, database: PaceDatabase) -> None:
        self._rows = ClockedRows(normal_url(database.url))

    def book(self, address: str = "", began: datetime | None = None) -> SqlPaceBook:
        book = SqlPaceBook(self._rows, address, Breaker)
        book.begin_run(began)
        return virtual.counted(book)

    async def close(self) -> None:
        await self._rows.close()


def run_on_rows(database: PaceDatabase, work: Callable[[Workers], Coroutine[Any, Any, T]]) -> T:
    """Run it in virtual time, on empty rows."""
    database.clear()

    async def whole() -> T:
        workers = Workers(database)
        try:
            return await work(workers)
        finally:
            await workers.close()

    return virtual.run(whole)


def run_on_memory(work: Callable[[TurnBook], Coroutine[Any, Any, T]]) -> T:
    return virtual.run(lambda: work(MemoryBook(moment)))


def exceeded(calls: list[float], pace: Pace) -> str:
    """Where these calls are more than the pace allows; "" where they are not.

    A microsecond is what a database's moments are rounded to.
    """
    calls = sorted(calls)
    for limit, span in ((1, pace.every), (pace.per_hour, 3600.0), (pace.per_day, 86_400.0)):
        for first, last in zip(calls, calls[limit or len(calls) :], strict=False):
            if last - first < span - 2e-6:
                return f"{limit} in {span} s: {first} and {last}"
    return ""

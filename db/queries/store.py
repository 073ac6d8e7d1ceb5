"""The named queries, and any statement that only reads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeVar

from sqlalchemy import URL, Connection, func, select

from db.models import SweepAccountRow, SweepRow
from db.queries.named import asks_for_judgements, named_queries
from db.queries.readonly import ForeignStatement
from db.transactions import Aggregate, Transactions, reads
from mediawatch.domain import SweepAccount, SweepKind, SweepState
from mediawatch.ports import USUAL_LIMITS, NamedQuery, QueryLimits, QueryResult, QueryRow, TakeRows

T = TypeVar("T")


class SqlQueries(Aggregate):
    def __init__(self, transactions: Transactions, url: URL) -> None:
        super().__init__(transactions)
        self._url = url

    def all(self) -> Sequence[NamedQuery]:
        return named_queries(self._url.get_backend_name())

    async def run(
        self, sql: str, now: Sequence[SweepAccount] = (), limits: QueryLimits = USUAL_LIMITS
    ) -> QueryResult:
        return await self.send(sql, partial(_within, limits), now, limits.seconds)

    async def send(
        self, sql: str, take: TakeRows[T], now: Sequence[SweepAccount] = (), seconds: float = 60.0
    ) -> T:
        statement = ForeignStatement(self._url, sql, seconds)
        try:
            return await asyncio.to_thread(statement.answer, take, now)
        except asyncio.CancelledError:
            statement.stop()
            raise

    async def judged_sweeps(self, sql: str) -> list[int]:
        return await self._judged_sweeps() if asks_for_judgements(sql, self.all()) else []

    @reads
    def _judged_sweeps(self, conn: Connection) -> list[int]:
        """As `db/reports` choose them."""
        newest = (
            select(func.max(SweepAccountRow.sweep_id))
            .where(SweepAccountRow.verdict.is_not(None))
            .group_by(SweepAccountRow.account_id)
        )
        kinds = (SweepKind.NIGHTLY.value, SweepKind.RECHECK.value)
        finished = SweepRow.state == SweepState.FINISHED, SweepRow.kind.not_in(kinds)
        inspections = select(SweepRow.id).where(*finished).order_by(SweepRow.id.desc()).limit(2)
        return sorted({*conn.scalars(newest), *conn.scalars(inspections)})


def _within(limits: QueryLimits, columns: Sequence[str], rows: Iterator[QueryRow]) -> QueryResult:
    """As many rows as the limits let through."""
    kept: list[QueryRow] = []
    size = 0
    for row in rows:
        size += sum(
            len(cell) if isinstance(cell, bytes) else len(str(cell).encode()) for cell in row
        )
        if len(kept) == limits.rows or size > limits.size:
            return QueryResult(tuple(columns), tuple(kept), cut=True)
        kept.append(row)
    return QueryResult(tuple(columns), tuple(kept))

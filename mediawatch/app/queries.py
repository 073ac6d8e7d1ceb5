"""Report queries as commands print them: every account as it is judged now."""

from __future__ import annotations

from typing import TypeVar

from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.domain import SweepAccount
from mediawatch.ports import QueryLimits, QueryResult, TakeRows

T = TypeVar("T")


async def answer_query(app: App, sql: str) -> QueryResult:
    """The answer to a statement, with accounts judged anew where they have news. Nothing is
    written. The limits are those of the settings."""
    chosen = app.settings.query
    limits = QueryLimits(chosen.seconds, chosen.rows, round(chosen.mb * 1e6))
    return await app.store.queries.run(sql, await _judged_now(app, sql), limits)


async def send_answer(app: App, sql: str, take: TakeRows[T]) -> T:
    """Every row of that answer goes to `take`, in another thread; returns what that returns."""
    now = await _judged_now(app, sql)
    return await app.store.queries.send(sql, take, now, app.settings.query.seconds)


async def _judged_now(app: App, sql: str) -> list[SweepAccount]:
    """The accounts with news, where the statement asks for judgements."""
    told = set(await app.store.queries.judged_sweeps(sql))
    of_sweeps = [
        await judged_scope(app, sweep) for sweep in await app.store.sweeps.all() if sweep.id in told
    ]
    return [entry for judged in of_sweeps for entry in judged.entries if entry.has_news]

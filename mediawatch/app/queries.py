"""Report queries as commands print them: every account as it is judged now."""

from __future__ import annotations

from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.ports import QueryResult


async def answer_query(app: App, sql: str) -> QueryResult:
    """The answer to a statement, with accounts judged anew where they have news. Nothing is
    written."""
    told = set(await app.store.queries.judged_sweeps(sql))
    of_sweeps = [
        await judged_scope(app, sweep) for sweep in await app.store.sweeps.all() if sweep.id in told
    ]
    return await app.store.queries.run(
        sql, [entry for judged in of_sweeps for entry in judged.entries if entry.has_news]
    )

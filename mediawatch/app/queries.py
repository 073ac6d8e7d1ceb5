"""Report queries as commands print them: of every account what holds of it now."""

from __future__ import annotations

from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.ports import QueryAnswer


async def answer_query(app: App, sql: str) -> QueryAnswer:
    """The answer to a statement, in which accounts with news stand as they are judged now. Nothing
    is written.
    """
    told = set(await app.store.sweeps_told(sql))
    of_sweeps = [
        await judged_scope(app, sweep) for sweep in await app.store.sweeps() if sweep.id in told
    ]
    return await app.store.query(
        sql, [entry for judged in of_sweeps for entry in judged.entries if entry.moved]
    )

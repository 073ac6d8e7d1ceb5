"""Workers and the coordinator, composed from a home."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime

from db.patience import PATIENCE
from mediawatch import __version__
from mediawatch.app.root import App
from mediawatch.domain import UserError
from mediawatch.ports import StoredSession
from mediawatch.ports.store import WorkerCard
from mediawatch.ports.tasks import queue_at, queue_of
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.tools import SweepTools
from mediawatch.sweep.worker import LookWorker
from mediawatch.sweep.worker_metrics import WorkerFigures

__all__ = ["PATIENCE", "make_worker", "open_coordinator"]
_FIRST_WORKER = 60
"""Seconds for which a coordinator waits for the first worker: those of an upgrade start anew."""


@asynccontextmanager
async def open_coordinator(app: App) -> AsyncIterator[Engine]:
    """The engine that has workers look, and the lock under which one process does.

    UserError where another process sweeps on the database, no worker is alive, or the evidence does
    not lie in a shared place of this home.
    """
    async with app.tasks() as tasks, app.store.ledger.alone() as still_alone:
        await app.evidence.require_shared()
        # A restored home has no right to the place: told before it waits for a worker.
        await asyncio.to_thread(app.evidence.require)
        await _first_worker(app)
        yield await app.coordinator(tasks, still_alone)


async def _first_worker(app: App) -> None:
    for _ in range(_FIRST_WORKER):
        if any(worker.alive for worker in await app.store.ledger.workers()):
            return
        await asyncio.sleep(1)
    raise UserError(
        "no worker is alive on this database: start `mediawatch worker` on the machines that "
        "look (docs/workers.md), or sweep without --workers"
    )


async def make_worker(
    app: App,
    chosen: Collection[str] | None,
    report: Callable[[WorkerFigures, datetime], None] | None = None,
) -> LookWorker:
    """The worker of this home. `chosen`: its logins, as `WORD:NAME`; None: all that are usable.
    `report`: as of `LookWorker`.

    UserError for a login that this home does not hold, and where the evidence does not lie in the
    coordinator's place.
    """
    await app.evidence.require_shared()
    logins = await _chosen_logins(app, chosen)
    app.sessions.only = frozenset((each.platform, each.name) for each in logins)
    address = app.settings.worker.address
    served = _queues(app, logins, address)
    card = WorkerCard(
        name=f"{socket.gethostname()}:{app.home.root}",
        host=socket.gethostname(),
        process=os.getpid(),
        version=__version__,
        logins=tuple(sorted(map(_word, logins))),
        queues=tuple(sorted(queue for some in served.values() for queue in some)),
        address=address,
        own_accounts=await _own_accounts(app, logins),
    )
    looker = app.looker()
    book = app.pace_book()
    tools = SweepTools(
        app.store,
        looker,
        app.evidence,
        app.clock,
        app.pacing(book),
        why_unreachable=app.why_unreachable,
        book=book,
    )
    return LookWorker(tools, looker, card, served, app.settings.browser.concurrency, report)


def _word(login: StoredSession) -> str:
    return f"{login.platform}:{login.name}"


async def _chosen_logins(app: App, chosen: Collection[str] | None) -> list[StoredSession]:
    usable = await app.usable_logins()
    if chosen is None:
        return usable
    held = {_word(each) for each in app.logins().sessions()}
    if unknown := sorted(set(chosen) - held):
        raise UserError(
            f"--logins {unknown[0]}: this home holds no such login; it holds "
            f"{', '.join(sorted(held)) or 'none'} (`mediawatch sessions`)"
        )
    return [each for each in usable if _word(each) in chosen]


def _queues(
    app: App, logins: Collection[StoredSession], address: str
) -> dict[str, tuple[str, ...]]:
    from scrapers.platforms import SCRAPERS

    return {
        platform: (
            queue_of(platform),
            queue_at(platform, address),
            *(_word(each) for each in logins if each.platform in scraper.session_platforms),
        )
        for platform, scraper in SCRAPERS.items()
    }


async def _own_accounts(app: App, logins: Collection[StoredSession]) -> dict[str, tuple[int, ...]]:
    """By login that helps with some accounts alone, those accounts."""
    from scrapers.platforms import SCRAPERS, ways

    for_some = {
        facts.login for platform in SCRAPERS for facts in app.surfaces(platform) if facts.for_some
    }
    own = [each for each in logins if each.platform in for_some]
    accounts = await app.store.accounts.all() if own else []
    return {
        _word(login): tuple(
            account.id
            for account in accounts
            if any(facts.has_its_login for facts in ways(account, [login]))
        )
        for login in own
    }

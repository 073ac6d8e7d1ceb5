"""The store: `mediawatch.ports.Store` over SQLAlchemy. Every method is one transaction; one of them writes at a time."""

from __future__ import annotations

from asyncio import Lock
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from db import history, registry, sweeps
from db.engine import BUSY_TIMEOUT, WRITES, async_engine, file_of, shown
from db.errors import told
from mediawatch.domain import (
    Account,
    Change,
    Contact,
    Judgement,
    Reading,
    RegistryChanges,
    Source,
    Sweep,
    SweepAccount,
    SweepState,
)
from mediawatch.ports import Clock


class SqlStore:
    """Open it by `db.open_store`. Belongs to the event loop in which it is first used.

    Raises StoreBusy and StoreError (a UserError) for what the database refuses, ValueError for naive instants and other
    values that a column does not take, LookupError for accounts and sweeps that do not exist.
    """

    def __init__(self, url: URL, clock: Clock, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self._name = shown(url)
        self._clock = clock
        self._engine = async_engine(url, busy_timeout)
        self._writer = self._engine.execution_options(**WRITES)
        # Several statements must see one state: SQLite's BEGIN gives that by itself.
        snapshot = {} if file_of(url) else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = self._engine.execution_options(**snapshot)
        self._lock = Lock()

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[AsyncConnection]:
        with told(self._name):
            async with self._reader.begin() as conn:
                yield conn

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        """Waits for this process's writers in a queue; waiting in SQLite's busy loop would be unfair and could time out."""
        async with self._lock:
            with told(self._name):
                async with self._writer.begin() as conn:
                    yield conn

    async def accounts(self, *, include_retired: bool = False) -> list[Account]:
        async with self._snapshot() as conn:
            return await registry.accounts(conn, include_retired=include_retired)

    async def account(self, account_id: int) -> Account | None:
        async with self._snapshot() as conn:
            return await registry.account(conn, account_id)

    async def apply(self, changes: RegistryChanges) -> None:
        """Retiring notes the file and its Beijing day; a retired account that is updated is in scope again. Both are history."""
        async with self._transaction() as conn:
            await registry.apply(conn, changes)

    async def changes(self, account_id: int | None = None) -> list[Change]:
        async with self._snapshot() as conn:
            return await registry.changes(conn, account_id)

    async def contacts(self) -> Mapping[int, Contact]:
        async with self._snapshot() as conn:
            return await registry.contacts(conn)

    async def add_links(self, account_id: int, links: Sequence[str], source: str) -> None:
        """`links` are newest first, as `Account.links` gives them back."""
        async with self._transaction() as conn:
            await registry.add_links(conn, account_id, links, source, self._clock())

    async def keep(self, reading: Reading) -> Reading:
        """Returned as `readings` gives it back: with its id, without captures. The account's current state moves along."""
        async with self._transaction() as conn:
            return await history.keep(conn, reading)

    async def readings(self, account_ids: Iterable[int] | None = None, *, sweep_id: int | None = None) -> dict[int, list[Reading]]:
        """Oldest `read_at` first; an account without readings has no entry."""
        wanted = None if account_ids is None else list(account_ids)
        async with self._snapshot() as conn:
            return await history.readings(conn, wanted, sweep_id)

    async def open_sweep(self, sweep: Sweep, accounts: Sequence[Account]) -> Sweep:
        async with self._transaction() as conn:
            return await sweeps.open_sweep(conn, sweep, accounts)

    async def sweeps(self) -> list[Sweep]:
        async with self._snapshot() as conn:
            return await sweeps.sweeps(conn)

    async def close_sweep(self, sweep_id: int, state: SweepState, at: datetime) -> None:
        async with self._transaction() as conn:
            await sweeps.close_sweep(conn, sweep_id, state, at)

    async def scope(self, sweep_id: int) -> list[SweepAccount]:
        async with self._snapshot() as conn:
            return await sweeps.scope(conn, sweep_id)

    async def judge(self, sweep_id: int, judgements: Mapping[int, Judgement]) -> None:
        """Accounts that are not given keep their judgement. A finding that did not change keeps its review state."""
        async with self._transaction() as conn:
            await sweeps.judge(conn, sweep_id, judgements)

    async def note_source(self, source: Source, kind: str) -> None:
        async with self._transaction() as conn:
            await registry.note_source(conn, source, kind)

    async def sources(self) -> list[tuple[Source, str]]:
        """All imported files with what they were (`registry`, `worklist`, `links`), oldest first."""
        async with self._snapshot() as conn:
            return await registry.sources(conn)

    async def close(self) -> None:
        await self._engine.dispose()

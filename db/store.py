"""The store: `mediawatch.ports.Store` over SQLAlchemy. Every method is one transaction in a thread;
one of them writes at a time.

A thread a transaction: to hand each statement over to another thread cost as much as the
statements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine

from db import (
    checks,
    evidence,
    following,
    history,
    identities,
    known,
    nights,
    notices,
    pruning,
    readonly,
    registry,
    reviews,
    sweeps,
    twins,
)
from db.engine import BUSY_TIMEOUT, WRITES, careful_engine, file_of, shown
from db.errors import told
from db.news import accounts_now, counters
from db.queries import named_queries, tells_of_judgements
from mediawatch.domain import (
    Account,
    AccountChange,
    AccountState,
    Alert,
    AlertState,
    Backup,
    CanaryCheck,
    Contact,
    FindingChange,
    IssuedDocument,
    Judgement,
    Notice,
    NoticeEvent,
    Reading,
    Refusal,
    RegistryChanges,
    ReviewEvent,
    SessionEvent,
    Source,
    Sweep,
    SweepAccount,
    SweepRun,
    SweepState,
)
from mediawatch.ports import (
    AccountNow,
    Clock,
    IdleReading,
    KeptEvidence,
    NamedQuery,
    QueryAnswer,
    Rejudgement,
    SurfaceVisit,
)

T = TypeVar("T")


class SqlStore:
    """Open it by `db.open_store`. Belongs to the event loop in which it is first used.

    Raises StoreBusy and StoreError (a UserError) for what the database refuses, ValueError for
    naive instants and other values that a column does not take, LookupError for accounts and sweeps
    that do not exist.
    """

    def __init__(self, url: URL, clock: Clock, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self._url, self._name = url, shown(url)
        self._clock = clock
        self._engine = careful_engine(url, busy_timeout)
        self._writer = self._engine.execution_options(**WRITES)
        # Several statements must see one state: SQLite's BEGIN gives that by itself.
        snapshot = (
            {}
            if file_of(url)
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reader = self._engine.execution_options(**snapshot)
        self._lock = asyncio.Lock()

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await _to_its_end(asyncio.to_thread(self._within, self._reader, work))

    async def _write(self, work: Callable[[Connection], T]) -> T:
        """Waits for this process's writers in a queue; waiting in SQLite's busy loop would be
        unfair and could time out.
        """

        async def alone() -> T:
            async with self._lock:
                return await asyncio.to_thread(self._within, self._writer, work)

        return await _to_its_end(alone())

    def _within(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        with told(self._name), engine.begin() as conn:
            return work(conn)

    async def home_id(self) -> str:
        return await self._read(checks.home_id)

    async def accounts(self, *, include_retired: bool = False) -> list[Account]:
        return await self._read(
            lambda conn: registry.accounts(conn, include_retired=include_retired)
        )

    async def account(self, account_id: int) -> Account | None:
        return await self._read(lambda conn: registry.account(conn, account_id))

    async def apply(self, changes: RegistryChanges) -> None:
        """Retiring notes the file and its Beijing day; a retired account that is updated is in
        scope again. Both are history.
        """
        await self._write(lambda conn: registry.apply(conn, changes))

    async def refuse(self, refusals: Sequence[Refusal]) -> None:
        await self._write(lambda conn: registry.refuse(conn, refusals))

    async def refusals(self) -> list[Refusal]:
        return await self._read(registry.refusals)

    async def brought(self, source: Source) -> list[int]:
        return await self._read(lambda conn: registry.brought(conn, source))

    async def changes(self, account_id: int | None = None) -> list[AccountChange]:
        return await self._read(lambda conn: registry.changes(conn, account_id))

    async def contacts(self) -> Mapping[int, Contact]:
        return await self._read(registry.contacts)

    async def add_links(self, account_id: int, links: Sequence[str], source: str) -> None:
        """`links` are newest first, as `Account.links` gives them back."""
        await self._write(
            lambda conn: registry.add_links(conn, account_id, links, source, self._clock())
        )

    async def keep(self, reading: Reading) -> Reading:
        """Returned as `readings` gives it back: with its id, without captures. The account's
        current state moves along.
        """
        return await self._write(lambda conn: following.keep_and_follow(conn, reading))

    async def readings(
        self,
        account_ids: Iterable[int] | None = None,
        *,
        sweep_id: int | None = None,
        since: datetime | None = None,
    ) -> dict[int, list[Reading]]:
        """Oldest `read_at` first; an account without readings has no entry."""
        wanted = None if account_ids is None else list(account_ids)
        return await self._read(lambda conn: history.readings(conn, wanted, sweep_id, since))

    async def known(
        self, account_ids: Iterable[int], as_of: datetime, period_from: date | None = None
    ) -> dict[int, list[Reading]]:
        """An account without readings has no entry."""
        wanted = list(account_ids)
        return await self._read(lambda conn: known.known(conn, wanted, as_of, period_from))

    async def twins(self, account_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """An account that is filed once has no entry."""
        wanted = list(account_ids)
        found = await self._read(lambda conn: twins.twins(conn, twins.identities(conn, wanted)))
        return {key: tuple(others) for key, others in found.items()}

    async def links_shown(self, account_ids: Iterable[int]) -> dict[int, set[str]]:
        wanted = list(account_ids)
        return await self._read(lambda conn: known.links(conn, wanted))

    async def readings_by_id(self, ids: Iterable[int]) -> dict[int, list[Reading]]:
        """Numbers of which there is no reading are passed over."""
        wanted = list(ids)
        return await self._read(lambda conn: history.by_id(conn, wanted))

    async def told(self, account_ids: Iterable[int]) -> dict[int, list[Reading]]:
        wanted = list(account_ids)
        return await self._read(lambda conn: identities.told(conn, wanted))

    async def states(self, account_ids: Iterable[int] | None = None) -> dict[int, AccountState]:
        """An account that was never read has an entry too; one that does not exist has none."""
        wanted = None if account_ids is None else list(account_ids)
        return await self._read(lambda conn: history.states(conn, wanted))

    async def note_canary(self, check: CanaryCheck) -> None:
        await self._write(lambda conn: checks.note_canary(conn, check))

    async def canary_checks(
        self, surface: str | None = None, since: datetime | None = None
    ) -> list[CanaryCheck]:
        return await self._read(lambda conn: checks.canary_checks(conn, surface, since))

    async def note_session(self, event: SessionEvent) -> None:
        await self._write(lambda conn: checks.note_session(conn, event))

    async def session_events(self, platform: str | None = None) -> list[SessionEvent]:
        return await self._read(lambda conn: checks.session_events(conn, platform))

    async def visits(self, since: datetime) -> list[SurfaceVisit]:
        return await self._read(lambda conn: checks.visits(conn, since))

    async def picture_owners(self, hashes: Collection[str]) -> dict[str, set[int]]:
        wanted = sorted(hashes)
        return await self._read(lambda conn: evidence.owners(conn, wanted))

    async def evidence(self) -> list[KeptEvidence]:
        return await self._read(evidence.kept)

    async def begin_pruning(self, at: datetime, before: datetime) -> None:
        await self._write(lambda conn: pruning.begin(conn, at, before))

    async def pruned_before(self) -> datetime | None:
        return await self._read(pruning.pruned_before)

    async def idle_readings(
        self, before: datetime, after: int, limit: int
    ) -> tuple[list[IdleReading], int | None]:
        return await self._read(lambda conn: pruning.idle(conn, before, after, limit))

    async def forget(self, ids: Iterable[int], before: datetime) -> int:
        wanted = list(ids)
        return await self._write(lambda conn: pruning.forget(conn, wanted, before))

    async def open_sweep(self, sweep: Sweep, accounts: Sequence[Account]) -> Sweep:
        return await self._write(lambda conn: sweeps.open_sweep(conn, sweep, accounts))

    async def narrow_sweep(self, sweep_id: int, account_ids: Collection[int]) -> None:
        await self._write(lambda conn: sweeps.narrow_sweep(conn, sweep_id, account_ids))

    async def sweeps(self) -> list[Sweep]:
        return await self._read(sweeps.sweeps)

    async def close_sweep(self, sweep_id: int, state: SweepState, at: datetime) -> None:
        await self._write(lambda conn: sweeps.close_sweep(conn, sweep_id, state, at))

    async def last_read_at(self, sweep_id: int) -> datetime | None:
        return await self._read(lambda conn: sweeps.last_read_at(conn, sweep_id))

    async def unanswered(self, sweep_id: int) -> bool:
        return await self._read(lambda conn: sweeps.unanswered(conn, sweep_id))

    async def scope(
        self, sweep_id: int, account_ids: Collection[int] | None = None
    ) -> list[SweepAccount]:
        return await self._read(lambda conn: sweeps.scope(conn, sweep_id, account_ids))

    async def last_entry(self, account_id: int) -> SweepAccount | None:
        return await self._read(lambda conn: sweeps.last_entry(conn, account_id))

    async def accounts_now(self, account_ids: Iterable[int]) -> dict[int, AccountNow]:
        wanted = list(account_ids)
        return await self._read(lambda conn: accounts_now(conn, wanted))

    async def judge(
        self,
        sweep_id: int,
        judgements: Mapping[int, Judgement],
        news: Mapping[int, int] | None = None,
    ) -> None:
        """Accounts that are not given keep their judgement. A decision stands while the finding
        says the same.
        """
        await self._write(
            lambda conn: sweeps.judge(
                conn, sweep_id, judgements, counters(conn, judgements) if news is None else news
            )
        )

    async def note_reviews(
        self,
        sweep_id: int,
        events: Sequence[ReviewEvent],
        *,
        after: int,
        rejudged: Rejudgement | None = None,
    ) -> None:
        def noted(conn: Connection) -> None:
            if rejudged is not None:
                sweeps.rejudge(conn, sweep_id, rejudged)
            reviews.note(conn, sweep_id, events, after)

        await self._write(noted)

    async def review_events(self, sweep_id: int) -> list[ReviewEvent]:
        found = await self._read(lambda conn: reviews.events(conn, sweep_id))
        return sorted(
            (event for events in found.values() for event in events), key=lambda event: event.id
        )

    async def issue(
        self,
        notice: Notice,
        document: IssuedDocument | None = None,
        *,
        scope: Sequence[SweepAccount] = (),
        rejudged: Rejudgement | None = None,
    ) -> Notice:
        def issued(conn: Connection) -> Notice:
            if rejudged is not None and notice.sweep_id is not None:
                sweeps.rejudge(conn, notice.sweep_id, rejudged)
            return notices.issue(conn, notice, document, scope)

        return await self._write(issued)

    async def notice_scope(self, notice_id: int) -> list[SweepAccount]:
        return await self._read(lambda conn: notices.scope(conn, notice_id))

    async def notice_cover(self, sweep_id: int, account_ids: Iterable[int]) -> dict[int, set[int]]:
        wanted = sorted(set(account_ids))
        return await self._read(lambda conn: notices.cover(conn, sweep_id, wanted))

    async def notices(self) -> list[Notice]:
        return await self._read(notices.notices)

    async def issued_at(self, sweep_id: int) -> dict[int, datetime]:
        return await self._read(lambda conn: notices.issued_at(conn, sweep_id))

    async def note_notice(
        self, events: Sequence[NoticeEvent], document: IssuedDocument | None = None
    ) -> None:
        await self._write(lambda conn: notices.note(conn, events, document))

    async def notice_events(self, notice_id: int | None = None) -> list[NoticeEvent]:
        return await self._read(lambda conn: notices.events(conn, notice_id))

    async def notice_documents(self, notice_id: int) -> list[IssuedDocument]:
        return await self._read(lambda conn: notices.documents(conn, notice_id))

    async def note_source(self, source: Source, kind: str) -> None:
        await self._write(lambda conn: registry.note_source(conn, source, kind))

    async def sources(self) -> list[tuple[Source, str]]:
        """All imported files with what they were (`registry`, `worklist`, `links`), oldest
        first.
        """
        return await self._read(registry.sources)

    def queries(self) -> Sequence[NamedQuery]:
        return named_queries(self._engine.dialect)

    async def query(self, sql: str, now: Sequence[SweepAccount] = ()) -> QueryAnswer:
        return await asyncio.to_thread(readonly.answer, self._url, sql, now)

    async def sweeps_told(self, sql: str) -> list[int]:
        return await self._read(sweeps.told) if tells_of_judgements(sql, self.queries()) else []

    async def begin_night(self, night: SweepRun) -> SweepRun:
        key = await self._write(lambda conn: nights.begin_night(conn, night))
        return replace(night, id=key)

    async def end_night(self, night: SweepRun) -> None:
        await self._write(lambda conn: nights.end_night(conn, night))

    async def nights(self, limit: int) -> list[SweepRun]:
        return await self._read(lambda conn: nights.nights(conn, limit))

    async def turned(self, sweep_id: int) -> list[FindingChange]:
        return await self._read(lambda conn: nights.turned(conn, sweep_id))

    async def add_alert(self, alert: Alert) -> bool:
        return await self._write(lambda conn: nights.add_alert(conn, alert))

    async def alerts(self, *states: AlertState) -> list[Alert]:
        return await self._read(lambda conn: nights.alerts(conn, states))

    async def move_alert(self, alert: Alert, state: AlertState, at: datetime) -> bool:
        return await self._write(
            lambda conn: nights.move_alert(conn, alert.id, alert.state, state, at)
        )

    async def note_backup(self, backup: Backup) -> None:
        await self._write(lambda conn: nights.note_backup(conn, backup))

    async def last_backup(self) -> Backup | None:
        return await self._read(nights.last_backup)

    async def close(self) -> None:
        await asyncio.to_thread(self._engine.dispose)


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Runs a transaction to its end even if the caller is cancelled meanwhile; the cancellation
    then follows.

    Its thread goes on in any case: whoever went on without it could close the store under it.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # asked for, or asyncio would report it as never retrieved
        raise

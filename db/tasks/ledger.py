"""Terms of sweeps, results of ordered looks, and workers: `mediawatch.ports.LookLedger`."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from db.base import insert_into, rows, table
from db.mapping.paces import pace_of, pace_values
from db.models import (
    AccountStateRow,
    LookResultRow,
    SweepAccountRow,
    SweepTermsRow,
    WorkerRow,
)
from db.owners import owner_in, take_over
from db.sweeps.scope import frozen_accounts
from db.tasks.alone import SweepLock
from db.transactions import Aggregate, asks, reads, writes
from db.types import AnyRow, Values
from mediawatch.domain import Account, LookKind, Outcome, UserError
from mediawatch.plurals import agree
from mediawatch.ports.store import (
    SILENCE,
    DatabaseOwner,
    LookOrder,
    LookResult,
    SweepTerms,
    WorkerCard,
    WorkerState,
)

_RESULT = table(LookResultRow)
_WORKER = table(WorkerRow)
_REGISTER = 0x6D656477
"""PostgreSQL's lock under which one worker registers; any constant would do."""
_FORGOTTEN = timedelta(days=7)
"""A worker that was silent for so long is listed no more."""
# Made once: they run for every look.
_COLLECT = (
    update(_RESULT)
    .where(_RESULT.c.sweep_id == bindparam("of_sweep"), ~_RESULT.c.collected)
    .values(collected=True)
    .returning(_RESULT.c.account_id, _RESULT.c.look, _RESULT.c.reading_id, _RESULT.c.details)
)
_REPEAT = text(
    "INSERT INTO look_result (sweep_id, account_id, look, reading_id) SELECT "
    "CAST(:sweep AS bigint), CAST(:account AS bigint), CAST(:look AS varchar), max(id) "
    "FROM reading WHERE account_id = :account AND sweep_id = :sweep AND "
    "look = :look HAVING max(id) IS NOT NULL ON CONFLICT (sweep_id, account_id, look) DO UPDATE SET collected = false"
)


class SqlLedger(Aggregate):
    """One call is one transaction. Its rows are used on PostgreSQL alone."""

    @reads
    def owner(self, conn: Connection) -> DatabaseOwner | None:
        return owner_in(conn)

    @writes
    def take(
        self, conn: Connection, owner: DatabaseOwner, former: DatabaseOwner | None
    ) -> DatabaseOwner:
        return take_over(conn, owner, former)

    @writes
    def begin(self, conn: Connection, terms: SweepTerms) -> datetime:
        conn.execute(
            delete(_RESULT).where(
                _RESULT.c.sweep_id == terms.sweep_id, _RESULT.c.reading_id.is_(None)
            )
        )
        conn.execute(delete(SweepTermsRow).where(SweepTermsRow.sweep_id == terms.sweep_id))
        values: Values = {
            "sweep_id": terms.sweep_id,
            "began": func.clock_timestamp(),
            "until": terms.until,
            "spared": sorted(terms.spared),
            "canaries": terms.canaries,
            "every_looks": terms.every_looks,
            "every_seconds": terms.every.total_seconds(),
            "paces": {name: pace_values(pace) for name, pace in terms.paces.items()},
            "scale": terms.scale,
            "evidence": terms.evidence,
        }
        begun = insert(SweepTermsRow).values(values).returning(SweepTermsRow.began)
        return conn.scalars(begun).one()

    @reads
    def terms(self, conn: Connection, sweep_id: int) -> SweepTerms | None:
        row = conn.execute(
            rows(SweepTermsRow).where(SweepTermsRow.sweep_id == sweep_id)
        ).one_or_none()
        if row is None:
            return None
        return SweepTerms(
            sweep_id=sweep_id,
            began=row.began,
            until=row.until,
            spared=frozenset(row.spared),
            canaries=row.canaries,
            every_looks=row.every_looks,
            every=timedelta(seconds=row.every_seconds),
            paces={name: pace_of(values) for name, values in row.paces.items()},
            scale=row.scale,
            evidence=row.evidence,
        )

    @asks  # links and found ids may be newer by a moment
    def accounts(self, conn: Connection, orders: Sequence[LookOrder]) -> dict[str, Account]:
        alike: defaultdict[tuple[int, LookKind], list[LookOrder]] = defaultdict(list)
        for order in orders:
            assert order.look is not None, "a check has no account"
            alike[order.sweep_id, order.look].append(order)
        found: dict[str, Account] = {}
        for (sweep_id, look), some in alike.items():
            numbers = {order.account_id for order in some}
            frozen = frozen_accounts(conn, sweep_id, numbers, before=look)
            found |= {
                order.key: frozen[order.account_id] for order in some if order.account_id in frozen
            }
        return found

    @reads
    def likely_there(
        self, conn: Connection, sweep_id: int, platform: str, limit: int
    ) -> list[Account]:
        wanted = (
            select(SweepAccountRow.account_id)
            .join(AccountStateRow, AccountStateRow.account_id == SweepAccountRow.account_id)
            .where(
                SweepAccountRow.sweep_id == sweep_id,
                SweepAccountRow.platform == platform,
            )
            .order_by(
                (AccountStateRow.last_outcome == Outcome.OK).desc().nulls_last(),
                AccountStateRow.last_read_at.desc().nulls_last(),
                SweepAccountRow.account_id,
            )
            .limit(limit)
        )
        numbers = conn.scalars(wanted).all()
        found = frozen_accounts(conn, sweep_id, numbers)
        return [found[number] for number in numbers if number in found]

    @writes
    def repeat_result(self, conn: Connection, order: LookOrder) -> None:
        if order.look is not None:
            values = {
                "sweep": order.sweep_id,
                "account": order.account_id,
                "look": order.look.value,
            }
            conn.execute(_REPEAT, values)

    @writes
    def keep_result(self, conn: Connection, result: LookResult) -> None:
        said: Values = {
            "paused": {name: str(why) for name, why in result.paused.items()},
            "unforeseen": result.unforeseen,
        }
        values: Values = {
            "sweep_id": result.sweep_id,
            "account_id": result.account_id,
            "look": result.look,
            "reading_id": result.reading_id,
            "details": said,
            "collected": False,
        }
        add = insert_into(_RESULT, conn.dialect.name).values(values)
        conn.execute(
            add.on_conflict_do_update(
                index_elements=["sweep_id", "account_id", "look"],
                set_={"details": said, "collected": False},
                # What another worker said of the look that stands is not this worker's to change.
                where=_RESULT.c.reading_id.is_(None) | (_RESULT.c.reading_id == result.reading_id),
            )
        )

    @writes
    def take_results(self, conn: Connection, sweep_id: int) -> list[LookResult]:
        return [_result_of(sweep_id, row) for row in conn.execute(_COLLECT, {"of_sweep": sweep_id})]

    @writes
    def register(self, conn: Connection, card: WorkerCard) -> None:
        _register(conn, card)

    @writes
    def beat(
        self, conn: Connection, card: WorkerCard, looks: int, looking_at: Mapping[str, str]
    ) -> datetime:
        beating = (
            update(_WORKER)
            .where(_WORKER.c.name == card.name, _WORKER.c.process == card.process)
            .values(looks=looks, looking_at=dict(looking_at), seen_at=func.clock_timestamp())
            .returning(_WORKER.c.seen_at)
        )
        found = conn.execute(beating).scalar_one_or_none()
        if found is None:  # it was silent for so long that its row went
            _register(conn, card)
            found = conn.execute(beating).scalar_one()
        return found  # type: ignore[no-any-return]

    @writes
    def leave(self, conn: Connection, card: WorkerCard) -> None:
        of_it = _WORKER.c.name == card.name, _WORKER.c.process == card.process
        conn.execute(delete(_WORKER).where(*of_it))

    @reads
    def workers(self, conn: Connection) -> list[WorkerState]:
        now = func.clock_timestamp() if conn.dialect.name == "postgresql" else func.now()
        wanted = rows(WorkerRow).add_columns(now.label("present")).order_by(_WORKER.c.name)
        return [_worker_of(row) for row in conn.execute(wanted)]

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        lock = SweepLock(self._transactions.engine)
        await asyncio.to_thread(lock.take)
        try:
            yield lock.make_sure
        finally:
            await asyncio.to_thread(lock.release)


def _register(conn: Connection, card: WorkerCard) -> None:
    conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _REGISTER})
    silent = func.clock_timestamp() - _WORKER.c.seen_at
    others = rows(WorkerRow).where(_WORKER.c.name != card.name, silent <= SILENCE)
    for other in conn.execute(others):
        if both := sorted({*other.logins} & {*card.logins}):
            raise UserError(
                f"{', '.join(both)} {agree(len(both), 'is', 'are')} held by the worker "
                f"{other.name}, which is alive: a login belongs to one worker; give this one its "
                "own by --logins, or end the other"
            )
    # A worker of this name can only be dead: its home is locked.
    conn.execute(delete(_WORKER).where((_WORKER.c.name == card.name) | (silent > _FORGOTTEN)))
    conn.execute(
        insert(_WORKER).values(
            name=card.name,
            host=card.host,
            process=card.process,
            version=card.version,
            address=card.address,
            logins=list(card.logins),
            queues=list(card.queues),
            own_accounts={key: list(some) for key, some in card.own_accounts.items()},
            looking_at={},
            looks=0,
            started_at=func.clock_timestamp(),
            seen_at=func.clock_timestamp(),
        )
    )


def _result_of(sweep_id: int, row: AnyRow) -> LookResult:
    said = row.details or {}
    return LookResult(
        sweep_id=sweep_id,
        account_id=row.account_id,
        look=row.look,
        reading_id=row.reading_id,
        paused={name: _reason(why) for name, why in said.get("paused", {}).items()},
        unforeseen=said.get("unforeseen", False),
    )


def _reason(why: str) -> Outcome | str:
    return Outcome(why) if why in {*Outcome} else why


def _worker_of(row: AnyRow) -> WorkerState:
    card = WorkerCard(
        name=row.name,
        host=row.host,
        process=row.process,
        version=row.version,
        logins=tuple(row.logins),
        queues=tuple(row.queues),
        address=row.address,
        own_accounts={key: tuple(some) for key, some in row.own_accounts.items()},
    )
    return WorkerState(
        card=card,
        started_at=row.started_at,
        seen_at=row.seen_at,
        now=row.present,
        looks=row.looks,
        looking_at=row.looking_at,
    )

"""The store: `mediawatch.ports.Store` over SQLAlchemy, one class for each aggregate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Connection

from db.accounts.store import SqlAccounts
from db.engine import BUSY_TIMEOUT
from db.errors import StoreError
from db.evidence import SqlEvidence
from db.handed import SqlHandedFiles
from db.hints import SqlHints
from db.leads import SqlLeads
from db.notices.store import SqlNotices
from db.operator import SqlOperator
from db.personal import SqlPersonal
from db.queries.store import SqlQueries
from db.readings.store import SqlReadings
from db.reposts import SqlReposts
from db.reviews.store import SqlReviews
from db.revision import read_revision, refuse_outdated
from db.runs import SqlRuns
from db.sweeps.store import SqlSweeps
from db.tasks.ledger import SqlLedger
from db.transactions import Transactions, make_ready
from mediawatch.files import FileBatch
from mediawatch.ports import Clock, PlannedWrite


class SqlStore:
    """Open it by `db.open_store`. Belongs to the event loop in which it is first used.

    Raises StoreBusy and StoreError (a UserError) for what the database refuses. Raises
    ValueError for naive instants and other values that a column does not take. Raises LookupError
    for accounts and sweeps that do not exist.
    """

    def __init__(
        self,
        url: URL,
        clock: Clock,
        busy_timeout: float = BUSY_TIMEOUT,
        unwritable: str = "",
        patience: float = 0,
    ) -> None:
        """`unwritable`: why nothing can be written, "" where it can. `patience` as `open_store`."""
        transactions = Transactions(url, busy_timeout, unwritable, patience, guarded=True)
        self.transactions = transactions
        self.accounts = SqlAccounts(transactions, clock)
        self.readings = SqlReadings(transactions)
        self.evidence = SqlEvidence(transactions)
        self.sweeps = SqlSweeps(transactions)
        self.reviews = SqlReviews(transactions)
        self.notices = SqlNotices(transactions)
        self.runs = SqlRuns(transactions)
        self.operator = SqlOperator(transactions)
        self.hints = SqlHints(transactions)
        self.handed = SqlHandedFiles(transactions)
        self.leads = SqlLeads(transactions)
        self.reposts = SqlReposts(transactions)
        self.personal = SqlPersonal(transactions)
        self.ledger = SqlLedger(transactions)
        self.queries = SqlQueries(transactions, url)

    async def revision(self) -> int:
        return await self.transactions.read(read_revision)

    async def apply(
        self, writes: Sequence[PlannedWrite], *, revision: int, files: FileBatch
    ) -> None:
        calls = await asyncio.to_thread(self._make_ready, writes)
        await self.transactions.write(
            self._apply, calls, revision, files.publish, undo=files.withdraw
        )

    def _make_ready(self, writes: Sequence[PlannedWrite]) -> list[Callable[[Connection], object]]:
        return [
            make_ready(getattr(getattr(self, each.aggregate), each.method), each.given, each.named)
            for each in writes
        ]

    def _apply(
        self,
        conn: Connection,
        calls: Sequence[Callable[[Connection], object]],
        revision: int,
        publish: Callable[[], None],
    ) -> None:
        refuse_outdated(conn, revision, writes=bool(calls))
        for call in calls:
            call(conn)
        publish()

    async def close(self) -> None:
        await self.transactions.close()


class CopiedStore(SqlStore):
    """The store over a copy in a folder of its own, which goes when it is closed."""

    def __init__(
        self, url: URL, clock: Clock, folder: TemporaryDirectory[str], why: StoreError
    ) -> None:
        super().__init__(url, clock, unwritable=str(why))
        self._folder = folder

    async def close(self) -> None:
        await super().close()
        self._folder.cleanup()

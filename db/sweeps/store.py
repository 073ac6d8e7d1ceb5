"""Sweeps: opened with a frozen scope, judged, closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from db.accounts.news import counters
from db.base import rows
from db.mapping.accounts import filed_values
from db.mapping.sweeps import sweep_of, sweep_values
from db.models import ReadingRow, SweepAccountRow, SweepRow
from db.revision import raise_revision
from db.sweeps.changes import changes_of
from db.sweeps.judgements import keep_judgements
from db.sweeps.scope import scope_of
from db.transactions import Aggregate, reads, writes
from db.types import portions
from mediawatch.domain import (
    Account,
    FindingChange,
    Judgement,
    LookKind,
    Outcome,
    Sweep,
    SweepAccount,
    SweepState,
)


class SqlSweeps(Aggregate):
    @writes
    def open(self, conn: Connection, sweep: Sweep, accounts: Sequence[Account]) -> Sweep:
        if sweep.id:
            raise ValueError(f"sweep {sweep.id} is open already")
        raise_revision(conn)
        key = conn.execute(
            insert(SweepRow).values(sweep_values(sweep)).returning(SweepRow.id)
        ).scalar_one()
        # In portions: the values of a nation's accounts at once take half a gigabyte.
        for some in portions(accounts):
            conn.execute(
                insert(SweepAccountRow),
                [
                    filed_values(account.filed)
                    | {
                        "sweep_id": key,
                        "account_id": account.id,
                        "retired_on": account.retired_on,
                        "sentence": "",
                    }
                    for account in some
                ],
            )
        return replace(sweep, id=key)

    @writes
    def narrow(self, conn: Connection, sweep_id: int, account_ids: Collection[int]) -> None:
        of_sweep = SweepAccountRow.sweep_id == sweep_id
        in_scope = set(conn.scalars(select(SweepAccountRow.account_id).where(of_sweep)))
        for portion in portions(sorted(in_scope - set(account_ids))):
            others = SweepAccountRow.account_id.in_(portion)
            conn.execute(delete(SweepAccountRow).where(of_sweep, others))

    @reads
    def all(self, conn: Connection) -> list[Sweep]:
        return [sweep_of(row) for row in conn.execute(rows(SweepRow).order_by(SweepRow.id))]

    @writes
    def close(self, conn: Connection, sweep_id: int, state: SweepState, at: datetime) -> None:
        closed = conn.execute(
            update(SweepRow).where(SweepRow.id == sweep_id).values(state=state, finished_at=at)
        )
        if not closed.rowcount:
            raise LookupError(f"no such sweep: {sweep_id}")

    @reads
    def last_read_at(self, conn: Connection, sweep_id: int) -> datetime | None:
        newest = select(func.max(ReadingRow.read_at)).where(ReadingRow.sweep_id == sweep_id)
        return conn.scalar(newest)

    @reads
    def is_unanswered(self, conn: Connection, sweep_id: int) -> bool:
        """People's answers do not count: no site gave them."""
        looks = (
            select(ReadingRow.outcome)
            .where(ReadingRow.sweep_id == sweep_id, ReadingRow.look != LookKind.PERSON)
            .distinct()
        )
        return set(conn.scalars(looks)) == {Outcome.UNREACHABLE}

    @reads
    def scope(
        self, conn: Connection, sweep_id: int, account_ids: Collection[int] | None = None
    ) -> list[SweepAccount]:
        return scope_of(conn, sweep_id, account_ids)

    @reads
    def last_entry(self, conn: Connection, account_id: int) -> SweepAccount | None:
        of_account = select(func.max(SweepAccountRow.sweep_id)).where(
            SweepAccountRow.account_id == account_id
        )
        judged = conn.scalar(of_account.where(SweepAccountRow.verdict.is_not(None)))
        newest = conn.scalar(of_account) if judged is None else judged
        return scope_of(conn, newest, [account_id])[0] if newest is not None else None

    @writes
    def keep_judgements(
        self,
        conn: Connection,
        sweep_id: int,
        judgements: Mapping[int, Judgement],
        news: Mapping[int, int] | None = None,
    ) -> None:
        """Accounts that are not given keep their judgement.

        A decision stands while the finding says the same.
        """
        seen = counters(conn, judgements) if news is None else news
        keep_judgements(conn, sweep_id, judgements, seen)

    @reads
    def finding_changes(self, conn: Connection, sweep_id: int) -> list[FindingChange]:
        return changes_of(conn, sweep_id)

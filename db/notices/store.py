"""Notices: appended, read back with their items, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from db.base import rows
from db.errors import StoreError
from db.mapping.accounts import account_of, filings_of
from db.mapping.notices import notice_event_values, reconsideration_values
from db.mapping.sweeps import judgement_of
from db.models import (
    NoticeAccountRow,
    NoticeAppealRow,
    NoticeDocumentRow,
    NoticeEventRow,
    NoticeItemRow,
    NoticeRow,
    SweepAccountRow,
)
from db.notices.archived import archived_notices, closed_notices
from db.notices.drafts import insert_approval, insert_draft, load_drafts
from db.notices.issuing import add_document, add_notice
from db.notices.loading import load_events, load_notices
from db.revision import raise_revision
from db.sweeps.judgements import keep_rejudgement
from db.transactions import Aggregate, reads, writes
from db.types import portions
from mediawatch.domain import (
    DraftApproval,
    IssuedDocument,
    Notice,
    NoticeDraft,
    NoticeEvent,
    SweepAccount,
)
from mediawatch.ports import Rejudgement


class SqlNotices(Aggregate):
    @writes
    def issue(
        self,
        conn: Connection,
        notice: Notice,
        document: IssuedDocument | None = None,
        *,
        scope: Sequence[SweepAccount] = (),
        rejudged: Rejudgement | None = None,
    ) -> Notice:
        raise_revision(conn)
        if rejudged is not None and notice.sweep_id is not None:
            keep_rejudgement(conn, notice.sweep_id, rejudged)
        return add_notice(conn, notice, document, scope)

    @writes
    def add_draft(
        self, conn: Connection, draft: NoticeDraft, *, rejudged: Rejudgement | None = None
    ) -> NoticeDraft:
        raise_revision(conn)
        if rejudged is not None:
            keep_rejudgement(conn, draft.sweep_id, rejudged)
        return insert_draft(conn, draft)

    @writes
    def approve_draft(
        self,
        conn: Connection,
        draft: NoticeDraft,
        approval: DraftApproval,
        *,
        rejudged: Rejudgement | None = None,
    ) -> None:
        raise_revision(conn)
        if rejudged is not None:
            keep_rejudgement(conn, draft.sweep_id, rejudged)
        insert_approval(conn, draft.id, approval)

    @reads
    def drafts(self, conn: Connection) -> list[NoticeDraft]:
        return load_drafts(conn)

    @reads
    def all(self, conn: Connection) -> list[Notice]:
        return load_notices(conn)

    @reads
    def scope(self, conn: Connection, notice_id: int) -> list[SweepAccount]:
        sweep_id = conn.scalar(select(NoticeRow.sweep_id).where(NoticeRow.id == notice_id))
        wanted = (
            rows(NoticeAccountRow)
            .where(NoticeAccountRow.notice_id == notice_id)
            .order_by(NoticeAccountRow.account_id)
        )
        found = conn.execute(wanted).all()
        return [
            SweepAccount(
                sweep_id=sweep_id or 0,
                account=account_of(row.account_id, each, row.retired_on, ()),
                judgement=judgement_of(row, ()),
            )
            for row, each in zip(found, filings_of(found), strict=True)
        ]

    @reads
    def coverage(
        self, conn: Connection, sweep_id: int, account_ids: Iterable[int]
    ) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for key in conn.scalars(select(NoticeRow.id).where(NoticeRow.sweep_id.is_not(None))).all():
            both = select(NoticeAccountRow.account_id).join_from(
                NoticeAccountRow,
                SweepAccountRow,
                (SweepAccountRow.account_id == NoticeAccountRow.account_id)
                & (SweepAccountRow.sweep_id == sweep_id),
            )
            # One account suffices: a scope of a hundred thousand is not gone through.
            if conn.scalar(both.where(NoticeAccountRow.notice_id == key).limit(1)) is not None:
                found[key] = set()
        for portion in portions(sorted(set(account_ids))):
            wanted = select(NoticeAccountRow.notice_id, NoticeAccountRow.account_id).where(
                NoticeAccountRow.account_id.in_(portion)
            )
            for notice_id, account_id in conn.execute(wanted):
                found.setdefault(notice_id, set()).add(account_id)
        return found

    @reads
    def issued_at(self, conn: Connection, sweep_id: int) -> dict[int, datetime]:
        wanted = (
            select(NoticeItemRow.account_id, NoticeRow.kept_at)
            .join_from(NoticeItemRow, NoticeRow, NoticeRow.id == NoticeItemRow.notice_id)
            .where(NoticeRow.sweep_id == sweep_id, NoticeItemRow.account_id.is_not(None))
            .order_by(NoticeRow.issued_on.desc(), NoticeRow.id.desc())
        )
        return {row.account_id: row.kept_at for row in conn.execute(wanted)}

    @writes
    def add_events(
        self,
        conn: Connection,
        events: Sequence[NoticeEvent],
        document: IssuedDocument | None = None,
        *,
        after: int | None = None,
    ) -> None:
        if after is not None:
            _refuse_younger(conn, {event.notice_id for event in events}, after)
        if events:
            raise_revision(conn)
            _add(conn, events)
        if document:
            (notice_id,) = {event.notice_id for event in events}
            newest = conn.scalar(
                select(func.max(NoticeDocumentRow.version)).where(
                    NoticeDocumentRow.notice_id == notice_id
                )
            )
            if document.version != (newest or 0) + 1:
                raise StoreError(
                    "somebody else has corrected this notice meanwhile: look again, then correct it"
                )
            add_document(conn, notice_id, document)

    @reads
    def events(self, conn: Connection, notice_id: int | None = None) -> list[NoticeEvent]:
        return load_events(conn, notice_id)

    @reads
    def unarchived(self, conn: Connection) -> list[Notice]:
        waiting = set(conn.scalars(closed_notices().except_(archived_notices())))
        if not waiting:
            return []
        return [
            notice
            for notice in load_notices(conn)
            if notice.id in waiting and notice.sweep_id is not None
        ]

    @reads
    def documents(self, conn: Connection, notice_id: int) -> list[IssuedDocument]:
        wanted = (
            rows(NoticeDocumentRow)
            .where(NoticeDocumentRow.notice_id == notice_id)
            .order_by(NoticeDocumentRow.version)
        )
        return [
            IssuedDocument(version=row.version, sha256=row.sha256, body=row.body, at=row.at)
            for row in conn.execute(wanted)
        ]


def _add(conn: Connection, events: Sequence[NoticeEvent]) -> None:
    plain = [event for event in events if event.reconsideration is None]
    if plain:
        conn.execute(insert(NoticeEventRow), [notice_event_values(event) for event in plain])
    for event in events:
        if event.reconsideration is not None:
            added = insert(NoticeEventRow).values(notice_event_values(event))
            key = {"event_id": conn.scalar(added.returning(NoticeEventRow.id))}
            conn.execute(insert(NoticeAppealRow).values(reconsideration_values(event) | key))


def _refuse_younger(conn: Connection, notice_ids: set[int], after: int) -> None:
    """StoreError where somebody did something about the notices since the event `after`."""
    # Serialises those who do so on PostgreSQL; on SQLite the transaction does.
    conn.execute(select(NoticeRow.id).where(NoticeRow.id.in_(notice_ids)).with_for_update())
    newest = conn.scalar(
        select(func.max(NoticeEventRow.id)).where(NoticeEventRow.notice_id.in_(notice_ids))
    )
    if (newest or 0) > after:
        raise StoreError("something was done about this notice meanwhile: look at it again")

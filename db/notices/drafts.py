"""Drafts of notices: appended with the names that they leave out, and signed once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from sqlalchemy import Connection, func, insert, select

from db.base import rows
from db.errors import StoreError
from db.mapping.notices import approval_values, draft_of, draft_values, omission_values
from db.models import NoticeApprovalRow, NoticeDraftRow, NoticeOmissionRow, NoticeRow
from db.types import AnyRow
from mediawatch.domain import DraftApproval, NoticeDraft


def insert_draft(conn: Connection, draft: NoticeDraft) -> NoticeDraft:
    """Write the next draft of a sweep; its id is set."""
    key = conn.execute(
        insert(NoticeDraftRow).values(draft_values(draft)).returning(NoticeDraftRow.id)
    ).scalar_one()
    if draft.unnamed:
        conn.execute(
            insert(NoticeOmissionRow),
            [omission_values(each) | {"draft_id": key} for each in draft.unnamed],
        )
    return replace(draft, id=key)


def insert_approval(conn: Connection, draft_id: int, approval: DraftApproval) -> None:
    """Sign a draft. StoreError where it is signed, issued, or was drawn up anew meanwhile."""
    sweep_id = conn.scalar(select(NoticeDraftRow.sweep_id).where(NoticeDraftRow.id == draft_id))
    newest = conn.scalar(
        select(func.max(NoticeDraftRow.id)).where(NoticeDraftRow.sweep_id == sweep_id)
    )
    issued = conn.scalar(select(NoticeRow.number).where(NoticeRow.draft_id == draft_id))
    signed = conn.scalar(select(NoticeApprovalRow.by).where(NoticeApprovalRow.draft_id == draft_id))
    if newest != draft_id or issued or signed:
        raise StoreError(f"something was done about draft {draft_id} meanwhile: look at it again")
    conn.execute(insert(NoticeApprovalRow).values(draft_id=draft_id, **approval_values(approval)))


def load_drafts(conn: Connection) -> list[NoticeDraft]:
    """All of them, oldest first, with what became of them."""
    omissions: dict[int, list[AnyRow]] = defaultdict(list)
    for row in conn.execute(rows(NoticeOmissionRow).order_by(NoticeOmissionRow.account_id)):
        omissions[row.draft_id].append(row)
    approvals = {row.draft_id: row for row in conn.execute(rows(NoticeApprovalRow))}
    numbers = {
        row.draft_id: row.number
        for row in conn.execute(
            select(NoticeRow.draft_id, NoticeRow.number).where(NoticeRow.draft_id.is_not(None))
        )
    }
    return [
        draft_of(row, omissions.get(row.id, ()), approvals.get(row.id), numbers.get(row.id, ""))
        for row in conn.execute(rows(NoticeDraftRow).order_by(NoticeDraftRow.id))
    ]

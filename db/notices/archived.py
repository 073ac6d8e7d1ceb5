"""Which notices are closed, and which of them have an archive (案卷) that tells all of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, exists, select

from db.base import table
from db.models import NoticeEventRow, NoticeItemRow, NoticeRow, ReviewEventRow
from mediawatch.domain import NoticeAction


def closed_notices() -> Select[Any]:
    """The ids of all notices that are closed (办结)."""
    return select(NoticeEventRow.notice_id).where(NoticeEventRow.action == NoticeAction.CLOSED)


def archived_notices() -> Select[Any]:
    """The ids of the closed notices whose archive was taken in after all that was done about them.

    A later event of the notice, or a later decision on one of its accounts, makes a new one due.
    """
    taken, later = table(NoticeEventRow).alias().c, table(NoticeEventRow).alias().c
    decided = exists().where(
        NoticeRow.id == taken.notice_id,
        NoticeItemRow.notice_id == taken.notice_id,
        ReviewEventRow.sweep_id == NoticeRow.sweep_id,
        ReviewEventRow.account_id == NoticeItemRow.account_id,
        ReviewEventRow.id > taken.review_id,
    )
    return select(taken.notice_id).where(
        taken.action == NoticeAction.ARCHIVED,
        taken.notice_id.in_(closed_notices()),
        ~exists().where(later.notice_id == taken.notice_id, later.id > taken.id),
        ~decided,
    )

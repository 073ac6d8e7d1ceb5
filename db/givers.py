"""Hints and links that bear the name of who gave them, and what must keep such names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from db.models import ContactRow, FindingRow, HintRow, LinkReceiptRow, NoticeItemRow
from db.notices.archived import closed_notices
from db.types import AnyRow
from mediawatch.domain import DECIDED, PERSONAL_MARK, Effect


def is_undecided() -> tuple[Any, ...]:
    return FindingRow.review_state.not_in(DECIDED), FindingRow.effect != Effect.HINT


def is_needed(kind: type[ContactRow | HintRow | LinkReceiptRow]) -> tuple[Any, Any]:
    """Something is undecided on the account of a row; it stands in a notice that is not closed."""
    # Lists that are made once: `exists` would go through all findings for each row. What names no
    # account is needed for none.
    undecided = select(FindingRow.account_id).where(*is_undecided())
    issued = select(NoticeItemRow.account_id).where(
        NoticeItemRow.account_id.is_not(None), NoticeItemRow.notice_id.not_in(closed_notices())
    )
    known = kind.account_id.is_not(None)
    return known & kind.account_id.in_(undecided), known & kind.account_id.in_(issued)


def find_givers(
    conn: Connection, before: datetime
) -> list[tuple[type[HintRow | LinkReceiptRow], AnyRow]]:
    """The hints and links from before then that bear a name, in the order of their receipt."""
    found: list[tuple[type[HintRow | LinkReceiptRow], AnyRow]] = []
    for kind in (HintRow, LinkReceiptRow):
        undecided, issued = is_needed(kind)
        wanted = (
            select(kind.id, kind.given_by)
            .where(
                kind.received_at < before,
                kind.given_by != "",
                ~kind.given_by.startswith(PERSONAL_MARK),
                ~undecided,
                ~issued,
            )
            .order_by(kind.id)
        )
        found += [(kind, row) for row in conn.execute(wanted)]
    return found

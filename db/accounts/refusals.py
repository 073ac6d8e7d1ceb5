"""What the operator refused of what readings had taught."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from db.accounts.provisional_filings import note_refusals
from db.base import rows
from db.models import ProposalRefusalRow
from mediawatch.domain import Refusal


def refusals(conn: Connection) -> list[Refusal]:
    """All of them, by account and oldest first."""
    found = conn.execute(
        rows(ProposalRefusalRow).order_by(ProposalRefusalRow.account_id, ProposalRefusalRow.id)
    )
    return [
        Refusal(account_id=row.account_id, field=row.field, new=row.new, at=row.at) for row in found
    ]


def add_refusals(conn: Connection, given: Sequence[Refusal]) -> set[int]:
    """Keep what is refused for the first time; the accounts whose 暂用标识 changed by it."""
    known = {(each.account_id, each.field, each.new) for each in refusals(conn)}
    new = {
        key: each.at
        for each in given
        if (key := (each.account_id, each.field, each.new)) not in known
    }
    if new:
        values = [
            {"account_id": number, "field": field, "new": value, "at": at}
            for (number, field, value), at in new.items()
        ]
        conn.execute(insert(ProposalRefusalRow), values)
    return note_refusals(conn, given)

"""The counter of what may change a judgement.

Raised in the transaction that keeps the news.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select, update

from db.errors import StoreConflict
from db.models import AccountStateRow
from db.types import among


def raise_news(conn: Connection, account_ids: Collection[int]) -> None:
    """Note that something became known about these accounts."""
    if account_ids:
        of_them = among(conn, AccountStateRow.account_id, account_ids)
        conn.execute(update(AccountStateRow).where(of_them).values(news=AccountStateRow.news + 1))


def counters(conn: Connection, account_ids: Collection[int]) -> dict[int, int]:
    wanted = select(AccountStateRow.account_id, AccountStateRow.news).where(
        among(conn, AccountStateRow.account_id, account_ids)
    )
    return {row[0]: row[1] for row in conn.execute(wanted)}


def refuse_news(conn: Connection, seen: Mapping[int, int]) -> None:
    """Refuse where anything became known about these accounts since their counters were seen.

    StoreConflict.
    """
    now = counters(conn, seen)
    if moved := [key for key, news in seen.items() if now.get(key) != news]:
        raise StoreConflict(
            f"something became known about {len(moved)} of these accounts meanwhile: look "
            "again, then decide"
        )

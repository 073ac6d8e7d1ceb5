"""The counter of what may change a judgement.

Raised in the transaction that keeps the news.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select, update

from db.errors import StoreConflict
from db.models import AccountStateRow
from db.types import portions


def raise_news(conn: Connection, account_ids: Collection[int]) -> None:
    """Note that something became known about these accounts."""
    for portion in portions(sorted(set(account_ids))):
        statement = update(AccountStateRow).where(AccountStateRow.account_id.in_(portion))
        conn.execute(statement.values(news=AccountStateRow.news + 1))


def counters(conn: Connection, account_ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for portion in portions(sorted(set(account_ids))):
        wanted = select(AccountStateRow.account_id, AccountStateRow.news).where(
            AccountStateRow.account_id.in_(portion)
        )
        found.update((key, news) for key, news in conn.execute(wanted))
    return found


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

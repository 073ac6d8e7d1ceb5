"""The counter of what may change a judgement.

Raised in the transaction that keeps the news.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select, update

from db.errors import StoreConflict
from db.models import AccountRow, AccountStateRow
from db.types import among
from mediawatch.names import fold


def raise_news(conn: Connection, account_ids: Collection[int]) -> None:
    """Note that something became known about these accounts."""
    if account_ids:
        of_them = among(conn, AccountStateRow.account_id, account_ids)
        conn.execute(update(AccountStateRow).where(of_them).values(news=AccountStateRow.news + 1))


def bearers_of(
    conn: Connection, account_ids: Collection[int], names_before: Collection[str]
) -> set[int]:
    """Accounts whose page bears the name of one of these accounts, or one that it had before.

    Whether that is another filed account's name may have changed with them. Of accounts seen under
    another name than their own, which are few.
    """
    if not account_ids:
        return set()
    wanted = (
        select(AccountRow.id, AccountRow.platform, AccountStateRow.name_seen)
        .join(AccountStateRow, AccountStateRow.account_id == AccountRow.id)
        .where(AccountStateRow.name_seen != "", AccountStateRow.name_seen != AccountRow.name)
    )
    seen = conn.execute(wanted).all()
    if not seen:
        return set()
    filed = select(AccountRow.name).where(among(conn, AccountRow.id, account_ids))
    names = {fold(name) for name in (*conn.scalars(filed), *names_before)}
    return {row[0] for row in seen if fold(row[2]) in names}


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

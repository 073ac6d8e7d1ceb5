"""What readings say about an account's identity: the newest reading of each different fact."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from db.base import insert_into
from db.mapping.values import Values, hashed
from db.models import IdentitySeenRow
from mediawatch.domain import LookKind, Outcome, Reading, Sight

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


@cache
def _keep_latest(dialect: str) -> sqlite.Insert | postgresql.Insert:
    statement = insert_into(IdentitySeenRow, dialect)
    later = {"reading_id": statement.excluded.reading_id, "read_at": statement.excluded.read_at}
    # Readings may come late: a worklist returns days after its looks.
    return statement.on_conflict_do_update(
        index_elements=["account_id", "key"],
        set_=later,
        where=statement.excluded.read_at >= IdentitySeenRow.read_at,
    )


def note(conn: Connection, reading: Reading) -> None:
    """Remember what this reading is the newest to say."""
    newest = {row["key"]: row for row in words(reading)}
    if newest:
        conn.execute(_keep_latest(conn.dialect.name), list(newest.values()))


def words(reading: Reading) -> Iterator[Values]:
    for sight in reading.sights:
        if not sight.outcome.about_us or sight.name or sight.platform_id or sight.original_id:
            yield {
                "account_id": reading.account_id,
                "key": _key(reading.look, sight),
                "read_at": reading.read_at,
                "reading_id": reading.id,
            }


def _key(look: LookKind, sight: Sight) -> int:
    """By all that `registry.proposals` and the worklist compare sights by."""
    ids = (sight.name, sight.platform_id, sight.original_id, sight.verified_as)
    moved = sight.detail if sight.outcome is Outcome.MIGRATED else ""
    linked, apart = (
        any(post.link for post in sight.posts),
        look if look in (LookKind.CONTROL, LookKind.PERSON) else "",
    )
    return hashed(apart, sight.outcome, sight.matched_by or "", *ids, moved, str(linked))

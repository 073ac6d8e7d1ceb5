"""What each reading was the first to show of its account, and the newest to say of who it is.

Two tables hold one reading for each key of an account: the earliest, or the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table

from db.base import insert_into, table
from db.mapping.values import Values, hash_words
from db.models import POSTS, FirstSeen, FirstSeenRow, IdentitySeenRow
from db.readings.state import own_posts
from mediawatch.domain import LookKind, MatchedBy, Outcome, Post, PostKind, Reading, Sight
from mediawatch.domain.clock import day_of

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def note_first_seen(conn: Connection, reading: Reading) -> None:
    """Remember what this reading was the first to show."""
    _keep_by_key(conn, table(FirstSeenRow), first_seen_values(reading), newest=False)


def first_seen_values(reading: Reading) -> Iterator[Values]:
    seen = {"account_id": reading.account_id, "read_at": reading.read_at, "reading_id": reading.id}
    for sight, post in own_posts(reading):
        kind = kind_of(post)
        yield seen | {"key": key_of(kind, sight.surface, post), "what": kind, "on": post.on}
    today = day_of(reading.read_at)
    if reading.name and reading.matched_by is MatchedBy.ID:
        yield seen | {
            "key": hash_words(FirstSeen.NAME, reading.name),
            "what": FirstSeen.NAME,
            "on": today,
        }
    if reading.look is LookKind.PERSON:
        yield seen | {"key": hash_words(FirstSeen.PERSON), "what": FirstSeen.PERSON, "on": today}


def kind_of(post: Post) -> FirstSeen:
    return POSTS[post.repost + 2 * (post.pushed is False)]


def key_of(kind: FirstSeen, surface: str, post: Post) -> int:
    """By all that `proofs` compares posts by."""
    at = post.at.astimezone(UTC).isoformat() if post.at else ""
    return hash_words(
        kind, surface, post.id, post.on.isoformat(), at, str(post.kind is PostKind.SEEN)
    )


def note_identity(conn: Connection, reading: Reading) -> None:
    """Remember what this reading is the newest to say."""
    _keep_by_key(conn, table(IdentitySeenRow), identity_values(reading), newest=True)


def identity_values(reading: Reading) -> Iterator[Values]:
    for sight in reading.sights:
        if not sight.outcome.about_us or sight.name or sight.platform_id or sight.original_id:
            yield {
                "account_id": reading.account_id,
                "key": _identity_key(reading.look, sight),
                "read_at": reading.read_at,
                "reading_id": reading.id,
            }


def _identity_key(look: LookKind, sight: Sight) -> int:
    """By all that `registry.proposals` and the worklist compare sights by."""
    ids = (sight.name, sight.platform_id, sight.original_id, sight.verified_as)
    moved = sight.detail if sight.outcome is Outcome.MIGRATED else ""
    linked, apart = (
        any(post.link for post in sight.posts),
        look if look in (LookKind.CONTROL, LookKind.PERSON) else "",
    )
    return hash_words(apart, sight.outcome, sight.matched_by or "", *ids, moved, str(linked))


def _keep_by_key(conn: Connection, of: Table, rows: Iterable[Values], *, newest: bool) -> None:
    """Keep rows of a reading; a kept row stays where it is the better one by `read_at`."""
    by_key = {row["key"]: row for row in rows}
    if by_key:
        conn.execute(_upsert(of, conn.dialect.name, newest), list(by_key.values()))


@cache
def _upsert(of: Table, dialect: str, newest: bool) -> sqlite.Insert | postgresql.Insert:
    statement = insert_into(of, dialect)
    new, kept = statement.excluded.read_at, of.c.read_at
    # Readings may come late: a worklist returns days after its looks.
    return statement.on_conflict_do_update(
        index_elements=["account_id", "key"],
        set_={"reading_id": statement.excluded.reading_id, "read_at": new},
        where=new >= kept if newest else new < kept,
    )

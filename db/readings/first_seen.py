"""What each reading was the first to show of its account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from sqlalchemy import Connection

from db.mapping.values import Values, hash_words
from db.models import POSTS, FirstSeen, FirstSeenRow
from db.readings.key_rows import keep_by_key
from db.readings.state import own_posts
from mediawatch.domain import LookKind, MatchedBy, Post, PostKind, Reading
from mediawatch.domain.clock import day_of


def note(conn: Connection, reading: Reading) -> None:
    """Remember what this reading was the first to show."""
    keep_by_key(conn, FirstSeenRow, first_seen_values(reading), newest=False)


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

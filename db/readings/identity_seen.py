"""What readings say about an account's identity: the newest reading of each different fact."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from db.mapping.values import Values, hash_words
from db.models import IdentitySeenRow
from db.readings.key_rows import keep_by_key
from mediawatch.domain import LookKind, Outcome, Reading, Sight


def note(conn: Connection, reading: Reading) -> None:
    """Remember what this reading is the newest to say."""
    keep_by_key(conn, IdentitySeenRow, identity_values(reading), newest=True)


def identity_values(reading: Reading) -> Iterator[Values]:
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
    return hash_words(apart, sight.outcome, sight.matched_by or "", *ids, moved, str(linked))

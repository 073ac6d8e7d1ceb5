"""Statements about what readings told of who an account is: the newest reading of each different
word, found by index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from db.base import table
from db.bearing import bearing
from db.history import numbered
from db.mapping import Values, hashed, portions
from db.models import IdentitySeenRow
from db.twins import identities as filed_now
from mediawatch.domain import LookKind, Outcome, Reading, Sight


def _keep_latest(
    insert: type[sqlite.Insert] | type[postgresql.Insert],
) -> sqlite.Insert | postgresql.Insert:
    statement = insert(table(IdentitySeenRow))
    later = {"reading_id": statement.excluded.reading_id, "read_at": statement.excluded.read_at}
    # Readings may come late: a worklist returns days after its looks.
    return statement.on_conflict_do_update(
        index_elements=["account_id", "key"],
        set_=later,
        where=statement.excluded.read_at >= IdentitySeenRow.read_at,
    )


_NOTE = {"sqlite": _keep_latest(sqlite.Insert), "postgresql": _keep_latest(postgresql.Insert)}


def note(conn: Connection, reading: Reading) -> None:
    """Remember what this reading is the newest to tell."""
    told = {row["key"]: row for row in words(reading)}
    if told:
        conn.execute(_NOTE[conn.dialect.name], list(told.values()))


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


def told(conn: Connection, account_ids: Sequence[int]) -> dict[int, list[Reading]]:
    """Readings by account, oldest first; of each what is told of the identity that is filed now."""
    wanted: dict[int, set[int]] = {}
    for portion in portions(sorted(set(account_ids))):
        kept = select(IdentitySeenRow.account_id, IdentitySeenRow.reading_id).where(
            IdentitySeenRow.account_id.in_(portion)
        )
        for account_id, reading_id in conn.execute(kept):
            wanted.setdefault(account_id, set()).add(reading_id)
    now = filed_now(conn, wanted)
    readings = numbered(conn, {number for numbers in wanted.values() for number in numbers})
    found = {
        key: [bearing(readings[number], key, now[key]).told for number in numbers]
        for key, numbers in sorted(wanted.items())
    }
    return {
        key: sorted(
            (each for each in some if each is not None), key=lambda each: (each.read_at, each.id)
        )
        for key, some in found.items()
    }

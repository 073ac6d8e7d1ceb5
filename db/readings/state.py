"""What follows from one reading: the state of its account, and what it is first or newest to show.

Two tables hold one reading for each key of an account: the earliest, or the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, bindparam

from db.base import insert_into, rows, table
from db.models import POSTS, AccountStateRow, FirstSeen
from db.types import AnyRow, Values, hash_words
from mediawatch.domain import (
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
    latest_of,
    led_by_name,
)
from mediawatch.domain.clock import day_of, lies_ahead

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

# Made once, as those of `history`.
_OF_ACCOUNT = AccountStateRow.account_id == bindparam("account")
_STATE = rows(AccountStateRow).where(_OF_ACCOUNT).with_for_update()
_ADVANCE = table(AccountStateRow).update().where(_OF_ACCOUNT)
STATE_OF_READINGS: Values = {
    "latest_on": None, "latest_at": None, "original_on": None, "person_fresh_on": None, "last_reading_id": None, "last_read_at": None,
    "last_outcome": None, "exact_reading_id": None, "exact_read_at": None, "complete_since": None, "name_seen": "",
    "name_matched_by": None, "name_read_at": None,
}  # fmt: skip
"""The columns of `account_state` that follow from readings, as they are before the first one."""


def advance(conn: Connection, account_id: int, looked: Reading, said: Reading | None) -> None:
    """The account's current state after a reading.

    Readings may come late: a worklist returns days after its looks.
    """
    account = {"account": account_id}
    state = conn.execute(_STATE, account).one()
    conn.execute(_ADVANCE, account | state_after(state, looked, said) | {"news": state.news + 1})


def state_after(state: AnyRow, looked: Reading, said: Reading | None) -> Values:
    """The columns of `account_state` that a reading changes.

    `said` is what it says about the account as filed now, None for nothing.
    """
    news: Values = {}
    if state.last_read_at is None or looked.read_at >= state.last_read_at:
        news |= {
            "last_reading_id": looked.id,
            "last_read_at": looked.read_at,
            "last_outcome": looked.outcome,
        }
    if said is None:
        return news
    reading = said
    posts = [post for _, post in own_posts(reading)]
    latest = latest_of(posts)
    known = Post(on=state.latest_on, at=state.latest_at) if state.latest_on else None
    if latest and (known is None or latest.order > known.order):
        news |= {"latest_on": latest.on, "latest_at": latest.at}
    by_person = (
        post for post in posts if reading.look is LookKind.PERSON and post.kind is PostKind.SEEN
    )
    for column, found in (
        ("original_on", latest_of(filter(_always_counts, posts))),
        ("person_fresh_on", latest_of(by_person)),
    ):
        before = getattr(state, column)
        if found and (before is None or found.on > before):
            news[column] = found.on
    if reading.exact_sight and (
        state.exact_read_at is None or reading.read_at >= state.exact_read_at
    ):
        news |= {
            "exact_reading_id": reading.id,
            "exact_read_at": reading.read_at,
            "complete_since": reading.complete_since,
        }
    if reading.name and (state.name_read_at is None or reading.read_at >= state.name_read_at):
        news |= {
            "name_seen": reading.name,
            "name_matched_by": reading.matched_by,
            "name_read_at": reading.read_at,
        }
    return news


def own_posts(reading: Reading) -> Iterator[tuple[Sight, Post]]:
    """The posts that are surely the account's and carry a possible date.

    A post dated after its own look is an error of the site's clock or of a person: it would hide
    the account for ever.
    """
    for sight in reading.sights:
        if sight.matched_by is not None:
            yield from (
                (sight, post)
                for post in sight.posts
                if not lies_ahead(post.on, post.at, sight.read_at)
            )


def _always_counts(post: Post) -> bool:
    """Under every policy."""
    return not post.repost and post.pushed is not False


def first_seen_values(reading: Reading) -> Iterator[Values]:
    seen = {"account_id": reading.account_id, "read_at": reading.read_at, "reading_id": reading.id}
    for sight, post in own_posts(reading):
        kind = kind_of(sight, post)
        yield seen | {"key": key_of(kind, sight.surface, post), "what": kind, "on": post.on}
    today = day_of(reading.read_at)
    if (named := name_key(reading)) is not None:
        yield seen | {"key": named, "what": FirstSeen.NAME, "on": today}
    if reading.look is LookKind.PERSON:
        yield seen | {"key": hash_words(FirstSeen.PERSON), "what": FirstSeen.PERSON, "on": today}


def name_key(reading: Reading) -> int | None:
    """Of the name that a look has shown under the filed id; None where it has shown none."""
    tied = reading.name and reading.matched_by is MatchedBy.ID
    return hash_words(FirstSeen.NAME, reading.name) if tied else None


def kind_of(sight: Sight, post: Post) -> FirstSeen:
    unpushed = post.pushed is False
    if led_by_name(sight):
        return FirstSeen.PROVISIONAL_UNPUSHED if unpushed else FirstSeen.PROVISIONAL
    return POSTS[post.repost + 2 * unpushed]


def key_of(kind: FirstSeen, surface: str, post: Post) -> int:
    """By all that `proofs` compares posts by."""
    at = post.at.astimezone(UTC).isoformat() if post.at else ""
    return hash_words(
        kind, surface, post.id, post.on.isoformat(), at, str(post.kind is PostKind.SEEN)
    )


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
    through = (sight.provisional,) if sight.provisional else ()
    return hash_words(
        apart, sight.outcome, sight.matched_by or "", *ids, moved, str(linked), *through
    )


def keep_by_key(conn: Connection, of: Table, rows: Iterable[Values], *, newest: bool) -> None:
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

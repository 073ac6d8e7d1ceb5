"""The current state of an account, as it follows from its readings."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam

from db.base import rows, table
from db.mapping.values import AnyRow, Values
from db.models import AccountStateRow
from mediawatch.domain import LookKind, Post, PostKind, Reading, Sight, latest_of
from mediawatch.domain.clock import lies_ahead

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

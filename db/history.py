"""Statements about readings: appended whole, read back whole, and the current state that follows
from each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam

from db.base import rows, table
from db.mapping import (
    AnyRow,
    Values,
    evidence_of,
    evidence_values,
    identity_of,
    identity_values,
    portions,
    post_of,
    post_values,
    reading_of,
    reading_values,
    sight_of,
    sight_values,
    state_of,
)
from db.models import (
    AccountRow,
    AccountStateRow,
    EvidenceRow,
    PostRow,
    ReadingIdentityRow,
    ReadingRow,
    SightRow,
)
from mediawatch.domain import (
    AccountState,
    Evidence,
    FiledIdentity,
    LookKind,
    Post,
    PostKind,
    Reading,
    Sight,
    latest_of,
)
from mediawatch.domain.clock import lies_ahead

# Made once, over plain tables: a reading is kept thousands of times a night, and building
# statements was half of its cost.
_ADD_READING = table(ReadingRow).insert().returning(ReadingRow.id)
_ADD_IDENTITY = table(ReadingIdentityRow).insert()
_ADD_SIGHT = table(SightRow).insert().returning(SightRow.id)
_ADD_POSTS = table(PostRow).insert()
_ADD_EVIDENCE = table(EvidenceRow).insert()
_OF_ACCOUNT = AccountStateRow.account_id == bindparam("account")
_STATE = rows(AccountStateRow).where(_OF_ACCOUNT).with_for_update()
_ADVANCE = table(AccountStateRow).update().where(_OF_ACCOUNT)
STATE_OF_READINGS: Values = {
    "latest_on": None, "latest_at": None, "original_on": None, "person_fresh_on": None, "last_reading_id": None, "last_read_at": None,
    "last_outcome": None, "exact_reading_id": None, "exact_read_at": None, "complete_since": None, "name_seen": "",
    "name_matched_by": None, "name_read_at": None,
}  # fmt: skip
"""The columns of `account_state` that follow from readings, as they are before the first one."""


def keep(conn: Connection, reading: Reading, now: FiledIdentity) -> Reading:
    """`now` is who the account is as filed now: under that identity a reading was taken which does
    not say it.
    """
    if reading.id:
        raise ValueError(f"reading {reading.id} is kept already and never changes")
    key = conn.execute(_ADD_READING, reading_values(reading)).scalar_one()
    filed_as = reading.filed_as or now
    conn.execute(_ADD_IDENTITY, identity_values(filed_as) | {"reading_id": key})
    posts: list[Values] = []
    evidence: list[Values] = []
    for sight in reading.sights:
        sight_id = conn.scalar(_ADD_SIGHT, sight_values(sight) | {"reading_id": key})
        posts += (post_values(post) | {"sight_id": sight_id} for post in sight.posts)
        evidence += (evidence_values(item) | {"sight_id": sight_id} for item in sight.evidence)
    if posts:
        conn.execute(_ADD_POSTS, posts)
    if evidence:
        conn.execute(_ADD_EVIDENCE, evidence)
    return replace(
        reading,
        id=key,
        filed_as=filed_as,
        sights=tuple(replace(sight, captures=(), by_call=False) for sight in reading.sights),
    )


def advance(conn: Connection, account_id: int, looked: Reading, said: Reading | None) -> None:
    """The account's current state after a reading. Readings may come late: a worklist returns days
    after its looks.
    """
    account = {"account": account_id}
    state = conn.execute(_STATE, account).one()
    conn.execute(_ADVANCE, account | state_after(state, looked, said) | {"news": state.news + 1})


def state_after(state: AnyRow, looked: Reading, said: Reading | None) -> Values:
    """The columns of `account_state` that a reading changes: `said` is what it says about the
    account as filed now, None for nothing.
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

    A post dated after its own look is a slip of the site's clock or of a person; it would hide the
    account for ever.
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


def states(conn: Connection, account_ids: Sequence[int] | None) -> dict[int, AccountState]:
    if account_ids is None:
        in_scope = (
            rows(AccountStateRow)
            .join(AccountRow)
            .where(AccountRow.retired_on.is_(None))
            .order_by(AccountStateRow.account_id)
        )
        return {row.account_id: state_of(row) for row in conn.execute(in_scope)}
    found: dict[int, AccountState] = {}
    for portion in portions(sorted(set(account_ids))):
        wanted = (
            rows(AccountStateRow)
            .where(AccountStateRow.account_id.in_(portion))
            .order_by(AccountStateRow.account_id)
        )
        found.update((row.account_id, state_of(row)) for row in conn.execute(wanted))
    return found


def readings(
    conn: Connection,
    account_ids: Sequence[int] | None,
    sweep_id: int | None,
    since: datetime | None,
) -> dict[int, list[Reading]]:
    wanted = [] if sweep_id is None else [ReadingRow.sweep_id == sweep_id]
    wanted += [] if since is None else [ReadingRow.read_at >= since]
    if account_ids is None:
        return readings_of(conn, *wanted)
    found: dict[int, list[Reading]] = {}
    for portion in portions(sorted(set(account_ids))):
        found |= readings_of(conn, ReadingRow.account_id.in_(portion), *wanted)
    return found


def by_id(conn: Connection, ids: Iterable[int]) -> dict[int, list[Reading]]:
    found: dict[int, list[Reading]] = defaultdict(list)
    for reading in numbered(conn, ids).values():
        found[reading.account_id].append(reading)
    return {
        account_id: sorted(some, key=lambda reading: (reading.read_at, reading.id))
        for account_id, some in found.items()
    }


def numbered(conn: Connection, ids: Iterable[int]) -> dict[int, Reading]:
    """These readings by their own numbers."""
    return {
        reading.id: reading
        for portion in portions(sorted(set(ids)))
        for some in readings_of(conn, ReadingRow.id.in_(portion)).values()
        for reading in some
    }


def readings_of(conn: Connection, *of: ColumnElement[bool]) -> dict[int, list[Reading]]:
    """Readings that meet these conditions, by account, oldest first. Five statements, whatever the
    number of readings.
    """
    wanted = (
        rows(ReadingRow)
        .where(*of)
        .order_by(ReadingRow.account_id, ReadingRow.read_at, ReadingRow.id)
    )
    kept = conn.execute(wanted).all()
    sights = _sights(conn, of)
    identities = {
        row.reading_id: identity_of(row)
        for row in conn.execute(rows(ReadingIdentityRow).join(ReadingRow).where(*of))
    }
    found: dict[int, list[Reading]] = defaultdict(list)
    for row in kept:
        found[row.account_id].append(
            reading_of(row, sights.get(row.id, ()), identities.get(row.id))
        )
    return dict(found)


def _sights(conn: Connection, of: Sequence[ColumnElement[bool]]) -> dict[int, list[Sight]]:
    posts: dict[int, list[Post]] = defaultdict(list)
    wanted_posts = rows(PostRow).join(SightRow).join(ReadingRow).where(*of).order_by(PostRow.id)
    for row in conn.execute(wanted_posts):
        posts[row[1]].append(post_of(row))
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    wanted_evidence = (
        rows(EvidenceRow).join(SightRow).join(ReadingRow).where(*of).order_by(EvidenceRow.id)
    )
    for row in conn.execute(wanted_evidence):
        evidence[row.sight_id].append(evidence_of(row))
    sights: dict[int, list[Sight]] = defaultdict(list)
    for row in conn.execute(rows(SightRow).join(ReadingRow).where(*of).order_by(SightRow.id)):
        sights[row.reading_id].append(
            sight_of(row, posts.get(row.id, ()), evidence.get(row.id, ()))
        )
    return sights

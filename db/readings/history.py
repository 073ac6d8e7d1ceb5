"""Readings: appended whole, read back whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection

from db.base import rows, table
from db.mapping.readings import (
    evidence_of,
    evidence_values,
    identity_of,
    identity_values,
    post_of,
    post_values,
    reading_of,
    reading_values,
    sight_of,
    sight_values,
)
from db.models import EvidenceRow, PostRow, ReadingIdentityRow, ReadingRow, SightRow
from db.types import Values, portions
from mediawatch.domain import Evidence, FiledIdentity, Post, Reading, Sight

# Made once, over plain tables: a reading is kept thousands of times a night, and building
# statements was half of its cost.
_ADD_READING = table(ReadingRow).insert().returning(ReadingRow.id)
_ADD_IDENTITY = table(ReadingIdentityRow).insert()
_ADD_SIGHT = table(SightRow).insert().returning(SightRow.id)
_ADD_POSTS = table(PostRow).insert()
_ADD_EVIDENCE = table(EvidenceRow).insert()


def append(conn: Connection, reading: Reading, now: FiledIdentity) -> Reading:
    """`now` is who the account is as filed now: the identity of a reading that does not say its
    own.
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
        sights=tuple(
            replace(sight, captures=(), by_call=False, name_hit=None) for sight in reading.sights
        ),
    )


def readings_by_number(
    conn: Connection, ids: Iterable[int], *, outlines: bool = False
) -> dict[int, Reading]:
    """These readings by their own numbers. `outlines`: without evidence and identity."""
    return {
        reading.id: reading
        for portion in portions(sorted(set(ids)))
        for some in _of_any_kind(conn, [ReadingRow.id.in_(portion)], outlines=outlines).values()
        for reading in some
    }


def readings_of(conn: Connection, *of: ColumnElement[bool]) -> dict[int, list[Reading]]:
    """Readings that meet these conditions, by account, oldest first, without problem looks."""
    return _of_any_kind(conn, [*of, ReadingRow.problem.is_(None)])


def problem_looks_of(conn: Connection, *of: ColumnElement[bool]) -> dict[int, list[Reading]]:
    """人工检查: looks for problems that meet these conditions, by account, oldest first."""
    return _of_any_kind(conn, [*of, ReadingRow.problem.is_not(None)])


def _of_any_kind(
    conn: Connection, of: Sequence[ColumnElement[bool]], *, outlines: bool = False
) -> dict[int, list[Reading]]:
    """Five statements, whatever the number of readings; three for outlines."""
    wanted = (
        rows(ReadingRow)
        .where(*of)
        .order_by(ReadingRow.account_id, ReadingRow.read_at, ReadingRow.id)
    )
    kept = conn.execute(wanted).all()
    sights = _sights(conn, of, _posts(conn, of), {} if outlines else _evidence(conn, of))
    identities = {} if outlines else _identities(conn, of)
    found: dict[int, list[Reading]] = defaultdict(list)
    for row in kept:
        found[row.account_id].append(
            reading_of(row, sights.get(row.id, ()), identities.get(row.id))
        )
    return dict(found)


def _identities(conn: Connection, of: Sequence[ColumnElement[bool]]) -> dict[int, FiledIdentity]:
    wanted = rows(ReadingIdentityRow).join_from(ReadingIdentityRow, ReadingRow).where(*of)
    return {row.reading_id: identity_of(row) for row in conn.execute(wanted)}


def _posts(conn: Connection, of: Sequence[ColumnElement[bool]]) -> Mapping[int, list[Post]]:
    """By sight."""
    posts: dict[int, list[Post]] = defaultdict(list)
    wanted = rows(PostRow).join_from(PostRow, SightRow).join(ReadingRow).where(*of)
    for row in conn.execute(wanted.order_by(PostRow.id)):
        posts[row[1]].append(post_of(row))
    return posts


def _evidence(conn: Connection, of: Sequence[ColumnElement[bool]]) -> Mapping[int, list[Evidence]]:
    """By sight."""
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    wanted = rows(EvidenceRow).join_from(EvidenceRow, SightRow).join(ReadingRow).where(*of)
    for row in conn.execute(wanted.order_by(EvidenceRow.id)):
        evidence[row.sight_id].append(evidence_of(row))
    return evidence


def _sights(
    conn: Connection,
    of: Sequence[ColumnElement[bool]],
    posts: Mapping[int, list[Post]],
    evidence: Mapping[int, list[Evidence]],
) -> dict[int, list[Sight]]:
    sights: dict[int, list[Sight]] = defaultdict(list)
    for row in conn.execute(
        rows(SightRow).join_from(SightRow, ReadingRow).where(*of).order_by(SightRow.id)
    ):
        sights[row.reading_id].append(
            sight_of(row, posts.get(row.id, ()), evidence.get(row.id, ()))
        )
    return sights

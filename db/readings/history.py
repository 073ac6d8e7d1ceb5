"""Readings: appended whole, read back whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, select

from db.base import rows, table
from db.mapping.readings import (
    IDENTITY_COLUMNS,
    READING_COLUMNS,
    SIGHT_COLUMNS,
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
from db.types import Values, among, portions
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
    wanted = set(ids)
    if not wanted:
        return {}
    found = _of_any_kind(conn, [among(conn, ReadingRow.id, wanted)], outlines=outlines)
    return {reading.id: reading for some in found.values() for reading in some}


def readings_of(conn: Connection, *of: ColumnElement[bool]) -> dict[int, list[Reading]]:
    """Readings that meet these conditions, by account, oldest first, without problem looks."""
    return _of_any_kind(conn, [*of, ReadingRow.problem.is_(None)])


def problem_looks_of(conn: Connection, *of: ColumnElement[bool]) -> dict[int, list[Reading]]:
    """人工检查: looks for problems that meet these conditions, by account, oldest first."""
    return _of_any_kind(conn, [*of, ReadingRow.problem.is_not(None)])


def _of_any_kind(
    conn: Connection, of: Sequence[ColumnElement[bool]], *, outlines: bool = False
) -> dict[int, list[Reading]]:
    """Five statements for thousands of readings; three for outlines.

    What belongs to the readings is asked for by number, without joins. Rows come all at once: one
    by one they cost half as much again.
    """
    wanted = (
        select(*READING_COLUMNS)
        .where(*of)
        .order_by(ReadingRow.account_id, ReadingRow.read_at, ReadingRow.id)
    )
    found: dict[int, list[Reading]] = defaultdict(list)
    for some in portions(conn.execute(wanted).all()):
        numbers = [row[0] for row in some]
        filed = select(*IDENTITY_COLUMNS).where(among(conn, ReadingIdentityRow.reading_id, numbers))
        identities = (
            {} if outlines else {row[0]: identity_of(row) for row in conn.execute(filed).all()}
        )
        sights = _sights(conn, numbers, outlines=outlines)
        for row in some:
            found[row[1]].append(reading_of(row, sights.get(row[0], ()), identities.get(row[0])))
    return dict(found)


def _sights(conn: Connection, readings: Iterable[int], *, outlines: bool) -> dict[int, list[Sight]]:
    """By reading, in the order in which they were kept. `outlines`: without evidence."""
    wanted = select(*SIGHT_COLUMNS).where(among(conn, SightRow.reading_id, readings))
    kept = conn.execute(wanted.order_by(SightRow.id)).all()
    numbers = [row[0] for row in kept]
    posts: dict[int, list[Post]] = defaultdict(list)
    of_sights = rows(PostRow).where(among(conn, PostRow.sight_id, numbers))
    for row in conn.execute(of_sights.order_by(PostRow.sight_id, PostRow.id)).all():
        posts[row[1]].append(post_of(row))
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    if not outlines:
        of_sights = rows(EvidenceRow).where(among(conn, EvidenceRow.sight_id, numbers))
        for row in conn.execute(of_sights.order_by(EvidenceRow.sight_id, EvidenceRow.id)).all():
            evidence[row[1]].append(evidence_of(row))
    sights: dict[int, list[Sight]] = defaultdict(list)
    for row in kept:
        number = row[0]
        sights[row[1]].append(sight_of(row, posts.get(number, ()), evidence.get(number, ())))
    return sights

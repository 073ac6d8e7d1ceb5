"""Readings with their sights, posts and evidence, as rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from db.types import AnyRow, Values, fields_of
from mediawatch.domain import (
    AccountState,
    Evidence,
    FiledIdentity,
    Post,
    ProblemSeen,
    Reading,
    Sight,
)

_IDENTITY = tuple(field.name for field in fields(FiledIdentity) if field.compare)
_SIGHT = tuple(
    field.name
    for field in fields(Sight)
    if field.name not in ("posts", "captures", "by_call", "evidence", "links", "name_hit")
)

_EVIDENCE = tuple(field.name for field in fields(Evidence))
_STATE = tuple(field.name for field in fields(AccountState))


def reading_values(reading: Reading) -> Values:
    """The reading's own row, with what its sights amount to."""
    latest, seen = reading.latest, reading.problem
    return {
        "account_id": reading.account_id,
        "sweep_id": reading.sweep_id,
        "look": reading.look,
        "started_at": reading.started_at,
        "read_at": reading.read_at,
        "person": reading.by,
        "outcome": reading.outcome,
        "name_seen": reading.name,
        "matched_by": reading.matched_by,
        "latest_on": latest.on if latest else None,
        "latest_at": latest.at if latest else None,
        "date_kind": reading.date_kind,
        "complete_since": reading.complete_since,
        "problem": seen.code if seen else None,
        "problem_answer": seen.answer if seen else None,
        "problem_words": seen.words if seen else "",
        "problem_task": seen.task if seen else None,
        "problem_item": seen.item if seen else None,
    }


def identity_values(filed_as: FiledIdentity) -> Values:
    return fields_of(filed_as, _IDENTITY) | {"links": list(filed_as.links)}


def identity_of(row: AnyRow) -> FiledIdentity:
    return FiledIdentity(**fields_of(row, _IDENTITY) | {"links": tuple(row.links)})


def reading_of(row: AnyRow, sights: Sequence[Sight], filed_as: FiledIdentity | None) -> Reading:
    return Reading(
        id=row.id,
        account_id=row.account_id,
        sweep_id=row.sweep_id,
        look=row.look,
        started_at=row.started_at,
        read_at=row.read_at,
        by=row.person,
        filed_as=filed_as,
        sights=tuple(sights),
        problem=_problem_of(row),
    )


def _problem_of(row: AnyRow) -> ProblemSeen | None:
    if row.problem is None:
        return None
    return ProblemSeen(
        code=row.problem,
        answer=row.problem_answer,
        words=row.problem_words,
        task=row.problem_task,
        item=row.problem_item,
    )


def sight_values(sight: Sight) -> Values:
    return fields_of(sight, _SIGHT)


def sight_of(row: AnyRow, posts: Sequence[Post], evidence: Sequence[Evidence]) -> Sight:
    return Sight(**fields_of(row, _SIGHT), posts=tuple(posts), evidence=tuple(evidence))


def post_values(post: Post) -> Values:
    return {
        "post_id": post.id,
        "on": post.on,
        "at": post.at,
        "kind": post.kind,
        "pinned": post.pinned,
        "repost": post.repost,
        "pushed": post.pushed,
        "link": post.link,
        "title": post.title,
        "original_title": post.original_title,
        "original_link": post.original_link,
    }


def post_of(row: AnyRow) -> Post:
    """Unpacked by place, not by name: a census loads half a million of these."""
    _, _, post_id, on, at, kind, pinned, repost, pushed, link, title, of_title, of_link = row
    return Post(
        id=post_id,
        on=on,
        at=at,
        kind=kind,
        pinned=pinned,
        repost=repost,
        pushed=pushed,
        link=link,
        title=title,
        original_title=of_title,
        original_link=of_link,
    )


def evidence_values(evidence: Evidence) -> Values:
    return fields_of(evidence, _EVIDENCE)


def evidence_of(row: AnyRow) -> Evidence:
    return Evidence(**fields_of(row, _EVIDENCE))


def state_of(row: AnyRow) -> AccountState:
    return AccountState(**fields_of(row, _STATE))

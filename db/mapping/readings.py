"""Readings with their sights, posts and evidence, as rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from db.models import ReadingIdentityRow, ReadingRow, SightRow
from db.types import AnyRow, Values, columns_of, fields_of
from mediawatch.domain import (
    AccountState,
    Code,
    Evidence,
    FiledIdentity,
    InteractionSeen,
    Post,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    Sight,
)

_IDENTITY = tuple(field.name for field in fields(FiledIdentity) if field.compare)
_SIGHT = tuple(
    field.name
    for field in fields(Sight)
    if field.name
    not in ("posts", "captures", "by_call", "evidence", "links", "name_hit", "interaction")
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


IDENTITY_COLUMNS = (
    ReadingIdentityRow.reading_id,
    *(getattr(ReadingIdentityRow, name) for name in _IDENTITY),
)


def identity_of(row: AnyRow) -> FiledIdentity:
    """From a row of `IDENTITY_COLUMNS`."""
    kept = dict(zip(_IDENTITY, row[1:], strict=True))
    return FiledIdentity(**kept | {"links": tuple(kept["links"])})


READING_COLUMNS = (
    ReadingRow.id,
    ReadingRow.account_id,
    ReadingRow.sweep_id,
    ReadingRow.look,
    ReadingRow.started_at,
    ReadingRow.read_at,
    ReadingRow.person,
    ReadingRow.problem,
    ReadingRow.problem_answer,
    ReadingRow.problem_words,
    ReadingRow.problem_task,
    ReadingRow.problem_item,
)
"""Without what its sights amount to: that is worked out from them."""


def reading_of(row: AnyRow, sights: Sequence[Sight], filed_as: FiledIdentity | None) -> Reading:
    """From a row of `READING_COLUMNS`, unpacked by place: see `post_of`."""
    number, account_id, sweep_id, look, started_at, read_at, person, problem, *seen = row
    return Reading(
        id=number,
        account_id=account_id,
        sweep_id=sweep_id,
        look=look,
        started_at=started_at,
        read_at=read_at,
        by=person,
        filed_as=filed_as,
        sights=tuple(sights),
        problem=None if problem is None else _problem_of(problem, *seen),
    )


def _problem_of(
    code: Code, answer: ProblemAnswer, words: str, task: int | None, item: int | None
) -> ProblemSeen:
    return ProblemSeen(code=code, answer=answer, words=words, task=task, item=item)


def sight_values(sight: Sight) -> Values:
    seen = sight.interaction
    return fields_of(sight, _SIGHT) | {
        "comments": seen.comments if seen else None,
        "messages": seen.messages if seen else None,
        "replies": seen.replies if seen else None,
        "posts_looked_at": seen.posts if seen else None,
    }


SIGHT_COLUMNS = (
    SightRow.id,
    SightRow.reading_id,
    *(getattr(SightRow, name) for name in _SIGHT),
    SightRow.comments,
    SightRow.messages,
    SightRow.replies,
    SightRow.posts_looked_at,
)


def sight_of(row: AnyRow, posts: Sequence[Post], evidence: Sequence[Evidence]) -> Sight:
    """From a row of `SIGHT_COLUMNS`."""
    _, _, *own, comments, messages, replies, looked_at = row
    interaction = (
        None
        if looked_at is None
        else InteractionSeen(comments=comments, messages=messages, replies=replies, posts=looked_at)
    )
    return Sight(
        **dict(zip(_SIGHT, own, strict=True)),
        posts=tuple(posts),
        evidence=tuple(evidence),
        interaction=interaction,
    )


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


def states_of(found: Sequence[AnyRow]) -> dict[int, AccountState]:
    """Of rows of one statement, by account."""
    states = (
        AccountState(**dict(zip(_STATE, each, strict=True))) for each in columns_of(found, _STATE)
    )
    return {each.account_id: each for each in states}

"""Review events with their pictures, as rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date

from db.types import AnyRow, Values, fields_of
from mediawatch.domain import Code, Facts, ReviewEvent, ReviewPicture, Tie

_REVIEW = tuple(
    field.name for field in fields(ReviewEvent) if field.name not in ("id", "facts", "pictures")
)

_PICTURE = tuple(field.name for field in fields(ReviewPicture))


def facts_values(facts: Facts) -> Values:
    """As JSON holds them; what was not kept then has no key."""
    said: Values = {
        "code": facts.code.value,
        "gap_days": facts.gap_days,
        "gap_is_minimum": facts.gap_is_minimum,
        "name_seen": facts.name_seen,
    }
    said["latest_on"] = facts.latest_on.isoformat() if facts.latest_on else None
    kept = {
        "gap_since": facts.gap_since.isoformat() if facts.gap_since else None,
        "ids": facts.ids,
        "tie": facts.tie and facts.tie.value,
        "words": facts.words or None,
    }
    return said | {key: value for key, value in kept.items() if value is not None}


def facts_of(said: Values) -> Facts:
    def day(key: str) -> date | None:
        return date.fromisoformat(said[key]) if said.get(key) else None

    return Facts(
        code=Code(said["code"]),
        latest_on=day("latest_on"),
        gap_days=said["gap_days"],
        gap_since=day("gap_since"),
        gap_is_minimum=said["gap_is_minimum"],
        name_seen=said["name_seen"],
        ids=tuple(said["ids"]) if said.get("ids") is not None else None,
        tie=Tie(said["tie"]) if said.get("tie") else None,
        words=said.get("words", ""),
    )


def review_values(event: ReviewEvent) -> Values:
    return fields_of(event, _REVIEW) | {"facts": facts_values(event.facts) if event.facts else None}


def review_of(row: AnyRow, pictures: Sequence[ReviewPicture] = ()) -> ReviewEvent:
    facts = facts_of(row.facts) if row.facts else None
    return ReviewEvent(**fields_of(row, _REVIEW), facts=facts, pictures=tuple(pictures), id=row.id)


def picture_values(picture: ReviewPicture) -> Values:
    return fields_of(picture, _PICTURE)


def picture_of(row: AnyRow) -> ReviewPicture:
    return ReviewPicture(**fields_of(row, _PICTURE))

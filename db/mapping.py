"""Rows to words of the domain and back. Field names are column names; the few that differ are spelt
out here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from hashlib import blake2b
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import Row

from mediawatch.domain import (
    Account,
    AccountState,
    CanaryCheck,
    Code,
    Evidence,
    Facts,
    FiledIdentity,
    Filing,
    Finding,
    IssuedFinding,
    Judgement,
    Notice,
    NoticeEvent,
    NoticeItem,
    Post,
    Reading,
    ReviewEvent,
    ReviewPicture,
    ReviewState,
    SessionEvent,
    Sight,
    Sweep,
    SweepKind,
    Tie,
)

T = TypeVar("T")
Values = dict[str, Any]
AnyRow = Row[*tuple[Any, ...]]

_FILED = tuple(field.name for field in fields(Filing))
_IDENTITY = tuple(field.name for field in fields(FiledIdentity))
_SIGHT = tuple(
    field.name
    for field in fields(Sight)
    if field.name not in ("posts", "captures", "by_call", "evidence", "links")
)
_EVIDENCE = tuple(field.name for field in fields(Evidence))
_CHECK = tuple(field.name for field in fields(CanaryCheck))
_EVENT = tuple(field.name for field in fields(SessionEvent))
_REVIEW = tuple(
    field.name for field in fields(ReviewEvent) if field.name not in ("id", "facts", "pictures")
)
_PICTURE = tuple(field.name for field in fields(ReviewPicture))
_NOTICE = tuple(field.name for field in fields(Notice) if field.name not in ("id", "items"))
_NOTICE_EVENT = tuple(
    field.name for field in fields(NoticeEvent) if field.name not in ("id", "codes")
)
_SWEEP = tuple(field.name for field in fields(Sweep) if field.name != "id")
_STATE = tuple(field.name for field in fields(AccountState))
_FINDING = tuple(
    field.name
    for field in fields(Finding)
    if field.name not in ("reading_ids", "review", "excuse", "ids")
)


def _taken(thing: object, names: Sequence[str]) -> Values:
    return {name: getattr(thing, name) for name in names}


def filed_values(filed: Filing) -> Values:
    return _taken(filed, _FILED) | {"article_links": list(filed.article_links)}


def filed_of(row: AnyRow) -> Filing:
    return Filing(**_taken(row, _FILED) | {"article_links": tuple(row.article_links)})


def account_of(key: int, row: AnyRow, learned: Sequence[str]) -> Account:
    """`learned` are article links found since filing, newest first; they follow the filed ones."""
    filed = filed_of(row)
    links = tuple(dict.fromkeys(chain(filed.article_links, learned)))
    return Account(id=key, filed=filed, links=links, retired_on=row.retired_on)


def reading_values(reading: Reading) -> Values:
    """The reading's own row, with what its sights amount to."""
    latest = reading.latest
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
    }


def identity_values(filed_as: FiledIdentity) -> Values:
    return _taken(filed_as, _IDENTITY) | {"links": list(filed_as.links)}


def identity_of(row: AnyRow) -> FiledIdentity:
    return FiledIdentity(**_taken(row, _IDENTITY) | {"links": tuple(row.links)})


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
    )


def sight_values(sight: Sight) -> Values:
    return _taken(sight, _SIGHT)


def sight_of(row: AnyRow, posts: Sequence[Post], evidence: Sequence[Evidence]) -> Sight:
    return Sight(**_taken(row, _SIGHT), posts=tuple(posts), evidence=tuple(evidence))


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
    }


def post_of(row: AnyRow) -> Post:
    """Unpacked by place, not by name: a census loads half a million of these."""
    _, _, post_id, on, at, kind, pinned, repost, pushed, link = row
    return Post(
        id=post_id, on=on, at=at, kind=kind, pinned=pinned, repost=repost, pushed=pushed, link=link
    )


def evidence_values(evidence: Evidence) -> Values:
    return _taken(evidence, _EVIDENCE)


def evidence_of(row: AnyRow) -> Evidence:
    return Evidence(**_taken(row, _EVIDENCE))


def state_of(row: AnyRow) -> AccountState:
    return AccountState(**_taken(row, _STATE))


def check_values(check: CanaryCheck) -> Values:
    return _taken(check, _CHECK)


def check_of(row: AnyRow) -> CanaryCheck:
    return CanaryCheck(**_taken(row, _CHECK))


def event_values(event: SessionEvent) -> Values:
    return _taken(event, _EVENT)


def event_of(row: AnyRow) -> SessionEvent:
    return SessionEvent(**_taken(row, _EVENT))


def sweep_values(sweep: Sweep) -> Values:
    return _taken(sweep, _SWEEP)


def sweep_of(row: AnyRow) -> Sweep:
    return Sweep(**_taken(row, _SWEEP) | {"kind": SweepKind(row.kind)}, id=row.id)


def finding_values(finding: Finding) -> Values:
    """Without the review: it follows from the events."""
    return _taken(finding, _FINDING) | {"ids": None if finding.ids is None else list(finding.ids)}


def finding_of(row: AnyRow, reading_ids: Sequence[int]) -> Finding:
    return Finding(
        **_finding_of(row),
        reading_ids=tuple(reading_ids),
        review=row.review_state,
        excuse=row.excuse,
    )


def _finding_of(row: AnyRow) -> Values:
    return _taken(row, _FINDING) | {"ids": None if row.ids is None else tuple(row.ids)}


def facts_values(facts: Facts) -> Values:
    """As JSON holds them; what was not kept then stands in none of the keys."""
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
    )


def review_values(event: ReviewEvent) -> Values:
    return _taken(event, _REVIEW) | {"facts": facts_values(event.facts) if event.facts else None}


def review_of(row: AnyRow, pictures: Sequence[ReviewPicture] = ()) -> ReviewEvent:
    facts = facts_of(row.facts) if row.facts else None
    return ReviewEvent(**_taken(row, _REVIEW), facts=facts, pictures=tuple(pictures), id=row.id)


def picture_values(picture: ReviewPicture) -> Values:
    return _taken(picture, _PICTURE)


def picture_of(row: AnyRow) -> ReviewPicture:
    return ReviewPicture(**_taken(row, _PICTURE))


def notice_values(notice: Notice) -> Values:
    return _taken(notice, _NOTICE)


def notice_of(row: AnyRow, items: Sequence[NoticeItem]) -> Notice:
    return Notice(**_taken(row, _NOTICE), items=tuple(items), id=row.id)


def notice_item_of(row: AnyRow, findings: Sequence[IssuedFinding]) -> NoticeItem:
    return NoticeItem(
        number=row.number,
        filed=filed_of(row),
        problem=row.problem,
        fails=row.fails,
        account_id=row.account_id,
        findings=tuple(findings),
        result=row.result,
    )


def held_values(held: IssuedFinding) -> Values:
    return finding_values(held.finding) | {"evidence": list(held.evidence)}


def held_of(row: AnyRow, reading_ids: Sequence[int]) -> IssuedFinding:
    """An issued finding was confirmed, whatever its review came to afterwards."""
    finding = Finding(
        **_finding_of(row), reading_ids=tuple(reading_ids), review=ReviewState.CONFIRMED
    )
    return IssuedFinding(finding, tuple(row.evidence))


def notice_event_values(event: NoticeEvent) -> Values:
    return _taken(event, _NOTICE_EVENT) | {"codes": [code.value for code in event.codes]}


def notice_event_of(row: AnyRow) -> NoticeEvent:
    return NoticeEvent(
        **_taken(row, _NOTICE_EVENT), codes=tuple(Code(code) for code in row.codes), id=row.id
    )


def judgement_values(judgement: Judgement) -> Values:
    return {
        "verdict": judgement.verdict,
        "sentence": judgement.sentence,
        "latest_on": judgement.latest_on,
        "date_kind": judgement.date_kind,
        "gap_days": judgement.gap_days,
        "second_look": judgement.second_look,
        "notes": list(judgement.notes),
        "otherwise": judgement.otherwise,
    }


def judgement_of(row: AnyRow, findings: Sequence[Finding]) -> Judgement | None:
    """None for an account that is not judged yet."""
    if row.verdict is None:
        return None
    return Judgement(
        verdict=row.verdict,
        sentence=row.sentence,
        findings=tuple(findings),
        latest_on=row.latest_on,
        date_kind=row.date_kind,
        gap_days=row.gap_days,
        second_look=bool(getattr(row, "second_look", False)),
        notes=tuple(row.notes or ()),
        otherwise=row.otherwise,
    )


def portions(items: Sequence[T], size: int = 5_000) -> Iterator[Sequence[T]]:
    """Slices that stay below the number of parameters a statement may have (32 766 in SQLite, 65
    535 in PostgreSQL).
    """
    return (items[start : start + size] for start in range(0, len(items), size))


def hashed(*parts: str) -> int:
    """64 bits, signed as a column holds them. Migrations have filled columns with it: it never
    changes.
    """
    text = "\x1f".join(parts).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)

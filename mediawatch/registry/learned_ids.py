"""Ids that the registry lacks and that readings showed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mediawatch.domain import (
    Account,
    EvidenceKind,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
)
from mediawatch.names import alike, same_body
from mediawatch.registry.proposal import CHECK, FIELDS, Kind, Proposal


def learned_ids(
    account: Account, sights: Iterable[Sight], by_person: Sequence[tuple[str, Sight]], field: str
) -> Iterator[Proposal]:
    if getattr(account.filed, field):
        return
    telling = [
        (sight, ground)
        for sight in sights
        if getattr(sight, field) and (ground := _ground(sight, account.filed))
    ]
    seen = [(by, sight) for by, sight in by_person if getattr(sight, field)]
    values = {getattr(each, field) for each, _ in telling} | {
        getattr(each, field) for _, each in seen
    }
    if not telling and len(values) == 1:
        yield _seen_by_people(account, seen, field)
    if not telling and len(values) < 2:
        return
    sight, ground = telling[-1] if telling else (seen[-1][1], MatchedBy.NAME)
    if len(values) > 1:
        why = f"历次核查读到不同的{FIELDS[field]}（{'、'.join(sorted(values))}）"
        yield Proposal(
            account=account,
            kind=Kind.DOUBT,
            field=field,
            new="",
            why=why,
            advice=CHECK,
            read_at=sight.read_at,
            surface=sight.surface,
        )
        return
    agrees = (
        ground is not MatchedBy.URL
        or shows_filed_name(sight, account.filed)
        or is_certified(sight, account.filed)
    )
    why = {
        MatchedBy.ID: "由其他备案ID对应",
        MatchedBy.URL: "由备案链接对应"
        if agrees
        else f"由备案链接对应，但平台名称为“{sight.name}”，请先核对链接",
        MatchedBy.NAME: f"名称一致，平台认证主体“{sight.verified_as}”与所属组织相符",
    }[ground]
    value = str(getattr(sight, field))
    yield Proposal(
        account=account,
        kind=Kind.LEARNED,
        field=field,
        new=value,
        why=why,
        read_at=sight.read_at,
        surface=sight.surface,
        sure=agrees,
    )


def _seen_by_people(account: Account, seen: Sequence[tuple[str, Sight]], field: str) -> Proposal:
    people = tuple(dict.fromkeys(by for by, _ in seen))
    sight = seen[-1][1]
    named = (
        "名称一致"
        if shows_filed_name(sight, account.filed)
        else f"平台名称为“{sight.name}”"
        if sight.name
        else "名称未填"
    )
    why = f"{'、'.join(people)}人工核查时看到（附截图），{named}；由他人核对截图后再接受"
    return Proposal(
        account=account,
        kind=Kind.LEARNED,
        field=field,
        new=str(getattr(sight, field)),
        why=why,
        read_at=sight.read_at,
        surface=sight.surface,
        sure=False,
        seen_by=people,
    )


def sights_of_people(looks: Iterable[Reading]) -> list[tuple[str, Sight]]:
    """(person, sight) of what people saw there themselves, with a picture."""
    return [
        (reading.by, sight)
        for reading in looks
        if reading.look is LookKind.PERSON
        for sight in reading.sights
        if sight.outcome in (Outcome.OK, Outcome.NO_POSTS)
        and any(item.kind is EvidenceKind.PICTURE for item in sight.evidence)
    ]


def _ground(sight: Sight, filed: Filing) -> MatchedBy | None:
    """By what an id of this sight may be learned; None where it may not."""
    if sight.matched_by is MatchedBy.NAME:
        return (
            MatchedBy.NAME
            if is_certified(sight, filed) and shows_filed_name(sight, filed)
            else None
        )
    return sight.matched_by


def shows_filed_name(sight: Sight, filed: Filing) -> bool:
    return alike(filed.name, sight.name)


def is_certified(sight: Sight, filed: Filing) -> bool:
    """Whether the platform's 认证主体 is the filed organiser.

    The platforms add 官方微博 and the like.
    """
    return same_body(sight.verified_as, filed.organiser, filed.prefecture, filed.county)

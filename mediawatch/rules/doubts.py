"""Whether the filed id may be another account's (备案ID疑似有误). Pure.

While it may be, nothing is said of the account (`judge`), and the filing is pointed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mediawatch.domain import (
    ID_IN_DOUBT,
    FiledIdentity,
    Filing,
    LookKind,
    MatchedBy,
    Reading,
    Sight,
    of_identity,
)
from mediawatch.names import alike, fold, same_body


@dataclass(frozen=True, slots=True)
class Doubt:
    """备案ID疑似有误: the filed id leads to somebody else, or two filed keys to two accounts."""

    sight: Sight
    why: str
    """In Chinese, without a full stop."""


def doubt(
    readings: Sequence[Reading],
    filed: Filing,
    now: FiledIdentity,
    others_names: frozenset[str] = frozenset(),
) -> Doubt | None:
    """Why the filed id may be another's, as far as readings tell; None without a reason.

    `others_names`: as in the dossier.
    """
    looks = [
        reading
        for reading in sorted(readings, key=lambda each: (each.read_at, each.id))
        if reading.look is not LookKind.CONTROL
    ]
    return (
        _of_another(looks, filed, now)
        or _of_sister(looks, filed, now, others_names)
        or _of_two(looks, filed, now)
    )


def _of_another(looks: Sequence[Reading], filed: Filing, now: FiledIdentity) -> Doubt | None:
    """The filed id's newest certified page, where it is another body's, under another name.

    A person's word that it bears the filed name does not make it the filed one.
    """
    if not any(sight.verified_as for reading in looks for sight in reading.sights):
        return None
    own = [
        said
        for reading in looks
        if reading.look is not LookKind.PERSON and (said := of_identity(reading, now)) is not None
    ]
    named = [
        sight
        for reading in own
        for sight in reading.sights
        if sight.name and sight.matched_by is MatchedBy.ID
    ]
    telling = [sight for sight in named if sight.verified_as]
    if not telling or not filed.organiser or any(alike(filed.name, sight.name) for sight in named):
        return None
    sight = telling[-1]
    if any(
        same_body(sight.verified_as, body, filed.prefecture, filed.county)
        for body in (filed.organiser, filed.supervisor)
    ):
        return None
    return Doubt(
        sight,
        f"该ID的主页为“{sight.name}”，认证主体“{sight.verified_as}”，与备案名称和所属组织均不符",
    )


def _of_sister(
    looks: Sequence[Reading], filed: Filing, now: FiledIdentity, others_names: frozenset[str]
) -> Doubt | None:
    """The newest page of the filed id bears another filed account's very name.

    No machine ever saw the id under the filed name.
    """
    if not others_names:
        return None
    named = [
        (reading, sight)
        for reading in looks
        if (said := of_identity(reading, now)) is not None
        for sight in said.sights
        if sight.name and sight.matched_by is MatchedBy.ID
    ]
    if not named or any(
        reading.look is not LookKind.PERSON and alike(filed.name, sight.name)
        for reading, sight in named
    ):
        return None
    newest = named[-1][0]
    for reading, sight in named:
        if reading is newest and fold(sight.name) in others_names:
            return Doubt(sight, f"该ID的主页为“{sight.name}”，与另一备案账号的名称相同")
    return None


_OF_LINK = "link belongs to"
"""How a surface's detail names a filed link that leads to another account than the filed id."""


def _of_two(looks: Sequence[Reading], filed: Filing, now: FiledIdentity) -> Doubt | None:
    """What bore one filed key and contradicted another.

    Nothing that was seen later was the account's by id and under the filed name. Under another name
    the disputed id may have been seen once more. A link says less than an id: where the filed id
    bears the filed name in the same look, or bears no other one, the link alone is wrong.
    """
    details = [sight.detail for reading in looks for sight in reading.sights]
    if not any(_OF_LINK in detail or ID_IN_DOUBT in detail for detail in details):
        return None
    keys = (now.platform_id, now.original_id, now.alias)
    renamed = any(_tied_names(reading, now, filed)[1] for reading in looks)
    for reading in reversed(looks):
        taken = reading.filed_as
        kept = taken is not None and (taken.platform_id, taken.original_id, taken.alias) == keys
        as_filed, _ = _tied_names(reading, now, filed)
        for sight in reversed(reading.sights) if kept else ():
            by_link = _OF_LINK in sight.detail
            if by_link and not as_filed and (renamed or ID_IN_DOUBT in sight.detail):
                return Doubt(sight, "备案链接与备案的平台ID（原始ID）指向不同的账号，其一有误")
            if not by_link and ID_IN_DOUBT in sight.detail:
                return Doubt(sight, _two_accounts(sight))
        if as_filed or _tied_without_name(reading, now):
            return None
    return None


def _tied_names(reading: Reading, now: FiledIdentity, filed: Filing) -> tuple[bool, bool]:
    """Whether the look showed the filed id under the filed name, and under another one."""
    if of_identity(reading, now) is None:
        return False, False
    named = [
        alike(filed.name, sight.name)
        for sight in reading.sights
        if sight.name and sight.matched_by is MatchedBy.ID
    ]
    return any(named), not all(named)


def _tied_without_name(reading: Reading, now: FiledIdentity) -> bool:
    tied = [sight for sight in reading.sights if sight.matched_by is MatchedBy.ID]
    return any(not sight.name for sight in tied) and of_identity(reading, now) is not None


def _two_accounts(sight: Sight) -> str:
    texts = (sight.name, sight.platform_id, sight.original_id)
    shown = "、".join(filter(None, texts)) or "另一账号"
    return (
        f"备案的平台ID、原始ID、微信号（抖音号）和名称指向不同的账号，其一有误（平台显示：{shown}）"
    )

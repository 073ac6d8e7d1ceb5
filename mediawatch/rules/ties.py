"""By what readings are tied to the account as filed now, and what may speak against it.

Pure. A reading speaks for the identity under which it was taken (`domain.identity_speech`). Against an
account speaks only what is tied by the platform's own id. Where no id is filed or known, a full
search for the filed name ties as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mediawatch.domain import (
    BY_OTHERS,
    PROVISIONAL,
    FiledIdentity,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
    Tie,
    in_favour,
    of_identity,
    rests_on_name,
    same_ids,
)
from mediawatch.names import alike, fold
from mediawatch.ports import Dossier

BY_PROVISIONAL = f"依{PROVISIONAL}"


def identity_of(known: Dossier) -> FiledIdentity:
    """Who the account is as filed now."""
    return known.identity or known.filed.identity


def keep_speaking(known: Dossier, as_of: datetime) -> Dossier:
    """The readings left to judge by.

    They say something about the identity filed now; of each person only the newest answer stands.
    The ids are those filed now; name, status and the rest stay as the sweep froze them.
    """
    now, then = identity_of(known), known.filed.identity
    left = [
        _of_frozen(said, then)
        for reading in known.readings
        if (said := of_identity(reading, now)) is not None
    ]
    filed = known.filed
    if (now.platform_id, now.original_id, now.alias) != (
        filed.platform_id,
        filed.original_id,
        filed.alias,
    ):
        filed = replace(
            filed, platform_id=now.platform_id, original_id=now.original_id, alias=now.alias
        )
    return replace(known, filed=filed, identity=now, readings=tuple(_newest_answers(left, as_of)))


def _of_frozen(reading: Reading, then: FiledIdentity) -> Reading:
    """A reading without what it says against an account that was filed otherwise `then`.

    The inspection prints the account as it was filed `then`, when the inspection began. Another id
    or name that leads nowhere, or to a silent account, says nothing about it, whatever is filed
    now.
    """
    sights = tuple(
        in_favour(sight) if _is_of_another(sight, reading.filed_as, then) else sight
        for sight in reading.sights
    )
    return reading if sights == reading.sights else replace(reading, sights=sights)


def _is_of_another(sight: Sight, taken: FiledIdentity | None, then: FiledIdentity) -> bool:
    shown = same_ids(sight.platform_id, sight.original_id, then)
    if shown is not None or taken is None:
        return shown is False
    if same_ids(taken.platform_id, taken.original_id, then) is False:
        return True
    if sight.matched_by is not MatchedBy.NAME:
        return False
    other_alias = (
        bool(taken.alias and then.alias)
        and taken.alias.strip().casefold() != then.alias.strip().casefold()
    )
    return other_alias or (then.has_id and not taken.has_id) or not alike(then.name, taken.name)


def _newest_answers(readings: Sequence[Reading], as_of: datetime) -> list[Reading]:
    """The newest answer of a person in a sweep stands.

    Of his earlier ones since as_of only the posts that he saw are left.
    """
    newest: dict[tuple[str, int | None], Reading] = {}
    for reading in readings:
        if reading.look is LookKind.PERSON:
            answer = (fold(reading.by), reading.sweep_id)
            if answer not in newest or _order(newest[answer]) < _order(reading):
                newest[answer] = reading
    left: list[Reading] = []
    for reading in readings:
        if (
            reading.look is not LookKind.PERSON
            or reading.read_at < as_of
            or newest[fold(reading.by), reading.sweep_id] is reading
        ):
            left.append(reading)
        elif sights := tuple(
            _posts_alone(sight) for sight in reading.sights if sight.posts and sight.matched_by
        ):
            left.append(replace(reading, sights=sights))
    return left


def _order(reading: Reading) -> tuple[object, int]:
    return reading.read_at, reading.id


def _posts_alone(sight: Sight) -> Sight:
    return replace(sight, outcome=Outcome.OK, name="", complete_since=None, control="")


def tie_of(sight: Sight, reading: Reading, known: Dossier) -> Tie | None:
    """By what a sight may speak against the account; None where it may not.

    A filed link may have passed to somebody else, and a name may be another's: that is for a person
    to see, never a finding. So is whatever a 暂用标识 led to.
    """
    if sight.provisional:
        return None
    if sight.matched_by is MatchedBy.ID:
        return Tie.ID
    if sight.matched_by is not MatchedBy.NAME:
        return None
    if (
        sight.outcome is Outcome.NOT_FOUND
        and known.filed.platform == "wechat"
        and known.filed.alias
    ):
        # WeChat's search asks for the filed 微信号 too (docs/platforms/wechat.md), and that is an
        # id of the platform's own.
        return Tie.ID
    if known.filed.has_id or _learned(known.readings):
        return None
    if _may_be_anothers(reading, identity_of(known)):
        return None
    seen = sight.name or reading.name
    return (
        Tie.SEARCH
        if sight.outcome is Outcome.NOT_FOUND or (seen and alike(known.filed.name, seen))
        else None
    )


def _may_be_anothers(reading: Reading, now: FiledIdentity) -> bool:
    """Whether what is tied by the name alone may be of somebody else who bears it.

    A person may have looked at the account that a machine saw.
    """
    return now.shares_name or (reading.look is LookKind.PERSON and now.found_by_name)


def named_only_by(known: Dossier) -> str:
    """What led by the name alone to posts of the account: 依暂用标识, else a link of others."""
    now = identity_of(known)
    led = [
        sight
        for reading in known.readings
        for sight in reading.sights
        if sight.posts and rests_on_name(sight, now)
    ]
    return ground_of(led)


def ground_of(led: Sequence[Sight]) -> str:
    """The same of sights to which the name alone led."""
    return BY_OTHERS if led and not any(sight.provisional for sight in led) else BY_PROVISIONAL


def without_named(known: Dossier) -> Dossier:
    """What is known without the sights that the name alone led to; the same object where none did."""
    now = identity_of(known)
    if not any(rests_on_name(sight, now) for reading in known.readings for sight in reading.sights):
        return known
    bare = (
        replace(
            reading, sights=tuple(each for each in reading.sights if not rests_on_name(each, now))
        )
        for reading in known.readings
    )
    return replace(known, readings=tuple(reading for reading in bare if reading.sights))


def _learned(readings: Iterable[Reading]) -> bool:
    """Whether a machine's sight that is tied by id or link shows an id of the account."""
    machines = (
        sight
        for reading in readings
        if reading.look is not LookKind.PERSON
        for sight in reading.sights
    )
    tied = (sight for sight in machines if sight.matched_by in (MatchedBy.ID, MatchedBy.URL))
    return any(sight.platform_id or sight.original_id for sight in tied)


def proposes_only(sight: Sight, reading: Reading, filed: Filing) -> bool:
    """Whether what a sight shows may be another account's.

    No id is filed, and it bears another name than the filed one.
    """
    if sight.matched_by is MatchedBy.ID or filed.has_id:
        return False
    seen = sight.name or reading.name
    return bool(seen) and not alike(filed.name, seen)

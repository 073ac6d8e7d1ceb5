"""Which account a reading speaks for: the identity filed then, against the one filed now.

Pure. A reading speaks for the identity under which it was taken. What contradicts the identity
filed now counts for nothing. Where the identity of then is unknown, only the id that a sight shows
ties it to the account.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from mediawatch.domain.identity import FiledIdentity, same_ids
from mediawatch.domain.outcomes import MatchedBy, Outcome
from mediawatch.domain.readings import Reading, Sight


class Speech(StrEnum):
    """How far a sight may speak about the account that is filed now."""

    FULLY = "fully"
    IN_FAVOUR = "in_favour"
    """It may show that the account posts or exists, and nothing against it."""
    NOT = "not"


def speech(sight: Sight, taken: FiledIdentity | None, now: FiledIdentity) -> Speech:
    """How far a sight speaks about the account as filed `now`.

    `taken` is how the account was filed when the sight was taken; None: not known. An id that the
    sight shows decides. Another id than is filed now silences it; the filed one ties it, whatever
    was filed then. Without such an id its tie must stand on filed values that are still filed.
    What was seen through a 暂用标识 counts while the store vouches for that (`FiledIdentity.provisional`).
    What shows one that was taken back says nothing, whatever led to it.
    """
    if taken is not None and taken.platform != now.platform:
        return Speech.NOT
    shown = same_ids(sight.platform_id, sight.original_id, now)
    if shown is not None:
        tied = shown and sight.matched_by is not None
        return Speech.NOT if not tied else Speech.FULLY if taken is not None else Speech.IN_FAVOUR
    if taken is None or _is_disowned(sight, now):
        return Speech.NOT
    kept = same_ids(taken.platform_id, taken.original_id, now)
    if kept is False or (kept is None and taken.has_id):
        return Speech.NOT
    match sight.matched_by:
        case None if kept:
            stands = True
        case MatchedBy.ID:
            # It shows no filed id: perhaps the 微信号 (抖音号) tied it.
            stands = taken.plain_alias == now.plain_alias or (bool(kept) and not taken.plain_alias)
        case MatchedBy.URL if taken.links:
            stands = set(taken.links) <= set(now.links)
        case _:
            # Found by its name, and by the 微信号 that was searched for besides. So was what no
            # filed link bears: the operator, or the look itself, led there by name.
            stands = taken.plain_name == now.plain_name and (
                taken.plain_alias == now.plain_alias or not taken.plain_alias
            )
    if not stands:
        return Speech.NOT
    # An id was filed since then, and the sight does not show it: whether the sight is of that
    # account is unknown.
    return Speech.FULLY if kept or not now.has_id else Speech.IN_FAVOUR


def of_identity(reading: Reading, now: FiledIdentity) -> Reading | None:
    """What a reading says about the account filed as `now`; None where it says nothing.

    A sight that shows the id filed now is tied by it, even if that id was filed later.
    """
    tied = (_as_seen_by(reading.by, sight, now) for sight in reading.sights)
    sights = tuple(
        left for sight in tied if (left := _left_of(sight, reading.filed_as, now)) is not None
    )
    if sights == reading.sights:
        return reading
    return replace(reading, sights=sights) if sights else None


def of_twin(reading: Reading, now: FiledIdentity) -> Reading | None:
    """What another filing's reading says about the account filed as `now`; None for nothing.

    Only its sights that are tied by the id of both filings are left. The reading keeps the number
    of the account that it was taken of.
    """
    taken = reading.filed_as
    filed = (
        taken is not None
        and taken.platform == now.platform
        and same_ids(taken.platform_id, taken.original_id, now)
    )
    sights = tuple(
        left
        for sight in (_as_seen_by(reading.by, each, now) for each in reading.sights)
        if (shown := same_ids(sight.platform_id, sight.original_id, now))
        or (shown is None and filed and sight.matched_by is MatchedBy.ID)
        if (left := _left_of(sight, taken, now)) is not None
    )
    return replace(reading, sights=sights) if sights else None


def _as_seen_by(person: str, sight: Sight, now: FiledIdentity) -> Sight:
    """A person's sight, tied where the id that it shows is filed by now.

    It had no tie before, for want of a filed id.
    """
    tied = (
        person and sight.matched_by is None and same_ids(sight.platform_id, sight.original_id, now)
    )
    return replace(sight, matched_by=MatchedBy.NAME) if tied else sight


def _left_of(sight: Sight, taken: FiledIdentity | None, now: FiledIdentity) -> Sight | None:
    match speech(sight, taken, now):
        case Speech.NOT:
            return None
        case _ if sight.provisional:
            return _seen_by_name(sight)
        case Speech.IN_FAVOUR:
            return in_favour(sight)
        case Speech.FULLY:
            gained = sight.matched_by in (MatchedBy.URL, MatchedBy.NAME) and same_ids(
                sight.platform_id, sight.original_id, now
            )
            return replace(sight, matched_by=MatchedBy.ID) if gained else sight


def _seen_by_name(sight: Sight) -> Sight:
    """What a sight says that was taken through a 暂用标识: nothing against the account, ever.

    Also where the registry has filed that very id since: its mark stays, and so does its tie.
    """
    return replace(in_favour(sight), matched_by=MatchedBy.NAME if sight.matched_by else None)


BY_OTHERS = "依他人提供的链接"
"""Stands in the detail of a sight that the filed name and a third party's word alone tie."""


def led_by_name(sight: Sight) -> bool:
    """Whether the name alone led to it: by a 暂用标识, or by the link that somebody named it for."""
    return bool(sight.provisional) or (
        sight.matched_by is MatchedBy.NAME and BY_OTHERS in sight.detail
    )


def rests_on_name(sight: Sight, now: FiledIdentity) -> bool:
    """Whether the name alone leads to the account: the id that it shows is not filed by now."""
    return led_by_name(sight) and not same_ids(sight.platform_id, sight.original_id, now)


def _is_disowned(sight: Sight, now: FiledIdentity) -> bool:
    """Whether it is of an account that was taken for this one by mistake, or may have been."""
    if sight.provisional and not same_ids(sight.platform_id, sight.original_id, now):
        return sight.provisional not in now.provisional
    return now.disowns(sight.platform_id, sight.original_id)


def without_disowned(reading: Reading, now: FiledIdentity) -> Reading:
    """The reading without what it shows of an account that a 暂用标识 led to by mistake."""
    if reading.by:
        # A person's answer stands as it was given: whether it speaks is asked where it is judged.
        return reading
    sights = tuple(
        replace(
            sight,
            outcome=sight.outcome if sight.outcome.about_us else Outcome.NO_EVIDENCE,
            name="",
            matched_by=None,
            posts=(),
            complete_since=None,
        )
        if _is_disowned(sight, now)
        else sight
        for sight in reading.sights
    )
    return reading if sights == reading.sights else replace(reading, sights=sights)


def in_favour(sight: Sight) -> Sight:
    """What a sight says in the account's favour: its posts, and that it is there."""
    outcome = Outcome.NO_EVIDENCE if sight.outcome.negative else sight.outcome
    # Without its tie by id: another name that it shows must not become a finding.
    weaker = MatchedBy.URL if sight.matched_by is MatchedBy.ID else sight.matched_by
    return replace(sight, outcome=outcome, matched_by=weaker, complete_since=None, control="")

"""What a reading's lists of posts show, and whether they are complete. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mediawatch.domain import (
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
    Tie,
)
from mediawatch.domain.clock import day_of, day_start, lies_ahead
from mediawatch.names import alike
from mediawatch.ports import Dossier
from mediawatch.rules.agreement import current_readings
from mediawatch.rules.policy import Policy
from mediawatch.rules.ties import proposes_only, tie_of


def posts_of(reading: Reading, policy: Policy) -> Iterator[tuple[Sight, Post]]:
    """The posts of a reading that count as updates under the policy and carry a possible date."""
    for sight in reading.sights:
        for post in _posts_of_sight(sight, policy):
            yield sight, post


def _posts_of_sight(sight: Sight, policy: Policy) -> Iterator[Post]:
    if sight.matched_by is None:
        return
    counted = policy.updates
    for post in sight.posts:
        unwanted = (post.repost and not counted.reposts) or (
            post.pushed is False and not counted.unpushed
        )
        if not unwanted and not is_odd(post, sight):
            yield post


def is_odd(post: Post, sight: Sight) -> bool:
    """A post dated after the moment of the look."""
    return lies_ahead(post.on, post.at, sight.read_at)


def complete(reading: Reading, known: Dossier) -> bool:
    """Whether its list may speak against the account: whole, and surely the account's."""
    sight = reading.exact_sight
    return sight is not None and tie_of(sight, reading, known) is not None and whole(reading, known)


def whole(reading: Reading, known: Dossier) -> bool:
    """Whether its list shows everything under the filed name or id.

    Enough to remind. It is exact and sound, and no other surface knows more.
    """
    sight = reading.exact_sight
    if (
        sight is None
        or sight.outcome not in (Outcome.OK, Outcome.NO_POSTS)
        or sight.matched_by is None
    ):
        return False
    if sight.matched_by is not MatchedBy.ID and not alike(
        known.filed.name, sight.name or reading.name
    ):
        return False
    # The true date of a post dated in the future is unknown: its list proves no gap.
    return not any(is_odd(post, sight) for post in sight.posts) and not showed_less(sight, known)


def weakest(ties: Iterable[Tie | None]) -> Tie | None:
    """The weakest of the ties that a finding rests on; None where it rests on none."""
    found = {tie for tie in ties if tie}
    return Tie.SEARCH if Tie.SEARCH in found else Tie.ID if found else None


def showed_less(exact: Sight, known: Dossier) -> bool:
    """Whether another surface, or a person, knows a post that this "complete" list lacks.

    A person's list is held against what other answers saw, too: all answers are of one surface.
    """
    if exact.complete_since is None:
        return True
    for reading in known.readings:
        for sight in reading.sights:
            same_list = sight.surface == exact.surface and reading.look is not LookKind.PERSON
            if same_list or sight is exact or sight.matched_by is None:
                continue
            if any(_missing(post, exact) for post in sight.posts if not is_odd(post, sight)):
                return True
    return False


def _missing(post: Post, exact: Sight) -> bool:
    assert exact.complete_since is not None
    if post.kind is PostKind.SEEN:
        # A person's word "there is one" has a day at best: any listed post as late as it agrees.
        inside = day_of(exact.complete_since) < post.on <= day_of(exact.read_at)
        return inside and not any(listed.on >= post.on for listed in exact.posts)
    moment = post.at or day_start(post.on)
    if not exact.complete_since <= moment <= exact.read_at:
        return False
    if post.at is None:
        return not any(listed.on == post.on for listed in exact.posts)
    return not any(
        listed.id == post.id if post.id and listed.id else _close(listed, post)
        for listed in exact.posts
    )


def _close(one: Post, other: Post) -> bool:
    if one.at is None or other.at is None:
        return one.on == other.on
    return abs(one.at - other.at) <= timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SeenDays:
    """Days of posts, of all readings together."""

    days: tuple[date, ...]
    """Those not after as_of."""
    after: date | None
    """The newest one after as_of."""
    odd: bool
    """A post dated after the moment of its look was set aside."""
    doubted: tuple[date, ...] = ()
    """Days, not after as_of, of posts that may be another account's.

    They prove nothing, and no silence stands against them.
    """
    surely_own: tuple[date, ...] = ()
    """Of `days` those of posts that are surely the account's (`ties.tie_of`).

    Only from one of these may a silence be counted: a post of somebody else of that name, from
    before the account was opened, would make it silent since then.
    """

    @property
    def newest(self) -> date | None:
        return max(self.days, default=None)


def seen_days(known: Dossier, as_of: datetime, policy: Policy) -> SeenDays:
    """All that is known of when the account posted, on either side of as_of."""
    days: set[date] = set()
    doubted: set[date] = set()
    surely_own: set[date] = set()
    for reading in known.readings:
        for sight in reading.sights:
            shown = {post.on for post in _posts_of_sight(sight, policy)}
            if not shown:
                continue
            # Once a sight, not once a post: a tie by the name looks through all readings.
            (doubted if proposes_only(sight, reading, known.filed) else days).update(shown)
            if tie_of(sight, reading, known) is not None:
                surely_own |= shown
    odd = any(
        is_odd(post, sight)
        for reading in current_readings(known, as_of)
        for sight in reading.sights
        for post in sight.posts
    )
    as_of_day = day_of(as_of)
    return SeenDays(
        tuple(sorted(day for day in days if day <= as_of_day)),
        max((day for day in days if day > as_of_day), default=None),
        odd,
        tuple(sorted(day for day in doubted - days if day <= as_of_day)),
        tuple(sorted(day for day in surely_own & days if day <= as_of_day)),
    )


def first_after(known: Dossier, day: date, until: date | None, policy: Policy) -> date | None:
    """The first day after `day`, and not after `until`, on which the account surely posted."""
    days = (
        post.on
        for reading in known.readings
        for sight, post in posts_of(reading, policy)
        if not proposes_only(sight, reading, known.filed)
    )
    return min((on for on in days if on > day and (until is None or on <= until)), default=None)


def tie_of_lists(readings: Iterable[Reading], known: Dossier) -> Tie | None:
    """By what complete lists are tied to the account."""
    return weakest(
        tie_of(sight, reading, known) for reading in readings if (sight := reading.exact_sight)
    )

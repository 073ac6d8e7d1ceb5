"""What all readings of one account prove together: its freshness, its presence, its name. Pure; the
law of proof lives here.

One post inside the window proves freshness, wherever it was seen. Everything against an account
needs readings that are current (`read_at >= as_of`), agree with one another, and number two, the
newer one with evidence; or a person's reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mediawatch.domain import (
    DateKind,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
    Tie,
    latest_of,
)
from mediawatch.domain.clock import EVER, day_of, day_start, lies_ahead
from mediawatch.names import alike, fold, same
from mediawatch.ports import Known
from mediawatch.rules.policy import Freshness, Policy
from mediawatch.rules.ties import proposes_only, speaking, tie_of

_LOOKS = (LookKind.FIRST, LookKind.SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a claim against an account rests on. `doubtful`: it was seen, but not twice in
    agreement.
    """

    reading_ids: tuple[int, ...] = ()
    tie: Tie | None = None
    """By what its readings are tied to the account; None where nothing is proved."""
    pending: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without an update: from the day of a post (or the day before which nothing is known) to
    that of the next, or of as_of.
    """

    since: date
    until: date
    minimum: bool = False
    """The true gap may be longer."""
    opened: bool = False
    """It begins with the opening of the account, not with a post."""

    @property
    def days(self) -> int:
        return (self.until - self.since).days


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessProof(Proof):
    state: Freshness = Freshness.UNKNOWN
    latest_on: date | None = None
    date_kind: DateKind | None = None
    gap: Gap | None = None
    """The silence that a stale account is judged by; in a period (时段制) the longest gap, at most
    this one where it is not proved.
    """
    period_from: date | None = None
    """First day of the period; None in 时点制."""
    after_on: date | None = None
    """The newest post after as_of, if any: it does not help, and the reviewer is told of it."""
    odd_dates: bool = False
    """A post dated after the moment of its look was set aside."""
    just_opened: bool = False
    """Nothing was seen since it was opened, too lately to be called silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameProof(Proof):
    seen: str = ""
    once_as_filed: bool = False
    """The same id was once seen under the filed name."""
    style_only: bool = False
    """The names differ by the style of filing alone: a platform suffix, traditional characters."""


def current(known: Known, as_of: datetime) -> list[Reading]:
    """Readings that may speak against the account, oldest first."""
    return sorted(
        (reading for reading in known.readings if reading.read_at >= as_of),
        key=lambda reading: (reading.read_at, reading.id),
    )


def agreed(readings: Sequence[Reading], claims: Callable[[Reading], bool]) -> Proof:
    """Two looks before a finding, a later one of them with evidence; or a person's reading with a
    picture.

    What they proved stands: a later look that shows nothing either way, or our own trouble, takes
    nothing back. What speaks for the account is held against every claim by the callers.
    """
    by_person = [
        reading
        for reading in readings
        if reading.look is LookKind.PERSON and reading.evidence and claims(reading)
    ]
    if by_person:
        return Proof(reading_ids=tuple(reading.id for reading in by_person))
    looks = [reading for reading in readings if reading.look in _LOOKS]
    claiming = [reading for reading in looks if claims(reading)]
    if not claiming:
        return Proof()
    for place, reading in enumerate(claiming[1:], 1):
        if reading.evidence:
            return Proof(reading_ids=tuple(each.id for each in claiming[: place + 1]))
    return Proof(pending=looks[-1] is claiming[-1], doubtful=True)


def agreed_state(
    readings: Sequence[Reading], states: Mapping[int, Freshness]
) -> tuple[Freshness, Proof]:
    """The newest state that two looks agree on, else the newest one claimed; `states` by reading,
    UNKNOWN claims nothing.

    A post after as_of that came later takes nothing back: what two looks before it proved of as_of
    stands.
    """
    said = [states.get(reading.id, Freshness.UNKNOWN) for reading in reversed(readings)]
    tried = [
        (state, agreed(readings, _claiming(states, state)))
        for state in dict.fromkeys(said)
        if state is not Freshness.UNKNOWN
    ]
    return next(
        (each for each in tried if each[1].reading_ids),
        tried[0] if tried else (Freshness.UNKNOWN, Proof()),
    )


def _claiming(states: Mapping[int, Freshness], state: Freshness) -> Callable[[Reading], bool]:
    return lambda reading: states.get(reading.id) is state


def posts_of(reading: Reading, policy: Policy) -> Iterator[tuple[Sight, Post]]:
    """The posts of a reading that count as updates under the policy and carry a possible date."""
    for sight in reading.sights:
        if sight.matched_by is None:
            continue
        for post in sight.posts:
            unwanted = (post.repost and not policy.updates.reposts) or (
                post.pushed is False and not policy.updates.unpushed
            )
            if not unwanted and not is_odd(post, sight):
                yield sight, post


def is_odd(post: Post, sight: Sight) -> bool:
    """A post dated after the moment of the look."""
    return lies_ahead(post.on, post.at, sight.read_at)


def complete(reading: Reading, known: Known) -> bool:
    """Whether its list may speak against the account: whole, and surely the account's."""
    sight = reading.exact_sight
    return sight is not None and tie_of(sight, reading, known) is not None and whole(reading, known)


def whole(reading: Reading, known: Known) -> bool:
    """Whether its list shows everything under the filed name or id: exact, sound, and no other
    surface knows more. Enough to remind.
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
    # A list with a date yet to come has a post whose true date nobody knows: it proves no gap.
    return not any(is_odd(post, sight) for post in sight.posts) and not showed_less(sight, known)


def weakest(ties: Iterable[Tie | None]) -> Tie | None:
    """The weakest of the ties that a finding rests on; None where it rests on none."""
    found = {tie for tie in ties if tie}
    return Tie.SEARCH if Tie.SEARCH in found else Tie.ID if found else None


def showed_less(exact: Sight, known: Known) -> bool:
    """Whether another surface (or a person) knows a post that this "complete" list should hold and
    does not.
    """
    if exact.complete_since is None:
        return True
    for reading in known.readings:
        for sight in reading.sights:
            if sight.surface == exact.surface or sight.matched_by is None:
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
    """Days, not after as_of, of posts that may be another account's: they prove nothing, and no
    silence stands against them.
    """

    @property
    def newest(self) -> date | None:
        return max(self.days, default=None)


def seen_days(known: Known, as_of: datetime, policy: Policy) -> SeenDays:
    """All that is known of when the account posted, on either side of as_of."""
    days: set[date] = set()
    doubted: set[date] = set()
    for reading in known.readings:
        for sight, post in posts_of(reading, policy):
            (doubted if proposes_only(sight, reading, known.filed) else days).add(post.on)
    odd = any(
        is_odd(post, sight)
        for reading in current(known, as_of)
        for sight in reading.sights
        for post in sight.posts
    )
    as_of_day = day_of(as_of)
    return SeenDays(
        tuple(sorted(day for day in days if day <= as_of_day)),
        max((day for day in days if day > as_of_day), default=None),
        odd,
        tuple(sorted(day for day in doubted - days if day <= as_of_day)),
    )


def tie_of_lists(readings: Iterable[Reading], known: Known) -> Tie | None:
    """By what complete lists are tied to the account."""
    return weakest(
        tie_of(sight, reading, known) for reading in readings if (sight := reading.exact_sight)
    )


def freshness(known: Known, as_of: datetime, policy: Policy) -> FreshnessProof:
    """What is proved of the updates before as_of."""
    as_of_day, seen = day_of(as_of), seen_days(known, as_of, policy)
    newest = seen.newest
    if newest is not None and newest >= policy.window_start(as_of_day):
        lists = [reading for reading in current(known, as_of) if whole(reading, known)]
        seen_exactly = any(_upper(reading, as_of_day, policy)[0] == newest for reading in lists)
        return FreshnessProof(
            state=_fresh_state((as_of_day - newest).days, policy)
            if seen_exactly
            else Freshness.FRESH,
            latest_on=newest,
            date_kind=DateKind.EXACT if seen_exactly else DateKind.AT_LEAST,
            odd_dates=seen.odd,
        )
    exact = [reading for reading in current(known, as_of) if complete(reading, known)]
    lower = FreshnessProof(
        latest_on=newest, date_kind=DateKind.AT_LEAST if newest else None, odd_dates=seen.odd
    )
    states = {reading.id: _gap_state(reading, as_of_day, policy) for reading in exact}
    state, proof = agreed_state(current(known, as_of), states)
    if state is Freshness.UNKNOWN:
        return lower
    opened = known.filed.opened_on
    if opened is not None and not policy.exceeds((as_of_day - opened).days):
        # Not silent before it was opened. That nothing was seen since then asks for no second look.
        return replace(lower, just_opened=True)
    if seen.after is not None and opened is None and newest is None:
        # The first known post may be the first that it ever made.
        return lower
    if not proof.reading_ids or any(day >= policy.window_start(as_of_day) for day in seen.doubted):
        return replace(lower, pending=proof.pending, doubtful=proof.doubtful)
    proving = [reading for reading in exact if reading.id in proof.reading_ids]
    upper, minimum = max(
        (_upper(reading, as_of_day, policy) for reading in proving),
        key=lambda pair: pair[0] or date.min,
    )
    if newest is not None and newest > (upper or date.min):
        # Seen once, gone from the list since: deleted, most likely. The gap is never overstated.
        upper, minimum = newest, False
    gap = Gap(upper, as_of_day, minimum) if upper else None
    if gap and opened and opened > gap.since:
        gap = Gap(opened, as_of_day, opened=True)
    return FreshnessProof(
        state=state,
        latest_on=upper,
        date_kind=DateKind.EXACT,
        gap=gap,
        odd_dates=seen.odd,
        reading_ids=proof.reading_ids,
        after_on=seen.after,
        tie=tie_of_lists(proving, known),
    )


def _fresh_state(gap: int, policy: Policy) -> Freshness:
    if gap == policy.window.days:
        return Freshness.AT_LIMIT
    return Freshness.DUE_SOON if gap >= policy.window.due_soon_from else Freshness.FRESH


def _gap_state(reading: Reading, as_of_day: date, policy: Policy) -> Freshness:
    """What one exact reading without a post in the window says; UNKNOWN where its list does not
    reach back over the window.
    """
    sight = reading.exact_sight
    assert sight is not None
    assert sight.complete_since is not None
    if sight.complete_since > day_start(policy.window_start(as_of_day)):
        return Freshness.UNKNOWN
    posts = [post for _, post in posts_of(reading, policy)]
    if any(post.on <= as_of_day for post in posts):
        return Freshness.STALE
    if any(post.on > as_of_day for post in posts):
        return Freshness.AFTER_ONLY
    return Freshness.UNKNOWN if sight.complete_since <= EVER else Freshness.STALE


def _upper(reading: Reading, as_of_day: date, policy: Policy) -> tuple[date | None, bool]:
    """The latest day (not after as_of) on which the account can have posted, and whether that is
    only an upper bound.
    """
    sight = reading.exact_sight
    assert sight is not None
    assert sight.complete_since is not None
    newest = latest_of(post for _, post in posts_of(reading, policy) if post.on <= as_of_day)
    unseen_until = day_of(sight.complete_since - timedelta(seconds=1))
    if sight.complete_since > EVER and (newest is None or newest.on < unseen_until):
        return min(unseen_until, as_of_day), True
    return (newest.on if newest else None), False


def name(known: Known, as_of: datetime) -> NameProof:
    """Whether the filed name still holds. Only sights tied to the filed id speak: a filed link may
    lead to somebody else.

    Another name is proved only by looks after the last one in which any surface showed the filed
    name.
    """
    filed = known.filed.name
    names = {reading.id: _names_by_id(reading) for reading in current(known, as_of)}
    named = [reading for reading in current(known, as_of) if names[reading.id]]
    others = [
        reading for reading in named if any(not alike(filed, seen) for seen in names[reading.id])
    ]
    if not others:
        newest = names[named[-1].id][-1] if named else ""
        return NameProof(seen=newest, style_only=bool(newest) and not same(newest, filed))
    seen = next(seen for seen in reversed(names[others[-1].id]) if not alike(filed, seen))
    as_filed = [
        reading for reading in named if any(alike(filed, shown) for shown in names[reading.id])
    ]
    last = as_filed[-1] if as_filed else None
    if (
        last is not None
        and last.look is LookKind.PERSON
        and last is named[-1]
        and last not in others
    ):
        return NameProof(seen=names[last.id][-1])
    since = [
        reading
        for reading in named
        if last is None or (reading.read_at, reading.id) > (last.read_at, last.id)
    ]
    claiming = {
        reading.id for reading in since if any(same(shown, seen) for shown in names[reading.id])
    }
    proof = agreed(current(known, as_of), lambda reading: reading.id in claiming)
    read_by_machine = any(reading.look is not LookKind.PERSON for reading in as_filed)
    if read_by_machine and others[-1].look is LookKind.PERSON:
        # One person's word against what the platform showed at the same time settles nothing.
        return NameProof(seen=seen, doubtful=True)
    earlier = any(
        alike(filed, shown) for reading in known.readings for shown in _names_by_id(reading)
    )
    return NameProof(
        seen=seen,
        once_as_filed=earlier,
        reading_ids=proof.reading_ids,
        pending=proof.pending,
        doubtful=not proof.reading_ids,
        tie=Tie.ID if proof.reading_ids else None,
    )


def _names_by_id(reading: Reading) -> list[str]:
    """The names that a look's sights show of what the filed id leads to."""
    return [
        sight.name for sight in reading.sights if sight.name and sight.matched_by is MatchedBy.ID
    ]


_GONE = (Outcome.NOT_FOUND, Outcome.CANCELLED, Outcome.BANNED)


def people_disagree(known: Known, as_of: datetime, policy: Policy) -> bool:
    """Whether the newest answers of two persons about the same account contradict each other
    (待复核).
    """
    if len({fold(reading.by) for reading in known.readings if reading.look is LookKind.PERSON}) < 2:
        return False
    newest: dict[str, Reading] = {}
    for reading in current(speaking(known, as_of), as_of):
        if reading.look is LookKind.PERSON:
            newest[fold(reading.by)] = reading
    answers = list(newest.values())
    said = {
        _said(reading, as_of, policy)
        for reading in answers
        if reading.outcome is not Outcome.NO_EVIDENCE
    }
    # Who sees the account but none of its contents says that it is there.
    gone = any(reading.outcome in _GONE for reading in answers)
    hidden = any(reading.outcome is Outcome.NO_EVIDENCE for reading in answers)
    names = {
        fold(reading.name)
        for reading in answers
        if reading.name and reading.outcome is not Outcome.NO_EVIDENCE
    }
    return len(said) > 1 or (gone and hidden) or len(names) > 1


def _said(reading: Reading, as_of: datetime, policy: Policy) -> tuple[Outcome, bool]:
    in_window = any(
        policy.window_start(day_of(as_of)) <= post.on <= day_of(as_of) for post in reading.posts
    )
    return reading.outcome, in_window

"""What all readings of one account prove together: its freshness, its presence, its name.

Pure; the law of proof lives here. One post inside the window proves freshness, wherever it was
seen. Everything against an account needs two readings that are current (`read_at >= as_of`) and
agree. The newer one must have evidence. A person's reading suffices alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mediawatch.domain import (
    DateKind,
    LookKind,
    Outcome,
    Reading,
    latest_of,
)
from mediawatch.domain.clock import EVER, day_of, day_start
from mediawatch.names import fold
from mediawatch.ports import Dossier
from mediawatch.rules.account_policy import AccountPolicy
from mediawatch.rules.agreement import Proof, current_readings, find_agreed_state
from mediawatch.rules.post_lists import complete, posts_of, seen_days, tie_of_lists, whole
from mediawatch.rules.ties import keep_speaking
from mediawatch.rules.verdicts import Freshness


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without an update.

    They run from the day of a post to that of the next, or of as_of. The beginning may be a day
    before which nothing is known.
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
    """The silence that a stale account is judged by.

    In a period (时段制) the longest gap, at most this one where it is not proved.
    """
    period_from: date | None = None
    """First day of the period; None in 时点制."""
    after_on: date | None = None
    """The newest post after as_of, if any: it does not help, but the reviewer is shown it."""
    odd_dates: bool = False
    """A post dated after the moment of its look was set aside."""
    used_on: date | None = None
    """The day on which a person used it, where the account is not judged by its posts."""
    just_opened: bool = False
    """Nothing was seen since it was opened, too lately to be called silent."""


def freshness(known: Dossier, as_of: datetime, policy: AccountPolicy) -> FreshnessProof:
    """What is proved of the updates before as_of."""
    if not policy.judged_by_updates:
        return usability(known, as_of, policy)
    as_of_day, seen = day_of(as_of), seen_days(known, as_of, policy)
    newest = seen.newest
    if newest is not None and newest >= policy.window_start(as_of_day):
        lists = [reading for reading in current_readings(known, as_of) if whole(reading, known)]
        seen_exactly = any(_upper(reading, as_of_day, policy)[0] == newest for reading in lists)
        return FreshnessProof(
            state=_fresh_state((as_of_day - newest).days, policy)
            if seen_exactly
            else Freshness.FRESH,
            latest_on=newest,
            date_kind=DateKind.EXACT if seen_exactly else DateKind.AT_LEAST,
            odd_dates=seen.odd,
        )
    exact = [reading for reading in current_readings(known, as_of) if complete(reading, known)]
    lower = FreshnessProof(
        latest_on=newest, date_kind=DateKind.AT_LEAST if newest else None, odd_dates=seen.odd
    )
    states = {reading.id: _gap_state(reading, as_of_day, policy) for reading in exact}
    state, proof = find_agreed_state(current_readings(known, as_of), states)
    if state is Freshness.UNKNOWN:
        return lower
    opened = known.filed.opened_on
    if opened is not None and not policy.exceeds((as_of_day - opened).days):
        # Not silent before it was opened. That nothing was seen since then asks for no second look.
        return replace(lower, just_opened=True)
    if seen.after is not None and opened is None and not seen.surely_own:
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


def usability(known: Dossier, as_of: datetime, policy: AccountPolicy) -> FreshnessProof:
    """What is proved of an account that is not judged by its posts, such as an APP.

    It is sound where a person used it since `as_of`, or a post in the window shows it alive. No
    silence is proved of it.
    """
    seen = seen_days(known, as_of, policy)
    used = [reading.read_at for reading in current_readings(known, as_of) if says_usable(reading)]
    alive = seen.newest is not None and seen.newest >= policy.window_start(day_of(as_of))
    return FreshnessProof(
        state=Freshness.FRESH if used or alive else Freshness.UNKNOWN,
        latest_on=seen.newest,
        date_kind=DateKind.AT_LEAST if seen.newest else None,
        odd_dates=seen.odd,
        used_on=day_of(max(used)) if used else None,
    )


def says_usable(reading: Reading) -> bool:
    """Whether a person says that the account can be opened and used: 正常, and not 无 of its posts."""
    if reading.problem is not None:
        return False
    return reading.look is LookKind.PERSON and any(
        sight.outcome is Outcome.OK and sight.matched_by is not None and not sight.exact
        for sight in reading.sights
    )


def _fresh_state(gap: int, policy: AccountPolicy) -> Freshness:
    if gap == policy.window.days:
        return Freshness.AT_LIMIT
    return Freshness.DUE_SOON if gap >= policy.window.due_soon_from else Freshness.FRESH


def _gap_state(reading: Reading, as_of_day: date, policy: AccountPolicy) -> Freshness:
    """What one exact reading without a post in the window says.

    UNKNOWN where its list does not reach back over the window.
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


def _upper(reading: Reading, as_of_day: date, policy: AccountPolicy) -> tuple[date | None, bool]:
    """The latest day (not after as_of) on which the account can have posted.

    The second value says whether that day is only an upper bound.
    """
    sight = reading.exact_sight
    assert sight is not None
    assert sight.complete_since is not None
    newest = latest_of(post for _, post in posts_of(reading, policy) if post.on <= as_of_day)
    unseen_until = day_of(sight.complete_since - timedelta(seconds=1))
    if sight.complete_since > EVER and (newest is None or newest.on < unseen_until):
        return min(unseen_until, as_of_day), True
    return (newest.on if newest else None), False


_GONE = (Outcome.NOT_FOUND, Outcome.CANCELLED, Outcome.BANNED)


def people_disagree(
    known: Dossier, as_of: datetime, policy: AccountPolicy, period_from: date | None = None
) -> bool:
    """Whether the newest answers of two persons about one account contradict each other (待复核)."""
    if len({fold(reading.by) for reading in known.readings if reading.look is LookKind.PERSON}) < 2:
        return False
    newest: dict[str, Reading] = {}
    for reading in current_readings(keep_speaking(known, as_of), as_of):
        if reading.look is LookKind.PERSON:
            newest[fold(reading.by)] = reading
    answers = list(newest.values())
    first, last = _asked(as_of, policy, period_from)
    said: set[object] = {
        _said(reading, first, last)
        for reading in answers
        if reading.outcome is not Outcome.NO_EVIDENCE
    }
    if not policy.judged_by_updates:
        # 看不到内容 of an APP means that it could not be used. Whether it posts is no matter.
        said = {
            "usable" if says_usable(reading) else reading.sights[0].outcome
            for reading in answers
            if reading.sights and not any(sight.exact for sight in reading.sights)
        }
    # A person who sees the account but none of its contents says that it is there.
    gone = any(reading.outcome in _GONE for reading in answers)
    hidden = any(reading.outcome is Outcome.NO_EVIDENCE for reading in answers)
    names = {
        fold(reading.name)
        for reading in answers
        if reading.name and reading.outcome is not Outcome.NO_EVIDENCE
    }
    return len(said) > 1 or (gone and hidden) or len(names) > 1


def people_saw_otherwise(
    known: Dossier, as_of: datetime, policy: AccountPolicy, period_from: date | None = None
) -> bool:
    """Whether a person's answer denies that the account posts: it is gone, or silent in the window."""
    first, last = _asked(as_of, policy, period_from)
    by_updates = policy.judged_by_updates
    answers = [
        reading for reading in current_readings(known, as_of) if reading.look is LookKind.PERSON
    ]
    return any(
        reading.outcome.negative
        or (
            by_updates
            and any(sight.exact for sight in reading.sights)
            and not _said(reading, first, last)[1]
        )
        for reading in answers
    )


def _asked(as_of: datetime, policy: AccountPolicy, period_from: date | None) -> tuple[date, date]:
    """The days that persons were asked about: of a period all of them."""
    last = day_of(as_of)
    return period_from or policy.window_start(last), last


def _said(reading: Reading, first: date, last: date) -> tuple[Outcome, bool]:
    return reading.outcome, any(first <= post.on <= last for post in reading.posts)

"""时段制: the longest gap within a period, and what readings prove of it.

Pure; the law of proof is that of `proofs`. Known posts alone bound every gap from above: a further
post can only shorten one. So they may prove an account sound, wherever they were seen. A gap is
proved only by lists that show everything over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from mediawatch.domain import DateKind, Reading
from mediawatch.domain.clock import EVER, day_of
from mediawatch.ports import Dossier
from mediawatch.rules.account_policy import AccountPolicy
from mediawatch.rules.agreement import current_readings, find_agreed_state
from mediawatch.rules.post_lists import complete, posts_of, seen_days, tie_of_lists, whole
from mediawatch.rules.proofs import FreshnessProof, Gap
from mediawatch.rules.verdicts import Freshness


def freshness(
    known: Dossier, first: date, as_of: datetime, policy: AccountPolicy
) -> FreshnessProof:
    """What is proved of the updates from the Beijing day `first` to `as_of`."""
    last = day_of(as_of)
    seen = seen_days(known, as_of, policy)
    lists = [reading for reading in current_readings(known, as_of) if whole(reading, known)]
    exact = [reading for reading in lists if complete(reading, known)]
    # What came before the period counts against the account, so it must surely be its own.
    days = [day for day in seen.days if day >= first or day in seen.surely_own]
    gaps = gaps_of(days, first, last, opened=known.filed.opened_on)
    longest = max(gaps, key=lambda gap: gap.days)
    listed = (
        any(_newest(reading, last, policy) == seen.newest for reading in lists)
        if seen.newest
        else False
    )
    base = FreshnessProof(
        latest_on=seen.newest,
        odd_dates=seen.odd,
        gap=longest,
        period_from=first,
        date_kind=(DateKind.EXACT if listed else DateKind.AT_LEAST) if seen.newest else None,
    )
    proved = {
        reading.id: _proved(reading, gaps, seen.surely_own, known.filed.opened_on)
        for reading in lists
    }
    if seen.days and not policy.exceeds(longest.days):
        at_limit = longest.days == policy.window.days and any(
            gap == longest for gap in proved.values()
        )
        due_soon = listed and gaps[-1].days >= policy.window.due_soon_from
        state = (
            Freshness.AT_LIMIT if at_limit else Freshness.DUE_SOON if due_soon else Freshness.FRESH
        )
        return replace(base, state=state)
    claims = {
        reading.id: _claim(gap, bool(seen.days), seen.after, policy)
        for reading in exact
        if (gap := proved[reading.id])
    }
    state, proof = find_agreed_state(current_readings(known, as_of), claims)
    if state is Freshness.UNKNOWN:
        return base
    if not proof.reading_ids or any(day >= first for day in seen.doubted):
        return replace(base, pending=proof.pending, doubtful=proof.doubtful)
    # The looks need not reach equally far back: what is said is what each of them proves.
    agreed_on = min(
        (gap for key, gap in proved.items() if gap and key in proof.reading_ids),
        key=lambda gap: gap.days,
    )
    tie = tie_of_lists((reading for reading in exact if reading.id in proof.reading_ids), known)
    return replace(
        base,
        state=state,
        gap=agreed_on,
        reading_ids=proof.reading_ids,
        after_on=seen.after,
        tie=tie,
    )


def gaps_of(
    days: Sequence[date], first: date, last: date, *, opened: date | None = None
) -> list[Gap]:
    """The gaps of [first, last], in order.

    They run from the last post before `first` (else from `first`), between posts, and from the last
    post to `last`; none begins before the opening. `days` are Beijing days of posts, none after
    `last`; an empty one gives one gap.
    """
    within = sorted({day for day in days if day >= first})
    before = max((day for day in days if day < first), default=None)
    start = before or min([first, last, *within[:1]])
    return [
        _since_opening(Gap(since, until), opened)
        for since, until in pairwise([start, *within, last])
    ]


def _since_opening(gap: Gap, opened: date | None) -> Gap:
    return (
        Gap(min(opened, gap.until), gap.until, opened=True)
        if opened and opened > gap.since
        else gap
    )


def _proved(
    reading: Reading, gaps: Sequence[Gap], days: Sequence[date], opened: date | None
) -> Gap | None:
    """The longest gap over which this list shows everything.

    What lies before the list's beginning is cut off, and the gap is then a minimum. Where the
    opening is unknown, the account may have been opened with its first known post.
    """
    since = reading.complete_since
    if since is None:
        return None
    unseen_until = date.min if since <= EVER else day_of(since - timedelta(seconds=1))
    begun = opened or min(days, default=None)
    lasted = [gap for gap in gaps if begun is not None and gap.since >= begun]
    cut = [
        gap if gap.since >= unseen_until else Gap(unseen_until, gap.until, minimum=True)
        for gap in lasted
        if gap.until > unseen_until
    ]
    longest = max(cut, key=lambda gap: gap.days, default=None)
    if longest is None:
        return None
    return (
        replace(longest, minimum=True) if longest.days < max(gap.days for gap in gaps) else longest
    )


def _claim(gap: Gap, posted: bool, after: date | None, policy: AccountPolicy) -> Freshness:
    if not policy.exceeds(gap.days):
        return Freshness.UNKNOWN
    if posted:
        return Freshness.STALE
    # A complete list without any post is for `presence` to judge; one that is cut off has older
    # ones, unseen.
    return Freshness.AFTER_ONLY if after else Freshness.STALE if gap.minimum else Freshness.UNKNOWN


def _newest(reading: Reading, last: date, policy: AccountPolicy) -> date | None:
    return max((post.on for _, post in posts_of(reading, policy) if post.on <= last), default=None)

"""What must be known of an account by the next inspection: when it is due before it. Pure.

It is about accounts that only rationed surfaces can prove fresh: a login shows lower bounds, and
only so many a day. Their looks go where a proof would else be missing at as_of.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mediawatch.domain import AccountState, Filing
from mediawatch.domain.clock import day_of
from mediawatch.rules.account_policy import AccountPolicy, account_policy
from mediawatch.rules.due import newest_counted, next_due
from mediawatch.rules.policy import Policy
from mediawatch.rules.verdicts import FiledStanding, filed_standing


def first_night(policy: Policy, as_of: datetime) -> date:
    """The first Beijing day on which a look can prove any account fresh for `as_of`.

    Earlier ones show no post that lies in a window. Where accounts have windows of their own, it is
    that of the widest one.
    """
    return policy.widest_window_start(day_of(as_of))


def nights_left(policy: Policy, now: datetime, as_of: datetime) -> int:
    """How many nights can still prove something for `as_of`, this one included.

    Each is taken to begin at the hour of `now`. 0 once `as_of` has come.
    """
    begins = max(day_of(now), first_night(policy, as_of))
    first = now + timedelta(days=(begins - day_of(now)).days)
    return max(0, -((first - as_of) // timedelta(days=1)))


def is_proved_for(state: AccountState | None, own: AccountPolicy, as_of: datetime) -> bool:
    """Whether its newest known post will lie in its window of `as_of`."""
    newest = newest_counted(state, own) if state else None
    return newest is not None and newest >= own.window_start(day_of(as_of))


def is_looked_at(state: AccountState | None, own: AccountPolicy, as_of: datetime) -> bool:
    """Whether it was read in one of the nights that can prove something of it for `as_of`."""
    return (
        state is not None
        and state.last_read_at is not None
        and day_of(state.last_read_at) >= own.window_start(day_of(as_of))
    )


def wants_proof(
    state: AccountState | None, filed: Filing, policy: Policy, now: datetime, as_of: datetime
) -> bool:
    """Whether an account in service lacks a post that proves it fresh at `as_of`."""
    own = account_policy(policy, filed)
    if not own.judged_by_updates or is_proved_for(state, own, as_of):
        return False
    return filed_standing(filed, day_of(now), policy) is FiledStanding.RUNNING


def next_due_before(
    state: AccountState | None, filed: Filing, policy: Policy, now: datetime, as_of: datetime
) -> date:
    """`next_due` of an account that only rationed surfaces prove, before a known `as_of`.

    It is not due as long as a known post proves it fresh: up to the last day on which that post
    counts, or until `as_of` has passed. In the nights that can prove something for `as_of` it is
    due each night until that is proved; `proof_order` says whose turn it is.
    """
    usual = next_due(state, filed, policy, now)
    today, own = day_of(now), account_policy(policy, filed)
    if (
        state is None
        or not own.judged_by_updates
        or state.second_look
        or (state.last_outcome is not None and state.last_outcome.negative)
        or filed_standing(filed, today, policy) is not FiledStanding.RUNNING
    ):
        return usual
    if is_proved_for(state, own, as_of):
        return max(usual, day_of(as_of) + timedelta(days=1))
    if today >= own.window_start(day_of(as_of)):
        return today
    newest = newest_counted(state, policy)
    return usual if newest is None else max(usual, newest + timedelta(days=own.stale_gap - 1))


def proof_order(
    state: AccountState | None, own: AccountPolicy, now: datetime, as_of: datetime, *, hinted: bool
) -> float:
    """Sorts accounts that want a proof for `as_of`: where a look tonight most likely gives one first.

    The age that its newest post had at the last look, against the days since then that could have
    brought another one (in the window of `as_of`: those of the window). So who posts often and was
    just looked at in vain waits, and who posts seldom is looked at late. An age counts as two
    windows at most: a silent account has its turn in the last nights. What others call active
    counts as if it had posted at the last look.
    """
    if state is None or state.last_read_at is None:
        return 0.0
    today, read_on = day_of(now), day_of(state.last_read_at)
    newest, most = newest_counted(state, own), 2 * own.window.days
    age = most if newest is None else min(most, max(0, (read_on - newest).days))
    since = max(read_on, min(own.window_start(day_of(as_of)), today))
    return ((0 if hinted else age) + 1) / ((today - since).days + 0.5)

"""When an account is to be looked at again: the day, the reason and the order. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from mediawatch.domain import (
    AccountState,
    Filing,
    Outcome,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.policy import Policy
from mediawatch.rules.verdicts import FiledStanding, filed_standing
from mediawatch.workdays import term_ends

RECENT = timedelta(weeks=4)
"""An account that was read exactly within this time is one that the machine can settle."""


def next_due(state: AccountState | None, filed: Filing, policy: Policy, now: datetime) -> date:
    """The Beijing day on which a look could first change the verdict, or on which it is due anyway.

    Name and existence are due by a rhythm of their own. Today where it is overdue. From the current
    state alone (docs/rules.md, "When an account is due"). An account never read, or read in vain,
    is due today.
    """
    today = day_of(now)
    return today if state is None else max(today, _due(state, filed, policy, today))


class DueReason(StrEnum):
    """Why an account is due."""

    NEVER_READ = "never read"
    SECOND_LOOK = "second look"
    IN_VAIN = "last look failed"
    GAP = "gap"
    """Its newest known post is so old that the verdict could change."""
    AHEAD = "as_of"
    """Nothing known proves it fresh at the next inspection's moment."""
    IDENTITY = "name"
    """Its name and existence are due by the policy's rhythm, or what its filing says of it ends."""


def why_due(state: AccountState | None, filed: Filing, policy: Policy, now: datetime) -> DueReason:
    """The reason, for an account that is due by `next_due`."""
    if state is None or state.last_read_at is None or state.last_outcome is None:
        return DueReason.NEVER_READ
    if state.second_look:
        return DueReason.SECOND_LOOK
    if state.last_outcome.about_us and state.last_outcome is not Outcome.NO_EVIDENCE:
        return DueReason.IN_VAIN
    running = filed_standing(filed, day_of(now), policy) is FiledStanding.RUNNING
    own = account_policy(policy, filed)
    old = (
        own.judged_by_updates
        and state.latest_on is not None
        and day_of(now) - state.latest_on >= timedelta(days=own.window.due_soon_from)
    )
    return DueReason.GAP if running and old else DueReason.IDENTITY


def urgency(
    state: AccountState | None, filed: Filing, policy: Policy, now: datetime
) -> tuple[bool, date, date]:
    """Sorts by who could become a finding soonest.

    Never read comes first, then probable findings; then how long a look is due, then the newest
    post's age. The probable ones come early, for their second look waits while the others have
    their first.
    """
    if state is None or state.last_read_at is None:
        return False, date.min, date.min
    own = account_policy(policy, filed)
    silent = own.judged_by_updates and (
        state.latest_on is None or state.latest_on < own.window_start(day_of(now))
    )
    gone = state.last_outcome is not None and state.last_outcome.negative
    probable = filed_standing(filed, day_of(now), policy) is FiledStanding.RUNNING and (
        silent or gone or state.second_look
    )
    return not probable, _due(state, filed, policy, day_of(now)), state.latest_on or date.min


def newest_counted(state: AccountState, policy: Policy) -> date | None:
    """The Beijing day of the newest known post that surely counts under the policy."""
    everything = policy.updates.reposts and policy.updates.unpushed
    return state.latest_on if everything else state.original_on


def _due(state: AccountState, filed: Filing, policy: Policy, today: date) -> date:
    if state.last_read_at is None or state.last_outcome is None:
        return today
    read_on = day_of(state.last_read_at)
    judged_for = day_of(state.judged_as_of) if state.judged_as_of else read_on
    # A look after midnight is judged for the day on which its night began: the next night is the
    # one after that.
    tomorrow = min(read_on, judged_for) + timedelta(days=1)
    if state.second_look:
        return tomorrow
    if ends := _standing_ends(filed, today, policy):
        return min(ends, _turn(state.account_id, read_on, policy.identity.closed_days))
    exact_on = day_of(state.exact_read_at) if state.exact_read_at else None
    settles = exact_on is not None and today - exact_on <= RECENT
    own = account_policy(policy, filed)
    newest = newest_counted(state, policy) if own.judged_by_updates else None
    if newest is not None and newest == state.person_fresh_on and not settles:
        asked_again = newest + timedelta(days=own.window.days)
        if asked_again > today:
            return asked_again
    if state.last_outcome.about_us and state.last_outcome is not Outcome.NO_EVIDENCE:
        return today
    turn = _turn(state.account_id, read_on, policy.identity.due_days)
    if settles and state.verdict is Verdict.UNPROVEN and own.judged_by_updates:
        return tomorrow
    proved_on = min(state.judged_on or judged_for, exact_on) if settles and exact_on else read_on
    gaps = (own.window.due_soon_from, own.stale_gap)
    changes = [
        day
        for gap in gaps
        if newest is not None and (day := newest + timedelta(days=gap)) > proved_on
    ]
    return min((turn, *changes))


def _turn(account_id: int, read_on: date, every: int) -> date:
    """The account's own day of a rhythm, the first after a look.

    It comes from the account's number: a census then does not load one night of the next week.
    """
    return read_on + timedelta(days=1 + (account_id - read_on.toordinal() - 1) % every)


def _standing_ends(filed: Filing, today: date, policy: Policy) -> date | None:
    """The day from which an account is no longer exempt, closing or closed (date.max: never).

    None: it runs.
    """
    match filed_standing(filed, today, policy):
        case FiledStanding.RUNNING:
            return None
        case FiledStanding.EXEMPT if filed.exempt_until:
            return filed.exempt_until + timedelta(days=1)
        case FiledStanding.CLOSING if filed.closing_requested_on:
            ends = term_ends(filed.closing_requested_on, policy.closing.working_days)
            return ends + timedelta(days=1)
        case _:
            return date.max

"""What a sweep needs of a look, and whether a look has given it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mediawatch.domain import Account, Need, Reading, Sight, Sweep
from mediawatch.domain.clock import day_of
from mediawatch.names import same
from mediawatch.rules.account_policy import AccountPolicy


def need_of(sweep: Sweep, own: AccountPolicy) -> Need:
    """What a first look at an account must show, by the account's own policy."""
    if not own.judged_by_updates:
        # Whether it is there, and its name; no post of any day speaks against it.
        return Need(fresh_after=date.min)
    # In a period no single post settles an account: only a list that covers the period does.
    fresh_after = date.max if sweep.period_from else own.window_start(day_of(sweep.as_of))
    return Need(fresh_after=fresh_after, back_to=sweep.period_from)


def satisfies(sights: Sequence[Sight], need: Need) -> bool:
    """Whether a further source would add nothing: a post in the window, a complete list, or the
    platform's own word.
    """
    return any(
        sight.outcome.negative
        or sight.exact
        or any(post.on >= need.fresh_after for post in sight.posts)
        for sight in sights
    )


def speaks_against(reading: Reading, account: Account, need: Need) -> bool:
    """Whether a first look itself speaks against the account.

    It does by an old date, an empty list, a negative or another name. Others may want a second
    look for what was known before; they are judged together at the end of the batch. What a 暂用标识
    led to never does.
    """
    own = tuple(sight for sight in reading.sights if not sight.provisional)
    if not own:
        return False
    reading = replace(reading, sights=own)
    latest = reading.latest
    fresh = latest.on >= need.fresh_after if latest else reading.exact_sight is None
    as_filed = not reading.name or same(reading.name, account.filed.name)
    return reading.outcome.negative or not (fresh and as_filed)

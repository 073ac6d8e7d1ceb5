"""Whom a sweep looks at first because of what others say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mediawatch.domain import AccountState
from mediawatch.domain.clock import day_of, day_start
from mediawatch.ports import Store
from mediawatch.rules.hints import provable_now
from mediawatch.rules.policy import Policy
from mediawatch.sweep.rates import LookRates


async def rates_with_hints(
    store: Store,
    rates: LookRates,
    states: Mapping[int, AccountState],
    policy: Policy,
    as_of: datetime,
) -> LookRates:
    """The rates with the accounts that others call active in the window of `as_of`.

    We know no post of theirs in it: a look is likely to prove them.
    """
    end = day_of(as_of)
    # It only orders looks: of an account with a narrower window a post may be asked for in vain.
    start = policy.widest_window_start(end)
    # A day of the window was named within it, or later.
    said = await store.hints.all(since=day_start(start))
    return replace(rates, hinted=provable_now(said, states, start, end))

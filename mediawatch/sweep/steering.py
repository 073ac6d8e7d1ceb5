"""Whom a sweep looks at first because of what others say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from mediawatch.domain import AccountState
from mediawatch.domain.clock import day_start
from mediawatch.ports import Store
from mediawatch.rules.hints import provable_now
from mediawatch.rules.policy import Policy


async def hinted_accounts(
    store: Store, states: Mapping[int, AccountState], policy: Policy, end: date
) -> Collection[int]:
    """The accounts that others call active in the window that ends on that Beijing day.

    And of which we know no post in it: a look is likely to prove them.
    """
    start = policy.window_start(end)
    # A day of the window was named within it, or later.
    said = await store.hints.all(since=day_start(start))
    return provable_now(said, states, start, end)

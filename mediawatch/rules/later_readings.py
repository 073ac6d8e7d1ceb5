"""Readings that a clock which was ahead has dated later than now.

They stay the newest of their accounts until that moment: nothing tells a reading's true order but
the time that the machine told. So a suspicion that is read meanwhile may find no second look after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mediawatch.domain import AccountState
from mediawatch.domain.clock import CLOCK_SKEW, minute
from mediawatch.plurals import count_of


def warn_of_later_readings(states: Iterable[AccountState], now: datetime) -> str:
    """What to know of accounts whose newest reading is dated after now, or ""."""
    later = [
        state.last_read_at
        for state in states
        if state.last_read_at is not None and state.last_read_at > now + CLOCK_SKEW
    ]
    if not later:
        return ""
    return (
        f"{count_of(len(later), 'account')} of this home: the newest reading is dated after now, "
        f"at most {minute(max(later))}, for the clock was ahead then; until that moment it stays "
        "the newest, and what is suspected of them may be left to people (待人工核查)"
    )

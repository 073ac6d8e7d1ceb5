"""What hints are good for: the order of looks and of questions. Pure.

No verdict, no finding and no due date is made of a hint. `rules.judge` does not know this module,
and a test of the law holds that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import IntEnum

from mediawatch.domain import AccountState, Hint
from mediawatch.domain.clock import day_of


class HintCall(IntEnum):
    """What others call an account in a window; the lower is asked about first."""

    SILENT = 0
    """The newest day that anybody names lies before the window."""
    OPEN = 1
    """Nobody says anything that concerns the window."""
    ACTIVE = 2
    """Somebody names a day within the window."""


def current_hints(hints: Iterable[Hint], start: date) -> list[Hint]:
    """Of each source what it said last, from the window's first day on; the newest received first.

    What was said before the window says nothing of it.
    """
    last: dict[str, Hint] = {}
    for hint in sorted(hints, key=lambda hint: (hint.received_at, hint.on or date.min)):
        if day_of(hint.received_at) >= start:
            last[hint.source] = hint
    return sorted(last.values(), key=lambda hint: hint.received_at, reverse=True)


def call_of(hints: Iterable[Hint], start: date, end: date) -> HintCall:
    """What hints call an account from `start` to `end`, both included.

    Whoever named a day of the window outweighs all others: in doubt an account is active.
    """
    said = list(hints)
    if any(hint.on is not None and start <= hint.on <= end for hint in said):
        return HintCall.ACTIVE
    days = [hint.on for hint in current_hints(said, start) if hint.on is not None]
    return HintCall.SILENT if days and max(days) < start else HintCall.OPEN


def provable_now(
    hints: Iterable[Hint],
    states: Mapping[int, AccountState],
    start: date,
    end: date,
) -> Collection[int]:
    """The accounts that others call active, and of which we know no post since `start`.

    A look is likely to prove them fresh, so they are looked at first.
    """
    by_account: dict[int, list[Hint]] = defaultdict(list)
    for hint in hints:
        by_account[hint.account_id].append(hint)
    return {
        number
        for number, said in by_account.items()
        if call_of(said, start, end) is HintCall.ACTIVE
        and not ((state := states.get(number)) and state.latest_on and state.latest_on >= start)
    }

"""What hints are good for: the order of looks and of questions. Pure.

No verdict, no finding and no due date is made of a hint. `rules.judge` does not know this module,
and a test of the law holds that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import IntEnum

from mediawatch.domain import AccountState, Hint

_QUARTER = timedelta(days=92)
"""How long after a window its links and later days still matter: then the next one is asked."""


class HintCall(IntEnum):
    """What others call an account in a window; the lower is asked about first."""

    SILENT = 0
    """The newest day that anybody names lies before the window."""
    OPEN = 1
    """Nobody says anything that concerns the window."""
    ACTIVE = 2
    """Somebody names a day within the window."""


def concerns(hint: Hint, start: date, end: date) -> bool:
    """Whether a hint can say anything of the days from `start` to `end`, both included.

    What was said before the window says nothing of it, and neither does a newest day after it. An
    older newest day does, however late it was said.
    """
    if hint.said_on < start:
        return False
    if hint.on is None:
        return hint.said_on <= end + _QUARTER
    return hint.on <= end


def current_hints(hints: Iterable[Hint], start: date, end: date) -> list[Hint]:
    """Of each source what it said last of the window; the newest said first."""
    last: dict[str, Hint] = {}
    for hint in sorted(hints, key=_said):
        if concerns(hint, start, end):
            last[hint.source] = hint
    return sorted(last.values(), key=_said, reverse=True)


def _said(hint: Hint) -> tuple[date, datetime, date]:
    return hint.said_on, hint.received_at, hint.on or date.min


def call_of(hints: Iterable[Hint], start: date, end: date) -> HintCall:
    """What hints call an account from `start` to `end`, both included.

    Whoever named a day of the window outweighs all others: in doubt an account is active.
    """
    said = list(hints)
    if any(hint.on is not None and start <= hint.on <= end for hint in said):
        return HintCall.ACTIVE
    # A day soon after the window leaves it open.
    words = current_hints(said, start, end + _QUARTER)
    days = [hint.on for hint in words if hint.on is not None]
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

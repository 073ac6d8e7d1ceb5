"""The decision table of docs/pace.md: what follows from each outcome.

The breaker of one surface and session acts by it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mediawatch.domain import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeDecision:
    """One row of the decision table.

    So many outcomes (`opens_at`) in a row open the breaker; 0: never.
    """

    tries: int = 1
    closes: bool = False
    opens_at: int = 0
    opens_at_share: float = 0.0
    """Also where more than this share of the last 25 visits ended so."""
    only_logged_in: bool = False
    rests: bool = False
    """An opened breaker is tried again after a rest, which doubles each time.

    Any other breaker stays open for the rest of the run.
    """
    exit_bit: int = 0


_ABOUT_THEM = OutcomeDecision(closes=True)
DECISIONS: Mapping[Outcome, OutcomeDecision] = MappingProxyType(
    {outcome: _ABOUT_THEM for outcome in Outcome if not outcome.about_us}
    | {
        Outcome.NO_EVIDENCE: OutcomeDecision(),
        Outcome.UNREACHABLE: OutcomeDecision(tries=3, opens_at=5, exit_bit=8),
        Outcome.RATE_LIMITED: OutcomeDecision(opens_at=2, rests=True, exit_bit=16),
        Outcome.CAPTCHA: OutcomeDecision(opens_at=1, exit_bit=16),
        Outcome.LOGIN_REQUIRED: OutcomeDecision(opens_at=1, only_logged_in=True, exit_bit=32),
        Outcome.CHANGED: OutcomeDecision(opens_at=5, opens_at_share=0.2, exit_bit=64),
    }
)
EXIT_BITS: Mapping[Outcome, int] = {
    outcome: decision.exit_bit for outcome, decision in DECISIONS.items() if decision.exit_bit
}
"""What an opened breaker adds to the exit code of a run."""
_LAST = 25
_FIRST_REST = 600.0
"""Seconds of a rate-limited surface's first rest."""
RESTS = 3
"""Rests in a row, 10, 20 and 40 minutes, after which a run without an end stops waiting."""


@dataclass
class Breaker:
    """Closed, open, or resting until a moment. One per surface and session."""

    row: list[Outcome] = field(default_factory=list)
    last: deque[Outcome] = field(default_factory=lambda: deque(maxlen=_LAST))
    opened_by: Outcome | None = None
    until: float | None = None
    rest: float = _FIRST_REST
    rests: int = 0
    """Such outcomes in a row, without an answer between them."""

    def admits(self, now: float) -> bool:
        """Whether a visit may be tried at this moment (seconds of a monotonic clock)."""
        return self.opened_by is None or (self.until is not None and now >= self.until)

    def note(self, outcome: Outcome, session: str, now: float) -> bool:
        """Count one outcome by the decision table; True when it opens the breaker."""
        decision = DECISIONS[outcome]
        self.last.append(outcome)
        if decision.closes:
            self.row, self.opened_by, self.until, self.rest, self.rests = (
                [],
                None,
                None,
                _FIRST_REST,
                0,
            )
            return False
        if not decision.opens_at:
            return False
        self.row = [*self.row, outcome] if not self.row or self.row[-1] is outcome else [outcome]
        if (decision.only_logged_in and not session) or not self._opens(outcome, decision):
            return False
        self.opened_by = outcome
        self.until = now + self.rest if decision.rests else None
        self.rest *= 2
        self.rests += 1
        return True

    def _opens(self, outcome: Outcome, decision: OutcomeDecision) -> bool:
        often = (
            decision.opens_at_share
            and len(self.last) == _LAST
            and self.last.count(outcome) > _LAST * decision.opens_at_share
        )
        return bool(often) or len(self.row) >= decision.opens_at

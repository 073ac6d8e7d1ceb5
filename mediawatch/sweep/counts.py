"""What one run has done so far, and what went wrong on our side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from mediawatch.domain import CLOCK_OFF, Outcome, Sight
from mediawatch.log import get_logger
from mediawatch.sweep.gate.breakers import EXIT_BITS

log = get_logger(__name__)


@dataclass(kw_only=True)
class RunCounts:
    """The counts and the exit bits of a run."""

    total: int = 0
    """Accounts in scope."""
    done: int = 0
    """Accounts that have had their first look or need no look."""
    looks: int = 0
    looks_saved: int = 0
    """Accounts that known posts prove fresh."""
    second_looks: int = 0
    """Known second looks that are still to be made."""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    unforeseen: bool = False
    """Whether a look ended with an unforeseen error."""
    clock_off: str = ""
    """How far this machine's clock is off, where a site's replies said so."""

    def note_clock(self, sights: Sequence[Sight]) -> None:
        """Log it once: every look of the run meets the same clock."""
        for sight in sights:
            if sight.detail.startswith(CLOCK_OFF) and not self.clock_off:
                self.clock_off = sight.detail
                log.error(
                    f"{sight.detail}; what is read until it is set proves nothing against any account"
                )

    @property
    def exit_bits(self) -> int:
        """The run's own exit bits.

        1 for an unforeseen error; that of the network where no site answered any look, even where
        the looks were too few for a breaker.
        """
        reached_nothing = self.looks > 0 and self.outcomes[Outcome.UNREACHABLE] == self.looks
        return (
            (EXIT_BITS[Outcome.CHANGED] if self.clock_off else 0)
            | (1 if self.unforeseen else 0)
            | (EXIT_BITS[Outcome.UNREACHABLE] if reached_nothing else 0)
        )

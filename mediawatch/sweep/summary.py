"""What a run came to, and what it tells on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from mediawatch.domain import Account, CanaryCheck, Finding, Outcome, Reading, Sweep, SweepAccount, Verdict


@dataclass(kw_only=True)
class Summary:
    """What a run came to. `exit_code` is the OR of the documented bits."""

    sweep: Sweep
    scope: list[SweepAccount]
    looks: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    exit_code: int = 0
    repeated: bool = False
    """True when an equal sweep was finished before and nothing was done."""
    checks: tuple[CanaryCheck, ...] = ()
    """The checks of canaries that were made for this sweep."""

    @property
    def verdicts(self) -> Counter[Verdict]:
        return Counter(entry.judgement.verdict for entry in self.scope if entry.judgement)

    @property
    def findings(self) -> list[tuple[SweepAccount, Finding]]:
        return [(entry, finding) for entry in self.scope if entry.judgement for finding in entry.judgement.findings]


Progress = Callable[[int, int, Account, Reading | None], None]
"""Called after each look: accounts done, accounts in scope, the account, its reading (None where nothing could be tried)."""


def no_progress(done: int, total: int, account: Account, reading: Reading | None) -> None:
    """For callers that show nothing."""

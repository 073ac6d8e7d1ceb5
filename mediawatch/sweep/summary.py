"""The result of a run, and its progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mediawatch.domain import (
    Account,
    CanaryCheck,
    Finding,
    Outcome,
    Reading,
    Sweep,
    SweepAccount,
    Verdict,
)
from mediawatch.rules.reviewed import as_reviewed


@dataclass(kw_only=True)
class Summary:
    """The result of a run. `exit_code` is the OR of the documented bits."""

    sweep: Sweep
    scope: list[SweepAccount]
    looks: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    looks_saved: int = 0
    """Accounts that needed no look: known facts settle them."""
    left: int = 0
    """Due accounts that no surface could be asked about: paused, or the time was over."""
    exit_code: int = 0
    clock_off: str = ""
    """How far this machine's clock is off, where a site's replies said so: then the run proves
    nothing."""
    repeated: bool = False
    """True when a sweep with the same options was finished before, and no look was made."""
    unanswered: bool = False
    """Looks of the sweep were made, and no site answered any of them."""
    checks: tuple[CanaryCheck, ...] = ()
    """The checks of canaries that were made for this sweep."""
    surfaces: Mapping[int, str] = field(default_factory=dict)
    """As `ScopeJudgement.surfaces`, of what this run judged."""
    proofs: tuple[str, ...] = ()
    """Lines in Chinese: what the machine proved, by platform. Empty where nobody asked."""

    @property
    def verdicts(self) -> Counter[Verdict]:
        """As reviewed by now: a sweep that was finished before may have been reviewed."""
        return Counter(entry.judgement.verdict for entry in self._reviewed if entry.judgement)

    @property
    def provisional(self) -> int:
        """Sound accounts that only a 暂用标识 proves so."""
        return sum(
            entry.judgement is not None and entry.judgement.provisional for entry in self.scope
        )

    @property
    def findings(self) -> list[tuple[SweepAccount, Finding]]:
        """The findings that were not dismissed."""
        return [
            (entry, finding)
            for entry in self._reviewed
            if entry.judgement
            for finding in entry.judgement.findings
        ]

    @property
    def _reviewed(self) -> list[SweepAccount]:
        return [as_reviewed(entry, include_open=True) for entry in self.scope]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One more account is done.

    `reading` is None without a look: it was settled before, or no surface could be asked.
    """

    account: Account
    reading: Reading | None
    done: int
    total: int
    """Accounts in the run's scope; `done` of them have had their first look or need no look."""
    second_looks: int
    """Known second looks that are still to be made."""
    outcomes: Mapping[Outcome, int]
    """Of all looks so far."""
    paused: Mapping[tuple[str, str], Outcome]
    """Surfaces and sessions whose breaker is open, and what opened it."""


Progress = Callable[[Step], None]
"""Called after each look."""


def no_progress(step: Step) -> None:
    """For callers that show nothing."""

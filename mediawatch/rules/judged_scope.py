"""An inspection as it is judged now: what every command, document and view starts from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from mediawatch.domain import Account, Finding, Sweep, SweepAccount
from mediawatch.ports import Rejudgement
from mediawatch.rules.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Findings against an account that only later readings make.

    They are new since the Beijing day `since`, and in no count or document.
    """

    account: Account
    findings: tuple[Finding, ...]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedScope:
    """The scope of an inspection with the judgement of each account now, in account order."""

    sweep: Sweep
    policy: Policy
    entries: tuple[SweepAccount, ...]
    additions: tuple[Addition, ...] = ()
    rejudged: Rejudgement = field(default_factory=Rejudgement)
    """For the store, with a decision; its counters are those of all accounts in scope."""

"""The policy as a sweep judges and prints by it: of a moment (时点制) or of a period (时段制). Pure."""

from __future__ import annotations

from datetime import date

from mediawatch.domain import Sweep
from mediawatch.rules.policy import Policy, parse


def policy_of(sweep: Sweep) -> Policy:
    """The policy of a sweep, in the words of its moment or period.

    UserError where it cannot be read.
    """
    return policy_for(parse(sweep.policy_toml, f"policy of sweep {sweep.id}"), sweep.period_from)


def policy_for(policy: Policy, period_from: date | None) -> Policy:
    """The same rules; with a period, its tiers are called by the gap within the period."""
    return policy if period_from is None or policy.in_period else policy.of_period()

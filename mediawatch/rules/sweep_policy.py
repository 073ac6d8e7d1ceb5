"""The policy as a sweep judges and prints by it: of a moment (时点制) or of a period (时段制). Pure."""

from __future__ import annotations

import re
from datetime import date

from mediawatch.domain import Sweep
from mediawatch.rules.policy import CodeRule, Policy, Tier, parse

_OF_A_MOMENT = re.compile("时间点|[前近]|至今|截至|截止")
"""Words of a label that say how long an account has been silent at one moment."""
_MONTHS = {6: "半年", 12: "一年"}


def policy_of(sweep: Sweep) -> Policy:
    """The policy of a sweep, in the words of its moment or period.

    UserError where it cannot be read.
    """
    return policy_for(parse(sweep.policy_toml, f"policy of sweep {sweep.id}"), sweep.period_from)


def policy_for(policy: Policy, period_from: date | None) -> Policy:
    """The same rules; with a period, its tiers are called by the gap within the period.

    The longest gap of a period may have ended long before as_of: a label that says 监测时间点前2周
    would hold against an account what it did not do.
    """
    if period_from is None:
        return policy
    rules = {
        tier.code: CodeRule(label=_label(policy, tier), effect=policy.effect(tier.code))
        for tier in policy.tiers
        if _OF_A_MOMENT.search(policy.label(tier.code))
    }
    return policy.model_copy(update={"codes": {**policy.codes, **rules}}) if rules else policy


def _label(policy: Policy, tier: Tier) -> str:
    if tier.months is None:
        weeks, rest = divmod(policy.window.days, 7)
        length, edge = (f"{policy.window.days}天" if rest else f"{weeks}周"), policy.window.edge
    else:
        years, rest = divmod(tier.months, 12)
        named = f"{tier.months}个月" if rest else f"{years}年"
        length, edge = _MONTHS.get(tier.months, named), tier.edge
    return f"检查时段内更新间隔{'超过' if edge == 'exceeds' else '达到'}{length}"

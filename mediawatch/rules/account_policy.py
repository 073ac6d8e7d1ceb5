"""The policy by which one account is judged, of all that a sweep's policy holds. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from mediawatch.domain import Code, Effect, Filing, UserError
from mediawatch.domain.clock import months_before
from mediawatch.rules.policy import Policy
from mediawatch.rules.policy_exceptions import PolicyException
from mediawatch.rules.policy_parts import NATIONAL_DAYS
from mediawatch.rules.tier_labels import period_label, speaks_of_a_moment


class AccountPolicy(Policy):
    """The policy by which one account is judged: an exception that fits it is worked in.

    Only it says how long a silence may be, and what its findings are called. Make it by
    `account_policy`.
    """

    judged_by_updates: bool
    """False: its posts are not counted; a person says whether it can be used."""
    is_quoted: bool = True
    """False where `basis` speaks of another window: its documents are named, not quoted."""

    def window_start(self, as_of_day: date) -> date:
        """The first day on which a post still counts."""
        return self.window.start(as_of_day)

    @property
    def stale_gap(self) -> int:
        """The least gap in days that fails."""
        return self.window.days + (self.window.edge == "exceeds")

    def exceeds(self, gap_days: int) -> bool:
        """Whether a gap fails: gap > days, or gap >= days where the edge is `reaches`."""
        return gap_days >= self.window.days + (self.window.edge == "exceeds")

    def tier_of(self, latest_on: date, as_of_day: date) -> Code:
        """The longest tier that an account with this newest post has reached.

        Call it for stale ones only.
        """
        for tier in self.tiers:
            if tier.months is None:
                return tier.code
            edge = months_before(as_of_day, tier.months)
            if latest_on < edge or (tier.edge == "reaches" and latest_on == edge):
                return tier.code
        raise UserError(f"policy {self.name}: the last of [[tiers]] must have no months")

    @property
    def limit(self) -> str:
        """How long is too long, as a clause: 更新间隔超过14天为超期."""
        return f"更新间隔{'超过' if self.window.edge == 'exceeds' else '达到'}{self.window.days}天为超期"

    def ground(self, *, in_period: bool) -> str:
        """By what a silence is too long, as a sentence prints it: 依据：…, or 按…

        The national document asks for two weeks and is cited for no other window. In a period
        documents are named: what is quoted of them speaks of one moment.
        """
        if self.window.requirement:
            return f"按本地要求：{self.window.requirement}"
        parts = [
            (quoted, quoted.partition("：")[0])
            for quoted in self.short_basis.split("；")
            if self.window.days == NATIONAL_DAYS or not _NATIONAL.search(quoted)
        ]
        if not parts or not (self.is_quoted or self.window.days == NATIONAL_DAYS):
            return f"按检查规则：{self.limit}"
        if self.is_quoted and not in_period:
            return f"依据：{'；'.join(quoted for quoted, _ in parts)}"
        return f"依据：{'、'.join(named for _, named in parts if '通报' not in named)}"

    def label(self, code: Code) -> str:
        return self.codes[code].label

    def effect(self, code: Code) -> Effect:
        return self.codes[code].effect


_NATIONAL = re.compile(r"国办秘函〔2019〕\s*19\s*号")


def account_policy(policy: Policy, filed: Filing) -> AccountPolicy:
    """The account's own policy: the first exception that fits the filed values, and it alone.

    Give the values as the sweep froze them. TypeError for the policy of one account already.
    """
    if isinstance(policy, AccountPolicy):
        raise TypeError("this is the policy of one account: give that of the sweep")
    place: int | None = None
    said: bool | None = None
    for number, each in enumerate(policy.exceptions):
        if each.fits(filed):
            place, said = number, each.judged_by_updates
            break
    return _account_policy(_Same(policy), place, not filed.is_application if said is None else said)


def every_policy(policy: Policy) -> Iterator[AccountPolicy]:
    """What a policy holds accounts to that no exception fits, and whom each exception fits."""
    for place in (None, *range(len(policy.exceptions))):
        yield _account_policy(_Same(policy), place, True)


def unmet_words(policy: Policy, filings: Sequence[Filing]) -> Iterator[str]:
    """Words of the exceptions that no account is filed with, each as a sentence for the operator.

    A misspelt level or region leaves its accounts to another window, and nothing else shows it.
    """
    for number, each in enumerate(policy.exceptions, 1):
        for key, words in each.conditions.items():
            for word in words:
                alone = PolicyException.model_validate({key: (word,)})
                if key != "platforms" and not any(map(alone.fits, filings)):
                    yield (
                        f"[[for]] {number} of policy {policy.name}: no account is filed with {word!r} "
                        f"({key}); compare it with the registry"
                    )


class _Same:
    """A policy as a key: the same object. Two equal ones are compared by nothing."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __hash__(self) -> int:
        return id(self.policy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.policy is self.policy


@lru_cache(maxsize=128)
def _account_policy(same: _Same, place: int | None, by_updates: bool) -> AccountPolicy:
    policy = same.policy
    made: dict[str, Any] = {name: getattr(policy, name) for name in type(policy).model_fields}
    del made["exceptions"]
    codes = dict(policy.codes)
    if place is not None:
        exception = policy.exceptions[place]
        if exception.window:
            made["window"] = exception.window.of(policy.window)
        made["tiers"] = exception.tiers or policy.tiers
        if exception.basis:
            made["basis"] = exception.basis
            made["window"] = made["window"].model_copy(update={"requirement": ""})
        made["is_quoted"] = bool(exception.basis) or made["window"] == policy.window
        codes = exception.codes_of(policy.codes)
    if policy.in_period:
        for tier in made["tiers"]:
            if speaks_of_a_moment(codes[tier.code].label):
                label = period_label(tier, made["window"])
                codes[tier.code] = codes[tier.code].model_copy(update={"label": label})
    return AccountPolicy.model_validate({**made, "codes": codes, "judged_by_updates": by_updates})

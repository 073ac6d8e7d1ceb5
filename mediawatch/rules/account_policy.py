"""The policy by which one account is judged, of all that a sweep's policy holds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from mediawatch.domain import Code, Effect, Filing, UserError
from mediawatch.domain.clock import months_before
from mediawatch.rules.policy import Policy
from mediawatch.rules.policy_exceptions import PolicyException
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
    def ground(self) -> str:
        """依据 of a silence at one moment, as a sentence prints it."""
        return self.short_basis if self.is_quoted else "、".join(self.document_numbers)

    def label(self, code: Code) -> str:
        return self.codes[code].label

    def effect(self, code: Code) -> Effect:
        return self.codes[code].effect


def account_policy(policy: Policy, filed: Filing) -> AccountPolicy:
    """The account's own policy: the first exception that fits the filed values, and it alone.

    Give the values as the sweep froze them. TypeError for the policy of one account already.
    """
    if isinstance(policy, AccountPolicy):
        raise TypeError("this is the policy of one account: give that of the sweep")
    fitting = (place for place, each in enumerate(policy.exceptions) if each.fits(filed))
    place = next(fitting, None)
    said = None if place is None else policy.exceptions[place].judged_by_updates
    return _account_policy(_Same(policy), place, not filed.is_application if said is None else said)


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
        made["basis"] = exception.basis or policy.basis
        made["is_quoted"] = bool(exception.basis) or made["window"] == policy.window
        codes = exception.codes_of(policy.codes)
    if policy.in_period:
        for tier in made["tiers"]:
            if speaks_of_a_moment(codes[tier.code].label):
                label = period_label(tier, made["window"])
                codes[tier.code] = codes[tier.code].model_copy(update={"label": label})
    return AccountPolicy.model_validate({**made, "codes": codes, "judged_by_updates": by_updates})

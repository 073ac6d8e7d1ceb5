"""How accounts can be looked at, and how fast: what plans and nights are reckoned with. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mediawatch.domain import Account, Pace
from mediawatch.ports import SurfaceFacts

Ways = Callable[[Account], Sequence[SurfaceFacts]]
"""The surfaces that could be asked about an account now, the cheapest first."""
PaceOf = Callable[[str, Pace], Pace]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRates:
    """How an account can be looked at, and how fast. `scale` is the factor on all paces."""

    ways: Ways
    pace_of: PaceOf
    scale: float = 1.0
    logins: Mapping[str, int] = field(default_factory=dict)
    """By the word for `mediawatch login`, how many logins may be used."""
    spent: Mapping[str, int] = field(default_factory=dict)
    """By surface, the visits of the last 24 hours, all logins together."""

    def ration_of(self, account: Account) -> SurfaceFacts | None:
        """The rationed surface on which a proof that the account is fresh depends.

        None where there is none, and where another surface shows everything.
        """
        usual = [
            facts
            for facts in self.ways(account)
            if not facts.declared_closed and not facts.for_some
        ]
        if any(facts.complete("any" if self.logins.get(facts.login) else "") for facts in usual):
            return None
        rationed = (
            facts for facts in usual if facts.is_rationed(self.pace_of(facts.name, facts.pace))
        )
        return next(rationed, None)

    def calls_a_day(self, facts: SurfaceFacts) -> int:
        """How often each login may use a rationed surface in 24 hours."""
        return self.pace_of(facts.name, facts.pace).per_day or 0

    def looks_tonight(self, facts: SurfaceFacts) -> int:
        """What all logins together have left of it."""
        all_logins = self.calls_a_day(facts) * self.logins.get(facts.login, 0)
        return max(0, all_logins - self.spent.get(facts.name, 0))

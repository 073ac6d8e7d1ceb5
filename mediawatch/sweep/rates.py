"""How accounts can be looked at, and how fast: what plans and nights are reckoned with. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mediawatch.domain import Account, DayEnd, Pace
from mediawatch.ports import SurfaceFacts, SurfaceVisit

Ways = Callable[[Account], Sequence[SurfaceFacts]]
"""The surfaces that could be asked about an account now, the cheapest first."""
PaceOf = Callable[[str, Pace], Pace]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRates:
    """How an account can be looked at, and how fast. `scale` is the factor on all paces."""

    ways: Ways
    pace_of: PaceOf
    scale: float = 1.0
    hinted: Collection[int] = frozenset()
    """Accounts that a sweep looks at first, for others call them active."""
    logins: Mapping[str, int] = field(default_factory=dict)
    """By the word for `mediawatch login`, how many logins may be used."""
    rationed: Sequence[SurfaceFacts] = ()
    """The rationed surfaces for which there is a login that may be used."""
    spent: Mapping[str, int] = field(default_factory=dict)
    """By the name of a pace, the calls of the last 24 hours, all logins together.

    Of a login whose day the site ended, all that it may make.
    """

    def ration_of(self, account: Account) -> SurfaceFacts | None:
        """The rationed surface on which a proof that the account is fresh depends.

        None where there is none, where another surface shows everything, and where a key of the
        account's own proves its posts.
        """
        if any(self._spares_ration(facts) for facts in self._usual(account)):
            return None
        return next(iter(self.rations_of(account)), None)

    def rations_of(self, account: Account) -> list[SurfaceFacts]:
        """All rationed surfaces that may be asked about the account, the cheapest first."""
        return [
            facts
            for facts in self._usual(account)
            if not facts.for_some and facts.is_rationed(self.pace_of(facts.pace_name, facts.pace))
        ]

    def may_spare(self, account: Account) -> bool:
        """Whether a source of the account's own may show a newer post without any login."""
        return any(
            facts.shows_newer and not facts.needs_login and not facts.finds_ids
            for facts in self._usual(account)
        )

    def _usual(self, account: Account) -> list[SurfaceFacts]:
        return [facts for facts in self.ways(account) if not facts.declared_closed]

    def _spares_ration(self, facts: SurfaceFacts) -> bool:
        """Whether it needs no rationed surface beside it.

        A login that may be another account's does not count.
        """
        if facts.for_some and not facts.has_its_login:
            return False
        by_key = facts.by_interface and facts.shows_newer
        return by_key or facts.complete("any" if self.logins.get(facts.login) else "")

    def calls_a_day(self, facts: SurfaceFacts) -> int:
        """How many calls each login may make by a rationed surface in 24 hours."""
        return self.pace_of(facts.pace_name, facts.pace).per_day or 0

    def looks_tonight(self, facts: SurfaceFacts) -> int:
        """What all logins together have left of it."""
        all_logins = self.calls_a_day(facts) * self.logins.get(facts.login, 0)
        return max(0, all_logins - self.spent.get(facts.pace_name, 0))


def count_spent(
    visits: Iterable[SurfaceVisit], paces: Mapping[str, tuple[str, int | None]]
) -> Counter[str]:
    """As `LookRates.spent`, from the visits of the last 24 hours.

    `paces`: surface to the name of its pace and its calls a day by one login (None: no cap).
    """
    calls: Counter[tuple[str, str]] = Counter()
    caps: dict[str, int | None] = {}
    for visit in visits:
        name, cap = paces.get(visit.surface, (visit.surface, None))
        ended = visit.ends_day is DayEnd.LOGIN and cap is not None
        calls[name, visit.session] += cap or 0 if ended else visit.calls
        caps[name] = cap
    spent: Counter[str] = Counter()
    for (name, _), count in calls.items():
        cap = caps[name]
        spent[name] += count if cap is None else min(count, cap)
    return spent

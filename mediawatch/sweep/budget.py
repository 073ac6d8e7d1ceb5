"""Who is due in a night, and what rationed surfaces can do before a known as_of. Pure.

A rationed surface proves freshness alone, by a login, and only so often a day, as 微信读书 does. A
look is counted as one visit of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mediawatch.domain import Account, AccountState
from mediawatch.domain.clock import day_of, minute
from mediawatch.plurals import agree, count_of
from mediawatch.ports import SurfaceFacts
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.ahead import (
    first_night,
    is_looked_at,
    next_due_before,
    nights_left,
    proof_order,
    wants_proof,
)
from mediawatch.rules.due import DueReason, next_due, urgency, why_due
from mediawatch.rules.policy import Policy
from mediawatch.sweep.rates import LookRates

States = Mapping[int, AccountState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A night's terms. `ahead` is the next as_of; None where none is known to come.

    `judged_at` is the moment of a sweep that is no nightly one, where a post in its window settles
    an account.
    """

    policy: Policy
    now: datetime
    rates: LookRates
    ahead: datetime | None = None
    judged_at: datetime | None = None

    @property
    def proving(self) -> datetime | None:
        """The as_of for which rationed surfaces are to prove accounts fresh."""
        return self.ahead or self.judged_at

    def due(self, accounts: Iterable[Account], states: States) -> list[Account]:
        """The accounts that are due, the most urgent first.

        Before a known as_of a rationed surface has only as many accounts to prove as its logins may
        look at tonight. The others wait for the next nights. A second look that is pending waits
        for no ration. One that a source of its own may prove without a login takes none of it.
        """
        left: dict[str, int] = {}
        found = []
        for account in self.in_order(accounts, states):
            if self._due_on(account, states) > day_of(self.now):
                continue
            pending = _is_pending(states.get(account.id))
            wants = self.ahead is not None and not pending
            if wants and (ration := self._ration(account, states)):
                looks = left.setdefault(ration.pace_name, self.rates.looks_tonight(ration))
                if not looks:
                    continue
                left[ration.pace_name] -= 1
            found.append(account)
        return found

    def in_order(self, accounts: Iterable[Account], states: States) -> list[Account]:
        """The accounts by urgency: first those that need one of a rationed surface's visits.

        Of these a pending second look comes first, of both those that others call active.
        """
        return sorted(accounts, key=lambda account: self._rank(account, states))

    def wanted_from(self, accounts: Iterable[Account], states: States) -> dict[int, date]:
        """The day from which a post settles a first look, of accounts where it is no usual one.

        Those are to be proved for the known as_of. A post of tonight's window that will lie outside
        of that one does not do: the look goes on to the rationed surface.
        """
        if self.ahead is None:
            return {}
        end, found = day_of(self.ahead), {}
        for each in accounts:
            day = account_policy(self.policy, each.filed).window_start(end)
            if day_of(self.now) >= day and self._ration(each, states):
                found[each.id] = day
        return found

    def spared(self, accounts: Iterable[Account], states: States) -> frozenset[str]:
        """The surfaces that are not asked after another one of their ration has led to a date.

        They would show what that one showed, or a little more, for a second call. `accounts` are
        those of tonight. While there are calls for all of these twice, none is spared.
        """
        if self.proving is None:
            return frozenset()
        wanting: dict[str, list[Account]] = defaultdict(list)
        for account in accounts:
            if ration := self._ration(account, states):
                wanting[ration.pace_name].append(account)
        return frozenset(
            facts.name
            for name, some in wanting.items()
            for account in some
            for place, facts in enumerate(self.rates.rations_of(account))
            if facts.pace_name == name and place
            if 2 * len(some) > self.rates.looks_tonight(facts)
        )

    def why(self, account: Account, states: States) -> DueReason:
        """Why an account is due that is due tonight."""
        usual = why_due(states.get(account.id), account.filed, self.policy, self.now)
        other = usual in (DueReason.GAP, DueReason.IDENTITY)
        if other and self.ahead is not None and self._ration(account, states):
            return DueReason.AHEAD
        return usual

    def budgets(self, accounts: Iterable[Account], states: States) -> list[RationedBudget]:
        """What each rationed surface can still do before the known as_of, by name; else empty."""
        if self.ahead is None:
            return []
        wanting: dict[str, list[Account]] = defaultdict(list)
        surfaces: dict[str, SurfaceFacts] = {}
        platforms = set()
        for account in accounts:
            platforms.add(account.platform)
            if ration := self._ration(account, states):
                surfaces.setdefault(ration.pace_name, ration)
                wanting[ration.pace_name].append(account)
        # A login that has nothing to spend its looks on is told, too.
        for facts in self.rates.rationed:
            if facts.name.partition(".")[0] in platforms and not facts.declared_closed:
                surfaces.setdefault(facts.pace_name, facts)
        return [
            self._budget(self.ahead, surfaces[name], wanting[name], states)
            for name in sorted(surfaces)
        ]

    def _budget(
        self, ahead: datetime, ration: SurfaceFacts, wanting: list[Account], states: States
    ) -> RationedBudget:
        calls, logins = self.rates.calls_a_day(ration), self.rates.logins.get(ration.login, 0)
        nights = nights_left(self.policy, self.now, ahead)
        tonight = day_of(self.now) >= first_night(self.policy, ahead)
        used = calls * logins - self.rates.looks_tonight(ration) if tonight else 0
        not_yet = Counter(
            is_looked_at(states.get(each.id), account_policy(self.policy, each.filed), ahead)
            for each in wanting
        )[False]
        return RationedBudget(
            surface=ration,
            ahead=ahead,
            calls=calls,
            logins=logins,
            nights=nights,
            looks=max(0, calls * logins * nights - used),
            wanting=len(wanting),
            not_yet=not_yet,
        )

    def _ration(self, account: Account, states: States) -> SurfaceFacts | None:
        """The rationed surface that the account needs for the as_of."""
        if self.proving is None:
            return None
        state = states.get(account.id)
        if not wants_proof(state, account.filed, self.policy, self.now, self.proving):
            return None
        return self.rates.ration_of(account)

    def _due_on(self, account: Account, states: States) -> date:
        state = states.get(account.id)
        if self.ahead is not None and self.rates.ration_of(account):
            return next_due_before(state, account.filed, self.policy, self.now, self.ahead)
        return next_due(state, account.filed, self.policy, self.now)

    def _rank(self, account: Account, states: States) -> tuple[Any, ...]:
        state = states.get(account.id)
        later = account.id not in self.rates.hinted
        if self.proving is not None and self._ration(account, states):
            own = account_policy(self.policy, account.filed)
            order = proof_order(state, own, self.now, self.proving, hinted=not later)
            return (0 if _is_pending(state) else 1), order, account.id
        return 2, later, *urgency(state, account.filed, self.policy, self.now)


def _is_pending(state: AccountState | None) -> bool:
    return state is not None and state.second_look


@dataclass(frozen=True, slots=True, kw_only=True)
class RationedBudget:
    """What a rationed surface can still do before the as_of that is `ahead`."""

    surface: SurfaceFacts
    ahead: datetime
    calls: int
    """A day, by each login."""
    logins: int
    nights: int
    looks: int
    """In all nights that are left. What was used in the last 24 hours is taken off."""
    wanting: int
    """Accounts that no known post proves fresh for the as_of."""
    not_yet: int
    """Those of them that none of the nights before it has looked at."""

    @property
    def without_look(self) -> int:
        """Accounts that will get no look before the as_of; more where others are looked at twice."""
        return max(0, self.not_yet - self.looks)

    @property
    def sentences(self) -> tuple[str, ...]:
        """For the operator, in English: the budget, and what would help where it is too small."""
        lack = (
            f"{count_of(self.wanting, 'account')} {agree(self.wanting, 'lacks', 'lack')} a proof "
            f"({self.not_yet} not looked at yet)"
            if self.wanting
            else "no account that it can be asked about lacks a proof"
        )
        told = (
            f"{self.surface.name} before {minute(self.ahead)}: {count_of(self.calls, 'call')} a "
            f"login a day, {count_of(self.logins, 'login')}, {count_of(self.nights, 'night')} "
            f"left: {count_of(self.looks, 'look')}; {lack}"
        )
        if not self.without_look:
            return (told,)
        helps = (
            f"at least {count_of(self.without_look, 'account')} will get no look by {self.surface.name} "
            f"before then: a newest article link each (`mediawatch links import`) saves its look; "
            f"a further login with its 使用审批 adds {self.calls * self.nights} "
            f"(`mediawatch login {self.surface.login} --name NAME`, docs/sessions.md)"
        )
        return told, helps

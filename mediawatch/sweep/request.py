"""What a sweep is asked to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mediawatch.domain import Account, Sweep, SweepKind
from mediawatch.figures.region_parts import Level
from mediawatch.rules.policy import Policy
from mediawatch.sweep.budget import Night
from mediawatch.sweep.rates import LookRates
from mediawatch.sweep.scope import WHOLE, Scope, registry_totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for. `as_of` None means now, or the as_of of the unfinished sweep."""

    policy: Policy
    nightly: bool = False
    """Look only at what is due now."""
    as_of: datetime | None = None
    platforms: tuple[str, ...] = ()
    account_ids: tuple[int, ...] = ()
    drawn: Scope | None = None
    """A sample or a list: its accounts, which the other two narrow down."""
    recheck_of: str = ""
    """文号 of the notice whose accounts are looked at again (复查)."""
    round: str = ""
    period_from: date | None = None
    """First Beijing day of a period (时段制)."""
    again: bool = False
    """Look even where a sweep with the same options is finished, or where stored posts settle an
    account."""
    second_look_after: timedelta = timedelta(minutes=30)
    until: datetime | None = None
    """No visit begins after it; what is left then stays for the next run."""
    next_as_of: datetime | None = None
    """The next inspection's moment, for a nightly sweep; None where it is not set."""
    concurrency: int = 4
    """Visits of all platforms at the same time."""

    @property
    def scope(self) -> str:
        """The scope in words.

        Two sweeps are equal by it, and by as_of, policy, kind and period.
        """
        parts = [self.drawn.words] if self.drawn and self.drawn.words != WHOLE else []
        parts += [f"platform={name}" for name in sorted(self.platforms)]
        parts += [f"account={number}" for number in sorted(self.account_ids)]
        if self.nightly:
            parts.insert(0, "due")
        if self.recheck_of:
            parts.insert(0, f"recheck of {self.recheck_of}:")
        return " ".join(parts) or WHOLE

    @property
    def kind(self) -> SweepKind:
        if self.nightly:
            return SweepKind.NIGHTLY
        if self.recheck_of:
            return SweepKind.RECHECK
        return self.drawn.kind if self.drawn else SweepKind.CENSUS

    def wants(self, account: Account) -> bool:
        """Whether the account is in scope."""
        asked_for = (not self.platforms or account.platform in self.platforms) and (
            not self.account_ids or account.id in self.account_ids
        )
        return asked_for and (self.drawn is None or self.drawn.holds(account))

    def in_scope(self, registry: Iterable[Account]) -> list[Account]:
        """The accounts that a sweep looks at, as they were drawn."""
        wanted = (account for account in registry if self.wants(account))
        return [self.drawn.as_drawn(account) if self.drawn else account for account in wanted]

    def ahead(self, now: datetime) -> datetime | None:
        """The as_of that a nightly sweep looks ahead to; None once it has come."""
        known = self.next_as_of if self.nightly else None
        return known if known and known > now else None

    def night(self, now: datetime, rates: LookRates) -> Night:
        """By what terms it is decided who is due, and whose turn comes first."""
        return Night(
            policy=self.policy,
            now=now,
            rates=rates,
            ahead=self.ahead(now),
            judged_at=self.judged_at(now),
        )

    def judged_at(self, now: datetime) -> datetime | None:
        """The moment of a sweep that is no nightly one; None for a period: no post settles it."""
        return None if self.nightly or self.period_from else self.as_of or now

    def sweep(
        self, now: datetime, registry: Sequence[Account] | None = None, level: Level = ""
    ) -> Sweep:
        """The sweep that is to be opened, with the whole registry's 总数 of that moment.

        `level` is the office's; a nightly sweep tells nobody of regions.
        """
        counted = (
            registry_totals(registry, self.in_scope(registry), "" if self.nightly else level)
            if registry is not None
            else None
        )
        return Sweep(
            as_of=self.as_of or now,
            policy=self.policy.name,
            policy_toml=self.policy.toml,
            scope=self.scope,
            started_at=now,
            scope_spec=self.drawn.spec if self.drawn else "",
            kind=self.kind,
            round=self.round,
            period_from=self.period_from,
            totals=counted,
        )

    def equals(self, sweep: Sweep) -> bool:
        """Whether an earlier sweep has the same options; its moment may differ."""
        return (sweep.scope, sweep.policy_toml, sweep.period_from) == (
            self.scope,
            self.policy.toml,
            self.period_from,
        )

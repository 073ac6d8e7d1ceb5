"""The readings of one sweep, from all its runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mediawatch.domain import Account, AccountState, LookKind, Outcome, Reading, Sight


@dataclass(kw_only=True)
class SweepReadings:
    """The sweep's readings by account, and the accounts' states when the run began."""

    by_account: dict[int, list[Reading]] = field(default_factory=dict)
    states: Mapping[int, AccountState] = field(default_factory=dict)

    def add(self, reading: Reading) -> None:
        self.by_account.setdefault(reading.account_id, []).append(reading)

    def of(self, account: Account) -> list[Reading]:
        return self.by_account.get(account.id, [])

    def sights(self, accounts: Sequence[Account]) -> Iterator[Sight]:
        """All sights of these accounts."""
        for account in accounts:
            for reading in self.of(account):
                yield from reading.sights

    def has_look(self, account: Account, kind: LookKind) -> bool:
        """Whether this sweep has made such a look at the account, in any of its runs."""
        return any(reading.look is kind for reading in self.of(account))

    def first_look(self, account: Account) -> Reading:
        """The newest first look.

        It may be of an earlier, unfinished sweep, where this one could not make its first look.
        """
        return next(
            reading for reading in reversed(self.of(account)) if reading.look is LookKind.FIRST
        )

    def probably_there(self, account: Account) -> bool:
        """Whether the account was read before, by this sweep or an earlier one."""
        before = self.states.get(account.id)
        return (before is not None and before.last_outcome is Outcome.OK) or any(
            reading.outcome is Outcome.OK for reading in self.of(account)
        )

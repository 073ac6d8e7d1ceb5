"""What the core asks of the kept sweeps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, Self

from mediawatch.domain import (
    Account,
    FindingChange,
    Judgement,
    Sweep,
    SweepAccount,
    SweepState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudgement:
    """Judgements made in memory, to be written together with what was decided on them.

    `judgements` are those that differ from what is kept; `news` the counters of all accounts that
    the decision rests on. Accounts of `apart` keep their counter: what is new against them stands
    apart until the inspection is judged as a whole.
    """

    judgements: Mapping[int, Judgement] = field(default_factory=dict)
    news: Mapping[int, int] = field(default_factory=dict)
    apart: frozenset[int] = frozenset()

    def of(self, account_ids: Iterable[int]) -> Self:
        """The part of it that concerns these accounts."""
        wanted = set(account_ids)
        return replace(
            self,
            judgements={
                key: judgement for key, judgement in self.judgements.items() if key in wanted
            },
            news={key: news for key, news in self.news.items() if key in wanted},
            apart=self.apart & wanted,
        )


class SweepStore(Protocol):
    """Sweeps with their frozen scope and its judgements."""

    async def open(self, sweep: Sweep, accounts: Sequence[Account]) -> Sweep:
        """Keep a new sweep with its frozen scope; returned with its id.

        The scope has the filed values as they are now.
        """

    async def narrow(self, sweep_id: int, account_ids: Collection[int]) -> None:
        """Leave only these accounts in the scope of a sweep that has judged none of the others."""

    async def all(self) -> list[Sweep]:
        """All sweeps, oldest first."""

    async def close(self, sweep_id: int, state: SweepState, at: datetime) -> None: ...
    async def last_read_at(self, sweep_id: int) -> datetime | None:
        """When the sweep's newest reading was made; None for a sweep without readings."""

    async def is_unanswered(self, sweep_id: int) -> bool:
        """Whether the sweep looked and no site answered any look.

        Without a network nothing is found out about any account.
        """

    async def scope(
        self, sweep_id: int, account_ids: Collection[int] | None = None
    ) -> list[SweepAccount]:
        """The frozen scope in account order, or these accounts of it.

        Each comes with the judgement kept so far.
        """

    async def last_entry(self, account_id: int) -> SweepAccount | None:
        """The account's row of the latest sweep that judged it.

        Where no sweep did, of the latest that had it in scope.
        """

    async def keep_judgements(
        self,
        sweep_id: int,
        judgements: Mapping[int, Judgement],
        news: Mapping[int, int] | None = None,
    ) -> None:
        """Keep judgements by account id, replacing earlier ones of this sweep.

        `news` holds the counter that each was made at. Without it they count as made on all that is
        kept.
        """

    async def finding_changes(self, sweep_id: int) -> list[FindingChange]:
        """What became of the findings of the sweep's accounts, in account order.

        Each is compared with its account's last conclusive judgement.
        """

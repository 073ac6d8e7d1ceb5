"""What the core asks of the kept registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from mediawatch.domain import (
    Account,
    AccountChange,
    ClosureNote,
    Contact,
    FiledIdentity,
    FilingRemark,
    ProvisionalId,
    Refusal,
    RegistryChanges,
    Source,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNow:
    """What the judgement of an account starts from.

    `news` counts what became known so far; `identity` is who it is as filed now, `opened_on` its
    opening.
    """

    news: int
    identity: FiledIdentity
    opened_on: date | None = None


class AccountStore(Protocol):
    """The registry: accounts with their history, their links, and the files they came from."""

    async def all(self, *, include_retired: bool = False) -> list[Account]: ...
    async def get(self, account_id: int) -> Account | None: ...
    async def provisional_ids(self) -> list[ProvisionalId]:
        """All 暂用标识, by account and oldest first; ended ones too."""

    async def current(self, account_ids: Iterable[int]) -> dict[int, AccountNow]:
        """By account, retired ones included.

        Ask before the readings: what becomes known meanwhile is then still news.
        """

    async def news(self, account_ids: Iterable[int]) -> dict[int, int]:
        """By account, `AccountNow.news` alone."""

    async def names_in_service(self) -> list[tuple[int, str, str]]:
        """Number, platform and filed name of every account in service."""

    async def twins(self, account_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """By account, the numbers of the other filings of its platform with its id.

        Retired ones are included. `ReadingStore` gives what is tied by that id for each of them.
        """

    async def apply(self, changes: RegistryChanges) -> None:
        """Insert, update (with history) and retire, all or nothing, and note the source."""

    async def changes(self, account_id: int | None = None) -> list[AccountChange]:
        """The change history, oldest first; of all accounts without an `account_id`."""

    async def added_by(self, source: Source) -> list[int]:
        """The accounts that an imported file was the first to hold."""

    async def add_source(self, source: Source, kind: str) -> None:
        """Remember an imported file that is no registry (worklist, links)."""

    async def sources(self) -> list[tuple[Source, str]]:
        """All imported files with what they were, oldest first.

        They were `registry`, `worklist` or `links`.
        """

    async def add_refusals(self, refusals: Sequence[Refusal]) -> None:
        """Keep what the operator refused; what he had refused before stays as it was."""

    async def refusals(self) -> list[Refusal]:
        """All of them, by account."""

    async def add_remarks(self, given: Sequence[FilingRemark]) -> None:
        """Keep what is pointed out to units; what was before stays as it was."""

    async def remarks(self) -> list[FilingRemark]:
        """All that was pointed out, by account and oldest first."""

    async def add_closures(self, given: Sequence[ClosureNote]) -> None:
        """Append notes of steps by which accounts are closed."""

    async def closures(self) -> list[ClosureNote]:
        """All notes of closing steps, oldest first."""

    async def carry_over(self, keep: int, dropped: Sequence[int]) -> None:
        """Let remarks, refusals, closing steps, 暂用标识 and received links of merged doubles serve `keep`."""

    async def contacts(self) -> Mapping[int, Contact]: ...
    async def delete_contacts(self) -> int:
        """Delete every contact, so that no page of the database holds it; how many there were."""

    async def add_links(self, account_id: int, links: Sequence[str], source: str) -> None:
        """Keep article links learned for an account; known ones are left as they are."""

"""What the core asks of the kept readings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from mediawatch.domain import AccountState, Attestation, LookKind, Outcome, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleReading:
    """A reading from which nothing follows any more, with the paths of its evidence.

    It stays while one of its files stands.
    """

    id: int
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SightsAlike:
    """How many sights of a sweep have the same surface, attestation, outcome and kind of look."""

    surface: str
    attested: Attestation
    outcome: Outcome
    look: LookKind
    count: int


class ReadingStore(Protocol):
    """Readings, and what is known of accounts by them."""

    async def keep(self, reading: Reading) -> Reading:
        """Append one reading with its sights, posts and evidence; returned with its id.

        Never updated afterwards.
        """

    async def keep_look(self, reading: Reading) -> Reading:
        """Keep a first or second look of a sweep, unless the sweep has one of that account.

        Returns the one that stands. Where several processes look (PostgreSQL), the first one that
        is kept stands.
        """

    async def by_account(
        self,
        account_ids: Iterable[int] | None = None,
        *,
        sweep_id: int | None = None,
        since: datetime | None = None,
    ) -> dict[int, list[Reading]]:
        """Oldest first: all of them, those of one sweep, those from `since` on.

        Without `problem_looks`.

        Captures are empty, evidence is filled.
        """

    async def problem_looks(
        self, sweep_id: int | None, account_ids: Iterable[int] | None = None
    ) -> dict[int, list[Reading]]:
        """人工检查 of a sweep, None for all of them: what people said of problems that no list shows, oldest first.

        They stand nowhere else but in `by_id`: they say nothing of an account's updates.
        """

    async def by_id(self, ids: Iterable[int]) -> dict[int, list[Reading]]:
        """These readings, by account, oldest first."""

    async def outlines(self, ids: Iterable[int]) -> dict[int, Reading]:
        """These readings by their numbers, without evidence and identity."""

    async def sights_alike(self, sweep_id: int) -> list[SightsAlike]:
        """The sights of a sweep, counted: first met, first told. Without `problem_looks`."""

    async def sight_details(self, sweep_id: int, beginning: str) -> set[str]:
        """Of the details of a sweep's sights those that begin so. Without `problem_looks`."""

    async def for_judgement(
        self, account_ids: Iterable[int], as_of: datetime, period_from: date | None = None
    ) -> dict[int, list[Reading]]:
        """Of each account's readings those that suffice to judge it, oldest first.

        They serve a judgement at `as_of`, or over the period from that Beijing day on.
        `rules.judge` says of them what it says of all readings. Ask again when new readings were
        kept: a new list is held against old posts. They include what other filings of the same id
        say by it, under their own numbers. Never a scan of history.
        """

    async def identity_readings(self, account_ids: Iterable[int]) -> dict[int, list[Reading]]:
        """Of each account's readings those that say who it is, oldest first.

        They give ids, names, 认证主体, links, and that it moved; for each different word the
        newest. Never a scan of history.
        """

    async def post_links(self, account_ids: Iterable[int]) -> dict[int, set[str]]:
        """The links of each account's own posts, as they were first shown.

        Posts with an impossible date may be among them. An account without a link has no entry.
        """

    async def post_owners(self, links: Collection[str]) -> dict[str, set[int]]:
        """By link, the accounts whose looks showed it as a post of theirs.

        No entry for a link that nobody's posts bear. It reads all posts: ask for single links.
        """

    async def account_states(
        self, account_ids: Iterable[int] | None = None
    ) -> dict[int, AccountState]:
        """What is known now, by account: of those accounts, or of all that are in scope.

        Never a scan of history.
        """

    async def begin_pruning(self, at: datetime, before: datetime) -> None:
        """Note that readings from before `before` are about to leave."""

    async def pruned_before(self) -> datetime | None:
        """From before this moment readings may be lacking. None: nothing has left."""

    async def find_idle(
        self, before: datetime, after: int, limit: int
    ) -> tuple[list[IdleReading], int | None]:
        """Of the next `limit` readings with an id above `after` those that may leave.

        The second value is the id to go on after, None at the end. An idle reading is from before
        `before`, of a sweep that does not run, and no person made it. It proves no finding. Without
        it `for_judgement`, `identity_readings` and `account_states` would say the same.
        """

    async def delete(self, ids: Iterable[int], before: datetime) -> int:
        """Delete those that are idle still; returns how many.

        Their ids never come to mean another reading.
        """

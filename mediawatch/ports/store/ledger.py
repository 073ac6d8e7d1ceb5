"""What the core asks of the ledger of ordered looks: terms of sweeps, results, workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from mediawatch.domain import Account, LookKind, Outcome, Pace, UserError

SILENCE = timedelta(seconds=30)
"""A worker that was silent for so long is held for dead, and its orders are taken up by others."""


class PassingTrouble(UserError):
    """The database could not do it at this moment; the same may be tried again."""


class OutdatedVersion(UserError):
    """The database's tables are those of a newer version: nothing more is written by this one."""


class MovedData(UserError):
    """What the database held was moved to another one: no look can be kept here any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookOrder:
    """One look that a worker is to make: a first or second one, or a closing check of a canary.

    `look` None is a check of `surface` and `session` on `platform`; it has no account.
    """

    sweep_id: int
    platform: str
    run: datetime | None = None
    """As `SweepTerms.began` of the run that orders it."""
    account_id: int = 0
    look: LookKind | None = LookKind.FIRST
    fresh_after: date | None = None
    """As `Need.fresh_after` of a first look; None where the account's own policy says it."""
    not_by: frozenset[str] = frozenset()
    """As `Need.not_by` of a second look."""
    not_before: datetime | None = None
    surface: str = ""
    session: str = ""
    address: str = ""
    """Of a check without a login: as sites see the worker that makes it."""

    @property
    def key(self) -> str:
        """Names the order: no two of one key wait at the same time."""
        if self.look is None:
            return f"{self.sweep_id}:check:{self.surface}:{self.session}@{self.address}"
        return f"{self.sweep_id}:{self.look.value}:{self.account_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookResult:
    """What came of a first or second look.

    `reading_id` is None where no surface could be asked.
    """

    sweep_id: int
    account_id: int
    look: LookKind
    reading_id: int | None = None
    paused: Mapping[str, Outcome | str] = field(default_factory=dict)
    """The surfaces that turned the look away, and why."""
    unforeseen: bool = False
    """Whether the look ended with an unforeseen error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepTerms:
    """What holds for all looks of a sweep, as its coordinator has it."""

    sweep_id: int
    began: datetime | None = None
    """When this run of the sweep began, by the database's clock, which says it."""
    until: datetime | None = None
    spared: frozenset[str] = frozenset()
    """As `Need.spared`."""
    canaries: str = ""
    """对照账号 of the coordinator's home, as its file has them."""
    every_looks: int = 50
    every: timedelta = timedelta(minutes=30)
    paces: Mapping[str, Pace] = field(default_factory=dict)
    """By its name each pace that is in force in the coordinator's home."""
    scale: float = 0.0
    """The coordinator's factor on all waits and spans."""
    evidence: str = ""
    """The sign of this run in the coordinator's place of the evidence: that is the workers', too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerCard:
    """What a worker says of itself. `logins` are `WORD:NAME`."""

    name: str
    """Host and home folder: one worker at a time has it."""
    host: str
    process: int
    version: str
    logins: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    address: str = ""
    own_accounts: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """By login that helps with some accounts alone: those accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """A worker that has registered. `seen_at` and `now` are moments of the database's clock."""

    card: WorkerCard
    started_at: datetime
    seen_at: datetime
    now: datetime
    looks: int = 0
    looking_at: Mapping[str, str] = field(default_factory=dict)
    """Key of each order in hand to the moment since which it is."""

    @property
    def alive(self) -> bool:
        return self.now - self.seen_at <= SILENCE


@dataclass(frozen=True, slots=True)
class DatabaseOwner:
    """The home whose data a server's database holds.

    `key` is a random word that its folder alone keeps; `folder` is where that lies.
    """

    key: str
    folder: str


class LookLedger(Protocol):
    """The terms of sweeps, the results of ordered looks, the workers; whose the database is."""

    async def owner(self) -> DatabaseOwner | None:
        """None where no home has taken the database, and for a home's own file."""

    async def take(self, owner: DatabaseOwner, former: DatabaseOwner | None) -> DatabaseOwner:
        """Make it the owner where `former` is it still. Returns whose the database is then."""

    async def begin(self, terms: SweepTerms) -> datetime:
        """A run of a sweep begins; when, by the database's clock.

        Results without a reading are forgotten, so they are asked for again.
        """

    async def terms(self, sweep_id: int) -> SweepTerms | None: ...
    async def accounts(self, orders: Sequence[LookOrder]) -> dict[str, Account]:
        """The ordered accounts as they were frozen, by the orders' keys.

        Left out where the look was made, its sweep does not run, or it lacks the account.
        """

    async def likely_there(self, sweep_id: int, platform: str, limit: int) -> list[Account]:
        """Accounts of the sweep's scope that last answered, by which negatives are controlled."""

    async def repeat_result(self, order: LookOrder) -> None:
        """Let the coordinator collect a result once more, where the look was made."""

    async def keep_result(self, result: LookResult) -> None:
        """Of several results of one look the one with a reading stands."""

    async def take_results(self, sweep_id: int) -> list[LookResult]:
        """The results that came since this was asked last."""

    async def register(self, card: WorkerCard) -> None:
        """UserError where a live worker has announced one of its logins."""

    async def beat(self, card: WorkerCard, looks: int, looking_at: Mapping[str, str]) -> datetime:
        """Say that the worker lives; the database's present moment.

        UserError where the worker is not registered any more. OutdatedVersion.
        """

    async def leave(self, card: WorkerCard) -> None: ...
    async def workers(self) -> list[WorkerState]:
        """Those that have registered and not left, by name."""

    def alone(self) -> AbstractAsyncContextManager[Callable[[], Awaitable[None]]]:
        """While it lasts, no other process sweeps on this database.

        Gives a function that makes sure of it. UserError where another process does.
        """

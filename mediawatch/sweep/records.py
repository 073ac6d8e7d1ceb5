"""The looks of a sweep and what is known by them, whoever makes them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime

from mediawatch.domain import (
    CLOCK_OFF,
    Account,
    AccountState,
    CanaryCheck,
    LookKind,
    Need,
    Outcome,
    Reading,
    Sight,
    Sweep,
)
from mediawatch.log import get_logger
from mediawatch.rules import sentences
from mediawatch.rules.account_policy import account_policy
from mediawatch.sweep.gate.breakers import EXIT_BITS
from mediawatch.sweep.needs import need_of
from mediawatch.sweep.request import Request
from mediawatch.sweep.tools import SweepTools

log = get_logger("mediawatch.sweep.run")

FirstNeed = Callable[[Account], Need]
"""What a first look at an account must show."""


@dataclass(kw_only=True)
class RunCounts:
    """The counts and the exit bits of a run."""

    total: int = 0
    """Accounts in scope."""
    done: int = 0
    """Accounts that have had their first look or need no look."""
    looks: int = 0
    looks_saved: int = 0
    """Accounts that known posts prove fresh."""
    second_looks: int = 0
    """Known second looks that are still to be made."""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    unforeseen: bool = False
    """Whether a look ended with an unforeseen error."""
    clock_off: str = ""
    """How far this machine's clock is off, where a site's replies said so."""

    def note_clock(self, sights: Sequence[Sight]) -> None:
        """Log it once: every look of the run meets the same clock."""
        for sight in sights:
            if sight.detail.startswith(CLOCK_OFF) and not self.clock_off:
                self.clock_off = sight.detail
                log.error(
                    f"{sight.detail}; what is read until it is set proves nothing against any account"
                )

    @property
    def reached_nothing(self) -> bool:
        """Whether looks were made, and no site has answered any."""
        return self.looks > 0 and self.outcomes[Outcome.UNREACHABLE] == self.looks

    @property
    def exit_bits(self) -> int:
        """The run's own exit bits.

        1 for an unforeseen error; that of the network where no site answered any look, even where
        the looks were too few for a breaker.
        """
        return (
            (EXIT_BITS[Outcome.CHANGED] if self.clock_off else 0)
            | (1 if self.unforeseen else 0)
            | (EXIT_BITS[Outcome.UNREACHABLE] if self.reached_nothing else 0)
        )


@dataclass(kw_only=True)
class SweepReadings:
    """The sweep's readings by account, and the accounts' states when the run began."""

    by_account: dict[int, list[Reading]] = field(default_factory=dict)
    states: Mapping[int, AccountState] = field(default_factory=dict)

    def add(self, reading: Reading) -> None:
        self.by_account.setdefault(reading.account_id, []).append(reading)

    def holds(self, reading: Reading) -> bool:
        """Whether this very reading, or what is left of it, is among them."""
        return any(each.id == reading.id for each in self.by_account.get(reading.account_id, ()))

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


class SweepLooks(ABC):
    """How the looks of a sweep are made, and what they have shown.

    `RunLooks` makes them in this process, `OrderedLooks` has workers make them. Which looks are
    made, when again, and how they are judged, is the same for both (`Run`).
    """

    at_once: int
    """Looks of one platform that may be under way at a time."""

    def __init__(self, tools: SweepTools, request: Request, sweep: Sweep) -> None:
        self.tools = tools
        self.request = request
        self.sweep = sweep
        self.counts = RunCounts()
        self.readings = SweepReadings()
        self.checks: list[CanaryCheck] = []
        self.turned_away: dict[int, Mapping[str, Outcome | str]] = {}
        """By account, the surfaces that were paused at its turn, and why."""

    def need_of(self, account: Account) -> Need:
        """What a look at the account must show, by its own policy."""
        return need_of(self.sweep, account_policy(self.request.policy, account.filed))

    def paused_sources(self, account: Account) -> tuple[str, ...]:
        """For the inspector: the sources that could not be asked, and why."""
        turned_away = self.turned_away.get(account.id)
        if not turned_away:
            return ()
        labels = {facts.name: facts.label for facts in self.tools.looker.surfaces(account.platform)}
        clock = sentences.CLOCK_OFF if self.counts.clock_off else ""
        return tuple(
            f"{labels.get(surface, surface)}：{clock or sentences.why_paused(why)}"
            for surface, why in turned_away.items()
        )

    @abstractmethod
    def prepared(
        self, firsts: Mapping[str, Sequence[Account]], need: FirstNeed
    ) -> AbstractAsyncContextManager[None]:
        """Around the looks of the run: what they need stands ready.

        `firsts`: by platform, in the order of urgency, the accounts that need a first look.
        """

    @abstractmethod
    def turns(self, accounts: Sequence[Account]) -> Turns:
        """In which order first looks at these accounts of one platform are made, or are there."""

    @abstractmethod
    async def look(self, account: Account, need: Need, others: Sequence[Account]) -> Reading | None:
        """Look once, and keep the reading at once.

        None where no surface could be tried: all are paused, or nothing is filed to find the
        account by. `others`: the platform's accounts, by which a negative is controlled.
        """

    @abstractmethod
    async def look_again(
        self, account: Account, need: Need, others: Sequence[Account], at: datetime
    ) -> Reading | None:
        """The same from `at` on, or before it where the run ends by then."""

    @abstractmethod
    async def rest(self, platform: str) -> None:
        """The looks of a platform pause: its logins are written back as the site changed them."""

    @abstractmethod
    async def close_batch(self, platform: str, accounts: Sequence[Account]) -> None:
        """Read a canary by each surface that has spoken of these accounts since its last check."""


class Turns(ABC):
    """Whose first look is next. Several ask at the same time."""

    @abstractmethod
    async def next(self) -> Account | None:
        """None at the end."""


class GivenTurns(Turns):
    """One after the other, as they are given."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = iter(accounts)

    async def next(self) -> Account | None:
        """See `Turns.next`."""
        return next(self._accounts, None)


class ResultTurns(Turns):
    """First those that need no look; the others as their results come."""

    def __init__(self, awaited: set[int]) -> None:
        self._awaited = awaited
        self._ready: asyncio.Queue[Account | None] = asyncio.Queue()
        self._left = 0

    def begin(self, accounts: Sequence[Account]) -> None:
        """Give out what needs no look."""
        self._left += len(accounts)
        for account in accounts:
            if account.id not in self._awaited:
                self._ready.put_nowait(account)

    def put(self, account: Account) -> None:
        """The result of its first look has come."""
        self._ready.put_nowait(account)

    async def next(self) -> Account | None:
        """See `Turns.next`."""
        if self._left == 0:
            return None
        self._left -= 1
        return await self._ready.get()

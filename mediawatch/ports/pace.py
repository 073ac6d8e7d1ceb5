"""The book of the pace: turns, breakers and checks of canaries, kept where their users share them.

Two books keep it. `mediawatch.sweep.gate` has the one of a single process, in memory (SQLite).
`db.pace` has rows of PostgreSQL, which all processes of the database share: workers, a plain sweep,
`links import`, `registry search` and `recheck`. There every turn is one transaction by the
database's clock, so the clock of a machine changes nothing, and no lock is held over a visit.

A source is a surface with a session. A visitor's rows belong to the address of the machine, too
(`[worker] address`): sites count visitors by it. A login's rows belong to the login, wherever it is
used.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mediawatch.domain import DayEnd, Outcome, Pace

OVER = "检查时段已结束"


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedSource:
    """One surface with one session ("" for a visitor), and the pace that it goes by."""

    surface: str
    session: str = ""
    pace_name: str
    """As `Visit.pace_name`: several surfaces may share one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRequest:
    """A call that somebody wants to make.

    `pace` is the one in force. Quiet hours are waited for where it has them.
    """

    source: PacedSource
    pace: Pace
    spacing: float = 0.0
    """Seconds from this call to the next one, drawn and scaled by who asks."""
    scale: float = 1.0
    """Factor on the hour, the day and the quiet hours."""
    until: datetime | None = None
    """No call is made from this moment on."""
    check: bool = False
    """A check of a canary or a control: it is made beyond the day's cap and beyond `until`."""
    further: bool = False
    """A further call of a visit that was admitted, at the earliest after `spacing`.

    No breaker and no quiet hours hold it up, and no `until` does where only the distance of two
    calls is waited for.
    """

    @property
    def longest_spacing(self) -> float:
        """Seconds between two calls, at most."""
        return (self.pace.every + self.pace.jitter) * self.scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What became of a request."""

    wait: float = 0.0
    """Seconds until the call may be made.

    Of `take` it is 0 where the turn was taken. A further call's turn is taken ahead of time.
    """
    refusal: Outcome | str = ""
    """Why no call may be made: what opened the breaker, `DAY_FULL` or `OVER`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRest:
    """A breaker that admits visits again after a time."""

    opened_by: Outcome
    left: float
    """Seconds, real ones whatever the scale."""
    rests: int
    """Rests in a row that this run has met, without an answer between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCalls:
    """Calls of an earlier run, as its sights tell them."""

    source: PacedSource
    ago: timedelta
    calls: int
    ends_day: DayEnd | None = None


class BreakerState(Protocol):
    """What a book keeps of one breaker, and what the decision table makes of an outcome."""

    row: list[Outcome]
    last: deque[Outcome]
    opened_by: Outcome | None
    until: float | None
    """Seconds, of the clock that `note` is given."""
    rest: float
    rests: int

    def note(self, outcome: Outcome, session: str, now: float) -> bool:
        """Count one outcome; True when it opens the breaker."""


class TurnBook(Protocol):
    """Turns, caps, ended days and breakers. Reached through `Pacing`.

    It raises what the store raises, after it has waited for a database that does not answer.
    """

    address: str
    """Of this machine, as sites see visitors; "" where nothing says that there are several."""

    def begin_run(self, began: datetime | None = None) -> None:
        """A run begins.

        Breakers that opened before it are tried again. Ended days go on, and so do rests.
        `began`: by the book's clock, where another process began the run; else this moment.
        """

    @property
    def began(self) -> datetime | None:
        """When the run began by the book's clock; None where it has none, or was not asked yet."""

    def recall(self, earlier: Iterable[EarlierCalls], scale: float) -> None:
        """Count calls of before.

        Rows outlive a run: where a pace has any, they are right already.
        """

    def expect(self, request: TurnRequest) -> Turn:
        """What `take` will probably say, from what this process knows. Nothing is taken."""

    async def take(self, request: TurnRequest) -> Turn:
        """Take the turn, if the call may be made now: else the seconds to wait, or the refusal.

        Reasons in their order: an ended day, the breaker, the day's cap, the end of the run.
        """

    async def note(
        self,
        source: PacedSource,
        outcome: Outcome,
        *,
        closes: bool,
        ends_day: DayEnd | None = None,
        declared_closed: bool = False,
    ) -> bool:
        """Note the outcome of a visit; whether it opens the breaker of its source.

        `closes`: whether it closes any breaker, by the decision table.
        """

    async def rest_of(self, surface: str, session: str) -> SourceRest | None:
        """When the breaker of a source admits again; None where it is closed, or no time is set."""

    def open_breakers(self) -> Mapping[tuple[str, str], Outcome]:
        """What is paused, by surface and session, as far as this process knows."""

    async def refresh(self) -> frozenset[Outcome]:
        """Learn what is paused by whoever met it.

        Returns what has opened breakers in this run, surfaces declared closed left out.
        """

    def now(self) -> datetime | None:
        """The book's moment; None where it has none (yet): then no run has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSource:
    """What a check of a canary speaks for: a surface with a session, in one sweep.

    `sweep_id` is None outside of sweeps (`doctor`).
    """

    surface: str
    session: str = ""
    sweep_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIntervals:
    """How often a canary is read: after so many looks, or after so long."""

    looks: int
    looks_after_bad: int
    """After a check that did not read well: the next one withdraws what follows, so it is soon."""
    every: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStanding:
    """What is known of the checks of a source."""

    fresh: bool = True
    """Whether the last check read well."""
    fits: bool = False
    """Whether a canary was read by it before.

    If no canary can be read any more, our login or the surface is gone.
    """
    login: str = ""
    """The fingerprint of the login of the last check: it says nothing of a newer login."""
    turn: int = 0
    """The number of the next canary: they take turns, for one look is enough at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTurn:
    """Whether a look or a check may begin."""

    standing: CheckStanding
    check: bool = False
    """A check must be made first, and it is the asker's: `end_check` must follow."""
    wait: float = 0.0
    """Seconds after which to ask again, where somebody else is at a check."""
    renew_after: float = 0.0
    """Seconds after which the asker must say that it is still at it; 0: never."""


class CheckBook(Protocol):
    """Whose turn it is to read a canary, and what the checks showed. Reached through `CanaryGate`.

    Where processes share it, a check is lent to one of them for a time of the book's clock. What a
    process was lent that has died is free again after that time.
    """

    address: str
    """As `TurnBook.address`."""

    async def begin_look(self, source: CheckedSource, intervals: CheckIntervals) -> CheckTurn:
        """Count a look by this source, unless a check comes first."""

    async def begin_check(self, source: CheckedSource) -> CheckTurn:
        """The same for a check that is wanted now, as at the end of a batch."""

    async def renew_check(self, source: CheckedSource) -> None:
        """The asker is still at the check."""

    async def end_check(self, source: CheckedSource, found: CheckStanding, looks: int) -> None:
        """What the check showed; others may look from now on. So many looks follow at once."""

    async def note_login(self, source: CheckedSource, login: str) -> None:
        """A look was made with this login: a check by another one says nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """A surface answered for an account, by a page: it vouches for its negatives."""

    surface: str
    session: str = ""
    dated: bool
    """Whether posts were shown: only such a list vouches for an empty one."""
    account_id: int
    name: str
    """As it is filed."""


class AnswerBook(Protocol):
    """What surfaces answered lately, whoever asked. Reached through `Controls`.

    What a visitor was shown at another address says nothing of this one.
    """

    async def note_answer(self, answer: PageAnswer) -> None: ...
    async def find_answer(
        self, surface: str, session: str, *, dated: bool, within: timedelta
    ) -> PageAnswer | None:
        """The newest answer of the last time, by the book's clock."""


class PaceBook(TurnBook, CheckBook, AnswerBook, Protocol):
    """The whole book that the processes of a database share, as one process at one address."""

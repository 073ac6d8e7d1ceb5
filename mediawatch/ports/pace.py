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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mediawatch.domain import DayEnd, Outcome, Pace


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
    spacing: float
    """Seconds from this call to the next one, drawn and scaled by who asks."""
    scale: float = 1.0
    """Factor on the hour, the day and the quiet hours."""
    until: datetime | None = None
    """No call is made from this moment on."""
    check: bool = False
    """A check of a canary or a control: it is made beyond the day's cap and beyond `until`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What became of a request."""

    wait: float = 0.0
    """Seconds until the call may be made. Of `take` it is 0 where the turn was taken."""
    refusal: Outcome | str = ""
    """Why no call may be made: what opened the breaker, or a reason in Chinese (`DAY_FULL`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRest:
    """A source that limits us, and opens again."""

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


class TurnBook(Protocol):
    """Turns, caps, ended days and breakers. Reached through `Pacing`.

    It raises what the store raises, after it has waited for a database that does not answer.
    """

    def recall(self, earlier: Iterable[EarlierCalls], scale: float) -> None:
        """Count calls of before.

        Rows outlive a run: of a pace that has any, what it has already is right.
        """

    def begin_run(self, began: datetime | None = None) -> None:
        """A run begins: breakers that opened before it try again; ended days and rests go on.

        `began`: by the book's clock, where another process began the run; else this moment.
        """

    def expect_wait(self, request: TurnRequest) -> Turn:
        """What `take` will probably say, from what this process knows. Nothing is taken."""

    async def take(self, request: TurnRequest) -> Turn:
        """Take the turn, if the call may be made now: else the seconds to wait, or the refusal.

        Ended days come first, then the breaker, the day's cap, the end, distance and hour's cap.
        """

    async def take_further(self, request: TurnRequest, *, wait_at_most: float | None) -> Turn:
        """Take the turn of a further call of a visit, ahead of time: the seconds until then.

        Breakers do not hold it up. `DAY_FULL`, or that the end comes first, is a refusal. A wait
        of `wait_at_most` seconds is made past the end; None: no wait is.
        """

    async def note(
        self, source: PacedSource, outcome: Outcome, *, ends_day: DayEnd | None, silent: bool
    ) -> bool:
        """Note the outcome of a visit; whether it opens the breaker of its source.

        `silent`: of a surface declared closed, whose refusals set no exit bit.
        """

    async def rest_of(self, source: PacedSource) -> SourceRest | None:
        """The rest of a source that limits us; None where it does not rest."""

    def open_breakers(self) -> Mapping[tuple[str, str], Outcome]:
        """What is paused, by surface and session, as far as this process knows."""

    async def refresh(self) -> int:
        """Learn what is paused now by whoever met it; the exit bits of what opened in this run."""

    def now(self) -> datetime | None:
        """The book's moment; None where no clock was given (then runs have no end)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSource:
    """What one canary check speaks for: a surface with a session, in one sweep.

    `sweep_id` is None outside of sweeps (`doctor`): such checks are shared with nobody.
    """

    surface: str
    session: str = ""
    sweep_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIntervals:
    """How often a canary is read: after so many looks, or after so long."""

    looks: int
    looks_if_bad: int
    """After a check that did not read well: the next one withdraws what follows, so it is soon."""
    every: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStanding:
    """What is known of the checks of a source."""

    looks: int = 0
    """Since the last check, whoever made them."""
    fresh: bool = True
    """Whether that check read well."""
    checked_at: datetime | None = None
    """None: a check is due, whatever was counted."""
    fits: bool = False
    """Whether a canary was read by it before.

    If no canary can be read any more, our login or the surface is gone.
    """
    login: str = ""
    """The fingerprint of the login of the last check: it says nothing of a newer login."""
    turn: int = 0
    """The number of the next canary: they take turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTurn:
    """Whether a look may begin."""

    due: CheckStanding | None = None
    """A check must be made first, and it is the asker's: `end_check` must follow."""
    wait: float = 0.0
    """Seconds after which to ask again, where somebody else is at a check."""


class CheckBook(Protocol):
    """Whose turn it is to read a canary, and what the checks showed. Reached through `CanaryGate`.

    A check is lent to one process for `LENT` seconds of the book's clock, and `renew_check` extends
    that. What a dead process was lent is free again after that time.
    """

    async def begin_look(self, source: CheckedSource, intervals: CheckIntervals) -> CheckTurn:
        """Count a look by this source, unless a check comes first."""

    async def begin_check(self, source: CheckedSource) -> CheckTurn:
        """The same for a check that is wanted now, as at the end of a batch."""

    async def renew_check(self, source: CheckedSource) -> None: ...
    async def end_check(self, source: CheckedSource, found: CheckStanding) -> None:
        """What the check showed; others may look from now on.

        The book dates it: `checked_at` of `found` only says whether it was made.
        """

    async def note_login(self, source: CheckedSource, login: str) -> None:
        """A look was made with this login: a check by another one says nothing of it."""


class PaceBook(TurnBook, CheckBook, Protocol):
    """The whole book of one process, at one address."""

    address: str
    """Of this machine, as visitors have it; "" where all share one."""

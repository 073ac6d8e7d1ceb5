"""What is kept about the runs themselves: nights, alerts, backups.

Counts and sentences, no readings and no contacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mediawatch.domain.outcomes import Outcome

_VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class SourcePause:
    """A source whose breaker was open, as a night keeps it: `surface session: outcome`.

    The session is `visitor` for no login.
    """

    surface: str
    session: str
    outcome: Outcome

    def __str__(self) -> str:
        return f"{self.surface} {self.session or _VISITOR}: {self.outcome.value}"

    @classmethod
    def parse(cls, text: str) -> SourcePause:
        surface, _, rest = text.partition(" ")
        session, _, outcome = rest.rpartition(": ")
        return cls(surface, "" if session == _VISITOR else session, Outcome(outcome))


class FindingChangeKind(StrEnum):
    """What became of a finding since its account was last judged conclusively."""

    NEW = "new"
    STILL = "still"
    GONE = "gone"
    UNSETTLED = "unsettled"
    """It stood, and this time nothing was proved either way."""

    @property
    def label(self) -> str:
        return {"new": "新增", "still": "仍存在", "gone": "已消失", "unsettled": "本次未能复核"}[
            self.value
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """A finding next to its account's last conclusive judgement.

    `type` as filed, `label` the policy's words for the code.
    """

    turn: FindingChangeKind
    name: str
    type: str
    label: str


class Ending(StrEnum):
    """How a run came to its end."""

    COMPLETE = "complete"
    """Judged; what was not looked at was settled, or could not be."""
    OUT_OF_TIME = "out_of_time"
    """Judged, but `--until` came before all that was due."""
    STOPPED = "stopped"
    """By a person or by the host: Ctrl-C, SIGTERM."""
    FAILED = "failed"
    """By an error."""
    KILLED = "killed"
    """It recorded no end: it was killed, or the machine went down."""

    @property
    def has_judgement(self) -> bool:
        return self in (Ending.COMPLETE, Ending.OUT_OF_TIME)

    @property
    def label(self) -> str:
        labels = ("已完成", "因检查时段结束而止", "被停止", "出错中止", "异常中断")
        return dict(zip(Ending, labels, strict=True))[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRun:
    """One run of `mediawatch sweep`."""

    started_at: datetime
    sweep_id: int | None = None
    """None where it ended before there was a sweep, and where it was killed."""
    ended_at: datetime | None = None
    """None while it runs, and for good where it was killed."""
    ending: Ending | None = None
    """None while it runs, and of a killed one until the next begins."""
    why: str = ""
    """The signal that stopped it, or the error that ended it.

    A foreseen error gives its sentence, any other its kind. For the operator.
    """
    exit_code: int | None = None
    """The OR of the documented bits; None where nothing was judged."""
    left: int = 0
    """Accounts that were due, and that no surface could be asked about."""
    looks: Mapping[str, int] = field(default_factory=dict)
    """By `platform outcome`."""
    verdicts: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why accounts are unproven: the judgements' sentences without their days."""
    turns: Mapping[str, int] = field(default_factory=dict)
    """Findings by `FindingChangeKind`."""
    breakers: tuple[str, ...] = ()
    """Still open when it ended; the texts of `SourcePause`."""
    id: int = 0


class AlertState(StrEnum):
    """How far an alert has got.

    No alert is sent twice to one place, so one whose sending was cut short is dropped.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given_up"
    """Its sending was cut short, or it grew too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A message to one place.

    `key` says what it is about, `place` is a fingerprint of the secret URL: together they are
    unique.
    """

    key: str
    place: str
    title: str
    body: str
    made_at: datetime
    state: AlertState = AlertState.WAITING
    tried_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was completed. `size` in bytes."""

    at: datetime
    place: str
    files: int
    size: int

"""What the calendar of an inspection is made from, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mediawatch.rules.policy import Policy


class StepName(StrEnum):
    """The steps of an inspection, in their order."""

    NIGHTS = "夜间核查"
    LINKS = "征集链接"
    LOOK = "正式检查"
    PEOPLE = "人工核查"
    HEARING = "下发核实"
    REVIEW = "会商认定"
    ISSUE = "签发通报"
    RECTIFICATION = "督促整改"
    RECHECK = "复查"
    CLOSING = "办结归档"


class StepState(StrEnum):
    """Where a step stands."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    SKIPPED = "skipped"
    """Its time is over, and nothing was done."""
    LEFT = "left"
    """Its time is over, and something of it was left undone."""

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]

    @property
    def is_over(self) -> bool:
        return self not in (StepState.NOW, StepState.LATER)


_STATE_LABELS = {
    StepState.DONE: "已完成",
    StepState.NOW: "进行中",
    StepState.LATER: "未开始",
    StepState.SKIPPED: "未进行",
    StepState.LEFT: "未完成",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarStep:
    """One step of an inspection. What an inspector reads is Chinese."""

    name: StepName
    state: StepState
    days: str = ""
    figures: str = ""
    command: str = ""
    """What is to be typed now; "" where nothing is."""
    why: str = ""
    """What that does, or what is waited for."""
    pressing: bool = False
    """Whether we have to act now. Where others have to, a later step may come before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The one thing to do now."""

    text: str
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectCounts:
    """The findings of an inspection by what is to be done about them. Hints are left out."""

    to_send: int = 0
    """They must be sent down to their units, and are not yet."""
    unanswered: int = 0
    """Sent down; the term is running."""
    overdue: int = 0
    """Sent down; the term is over without an answer, and nobody noted that."""
    to_decide: int = 0
    """Nothing more is waited for: a person decides."""
    confirmed: int = 0
    dismissed: int = 0
    unheard: int = 0
    """Of the confirmed ones those that had to be sent down, and were not."""
    term: date | None = None
    """The last Beijing day of the hearings that run."""
    sent_on: date | None = None
    """The Beijing day on which the first of them was sent down."""
    decided_on: tuple[date, ...] = ()
    """The Beijing days on which something was confirmed or dismissed, oldest first."""

    @property
    def undecided(self) -> int:
        return self.to_send + self.unanswered + self.overdue + self.to_decide

    @property
    def total(self) -> int:
        return self.undecided + self.confirmed + self.dismissed


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepProgress:
    """How far the inspection's own sweep is."""

    id: int
    finished: bool
    running: bool = False
    """Whether a process works on it now."""
    unanswered: bool = False
    """Whether no site answered any look: it is to be made again."""
    options: str = ""
    """What must be typed besides its moment, so that it is gone on with."""
    total: int = 0
    """Accounts in scope."""
    looked_at: int = 0
    """Accounts that it looked at; only while it is unfinished."""
    rows: int = 0
    """Accounts that only people can settle."""
    suspects: SuspectCounts = SuspectCounts()

    @property
    def is_clean(self) -> bool:
        """Whether it is settled, and nothing is held against anybody."""
        counts = self.suspects
        return self.finished and not (self.rows or counts.undecided or counts.confirmed)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeProgress:
    """What became of a notice."""

    number: str
    issued_on: date
    rectify_by: date | None = None
    report_by: date | None = None
    items: int = 0
    """Items that still stand."""
    rows: int = 0
    """Accounts that only people could settle, and nobody had when it was issued."""
    asked: bool = False
    """Whether the forms in which units report went out."""
    reported: int = 0
    not_rechecked: int = 0
    unsettled: int = 0
    """Re-checked items whose problem stands, or could not be verified."""
    corrections: int = 0
    """Corrections that are due."""
    appeals: int = 0
    """复核 that wait for their opinion."""
    appeals_by: date | None = None
    """The first day by which one of them is decided in time."""
    closed: bool = False
    archived: bool = False
    published: bool = False
    outdated_places: int = 0
    """Places of publication that still show what was corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftProgress:
    """What became of the draft of a notice that waits."""

    label: str
    sweep: int
    signed_on: date | None = None
    """签发日期; None where nobody has signed it."""
    changed: bool = False
    """Whether it would print something else by now: a signature is void, and it is drawn up anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionFacts:
    """Where an inspection stands."""

    now: datetime
    policy: Policy
    as_of: datetime | None = None
    """Its 监测时间点; None where no inspection was made, and none is set."""
    next_as_of: datetime | None = None
    """The set moment of the next inspection, where that has not come."""
    accounts: int = 0
    """In service."""
    proved: int = 0
    """Those of them that need no further proof that they are fresh at `as_of`."""
    last_night: datetime | None = None
    """When the newest nightly sweep began."""
    nights: int = 0
    """Nightly sweeps in the nights that can prove something for `as_of`."""
    links: bool = False
    """Whether links were taken in within these nights."""
    reminders: bool = False
    """Whether an inspection was finished before, from which units can be asked."""
    sweep: SweepProgress | None = None
    notice: NoticeProgress | None = None
    draft: DraftProgress | None = None
    """The draft of its notice, while it waits."""
    approval: bool = False
    """Whether the office issues only what was signed."""
    others: tuple[NoticeProgress, ...] = ()
    """Open notices of other inspections, oldest first."""
    demonstration: bool = False
    """Whether its accounts are made up, so that no command looks at them."""
    workers: bool = False
    """Whether the newest sweep had workers look: the next one is proposed so."""
    unissued: int | None = None
    """The inspection before, by its sweep, where it still waits for its notice."""

"""核实: the hearing of a unit about what is held against it, before a finding is confirmed.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from mediawatch import workdays
from mediawatch.domain import Code, Effect, Finding, ReviewAction, ReviewEvent, Stance, is_about
from mediawatch.domain.clock import day_of
from mediawatch.rules.policy import HearingRule

HEARD = frozenset(
    {
        Code.NOT_FOUND,
        Code.CANCELLED_NOT_CLOSED,
        Code.BANNED,
        Code.RENAMED_UNREPORTED,
        Code.NAME_MISMATCH,
        Code.OWNER_MISMATCH,
    }
)
"""What is confirmed after a hearing even where it is only listed."""
SILENCES = frozenset({Code.STALE_2W, Code.STALE_3M, Code.STALE_6M, Code.ZOMBIE, Code.EMPTY_ACCOUNT})


class HearingState(StrEnum):
    """How far the hearing about a finding, as it says now, has come."""

    NOT_SENT = "not_sent"
    RUNNING = "running"
    AGREED = "agreed"
    DISPUTED = "disputed"
    OVERDUE = "overdue"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def has_ended(self) -> bool:
        return self in (HearingState.AGREED, HearingState.DISPUTED, HearingState.OVERDUE)


_LABELS = {
    HearingState.NOT_SENT: "未下发核实", HearingState.RUNNING: "核实中", HearingState.AGREED: Stance.AGREES.value,
    HearingState.DISPUTED: Stance.DISPUTES.value, HearingState.OVERDUE: ReviewAction.OVERDUE.label,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hearing:
    """The hearing about one finding.

    `term` is its last Beijing day, None before it is sent down.
    """

    state: HearingState
    term: date | None = None

    @property
    def label(self) -> str:
        running = self.state is HearingState.RUNNING and self.term
        return f"{self.state.label}（反馈期限{self.term}）" if running else self.state.label

    def is_over(self, now: datetime) -> bool:
        """Whether the term has passed without an answer."""
        return (
            self.state is HearingState.RUNNING and self.term is not None and day_of(now) > self.term
        )


def is_required(finding: Finding, rule: HearingRule) -> bool:
    """Whether the finding may only be confirmed after a hearing.

    That a notice was not reposted is always heard: the unit may have done so where nobody looked.
    """
    if finding.effect is Effect.HINT:
        return False
    accuses = (
        finding.effect is Effect.FAILS or finding.code in HEARD or finding.code.found_by_people
    )
    return (rule.required and accuses) or finding.code is Code.NOT_REPOSTED


def term_of(sent_at: datetime, rule: HearingRule) -> date:
    """The last Beijing day on which a unit may answer what was sent down at `sent_at`."""
    return workdays.working_days_after(day_of(sent_at), rule.working_days)


def by_weekdays(sent_at: datetime, term: date) -> tuple[int, ...]:
    """The years of a term whose calendar is unknown, so that Monday to Friday were counted."""
    years = range(day_of(sent_at).year, term.year + 1)
    return tuple(year for year in years if not workdays.knows(year))


def hearing_of(events: Iterable[ReviewEvent], finding: Finding, rule: HearingRule) -> Hearing:
    """The hearing about the facts that the finding says now, by its events, oldest first.

    What was sent down or answered about other facts is no hearing about these. Of each person the
    newest answer stands; where two persons differ, the unit disputes. An answer that does not say
    whether it disputes is taken for one that does.
    """
    sent: ReviewEvent | None = None
    answers: dict[str, Stance] = {}
    overdue = False
    for event in events:
        if not is_about(event, finding):
            continue
        match event.action:
            case ReviewAction.DISPATCHED:
                # A unit that disputed has had its hearing: a second dispatch does not make it
                # silent.
                sent, answers, overdue = (
                    event,
                    {by: said for by, said in answers.items() if said is Stance.DISPUTES},
                    False,
                )
            case ReviewAction.ANSWERED:
                answers[event.by] = event.stance or Stance.DISPUTES
            case ReviewAction.OVERDUE:
                overdue = True
    if sent is None:
        return Hearing(HearingState.NOT_SENT)
    term = sent.term or term_of(sent.at, rule)
    if answers:
        disputed = Stance.DISPUTES in answers.values()
        return Hearing(HearingState.DISPUTED if disputed else HearingState.AGREED, term)
    return Hearing(HearingState.OVERDUE if overdue else HearingState.RUNNING, term)


def is_read_late(
    finding: Finding, read_at: Iterable[datetime], as_of: datetime, rule: HearingRule
) -> bool:
    """Whether a silence rests on a look long after `as_of`.

    Posts may have been deleted or withdrawn since.
    """
    return finding.code in SILENCES and any(
        at - as_of > timedelta(days=rule.late_days) for at in read_at
    )

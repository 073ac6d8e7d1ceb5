"""审核: what people decide about findings. Every decision is an event; a finding's state follows from its events alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mediawatch.domain.judgements import Code, ReviewState


class ReviewAction(StrEnum):
    """What was done about a finding."""

    DISPATCHED = "dispatched"
    """下发核实: sent down to its unit or region."""
    ANSWERED = "answered"
    """Its unit explained; that alone decides nothing."""
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REOPENED = "reopened"
    """A decision was taken back."""

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Mapping[ReviewAction, str] = {
    ReviewAction.DISPATCHED: "下发核实", ReviewAction.ANSWERED: "单位反馈", ReviewAction.CONFIRMED: "认定",
    ReviewAction.DISMISSED: "排除", ReviewAction.REOPENED: "重新审核",
}  # fmt: skip
_LEADS_TO: Mapping[ReviewAction, ReviewState] = {
    ReviewAction.DISPATCHED: ReviewState.DISPATCHED, ReviewAction.CONFIRMED: ReviewState.CONFIRMED,
    ReviewAction.DISMISSED: ReviewState.DISMISSED, ReviewAction.REOPENED: ReviewState.OPEN,
}  # fmt: skip
DECIDED = (ReviewState.CONFIRMED, ReviewState.DISMISSED)
ALL_DISMISSED = "疑似问题经人工审核排除。"
"""What a judgement says of an account that nothing is held against any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEvent:
    """One thing that a named person did about a finding. Never updated.

    The finding goes by sweep, account and code, which survive a new judgement; `sentence` is what it said then. `source` is the
    file that an answer came in or a dispatch went out with.
    """

    sweep_id: int
    account_id: int
    code: Code
    action: ReviewAction
    at: datetime
    by: str
    reason: str = ""
    source: str = ""
    sentence: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What the events of one finding come to. `by` is the event that gave the state, None for a finding nobody touched."""

    state: ReviewState
    by: ReviewEvent | None = None
    outdated: bool = False
    """`by` decided about another sentence: the finding is open again."""


def standing(events: Iterable[ReviewEvent], sentence: str) -> Standing:
    """The state of a finding that says `sentence` now, by its events, oldest first.

    A decision holds for the words it was made about. Another sentence (a newer date, another name) has not been decided.
    """
    moved = [event for event in events if event.action in _LEADS_TO]
    if not moved:
        return Standing(ReviewState.OPEN)
    last = moved[-1]
    state = _LEADS_TO[last.action]
    if state in DECIDED and last.sentence != sentence:
        return Standing(ReviewState.OPEN, last, outdated=True)
    return Standing(state, last)

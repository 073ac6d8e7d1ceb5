"""审核: what people decide about findings.

Every decision is an event; a finding's state follows from its events alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from unicodedata import normalize

from mediawatch.domain.judgements import Code, Facts, Finding, ReviewState


class ReviewAction(StrEnum):
    """What was done about a finding."""

    DISPATCHED = "dispatched"
    """下发核实: sent down to its unit or region."""
    ANSWERED = "answered"
    """Its unit explained; that alone decides nothing."""
    OVERDUE = "overdue"
    """逾期未反馈: the term of the hearing ended without an answer."""
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REOPENED = "reopened"
    """A decision was taken back."""

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Mapping[ReviewAction, str] = {
    ReviewAction.DISPATCHED: "下发核实", ReviewAction.ANSWERED: "单位反馈", ReviewAction.OVERDUE: "逾期未反馈",
    ReviewAction.CONFIRMED: "认定",
    ReviewAction.DISMISSED: "排除", ReviewAction.REOPENED: "重新审核",
}  # fmt: skip
_LEADS_TO: Mapping[ReviewAction, ReviewState] = {
    ReviewAction.DISPATCHED: ReviewState.DISPATCHED, ReviewAction.CONFIRMED: ReviewState.CONFIRMED,
    ReviewAction.DISMISSED: ReviewState.DISMISSED, ReviewAction.REOPENED: ReviewState.OPEN,
}  # fmt: skip
DECIDED = (ReviewState.CONFIRMED, ReviewState.DISMISSED)
ALL_DISMISSED = "疑似问题经人工审核排除。"
"""What a judgement says of an account once nothing is held against it any more."""


class Excuse(StrEnum):
    """Why an account is not blamed although the finding may be true.

    The reviewer chooses one when dismissing or exempting.
    """

    WITHDRAWN_POST = "已发布后撤稿"
    LIMITED = "平台限制发布"
    MOVING = "迁移/更名审核中"
    TRANSFERRED = "机构划转"
    APPROVED_PAUSE = "经批准停更"


class Stance(StrEnum):
    """What a unit answers in a hearing."""

    AGREES = "无异议"
    DISPUTES = "有异议"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPicture:
    """A picture that a unit filed with its answer, in the evidence folder.

    It is for the reviewer's eyes; no reading follows from it.
    """

    path: str
    sha256: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEvent:
    """One thing that a named person did about a finding. Never updated.

    The finding goes by sweep, account and code, which survive a new judgement; `facts` are what it
    said then, `sentence` in which words. `source` is the file that an answer came in or a dispatch
    went out with.
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
    facts: Facts | None = None
    """None in events older than this field whose finding was already gone."""
    excuse: Excuse | None = None
    """Of a dismissal."""
    stance: Stance | None = None
    """Of an answer."""
    term: date | None = None
    """Of a dispatch: the last Beijing day of the hearing."""
    unheard: bool = False
    """Of a confirmation: it was made without a hearing of the unit, for the reason given."""
    pictures: tuple[ReviewPicture, ...] = ()
    """Of an answer."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """What the events of one finding come to.

    `by` is the event that gave the state; None for an untouched finding.
    """

    state: ReviewState
    by: ReviewEvent | None = None
    outdated: bool = False
    """`by` decided about other facts: the finding is open again."""

    @property
    def excuse(self) -> str:
        """With which excuse it is dismissed; "" for none."""
        return (
            self.by.excuse.value
            if self.state is ReviewState.DISMISSED and self.by and self.by.excuse
            else ""
        )


def review_standing(events: Iterable[ReviewEvent], finding: Finding) -> ReviewStanding:
    """The state of a finding as it is now, by its events, oldest first.

    A decision holds for the facts it was made about, in whatever words. Other facts (a newer date,
    another name) have not been decided.
    """
    moved = [event for event in events if event.action in _LEADS_TO]
    if not moved:
        return ReviewStanding(ReviewState.OPEN)
    last = moved[-1]
    state = _LEADS_TO[last.action]
    if state in DECIDED and not is_about(last, finding):
        return ReviewStanding(ReviewState.OPEN, last, outdated=True)
    return ReviewStanding(state, last)


def is_about(event: ReviewEvent, finding: Finding) -> bool:
    """Whether an event is about the facts that the finding says now.

    The words are compared where no facts were kept, whatever the width of their punctuation.
    """
    if event.facts:
        return event.facts.agree(finding.facts)
    return normalize("NFKC", event.sentence) == normalize("NFKC", finding.sentence)

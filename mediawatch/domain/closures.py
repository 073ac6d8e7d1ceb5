"""关停: the steps by which an account is closed, as an office notes them (关停台账)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mediawatch.domain.evidence import Evidence


class ClosureStep(StrEnum):
    """The steps in the order in which they are taken."""

    APPROVAL = "approval"
    ANNOUNCEMENT = "announcement"
    DEREGISTRATION = "deregistration"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        return {
            ClosureStep.APPROVAL: "批准",
            ClosureStep.ANNOUNCEMENT: "停更公告",
            ClosureStep.DEREGISTRATION: "平台注销证明",
            ClosureStep.SYSTEM: "系统关停",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureNote:
    """What somebody noted of one step. Never updated: the newest note of a step stands."""

    account_id: int
    step: ClosureStep
    on: date | None
    """The Beijing day on which the step was taken; None: an earlier note of it is taken back."""
    approver: str = ""
    """Of an approval: the body or the person who gave it."""
    link: str = ""
    """Of an announcement: where it stands."""
    reason: str = ""
    """Why it differs from an earlier note of the step."""
    proof: Evidence | None = None
    """A picture or PDF that shows it."""
    by: str
    """Who noted it."""
    at: datetime
    id: int = 0

"""拟稿和签发: what a notice would print before it is issued, and who signed that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class NameOmission(StrEnum):
    """How the circular leaves out the name of an account that stays in every count."""

    UNNAMED = "unnamed"
    LETTER = "letter"
    """Its unit gets a letter of its own."""

    @property
    def label(self) -> str:
        return _OMISSIONS[self]


_OMISSIONS: Mapping[NameOmission, str] = {
    NameOmission.UNNAMED: "不在正文点名", NameOmission.LETTER: "另行函告",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class UnnamedAccount:
    """An account of a draft that is not named, by whose word, and why."""

    account_id: int
    how: NameOmission
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftApproval:
    """签发: the leader's signature under a draft, on a Beijing day; `by` is the leader."""

    by: str
    on: date
    at: datetime
    """When it was noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDraft:
    """拟稿 of a sweep's notice. Never changed: another wording, or another name left out, is the
    next draft. The newest one of a sweep counts until it is issued.
    """

    sweep_id: int
    title: str
    addressees: str = ""
    """主送机关."""
    copies: str = ""
    """抄送机关."""
    publicity: str = ""
    """公开属性."""
    rectify_by: str = ""
    """整改期限 as it was given: a day, or +10工作日 from the day of issue."""
    report_by: str = ""
    """报送期限, likewise."""
    preliminary: bool = False
    leave_out_open: bool = False
    again: str = ""
    """Why accounts of an earlier notice of the sweep stand in it."""
    by: str
    at: datetime
    content: Mapping[str, Any]
    """All that it would print, as `publish.notices.drafting` tells it: what the leader signs."""
    unnamed: Sequence[UnnamedAccount] = ()
    approval: DraftApproval | None = None
    notice_number: str = ""
    """The notice that it became; "" while it waits."""
    id: int = 0

    @property
    def label(self) -> str:
        """How commands name it."""
        return f"稿{self.id}"


def open_draft(drafts: Sequence[NoticeDraft], sweep_id: int) -> NoticeDraft | None:
    """The draft of a sweep that waits to be signed or issued; `drafts` are oldest first."""
    waiting = waiting_drafts(drafts, sweep_id)
    return waiting[-1] if waiting else None


def waiting_drafts(drafts: Sequence[NoticeDraft], sweep_id: int) -> list[NoticeDraft]:
    """The drafts of a sweep since its last issue, oldest first; the last one counts."""
    own = [draft for draft in drafts if draft.sweep_id == sweep_id]
    issued = max((draft.id for draft in own if draft.notice_number), default=0)
    return [draft for draft in own if draft.id > issued]


def omissions_of(drafts: Sequence[NoticeDraft], sweep_id: int) -> dict[int, str]:
    """By account of a sweep how its name is left out, as the newest draft has it."""
    own = [draft for draft in drafts if draft.sweep_id == sweep_id]
    return {each.account_id: each.how.label for each in own[-1].unnamed} if own else {}

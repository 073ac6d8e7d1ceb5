"""通报: what was issued against which accounts, and everything that became of it.

A notice and its items never change; events follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from mediawatch.domain.accounts import Filing
from mediawatch.domain.judgements import Code, Effect, Finding, Verdict


@dataclass(frozen=True, slots=True)
class IssuedFinding:
    """One confirmed finding as it was issued.

    `evidence` are the SHA-256 hashes of what proved it.
    """

    finding: Finding
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """One account of a notice, as filed then, with all that was held against it."""

    number: int
    """Its place in the notice, from 1."""
    filed: Filing
    problem: str
    """存在的突出问题 as printed."""
    fails: bool
    """不合格; False for 其他需关注情形."""
    account_id: int | None = None
    """None for an account of another system's notice that our registry lacks."""
    findings: tuple[IssuedFinding, ...] = ()
    """None for another system's notice: it has the printed words alone."""
    result: str = ""
    """复查结果, where another system's annex has that column."""
    unnamed: str = ""
    """How the circular leaves its name out (不在正文点名, 另行函告); "" where it is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """通报. Days are Beijing's; `number` is its 文号 and names it."""

    number: str
    title: str
    issued_on: date
    rectify_by: date | None = None
    """整改期限."""
    report_by: date | None = None
    """报送期限."""
    sweep_id: int | None = None
    """None for a notice that another system issued."""
    preliminary: bool = False
    """It was issued while something was still 待人工核查."""
    by: str
    kept_at: datetime
    source: str = ""
    """The file that another system's notice came in."""
    again: str = ""
    """Why accounts of an earlier notice of the same sweep stand in it; "" where no account does."""
    addressees: str = ""
    """主送机关."""
    copies: str = ""
    """抄送机关."""
    publicity: str = ""
    """公开属性."""
    draft_id: int | None = None
    """The draft that it was; None where it was issued in one step."""
    items: tuple[NoticeItem, ...] = ()
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedDocument:
    """A version of a notice's hand-off, byte for byte.

    1 is the original; each correction makes the next one.
    """

    version: int
    sha256: str
    body: str
    """UTF-8 text of `mediawatch.handoff/1`."""
    at: datetime


class NoticeAction(StrEnum):
    """What was done about a notice or one of its items."""

    CORRECTED = "corrected"
    """更正: findings of an item were withdrawn."""
    APPEALED = "appealed"
    """提出复核: a unit asked that an item be looked into again."""
    UPHELD = "upheld"
    """The 复核 found for the unit: the item, or what `codes` name of it, is to be withdrawn."""
    REJECTED = "rejected"
    """The 复核 maintained the item."""
    ASKED = "asked"
    """反馈表发出: forms to report in were written for its units; `reason` says how many."""
    REPORTED = "reported"
    """整改反馈: its unit reported; that alone settles nothing."""
    RECHECKED = "rechecked"
    CLOSED = "closed"
    ARCHIVED = "archived"
    """归档: somebody took in the notice's file (案卷); `source` is its SHA-256, `reason` its 档号."""
    PUBLISHED = "published"
    """发布 at a `place`, whose address is the `source`, of a `version`."""
    TAKEN_DOWN = "taken_down"
    """撤稿: a `place` shows it no more."""
    REPLACED = "replaced"
    """替换: a `place` shows the corrected `version`; `source` is its address."""

    @property
    def label(self) -> str:
        return _ACTIONS[self]


_ACTIONS: Mapping[NoticeAction, str] = {
    NoticeAction.CORRECTED: "更正", NoticeAction.APPEALED: "提出复核",
    NoticeAction.UPHELD: "复核意见：不予维持", NoticeAction.REJECTED: "复核意见：维持",
    NoticeAction.ASKED: "反馈表发出", NoticeAction.REPORTED: "整改反馈", NoticeAction.RECHECKED: "复查", NoticeAction.CLOSED: "办结",
    NoticeAction.ARCHIVED: "归档", NoticeAction.PUBLISHED: "发布", NoticeAction.TAKEN_DOWN: "撤稿", NoticeAction.REPLACED: "替换",
}  # fmt: skip


class Rectification(StrEnum):
    """复查结果."""

    DONE = "done"
    NOT_DONE = "not_done"
    DEREGISTERED = "deregistered"
    """By the platform's own word, or by a person who looked."""
    FILED_AS_CLOSED = "filed_as_closed"
    NOT_FILED = "not_filed"
    """No longer in the registry."""
    UNVERIFIED = "unverified"

    @property
    def label(self) -> str:
        return _RESULTS[self]

    @property
    def settles(self) -> bool:
        """Whether the problem is over: what is found later is another one."""
        return self not in (Rectification.NOT_DONE, Rectification.UNVERIFIED)


_RESULTS: Mapping[Rectification, str] = {
    Rectification.DONE: "已完成整改", Rectification.NOT_DONE: "未整改", Rectification.DEREGISTERED: "已注销",
    Rectification.FILED_AS_CLOSED: "已申报关停", Rectification.NOT_FILED: "已不在报送系统台账内", Rectification.UNVERIFIED: "无法核实",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconsideration:
    """What is kept of a 复核 besides its event. Days are Beijing's.

    `unit`, `received_on` and `term` belong to its reception, `signer_reason` to its decision.
    """

    unit: str = ""
    """提出单位."""
    received_on: date | None = None
    term: date | None = None
    """The last day on which it is decided in time."""
    signer_reason: str = ""
    """Why the 签发人 decided: nobody was there who had no part in the finding. "" where somebody
    else decided.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEvent:
    """One thing that was done about a notice, or about the item of that number.

    Never updated. `codes` of a correction are the findings that it withdraws, those of an upheld
    复核 the ones that are to be withdrawn; empty means all.
    `codes` of a re-check are the one problem that its result is about; empty means the item as a
    whole. `result` and `sweep_id` belong to a re-check, whose basis is the `reason` and whose
    registry is the `source`. Otherwise `source` is the file that a report came in.
    """

    notice_id: int
    item: int | None = None
    action: NoticeAction
    at: datetime
    by: str
    reason: str = ""
    source: str = ""
    codes: tuple[Code, ...] = ()
    result: Rectification | None = None
    sweep_id: int | None = None
    verdict: Verdict | None = None
    """Of a correction: the verdict on the account without what was withdrawn."""
    review_id: int | None = None
    """Of an archive: the newest decision about its accounts that it tells; 0 for none."""
    place: str = ""
    """发布场所 of what was published, taken down or replaced."""
    on: date | None = None
    """The Beijing day on which that was done."""
    version: int | None = None
    """The version that the place shows since."""
    reconsideration: Reconsideration | None = None
    """Of a 复核 and its decision; None in events older than this field."""
    id: int = 0


def standing_item(item: NoticeItem, events: Iterable[NoticeEvent]) -> NoticeItem | None:
    """What still stands of an item after the corrections among the notice's events.

    None where it was withdrawn as a whole.
    """
    about = problem_of(item.findings)
    more = item.problem.removeprefix(about) if about and item.problem.startswith(about) else ""
    for event in events:
        if event.action is not NoticeAction.CORRECTED or event.item != item.number:
            continue
        left = (
            tuple(held for held in item.findings if held.finding.code not in event.codes)
            if event.codes
            else ()
        )
        if not left:
            return None
        fails = any(held.finding.effect is Effect.FAILS for held in left)
        item = replace(item, findings=left, problem=problem_of(left) + more, fails=fails)
    return item


def problem_of(findings: Iterable[IssuedFinding]) -> str:
    """存在的突出问题 as a list prints it: each label with its details."""
    return "、".join(
        dict.fromkeys(
            held.finding.printed for held in findings if held.finding.effect is not Effect.HINT
        )
    )


def is_closed(events: Iterable[NoticeEvent]) -> bool:
    """办结."""
    return any(event.action is NoticeAction.CLOSED for event in events)

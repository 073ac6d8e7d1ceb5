"""审核: who may decide what about a finding, and what a decision is. Pure.

疑似 → (已下发核实 →) 认定 or 排除; back only by reopening, or when the finding comes to say
something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mediawatch.domain import (
    PERSONAL_MARK,
    Excuse,
    ReviewAction,
    ReviewEvent,
    ReviewState,
    UserError,
)
from mediawatch.names import person_fault, same_person, surely_same_person
from mediawatch.people.suspects import Suspect, twins
from mediawatch.rules import hearing
from mediawatch.rules.hearing import Hearing, HearingState

CONFIRM_REASON = "经人工审核，证据属实"
_FROM: Mapping[ReviewAction, tuple[ReviewState, ...]] = {
    ReviewAction.DISPATCHED: (ReviewState.OPEN,),
    ReviewAction.OVERDUE: (ReviewState.DISPATCHED,),
    ReviewAction.CONFIRMED: (ReviewState.OPEN, ReviewState.DISPATCHED),
    ReviewAction.DISMISSED: (ReviewState.OPEN, ReviewState.DISPATCHED),
    ReviewAction.REOPENED: (ReviewState.CONFIRMED, ReviewState.DISMISSED),
}
"""From which states an action leads on.

An answer leads nowhere, and may come late: it needs a dispatch, whatever followed.
"""


def leads_on(suspect: Suspect, action: ReviewAction) -> bool:
    """Whether an action can follow the state that the finding is in.

    What has changed since it was sent down is sent down again.
    """
    changed = (
        suspect.standing.state is ReviewState.DISPATCHED
        and suspect.hearing.state is HearingState.NOT_SENT
    )
    return suspect.standing.state in _FROM[action] or (
        changed and action is ReviewAction.DISPATCHED
    )


def excuse_of(text: str) -> Excuse | None:
    """By its Chinese word or its name; None for "". UserError lists them."""
    if not text:
        return None
    for excuse in Excuse:
        if text in (excuse.value, excuse.name, excuse.name.lower()):
            return excuse
    raise UserError(
        f"no excuse {text!r}: give one of "
        f"{', '.join(f'{each.value} ({each.name.lower()})' for each in Excuse)}"
    )


_DECISIONS = (ReviewAction.CONFIRMED, ReviewAction.DISMISSED, ReviewAction.REOPENED)


def _same(by: str, others: Iterable[str]) -> str:
    """The name of one of the others who may be this person, as it is told; "" for none."""
    found = next((other for other in others if same_person(by, other)), "")
    if not found or surely_same_person(by, found):
        return by if found else ""
    return f"{found}（与“{by}”姓名互相包含，不能确定是另一人）"


def _unheard(suspect: Suspect, made: ReviewDecision) -> str:
    """Why a finding may not be confirmed yet, by the hearing of its unit."""
    unit_hearing = suspect.hearing
    if unit_hearing.state.has_ended or not suspect.must_be_heard:
        return ""
    if suspect.is_late:
        return (
            f"读取晚于监测时间点{suspect.rule.late_days}天以上，其间内容可能已被删除或撤回，"
            f"须经下发核实后认定（现为{unit_hearing.label}）"
        )
    if not made.without_hearing:
        remedy = (
            "期满未反馈的先用 findings overdue 登记，不经核实认定的须加 --without-hearing 并用 "
            "--reason 写明理由"
        )
        return f"核实尚未结束（现为{unit_hearing.label}）：{remedy}"
    return (
        ""
        if made.reason.strip() not in ("", CONFIRM_REASON)
        else "不经核实认定须用 --reason 写明理由"
    )


def _not_overdue(unit_hearing: Hearing, at: datetime | None) -> str:
    match unit_hearing.state:
        case HearingState.NOT_SENT:
            return "下发核实后结论有变，须重新下发"
        case HearingState.RUNNING:
            return (
                ""
                if at is not None and unit_hearing.is_over(at)
                else f"反馈期限为{unit_hearing.term}，尚未届满"
            )
        case _:
            return f"核实已结束（{unit_hearing.label}）"


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """What somebody decides or notes about findings."""

    action: ReviewAction
    by: str
    reason: str = ""
    excuse: Excuse | None = None
    without_hearing: bool = False
    source: str = ""
    """The file that it went out in."""

    def of(self, suspect: Suspect, at: datetime) -> ReviewEvent:
        """The event that it is about one finding; a dispatch gets its term.

        UserError where it may not be made.
        """
        if why := self.refusal(suspect, at):
            raise UserError(f"{suspect.key} {suspect.account.filed.name}: {why}")
        return ReviewEvent(
            sweep_id=suspect.sweep_id,
            account_id=suspect.account.id,
            code=suspect.finding.code,
            action=self.action,
            at=at,
            by=self.by.strip(),
            reason=self.reason.strip(),
            source=self.source,
            sentence=suspect.finding.sentence,
            facts=suspect.finding.facts,
            excuse=self.excuse,
            term=hearing.term_of(at, suspect.rule)
            if self.action is ReviewAction.DISPATCHED
            else None,
            unheard=self.action is ReviewAction.CONFIRMED
            and suspect.must_be_heard
            and not suspect.hearing.state.has_ended,
        )

    def refusal(self, suspect: Suspect, at: datetime | None = None) -> str:
        """Why this may not be done, in Chinese; "" where it may.

        `at` is asked for the end of a term.
        """
        if not self.by.strip():
            return "须写明由谁作出"
        if self.action in _DECISIONS and (fault := person_fault(self.by)):
            return fault.label
        if self.action is ReviewAction.ANSWERED:
            return (
                ""
                if any(event.action is ReviewAction.DISPATCHED for event in suspect.events)
                else "未曾下发核实，不能登记反馈"
            )
        if not leads_on(suspect, self.action):
            decided = self.action in (ReviewAction.CONFIRMED, ReviewAction.DISMISSED)
            remedy = "；如须改变决定，先用 mediawatch review reopen 撤回" if decided else ""
            return f"现为“{suspect.standing.state.label}”，不能{self.action.label}{remedy}"
        if self.action is ReviewAction.CONFIRMED and (own := _same(self.by, suspect.lookers)):
            return f"所依据的人工核查由{own}本人作出，须由他人认定"
        answered = [event.by for event in suspect.events if event.action is ReviewAction.ANSWERED]
        if self.action is ReviewAction.CONFIRMED and any(
            person.startswith(PERSONAL_MARK) for person in (*suspect.lookers, *answered)
        ):
            return "核查人、反馈人姓名已按期清除，无从核对是否由他人认定，不能再认定"
        if self.action is ReviewAction.CONFIRMED and (own := _same(self.by, answered)):
            return f"单位反馈由{own}本人填写，须由他人认定"
        if self.action is ReviewAction.CONFIRMED:
            return _unheard(suspect, self)
        if self.action is ReviewAction.OVERDUE:
            return _not_overdue(suspect.hearing, at)
        if self.action in (ReviewAction.DISMISSED, ReviewAction.REOPENED) and not (
            self.reason.strip() or self.excuse
        ):
            return f"{self.action.label}须写明理由"
        return ""


def refusals(
    found: Sequence[Suspect],
    everything: Sequence[Suspect],
    made: ReviewDecision,
    keys: frozenset[str],
) -> dict[str, str]:
    """Which of the findings may not be decided, by key, and why in Chinese.

    `keys`: those that were named one by one. A filter, or an account, confirms what its unit
    answered with 无异议; every other accusation is confirmed by its own key. The filings of one
    account stand together: what may not be decided of one may not be decided of any.
    """
    refused = {suspect.key: why for suspect in found if (why := made.refusal(suspect))}
    if made.action is ReviewAction.CONFIRMED:
        for suspect in found:
            named = any(_names(keys, each) for each in (suspect, *twins(found, suspect)))
            if (
                suspect.key not in refused
                and not named
                and suspect.hearing.state is not HearingState.AGREED
            ):
                refused[suspect.key] = (
                    f"单位未答“无异议”（现为{suspect.hearing.label}），须写明编号逐个认定"
                )
        for suspect in found:
            for twin in twins(everything, suspect):
                dismissed = (
                    "已排除，须先重新审核" if twin.standing.state is ReviewState.DISMISSED else ""
                )
                if why := dismissed or refused.get(twin.key, ""):
                    refused.setdefault(suspect.key, f"同一账号的另一备案{twin.key}：{why}")
    return refused


def _names(keys: frozenset[str], suspect: Suspect) -> bool:
    return any(key.partition("@")[0] == suspect.key for key in keys)

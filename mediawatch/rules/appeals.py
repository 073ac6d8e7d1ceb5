"""复核: what units asked to be looked into again, until when, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from mediawatch.domain import (
    PERSONAL_MARK,
    Code,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    UserError,
    standing_item,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same_person

APPEAL_OPEN = "appeal open"
DECISIONS = (NoticeAction.UPHELD, NoticeAction.REJECTED)


class AppealState(StrEnum):
    """复核意见, or that it is still to be given."""

    OPEN = "待复核"
    OVERDUE = "逾期未复核"
    MAINTAINED = "维持"
    CORRECTED = "更正"
    """Some findings of the item are to be withdrawn."""
    WITHDRAWN = "撤销"
    """The whole item is to be withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """One 复核 of one item: what came in until it was decided, and the decision.

    What comes in while it is open belongs to it; the first of it sets day and term.
    """

    notice: Notice
    item: NoticeItem
    """As it was issued."""
    requests: tuple[NoticeEvent, ...]
    decision: NoticeEvent | None = None

    @property
    def received_on(self) -> date:
        """The Beijing day on which it came in."""
        first = self.requests[0]
        asked = first.reconsideration
        return (asked.received_on if asked else None) or day_of(first.at)

    @property
    def term(self) -> date | None:
        """The last day on which it is decided in time; None where none was set (older versions)."""
        terms = [
            each.reconsideration.term
            for each in self.requests
            if each.reconsideration and each.reconsideration.term
        ]
        return min(terms, default=None)

    @property
    def unit(self) -> str:
        """提出单位; who asked, where no unit was noted."""
        units = [
            (each.reconsideration.unit if each.reconsideration else "") or each.by
            for each in self.requests
        ]
        return "、".join(dict.fromkeys(units))

    @property
    def said(self) -> str:
        """What the unit says."""
        return "；".join(dict.fromkeys(each.reason.rstrip("。；") for each in self.requests))

    def state(self, today: date) -> AppealState:
        if self.decision is None:
            late = self.term is not None and today > self.term
            return AppealState.OVERDUE if late else AppealState.OPEN
        if self.decision.action is NoticeAction.REJECTED:
            return AppealState.MAINTAINED
        return AppealState.CORRECTED if self.decision.codes else AppealState.WITHDRAWN

    def words(self, today: date) -> str:
        """`文1第2项“示例”：示例局2月10日提出，应于2月24日前复核`."""
        until = f"，应于{self.term}前作出复核意见" if self.term else "，未定复核期限"
        late = "，已逾期" if self.state(today) is AppealState.OVERDUE else ""
        return (
            f"{self.notice.number}第{self.item.number}项“{self.item.filed.name}”："
            f"{self.unit}{self.received_on}提出复核{until}{late}"
        )


def appeals_of(notice: Notice, events: Iterable[NoticeEvent]) -> list[Appeal]:
    """All 复核 of a notice, in the order in which they came in. `events` may be those of all."""
    items = {item.number: item for item in notice.items}
    running: dict[int, Appeal] = {}
    found: list[Appeal] = []
    for event in events:
        if event.notice_id != notice.id or event.item not in items:
            continue
        if event.action is NoticeAction.APPEALED:
            before = running.get(event.item)
            if before:
                joined = replace(before, requests=(*before.requests, event))
                found[found.index(before)] = joined
            else:
                joined = Appeal(notice=notice, item=items[event.item], requests=(event,))
                found.append(joined)
            running[event.item] = joined
        elif event.action in DECISIONS and event.item in running:
            before = running.pop(event.item)
            found[found.index(before)] = replace(before, decision=event)
    return found


def open_appeals(notice: Notice, events: Iterable[NoticeEvent]) -> list[Appeal]:
    """Those that wait for their 复核意见."""
    return [each for each in appeals_of(notice, events) if each.decision is None]


def why_not_decide(
    by: str, involved: Mapping[str, str], appeal: Appeal, signer_reason: str = ""
) -> str:
    """Why somebody may not decide a 复核, in Chinese; "" where he may.

    `involved`: who had a part in the finding, by name, and which. The 签发人 may all the same, with
    the reason why nobody else was there.
    """
    asked = {event.by: "提出复核" for event in appeal.requests}
    parts = {name: part for name, part in {**involved, **asked}.items() if same_person(by, name)}
    if any(name in asked for name in parts):
        return f"复核由{by}本人提出，须由他人作出复核意见"
    if signer_reason:
        return ""
    if parts:
        part = "、".join(dict.fromkeys(parts.values()))
        return f"{by}参与过该问题的{part}，须由未参与的人复核；确无他人的，由签发人复核并写明原因"
    if any(name.startswith(PERSONAL_MARK) for name in involved):
        return "核查人、反馈人姓名已按期清除，无从核对是否参与过，须由签发人复核并写明原因"
    return ""


def refuse_appeal(event: NoticeEvent, notice: Notice, events: Sequence[NoticeEvent]) -> None:
    """UserError for a 复核, or its decision, that may not be noted.

    The item must stand, a name and a reason be given, and a decision needs an open 复核. What was
    withdrawn meanwhile can still be answered, by a decision for the unit.
    """
    found = next((each for each in notice.items if each.number == event.item), None)
    stands = standing_item(found, events) if found else None
    if found is None or (stands is None and event.action is not NoticeAction.UPHELD):
        raise UserError(
            f"{notice.number} has no item {event.item} that stands: `mediawatch notice show` lists "
            "them"
        )
    if not event.by or not event.reason:
        raise UserError("a 复核 and its decision need a reason and a name (--reason, --by)")
    if event.action is NoticeAction.APPEALED:
        return
    if not any(each.item.number == event.item for each in open_appeals(notice, events)):
        raise UserError(f"item {event.item} of {notice.number} has no open 复核")
    known = {held.finding.code for held in found.findings}
    if missing := set(event.codes) - known:
        raise UserError(
            f"item {event.item} of {notice.number} has no finding {', '.join(sorted(missing))}"
        )


def left_to_withdraw(appeal: Appeal, events: Iterable[NoticeEvent]) -> tuple[Code, ...] | None:
    """The findings of an upheld 复核 that still stand, () for the whole item; None for nothing.

    A decision of an older version named no findings: any correction of the item has followed it.
    """
    decision = appeal.decision
    if decision is None or decision.action is not NoticeAction.UPHELD:
        return None
    own = [each for each in events if each.notice_id == appeal.notice.id]
    stands = standing_item(appeal.item, own)
    if stands is None:
        return None
    if decision.codes:
        codes = {held.finding.code for held in stands.findings}
        return tuple(code for code in decision.codes if code in codes) or None
    if decision.reconsideration is None:
        after = own[own.index(decision) :]
        if any(
            each.action is NoticeAction.CORRECTED and each.item == decision.item for each in after
        ):
            return None
    return ()

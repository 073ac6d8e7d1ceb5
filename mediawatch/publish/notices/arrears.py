"""未按期反馈, 未按期整改: what of a notice is overdue, judged on all that is known today. Pure.

Silence of a unit proves nothing but that no report came in. 未按期整改 needs proof of its own: a
re-check after the deadline whose confirmed finding still stands today, and that nothing younger
speaks against. Everything else that is not settled is 整改情况待复查.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediawatch.domain import (
    Code,
    Filing,
    Finding,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Rectification,
)
from mediawatch.domain.clock import day_of
from mediawatch.publish.results import ProblemResult, recheck_results, standing_items
from mediawatch.rules.appeals import open_appeals
from mediawatch.rules.problem_proofs import ProblemProof
from mediawatch.rules.problems import NAMED, SILENT, alike, problem_about


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckProof:
    """What a re-check's sweep says of an account today.

    `as_of` is its Beijing day, `filed` the account as it was filed then, `confirmed` the findings
    that a person confirmed and that still stand. Those of which no sound evidence is left are
    `unsound` instead.
    """

    as_of: date
    filed: Filing
    confirmed: tuple[Finding, ...] = ()
    unsound: tuple[Finding, ...] = ()
    people: tuple[ProblemProof, ...] = ()
    """What people's looks of that sweep prove of problems that no list shows."""

    def seen_on(self, code: Code) -> date:
        """The day from which the problem is proved: of what people find that of the first look."""
        days = [
            day_of(look.read_at)
            for proof in self.people
            if proof.code is code
            for look in proof.readings
        ]
        return min([self.as_of, *days])


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What is known today of one item's account."""

    filed: Filing
    """As the registry has it now, else as it was in the notice."""
    organiser_then: str | None = None
    """所属组织 in the registry on the day of issue; None where the notice has it."""
    retired_on: date | None = None
    latest_on: date | None = None
    """The day of the newest post ever seen of it."""
    correction: str = ""
    """Why the item is to be corrected; "" where it holds."""
    proofs: Mapping[int, RecheckProof] = field(default_factory=dict)
    """By sweep of a re-check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueItem:
    """An item of which something is overdue, or must be looked at."""

    item: NoticeItem
    filed: Filing
    unreported: bool = False
    """未按期反馈: no report came in, and nothing else settles or suspends it."""
    unrectified: str = ""
    """未按期整改: the problems that were proved not to be solved; "" for none."""
    ground: str = ""
    """By which re-check; of an item that awaits one, why. In Chinese."""
    awaits: bool = False
    """整改情况待复查."""


def overdue_items(
    notice: Notice, events: Sequence[NoticeEvent], known: Mapping[int, ItemFacts], today: date
) -> list[OverdueItem]:
    """The items whose deadline is over and that are not settled, in the notice's order.

    `events` are the notice's own, `known` by number of item. Nothing is overdue on the last day.
    """
    reported = {each.item: each for each in events if each.action is NoticeAction.REPORTED}
    disputed = {each.item.number for each in open_appeals(notice, events)}
    results = {each.item.number: each for each in recheck_results(notice, events)}
    rectify_by, report_by = notice.rectify_by, notice.report_by or notice.rectify_by
    late_report = report_by is not None and today > report_by
    late = rectify_by is not None and today > rectify_by
    found = []
    for item in standing_items(notice, events):
        facts, result = known[item.number], results.get(item.number)
        if result is not None and result.result.settles:
            continue
        if why := _suspended(item, facts, disputed=item.number in disputed):
            if late or late_report:
                found.append(OverdueItem(item=item, filed=facts.filed, ground=why, awaits=True))
            continue
        unreported = late_report and item.number not in reported
        about, ground = "", ""
        if late and rectify_by is not None:
            own = [each for each in events if each.item == item.number]
            parts = result.parts if result else ()
            about, ground = _unrectified(item, parts, own, facts, (notice.issued_on, rectify_by))
        if unreported or ground:
            found.append(
                OverdueItem(
                    item=item,
                    filed=facts.filed,
                    unreported=unreported,
                    unrectified=about,
                    ground=ground,
                    awaits=bool(ground) and not about,
                )
            )
    return found


def _suspended(item: NoticeItem, facts: ItemFacts, *, disputed: bool) -> str:
    """Why nobody is pressed about an item now, whatever its unit did; "" for nothing."""
    if facts.correction:
        return f"应先更正：{facts.correction}"
    if disputed:
        return "复核办理中"
    if facts.retired_on:
        return f"自{facts.retired_on}起已不在报送系统台账内"
    return _unit_changed(item.filed.organiser, facts)


def _unit_changed(told: str, facts: ItemFacts) -> str:
    """Why the unit of today may have missed no deadline: they were set for another one.

    `told` is the unit in the notice. Another system's notice writes it in its own way, or not.
    """
    then = told if facts.organiser_then is None else facts.organiser_then
    told, then, now = ("".join(one.split()) for one in (told, then, facts.filed.organiser))
    if then != now:
        return f"主办单位已变更（通报时为“{then or '未填'}”），整改情况须另行核实"
    if told not in now and now not in told:
        return f"通报所载主办单位“{told}”与台账不同，须先核实"
    return ""


def _unrectified(
    item: NoticeItem,
    parts: Sequence[ProblemResult],
    own: Sequence[NoticeEvent],
    facts: ItemFacts,
    days: tuple[date, date],
) -> tuple[str, str]:
    """The problems that are proved not to be solved in time, and by what; else "" and why not.

    `own` are the item's events, `days` the day of issue and the 整改期限.
    """
    failed = [part for part in parts if part.result is Rectification.NOT_DONE]
    if not failed:
        unclear = next((part.basis for part in parts if not part.result.settles), "")
        return "", f"未能核实：{unclear}" if unclear else "整改期限已过，尚未复查"
    proved: list[ProblemResult] = []
    doubts: list[str] = []
    for part in failed:
        if doubt := _doubt(part, own, facts, days):
            doubts.append(doubt)
        else:
            proved.append(part)
    if not proved:
        return "", doubts[0]
    codes = [part.code for part in proved if part.code is not None]
    about = problem_about(item, codes) if codes else item.problem
    return about, "".join(dict.fromkeys(part.basis for part in proved))


def _doubt(
    part: ProblemResult, own: Sequence[NoticeEvent], facts: ItemFacts, days: tuple[date, date]
) -> str:
    """Why a re-check's 未整改 does not prove today that the deadline was missed; "" where it does."""
    issued_on, rectify_by = days
    noted = _noted_at(part, own)
    proof = facts.proofs.get(own[noted].sweep_id or 0)
    if part.code is None or proof is None:
        return "复查结果未对应到具体问题，须再次复查"
    if (on := proof.seen_on(part.code)) <= rectify_by:
        return f"{on}复查未整改，其时整改期限未过，须再次复查"
    still = [finding for finding in proof.confirmed if alike(part.code, finding.code)]
    if not still and any(alike(part.code, finding.code) for finding in proof.unsound):
        return f"{proof.as_of}复查的佐证材料缺失或与记录不符，须再次复查"
    if not still:
        return f"{proof.as_of}复查后结论有变，须再次复查"
    if later := [each for each in own[noted + 1 :] if each.action is NoticeAction.REPORTED]:
        return f"复查后单位已于{day_of(later[0].at)}反馈，须再次复查"
    return _changed_since(part.code, still, proof, facts, issued_on)


def _changed_since(
    code: Code,
    still: Sequence[Finding],
    proof: RecheckProof,
    facts: ItemFacts,
    issued_on: date,
) -> str:
    """What happened between the notice and today that the finding does not tell."""
    if code in SILENT:
        posted = max((each.latest_on for each in still if each.latest_on), default=None)
        if posted and posted > issued_on:
            # It was silent again at the re-check: that says nothing about the deadline.
            return f"通报后曾于{posted}发布内容，是否按期整改须人工认定"
        if facts.latest_on and facts.latest_on > proof.as_of:
            return f"复查后见有{facts.latest_on}发布的内容，须再次复查"
    if gone := next((each.gone_on for each in proof.people if each.code is code), None):
        return f"{gone}经人工检查未再发现该问题，须再次复查"
    if not facts.filed.in_service:
        return f"复查后台账运行状态已变更为“{facts.filed.status.label}”，须再次复查"
    if code in NAMED and facts.filed.name != proof.filed.name:
        return f"复查后备案名称已变更为“{facts.filed.name}”，须再次复查"
    return ""


def _noted_at(part: ProblemResult, own: Sequence[NoticeEvent]) -> int:
    """The place of the event that noted a result, among those of its item."""
    return max(
        place
        for place, event in enumerate(own)
        if event.action is NoticeAction.RECHECKED
        and event.result is part.result
        and (event.codes[0] if event.codes else None) == part.code
    )

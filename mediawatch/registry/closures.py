"""关停台账: by which steps accounts are closed, what is missing, and what does not fit. Pure.

A step is known by a person's note, by the registry, or by a look. Days that the registry or a look
gives are upper bounds: the step was taken on that day or before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediawatch.domain import (
    Account,
    AccountChange,
    ClosureNote,
    ClosureStep,
    FiledStatus,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    of_identity,
)
from mediawatch.domain.clock import day_of
from mediawatch.rules.policy import Policy
from mediawatch.rules.sentences import in_chinese
from mediawatch.table import Table
from mediawatch.workdays import term_ends

_CLOSED = (FiledStatus.CLOSED, FiledStatus.DEREGISTERED)
_LACKS = {
    ClosureStep.APPROVAL: "未登记批准",
    ClosureStep.ANNOUNCEMENT: "未见停更公告",
    ClosureStep.DEREGISTRATION: "未见平台注销证明",
    ClosureStep.SYSTEM: "未在系统关停",
}
COLUMNS = (
    "备案单号",
    "政务新媒体名称",
    "类型",
    "所属组织",
    "运行状态",
    "申请关停日期",
    *(step.label for step in ClosureStep),
    "尚缺",
    "须核对",
    "证明材料（佐证目录内）",
)
PRINTED = COLUMNS[:-1]
BRIEF = (
    "政务新媒体名称",
    "类型",
    "运行状态",
    *(step.label for step in ClosureStep),
    "尚缺",
    "须核对",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureFacts:
    """What is known of one account that is, or may be, on its way out.

    `notes` are its own, oldest first; `changes` those of its filing, oldest first. `filed_since` is
    the Beijing day of the import that brought it, where that already held it as closed.
    """

    account: Account
    notes: Sequence[ClosureNote] = ()
    changes: Sequence[AccountChange] = ()
    filed_since: date | None = None
    readings: Sequence[Reading] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStanding:
    """One step as far as it is known. `on` is a Beijing day; `exact` or the last possible one."""

    words: str
    """In Chinese, with the source."""
    on: date | None = None
    exact: bool = False
    noted: ClosureNote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureEntry:
    """An account's line in the ledger."""

    account: Account
    steps: Mapping[ClosureStep, StepStanding]
    lacks: tuple[str, ...] = ()
    """What is missing, in Chinese."""
    doubts: tuple[str, ...] = ()
    """What does not fit together, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looks:
    """When the platform showed the account, and when it said that the account was deregistered.

    Only what is tied by id or link counts: another account of its name is not this one.
    """

    seen_on: date | None = None
    """The last day on which it was there."""
    gone_on: date | None = None
    """The first day since then on which it was deregistered."""
    gone: Reading | None = field(default=None, repr=False)

    @classmethod
    def of(cls, account: Account, readings: Iterable[Reading]) -> _Looks:
        seen_on: date | None = None
        gone: Reading | None = None
        for reading in sorted(readings, key=lambda each: each.read_at):
            said = of_identity(reading, account.filed.identity)
            if said is None:
                continue
            tied = any(
                sight.matched_by in (MatchedBy.ID, MatchedBy.URL)
                and sight.outcome in (Outcome.OK, Outcome.NO_POSTS)
                for sight in said.sights
            )
            if said.outcome in (Outcome.OK, Outcome.NO_POSTS) and tied:
                seen_on, gone = day_of(said.read_at), None
            elif said.outcome is Outcome.CANCELLED and gone is None:
                gone = said
        return cls(seen_on=seen_on, gone_on=day_of(gone.read_at) if gone else None, gone=gone)


def standing_notes(notes: Iterable[ClosureNote]) -> dict[ClosureStep, ClosureNote]:
    """The note of each step that stands: the newest one, unless it took the step back."""
    newest = {note.step: note for note in notes}
    return {step: note for step, note in newest.items() if note.on is not None}


def ledger(
    known: Iterable[ClosureFacts], policy: Policy, surfaces: Mapping[str, str], today: date
) -> list[ClosureEntry]:
    """The entries of all accounts that are filed as closing or closed, or that have a note."""
    return [
        _entry(facts, policy, surfaces, today)
        for facts in known
        if facts.account.filed.status is not FiledStatus.RUNNING or standing_notes(facts.notes)
    ]


def _entry(
    facts: ClosureFacts, policy: Policy, surfaces: Mapping[str, str], today: date
) -> ClosureEntry:
    account, notes = facts.account, standing_notes(facts.notes)
    looks = _Looks.of(account, facts.readings)
    found = {
        ClosureStep.APPROVAL: _of_note(notes.get(ClosureStep.APPROVAL)),
        ClosureStep.ANNOUNCEMENT: _of_note(notes.get(ClosureStep.ANNOUNCEMENT))
        or _announcement(account),
        ClosureStep.DEREGISTRATION: _of_note(notes.get(ClosureStep.DEREGISTRATION))
        or _deregistration(looks, surfaces),
        ClosureStep.SYSTEM: _of_note(notes.get(ClosureStep.SYSTEM)) or _system(facts),
    }
    steps = {step: standing for step, standing in found.items() if standing}
    return ClosureEntry(
        account=account,
        steps=steps,
        lacks=tuple(_lacks(steps, looks)),
        doubts=tuple(_doubts(account, steps, looks, policy, today)),
    )


def _of_note(note: ClosureNote | None) -> StepStanding | None:
    if note is None or note.on is None:
        return None
    more = [f"{note.approver}批准" if note.approver else "", note.link]
    proof = "有证明材料" if note.proof else ""
    words = "，".join(filter(None, (str(note.on), *more, proof, f"{note.by}登记")))
    return StepStanding(words=words, on=note.on, exact=True, noted=note)


def _announcement(account: Account) -> StepStanding | None:
    link = account.filed.closing_notice_url
    return StepStanding(words=f"台账填写：{link}") if link else None


def _deregistration(looks: _Looks, surfaces: Mapping[str, str]) -> StepStanding | None:
    if looks.gone is None:
        return None
    person = looks.gone.look is LookKind.PERSON
    by = "经人工核查" if person else in_chinese(_surfaces_of(looks.gone), surfaces)
    return StepStanding(words=f"不晚于{looks.gone_on}（{by}：平台显示已注销）", on=looks.gone_on)


def _surfaces_of(reading: Reading) -> list[str]:
    return sorted({sight.surface for sight in reading.sights if sight.outcome is Outcome.CANCELLED})


def _system(facts: ClosureFacts) -> StepStanding | None:
    status = facts.account.filed.status
    if status not in _CLOSED:
        return None
    since: date | None = facts.filed_since
    for change in facts.changes:
        if change.field == "status" and change.new not in _CLOSED:
            since = None
        elif change.field == "status" and change.old not in _CLOSED:
            since = day_of(change.at)
    when = f"不晚于{since}" if since else "日期不详"
    return StepStanding(words=f"{when}（台账运行状态为“{status.label}”）", on=since)


def _lacks(steps: Mapping[ClosureStep, StepStanding], looks: _Looks) -> Iterable[str]:
    for step, words in _LACKS.items():
        if step not in steps:
            yield words
    noted = steps[ClosureStep.DEREGISTRATION].noted if ClosureStep.DEREGISTRATION in steps else None
    if noted is not None and noted.proof is None and looks.gone is None:
        yield "平台注销只登记了日期，无证明材料"
    announced = steps.get(ClosureStep.ANNOUNCEMENT)
    if announced is not None and announced.on is None:
        yield "停更公告日期未登记"


def _doubts(
    account: Account,
    steps: Mapping[ClosureStep, StepStanding],
    looks: _Looks,
    policy: Policy,
    today: date,
) -> Iterable[str]:
    """What contradicts itself. An upper bound proves only what holds for every earlier day, too."""
    gone = steps.get(ClosureStep.DEREGISTRATION)
    system = steps.get(ClosureStep.SYSTEM)
    noted_gone = gone.on if gone and gone.exact else None
    seen = looks.seen_on
    if system and system.on:
        by = f"{'' if system.exact else '不晚于'}{system.on}"
        if noted_gone and system.on < noted_gone:
            yield f"系统关停（{by}）早于平台注销（{noted_gone}），应先在平台注销"
        elif seen and system.on < seen:
            yield f"系统关停（{by}）后，{seen}平台账号仍可见，应先在平台注销"
    elif system and seen and looks.gone is None and gone is None:
        yield f"台账已关停，平台账号未见注销，最近一次可见为{seen}"
    if noted_gone and seen and noted_gone < seen:
        yield f"登记{noted_gone}平台注销，{seen}平台账号仍可见"
    yield from _order(steps)
    status = account.filed.status
    if system and system.exact and status not in _CLOSED:
        yield f"已登记系统关停，台账运行状态仍为“{status.label}”，须导入新台账核对"
    if status is FiledStatus.CLOSING:
        asked, days = account.filed.closing_requested_on, policy.closing.working_days
        if asked is None:
            yield "台账未填写申请关停日期，检查时按正常运行判定"
        elif not (system and system.exact) and today > term_ends(asked, days):
            yield f"申请关停已超过{days}个工作日，尚未关停"
    if account.retired_on:
        yield f"自{account.retired_on}起已不在报送系统台账内"


def _order(steps: Mapping[ClosureStep, StepStanding]) -> Iterable[str]:
    """Steps whose noted days stand in another order than they are taken in."""
    days = {step: each.on for step, each in steps.items() if each.exact and each.on}
    for earlier, later in (
        (ClosureStep.APPROVAL, ClosureStep.ANNOUNCEMENT),
        (ClosureStep.APPROVAL, ClosureStep.DEREGISTRATION),
        (ClosureStep.ANNOUNCEMENT, ClosureStep.DEREGISTRATION),
    ):
        if earlier in days and later in days and days[later] < days[earlier]:
            yield f"{later.label}（{days[later]}）早于{earlier.label}（{days[earlier]}）"


def ledger_table(entries: Iterable[ClosureEntry]) -> Table:
    """关停台账: a step that nothing shows is 未登记, and what is missing stands in words."""
    rows = []
    for entry in entries:
        filed = entry.account.filed
        proofs = [
            each.noted.proof.path
            for each in entry.steps.values()
            if each.noted and each.noted.proof
        ]
        words = [
            entry.steps[step].words if step in entry.steps else "未登记" for step in ClosureStep
        ]
        rows.append(
            (
                filed.filing_number,
                filed.name,
                filed.type,
                filed.organiser,
                filed.status.label,
                str(filed.closing_requested_on or "未填写"),
                *words,
                "；".join(entry.lacks) or "无",
                "；".join(entry.doubts) or "无",
                "\n".join(proofs),
            )
        )
    return Table("政务新媒体关停台账", COLUMNS, tuple(rows))

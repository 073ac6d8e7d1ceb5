"""What must hold of a hand-off before it counts, each fault as a Chinese sentence for its office.

Pure. Nothing that the document says of itself is believed: its counts are made anew of its own
scope and findings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ValidationError

from mediawatch.domain import (
    CheckedSpan,
    Effect,
    SweepKind,
    SweepState,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.figures.filings import once
from mediawatch.publish.collect.checks_of_findings import finding_faults
from mediawatch.publish.collect.checks_of_sources import source_faults, source_remarks
from mediawatch.publish.collect.rebuild import ReportedAccount, rebuild
from mediawatch.publish.collect.recount import count_faults
from mediawatch.publish.defects import MARK
from mediawatch.publish.handoff.parts import Handoff
from mediawatch.publish.inspection import OPEN_MARK, PRELIMINARY
from mediawatch.rules.account_policy import every_policy
from mediawatch.rules.policy import Policy, have_same_rules, parse
from mediawatch.rules.sweep_policy import policy_for

SCHEMA = "mediawatch.handoff/1"
INSPECTIONS = (SweepKind.CENSUS, SweepKind.SAMPLE, SweepKind.LIST)
"""What may be handed up: no re-check, and no night of 日常监测."""
_OF_ITSELF = frozenset({PRELIMINARY, MARK})
"""Marks that a document bears by what is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the upper office expects of one hand-off."""

    office: str
    span: CheckedSpan
    policy: Policy
    own_rules: bool = False
    """Whether other rules are allowed."""
    demonstration: str = ""
    """The mark of a demonstration's documents."""
    marks: Collection[str] = ()
    """What the upper office's own documents bear."""


class UnacceptableHandoff(Exception):
    """A document counts for nothing. The message is Chinese: its office reads it."""


def read_handoff(body: bytes) -> Handoff:
    """The document; fields of later versions are passed over. Raises UnacceptableHandoff.

    The bytes are those of a strictly read JSON object (`workbooks.parcels`).
    """
    try:
        # As the contract has it: a reader passes over fields that it does not know.
        return Handoff.model_validate_json(body, strict=True, extra="ignore")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
        if place == "schema":
            raise UnacceptableHandoff(f"格式不是{SCHEMA}") from None
        raise UnacceptableHandoff(f"格式不符：{place[:80]}（{first['msg'][:80]}）") from None


class SweepFacts(BaseModel):
    """When the accounts of a document were judged."""

    as_of: datetime
    as_of_day: date


class PolicyFacts(BaseModel):
    """By which rules."""

    toml: str


class ScopeFacts(BaseModel):
    """Of which period; None for a moment."""

    period_from: date | None = None


class RoundFacts(BaseModel):
    """What of a document says whether it is of a round: far less than the whole is read."""

    sweep: SweepFacts
    policy: PolicyFacts
    scope: ScopeFacts | None = None


def read_round_facts(body: bytes) -> RoundFacts:
    """Of a document that was accepted before."""
    return RoundFacts.model_validate_json(body)


def round_faults(document: RoundFacts | Handoff, expected: Expectation) -> list[str]:
    """Why a document is not of this round: another moment, other rules, a period."""
    try:
        policy = policy_of_document(document)
    except UnacceptableHandoff as refused:
        return [*_moment(document, expected), str(refused)]
    return [*_moment(document, expected), *_rules(policy, expected)]


def accounts_of(document: Handoff, office: str, first_id: int = 1) -> tuple[ReportedAccount, ...]:
    """The accounts of a document. Raises UnacceptableHandoff."""
    try:
        return rebuild(document, office, first_id)
    except ValueError as error:
        raise UnacceptableHandoff(str(error)) from None


def policy_of_document(document: RoundFacts | Handoff) -> Policy:
    """The rules as the document has them. Raises UnacceptableHandoff."""
    try:
        policy = parse(document.policy.toml)
    except UserError:
        raise UnacceptableHandoff("所附检查规则无法识别") from None
    period = document.scope.period_from if document.scope else None
    return policy_for(policy, period)


def check(document: Handoff, expected: Expectation) -> list[str]:
    """Why a document cannot be taken, all reasons; [] where it can."""
    faults = [*_purpose(document, expected), *_moment(document, expected)]
    try:
        policy = policy_of_document(document)
        accounts = accounts_of(document, expected.office)
    except UnacceptableHandoff as refused:
        return [*faults, str(refused)]
    faults += _rules(policy, expected)
    faults += [*finding_faults(document, policy, expected.span), *source_faults(document)]
    faults += [*_verdicts(accounts), *_windows(accounts, policy)]
    # What is counted of accounts that do not hold together would only repeat these faults.
    return faults or count_faults(document, accounts, policy)


def remarks_on(document: Handoff, expected: Expectation) -> list[str]:
    """What to mind of a document that is taken, in Chinese."""
    said = []
    if document.preliminary:
        said.append(
            f"{PRELIMINARY}，尚有{document.counts.unproven + document.counts.out_of_scope}个待核查"
        )
    if document.notice is None:
        said.append("未印发通报")
    said += source_remarks(document)
    if faults := [each for each in document.evidence_faults or () if each.withheld]:
        said.append(f"{len(faults)}件佐证材料缺失或与记录不符")
    if not have_same_rules(policy_of_document(document), expected.policy):
        said.append(f"按本地规则“{document.policy.title}”判定（{document.policy.window_days}天）")
    if document.counts.drawn is not None and document.counts.drawn < document.counts.total:
        said.append(f"仅检查部分账号（{document.counts.drawn}/{document.counts.total}）")
    return said


def _purpose(document: Handoff, expected: Expectation) -> Iterator[str]:
    if document.includes_open or OPEN_MARK in document.marks:
        yield "含未经审核的疑似问题（--include-open），不能作为报送结果：请审核认定后重新导出"
    others = set(document.marks) - _OF_ITSELF - {OPEN_MARK} - set(expected.marks)
    if expected.demonstration in others:
        yield "是演示数据，不是实际检查结果"
    if document.sweep.state != SweepState.FINISHED.value:
        yield "检查尚未完成"
    if document.sweep.kind not in [each.value for each in INSPECTIONS]:
        yield "是复查或日常监测的结果，不是本次检查的结果"


def _moment(document: RoundFacts | Handoff, expected: Expectation) -> Iterator[str]:
    day = document.sweep.as_of_day
    if document.sweep.as_of.tzinfo is None or day_of(document.sweep.as_of) != day:
        yield "监测时间点与其日期不一致"
        return
    found = CheckedSpan(day, document.scope.period_from if document.scope else None)
    if found == expected.span:
        return
    kind = "监测时间点" if found.first is None else "检查时段"
    same_kind = (found.first is None) == (expected.span.first is None)
    yield f"{kind}为{found.label}，本次统一为{expected.span.label if same_kind else expected.span.named}"


def _rules(policy: Policy, expected: Expectation) -> Iterator[str]:
    if not expected.own_rules and not have_same_rules(policy, expected.policy):
        yield (
            f"检查规则为“{policy.title}”（{policy.window.days}天），与本次统一规则"
            f"“{expected.policy.title}”（{expected.policy.window.days}天）不一致"
        )


def _windows(accounts: Sequence[ReportedAccount], policy: Policy) -> Iterator[str]:
    """The 更新时限 of an account is one of the rules': else nothing could be compared with it.

    Which one is not said: an exception may go by what only findings tell of an account.
    """
    known = {each.window.days for each in every_policy(policy)}
    unjudged = any(each.judged_by_updates is False for each in policy.exceptions)
    for each in accounts:
        days = each.window_days
        if days not in known and not (days is None and (unjudged or each.filed.is_application)):
            said = "不按更新判定" if days is None else f"{days}天"
            yield f"账号“{each.filed.name}”的更新时限（{said}）与所附检查规则不符"


def _verdicts(accounts: Sequence[ReportedAccount]) -> Iterator[str]:
    """Who counts as failed has a problem that fails it, and the other way round."""
    by_id = {each.entry.account.id: each for each in accounts}
    for one in once(each.entry for each in accounts):
        entry = one.entry
        held = entry.judgement.findings if entry.judgement else ()
        fails = any(each.effect is Effect.FAILS for each in held)
        name = by_id[entry.account.id].filed.name
        if one.verdict is Verdict.FAILED and not fails:
            yield f"账号“{name}”计为不合格，但没有相应的问题和佐证材料"
        if one.verdict is not Verdict.FAILED and fails:
            yield f"账号“{name}”有不合格问题，但未计为不合格"

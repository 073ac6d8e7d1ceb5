"""What must hold of a hand-off before it counts, each fault as a Chinese sentence for its office.

Pure. Nothing that the document says of itself is believed: its counts are made anew of its own
scope and findings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ValidationError

from mediawatch.domain import CheckedSpan, SweepKind, SweepState, UserError
from mediawatch.domain.clock import beijing, chinese_day, day_of
from mediawatch.publish.collect.checks_of_accounts import account_faults
from mediawatch.publish.collect.checks_of_findings import finding_faults
from mediawatch.publish.collect.checks_of_rules import rule_faults
from mediawatch.publish.collect.checks_of_sources import source_faults, source_remarks
from mediawatch.publish.collect.office_reports import OF_ITSELF
from mediawatch.publish.collect.rebuild import ReportedAccount, rebuild
from mediawatch.publish.collect.recount import count_faults
from mediawatch.publish.handoff.parts import Handoff
from mediawatch.publish.inspection import OPEN_MARK, PRELIMINARY
from mediawatch.rules.policy import Policy, have_same_rules, parse
from mediawatch.rules.sweep_policy import policy_for

SCHEMA = "mediawatch.handoff/1"
INSPECTIONS = (SweepKind.CENSUS, SweepKind.SAMPLE, SweepKind.LIST)
"""What may be handed up: no re-check, and no night of 日常监测."""
_SHOWN = 20
_NUMBER = 60
"""So long may the 文号 of a notice be: `status` prints it."""


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
    received_on: date | None = None
    """The Beijing day on which it came; None where only its rules and its moment are asked."""
    signed_at: datetime | None = None


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
    faults = rule_faults(policy, expected.policy, own_rules=expected.own_rules)
    return [*_moment(document, expected), *faults]


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
    faults += [*_marks(document, expected), *_times(document, expected)]
    try:
        policy = policy_of_document(document)
        accounts = accounts_of(document, expected.office)
    except UnacceptableHandoff as refused:
        return [*faults, str(refused)]
    faults += rule_faults(policy, expected.policy, own_rules=expected.own_rules)
    faults += [*finding_faults(document, policy, expected.span), *source_faults(document)]
    faults += account_faults(accounts, policy)
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
    if expected.demonstration in set(document.marks) - set(expected.marks):
        yield "是演示数据，不是实际检查结果"
    if document.sweep.state != SweepState.FINISHED.value:
        yield "检查尚未完成"
    if document.sweep.kind not in [each.value for each in INSPECTIONS]:
        yield "是复查或日常监测的结果，不是本次检查的结果"


def _marks(document: Handoff, expected: Expectation) -> Iterator[str]:
    """Marks are to be printed with all that is made of it: an office above prints no free words."""
    known = {*OF_ITSELF, OPEN_MARK, expected.demonstration, *expected.marks}
    if others := [mark for mark in document.marks if mark not in known]:
        yield f"带有本级不能照印的标注“{_short(others[0])}”，请在报送单位设置中删去后重新导出"


def _times(document: Handoff, expected: Expectation) -> Iterator[str]:
    """By these days versions are ordered: one that cannot be would hold back every correction."""
    as_of = document.sweep.as_of
    if (signed_at := expected.signed_at) and as_of.tzinfo and signed_at < as_of:
        yield f"签名时间{beijing(signed_at):%Y-%m-%d %H:%M}早于监测时间点，请校准时钟后重新签名"
    if (notice := document.notice) is None:
        return
    if not notice.number.isprintable() or len(notice.number) > _NUMBER:
        yield f"通报文号“{_short(notice.number)}”不规范：应为一行，不超过{_NUMBER}个字"
    day = chinese_day(notice.issued_on)
    if expected.received_on and notice.issued_on > expected.received_on:
        yield f"通报的成文日期{day}晚于接收日期{chinese_day(expected.received_on)}"
    if notice.issued_on < expected.span.last:
        yield f"通报的成文日期{day}早于{expected.span.named}"


def _short(text: str) -> str:
    """The beginning of an office's words, in one line."""
    return " ".join(text.split())[:_SHOWN]


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

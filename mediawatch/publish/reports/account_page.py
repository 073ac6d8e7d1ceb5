"""One account in full, for a reviewer. Chinese throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mediawatch.domain import (
    PLATFORM_LABELS,
    PROVISIONAL,
    Account,
    AccountChange,
    Attestation,
    CanaryCheck,
    Code,
    FiledStatus,
    Filing,
    Hint,
    LinkReceipt,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
    Sweep,
    SweepAccount,
    Verdict,
)
from mediawatch.domain.clock import beijing, minute
from mediawatch.people.forms.hint_words import HINTS, hint_lines, receipt_lines
from mediawatch.publish.reports.lists import heading
from mediawatch.registry.headings import label
from mediawatch.rules import backing
from mediawatch.rules.policy import Policy
from mediawatch.rules.proofs import says_usable
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.rules.sentences import in_chinese
from mediawatch.rules.sweep_policy import policy_of
from mediawatch.table import join_filled

MATCHES: Mapping[MatchedBy, str] = {
    MatchedBy.ID: "平台ID",
    MatchedBy.URL: "链接",
    MatchedBy.NAME: "名称",
}
LOOKS: Mapping[LookKind, str] = {
    LookKind.FIRST: "首次核查", LookKind.SECOND: "第二次核查", LookKind.CONTROL: "对照核查", LookKind.LINK: "文章链接核查",
    LookKind.PERSON: "人工核查",
}  # fmt: skip
PROBLEM_LOOK = "人工检查"
KINDS: Mapping[Code, str] = {
    Code.INTERACTION_POOR: "互动回应差", Code.UNUSABLE: "功能无法使用", Code.NOT_REPOSTED: "重要信息未转载",
    Code.WRONG_WORDS: "严重错别字", Code.ADVERTISING: "商业广告",
}  # fmt: skip
"""What a look was for, where no policy is at hand: looks of all inspections stand on one page."""
_CHANGED: Mapping[str, str] = {"retired_on": "移出台账", "type_certain": "类型是否明确"}
"""Changes of an account that have no column in the registry."""
_VALUES: Mapping[str, Mapping[str, str]] = {
    "status": {status.value: status.label for status in FiledStatus}, "platform": PLATFORM_LABELS,
    "type_certain": {"True": "是", "False": "否"},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord:
    """What is kept of one account."""

    account: Account
    entry: SweepAccount | None = None
    """That of the last sweep that judged it."""
    sweep: Sweep | None = None
    """That of the entry."""
    readings: Sequence[Reading] = ()
    changes: Sequence[AccountChange] = ()
    checks: Sequence[CanaryCheck] = ()
    hints: Sequence[Hint] = ()
    receipts: Sequence[LinkReceipt] = ()
    """Links that came in for it."""


def account_in_full(record: AccountRecord, surfaces: Mapping[str, str]) -> str:
    """One account for a reviewer: as filed, as seen, every sight, the verdict and the rule in a
    sentence.

    It never has contacts. `surfaces`: the Chinese of each surface's name.
    """
    account, entry, readings = record.account, record.entry, record.readings
    parts = ["备案信息", *filed_lines(account), ""]
    if entry and entry.judgement:
        judged = entry.judgement
        stands = as_reviewed(entry, include_open=True).judgement or judged
        parts += [
            f"检查结论（第{entry.sweep_id}号检查）  {verdict_words(stands.verdict, account.filed)}",
            f"  {stands.sentence}",
        ]
        parts += [f"  {heading(record.sweep)}"] if record.sweep else []
        parts += [
            f"  问题：{finding.label}（{finding.effect.label}，{finding.review.label}） "
            f"{finding.sentence}"
            f"（对照账号：{backing.backing_of(finding, entry.account.filed, readings, record.checks).label}）"
            for finding in judged.findings
        ]
        parts += [f"  注意：{note}" for note in judged.notes]
    else:
        parts.append("检查结论  尚无")
    parts += ["", "核查记录" if readings else "核查记录  尚无"]
    looked_for = any(reading.problem for reading in readings)
    kinds = kind_labels(policy_of(record.sweep)) if record.sweep and looked_for else KINDS
    for reading in readings:
        parts += reading_lines(reading, surfaces, kinds)
    if record.hints:
        parts += ["", HINTS, *(f"  {line}" for line in hint_lines(record.hints))]
    if record.receipts:
        parts += ["", "收到的链接", *(f"  {line}" for line in receipt_lines(record.receipts))]
    if record.changes:
        parts += ["", "变更记录"]
        parts += [f"  {_change_line(one)}" for one in record.changes]
    return "\n".join(parts)


def verdict_words(verdict: Verdict, filed: Filing) -> str:
    """What a verdict is called of this account: nobody looks at the updates of an application."""
    sound = verdict is Verdict.FRESH and filed.is_application
    return "正常使用" if sound else verdict.label


def _change_line(one: AccountChange) -> str:
    field = _CHANGED.get(one.field) or label(one.field)
    old, new = (_VALUES.get(one.field, {}).get(text, text) for text in (one.old, one.new))
    return f"{beijing(one.at):%Y-%m-%d} {field}：“{old}”→“{new}”（{one.source}）"


def filed_lines(account: Account) -> list[str]:
    """The account as filed, a field a line; contacts never."""
    filed = account.filed
    place = join_filled((filed.prefecture, filed.county, filed.township), " ")
    links = "、".join(account.links[:3])
    pairs = [
        ("备案单号", filed.filing_number), ("名称", filed.name), ("类型", filed.type), ("所属组织", filed.organiser),
        ("主管单位", filed.supervisor), ("地区", place), ("功能类型", filed.function_kind),
        ("运行状态", filed.status.label), ("平台ID", filed.platform_id),
        ("原始ID", filed.original_id), ("微信号", filed.alias),
        (f"{PROVISIONAL}（未备案）", _provisional_words(account)),
        ("链接地址", filed.url), ("文章链接", links), ("微信读书链接", filed.reader_url),
        ("移出台账", account.retired_on.isoformat() if account.retired_on else ""),
    ]  # fmt: skip
    return [f"  {label}  {value}" for label, value in pairs if value]


def _provisional_words(account: Account) -> str:
    found = account.provisional
    if found is None:
        return ""
    alias = f"，微信号{found.alias}" if found.alias else ""
    body = f"，认证主体“{found.body}”" if found.body else "，认证主体未显示"
    return f"{found.value}（{found.on}按名称检索所得，显示名称“{found.name}”{alias}{body}）"


def reading_lines(
    reading: Reading, surfaces: Mapping[str, str], kinds: Mapping[Code, str] = KINDS
) -> list[str]:
    """One look with its sights and its evidence. `kinds`: what problems are called."""
    by = f" {reading.by}" if reading.by else ""
    used = reading.outcome is Outcome.NO_EVIDENCE and says_usable(reading)
    said = describe_problem(reading, kinds) or ("能打开、使用" if used else reading.outcome.label)
    kind = PROBLEM_LOOK if reading.problem else LOOKS[reading.look]
    lines = [f"  {minute(reading.read_at)} {kind}{by}：{said}"]
    if reading.problem:
        lines += [f"    {shown}" for sight in reading.sights if (shown := _seen_at(sight))]
    else:
        lines += [f"    {_sight_line(sight, surfaces)}" for sight in reading.sights]
    lines += [f"    佐证 {item.path}  SHA-256 {item.sha256}" for item in reading.evidence]
    return lines


def kind_labels(policy: Policy) -> Mapping[Code, str]:
    """What a policy calls the kinds of problems that people look for."""
    return {**KINDS, **{code: policy.kind_label(code) for code in policy.problem_kinds}}


def describe_problem(reading: Reading, kinds: Mapping[Code, str]) -> str:
    """What a person said of a kind of problem; "" of any other reading."""
    seen = reading.problem
    if seen is None:
        return ""
    words = f"（{seen.words}）" if seen.words else ""
    return f"{kinds.get(seen.code, seen.code.value)} {seen.answer.label}{words}"


def _seen_at(sight: Sight) -> str:
    matched = f"按{MATCHES[sight.matched_by]}与该账号对应" if sight.matched_by else ""
    ids = join_filled((sight.platform_id, sight.original_id), " / ")
    name = f"所见名称“{sight.name}”" if sight.name else ""
    seen_id = f"所见ID {ids}" if ids else ""
    return join_filled((name, seen_id, matched, sight.url, sight.detail), "，")


def describe_newest(on: date, exact: bool) -> str:
    """The day of the newest post that was seen, and whether a newer one is ruled out."""
    return f"{on}（确定为最新）" if exact else f"不早于{on}"


def _sight_line(sight: Sight, surfaces: Mapping[str, str]) -> str:
    newest = f"最近更新{describe_newest(sight.latest.on, sight.exact)}" if sight.latest else ""
    matched = f"（按{MATCHES[sight.matched_by]}匹配）" if sight.name and sight.matched_by else ""
    name = f"名称“{sight.name}”{matched}" if sight.name else ""
    who = f"[{sight.session}]" if sight.session else ""
    control = f"对照“{sight.control}”已应答" if sight.control else ""
    described = (
        "该来源或措辞仅有文字描述，无实录" if sight.attested is Attestation.DESCRIBED else ""
    )
    return join_filled(
        (
            f"{in_chinese([sight.surface], surfaces)}{who} {sight.outcome.label}",
            name,
            newest,
            control,
            described,
            sight.detail,
        ),
        "，",
    )

"""A hand-off read back into the words of the house: its accounts with their verdicts and findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mediawatch.domain import (
    Account,
    Code,
    DateKind,
    Effect,
    FiledStatus,
    Filing,
    Finding,
    Judgement,
    ReviewState,
    SweepAccount,
    Verdict,
)
from mediawatch.publish.handoff.figure_parts import ScopeEntry
from mediawatch.publish.handoff.finding_parts import AccountAsFiled, FindingOut
from mediawatch.publish.handoff.parts import Handoff

AccountKey = tuple[str, ...]
"""By what the parts of one hand-off mean the same account: number, name, 类型, 所属组织, ids, place."""


SOUND = frozenset({Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT})
"""Verdicts that say the opposite of a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedAccount:
    """One account of a hand-off's scope, as its office reports it."""

    office: str
    entry: SweepAccount
    """Its `account.id` is a number within the collection, and no account of our registry."""
    window_days: int | None
    unnamed: str = ""
    """How its name is left out (不在正文点名, 另行函告); it counts."""

    reported_by: tuple[str, ...] = ()
    """The offices below its own from which it came, the nearest first."""

    @property
    def sender(self) -> str:
        """报送单位, with the ones below from which it came: 甲市（乙县）."""
        return (
            f"{self.office}（{'、'.join(self.reported_by)}）" if self.reported_by else self.office
        )

    @property
    def filed(self) -> Filing:
        return self.entry.account.filed

    @property
    def verdict(self) -> Verdict:
        return self.entry.judgement.verdict if self.entry.judgement else Verdict.UNPROVEN


def rebuild(document: Handoff, office: str, first_id: int = 1) -> tuple[ReportedAccount, ...]:
    """Every account of the scope in its order, numbered from `first_id`.

    ValueError for words that the house does not know, and for a finding of no account in scope.
    """
    if document.scope is None:
        raise ValueError("没有检查范围（scope），无法逐一核对账号")
    findings: dict[AccountKey, list[FindingOut]] = defaultdict(list)
    for each in document.findings:
        findings[key_of(each.account)].append(each)
    unnamed = _unnamed(document)
    entries = [
        _account(each, findings.pop(key_of(each), []), office, number, unnamed)
        for number, each in enumerate(document.scope.accounts, first_id)
    ]
    if findings:
        name = next(iter(findings.values()))[0].account.name
        raise ValueError(f"问题所涉账号“{name}”不在检查范围内")
    return tuple(entries)


def key_of(account: AccountAsFiled | ScopeEntry) -> AccountKey:
    return (
        account.filing_number,
        account.name,
        account.type,
        account.organiser,
        account.platform_id,
        account.original_id,
        account.prefecture,
        account.county,
    )


def _unnamed(document: Handoff) -> dict[AccountKey, str]:
    """How names are left out, wherever a section says so."""
    said: Iterable[tuple[AccountAsFiled, str]] = (
        *((each.account, each.unnamed) for each in document.findings),
        *((each.account, each.unnamed) for each in document.unproven or ()),
        *((each.account, each.unnamed) for each in document.registry_mismatches or ()),
        *((each.account, each.unnamed) for each in document.corrections or ()),
    )
    return {key_of(account): how for account, how in said if how}


def _account(
    told: ScopeEntry,
    findings: list[FindingOut],
    office: str,
    number: int,
    unnamed: dict[AccountKey, str],
) -> ReportedAccount:
    if not told.status or not told.platform:
        raise ValueError(
            f"账号“{told.name}”没有运行状态或平台：文件由较早版本导出，请升级后重新导出"
        )
    try:
        verdict, status = Verdict(told.verdict), FiledStatus(told.status)
        held = tuple(_finding(each) for each in findings)
    except ValueError as error:
        raise ValueError(f"账号“{told.name}”的结论、状态或问题类型无法识别") from error
    filed = Filing(
        name=told.name,
        platform=told.platform,
        type=told.type,
        filing_number=told.filing_number,
        organiser=told.organiser,
        supervisor=told.supervisor,
        prefecture=told.prefecture,
        county=told.county,
        platform_id=told.platform_id,
        original_id=told.original_id,
        status=status,
    )
    if findings:
        first = findings[0].account
        filed = _with_details(filed, first)
    leading = next((each for each in findings if each.leading), findings[0] if findings else None)
    latest = leading.latest_post if leading else None
    judgement = Judgement(
        verdict=verdict,
        sentence=told.sentence,
        findings=held,
        latest_on=latest.on if latest else None,
        date_kind=DateKind(latest.date_kind) if latest else None,
        gap_days=leading.gap_days if leading else None,
        provisional=told.provisional,
    )
    entry = SweepAccount(sweep_id=0, account=Account(id=number, filed=filed), judgement=judgement)
    return ReportedAccount(
        office=office,
        entry=entry,
        window_days=told.window_days,
        unnamed=unnamed.get(key_of(told), ""),
        reported_by=tuple(told.reported_by),
    )


def _with_details(filed: Filing, told: AccountAsFiled) -> Filing:
    """The filing with what only a finding says of it."""
    return replace(
        filed,
        township=told.township,
        level=told.level,
        body_kind=told.body_kind,
        function_kind=told.function_kind,
    )


def _finding(told: FindingOut) -> Finding:
    """`reading_ids` are empty: what proves it stays with the office that found it."""
    return Finding(
        code=Code(told.code),
        label=told.label,
        effect=Effect(told.effect),
        sentence=told.sentence,
        reading_ids=(),
        gap_days=told.gap_days,
        gap_is_minimum=told.gap_is_minimum,
        gap_since=told.gap_since,
        latest_on=told.latest_post.on if told.latest_post else None,
        name_seen=told.name_seen,
        words=told.words,
        points=told.points,
        review=ReviewState(told.review_state),
    )

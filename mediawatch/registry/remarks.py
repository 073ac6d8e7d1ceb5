"""What is pointed out to units about their filings, and what became of it. Pure.

It is what readings have shown (`proposals`): ids, names and links that lack or differ, doubts, and
暂用标识. Whether it was corrected is read off the registry each time, so it can be asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mediawatch.domain import PROVISIONAL, Account, AccountChange, Filing, FilingRemark, same_ids
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.names import same
from mediawatch.registry.proposal import FIELDS, Kind, Proposal, is_acceptance
from mediawatch.table import Table
from mediawatch.typesetting import typeset


class RemarkResult(StrEnum):
    """What became of something that was pointed out; the value is how it is told."""

    CORRECTED = "已更正"
    """An imported registry holds what was seen."""
    ADOPTED = "已由本单位采纳"
    """The office accepted the proposal. Whether the unit corrected its filing is not known."""
    UNCHANGED = "未更正"
    OTHERWISE = "改为其他值"
    LEFT = "已移出台账"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkStanding:
    """Something that was pointed out, with what is filed now."""

    remark: FilingRemark
    account: Account
    result: RemarkResult

    @property
    def filed_now(self) -> str:
        return value_of(self.account.filed, self.remark.field)


def value_of(filed: Filing, field: str) -> str:
    """A filed value as text; links one a line."""
    value = getattr(filed, field)
    return value if isinstance(value, str) else "\n".join(value)


_WITH_LOGIN = "（登录）"
"""What our names of surfaces say of our logins is nothing to a unit."""


def remark_of(proposal: Proposal, labels: Mapping[str, str], now: datetime) -> FilingRemark:
    """What a unit is told of a proposal. `labels`: what inspectors call the surfaces.

    No person is named: who looked is no matter of the unit's.
    """
    surface = labels.get(proposal.surface, "系统核查").removesuffix(_WITH_LOGIN)
    source = "人工核查（附截图）" if proposal.seen_by else surface
    said = proposal.why.replace("(", "（").replace(")", "）")
    why = "" if proposal.seen_by else f"：{typeset(said)}"
    ground = f"{chinese_day(day_of(proposal.read_at))}，{typeset(source)}{why}"
    return FilingRemark(
        account_id=proposal.account.id,
        field=proposal.field,
        filed=proposal.old,
        seen=proposal.new,
        ground=ground,
        at=now,
    )


def seen_words(proposal: Proposal) -> str:
    """What was seen, as the unit reads it."""
    if proposal.kind is Kind.DOUBT:
        return "备案值疑似有误，请核对后更正"
    if proposal.kind is Kind.PROVISIONAL:
        return f"{PROVISIONAL}：{proposal.new}，请核对是否为本单位账号，并补报"
    return proposal.new or "应清空"


def standings(
    given: Iterable[FilingRemark],
    accounts: Mapping[int, Account],
    history: Iterable[AccountChange],
) -> list[RemarkStanding]:
    """What became of remarks, by the accounts as they are filed now, retired ones included.

    `history`: the changes of these accounts, oldest first.
    """
    changes: dict[tuple[int, str], list[AccountChange]] = {}
    for change in history:
        changes.setdefault((change.account_id, change.field), []).append(change)
    return [
        RemarkStanding(
            remark=each,
            account=account,
            result=_result(each, account, changes.get((each.account_id, each.field), ())),
        )
        for each in given
        if (account := accounts.get(each.account_id)) is not None
    ]


def _result(
    remark: FilingRemark, account: Account, changes: Sequence[AccountChange]
) -> RemarkResult:
    now = value_of(account.filed, remark.field)
    if _holds(remark, account.filed, now):
        # Links add up: the change that brought the value counts, not the newest one.
        brought = [
            change.source
            for change in changes
            if _holds(remark, account.filed, change.new)
            and not _holds(remark, account.filed, change.old)
        ]
        adopted = bool(brought) and is_acceptance(brought[-1])
        return RemarkResult.ADOPTED if adopted else RemarkResult.CORRECTED
    if now != remark.filed:
        return RemarkResult.OTHERWISE
    return RemarkResult.UNCHANGED if account.retired_on is None else RemarkResult.LEFT


def _holds(remark: FilingRemark, filed: Filing, now: str) -> bool:
    """Whether a value of the field is what was seen; a doubt names none."""
    if not remark.seen:
        return False
    match remark.field:
        case "platform_id":
            return same_ids(remark.seen, "", replace(filed, platform_id=now).identity) is True
        case "original_id":
            return now.casefold() == remark.seen.casefold()
        case "name":
            return same(now, remark.seen)
        case "article_links":
            return remark.seen in now.splitlines()
    return now == remark.seen


STANDINGS_BRIEF = ("政务新媒体名称", "字段", "核查所见", "现备案值", "结果")
"""The columns of that table that fit a terminal; the CSV has all of them."""


def standings_table(found: Sequence[RemarkStanding]) -> Table:
    columns = (
        "备案单号",
        "政务新媒体名称",
        "所属组织",
        "字段",
        "提示时备案值",
        "核查所见",
        "现备案值",
        "结果",
        "首次提示",
    )
    rows = tuple(
        (
            each.account.filed.filing_number,
            each.account.filed.name,
            each.account.filed.organiser,
            FIELDS[each.remark.field],
            each.remark.filed,
            each.remark.seen or "疑似有误",
            each.filed_now,
            each.result.value,
            day_of(each.remark.at).isoformat(),
        )
        for each in found
    )
    return Table("台账更正提示的结果", columns, rows)

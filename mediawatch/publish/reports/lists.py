"""The lists an inspector reads: flagged accounts, one account in full. Chinese throughout."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mediawatch.domain import (
    PLATFORM_LABELS,
    Account,
    Attestation,
    CanaryCheck,
    Finding,
    Reading,
    ReviewState,
    Sweep,
    SweepAccount,
    SweepState,
)
from mediawatch.domain.clock import minute
from mediawatch.figures.filings import each_once
from mediawatch.rules import backing
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.rules.sentences import in_chinese
from mediawatch.table import Table

ATTESTED: Mapping[Attestation, str] = {
    Attestation.RECORDED: "有实录",
    Attestation.DESCRIBED: "含仅有文字描述、无实录的来源",
}

BRIEF = (
    "备案单号",
    "政务新媒体名称",
    "类型",
    "所属组织",
    "存在的突出问题",
    "结论",
    "审核状态",
    "最近更新",
    "间隔天数",
    "平台现名",
)
"""The columns of the flagged list that fit a terminal; the CSV has all of them."""


def heading(sweep: Sweep) -> str:
    """Which inspection a list belongs to."""
    state = "" if sweep.state is SweepState.FINISHED else "，尚未完成"
    period = f" 检查时段自{sweep.period_from}" if sweep.period_from else ""
    name = f"第{sweep.id}号检查{sweep.round and f'（{sweep.round}）'} {sweep.kind.label}"
    return (
        f"{name}{period} 监测时间点{minute(sweep.as_of)} 规则{sweep.policy} "
        f"范围：{scope_words(sweep.scope)}{state}"
    )


def scope_words(scope: str) -> str:
    """范围 in Chinese, from what `Sweep.scope` says."""
    again = re.match(r"recheck of (.+?): ", scope)
    words = re.findall(r"\w+ of \d+ accounts \(\w+\)|\S+", scope[again.end() :] if again else scope)
    return (f"{again[1]}所列" if again else "") + "、".join(_scope_word(word) for word in words)


def _scope_word(word: str) -> str:
    key, _, value = word.partition("=")
    match key:
        case "all":
            return "全部账号"
        case "due":
            return "到期账号"
        case "platform":
            return PLATFORM_LABELS.get(value, value)
        case "account":
            return f"编号{value}"
        case _:
            return re.sub(r"\w+ of (\d+) accounts \((\w+)\)", r"\1个账号（\2）", word)


def sweeps(all_sweeps: Sequence[Sweep]) -> Table:
    """检查批次, oldest first."""
    states = {
        SweepState.RUNNING: "未完成",
        SweepState.FINISHED: "已完成",
        SweepState.INCOMPLETE: "中断（已关闭）",
    }
    rows = [
        (
            str(one.id), one.round, one.kind.label, one.period_from.isoformat() if one.period_from else "", minute(one.as_of), one.policy,
            scope_words(one.scope), minute(one.started_at), states[one.state],
        )
        for one in all_sweeps
    ]  # fmt: skip
    return Table(
        "检查批次",
        ("编号", "名称", "方式", "时段自", "监测时间点", "规则", "范围", "开始", "状态"),
        tuple(rows),
    )


def findings_table(
    sweep: Sweep,
    scope: Sequence[SweepAccount],
    readings: Mapping[int, Sequence[Reading]],
    checks: Sequence[CanaryCheck],
    surfaces: Mapping[str, str],
) -> Table:
    """存在突出问题的政务新媒体名单: one row a finding that was not dismissed, in registry order.

    类型 and 所属组织 stand exactly as filed. An account that is filed twice stands once, by the
    filing that it is counted by. `surfaces`: the Chinese of each surface's name.
    """
    speaking = {
        entry.account.id
        for entry, _ in each_once([as_reviewed(entry, include_open=True) for entry in scope])
    }
    rows = [
        _flagged_row(entry.account, finding, readings.get(entry.account.id, ()), checks, surfaces)
        for entry in scope
        if entry.judgement and entry.account.id in speaking
        for finding in entry.judgement.findings
        if finding.review is not ReviewState.DISMISSED
    ]
    columns = (
        "备案单号",
        "政务新媒体名称",
        "类型",
        "所属组织",
        "地市",
        "县区",
        "存在的突出问题",
        "结论",
        "审核状态",
        "最近更新",
        "间隔天数",
        "平台现名",
        "信息来源",
        "来源依据",
        "对照账号",
        "核查时间",
        "说明",
        "扣分",
    )
    return Table(
        f"存在突出问题的政务新媒体名单（未经审核的为疑似） {heading(sweep)}", columns, tuple(rows)
    )


def _flagged_row(
    account: Account,
    finding: Finding,
    readings: Sequence[Reading],
    checks: Sequence[CanaryCheck],
    surfaces: Mapping[str, str],
) -> tuple[str, ...]:
    filed = account.filed
    proving = [reading for reading in readings if reading.id in finding.reading_ids]
    behind = backing.backing_of(finding, filed, readings, checks)
    names = sorted({sight.surface for reading in proving for sight in reading.sights})
    gap = (
        ""
        if finding.gap_days is None
        else f"不少于{finding.gap_days}"
        if finding.gap_is_minimum
        else str(finding.gap_days)
    )
    latest = (
        "" if finding.gap_is_minimum or not finding.latest_on else finding.latest_on.isoformat()
    )
    read_at = minute(proving[-1].read_at) if proving else ""
    return (
        filed.filing_number,
        filed.name,
        filed.type,
        filed.organiser,
        filed.prefecture,
        filed.county,
        finding.label,
        finding.effect.label,
        finding.review.label,
        latest,
        gap,
        finding.name_seen,
        in_chinese(names, surfaces),
        behind.label
        if behind is backing.Backing.PERSON
        else ATTESTED[backing.attestation_of(finding, readings)],
        behind.label,
        read_at,
        finding.sentence,
        "" if finding.points is None else f"{finding.points:g}",
    )

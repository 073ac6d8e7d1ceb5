"""What a finding says to the inspector, in Chinese. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from mediawatch.domain import Code, LookKind, MatchedBy, Outcome
from mediawatch.domain.clock import chinese_day
from mediawatch.ports import Dossier
from mediawatch.rules.account_policy import AccountPolicy
from mediawatch.rules.name_proof import NameProof
from mediawatch.rules.presence import PresenceProof
from mediawatch.rules.proofs import FreshnessProof, Gap
from mediawatch.rules.sentences import period


def presence(known: Dossier, code: Code, there: PresenceProof) -> str:
    """A finding about the account's being there."""
    match code:
        case Code.NOT_FOUND:
            return f"报送系统中为正常运行，{_how_missed(known, there)}。"
        case Code.CANCELLED_NOT_CLOSED:
            return "平台显示该账号已注销，报送系统中仍为正常运行。"
        case Code.BANNED:
            return "平台显示该账号已被封禁或停用。"
        case Code.EMPTY_ACCOUNT:
            return "账号开设后未发布过内容。"
        case Code.CLOSED_BUT_ALIVE:
            return f"报送系统中为{known.filed.status.label}，平台上该账号仍在。"
    raise ValueError(f"{code} says nothing of presence")


def stale(
    fresh: FreshnessProof, gap: Gap, as_of_day: date, code: Code, policy: AccountPolicy
) -> str:
    """A finding about a silence that is too long."""
    least = "不少于" if gap.minimum else ""
    if gap.opened and not fresh.period_from:
        seen = (
            f"账号于{chinese_day(gap.since)}开设，其后至监测时间点{chinese_day(as_of_day)}无更新，"
            f"间隔{gap.days}天"
        )
    elif fresh.period_from:
        span = f"{chinese_day(gap.since)}{'开设' if gap.opened else ''}至{chinese_day(gap.until)}"
        seen = f"{period(fresh.period_from, as_of_day)}内最长更新间隔{least}{gap.days}天（{span}）"
    elif gap.minimum:
        seen = (
            f"自{chinese_day(gap.since + timedelta(days=1))}至监测时间点{chinese_day(as_of_day)}无更新，"
            f"间隔{least}{gap.days}天"
        )
    else:
        seen = (
            f"最近一次更新为{chinese_day(gap.since)}，"
            f"至监测时间点{chinese_day(as_of_day)}间隔{gap.days}天"
        )
    if fresh.after_on:
        end = "检查时段结束" if fresh.period_from else "监测时间点"
        seen += f"（{end}后于{chinese_day(fresh.after_on)}有更新）"
    ground = policy.ground(in_period=fresh.period_from is not None)
    return f"{seen}，属“{policy.label(code)}”（{ground}）。"


def name(known: Dossier, named: NameProof) -> str:
    """A finding about another name than the filed one."""
    return f"备案名称为“{known.filed.name}”，平台上同一账号现名为“{named.seen}”。"


def _how_missed(known: Dossier, there: PresenceProof) -> str:
    """What was asked for in vain, so that the reviewer can ask again."""
    filed = known.filed
    proving = [reading for reading in known.readings if reading.id in there.reading_ids]
    if any(reading.look is LookKind.PERSON for reading in proving):
        return "经人工核查，在平台上搜索不到该账号"
    if any(
        sight.matched_by is MatchedBy.NAME
        for reading in proving
        for sight in reading.sights
        if sight.outcome is Outcome.NOT_FOUND
    ):
        alias = f"和微信号“{filed.alias}”" if filed.alias else ""
        return f"按备案名称“{filed.name}”{alias}在平台搜索不到该账号"
    return f"备案的平台ID“{filed.platform_id or filed.original_id or filed.alias}”在平台上不存在"

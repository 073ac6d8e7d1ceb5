"""更新频次 as tables for the office itself: by account and by unit, in the order of the registry.

Every cell says how far it is certain. Circulars take nothing from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.figures.cadence import AccountCadence, UnitCadence
from mediawatch.publish.reports.xlsx import BookCover, workbook
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.cadence import Bounds, MonthCadence, SilentRun
from mediawatch.rules.policy import Policy
from mediawatch.table import Table, join_filled

INTERNAL_ONLY = "内部使用，仅供日常管理参考，不作为认定依据，不得用于排名"
SHEETS = ("按账号", "按单位", "未统计", "说明")
"""What the tables are called in short."""
UNKNOWN = "不详"
_FIGURES = ("发布条数", "最长更新间隔", "不达标天数", "连续未发布月数")
_OF_ACCOUNT = ("地区", "单位", "政务新媒体名称", "类型", "备案单号", "月份", *_FIGURES, "说明")
_OF_UNIT = ("地区", "单位", "月份", "账号数", *_FIGURES, "说明")


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceReport:
    """What the tables print; `months` are first days, in order."""

    accounts: Sequence[AccountCadence]
    units: Sequence[UnitCadence]
    months: Sequence[date]
    policy: Policy
    made_at: datetime
    marks: Sequence[str] = ()


def tables(report: CadenceReport) -> Iterator[Table]:
    """By account, by unit, the accounts that are not counted, and how to read the figures.

    Each is made when it is asked for: those of a year are large.
    """
    span = _span(report.months)
    yield Table(_title(report), _OF_ACCOUNT, tuple(_account_rows(report.accounts)))
    yield Table(f"更新频次（按单位，{span}）", _OF_UNIT, tuple(_unit_rows(report.units)))
    yield Table(
        "未统计的账号",
        ("地区", "单位", "政务新媒体名称", "类型", "备案单号", "原因"),
        tuple((*_named(each), each.why_none) for each in report.accounts if each.why_none),
    )
    yield Table("说明", ("项目", "说明"), tuple(_explained(report)))


def book(report: CadenceReport, issuer: str) -> bytes:
    """The tables as a workbook, a sheet each."""
    return workbook(
        zip(SHEETS, tables(report), strict=True),
        counts=("账号数",),
        rates=_FIGURES,
        marks=(INTERNAL_ONLY, *report.marks),
        cover=BookCover(title=_title(report), issuer=issuer, made_at=report.made_at),
    )


def _title(report: CadenceReport) -> str:
    return f"更新频次（按账号，{_span(report.months)}）"


def _span(months: Sequence[date]) -> str:
    first, last = _month(months[0]), _month(months[-1])
    if first == last:
        return first
    return f"{first}至{last if months[0].year != months[-1].year else last.partition('年')[2]}"


def _month(month: date) -> str:
    return f"{month.year}年{month.month}月"


def _named(each: AccountCadence) -> tuple[str, ...]:
    filed, (place, unit) = each.account.filed, each.unit
    return place, unit, filed.name, filed.printed_type, filed.filing_number


def _account_rows(accounts: Sequence[AccountCadence]) -> Iterator[tuple[str, ...]]:
    for each in accounts:
        for month in each.cadence.months:
            yield (
                *_named(each),
                _month(month.month),
                posts_words(month.posts),
                gap_words(month.gap),
                below_words(month.below, month.days),
                run_words(month.run),
                join_filled((_part(month), _left_out(month.doubtful))),
            )


def _unit_rows(units: Sequence[UnitCadence]) -> Iterator[tuple[str, ...]]:
    for unit in units:
        for month in unit.months:
            yield (
                unit.place,
                unit.name,
                _month(month.month),
                str(month.accounts),
                posts_words(month.posts),
                gap_words(month.gap),
                below_words(month.below, month.days),
                run_words(month.run),
                _left_out(month.doubtful),
            )


def posts_words(posts: Bounds) -> str:
    """`3条`, `至少3条`; 不详 where no post is known and no list shows that there is none."""
    if posts.certain:
        return f"{posts.least}条"
    return f"至少{posts.least}条" if posts.least else UNKNOWN


def gap_words(gap: Bounds) -> str:
    """`15天`, `9至15天`, `至多15天`, `至少9天`, 不详. A day or less bounds nothing from below."""
    if gap.certain:
        return f"{gap.least}天"
    if gap.most is None:
        return f"至少{gap.least}天" if gap.least > 1 else UNKNOWN
    return f"{gap.least}至{gap.most}天" if gap.least > 1 else f"至多{gap.most}天"


def below_words(below: Bounds, days: int) -> str:
    """`3天`, `3至9天`, `至多9天`; 不详 where each of these `days` may be one or not."""
    if below.certain:
        return f"{below.least}天"
    if below.least:
        return f"{below.least}至{below.most}天"
    return UNKNOWN if below.most == days else f"至多{below.most}天"


def run_words(run: SilentRun | None) -> str:
    """`2个月`, `至少2个月`, `0`, 不详."""
    if run is None:
        return UNKNOWN
    if not run.months:
        return "0"
    return f"{'至少' if run.minimum else ''}{run.months}个月"


def _part(month: MonthCadence) -> str:
    """From when to when the account is counted, where that is a part of the month."""
    if not month.is_part:
        return ""
    started = month.first > month.month
    since = f"自{month.first.month}月{month.first.day}日起" if started else ""
    ended = (month.last + timedelta(days=1)).month == month.last.month
    until = f"至{month.last.month}月{month.last.day}日止" if ended else ""
    return f"{since}{until}计"


def _left_out(doubtful: int) -> str:
    return f"另见{doubtful}条，归属或日期未确认，未计" if doubtful else ""


def _windows(report: CadenceReport) -> str:
    """How long a silence may be, under the windows of these accounts."""
    own = (account_policy(report.policy, each.account.filed) for each in report.accounts)
    windows = dict.fromkeys(each.window for each in own if each.judged_by_updates)
    said = (
        f"{'超过' if each.edge == 'exceeds' else '达到'}{each.days}天"
        for each in windows or [report.policy.window]
    )
    spans = "、".join(said)
    return f"{spans}（各账号所适用的）" if len(windows) > 1 else spans


def _explained(report: CadenceReport) -> Iterator[tuple[str, str]]:
    policy = report.policy
    made_on = day_of(report.made_at)
    yield "用途", f"{INTERNAL_ONLY}。按台账顺序排列。"
    yield (
        "依据",
        f"截至{chinese_day(made_on)}已存核查记录；{chinese_day(made_on - timedelta(days=1))}以后不计。"
        f"规则：{policy.title}。",
    )
    yield (
        "发布条数",
        "完整列表覆盖全月的写“N条”；列表未覆盖的写“至少N条”。只计确属本账号的发布内容，仅凭名称或链接"
        "关联的不计，在说明栏注明条数。核查时已删除或撤回的无法见到。开设时间未填报的，首条已知发布以前不作定论。"
        f"转发内容{'计入' if policy.updates.reposts else '不计'}；"
        f"未推送的发布{'计入' if policy.updates.unpushed else '不计'}。",
    )
    yield (
        "最长更新间隔",
        "从月初以前最近一次发布算起，到当月最后一天。列表未覆盖处可能另有发布，只会使间隔缩短，"
        "故写“至多N天”；完整列表已能证明的部分写在“至”前。此前发布情况不明的写“至少N天”。",
    )
    yield (
        "不达标天数",
        f"当月更新间隔已{_windows(report)}的天数。列表未覆盖处不能确定，写“至多N天”，待核。"
        "认定中已排除的未更新问题所涉时段不作定论。按单位的为各账号天数之和。",
    )
    yield (
        "连续未发布月数",
        "仅以完整列表覆盖的整月为准；列表未覆盖的写“不详”；更早月份不详的写“至少N个月”。"
        "按单位的须所有账号均未发布。",
    )
    if unnamed := sum(not each.has_unit for each in report.accounts):
        yield "单位", f"{unnamed}个账号未填报所属组织，不列入按单位统计。"
    yield "起止", "自开设、备案（以较晚者为准）起计，豁免期满后起计，申请关停或采取关停措施后不计。"

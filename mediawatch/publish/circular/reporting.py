"""总体情况 of what lower offices reported: every number in it is theirs, and says so."""

from __future__ import annotations

from collections.abc import Iterator

from mediawatch.domain.clock import chinese_day
from mediawatch.publish.circular.frame import moment
from mediawatch.publish.circular.text import MANY
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reporting import Doubts, Reporting


def reported_overview(inspection: Inspection, reporting: Reporting) -> Iterator[str]:
    """Who reported, and what they say of the whole; what the parts say follows elsewhere."""
    office, whole = inspection.office, inspection.statistics.whole
    measure = office.measure
    yield from _senders(reporting)
    rated = whole.registry_known and office.print_rate
    coverage = f"（检查率{whole.coverage_text(office.decimals)}）" if rated else ""
    rate = f"，合格率{whole.rate_text(office.decimals)}" if office.print_rate else ""
    yield (
        f"{moment(inspection.sweep)}。{reporting.basis}，在管政务新媒体共{whole.total}{measure}，"
        f"检查{whole.checked}{measure}{coverage}，发现不合格{whole.failed}{measure}{rate}。"
    )
    if reporting.own_rules:
        said = "、".join(f"{name}（{days}天）" for name, days in reporting.own_rules)
        yield f"其中按本地更新时限判定的有{len(reporting.own_rules)}个地区（部门）：{said}。"
    if reporting.shared:
        contested = (
            f"，其中{reporting.contested}{measure}结论相反，待核对" if reporting.contested else ""
        )
        yield (
            f"有{reporting.shared}{measure}政务新媒体由两个以上地区（部门）报送，各计入一次"
            f"{contested}。"
        )
    if reporting.disputed:
        yield (
            f"有{reporting.disputed}{measure}政务新媒体报送为不合格，与本级掌握的情况不同，待核对，"
            "不计入不合格数。"
        )
    if office.print_rate:
        yield from _doubts(reporting.doubts)
    if reporting.unreported:
        of_each = "、".join(f"{name}{number}{measure}" for name, number in reporting.unreported)
        named = f"：{of_each}" if len(reporting.unreported) <= MANY else ""
        yield (
            f"本级台账中属于已报送地区（部门）的在管政务新媒体，另有{reporting.left_out}{measure}"
            f"未在其报送之列，待核对{named}。"
        )
    if reporting.collectors:
        names = "、".join(name for name, _ in reporting.collectors)
        yield f"{names}所报结果包括其汇总的所属单位自查情况。"
    for name, missing in reporting.collectors:
        if missing:
            yield f"{name}所属单位中，{'、'.join(missing)}尚未报送，所报为初步结果。"
    yield "以上情况由各地区、各部门自查报送，佐证材料由报送单位留存，本级未逐一核查。"


def _doubts(doubts: Doubts) -> Iterator[str]:
    """Why no 100% is said. A contradiction is one of the same moment alone, and of nobody who
    reports failures himself."""
    if names := "、".join(doubts.contradicted):
        yield f"{names}未报送不合格账号，与本级检查或其他单位报送的情况不符，合格率待核查。"
    if names := "、".join(doubts.unsettled):
        yield f"{names}报送为不合格的账号待核对或计入其他地区（部门），合格率待核查。"
    if names := "、".join(doubts.apart):
        yield (
            f"本级检查另发现属于{names}或由其报送的账号有不合格的，与报送结果不可比，合格率待核查。"
        )


def _senders(reporting: Reporting) -> Iterator[str]:
    said = f"应报送检查结果的地区（部门）有{reporting.expected}个，"
    until = f"截至{chinese_day(reporting.until)}，"
    if not reporting.missing:
        yield f"{until}{said}均已报送。"
    else:
        yield f"{until}{said}{_missing(reporting)}。以下为已报送的地区、部门的初步结果。"
    if reporting.not_due:
        names = "、".join(reporting.not_due)
        yield f"未报送的地区（部门）中，未到报送期限的有{len(reporting.not_due)}个：{names}。"
    if reporting.late:
        names = "、".join(reporting.late)
        yield f"已报送的地区（部门）中，逾期报送的有{len(reporting.late)}个：{names}。"


def _missing(reporting: Reporting) -> str:
    names = f"：{'、'.join(reporting.missing)}" if len(reporting.missing) <= MANY else ""
    return f"已报送{len(reporting.offices)}个，尚未报送{len(reporting.missing)}个{names}"

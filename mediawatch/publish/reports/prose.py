"""通报的正文: 总体情况 and 主要问题 in the words of published circulars.

Pure; every figure comes from proved statistics.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mediawatch.domain import (
    PLATFORM_LABELS,
    PROVISIONAL,
    FiledStatus,
    Finding,
    Rectification,
    Sweep,
    SweepAccount,
    SweepKind,
    Verdict,
)
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.filings import once
from mediawatch.figures.values import Figures, FiguresSplit
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports.omissions import omission_words
from mediawatch.sweep.scope import WHOLE
from mediawatch.typesetting import typeset

NUMERALS = "一二三四五六七八九十"
MANY = 30
"""A paragraph holds no more names: above this number it points to the annex."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One kind of problem: its heading, and what stands below it."""

    heading: str
    text: str


def title(inspection: Inspection) -> str:
    """关于…政务新媒体检查情况的通报; a notice has the title that it was issued under."""
    if inspection.issued:
        return inspection.issued.notice.title
    as_of = day_of(inspection.sweep.as_of)
    round_ = inspection.sweep.round or f"{as_of.year}年第{NUMERALS[(as_of.month - 1) // 3]}季度"
    return (
        f"{inspection.office.issuer}关于{round_}{inspection.office.reach}政务新媒体检查情况的通报"
    )


def occasion(inspection: Inspection) -> str:
    """引据: by what rule, and who inspected."""
    who = inspection.office.issuer or "我单位"
    # The documents alone: what the policy quotes of them after a colon would break the grammar
    # here.
    basis = "、".join(
        part.partition("：")[0] for part in typeset(inspection.policy.basis).split("；")
    )
    return f"根据{basis}要求，{who}组织开展了本次政务新媒体检查，现将有关情况通报如下。"


def overview(inspection: Inspection) -> tuple[str, ...]:
    """总体情况, paragraph by paragraph."""
    whole, office, measure = (
        inspection.statistics.whole,
        inspection.office,
        inspection.office.measure,
    )
    as_of = chinese_day(day_of(inspection.sweep.as_of))
    partial = not whole.full_cover and inspection.sweep.scope != WHOLE
    rated = "所检查账号合格率" if partial else "合格率"
    first = (
        f"监测时间点为{as_of}。{_coverage(inspection, partial=partial)}，"
        f"发现不合格{whole.failed}{measure}，"
        f"{rated}{whole.rate_text(office.decimals)}。"
    )
    said = [first, *_by_platform(inspection)]
    perfect = _split(inspection, Dimension.REGION.label).perfect
    if perfect:
        said.append(f"{rated}为100%的地区（部门）有{len(perfect)}个：{'、'.join(perfect)}。")
    if whole.preliminary:
        said.append(f"另有{whole.open}{measure}尚待人工核查，以上为初步结果。")
    if whole.provisional:
        # Every 正常更新 needs its ground; a 合格率 that is silent about these would claim more.
        said.append(
            f"检查数中有{whole.provisional}{measure}系仅依名称（按名称检索到的同名账号即{PROVISIONAL}，"
            f"或他人提供的同名账号链接）判定为{Verdict.FRESH.label}，尚未经备案标识核对。"
        )
    said += _since_last(inspection)
    said.append("各地区（部门）情况详见附件1。")
    return tuple(said)


def _coverage(inspection: Inspection, *, partial: bool) -> str:
    """How many accounts there are, and how many of them were looked at.

    A sweep of a part says which part it is.
    """
    whole, office, measure = (
        inspection.statistics.whole,
        inspection.office,
        inspection.office.measure,
    )
    registry = f"{office.reach}{_registry(inspection)}，本次"
    checked = f"检查{whole.checked}{measure}"
    if whole.registry_known:
        checked += f"（检查率{whole.coverage_text(office.decimals)}）"
    if whole.full_cover:
        return f"{registry}全覆盖检查"
    if not partial:
        return f"{registry}{checked}"
    return (
        f"{registry if whole.registry_known else '本次'}为部分检查：{extent(inspection.sweep)}，"
        f"共{whole.drawn}{measure}，{checked}"
    )


def _registry(inspection: Inspection) -> str:
    """The clause that says how many filed accounts are in service.

    An account that is to be closed (申请关停) does not count as 正常运行.
    """
    whole, measure = inspection.statistics.whole, inspection.office.measure
    if whole.drawn < whole.total:
        # How many of the others are to be closed is unknown: they were not drawn.
        return f"在管政务新媒体共{whole.total}{measure}"
    closing = sum(
        one.entry.account.filed.status is FiledStatus.CLOSING for one in once(inspection.scope)
    )
    besides = f"，另有申请关停的{closing}{measure}" if closing else ""
    return f"正常运行的政务新媒体共{whole.total - closing}{measure}{besides}"


def extent(sweep: Sweep) -> str:
    """The kind of a partial sweep: 抽查, 名单检查, 仅检查新浪微博 …"""
    again = re.match(r"recheck of (.+?): ", sweep.scope)
    words = [
        f"复查{again[1]}所列账号"
        if again
        else sweep.kind.label
        if sweep.kind is not SweepKind.CENSUS
        else ""
    ]
    platforms = re.findall(r"\bplatform=(\S+)", sweep.scope)
    words.append(
        f"仅检查{'、'.join(PLATFORM_LABELS.get(name, name) for name in platforms)}"
        if platforms
        else ""
    )
    words.append("仅检查指定的账号" if re.search(r"\baccount=\d", sweep.scope) else "")
    return "，".join(filter(None, words))


def _since_last(inspection: Inspection) -> list[str]:
    """上期通报整改情况."""
    if inspection.past.previous is None or not inspection.past.rechecked:
        return []
    counts = Counter(each.result for each in inspection.past.rechecked)
    measure = inspection.office.measure
    said = "，".join(
        f"{result.label}{counts[result]}{measure}" for result in Rectification if counts[result]
    )
    which = "所列本次检查范围内的" if inspection.past.partly else "所列"
    total = len(inspection.past.rechecked)
    besides = omission_words(
        (each.item.unnamed for each in inspection.past.rechecked if each.item.unnamed),
        measure,
        total,
    )
    return [
        (
            f"对上期通报（{inspection.past.previous.number}）"
            f"{which}{total}{measure}政务新媒体{f'（{besides}）' if besides else ''}"
            f"进行了复查：{said}。"
        )
    ]


def closing_paragraph(inspection: Inspection) -> tuple[str, ...]:
    """The last paragraph: 整改期限 and 报送期限 of a notice."""
    notice = inspection.issued.notice if inspection.issued else None
    if notice is None:
        return ()
    asked = [
        f"于{chinese_day(day)}前{what}"
        for day, what in ((notice.rectify_by, "完成整改"), (notice.report_by, "报送整改情况"))
        if day is not None
    ]
    return (f"请有关单位{'，并'.join(asked)}。",) if asked else ()


def _by_platform(inspection: Inspection) -> list[str]:
    parts = [
        (
            f"{name}检查{part.checked}{inspection.office.measure}，"
            f"不合格{part.failed}{inspection.office.measure}，合格率{_rate(part, inspection)}"
        )
        for name, part in _split(inspection, Dimension.PLATFORM.label).parts
        if part.checked
    ]
    return [f"分平台看，{'；'.join(parts)}。"] if parts else []


def _rate(part: Figures, inspection: Inspection) -> str:
    return part.rate_text(inspection.office.decimals)


def _split(inspection: Inspection, heading: str) -> FiguresSplit:
    return next(split for split in inspection.statistics.splits if split.heading == heading)


def problems(inspection: Inspection) -> tuple[Paragraph, ...]:
    """主要问题: each failed account once, under its leading problem.

    The kinds stand in the policy's order of precedence.
    """
    kinds: dict[str, list[SweepAccount]] = {}
    codes = list(inspection.policy.precedence)

    def rank(pair: tuple[SweepAccount, Finding]) -> int:
        return codes.index(pair[1].code) if pair[1].code in codes else len(codes)

    for entry, finding in sorted(inspection.statistics.failed, key=rank):
        kinds.setdefault(finding.label, []).append(entry)
    return tuple(
        _kind(number, label, entries, inspection)
        for number, (label, entries) in enumerate(kinds.items())
    )


def _kind(
    number: int, label: str, entries: Sequence[SweepAccount], inspection: Inspection
) -> Paragraph:
    measure = inspection.office.measure
    heading = f"（{numeral(number + 1)}）{label}。"
    omitted = [inspection.omissions.get(entry.account.id, "") for entry in entries]
    besides = omission_words(filter(None, omitted), measure, len(entries))
    if all(omitted):
        return Paragraph(heading, f"共{len(entries)}{measure}，{besides}。")
    counted = f"共{len(entries)}{measure}" + (f"（{besides}）" if besides else "")
    if len(entries) > MANY:
        return Paragraph(heading, f"{counted}，名单见附件2。")
    platforms: dict[str, list[str]] = {}
    for entry in entries:
        if entry.account.id in inspection.omissions:
            continue
        filed = entry.account.filed
        platforms.setdefault(Dimension.PLATFORM.of(filed), []).append(
            f"{filed.organiser}“{filed.name}”"
        )
    named = "；".join(
        f"{platform}{len(names)}{measure}：{'、'.join(names)}"
        for platform, names in platforms.items()
    )
    return Paragraph(heading, f"{counted}。{named}。")


def numeral(number: int) -> str:
    """1 to 99 in Chinese, as headings are numbered."""
    tens, ones = divmod(number, 10)
    if not tens:
        return NUMERALS[ones - 1]
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"

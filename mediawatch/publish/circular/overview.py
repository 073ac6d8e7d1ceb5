"""总体情况, paragraph by paragraph."""

from __future__ import annotations

import re

from mediawatch.domain import PLATFORM_LABELS, PROVISIONAL, FiledStatus, Sweep, SweepKind, Verdict
from mediawatch.figures.comparison import RateChange
from mediawatch.figures.dimensions import Dimension, dimension
from mediawatch.figures.filings import once
from mediawatch.figures.values import Figures, FiguresSplit
from mediawatch.publish.circular.frame import moment
from mediawatch.publish.circular.samples import describe_clauses, drawn_clauses
from mediawatch.publish.circular.text import CircularParagraph, References
from mediawatch.publish.inspection import Inspection
from mediawatch.sweep.scope import WHOLE


def overview(inspection: Inspection, references: References) -> tuple[CircularParagraph, ...]:
    """总体情况; it points to the table where `references` has it."""
    whole = inspection.statistics.whole
    said = [_first(inspection)]
    said += describe_clauses(inspection)
    said += [_total_by(inspection, word) for word in inspection.office.totals_by]
    said += _parts(inspection, _split(inspection, Dimension.PLATFORM), "分平台看")
    if any(
        by is Dimension.BODY_KIND for clause in drawn_clauses(inspection) for by, _ in clause.where
    ):
        said += _parts(inspection, inspection.split(Dimension.BODY_KIND), "分主体类别看")
    said += _perfect(inspection)
    if whole.preliminary:
        said.append(f"另有{whole.open}{inspection.office.measure}尚待人工核查，以上为初步结果。")
    if whole.provisional:
        # Every 正常更新 needs its ground; a 合格率 that is silent about these would claim more.
        said.append(
            f"检查数中有{whole.provisional}{inspection.office.measure}系仅依名称"
            f"（按名称检索到的同名账号即{PROVISIONAL}，"
            f"或他人提供的同名账号链接）判定为{Verdict.FRESH.label}，尚未经备案标识核对。"
        )
    if table := references.get("table"):
        said.append(f"各地区（部门）情况详见{table}。")
    return tuple(CircularParagraph(text) for text in said)


def _first(inspection: Inspection) -> str:
    whole, office = inspection.statistics.whole, inspection.office
    partial = _is_partial(inspection)
    parts = [f"发现不合格{whole.failed}{office.measure}"]
    if rectified := sum(problem.rectified for problem in inspection.failed):
        parts[0] += f"（其中{rectified}{office.measure}在通报印发前已完成整改）"
    if office.print_rate:
        parts.append(f"{_rated(partial)}{whole.rate_text(office.decimals)}")
    if change := _change(inspection):
        parts.append(change)
    return f"{moment(inspection.sweep)}。{_coverage(inspection, partial=partial)}，{'，'.join(parts)}。"


def _is_partial(inspection: Inspection) -> bool:
    return not inspection.statistics.whole.full_cover and inspection.sweep.scope != WHOLE


def _rated(partial: bool) -> str:
    return "所检查账号合格率" if partial else "合格率"


def _change(inspection: Inspection) -> str:
    """较上季度提高1.23个百分点; "" where nothing can be compared, or no rate is printed."""
    before = inspection.before
    if before is None or not inspection.office.print_rate or not inspection.office.compare:
        return ""
    points = RateChange("合计", before.whole, inspection.statistics.whole).points
    if points is None:
        return ""
    than = before.words_from(inspection.sweep)
    if not points:
        return f"与{than}持平"
    unit = 10**inspection.office.decimals
    steps = int((2 * abs(points) * 100 * unit + 1) // 2)
    if not steps:
        return f"与{than}基本持平"
    number = f"{steps // unit}.{steps % unit:0{inspection.office.decimals}}"
    return f"较{than}{'提高' if points > 0 else '下降'}{number.rstrip('.') if unit == 1 else number}个百分点"


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
    if whole.registry_known and office.print_rate:
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


def _total_by(inspection: Inspection, word: str) -> str:
    """在管政务新媒体共113个，按平台分：… — the sum of all parts is 总数."""
    by, measure = dimension(word), inspection.office.measure
    parts = [
        f"{name}{part.total}{measure}" for name, part in inspection.split(by).parts if part.total
    ]
    total = inspection.statistics.whole.total
    return f"在管政务新媒体共{total}{measure}，按{by.label}分：{'，'.join(parts)}。"


def _parts(inspection: Inspection, split: FiguresSplit, opening: str) -> list[str]:
    parts = [
        f"{name}检查{part.checked}{inspection.office.measure}，"
        f"不合格{part.failed}{inspection.office.measure}{_rate(part, inspection)}"
        for name, part in split.parts
        if part.checked
    ]
    return [f"{opening}，{'；'.join(parts)}。"] if parts else []


def _rate(part: Figures, inspection: Inspection) -> str:
    office = inspection.office
    return f"，合格率{part.rate_text(office.decimals)}" if office.print_rate else ""


def _perfect(inspection: Inspection) -> list[str]:
    perfect = _split(inspection, Dimension.REGION).perfect
    if not perfect:
        return []
    what = (
        f"{_rated(_is_partial(inspection))}为100%的"
        if inspection.office.print_rate
        else "未发现不合格的"
    )
    return [f"{what}地区（部门）有{len(perfect)}个：{'、'.join(perfect)}。"]


def _split(inspection: Inspection, by: Dimension) -> FiguresSplit:
    return next(split for split in inspection.statistics.splits if split.heading == by.label)

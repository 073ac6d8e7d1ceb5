"""总体情况, paragraph by paragraph."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

from mediawatch.domain import (
    PLATFORM_LABELS,
    PROVISIONAL,
    FiledStatus,
    Sweep,
    SweepKind,
    UserError,
    Verdict,
)
from mediawatch.figures.comparison import RateChange
from mediawatch.figures.dimensions import Dimension, dimension
from mediawatch.figures.region_parts import PartGroup
from mediawatch.figures.values import Figures, FiguresSplit, percent
from mediawatch.ops.settings.office import FILE
from mediawatch.publish.circular.frame import moment
from mediawatch.publish.circular.reporting import reported_overview
from mediawatch.publish.circular.samples import describe_clauses, drawn_clauses
from mediawatch.publish.circular.text import MANY, CircularParagraph, References
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.policy_parts import NATIONAL_DAYS
from mediawatch.sweep.scope import WHOLE


def overview(inspection: Inspection, references: References) -> tuple[CircularParagraph, ...]:
    """总体情况; it points to the table where `references` has it."""
    whole = inspection.statistics.whole
    reporting = inspection.reporting
    if reporting is not None:
        said = [*reported_overview(inspection, reporting)]
    else:
        said = [_first(inspection), *_limits(inspection), *describe_clauses(inspection)]
    if whole.registry_known and reporting is None:
        said += [_total_by(inspection, word) for word in inspection.office.totals_by]
    said += _parts(inspection, _split(inspection, Dimension.PLATFORM), "分平台看")
    if any(
        by is Dimension.BODY_KIND for clause in drawn_clauses(inspection) for by, _ in clause.where
    ):
        said += _parts(inspection, inspection.split(Dimension.BODY_KIND), "分主体类别看")
    said += [] if inspection.is_recheck else _perfect(inspection)
    if whole.preliminary:
        said.append(f"另有{whole.open}{inspection.office.measure}尚待人工核查，以上为初步结果。")
    if whole.provisional:
        # Every 正常更新 needs its ground; a 合格率 that is silent about these would claim more.
        said.append(
            f"检查数中有{whole.provisional}{inspection.office.measure}系仅依名称"
            f"（按名称检索到的同名账号即{PROVISIONAL}，"
            f"或他人提供的同名账号链接）判定为{Verdict.FRESH.label}，尚未经备案标识核对。"
        )
    pointers = [f"各地区（部门）情况详见{references['table']}"] if "table" in references else []
    if "list" in references and any(not each.unnamed for each in inspection.failed):
        pointers.append(f"存在突出问题的政务新媒体名单见{references['list']}")
    said += [f"{'，'.join(pointers)}。"] if pointers else []
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


def _limits(inspection: Inspection) -> list[str]:
    """Which silence was too long for how many accounts, unless it is the nation's two weeks."""
    policies = (
        account_policy(inspection.policy, one.entry.account.filed) for one in inspection.accounts
    )
    judged = [own for own in policies if own.judged_by_updates]
    if all(own.window.days == NATIONAL_DAYS for own in judged):
        return []
    counts = Counter(own.limit for own in judged)
    if len(counts) == 1:
        return [f"本次检查以{next(iter(counts))}。"]
    measure = inspection.office.measure
    said = "，".join(f"{limit}的{count}{measure}" for limit, count in counts.items())
    return [f"按账号适用的更新时限，{said}。"]


def _is_partial(inspection: Inspection) -> bool:
    return not inspection.statistics.whole.full_cover and inspection.sweep.scope != WHOLE


def _rated(partial: bool) -> str:
    return "所检查账号合格率" if partial else "合格率"


def rate_points(inspection: Inspection) -> Fraction | None:
    """How much 合格率 rose since the census before; None where nothing can be compared."""
    before = inspection.before
    return RateChange("合计", before.whole, inspection.statistics.whole).points if before else None


def _change(inspection: Inspection) -> str:
    """较上季度提高1.23个百分点; "" where nothing can be compared, or no rate is printed."""
    before = inspection.before
    if before is None or not inspection.office.print_rate or not inspection.office.compare:
        return ""
    points = rate_points(inspection)
    if points is None:
        return ""
    than = before.words_from(inspection.sweep)
    if not points:
        return f"与{than}持平"
    number = percent(abs(points), inspection.office.decimals).removesuffix("%")
    if not Fraction(number):
        return f"与{than}基本持平"
    return f"较{than}{'提高' if points > 0 else '下降'}{number}个百分点"


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
    rated = whole.registry_known and office.print_rate
    coverage = f"（检查率{whole.coverage_text(office.decimals)}）" if rated else ""
    checked = f"检查{whole.checked}{measure}{coverage}"
    if whole.full_cover:
        return f"{registry}全覆盖检查"
    if not partial:
        return f"{registry}{checked}"
    opening, which = registry if whole.registry_known else "本次", extent(inspection.sweep)
    if which == SweepKind.SAMPLE.label:
        settled = whole.checked == whole.drawn
        return f"{opening}{which}{whole.drawn}{measure}{coverage if settled else f'，{checked}'}"
    return (
        f"{opening}为部分检查{f'：{which}' if which else ''}，共{whole.drawn}{measure}，{checked}"
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
        one.entry.account.filed.status is FiledStatus.CLOSING for one in inspection.accounts
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
    try:
        by = dimension(word)
    except UserError as error:
        raise UserError(f"{FILE}: totals_by: {error}") from None
    measure = inspection.office.measure
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
    """Which regions and which departments are at 100%.

    Without the level of the office the two cannot be told apart. A part that says only which
    column is empty is neither.
    """
    split = _split(inspection, Dimension.REGION)
    kinds = [
        (group.kind, group.perfect) for group in split.groups if group.kind != PartGroup.UNFILED
    ] or [("地区（部门）", split.perfect)]
    said = [
        f"{kind}有{len(names)}个" + (f"：{'、'.join(names)}" if len(names) <= MANY else "")
        for kind, names in kinds
        if names
    ]
    if not said:
        return []
    rated = "所检查账号合格率" if _is_partial(inspection) else "政务新媒体检查合格率"
    rated = "报送合格率" if inspection.reporting else rated
    what = f"{rated}为100%的" if inspection.office.print_rate else "未发现不合格的"
    return [f"{what}{'；'.join(said)}。"]


def _split(inspection: Inspection, by: Dimension) -> FiguresSplit:
    return next(split for split in inspection.statistics.splits if split.heading == by.label)

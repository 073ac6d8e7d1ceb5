"""What fails nobody and is told all the same: 扣分情形 and 其他需关注情形."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from mediawatch.domain import Effect, Finding
from mediawatch.figures.values import Deduction
from mediawatch.publish.circular.naming import name_with_type
from mediawatch.publish.circular.text import MANY, CircularParagraph, References
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.rules.policy import Policy

DEDUCTIONS = "扣分情形"
OTHERS = "其他需关注情形"

_Kinds = dict[str, list[tuple[AccountProblem, Finding]]]
"""By label, the accounts with the finding of that kind."""


def deductions(inspection: Inspection, references: References) -> Iterator[CircularParagraph]:
    """扣分情形: an account stands in every kind that costs it points, also where it fails."""
    found = inspection.deducted
    if not found:
        return
    measure = inspection.office.measure
    kinds = _by_label(found, Effect.DEDUCTS, inspection.policy)
    opening = f"有{len(found)}{measure}政务新媒体存在扣分情形，不因此计入不合格数"
    names = _are_named(found, inspection)
    said = "；".join(
        f"{label}{len(some)}{measure}，{_cost(some, measure)}{_named(some) if names else ''}"
        for label, some in kinds.items()
    )
    total = sum(map(_points, (each for some in kinds.values() for each in some)), Decimal(0))
    if len(kinds) > 1:
        said += f"；合计扣{Deduction(0, total).points_text}分"
    listed = any(not each.fails and not each.unnamed for each in found)
    where = _pointer(references) if listed else ""
    yield CircularParagraph(f"{opening}：{said}{where}。", f"{DEDUCTIONS}。")


def noteworthy(inspection: Inspection, references: References) -> Iterator[CircularParagraph]:
    """其他需关注情形: an account stands once, in the first kind of the policy's order.

    Who fails and has such a problem besides is told behind them, by every kind.
    """
    found = [each for each in inspection.listed if each.with_effect(Effect.LISTED)]
    said = [
        *([_listed(found, inspection, references)] if found else []),
        _of_failed(inspection, references),
    ]
    if any(said):
        yield CircularParagraph("".join(said), f"{OTHERS}。")


def _of_failed(inspection: Inspection, references: References) -> str:
    """不合格的政务新媒体中，同时有重要信息未转载情形的1个，为…; "" for none."""
    measure = inspection.office.measure
    found = [each for each in inspection.failed if each.with_effect(Effect.LISTED)]
    names = _are_named(found, inspection)
    said = "；".join(
        f"同时有{label}情形的{len(some)}{measure}{_named(some) if names else ''}"
        for label, some in _by_label(found, Effect.LISTED, inspection.policy).items()
    )
    named = "list" in references and any(not each.unnamed for each in found)
    where = f"，名单见{references['list']}" if named else ""
    return f"不合格的政务新媒体中，{said}{where}。" if said else ""


def _listed(found: Sequence[AccountProblem], inspection: Inspection, references: References) -> str:
    measure = inspection.office.measure
    kinds = _by_label(found, Effect.LISTED, inspection.policy, first_only=True)
    more = "另" if inspection.failed else ""
    opening = f"{more}有{len(found)}{measure}政务新媒体存在以下情形，不计入不合格数"
    where = "" if all(each.unnamed for each in found) else _pointer(references)
    if (len(found) > MANY and where) or inspection.reporting:
        said = "、".join(f"{label}{len(some)}{measure}" for label, some in kinds.items())
    else:
        said = "；".join(
            f"{label}{len(some)}{measure}{_named(some)}" for label, some in kinds.items()
        )
    return f"{opening}：{said}{where}。"


def _are_named(found: Sequence[AccountProblem], inspection: Inspection) -> bool:
    """Whether a text names them: not too many, and not what others found and nobody here saw."""
    return len(found) <= MANY and inspection.reporting is None


def _pointer(references: References) -> str:
    return f"，详见{references['listed']}" if "listed" in references else ""


def _by_label(
    found: Sequence[AccountProblem], effect: Effect, policy: Policy, *, first_only: bool = False
) -> _Kinds:
    kinds: _Kinds = {}
    for problem in found:
        held = sorted(problem.with_effect(effect), key=lambda each: policy.rank(each.code))
        for each in held[:1] if first_only else held:
            kinds.setdefault(each.label, []).append((problem, each))
    return kinds


def _points(held: tuple[AccountProblem, Finding]) -> Decimal:
    return Decimal(str(held[1].points or 0))


def _cost(some: Sequence[tuple[AccountProblem, Finding]], measure: str) -> str:
    """每个扣5分; 扣5分 of one account; 共扣7分 where they cost different points."""
    points = [_points(each) for each in some]
    each = Deduction(0, points[0]).points_text
    if len(points) == 1:
        return f"扣{each}分"
    if len(set(points)) == 1:
        return f"每{measure}扣{each}分"
    return f"共扣{Deduction(0, sum(points, Decimal(0))).points_text}分"


def _named(some: Sequence[tuple[AccountProblem, Finding]]) -> str:
    """，为甲局“甲”（微信公众号，推送培训广告）、…: with what people wrote of it."""
    shown = [
        name_with_type(problem.entry.account.filed, finding.remark)
        for problem, finding in some
        if not problem.unnamed
    ]
    more = "等" if len(shown) < len(some) else ""
    return f"，为{'、'.join(shown)}{more}" if shown else ""

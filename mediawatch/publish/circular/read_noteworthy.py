"""The wordings of 扣分情形 and 其他需关注情形, with the figure that each number must be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from mediawatch.domain import Effect
from mediawatch.publish.circular.printed import Check, Rule, expect
from mediawatch.publish.circular.read_names import NAME, TYPED_NAMES, alternatives
from mediawatch.publish.inspection import AccountProblem, Inspection

_POINTS = r"\d+(?:\.\d+)?"
_COSTING, _FOLLOWING = "存在扣分情形", "存在以下情形"
"""What tells the paragraphs apart: one label may stand in both."""


def noteworthy_rules(inspection: Inspection) -> Iterator[Rule]:
    yield from _deductions(inspection)
    yield _of_failed(inspection)
    one = re.escape(inspection.office.measure)
    found = [each for each in inspection.listed if each.with_effect(Effect.LISTED)]
    labels = alternatives({label for each in found for label in _labels(each, Effect.LISTED)})
    yield expect(rf"有(\d+){one}政务新媒体{_FOLLOWING}，不计入不合格数", len(found))

    def checks(match: re.Match[str], line: str) -> Iterator[Check]:
        if _FOLLOWING not in line:
            return
        label, printed, names = match.groups()
        most = sum(label in _labels(each, Effect.LISTED) for each in found)
        yield from _names(printed, names)
        yield printed, int(printed) if int(printed) <= most else None
        all_counts = re.findall(rf"(?<=[：；、])(?:{labels})(\d+){one}", line)
        yield str(sum(map(int, all_counts))), len(found)

    yield Rule(
        re.compile(rf"(?<=[：；、])({labels})(\d+){one}(?:，为({TYPED_NAMES}))?(?=[；、，。])"),
        checks,
    )


def _of_failed(inspection: Inspection) -> Rule:
    """同时有重要信息未转载情形的1个: of those who fail, every one that has it."""
    one = re.escape(inspection.office.measure)
    counts = Counter(label for each in inspection.failed for label in _labels(each, Effect.LISTED))

    def checks(match: re.Match[str], line: str) -> Iterator[Check]:
        yield match[2], counts[match[1]]
        yield from _names(match[2], match[3])

    return Rule(
        re.compile(
            rf"同时有({alternatives(set(counts))})情形的(\d+){one}(?:，为({TYPED_NAMES}))?(?=[；，。])"
        ),
        checks,
    )


def _deductions(inspection: Inspection) -> Iterator[Rule]:
    """扣分情形: how many accounts, and how many points each and all of a kind, and all together."""
    one = re.escape(inspection.office.measure)
    whole = inspection.statistics.whole
    labels = alternatives(set(whole.deductions))
    yield expect(rf"有(\d+){one}政务新媒体{_COSTING}，不因此计入不合格数", whole.deducted)

    def checks(match: re.Match[str], line: str) -> Iterator[Check]:
        known = whole.deductions[match["label"]]
        yield match["count"], known.accounts
        times = known.accounts if match["each"] else 1
        points = Decimal(match["points"])
        yield match["points"], match["points"] if points * times == known.points else None
        yield from _names(match["count"], match["names"])

    yield Rule(
        re.compile(
            rf"(?<=[：；])(?P<label>{labels})(?P<count>\d+){one}，(?:(?P<each>每{one})|共)?"
            rf"扣(?P<points>{_POINTS})分(?:，为(?P<names>{TYPED_NAMES}))?(?=[；，。])"
        ),
        checks,
    )
    yield expect(rf"；合计扣({_POINTS})分", whole.deduction.points_text)


def _names(printed: str, names: str | None) -> Iterator[Check]:
    if names and not names.endswith("等"):
        yield printed, len(re.findall(NAME, names))


def _labels(problem: AccountProblem, effect: Effect) -> set[str]:
    return {each.label for each in problem.with_effect(effect)}

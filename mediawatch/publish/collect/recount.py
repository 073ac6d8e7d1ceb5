"""The counts of a hand-off, made anew of its own accounts and held against what it says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from mediawatch.domain import SweepAccount, Verdict
from mediawatch.figures.counts import by as count_by
from mediawatch.figures.counts import figures
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.values import Figures, agrees
from mediawatch.publish.collect.rebuild import ReportedAccount
from mediawatch.publish.handoff.figure_parts import Counts, FiguresBy, FiguresRow, RatioOut
from mediawatch.publish.handoff.parts import Handoff
from mediawatch.rules.policy import Policy


def count_faults(
    document: Handoff, accounts: Sequence[ReportedAccount], policy: Policy
) -> list[str]:
    """Which counts of a document are not those of its own accounts, in Chinese."""
    try:
        counted = figures([each.entry for each in accounts], policy)
        faults = [*_whole(document.counts, counted), *_open(document, counted)]
        return faults or list(_splits(document, accounts, policy))
    except AssertionError:
        return ["各项数量相互矛盾，无法核算"]


def split_of(document: Handoff, by: Dimension) -> FiguresBy | None:
    """The figures of a document by region or by platform."""
    return next((each for each in document.figures or () if each.heading == by.label), None)


def _whole(told: Counts, counted: Figures) -> Iterator[str]:
    pairs = (
        ("应查数", told.drawn, counted.drawn),
        ("检查数", told.checked, counted.checked),
        ("不合格数", told.failed, counted.failed),
        ("待人工核查数", told.unproven, counted.unproven),
        ("人工检查数", told.out_of_scope, counted.out_of_scope),
        ("单列数", told.apart, counted.apart),
        ("已关停数", told.closed, counted.closed),
        ("扣分账号数", told.deducted, counted.deducted),
    )
    for name, said, found in pairs:
        if said != found:
            yield f"{name}写{'无' if said is None else said}，按所列账号为{found}"
    if told.total < counted.drawn:
        yield f"总数写{told.total}，少于应查数{counted.drawn}"
    if told.verdicts != {verdict.value: counted.verdicts[verdict] for verdict in Verdict}:
        yield "各类结论的账号数与所列账号不符"
    if told.nested != counted.nested or _kinds(told) != dict(counted.kinds):
        yield "各类问题的账号数与所列问题不符"
    points = {each.label: (each.accounts, Decimal(str(each.points))) for each in told.deductions}
    if points != {name: (each.accounts, each.points) for name, each in counted.deductions.items()}:
        yield "扣分情形与所列问题不符"
    whole = replace(counted, total=told.total)
    yield from _ratio("合格率", told.rate, (whole.passed, whole.checked))
    yield from _ratio("检查率", told.coverage, (whole.checked, whole.total))


def _kinds(told: Counts) -> dict[str, int]:
    found: Counter[str] = Counter()
    for each in told.kinds:
        found[each.label] += each.failed
    return dict(found)


def _ratio(name: str, told: RatioOut | None, counts: tuple[int, int]) -> Iterator[str]:
    """A fraction must be that of the counts, and its text the fraction's, but for a word."""
    if told is None:
        return
    if (told.numerator, told.denominator) != counts:
        yield f"{name}写{told.numerator}/{told.denominator}，应为{counts[0]}/{counts[1]}"
        return
    try:
        right = not told.text.endswith("%") or agrees(told.text, Fraction(*counts))
    except (ValueError, ZeroDivisionError):
        right = False
    if not right:
        yield f"{name}写{told.text[:20]}，与{counts[0]}/{counts[1]}不符"


def _open(document: Handoff, counted: Figures) -> Iterator[str]:
    if document.unproven is not None and len(document.unproven) != counted.open:
        yield f"待核查名单有{len(document.unproven)}个，按所列账号为{counted.open}个"
    if counted.open and not document.preliminary:
        yield f"尚有{counted.open}个待核查，却未标明初步结果"


def _splits(
    document: Handoff, accounts: Sequence[ReportedAccount], policy: Policy
) -> Iterator[str]:
    scope = [each.entry for each in accounts]
    regions = {
        each.entry.account.id: told.region
        for each, told in zip(
            accounts, document.scope.accounts if document.scope else (), strict=True
        )
    }

    def region(entry: SweepAccount) -> str:
        return regions[entry.account.id]

    def platform(entry: SweepAccount) -> str:
        return Dimension.PLATFORM.of(entry.account.filed)

    for by, key in ((Dimension.REGION, region), (Dimension.PLATFORM, platform)):
        told = split_of(document, by)
        if told is None:
            yield f"没有按{by.label}的统计"
            continue
        found = count_by(scope, policy, key)
        yield from _parts(by, told, found, document.counts.total)


def _parts(by: Dimension, told: FiguresBy, found: dict[str, Figures], total: int) -> Iterator[str]:
    rows = {row.name: row for row in told.parts}
    if len(rows) < len(told.parts):
        yield f"按{by.label}的统计中同一项出现两次"
    if sum(row.total for row in told.parts) != total:
        yield f"按{by.label}的总数合计{sum(row.total for row in told.parts)}，总数写{total}"
    for name, one in found.items():
        row = rows.get(name)
        if row is None or _numbers(row) != (one.checked, one.failed, one.open):
            yield f"按{by.label}的统计中“{name[:20]}”与所列账号不符"
        elif row.total < one.drawn:
            yield f"按{by.label}的统计中“{name[:20]}”总数少于所列账号"
    for name, row in rows.items():
        if name not in found and _numbers(row) != (0, 0, 0):
            yield f"按{by.label}的统计中“{name[:20]}”没有对应的账号"


def _numbers(row: FiguresRow) -> tuple[int, int, int]:
    return row.checked, row.failed, row.open

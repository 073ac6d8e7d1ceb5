"""What must add up in the figures of a sweep. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import reduce

from mediawatch.figures.values import Deduction, Figures, Statistics


def assert_sums(one: Figures) -> None:
    if sum(one.verdicts.values()) != one.drawn:
        raise AssertionError(
            f"verdicts sum to {sum(one.verdicts.values())}, not to 应查数 {one.drawn}"
        )
    parts = one.checked + one.apart + one.open
    if parts != one.drawn:
        raise AssertionError(
            f"检查数 {one.checked} + 单列 {one.apart} + 待核查 {one.open} = {parts}, not "
            f"应查数 {one.drawn}"
        )
    if not one.failed <= one.checked <= one.total or one.drawn > one.total:
        raise AssertionError(
            f"不合格数 {one.failed}, 检查数 {one.checked}, 应查数 {one.drawn}, 总数 "
            f"{one.total} are out of order"
        )
    kinds = sum(one.kinds.values())
    if (
        kinds < one.failed
        or (kinds != one.failed and not one.nested)
        or max(one.kinds.values(), default=0) > one.failed
    ):
        raise AssertionError(
            f"kinds {dict(one.kinds)} sum to {kinds}, not to 不合格数 {one.failed}"
        )
    _assert_deductions(one)


def _assert_deductions(one: Figures) -> None:
    counts = [each.accounts for each in one.deductions.values()]
    if not max(counts, default=0) <= one.deducted <= min(sum(counts), one.drawn):
        raise AssertionError(
            f"扣分 of {counts} accounts by kind, of {one.deducted} in all, of {one.drawn} in scope"
        )


def sum_of(parts: Iterable[Figures]) -> Figures:
    """The figures of several parts together. AssertionError where they do not agree."""
    whole = reduce(_added, parts)
    assert_sums(whole)
    return whole


def _added(one: Figures, other: Figures) -> Figures:
    return Figures(
        total=one.total + other.total,
        drawn=one.drawn + other.drawn,
        checked=one.checked + other.checked,
        failed=one.failed + other.failed,
        unproven=one.unproven + other.unproven,
        out_of_scope=one.out_of_scope + other.out_of_scope,
        apart=one.apart + other.apart,
        closed=one.closed + other.closed,
        provisional=one.provisional + other.provisional,
        verdicts=Counter(one.verdicts) + Counter(other.verdicts),
        kinds=Counter(one.kinds) + Counter(other.kinds),
        deducted=one.deducted + other.deducted,
        deductions={
            label: one.deductions.get(label, Deduction()) + other.deductions.get(label, Deduction())
            for label in {**one.deductions, **other.deductions}
        },
        nested=one.nested or other.nested,
        contradicted=one.contradicted or other.contradicted,
        registry_known=one.registry_known and other.registry_known,
    )


def assert_parts(split: Mapping[str, Figures], whole: Figures) -> None:
    for name in (
        "total",
        "drawn",
        "checked",
        "failed",
        "unproven",
        "out_of_scope",
        "apart",
        "closed",
        "deducted",
    ):
        counts = {part: getattr(one, name) for part, one in split.items()}
        if sum(counts.values()) != getattr(whole, name):
            raise AssertionError(
                f"{name} of the parts {counts} sums to {sum(counts.values())}, not to "
                f"{getattr(whole, name)}"
            )


def assert_listed_once(found: Statistics) -> None:
    ids = [entry.account.id for entry, _ in found.failed]
    if len(set(ids)) != len(ids) or len(ids) != found.whole.failed:
        raise AssertionError(
            f"{len(ids)} failed accounts are listed ({len(set(ids))} different ones), "
            f"不合格数 is {found.whole.failed}"
        )

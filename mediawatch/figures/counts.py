"""Statistics of a sweep and their assertions. Pure; ratios are exact fractions, printed half up.

总数 counts accounts filed as running or closing; closed ones are looked at for `closed_but_alive`
only and stand in no denominator. An account that is filed twice counts once. 检查数 counts
conclusive verdicts; 合格率 = (检查数 - 不合格数) / 检查数; 检查率 = 检查数 / 总数. What remains
待人工核查 makes a figure preliminary: neither 全覆盖 nor 100% is said of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from mediawatch.domain import Effect, Finding, SweepAccount, Verdict
from mediawatch.figures.filings import CountedAccount, once
from mediawatch.figures.sums import assert_listed_once, assert_parts, assert_sums
from mediawatch.figures.values import (
    OPEN_VERDICTS,
    Deduction,
    Figures,
    FiguresSplit,
    Statistics,
)
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.policy import Policy

Key = Callable[[SweepAccount], str]
"""The part in which an account stands."""


@dataclass(frozen=True, slots=True)
class _CountedScope:
    """A scope whose filings were told apart: once for all of its headings and parts."""

    scope: Sequence[SweepAccount]
    accounts: Sequence[CountedAccount]
    """Those in service, each once."""
    closed: int
    """The filings that are not in service."""

    @classmethod
    def of(cls, scope: Sequence[SweepAccount]) -> _CountedScope:
        closed = sum(not entry.account.filed.in_service for entry in scope)
        return cls(scope, once(scope), closed)


def statistics(
    scope: Sequence[SweepAccount],
    policy: Policy,
    keys: Mapping[str, Key],
    *,
    totals: Mapping[str, Mapping[str, int]] | None = MappingProxyType({}),
    expected: Mapping[str, Sequence[str]] | None = None,
) -> Statistics:
    """Count a judged scope by every heading of `keys`.

    `totals`: by heading, the accounts in service of each part of the whole registry. Empty where
    the scope is all of it, None where that is unknown (`scope.totals_of`). `expected`: by heading,
    names that must appear, in the order in which they are printed. AssertionError names the numbers
    that do not agree.
    """
    known, totals, expected = totals is not None, totals or {}, expected or {}
    registry = {sum(parts.values()) for parts in totals.values()}
    if len(registry) > 1:
        raise AssertionError(f"总数 differs by heading: {', '.join(map(str, sorted(registry)))}")
    counted = _CountedScope.of(scope)
    whole = _figures(counted.accounts, counted.closed, policy, next(iter(registry), None))
    splits = tuple(
        FiguresSplit(
            heading,
            tuple(
                _by(
                    counted,
                    policy,
                    key,
                    totals=totals.get(heading),
                    expected=expected.get(heading, ()),
                ).items()
            ),
        )
        for heading, key in keys.items()
    )
    failed = tuple(
        (one.entry, leading_finding(one.entry, policy))
        for one in counted.accounts
        if one.verdict is Verdict.FAILED
    )
    found = Statistics(whole, splits, failed)
    if not known:
        found = _without_registry(found)
    assert_listed_once(found)
    return found


def _without_registry(found: Statistics) -> Statistics:
    """The same counts, with nothing to be said of coverage."""
    splits = tuple(
        FiguresSplit(
            split.heading,
            tuple((name, replace(part, registry_known=False)) for name, part in split.parts),
        )
        for split in found.splits
    )
    return replace(found, whole=replace(found.whole, registry_known=False), splits=splits)


def figures(scope: Sequence[SweepAccount], policy: Policy, *, total: int | None = None) -> Figures:
    """Count a judged scope; `total` is that of the registry where the scope is a sample of it.

    AssertionError when parts do not sum to totals: nothing may leave then.
    """
    counted = _CountedScope.of(scope)
    return _figures(counted.accounts, counted.closed, policy, total)


def _figures(
    counted: Sequence[CountedAccount], closed: int, policy: Policy, total: int | None
) -> Figures:
    """The figures of accounts that are counted once each already, and of `closed` filings."""
    verdicts = Counter(one.verdict for one in counted)
    failed = [one.entry for one in counted if one.verdict is Verdict.FAILED]
    apart = verdicts[Verdict.LISTED] if policy.listed_counted == "apart" else 0
    nested = policy.tiers_counted == "nested"
    costing = [found for one in counted if (found := _deducting(one.entry))]
    result = Figures(
        total=len(counted) if total is None else total,
        drawn=len(counted),
        checked=sum(count for verdict, count in verdicts.items() if verdict not in OPEN_VERDICTS)
        - apart,
        failed=len(failed),
        unproven=verdicts[Verdict.UNPROVEN],
        out_of_scope=verdicts[Verdict.OUT_OF_SCOPE],
        apart=apart,
        closed=closed,
        provisional=sum(
            one.entry.judgement is not None and one.entry.judgement.provisional for one in counted
        ),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
        kinds=dict(
            Counter(label for entry in failed for label in _kinds(entry, policy, nested=nested))
        ),
        deducted=len(costing),
        deductions=_deductions(costing),
        nested=nested,
    )
    assert_sums(result)
    return result


def by(
    scope: Sequence[SweepAccount],
    policy: Policy,
    key: Key,
    *,
    totals: Mapping[str, int] | None = None,
    expected: Sequence[str] = (),
) -> dict[str, Figures]:
    """Figures of each part; they sum to those of the whole.

    The expected ones come first, then the order in which parts first appear.
    """
    counted = _CountedScope.of(scope)
    return _by(counted, policy, key, totals=totals, expected=expected)


def _by(
    counted: _CountedScope,
    policy: Policy,
    key: Key,
    *,
    totals: Mapping[str, int] | None,
    expected: Sequence[str],
) -> dict[str, Figures]:
    parts: dict[str, list[CountedAccount]] = {name: [] for name in expected}
    closed: Counter[str] = Counter()
    # The filings of one account may stand in two parts: it counts in the part of the filing that
    # speaks for it.
    speaking = {one.entry.account.id: one for one in counted.accounts}
    for entry in counted.scope:
        part = key(entry)
        members = parts.setdefault(part, [])
        if (one := speaking.get(entry.account.id)) is not None:
            members.append(one)
        elif not entry.account.filed.in_service:
            closed[part] += 1
    for name in totals or {}:
        parts.setdefault(name, [])
    split = {
        name: _figures(
            members, closed[name], policy, None if totals is None else totals.get(name, 0)
        )
        for name, members in parts.items()
    }
    total = None if totals is None else sum(totals.values())
    assert_parts(split, _figures(counted.accounts, counted.closed, policy, total))
    return split


def leading_finding(entry: SweepAccount, policy: Policy) -> Finding:
    """The finding by which a failed account is counted.

    The first failing one in the policy's precedence.
    """
    findings = entry.judgement.findings if entry.judgement else ()
    failing = [finding for finding in findings if finding.effect is Effect.FAILS]
    if not failing:
        raise AssertionError(f"account {entry.account.id} failed without a failing finding")
    return min(failing, key=lambda finding: policy.rank(finding.code))


def _deducting(entry: SweepAccount) -> list[Finding]:
    """What of an account costs points, whether it fails besides or not."""
    findings = entry.judgement.findings if entry.judgement else ()
    return [finding for finding in findings if finding.effect is Effect.DEDUCTS]


def _deductions(costing: Sequence[Sequence[Finding]]) -> dict[str, Deduction]:
    """扣分 by label, of what costs points of each account."""
    found: dict[str, Deduction] = {}
    for findings in costing:
        of_account: dict[str, Deduction] = {}
        for each in findings:
            before = of_account.get(each.label, Deduction(1))
            of_account[each.label] = before + Deduction(0, Decimal(str(each.points or 0)))
        for label, one in of_account.items():
            found[label] = found.get(label, Deduction()) + one
    return found


def _kinds(entry: SweepAccount, policy: Policy, *, nested: bool) -> set[str]:
    """The labels under which a failed account is counted.

    A longer silence is a shorter one too where tiers are nested.
    """
    finding = leading_finding(entry, policy)
    own = account_policy(policy, entry.account.filed)
    tiers = [tier.code for tier in own.tiers]
    if not nested or finding.code not in tiers:
        return {finding.label}
    return {own.label(code) for code in tiers[tiers.index(finding.code) :]}

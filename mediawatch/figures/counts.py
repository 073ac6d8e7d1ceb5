"""Statistics of a sweep and their assertions. Pure; ratios are exact fractions, printed half up.

总数 counts accounts filed as running or closing; closed ones are looked at for `closed_but_alive`
only and stand in no denominator. An account that is filed twice counts once. 检查数 counts
conclusive verdicts; 合格率 = (检查数 - 不合格数) / 检查数; 检查率 = 检查数 / 总数. What remains
待人工核查 makes a figure preliminary: neither 全覆盖 nor 100% is said of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from mediawatch.domain import Code, Effect, Filed, Finding, SweepAccount, Verdict
from mediawatch.rules.policy import Policy

_OPEN = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)
_SPEAKS_FIRST = (
    Verdict.FAILED,
    Verdict.UNPROVEN,
    Verdict.OUT_OF_SCOPE,
    Verdict.LISTED,
    Verdict.AT_LIMIT,
    Verdict.DUE_SOON,
    Verdict.FRESH,
)
"""Of the filings of one account, the verdict that counts; of equal ones that of the first
filing.
"""
OPEN_RATE = "待核查"
"""Printed where a rate would read 100% while somebody still has to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of accounts, of one sweep or of a part of it. `checked + apart + unproven +
    out_of_scope == drawn <= total`.
    """

    total: int
    """总数 (在管数): in service in the whole registry. In a census the same as `drawn`, and so
    where nobody knows it.
    """
    drawn: int
    """应查数 (抽查数): in service and in scope."""
    checked: int
    """检查数: conclusive verdicts."""
    failed: int
    """不合格数."""
    unproven: int
    """待人工核查."""
    out_of_scope: int
    """暂不支持自动核查, and not yet settled by a person."""
    apart: int = 0
    """异常单列 where the policy keeps them out of 检查数."""
    closed: int = 0
    """已关停 and 已注销, in scope only to see whether they are gone."""
    verdicts: Mapping[Verdict, int]
    kinds: Mapping[str, int]
    """Failed accounts by the label of their kind. Exclusive: by the leading finding, sums to
    `failed`. Nested: a stale account stands in every tier that it reached."""
    nested: bool = False
    registry_known: bool = True
    """False where `total` is only what was in scope: nothing is said of coverage then."""

    @property
    def passed(self) -> int:
        return self.checked - self.failed

    @property
    def rate(self) -> Fraction | None:
        """合格率, None where nothing was checked."""
        return Fraction(self.passed, self.checked) if self.checked else None

    @property
    def coverage(self) -> Fraction | None:
        """检查率, None where there is no account, and where the registry is not known."""
        return Fraction(self.checked, self.total) if self.total and self.registry_known else None

    @property
    def open(self) -> int:
        """Accounts that somebody still has to look at."""
        return self.unproven + self.out_of_scope

    @property
    def preliminary(self) -> bool:
        """初步结果."""
        return bool(self.open)

    @property
    def full_cover(self) -> bool:
        """全覆盖: every account in service has a conclusive verdict."""
        return self.registry_known and self.total > 0 and self.checked + self.apart == self.total

    @property
    def perfect(self) -> bool:
        """合格率 100%, and nothing open."""
        return self.rate == 1 and not self.preliminary

    def rate_text(self, decimals: int = 2) -> str:
        """合格率 as printed. Never `100%` while anything is open."""
        return OPEN_RATE if self.rate == 1 and self.preliminary else percent(self.rate, decimals)

    def coverage_text(self, decimals: int = 2) -> str:
        """检查率 as printed."""
        return percent(self.coverage, decimals)


@dataclass(frozen=True, slots=True)
class Counted:
    """One account in service: the filing that speaks for it, and the ids of all of its filings."""

    entry: SweepAccount
    ids: frozenset[int]

    @property
    def verdict(self) -> Verdict:
        return self.entry.judgement.verdict if self.entry.judgement else Verdict.UNPROVEN


@dataclass(frozen=True, slots=True)
class Split:
    """The figures by one word (地市, 平台 …), part by part in the order in which they are
    printed.
    """

    heading: str
    parts: tuple[tuple[str, Figures], ...]

    @property
    def perfect(self) -> tuple[str, ...]:
        """The parts with 合格率 100%, nothing open."""
        return tuple(name for name, part in self.parts if part.perfect)

    @property
    def without_account(self) -> tuple[str, ...]:
        """The parts in which no account is in service: an expected name without any, or one whose
        accounts are all closed.
        """
        return tuple(name for name, part in self.parts if not part.total)


@dataclass(frozen=True, slots=True)
class Statistics:
    """All figures of a sweep: what a circular prints. Sound, or it would not have been built."""

    whole: Figures
    splits: tuple[Split, ...]
    failed: tuple[tuple[SweepAccount, Finding], ...]
    """Every failed account once, with its leading finding, in scope order."""


Key = Callable[[SweepAccount], str]
"""The part in which an account stands."""


def statistics(
    scope: Sequence[SweepAccount],
    policy: Policy,
    keys: Mapping[str, Key],
    *,
    totals: Mapping[str, Mapping[str, int]] | None = MappingProxyType({}),
    expected: Mapping[str, Sequence[str]] | None = None,
) -> Statistics:
    """Count a judged scope by every heading of `keys`.

    `totals`: by heading, the accounts in service of each part of the whole registry; empty where
    the scope is all of it, None where nobody knows (`scope.totals_of`). `expected`: by heading,
    names that must appear, in the order in which they are printed. AssertionError names the numbers
    that do not agree.
    """
    known, totals, expected = totals is not None, totals or {}, expected or {}
    registry = {sum(parts.values()) for parts in totals.values()}
    if len(registry) > 1:
        raise AssertionError(f"总数 differs by heading: {', '.join(map(str, sorted(registry)))}")
    whole = figures(scope, policy, total=next(iter(registry), None))
    splits = tuple(
        Split(
            heading,
            tuple(
                by(
                    scope,
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
        (one.entry, leading(one.entry, policy))
        for one in once(scope)
        if one.verdict is Verdict.FAILED
    )
    found = Statistics(whole, splits, failed)
    if not known:
        found = _without_registry(found)
    _assert_listed_once(found)
    return found


def _without_registry(found: Statistics) -> Statistics:
    """The same counts, with nothing to be said of coverage."""
    splits = tuple(
        Split(
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
    counted = once(scope)
    verdicts = Counter(one.verdict for one in counted)
    failed = [one.entry for one in counted if one.verdict is Verdict.FAILED]
    apart = verdicts[Verdict.LISTED] if policy.listed_counted == "apart" else 0
    nested = policy.tiers_counted == "nested"
    result = Figures(
        total=len(counted) if total is None else total,
        drawn=len(counted),
        checked=sum(count for verdict, count in verdicts.items() if verdict not in _OPEN) - apart,
        failed=len(failed),
        unproven=verdicts[Verdict.UNPROVEN],
        out_of_scope=verdicts[Verdict.OUT_OF_SCOPE],
        apart=apart,
        closed=sum(not entry.account.filed.in_service for entry in scope),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
        kinds=dict(
            Counter(label for entry in failed for label in _kinds(entry, policy, nested=nested))
        ),
        nested=nested,
    )
    _assert_sums(result)
    return result


def by(
    scope: Sequence[SweepAccount],
    policy: Policy,
    key: Key,
    *,
    totals: Mapping[str, int] | None = None,
    expected: Sequence[str] = (),
) -> dict[str, Figures]:
    """Figures of each part: the expected ones first, then in the order in which parts first appear;
    they sum to those of the whole.
    """
    parts: dict[str, list[SweepAccount]] = {name: [] for name in expected}
    # The filings of one account may stand in two parts: it counts in the part of the filing that
    # speaks for it.
    speaking = {one.entry.account.id for one in once(scope)}
    for entry in scope:
        members = parts.setdefault(key(entry), [])
        if entry.account.id in speaking or not entry.account.filed.in_service:
            members.append(entry)
    for name in totals or {}:
        parts.setdefault(name, [])
    split = {
        name: figures(entries, policy, total=None if totals is None else totals.get(name, 0))
        for name, entries in parts.items()
    }
    _assert_parts(
        split, figures(scope, policy, total=None if totals is None else sum(totals.values()))
    )
    return split


def once(scope: Iterable[SweepAccount]) -> list[Counted]:
    """Every account in service once, in scope order: filings with one platform id are one account,
    and the gravest verdict speaks.
    """
    return [
        _speaking(group)
        for group in filings_of_one(entry for entry in scope if entry.account.filed.in_service)
    ]


def filings_of_one(scope: Iterable[SweepAccount]) -> list[list[SweepAccount]]:
    """The entries, those of one account together: filings with one platform id, in scope order."""
    filings = list(scope)
    groups: list[list[int]] = []
    holder: dict[tuple[str, str, str], int] = {}
    for number, entry in enumerate(filings):
        known = sorted({holder[id] for id in entry.account.filed.ids if id in holder})
        place = known[0] if known else len(groups)
        if not known:
            groups.append([])
        for other in known[1:]:
            groups[place] += groups[other]
            groups[other] = []
        groups[place].append(number)
        holder |= {
            id: place for filing in groups[place] for id in filings[filing].account.filed.ids
        }
    return [[filings[number] for number in sorted(group)] for group in groups if group]


def each_once(scope: Sequence[SweepAccount]) -> list[tuple[SweepAccount, tuple[Filed, ...]]]:
    """Every account in scope order by the filing that speaks for it, with its other filings; where
    nothing is held against that one, by one of the same verdict. A closed filing stands by
    itself."""
    entries = {entry.account.id: entry for entry in scope}
    speaking: dict[int, frozenset[int]] = {}
    for one in once(scope):
        others = [entries[number] for number in sorted(one.ids) if entries[number].judgement]
        alike = [
            entry
            for entry in others
            if entry.judgement and entry.judgement.verdict is one.verdict and is_held(entry)
        ]
        speaking[(one.entry if is_held(one.entry) or not alike else alike[0]).account.id] = one.ids
    closed = [entry for entry in scope if not entry.account.filed.in_service]
    speaking |= {
        next((entry for entry in group if is_held(entry)), group[0]).account.id: frozenset(
            entry.account.id for entry in group
        )
        for group in filings_of_one(closed)
    }
    return [
        (
            entry,
            tuple(
                entries[number].account.filed
                for number in sorted(speaking[entry.account.id] - {entry.account.id})
            ),
        )
        for entry in scope
        if entry.account.id in speaking
    ]


def is_held(entry: SweepAccount) -> bool:
    """Whether anything is held against an account."""
    return entry.judgement is not None and bool(entry.judgement.findings)


def _speaking(group: Sequence[SweepAccount]) -> Counted:
    filings = [Counted(entry, frozenset(each.account.id for each in group)) for entry in group]
    return min(filings, key=lambda one: _SPEAKS_FIRST.index(one.verdict))


def leading(entry: SweepAccount, policy: Policy) -> Finding:
    """The finding by which a failed account is counted: the first failing one in the policy's
    precedence.
    """
    findings = entry.judgement.findings if entry.judgement else ()
    order: list[Code] = list(policy.precedence)
    failing = [finding for finding in findings if finding.effect is Effect.FAILS]
    if not failing:
        raise AssertionError(f"account {entry.account.id} failed without a failing finding")
    return min(
        failing,
        key=lambda finding: order.index(finding.code) if finding.code in order else len(order),
    )


def _kinds(entry: SweepAccount, policy: Policy, *, nested: bool) -> set[str]:
    """The labels under which a failed account is counted: a longer silence is a shorter one too
    where tiers are nested.
    """
    finding = leading(entry, policy)
    tiers = [tier.code for tier in policy.tiers]
    if not nested or finding.code not in tiers:
        return {finding.label}
    return {finding.label} | {policy.label(code) for code in tiers[tiers.index(finding.code) + 1 :]}


def percent(ratio: Fraction | None, decimals: int = 2) -> str:
    """`99.84%`, half up; `100%` without decimals; `—` for None."""
    if ratio is None:
        return "—"
    if ratio == 1:
        return "100%"
    unit = 10**decimals
    steps = (2 * ratio * 100 * unit + 1) // 2
    # 99.996 % must not be printed as 100 %: somebody failed.
    steps = min(steps, 100 * unit - 1) if ratio < 1 else steps
    return f"{steps // unit}.{steps % unit:0{decimals}}%" if decimals else f"{steps}%"


def _assert_sums(one: Figures) -> None:
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


def _assert_parts(split: Mapping[str, Figures], whole: Figures) -> None:
    for name in (
        "total",
        "drawn",
        "checked",
        "failed",
        "unproven",
        "out_of_scope",
        "apart",
        "closed",
    ):
        counts = {part: getattr(one, name) for part, one in split.items()}
        if sum(counts.values()) != getattr(whole, name):
            raise AssertionError(
                f"{name} of the parts {counts} sums to {sum(counts.values())}, not to "
                f"{getattr(whole, name)}"
            )


def _assert_listed_once(found: Statistics) -> None:
    ids = [entry.account.id for entry, _ in found.failed]
    if len(set(ids)) != len(ids) or len(ids) != found.whole.failed:
        raise AssertionError(
            f"{len(ids)} failed accounts are listed ({len(set(ids))} different ones), "
            f"不合格数 is {found.whole.failed}"
        )

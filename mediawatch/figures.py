"""Statistics of a sweep and their assertions. Pure; ratios are exact fractions, printed half up.

总数 counts accounts filed as running or closing; closed ones are looked at for `closed_but_alive` only and stand in no denominator.
检查数 counts conclusive verdicts; 合格率 = (检查数 - 不合格数) / 检查数.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from mediawatch.domain import Code, FiledStatus, Finding, SweepAccount, Verdict
from mediawatch.policy import Policy

_OPEN = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of one sweep or of a part of it."""

    total: int
    checked: int
    failed: int
    unproven: int
    out_of_scope: int
    closed: int
    verdicts: dict[Verdict, int]
    kinds: dict[str, int]
    """Failed accounts by the label of their leading code; sums to `failed`."""

    @property
    def rate(self) -> Fraction | None:
        """合格率, None where nothing was checked."""
        return Fraction(self.checked - self.failed, self.checked) if self.checked else None

    @property
    def preliminary(self) -> bool:
        """初步结果: somebody still has to look."""
        return bool(self.unproven or self.out_of_scope)


def figures(scope: Sequence[SweepAccount], policy: Policy) -> Figures:
    """Count a judged scope. AssertionError when parts do not sum to totals: nothing may leave then."""
    counted = [entry for entry in scope if entry.account.filed.status in (FiledStatus.RUNNING, FiledStatus.CLOSING)]
    verdicts = Counter(entry.judgement.verdict if entry.judgement else Verdict.UNPROVEN for entry in counted)
    failed = [entry for entry in counted if entry.judgement and entry.judgement.verdict is Verdict.FAILED]
    kinds = Counter(leading(entry, policy).label for entry in failed)
    result = Figures(
        total=len(counted),
        checked=sum(count for verdict, count in verdicts.items() if verdict not in _OPEN),
        failed=len(failed),
        unproven=verdicts[Verdict.UNPROVEN],
        out_of_scope=verdicts[Verdict.OUT_OF_SCOPE],
        closed=len(scope) - len(counted),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
        kinds=dict(kinds),
    )
    _assert_sums(result)
    return result


def by(scope: Sequence[SweepAccount], policy: Policy, key: Callable[[SweepAccount], str]) -> dict[str, Figures]:
    """Figures of each part, in the order in which the parts first appear; they sum to those of the whole."""
    parts: dict[str, list[SweepAccount]] = {}
    for entry in scope:
        parts.setdefault(key(entry), []).append(entry)
    split = {name: figures(entries, policy) for name, entries in parts.items()}
    whole = figures(scope, policy)
    if sum(part.failed for part in split.values()) != whole.failed or sum(part.total for part in split.values()) != whole.total:
        raise AssertionError(f"parts do not sum to the whole: {whole.failed} failed of {whole.total}")
    return split


def leading(entry: SweepAccount, policy: Policy) -> Finding:
    """The finding by which a failed account is counted: the first failing one in the policy's precedence."""
    findings = entry.judgement.findings if entry.judgement else ()
    order: list[Code] = list(policy.precedence)
    failing = [finding for finding in findings if finding.effect.value == "fails"]
    if not failing:
        raise AssertionError(f"account {entry.account.id} failed without a failing finding")
    return min(failing, key=lambda finding: order.index(finding.code) if finding.code in order else len(order))


def percent(ratio: Fraction | None, decimals: int = 2) -> str:
    """`99.84%`, half up; `100%` without decimals; `—` for None."""
    if ratio is None:
        return "—"
    if ratio == 1:
        return "100%"
    step = Decimal(1).scaleb(-decimals)
    exact = Decimal(ratio.numerator * 100) / Decimal(ratio.denominator)
    rounded = exact.quantize(step, ROUND_HALF_UP)
    # 99.996 % must not be printed as 100 %: somebody failed.
    return f"{min(rounded, 100 - step) if ratio < 1 else rounded}%"


def _assert_sums(result: Figures) -> None:
    if sum(result.verdicts.values()) != result.total:
        raise AssertionError(f"verdicts sum to {sum(result.verdicts.values())}, not to {result.total}")
    if sum(result.kinds.values()) != result.failed:
        raise AssertionError(f"kinds sum to {sum(result.kinds.values())}, not to {result.failed} failed")
    if result.checked + result.unproven + result.out_of_scope != result.total or result.failed > result.checked:
        raise AssertionError(f"checked {result.checked} + open {result.unproven + result.out_of_scope} is not {result.total}")

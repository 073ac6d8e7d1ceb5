"""The figures of a sweep, and of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from mediawatch.domain import Finding, SweepAccount, Verdict

OPEN_VERDICTS = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)


OPEN_RATE = "待核查"
"""Printed where a rate would read 100% while somebody still has to look."""


@dataclass(frozen=True, slots=True)
class Deduction:
    """扣分 for one kind of problem: of how many accounts, and how much in all."""

    accounts: int = 0
    points: Decimal = Decimal(0)

    def __add__(self, other: Deduction) -> Deduction:
        return Deduction(self.accounts + other.accounts, self.points + other.points)

    @property
    def points_text(self) -> str:
        """The points as printed: `7.5`, `10`."""
        return f"{self.points.normalize():f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of accounts, of one sweep or of a part of it.

    `checked + apart + unproven + out_of_scope == drawn <= total`.
    """

    total: int
    """总数 (在管数): in service in the whole registry.

    In a census, and where it is unknown, the same as `drawn`.
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
    """人工检查, and not yet settled by a person."""
    apart: int = 0
    """其他需关注情形 where the policy keeps them out of 检查数."""
    closed: int = 0
    """已关停 and 已注销, in scope only to see whether they are gone."""
    provisional: int = 0
    """Of the sound accounts those that only a 暂用标识 proves so: a person should glance at them."""
    verdicts: Mapping[Verdict, int]
    kinds: Mapping[str, int]
    """Failed accounts by the label of their kind.

    Exclusive: by the leading finding, sums to `failed`. Nested: a stale account stands in every
    tier that it reached.
    """
    deducted: int = 0
    """Accounts that anything costs points (扣分); never failed for that."""
    deductions: Mapping[str, Deduction] = field(default_factory=dict)
    """扣分 by the label of the kind; an account may stand in several."""
    nested: bool = False
    contradicted: bool = False
    """Whether a failure is known that these counts do not hold: no 100% is printed of them."""
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
    def deduction(self) -> Deduction:
        """扣分 of all kinds together; an account counts once."""
        points = sum((each.points for each in self.deductions.values()), Decimal(0))
        return Deduction(self.deducted, points)

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
        """合格率 100%, nothing open, and no failure known besides."""
        return self.rate == 1 and not self._is_doubtful

    @property
    def _is_doubtful(self) -> bool:
        return self.preliminary or self.contradicted

    def rate_text(self, decimals: int = 2) -> str:
        """合格率 as printed. Never `100%` while anything is open, or a failure is known besides."""
        return OPEN_RATE if self.rate == 1 and self._is_doubtful else percent(self.rate, decimals)

    def coverage_text(self, decimals: int = 2) -> str:
        """检查率 as printed."""
        return percent(self.coverage, decimals)


@dataclass(frozen=True, slots=True)
class SplitGroup:
    """Parts of one kind, in printed order."""

    kind: str
    """地区, 部门 or 未填报."""
    label: str
    """As a table calls them: 县区, 市直部门 …"""
    parts: tuple[tuple[str, Figures], ...]
    unpraised: frozenset[str] = frozenset()

    @property
    def perfect(self) -> tuple[str, ...]:
        """As those of `FiguresSplit`."""
        return _perfect(self.parts, self.unpraised)


@dataclass(frozen=True, slots=True)
class FiguresSplit:
    """The figures by one word (地市, 平台 …), part by part in printed order."""

    heading: str
    parts: tuple[tuple[str, Figures], ...]
    groups: tuple[SplitGroup, ...] = ()
    """The same parts by their kind, where they are of several kinds: regions, departments."""
    unpraised: frozenset[str] = frozenset()
    """The parts with a failed account that counts in another part (`Regions.failed_elsewhere`), and
    those that did not report all of their accounts."""

    @property
    def perfect(self) -> tuple[str, ...]:
        """The parts with 合格率 100% and nothing open, of which nothing else is known."""
        return _perfect(self.parts, self.unpraised)

    @property
    def without_account(self) -> tuple[str, ...]:
        """The parts in which no account is in service.

        Such a part is an expected name without any account, or has only closed ones.
        """
        return tuple(name for name, part in self.parts if not part.total)


@dataclass(frozen=True, slots=True)
class Statistics:
    """All figures of a sweep: what a circular prints. Sound, or it would not have been built."""

    whole: Figures
    splits: tuple[FiguresSplit, ...]
    failed: tuple[tuple[SweepAccount, Finding], ...]
    """Every failed account once, with its leading finding, in scope order."""


def _perfect(parts: Iterable[tuple[str, Figures]], unpraised: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name, part in parts if part.perfect and name not in unpraised)


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


def agrees(printed: str, ratio: Fraction) -> bool:
    """Whether a printed percentage is the fraction, rounded half up to its number of decimals.

    ValueError for other text.
    """
    return Fraction(printed.removesuffix("%")) == Fraction(
        percent(ratio, decimals_of(printed)).removesuffix("%")
    )


def decimals_of(printed: str) -> int:
    """The decimals of a printed percentage."""
    return len(printed.removesuffix("%").partition(".")[2])

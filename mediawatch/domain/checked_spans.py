"""What an inspection judges: one moment (时点制), or a period that ends with it (时段制)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediawatch.domain.clock import chinese_day, chinese_span, day_of
from mediawatch.domain.sweeps import Sweep


@dataclass(frozen=True, slots=True)
class CheckedSpan:
    """Beijing days. Two inspections can be compared by updates where both are of one period."""

    last: date
    """Of the 监测时间点, or the last one of the period."""
    first: date | None = None
    """Of the period; None for a moment."""

    @classmethod
    def of(cls, sweep: Sweep) -> CheckedSpan:
        return cls(day_of(sweep.as_of), sweep.period_from)

    @property
    def label(self) -> str:
        """2022年12月31日, or 2022年10月1日至12月31日."""
        return chinese_day(self.last) if self.first is None else chinese_span(self.first, self.last)

    @property
    def named(self) -> str:
        """The same with what it is."""
        return f"{'监测时间点' if self.first is None else '检查时段'}{self.label}"

    def is_other_period(self, other: CheckedSpan) -> bool:
        """Whether one of both is of a period, and the other one is not of the same."""
        return self != other and (self.first is not None or other.first is not None)

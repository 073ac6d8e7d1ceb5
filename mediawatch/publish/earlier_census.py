"""The census before: what 合格率 of an inspection is compared with. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mediawatch.domain import Sweep, SweepKind, SweepState
from mediawatch.domain.clock import day_of
from mediawatch.figures.values import Figures
from mediawatch.publish.rounds import Quarter, quarter
from mediawatch.rules.policy import have_same_rules, parse
from mediawatch.sweep.scope import WHOLE


@dataclass(frozen=True, slots=True)
class EarlierCensus:
    """A census before the inspection, with its figures as they were issued or stand now."""

    sweep: Sweep
    whole: Figures

    def words_from(self, sweep: Sweep) -> str:
        """上季度 where it is of the quarter before; 上次检查 where it is older."""
        year, number = quarter(day_of(sweep.as_of))
        before: Quarter = (year, number - 1) if number > 1 else (year - 1, 4)
        return "上季度" if quarter(day_of(self.sweep.as_of)) == before else "上次检查"


def choose_census_before(sweep: Sweep, sweeps: Iterable[Sweep]) -> Sweep | None:
    """The newest finished census before one, under the same rules; None where it has none.

    Rates under other rules, of other scopes, or of a moment and of a period say nothing of each
    other.
    """
    if not _is_census(sweep):
        return None
    rules = parse(sweep.policy_toml)
    alike = [
        other
        for other in sweeps
        if _is_census(other)
        and other.state is SweepState.FINISHED
        and other.as_of < sweep.as_of
        and other.policy == sweep.policy
        and have_same_rules(parse(other.policy_toml), rules)
        and (other.period_from is None) == (sweep.period_from is None)
    ]
    return max(alike, key=lambda other: (other.as_of, other.id), default=None)


def _is_census(sweep: Sweep) -> bool:
    return sweep.kind is SweepKind.CENSUS and sweep.scope == WHOLE

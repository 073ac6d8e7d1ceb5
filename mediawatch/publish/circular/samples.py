"""抽查 in words: what was drawn of each part of the registry, and in which proportion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from mediawatch.domain import SweepAccount, UserError
from mediawatch.figures.counts import figures
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.values import Figures, percent
from mediawatch.publish.inspection import Inspection
from mediawatch.sweep.clauses import Clause, clause
from mediawatch.sweep.scope import REPORTED


@dataclass(frozen=True, slots=True)
class DrawnClause:
    """One clause of a draw: whom it means, how many there were and were drawn, what came of them."""

    clause: Clause
    total: int
    drawn: int
    figures: Figures

    @property
    def where(self) -> tuple[tuple[Dimension, tuple[str, ...]], ...]:
        return self.clause.where

    @property
    def takes_all(self) -> bool:
        return self.total == self.drawn


def drawn_clauses(inspection: Inspection) -> list[DrawnClause]:
    """What was drawn, clause by clause; nothing for a sweep without a draw."""
    kept = json.loads(inspection.sweep.scope_spec) if inspection.sweep.scope_spec else {}
    if kept.get("kind") != "sample":
        return []
    found = []
    left = list(inspection.scope)
    for words in kept["clauses"]:
        meant = _clause(words)
        if meant is None:
            return []
        strata = [(total, drawn) for _, of, total, drawn in kept["strata"] if of == words]
        # The first clause that holds for an account decides.
        own = [entry for entry in left if meant.holds(entry.account.filed)]
        left = [entry for entry in left if not meant.holds(entry.account.filed)]
        found.append(
            DrawnClause(
                meant,
                sum(total for total, _ in strata),
                sum(drawn for _, drawn in strata),
                _figures(own, inspection),
            )
        )
    return found


def describe_clauses(inspection: Inspection) -> list[str]:
    """One sentence for all clauses; [] where nothing was drawn, or more than counts is unknown."""
    drawn = drawn_clauses(inspection)
    said = list(_sentences(drawn, inspection))
    return [f"{_layers(drawn, inspection)}{'；'.join(said)}。"] if said else []


def _layers(drawn: list[DrawnClause], inspection: Inspection) -> str:
    """按地市分层随机抽取：… where a part of each layer was drawn."""
    kept = json.loads(inspection.sweep.scope_spec) if drawn else {}
    by, among = kept.get("by"), kept.get("among")
    if not by or all(one.takes_all for one in drawn):
        return ""
    # Its shares are of these accounts, 检查率 is of all.
    total = sum(one.total for one in drawn)
    measure = inspection.office.measure
    whole = f"从报送且与本级台账相符的{total}{measure}账号中" if among == REPORTED else ""
    return f"{whole}按{'、'.join(Dimension(word).label for word in by)}分层随机抽取："


def _sentences(drawn: list[DrawnClause], inspection: Inspection) -> Iterator[str]:
    measure, decimals = inspection.office.measure, inspection.office.decimals
    for one in drawn:
        whom, count = _whom(one), f"{one.drawn}{measure}"
        if not one.drawn:
            continue
        if one.takes_all and one.figures.open:
            # 全覆盖 is said of accounts that were all settled.
            yield f"{whom}全部纳入检查，共{count}"
        elif one.takes_all:
            yield f"全覆盖检查{whom}{count}"
        else:
            ratio = percent(Fraction(one.drawn, one.total), decimals)
            yield f"抽查{whom}{count}，抽查比例{ratio}"


def _whom(one: DrawnClause) -> str:
    words = [
        f"代表主体为{'、'.join(values)}"
        if by is Dimension.BODY_KIND
        else f"{by.label}为{'、'.join(values)}"
        for by, values in one.where
    ]
    return f"{'、'.join(words)}的政务新媒体" if words else "政务新媒体"


def _figures(own: list[SweepAccount], inspection: Inspection) -> Figures:
    return figures(own, inspection.policy)


def _clause(words: str) -> Clause | None:
    """The clause that was kept as `Clause.words`; None for words of an earlier version."""
    try:
        return clause(words.replace("每层", ""))
    except UserError:
        return None

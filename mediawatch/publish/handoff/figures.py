"""The figures and the scope of an inspection as the hand-off has them."""

from __future__ import annotations

import json

from mediawatch.domain import Verdict
from mediawatch.figures.values import Figures, FiguresSplit
from mediawatch.publish.handoff.figure_parts import (
    Counts,
    DeductionOut,
    DrawingOut,
    FiguresBy,
    FiguresRow,
    KindCount,
    RatioOut,
    ScopeEntry,
    ScopeOut,
    StratumOut,
)
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.account_policy import account_policy


def counts_out(counts: Figures, decimals: int) -> Counts:
    return Counts(
        total=counts.total,
        drawn=counts.drawn,
        checked=counts.checked,
        failed=counts.failed,
        unproven=counts.unproven,
        out_of_scope=counts.out_of_scope,
        apart=counts.apart,
        closed=counts.closed,
        coverage=_coverage(counts, decimals),
        rate=_rate(counts, decimals),
        nested=counts.nested,
        verdicts={verdict.value: count for verdict, count in counts.verdicts.items()},
        kinds=[
            KindCount(label=label, failed=count) for label, count in sorted(counts.kinds.items())
        ],
        deducted=counts.deducted,
        deductions=[
            DeductionOut(label=label, accounts=one.accounts, points=float(one.points))
            for label, one in sorted(counts.deductions.items())
        ],
    )


def _rate(counts: Figures, decimals: int) -> RatioOut | None:
    if counts.rate is None:
        return None
    return RatioOut(
        text=counts.rate_text(decimals), numerator=counts.passed, denominator=counts.checked
    )


def _coverage(counts: Figures, decimals: int) -> RatioOut | None:
    if counts.coverage is None:
        return None
    return RatioOut(
        text=counts.coverage_text(decimals), numerator=counts.checked, denominator=counts.total
    )


def _drawing(spec: str) -> DrawingOut | None:
    """The drawing of `Sweep.scope_spec`; None where nothing was drawn.

    Early versions kept less of it.
    """
    if not spec:
        return None
    said = json.loads(spec)
    return DrawingOut(
        kind=said.get("kind", ""),
        seed=said.get("seed", ""),
        clauses=said.get("clauses", []),
        by=said.get("by", []),
        level=said.get("level", ""),
        strata=[
            StratumOut(name=name, clause=clause, total=total, drawn=drawn)
            for name, clause, total, drawn in said.get("strata", [])
        ],
    )


def scope_out(inspection: Inspection) -> ScopeOut:
    regions = inspection.regions
    return ScopeOut(
        round=inspection.sweep.round,
        period_from=inspection.sweep.period_from,
        drawn=inspection.sweep.scope_spec,
        drawing=_drawing(inspection.sweep.scope_spec),
        accounts=[
            ScopeEntry(
                filing_number=entry.account.filed.filing_number,
                name=entry.account.filed.name,
                type=entry.account.filed.type,
                organiser=entry.account.filed.organiser,
                supervisor=entry.account.filed.supervisor,
                region=regions.of(entry.account.filed),
                verdict=(entry.judgement.verdict if entry.judgement else Verdict.UNPROVEN).value,
                sentence=entry.judgement.sentence if entry.judgement else "",
                window_days=own.window.days if own.judged_by_updates else None,
                platform=entry.account.platform,
                platform_id=entry.account.filed.platform_id,
                original_id=entry.account.filed.original_id,
                status=entry.account.filed.status.value,
                prefecture=entry.account.filed.prefecture,
                county=entry.account.filed.county,
                provisional=entry.judgement is not None and entry.judgement.provisional,
            )
            for entry in inspection.scope
            if (own := account_policy(inspection.policy, entry.account.filed))
        ],
    )


def split_out(split: FiguresSplit, decimals: int) -> FiguresBy:
    group_of = {name: group.kind for group in split.groups for name, _ in group.parts}
    return FiguresBy(
        heading=split.heading,
        parts=[
            FiguresRow(
                name=name,
                group=group_of.get(name, ""),
                total=one.total,
                checked=one.checked,
                failed=one.failed,
                open=one.open,
                coverage=one.coverage_text(decimals),
                rate=one.rate_text(decimals),
                coverage_ratio=_coverage(one, decimals),
                rate_ratio=_rate(one, decimals),
            )
            for name, one in split.parts
        ],
    )

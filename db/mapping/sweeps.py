"""Sweeps, judgements and findings, as rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from sys import intern

from db.types import AnyRow, Values, fields_of
from mediawatch.domain import Finding, Judgement, Sweep, SweepKind

_SWEEP = tuple(field.name for field in fields(Sweep) if field.name != "id")
_FINDING = tuple(
    field.name
    for field in fields(Finding)
    if field.name not in ("reading_ids", "review", "excuse", "ids")
)


def sweep_values(sweep: Sweep) -> Values:
    return fields_of(sweep, _SWEEP)


def sweep_of(row: AnyRow) -> Sweep:
    return Sweep(**fields_of(row, _SWEEP) | {"kind": SweepKind(row.kind)}, id=row.id)


def finding_values(finding: Finding) -> Values:
    """Without the review: it follows from the events."""
    return fields_of(finding, _FINDING) | {
        "ids": None if finding.ids is None else list(finding.ids)
    }


def finding_of(row: AnyRow, reading_ids: Sequence[int]) -> Finding:
    return Finding(
        **finding_fields(row),
        reading_ids=tuple(reading_ids),
        review=row.review_state,
        excuse=row.excuse,
    )


def finding_fields(row: AnyRow) -> Values:
    return fields_of(row, _FINDING) | {"ids": None if row.ids is None else tuple(row.ids)}


def judgement_values(judgement: Judgement) -> Values:
    return {
        "verdict": judgement.verdict,
        "sentence": judgement.sentence,
        "latest_on": judgement.latest_on,
        "date_kind": judgement.date_kind,
        "gap_days": judgement.gap_days,
        "second_look": judgement.second_look,
        "notes": list(judgement.notes),
        "otherwise": judgement.otherwise,
        "provisional": judgement.provisional,
    }


def judgement_of(row: AnyRow, findings: Sequence[Finding]) -> Judgement | None:
    """The judgement of an account, None where it has not been judged yet."""
    if row.verdict is None:
        return None
    return Judgement(
        verdict=row.verdict,
        sentence=intern(row.sentence),
        findings=tuple(findings),
        latest_on=row.latest_on,
        date_kind=row.date_kind,
        gap_days=row.gap_days,
        second_look=bool(getattr(row, "second_look", False)),
        notes=tuple(row.notes or ()),
        otherwise=row.otherwise,
        provisional=bool(getattr(row, "provisional", False)),
    )

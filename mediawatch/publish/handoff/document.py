"""The document: from an inspection, as its documents print it, to `mediawatch.handoff/1`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from io import BytesIO, TextIOWrapper
from typing import Any, Literal

from mediawatch.domain import CanaryCheck, Code, FiledStatus, SweepAccount, Verdict
from mediawatch.domain.clock import beijing, day_of
from mediawatch.figures.counts import leading_finding
from mediawatch.publish.handoff.collected_parts import CollectedOut
from mediawatch.publish.handoff.figure_parts import ScopeEntry, ScopeOut
from mediawatch.publish.handoff.figures import counts_out, scope_out, split_out
from mediawatch.publish.handoff.finding_parts import FindingOut
from mediawatch.publish.handoff.findings import as_filed, finding_out
from mediawatch.publish.handoff.parts import (
    CorrectionOut,
    EvidenceFaultOut,
    Handoff,
    MismatchOut,
    NoticeOut,
    PolicyOut,
    RecheckedOut,
    RecheckOut,
    SweepOut,
    UnprovenOut,
)
from mediawatch.publish.inspection import OPEN_MARK, PRELIMINARY, Inspection
from mediawatch.publish.rounds import IssuedNotice

Mismatch = Literal["running_not_found", "running_cancelled", "closed_alive", "deregistered_alive"]


def of(inspection: Inspection, checks: Sequence[CanaryCheck] = ()) -> Handoff:
    """The hand-off of an inspection, or of the notice that it became.

    `checks` are the canaries' around it. UserError when a finding has no evidence.
    """
    return _document(inspection, _findings(inspection, checks), scope_out(inspection))


def of_collected(
    inspection: Inspection,
    accounts: list[ScopeEntry],
    findings: list[FindingOut],
    faults: list[EvidenceFaultOut],
    collected: CollectedOut,
) -> Handoff:
    """The hand-off of what lower offices reported: `accounts` as `inspection` counts them, in its
    order, with the findings, and what is wrong with the evidence, as they were handed in."""
    scope = ScopeOut(
        round=inspection.sweep.round,
        period_from=inspection.sweep.period_from,
        drawn="",
        accounts=accounts,
    )
    return _document(inspection, findings, scope).model_copy(
        update={
            # A mark of what came in, too: suspects of an office that wait for a decision.
            "preliminary": PRELIMINARY in inspection.marks,
            "evidence_faults": faults or None,
            "collected": collected,
        }
    )


def _document(inspection: Inspection, findings: list[FindingOut], scope: ScopeOut) -> Handoff:
    sweep, policy, whole = inspection.sweep, inspection.policy, inspection.statistics.whole
    return Handoff(
        schema="mediawatch.handoff/1",
        preliminary=inspection.preliminary,
        includes_open=OPEN_MARK in inspection.marks,
        marks=list(inspection.marks),
        sweep=SweepOut(
            as_of=beijing(sweep.as_of),
            as_of_day=day_of(sweep.as_of),
            kind=sweep.kind.value,
            scope=sweep.scope,
            state=sweep.state.value,
        ),
        policy=PolicyOut(
            name=policy.name,
            title=policy.title,
            basis=policy.basis,
            window_days=policy.window.days,
            toml=policy.toml,
        ),
        counts=counts_out(whole, inspection.office.decimals),
        findings=findings,
        scope=scope,
        figures=[
            split_out(split, inspection.office.decimals) for split in inspection.statistics.splits
        ],
        unproven=[_unproven(entry, inspection.omissions) for entry in inspection.open],
        registry_mismatches=_mismatches(inspection),
        recheck=_recheck(inspection),
        notice=_notice(inspection.issued) if inspection.issued else None,
        corrections=_corrections(inspection.issued) if inspection.issued else None,
        evidence_faults=_evidence_faults(inspection) or None,
    )


def to_bytes(document: Handoff) -> bytes:
    """UTF-8 JSON with sorted keys and a final newline: byte-identical for the same state.

    Sections without content are left out.
    """
    plain = document.model_dump(mode="json", by_alias=True)
    plain = {name: value for name, value in plain.items() if value is not None}
    return _json(plain)


def json_schema() -> bytes:
    """The JSON Schema (2020-12) of the document, open to fields that are added later.

    Our own models take no other field (`Handoff.model_validate`).
    """
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_opened(Handoff.model_json_schema(by_alias=True, mode="validation")),
    }
    return _json(schema)


def _json(plain: Mapping[str, object]) -> bytes:
    """Piece by piece: `json.dumps` holds all pieces of a nation's accounts at once."""
    written = BytesIO()
    text = TextIOWrapper(written, encoding="utf-8", newline="\n")
    encoder = json.JSONEncoder(ensure_ascii=False, indent=1, sort_keys=True)
    text.writelines(encoder.iterencode(plain))
    text.write("\n")
    text.flush()
    return written.getvalue()


def _opened(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, which refuses no field that it does not know."""
    parts = [schema, *schema["$defs"].values()]
    for part in parts:
        part.pop("additionalProperties", None)
    return schema


def _findings(inspection: Inspection, checks: Sequence[CanaryCheck]) -> list[FindingOut]:
    return [
        finding_out(
            problem.entry.account,
            finding,
            problem.readings,
            checks,
            times=problem.times,
            leading=problem.fails and finding == leading_finding(problem.entry, inspection.policy),
        ).model_copy(update={"unnamed": problem.unnamed, "unnamed_before": problem.unnamed_before})
        for problem in inspection.problems
        for finding in problem.findings
    ]


def _unproven(entry: SweepAccount, omissions: Mapping[int, str]) -> UnprovenOut:
    judged = entry.judgement
    verdict: Literal["unproven", "out_of_scope"] = (
        "unproven" if judged is None or judged.verdict is Verdict.UNPROVEN else "out_of_scope"
    )
    return UnprovenOut(
        account=as_filed(entry.account.filed),
        verdict=verdict,
        sentence=judged.sentence if judged else "尚未核查。",
        unnamed=omissions.get(entry.account.id, ""),
    )


def _mismatches(inspection: Inspection) -> list[MismatchOut]:
    return [
        MismatchOut(
            account=as_filed(problem.entry.account.filed),
            kind=kind,
            sentence=finding.sentence,
            review_state=finding.review.value,
            unnamed=problem.unnamed,
        )
        for problem in inspection.problems
        for finding in problem.findings
        if (kind := _mismatch(finding.code, problem.entry.account.filed.status)) is not None
    ]


def _mismatch(code: Code, status: FiledStatus) -> Mismatch | None:
    """状态矩阵: what the registry says against what the platform shows."""
    match code, status:
        case Code.NOT_FOUND, _:
            return "running_not_found"
        case Code.CANCELLED_NOT_CLOSED, _:
            return "running_cancelled"
        case Code.CLOSED_BUT_ALIVE, FiledStatus.DEREGISTERED:
            return "deregistered_alive"
        case Code.CLOSED_BUT_ALIVE, _:
            return "closed_alive"
    return None


def _recheck(inspection: Inspection) -> RecheckOut | None:
    past = inspection.past
    if past.previous is None or not past.rechecked:
        return None
    items = [
        RecheckedOut(
            account=as_filed(each.item.filed), problem=each.about, result=each.result.value, label=each.result.label,
            basis=each.basis, registry=each.registry, unnamed=each.item.unnamed,
        )
        for each in inspection.rechecked
    ]  # fmt: skip
    return RecheckOut(
        notice=past.previous.number, title=past.previous.title, round=past.round, items=items
    )


def _evidence_faults(inspection: Inspection) -> list[EvidenceFaultOut]:
    return [
        EvidenceFaultOut(
            account=as_filed(each.account.filed),
            code=each.finding.code.value,
            path=f"evidence/{each.item.path}",
            sha256=each.item.sha256,
            fault=each.fault.value,
            withheld=each.withheld,
        )
        for each in inspection.defects
    ]


def _notice(issued: IssuedNotice) -> NoticeOut:
    notice = issued.notice
    return NoticeOut(
        number=notice.number,
        title=notice.title,
        issued_on=notice.issued_on,
        rectify_by=notice.rectify_by,
        report_by=notice.report_by,
        version=issued.version,
        addressees=notice.addressees,
        copies=notice.copies,
        publicity=notice.publicity,
    )


def _corrections(issued: IssuedNotice) -> list[CorrectionOut]:
    items = {item.number: item for item in issued.notice.items}
    return [
        CorrectionOut(
            account=as_filed(items[event.item].filed),
            codes=[code.value for code in event.codes],
            reason=event.reason,
            by=event.by,
            at=beijing(event.at),
            unnamed=items[event.item].unnamed,
        )
        for event in issued.corrections
        if event.item is not None
    ]

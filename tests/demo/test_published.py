"""The demonstration's last page: our results beside the published circular."""

from __future__ import annotations

from mediawatch.demo.published import compare_with_circular
from mediawatch.domain import Account, Effect, Filing, Finding, Judgement, SweepAccount, Verdict
from mediawatch.figures.printed.circulars import load_shipped
from mediawatch.rules.policy import load

PRINTED, POLICY = load_shipped("tibet-2022q4-circular"), load("tibet")
CODES = {rule.label: code for code, rule in POLICY.codes.items()}


def entry(number: int, name: str, kind: str, problem: str = "") -> SweepAccount:
    findings = ()
    if problem:
        findings = (
            Finding(
                code=CODES[problem],
                label=problem,
                effect=Effect.FAILS,
                sentence="示例",
                reading_ids=(1,),
            ),
        )
    return SweepAccount(
        sweep_id=1,
        account=Account(id=number, filed=Filing(name=name, type=kind, platform="wechat")),
        judgement=Judgement(
            verdict=Verdict.FAILED if problem else Verdict.FRESH,
            sentence="示例",
            findings=findings,
        ),
    )


def test_all_that_the_circular_names_are_found_and_its_slips_are_told() -> None:
    named = [
        entry(number, one.name, one.type, one.kind) for number, one in enumerate(PRINTED.named)
    ]
    told = compare_with_circular(named, POLICY, PRINTED)
    assert "一致59个，通报有而未检出0个，检出而通报无0个" in told
    for slip in ("名单中抖音短视频有7个，正文写6个", "合计58，总数写59", "差3个", "59.59%"):
        assert slip in told


def test_who_differs_from_the_circular_is_named() -> None:
    first, *others = PRINTED.named
    scope = [entry(number, one.name, one.type, one.kind) for number, one in enumerate(others)]
    scope += [
        entry(98, first.name, first.type),
        entry(99, "示例发布", first.type, first.kind),
    ]
    told = compare_with_circular(scope, POLICY, PRINTED)
    assert "一致58个，通报有而未检出1个，检出而通报无1个" in told
    assert f"未检出：{first.name} {first.type} {first.kind}" in told
    assert f"多检出：示例发布 {first.type} {first.kind}" in told

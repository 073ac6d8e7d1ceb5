"""What follows for an account from the problems that people found (人工检查). Pure.

Until two persons found a problem it is held against nobody; where it would fail the account, the
account is not called sound either.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mediawatch.domain import Code, Effect, Finding, Judgement, Verdict
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.names import fold
from mediawatch.ports import Dossier
from mediawatch.rules.account_policy import AccountPolicy
from mediawatch.rules.problem_proofs import (
    ProblemProof,
    ProblemState,
    problem_proofs,
    problem_seen,
    tie_of_look,
)
from mediawatch.rules.problem_things import is_particular
from mediawatch.rules.ties import keep_speaking
from mediawatch.rules.verdicts import FiledStanding, filed_standing

_ONE_WORD = "经1人检查发现，待第二人核查。"
_DIFFERENCE = "两名检查人的结论不一致，待复核。"


def with_problems(
    judged: Judgement, known: Dossier, as_of: datetime, policy: AccountPolicy
) -> Judgement:
    """The judgement with what people found beside it.

    Of an account that is filed as closed nothing is held. One that is exempt or being closed stays
    listed: what was found is printed of it, and fails it not.
    """
    filed = filed_standing(known.filed, day_of(as_of), policy)
    if not known.problem_looks or filed is FiledStanding.CLOSED:
        return judged
    proofs = problem_proofs(known, as_of, policy)
    spared = filed in (FiledStanding.EXEMPT, FiledStanding.CLOSING)
    found = tuple(
        _finding(proof, known, policy, spared=spared)
        for proof in proofs
        if proof.state is ProblemState.PROVED
    )
    open_proofs = [
        proof for proof in proofs if proof.state in (ProblemState.CLAIMED, ProblemState.DISPUTED)
    ]
    findings = tuple(
        sorted((*judged.findings, *found), key=lambda finding: policy.rank(finding.code))
    )
    notes = [_note(proof, policy) for proof in open_proofs]
    notes += [_note(each, policy) for proof in proofs for each in proof.others]
    notes += [
        f"{policy.label(proof.code)}：{words}。"
        for proof in proofs
        for words in dict.fromkeys(each.words for each in proof.reposts)
    ]
    notes += [
        f"{policy.label(proof.code)}：{chinese_day(proof.gone_on)}再次检查时未见。"
        for proof in proofs
        if proof.gone_on
    ]
    judged = replace(judged, findings=findings, notes=(*judged.notes, *notes))
    if failing := [finding for finding in findings if finding.effect is Effect.FAILS]:
        return replace(judged, verdict=Verdict.FAILED, sentence=failing[0].sentence)
    use = next((proof for proof in proofs if proof.code is Code.UNUSABLE), None)
    if use is not None and judged.verdict is Verdict.OUT_OF_SCOPE and known.filed.is_application:
        judged = _with_use(judged, use, known, as_of, policy)
    doubtful = [proof for proof in open_proofs if policy.effect(proof.code) is Effect.FAILS]
    if doubtful and not spared and judged.verdict in _SETTLED:
        return replace(judged, verdict=Verdict.UNPROVEN, sentence=_note(doubtful[0], policy))
    return judged


def is_open_by_people(judged: Judgement) -> bool:
    """Whether an account is open only for what one person found: its updates leave nothing open."""
    return judged.verdict is Verdict.UNPROVEN and judged.sentence.endswith((_ONE_WORD, _DIFFERENCE))


def _with_use(
    judged: Judgement, use: ProblemProof, known: Dossier, as_of: datetime, policy: AccountPolicy
) -> Judgement:
    """The judgement of an application, by whether people could download and use it."""
    match use.state:
        case ProblemState.PROVED:
            held = next(each for each in judged.findings if each.code is Code.UNUSABLE)
            return replace(judged, verdict=Verdict.LISTED, sentence=held.sentence)
        case ProblemState.CLAIMED | ProblemState.DISPUTED:
            return replace(judged, sentence=_note(use, policy))
    speaking = keep_speaking(known, as_of)
    days = [day_of(look.read_at) for look in use.absent if tie_of_look(look, speaking)]
    if not days:
        return judged
    sentence = f"经人工检查（{chinese_day(max(days))}），可以正常下载、使用。"
    return replace(judged, verdict=Verdict.FRESH, sentence=sentence, otherwise=Verdict.FRESH)


_SETTLED = (
    Verdict.FRESH,
    Verdict.DUE_SOON,
    Verdict.AT_LIMIT,
    Verdict.LISTED,
)
"""Verdicts that call an account sound, or leave nothing open of it."""


def _finding(
    proof: ProblemProof, known: Dossier, policy: AccountPolicy, *, spared: bool
) -> Finding:
    rule = policy.codes[proof.code]
    effect = Effect.LISTED if spared and rule.effect is Effect.FAILS else rule.effect
    said_once = {fold(w): w for look in reversed(proof.readings) if (w := problem_seen(look).words)}
    words = "；".join(reversed(said_once.values()))
    days = "、".join(dict.fromkeys(chinese_day(day_of(look.read_at)) for look in proof.readings))
    said = "：".join(filter(None, [rule.wording or rule.label, words]))
    names = [sight.name for look in proof.readings for sight in look.sights if sight.name]
    ids = (known.filed.platform_id, known.filed.original_id)
    return Finding(
        code=proof.code,
        label=rule.label,
        effect=effect,
        points=rule.points if effect is Effect.DEDUCTS else None,
        sentence=f"经人工检查（{days}），{said}。",
        reading_ids=tuple(look.id for look in proof.readings),
        name_seen=names[-1] if names else "",
        words=words,
        ids=tuple(filter(None, ids)),
        tie=proof.tie,
    )


def _note(proof: ProblemProof, policy: AccountPolicy) -> str:
    label = policy.label(proof.code)
    said = _DIFFERENCE if proof.state is ProblemState.DISPUTED else _ONE_WORD
    thing = problem_seen(proof.readings[0]).words if is_particular(proof.code) else ""
    return f"{label}：{'，'.join(filter(None, [thing, said]))}"

"""From what is known of an account to its verdict and findings. Pure."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime

from mediawatch.domain import (
    Code,
    Effect,
    Finding,
    Judgement,
    LookKind,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.ports import Dossier
from mediawatch.rules import (
    backing,
    cautions,
    doubts,
    finding_sentences,
    hearing,
    name_proof,
    periods,
    presence,
    proofs,
    sentences,
    ties,
)
from mediawatch.rules.account_policy import AccountPolicy, account_policy
from mediawatch.rules.doubts import Doubt
from mediawatch.rules.found_problems import with_problems
from mediawatch.rules.policy import Policy
from mediawatch.rules.proofs import Gap
from mediawatch.rules.sweep_policy import policy_for
from mediawatch.rules.verdict_basis import VerdictBasis
from mediawatch.rules.verdicts import VERDICTS, FiledStanding, Freshness, filed_standing


def judge(
    known: Dossier, as_of: datetime, policy: Policy, period_from: date | None = None
) -> Judgement:
    """The verdict on one account at `as_of` under `policy`, from every reading ever kept of it.

    With `period_from` (a Beijing day) the longest gap from that day to as_of decides (时段制).
    Without it the days before as_of decide (时点制). How many, and what differs otherwise: the
    exception of the policy that fits the filed values (`account_policy`).

    What a surface said while its canaries did not read well is withdrawn. What it showed in the
    account's favour stays. What people found besides (人工检查) is held against the account last.
    """
    own = account_policy(policy_for(policy, period_from), known.filed)
    judged = _judge_updates(known, as_of, own, period_from)
    return with_problems(judged, known, as_of, own)


def _judge_updates(
    known: Dossier, as_of: datetime, own: AccountPolicy, period_from: date | None
) -> Judgement:
    """By its updates, its name, and whether it is there."""
    raw, known = known, ties.keep_speaking(known, as_of)
    doubt = doubts.doubt(raw.readings, known.filed, ties.identity_of(known), raw.others_names)
    backed = backing.without_withdrawn(known, as_of)
    judged = _judge(backed, as_of, own, period_from, doubt)
    if backed is not known:
        undisturbed = _judge(known, as_of, own, period_from, doubt)
        if undisturbed.findings or undisturbed.second_look:
            sentence = backing.WITHDRAWN if judged.verdict is Verdict.UNPROVEN else judged.sentence
            judged = replace(judged, sentence=sentence, notes=(*judged.notes, backing.WITHDRAWN))
    if known.paused and judged.verdict is Verdict.UNPROVEN:
        judged = sentences.with_paused(judged, known, as_of)
    if any(_read_late(finding, known, as_of, own) for finding in judged.findings):
        judged = replace(judged, notes=(*judged.notes, sentences.read_late(own)))
    said = (cautions.of_finding(each, known.filed, known.readings) for each in judged.findings)
    if told := tuple(f"{caution}。" for caution in said if caution):
        judged = replace(judged, notes=(*judged.notes, *told))
    if (
        judged.verdict in _SOUND
        and (bare := ties.without_named(backed)) is not backed
        and _judge(bare, as_of, own, period_from, doubt).verdict not in _SOUND
    ):
        # Of two who bear the name one was seen, and a person may have looked at the other one.
        otherwise = proofs.people_saw_otherwise(backed, as_of, own, period_from)
        mark = sentences.seen_otherwise if otherwise else sentences.rests_on_a_name
        judged = mark(judged, ties.named_only_by(backed))
    behind = {
        backing.backing_of(finding, known.filed, known.readings, known.checks)
        for finding in judged.findings
    }
    return (
        replace(judged, notes=(*judged.notes, f"{backing.UNCHECKED}。"))
        if backing.Backing.UNCHECKED in behind
        else judged
    )


def _judge(
    known: Dossier,
    as_of: datetime,
    policy: AccountPolicy,
    period_from: date | None,
    doubt: Doubt | None,
) -> Judgement:
    if not known.supported and not any(
        reading.look is LookKind.PERSON for reading in known.readings
    ):
        sentence = "该平台由人工检查。"
        return Judgement(
            verdict=Verdict.OUT_OF_SCOPE, sentence=sentence, otherwise=Verdict.OUT_OF_SCOPE
        )
    fresh = (
        periods.freshness(known, period_from, as_of, policy)
        if period_from and policy.judged_by_updates
        else proofs.freshness(known, as_of, policy)
    )
    basis = VerdictBasis(
        known=known,
        as_of=as_of,
        policy=policy,
        how_filed=filed_standing(known.filed, day_of(as_of), policy),
        fresh=fresh,
        there=presence.presence(known, as_of, policy),
        named=name_proof.name(known, as_of),
    )
    undecided = _undecided(basis)
    if proofs.people_disagree(known, as_of, policy, period_from):
        return replace(undecided, sentence="两名核查人的结论不一致，待复核。")
    if doubt and basis.how_filed in (FiledStanding.RUNNING, FiledStanding.CLOSED):
        # What is seen under the filed id is somebody else's: it speaks neither for the account nor
        # against it.
        otherwise = Verdict.UNPROVEN if basis.is_running else undecided.otherwise
        return replace(undecided, sentence=sentences.id_in_doubt(doubt), otherwise=otherwise)
    verdict, code = VERDICTS[basis.how_filed, basis.there.state, basis.fresh.state]
    if code is Code.CLOSED_BUT_ALIVE:
        there = replace(basis.there, **asdict(presence.alive(known, as_of)))
        basis = replace(basis, there=there)
        if not there.reading_ids:
            verdict, code = Verdict.UNPROVEN, None
    findings = _findings(basis, code, verdict)
    pending = _pending(basis, verdict)
    verdict = _with_effects(basis, verdict, findings)
    sentence = sentences.verdict_sentence(basis, verdict, findings, pending=pending)
    return replace(
        undecided, verdict=verdict, sentence=sentence, findings=findings, second_look=pending
    )


def _undecided(basis: VerdictBasis) -> Judgement:
    fresh = basis.fresh
    gap = (
        fresh.gap.days
        if fresh.gap
        else (basis.as_of_day - fresh.latest_on).days
        if fresh.latest_on and basis.policy.judged_by_updates
        else None
    )
    return Judgement(
        verdict=Verdict.UNPROVEN,
        sentence="",
        notes=sentences.notes(basis),
        latest_on=fresh.latest_on,
        date_kind=fresh.date_kind,
        gap_days=gap,
        otherwise=_otherwise(basis),
    )


_BY_UPDATES = {
    Freshness.FRESH: Verdict.FRESH,
    Freshness.DUE_SOON: Verdict.DUE_SOON,
    Freshness.AT_LIMIT: Verdict.AT_LIMIT,
}


_SOUND = frozenset(_BY_UPDATES.values())


def _otherwise(basis: VerdictBasis) -> Verdict:
    """The verdict where no finding is held against the account: by its updates alone."""
    return (
        _BY_UPDATES.get(basis.fresh.state, Verdict.UNPROVEN) if basis.is_running else Verdict.LISTED
    )


def _read_late(finding: Finding, known: Dossier, as_of: datetime, policy: AccountPolicy) -> bool:
    read_at = (reading.read_at for reading in known.readings if reading.id in finding.reading_ids)
    return hearing.is_read_late(finding, read_at, as_of, policy.hearing)


def _findings(basis: VerdictBasis, code: Code | None, verdict: Verdict) -> tuple[Finding, ...]:
    fresh, named = basis.fresh, basis.named
    findings: list[Finding] = []
    if code is not None:
        findings.append(_presence_finding(basis, code, verdict))
    if not basis.is_running:
        return tuple(findings)
    if fresh.state is Freshness.STALE and code is None and fresh.gap:
        findings.append(_stale_finding(basis, fresh.gap))
    if named.reading_ids and named.seen and code is None:
        findings.append(_name_finding(basis))
    return tuple(sorted(findings, key=lambda finding: basis.policy.rank(finding.code)))


def _presence_finding(basis: VerdictBasis, code: Code, verdict: Verdict) -> Finding:
    known, fresh, there, policy = basis.known, basis.fresh, basis.there, basis.policy
    effect = Effect.LISTED if verdict is Verdict.LISTED else policy.effect(code)
    gap = (basis.as_of_day - fresh.latest_on).days if fresh.latest_on else None
    return Finding(
        code=code,
        label=policy.label(code),
        effect=effect,
        sentence=finding_sentences.presence(known, code, there),
        reading_ids=there.reading_ids,
        latest_on=fresh.latest_on,
        gap_days=gap,
        ids=_ids(known),
        tie=there.tie,
    )


def _ids(known: Dossier) -> tuple[str, ...]:
    return tuple(id for id in (known.filed.platform_id, known.filed.original_id) if id)


def _stale_finding(basis: VerdictBasis, gap: Gap) -> Finding:
    fresh, policy = basis.fresh, basis.policy
    code = policy.tier_of(gap.since, gap.until)
    return Finding(
        code=code,
        label=policy.label(code),
        effect=policy.effect(code),
        sentence=finding_sentences.stale(fresh, gap, basis.as_of_day, code, policy),
        reading_ids=fresh.reading_ids,
        gap_days=gap.days,
        gap_is_minimum=gap.minimum,
        gap_since=gap.since,
        latest_on=fresh.latest_on,
        ids=_ids(basis.known),
        tie=fresh.tie,
    )


def _name_finding(basis: VerdictBasis) -> Finding:
    known, named, policy = basis.known, basis.named, basis.policy
    code = Code.RENAMED_UNREPORTED if named.once_as_filed else Code.NAME_MISMATCH
    return Finding(
        code=code,
        label=policy.label(code),
        effect=policy.effect(code),
        sentence=finding_sentences.name(known, named),
        reading_ids=named.reading_ids,
        name_seen=named.seen,
        ids=_ids(known),
        tie=named.tie,
    )


def _pending(basis: VerdictBasis, verdict: Verdict) -> bool:
    """Whether a second look could turn something seen once into a finding."""
    if (
        basis.how_filed in (FiledStanding.EXEMPT, FiledStanding.CLOSING)
        or verdict is Verdict.FAILED
    ):
        return False
    return basis.there.pending or basis.fresh.pending or (basis.named.pending and basis.is_running)


def _with_effects(basis: VerdictBasis, verdict: Verdict, findings: tuple[Finding, ...]) -> Verdict:
    """A proved failing code fails the account, whatever its freshness.

    A code that this policy only lists does not fail it.
    """
    if any(finding.effect is Effect.FAILS for finding in findings):
        return Verdict.FAILED
    if verdict is Verdict.FAILED:
        return Verdict.LISTED
    code = Code.RENAMED_UNREPORTED if basis.named.once_as_filed else Code.NAME_MISMATCH
    name_would_fail = basis.policy.effect(code) is Effect.FAILS
    if basis.named.doubtful and name_would_fail and basis.is_running:
        return Verdict.UNPROVEN
    return verdict

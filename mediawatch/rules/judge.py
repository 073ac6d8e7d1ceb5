"""judge: from what is known of an account to its verdict and findings; next_due: when to look
again. Pure.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from mediawatch.domain import (
    AccountState,
    Code,
    Effect,
    Filed,
    Finding,
    Judgement,
    LookKind,
    Outcome,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.ports import Known
from mediawatch.rules import backing, hearing, periods, presence, proofs, sentences, ties
from mediawatch.rules.policy import VERDICTS, Freshness, Policy, Standing, standing
from mediawatch.rules.presence import PresenceProof
from mediawatch.rules.proofs import FreshnessProof, Gap, NameProof
from mediawatch.rules.ties import Doubt
from mediawatch.workdays import working_days_after


def judge(
    known: Known, as_of: datetime, policy: Policy, period_from: date | None = None
) -> Judgement:
    """The verdict on one account at `as_of` under `policy`, from every reading ever kept of it.

    With `period_from` (a Beijing day) by the longest gap from that day to as_of (时段制), else by
    the last two weeks (时点制).

    What a surface said while its canaries did not read well is withdrawn, except what it showed in
    the account's favour.
    """
    raw, known = known, ties.speaking(known, as_of)
    doubt = ties.doubt(raw.readings, known.filed, ties.identity_of(known))
    heard = backing.heard(known, as_of)
    judged = _judged(heard, as_of, policy, period_from, doubt)
    if heard is not known:
        undisturbed = _judged(known, as_of, policy, period_from, doubt)
        if undisturbed.findings or undisturbed.second_look:
            sentence = backing.WITHDRAWN if judged.verdict is Verdict.UNPROVEN else judged.sentence
            judged = replace(judged, sentence=sentence, notes=(*judged.notes, backing.WITHDRAWN))
    if known.paused and judged.verdict is Verdict.UNPROVEN:
        judged = sentences.with_paused(judged, known, as_of)
    if any(_read_late(finding, known, as_of, policy) for finding in judged.findings):
        judged = replace(judged, notes=(*judged.notes, sentences.read_late(policy)))
    behind = {
        backing.behind(finding, known.filed, known.readings, known.checks)
        for finding in judged.findings
    }
    return (
        replace(judged, notes=(*judged.notes, f"{backing.UNCHECKED}。"))
        if backing.Backing.UNCHECKED in behind
        else judged
    )


def _judged(
    known: Known, as_of: datetime, policy: Policy, period_from: date | None, doubt: Doubt | None
) -> Judgement:
    as_of_day = day_of(as_of)
    if not known.supported and not any(
        reading.look is LookKind.PERSON for reading in known.readings
    ):
        sentence = "该平台暂不支持自动核查,请人工核查。"
        return Judgement(
            verdict=Verdict.OUT_OF_SCOPE, sentence=sentence, otherwise=Verdict.OUT_OF_SCOPE
        )
    fresh = (
        periods.freshness(known, period_from, as_of, policy)
        if period_from
        else proofs.freshness(known, as_of, policy)
    )
    there, named = presence.presence(known, as_of, policy), proofs.name(known, as_of)
    how_filed = standing(known.filed, as_of_day, policy)
    gap = (
        fresh.gap.days
        if fresh.gap
        else (as_of_day - fresh.latest_on).days
        if fresh.latest_on
        else None
    )
    notes = sentences.notes(known, fresh, there, named, as_of_day, policy)
    undecided = Judgement(
        verdict=Verdict.UNPROVEN,
        sentence="",
        notes=notes,
        latest_on=fresh.latest_on,
        date_kind=fresh.date_kind,
        gap_days=gap,
        otherwise=_otherwise(how_filed, fresh),
    )
    if proofs.people_disagree(known, as_of, policy):
        return replace(undecided, sentence="两名核查人的结论不一致,待复核。")
    if doubt and how_filed in (Standing.RUNNING, Standing.CLOSED):
        # What is seen under the filed id is somebody else's: it speaks neither for the account nor
        # against it.
        otherwise = undecided.otherwise if how_filed is Standing.CLOSED else Verdict.UNPROVEN
        return replace(undecided, sentence=sentences.id_in_doubt(doubt), otherwise=otherwise)
    verdict, code = VERDICTS[how_filed, there.state, fresh.state]
    if code is Code.CLOSED_BUT_ALIVE:
        there = replace(there, **asdict(presence.alive(known, as_of)))
        if not there.reading_ids:
            verdict, code = Verdict.UNPROVEN, None
    findings = _findings(known, code, verdict, how_filed, fresh, there, named, as_of_day, policy)
    pending = _pending(how_filed, fresh, there, named, verdict)
    verdict = _with_effects(verdict, findings, how_filed, named, policy)
    sentence = sentences.verdict_sentence(
        known, verdict, how_filed, findings, fresh, named, pending, as_of_day, policy
    )
    return replace(
        undecided, verdict=verdict, sentence=sentence, findings=findings, second_look=pending
    )


_BY_UPDATES = {
    Freshness.FRESH: Verdict.FRESH,
    Freshness.DUE_SOON: Verdict.DUE_SOON,
    Freshness.AT_LIMIT: Verdict.AT_LIMIT,
}


def _otherwise(how_filed: Standing, fresh: FreshnessProof) -> Verdict:
    """The verdict where no finding is held against the account: by its updates alone."""
    return (
        Verdict.LISTED
        if how_filed is not Standing.RUNNING
        else _BY_UPDATES.get(fresh.state, Verdict.UNPROVEN)
    )


def _read_late(finding: Finding, known: Known, as_of: datetime, policy: Policy) -> bool:
    read_at = (reading.read_at for reading in known.readings if reading.id in finding.reading_ids)
    return hearing.is_read_late(finding, read_at, as_of, policy.hearing)


RECENT = timedelta(weeks=4)
"""An account that was read exactly within this time is one that the machine can settle."""


def next_due(state: AccountState | None, filed: Filed, policy: Policy, now: datetime) -> date:
    """The Beijing day on which a look could first change the verdict, or name and existence are due
    anyway; today where it is overdue.

    From the current state alone (docs/rules.md, "When an account is due"): never read, or in vain:
    today.
    """
    today = day_of(now)
    return today if state is None else max(today, _due(state, filed, policy, today))


class Due(StrEnum):
    """Why an account is due."""

    NEVER_READ = "never read"
    SECOND_LOOK = "second look"
    IN_VAIN = "last look failed"
    GAP = "gap"
    """Its newest known post is so old that the verdict could change."""
    IDENTITY = "name"
    """Its name and existence are due by the policy's rhythm, or what its filing says of it ends."""


def why_due(state: AccountState | None, filed: Filed, policy: Policy, now: datetime) -> Due:
    """The reason, for an account that `next_due` holds for due."""
    if state is None or state.last_read_at is None or state.last_outcome is None:
        return Due.NEVER_READ
    if state.second_look:
        return Due.SECOND_LOOK
    if state.last_outcome.about_us and state.last_outcome is not Outcome.NO_EVIDENCE:
        return Due.IN_VAIN
    running = standing(filed, day_of(now), policy) is Standing.RUNNING
    old = state.latest_on is not None and day_of(now) - state.latest_on >= timedelta(
        days=policy.window.due_soon_from
    )
    return Due.GAP if running and old else Due.IDENTITY


def urgency(
    state: AccountState | None, filed: Filed, policy: Policy, now: datetime
) -> tuple[bool, date, date]:
    """Sorts by who could become a finding soonest: never read first, then who probably is one, then
    by how long a look is due and the newest post is old. The probable ones early, for their second
    look waits while the others have their first."""
    if state is None or state.last_read_at is None:
        return False, date.min, date.min
    silent = state.latest_on is None or state.latest_on < policy.window_start(day_of(now))
    gone = state.last_outcome is not None and state.last_outcome.negative
    probable = standing(filed, day_of(now), policy) is Standing.RUNNING and (
        silent or gone or state.second_look
    )
    return not probable, _due(state, filed, policy, day_of(now)), state.latest_on or date.min


def _due(state: AccountState, filed: Filed, policy: Policy, today: date) -> date:
    if state.last_read_at is None or state.last_outcome is None:
        return today
    read_on = day_of(state.last_read_at)
    judged_for = day_of(state.judged_as_of) if state.judged_as_of else read_on
    # A look after midnight is judged for the day on which its night began: the next night is the
    # one after that.
    tomorrow = min(read_on, judged_for) + timedelta(days=1)
    if state.second_look:
        return tomorrow
    if ends := _standing_ends(filed, today, policy):
        return min(ends, _turn(state.account_id, read_on, policy.identity.closed_days))
    exact_on = day_of(state.exact_read_at) if state.exact_read_at else None
    settles = exact_on is not None and today - exact_on <= RECENT
    newest = (
        state.latest_on if policy.updates.reposts and policy.updates.unpushed else state.original_on
    )
    if newest is not None and newest == state.person_fresh_on and not settles:
        asked_again = newest + timedelta(days=policy.window.days)
        if asked_again > today:
            return asked_again
    if state.last_outcome.about_us and state.last_outcome is not Outcome.NO_EVIDENCE:
        return today
    turn = _turn(state.account_id, read_on, policy.identity.due_days)
    if settles and state.verdict is Verdict.UNPROVEN:
        return tomorrow
    proved_on = min(state.judged_on or judged_for, exact_on) if settles and exact_on else read_on
    gaps = (policy.window.due_soon_from, policy.stale_gap)
    changes = [
        day
        for gap in gaps
        if newest is not None and (day := newest + timedelta(days=gap)) > proved_on
    ]
    return min((turn, *changes))


def _turn(account_id: int, read_on: date, every: int) -> date:
    """The account's own day of a rhythm, the first after a look. By its number: a census puts no
    load on one night of the next week.
    """
    return read_on + timedelta(days=1 + (account_id - read_on.toordinal() - 1) % every)


def _standing_ends(filed: Filed, today: date, policy: Policy) -> date | None:
    """For an account that is exempt, closing or closed: the day from which that no longer holds
    (date.max: never). None: it runs.
    """
    match standing(filed, today, policy):
        case Standing.RUNNING:
            return None
        case Standing.EXEMPT if filed.exempt_until:
            return filed.exempt_until + timedelta(days=1)
        case Standing.CLOSING if filed.closing_requested_on:
            return working_days_after(
                filed.closing_requested_on, policy.closing.working_days
            ) + timedelta(days=1)
        case _:
            return date.max


def _findings(
    known: Known,
    code: Code | None,
    verdict: Verdict,
    how_filed: Standing,
    fresh: FreshnessProof,
    there: PresenceProof,
    named: NameProof,
    as_of_day: date,
    policy: Policy,
) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    if code is not None:
        findings.append(_presence_finding(known, code, verdict, fresh, there, as_of_day, policy))
    if how_filed is not Standing.RUNNING:
        return tuple(findings)
    if fresh.state is Freshness.STALE and code is None and fresh.gap:
        findings.append(_stale_finding(known, fresh, fresh.gap, as_of_day, policy))
    if named.reading_ids and named.seen and code is None:
        findings.append(_name_finding(known, named, policy))
    return tuple(sorted(findings, key=lambda finding: _rank(finding.code, policy)))


def _rank(code: Code, policy: Policy) -> int:
    return policy.precedence.index(code) if code in policy.precedence else len(policy.precedence)


def _presence_finding(
    known: Known,
    code: Code,
    verdict: Verdict,
    fresh: FreshnessProof,
    there: PresenceProof,
    as_of_day: date,
    policy: Policy,
) -> Finding:
    effect = Effect.LISTED if verdict is Verdict.LISTED else policy.effect(code)
    gap = (as_of_day - fresh.latest_on).days if fresh.latest_on else None
    return Finding(
        code=code,
        label=policy.label(code),
        effect=effect,
        sentence=sentences.presence(known, code, there),
        reading_ids=there.reading_ids,
        latest_on=fresh.latest_on,
        gap_days=gap,
        ids=_ids(known),
        tie=there.tie,
    )


def _ids(known: Known) -> tuple[str, ...]:
    return tuple(id for id in (known.filed.platform_id, known.filed.original_id) if id)


def _stale_finding(
    known: Known, fresh: FreshnessProof, gap: Gap, as_of_day: date, policy: Policy
) -> Finding:
    code = policy.tier_of(gap.since, gap.until)
    return Finding(
        code=code,
        label=policy.label(code),
        effect=policy.effect(code),
        sentence=sentences.stale(fresh, gap, as_of_day, code, policy),
        reading_ids=fresh.reading_ids,
        gap_days=gap.days,
        gap_is_minimum=gap.minimum,
        gap_since=gap.since,
        latest_on=fresh.latest_on,
        ids=_ids(known),
        tie=fresh.tie,
    )


def _name_finding(known: Known, named: NameProof, policy: Policy) -> Finding:
    code = Code.RENAMED_UNREPORTED if named.once_as_filed else Code.NAME_MISMATCH
    return Finding(
        code=code,
        label=policy.label(code),
        effect=policy.effect(code),
        sentence=sentences.name(known, named),
        reading_ids=named.reading_ids,
        name_seen=named.seen,
        ids=_ids(known),
        tie=named.tie,
    )


def _pending(
    how_filed: Standing,
    fresh: FreshnessProof,
    there: PresenceProof,
    named: NameProof,
    verdict: Verdict,
) -> bool:
    """Whether a second look could turn something seen once into a finding."""
    if how_filed in (Standing.EXEMPT, Standing.CLOSING) or verdict is Verdict.FAILED:
        return False
    return there.pending or fresh.pending or (named.pending and how_filed is Standing.RUNNING)


def _with_effects(
    verdict: Verdict,
    findings: tuple[Finding, ...],
    how_filed: Standing,
    named: NameProof,
    policy: Policy,
) -> Verdict:
    """A proved failing code fails the account, whatever its freshness; a code that this policy only
    lists does not fail it.
    """
    if any(finding.effect is Effect.FAILS for finding in findings):
        return Verdict.FAILED
    if verdict is Verdict.FAILED:
        return Verdict.LISTED
    name_would_fail = (
        policy.effect(Code.RENAMED_UNREPORTED if named.once_as_filed else Code.NAME_MISMATCH)
        is Effect.FAILS
    )
    if named.doubtful and name_would_fail and how_filed is Standing.RUNNING:
        return Verdict.UNPROVEN
    return verdict

"""What people's looks prove of problems that no list of posts shows (人工检查). Pure.

Two persons must have found the problem, each with a picture and a tie to the account. Until then it
is held against nobody; where it would fail the account, the account is not called sound either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from mediawatch.domain import (
    Code,
    Effect,
    FiledIdentity,
    Finding,
    Judgement,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    SeenRepost,
    Tie,
    Verdict,
    of_identity,
)
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.names import fold, same_person, surely_same_person
from mediawatch.ports import Dossier
from mediawatch.rules.account_policy import AccountPolicy
from mediawatch.rules.policy import Policy
from mediawatch.rules.post_lists import weakest
from mediawatch.rules.problem_things import by_thing, is_particular
from mediawatch.rules.ties import identity_of, keep_speaking, tie_of
from mediawatch.rules.verdicts import FiledStanding, filed_standing

COUNTS_FOR = timedelta(days=31)
"""So long after an inspection's day a look may accuse: later ones are of another inspection."""
_ONE_WORD = "经1人检查发现，待第二人核查。"
_DIFFERENCE = "两名检查人的结论不一致，待复核。"


class ProblemState(StrEnum):
    """How far the looks of an inspection prove one kind of problem."""

    NONE = "none"
    """Nobody found it, or who did took it back."""
    CLAIMED = "claimed"
    """One person found it: a second one has to look."""
    DISPUTED = "disputed"
    """One person found it and another one did not."""
    PROVED = "proved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemProof:
    """What the looks for one kind of problem come to.

    `readings` are those that found it, until a second person did.
    """

    code: Code
    state: ProblemState
    readings: tuple[Reading, ...] = ()
    tie: Tie | None = None
    gone_on: date | None = None
    """The Beijing day of a later look that did not find it any more (通报前已整改)."""
    absent: tuple[Reading, ...] = ()
    """Looks that did not find it, oldest first, as far as they stand."""
    reposts: tuple[SeenRepost, ...] = ()
    """Of 重要信息未转载: posts that take the word of looks away, or ask for a person first."""
    others: tuple[ProblemProof, ...] = ()
    """Of a particular thing: what stands of other things, claimed or disputed; no finding says it."""

    @property
    def claims(self) -> tuple[Reading, ...]:
        """Looks of one person for something that a second one has to look for."""
        open_ones = (each for each in (self, *self.others) if each.state is ProblemState.CLAIMED)
        return next((each.readings for each in open_ones), ())


def until_issue(looks: Iterable[Reading], issued_at: datetime | None) -> tuple[Reading, ...]:
    """The looks that judge an inspection: those after its notice are of the re-check.

    What a person takes back was wrong from the beginning, whenever he says so.
    """
    return tuple(
        look
        for look in looks
        if issued_at is None
        or look.read_at <= issued_at
        or _seen(look).answer is ProblemAnswer.WITHDRAWN
    )


def problem_proofs(known: Dossier, as_of: datetime, policy: Policy) -> tuple[ProblemProof, ...]:
    """What is proved of each kind of problem in the policy for which anybody looked."""
    speaking = keep_speaking(known, as_of)
    now = identity_of(speaking)
    looks = [
        said
        for look in known.problem_looks
        if (said := _said_of(look, now)) is not None
        and said.sights
        and (_seen(look).answer is not ProblemAnswer.FOUND or look.read_at <= last_look(as_of))
    ]
    return tuple(
        _proof_of_kind(code, some, speaking)
        for code in policy.problem_kinds
        if (some := [look for look in looks if _seen(look).code is code])
    )


def last_look(as_of: datetime) -> datetime:
    """The last moment at which a person may have seen what an inspection holds."""
    return as_of + COUNTS_FOR


def _said_of(look: Reading, now: FiledIdentity) -> Reading | None:
    """What a look says of the account filed as `now`. Who takes his answers back needs no tie."""
    if _seen(look).answer is ProblemAnswer.WITHDRAWN:
        return look
    return of_identity(look, now)


def _seen(look: Reading) -> ProblemSeen:
    if look.problem is None:
        raise ValueError(f"reading {look.id} looked for no problem")
    return look.problem


def _proof_of_kind(code: Code, looks: Sequence[Reading], known: Dossier) -> ProblemProof:
    """What the looks for one kind come to: two persons must have found the very same thing.

    A look that a repost speaks against proves nothing, whoever said it.
    """
    standing = {look.id for look in standing_looks(looks)}
    reposts = tuple(each for each in known.reposts if each.look_id in standing)
    against = {each.look_id for each in reposts}
    left = [look for look in looks if look.id not in against]
    proofs = [_proof(code, some, known) for some in by_thing(left)]
    proved = [each for each in proofs if each.state is ProblemState.PROVED]
    best = _joined(proved) if proved else min(proofs, key=lambda each: _NEAREST.index(each.state))
    others = tuple(
        each
        for each in proofs
        if each is not best and each.state in (ProblemState.CLAIMED, ProblemState.DISPUTED)
    )
    return replace(best, reposts=reposts, others=others)


_NEAREST = (ProblemState.DISPUTED, ProblemState.CLAIMED, ProblemState.NONE)


def _joined(proofs: Sequence[ProblemProof]) -> ProblemProof:
    """One proof of several things that two persons found each."""
    gone = [each.gone_on for each in proofs]
    absent = {look.id: look for each in proofs for look in each.absent}
    return replace(
        proofs[0],
        readings=tuple(look for each in proofs for look in each.readings),
        tie=weakest(each.tie for each in proofs if each.tie is not None),
        gone_on=max((day for day in gone if day is not None), default=None) if all(gone) else None,
        absent=tuple(absent.values()),
    )


def _proof(code: Code, looks: Sequence[Reading], known: Dossier) -> ProblemProof:
    standing = standing_looks(sorted(looks, key=lambda look: (look.read_at, look.id)))
    found = [
        look
        for look in standing
        if _seen(look).answer is ProblemAnswer.FOUND and look.evidence and _tie(look, known)
    ]
    absent = [look for look in standing if _seen(look).answer is ProblemAnswer.ABSENT]
    if not found:
        return ProblemProof(code=code, state=ProblemState.NONE, absent=tuple(absent))
    first = found[0]
    second = next((look for look in found[1:] if not same_person(look.by, first.by)), None)
    disputed = any(
        _disputes(look, found)
        and (
            not same_person(look.by, first.by)
            if second is None
            # Who found it himself and sees later that it is gone speaks of a repair.
            else look.read_at <= second.read_at
        )
        for look in absent
    )
    if second is None or disputed:
        state = ProblemState.DISPUTED if disputed else ProblemState.CLAIMED
        return ProblemProof(code=code, state=state, readings=tuple(found), absent=tuple(absent))
    later = [
        day_of(look.read_at)
        for look in absent
        if look.read_at > second.read_at and shows_repair(look)
    ]
    # What a third person adds says nothing else of the account, and reopens no decision.
    proving = tuple(found[: found.index(second) + 1])
    return ProblemProof(
        code=code,
        state=ProblemState.PROVED,
        readings=proving,
        tie=weakest(tie for look in proving if (tie := _tie(look, known))),
        gone_on=min(later, default=None),
        absent=tuple(absent),
    )


def _disputes(look: Reading, found: Sequence[Reading]) -> bool:
    """Whether a look that found nothing stands: its person did not look again and find it."""
    return not any(
        surely_same_person(look.by, later.by) and later.read_at > look.read_at for later in found
    )


def shows_repair(look: Reading) -> bool:
    """Whether a look that found nothing shows it: with a picture, of what leads to the account."""
    return bool(look.evidence) and any(sight.matched_by is not None for sight in look.sights)


def standing_looks(looks: Sequence[Reading]) -> list[Reading]:
    """Looks for one kind that their person did not take back since they were kept."""
    taken_back = [look for look in looks if _seen(look).answer is ProblemAnswer.WITHDRAWN]
    return [
        look
        for look in looks
        if not any(
            surely_same_person(look.by, later.by) and later.id >= look.id for later in taken_back
        )
    ]


def _tie(look: Reading, known: Dossier) -> Tie | None:
    ties = (tie_of(sight, look, known) for sight in look.sights)
    return next((tie for tie in ties if tie is not None), None)


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
    days = [day_of(look.read_at) for look in use.absent if _tie(look, speaking)]
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
    said_once = {fold(w): w for look in reversed(proof.readings) if (w := _seen(look).words)}
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
    thing = _seen(proof.readings[0]).words if is_particular(proof.code) else ""
    return f"{label}：{'，'.join(filter(None, [thing, said]))}"

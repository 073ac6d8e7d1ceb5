"""What people's looks prove of problems that no list of posts shows (人工检查). Pure.

Two persons must have found the problem, each with a picture and a tie to the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from mediawatch.domain import (
    Code,
    FiledIdentity,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    SeenRepost,
    Tie,
    of_identity,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same_person, surely_same_person
from mediawatch.ports import Dossier
from mediawatch.rules.policy import Policy
from mediawatch.rules.post_lists import weakest
from mediawatch.rules.problem_things import by_thing
from mediawatch.rules.ties import identity_of, keep_speaking, tie_of

COUNTS_FOR = timedelta(days=31)
"""So long after an inspection's day a look may accuse: later ones are of another inspection."""


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
        or problem_seen(look).answer is ProblemAnswer.WITHDRAWN
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
        and (
            problem_seen(look).answer is not ProblemAnswer.FOUND or look.read_at <= last_look(as_of)
        )
    ]
    return tuple(
        _proof_of_kind(code, some, speaking)
        for code in policy.problem_kinds
        if (some := [look for look in looks if problem_seen(look).code is code])
    )


def last_look(as_of: datetime) -> datetime:
    """The last moment at which a person may have seen what an inspection holds."""
    return as_of + COUNTS_FOR


def _said_of(look: Reading, now: FiledIdentity) -> Reading | None:
    """What a look says of the account filed as `now`. Who takes his answers back needs no tie."""
    if problem_seen(look).answer is ProblemAnswer.WITHDRAWN:
        return look
    return of_identity(look, now)


def problem_seen(look: Reading) -> ProblemSeen:
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
    things = ([look for look in some if look.id in standing] for some in by_thing(left))
    proofs = [_proof(code, some, known) for some in things]
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


def _proof(code: Code, standing: Sequence[Reading], known: Dossier) -> ProblemProof:
    """What looks for one thing come to that nobody took back."""
    standing = sorted(standing, key=lambda look: (look.read_at, look.id))
    found = [
        look
        for look in standing
        if problem_seen(look).answer is ProblemAnswer.FOUND
        and look.evidence
        and tie_of_look(look, known)
    ]
    absent = [look for look in standing if problem_seen(look).answer is ProblemAnswer.ABSENT]
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
        tie=weakest(tie for look in proving if (tie := tie_of_look(look, known))),
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
    taken_back = [look for look in looks if problem_seen(look).answer is ProblemAnswer.WITHDRAWN]
    return [
        look
        for look in looks
        if not any(
            surely_same_person(look.by, later.by) and later.id >= look.id for later in taken_back
        )
    ]


def tie_of_look(look: Reading, known: Dossier) -> Tie | None:
    ties = (tie_of(sight, look, known) for sight in look.sights)
    return next((tie for tie in ties if tie is not None), None)

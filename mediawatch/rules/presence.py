"""What all readings of one account prove of its being there.

Pure; the law is in `proofs`. It is seen, not found, cancelled, banned or empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from mediawatch.domain import Filing, LookKind, MatchedBy, Outcome, Reading, Sight, Tie
from mediawatch.domain.clock import day_of
from mediawatch.names import alike
from mediawatch.ports import Dossier
from mediawatch.rules.account_policy import AccountPolicy
from mediawatch.rules.agreement import Proof, current_readings, prove_agreement
from mediawatch.rules.post_lists import posts_of, weakest
from mediawatch.rules.ties import tie_of
from mediawatch.rules.verdicts import Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceProof(Proof):
    state: Presence = Presence.UNKNOWN
    claimed: Presence = Presence.UNKNOWN
    """What the newest negative says, whether or not it is proved."""
    active_on: date | None = None
    """The newest post in the window, where the account is said to be banned all the same."""

    @property
    def claimed_gone(self) -> bool:
        """Whether the newest negative says that it is gone, proved or not."""
        return self.claimed in (Presence.NOT_FOUND, Presence.CANCELLED, Presence.BANNED)


_PRESENCE = {
    Outcome.NOT_FOUND: Presence.NOT_FOUND,
    Outcome.CANCELLED: Presence.CANCELLED,
    Outcome.BANNED: Presence.BANNED,
    Outcome.NO_POSTS: Presence.EMPTY,
}


def presence(known: Dossier, as_of: datetime, policy: AccountPolicy) -> PresenceProof:
    """Whether the account is there.

    A machine's negative counts only with a control that answered in the same session.
    """
    readings = current_readings(known, as_of)
    state = next(
        (
            _PRESENCE[reading.outcome]
            for reading in reversed(readings)
            if reading.outcome in _PRESENCE
        ),
        None,
    )
    if state is None:
        seen = any(_shows_account(reading) for reading in readings)
        return PresenceProof(state=Presence.SEEN if seen else Presence.UNKNOWN)
    if state is Presence.EMPTY and not policy.judged_by_updates:
        # That it has no posts says nothing of what people use it for.
        return PresenceProof(state=Presence.SEEN)
    active_on = _active_on(known, as_of, policy) if state is Presence.BANNED else None
    return replace(
        _presence(known, state, as_of, policy, active=active_on is not None),
        claimed=state,
        active_on=active_on,
    )


def _presence(
    known: Dossier, state: Presence, as_of: datetime, policy: AccountPolicy, *, active: bool
) -> PresenceProof:
    readings = current_readings(known, as_of)
    seen = any(_shows_account(reading) for reading in readings)
    if seen and state is not Presence.EMPTY:
        return PresenceProof(state=Presence.SEEN, doubtful=True)
    if _lives(known, state, as_of, policy):
        return PresenceProof(doubtful=True)
    proof = prove_agreement(
        readings,
        lambda reading: _PRESENCE.get(reading.outcome) is state and any(_grounds(reading, known)),
    )
    if not proof.reading_ids:
        # A ban beside posts in the window gets another look, even where no control answered beside
        # it.
        again = (
            active
            and prove_agreement(
                readings, lambda reading: _PRESENCE.get(reading.outcome) is state
            ).pending
        )
        return PresenceProof(pending=proof.pending or again, doubtful=True)
    if state is Presence.EMPTY:
        opened = known.filed.opened_on
        if opened is not None and opened > day_of(as_of):
            return PresenceProof(state=Presence.SEEN)
        age = (day_of(as_of) - opened).days if opened is not None else 0
        # Nobody is without a post for too long who was opened within the account's own window.
        grown = age > policy.opening.grace_days and policy.exceeds(age)
        state = Presence.EMPTY if grown else Presence.EMPTY_NEW
    proving = [reading for reading in readings if reading.id in proof.reading_ids]
    tie = weakest(tie for reading in proving for tie in _grounds(reading, known))
    return PresenceProof(state=state, reading_ids=proof.reading_ids, tie=tie)


def alive(known: Dossier, as_of: datetime) -> Proof:
    """Whether an account that is filed as closed is still there.

    By its id, in two looks, like everything that is said against a body. What a filed link or the
    name leads to may be somebody else's by now.
    """
    proof = prove_agreement(
        current_readings(known, as_of),
        lambda reading: any(
            _shows(sight) for sight in reading.sights if sight.matched_by is MatchedBy.ID
        ),
    )
    return replace(proof, tie=Tie.ID if proof.reading_ids else None)


def _shows_account(reading: Reading) -> bool:
    """Whether any surface of the look knew the account.

    It counts even if the list that came after it failed.
    """
    return any(_shows(sight) for sight in reading.sights if sight.matched_by is not None)


def _shows(sight: Sight) -> bool:
    return sight.outcome in (Outcome.OK, Outcome.PRIVATE) and bool(
        sight.name or sight.is_dated or sight.exact
    )


def _active_on(known: Dossier, as_of: datetime, policy: AccountPolicy) -> date | None:
    """The newest known post of the window that ends at as_of, or of after it."""
    since = policy.window_start(day_of(as_of))
    return max(
        (
            post.on
            for reading in known.readings
            for _, post in posts_of(reading, policy)
            if post.on >= since
        ),
        default=None,
    )


def _lives(known: Dossier, state: Presence, as_of: datetime, policy: AccountPolicy) -> bool:
    """A sign of life that refutes a negative.

    For "never posted" it is any post ever, for "not found" one since the window began.
    """
    if state not in (Presence.EMPTY, Presence.NOT_FOUND):
        return False
    if state is Presence.NOT_FOUND and _name_lives(current_readings(known, as_of), known.filed):
        return True
    since = policy.window_start(day_of(as_of)) if state is Presence.NOT_FOUND else date.min
    return any(
        post.on >= since for reading in known.readings for _, post in posts_of(reading, policy)
    )


def _name_lives(readings: Sequence[Reading], filed: Filing) -> bool:
    """Whether a sight shows the account, or somebody else under its filed name.

    It does so whatever became of the sight later on. The filed id may then be wrong, or the account
    certified otherwise; a search may hide it all the same. What `NO_EVIDENCE` shows is what the
    filed name led to. A person who did not find the account settles it.
    """
    if any(
        reading.look is LookKind.PERSON and reading.outcome is Outcome.NOT_FOUND
        for reading in readings
    ):
        return False
    named = [
        sight
        for reading in readings
        for sight in reading.sights
        if sight.name and not sight.outcome.negative
    ]
    return any(
        sight.matched_by is not None
        or sight.outcome is Outcome.NO_EVIDENCE
        or alike(filed.name, sight.name)
        for sight in named
    )


_TROUBLE = frozenset(
    outcome for outcome in Outcome if outcome.about_us and outcome is not Outcome.NO_EVIDENCE
)


def _grounds(reading: Reading, known: Dossier) -> Iterator[Tie]:
    """By what a negative is tied to the account.

    The tie is what the platform says of its id, or a full search by name. Unless a person looked,
    another account must have answered in its session. That an id leads nowhere counts only where
    what was asked after it answered: a search might have shown the account.
    """
    by_person = reading.look is LookKind.PERSON
    for place, sight in enumerate(reading.sights):
        if sight.outcome is not reading.outcome or not (sight.control or by_person):
            continue
        unasked = any(other.outcome in _TROUBLE for other in reading.sights[place + 1 :])
        by_id_alone = sight.outcome is Outcome.NOT_FOUND and sight.matched_by is MatchedBy.ID
        if (tie := tie_of(sight, reading, known)) and not (by_id_alone and unasked):
            yield tie

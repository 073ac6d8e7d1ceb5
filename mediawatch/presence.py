"""What all readings of one account prove of its being there: seen, not found, cancelled, banned, empty. Pure; the law is in `proofs`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mediawatch.clock import day_of
from mediawatch.domain import Filed, LookKind, MatchedBy, Outcome, Reading
from mediawatch.names import same
from mediawatch.policy import Policy, Presence
from mediawatch.ports import Known
from mediawatch.proofs import Proof, agreed, current, is_theirs, posts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceProof(Proof):
    state: Presence = Presence.UNKNOWN


_PRESENCE = {
    Outcome.NOT_FOUND: Presence.NOT_FOUND,
    Outcome.CANCELLED: Presence.CANCELLED,
    Outcome.BANNED: Presence.BANNED,
    Outcome.NO_POSTS: Presence.EMPTY,
}


def presence(known: Known, as_of: datetime, policy: Policy) -> PresenceProof:
    """Whether the account is there. A machine's negative counts only with a control that answered in the same session."""
    readings = current(known, as_of)
    seen = any(_shows_account(reading) for reading in readings)
    state = next((_PRESENCE[reading.outcome] for reading in reversed(readings) if reading.outcome in _PRESENCE), None)
    if state is None:
        return PresenceProof(state=Presence.SEEN if seen else Presence.UNKNOWN)
    if seen and state is not Presence.EMPTY:
        return PresenceProof(state=Presence.SEEN, doubtful=True)
    if _lives(known, state, as_of, policy):
        return PresenceProof(doubtful=True)
    proof = agreed(readings, lambda reading: _PRESENCE.get(reading.outcome) is state and _grounded(reading, known.filed))
    if not proof.reading_ids:
        return PresenceProof(pending=proof.pending, doubtful=True)
    if state is Presence.EMPTY:
        opened = known.filed.opened_on
        grown = opened is not None and (day_of(as_of) - opened).days > policy.opening.grace_days
        state = Presence.EMPTY if grown else Presence.EMPTY_NEW
    return PresenceProof(state=state, reading_ids=proof.reading_ids)


def alive(known: Known, as_of: datetime) -> Proof:
    """Whether an account that is filed as closed is still there: two looks, like everything that is said against a body."""
    return agreed(current(known, as_of), _shows_account)


def _shows_account(reading: Reading) -> bool:
    """Whether any surface of the look knew the account, even where the list that came after it failed."""
    shown = [sight for sight in reading.sights if sight.outcome in (Outcome.OK, Outcome.PRIVATE)]
    return any(sight.matched_by is not None and (sight.name or sight.dated or sight.exact) for sight in shown)


def _lives(known: Known, state: Presence, as_of: datetime, policy: Policy) -> bool:
    """A sign of life that a negative cannot stand against: for "never posted" any post ever, for "not found" one since the window began."""
    if state not in (Presence.EMPTY, Presence.NOT_FOUND):
        return False
    if state is Presence.NOT_FOUND and _name_lives(current(known, as_of), known.filed):
        return True
    since = policy.window_start(day_of(as_of)) if state is Presence.NOT_FOUND else date.min
    return any(post.on >= since for reading in known.readings for _, post in posts_of(reading, policy))


def _name_lives(readings: Sequence[Reading], filed: Filed) -> bool:
    """Whether a sight shows the account, or (unless a person settled it) somebody else under its filed name: a wrong id, perhaps."""
    if any(reading.look is LookKind.PERSON and reading.outcome is Outcome.NOT_FOUND for reading in readings):
        return False
    named = [sight for reading in readings for sight in reading.sights if sight.outcome is Outcome.OK and sight.name]
    return any(sight.matched_by is not None or same(sight.name, filed.name) for sight in named)


def _grounded(reading: Reading, filed: Filed) -> bool:
    """Whether a negative stands on the filed id (or a full search by name), and somebody else was answered for in its session."""
    if reading.look is LookKind.PERSON:
        return True
    by_id = bool(filed.platform_id or filed.original_id)
    negatives = [sight for sight in reading.sights if sight.outcome is reading.outcome and sight.control]
    if reading.outcome is Outcome.NO_POSTS:
        return any(is_theirs(sight, reading, filed) for sight in negatives)
    return any(by_id or sight.matched_by in (MatchedBy.ID, MatchedBy.NAME) for sight in negatives)

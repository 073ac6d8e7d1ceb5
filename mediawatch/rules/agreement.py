"""What several looks must agree in before anything is proved. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mediawatch.domain import (
    LookKind,
    Reading,
    Tie,
)
from mediawatch.ports import Dossier
from mediawatch.rules.verdicts import Freshness

_LOOKS = (LookKind.FIRST, LookKind.SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a claim against an account rests on.

    `doubtful`: it was seen, but not twice in agreement.
    """

    reading_ids: tuple[int, ...] = ()
    tie: Tie | None = None
    """By what its readings are tied to the account; None where nothing is proved."""
    pending: bool = False
    doubtful: bool = False


def current_readings(known: Dossier, as_of: datetime) -> list[Reading]:
    """Readings that may speak against the account, oldest first."""
    return sorted(
        (reading for reading in known.readings if reading.read_at >= as_of),
        key=lambda reading: (reading.read_at, reading.id),
    )


def prove_agreement(readings: Sequence[Reading], claims: Callable[[Reading], bool]) -> Proof:
    """Two looks before a finding, a later one with evidence; or a person's reading with a picture.

    What they proved stands: a later look that shows nothing either way, or our own trouble, takes
    nothing back. What speaks for the account is held against every claim by the callers.
    """
    by_person = [
        reading
        for reading in readings
        if reading.look is LookKind.PERSON and reading.evidence and claims(reading)
    ]
    if by_person:
        return Proof(reading_ids=tuple(reading.id for reading in by_person))
    looks = [reading for reading in readings if reading.look in _LOOKS]
    claiming = [reading for reading in looks if claims(reading)]
    if not claiming:
        return Proof()
    for place, reading in enumerate(claiming[1:], 1):
        if reading.evidence:
            return Proof(reading_ids=tuple(each.id for each in claiming[: place + 1]))
    return Proof(pending=looks[-1] is claiming[-1], doubtful=True)


def find_agreed_state(
    readings: Sequence[Reading], states: Mapping[int, Freshness]
) -> tuple[Freshness, Proof]:
    """The newest state that two looks agree on, else the newest one claimed.

    `states` are by reading; UNKNOWN claims nothing. A post after as_of that came later takes
    nothing back: what two looks before it proved of as_of stands.
    """
    said = [states.get(reading.id, Freshness.UNKNOWN) for reading in reversed(readings)]
    tried = [
        (state, prove_agreement(readings, _claiming(states, state)))
        for state in dict.fromkeys(said)
        if state is not Freshness.UNKNOWN
    ]
    return next(
        (each for each in tried if each[1].reading_ids),
        tried[0] if tried else (Freshness.UNKNOWN, Proof()),
    )


def _claiming(states: Mapping[int, Freshness], state: Freshness) -> Callable[[Reading], bool]:
    return lambda reading: states.get(reading.id) is state
